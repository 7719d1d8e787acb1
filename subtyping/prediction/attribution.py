"""Which analytes and immune axes a model leans on for people it has not seen."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, replace

import numpy as np
import pandas as pd

from subtyping.prediction.explain.correlated import GROUP_CUT, correlated_groups
from subtyping.prediction.explain.fold_explanation import FoldExplanation
from subtyping.prediction.explain.names import NO_AXIS, SCALE_OF_MODEL
from subtyping.prediction.explain.ranking import (
    rank_attributions,
    rank_limits,
    sum_attributions,
)
from subtyping.prediction.explain.refitted import pairs_of_refits, sizes_of_refits
from subtyping.prediction.explain.wording import (
    attribution_sentence,
    background_notes,
    refits_note,
)
from subtyping.prediction.explain.zero_crossing import zero_crossing

__all__ = [
    "NO_AXIS",
    "SCALE_OF_MODEL",
    "Attribution",
    "FoldExplanation",
    "attribute",
    "with_refits",
]


@dataclass(frozen=True, eq=False)
class Attribution:
    """SHAP values computed out of fold, per analyte and per immune axis.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, axis, mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs,
        is_label_member``, largest first. `mean_abs` is the mean absolute SHAP value over
        held-out samples, on the scale of the model; ranks run from 1 (ties share the mean rank)
        with 95 % intervals over refits (NaN until `with_refits`); `permuted_mean_abs` comes from
        models trained on permuted labels; a label member is an analyte the labels are made of.
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
        The background, the cut of the groups, what the intervals come from.
    group_of : dict of str to str
        Group of each analyte, as `by_group` names it.
    refits : tuple of FoldExplanation
        The model learnt anew on resampled people, explained in people left out.
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
    group_of: dict[str, str] = field(default_factory=dict)
    refits: tuple[FoldExplanation, ...] = ()


