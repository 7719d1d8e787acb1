"""ROC curves of many scores or weightings in one sweep."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["RocCurves", "as_columns", "roc_curves"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RocCurves:
    """ROC curves of ``n_columns`` scores or weightings, from the strictest cut to the laxest.

    Attributes
    ----------
    threshold : ndarray of shape (n, n_columns)
        Candidate cuts, in decreasing order: people at or above are positive.
    sensitivity, false_positive_frac : ndarray of shape (n, n_columns)
        Weighted shares of the positive and of the negative class at or above the threshold.
    is_cut : ndarray of bool of shape (n, n_columns)
        Whether the row is a cut: the last of a run of equal scores, some weight on that score,
        and a finite score.
    auc : ndarray of shape (n_columns,)
        Area under the curve, equal scores counting one half; NaN without both classes.
    """

    threshold: Floats
    sensitivity: Floats
    false_positive_frac: Floats
    is_cut: NDArray[np.bool_]
    auc: Floats


def roc_curves(score: ArrayLike, positive: ArrayLike, negative: ArrayLike) -> RocCurves:
    r"""Return ROC curves of many scores, or of one score under many weightings, in one sweep.

    Each person carries a weight :math:`a_i` in the positive and :math:`b_i` in the negative class:
    1 and 0 for known labels, :math:`p_i` and :math:`1-p_i` for soft labels, times a count in a
    bootstrap. The area is :math:`\sum_{ij} a_i b_j ([x_i>x_j] + [x_i=x_j]/2) / \sum_{ij} a_i b_j`.

    Parameters
    ----------
    score : array of shape (n,) or (n, n_columns)
        Higher is more positive. NaN takes no part; infinite scores order but are no cuts.
    positive, negative : array of shape (n,) or (n, n_columns)
        Weights, not negative.

    Returns
    -------
    RocCurves

    Raises
    ------
    InputError
        If the lengths differ.

    Examples
    --------
    >>> curves = roc_curves([1.0, 2.0, 3.0], [0, 0, 1], [1, 1, 0])
    >>> curves.auc.tolist(), curves.sensitivity.ravel().tolist()
    ([1.0], [1.0, 1.0, 1.0])
    """
    x, a, b = (as_columns(values) for values in (score, positive, negative))
    if not len(x) == len(a) == len(b):
        message = f"Scores and weights must be of one length; got {len(x)}, {len(a)} and {len(b)}."
        raise InputError(message)
    unmeasured = np.isnan(x)
    order = np.argsort(-x, axis=0, kind="stable")
    x = np.take_along_axis(x, order, axis=0)
    if unmeasured.any():
        a, b = np.where(unmeasured, 0.0, a), np.where(unmeasured, 0.0, b)
    above = [np.cumsum(_in_order(weights, order), axis=0) for weights in (a, b)]
    starts = np.ones(x.shape, dtype=bool)
    starts[1:] = x[1:] != x[:-1]
    ends = np.ones(x.shape, dtype=bool)
    ends[:-1] = starts[1:]
    first = np.maximum.accumulate(np.where(starts, np.arange(len(x))[:, None], 0), axis=0)
    before = [_just_before(sums, first) for sums in above]
    weight = above[0] + above[1] - before[0] - before[1]
    is_cut = (ends & np.isfinite(x)) & (weight > 0)
    total = [sums[-1] if len(sums) else np.zeros(sums.shape[1]) for sums in above]
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.where(ends, above[0] - before[0], 0.0)
        area = (gain * (total[1] - (above[1] + before[1]) / 2)).sum(axis=0)
        return RocCurves(
            np.broadcast_to(x, is_cut.shape),
            above[0] / total[0],
            above[1] / total[1],
            is_cut,
            area / (total[0] * total[1]),
        )


def as_columns(values: ArrayLike) -> Floats:
    """Return numbers as columns: one of them for a single list.

    Examples
    --------
    >>> as_columns([1, 2]).tolist()
    [[1.0], [2.0]]
    """
    array = np.asarray(values, dtype=float)
    return array[:, None] if array.ndim == 1 else array


def _in_order(weights: Floats, order: NDArray[np.int64]) -> Floats:
    """Return the weights in the order of each score, without repeating a shared order."""
    if order.shape[1] == 1:
        return weights[order[:, 0]]
    return weights[:, 0][order] if weights.shape[1] == 1 else np.take_along_axis(weights, order, 0)


def _just_before(sums: Floats, first: NDArray[np.int64]) -> Floats:
    """Return the running sum just before the first row of each run of equal scores."""
    padded = np.vstack([np.zeros((1, sums.shape[1])), sums])
    if first.shape[1] == 1:
        return padded[first[:, 0]]
    return np.take_along_axis(padded, first, axis=0)
