"""One outer fold of an external outcome, and the same fold with the outcome permuted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.folds import people_of, split_people
from subtyping.prediction.models import why_not_fit
from subtyping.prediction.procedure import FittedProcedure, Procedure
from subtyping.prediction.routine import RoutineScale
from subtyping.prediction.tuning import InnerFold, tune_model

__all__ = ["OutcomeFold", "OutcomeTask", "run_outcome_fold"]


@dataclass(frozen=True, eq=False)
class OutcomeTask:
    """What one outer fold of an external outcome needs.

    Attributes
    ----------
    procedure : Procedure
        Its preparation is learnt anew; its labels are not used.
    panel : Panel
    outcomes : ndarray of shape (1 + n_null, n_samples)
        The outcome, then its permutations; NaN where unknown.
    is_number : bool
    fold_of : ndarray of int
    fold : int
    models : tuple of str
    exclude : frozenset of str
        Analytes that may not predict.
    routine : pandas.DataFrame or None
    inner_folds : int or None
    calibrate, search : str or None
    trials : int
    seed : int
    """

    procedure: Procedure
    panel: Panel
    outcomes: np.ndarray
    is_number: bool
    fold_of: np.ndarray
    fold: int
    models: tuple[str, ...]
    exclude: frozenset[str]
    routine: pd.DataFrame | None
    inner_folds: int | None
    calibrate: str | None
    search: str | None
    trials: int
    seed: int


@dataclass(frozen=True, eq=False)
class OutcomeFold:
    """What one outer fold told of the observed and of each permuted outcome.

    Attributes
    ----------
    rows : list of pandas.DataFrame
        Observed first: ``sample_id, fold, outcome, training_mean, <panel>:<model>``.
    summary : dict
    trials : pandas.DataFrame or None
        Settings tried for the observed outcome.
    """

    rows: list[pd.DataFrame]
    summary: dict[str, Any]
    trials: pd.DataFrame | None


@dataclass(frozen=True, eq=False)
class _Part:
    """Prepared analytes and routine markers of training and held-out case samples."""

    X: dict[str, tuple[np.ndarray, np.ndarray]]
    train: np.ndarray
    held: np.ndarray
    people: np.ndarray


def run_outcome_fold(task: OutcomeTask) -> OutcomeFold:
    """Learn the preparation on training people, the models on their outcome, predict the others.

    Parameters
    ----------
    task : OutcomeTask

    Returns
    -------
    OutcomeFold
        A fold that cannot be fitted is returned too, with the reason in its summary.
    """
    k, is_case = task.fold, task.panel.in_groups(list(task.procedure.case))
    known = np.isfinite(task.outcomes[0]) & is_case
    held = np.flatnonzero((task.fold_of == k) & known)
    inside = (task.fold_of >= 0) & (task.fold_of != k)
    summary: dict[str, Any] = {
        "fold": k,
        "n_train": int((inside & known).sum()),
        "n_test": len(held),
        "n_analytes": 0,
        "is_fitted": False,
        "reason": "",
    }
    rows = [_blank(task, y, held) for y in task.outcomes]
    try:
        part = _prepare(task, inside, held, known, child_seed(task.seed, "labeller", k))
    except InputError as error:
        return OutcomeFold(
            rows, summary | {"reason": f"the preparation could not be learnt: {error}"}, None
        )
    summary["reason"] = _why_not(task, task.outcomes[0][part.train], part.people)
    if summary["reason"]:
        return OutcomeFold(rows, summary, None)
    inner = _inner(task, inside, known)
    trials = []
    for draw, (y, table) in enumerate(zip(task.outcomes, rows, strict=True)):
        if _why_not(task, y[part.train], part.people):
            continue
        tried = _predict_all(task, part, inner, y, table)
        if draw == 0:
            trials = tried
    summary |= {"is_fitted": True, "n_analytes": part.X["research"][0].shape[1]}
    return OutcomeFold(rows, summary, pd.concat(trials, ignore_index=True) if trials else None)


def _blank(task: OutcomeTask, y: np.ndarray, held: np.ndarray) -> pd.DataFrame:
    """Held-out rows of one outcome before anything is predicted."""
    panels = ("research",) if task.routine is None else ("research", "routine")
    return pd.DataFrame(
        {
            "sample_id": task.panel.sample_ids.to_numpy(dtype=object)[held],
            "fold": task.fold,
            "outcome": y[held],
            "training_mean": np.nan,
            **{f"{p}:{m}": np.full(len(held), np.nan) for p in panels for m in task.models},
        }
    )


def _prepare(
    task: OutcomeTask, inside: np.ndarray, held: np.ndarray, known: np.ndarray, seed: int
) -> _Part:
    """Learn the preparation on everybody inside; transform case samples with an outcome."""
    fitted: FittedProcedure = task.procedure.fit(task.panel.take(inside), seed=seed)
    train = np.flatnonzero(inside & known)
    if len(train) == 0:
        message = "no training sample has the outcome"
        raise InputError(message)
    z = fitted.prepare(task.panel.take(train))
    columns = [name for name in z.columns if str(name).casefold() not in task.exclude]
    if not columns:
        message = "no analyte is left to predict from"
        raise InputError(message)
    test = (
        fitted.prepare(task.panel.take(held)).loc[:, columns].to_numpy(dtype=float)
        if len(held)
        else np.zeros((0, len(columns)))
    )
    X = {"research": (z[columns].to_numpy(dtype=float), test)}
    if task.routine is not None:
        scale = RoutineScale.learn(task.routine.iloc[train])
        if scale.markers:
            levels = (task.routine.iloc[train], task.routine.iloc[held])
            X["routine"] = (scale.apply(levels[0]), scale.apply(levels[1]))
    return _Part(X, train, held, people_of(task.panel)[train])


def _why_not(task: OutcomeTask, y: np.ndarray, people: np.ndarray) -> str:
    """Say why nothing can be learnt from this outcome; empty where it can."""
    if task.is_number:
        return "" if len(y) >= 8 and np.ptp(y) > 0 else "the training outcome does not vary"
    return why_not_fit(people, y > 0.5).replace("labels", "outcomes")


def _inner(task: OutcomeTask, inside: np.ndarray, known: np.ndarray) -> list[_Part]:
    """Prepare the inner folds of the training people."""
    if task.inner_folds is None:
        return []
    seed, found = child_seed(task.seed, "inner", task.fold), []
    train = np.flatnonzero(inside)
    try:
        fold_of = split_people(
            task.panel.take(train),
            case=task.procedure.case,
            reference=task.procedure.reference,
            folds=task.inner_folds,
            seed=seed,
        )
    except InputError:
        return []
    for j in range(task.inner_folds):
        part = np.zeros(len(inside), dtype=bool)
        part[train[fold_of != j]] = True
        held = train[(fold_of == j) & known[train]]
        try:
            found.append(_prepare(task, part, held, known, child_seed(seed, "inner_labeller", j)))
        except InputError:
            continue
    return found


def _predict_all(
    task: OutcomeTask, part: _Part, inner: list[_Part], y: np.ndarray, table: pd.DataFrame
) -> list[pd.DataFrame]:
    """Fill the predictions of every model on every panel; return the settings tried."""
    truth = y if task.is_number else y > 0.5
    table["training_mean"] = float(y[part.train].mean())
    tried = []
    for panel, (X, X_test) in part.X.items():
        nested = [
            InnerFold(
                one.X[panel][0], truth[one.train], one.people, one.X[panel][1], truth[one.held]
            )
            for one in inner
            if panel in one.X
        ]
        for name in task.models:
            tuned = tune_model(
                name,
                nested,
                X,
                truth[part.train],
                part.people,
                seed=child_seed(task.seed, "models", task.fold),
                calibrate=task.calibrate,
                search=task.search,
                trials=task.trials,
                is_number=task.is_number,
            )
            if len(X_test):
                told = tuned.predict(X_test)
                if panel == "routine" and task.routine is not None:
                    given = task.routine.iloc[part.held].notna().any(axis=1).to_numpy()
                    told = np.where(given, told, np.nan)
                table[f"{panel}:{name}"] = told
            tried.append(tuned.trials.assign(panel=panel, fold=task.fold))
    return tried
