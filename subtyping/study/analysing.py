"""The stages of a study, one after the other, on a cohort that was read and planned."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd

from subtyping._progress import Progress
from subtyping.checks import CheckResult
from subtyping.criteria import (
    Criteria,
    reporting_items,
    shap_thresholds,
    threshold_dependences,
)
from subtyping.discovery import FittedLabelling, Verdict, build_card, decide, skew_curves
from subtyping.prediction import Prediction
from subtyping.preparation import HandlingReport
from subtyping.report import StudyResult
from subtyping.signature import Differential
from subtyping.signature.findings import SignatureFindings
from subtyping.statistics.design import DesignReport
from subtyping.study import stages
from subtyping.study.assigning import reading_of
from subtyping.study.cohort import StudyCohort
from subtyping.study.metrics import headline_metrics, with_null_twin
from subtyping.study.plan import StudyPlan
from subtyping.study.prediction_stage import predict, predict_outcomes, split_the_panel
from subtyping.study.provenance import provenance_of
from subtyping.study.replications import Replications, replicate_study
from subtyping.study.reporting_facts import reporting_facts
from subtyping.study.signature_stage import examine_signature, signature_matrix
from subtyping.study.soundness import Soundness, examine_soundness
from subtyping.study.spec import StudySpec
from subtyping.study.tuning_runs import trials_of

__all__ = ["StudyTask", "analyse"]

CHANGING = ("started", "seconds", "earlier_declarations")


@dataclass(frozen=True, eq=False)
class StudyTask:
    """What every stage is given.

    Attributes
    ----------
    spec : StudySpec
    cohort : StudyCohort
    plan : StudyPlan
    jobs : int or None
        Workers; None uses every core.
    shown : Progress
    started : datetime
    clock : float
        Of `time.monotonic` at the start.
    declared : str
        Digest of the declaration, taken before the data were read.
    earlier : dict, optional
        Other declarations on the same data, as the tracking store knows them.
    """

    spec: StudySpec
    cohort: StudyCohort
    plan: StudyPlan
    jobs: int | None
    shown: Progress
    started: datetime
    clock: float
    declared: str
    earlier: dict[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class _Basis:
    """What everything after the preparation stands on."""

    design: DesignReport
    fitted: FittedLabelling
    handling: HandlingReport | None
    differential: Differential


def analyse(task: StudyTask) -> tuple[StudyResult, list[Any]]:
    """Take a cohort through every stage.

    Parameters
    ----------
    task : StudyTask

    Returns
    -------
    result : StudyResult
    children : list of (name, params, metrics)
        What other clusterers say and the settings of models that were searched, one child run each.
    """
    spec, cohort, plan, shown = task.spec, task.cohort, task.plan, task.shown
    basis = _prepare(task)
    fitted = basis.fitted
    verdict = _decide(task, basis)
    children = stages.candidate_runs(fitted, spec)
    signature = _examine_signature(task, basis)
    replications = _replicate(task)
    predicted, numbers = _predict(task, basis, verdict, signature)
    children += trials_of(predicted)
    shown.stage("criteria")
    criteria = stages.propose(cohort, plan, spec, fitted, verdict, jobs=task.jobs, shown=shown)
    explained = _explain(task, verdict, criteria, predicted["prediction"])
    shown.stage("picture of the cohort")
    embedding = stages.draw_embedding(cohort.panel, fitted, spec.seed)
    soundness = _examine_soundness(task, basis, verdict)
    provenance = _provenance(task)
    result = StudyResult(
        spec=spec.to_dict(),
        provenance=provenance,
        question=spec.question,
        verdict=verdict,
        prepared_detection=fitted.prepared.detection,
        axis_scores=fitted.scores,
        differential=basis.differential,
        criteria=criteria,
        checks=_check(task, basis),
        metrics=numbers,
        reading=cohort.panel.reading,
        groups=cohort.groups_table(),
        design=basis.design,
        card=_card(task, basis, verdict, provenance),
        embedding=embedding,
        handling=basis.handling,
        matrix=stages.matrix_of(cohort),
        skew_fit=skew_curves(fitted, spec.seed),
        sample_groups=cohort.panel.samples["group"],
        visits=stages.compare_visits(cohort, fitted, verdict),
        soundness=soundness.tables,
        remarks=soundness.remarks,
        signature=signature,
        signature_z=signature_matrix(fitted, basis.differential),
        replications=replications,
        **predicted,
        **explained,
    )
    return replace(result, reporting=reporting_items(reporting_facts(result, cohort))), children


def _prepare(task: StudyTask) -> _Basis:
    """Describe the design, prepare and score the panel, compare the groups."""
    spec, cohort, plan = task.spec, task.cohort, task.plan
    panel = cohort.panel
    task.shown.stage("design, preparation, axes")
    design = stages.describe_design(
        cohort, panel.in_groups(cohort.case), panel.in_groups(cohort.reference)
    )
    fitted = plan.procedure.fit(panel, seed=spec.seed, every_axis=True)
    handling = stages.describe_handling(panel, fitted)
    task.shown.stage("contrasts")
    differential = stages.compare_groups(cohort, plan, fitted, spec)
    return _Basis(design, fitted, handling, differential)


def _decide(task: StudyTask, basis: _Basis) -> Verdict:
    """Reach the verdict, with every line of evidence."""
    task.shown.stage("verdict")
    return decide(
        basis.fitted,
        task.cohort.panel,
        basis.design,
        replace(task.plan.discovery, evidence="all"),
        seed=task.spec.seed,
        biology=stages.acute_inflammation(task.cohort),
        comparison=task.cohort.comparison,
    )


def _examine_signature(task: StudyTask, basis: _Basis) -> SignatureFindings:
    """Ask whom the signature resembles and what would undo it."""
    return examine_signature(
        task.spec,
        task.cohort,
        task.plan,
        fitted=basis.fitted,
        design=basis.design,
        differential=basis.differential,
        jobs=task.jobs,
        shown=task.shown,
    )


def _replicate(task: StudyTask) -> Replications | None:
    """Draw the design again and again, where that was asked for."""
    draws = task.spec.signature.replications
    if not draws:
        return None
    task.shown.stage("replications")
    advance = task.shown.counter("replications", draws)
    return replicate_study(task.spec, jobs=task.jobs, advance=advance)


def _predict(
    task: StudyTask, basis: _Basis, verdict: Verdict, signature: SignatureFindings
) -> tuple[dict[str, Any], pd.DataFrame]:
    """Predict labels and outcomes; return them and the headline numbers beside their twins."""
    spec, cohort, plan, jobs, shown = task.spec, task.cohort, task.plan, task.jobs, task.shown
    is_predicted = spec.prediction.enabled and verdict.is_discrete
    shown.stage("null twin")
    twins = stages.twin_numbers(
        cohort, plan, spec, is_predicted=is_predicted, jobs=jobs, shown=shown
    )
    prediction, split_panel = None, None
    if is_predicted:
        shown.stage("prediction")
        prediction = predict(cohort, plan, spec, jobs=jobs, shown=shown)
        prediction = with_null_twin(prediction, twins)
        split_panel = split_the_panel(cohort, plan, spec, jobs=jobs)
    outcomes, no_outcome = predict_outcomes(cohort, plan, spec, jobs=jobs)
    numbers = headline_metrics(
        verdict, basis.fitted.scores, prediction, twins, signature=signature, outcomes=outcomes
    )
    predicted = {
        "prediction": prediction,
        "split_panel": split_panel,
        "outcomes": outcomes,
        "outcome_reasons": no_outcome,
    }
    return predicted, numbers


def _explain(
    task: StudyTask, verdict: Verdict, criteria: Criteria, prediction: Prediction | None
) -> dict[str, Any]:
    """Hold the proposed thresholds against where the attributions of their markers turn."""
    if prediction is None or prediction.attribution is None:
        return {}
    panel = task.cohort.panel
    labels = verdict.assignment.table.set_index("sample_id")["probability"]
    return {
        "shap_thresholds": shap_thresholds(prediction.attribution, panel, criteria, labels),
        "dependences": threshold_dependences(prediction.attribution, panel, criteria),
    }


def _examine_soundness(task: StudyTask, basis: _Basis, verdict: Verdict) -> Soundness:
    """Ask what else could be behind a difference."""
    task.shown.stage("what else could be behind it")
    return examine_soundness(
        task.spec,
        task.cohort,
        task.plan,
        fitted=basis.fitted,
        design=basis.design,
        handling=basis.handling,
        verdict=verdict,
        jobs=task.jobs,
    )


def _check(task: StudyTask, basis: _Basis) -> tuple[CheckResult, ...]:
    """Run every check."""
    return stages.check_study(
        task.cohort,
        basis.design,
        basis.handling,
        basis.fitted.scores,
        mute=task.spec.checks.mute,
        is_bridged=task.spec.signature.likeness.bridged,
    )


def _provenance(task: StudyTask) -> dict[str, Any]:
    """Return where the numbers come from."""
    provenance = provenance_of(
        seed=task.spec.seed,
        data_sha256=task.cohort.data_sha256,
        started=task.started,
        seconds=time.monotonic() - task.clock,
        declaration_sha256=task.declared,
    )
    if task.earlier is not None:
        provenance["earlier_declarations"] = task.earlier
    return provenance


def _card(
    task: StudyTask, basis: _Basis, verdict: Verdict, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the model card; of the provenance the part that does not change from run to run."""
    return build_card(
        basis.fitted,
        verdict,
        reading=reading_of(task.spec, task.cohort),
        provenance={key: value for key, value in provenance.items() if key not in CHANGING},
        panel=task.cohort.panel,
    )
