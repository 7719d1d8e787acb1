"""The labelling procedure: everything that turns a panel into memberships, refit as a whole."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from subtyping.axes.definition import AxisDefinition
from subtyping.axes.scorer import AxisScorer
from subtyping.axes.scores import AxisScores
from subtyping.discovery.assignment import Assignment, assign_labels
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.preparation.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.statistics.mixtures import fit_two_groups
from subtyping.statistics.two_groups import TwoGroups

__all__ = ["FittedLabelling", "LabellingProcedure"]

LEAST_CASES = 8


@dataclass(frozen=True, eq=False)
class FittedLabelling:
    """A labelling learnt on derivation people.

    Attributes
    ----------
    procedure : LabellingProcedure
    preparation : Preparation
    axes : AxisScorer
    model : TwoGroups
        Mixture of the axis values among the cases.
    prepared : Prepared
        The derivation panel, every sample.
    scores : AxisScores
        Of the derivation panel, every sample.
    is_case, is_reference : ndarray of bool
        Groups of the derivation panel's samples.
    """

    procedure: "LabellingProcedure"
    preparation: Preparation
    axes: AxisScorer
    model: TwoGroups
    prepared: Prepared
    scores: AxisScores
    is_case: np.ndarray
    is_reference: np.ndarray

    @property
    def members(self) -> tuple[str, ...]:
        """Members of the declared axis that carry the score."""
        return self.scores.used_members

    def prepare(self, panel: Panel, *, same_plates: bool = True) -> pd.DataFrame:
        """Return the matrix of any panel on the reference scale (samples x analytes)."""
        return self.preparation.transform(panel, same_plates=same_plates).z

    def score(self, panel: Panel, *, same_plates: bool = True) -> AxisScores:
        """Return the axis scores of any panel."""
        prepared = self.preparation.transform(panel, same_plates=same_plates)
        return self.axes.transform(prepared)

    def label(
        self, panel: Panel, *, same_plates: bool = True, scores: AxisScores | None = None
    ) -> Assignment:
        """Return the membership of every sample of any panel, or of `scores` taken from it."""
        values = (self.score(panel, same_plates=same_plates) if scores is None else scores).values
        return assign_labels(values.index, self.model.probability(values.to_numpy()))


@dataclass(frozen=True)
class LabellingProcedure:
    """How memberships are made: preparation, axis, mixture. Data go in at `fit`.

    The existence of the subtype is *not* tested here; this is what resamples and folds refit.

    Parameters
    ----------
    case, reference : tuple of str
        Group labels.
    axes : tuple of AxisDefinition
        The declared axis first.
    preparation : dict
        Keyword arguments of `Preparation`.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> cohort = simulate_cohort("th2_subtype", seed=3, n_case=100, n_reference=60)
    >>> procedure = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> fitted = procedure.fit(cohort.panel)
    >>> bool(fitted.label(cohort.panel).probability.between(0, 1).all())
    True
    """

    case: tuple[str, ...]
    reference: tuple[str, ...]
    axes: tuple[AxisDefinition, ...]
    preparation: dict[str, Any] = field(default_factory=dict)

    def fit(self, panel: Panel, seed: int = 0, *, every_axis: bool = False) -> FittedLabelling:  # noqa: ARG002
        """Learn preparation, axis and mixture.

        Parameters
        ----------
        panel : Panel
            Derivation people; samples of other groups are scored but teach nothing.
        seed : int, default 0
            Not used by the mixture (its starts are fixed); kept so that every procedure has one
            face.
        every_axis : bool, default False
            Score every curated axis instead of the declared one alone.

        Returns
        -------
        FittedLabelling

        Raises
        ------
        InputError
            If fewer than 8 cases have a score.
        """
        preparation = Preparation(self.case, self.reference, **self.preparation)
        prepared = preparation.fit_transform(panel)
        is_case, is_reference = panel.in_groups(self.case), panel.in_groups(self.reference)
        scorer = AxisScorer(self.axes, only_declared=not every_axis)
        scores = scorer.fit(prepared, is_case, is_reference).transform(prepared)
        values = scores.values.to_numpy()[is_case]
        if len(values) < LEAST_CASES:
            message = (
                f"Discovery needs at least {LEAST_CASES} cases; the group {list(self.case)} has "
                f"{len(values)}."
            )
            raise InputError(message)
        return FittedLabelling(
            procedure=self,
            preparation=preparation,
            axes=scorer,
            model=fit_two_groups(values),
            prepared=prepared,
            scores=scores,
            is_case=is_case,
            is_reference=is_reference,
        )
