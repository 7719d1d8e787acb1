"""The outer folds of a membership joined: what is found, and how it is judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from subtyping.panel.panel import Panel
from subtyping.prediction.attribution import Attribution, attribute
from subtyping.prediction.calibration import CALIBRATION_COLUMNS, calibration_table
from subtyping.prediction.fidelity import fidelity_metrics
from subtyping.prediction.fold_tasks import FoldResult
from subtyping.prediction.folds import in_panel_order
from subtyping.prediction.membership_sentence import membership_sentence
from subtyping.prediction.panel_metrics import panel_metrics
from subtyping.prediction.small_panels import PANEL_COLUMNS, SELECTION_COLUMNS, selection_table
from subtyping.prediction.tuning import TUNING_COLUMNS

__all__ = ["Prediction", "join_folds"]


def _empty(columns: Sequence[str]) -> Callable[[], pd.DataFrame]:
    """Return a maker of an empty table."""
    return lambda: pd.DataFrame(columns=list(columns))


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
        n_analytes, is_fitted, reason`` and ``<model>_fidelity_auc``; where a site or a plate is
        left out, its name in ``held_out``. No fold is dropped.
    sentence : str
        The result and its caveats.
    panels : pandas.DataFrame
        Fidelity against size: ``panel, size, metric, value, ci_low, ci_high, null_twin,
        analytes``; panel in {research, reduced, routine}. Research is the first model on every
        kept analyte; `analytes` says which were chosen, and in what share of the folds.
    selection : pandas.DataFrame
        ``size, analyte, chosen_frac, entry_frac, n_folds, is_label_member`` of the reduced
        panels.
    tuning : pandas.DataFrame
        ``fold, model, candidate, source, settings, inner_loss, is_chosen``: every setting tried
        on the inner folds.
    """

    out_of_fold: pd.DataFrame
    metrics: pd.DataFrame
    calibration: pd.DataFrame
    attribution: Attribution | None
    folds: pd.DataFrame
    sentence: str
    panels: pd.DataFrame = field(default_factory=_empty(PANEL_COLUMNS))
    selection: pd.DataFrame = field(default_factory=_empty(SELECTION_COLUMNS))
    tuning: pd.DataFrame = field(default_factory=_empty(("fold", *TUNING_COLUMNS)))


def join_folds(
    results: list[FoldResult],
    panel: Panel,
    people: pd.Series,
    names: tuple[str, ...],
    *,
    models: tuple[str, ...],
    axis_of: dict[str, str],
    explain: str | None,
    resamples: int,
    seed: int,
) -> Prediction:
    """Join the folds and judge what they found together.

    Parameters
    ----------
    results : list of FoldResult
        In the order of the folds.
    panel : Panel
    people : pandas.Series
        Person of each sample, index ``sample_id``.
    names : tuple of str
        Site or plate held out in each fold; empty texts where folds are of people.
    models : tuple of str
    axis_of : dict of str to str
        Axis title of each analyte.
    explain : str or None
        The model that was explained.
    resamples, seed : int
        Of the intervals.

    Returns
    -------
    Prediction
    """
    out_of_fold = in_panel_order([result.rows for result in results], panel)
    person = people.loc[out_of_fold["sample_id"]].to_numpy()
    metrics = fidelity_metrics(out_of_fold, person, models=models, resamples=resamples, seed=seed)
    table = pd.DataFrame([result.summary for result in results])
    table["is_discrete"] = table["is_discrete"].astype("boolean")
    if any(names):
        table.insert(1, "held_out", list(names))
    found = [result.explanation for result in results if result.explanation is not None]
    attribution = None
    if explain is not None and found:
        attribution = attribute(found, axis_of=axis_of, model=explain)
    small = [result.small for result in results if result.small is not None]
    selection = selection_table(small)
    panels = panel_metrics(
        [(result.rows, result.small) for result in results],
        metrics,
        selection,
        people=people,
        n_analytes=table["n_analytes"],
        resamples=resamples,
        seed=seed,
    )
    return Prediction(
        out_of_fold=out_of_fold,
        metrics=metrics,
        calibration=_calibrations(out_of_fold, models),
        attribution=attribution,
        folds=table,
        sentence=membership_sentence(out_of_fold, metrics, table),
        panels=panels,
        selection=selection,
        tuning=_trials(results),
    )


def _trials(results: list[FoldResult]) -> pd.DataFrame:
    """Return every setting tried, fold by fold."""
    parts = [
        result.trials.assign(fold=result.summary["fold"])
        for result in results
        if result.trials is not None and len(result.trials)
    ]
    columns = ["fold", *TUNING_COLUMNS]
    if not parts:
        return pd.DataFrame(columns=columns)
    return pd.concat(parts, ignore_index=True)[columns]


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
