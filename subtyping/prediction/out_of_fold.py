"""One outer fold: learn the labels and the models on training people, judge on the others."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import child_seed, stream
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import FoldExplanation
from subtyping.prediction.explanation import BACKGROUND_ROWS, explain
from subtyping.prediction.fidelity import auc_within_folds
from subtyping.prediction.folds import people_of
from subtyping.prediction.models import fit_model, has_converged, why_not_fit
from subtyping.prediction.procedure import FittedProcedure, Procedure

__all__ = ["Existence", "FoldResult", "FoldTask", "run_fold"]

Existence = Callable[[Panel, int], tuple[float | None, bool]]
"""An existence test: training panel and seed -> p-value and whether the part is discrete."""


@dataclass(frozen=True, eq=False)
class FoldTask:
    """What one outer fold needs; picklable, and carrying its own seed.

    Attributes
    ----------
    procedure : Procedure
        Learnt anew on the training people.
    panel : Panel
        All samples.
    fold_of : ndarray of int, shape (n_samples,)
        Fold of each sample; -1 for samples in none.
    fold : int
        This fold, from 0.
    models : tuple of str
        Models to fit.
    explain : str or None
        The model to explain.
    existence : callable or None
        Existence test run once on the training panel.
    seed : int
        Root seed.
    """

    procedure: Procedure
    panel: Panel
    fold_of: np.ndarray
    fold: int
    models: tuple[str, ...]
    explain: str | None
    existence: Existence | None
    seed: int


@dataclass(frozen=True, eq=False)
class FoldResult:
    """What one outer fold found.

    Attributes
    ----------
    rows : pandas.DataFrame
        ``sample_id, fold, label, label_probability`` and ``<model>_probability`` of every
        held-out case sample; unfitted models and unlabelled samples have NaN.
    summary : dict
        The fold's row of the folds table.
    explanation : FoldExplanation or None
        SHAP values of the held-out people.
    """

    rows: pd.DataFrame
    summary: dict[str, Any]
    explanation: FoldExplanation | None = field(default=None)


@dataclass(frozen=True, eq=False)
class _Learning:
    """Training case samples of a fold that have a label, their labels and people."""

    panel: Panel
    is_subtype: np.ndarray
    people: np.ndarray
    members: tuple[str, ...]


def run_fold(task: FoldTask) -> FoldResult:
    """Run one outer fold.

    The procedure learns preparation, axis and label model from the training people of the case
    and the reference groups. It labels the training and the held-out case samples; a sample is
    *subtype* where its probability exceeds one half and *unclear* where it has none. Models learn
    the training labels and are judged on the held-out ones.

    Parameters
    ----------
    task : FoldTask
        The fold and everything it needs.

    Returns
    -------
    FoldResult
        A fold that cannot be fitted is returned too, with the reason in its summary.

    Examples
    --------
    A procedure that cannot be learnt leaves its reason; `predict_membership` shows a whole run.

    >>> from subtyping.panel.panel import ReadingReport
    >>> class Refuses:
    ...     case, reference = ("MDD",), ("HC",)
    ...     def fit(self, panel, *, seed):
    ...         raise InputError("too few healthy people")
    >>> ids = pd.Index(["a", "b", "c", "d"], name="sample_id")
    >>> values = pd.DataFrame({"CCL17": [1.0, 2.0, 3.0, 4.0]}, index=ids)
    >>> panel = Panel(
    ...     values, "log2", values > 9, values > 9, values * np.nan, pd.DataFrame(),
    ...     pd.DataFrame({"group": ["MDD", "MDD", "HC", "HC"]}, index=ids),
    ...     ReadingReport("toy.csv", "wide", None, 4, 4, pd.DataFrame()))
    >>> task = FoldTask(Refuses(), panel, np.array([0, 1, 0, 1]), 0, (), None, None, seed=1)
    >>> run_fold(task).summary["reason"]
    'the procedure could not be learnt: too few healthy people'
    """
    k, panel = task.fold, task.panel
    is_case = panel.in_groups(list(task.procedure.case))
    train = panel.take((task.fold_of >= 0) & (task.fold_of != k))
    held = panel.take((task.fold_of == k) & is_case)
    summary = _blank_summary(task, train, held)
    rows = _blank_rows(task, held)
    try:
        if task.existence is not None:
            p_value, is_discrete = task.existence(train, child_seed(task.seed, "existence", k))
            summary["p_value"] = np.nan if p_value is None else float(p_value)
            summary["is_discrete"] = bool(is_discrete)
        fitted = task.procedure.fit(train, seed=child_seed(task.seed, "labeller", k))
    except InputError as error:
        summary["reason"] = f"the procedure could not be learnt: {error}"
        return FoldResult(rows, summary)
    rows["label_probability"] = _membership(fitted, held)
    rows["label"] = _as_label(rows["label_probability"].to_numpy())
    learning = _labelled_cases(fitted, train, task.procedure.case)
    summary["n_train_subtype"] = int(learning.is_subtype.sum())
    summary["n_test_subtype"] = int((rows["label"] == "subtype").sum())
    n_unclear = int((rows["label"] == "unclear").sum())
    summary["n_unclear"] = n_unclear + summary["n_train"] - len(learning.is_subtype)
    summary["reason"] = why_not_fit(learning.people, learning.is_subtype)
    if summary["reason"]:
        return FoldResult(rows, summary)
    return _fit_and_judge(task, fitted, learning, held, rows=rows, summary=summary)


def _blank_summary(task: FoldTask, train: Panel, held: Panel) -> dict[str, Any]:
    """Row of the folds table before anything is fitted."""
    n_train = int(train.in_groups(list(task.procedure.case)).sum())
    blank: dict[str, Any] = {
        "fold": task.fold,
        "n_train": n_train,
        "n_test": len(held.sample_ids),
        "p_value": np.nan,
        "is_discrete": pd.NA,
        "n_train_subtype": 0,
        "n_test_subtype": 0,
        "n_unclear": n_train + len(held.sample_ids),
        "n_analytes": 0,
        "is_fitted": False,
        "reason": "",
    }
    return blank | {f"{model}_fidelity_auc": np.nan for model in task.models}


def _blank_rows(task: FoldTask, held: Panel) -> pd.DataFrame:
    """Held-out rows before anything is fitted."""
    n = len(held.sample_ids)
    columns: dict[str, Any] = {
        "sample_id": held.sample_ids.to_numpy(dtype=object),
        "fold": np.repeat(task.fold, n),
        "label": np.repeat(np.array("unclear", dtype=object), n),
        "label_probability": np.full(n, np.nan),
    }
    return pd.DataFrame(columns | {f"{m}_probability": np.full(n, np.nan) for m in task.models})


def _membership(fitted: FittedProcedure, panel: Panel) -> np.ndarray:
    """Membership probability of each sample in the panel's order; NaN where there is none."""
    table = fitted.label(panel).table.set_index("sample_id")["probability"]
    return table.reindex(panel.sample_ids).to_numpy(dtype=float)


