"""Curated tables with a source and an evidence mark on every row."""

from subtyping.knowledge._tables import MARKS
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.knowledge.assays import assay_cv
from subtyping.knowledge.axes import AxisMember, ExcludedAnalyte, ImmuneAxis, immune_axes
from subtyping.knowledge.criteria import published_criteria
from subtyping.knowledge.effects import effect_sizes
from subtyping.knowledge.handling import handling_marker_table, handling_markers
from subtyping.knowledge.routine import routine_markers, to_canonical

__all__ = [
    "MARKS",
    "AxisMember",
    "ExcludedAnalyte",
    "ImmuneAxis",
    "assay_cv",
    "effect_sizes",
    "handling_marker_table",
    "handling_markers",
    "immune_axes",
    "published_criteria",
    "resolve_analyte",
    "routine_markers",
    "to_canonical",
]
