"""Scaled F and chi-squared laws far out in their tails, and with their tails pulled in."""

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["f_log_upper_tail", "f_matched", "f_winsorised_moments"]

Floats = NDArray[np.float64]

_NODES = 128
_SMALLEST_TAIL = 1e-280  # below it the tail is computed by its series


def f_log_upper_tail(f: Floats, df1: float, df2: float) -> Floats:
    r"""Return :math:`\log P(F > f)`, also where the probability is too small for a float.

    Parameters
    ----------
    f : ndarray
        Ratios of variances, positive.
    df1, df2 : float
        Degrees of freedom; infinite `df2` is chi-squared over `df1`.

    Returns
    -------
    ndarray

    Examples
    --------
    With 2 and 4 degrees of freedom the tail is :math:`(1 + f/2)^{-2}`.

    >>> f_log_upper_tail(np.array([2.0, 1e200]), 2, 4).round(4).tolist()
    [-1.3863, -919.6477]
    """
    if np.isinf(df2):
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(special.gammaincc(df1 / 2, f * df1 / 2)))
    x = df2 / (df2 + df1 * f)
    a, b = df2 / 2, df1 / 2
    tail = special.betainc(a, b, x)
    is_tiny = tail < _SMALLEST_TAIL
    logs = np.log(np.where(is_tiny, 1.0, tail))
    if is_tiny.any():
        few = x[is_tiny]
        series = np.log(special.hyp2f1(a + b, 1.0, a + 1.0, few))
        logs[is_tiny] = (
            a * np.log(few) + b * np.log1p(-few) - np.log(a) - special.betaln(a, b) + series
        )
    return np.asarray(logs)


def f_matched(f: Floats, df: Floats, df_common: float, df2: float) -> Floats:
    r"""Return the values that have the same tail probability on common degrees of freedom.

    Parameters
    ----------
    f : ndarray of shape (n,)
        Ratios of variances on `df` and `df2` degrees of freedom.
    df : ndarray of shape (n,)
    df_common : float
        Degrees of freedom to carry them to; a ratio that has them already is left alone.
    df2 : float
        May be infinite.

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> f_matched(np.array([1.0, 3.0]), np.array([2.0, 4.0]), 4.0, np.inf).round(4).tolist()
    [1.0731, 3.0]
    """
    matched = np.array(f, dtype=float)
    i = np.flatnonzero(df < df_common - 1e-14)
    if not len(i):
        return matched
    below, above = _tails(matched[i], df[i], df2)
    is_high = above < below
    matched[i] = _quantile(below, above, df_common, df2, is_high)
    return matched


def f_winsorised_moments(df1: float, df2: float, tails: tuple[float, float]) -> tuple[float, float]:
    r"""Return mean and variance of :math:`\log F` whose tails were pulled in to their quantiles.

    Parameters
    ----------
    df1, df2 : float
        Degrees of freedom; `df2` may be infinite.
    tails : pair of float
        Shares pulled in at the lower and at the upper end.

    Returns
    -------
    mean, variance : float
        By Gauss-Legendre quadrature of 128 nodes in :math:`f / (1 + f)`.

    Examples
    --------
    Nearly nothing pulled in: the variance of log F is :math:`\psi'(d_1/2) + \psi'(d_2/2)`.

    >>> variance = f_winsorised_moments(20, 10, (1e-9, 1e-9))[1]
    >>> round(variance, 5) == round(float(special.polygamma(1, [10, 5]).sum()), 5)
    True
    """
    share = np.array([tails[0], 1 - tails[1]])
    ends = _quantile(share, 1 - share, df1, df2, share > 0.5)
    low, high = ends / (1 + ends)
    nodes, weights = _gauss()
    place = low + (high - low) * nodes
    f = place / (1 - place)
    mass = weights * (high - low) * np.exp(_log_density(f, df1, df2)) / (1 - place) ** 2
    log_f, log_ends = np.log(f), np.log(ends)
    mean = float((mass * log_f).sum() + log_ends @ np.array(tails))
    spread = (mass * (log_f - mean) ** 2).sum() + (log_ends - mean) ** 2 @ np.array(tails)
    return mean, float(spread)


@functools.lru_cache(maxsize=1)
def _gauss() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1) / 2, weights / 2


def _log_density(f: Floats, df1: float, df2: float) -> Floats:
    a, b = df1 / 2, df2 / 2
    if np.isinf(df2):
        return np.asarray(a * np.log(a) + (a - 1) * np.log(f) - a * f - special.gammaln(a))
    ratio = df1 / df2
    head = a * np.log(ratio) + (a - 1) * np.log(f) - special.betaln(a, b)
    return np.asarray(head - (a + b) * np.log1p(ratio * f))


def _tails(f: Floats, df1: Floats, df2: float) -> tuple[Floats, Floats]:
    if np.isinf(df2):
        at = f * df1 / 2
        return special.gammainc(df1 / 2, at), special.gammaincc(df1 / 2, at)
    ratio = df1 * f
    return (
        special.betainc(df1 / 2, df2 / 2, ratio / (ratio + df2)),
        special.betainc(df2 / 2, df1 / 2, df2 / (ratio + df2)),
    )


def _quantile(
    below: Floats, above: Floats, df1: float, df2: float, is_high: NDArray[np.bool_]
) -> Floats:
    """Return the value with these tails, from the smaller of the two."""
    if np.isinf(df2):
        low = special.gammaincinv(df1 / 2, below)
        return np.asarray(np.where(is_high, special.gammainccinv(df1 / 2, above), low) * 2 / df1)
    x = special.betaincinv(df1 / 2, df2 / 2, below)
    y = special.betaincinv(df2 / 2, df1 / 2, above)
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(is_high, (1 - y) / y, x / (1 - x)) * (df2 / df1))
