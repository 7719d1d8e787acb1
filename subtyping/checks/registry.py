"""Every check, in the order of its code."""

from subtyping.checks import (
    acute_inflammation,
    aliased_case_status,
    few_level_analytes,
    few_reference_people,
    flagged_samples,
    handling_associated,
    missing_covariates,
    partly_aliased_case_status,
    repeated_subjects,
    small_groups,
    undeclared_groups,
    undeclared_plate,
    undetected_members,
    unknown_analytes,
    unmatched_samples,
    unreliable_level,
)
from subtyping.checks.context import CheckContext
from subtyping.checks.result import Check, CheckResult

__all__ = ["CHECKS", "run_checks"]

CHECKS: tuple[Check, ...] = (
    aliased_case_status.CHECK,
    partly_aliased_case_status.CHECK,
    undetected_members.CHECK,
    unreliable_level.CHECK,
    few_level_analytes.CHECK,
    few_reference_people.CHECK,
    small_groups.CHECK,
    handling_associated.CHECK,
    undeclared_plate.CHECK,
    missing_covariates.CHECK,
    unmatched_samples.CHECK,
    undeclared_groups.CHECK,
    unknown_analytes.CHECK,
    flagged_samples.CHECK,
    repeated_subjects.CHECK,
    acute_inflammation.CHECK,
)


def run_checks(context: CheckContext) -> tuple[CheckResult, ...]:
    """Return what every check says of a panel and the results at hand.

    Parameters
    ----------
    context : CheckContext
        A panel alone is enough; checks that need more are not applicable.

    Returns
    -------
    tuple of CheckResult
        One for each check, in the order of the codes.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> cohort = simulate_cohort("null", seed=1, n_case=60, n_reference=40)
    >>> results = run_checks(CheckContext(panel=cohort.panel))
    >>> results[0].code, results[0].outcome
    ('ST001', 'not_applicable')
    """
    return tuple(check.run(context) for check in CHECKS)
