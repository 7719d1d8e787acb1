"""Thresholds and eligibility rules: who a trial could enrol, at what price, with which limits."""

from subtyping.criteria.aims import Aim
from subtyping.criteria.comparison import criteria_overlap, paired_differences
from subtyping.criteria.ladder import best_category, highest_claim
from subtyping.criteria.latent import latent_membership
from subtyping.criteria.operating import (
    OperatingCharacteristics,
    at_prevalence,
    operating_characteristics,
)
from subtyping.criteria.propose import propose_criteria
from subtyping.criteria.reporting import reporting_items
from subtyping.criteria.result import Criteria
from subtyping.criteria.rule import Clause, EligibilityRule
from subtyping.criteria.shap_thresholds import shap_thresholds
from subtyping.criteria.threshold_dependences import (
    ThresholdDependence,
    threshold_dependences,
)

__all__ = [
    "Aim",
    "Clause",
    "Criteria",
    "EligibilityRule",
    "OperatingCharacteristics",
    "ThresholdDependence",
    "at_prevalence",
    "best_category",
    "criteria_overlap",
    "highest_claim",
    "latent_membership",
    "operating_characteristics",
    "paired_differences",
    "propose_criteria",
    "reporting_items",
    "shap_thresholds",
    "threshold_dependences",
]
