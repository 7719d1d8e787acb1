"""Predict membership out of fold, with the whole labelling procedure learnt in each fold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._validation import count_of, one_of
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import Attribution, attribute
from subtyping.prediction.calibration import CALIBRATION_COLUMNS, calibration_table
from subtyping.prediction.fidelity import fidelity_metrics
from subtyping.prediction.folds import people_of, split_people
from subtyping.prediction.models import MODELS
from subtyping.prediction.out_of_fold import Existence, FoldTask, run_fold
from subtyping.prediction.procedure import Procedure

__all__ = ["Prediction", "predict_membership"]


@dataclass(frozen=True, eq=False)
class Prediction:
    """How well models re-predict the labels a procedure gives to people neither has seen.

    Attributes
    ----------
    out_of_fold : pandas.DataFrame
        One row per case sample in the panel's order: ``sample_id, fold, label,
        label_probability`` (by the procedure learnt without that person; label in {subtype,
        other, unclear}) and ``<model>_probability``, NaN where the fold could not be fitted.
    metrics : pandas.DataFrame
        ``model, metric, value, ci_low, ci_high, null_twin``; every metric is assignment fidelity
        and named so. `null_twin` is NaN until the same pipeline has run on the continuum twin.
    calibration : pandas.DataFrame
        ``model, bin, mean_probability, observed_frac, n, observed_frac_ci_low,
        observed_frac_ci_high``.
    attribution : Attribution or None
        SHAP values out of fold; None where not asked for or no fold could be fitted.
    folds : pandas.DataFrame
        ``fold, n_train, n_test`` (case samples), ``p_value, is_discrete`` (existence test on the
        training part; missing where not run), ``n_train_subtype, n_test_subtype, n_unclear,
        n_analytes, is_fitted, reason`` and ``<model>_fidelity_auc``. No fold is dropped.
    sentence : str
        The result and its caveats.
    """

    out_of_fold: pd.DataFrame
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    attribution: Attribution | None
    folds: pd.DataFrame
    sentence: str


def predict_membership(
    procedure: Procedure,
    panel: Panel,
    *,
    axis_of: dict[str, str],
    folds: int = 3,
    models: tuple[str, ...] = MODELS,
    seed: int,
    jobs: int | None = None,
    existence: Existence | None = None,
    explain: str | None = "gradient_boosting",
    resamples: int = 200,
    advance: Callable[[], None] | None = None,
) -> Prediction:
    """Estimate, out of fold, how faithfully models re-predict a procedure's own labels.

    Outer folds are made of people, balanced by group and site alone. In each fold the whole
    procedure (preparation with its healthy reference, axis, label model) is learnt from the
    training people; it labels the training and the held-out case samples; models learn the
    training labels from all kept analytes and are judged on the held-out labels. Labels learnt
    from all people never enter.

    Parameters
    ----------
    procedure : Procedure
        With ``case``, ``reference`` and ``fit(panel, seed=)``; without an existence test.
    panel : Panel
        All samples; only those of the procedure's groups are used.
    axis_of : dict of str to str
        Axis title of each analyte, to group attributions.
    folds : int, default 3
        Outer folds.
    models : tuple of str
        Any of ``elastic_net`` and ``gradient_boosting``.
    seed : int
        Root seed.
    jobs : int, optional
        Workers over folds; the result does not depend on it.
    existence : callable, optional
        ``(training panel, seed) -> (p_value, is_discrete)``, run once per outer fold inside its
        worker (it should not start workers of its own). Folds whose training part is not
        discrete are counted, not dropped.
    explain : str or None, default "gradient_boosting"
        The model to explain by SHAP; None explains nothing.
    resamples : int, default 200
        Bootstrap draws of people for all intervals.
    advance : callable, optional
        Called once per finished fold.

    Returns
    -------
    Prediction

    Raises
    ------
    InputError
        For an unknown model, `explain` not among `models`, or too few people for the folds.

    Notes
    -----
    Fidelity is high with or without a subtype: a cut through a continuum is re-predicted as well
    as a true group. It is never evidence that a subtype exists.

    Examples
    --------
    A toy procedure that calls people high on the mean of two analytes the subtype.

    >>> from types import SimpleNamespace
    >>> from subtyping.panel.panel import ReadingReport
    >>> class Fitted:
    ...     members = ("A1", "A2")
    ...     def prepare(self, panel):
    ...         return panel.values
    ...     def label(self, panel):
    ...         score = 2 * panel.values[["A1", "A2"]].mean(axis=1).to_numpy()
    ...         table = {"sample_id": panel.sample_ids, "probability": 1 / (1 + np.exp(-score))}
    ...         return SimpleNamespace(table=pd.DataFrame(table))
    >>> class Toy:
    ...     case, reference = ("MDD",), ("HC",)
    ...     def fit(self, panel, *, seed):
    ...         return Fitted()
    >>> ids = pd.Index([f"s{i}" for i in range(120)], name="sample_id")
    >>> z = np.random.default_rng(0).normal(size=(120, 4))
    >>> values = pd.DataFrame(z, index=ids, columns=["A1", "A2", "B1", "B2"])
    >>> no = values > np.inf
    >>> panel = Panel(
    ...     values, "log2", no, no, values * np.nan, pd.DataFrame(index=values.columns),
    ...     pd.DataFrame({"group": ["MDD"] * 90 + ["HC"] * 30}, index=ids),
    ...     ReadingReport("toy.csv", "wide", None, 120, 120, pd.DataFrame()))
    >>> result = predict_membership(Toy(), panel, axis_of={"A1": "A", "A2": "A"}, seed=1, jobs=1)
    >>> result.folds[["fold", "n_train", "n_test", "is_fitted"]].values.tolist()
    [[0, 60, 30, True], [1, 60, 30, True], [2, 60, 30, True]]
    >>> bool(result.metrics.loc[0, "value"] > 0.9), result.metrics.loc[0, "metric"]
    (True, 'fidelity_auc_out_of_fold')
    >>> result.attribution.by_axis["axis"].tolist()
    ['A', 'no axis']
    """
    models = _check_models(tuple(models), explain)
    fold_of = split_people(
        panel, case=procedure.case, reference=procedure.reference, folds=folds, seed=seed
    )
    tasks = [
        FoldTask(procedure, panel, fold_of, k, models, explain, existence, seed)
        for k in range(folds)
    ]
    results = map_in_order(run_fold, tasks, jobs=jobs, advance=advance)
    people = pd.Series(people_of(panel), index=panel.sample_ids)
    out_of_fold = _in_panel_order([result.rows for result in results], panel)
    metrics = fidelity_metrics(
        out_of_fold,
        people.loc[out_of_fold["sample_id"]].to_numpy(),
        models=models,
        resamples=resamples,
        seed=seed,
    )
    table = pd.DataFrame([result.summary for result in results])
    table["is_discrete"] = table["is_discrete"].astype("boolean")
    found = [result.explanation for result in results if result.explanation is not None]
    attribution = None
    if explain is not None and found:
        attribution = attribute(
            found, people=people, axis_of=axis_of, model=explain, resamples=resamples, seed=seed
        )
    return Prediction(
        out_of_fold=out_of_fold,
        metrics=metrics,
        calibration=_calibrations(out_of_fold, models),
        attribution=attribution,
        folds=table,
        sentence=_sentence(out_of_fold, metrics, table),
    )


def _check_models(models: tuple[str, ...], explain: str | None) -> tuple[str, ...]:
    """Raise for unknown models and for explaining a model that is not fitted."""
    if not models:
        message = f"Prediction needs at least one model, any of {', '.join(MODELS)}; got none."
        raise InputError(message)
    for name in models:
        one_of(name, MODELS, "A prediction model")
    if explain is not None and explain not in models:
        message = (
            f"The model to explain must be one of those fitted, {', '.join(models)}; "
            f"got {explain!r}. Add it to the models or leave explain empty."
        )
        raise InputError(message)
    return tuple(dict.fromkeys(models))


def _in_panel_order(parts: list[pd.DataFrame], panel: Panel) -> pd.DataFrame:
    """Join the folds' rows in the order of the panel."""
    joined = pd.concat(parts, ignore_index=True)
    place = panel.sample_ids.get_indexer(pd.Index(joined["sample_id"]))
    return joined.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _calibrations(out_of_fold: pd.DataFrame, models: tuple[str, ...]) -> pd.DataFrame:
    """Calibration table of every model that predicted anybody."""
    parts = []
    for model in models:
        probability = out_of_fold[f"{model}_probability"].to_numpy(dtype=float)
        kept = np.isfinite(probability) & out_of_fold["label"].ne("unclear").to_numpy()
        is_subtype = out_of_fold["label"].eq("subtype").to_numpy()
        if kept.any():
            parts.append(calibration_table(model, probability[kept], is_subtype[kept]))
    if not parts:
        return pd.DataFrame(columns=list(CALIBRATION_COLUMNS))
    return pd.concat(parts, ignore_index=True)


