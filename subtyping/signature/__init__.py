"""Contrasts between groups: what differs, whom it resembles, and what would undo it."""

from subtyping.signature.axis_covariates import PEOPLE_ROLES, axis_covariate_sensitivity
from subtyping.signature.blockade import Blockade, pathway_blockade
from subtyping.signature.covariate_sensitivity import CovariateSensitivity, covariate_sensitivity
from subtyping.signature.design import ContrastDesign, contrast_design
from subtyping.signature.differential import Differential, differential_abundance
from subtyping.signature.findings import SignatureFindings
from subtyping.signature.handling_sensitivity import HandlingSensitivity, handling_sensitivity
from subtyping.signature.likeness import Likeness, likeness_of_diseases
from subtyping.signature.mouse import (
    AnimalContrast,
    MouseConcordance,
    contrast_of_animals,
    mouse_concordance,
)
from subtyping.signature.reversal import Reversal, observed_reversal, published_reversal

__all__ = [
    "PEOPLE_ROLES",
    "AnimalContrast",
    "Blockade",
    "ContrastDesign",
    "CovariateSensitivity",
    "Differential",
    "HandlingSensitivity",
    "Likeness",
    "MouseConcordance",
    "Reversal",
    "SignatureFindings",
    "axis_covariate_sensitivity",
    "contrast_design",
    "contrast_of_animals",
    "covariate_sensitivity",
    "differential_abundance",
    "handling_sensitivity",
    "likeness_of_diseases",
    "mouse_concordance",
    "observed_reversal",
    "pathway_blockade",
    "published_reversal",
]
