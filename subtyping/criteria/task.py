"""What the criteria are made from: the labels' procedure, the people, the aim."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.criteria.aims import Aim
from subtyping.criteria.search import Choice
from subtyping.panel.panel import Panel

__all__ = ["Fitted", "Procedure", "Resampling"]

Floats = NDArray[np.float64]


class _Labels(Protocol):
    @property
    def table(self) -> pd.DataFrame: ...


class _Scores(Protocol):
    @property
    def values(self) -> pd.Series: ...


class Fitted(Protocol):
    """A labelling learnt on some people, which labels and scores any others."""

    @property
    def members(self) -> tuple[str, ...]:
        """Analytes of the axis the labels are made of."""
        ...

    def label(self, panel: Panel, *, scores: Any = None) -> _Labels:
        """Return labels with a ``table`` of ``sample_id, probability, label, reason``.

        Where `scores` of the same panel are given, they are not computed again.
        """
        ...

    def score(self, panel: Panel) -> _Scores:
        """Return scores whose ``values`` are the skew of each sample, indexed by sample_id."""
        ...


class Procedure(Protocol):
    """Everything from raw panel to labels, learnt anew in each resample."""

    @property
    def case(self) -> tuple[str, ...]:
        """Groups among whom a subtype is sought."""
        ...

    @property
    def reference(self) -> tuple[str, ...]:
        """Healthy groups that scale the analytes."""
        ...

    def fit(self, panel: Panel, seed: int = 0) -> Fitted:
        """Learn preparation, axis scores and the label model from these samples alone."""
        ...


@dataclass(frozen=True, eq=False)
class Resampling:
    """What every resample needs.

    Attributes
    ----------
    panel : Panel
        Cases and reference people.
    procedure : Procedure
        What makes the labels.
    is_case : ndarray of bool of shape (n_samples,)
        The cases among the panel's samples.
    values : ndarray of shape (n_cases, n_markers)
        Candidate markers of the cases.
    target_prevalence_frac : float or None
        Prevalence where the rule will be used.
    max_markers : int
        Largest number of clauses.
    seed : int
        Root seed.
    probability : ndarray of shape (n_cases,)
        Memberships on everybody, as the labels give them; empty on the continuous route.
    final : tuple of Choice
        Rules chosen on everybody; their thresholds are chosen anew on each resample.
    fixed : list of ndarray of shape (n_cases,)
        Flags of rules that were published and learn nothing.
    aim : Aim
        What thresholds are chosen for.
    is_log, is_member : tuple of bool
        Of each marker: smoothed on the log scale; part of the score the labels are made from.
    """

    panel: Panel
    procedure: Procedure
    is_case: NDArray[np.bool_]
    values: Floats
    target_prevalence_frac: float | None
    max_markers: int
    seed: int
    probability: Floats = field(default_factory=lambda: np.empty(0))
    final: tuple[Choice, ...] = ()
    fixed: list[Floats] = field(default_factory=list)
    aim: Aim = field(default_factory=Aim)
    is_log: tuple[bool, ...] = ()
    is_member: tuple[bool, ...] = ()

    def only(self, columns: Sequence[int]) -> "Resampling":
        """Return the task with some of its candidate markers alone."""
        kept = list(columns)
        return replace(
            self,
            values=self.values[:, kept],
            is_log=tuple(self.is_log[k] for k in kept) if self.is_log else (),
            is_member=tuple(self.is_member[k] for k in kept) if self.is_member else (),
        )

    def members_of(self, choice: Choice | None) -> tuple[int, ...]:
        """Return the columns of a rule that the labels are made of."""
        if choice is None or not self.is_member:
            return ()
        return tuple(k for k in sorted(set(choice.columns)) if self.is_member[k])