def attribute(
    explanations: Sequence[FoldExplanation],
    *,
    axis_of: dict[str, str],
    model: str,
    group_cut: float = GROUP_CUT,
) -> Attribution:
    """Join the folds' SHAP values and rank analytes and axes; `with_refits` adds intervals.

    Parameters
    ----------
    explanations : sequence of FoldExplanation
        At least one.
    axis_of : dict of str to str
        Axis title of each analyte; all others belong to ``"no axis"``.
    model : str
        The model explained.
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
    Attribution is shared among correlated analytes in ways the data do not fix; the axis sums are
    steadier than the analytes.

    Examples
    --------
    >>> data = pd.DataFrame({"CCL17": [1.0, -1.0], "CCL13": [1.0, 1.0], "IL6": [0.0, 2.0]},
    ...                     index=["a", "b"])
    >>> fold = FoldExplanation(data, np.array([[2.0, -1.0, 0.0], [-2.0, 1.0, 1.0]]), 0.0, None,
    ...                        n_background=10, n_train=20, members=("CCL17",))
    >>> found = attribute([fold], axis_of={"CCL17": "Th2", "CCL13": "Th2"}, model="elastic_net")
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
    fold = np.repeat(np.arange(len(explanations)), [len(part.data) for part in explanations])
    members = {name for part in explanations for name in part.members}
    table = rank_attributions(values, permuted)
    table.insert(0, "analyte", analytes)
    table.insert(1, "axis", titles)
    table["is_label_member"] = table["analyte"].isin(members)
    table = _largest_first(table)
    by_group, group_of = _rank_groups(data, table, values, permuted, group_cut)
    scale = SCALE_OF_MODEL.get(model, "log-odds")
    return Attribution(
        table=table,
        by_axis=_rank_axes(titles, values, permuted),
        by_group=by_group,
        crossings=_crossings(data, table, values, ()),
        values=values,
        data=data,
        baseline=np.concatenate([np.repeat(e.baseline, len(e.data)) for e in explanations]),
        fold=fold,
        model=model,
        n_background=tuple(part.n_background for part in explanations),
        sentence=attribution_sentence(model, scale, table, explanations),
        scale=scale,
        notes=(*background_notes(explanations, group_cut), refits_note(())),
        group_of=group_of,
    )


def with_refits(attribution: Attribution, refits: Sequence[FoldExplanation]) -> Attribution:
    """Return an attribution with intervals: of ranks, of axes and groups, of zero crossings.

    Parameters
    ----------
    attribution : Attribution
    refits : sequence of FoldExplanation
        From `subtyping.prediction.explain.refit_explanations`; none gives no intervals.

    Returns
    -------
    Attribution
        What was found out of fold is kept; only intervals and notes change.

    Notes
    -----
    Limits are 2.5 and 97.5 % points over refits, widened where they would not hold the number
    found out of fold. Analytes that no fold kept take no part.

    Examples
    --------
    >>> data = pd.DataFrame({"CCL17": [1.0, -1.0], "IL6": [0.0, 2.0]}, index=["a", "b"])
    >>> sizes = ([[2.0, 0.0], [-2.0, 1.0]], [[0.4, -1.0], [0.6, 1.0]], [[2.0, 0.2], [2.0, 0.1]])
    >>> parts = [FoldExplanation(data, np.array(phi), 0.0, None, 10, 20, ()) for phi in sizes]
    >>> found = attribute(parts[:1], axis_of={}, model="elastic_net")
    >>> with_refits(found, parts).table[["analyte", "rank", "rank_ci_high"]].values.tolist()
    [['CCL17', 1.0, 2.0], ['IL6', 2.0, 2.0]]
    """
    refits = tuple(refits)
    own = {name: name for name in attribution.table["analyte"]}
    axis_of = dict(zip(own, attribution.table["axis"], strict=True))
    return replace(
        attribution,
        table=_with_limits(attribution.table, "analyte", own, refits),
        by_axis=_with_limits(attribution.by_axis, "axis", axis_of, refits),
        by_group=_with_limits(attribution.by_group, "group", attribution.group_of, refits),
        crossings=_crossings(attribution.data, attribution.table, attribution.values, refits),
        notes=(*attribution.notes[:-1], refits_note(refits)),
        refits=refits,
    )


def _with_limits(
    table: pd.DataFrame, key: str, group_of: dict[str, str], refits: tuple[FoldExplanation, ...]
) -> pd.DataFrame:
    """Put the limits of the ranks into a table of analytes, axes or groups."""
    sizes = sizes_of_refits(refits, group_of, table[key].tolist())
    low, high = rank_limits(table["rank"].to_numpy(dtype=float), sizes)
    return table.assign(rank_ci_low=low, rank_ci_high=high)


def _stack(parts: Sequence[tuple[pd.DataFrame, np.ndarray]], analytes: Sequence[str]) -> np.ndarray:
    """Stack the folds under one list of analytes; 0 where a fold did not keep one."""
    place = {name: j for j, name in enumerate(analytes)}
    blocks = [np.zeros((0, len(analytes)))]
    for data, values in parts:
        block = np.zeros((len(data), len(analytes)))
        block[:, [place[name] for name in data.columns]] = values
        blocks.append(block)
    return np.concatenate(blocks)


def _rank_axes(titles: list[str], values: np.ndarray, permuted: np.ndarray) -> pd.DataFrame:
    """Rank the axes as the analytes are ranked, after summing within each person."""
    names, sums = sum_attributions(values, titles)
    table = rank_attributions(sums, sum_attributions(permuted, titles)[1])
    table.insert(0, "axis", names)
    table.insert(1, "n_analytes", [titles.count(name) for name in names])
    return _largest_first(table)


def _rank_groups(
    data: pd.DataFrame, table: pd.DataFrame, values: np.ndarray, permuted: np.ndarray, cut: float
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Rank groups of correlated analytes likewise; the first of a group in `table` names it."""
    found = correlated_groups(data, cut=cut)
    number = dict(zip(data.columns, found.group_of, strict=True))
    inside: dict[int, list[str]] = {}
    for name in table["analyte"]:
        inside.setdefault(number[name], []).append(name)
    leaders = [inside[number[name]][0] for name in data.columns]
    names, sums = sum_attributions(values, leaders)
    ranked = rank_attributions(sums, sum_attributions(permuted, leaders)[1])
    groups = [number[name] for name in names]
    ranked.insert(0, "group", names)
    ranked.insert(1, "analytes", [", ".join(inside[k]) for k in groups])
    ranked.insert(2, "n_analytes", [len(inside[k]) for k in groups])
    ranked.insert(3, "smallest_abs_r", [found.smallest_abs_r[k] for k in groups])
    return _largest_first(ranked), dict(zip(data.columns, leaders, strict=True))


def _crossings(
    data: pd.DataFrame,
    table: pd.DataFrame,
    values: np.ndarray,
    refits: tuple[FoldExplanation, ...],
) -> pd.DataFrame:
    """Zero crossing of every analyte, in the order of the table."""
    rows = []
    for name in table["analyte"]:
        j = int(data.columns.get_indexer([name])[0])
        x, pairs = data.iloc[:, j].to_numpy(dtype=float), pairs_of_refits(refits, name)
        rows.append([name, *astuple(zero_crossing(x, values[:, j], refits=pairs))])
    ends = ("", "_ci_low", "_ci_high")
    columns = ["analyte", *(f"crossing_z{end}" for end in ends)]
    return pd.DataFrame(rows, columns=[*columns, "direction", "n_crossings", "found_frac"])


def _largest_first(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by rank, ties in the panel's order."""
    return table.sort_values("rank", kind="stable").reset_index(drop=True)
