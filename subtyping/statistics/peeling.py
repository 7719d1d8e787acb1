"""Peeling: a box that shrinks from everybody to the few it is about (PRIM)."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["peeling_path"]

Floats = NDArray[np.float64]


def peeling_path(
    values: ArrayLike,
    positive: ArrayLike,
    negative: ArrayLike,
    names: list[str],
    *,
    alpha: float = 0.05,
    least_support: float = 0.05,
    most_markers: int = 3,
    units: list[str] | None = None,
) -> pd.DataFrame:
    r"""Peel a box from all people, the slice that raises purity most at each step.

    The box is a set of one-sided bounds. Each step tries, for every marker and side, to take away
    the outer share `alpha` of the weight inside, and keeps the slice after which the share
    :math:`\sum_{in} a_i / \sum_{in} (a_i + b_i)` is largest.

    Parameters
    ----------
    values : array of shape (n, n_markers)
        Markers; a person without a value of a bounded marker is outside.
    positive, negative : array of shape (n,)
        Weight of each person in either class, not negative.
    names : list of str
        Name of each marker.
    alpha : float, default 0.05
        Share of the weight inside that one slice may take.
    least_support : float, default 0.05
        The path ends before the box holds less than this share of all weight.
    most_markers : int, default 3
        Most bounds at a time.
    units : list of str, optional
        Unit of each marker, written after its bound.

    Returns
    -------
    pandas.DataFrame
        One row per box, from everybody on: ``step, rule_text, n_clauses, support_frac`` (share of
        the weight inside), ``coverage_frac`` (share of the positive weight inside: sensitivity)
        and ``purity_frac`` (share of the weight inside that is positive: PPV).

    Raises
    ------
    InputError
        If shapes differ or a class is empty.

    Notes
    -----
    The numbers are apparent: the path was chosen on the same people. It shows what trade is to be
    had, and is no estimate.

    References
    ----------
    Friedman JH, Fisher NI (1999). doi:10.1023/A:1008894516817

    Examples
    --------
    >>> x = np.arange(20.0)[:, None]
    >>> path = peeling_path(x, x[:, 0] >= 15, x[:, 0] < 15, ["A"], alpha=0.25)
    >>> path["purity_frac"].round(2).tolist()[:3]
    [0.25, 0.33, 0.42]
    >>> path["coverage_frac"].is_monotonic_decreasing
    True
    """
    x = np.asarray(values, dtype=float)
    a, b = np.asarray(positive, dtype=float), np.asarray(negative, dtype=float)
    if x.ndim != 2 or x.shape != (len(a), len(names)) or len(a) != len(b):
        shapes = f"{x.shape}, {a.shape}, {b.shape}, {len(names)}"
        message = f"values, weights and names differ: {shapes}."
        raise InputError(message)
    if min(a.sum(), b.sum()) <= 0:
        message = "Peeling needs some weight in either class."
        raise InputError(message)
    w, ends = a + b, [f" {unit}" for unit in units or ()] or [""] * len(names)
    inside = np.ones(len(x), dtype=bool)
    bounds: dict[tuple[int, str], float] = {}
    rows = [_row(0, bounds, (names, ends), inside, (a, w))]
    while True:
        best = _best_slice((x, a, w), inside, bounds, alpha=alpha, most_markers=most_markers)
        if best is None:
            break
        key, cut, kept = best
        if w[kept].sum() < least_support * w.sum():
            break
        bounds[key], inside = cut, kept
        rows.append(_row(len(rows), bounds, (names, ends), inside, (a, w)))
        if a[inside].sum() >= w[inside].sum() * (1 - 1e-12):
            break
    return pd.DataFrame(rows)


def _best_slice(
    people: tuple[Floats, Floats, Floats],
    inside: NDArray[np.bool_],
    bounds: dict[tuple[int, str], float],
    *,
    alpha: float,
    most_markers: int,
) -> tuple[tuple[int, str], float, NDArray[np.bool_]] | None:
    x, a, w = people
    best, purest = None, -1.0
    for k in range(x.shape[1]):
        for side in (">=", "<="):
            if (k, side) not in bounds and len(bounds) >= most_markers:
                continue
            cut = _outer_cut(x[inside, k], w[inside], alpha, side)
            if cut is None:
                continue
            with np.errstate(invalid="ignore"):
                kept = inside & ((x[:, k] >= cut) if side == ">=" else (x[:, k] <= cut))
            left = w[kept].sum()
            if left <= 0 or left >= w[inside].sum() * (1 - 1e-12):
                continue
            purity = float(a[kept].sum() / left)
            if purity > purest + 1e-12:
                best, purest = ((k, side), cut, kept), purity
    return best


def _outer_cut(x: Floats, w: Floats, alpha: float, side: str) -> float | None:
    """Return the bound that takes the outer share away; ties go together, one value at least."""
    usable = np.isfinite(x) & (w > 0)
    if not usable.any():
        return None
    x, w = x[usable], w[usable]
    levels, place = np.unique(x if side == ">=" else -x, return_inverse=True)
    mass = np.cumsum(np.bincount(place, weights=w))
    first_kept = max(1, int(np.searchsorted(mass, alpha * mass[-1] * (1 + 1e-12), side="right")))
    if first_kept >= len(levels):
        return None
    return float(levels[first_kept] if side == ">=" else -levels[first_kept])


def _row(
    step: int,
    bounds: dict[tuple[int, str], float],
    told: tuple[list[str], list[str]],
    inside: NDArray[np.bool_],
    weights: tuple[Floats, Floats],
) -> dict[str, object]:
    (a, w), (names, ends) = weights, told
    bounded = [f"{names[k]} {side} {cut:.4g}{ends[k]}" for (k, side), cut in bounds.items()]
    text = " and ".join(bounded)
    return {
        "step": step,
        "rule_text": text or "everybody",
        "n_clauses": len(bounds),
        "support_frac": float(w[inside].sum() / w.sum()),
        "coverage_frac": float(a[inside].sum() / a.sum()),
        "purity_frac": float(a[inside].sum() / w[inside].sum()),
    }
