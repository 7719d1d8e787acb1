"""Two groups of one shape: the mixture, who belongs to which, and many mixtures at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from subtyping.statistics.mixture_shape import cumulated_shape, log_shape

__all__ = ["TwoGroups", "TwoGroupsMany"]


@dataclass(frozen=True)
class TwoGroups:
    """A mixture of two groups of one shape; the upper group is the one with the higher mean.

    Attributes
    ----------
    weight : float
        Share of the upper group.
    means : tuple of float
        Lower, upper.
    sds : tuple of float
        Lower, upper; their ratio is at most 1.5, and drawn towards 1.
    skewness : float
        Skewness within both groups; 0 is the normal shape.
    log_likelihood : float
    """

    weight: float
    means: tuple[float, float]
    sds: tuple[float, float]
    skewness: float
    log_likelihood: float

    @classmethod
    def from_card(cls, block: Mapping[str, Any]) -> "TwoGroups":
        """Rebuild the mixture of a model card, without its likelihood.

        Parameters
        ----------
        block : mapping
            ``weight, means, sds, skewness``.

        Returns
        -------
        TwoGroups

        Examples
        --------
        >>> block = {"weight": 0.3, "means": [0, 3], "sds": [1, 1], "skewness": 0}
        >>> TwoGroups.from_card(block).separation
        3.0
        """
        return cls(
            weight=float(block["weight"]),
            means=(float(block["means"][0]), float(block["means"][1])),
            sds=(float(block["sds"][0]), float(block["sds"][1])),
            skewness=float(block["skewness"]),
            log_likelihood=float("nan"),
        )

    def probability(self, x: np.ndarray) -> np.ndarray:
        """Return the posterior probability of the upper group.

        The posterior of two groups with unequal SD turns back in the far tail of the narrower
        one. Outside the interval of the two means it is therefore held: a person below the lower
        mean is never more likely to belong to the upper group than one at that mean.

        Parameters
        ----------
        x : ndarray

        Returns
        -------
        ndarray
            Between 0 and 1.
        """
        x = np.asarray(x, dtype=float)
        posterior = self._posterior(x)
        at_means = self._posterior(np.array(self.means))
        posterior = np.where(x < self.means[0], np.minimum(posterior, at_means[0]), posterior)
        return np.where(x > self.means[1], np.maximum(posterior, at_means[1]), posterior)

    @property
    def separation(self) -> float:
        """Difference of means over the pooled within-group SD."""
        pooled = (1 - self.weight) * self.sds[0] ** 2 + self.weight * self.sds[1] ** 2
        return (self.means[1] - self.means[0]) / float(np.sqrt(pooled))

    def density(self, x: np.ndarray) -> np.ndarray:
        """Return the mixture density at `x`."""
        low, high = (np.exp(part) for part in self._log_parts(np.asarray(x, dtype=float)))
        return np.asarray(low + high)

    def cumulated(self, x: np.ndarray) -> np.ndarray:
        """Return the distribution function at `x`."""
        total = np.zeros(np.shape(x))
        for share, m, s in zip((1 - self.weight, self.weight), self.means, self.sds, strict=True):
            u = (np.asarray(x, dtype=float) - m) / s
            total = total + share * cumulated_shape(u, self.skewness)
        return total

    def _log_parts(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shares = (1 - self.weight, self.weight)
        low, high = (
            log_shape((x - m) / s, np.asarray(self.skewness)) + np.log(share / s)
            for share, m, s in zip(shares, self.means, self.sds, strict=True)
        )
        return low, high

    def _posterior(self, x: np.ndarray) -> np.ndarray:
        low, high = self._log_parts(x)
        return np.asarray(1.0 / (1.0 + np.exp(np.clip(low - high, -500, 500))))


@dataclass(frozen=True, eq=False)
class TwoGroupsMany:
    """Parameters of many mixtures: arrays of shape (n_sets,)."""

    weight: np.ndarray
    low_mean: np.ndarray
    high_mean: np.ndarray
    low_sd: np.ndarray
    high_sd: np.ndarray
    skewness: np.ndarray

    @property
    def upper_weight(self) -> np.ndarray:
        """Share of the group with the higher mean."""
        return np.where(self.high_mean >= self.low_mean, self.weight, 1 - self.weight)

    def each(self) -> list[TwoGroups]:
        """Return the mixtures one by one, without their likelihoods."""
        mixtures = []
        for k, weight in enumerate(self.upper_weight):
            parts = [
                (float(self.low_mean[k]), float(self.low_sd[k])),
                (float(self.high_mean[k]), float(self.high_sd[k])),
            ]
            (low, low_sd), (high, high_sd) = sorted(parts, key=lambda part: part[0])
            mixtures.append(
                TwoGroups(
                    weight=float(weight),
                    means=(low, high),
                    sds=(low_sd, high_sd),
                    skewness=float(self.skewness[k]),
                    log_likelihood=float("nan"),
                )
            )
        return mixtures
