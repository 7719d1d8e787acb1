"""Can the comparison be trusted: what detection, handling, design and covariates leave of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import pandas as pd

from subtyping.axes import AxisScorer
from subtyping.discovery import FittedLabelling, Verdict
from subtyping.exceptions import InputError, SpecError
from subtyping.preparation import HandlingReport, Preparation, detection_report
from subtyping.preparation.prepared import Prepared
from subtyping.signature import (
    PEOPLE_ROLES,
    CovariateSensitivity,
    HandlingSensitivity,
    axis_covariate_sensitivity,
    handling_sensitivity,
)
from subtyping.statistics.design import DesignReport
from subtyping.study.cohort import StudyCohort
from subtyping.study.plan import StudyPlan
from subtyping.study.spec import StudySpec

__all__ = ["Soundness", "examine_soundness", "outcome_of"]

RESAMPLES = 100
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Soundness:
    """Tables on what else could be behind a difference, and what they say.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        By file name: ``detection_by_group``, ``design_balance``, ``design_joint``,
        ``handling_scores``, ``handling_associations``, ``handling_analytes``,
        ``handling_sensitivity``, ``handling_sensitivity_analytes`` and ``covariate_sensitivity``,
        as far as the cohort allows them.
    remarks : tuple of tuple of str
        Heading and sentences, in the order the brief prints them.
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    remarks: tuple[tuple[str, str], ...] = ()


def examine_soundness(
    spec: StudySpec,
    cohort: StudyCohort,
    plan: StudyPlan,
    *,
    fitted: FittedLabelling,
    design: DesignReport,
    handling: HandlingReport | None,
    verdict: Verdict,
    jobs: int | None,
) -> Soundness:
    """Gather what is known of detection, design, handling and covariates.

    Where case status is aliased, nothing that compares cases with reference people is computed.

    Parameters
    ----------
    spec : StudySpec
    cohort : StudyCohort
    plan : StudyPlan
    fitted : FittedLabelling
    design : DesignReport
    handling : HandlingReport or None
    verdict : Verdict
        Its memberships, where there are any, are held against handling too.
    jobs : int or None

    Returns
    -------
    Soundness
    """
    found = detection_report(
        cohort.panel,
        case=cohort.case,
        reference=cohort.reference,
        comparison=cohort.comparison,
        min_detected_frac=spec.preparation.min_detected_frac,
    )
    tables = {
        "detection_by_group": found.table,
        "design_balance": design.balance,
        "design_joint": design.joint,
    }
    remarks = [("Detection", found.sentence), ("Balance of the groups", " ".join(design.notes))]
    if handling is not None:
        tables |= {
            "handling_scores": handling.scores,
            "handling_associations": handling.associations,
            "handling_analytes": handling.analytes,
        }
    if not design.is_blocked:
        against = _handling_options(spec, cohort, plan, fitted, verdict, jobs=jobs)
        if isinstance(against, InputError):
            remarks.append(("If handling is left out", f"Not possible: {against}"))
        elif against is not None:
            tables["handling_sensitivity"] = against.axes
            tables["handling_sensitivity_analytes"] = against.analytes
            remarks.append(("If handling is left out", _said(against.sentence, against.notes)))
        adjusted = _covariates(spec, cohort, plan)
        if isinstance(adjusted, InputError):
            remarks.append(("If people were alike", f"Not possible: {adjusted}"))
        elif adjusted is not None:
            tables["covariate_sensitivity"] = adjusted.table
            remarks.append(("If people were alike", _said(adjusted.sentence, adjusted.notes)))
    return Soundness(tables, tuple((title, text) for title, text in remarks if text))


def outcome_of(spec: StudySpec, cohort: StudyCohort) -> pd.Series | None:
    """Return the column of ``signature.outcome`` as numbers, None where none was declared.

    Raises
    ------
    SpecError
        If there is no such column, or fewer than three of its cells are numbers.
    """
    from subtyping._validation import nearest

    name = spec.signature.outcome
    if name is None:
        return None
    samples = cohort.panel.samples
    if name not in samples:
        message = (
            f"signature.outcome names {name!r}, which is no column of the samples table."
            f"{nearest(name, samples.columns)}"
        )
        raise SpecError(message)
    numbers = pd.to_numeric(samples[name], errors="coerce").astype(float)
    if numbers.nunique() < 2:
        message = (
            f"signature.outcome {name!r} must be a column of numbers that differ; it has "
            f"{int(numbers.notna().sum())} numbers, {numbers.nunique()} of them different, in "
            f"{len(numbers)} samples."
        )
        raise SpecError(message)
    return numbers


def _said(sentence: str, notes: tuple[str, ...]) -> str:
    """Join a sentence and its notes."""
    return " ".join((sentence, *notes)).strip()


def _handling_options(
    spec: StudySpec,
    cohort: StudyCohort,
    plan: StudyPlan,
    fitted: FittedLabelling,
    verdict: Verdict,
    *,
    jobs: int | None,
) -> HandlingSensitivity | InputError | None:
    """Contrast the results with handling reported, dropped and regressed out."""
    labelled = verdict.assignment.table.set_index("sample_id")["probability"]
    scorer = AxisScorer(plan.procedure.axes, only_declared=True)
    return _unless_impossible(
        lambda: handling_sensitivity(
            _with_markers(spec, cohort, plan, fitted),
            scorer,
            fitted.is_case,
            fitted.is_reference,
            membership=labelled if verdict.is_discrete else None,
            resamples=RESAMPLES,
            seed=spec.seed,
            jobs=jobs,
        )
    )


def _with_markers(
    spec: StudySpec, cohort: StudyCohort, plan: StudyPlan, fitted: FittedLabelling
) -> Prepared:
    """Return the prepared panel with the handling markers in it and nothing regressed out."""
    if spec.preparation.handling == "report":
        return fitted.prepared
    settings = {**plan.procedure.preparation, "drop_handling": False, "regress_handling": False}
    return Preparation(cohort.case, cohort.reference, **settings).fit_transform(cohort.panel)


def _covariates(
    spec: StudySpec, cohort: StudyCohort, plan: StudyPlan
) -> CovariateSensitivity | InputError | None:
    """Say what each covariate leaves of the association with case status or the outcome."""
    outcome = outcome_of(spec, cohort)
    if not any(role in cohort.panel.samples for role in PEOPLE_ROLES):
        return None
    names = {role: cohort.columns.get(role, role).removeprefix("panel:") for role in PEOPLE_ROLES}
    axis = plan.procedure.axes[0].name
    names |= {
        "level": "General level",
        f"{axis}_score": f"{axis} score",
        f"{axis}_skew": f"{axis} skew",
    }
    if spec.signature.outcome is not None:
        names["outcome"] = spec.signature.outcome
    return _unless_impossible(
        lambda: axis_covariate_sensitivity(
            cohort.panel,
            plan.procedure.axes,
            case=cohort.case,
            reference=cohort.reference,
            comparison=cohort.comparison,
            preparation=plan.procedure.preparation,
            outcome=outcome,
            names=names,
        )
    )


def _unless_impossible(compute: Callable[[], Found]) -> Found | InputError:
    """Return what is computed, or why the cohort does not allow it."""
    try:
        return compute()
    except InputError as reason:
        return reason
