"""Where in two ranked lists of analytes do the same analytes gather?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["RankOverlap", "largest_overlap", "rank_overlap"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RankOverlap:
    """Overlap of the analytes at the ends of two ranked lists.

    Attributes
    ----------
    matrix : ndarray of shape (n_first, n_second)
        ``-log10 p`` of enrichment where both sets lie at the same end, ``log10 p`` where they lie
        at opposite ends, 0 where no more is shared than expected. Not to be reported as p-values:
        analytes are correlated.
    first, second : ndarray of int
        Ranks at which the lists are cut, from the most raised analyte.
    n_up : tuple of int
        How many analytes are raised in each list.
    maximum : float
        Largest ``-log10 p`` among cuts at the same end.
    location : tuple of int
        Ranks of that cut in the two lists.
    direction : str
        "both raised" or "both lowered" at that cut.
    n_shared : int
        Analytes in both sets there.
    """

    matrix: Floats
    first: Ints
    second: Ints
    n_up: tuple[int, int]
    maximum: float
    location: tuple[int, int]
    direction: str
    n_shared: int


def rank_overlap(first: ArrayLike, second: ArrayLike, *, max_cells: int = 60) -> RankOverlap:
    r"""Return the stratified rank-rank hypergeometric overlap of two signatures.

    Both lists are ranked by effect. A cut among the raised analytes of a list takes the analytes
    above it, a cut among the lowered ones those below it, so that each of the four corners asks
    for enrichment at its own ends. With sets of *a* and *b* among *N* analytes that share *k*,
    the cell is :math:`-\log_{10} P(K \ge k)` of the hypergeometric law, with a minus sign where
    the sets lie at opposite ends.

    Parameters
    ----------
    first, second : array of shape (n_analytes,)
        Standardised effects in one order of analytes; above zero is raised.
    max_cells : int, default 60
        Most cuts of each list; the step between cuts is chosen accordingly.

    Returns
    -------
    RankOverlap

    Raises
    ------
    InputError
        If the lists differ in length, hold fewer than four analytes or missing values.

    Notes
    -----
    The hypergeometric p-value takes analytes as independent, which they are not, and contrasts
    with the same reference people as independent, which they are not either. The maximum gets its
    p-value from permuted labels (see `likeness_of_diseases`), never from this matrix.

    References
    ----------
    Plaisier SB, Taschereau R, Wong JA, Graeber TG (2010). Rank-rank hypergeometric overlap.
    doi:10.1093/nar/gkq636. Cahill KM, Huo Z, Tseng GC, Logan RW, Seney ML (2018). Improved
    identification of concordant and discordant gene expression signatures using an updated
    rank-rank hypergeometric overlap approach. doi:10.1038/s41598-018-27903-2

    Examples
    --------
    Of eight analytes the four raised ones are the same: one way in 70 to choose four of eight.

    >>> effect = np.array([4, 3, 2, 1, -1, -2, -3, -4])
    >>> found = rank_overlap(effect, effect)
    >>> round(10**found.maximum), found.location, found.direction, found.n_shared
    (70, (4, 4), 'both raised', 4)
    """
    x, y = (np.asarray(v, dtype=float) for v in (first, second))
    if x.ndim != 1 or x.shape != y.shape or len(x) < 4:
        message = (
            f"Two lists of the same four or more analytes are needed; got {x.shape} and {y.shape}."
        )
        raise InputError(message)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        message = "Effects must not be missing; leave those analytes out of both lists."
        raise InputError(message)
    corner = _corners(x, y, max_cells)
    strength = _log10_strength(corner, np.ones(corner.shared.shape, dtype=bool))
    matrix = np.where(corner.is_same, strength, -strength) + 0.0
    place = np.unravel_index(
        int(np.argmax(np.where(corner.is_same, strength, -np.inf))), strength.shape
    )
    i, j = int(place[0]), int(place[1])
    return RankOverlap(
        matrix=matrix,
        first=corner.cuts,
        second=corner.cuts.copy(),
        n_up=corner.n_up,
        maximum=max(0.0, float(strength[i, j])) if corner.is_same[i, j] else 0.0,
        location=(int(corner.cuts[i]), int(corner.cuts[j])),
        direction="both raised" if corner.cuts[i] <= corner.n_up[0] else "both lowered",
        n_shared=int(corner.shared[i, j]),
    )


def largest_overlap(first: ArrayLike, second: ArrayLike, *, max_cells: int = 60) -> float:
    """Return `RankOverlap.maximum` alone, quickly: for the draws of its null.

    Tails are summed only in the cells that bounds leave in the race.

    Parameters
    ----------
    first, second : array of shape (n_analytes,)
    max_cells : int, default 60

    Returns
    -------
    float

    Examples
    --------
    >>> effect = np.array([4, 3, 2, 1, -1, -2, -3, -4])
    >>> round(10 ** largest_overlap(effect, effect))
    70
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    corner = _corners(x, y, max_cells)
    at_most, at_least = _bounds(corner)
    race = corner.is_same & (at_most >= np.where(corner.is_same, at_least, 0.0).max(initial=0.0))
    strength = _log10_strength(corner, race)
    return max(0.0, float(strength[race].max(initial=0.0)))


