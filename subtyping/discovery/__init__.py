"""Is there a subtype, and who is in it: labelling, existence test, verdict, assigner."""

from subtyping.discovery.assigner import Assigner, load_assigner
from subtyping.discovery.assignment import Assignment, assign_labels, unclear_assignment
from subtyping.discovery.candidates import CANDIDATES, compare_candidates
from subtyping.discovery.card import build_card
from subtyping.discovery.clusterers import GaussianMixtureClusterer, HDBSCANClusterer
from subtyping.discovery.consensus import ConsensusClusterer
from subtyping.discovery.decide import decide, skew_curves, study_design
from subtyping.discovery.discover import discover, make_procedure
from subtyping.discovery.embedding import embed
from subtyping.discovery.factor_clusterer import FactorMixtureClusterer
from subtyping.discovery.labelling import FittedLabelling, LabellingProcedure
from subtyping.discovery.latent_profiles import LatentProfileClusterer
from subtyping.discovery.mixture_clusterers import SkewedMixtureClusterer
from subtyping.discovery.power import (
    PowerStatement,
    power_at,
    power_surface,
    simulate_power,
    simulated_power_at,
)
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.discovery.stability import Stability, stability, stability_lines
from subtyping.discovery.verdict import KINDS, Verdict

__all__ = [
    "CANDIDATES",
    "KINDS",
    "LEVEL",
    "Assigner",
    "Assignment",
    "ConsensusClusterer",
    "DiscoverySettings",
    "FactorMixtureClusterer",
    "FittedLabelling",
    "GaussianMixtureClusterer",
    "HDBSCANClusterer",
    "LabellingProcedure",
    "LatentProfileClusterer",
    "PowerStatement",
    "SkewedMixtureClusterer",
    "Stability",
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
    "simulated_power_at",
    "skew_curves",
    "stability",
    "stability_lines",
    "study_design",
    "unclear_assignment",
]
