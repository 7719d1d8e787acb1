"""Upper quadrants of the bivariate normal distribution."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["both_above"]

_TINY = 1e-300


def both_above(first: ArrayLike, second: ArrayLike, correlation: ArrayLike) -> NDArray[np.float64]:
    r"""Return :math:`P(X > h, Y > k)` of two standard normals with a correlation.

    By Owen's T function, exact to rounding; the limits at a correlation of -1, 0 and 1 included.

    Parameters
    ----------
    first, second : array-like
        Cuts *h* and *k*; they broadcast.
    correlation : array-like
        Between -1 and 1.

    Returns
    -------
    ndarray

    References
    ----------
    Owen DB (1956). Tables for computing bivariate normal probabilities. Annals of Mathematical
    Statistics 27, 1075-1090. doi:10.1214/aoms/1177728074.

    Examples
    --------
    >>> float(both_above(0, 0, 0.5).round(6))  # 1/4 + asin(1/2) / (2 pi) = 1/3
    0.333333
    >>> both_above(1.0, 0.0, [0.0, 1.0]).round(4).tolist()  # .1587 / 2, and .1587
    [0.0793, 0.1587]
    """
    h, k, r = np.broadcast_arrays(*(-np.asarray(x, float) for x in (first, second, correlation)))
    r = -r
    if (np.abs(r) > 1).any():
        message = f"A correlation must lie between -1 and 1; got {np.max(np.abs(r))}."
        raise InputError(message)
    h, k = (np.where(x == 0, _TINY, x) for x in (h, k))
    root = np.sqrt((1 - r) * (1 + r))
    apart = np.where(np.sign(h) * np.sign(k) > 0, 0.0, 0.5)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        # k/h - r is exact where the two cuts agree, which is where the function bends
        slopes = (k / h - r) / root, (h / k - r) / root
        inside = (special.ndtr(h) + special.ndtr(k)) / 2 - apart
        inside = inside - special.owens_t(h, slopes[0]) - special.owens_t(k, slopes[1])
    least, most = np.minimum(special.ndtr(h), special.ndtr(k)), special.ndtr(h) - special.ndtr(-k)
    inside = np.where(root == 0, np.where(r > 0, least, np.maximum(most, 0)), inside)
    return np.asarray(np.clip(inside, np.maximum(most, 0), least), dtype=float)
