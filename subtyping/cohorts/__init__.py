"""Simulated cohorts with known truth, and the continuum twin of a real one."""

from subtyping.cohorts.continuum import Continuum, continuum_twin, fit_continuum
from subtyping.cohorts.designs import DESIGNS, Design, Setting, design_settings
from subtyping.cohorts.files import write_cohort
from subtyping.cohorts.known_answer import Expectation, KnownAnswer, KnownAnswerDesign
from subtyping.cohorts.simulate import SimulatedCohort, simulate_cohort
from subtyping.cohorts.suites import ATTRIBUTION_SUITE, CELLS, NULL_SUITE, PLANTED_SUITE

__all__ = [
    "ATTRIBUTION_SUITE",
    "CELLS",
    "DESIGNS",
    "NULL_SUITE",
    "PLANTED_SUITE",
    "Continuum",
    "Design",
    "Expectation",
    "KnownAnswer",
    "KnownAnswerDesign",
    "Setting",
    "SimulatedCohort",
    "continuum_twin",
    "design_settings",
    "fit_continuum",
    "simulate_cohort",
    "write_cohort",
]
