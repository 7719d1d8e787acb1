"""Youden's cut under many weightings at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError
from subtyping.statistics.roc import as_columns

__all__ = ["YoudenCut", "youden_cut"]

_TIE_TOLERANCE = 1e-6
_BLOCK_CELLS = 40_000

Floats = NDArray[np.float64]


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
    a, b = as_columns(positive), as_columns(negative)
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
