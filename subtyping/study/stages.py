"""The stages of a study, one function each, in the order they run."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._progress import Progress
from subtyping.axes import AxisScores
from subtyping.checks import CheckContext, CheckResult, run_checks
from subtyping.criteria import Clause, Criteria, EligibilityRule, propose_criteria
from subtyping.criteria.noise import Noise
from subtyping.discovery import (
    FittedLabelling,
    Verdict,
    compare_candidates,
    embed,
)
from subtyping.knowledge import published_criteria
from subtyping.panel import Panel
from subtyping.preparation import HandlingReport, handling_report
from subtyping.preparation.quality import examine_quality
from subtyping.signature import Differential, differential_abundance
from subtyping.signature.likeness import comparator_overlap
from subtyping.signature.sides import contrast_sides
from subtyping.statistics.design import DesignReport, design_report
from subtyping.study.cohort import StudyCohort
from subtyping.study.plan import StudyPlan
from subtyping.study.prediction_stage import prediction_options
from subtyping.study.spec import StudySpec
from subtyping.study.twins import run_twins
from subtyping.study.visits import describe_visits

__all__ = [
    "acute_inflammation",
    "candidate_runs",
    "check_study",
    "compare_groups",
    "compare_visits",
    "describe_design",
    "describe_handling",
    "draw_embedding",
    "matrix_of",
    "propose",
    "twin_numbers",
]

Mask = NDArray[np.bool_]

TECHNICAL_ROLES = ("batch", "site", "date")
OTHER_ROLES = (
    *("age", "sex", "bmi", "smoking", "medication", "atopy"),
    *("visit", "matrix", "storage", "draw_time"),
)
EMBEDDED_PEOPLE = 3000
ACUTE, ACUTE_ABOVE = "crp", 10.0


def describe_design(cohort: StudyCohort, is_case: Mask, is_reference: Mask) -> DesignReport:
    """Report aliasing with plate, site and date, each under the name of the user's column."""
    panel = cohort.panel
    factors = {
        cohort.columns.get(role, role).removeprefix("panel:"): panel.samples[role]
        for role in TECHNICAL_ROLES
        if role in panel.samples
    }
    times = {cohort.columns.get("date", "date").removeprefix("panel:")}
    others = {
        cohort.columns.get(role, role).removeprefix("panel:"): panel.samples[role]
        for role in OTHER_ROLES
        if role in panel.samples
    }
    hours = {cohort.columns.get("draw_time", "draw_time").removeprefix("panel:")}
    return design_report(
        is_case,
        is_reference,
        factors,
        times=times,
        others=others,
        hours=hours,
    )


def compare_groups(
    cohort: StudyCohort, plan: StudyPlan, fitted: FittedLabelling, spec: StudySpec
) -> Differential:
    """Contrast every group with the reference; where a contrast is aliased nothing is inferred."""
    blocked = {
        name
        for name, sides in plan.contrasts.items()
        if describe_design(cohort, *contrast_sides(cohort.panel.samples, name, *sides)).is_blocked
    }
    samples, covariates = cohort.panel.samples, plan.covariates
    markers: tuple[str, ...] = ()
    if spec.preparation.handling == "regress_out" and fitted.prepared.handling.notna().any():
        samples = samples.assign(handling=fitted.prepared.handling.to_numpy())
        covariates, markers = (*covariates, "handling"), fitted.prepared.handling_markers
    return differential_abundance(
        fitted.prepared.log2,
        fitted.prepared.detected,
        samples,
        contrasts=plan.contrasts,
        covariates=covariates,
        batch=spec.preparation.plates != "none" and "batch" in cohort.panel.samples,
        blocked=blocked,
        limits=fitted.prepared.limits,
        min_detected_frac=spec.preparation.min_detected_frac,
        imputations=spec.signature.imputations,
        seed=spec.seed,
        below_lod=cohort.panel.below_lod,
        unadjusted={"handling": markers},
        trend=spec.signature.trend,
        robust=spec.signature.robust,
        block=spec.signature.block,
        families=plan.families or None,
    )


def describe_handling(panel: Panel, fitted: FittedLabelling) -> HandlingReport | None:
    """Report what the handling score goes along with: groups, plates, the declared axis."""
    values = fitted.scores.values
    return handling_report(
        fitted.prepared,
        fitted.is_case,
        fitted.is_reference,
        scores=values.to_frame(str(values.name)),
        plates=panel.role("batch"),
        sites=panel.role("site"),
        axes=fitted.scores.table,
    )


def acute_inflammation(cohort: StudyCohort) -> dict[str, pd.Series]:
    """Return who has a CRP above 10 mg/L, where it was measured: a factor that may annotate."""
    if ACUTE not in cohort.routine:
        return {}
    rule = EligibilityRule((Clause(ACUTE, ">", ACUTE_ABOVE, "mg/L", "routine"),))
    is_high = rule.apply(cohort.panel, cohort.routine_of(cohort.panel))
    told = is_high.astype(object).map(str, na_action="ignore")
    return {"CRP above 10 mg/L": told.where(is_high.notna(), None).rename(ACUTE)}


