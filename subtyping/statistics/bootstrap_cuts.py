"""Youden's cut in a thousand resamples of people with known labels, in whole numbers."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["bootstrap_cuts", "cuts_of_counts"]

_TIE_TOLERANCE = 1e-6
_BLOCK_CELLS = 60_000

Floats = NDArray[np.float64]


def bootstrap_cuts(
    score: ArrayLike, is_positive: ArrayLike, draws: int, rng: np.random.Generator
) -> Floats:
    """Return Youden's cut (people at or above are positive) in each resample of the people.

    Parameters
    ----------
    score : array of shape (n,)
        The marker, finite.
    is_positive : array of bool of shape (n,)
        Known class.
    draws : int
        Resamples of n people with replacement.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (draws,)
        NaN where a resample holds one class alone.

    Raises
    ------
    InputError
        If lengths differ or a score is not finite.

    Notes
    -----
    The n-out-of-n bootstrap of the empirical cut is inconsistent; its spread is of use as a
    description. For an interval of the population optimum take `smoothed_cut`.

    Examples
    --------
    >>> x = np.concatenate([np.arange(50.0), np.arange(100.0, 150.0)])
    >>> cuts = bootstrap_cuts(x, x >= 100, 200, np.random.default_rng(0))
    >>> bool((cuts >= 100).all())
    True
    """
    x, label = np.asarray(score, dtype=float), np.asarray(is_positive, dtype=bool)
    n = len(x)
    if x.shape == label.shape:
        order = np.argsort(-x, kind="stable")  # people drawn in this order need no sorting after
        x, label = x[order], label[order]
    found = np.empty(draws)
    height = max(1, _BLOCK_CELLS // max(n, 1))
    for first in range(0, draws, height):
        rows = min(height, draws - first)
        picked = rng.integers(0, n, (rows, n))
        picked += n * np.arange(rows)[:, None]
        counts = np.bincount(picked.ravel(), minlength=rows * n).reshape(rows, n)
        found[first : first + rows] = cuts_of_counts(x, label, counts)
    return found


def cuts_of_counts(score: ArrayLike, is_positive: ArrayLike, counts: ArrayLike) -> Floats:
    r"""Return Youden's cut of each row of resample counts.

    With P and N people of either class in a resample and p, q of them at or above a cut, the index
    times P N is the whole number :math:`p N - q P`: no division, and ties are ties. Of tied cuts
    the median is taken, as `youden_cut` does.

    Parameters
    ----------
    score : array of shape (n,)
    is_positive : array of bool of shape (n,)
    counts : array of int of shape (draws, n)
        How often each person was drawn.

    Returns
    -------
    ndarray of shape (draws,)

    Raises
    ------
    InputError
        If lengths differ or a score is not finite.

    Examples
    --------
    >>> cuts_of_counts([1.0, 2.0, 3.0, 4.0], [0, 0, 1, 1], [[1, 1, 1, 1], [1, 1, 0, 2]]).tolist()
    [3.0, 4.0]
    """
    x, label = np.asarray(score, dtype=float), np.asarray(is_positive, dtype=bool)
    drawn = np.asarray(counts)
    if x.shape != label.shape or drawn.ndim != 2 or drawn.shape[1] != len(x):
        message = f"score, is_positive and counts differ: {x.shape}, {label.shape}, {drawn.shape}."
        raise InputError(message)
    if not np.isfinite(x).all():
        message = "Every score must be finite; leave out people without one."
        raise InputError(message)
    if (x[1:] > x[:-1]).any():
        order = np.argsort(-x, kind="stable")
        x, label, drawn = x[order], label[order], drawn[:, order]
    ends = np.append(np.flatnonzero(x[1:] != x[:-1]), len(x) - 1)
    found = np.empty(len(drawn))
    height = max(1, _BLOCK_CELLS // len(x))
    for first in range(0, len(drawn), height):
        block = drawn[first : first + height].astype(np.int32)
        found[first : first + height] = _block(x, label, block, ends)
    return found


def _block(
    x: Floats, label: NDArray[np.bool_], drawn: NDArray[np.int32], ends: NDArray[np.int64]
) -> Floats:
    above = np.cumsum(drawn, axis=1, dtype=np.int32)
    hits = np.cumsum(drawn * label, axis=1, dtype=np.int32)
    is_tied = len(ends) < len(x)
    if is_tied:
        above, hits, x = above[:, ends], hits[:, ends], x[ends]
    total, positive = above[:, -1:], hits[:, -1:]
    # p N - q P with q = above - p and N = total - P is p total - above P
    small = int(total.max()) ** 2 < np.iinfo(np.int32).max
    kind = np.int32 if small else np.int64
    index = hits.astype(kind, copy=False) * total.astype(kind) - above.astype(
        kind, copy=False
    ) * positive.astype(kind)
    empty = drawn == 0 if not is_tied else np.diff(above, axis=1, prepend=0) == 0
    np.putmask(index, empty, np.iinfo(kind).min)
    best = index.max(axis=1)
    slack = _TIE_TOLERANCE * (positive * (total - positive))[:, 0]
    is_best = index >= (best - np.floor(slack).astype(kind))[:, None]
    n_best = is_best.sum(axis=1)
    top = is_best.argmax(axis=1)
    cuts = x[top]
    several = np.flatnonzero(n_best > 1)
    if len(several):
        rank = np.cumsum(is_best[several], axis=1)
        upper = (rank >= ((n_best[several] + 1) // 2)[:, None]).argmax(axis=1)
        lower = (rank >= (n_best[several] // 2 + 1)[:, None]).argmax(axis=1)
        cuts[several] = (x[upper] + x[lower]) / 2
    is_whole = (positive[:, 0] > 0) & (positive[:, 0] < total[:, 0])
    return np.where(is_whole, cuts, np.nan)
