"""Which analytes and immune axes a model leans on for people it has not seen."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import partial

import numpy as np
import pandas as pd

from subtyping.prediction.explain.correlated import GROUP_CUT, correlated_groups
from subtyping.prediction.explain.drawing import fold_weights
from subtyping.prediction.explain.fold_explanation import FoldExplanation
from subtyping.prediction.explain.names import NO_AXIS, SCALE_OF_MODEL
from subtyping.prediction.explain.ranking import rank_attributions, sum_attributions
from subtyping.prediction.explain.wording import attribution_sentence, background_notes
from subtyping.prediction.explain.zero_crossing import ZeroCrossing, zero_crossing

__all__ = ["NO_AXIS", "SCALE_OF_MODEL", "Attribution", "FoldExplanation", "attribute"]


@dataclass(frozen=True, eq=False)
class Attribution:
    """SHAP values computed out of fold, per analyte and per immune axis.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, axis, mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs,
        is_label_member``, largest first. `mean_abs` is the mean absolute SHAP value over
        held-out samples, on the scale of the model; ranks run from 1 (ties share the mean rank)
        with percentile intervals over folds and people; `permuted_mean_abs` comes from models
        trained on permuted labels; a label member is an analyte the labels are made of.
    by_axis : pandas.DataFrame
        ``axis, n_analytes, mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs``. The
        SHAP values of an axis' analytes are summed per person before the absolute value.
    by_group : pandas.DataFrame
        ``group, analytes, n_analytes, smallest_abs_r, mean_abs, rank, rank_ci_low, rank_ci_high,
        permuted_mean_abs``: correlated analytes summed likewise. A group carries the name of its
        first analyte in `table`; `analytes` are joined by ``", "``.
    crossings : pandas.DataFrame
        ``analyte, crossing_z, crossing_z_ci_low, crossing_z_ci_high, direction, n_crossings,
        found_frac`` in the order of `table`: where the attributions of each analyte change sign
        (see `subtyping.prediction.explain.zero_crossing`).
    values : ndarray of shape (n, p)
        SHAP values; 0 where a fold's panel did not keep the analyte.
    data : pandas.DataFrame of shape (n, p)
        The prepared analytes explained, index ``sample_id``; NaN where not kept in the fold.
    baseline : ndarray of shape (n,)
        Baseline of each sample's fold: ``values.sum(axis=1) + baseline`` is the prediction.
    fold : ndarray of int, shape (n,)
        Which of the explained folds, from 0, held each sample out.
    model : str
        The model explained.
    n_background : tuple of int
        Training samples in the background of each explained fold.
    sentence : str
        The result and what it may not be read as.
    scale : {"log-odds", "probability"}
        What attributions and baseline add up to.
    notes : tuple of str
        The background, and the cut of the groups.
    """

    table: pd.DataFrame
    by_axis: pd.DataFrame
    by_group: pd.DataFrame
    crossings: pd.DataFrame
    values: np.ndarray
    data: pd.DataFrame
    baseline: np.ndarray
    fold: np.ndarray
    model: str
    n_background: tuple[int, ...]
    sentence: str
    scale: str
    notes: tuple[str, ...]


def attribute(
    explanations: Sequence[FoldExplanation],
    *,
    people: pd.Series,
    axis_of: dict[str, str],
    model: str,
    resamples: int,
    seed: int,
    group_cut: float = GROUP_CUT,
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
        Bootstrap draws of folds and people for the intervals.
    seed : int
        Root seed.
    group_cut : float, default 0.7
        Analytes of a group have at least this absolute rank correlation, pair by pair.

    Returns
    -------
    Attribution

    Raises
    ------
    InputError
        If `group_cut` is outside (0, 1].

    Notes
    -----
    Intervals draw some of the folds, whose models differ, and people in them (see
    `subtyping.prediction.explain.fold_weights`); the models are not refitted. Attribution is
    shared among correlated analytes in ways the data do not fix; the axis sums are steadier than
    the analytes.

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
    titles = [axis_of.get(name, NO_AXIS) for name in analytes]
    given = people.loc[data.index].to_numpy()
    fold = np.repeat(np.arange(len(explanations)), [len(part.data) for part in explanations])
    weights = fold_weights(given, fold, resamples, seed)
    members = {name for part in explanations for name in part.members}
    table = rank_attributions(values, permuted, weights)
    table.insert(0, "analyte", analytes)
    table.insert(1, "axis", titles)
    table["is_label_member"] = table["analyte"].isin(members)
    table = _largest_first(table)
    cross = partial(zero_crossing, people=given, folds=fold, resamples=resamples, seed=seed)
    scale = SCALE_OF_MODEL.get(model, "log-odds")
    return Attribution(
        table=table,
        by_axis=_rank_axes(titles, values, permuted, weights),
        by_group=_rank_groups(data, table, (values, permuted, weights), group_cut),
        crossings=_crossings(data, table, values, cross),
        values=values,
        data=data,
        baseline=np.concatenate([np.repeat(e.baseline, len(e.data)) for e in explanations]),
        fold=fold,
        model=model,
        n_background=tuple(part.n_background for part in explanations),
        sentence=attribution_sentence(model, scale, table, explanations),
        scale=scale,
        notes=background_notes(explanations, group_cut),
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


def _rank_axes(
    titles: list[str], values: np.ndarray, permuted: np.ndarray, weights: np.ndarray
) -> pd.DataFrame:
    """Rank the axes as the analytes are ranked, after summing within each person."""
    names, sums = sum_attributions(values, titles)
    table = rank_attributions(sums, sum_attributions(permuted, titles)[1], weights)
    table.insert(0, "axis", names)
    table.insert(1, "n_analytes", [titles.count(name) for name in names])
    return _largest_first(table)


def _rank_groups(
    data: pd.DataFrame,
    table: pd.DataFrame,
    arrays: tuple[np.ndarray, np.ndarray, np.ndarray],
    cut: float,
) -> pd.DataFrame:
    """Rank groups of correlated analytes likewise; the first of a group in `table` names it."""
    found = correlated_groups(data, cut=cut)
    number = dict(zip(data.columns, found.group_of, strict=True))
    inside: dict[int, list[str]] = {}
    for name in table["analyte"]:
        inside.setdefault(number[name], []).append(name)
    leaders = [inside[number[name]][0] for name in data.columns]
    values, permuted, weights = arrays
    names, sums = sum_attributions(values, leaders)
    ranked = rank_attributions(sums, sum_attributions(permuted, leaders)[1], weights)
    groups = [number[name] for name in names]
    ranked.insert(0, "group", names)
    ranked.insert(1, "analytes", [", ".join(inside[k]) for k in groups])
    ranked.insert(2, "n_analytes", [len(inside[k]) for k in groups])
    ranked.insert(3, "smallest_abs_r", [found.smallest_abs_r[k] for k in groups])
    return _largest_first(ranked)


def _crossings(
    data: pd.DataFrame,
    table: pd.DataFrame,
    values: np.ndarray,
    cross: Callable[[np.ndarray, np.ndarray], ZeroCrossing],
) -> pd.DataFrame:
    """Zero crossing of every analyte, in the order of the table."""
    rows = []
    for name in table["analyte"]:
        j = int(data.columns.get_indexer([name])[0])
        rows.append([name, *astuple(cross(data.iloc[:, j].to_numpy(dtype=float), values[:, j]))])
    ends = ("", "_ci_low", "_ci_high")
    columns = ["analyte", *(f"crossing_z{end}" for end in ends)]
    return pd.DataFrame(rows, columns=[*columns, "direction", "n_crossings", "found_frac"])


def _largest_first(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by rank, ties in the panel's order."""
    return table.sort_values("rank", kind="stable").reset_index(drop=True)
