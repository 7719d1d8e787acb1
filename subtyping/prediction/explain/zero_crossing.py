"""Where the attributions of an analyte turn from lowering to raising the prediction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from subtyping.exceptions import InputError
from subtyping.prediction.resampling import percentile_interval

__all__ = ["LEAST_FOUND", "SMALLEST_SHARE", "ZeroCrossing", "zero_crossing", "zero_crossings"]

LEAST_FOUND = 0.8
"""Least share of refits that must have a crossing for an interval to be given."""

SMALLEST_SHARE = 0.05
"""Share of the summed absolute attributions by which a turn must stand out to count."""


@dataclass(frozen=True)
class ZeroCrossing:
    """The zero crossing of one analyte's attributions.

    Attributes
    ----------
    value : float
        Where the attributions cross zero, in the unit of the values; NaN where they do not.
    ci_low, ci_high : float
        95 % interval over the refits that have such a crossing; NaN without refits, and where
        under 80 % of them have one.
    direction : int
        1 where the attributions are positive above `value`, -1 where below, 0 without a crossing.
    n_crossings : int
        Turns that stand out; with more than one the dependence is not monotone.
    found_frac : float
        Share of refits that have a crossing of the same direction; NaN without refits.
    """

    value: float
    ci_low: float
    ci_high: float
    direction: int
    n_crossings: int
    found_frac: float


def zero_crossings(values: np.ndarray, attributions: np.ndarray) -> np.ndarray:
    r"""Return every value at which the mean attribution changes sign.

    With people in the order of their values, the cumulative attribution
    :math:`C(c) = \sum_{x_i \le c} \phi_i` falls while attributions are negative on average and
    rises while they are positive: its turning points are the zero crossings of
    :math:`E(\phi \mid x)`, found without smoothing. A turn counts if its prominence is at least
    5 % of :math:`\sum_i |\phi_i|`. It lies midway between the neighbouring distinct values; where
    attributions are zero in between, midway across them.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The analyte, in any unit that keeps its order.
    attributions : ndarray of shape (n,)
        SHAP values of the analyte in the same samples. Pairs with a missing value are left out.

    Returns
    -------
    ndarray of shape (k,)
        Increasing; empty where nothing crosses.

    Raises
    ------
    InputError
        If the two are not vectors of equal length.

    Notes
    -----
    A zero crossing is where a value argues neither way *against the background*: for a linear
    model it is the background's mean, whatever the labels. It is a candidate for a threshold, not
    an optimal one, and moves with the share of the subtype in the background.

    Examples
    --------
    >>> zero_crossings(np.array([1.0, 2.0, 3.0, 4.0]), np.array([-1.0, -0.5, 0.5, 1.0]))
    array([2.5])
    >>> zero_crossings(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 0.5]))
    array([], dtype=float64)
    >>> zero_crossings(np.arange(6.0), np.array([-1.0, -1.0, 2.0, 2.0, -1.0, -1.0]))   # a hump
    array([1.5, 3.5])
    """
    from scipy.signal import find_peaks

    x, phi, total = _sorted_pairs(values, attributions)
    if total == 0.0:
        return np.empty(0)
    level, ends = _cumulated(x, phi)
    path = np.concatenate([[0.0], level])
    turns = []
    for side in (path, -path):
        _, found = find_peaks(side, prominence=SMALLEST_SHARE * total, plateau_size=1)
        turns += list(zip(found["left_edges"], found["right_edges"], strict=True))
    distinct = x[ends]
    return np.sort([(distinct[left - 1] + distinct[right]) / 2 for left, right in turns])


def zero_crossing(
    values: np.ndarray,
    attributions: np.ndarray,
    *,
    refits: Sequence[tuple[np.ndarray, np.ndarray]] = (),
) -> ZeroCrossing:
    r"""Return the zero crossing that divides the attributions best, with an interval.

    The cut c that maximises :math:`|\sum_{x_i > c} \phi_i - \sum_{x_i \le c} \phi_i|`; it is one
    of `zero_crossings`, and the only one where the dependence is monotone. None is given where
    the largest sum needs no cut.

    Parameters
    ----------
    values, attributions : ndarray of shape (n,)
        As in `zero_crossings`.
    refits : sequence of (values, attributions), default ()
        The same from models learnt anew on resampled people, in people left out (see
        `subtyping.prediction.explain.refit_explanations`); none gives no interval.

    Returns
    -------
    ZeroCrossing

    Raises
    ------
    InputError
        If values and attributions are not vectors of equal length.

    Notes
    -----
    The interval are percentiles of the refits' crossings of the same direction, widened to hold
    `value`. It is about where the crossing lies, given that there is one: how sure that is says
    `found_frac`, and where it is under 80 % no interval is given.

    Examples
    --------
    >>> x = np.linspace(-2, 2, 81)
    >>> drawn = [(x, np.where(x > turn, 2.0, -1.0)) for turn in (0.31, 0.51, 0.61)]
    >>> found = zero_crossing(*drawn[1], refits=drawn)
    >>> round(found.value, 3), found.direction, found.n_crossings, found.found_frac
    (0.525, 1, 1, 1.0)
    >>> round(found.ci_low, 3), round(found.ci_high, 3)
    (0.325, 0.625)
    """
    value, direction = _best_cut(values, attributions)
    n_crossings = len(zero_crossings(values, attributions))
    if direction == 0:
        return ZeroCrossing(np.nan, np.nan, np.nan, 0, n_crossings, np.nan)
    cuts = [_best_cut(*pair) for pair in refits]
    draws = np.array([cut for cut, way in cuts if way == direction])
    found = len(draws) / len(cuts) if cuts else np.nan
    if not found >= LEAST_FOUND:
        return ZeroCrossing(value, np.nan, np.nan, direction, n_crossings, found)
    low, high = (float(limit) for limit in percentile_interval(draws))
    return ZeroCrossing(value, min(low, value), max(high, value), direction, n_crossings, found)


def _complete(values: np.ndarray, attributions: np.ndarray) -> np.ndarray:
    """Indices of complete pairs in the order of the values."""
    x, phi = np.asarray(values, dtype=float), np.asarray(attributions, dtype=float)
    if x.ndim != 1 or x.shape != phi.shape:
        message = (
            "Expected values and attributions as vectors of equal length; got shapes "
            f"{x.shape} and {phi.shape}."
        )
        raise InputError(message)
    order = np.argsort(x, kind="stable")
    return order[np.isfinite(x[order]) & np.isfinite(phi[order])]


def _sorted_pairs(
    values: np.ndarray, attributions: np.ndarray
) -> tuple[np.ndarray, np.ndarray, float]:
    """Values in order, their attributions, and the sum of the absolute attributions."""
    order = _complete(values, attributions)
    x = np.asarray(values, dtype=float)[order]
    phi = np.asarray(attributions, dtype=float)[order]
    return x, phi, float(np.abs(phi).sum())


def _cumulated(x: np.ndarray, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cumulative attributions after each distinct value, and where these end."""
    ends = np.flatnonzero(np.append(np.diff(x) > 0, np.ones(min(len(x), 1), dtype=bool)))
    return np.cumsum(phi)[ends], ends


def _best_cut(values: np.ndarray, attributions: np.ndarray) -> tuple[float, int]:
    """Best cut and its direction; NaN and 0 where nothing stands out."""
    x, phi, total = _sorted_pairs(values, attributions)
    level, ends = _cumulated(x, phi)
    if len(level) < 2:  # one distinct value cannot be cut
        return np.nan, 0
    distinct, whole = x[ends], level[-1]
    contrast = whole - 2 * level[:-1]
    size = np.abs(contrast)
    first = int(size.argmax())
    last = len(size) - 1 - int(size[::-1].argmax())
    best = float(size[first])
    if best <= abs(whole) or (best - abs(whole)) / 2 < SMALLEST_SHARE * total:
        return np.nan, 0
    # Where nothing is attributed in between the sum stands still: take the middle.
    last = last if level[first] == level[last] else first
    return float((distinct[first] + distinct[last + 1]) / 2), int(np.sign(contrast[first]))
