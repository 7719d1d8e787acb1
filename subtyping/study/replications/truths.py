"""What could be true behind the results of the index study, as simulated designs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["TRUTHS", "Truth"]

SIZES = {"n_case": 25, "n_reference": 32, "n_ad": 30, "n_psoriasis": 21, "n_analytes": 363}
PEOPLE = {**SIZES, "n_plates": 2, "level_shape": 8.0, "axis_shape": 40.0}


@dataclass(frozen=True)
class Truth:
    """One state of the world, as a design of `simulate_cohort` with settings.

    Attributes
    ----------
    name : str
    title : str
        What is true of people, in one sentence.
    design : str
    settings : mapping
    """

    name: str
    title: str
    design: str
    settings: Mapping[str, Any] = field(default_factory=dict)


TRUTHS: dict[str, Truth] = {
    truth.name: truth
    for truth in (
        Truth(
            "as_published",
            "Depression is Th2-skewed (.9 SD), less than atopic dermatitis; the named vascular "
            "and apoptotic proteins are higher; samples of cases were handled less well (.6 SD).",
            "index_study",
        ),
        Truth(
            "no_th2",
            "The same without any Th2 skew in depression.",
            "index_study",
            {"case_th2": 0.0},
        ),
        Truth(
            "handling_only",
            "People with depression differ from healthy people in nothing but how their samples "
            "were handled (1.2 SD).",
            "continuum",
            {**PEOPLE, "case_th2": 0.0, "case_level": 0.0, "case_handling": 1.2},
        ),
    )
}
"""The three truths of docs/index_study.md; in none of them is a drug given to anybody."""
