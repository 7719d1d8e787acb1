"""The settings of models that were searched, as child runs of the study."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

__all__ = ["trials_of", "tuning_runs"]

Run = tuple[str, dict[str, Any], dict[str, float]]


def trials_of(predicted: Mapping[str, Any]) -> list[Run]:
    """Return the trials of the labels' prediction and of every outcome's.

    Parameters
    ----------
    predicted : mapping
        ``prediction`` (a `Prediction` or None) and ``outcomes`` (name to `OutcomePrediction`).

    Returns
    -------
    list of (name, params, metrics)
    """
    prediction = predicted["prediction"]
    runs = [] if prediction is None else tuning_runs(prediction.tuning, "labels")
    for name, outcome in predicted["outcomes"].items():
        runs += tuning_runs(outcome.tuning, name)
    return runs


def tuning_runs(tuning: pd.DataFrame, target: str) -> list[Run]:
    """Return every trial of a search as name, parameters and numbers of a child run.

    Parameters
    ----------
    tuning : pandas.DataFrame
        ``fold, model, candidate, source, settings, inner_loss, is_chosen`` (and ``panel``), as
        `subtyping.prediction.Prediction.tuning` holds it.
    target : str
        What is predicted.

    Returns
    -------
    list of (name, params, metrics)
        One for each row whose settings were searched for; grids are a table and no child runs.

    Examples
    --------
    >>> table = pd.DataFrame([{
    ...     "fold": "1", "model": "elastic_net", "candidate": 0, "source": "optuna",
    ...     "settings": '{"C": 0.1}', "inner_loss": 0.42, "is_chosen": True}])
    >>> ((name, params, numbers),) = tuning_runs(table, "labels")
    >>> name, params["C"], numbers
    ('labels: elastic_net, fold 1, trial 1', 0.1, {'inner_loss': 0.42, 'is_chosen': 1.0})
    """
    runs: list[Run] = []
    for row in tuning.loc[tuning["source"] == "optuna"].to_dict("records"):
        where = f", {row['panel']} panel" if "panel" in row else ""
        name = f"{target}: {row['model']}{where}, fold {row['fold']}, trial {row['candidate'] + 1}"
        params = {"target": target, "model": row["model"], "fold": row["fold"]}
        numbers = {
            "inner_loss": float(row["inner_loss"]),
            "is_chosen": float(bool(row["is_chosen"])),
        }
        runs.append((name, params | json.loads(row["settings"]), numbers))
    return runs