@dataclass(frozen=True, eq=False)
class _Corners:
    """Sets at the ends of two lists, cut by cut, and what they share."""

    n: int
    cuts: Ints
    n_up: tuple[int, int]
    rows: Ints
    columns: Ints
    shared: Ints
    is_same: NDArray[np.bool_]


def _corners(x: Floats, y: Floats, max_cells: int) -> _Corners:
    n = len(x)
    cuts = _cuts(n, max_cells)
    joint = _joint_counts(_ranks(x), _ranks(y), cuts)
    n_up = int((x > 0).sum()), int((y > 0).sum())
    up_x, up_y = (cuts <= n_up[0])[:, None], (cuts <= n_up[1])[None, :]
    a, b = cuts[:, None], cuts[None, :]
    raised = np.where(up_y, joint, a - joint)
    shared = np.where(up_x, raised, np.where(up_y, b - joint, n - a - b + joint))
    rows, columns = np.where(up_x, a, n - a), np.where(up_y, b, n - b)
    sizes = np.broadcast_arrays(rows, columns)
    return _Corners(n, cuts, n_up, sizes[0], sizes[1], shared, up_x == up_y)


def _cuts(n: int, max_cells: int) -> Ints:
    step = max(1, int(np.ceil((n - 1) / max_cells)))
    return np.arange(step, n, step, dtype=np.int64)


def _ranks(x: Floats) -> Ints:
    """Return the place of each analyte from the most raised, 0 first."""
    order = np.argsort(-x, kind="stable")
    ranks = np.empty(len(x), dtype=np.int64)
    ranks[order] = np.arange(len(x))
    return ranks


def _joint_counts(first: Ints, second: Ints, cuts: Ints) -> Ints:
    """Return how many analytes lie above each pair of cuts."""
    size = len(cuts) + 1
    bins = [np.searchsorted(cuts, ranks, side="right") for ranks in (first, second)]
    counts = np.bincount(bins[0] * size + bins[1], minlength=size * size).reshape(size, size)
    return np.asarray(counts.cumsum(axis=0).cumsum(axis=1)[:-1, :-1], dtype=np.int64)


def _log_term(corner: _Corners) -> tuple[Floats, Floats]:
    """Return the log probability of what is shared, and the next term over it."""
    n, A, B, k = corner.n, corner.rows, corner.columns, corner.shared
    table = special.gammaln(np.arange(n + 1, dtype=float) + 1)
    base = table[A] + table[n - A] + table[B] + table[n - B] - table[n]
    term = base - table[k] - table[A - k] - table[B - k] - table[n - A - B + k]
    return term, (A - k) * (B - k) / ((k + 1.0) * (n - A - B + k + 1.0))


def _bounds(corner: _Corners) -> tuple[Floats, Floats]:
    """Return bounds of -log10 P(K >= k): the first term alone, and a geometric series."""
    term, ratio = _log_term(corner)
    is_rich = corner.shared * corner.n > corner.rows * corner.columns
    series = term - np.log1p(-np.where(is_rich, np.minimum(ratio, 1 - 1e-12), 0.0))
    at_most = np.where(is_rich, -term, 0.0) / np.log(10)
    return at_most, np.where(is_rich, np.maximum(-series, 0.0), 0.0) / np.log(10)


def _log10_strength(corner: _Corners, asked: NDArray[np.bool_]) -> Floats:
    """-log10 P(K >= k) of the cells asked for, 0 where no more is shared than expected."""
    result = np.zeros(asked.shape)
    asked = asked & (corner.shared * corner.n > corner.rows * corner.columns)
    first, _ = _log_term(corner)
    A, B, k = (v[asked].astype(float) for v in (corner.rows, corner.columns, corner.shared))
    total, term = np.ones(len(k)), np.ones(len(k))
    while len(k):
        term = term * (A - k) * (B - k) / ((k + 1) * (corner.n - A - B + k + 1))
        total, k = total + term, k + 1
        if (term <= 1e-17 * total).all():
            break
    result[asked] = np.maximum(0.0, -(first[asked] + np.log(total)) / np.log(10))
    return result
