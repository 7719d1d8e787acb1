"""The Youden cut of smoothed class distributions, for many weightings at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["SmoothedCut", "smoothed_cut", "smoothed_cuts"]

Floats = NDArray[np.float64]

_SILVERMAN = 1.06
_GRID = 33
_SWEEPS = 2
_EDGE = 0.02


@dataclass(frozen=True, eq=False)
class SmoothedCut:
    """The smoothed cut of each column of weights.

    Attributes
    ----------
    threshold : ndarray of shape (n_columns,)
        NaN without both classes, or where the classes have one mean.
    utility : ndarray of shape (n_columns,)
        Smoothed value of ``gain * sensitivity + specificity - 1`` there.
    """

    threshold: Floats
    utility: Floats


def smoothed_cut(
    score: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    operator: str = ">=",
    gain: ArrayLike = 1.0,
    bandwidth: float = 1.0,
) -> SmoothedCut:
    r"""Return the cut that maximises the Youden index of kernel-smoothed class distributions.

    With class weights :math:`a_i, b_i` and normal kernels,

    .. math:: J(c) = g \sum_i a_i \Phi((x_i - c)/h_a) / \sum a_i
              - \sum_i b_i \Phi((x_i - c)/h_b) / \sum b_i

    and :math:`h = 1.06\, s\, n^{-1/5}` of either class, s its weighted SD and n its weight. The
    optimum is sought between the means of the classes and half a distance beyond.

    Parameters
    ----------
    score : array of shape (n,)
        The marker on a scale where its classes are about symmetric (the logarithm of a
        concentration); NaN takes no part, infinite scores count but have no kernel.
    positive, negative : array of shape (n,) or (n, n_columns)
        Weights in either class, as in `roc_curves`.
    operator : {">=", "<="}, default ">="
        People at or above (at or below) the cut are positive.
    gain : float or array of shape (n_columns,), default 1
        Worth of sensitivity in units of specificity; 1 is Youden's index.
    bandwidth : float, default 1
        Factor on both bandwidths.

    Returns
    -------
    SmoothedCut

    Raises
    ------
    InputError
        If `operator` is neither, or the lengths differ.

    Notes
    -----
    The empirical cut converges at the rate of the cube root of n and its n-out-of-n bootstrap is
    inconsistent; the smoothed one has a normal limit, and the ordinary bootstrap follows it.

    References
    ----------
    Fluss R, Faraggi D, Reiser B (2005). doi:10.1002/bimj.200410135

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = np.concatenate([rng.normal(0, 1, 2000), rng.normal(3, 1, 1000)])
    >>> label = np.arange(3000) >= 2000
    >>> round(float(smoothed_cut(x, label, ~label).threshold[0]), 1)
    1.5
    """
    if operator not in (">=", "<="):
        message = f"operator must be '>=' or '<='; got {operator!r}."
        raise InputError(message)
    sign = 1.0 if operator == ">=" else -1.0
    x = sign * np.asarray(score, dtype=float)
    a, b = (_as_columns(values) for values in (positive, negative))
    if x.ndim != 1 or not len(x) == len(a) == len(b):
        message = f"Score and weights must be of one length; got {x.shape}, {a.shape}, {b.shape}."
        raise InputError(message)
    known = ~np.isnan(x)
    x, a, b = x[known], a[known], b[known]
    gains = np.broadcast_to(np.asarray(gain, dtype=float), (a.shape[1],))
    found = [_one(x, a[:, k], b[:, k], float(gains[k]), bandwidth) for k in range(a.shape[1])]
    cuts = np.array([one[0] for one in found], dtype=float)
    return SmoothedCut(sign * cuts, np.array([one[1] for one in found], dtype=float))


def smoothed_cuts(
    values: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    operators: tuple[str, ...],
    start: tuple[float, ...],
    joiner: str = "and",
    gain: float = 1.0,
) -> Floats:
    """Return the cuts of a rule of several clauses, each kernel-smoothed, by turns.

    A clause is met with probability Phi((x - c) / h); an "and" multiplies them, an "or" multiplies
    the complements. Each cut in turn is moved to the optimum given the others, two rounds.

    Parameters
    ----------
    values : array of shape (n, n_clauses)
        Marker of each clause; people without all of them take no part.
    positive, negative : array of shape (n,)
        Weights in either class.
    operators : tuple of {">=", "<="}
    start : tuple of float
        Where the search begins, as a coarse search found it.
    joiner : {"and", "or"}, default "and"
    gain : float, default 1
        As in `smoothed_cut`.

    Returns
    -------
    ndarray of shape (n_clauses,)
        `start` where a class is empty or a marker does not vary.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(3000, 2)) + np.outer(np.arange(3000) >= 2000, [3.0, 3.0])
    >>> label = np.arange(3000) >= 2000
    >>> cuts = smoothed_cuts(x, label, ~label, operators=(">=", ">="), start=(1.5, 1.5))
    >>> bool((cuts < 1.4).all())
    True
    """
    sign = np.array([1.0 if one == ">=" else -1.0 for one in operators])
    x = np.asarray(values, dtype=float) * sign
    weights = [np.asarray(one, dtype=float) for one in (positive, negative)]
    used = ~np.isnan(x).any(axis=1) & (weights[0] + weights[1] > 0)
    x, weights = x[used], [w[used] for w in weights]
    cuts = np.asarray(start, dtype=float) * sign
    if min(w.sum() for w in weights) <= 0:
        return cuts * sign
    widths = [[_bandwidth(column, w) for column in x.T] for w in weights]
    if not np.isfinite(widths).all():
        return cuts * sign
    worth = (gain, -1.0)
    for _ in range(_SWEEPS):
        for k, column in enumerate(x.T):
            parts = []
            for w, width, factor in zip(weights, widths, worth, strict=True):
                others = [special.ndtr((x[:, j] - cuts[j]) / width[j])
                          for j in range(len(cuts)) if j != k]  # fmt: skip
                open_ = np.ones(len(x))
                for met in others:
                    open_ = open_ * (met if joiner == "and" else 1 - met)
                parts.append((factor * w * open_ / w.sum(), width[k]))
            finite = column[np.isfinite(column)]
            ends = tuple(np.quantile(finite, [_EDGE, 1 - _EDGE])) if len(finite) else (0.0, 0.0)
            cuts[k] = _zoomed(column, parts, ends)[0]
    return cuts * sign


def _bandwidth(x: Floats, w: Floats) -> float:
    finite = np.isfinite(x)
    sd = _moments(x[finite], w[finite])[1]
    return _SILVERMAN * sd * max(w.sum(), 1.0) ** -0.2 if sd > 0 else float("nan")


def _zoomed(
    x: Floats, parts: list[tuple[Floats, float]], ends: tuple[float, float]
) -> tuple[float, float]:
    """Return the best cut and its worth: a coarse sweep, then one between its neighbours."""
    low, high = ends
    for _ in range(2):
        grid = np.linspace(low, high, _GRID)
        away = x[:, None] - grid
        worth = sum(weight @ special.ndtr(away / width) for weight, width in parts)
        best = int(np.argmax(worth))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, _GRID - 1)]
    return float(grid[best]), float(np.asarray(worth)[best])


def _one(x: Floats, a: Floats, b: Floats, gain: float, bandwidth: float) -> tuple[float, float]:
    used = a + b > 0
    x, a, b = x[used], a[used], b[used]
    if min(a.sum(), b.sum()) <= 0:
        return np.nan, np.nan
    finite = np.isfinite(x)
    (mean_a, sd_a), (mean_b, sd_b) = (_moments(x[finite], w[finite]) for w in (a, b))
    reach = mean_a - mean_b
    if not np.isfinite(reach) or reach <= 0 or max(sd_a, sd_b) <= 0:
        return np.nan, np.nan
    least = 1e-3 * max(sd_a, sd_b)
    parts = [
        (factor * w / w.sum(), bandwidth * _SILVERMAN * max(sd, least) * max(w.sum(), 1.0) ** -0.2)
        for w, sd, factor in ((a, sd_a, gain), (b, sd_b, -1.0))
    ]
    return _zoomed(x, parts, (mean_b - 0.5 * reach, mean_a + 0.5 * reach))


def _moments(x: Floats, w: Floats) -> tuple[float, float]:
    total = w.sum()
    if total <= 0:
        return np.nan, np.nan
    mean = float((w @ x) / total)
    return mean, float(np.sqrt((w @ (x - mean) ** 2) / total))


def _as_columns(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=float)
    return array[:, None] if array.ndim == 1 else array
