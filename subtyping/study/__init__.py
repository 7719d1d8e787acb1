"""A study: its specification, and the run from files to a report."""

from subtyping.study.cohort import StudyCohort, load_cohort
from subtyping.study.run import run_study
from subtyping.study.spec import StudySpec, load_spec, spec_from

__all__ = ["StudyCohort", "StudySpec", "load_cohort", "load_spec", "run_study", "spec_from"]
