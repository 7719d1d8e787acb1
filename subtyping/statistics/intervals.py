"""Intervals: Wilson's for a proportion, percentiles for bootstrap draws."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["percentile_interval", "wilson_interval"]


def wilson_interval(
    successes: ArrayLike, n: ArrayLike, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Return Wilson's score interval for a proportion.

    The limits solve :math:`|\hat p - p| = z \sqrt{p(1-p)/n}`; they stay inside [0, 1] and keep
    near-nominal coverage in samples where the usual normal interval fails.

    Parameters
    ----------
    successes, n : array-like
        Counts; `successes` of `n`. Weighted counts are allowed.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    low, high : ndarray
        Limits, NaN where `n` is 0.

    Raises
    ------
    InputError
        If a count is negative or `successes` exceeds `n`.

    References
    ----------
    Wilson EB (1927). doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> low, high = wilson_interval(27, 100)
    >>> round(float(low), 3), round(float(high), 3)
    (0.193, 0.364)
    """
    x, size = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    if ((x < 0) | (x > size + 1e-9)).any():
        message = "A proportion needs 0 <= successes <= n."
        raise InputError(message)
    z2 = float(special.ndtri(0.5 + level / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / size
        centre = (p + z2 / (2 * size)) / (1 + z2 / size)
        half = np.sqrt(z2 * (p * (1 - p) / size + z2 / (4 * size**2))) / (1 + z2 / size)
    low = np.where(x == 0, np.where(size > 0, 0.0, np.nan), centre - half)
    high = np.where(x == size, np.where(size > 0, 1.0, np.nan), centre + half)
    return low, high


def percentile_interval(draws: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Return the percentile interval of bootstrap draws.

    Parameters
    ----------
    draws : array of shape (n_draws,)
        Statistic of each resample; NaN (statistic not defined) is left out.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    low, high : float
        NaN with fewer than two draws.

    Notes
    -----
    First-order accurate; biased statistics (a maximum, an out-of-bag mean) shift it.

    References
    ----------
    Efron B (1979). doi:10.1214/aos/1176344552

    Examples
    --------
    >>> low, high = percentile_interval(range(101), level=0.9)
    >>> round(low, 6), round(high, 6)
    (5.0, 95.0)
    """
    values = np.asarray(draws, dtype=float)
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)
