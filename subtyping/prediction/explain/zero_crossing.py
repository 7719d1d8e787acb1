"""Where the attributions of an analyte turn from lowering to raising the prediction."""

from dataclasses import dataclass

import numpy as np

from subtyping.exceptions import InputError
from subtyping.prediction.explain.drawing import fold_weights
from subtyping.prediction.resampling import percentile_interval

__all__ = ["SMALLEST_SHARE", "ZeroCrossing", "zero_crossing", "zero_crossings"]

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
        Percentile interval over folds and people; NaN where a limit falls among draws without a
        crossing.
    direction : int
        1 where the attributions are positive above `value`, -1 where below, 0 without a crossing.
    n_crossings : int
        Turns that stand out; with more than one the dependence is not monotone.
    found_frac : float
        Share of bootstrap draws that have a crossing of the same direction; NaN without draws.
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
    level, ends = _cumulated(x, phi[None, :])
    path = np.concatenate([[0.0], level[0]])
    turns = []
    for side in (path, -path):
        _, found = find_peaks(side, prominence=SMALLEST_SHARE * total, plateau_size=1)
        turns += list(zip(found["left_edges"], found["right_edges"], strict=True))
    distinct = x[ends]
    return np.sort([(distinct[left - 1] + distinct[right]) / 2 for left, right in turns])


def zero_crossing(
    values: np.ndarray,
    attributions: np.ndarray,
    people: np.ndarray,
    *,
    folds: np.ndarray | None = None,
    resamples: int = 200,
    seed: int = 0,
) -> ZeroCrossing:
    r"""Return the zero crossing that divides the attributions best, with an interval.

    The cut c that maximises :math:`|\sum_{x_i > c} \phi_i - \sum_{x_i \le c} \phi_i|`; it is one
    of `zero_crossings`, and the only one where the dependence is monotone. None is given where
    the largest sum needs no cut.

    Parameters
    ----------
    values, attributions : ndarray of shape (n,)
        As in `zero_crossings`.
    people : ndarray of shape (n,)
        Person of each sample; all samples of a person are drawn together.
    folds : ndarray of shape (n,), optional
        Fold in which each sample was held out; by default all are explained by one model.
    resamples : int, default 200
        Bootstrap draws of folds and people (see `fold_weights`); 0 gives no interval.
    seed : int, default 0
        Root seed.

    Returns
    -------
    ZeroCrossing

    Raises
    ------
    InputError
        If the three are not vectors of equal length.

    Notes
    -----
    The fitted models are kept; draws take some of the folds, whose models differ, and people in
    them. With one fold the interval leaves out what another model would add. A draw without a
    crossing, or with one of the other direction, counts as minus infinity for the lower limit and
    as plus infinity for the upper one.

    Examples
    --------
    >>> x = np.linspace(-2, 2, 81)
    >>> found = zero_crossing(x, np.where(x > 0.51, 2.0, -1.0), np.arange(81), resamples=50)
    >>> round(found.value, 3), found.direction, found.n_crossings, found.found_frac
    (0.525, 1, 1, 1.0)
    >>> found.ci_low <= found.value <= found.ci_high
    True
    """
    for name, given in (("person", people), ("fold", folds)):
        if given is not None and np.shape(given) != np.shape(values):
            message = f"Expected one {name} for each of {np.size(values)} values; got "
            raise InputError(message + f"{np.size(given)}.")
    x, phi, total = _sorted_pairs(values, attributions)
    if total == 0.0:
        return ZeroCrossing(np.nan, np.nan, np.nan, 0, 0, np.nan)
    value, direction = (part[0] for part in _best_cuts(x, phi, np.ones((1, len(x)))))
    n_crossings = len(zero_crossings(x, phi))
    if direction == 0:
        return ZeroCrossing(np.nan, np.nan, np.nan, 0, n_crossings, np.nan)
    order = _complete(values, attributions)
    fold = np.zeros(len(order)) if folds is None else np.asarray(folds)[order]
    weights = fold_weights(np.asarray(people)[order], fold, resamples, seed)
    draws, ways = _best_cuts(x, phi, weights)
    draws = np.where(ways == direction, draws, np.nan)
    low, high = percentile_interval(draws)
    found = float(np.isfinite(draws).mean()) if len(draws) else np.nan
    return ZeroCrossing(float(value), float(low), float(high), int(direction), n_crossings, found)


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
    """Cumulative attributions (B, k) after each distinct value, and where these end."""
    ends = np.flatnonzero(np.append(np.diff(x) > 0, True))
    return np.cumsum(phi, axis=1)[:, ends], ends


def _best_cuts(
    x: np.ndarray, phi: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Best cut and its direction in each draw; NaN and 0 where nothing stands out."""
    level, ends = _cumulated(x, weights * phi)
    if level.shape[1] < 2:  # one distinct value cannot be cut
        return np.full(len(level), np.nan), np.zeros(len(level), dtype=int)
    distinct, whole = x[ends], level[:, -1]
    contrast = whole[:, None] - 2 * level[:, :-1]
    size = np.abs(contrast)
    best = size.max(axis=1)
    first = size.argmax(axis=1)
    last = size.shape[1] - 1 - size[:, ::-1].argmax(axis=1)
    # Where nobody was drawn, or nothing attributed, the sum stands still: take the middle.
    still = level[np.arange(len(level)), first] == level[np.arange(len(level)), last]
    last = np.where(still, last, first)
    stands_out = (best - np.abs(whole)) / 2 >= SMALLEST_SHARE * (weights @ np.abs(phi))
    stands_out &= best > np.abs(whole)
    cut = np.where(stands_out, (distinct[first] + distinct[last + 1]) / 2, np.nan)
    way = np.sign(contrast[np.arange(len(level)), first]).astype(int)
    return cut, np.where(stands_out, way, 0)
