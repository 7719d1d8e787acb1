"""Smooth unimodal margins: the sinh-arcsinh family fitted by its quantiles."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

SKEWS = np.linspace(-1.2, 1.2, 49)
TAILS = np.linspace(0.5, 1.6, 23)
N_PROBABILITIES = 99


@dataclass(frozen=True, eq=False)
class Margins:
    """Sinh-arcsinh margins of p analytes: x = centre + scale sinh((asinh(z) + skew) / tail).

    Every member of the family is unimodal; centre and scale give mean 0 and the stated SD.
    """

    centre: np.ndarray
    scale: np.ndarray
    skew: np.ndarray
    tail: np.ndarray

    def at(self, z: np.ndarray) -> np.ndarray:
        """Return values of standard normal scores (n, p)."""
        return self.centre + self.scale * np.sinh((np.arcsinh(z) + self.skew) / self.tail)


@cache
def _grid() -> tuple[np.ndarray, ...]:
    """Return skew, tail, mean, SD and standardised quantiles (rows) of every grid point."""
    skew, tail = (axis.ravel() for axis in np.meshgrid(SKEWS, TAILS, indexing="ij"))
    normal = stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    shape = np.sinh((np.arcsinh(normal)[None, :] + skew[:, None]) / tail[:, None])
    mean, sd = shape.mean(axis=1), shape.std(axis=1)
    at = stats.norm.ppf((np.arange(N_PROBABILITIES) + 0.5) / N_PROBABILITIES)
    quantiles = np.sinh((np.arcsinh(at)[None, :] + skew[:, None]) / tail[:, None])
    quantiles = quantiles - quantiles.mean(axis=1, keepdims=True)
    quantiles /= np.linalg.norm(quantiles, axis=1, keepdims=True)
    return skew, tail, mean, sd, quantiles


def fit_margins(residuals: np.ndarray) -> Margins:
    """Fit a unimodal margin to each column (n, p) of centred residuals without gaps.

    Shape: the grid point whose quantile function correlates best with the sample's (a
    probability-plot correlation). Scale: the sample's SD.
    """
    skew, tail, mean, sd, quantiles = _grid()
    probabilities = (np.arange(N_PROBABILITIES) + 0.5) / N_PROBABILITIES
    observed = np.quantile(residuals, probabilities, axis=0)
    best = np.argmax(quantiles @ (observed - observed.mean(axis=0)), axis=0)
    scale = residuals.std(axis=0) / sd[best]
    return Margins(-scale * mean[best], scale, skew[best], tail[best])
