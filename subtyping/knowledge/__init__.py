"""Curated tables with a source and an evidence mark on every row."""

from subtyping.knowledge._tables import MARKS
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.knowledge.assays import assay_cv
from subtyping.knowledge.axes import AxisMember, ExcludedAnalyte, ImmuneAxis, immune_axes
from subtyping.knowledge.blockades import BlockedPathway, blocked_pathways
from subtyping.knowledge.criteria import published_criteria
from subtyping.knowledge.drugs import drug_effects, drug_table, known_drug
from subtyping.knowledge.effects import effect_sizes
from subtyping.knowledge.handling import handling_marker_table, handling_markers
from subtyping.knowledge.orthologs import orthologs, to_human, to_mouse
from subtyping.knowledge.routine import routine_markers, to_canonical

__all__ = [
    "MARKS",
    "AxisMember",
    "BlockedPathway",
    "ExcludedAnalyte",
    "ImmuneAxis",
    "assay_cv",
    "blocked_pathways",
    "drug_effects",
    "drug_table",
    "effect_sizes",
    "handling_marker_table",
    "handling_markers",
    "immune_axes",
    "known_drug",
    "orthologs",
    "published_criteria",
    "resolve_analyte",
    "routine_markers",
    "to_canonical",
    "to_human",
    "to_mouse",
]
