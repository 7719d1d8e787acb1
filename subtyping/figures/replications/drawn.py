"""What these figures need to know of a replicated study."""

from typing import Protocol

import pandas as pd

__all__ = ["DrawnReplications"]


class DrawnReplications(Protocol):
    """Replications of a study, as `subtyping.study.replications.Replications` holds them."""

    @property
    def table(self) -> pd.DataFrame:
        """One row per replication."""

    @property
    def summary(self) -> pd.DataFrame:
        """``quantity, value, ci_low, ci_high`` and more."""

    @property
    def by_analyte(self) -> pd.DataFrame:
        """One row per analyte."""

    @property
    def sentence(self) -> str:
        """What the replications say."""

    @property
    def axis(self) -> str:
        """Name of the axis."""

    @property
    def n(self) -> int:
        """Replications."""

    def value(self, quantity: str) -> float:
        """Value of one line of the summary."""
