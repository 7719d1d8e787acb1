"""Every check, in the order of its code."""

from collections.abc import Mapping

from subtyping.checks import (
    acute_inflammation,
    aliased_case_status,
    constant_analytes,
    detection_differs,
    distant_samples,
    draw_time_imbalance,
    duplicate_profiles,
    exchanged_bridges,
    extrapolated_values,
    few_level_analytes,
    few_reference_people,
    flagged_samples,
    haemolysed_samples,
    handling_associated,
    linear_npx,
    logged_concentrations,
    missing_covariates,
    missing_values,
    mixed_matrix,
    mixed_scales,
    mixed_visits,
    outlier_samples,
    partly_aliased_case_status,
    pasted_values,
    plate_effect,
    repeated_subjects,
    replicate_cv,
    runs_not_bridgeable,
    saturated_values,
    season_imbalance,
    sex_mismatch,
    small_groups,
    storage_imbalance,
    subjects_in_both_groups,
    unbridged_comparators,
    undeclared_groups,
    undeclared_plate,
    undetected_members,
    unflagged_ties,
    unknown_analytes,
    unmatched_samples,
    unreliable_level,
)
from subtyping.checks.context import CheckContext
from subtyping.checks.mute import checked_mutes
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
    outlier_samples.CHECK,
    distant_samples.CHECK,
    plate_effect.CHECK,
    detection_differs.CHECK,
    haemolysed_samples.CHECK,
    duplicate_profiles.CHECK,
    subjects_in_both_groups.CHECK,
    sex_mismatch.CHECK,
    logged_concentrations.CHECK,
    linear_npx.CHECK,
    mixed_scales.CHECK,
    mixed_visits.CHECK,
    constant_analytes.CHECK,
    unflagged_ties.CHECK,
    extrapolated_values.CHECK,
    replicate_cv.CHECK,
    mixed_matrix.CHECK,
    pasted_values.CHECK,
    storage_imbalance.CHECK,
    season_imbalance.CHECK,
    draw_time_imbalance.CHECK,
    missing_values.CHECK,
    saturated_values.CHECK,
    runs_not_bridgeable.CHECK,
    exchanged_bridges.CHECK,
    unbridged_comparators.CHECK,
)


def run_checks(
    context: CheckContext, mute: Mapping[str, str] | None = None
) -> tuple[CheckResult, ...]:
    """Return what every check says of a panel and the results at hand.

    Parameters
    ----------
    context : CheckContext
        A panel alone is enough; checks that need more are not applicable.
    mute : mapping of str to str, optional
        Reason by code. A muted check keeps its outcome and its sentence; it is shown as muted
        and does not count for the exit code. No verdict looks at checks, so none changes.

    Returns
    -------
    tuple of CheckResult
        One for each check, in the order of the codes.

    Raises
    ------
    InputError
        If `mute` names a code that does not exist, or gives no reason.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> cohort = simulate_cohort("null", seed=1, n_case=60, n_reference=40)
    >>> results = run_checks(CheckContext(panel=cohort.panel), mute={"ST001": "one plate"})
    >>> results[0].code, results[0].outcome, results[0].is_muted
    ('ST001', 'not_applicable', True)
    """
    reasons = checked_mutes(mute or {}, [check.code for check in CHECKS])
    return tuple(check.run(context, reasons.get(check.code, "")) for check in CHECKS)
