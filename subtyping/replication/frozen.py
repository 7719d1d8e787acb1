"""A subtype as its card describes it, laid over independent people."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping.axes.definition import AxisDefinition, define_axes
from subtyping.axes.level import AxisModel
from subtyping.axes.scorer import AxisScorer
from subtyping.discovery.assigner import Assigner
from subtyping.discovery.frozen_constants import MIXTURE, FrozenConstants
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.knowledge import immune_axes
from subtyping.panel.panel import Panel
from subtyping.preparation.covariates import covariate_matrix
from subtyping.preparation.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.preparation.steps import PlateAdjuster
from subtyping.statistics.mixtures import fit_two_groups
from subtyping.statistics.two_groups import TwoGroups

__all__ = ["FrozenSubtype", "declared_axes"]

LEAST_ON_PLATE = 8


@dataclass(frozen=True, eq=False)
class FrozenSubtype:
    """Preparation, axis and mixture of a card, none of which learns again.

    Attributes
    ----------
    preparation : Preparation
    axis : AxisModel
    mixture : TwoGroups
    is_skew : bool
        Whether the mixture is one of skews; otherwise of raw scores.
    profile : pandas.Series or None
        Difference of the subtype on each analyte in the derivation, in SD of the reference
        people; None for a card that does not carry it.
    draws : dict of str to ndarray, or None
        Constants and mixtures that resampled derivation people gave; None for a card without.
    """

    preparation: Preparation
    axis: AxisModel
    mixture: TwoGroups
    is_skew: bool
    profile: pd.Series | None
    draws: dict[str, np.ndarray] | None

    @classmethod
    def of(cls, assigner: Assigner) -> "FrozenSubtype":
        """Take the parts out of a card the assigner has accepted."""
        card = assigner.card
        profile = (card.get("replication") or {}).get("profile")
        axis, is_skew = AxisModel.from_card(card["axis"]), card["quantity"] == "skew"
        constants = FrozenConstants.from_card(card.get("constants"), axis, is_skew=is_skew)
        return cls(
            preparation=Preparation.from_card(card["preparation"]),
            axis=axis,
            mixture=TwoGroups.from_card(card["mixture"]),
            is_skew=is_skew,
            profile=None
            if profile is None
            else pd.Series(
                np.array(profile["difference_z"], dtype=float), index=profile["analyte"]
            ),
            draws=constants.draws,
        )

    def prepare(self, panel: Panel, procedure: LabellingProcedure | None = None) -> Prepared:
        """Bring new people onto the derivation's reference scale.

        Parameters
        ----------
        panel : Panel
        procedure : LabellingProcedure, optional
            Gives the groups of the new panel. With it, plates that the new panel declares are
            aligned with one another (never with the derivation's): the location of each plate of
            eight or more people, estimated jointly with the groups, less the average over people.

        Returns
        -------
        Prepared
        """
        return self._aligned(panel, procedure).transform(panel, same_plates=procedure is not None)

    def _aligned(self, panel: Panel, procedure: LabellingProcedure | None) -> Preparation:
        """Return the preparation with the plates of the new panel, where there are any to align."""
        plates = None if procedure is None else _plates(panel, procedure)
        if plates is None:
            return self.preparation
        assert procedure is not None, "plates are declared for groups"
        alone = self.preparation.transform(panel, same_plates=False)
        log2 = alone.log2[list(self.preparation.kept_)].to_numpy()
        X = np.where(np.isfinite(log2), log2, self.preparation.median_)
        groups = np.where(panel.in_groups(procedure.case), "case", "reference")
        aligned = copy(self.preparation)
        aligned.adjust_plates = True
        aligned.plates_ = PlateAdjuster().fit(X, plates=plates, groups=groups)
        return aligned

    def values(self, prepared: Prepared) -> np.ndarray:
        """Return the frozen skew (or raw score) of every sample."""
        return self.axis.scores(prepared.z)["skew" if self.is_skew else "score"].to_numpy()

    def over(self, panel: Panel, procedure: LabellingProcedure) -> FittedLabelling:
        """Describe new people as a labelling: frozen scores, a mixture of their own.

        Parameters
        ----------
        panel : Panel
        procedure : LabellingProcedure
            Gives the groups of the new panel.

        Returns
        -------
        FittedLabelling
            Only the mixture has learnt from the new cases.
        """
        preparation = self._aligned(panel, procedure)
        prepared = preparation.transform(panel, same_plates=True)
        is_case = panel.in_groups(procedure.case)
        scorer = self._scorer(procedure)
        said = f"The frozen {self.axis.name} score rests on {', '.join(self.axis.members)}."
        scores = replace(scorer.transform(prepared), sentence=said)
        return FittedLabelling(
            procedure=procedure,
            preparation=preparation,
            axes=scorer,
            model=fit_two_groups(scores.values.to_numpy()[is_case]),
            prepared=prepared,
            scores=scores,
            is_case=is_case,
            is_reference=panel.in_groups(procedure.reference),
        )

    def _scorer(self, procedure: LabellingProcedure) -> AxisScorer:
        """Return the frozen axis as a scorer that has been fitted."""
        axis = self.axis
        scorer = AxisScorer(procedure.axes, only_declared=True)
        scorer.models_, scorer.axis_ = {axis.name: axis}, axis.name
        members = pd.DataFrame({"axis": axis.name, "analyte": list(axis.members)})
        frac = {"detected_case_frac": np.nan, "detected_reference_frac": np.nan}
        scorer.members_ = members.assign(is_used=True, reason="", **frac)
        coherence = {
            "axis": axis.name,
            "n_members": len(axis.members),
            "alpha": np.nan,
            "mean_r": np.nan,
            "level_slope": axis.slope if self.is_skew else np.nan,
            "level_reliability": axis.reliability,
            "n_level_analytes": len(axis.level_analytes),
            "is_scored": True,
            "is_skew_available": self.is_skew,
            "reason": "" if self.is_skew else "skew not applicable: the frozen score is a raw one",
        }
        scorer.coherence_ = pd.DataFrame([coherence])
        return scorer

    def drawn(self, z: pd.DataFrame, panel: Panel) -> tuple[np.ndarray, list[TwoGroups]]:
        """Return the values of new people as other derivation people would have given them.

        Parameters
        ----------
        z : pandas.DataFrame of shape (n, n_analytes)
            Of the people of `panel`, on the derivation's reference scale.
        panel : Panel

        Returns
        -------
        values : ndarray of shape (n_draws, n)
            One row, the frozen values, for a card without resampled constants.
        mixtures : list of TwoGroups
            One for each row.
        """
        if self.draws is None:
            column = "skew" if self.is_skew else "score"
            return self.axis.scores(z)[column].to_numpy()[None, :], [self.mixture]
        draws = self.draws
        C = covariate_matrix(panel.samples, self.preparation.covariates_)
        distance = C - self.preparation.slopes_.centre_
        distance = np.where(np.isfinite(distance), distance, 0.0)
        on = [*self.axis.members, *(self.axis.level_analytes if self.is_skew else ())]
        values = draws["constant"][:, None] + draws["weights"] @ z[on].to_numpy().T
        values = values + draws["covariate_weights"] @ distance.T
        parts = zip(*(draws[name].tolist() for name in MIXTURE), strict=True)
        return values, [
            TwoGroups(weight, (low, high), (low_sd, high_sd), skewness, float("nan"))
            for weight, low, high, low_sd, high_sd, skewness in parts
        ]


def _plates(panel: Panel, procedure: LabellingProcedure) -> np.ndarray | None:
    """Return the plates that can be aligned; blank where a plate holds too few people."""
    column = panel.role("batch")
    if column is None or not procedure.preparation.get("adjust_plates", True):
        return None
    labels = column.astype(object).where(column.notna(), "").astype(str)
    large = labels.map(labels.value_counts()) >= LEAST_ON_PLATE
    return np.asarray(labels.where(large, ""), dtype=str)


def declared_axes(
    axis: AxisModel, declared: str | Mapping[str, Any] | None = None
) -> tuple[AxisDefinition, ...]:
    """Return the axis as it was declared for the derivation, for a procedure that learns anew.

    Parameters
    ----------
    axis : AxisModel
        Of the card.
    declared : str or mapping, optional
        As in the specification of the run. Without it a curated axis whose members include
        those of the card is taken as such, and any other axis by the members of the card.

    Returns
    -------
    tuple of AxisDefinition
        The declared axis first.
    """
    if declared is None:
        curated = immune_axes().get(axis.name)
        known = () if curated is None else tuple(item.analyte for item in curated.members)
        is_curated = set(axis.members) <= set(known)
        declared = axis.name if is_curated else {"name": axis.name, "members": list(axis.members)}
    return define_axes(declared)
