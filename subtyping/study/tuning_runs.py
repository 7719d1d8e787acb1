"""The settings of models that were tried, as child runs of the study."""

import json
from typing import Any

import pandas as pd

__all__ = ["tuning_runs"]

Run = tuple[str, dict[str, Any], dict[str, float]]


def tuning_runs(tuning: pd.DataFrame) -> list[Run]:
    """Return every trial of a search as name, parameters and numbers of a child run.

    Parameters
    ----------
    tuning : pandas.DataFrame
        ``fold, model, candidate, source, settings, inner_loss, is_chosen``, as
        `subtyping.prediction.Prediction.tuning` holds it.

    Returns
    -------
    list of (name, params, metrics)
        One for each row whose settings were searched for; grids are a table and no child runs.

    Examples
    --------
    >>> table = pd.DataFrame([{
    ...     "fold": "1", "model": "elastic_net", "candidate": 0, "source": "optuna",
    ...     "settings": '{"C": 0.1}', "inner_loss": 0.42, "is_chosen": True}])
    >>> tuning_runs(table)[0][0], tuning_runs(table)[0][2]
    ('elastic_net, fold 1, trial 1', {'inner_log_loss': 0.42, 'is_chosen': 1.0})
    """
    runs: list[Run] = []
    for row in tuning.loc[tuning["source"] == "optuna"].to_dict("records"):
        name = f"{row['model']}, fold {row['fold']}, trial {int(row['candidate']) + 1}"
        params = {"model": row["model"], "fold": row["fold"], **json.loads(row["settings"])}
        numbers = {
            "inner_log_loss": float(row["inner_loss"]),
            "is_chosen": float(bool(row["is_chosen"])),
        }
        runs.append((name, params, numbers))
    return runs
