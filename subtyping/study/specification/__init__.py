"""The specification curve of a study: plan, journal, tables, figure and child runs."""

from subtyping.study.specification.result import SpecificationCurve
from subtyping.study.specification.specifications import run_specifications

__all__ = ["SpecificationCurve", "run_specifications"]
