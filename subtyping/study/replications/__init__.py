"""A simulated study over and over: what its results would look like where the truth is known."""

from subtyping.study.replications.population import PopulationDifferences, population_differences
from subtyping.study.replications.replicate import replicate_study
from subtyping.study.replications.result import Replications
from subtyping.study.replications.truths import TRUTHS, Truth

__all__ = [
    "TRUTHS",
    "PopulationDifferences",
    "Replications",
    "Truth",
    "population_differences",
    "replicate_study",
]
