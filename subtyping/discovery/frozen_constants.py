"""What a card knows about its own uncertainty, applied to new people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.axes.level import AxisModel
from subtyping.statistics.two_groups import TwoGroups

__all__ = ["FrozenConstants", "Scored"]

MARGIN = 0.25  # of the derivation's range, beyond which a number is called out of it
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
MIXTURE = ("weight", "low_mean", "high_mean", "low_sd", "high_sd", "skewness")


@dataclass(frozen=True, eq=False)
class Scored:
    """People on the frozen axis.

    Attributes
    ----------
    members : ndarray of shape (n, k)
        z of the members; one that was not measured stands where the measured ones let expect it.
    level_z : ndarray of shape (n, n_level)
        z of the analytes of the level; one that was not measured stands where the level of the
        measured ones lets expect it. No columns for a raw score.
    value : ndarray of shape (n,)
        Skew or raw score.
    sd : ndarray of shape (n,)
        Its standard deviation for want of what was not measured, same units; 0 where complete.
    lost_frac : ndarray of shape (n,)
        Share of the variance of the value among the derivation's cases that is left open.
    """

    members: np.ndarray
    level_z: np.ndarray
    value: np.ndarray
    sd: np.ndarray
    lost_frac: np.ndarray


@dataclass(frozen=True, eq=False)
class FrozenConstants:
    """Moments of the members, ranges and resampled constants of a card.

    Attributes
    ----------
    axis : AxisModel
    is_skew : bool
        Whether the value is a skew; otherwise a raw score.
    mean, covariance : ndarray
        Of the members given the level, among the derivation's cases.
    low, high : pandas.Series
        Range of each analyte among the derivation people, log2.
    handling : tuple of float or None
        Range of the handling score.
    draws : dict of str to ndarray, or None
        Constants of resampled derivation people.
    """

    axis: AxisModel
    is_skew: bool
    mean: np.ndarray
    covariance: np.ndarray
    low: pd.Series
    high: pd.Series
    handling: tuple[float, float] | None
    draws: dict[str, np.ndarray] | None

    @classmethod
    def from_card(
        cls, block: Mapping[str, Any] | None, axis: AxisModel, *, is_skew: bool
    ) -> "FrozenConstants":
        """Rebuild from `constants_block`; KeyError or ValueError where it is damaged.

        A card of before constants were kept (None) has members that tell nothing of each other,
        ranges without an end, and no draws.
        """
        if block is None:
            k = len(axis.members)
            endless = pd.Series(np.inf, index=[*axis.members, *axis.level_analytes])
            return cls(axis, is_skew, np.zeros(k), np.eye(k), -endless, endless, None, None)
        analytes, members, handling = block["analytes"], block["members"], block["handling"]
        names = list(analytes["analyte"])
        k = len(axis.members)
        covariance = np.array(members["covariance"], dtype=float)
        mean = np.array(members["mean"], dtype=float)
        if covariance.shape != (k, k) or mean.shape != (k,):
            message = "its constants are of other members"
            raise ValueError(message)
        draws = None if block["draws"] is None else _arrays(block["draws"], axis)
        return cls(
            axis=axis,
            is_skew=is_skew,
            mean=mean,
            covariance=covariance,
            low=pd.Series(np.array(analytes["min_log2"], dtype=float), index=names),
            high=pd.Series(np.array(analytes["max_log2"], dtype=float), index=names),
            handling=None if handling is None else (float(handling["min"]), float(handling["max"])),
            draws=draws,
        )

    def score(self, z: pd.DataFrame, measured: pd.DataFrame) -> Scored:
        r"""Score people, some of whose analytes were not measured.

        A missing member is put where the measured ones let expect it (linear prediction from the
        moments among the derivation's cases, given the level), and the level rests on the
        analytes there are. What stays open is the variance of that prediction plus the larger
        error of the level, :math:`(b/s)^2 v_e (I/I_m - 1)` with the information
        :math:`I = \sum \lambda^2/\psi` of all its analytes and of the measured ones.

        Parameters
        ----------
        z : pandas.DataFrame of shape (n, n_analytes)
            On the reference scale, complete.
        measured : pandas.DataFrame of bool
            Which entries were measured.

        Returns
        -------
        Scored
            The value of a person with everything measured is `AxisModel.scores` to the bit.
        """
        axis = self.axis
        plain = axis.scores(z)
        members = z[list(axis.members)].to_numpy(copy=True)
        level = plain["level"].to_numpy(copy=True) if self.is_skew else np.zeros(len(z))
        value = plain["skew" if self.is_skew else "score"].to_numpy(copy=True)
        left, total = np.zeros(len(z)), float(self.covariance.sum()) / len(self.mean) ** 2
        for_level = list(axis.level_analytes) if self.is_skew else []
        has_member = measured[list(axis.members)].to_numpy()
        has_level, level_z = measured[for_level].to_numpy(), z[for_level].to_numpy(copy=True)
        for i in np.flatnonzero(~(has_member.all(axis=1) & has_level.all(axis=1))):
            if not has_level[i].all():
                level[i], more = self._level(level_z[i], has_level[i])
                left[i] += more
            if not has_member[i].all():
                members[i], open_variance = self._completed(members[i], has_member[i], level[i])
                left[i] += open_variance
            value[i] = members[i].mean()
            if self.is_skew:
                value[i] = (value[i] - axis.slope * level[i] - axis.centre) / axis.scale
        scale = axis.scale if self.is_skew else 1.0
        lost = np.minimum(1.0, left / total) if total > 0 else np.zeros(len(z))
        return Scored(members, level_z, value, np.sqrt(left) / scale, lost)

    def _level(self, z: np.ndarray, has: np.ndarray) -> tuple[float, float]:
        """Level from the measured analytes, and the variance its larger error puts in the score.

        The missing analytes are filled in, in place, with what this level lets expect.
        """
        factor = self.axis.level
        assert factor is not None, "a skew has a level"
        information = factor.loadings**2 / factor.uniquenesses
        kept = float(information[has].sum())
        level, more = 0.0, self.axis.slope**2  # without any, the level varies as in the reference
        if kept > 0:
            level = float(factor.score(z[None, :], np.flatnonzero(has))[0])
            grown = float(information.sum()) / kept - 1
            more = self.axis.slope**2 * self.axis.level_error_variance * grown
        z[~has] = (factor.mean + factor.loadings * level)[~has]
        return level, more

    def _completed(
        self, members: np.ndarray, has: np.ndarray, level: float
    ) -> tuple[np.ndarray, float]:
        """Members with the missing ones predicted, and the variance of their mean left open."""
        slopes = self.axis.member_slopes if self.is_skew else np.zeros(len(members))
        residual = members - slopes * level
        V = self.covariance
        missing = ~has
        if has.any():
            weights = V[np.ix_(missing, has)] @ np.linalg.pinv(V[np.ix_(has, has)])
            expected = self.mean[missing] + weights @ (residual[has] - self.mean[has])
            open_ = V[np.ix_(missing, missing)] - weights @ V[np.ix_(has, missing)]
        else:
            expected, open_ = self.mean[missing], V[np.ix_(missing, missing)]
        completed = members.copy()
        completed[missing] = expected + slopes[missing] * level
        return completed, max(float(open_.sum()), 0.0) / len(members) ** 2

    def probability(self, mixture: TwoGroups, scored: Scored) -> np.ndarray:
        """Return the membership probability, averaged over what was not measured.

        Parameters
        ----------
        mixture : TwoGroups
        scored : Scored

        Returns
        -------
        ndarray of shape (n,)
        """
        return _expected(mixture, scored.value, scored.sd)

    def interval(
        self, scored: Scored, distances: np.ndarray, level: float = 0.95
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return how far resampled derivation people move the probability.

        Parameters
        ----------
        scored : Scored
        distances : ndarray of shape (n, n_covariates)
            Covariates less their reference means; 0 where unknown.
        level : float, default 0.95

        Returns
        -------
        low, high : ndarray of shape (n,)
            Percentiles over the stored draws; NaN for a card without draws. This is the
            uncertainty of the frozen constants alone, not the noise of one sample.
        """
        n = len(scored.value)
        if self.draws is None:
            return np.full(n, np.nan), np.full(n, np.nan)
        draws = self.draws
        z = np.ascontiguousarray(np.hstack([scored.members, scored.level_z]))
        found = np.empty((len(draws["constant"]), n))
        for b in range(len(found)):
            # summed row by row: one person alone gets the bits of the batch
            value = draws["constant"][b] + (z * draws["weights"][b]).sum(axis=1)
            value = value + (distances * draws["covariate_weights"][b]).sum(axis=1)
            found[b] = _expected(_mixture(draws, b), value, scored.sd)
        low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2], axis=0)
        return low, high

    def out_of_range(self, log2: pd.DataFrame) -> np.ndarray:
        """Mask the numbers beyond the derivation's range by more than a quarter of it.

        Parameters
        ----------
        log2 : pandas.DataFrame of shape (n, n_analytes)
            Analytes of the matrix; NaN where not measured.

        Returns
        -------
        ndarray of bool
        """
        names = list(log2.columns)
        low = self.low.reindex(names, fill_value=-np.inf).to_numpy()
        high = self.high.reindex(names, fill_value=np.inf).to_numpy()
        margin = MARGIN * (high - low)
        x = log2.to_numpy()
        with np.errstate(invalid="ignore"):
            return np.asarray((x < low - margin) | (x > high + margin))

    def handling_is_far_out(self, handling: pd.Series) -> np.ndarray:
        """Mask the people whose handling score lies as far beyond the derivation's."""
        if self.handling is None:
            return np.zeros(len(handling), dtype=bool)
        low, high = self.handling
        margin = MARGIN * (high - low)
        x = handling.to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            return np.asarray((x < low - margin) | (x > high + margin))


