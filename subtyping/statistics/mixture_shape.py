"""The shape two groups share: a one-parameter path from the normal to skewed densities."""

import numpy as np
from scipy.special import ndtr

__all__ = ["MOST_SKEWED", "cumulated_shape", "log_shape"]

HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))

# Johnson SU with gamma / delta held at 1.2 and tail = 1 / delta; tail 0 is the normal.
PATH = 1.2
TAILS = np.linspace(0.02, 0.75, 147)


def _path_moments(tail: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, SD and (negative) skewness of Johnson SU along the path."""
    w = np.exp(tail**2)
    mean = -np.sqrt(w) * np.sinh(PATH)
    variance = 0.5 * (w - 1) * (w * np.cosh(2 * PATH) + 1)
    third = w * (w + 2) * np.sinh(3 * PATH) + 3 * np.sinh(PATH)
    third = -0.25 * np.sqrt(w) * (w - 1) ** 2 * third
    return mean, np.sqrt(variance), third / variance**1.5


PATH_MEAN, PATH_SD, PATH_SKEWNESS = _path_moments(TAILS)
MOST_SKEWED = -float(PATH_SKEWNESS[-1])
"""The largest skewness on the path, of either sign."""


def log_shape(u: np.ndarray, skewness: np.ndarray) -> np.ndarray:
    """Return the log density of the standardised shape of this skewness.

    Parameters
    ----------
    u : ndarray
        Distance from the mean in SD.
    skewness : ndarray
        Broadcasts with `u`.

    Returns
    -------
    ndarray

    Examples
    --------
    >>> bool(abs(log_shape(np.array(0.0), np.array(0.0)) - np.log(0.3989)) < 0.001)
    True
    """
    tail, spread, y = _on_path(u, skewness)
    z = (np.arcsinh(y) + PATH) / tail
    log_density: np.ndarray = (
        -0.5 * z * z - np.log(tail / spread) - 0.5 * np.log1p(y * y) - HALF_LOG_2PI
    )
    return log_density


def cumulated_shape(u: np.ndarray, skewness: float) -> np.ndarray:
    """Return the distribution function of the standardised shape of this skewness.

    Parameters
    ----------
    u : ndarray
        Distance from the mean in SD.
    skewness : float

    Returns
    -------
    ndarray

    Examples
    --------
    The path begins next to the normal, at a tail of .02:

    >>> bool(abs(cumulated_shape(np.array(1.96), 0.0) - 0.975) < 0.002)
    True
    """
    tail, _, y = _on_path(u, np.asarray(skewness))
    below: np.ndarray = ndtr((np.arcsinh(y) + PATH) / tail)
    return below if skewness < 0 else 1 - below


def _on_path(u: np.ndarray, skewness: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return tail and spread of a skewness, and where `u` lies on the unscaled curve."""
    tail = np.interp(np.abs(skewness), -PATH_SKEWNESS, TAILS)
    centre, spread = np.interp(tail, TAILS, PATH_MEAN), np.interp(tail, TAILS, PATH_SD)
    return tail, spread, centre - np.where(skewness < 0, -1.0, 1.0) * spread * u
