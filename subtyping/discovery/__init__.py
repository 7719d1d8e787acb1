"""Is there a subtype, and who is in it: labelling, existence test, verdict, assigner."""

from subtyping.discovery.assigner import Assigner, build_card, load_assigner
from subtyping.discovery.assignment import Assignment, assign_labels, unclear_assignment
from subtyping.discovery.candidates import CANDIDATES, compare_candidates
from subtyping.discovery.clusterers import GaussianMixtureClusterer, HDBSCANClusterer
from subtyping.discovery.decide import decide, skew_curves, study_design
from subtyping.discovery.discover import discover, make_procedure
from subtyping.discovery.embedding import embed
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.discovery.power import PowerStatement, power_at, power_surface, simulate_power
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.discovery.verdict import KINDS, Verdict

__all__ = [
    "CANDIDATES",
    "KINDS",
    "LEVEL",
    "Assigner",
    "Assignment",
    "DiscoverySettings",
    "FittedLabelling",
    "GaussianMixtureClusterer",
    "HDBSCANClusterer",
    "LabellingProcedure",
    "PowerStatement",
    "Verdict",
    "assign_labels",
    "build_card",
    "compare_candidates",
    "decide",
    "discover",
    "embed",
    "load_assigner",
    "make_procedure",
    "power_at",
    "power_surface",
    "simulate_power",
    "skew_curves",
    "study_design",
    "unclear_assignment",
]
