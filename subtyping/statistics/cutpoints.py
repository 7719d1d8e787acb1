"""Discrimination and thresholds: AUC, DeLong's interval, Youden's cut under many weightings."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from subtyping.exceptions import InputError

__all__ = ["RocCurves", "YoudenCut", "auc", "delong_interval", "roc_curves", "youden_cut"]

_TIE_TOLERANCE = 1e-6
_BLOCK_CELLS = 40_000

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
    x, a, b = (_as_columns(values) for values in (score, positive, negative))
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


@dataclass(frozen=True, eq=False)
class YoudenCut:
    """The cut with the largest Youden index, for each column of weights.

    Attributes
    ----------
    threshold : ndarray of shape (n_columns,)
        The cut; NaN without both classes.
    youden, sensitivity, specificity : ndarray of shape (n_columns,)
        Apparent values at the best cut (of tied cuts, the one at or next to the middle).
    n_tied : ndarray of int of shape (n_columns,)
        How many cuts share the largest index.
    """

    threshold: Floats
    youden: Floats
    sensitivity: Floats
    specificity: Floats
    n_tied: NDArray[np.int64]


def youden_cut(
    score: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    operator: str = ">=",
    ties: str = "median",
) -> YoudenCut:
    """Return the cut that maximises sensitivity + specificity - 1, for each weighting.

    Parameters
    ----------
    score : array of shape (n,)
        The marker; NaN takes no part, infinite scores are no cuts.
    positive, negative : array of shape (n,) or (n, n_columns)
        Weights in either class, as in `roc_curves`. A thousand bootstraps are a thousand columns
        of resample counts.
    operator : {">=", "<="}, default ">="
        People at or above (at or below) the cut are positive.
    ties : {"median", "lowest", "highest"}, default "median"
        Which of the cuts within 1e-6 of the best index is taken. Candidates are the scores that
        carry weight; the median of an even number of them is the mean of the middle two.

    Returns
    -------
    YoudenCut

    Raises
    ------
    InputError
        If `operator` or `ties` is not one of those named, or the lengths differ.

    Notes
    -----
    The index at the best cut is apparent: the maximum over cuts is too high by an amount that
    grows as people become fewer. Judge the cut on people who did not choose it.

    References
    ----------
    Youden WJ (1950). doi:10.1002/1097-0142(1950)3:1<32::AID-CNCR2820030106>3.0.CO;2-3

    Examples
    --------
    >>> cut = youden_cut([1.0, 2.0, 3.0, 4.0], [0, 0, 1, 1], [1, 1, 0, 0])
    >>> cut.threshold.item(), cut.youden.item()
    (3.0, 1.0)
    >>> youden_cut([1.0, 2.0, 3.0, 4.0], [1, 1, 0, 0], [0, 0, 1, 1], operator="<=").threshold.item()
    2.0
    """
    if operator not in (">=", "<=") or ties not in ("median", "lowest", "highest"):
        message = (
            "operator must be '>=' or '<=' and ties one of median, lowest, highest; "
            f"got {operator!r} and {ties!r}."
        )
        raise InputError(message)
    sign = 1.0 if operator == ">=" else -1.0
    x = sign * np.asarray(score, dtype=float)
    a, b = _as_columns(positive), _as_columns(negative)
    if x.ndim != 1 or not len(x) == len(a) == len(b):
        message = f"Score and weights must be of one length; got {x.shape}, {a.shape}, {b.shape}."
        raise InputError(message)
    if sign < 0:
        ties = {"lowest": "highest", "highest": "lowest"}.get(ties, ties)
    order = np.argsort(-x, kind="stable")
    order = order[: len(x) - int(np.isnan(x).sum())]
    falling = x[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = falling[1:] != falling[:-1]
    starts = np.flatnonzero(is_new)
    out = [np.full(a.shape[1], np.nan) for _ in range(4)] + [np.zeros(a.shape[1], dtype=np.int64)]
    if not len(starts):
        return YoudenCut(*out)
    width = max(1, _BLOCK_CELLS // len(order))
    for first in range(0, a.shape[1], width):
        block = slice(first, first + width)
        found = _best_cuts(falling[starts], a[:, block][order], b[:, block][order], starts, ties)
        for whole, part in zip(out, found, strict=True):
            whole[block] = part
    out[0] = sign * out[0]
    return YoudenCut(*out)


def auc(score: ArrayLike, is_positive: ArrayLike) -> float:
    """Return the area under the ROC curve: P(positive scores higher), ties counting one half.

    Parameters
    ----------
    score : array of shape (n,)
        Higher is more positive.
    is_positive : array of bool of shape (n,)
        Known class.

    Returns
    -------
    float
        NaN where a class is empty.

    Examples
    --------
    >>> auc([1, 2, 2, 3], [False, False, True, True])
    0.875
    """
    label = np.asarray(is_positive, dtype=bool)
    return float(roc_curves(score, label, ~label).auc[0])


def delong_interval(
    score: ArrayLike, is_positive: ArrayLike, level: float = 0.95
) -> tuple[float, float, float]:
    r"""Return the AUC with DeLong's interval.

    The variance is that of the placement values, :math:`S_{10}/m + S_{01}/n`; limits are normal
    and cut at 0 and 1.

    Parameters
    ----------
    score : array of shape (n,)
        Higher is more positive.
    is_positive : array of bool of shape (n,)
        Known class; at least two of each.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    auc, low, high : float

    Raises
    ------
    InputError
        With fewer than two people in a class.

    Notes
    -----
    Fails at the edge: with perfect separation the interval has no width.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL (1988). doi:10.2307/2531595

    Examples
    --------
    >>> area, low, high = delong_interval([1, 2, 3, 2, 3, 4], [0, 0, 0, 1, 1, 1])
    >>> round(area, 3), round(low, 3), round(high, 3)
    (0.778, 0.37, 1.0)
    """
    x = np.asarray(score, dtype=float)
    label = np.asarray(is_positive, dtype=bool)
    positive, negative = x[label], x[~label]
    m, n = len(positive), len(negative)
    if min(m, n) < 2:
        message = f"DeLong's interval needs two people of each class; got {m} and {n}."
        raise InputError(message)
    rank = stats.rankdata(np.concatenate([positive, negative]))
    placement_positive = (rank[:m] - stats.rankdata(positive)) / n
    placement_negative = 1 - (rank[m:] - stats.rankdata(negative)) / m
    area = float(placement_positive.mean())
    variance = placement_positive.var(ddof=1) / m + placement_negative.var(ddof=1) / n
    reach = float(special.ndtri(0.5 + level / 2) * np.sqrt(variance))
    return area, max(0.0, area - reach), min(1.0, area + reach)


def _as_columns(values: ArrayLike) -> Floats:
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


def _best_cuts(
    cuts: Floats, a: Floats, b: Floats, starts: NDArray[np.int64], ties: str
) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.int64]]:
    """Return cut, index, sensitivity, specificity and ties; rows fall, equal scores are merged."""
    if len(starts) < len(a):
        a, b = np.add.reduceat(a, starts, axis=0), np.add.reduceat(b, starts, axis=0)
    is_cut = (a + b > 0) & np.isfinite(cuts)[:, None]
    np.cumsum(a, axis=0, out=a)
    np.cumsum(b, axis=0, out=b)
    known = (a[-1] > 0) & (b[-1] > 0) & is_cut.any(axis=0)
    a /= np.where(known, a[-1], np.nan)
    b /= np.where(known, b[-1], np.nan)
    index = np.where(is_cut, a - b, -np.inf)
    best = index.max(axis=0)
    is_best = index >= best - _TIE_TOLERANCE
    n_tied = is_best.sum(axis=0)
    columns = np.arange(len(best))
    top, bottom = is_best.argmax(axis=0), len(cuts) - 1 - is_best[::-1].argmax(axis=0)
    upper, lower = {"highest": (top, top), "lowest": (bottom, bottom)}.get(ties, (top, top))
    several = np.flatnonzero(n_tied > 1)
    if ties == "median" and len(several):
        rank = np.cumsum(is_best[:, several], axis=0)
        upper, lower = top.copy(), top.copy()
        upper[several] = (rank >= (n_tied[several] + 1) // 2).argmax(axis=0)
        lower[several] = (rank >= n_tied[several] // 2 + 1).argmax(axis=0)
    middle = np.where(known, (cuts[upper] + cuts[lower]) / 2, np.nan)
    best = np.where(known, best, np.nan)
    return middle, best, a[upper, columns], 1 - b[upper, columns], np.where(known, n_tied, 0)
