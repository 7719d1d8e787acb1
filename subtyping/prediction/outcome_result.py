"""The outer folds of an outcome joined: how well it was predicted, beside chance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.panel.panel import Panel
from subtyping.prediction.calibration import calibration_table
from subtyping.prediction.fidelity import fidelity_metrics
from subtyping.prediction.folds import in_panel_order, people_of
from subtyping.prediction.number_metrics import number_calibration, number_metrics
from subtyping.prediction.outcome_folds import OutcomeFold
from subtyping.prediction.tuning import TUNING_COLUMNS

__all__ = ["OutcomePrediction", "join_outcome_folds"]


@dataclass(frozen=True, eq=False)
class OutcomePrediction:
    """How well an outcome from outside the panel is predicted for people the models never saw.

    Attributes
    ----------
    name : str
        Name of the outcome.
    kind : {"binary", "number"}
    out_of_fold : pandas.DataFrame
        One row per case sample with the outcome, in the panel's order: ``sample_id, fold,
        outcome`` and ``<panel>:<model>``, a probability or a number; NaN where not predicted.
    metrics : pandas.DataFrame
        ``panel, model, metric, value, ci_low, ci_high, null_twin``; panel in {research, routine};
        metric in {auc_out_of_fold, brier_out_of_fold, calibration_slope_out_of_fold,
        calibration_intercept_out_of_fold} or `NUMBER_METRICS`. `null_twin` is the median over
        permuted outcomes.
    calibration : pandas.DataFrame
        The curve: ``panel, model, bin, ...`` as `calibration_table` or `number_calibration`.
    folds : pandas.DataFrame
        ``fold, n_train, n_test, n_analytes, is_fitted, reason`` (and ``held_out``).
    tuning : pandas.DataFrame
        ``panel, fold, model, candidate, source, settings, inner_loss, is_chosen``.
    n_null : int
        Permutations behind `null_twin`.
    sentence : str
    """

    name: str
    kind: str
    out_of_fold: pd.DataFrame
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    folds: pd.DataFrame
    tuning: pd.DataFrame
    n_null: int
    sentence: str


def join_outcome_folds(
    results: list[OutcomeFold],
    panel: Panel,
    names: tuple[str, ...],
    *,
    name: str,
    kind: str,
    n_unknown: int,
    null_draws: int,
    resamples: int,
    seed: int,
) -> OutcomePrediction:
    """Join the folds, judge the observed outcome, put the permuted ones beside it.

    Parameters
    ----------
    results : list of OutcomeFold
        In the order of the folds.
    panel : Panel
    names : tuple of str
        Site or plate held out in each fold; empty texts where folds are of people.
    name : str
        Of the outcome.
    kind : {"binary", "number"}
    n_unknown : int
        Case samples without the outcome.
    null_draws : int
        Permutations among the rows of each fold.
    resamples, seed : int
        Of the intervals.

    Returns
    -------
    OutcomePrediction
    """
    people = pd.Series(people_of(panel), index=panel.sample_ids)
    frames = [
        in_panel_order([one.rows[draw] for one in results], panel) for draw in range(1 + null_draws)
    ]
    metrics = _judge(frames[0], people, kind, resamples=resamples, seed=seed)
    nulls = [_judge(one, people, kind, resamples=0, seed=seed)["value"] for one in frames[1:]]
    if nulls:
        metrics["null_twin"] = pd.concat(nulls, axis=1).median(axis=1).to_numpy()
    table = pd.DataFrame([one.summary for one in results])
    if any(names):
        table.insert(1, "held_out", list(names))
    tried = [one.trials for one in results if one.trials is not None and len(one.trials)]
    columns = ["panel", "fold", *TUNING_COLUMNS]
    return OutcomePrediction(
        name=name,
        kind=kind,
        out_of_fold=frames[0].drop(columns="training_mean"),
        metrics=metrics,
        calibration=_curves(frames[0], kind),
        folds=table,
        tuning=pd.concat(tried, ignore_index=True)[columns]
        if tried
        else pd.DataFrame(columns=columns),
        n_null=null_draws,
        sentence=_sentence(name, metrics, table, n_case=len(frames[0]), n_unknown=n_unknown),
    )


def _keys(frame: pd.DataFrame) -> tuple[str, ...]:
    """Columns that hold predictions, panel and model joined by a colon."""
    return tuple(str(one) for one in frame.columns if ":" in str(one))


def _judge(
    frame: pd.DataFrame, people: pd.Series, kind: str, *, resamples: int, seed: int
) -> pd.DataFrame:
    """Metrics of every panel and model."""
    keys, person = _keys(frame), people.loc[frame["sample_id"]].to_numpy()
    if kind == "number":
        given = frame.rename(columns={key: f"{key}_predicted" for key in keys})
        table = number_metrics(given, person, models=keys, resamples=resamples, seed=seed)
    else:
        given = frame.rename(columns={key: f"{key}_probability" for key in keys})
        given["label"] = np.where(frame["outcome"] > 0.5, "subtype", "other")
        table = fidelity_metrics(given, person, models=keys, resamples=resamples, seed=seed)
        table["metric"] = table["metric"].str.removeprefix("fidelity_")
    parts = table["model"].str.split(":", n=1, expand=True)
    table["model"] = parts[1]
    table.insert(0, "panel", parts[0])
    return table


def _curves(frame: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Calibration curve of every panel and model that predicted anybody."""
    found = []
    for key in _keys(frame):
        panel, model = key.split(":", 1)
        told, y = frame[key].to_numpy(dtype=float), frame["outcome"].to_numpy(dtype=float)
        kept = np.isfinite(told)
        if not kept.any():
            continue
        if kind == "number":
            table = number_calibration(model, told[kept], y[kept])
        else:
            table = calibration_table(model, told[kept], y[kept] > 0.5)
        table.insert(0, "panel", panel)
        found.append(table)
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _sentence(
    name: str, metrics: pd.DataFrame, folds: pd.DataFrame, *, n_case: int, n_unknown: int
) -> str:
    """Say how well the outcome was predicted, beside chance, and what happened to the folds."""
    headline = metrics[metrics["metric"].isin(("auc_out_of_fold", "r2_out_of_fold"))]
    word = {"auc_out_of_fold": "AUC", "r2_out_of_fold": "R2"}
    said = [
        f"{row.model.replace('_', ' ')} on the {row.panel} panel {word[row.metric]} "
        f"{row.value:.2f} ({row.ci_low:.2f} to {row.ci_high:.2f}; permuted {row.null_twin:.2f})"
        for row in headline.itertuples()
        if np.isfinite(row.value)
    ]
    n_folds = count_of(len(folds), "outer fold")
    if said:
        text = (
            f"{name} predicted out of fold in {count_of(n_case, 'case sample')} and {n_folds}: "
            f"{'; '.join(said)}."
        )
    else:
        text = f"{name} could not be predicted in any of {n_folds}."
    if n_unknown:
        text += f" {count_of(n_unknown, 'case sample')} without the outcome stayed out."
    for row in folds[~folds["is_fitted"]].itertuples():
        text += f" Fold {row.fold} was not fitted: {str(row.reason).rstrip('.')}."
    return text
