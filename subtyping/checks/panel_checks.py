"""Every check that a panel and its samples table allow, without a study."""

from collections.abc import Mapping, Sequence

from subtyping.checks.context import CheckContext
from subtyping.checks.registry import run_checks
from subtyping.checks.result import CheckResult
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.preparation import HandlingReport, Preparation, handling_report
from subtyping.preparation.quality import examine_quality
from subtyping.statistics.design import DesignReport, design_report

__all__ = ["check_panel"]

FACTORS = ("batch", "site", "date")


def check_panel(
    panel: Panel,
    *,
    case: Sequence[str] = (),
    reference: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    mute: Mapping[str, str] | None = None,
) -> tuple[CheckResult, ...]:
    """Examine a panel and run the checks; the ones that need a study are not applicable.

    Parameters
    ----------
    panel : Panel
    case, reference : sequence of str, optional
        Declared groups; without them nothing is compared between groups.
    columns : mapping of str to str, optional
        Role to the user's column, so that a check can name the column.
    mute : mapping of str to str, optional
        Reason by code (see `run_checks`).

    Returns
    -------
    tuple of CheckResult
        One for each check, in the order of the codes.

    Raises
    ------
    InputError
        If no sample is in a declared group, or `mute` is wrong.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    >>> found = check_panel(panel, case=["MDD"], reference=["HC"])
    >>> [item.code for item in found if item.is_firing_issue]
    []
    """
    names, is_grouped = dict(columns or {}), bool(case or reference)
    if is_grouped:
        _refuse_absent_groups(panel, case, reference)
    context = CheckContext(
        panel=panel,
        columns=names,
        case=tuple(case),
        reference=tuple(reference),
        design=_design(panel, case, reference) if is_grouped else None,
        handling=_handling(panel, case, reference) if is_grouped else None,
        quality=examine_quality(panel, case=case, reference=reference),
    )
    return run_checks(context, mute)


def _refuse_absent_groups(panel: Panel, case: Sequence[str], reference: Sequence[str]) -> None:
    """Raise where a group is missing, holds nobody or has two parts."""
    twice = sorted(set(case) & set(reference))
    if twice:
        message = f"A group has one part only; {twice[0]!r} is both case and reference."
        raise InputError(message)
    for role, groups in (("case", case), ("reference", reference)):
        if not groups:
            message = f"Cases and reference people come together; write --{role} <group>, too."
            raise InputError(message)
        if not panel.in_groups(groups).any():
            held = ", ".join(sorted(map(repr, panel.samples["group"].dropna().unique())))
            message = f"No sample is in {role} group {', '.join(groups)}; the groups are {held}."
            raise InputError(message)


def _design(panel: Panel, case: Sequence[str], reference: Sequence[str]) -> DesignReport:
    """Return aliasing of case status with plate, site and date."""
    factors = {role: panel.samples[role] for role in FACTORS if role in panel.samples}
    return design_report(panel.in_groups(case), panel.in_groups(reference), factors, times={"date"})


def _handling(panel: Panel, case: Sequence[str], reference: Sequence[str]) -> HandlingReport | None:
    """Return the handling score against case status, where it can be had."""
    try:
        prepared = Preparation(case=list(case), reference=list(reference)).fit_transform(panel)
    except InputError:
        return None
    is_case, is_reference = panel.in_groups(case), panel.in_groups(reference)
    return handling_report(prepared, is_case, is_reference, plates=panel.role("batch"))
