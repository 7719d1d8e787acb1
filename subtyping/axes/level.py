"""The general level of inflammation, and an axis given that level."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.statistics.factor import OneFactor, fit_one_factor, split_half_reliability

__all__ = ["MIN_LEVEL_ANALYTES", "AxisModel", "fit_axis_model"]

MIN_LEVEL_ANALYTES = 8
LEAST_TRUE_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class AxisModel:
    """One axis, frozen: members, level, slope and scale, all learnt in reference people.

    Attributes
    ----------
    name : str
    members : tuple of str
        Analytes whose mean z is the score.
    level_analytes : tuple of str
        Analytes of the level; empty where skew is not applicable.
    level : OneFactor or None
    slope : float
        Slope of the score on the level among reference people, corrected for the level's
        reliability.
    member_slopes : ndarray of shape (n_members,)
        The same for each member.
    centre, scale : float
        Mean and SD of the score given the level among reference people.
    reliability : float
        Of the level, by split halves among the cases (people it was not fitted in).
    level_error_variance : float
        Variance of the level that is measurement error, from the same split halves.
    """

    name: str
    members: tuple[str, ...]
    level_analytes: tuple[str, ...]
    level: OneFactor | None
    slope: float
    member_slopes: np.ndarray
    centre: float
    scale: float
    reliability: float
    level_error_variance: float

    def scores(self, z: pd.DataFrame) -> pd.DataFrame:
        """Return ``level, score, skew`` of each sample of a matrix on the reference scale."""
        score = np.ascontiguousarray(z[list(self.members)].to_numpy()).mean(axis=1)
        if self.level is None:
            nothing = np.full(len(z), np.nan)
            return pd.DataFrame({"level": nothing, "score": score, "skew": nothing}, index=z.index)
        level = self.level.score(z[list(self.level_analytes)].to_numpy())
        skew = (score - self.slope * level - self.centre) / self.scale
        return pd.DataFrame({"level": level, "score": score, "skew": skew}, index=z.index)

    def member_residuals(self, z: pd.DataFrame) -> pd.DataFrame:
        """Return each member given the level, in units of the skew."""
        members = z[list(self.members)]
        if self.level is None:
            return members
        level = self.level.score(z[list(self.level_analytes)].to_numpy())
        return (members - np.outer(level, self.member_slopes)) / self.scale

    def to_card(self) -> dict[str, Any]:
        """Return plain JSON types."""
        level = None
        if self.level is not None:
            level = {
                "loadings": self.level.loadings.tolist(),
                "uniquenesses": self.level.uniquenesses.tolist(),
                "mean": self.level.mean.tolist(),
            }
        return {
            "name": self.name,
            "members": list(self.members),
            "level_analytes": list(self.level_analytes),
            "level": level,
            "slope": self.slope,
            "member_slopes": self.member_slopes.tolist(),
            "centre": self.centre,
            "scale": self.scale,
            "reliability": None if np.isnan(self.reliability) else self.reliability,
            "level_error_variance": self.level_error_variance,
        }

    @classmethod
    def from_card(cls, card: Mapping[str, Any]) -> "AxisModel":
        """Rebuild from `to_card`."""
        level = card["level"]
        factor = None
        if level is not None:
            factor = OneFactor(
                loadings=np.array(level["loadings"]),
                uniquenesses=np.array(level["uniquenesses"]),
                mean=np.array(level["mean"]),
            )
        reliability = card["reliability"]
        return cls(
            name=card["name"],
            members=tuple(card["members"]),
            level_analytes=tuple(card["level_analytes"]),
            level=factor,
            slope=float(card["slope"]),
            member_slopes=np.array(card["member_slopes"], dtype=float),
            centre=float(card["centre"]),
            scale=float(card["scale"]),
            reliability=float("nan") if reliability is None else float(reliability),
            level_error_variance=float(card["level_error_variance"]),
        )


def _error_variance(model: OneFactor, X: np.ndarray) -> float:
    """Variance of the level that is measurement error: half scores differ by it alone."""
    order = np.argsort(-np.abs(model.loadings), kind="stable")
    difference = model.score(X, order[::2]) - model.score(X, order[1::2])
    return float(np.var(difference) / 4.0)


def fit_axis_model(
    name: str,
    members: tuple[str, ...],
    level_analytes: tuple[str, ...],
    z_reference: pd.DataFrame,
    z_case: pd.DataFrame,
) -> AxisModel:
    r"""Learn the level in reference people and the axis's slope on it.

    Score :math:`s` is the mean z of the members; level :math:`L` is the Bartlett score of one
    factor of the level analytes. The slope is
    :math:`b = \mathrm{cov}(s, L) / (\mathrm{var}(L) - v_e)` among reference people, where
    :math:`v_e` is the error variance of :math:`L`, estimated from split halves in the cases
    (people the loadings were not fitted in); the denominator is kept at half of var(L) or more.

    Parameters
    ----------
    name : str
    members, level_analytes : tuple of str
        Fewer than 8 level analytes make skew not applicable.
    z_reference, z_case : pandas.DataFrame of shape (n_people, n_analytes)
        On the healthy reference scale.

    Returns
    -------
    AxisModel
    """
    score = z_reference[list(members)].to_numpy().mean(axis=1)
    if len(level_analytes) < MIN_LEVEL_ANALYTES or len(z_reference) < 3:
        scale = float(np.std(score, ddof=1)) if len(score) > 1 else 1.0
        return AxisModel(
            name=name,
            members=members,
            level_analytes=(),
            level=None,
            slope=0.0,
            member_slopes=np.zeros(len(members)),
            centre=float(score.mean()),
            scale=scale if scale > 1e-9 else 1.0,
            reliability=float("nan"),
            level_error_variance=0.0,
        )
    X = z_reference[list(level_analytes)].to_numpy()
    held_out = z_case[list(level_analytes)].to_numpy() if len(z_case) > 2 else X
    factor = fit_one_factor(X)
    level = factor.score(X)
    total = float(np.var(level))
    error = _error_variance(factor, held_out)
    true = max(total - error, LEAST_TRUE_SHARE * total, 1e-12)
    centred = level - level.mean()
    slopes = centred @ z_reference[list(members)].to_numpy() / len(level) / true
    slope = float(slopes.mean())
    given_level = score - slope * level
    scale = float(np.std(given_level, ddof=1))
    return AxisModel(
        name=name,
        members=members,
        level_analytes=level_analytes,
        level=factor,
        slope=slope,
        member_slopes=slopes,
        centre=float(given_level.mean()),
        scale=scale if scale > 1e-9 else 1.0,
        reliability=split_half_reliability(factor, held_out),
        level_error_variance=error,
    )
