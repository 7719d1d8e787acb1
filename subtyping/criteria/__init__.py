"""Thresholds and eligibility rules: who a trial could enrol, at what price, with which limits."""

from subtyping.criteria.operating import (
    OperatingCharacteristics,
    at_prevalence,
    operating_characteristics,
)
from subtyping.criteria.propose import Criteria, propose_criteria
from subtyping.criteria.rule import Clause, EligibilityRule

__all__ = [
    "Clause",
    "Criteria",
    "EligibilityRule",
    "OperatingCharacteristics",
    "at_prevalence",
    "operating_characteristics",
    "propose_criteria",
]
