"""Contrasts between groups: which analytes differ, by how much, and how surely."""

from subtyping.signature.axis_covariates import PEOPLE_ROLES, axis_covariate_sensitivity
from subtyping.signature.covariate_sensitivity import CovariateSensitivity, covariate_sensitivity
from subtyping.signature.design import ContrastDesign, contrast_design
from subtyping.signature.differential import Differential, differential_abundance
from subtyping.signature.handling_sensitivity import HandlingSensitivity, handling_sensitivity

__all__ = [
    "PEOPLE_ROLES",
    "ContrastDesign",
    "CovariateSensitivity",
    "Differential",
    "HandlingSensitivity",
    "axis_covariate_sensitivity",
    "contrast_design",
    "covariate_sensitivity",
    "differential_abundance",
    "handling_sensitivity",
]
