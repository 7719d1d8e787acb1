"""Assignment fidelity: how well a model re-predicts labels the procedure gave unseen people."""

import numpy as np
import pandas as pd

from subtyping.prediction.calibration import recalibration
from subtyping.prediction.resampling import people_weights, percentile_interval

__all__ = ["FIDELITY_METRICS", "auc_within_folds", "fidelity_metrics", "fold_statistics"]

FIDELITY_METRICS = (
    "fidelity_auc_out_of_fold",
    "fidelity_brier_out_of_fold",
    "fidelity_calibration_slope_out_of_fold",
    "fidelity_calibration_intercept_out_of_fold",
)

_COLUMNS = ("model", "metric", "value", "ci_low", "ci_high", "null_twin")


def auc_within_folds(
    probability: np.ndarray,
    is_subtype: np.ndarray,
    fold: np.ndarray,
    weights: np.ndarray | None = None,
) -> np.ndarray:
    r"""Return the area under the ROC curve over pairs of people of the same fold.

    The share of pairs (subtype, other), both held out in one fold, that the model of that fold
    ranks rightly; ties count one half. Pairs across folds are left out, because their
    probabilities come from different models and different labellings.

    Parameters
    ----------
    probability : ndarray of shape (n,)
        Out-of-fold probabilities.
    is_subtype : ndarray of bool, shape (n,)
        Labels by the fold's own procedure.
    fold : ndarray of int, shape (n,)
        Fold of each sample.
    weights : ndarray of shape (B, n), optional
        One row of sample weights per bootstrap draw; by default a single row of ones.

    Returns
    -------
    ndarray of shape (B,)
        NaN where no fold holds both classes.

    References
    ----------
    Hanley JA, McNeil BJ. The meaning and use of the area under a receiver operating
    characteristic (ROC) curve. Radiology 1982;143:29-36.
    https://doi.org/10.1148/radiology.143.1.7063747

    Examples
    --------
    Fold 0 ranks its one pair rightly, fold 1 ties: (1 + .5) / 2.

    >>> auc_within_folds(np.array([0.9, 0.1, 0.4, 0.4]), np.array([1, 0, 1, 0], bool),
    ...                  np.array([0, 0, 1, 1])).tolist()
    [0.75]
    """
    rows = np.ones((1, len(probability))) if weights is None else weights
    right, pairs = np.zeros(len(rows)), np.zeros(len(rows))
    for k in np.unique(fold):
        one, zero = (
            np.flatnonzero((fold == k) & is_subtype),
            np.flatnonzero((fold == k) & ~is_subtype),
        )
        difference = probability[one][:, None] - probability[zero][None, :]
        ranked = (difference > 0) + 0.5 * (difference == 0)
        right += ((rows[:, one] @ ranked) * rows[:, zero]).sum(axis=1)
        pairs += rows[:, one].sum(axis=1) * rows[:, zero].sum(axis=1)
    return np.divide(right, pairs, out=np.full(len(rows), np.nan), where=pairs > 0)


def fold_statistics(
    probability: np.ndarray, is_subtype: np.ndarray, fold: np.ndarray, rows: np.ndarray
) -> np.ndarray:
    """Return all four metrics of each draw, shape (B, 4); NaN where a draw holds nobody."""
    error, n = (probability - is_subtype) ** 2, rows.sum(axis=1)
    brier = np.divide(rows @ error, n, out=np.full(len(rows), np.nan), where=n > 0)
    line = recalibration(probability, is_subtype, rows)
    auc = auc_within_folds(probability, is_subtype, fold, rows)
    return np.column_stack([auc, brier, line[:, 1], line[:, 0]])


def fidelity_metrics(
    out_of_fold: pd.DataFrame,
    people: np.ndarray,
    *,
    models: tuple[str, ...],
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Return fidelity metrics of each model with percentile intervals over people.

    People are drawn with replacement and their out-of-fold probabilities kept: the intervals
    hold for these fitted models and labellings and leave out what refitting them on other people
    would add.

    Parameters
    ----------
    out_of_fold : pandas.DataFrame
        ``fold, label`` (subtype, other, or unclear: left out) and ``<model>_probability`` (NaN:
        left out).
    people : ndarray of shape (n_samples,)
        Person of each row.
    models : tuple of str
        Models to judge.
    resamples : int
        Bootstrap draws.
    seed : int
        Root seed.

    Returns
    -------
    pandas.DataFrame
        ``model, metric, value, ci_low, ci_high, null_twin``, four rows per model. A metric that
        does not exist (no predictions, one class, separated classes) is NaN; `null_twin` is NaN
        until the same pipeline has run on the continuum twin.

    Examples
    --------
    >>> frame = pd.DataFrame({"fold": [0] * 4, "label": ["subtype", "other"] * 2,
    ...                       "elastic_net_probability": [0.9, 0.2, 0.4, 0.5]})
    >>> table = fidelity_metrics(frame, np.arange(4), models=("elastic_net",), resamples=0, seed=0)
    >>> table["value"].round(3).tolist()[:2]      # 3 of 4 pairs; (.01 + .04 + .36 + .25) / 4
    [0.75, 0.165]
    """
    parts = []
    weights = people_weights(people, resamples, seed, "fidelity")
    for model in models:
        probability = out_of_fold[f"{model}_probability"].to_numpy(dtype=float)
        label = out_of_fold["label"].to_numpy(dtype=object)
        kept = np.isfinite(probability) & (label != "unclear")
        value, low, high = (np.full(len(FIDELITY_METRICS), np.nan) for _ in range(3))
        if kept.any():
            arrays = (
                probability[kept],
                label[kept] == "subtype",
                out_of_fold["fold"].to_numpy()[kept],
            )
            value = fold_statistics(*arrays, np.ones((1, int(kept.sum()))))[0]
            low, high = percentile_interval(_draws(arrays, weights[:, kept]))
            low, high = (np.where(np.isnan(value), np.nan, limit) for limit in (low, high))
        columns = (model, FIDELITY_METRICS, value, low, high, np.nan)
        parts.append(pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True))))
    return pd.concat(parts, ignore_index=True)


def _draws(arrays: tuple[np.ndarray, np.ndarray, np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Statistics of the bootstrap draws that hold anybody at all."""
    drawn = weights[weights.sum(axis=1) > 0]
    return fold_statistics(*arrays, drawn) if len(drawn) else np.zeros((0, len(FIDELITY_METRICS)))