def _arrays(block: Mapping[str, Any], axis: AxisModel) -> dict[str, np.ndarray]:
    """Return the resampled constants of a card; ValueError where they do not belong together."""
    parts = {name: block[name] for name in ("constant", "weights", "covariate_weights")}
    parts |= {name: block["mixture"][name] for name in MIXTURE}
    draws = {name: np.array(values, dtype=float) for name, values in parts.items()}
    n, wanted = len(draws["constant"]), [*axis.members, *axis.level_analytes]
    is_whole = (
        n > 0
        and all(len(values) == n and np.isfinite(values).all() for values in draws.values())
        and list(block["analytes"]) == wanted
        and draws["weights"].shape == (n, len(wanted))
        and draws["covariate_weights"].ndim == 2
        and min(draws["low_sd"].min(), draws["high_sd"].min()) > 0
    )
    if not is_whole:
        message = "its resampled constants are of unequal parts"
        raise ValueError(message)
    return draws


def _mixture(draws: Mapping[str, np.ndarray], b: int) -> TwoGroups:
    """Return the mixture of one draw."""
    weight, low, high, low_sd, high_sd, skewness = (float(draws[name][b]) for name in MIXTURE)
    return TwoGroups(weight, (low, high), (low_sd, high_sd), skewness, float("nan"))


def _expected(mixture: TwoGroups, value: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Probability at a value, averaged over a normal law around it where its SD is not 0."""
    probability = mixture.probability(value)
    blurred = np.flatnonzero(sd > 0)
    if len(blurred):
        points = value[blurred, None] + sd[blurred, None] * NODES
        averaged = (mixture.probability(points) * WEIGHTS).sum(axis=1)
        probability[blurred] = averaged
    return probability