def _as_label(probability: np.ndarray) -> np.ndarray:
    """Subtype above one half, other at or below, unclear without a probability."""
    side = np.where(probability > 0.5, "subtype", "other")
    return np.where(np.isfinite(probability), side, "unclear").astype(object)


def _labelled_cases(fitted: FittedProcedure, train: Panel, case: tuple[str, ...]) -> _Learning:
    """Training case samples that have a label."""
    cases = train.take(train.in_groups(list(case)))
    probability = _membership(fitted, cases)
    has_label = np.isfinite(probability)
    labelled = cases.take(has_label)
    is_subtype = probability[has_label] > 0.5
    return _Learning(labelled, is_subtype, people_of(labelled), tuple(fitted.members))


def _fit_and_judge(
    task: FoldTask,
    fitted: FittedProcedure,
    learning: _Learning,
    held: Panel,
    *,
    rows: pd.DataFrame,
    summary: dict[str, Any],
) -> FoldResult:
    """Fit each model on the training labels, predict the held-out people, explain one model."""
    training = fitted.prepare(learning.panel)
    X, test = training.to_numpy(dtype=float), fitted.prepare(held)[list(training.columns)]
    keep = rows["label"].ne("unclear").to_numpy()
    is_subtype, one_fold = rows["label"].eq("subtype").to_numpy()[keep], np.zeros(keep.sum(), int)
    seed, explanation, notes = child_seed(task.seed, "models", task.fold), None, []
    for name in task.models:
        model = fit_model(name, X, learning.is_subtype, learning.people, seed=seed)
        probability = model.predict_proba(test.to_numpy(dtype=float))[:, 1]
        rows[f"{name}_probability"] = probability
        auc = auc_within_folds(probability[keep], is_subtype, one_fold)
        summary[f"{name}_fidelity_auc"] = float(auc[0])
        if not has_converged(model):
            notes.append(f"the {name.replace('_', ' ')} stopped at its iteration limit")
        if name == task.explain:
            explanation = _explain_fold(task, model, learning, X, test)
    summary |= {"is_fitted": True, "n_analytes": X.shape[1], "reason": "; ".join(notes)}
    return FoldResult(rows, summary, explanation)


def _explain_fold(
    task: FoldTask, model: Any, learning: _Learning, X: np.ndarray, test: pd.DataFrame
) -> FoldExplanation:
    """SHAP values of held-out people, and of the same model trained on permuted labels."""
    held = test.to_numpy(dtype=float)
    seed = child_seed(task.seed, "explanation", task.fold)
    some = np.sort(stream(seed, "background").permutation(len(X))[:BACKGROUND_ROWS])
    values, baseline = explain(model, X[some], held)
    shuffled = stream(seed, "permuted_labels").permutation(learning.is_subtype)
    permuted = None
    if not why_not_fit(learning.people, shuffled):
        null = fit_model(str(task.explain), X, shuffled, learning.people, seed=seed)
        permuted, _ = explain(null, X[some], held)
    return FoldExplanation(
        data=test,
        values=values,
        baseline=baseline,
        permuted=permuted,
        n_background=len(some),
        n_train=len(X),
        members=learning.members,
    )
