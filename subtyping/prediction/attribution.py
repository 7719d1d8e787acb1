"""Which analytes and immune axes a model leans on for people it has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from subtyping._validation import count_of
from subtyping.prediction.resampling import people_weights, percentile_interval

__all__ = ["NO_AXIS", "Attribution", "FoldExplanation", "attribute"]

NO_AXIS = "no axis"
"""Axis written for an analyte that belongs to none."""


@dataclass(frozen=True, eq=False)
class FoldExplanation:
    """SHAP values of one fold's held-out people.

    Attributes
    ----------
    data : pandas.DataFrame of shape (n, n_kept)
        Prepared analytes of the held-out case samples, index ``sample_id``.
    values : ndarray of shape (n, n_kept)
        SHAP values in log-odds.
    baseline : float
        Mean log-odds of the fold's background.
    permuted : ndarray of shape (n, n_kept) or None
        The same from a model trained on permuted labels; None where that could not be fitted.
    n_background : int
        Training samples in the background.
    n_train : int
        Training samples the model learnt from.
    members : tuple of str
        Axis members the fold's labels were made of.
    """

    data: pd.DataFrame
    values: np.ndarray
    baseline: float
    permuted: np.ndarray | None
    n_background: int
    n_train: int
    members: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Attribution:
    """SHAP values computed out of fold, per analyte and per immune axis.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, axis, mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs,
        is_label_member``, largest first. `mean_abs` is the mean absolute SHAP value over
        held-out samples, in log-odds; ranks run from 1 (ties share the mean rank) with
        percentile intervals over people; `permuted_mean_abs` comes from models trained on
        permuted labels; a label member is an analyte the labels are made of.
    by_axis : pandas.DataFrame
        ``axis, n_analytes, mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs``. The
        SHAP values of an axis' analytes are summed per person before the absolute value.
    values : ndarray of shape (n, p)
        SHAP values in log-odds; 0 where a fold's panel did not keep the analyte.
    data : pandas.DataFrame of shape (n, p)
        The prepared analytes explained, index ``sample_id``; NaN where not kept in the fold.
    baseline : ndarray of shape (n,)
        Baseline of each sample's fold: ``values.sum(axis=1) + baseline`` is the log-odds.
    model : str
        The model explained.
    n_background : tuple of int
        Training samples in the background of each explained fold.
    sentence : str
        The result and what it may not be read as.
    """

    table: pd.DataFrame
    by_axis: pd.DataFrame
    values: np.ndarray
    data: pd.DataFrame
    baseline: np.ndarray
    model: str
    n_background: tuple[int, ...]
    sentence: str


def attribute(
    explanations: Sequence[FoldExplanation],
    *,
    people: pd.Series,
    axis_of: dict[str, str],
    model: str,
    resamples: int,
    seed: int,
) -> Attribution:
    """Join the folds' SHAP values and rank analytes and axes with intervals over people.

    Parameters
    ----------
    explanations : sequence of FoldExplanation
        At least one.
    people : pandas.Series
        Person of each sample, index ``sample_id``.
    axis_of : dict of str to str
        Axis title of each analyte; all others belong to ``"no axis"``.
    model : str
        The model explained.
    resamples : int
        Bootstrap draws of people for the rank intervals.
    seed : int
        Root seed.

    Returns
    -------
    Attribution

    Notes
    -----
    Intervals keep the fitted models and redraw the people explained. Attribution is shared among
    correlated analytes in ways the data do not fix; the axis sums are steadier than the analytes.

    Examples
    --------
    >>> data = pd.DataFrame({"CCL17": [1.0, -1.0], "CCL13": [1.0, 1.0], "IL6": [0.0, 2.0]},
    ...                     index=["a", "b"])
    >>> fold = FoldExplanation(data, np.array([[2.0, -1.0, 0.0], [-2.0, 1.0, 1.0]]), 0.0, None,
    ...                        n_background=10, n_train=20, members=("CCL17",))
    >>> found = attribute([fold], people=pd.Series(["a", "b"], index=["a", "b"]),
    ...                   axis_of={"CCL17": "Th2", "CCL13": "Th2"}, model="elastic_net",
    ...                   resamples=20, seed=0)
    >>> found.table[["analyte", "axis", "mean_abs"]].values.tolist()
    [['CCL17', 'Th2', 2.0], ['CCL13', 'Th2', 1.0], ['IL6', 'no axis', 0.5]]
    >>> found.by_axis[["axis", "mean_abs"]].values.tolist()     # |2 - 1| and |-2 + 1|
    [['Th2', 1.0], ['no axis', 0.5]]
    """
    analytes = list(dict.fromkeys(name for part in explanations for name in part.data.columns))
    data = pd.concat([part.data for part in explanations]).reindex(columns=analytes)
    values = _stack([(e.data, e.values) for e in explanations], analytes)
    permuted = _stack(
        [(part.data, part.permuted) for part in explanations if part.permuted is not None], analytes
    )
    titles = np.array([axis_of.get(name, NO_AXIS) for name in analytes], dtype=object)
    weights = people_weights(people.loc[data.index].to_numpy(), resamples, seed, "attribution")
    members = {name for part in explanations for name in part.members}
    table = _ranked(values, permuted, weights)
    table.insert(0, "analyte", analytes)
    table.insert(1, "axis", titles)
    table["is_label_member"] = table["analyte"].isin(members)
    table = _largest_first(table)
    return Attribution(
        table=table,
        by_axis=_rank_axes(titles, values, permuted, weights),
        values=values,
        data=data,
        baseline=np.concatenate([np.repeat(e.baseline, len(e.data)) for e in explanations]),
        model=model,
        n_background=tuple(part.n_background for part in explanations),
        sentence=_sentence(model, table, explanations),
    )


def _stack(parts: Sequence[tuple[pd.DataFrame, np.ndarray]], analytes: Sequence[str]) -> np.ndarray:
    """Stack the folds under one list of analytes; 0 where a fold did not keep one."""
    place = {name: j for j, name in enumerate(analytes)}
    blocks = [np.zeros((0, len(analytes)))]
    for data, values in parts:
        block = np.zeros((len(data), len(analytes)))
        block[:, [place[name] for name in data.columns]] = values
        blocks.append(block)
    return np.concatenate(blocks)


def _sum_by_axis(values: np.ndarray, titles: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Return the axis titles in order of appearance, and the sum of SHAP values of each axis."""
    names = list(dict.fromkeys(titles))
    sums = [values[:, titles == name].sum(axis=1) for name in names]
    return names, np.column_stack(sums) if sums else np.zeros((len(values), 0))


