"""A smooth curve through a cloud of points that a few wild points cannot bend."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["lowess"]

Floats = NDArray[np.float64]
Moments = tuple[Floats, Floats]

_NEAR, _FAR = 0.001, 0.999  # of the bandwidth: weight one within, none beyond
_SKIP = 0.01  # of the range: the curve is straight between anchors this far apart


def lowess(x: ArrayLike, y: ArrayLike, *, span: float = 0.4, rounds: int = 3) -> Floats:
    r"""Fit straight lines locally, by tricube weights, and again with outliers down-weighted.

    At an anchor :math:`x_0` the line is fitted to the nearest `span` of the points with weights
    :math:`(1 - |x - x_0|^3 / h^3)^3`, *h* the distance of the farthest of them. After each round
    the weights are multiplied by :math:`(1 - (r / 6\,\mathrm{MAD})^2)^2` of the residuals *r*.
    Anchors lie a hundredth of the range apart; between them the curve is linear.

    Parameters
    ----------
    x, y : array of shape (n,)
        Without missing values.
    span : float, default 0.4
        Share of the points in each local fit.
    rounds : int, default 3
        Rounds with outliers down-weighted.

    Returns
    -------
    ndarray of shape (n,)
        The curve at each `x`, in the order given.

    Raises
    ------
    InputError
        If the lengths differ or fewer than two points are given.

    References
    ----------
    Cleveland WS (1979). Robust locally weighted regression and smoothing scatterplots.
    doi:10.1080/01621459.1979.10481038

    Examples
    --------
    One wild point among noisy ones on the line 1 + 2x hardly moves the curve.

    >>> x = np.arange(100.0)
    >>> y = 1 + 2 * x + np.where(x % 2 == 0, 0.5, -0.5)
    >>> y[50] = 500.0
    >>> lowess(x, y)[[0, 50, 99]].round().tolist()
    [1.0, 101.0, 199.0]
    """
    at, value = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if at.shape != value.shape or at.ndim != 1 or len(at) < 2:
        message = (
            f"x and y must be two or more points of one length; got {at.shape}, {value.shape}."
        )
        raise InputError(message)
    order = np.argsort(at, kind="stable")
    fitted = np.empty_like(value)
    fitted[order] = _smooth(at[order], value[order], span, rounds)
    return fitted


def _smooth(x: Floats, y: Floats, span: float, rounds: int) -> Floats:
    """Smooth points sorted by x."""
    n = len(x)
    anchors, first, last = _anchors(x, max(2, min(n, int(span * n + 1e-7))))
    near = _tricube(x, anchors, first, last)
    trusted = np.ones(n)
    width, centre = x[-1] - x[0], float(np.median(y))
    unit = (x - x[0]) / width if width > 0 else np.zeros(n)
    for step in range(rounds + 1):
        curve = centre + np.interp(
            x, x[anchors], _local_lines(unit, y - centre, anchors, (near, trusted))
        )
        residual = np.abs(y - curve)
        middle = np.partition(residual, [n // 2, (n - 1) // 2])
        scale = 3 * (middle[n // 2] + middle[(n - 1) // 2])
        if step == rounds or scale <= 1e-7 * residual.mean():
            break
        ratio = residual / scale
        trusted = np.where(ratio <= _NEAR, 1.0, np.where(ratio <= _FAR, (1 - ratio**2) ** 2, 0.0))
    return curve


def _anchors(
    x: Floats, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return where lines are fitted, and the first and last of the nearest points of each."""
    n, gap = len(x), _SKIP * (x[-1] - x[0])
    places = x.tolist()
    left, found, i = 0, [], 0
    while True:
        while left + width < n and places[i] - places[left] > places[left + width] - places[i]:
            left += 1
        found.append((i, left, left + width - 1))
        beyond = int(np.searchsorted(x, places[i] + gap, side="right"))
        ties = int(np.searchsorted(x, places[i], side="right"))
        if ties >= n:
            break
        i = max(ties, beyond - 1)
    table = np.array(found)
    return table[:, 0], table[:, 1], table[:, 2]


def _tricube(
    x: Floats, anchors: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> Floats:
    """Return the weight of each point (column) in the line of each anchor (row)."""
    here = x[anchors]
    h = np.maximum(here - x[first], x[last] - here)[:, None]
    distance = np.abs(x - here[:, None])
    ratio = np.divide(distance, h, out=np.zeros_like(distance), where=h > 0)
    root = 1 - ratio * ratio * ratio
    weight = np.where(ratio <= _NEAR, 1.0, root * root * root)
    outside = (ratio > _FAR) | ((h == 0) & (distance > 0))
    weight[outside | (np.arange(len(x)) < first[:, None])] = 0.0
    return weight


def _local_lines(x: Floats, y: Floats, anchors: NDArray[np.int64], weight: Moments) -> Floats:
    """Return each anchor's weighted line at the anchor: its mean where x hardly varies."""
    near, trusted = weight
    columns = np.column_stack([np.ones_like(x), x, x * x, y, x * y])
    total, *sums = (near @ (columns * trusted[:, None])).T
    known = total > 0
    mean_x, mean_xx, mean_y, mean_xy = (each / np.where(known, total, 1.0) for each in sums)
    spread = np.maximum(mean_xx - mean_x**2, 0.0)
    sloped = np.sqrt(spread) > _NEAR
    slope = np.where(sloped, (mean_xy - mean_x * mean_y) / np.where(sloped, spread, 1.0), 0.0)
    return np.where(known, mean_y + slope * (x[anchors] - mean_x), y[anchors])
