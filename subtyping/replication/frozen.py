"""A subtype as its card describes it, laid over independent people."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping.axes.definition import AxisDefinition, define_axes
from subtyping.axes.level import AxisModel
from subtyping.axes.scorer import AxisScorer
from subtyping.axes.scores import AxisScores
from subtyping.discovery.assigner import Assigner
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.knowledge import immune_axes
from subtyping.panel.panel import Panel
from subtyping.preparation.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.preparation.steps import PlateAdjuster
from subtyping.statistics.mixtures import TwoGroups, fit_two_groups

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
    fingerprints : frozenset of str
        Digests of the derivation's samples; empty for a card that does not carry them.
    """

    preparation: Preparation
    axis: AxisModel
    mixture: TwoGroups
    is_skew: bool
    profile: pd.Series | None
    fingerprints: frozenset[str]

    @classmethod
    def of(cls, assigner: Assigner) -> "FrozenSubtype":
        """Take the parts out of a card the assigner has accepted."""
        card = assigner.card
        mixture, block = card["mixture"], card.get("replication") or {}
        profile = block.get("profile")
        return cls(
            preparation=Preparation.from_card(card["preparation"]),
            axis=AxisModel.from_card(card["axis"]),
            mixture=TwoGroups(
                weight=float(mixture["weight"]),
                means=(float(mixture["means"][0]), float(mixture["means"][1])),
                sds=(float(mixture["sds"][0]), float(mixture["sds"][1])),
                skewness=float(mixture["skewness"]),
                log_likelihood=float("nan"),
            ),
            is_skew=card["quantity"] == "skew",
            profile=None
            if profile is None
            else pd.Series(
                np.array(profile["difference_z"], dtype=float), index=profile["analyte"]
            ),
            fingerprints=frozenset(block.get("fingerprints") or ()),
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
        alone = self.preparation.transform(panel, same_plates=False)
        plates = None if procedure is None else _plates(panel, procedure)
        if plates is None:
            return alone
        assert procedure is not None, "plates are declared for groups"
        log2 = alone.log2[list(self.preparation.kept_)].to_numpy()
        X = np.where(np.isfinite(log2), log2, self.preparation.median_)
        groups = np.where(panel.in_groups(procedure.case), "case", "reference")
        aligned = copy(self.preparation)
        aligned.adjust_plates = True
        aligned.plates_ = PlateAdjuster().fit(X, plates=plates, groups=groups)
        return aligned.transform(panel, same_plates=True)

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
        prepared = self.prepare(panel, procedure)
        is_case = panel.in_groups(procedure.case)
        scores = self._scores(prepared)
        scorer = AxisScorer(procedure.axes, only_declared=True)
        scorer.models_, scorer.axis_ = {self.axis.name: self.axis}, self.axis.name
        return FittedLabelling(
            procedure=procedure,
            preparation=self.preparation,
            axes=scorer,
            model=fit_two_groups(scores.values.to_numpy()[is_case]),
            prepared=prepared,
            scores=scores,
            is_case=is_case,
            is_reference=panel.in_groups(procedure.reference),
        )

    def _scores(self, prepared: Prepared) -> AxisScores:
        """Return the frozen scores as the axes room would."""
        axis, scored = self.axis, self.axis.scores(prepared.z)
        table = scored.set_axis(["level", f"{axis.name}_score", f"{axis.name}_skew"], axis=1)
        members = pd.DataFrame({"axis": axis.name, "analyte": list(axis.members)})
        coherence = {
            "axis": axis.name,
            "n_members": len(axis.members),
            "level_reliability": axis.reliability,
            "n_level_analytes": len(axis.level_analytes),
            "is_skew_available": self.is_skew,
        }
        return AxisScores(
            axis=axis.name,
            table=table.rename_axis("sample_id"),
            members=members.assign(is_used=True, reason=""),
            coherence=pd.DataFrame([coherence]),
            residuals=axis.member_residuals(prepared.z),
            sentence=f"The {axis.name} score of the model: {', '.join(axis.members)}.",
        )


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