def _rank_axes(
    titles: np.ndarray, values: np.ndarray, permuted: np.ndarray, weights: np.ndarray
) -> pd.DataFrame:
    """Rank the axes as the analytes are ranked, after summing within each person."""
    names, sums = _sum_by_axis(values, titles)
    table = _ranked(sums, _sum_by_axis(permuted, titles)[1], weights)
    table.insert(0, "axis", names)
    table.insert(1, "n_analytes", [int((titles == name).sum()) for name in names])
    return _largest_first(table)


def _largest_first(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by rank, ties in the panel's order."""
    return table.sort_values("rank", kind="stable").reset_index(drop=True)


def _ranked(values: np.ndarray, permuted: np.ndarray, weights: np.ndarray) -> pd.DataFrame:
    """Mean absolute value, rank with interval, permuted baseline of each column."""
    size = np.abs(values)
    # The mean over samples is taken of people drawn together; rescaling a draw leaves its ranks.
    draws = rankdata(-(weights @ size), axis=1) if len(weights) else weights[:, :0]
    low, high = percentile_interval(draws)
    missing = np.full(values.shape[1], np.nan)
    return pd.DataFrame(
        {
            "mean_abs": size.mean(axis=0),
            "rank": rankdata(-size.mean(axis=0)),
            "rank_ci_low": low if len(weights) else missing,
            "rank_ci_high": high if len(weights) else missing,
            "permuted_mean_abs": np.abs(permuted).mean(axis=0) if len(permuted) else missing,
        }
    )


def _sentence(model: str, table: pd.DataFrame, explanations: Sequence[FoldExplanation]) -> str:
    """Say what was explained, and what it may not be read as."""
    name = model.replace("_", " ")
    first, samples = table.iloc[0], sum(len(part.data) for part in explanations)
    background = max(part.n_background for part in explanations)
    text = (
        f"{first['analyte']} carries the largest attribution of the {name} (mean |SHAP| "
        f"{first['mean_abs']:.2f} in log-odds over {count_of(samples, 'held-out sample')}, "
        f"against at most {background} training samples of each fold)."
    )
    members = table.loc[table["is_label_member"], "analyte"].tolist()
    if members:
        text += (
            f" The labels are made of {', '.join(members)}, so a high attribution of "
            f"{'these' if len(members) > 1 else 'this analyte'} is by construction and says "
            "nothing about causes."
        )
    permuted = table["permuted_mean_abs"].max()
    if np.isfinite(permuted):
        above = int((table["mean_abs"] > permuted).sum())
        text += (
            f" {count_of(above, 'analyte lies', 'analytes lie')} above the largest attribution "
            f"under permuted labels ({permuted:.2f})."
        )
    n_train = min(part.n_train for part in explanations)
    if n_train <= len(table):
        text += (
            f" With {n_train} training samples for {len(table)} analytes (n <= p) attributions "
            "of correlated analytes are arbitrary: read the axes, not the analytes."
        )
    return text
