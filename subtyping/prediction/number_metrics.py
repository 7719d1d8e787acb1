"""How well a number was predicted out of fold: explained variance, correlation, calibration."""

import numpy as np
import pandas as pd

from subtyping.prediction.resampling import people_weights, percentile_interval

__all__ = ["NUMBER_METRICS", "number_calibration", "number_metrics"]

NUMBER_METRICS = (
    "r2_out_of_fold",
    "correlation_out_of_fold",
    "rmse_out_of_fold",
    "calibration_slope_out_of_fold",
    "calibration_intercept_out_of_fold",
)


def number_metrics(
    frame: pd.DataFrame,
    people: np.ndarray,
    *,
    models: tuple[str, ...],
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    r"""Return metrics of out-of-fold predictions of a number, with percentile intervals.

    :math:`R^2 = 1 - \sum(y-\hat y)^2 / \sum(y - \bar y_{train})^2`, below 0 where the training
    mean predicts better; the correlation of y and prediction about their fold means; the root mean
    squared error; slope and intercept of y on the prediction (1 and 0 in perfect calibration).

    Parameters
    ----------
    frame : pandas.DataFrame
        ``fold, outcome, training_mean`` and ``<model>_predicted`` (NaN: left out).
    people : ndarray of shape (n_samples,)
        Person of each row; drawn with replacement.
    models : tuple of str
    resamples : int
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``model, metric, value, ci_low, ci_high, null_twin``, five rows per model.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 4.0])
    >>> frame = pd.DataFrame({"fold": 0, "outcome": y, "training_mean": 2.5,
    ...                       "elastic_net_predicted": y - 1})
    >>> found = number_metrics(frame, np.arange(4), models=("elastic_net",), resamples=0, seed=0)
    >>> found["value"].round(6).tolist()     # 1 - 4/5, then y = 1 + 1 x prediction
    [0.2, 1.0, 1.0, 1.0, 1.0]
    """
    weights = people_weights(people, resamples, seed, "number")
    parts = []
    for model in models:
        told = frame[f"{model}_predicted"].to_numpy(dtype=float)
        kept = np.isfinite(told)
        value, low, high = (np.full(len(NUMBER_METRICS), np.nan) for _ in range(3))
        if kept.sum() > 1:
            arrays = (
                frame["outcome"].to_numpy(dtype=float)[kept],
                told[kept],
                frame["training_mean"].to_numpy(dtype=float)[kept],
                frame["fold"].to_numpy()[kept],
            )
            value = _statistics(*arrays, np.ones((1, int(kept.sum()))))[0]
            drawn = weights[:, kept]
            drawn = drawn[drawn.sum(axis=1) > 0]
            if len(drawn):
                low, high = percentile_interval(_statistics(*arrays, drawn))
                low, high = (np.where(np.isnan(value), np.nan, limit) for limit in (low, high))
        columns = (model, NUMBER_METRICS, value, low, high, np.nan)
        names = ("model", "metric", "value", "ci_low", "ci_high", "null_twin")
        parts.append(pd.DataFrame(dict(zip(names, columns, strict=True))))
    return pd.concat(parts, ignore_index=True)


def _statistics(
    y: np.ndarray, told: np.ndarray, centre: np.ndarray, fold: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """All five metrics of each row of weights, shape (B, 5)."""
    n = rows.sum(axis=1)
    error = rows @ (y - told) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        r2 = 1 - error / (rows @ (y - centre) ** 2)
        cross = own_y = own_t = np.zeros(len(rows))
        for k in np.unique(fold):
            w, a, b = rows[:, fold == k], y[fold == k], told[fold == k]
            size = np.maximum(w.sum(axis=1), 1)
            ma, mb = w @ a, w @ b
            cross = cross + w @ (a * b) - ma * mb / size
            own_y = own_y + w @ (a * a) - ma**2 / size
            own_t = own_t + w @ (b * b) - mb**2 / size
        varies = own_t > 1e-12 * np.maximum(own_y, 1e-300)
        correlation = np.where(varies, cross / np.sqrt(own_y * np.where(varies, own_t, 1)), np.nan)
        mean_t, mean_y = rows @ told / n, rows @ y / n
        spread = rows @ told**2 / n - mean_t**2
        level = np.abs(mean_t) + np.sqrt(np.maximum(spread, 0))
        slope = np.where(
            spread > (1e-9 * np.maximum(level, 1e-300)) ** 2,
            (rows @ (told * y) / n - mean_t * mean_y) / spread,
            np.nan,
        )
    columns = [r2, correlation, np.sqrt(error / n), slope, mean_y - slope * mean_t]
    return np.column_stack(columns)


def number_calibration(model: str, told: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Return mean outcome over bins of the prediction.

    Parameters
    ----------
    model : str
    told, y : ndarray of shape (n,)
        Predictions and outcomes.

    Returns
    -------
    pandas.DataFrame
        ``model, bin, mean_predicted, mean_observed, n, mean_observed_ci_low,
        mean_observed_ci_high``: about 20 samples or more in each of 2 to 10 bins, normal
        intervals of 95 %.

    Examples
    --------
    >>> table = number_calibration("m", np.repeat([1.0, 3.0], 20), np.tile([2.0, 4.0], 20))
    >>> table[["mean_predicted", "mean_observed", "n"]].values.tolist()
    [[1.0, 3.0, 20.0], [3.0, 3.0, 20.0]]
    """
    bins = int(np.clip(len(told) // 20, 2, 10))
    edges = np.unique(np.quantile(told, np.arange(1, bins) / bins))
    _, place = np.unique(np.searchsorted(edges, told, side="left"), return_inverse=True)
    n = np.bincount(place)
    observed = np.bincount(place, weights=y) / n
    squares = np.bincount(place, weights=(y - observed[place]) ** 2)
    half = 1.959963984540054 * np.sqrt(squares / np.maximum(n - 1, 1) / n)
    return pd.DataFrame(
        {
            "model": model,
            "bin": np.arange(1, len(n) + 1),
            "mean_predicted": np.bincount(place, weights=told) / n,
            "mean_observed": observed,
            "n": n,
            "mean_observed_ci_low": observed - half,
            "mean_observed_ci_high": observed + half,
        }
    )
