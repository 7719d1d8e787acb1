"""Prediction in a study: labels out of fold, labels from half an axis, outcomes from outside."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping._progress import Progress
from subtyping._random import child_seed
from subtyping._validation import count_of, nearest
from subtyping.cohorts import fit_continuum
from subtyping.exceptions import InputError, SpecError
from subtyping.prediction import (
    OutcomePrediction,
    Prediction,
    SplitPanelFidelity,
    outer_folds,
    predict_membership,
    predict_outcome,
    split_panel_fidelity,
)
from subtyping.prediction.attribution import with_refits
from subtyping.prediction.explain import refit_explanations
from subtyping.prediction.outcome_checks import checked_outcome
from subtyping.prediction.search import require_optuna
from subtyping.study.cohort import StudyCohort
from subtyping.study.plan import StudyPlan
from subtyping.study.spec import StudySpec
from subtyping.study.twins import Existence

__all__ = [
    "check_prediction",
    "outcome_columns",
    "predict",
    "predict_outcomes",
    "prediction_options",
    "split_the_panel",
]


def prediction_options(spec: StudySpec, cohort: StudyCohort) -> dict[str, Any]:
    """Return what the cohort and its twins are predicted with."""
    asked = spec.prediction
    return {
        "folds": asked.outer,
        "models": tuple(asked.models),
        "inner_folds": asked.inner_folds,
        "calibrate": asked.calibrate,
        "search": asked.search,
        "trials": asked.trials,
        "sizes": tuple(asked.sizes),
        "selection_draws": asked.selection_draws,
        "routine": cohort.routine if asked.sizes and len(cohort.routine.columns) else None,
    }


def predict(
    cohort: StudyCohort, plan: StudyPlan, spec: StudySpec, *, jobs: int | None, shown: Progress
) -> Prediction:
    """Re-predict the labels out of fold, the whole procedure learnt anew in each fold."""
    options = prediction_options(spec, cohort)
    _, names = outer_folds(
        cohort.panel, case=cohort.case, reference=cohort.reference, folds=options["folds"],
        seed=spec.seed,
    )  # fmt: skip
    n_folds = options["folds"] if isinstance(options["folds"], int) else len(names)
    models = options["models"]
    prediction = predict_membership(
        plan.procedure,
        cohort.panel,
        axis_of=plan.axis_of,
        seed=spec.seed,
        jobs=jobs,
        existence=Existence(plan.procedure, plan.discovery),
        explain="gradient_boosting" if "gradient_boosting" in models else models[0],
        advance=shown.counter("folds", n_folds),
        **options,
    )
    return _with_intervals(prediction, cohort, plan, spec, jobs=jobs, shown=shown)


def _with_intervals(
    prediction: Prediction,
    cohort: StudyCohort,
    plan: StudyPlan,
    spec: StudySpec,
    *,
    jobs: int | None,
    shown: Progress,
) -> Prediction:
    """Refit the explained model on resampled people, for intervals of what it leans on."""
    attribution, resamples = prediction.attribution, spec.prediction.explain_resamples
    if attribution is None or resamples == 0:
        return prediction
    tried = prediction.tuning
    is_used = (tried["model"] == attribution.model) & tried["is_chosen"].astype(bool)
    refits = refit_explanations(
        plan.procedure,
        cohort.panel,
        model=attribution.model,
        resamples=resamples,
        seed=spec.seed,
        settings=[json.loads(text) for text in tried.loc[is_used, "settings"]],
        jobs=jobs,
        advance=shown.counter("refits", resamples),
    )
    return replace(prediction, attribution=with_refits(attribution, refits))


def split_the_panel(
    cohort: StudyCohort, plan: StudyPlan, spec: StudySpec, *, jobs: int | None
) -> SplitPanelFidelity | None:
    """Label by half of the axis and predict from the other half, here and on a continuum twin."""
    if not spec.prediction.splits:
        return None
    folds = spec.prediction.outer
    routine = cohort.routine if len(cohort.routine.columns) else None
    found = split_panel_fidelity(
        plan.procedure, cohort.panel, routine=routine, splits=spec.prediction.splits, folds=folds,
        seed=spec.seed, jobs=jobs,
    )  # fmt: skip
    if not found.is_applicable:
        return found
    people = cohort.panel.take(cohort.panel.in_groups([*cohort.case, *cohort.reference]))
    continuum = fit_continuum(people, case=cohort.case, reference=cohort.reference)
    twin = split_panel_fidelity(
        plan.procedure, continuum.draw(spec.seed, 0), splits=spec.prediction.splits, folds=folds,
        seed=child_seed(spec.seed, "split panel twin"), resamples=20, jobs=jobs,
    )  # fmt: skip
    return found.beside_twins([twin])


def outcome_columns(spec: StudySpec, cohort: StudyCohort) -> dict[str, pd.Series]:
    """Return the column of each declared outcome.

    A column of the samples table that is mapped to a role stands in the panel under the role's
    name, and one that only has a role's name as ``samples:<column>``; both are found.

    Raises
    ------
    SpecError
        If there is no such column.
    """
    columns = {}
    for name, asked in spec.prediction.outcomes.items():
        held = cohort.panel.samples
        role_of = {column: role for role, column in cohort.columns.items()}
        wanted = (f"samples:{asked.column}", role_of.get(asked.column), asked.column)
        found = [one for one in wanted if one in held]
        if not found:
            message = (
                f"prediction.outcomes.{name}: {asked.column!r} is no column of the samples table."
                f"{nearest(asked.column, [*held.columns, *role_of])}"
            )
            raise SpecError(message)
        columns[name] = held[found[0]].rename(name)
    return columns


def _check_outcomes(spec: StudySpec, cohort: StudyCohort) -> None:
    """Raise where an outcome is not of its kind, or is the same in all cases."""
    for name, column in outcome_columns(spec, cohort).items():
        asked = spec.prediction.outcomes[name]
        said = f"prediction.outcomes.{name}: the column {asked.column!r} cannot be predicted. "
        try:
            values, _ = checked_outcome(cohort.panel, column, asked.kind, cohort.case)
        except InputError as error:
            raise SpecError(said + str(error)) from None
        known = values[np.isfinite(values) & cohort.panel.in_groups(list(cohort.case))]
        if (known == known[0]).all():
            n = count_of(len(known), "case sample")
            message = f"{said}It is the same in all {n} in which it is known."
            raise SpecError(message)


def check_prediction(spec: StudySpec, cohort: StudyCohort) -> None:
    """Say what of the prediction cannot be done, before anything is computed.

    Raises
    ------
    InputError
        If an outcome has no column, is not of its kind or the same in all cases, the people or
        the roles do not allow the folds asked for, or a search lacks its library.
    """
    _check_outcomes(spec, cohort)
    asked = spec.prediction
    if not asked.enabled and not asked.outcomes:
        return
    if asked.search is not None:
        require_optuna()
    if asked.leave_out is not None:
        outer_folds(
            cohort.panel, case=cohort.case, reference=cohort.reference, folds=asked.outer,
            seed=spec.seed,
        )  # fmt: skip


def predict_outcomes(
    cohort: StudyCohort, plan: StudyPlan, spec: StudySpec, *, jobs: int | None
) -> tuple[dict[str, OutcomePrediction], dict[str, str]]:
    """Predict every declared outcome among the cases; one that cannot be has its reason."""
    found: dict[str, OutcomePrediction] = {}
    reasons: dict[str, str] = {}
    asked = spec.prediction
    for name, column in outcome_columns(spec, cohort).items():
        try:
            found[name] = predict_outcome(
                cohort.panel,
                column,
                procedure=plan.procedure,
                kind=asked.outcomes[name].kind,
                models=tuple(asked.models),
                folds=asked.outer,
                routine=cohort.routine if len(cohort.routine.columns) else None,
                inner_folds=asked.inner_folds,
                calibrate=asked.calibrate if asked.outcomes[name].kind == "binary" else None,
                search=asked.search,
                trials=asked.trials,
                seed=spec.seed,
                jobs=jobs,
            )
        except InputError as error:
            reasons[name] = f"Not possible: {error}"
    return found, reasons
