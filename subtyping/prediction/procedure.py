"""What the outer folds ask of a labelling procedure, and nothing more."""

from typing import Protocol

import pandas as pd

from subtyping.panel.panel import Panel

__all__ = ["FittedProcedure", "Procedure"]


class _Labels(Protocol):
    @property
    def table(self) -> pd.DataFrame: ...


class FittedProcedure(Protocol):
    """A labelling procedure learnt on training people; it labels one new person at a time."""

    @property
    def members(self) -> tuple[str, ...]:
        """Analytes of the axis the labels are made of."""
        ...

    def label(self, panel: Panel) -> _Labels:
        """Return labels with a ``table`` of ``sample_id, probability, label, reason``."""
        ...

    def prepare(self, panel: Panel) -> pd.DataFrame:
        """Return samples x kept analytes: log2, adjusted, z against the reference, finite."""
        ...


class Procedure(Protocol):
    """Everything from raw panel to labels, to be learnt anew inside each outer fold."""

    @property
    def case(self) -> tuple[str, ...]:
        """Groups among whom a subtype is sought."""
        ...

    @property
    def reference(self) -> tuple[str, ...]:
        """Healthy groups that scale the analytes."""
        ...

    def fit(self, panel: Panel, *, seed: int) -> FittedProcedure:
        """Learn preparation, axis scores and the label model from these samples alone."""
        ...
