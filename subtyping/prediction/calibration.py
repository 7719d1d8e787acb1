"""Calibration of out-of-fold probabilities: the curve by bins, the slope and the intercept."""

import numpy as np
import pandas as pd
from scipy.special import expit

__all__ = ["CALIBRATION_COLUMNS", "calibration_table", "log_odds", "recalibration"]

CALIBRATION_COLUMNS = (
    "model",
    "bin",
    "mean_probability",
    "observed_frac",
    "n",
    "observed_frac_ci_low",
    "observed_frac_ci_high",
)

_PROBABILITY_LIMIT = 1e-6
_NEWTON_STEPS = 60


def log_odds(probability: np.ndarray) -> np.ndarray:
    """Return the log-odds of probabilities, kept away from 0 and 1 by one in a million.

    Parameters
    ----------
    probability : ndarray

    Returns
    -------
    ndarray

    Examples
    --------
    >>> log_odds(np.array([0.5, 0.75, 1.0])).round(3).tolist()    # log 3 and log 999 999
    [0.0, 1.099, 13.816]
    """
    p = np.clip(probability, _PROBABILITY_LIMIT, 1 - _PROBABILITY_LIMIT)
    odds: np.ndarray = np.log(p) - np.log1p(-p)
    return odds


def recalibration(
    probability: np.ndarray, outcome: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    r"""Return intercept and slope of the logistic recalibration of probabilities.

    The maximum likelihood fit of
    :math:`\operatorname{logit} P(y = 1) = a + b \operatorname{logit} p`. Perfect calibration is
    a = 0, b = 1; b below 1 means that probabilities are too extreme, b above 1 too timid.

    Parameters
    ----------
    probability : ndarray of shape (n,)
        Predicted probabilities.
    outcome : ndarray of shape (n,)
        0 or 1, or a probability in between.
    weights : ndarray of shape (B, n), optional
        One row of sample weights per bootstrap draw; by default a single row of ones.

    Returns
    -------
    ndarray of shape (B, 2)
        Intercept a and slope b of each draw. Both are NaN where no finite maximum exists: one
        class only, constant probabilities, or classes that the probabilities separate entirely.

    References
    ----------
    Cox DR. Two further applications of a model for binary regression. Biometrika 1958;45:562-565.
    https://doi.org/10.1093/biomet/45.3-4.562

    Examples
    --------
    The truth itself as the outcome gives exactly intercept 0 and slope 1.

    >>> p = np.array([0.1, 0.3, 0.5, 0.9])
    >>> (recalibration(p, p) + 0.0).round(9).tolist()
    [[0.0, 1.0]]
    >>> recalibration(np.array([0.1, 0.2, 0.8]), np.array([0, 0, 1])).tolist()
    [[nan, nan]]
    """
    x = log_odds(np.asarray(probability, dtype=float))
    y = np.asarray(outcome, dtype=float)
    rows = np.ones((1, len(x))) if weights is None else np.asarray(weights, dtype=float)
    result = np.full((len(rows), 2), np.nan)
    solvable = _has_maximum(x, y, rows)
    if solvable.any():
        result[solvable] = _newton(x, y, rows[solvable])
    return result


def _has_maximum(x: np.ndarray, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Mark draws in which the x of the two classes overlap, so that a finite fit exists."""
    if len(x) == 0:
        return np.zeros(len(rows), dtype=bool)
    one, zero = rows * y > 0, rows * (1 - y) > 0
    least = [np.where(c, x, np.inf).min(axis=1) for c in (zero, one)]
    most = [np.where(c, x, -np.inf).max(axis=1) for c in (zero, one)]
    overlap: np.ndarray = (most[0] > least[1]) & (most[1] > least[0])
    return overlap


def _log_likelihood(eta: np.ndarray, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Weighted Bernoulli log-likelihood of each draw."""
    value: np.ndarray = (rows * (y * eta - np.logaddexp(0, eta))).sum(axis=1)
    return value


def _newton(x: np.ndarray, y: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Solve all draws at once; a step that lowers the likelihood is halved."""
    centre, scale = x.mean(), x.std()
    z = (x - centre) / scale
    beta = np.zeros((len(rows), 2))
    best = _log_likelihood(np.zeros_like(rows), y, rows)
    for _ in range(_NEWTON_STEPS):
        mean = expit(beta[:, :1] + beta[:, 1:] * z)
        residual, curvature = rows * (y - mean), rows * mean * (1 - mean)
        g0, g1 = residual.sum(axis=1), residual @ z
        h00, h01, h11 = curvature.sum(axis=1), curvature @ z, curvature @ (z * z)
        determinant = np.maximum(h00 * h11 - h01**2, 1e-300)
        step = np.stack([h11 * g0 - h01 * g1, h00 * g1 - h01 * g0], axis=1)
        step /= determinant[:, None]
        for _ in range(30):
            trial = beta + step
            value = _log_likelihood(trial[:, :1] + trial[:, 1:] * z, y, rows)
            worse = ~(value >= best - 1e-10)
            if not worse.any():
                break
            step[worse] /= 2
        beta, best = beta + step, value
        if np.abs(step).max() < 1e-10:
            break
    return np.stack([beta[:, 0] - beta[:, 1] * centre / scale, beta[:, 1] / scale], axis=1)


def calibration_table(model: str, probability: np.ndarray, is_subtype: np.ndarray) -> pd.DataFrame:
    """Return the calibration curve over bins of equal numbers of samples.

    Bins are cut at quantiles of the probability, about 20 samples or more in each, at least 2
    and at most 10 bins; equal probabilities share a bin.

    Parameters
    ----------
    model : str
        Name written in the table.
    probability : ndarray of shape (n,)
        Out-of-fold probabilities.
    is_subtype : ndarray of bool, shape (n,)
        Labels given by the fold's own procedure.

    Returns
    -------
    pandas.DataFrame
        ``model, bin, mean_probability, observed_frac, n, observed_frac_ci_low,
        observed_frac_ci_high``; bins from 1, Wilson intervals of 95 % that take samples as
        independent. No rows where n is 0.

    References
    ----------
    Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat
    Assoc 1927;22:209-212. https://doi.org/10.1080/01621459.1927.10502953

    Examples
    --------
    >>> p = np.repeat([0.2, 0.8], 20)
    >>> y = np.tile([1, 0, 0, 0, 0], 4).tolist() + np.tile([1, 1, 1, 1, 0], 4).tolist()
    >>> table = calibration_table("elastic_net", p, np.array(y, bool))
    >>> table[["bin", "mean_probability", "observed_frac", "n"]].round(3).values.tolist()
    [[1.0, 0.2, 0.2, 20.0], [2.0, 0.8, 0.8, 20.0]]
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(is_subtype, dtype=float)
    if len(p) == 0:
        return pd.DataFrame(columns=list(CALIBRATION_COLUMNS))
    bins = int(np.clip(len(p) // 20, 2, 10))
    edges = np.unique(np.quantile(p, np.arange(1, bins) / bins))
    _, place = np.unique(np.searchsorted(edges, p, side="left"), return_inverse=True)
    n = np.bincount(place)
    observed = np.bincount(place, weights=y) / n
    low, high = _wilson(observed, n)
    columns = (
        np.repeat(model, len(n)),
        np.arange(1, len(n) + 1),
        np.bincount(place, weights=p) / n,
        observed,
        n,
        low,
        high,
    )
    return pd.DataFrame(dict(zip(CALIBRATION_COLUMNS, columns, strict=True)))


def _wilson(share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Wilson limits of 95 % of shares."""
    z2 = 1.959963984540054**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
