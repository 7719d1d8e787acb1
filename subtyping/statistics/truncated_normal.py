"""The part of a normal that lies below detection: fitted by censored likelihood, then used."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.statistics.censored_likelihood import censored_data, maximise

__all__ = [
    "CensoredNormal",
    "draw_below",
    "fit_censored_normal",
    "mean_below",
]

Floats = NDArray[np.float64]

_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class CensoredNormal:
    """A normal for each analyte, fitted to detected values and to the limits of the others.

    Attributes
    ----------
    mean, sd : ndarray of shape (n_analytes,)
        In the unit of the values; NaN where no fit was possible.
    n_detected : ndarray of int of shape (n_analytes,)
    reason : ndarray of str of shape (n_analytes,)
        Why there is no fit; empty where there is one.
    """

    mean: Floats
    sd: Floats
    n_detected: NDArray[np.int64]
    reason: NDArray[np.object_]


def fit_censored_normal(Y: ArrayLike, censored: ArrayLike) -> CensoredNormal:
    r"""Fit a normal to each analyte by maximum likelihood with left-censored values.

    Maximises :math:`\sum_{det} \log\phi((y_i-\mu)/\sigma)/\sigma + \sum_{cens}
    \log\Phi((c_i-\mu)/\sigma)`, each censored value with its own limit.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Measured value, or where `censored` the limit it lies below; usually log2. NaN is missing.
    censored : array of bool of shape (n_samples, n_analytes)

    Returns
    -------
    CensoredNormal

    Notes
    -----
    Without censoring these are the mean and the SD with divisor n. With fewer than about ten
    detected values, or a lower tail that is not normal, what is said of the values below
    detection is extrapolation. A mixture of groups is not normal: fitted to everybody, the tail is
    that of the pooled people.

    References
    ----------
    Cohen AC (1959). Simplified estimators for the normal distribution when samples are singly
    censored or truncated. Technometrics 1, 217-237. doi:10.1080/00401706.1959.10489859

    Examples
    --------
    >>> values = np.array([[1.0, 1.0, 1.4, 2.0, 2.2, 3.1]]).T
    >>> fit = fit_censored_normal(values, values == 1.0)
    >>> fit.mean.round(3).tolist(), fit.sd.round(3).tolist()
    ([1.564], [1.044])
    """
    values, below = np.asarray(Y, dtype=float), np.asarray(censored, dtype=bool)
    design = np.full((len(values), 1), 1.0 / np.sqrt(max(len(values), 1)))
    data = censored_data(values, below, design)
    fit = maximise(data)
    sd = np.where(fit.is_converged, 1.0 / fit.parameters[:, 1], np.nan)
    mean = (fit.parameters[:, 0] * sd + data.centre[:, 0]) * design[0, 0]
    reason = data.reason.copy()
    reason[(reason == "") & ~fit.is_converged] = "the likelihood did not converge"
    return CensoredNormal(mean, sd, data.detected.sum(axis=0), reason)


def mean_below(limit: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Floats:
    r"""Return the mean of a normal below a limit.

    :math:`E[x \mid x < c] = \mu - \sigma\,\phi(a)/\Phi(a)` with :math:`a = (c - \mu)/\sigma`.

    Parameters
    ----------
    limit, mean, sd : array-like
        Broadcast against each other.

    Returns
    -------
    ndarray
        NaN where one of them is.

    Examples
    --------
    Half a standard normal lies below 0, with mean -sqrt(2 / pi) = -0.798.

    >>> float(mean_below(0.0, 0.0, 1.0).round(3))
    -0.798
    """
    c, mu, sigma = (np.asarray(part, dtype=float) for part in (limit, mean, sd))
    a = (c - mu) / sigma
    mills = np.exp(-0.5 * a**2 - _LOG_ROOT_TWO_PI - special.log_ndtr(a))
    return np.asarray(mu - sigma * mills)


def draw_below(
    limit: ArrayLike, mean: ArrayLike, sd: ArrayLike, rng: np.random.Generator
) -> Floats:
    r"""Draw from a normal below a limit: :math:`\mu + \sigma\,\Phi^{-1}(u\,\Phi(a))`.

    Parameters
    ----------
    limit, mean, sd : array-like
        Broadcast against each other.
    rng : numpy.random.Generator
        One uniform number is taken for each element.

    Returns
    -------
    ndarray
        Below `limit` everywhere; NaN where one of the arguments is.

    Examples
    --------
    >>> drawn = draw_below(np.zeros(1000), 0.0, 1.0, np.random.default_rng(0))
    >>> bool((drawn < 0).all()), float(drawn.mean().round(2))
    (True, -0.82)
    """
    c, mu, sigma = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (limit, mean, sd)))
    a = (c - mu) / sigma
    log_uniform = np.log1p(-rng.random(a.shape))
    return np.asarray(
        np.minimum(mu + sigma * special.ndtri_exp(log_uniform + special.log_ndtr(a)), c)
    )
