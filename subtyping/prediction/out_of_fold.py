"""One outer fold: learn the labels and the models on training people, judge on the others."""

from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import child_seed, stream
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import FoldExplanation
from subtyping.prediction.explanation import BACKGROUND_ROWS, explain
from subtyping.prediction.fidelity import auc_within_folds
from subtyping.prediction.fold_labels import Learning, as_label, labelled_cases, membership
from subtyping.prediction.fold_tasks import FoldResult, FoldTask
from subtyping.prediction.models import fit_model, why_not_fit
from subtyping.prediction.nesting import inner_parts
from subtyping.prediction.procedure import FittedProcedure
from subtyping.prediction.small_panels import fit_small_panels
from subtyping.prediction.tuning import InnerFold, TunedModel, tune_model

__all__ = ["run_fold"]


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
    rows["label_probability"] = membership(fitted, held)
    rows["label"] = as_label(rows["label_probability"].to_numpy())
    learning = labelled_cases(fitted, train, task.procedure.case)
    summary["n_train_subtype"] = int(learning.is_subtype.sum())
    summary["n_test_subtype"] = int((rows["label"] == "subtype").sum())
    n_unclear = int((rows["label"] == "unclear").sum())
    summary["n_unclear"] = n_unclear + summary["n_train"] - len(learning.is_subtype)
    summary["reason"] = why_not_fit(learning.people, learning.is_subtype)
    if summary["reason"]:
        return FoldResult(rows, summary)
    inner = []
    if task.options.inner_folds is not None and task.models:
        seed = child_seed(task.seed, "inner", k)
        inner = inner_parts(task.procedure, train, task.options.inner_folds, seed=seed)
    return _fit_and_judge(task, fitted, learning, held, inner, rows=rows, summary=summary)


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


def _fit_and_judge(
    task: FoldTask,
    fitted: FittedProcedure,
    learning: Learning,
    held: Panel,
    inner: list[InnerFold],
    *,
    rows: pd.DataFrame,
    summary: dict[str, Any],
) -> FoldResult:
    """Fit each model on the training labels, predict the held-out people, explain one model."""
    training = fitted.prepare(learning.panel)
    test = fitted.prepare(held)[list(training.columns)]
    # Single precision: tree explainers compare in it, and a value on a split must not change side.
    training, test = (z.astype(np.float32).astype(float) for z in (training, test))
    X, options = training.to_numpy(), task.options
    keep = rows["label"].ne("unclear").to_numpy()
    is_subtype, one_fold = rows["label"].eq("subtype").to_numpy()[keep], np.zeros(keep.sum(), int)
    explanation, notes, trials = None, [], []
    if options.inner_folds is not None and not inner:
        notes.append("no inner fold could be fitted, so models keep their own settings")
    for name in task.models:
        tuned = _tune(task, name, inner, X, learning)
        probability = tuned.predict(test.to_numpy(dtype=float))
        rows[f"{name}_probability"] = probability
        auc = auc_within_folds(probability[keep], is_subtype, one_fold)
        summary[f"{name}_fidelity_auc"] = float(auc[0])
        notes.extend(tuned.notes)
        trials.append(tuned.trials)
        if name == task.explain:
            explanation = _explain_fold(task, tuned, learning, X, test)
    summary |= {"is_fitted": True, "n_analytes": X.shape[1], "reason": "; ".join(notes)}
    small = None
    if options.sizes or options.routine is not None:
        small = fit_small_panels(
            learning,
            training,
            test,
            sizes=options.sizes,
            routine=_routine_of(options.routine, learning.panel, held),
            draws=options.selection_draws,
            seed=child_seed(task.seed, "small_panels", task.fold),
        )
    table = pd.concat(trials, ignore_index=True) if trials else None
    return FoldResult(rows, summary, explanation, table, small)


def _tune(
    task: FoldTask, name: str, inner: list[InnerFold], X: np.ndarray, learning: Learning
) -> TunedModel:
    """Fit one model, its settings chosen on the inner folds where there are any."""
    return tune_model(
        name,
        inner,
        X,
        learning.is_subtype,
        learning.people,
        seed=child_seed(task.seed, "models", task.fold),
        calibrate=task.options.calibrate,
        search=task.options.search,
        trials=task.options.trials,
    )


def _routine_of(
    routine: pd.DataFrame | None, train: Panel, held: Panel
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Routine markers of training and held-out samples."""
    if routine is None:
        return None
    return routine.loc[train.sample_ids], routine.loc[held.sample_ids]


def _explain_fold(
    task: FoldTask, tuned: TunedModel, learning: Learning, X: np.ndarray, test: pd.DataFrame
) -> FoldExplanation:
    """SHAP values of held-out people, and of the same model trained on permuted labels."""
    held = test.to_numpy(dtype=float)
    seed = child_seed(task.seed, "explanation", task.fold)
    some = np.sort(stream(seed, "background").permutation(len(X))[:BACKGROUND_ROWS])
    values, baseline = explain(tuned.model, X[some], held)
    shuffled = stream(seed, "permuted_labels").permutation(learning.is_subtype)
    permuted = None
    if not why_not_fit(learning.people, shuffled):
        null = fit_model(
            tuned.name, X, shuffled, learning.people, seed=seed, settings=tuned.settings
        )
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