def _sentence(out_of_fold: pd.DataFrame, metrics: pd.DataFrame, folds: pd.DataFrame) -> str:
    """Say the fidelity, what it is not, and what happened to the folds."""
    auc = metrics[metrics["metric"] == "fidelity_auc_out_of_fold"]
    said = [
        f"{model.replace('_', ' ')} {value:.3f}" + _interval(low, high)
        for model, value, low, high in zip(
            auc["model"], auc["value"], auc["ci_low"], auc["ci_high"], strict=True
        )
        if np.isfinite(value)
    ]
    n_folds = count_of(len(folds), "outer fold")
    if said:
        text = (
            f"Assignment fidelity over {n_folds} and {count_of(len(out_of_fold), 'case sample')}: "
            f"out-of-fold AUC {', '.join(said)}. It tells how well models re-predict the "
            "procedure's own labels, is as high for a cut through a continuum, and is no "
            "evidence of a subtype."
        )
    else:
        text = f"Assignment fidelity could not be measured in any of {n_folds}."
    unfitted = folds[~folds["is_fitted"]]
    for fold, reason in zip(unfitted["fold"], unfitted["reason"], strict=True):
        text += f" Fold {fold} was not fitted: {reason.rstrip('.')}."
    tested = folds["is_discrete"].dropna()
    if len(tested):
        text += f" The training part was discrete in {int(tested.sum())} of {n_folds}."
    return text


def _interval(low: float, high: float) -> str:
    """Interval in brackets; empty where it does not exist."""
    return f" ({low:.3f} to {high:.3f})" if np.isfinite(low) and np.isfinite(high) else ""