def matrix_of(cohort: StudyCohort) -> str:
    """Return what the cases were measured in, where it was told and is one for all."""
    matrix = cohort.panel.role("matrix")
    if matrix is None:
        return ""
    kinds = matrix[cohort.panel.in_groups(cohort.case)].dropna().astype(str).unique()
    return str(kinds[0]) if len(kinds) == 1 else ""


def twin_numbers(
    cohort: StudyCohort,
    plan: StudyPlan,
    spec: StudySpec,
    *,
    is_predicted: bool,
    jobs: int | None,
    shown: Progress,
) -> pd.DataFrame:
    """Take draws of the continuum that resembles the cohort through the same pipeline."""
    if spec.discovery.twin_draws == 0:
        return pd.DataFrame()
    return run_twins(
        cohort.panel,
        plan.procedure,
        plan.discovery,
        draws=spec.discovery.twin_draws,
        axis_of=plan.axis_of,
        options=prediction_options(spec, cohort) | {"routine": None} if is_predicted else None,
        seed=spec.seed,
        jobs=jobs,
        advance=shown.counter("twins", spec.discovery.twin_draws),
    )


def propose(
    cohort: StudyCohort,
    plan: StudyPlan,
    spec: StudySpec,
    fitted: FittedLabelling,
    verdict: Verdict,
    *,
    jobs: int | None,
    shown: Progress,
) -> Criteria:
    """Propose rules a trial could enrol on, beside the published ones."""
    return propose_criteria(
        cohort.panel,
        plan.procedure,
        fitted,
        verdict,
        routine=cohort.routine_of(cohort.panel),
        published=published_criteria(),
        target_prevalence_frac=spec.criteria.target_prevalence_frac,
        markers=plan.markers,
        max_markers=spec.criteria.max_markers,
        choose_by=spec.criteria.choose_by,
        choose_at=spec.criteria.choose_at,
        upper_frac=spec.criteria.upper_frac,
        resamples=spec.criteria.resamples,
        seed=spec.seed,
        jobs=jobs,
        advance=shown.counter("resamples", spec.criteria.resamples),
        noise=_noise(cohort, spec),
    )


def _noise(cohort: StudyCohort, spec: StudySpec) -> Noise:
    """Return what is declared of the noise of markers, and the cases' repeated samples."""
    said = spec.criteria
    icc: Any = said.icc
    if isinstance(icc, dict):
        icc = {k: tuple(v) if isinstance(v, list) else v for k, v in icc.items()}
    cv_pct = spec.discovery.assay_cv_pct if said.cv_pct is None else said.cv_pct
    visits = cohort.visits if cohort.visits is not None else cohort.panel
    visits = visits.take(visits.in_groups(cohort.case))
    subject = visits.samples.get("subject")
    if subject is None or not subject.dropna().duplicated().any():
        return Noise(icc, cv_pct, said.lloq)
    return Noise(icc, cv_pct, said.lloq, visits, cohort.routine_of(visits))


def candidate_runs(
    fitted: FittedLabelling, spec: StudySpec
) -> list[tuple[str, dict[str, object], dict[str, float]]]:
    """Return what other clusterers say, as name, parameters and numbers of a child run."""
    table = compare_candidates(fitted, tuple(spec.discovery.candidates), seed=spec.seed)
    runs = []
    for row in table.to_dict("records"):
        name = f"{row['candidate']} on {row['input']}"
        params = {"candidate": row["candidate"], "input": row["input"]}
        numbers = {key: float(row[key]) for key in ("n_clusters", "noise_frac", "ari_with_mixture")}
        runs.append((name, params, numbers))
    return runs


def draw_embedding(panel: Panel, fitted: FittedLabelling, seed: int) -> pd.DataFrame | None:
    """Return the picture of the cohort: ``sample_id, x, y, group``."""
    layout = embed(fitted.prepared.z.iloc[:EMBEDDED_PEOPLE], seed=seed)
    if layout is None:
        return None
    groups = panel.samples["group"].astype(object)
    known = groups.where(groups.notna(), "no group").astype(str)
    return layout.assign(group=known.reindex(layout["sample_id"]).to_numpy())


def compare_visits(
    cohort: StudyCohort, fitted: FittedLabelling, verdict: Verdict
) -> dict[str, pd.DataFrame]:
    """Return the tables on people who were sampled several times; none where there are few."""
    found = describe_visits(cohort, fitted, verdict)
    return {} if found is None else {"visits": found.table, "visit_assignments": found.samples}


def check_study(
    cohort: StudyCohort,
    design: DesignReport,
    handling: HandlingReport | None,
    scores: AxisScores,
    *,
    mute: Mapping[str, str] | None = None,
    is_bridged: bool = False,
) -> tuple[CheckResult, ...]:
    """Run every check on the results of the study; muted ones keep their outcome."""
    samples = cohort.panel.samples
    context = CheckContext(
        panel=cohort.panel,
        columns=cohort.columns,
        case=cohort.case,
        reference=cohort.reference,
        comparison=cohort.comparison,
        design=design,
        handling=handling,
        axes=scores,
        routine=cohort.routine if len(cohort.routine.columns) else None,
        quality=examine_quality(cohort.panel, case=cohort.case, reference=cohort.reference),
        comparators=tuple(
            comparator_overlap(samples, cohort.case, [group], cohort.reference)
            for group in cohort.comparison
        ),
        is_bridged=is_bridged,
    )
    return run_checks(context, mute)
