"""Fidelity against the size of the panel, and the routine panel beside the research panel."""

import numpy as np
import pandas as pd

from subtyping.prediction.fidelity import fidelity_metrics
from subtyping.prediction.small_panels import PANEL_COLUMNS, SmallPanelFold

__all__ = ["numbers_of", "panel_metrics", "with_twin_numbers"]

_LISTED = 8


def panel_metrics(
    folds: list[tuple[pd.DataFrame, SmallPanelFold | None]],
    metrics: pd.DataFrame,
    selection: pd.DataFrame,
    *,
    people: pd.Series,
    n_analytes: pd.Series,
    resamples: int,
    seed: int,
) -> pd.DataFrame:
    """Return the fidelity of the research panel, of each reduced panel and of the routine panel.

    Parameters
    ----------
    folds : list of tuple
        Held-out rows (``sample_id, fold, label``) and small panels of each outer fold.
    metrics : pandas.DataFrame
        Fidelity of the models on the whole panel; the first model stands for it.
    selection : pandas.DataFrame
        See `selection_table`.
    people : pandas.Series
        Person of each sample, index ``sample_id``.
    n_analytes : pandas.Series
        Analytes of the whole panel in each fold.
    resamples : int
    seed : int

    Returns
    -------
    pandas.DataFrame
        ``panel, size, metric, value, ci_low, ci_high, null_twin, analytes``. No rows where no
        small panel was asked for. The same draws of people stand behind every row, so rows can
        be compared with each other.
    """
    there = [(rows, small) for rows, small in folds if small is not None]
    if not there:
        return pd.DataFrame(columns=list(PANEL_COLUMNS))
    keys = list(dict.fromkeys(key for _, small in there for key in small.probabilities.columns))
    parts = []
    for rows, small in there:
        told = small.probabilities.reindex(columns=keys).add_suffix("_probability")
        kept = rows[["sample_id", "fold", "label"]].reset_index(drop=True)
        parts.append(pd.concat([kept, told], axis=1))
    joined = pd.concat(parts, ignore_index=True)
    place = people.index.get_indexer(pd.Index(joined["sample_id"]))
    joined = joined.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)
    found = fidelity_metrics(
        joined,
        people.loc[joined["sample_id"]].to_numpy(),
        models=tuple(keys),
        resamples=resamples,
        seed=seed,
    )
    first = metrics[metrics["model"] == metrics["model"].iloc[0]]
    whole = int(n_analytes[n_analytes > 0].median()) if (n_analytes > 0).any() else 0
    rows_of = [_titled(first, "research", whole, f"all of {whole}")]
    for key in keys:
        mine = found[found["model"] == key]
        if key == "routine":
            rows_of.append(_titled(mine, "routine", np.nan, "routine markers"))
        else:
            size = int(key.removeprefix("reduced_"))
            rows_of.append(_titled(mine, "reduced", size, _listed(selection, size)))
    return pd.concat(rows_of, ignore_index=True)[list(PANEL_COLUMNS)]


def _titled(metrics: pd.DataFrame, panel: str, size: float, analytes: str) -> pd.DataFrame:
    """Give the rows of one panel its name, size and analytes."""
    return metrics.drop(columns="model").assign(panel=panel, size=float(size), analytes=analytes)


def _listed(selection: pd.DataFrame, size: int) -> str:
    """Say which analytes were chosen for one size, and in what share of the folds."""
    mine = selection[selection["size"] == size]
    said = [
        f"{name} {share:.0%}"
        for name, share in zip(mine["analyte"], mine["chosen_frac"], strict=True)
    ]
    more = f", {len(said) - _LISTED} more" if len(said) > _LISTED else ""
    return ", ".join(said[:_LISTED]) + more


def numbers_of(metrics: pd.DataFrame, panels: pd.DataFrame) -> dict[str, float]:
    """Return the numbers of a prediction by name, as a null twin hands them back.

    Parameters
    ----------
    metrics, panels : pandas.DataFrame
        Of a `Prediction`.

    Returns
    -------
    dict of str to float
        ``<model>_<metric>`` and ``<panel>_<size>_<metric>`` (``routine_<metric>``).

    Examples
    --------
    >>> metrics = pd.DataFrame({"model": ["elastic_net"], "metric": ["m"], "value": [0.5]})
    >>> panels = pd.DataFrame({"panel": ["reduced"], "size": [2.0], "metric": ["m"],
    ...                        "value": [0.6]})
    >>> numbers_of(metrics, panels)
    {'elastic_net_m': 0.5, 'reduced_2_m': 0.6}
    """
    names = [*_metric_names(metrics), *_panel_names(panels)]
    values = [*metrics["value"], *panels["value"]]
    return {name: float(value) for name, value in zip(names, values, strict=True)}


def with_twin_numbers(
    metrics: pd.DataFrame, panels: pd.DataFrame, twins: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with the median of the twins' numbers in ``null_twin``.

    Parameters
    ----------
    metrics, panels : pandas.DataFrame
        Of a `Prediction`.
    twins : pandas.DataFrame
        One row per twin, columns as `numbers_of` names them; others are ignored.

    Returns
    -------
    tuple of pandas.DataFrame
        NaN where no twin has the number.
    """
    middle = twins.median(numeric_only=True) if len(twins) else pd.Series(dtype=float)
    tables = []
    for table, names in ((metrics, _metric_names(metrics)), (panels, _panel_names(panels))):
        twin = [float(middle.get(name, np.nan)) for name in names]
        tables.append(table.assign(null_twin=np.array(twin, dtype=float)))
    return tables[0], tables[1]


def _metric_names(metrics: pd.DataFrame) -> list[str]:
    return [f"{m}_{name}" for m, name in zip(metrics["model"], metrics["metric"], strict=True)]


def _panel_names(panels: pd.DataFrame) -> list[str]:
    """Names of the rows of the panels table; research and routine carry no size."""
    sizes = [
        f"_{int(n)}" if p == "reduced" else "" for p, n in panels[["panel", "size"]].to_numpy()
    ]
    return [f"{p}{n}_{m}" for p, n, m in zip(panels["panel"], sizes, panels["metric"], strict=True)]
