"""Predict an outcome from outside the panel, out of fold: symptoms, eosinophils, a repeat visit."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from subtyping._parallel import map_in_order
from subtyping._random import stream
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.panel import Panel
from subtyping.prediction.fold_tasks import FoldOptions
from subtyping.prediction.folds import people_of
from subtyping.prediction.left_out import outer_folds
from subtyping.prediction.models import DEFAULT_MODELS
from subtyping.prediction.outcome_checks import (
    OUTCOME_KINDS,
    check_counts,
    checked_outcome,
    excluded_names,
)
from subtyping.prediction.outcome_folds import OutcomeTask, run_outcome_fold
from subtyping.prediction.outcome_result import OutcomePrediction, join_outcome_folds
from subtyping.prediction.procedure import Procedure
from subtyping.prediction.request import check_models, check_options
from subtyping.prediction.routine import align_routine

__all__ = ["OUTCOME_KINDS", "predict_outcome"]

_LEAST_LEVELS = 10
"""Different levels of a marker and an outcome that make equal orders no accident."""


def predict_outcome(
    panel: Panel,
    outcome: pd.Series,
    *,
    procedure: Procedure,
    kind: str,
    models: tuple[str, ...] = DEFAULT_MODELS,
    folds: int | str = 5,
    routine: pd.DataFrame | None = None,
    exclude: str | Sequence[str] = (),
    inner_folds: int | None = None,
    calibrate: str | None = None,
    search: str | None = None,
    trials: int = 20,
    null_draws: int = 1,
    resamples: int = 200,
    seed: int,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> OutcomePrediction:
    """Estimate, out of fold, how well the panel predicts an outcome of the cases.

    The outcome is measured apart from the panel, so the area under the curve here is one, and not
    assignment fidelity. In each outer fold the preparation is learnt from the training people of
    the case and the reference groups, models learn the outcome of the training cases, and both
    are applied to the held-out cases. Everything is then repeated with the outcome permuted among
    people: what remains is chance.

    Parameters
    ----------
    panel : Panel
    outcome : pandas.Series
        Index ``sample_id``; 0 and 1 (or booleans) for ``binary``, numbers otherwise; NaN where
        unknown. For a repeat visit, the later value under the id of the earlier sample. A panel
        analyte or routine marker of the outcome's own name does not predict it, nor does a
        routine marker that puts all cases in the same order: it is the outcome in another unit.
    procedure : Procedure
        Its groups and preparation; its labels are not used.
    kind : {"binary", "number"}
    models : tuple of str
        Any of `MODELS`.
    folds : int or {"leave_one_site_out", "leave_one_plate_out"}, default 5
    routine : pandas.DataFrame, optional
        Routine markers, index ``sample_id``: a panel of their own beside the research panel.
    exclude : str or sequence of str, default ()
        More analytes or routine markers that may not predict, by the names they have here.
    inner_folds, calibrate, search, trials
        As in `predict_membership`.
    null_draws : int, default 1
        Permutations of the outcome behind ``null_twin``.
    resamples : int, default 200
        Bootstrap draws of people for the intervals.
    seed : int
    jobs : int, optional
    advance : callable, optional
        Called once per finished fold.

    Returns
    -------
    OutcomePrediction

    Raises
    ------
    InputError
        For an outcome that is not of its kind, holds a sample twice or is known for nobody, an
        unknown model, option or name to exclude, or too few people for the folds.

    Notes
    -----
    Intervals redraw the people judged and keep the fitted models. Prediction in a cross-section
    is association with the outcome; it does not say who would respond to a treatment.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.discovery import LabellingProcedure
    >>> panel = simulate_cohort("null", seed=1, n_case=90, n_reference=40, n_analytes=30).panel
    >>> own = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> found = predict_outcome(panel, panel.samples["bmi"].rename("bmi"), procedure=own,
    ...                         kind="number", models=("elastic_net",), folds=3, seed=1, jobs=1)
    >>> found.metrics["metric"].tolist()[:2], found.n_null
    (['r2_out_of_fold', 'correlation_out_of_fold'], 1)
    """
    y, name = checked_outcome(panel, outcome, kind, procedure.case)
    check_counts(
        trials=(trials, 1), null_draws=(null_draws, 0), resamples=(resamples, 0), seed=(seed, 0)
    )
    options = FoldOptions(inner_folds, calibrate, search, trials)
    models = check_models(tuple(models))
    check_options(options)
    is_case = panel.in_groups(list(procedure.case))
    levels = align_routine(routine, panel)
    held = [] if levels is None else levels.columns
    exclude = excluded_names(exclude, [*panel.values.columns, *held])
    twice = _the_outcome_itself(levels, y, is_case, name)
    own = [routine_analyte(marker) for marker in twice]
    apart = frozenset(text.casefold() for text in (name, *exclude, *twice, *own))
    if levels is not None:
        levels = levels[[one for one in levels.columns if str(one).casefold() not in apart]]
        levels = levels if len(levels.columns) else None
    fold_of, names = outer_folds(
        panel, case=procedure.case, reference=procedure.reference, folds=folds, seed=seed
    )
    people = people_of(panel)
    permuted = [_permute(y, people, is_case, seed, draw) for draw in range(null_draws)]
    tasks = [
        OutcomeTask(
            procedure=procedure,
            panel=panel,
            outcomes=np.vstack([y, *permuted]),
            is_number=kind == "number",
            fold_of=fold_of,
            fold=k,
            models=models,
            exclude=apart,
            routine=levels,
            inner_folds=inner_folds,
            calibrate=calibrate,
            search=search,
            trials=trials,
            seed=seed,
        )
        for k in range(len(names))
    ]
    results = map_in_order(run_outcome_fold, tasks, jobs=jobs, advance=advance)
    found = join_outcome_folds(
        results,
        panel,
        names,
        name=name,
        kind=kind,
        n_unknown=int((is_case & ~np.isfinite(y)).sum()),
        null_draws=null_draws,
        resamples=resamples,
        seed=seed,
    )
    if not twice:
        return found
    said = [f"{one} is {name} itself, in the same order in all cases, and stayed out."
            for one in twice]  # fmt: skip
    return replace(found, sentence=" ".join([found.sentence, *said]))


def _the_outcome_itself(
    levels: pd.DataFrame | None, y: np.ndarray, is_case: np.ndarray, name: str
) -> list[str]:
    """Return routine markers of another name that put the cases in the order of the outcome."""
    found: list[str] = []
    if levels is None:
        return found
    for marker in levels.columns:
        x = levels[marker].to_numpy(dtype=float)
        both = np.isfinite(x) & np.isfinite(y) & is_case
        if len(np.unique(y[both])) < _LEAST_LEVELS or str(marker).casefold() == name.casefold():
            continue
        if np.array_equal(rankdata(x[both]), rankdata(y[both])):
            found.append(str(marker))
    return found


def _permute(
    y: np.ndarray, people: np.ndarray, is_case: np.ndarray, seed: int, draw: int
) -> np.ndarray:
    """Give each person with an outcome the outcomes of another, samples in their order."""
    known = np.flatnonzero(np.isfinite(y) & is_case)
    names = np.unique(people[known])
    other = stream(seed, "prediction", "permuted_outcome", draw).permutation(names)
    rows = {name: known[people[known] == name] for name in names}
    told = y.copy()
    for name, giver in zip(names, other, strict=True):
        told[rows[name]] = np.resize(y[rows[giver]], len(rows[name]))
    return told
