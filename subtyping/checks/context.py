"""What the checks may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from subtyping.axes import AxisScores
from subtyping.panel.panel import Panel
from subtyping.preparation import HandlingReport
from subtyping.preparation.quality import QualityReport
from subtyping.statistics.design import DesignReport

if TYPE_CHECKING:
    from subtyping.preparation.bridge_report import BridgeReport
    from subtyping.signature.likeness import ComparatorOverlap

__all__ = ["CheckContext"]


@dataclass(frozen=True, eq=False)
class CheckContext:
    """A panel and the results at hand; what is None makes its checks not applicable.

    Attributes
    ----------
    panel : Panel
    columns : mapping of str to str
        Role to the user's column, so that a check can name the column.
    case, reference, comparison : tuple of str
        Declared groups; empty where none were declared.
    design : DesignReport, optional
        Aliasing of case status with plate, site and date.
    handling : HandlingReport, optional
        Association of the handling score with case status and with the axis.
    axes : AxisScores, optional
        Scores and members of the immune axes, the declared one named.
    routine : pandas.DataFrame, optional
        Routine laboratory markers in their canonical units, one row per sample.
    quality : QualityReport, optional
        Quality of the panel (`examine_quality`).
    bridging : BridgeReport, optional
        How far the panel could be brought onto the scale of a reference run.
    comparators : tuple of ComparatorOverlap
        For each comparison group, whether it was measured together with reference people.
    is_bridged : bool
        Whether comparison groups from another batch were declared as bridged.
    """

    panel: Panel
    columns: Mapping[str, str] = field(default_factory=dict)
    case: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    comparison: tuple[str, ...] = ()
    design: DesignReport | None = None
    handling: HandlingReport | None = None
    axes: AxisScores | None = None
    routine: pd.DataFrame | None = None
    quality: QualityReport | None = None
    bridging: "BridgeReport | None" = None
    comparators: "tuple[ComparatorOverlap, ...]" = ()
    is_bridged: bool = False

    @property
    def has_groups(self) -> bool:
        """Whether groups are declared and there is a group column."""
        return bool(self.case and self.reference) and "group" in self.panel.samples

    @property
    def is_case(self) -> np.ndarray:
        """Mask of the cases."""
        return self.panel.in_groups(self.case)

    @property
    def is_reference(self) -> np.ndarray:
        """Mask of the reference people."""
        return self.panel.in_groups(self.reference)

    def column_of(self, role: str) -> str:
        """Return the user's name for a role's column (the role itself where none is known)."""
        return self.columns.get(role, role).removeprefix("panel:")
