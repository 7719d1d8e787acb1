"""Split-panel fidelity: labels from half of an axis, predicted from its other half."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping._validation import count_of
from subtyping.discovery.labelling import LabellingProcedure
from subtyping.exceptions import InputError
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.panel import Panel
from subtyping.prediction.fidelity import FIDELITY_METRICS, fold_statistics
from subtyping.prediction.fold_labels import as_label, labelled_cases, membership
from subtyping.prediction.folds import people_of
from subtyping.prediction.left_out import outer_folds
from subtyping.prediction.models import fit_model, why_not_fit
from subtyping.prediction.resampling import people_weights, percentile_interval
from subtyping.prediction.routine import RoutineScale, align_routine
from subtyping.prediction.small_panels import SMALL_MODEL

__all__ = [
    "LEAST_MEMBERS",
    "SPLIT_PANEL_METRICS",
    "SplitPanelFidelity",
    "split_panel_fidelity",
]

LEAST_MEMBERS = 3
"""Fewest detected members in each half."""

SPLIT_PANEL_METRICS = tuple(
    name.replace("fidelity", "split_panel_fidelity") for name in FIDELITY_METRICS
)

_NEVER = (
    "It is never counted as evidence that a subtype exists: on a continuum whose members go "
    "together the halves predict each other too."
)


@dataclass(frozen=True, eq=False)
class SplitPanelFidelity:
    """How well labels from half of an axis are predicted from what they were not made of.

    Attributes
    ----------
    table : pandas.DataFrame
        ``predictors, metric, value, ci_low, ci_high, null_twin, n_splits``; predictors in
        {other_half, routine, other_half_and_routine}. Values are means over the splits; no rows
        where not applicable. `null_twin` is NaN until `beside_twins`.
    splits : pandas.DataFrame
        ``split, label_members, predictor_members, predictors, n_folds_fitted`` and one column for
        each metric.
    is_applicable : bool
    reason : str
        Why it is not applicable; empty where it is.
    sentence : str
    """

    table: pd.DataFrame
    splits: pd.DataFrame
    is_applicable: bool
    reason: str
    sentence: str

    def numbers(self) -> dict[str, float]:
        """Return ``<predictors>_<metric>`` to value, as a twin hands them back."""
        rows = zip(self.table["predictors"], self.table["metric"], self.table["value"], strict=True)
        return {f"{one}_{metric}": float(value) for one, metric, value in rows}

    def beside_twins(self, twins: Sequence["SplitPanelFidelity"]) -> "SplitPanelFidelity":
        """Return the result with the median of its continuum twins in ``null_twin``."""
        found = pd.DataFrame([twin.numbers() for twin in twins])
        names = list(self.numbers())
        middle = [float(found[name].median()) if name in found else np.nan for name in names]
        table = self.table.assign(null_twin=np.array(middle, dtype=float))
        return replace(self, table=table, sentence=_sentence(table, self.reason))


@dataclass(frozen=True, eq=False)
class _Task:
    """One split in one outer fold."""

    procedure: LabellingProcedure
    panel: Panel
    fold_of: np.ndarray
    fold: int
    half: tuple[str, ...]
    rest: tuple[str, ...]
    routine: pd.DataFrame | None
    seed: int


def split_panel_fidelity(
    procedure: LabellingProcedure,
    panel: Panel,
    *,
    routine: pd.DataFrame | None = None,
    splits: int = 10,
    folds: int | str = 5,
    resamples: int = 200,
    seed: int,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> SplitPanelFidelity:
    """Label by a random half of the detected axis members, predict from the other half.

    In each split the detected members of the declared axis are halved at random. In each outer
    fold the whole procedure is learnt on the training people with the first half as the axis; the
    second half stays out of the general level. A ridge logistic regression learns these labels
    from the second half (mean 0, SD 1 in the reference people, level not removed), from the routine
    markers, and from both, and is judged on the held-out people's labels. Assay errors of the two
    halves are apart, so this is agreement beyond the label's own noise. The mean over splits is
    reported.

    Parameters
    ----------
    procedure : LabellingProcedure
        Its first axis is split.
    panel : Panel
        The cohort, or a continuum twin of it.
    routine : pandas.DataFrame, optional
        Routine markers, index ``sample_id``; one that is itself a label member of a split stays
        out of that split.
    splits : int, default 10
        Random halvings.
    folds : int or {"leave_one_site_out", "leave_one_plate_out"}, default 5
    resamples : int, default 200
        Bootstrap draws of people.
    seed : int
    jobs : int, optional
    advance : callable, optional
        Called once for each split and fold.

    Returns
    -------
    SplitPanelFidelity
        Not applicable, with the reason, where a half would hold fewer than 3 detected members.

    Raises
    ------
    InputError
        If the people are too few for the folds or the procedure cannot be learnt on all people.

    Notes
    -----
    Never counted as evidence of existence: read it beside its continuum twin.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40, n_analytes=30).panel
    >>> own = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> found = split_panel_fidelity(own, panel, seed=1, jobs=1)
    >>> found.is_applicable, found.reason
    (False, 'each half needs 3 detected members of the Th2 axis; the panel has 5 in all')
    """
    fold_of, names = outer_folds(
        panel, case=procedure.case, reference=procedure.reference, folds=folds, seed=seed
    )
    members = tuple(procedure.fit(panel, child_seed(seed, "split_panel", "members")).members)
    if len(members) // 2 < LEAST_MEMBERS:
        reason = (
            f"each half needs {LEAST_MEMBERS} detected members of the {procedure.axes[0].name} "
            f"axis; the panel has {len(members)} in all"
        )
        return _not_applicable(reason)
    levels = align_routine(routine, panel)
    halves = [_halve(members, seed, s) for s in range(splits)]
    tasks = [
        _Task(procedure, panel, fold_of, k, half, rest, levels, seed)
        for half, rest in halves
        for k in range(len(names))
    ]
    told = map_in_order(_run, tasks, jobs=jobs, advance=advance)
    people = pd.Series(people_of(panel), index=panel.sample_ids)
    per = [
        pd.concat(told[s * len(names) : (s + 1) * len(names)], ignore_index=True)
        for s in range(splits)
    ]
    return _assemble(per, halves, people, resamples=resamples, seed=seed)


def _halve(
    members: tuple[str, ...], seed: int, split: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Label members (the smaller half) and predictor members of one split."""
    shuffled = stream(seed, "prediction", "split_panel", split).permutation(np.array(members))
    cut = len(members) // 2
    first, second = sorted(map(str, shuffled[:cut])), sorted(map(str, shuffled[cut:]))
    return tuple(first), tuple(second)


def _run(task: _Task) -> pd.DataFrame:
    """Held-out rows of one split in one fold: label, and a probability from each predictor set."""
    case = task.procedure.case
    axis = task.procedure.axes[0]
    outside = [name for name in (*axis.members, *axis.correlates) if name not in task.half]
    own = replace(
        axis,
        members=task.half,
        correlates=tuple(dict.fromkeys((*outside, *task.rest))),
        is_named=False,
    )
    procedure = replace(task.procedure, axes=(own, *task.procedure.axes[1:]))
    train = task.panel.take((task.fold_of >= 0) & (task.fold_of != task.fold))
    held = task.panel.take((task.fold_of == task.fold) & task.panel.in_groups(case))
    rows = pd.DataFrame(
        {"sample_id": held.sample_ids.to_numpy(dtype=object), "fold": task.fold, "label": "unclear"}
    ).astype({"label": object})
    try:
        fitted = procedure.fit(train, seed=child_seed(task.seed, "split_panel", task.fold))
    except InputError:
        return rows
    rows["label"] = as_label(membership(fitted, held))
    learning = labelled_cases(fitted, train, case)
    if why_not_fit(learning.people, learning.is_subtype):
        return rows
    z, z_held = fitted.prepare(learning.panel), fitted.prepare(held)
    kept = [name for name in task.rest if name in z.columns]
    sets = {"other_half": (z[kept].to_numpy(dtype=float), z_held[kept].to_numpy(dtype=float))}
    sets |= _routine_sets(task, learning.panel, held, sets["other_half"])
    for name, (X, X_held) in sets.items():
        if X.shape[1] == 0:
            continue
        model = fit_model(
            "elastic_net",
            X,
            learning.is_subtype,
            learning.people,
            seed=child_seed(task.seed, "split_panel", "model", task.fold),
            settings=SMALL_MODEL,
        )
        rows[name] = model.predict_proba(X_held)[:, 1]
    return rows


def _routine_sets(
    task: _Task, train: Panel, held: Panel, half: tuple[np.ndarray, np.ndarray]
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Predictor sets with routine markers, those the labels are made of left out."""
    if task.routine is None:
        return {}
    free = [one for one in task.routine.columns if routine_analyte(str(one)) not in task.half]
    scale = RoutineScale.learn(task.routine.loc[train.sample_ids, free])
    if not scale.markers:
        return {}
    X, X_held = (scale.apply(task.routine.loc[p.sample_ids]) for p in (train, held))
    both = np.hstack([half[0], X]), np.hstack([half[1], X_held])
    return {"routine": (X, X_held), "other_half_and_routine": both}


def _assemble(
    per: list[pd.DataFrame],
    halves: list[tuple[tuple[str, ...], tuple[str, ...]]],
    people: pd.Series,
    *,
    resamples: int,
    seed: int,
) -> SplitPanelFidelity:
    """Judge every split, and average values and draws over the splits."""
    sets = [
        name
        for name in ("other_half", "routine", "other_half_and_routine")
        if any(name in rows for rows in per)
    ]
    order = pd.Index(sorted(per[0]["sample_id"], key=people.index.get_loc))
    weights = people_weights(people.loc[order].to_numpy(), resamples, seed, "split_panel")
    rows, tables = [], []
    for name in sets:
        values, draws = [], []
        for s, frame in enumerate(per):
            value, drawn, fitted = _judge(frame.set_index("sample_id").loc[order], name, weights)
            values.append(value)
            draws.append(drawn)
            half, rest = halves[s]
            rows.append(
                {
                    "split": s,
                    "label_members": ", ".join(half),
                    "predictor_members": ", ".join(rest) if name != "routine" else "",
                    "predictors": name,
                    "n_folds_fitted": fitted,
                    **dict(zip(SPLIT_PANEL_METRICS, value, strict=True)),
                }
            )
        mean, n = _mean(np.stack(values))
        low, high = percentile_interval(_mean(np.stack(draws))[0])
        missing = np.isnan(mean)
        tables.append(
            pd.DataFrame(
                {
                    "predictors": name,
                    "metric": SPLIT_PANEL_METRICS,
                    "value": mean,
                    "ci_low": np.where(missing, np.nan, low) if len(weights) else np.nan,
                    "ci_high": np.where(missing, np.nan, high) if len(weights) else np.nan,
                    "null_twin": np.nan,
                    "n_splits": n,
                }
            )
        )
    if not tables:
        return _not_applicable("no split could be fitted in any fold")
    table = pd.concat(tables, ignore_index=True)
    return SplitPanelFidelity(
        table, pd.DataFrame(rows), is_applicable=True, reason="", sentence=_sentence(table, "")
    )


def _judge(
    frame: pd.DataFrame, name: str, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Metrics of one split, of its draws, and the folds that predicted."""
    nothing = np.full(len(SPLIT_PANEL_METRICS), np.nan)
    if name not in frame:
        return nothing, np.full((len(weights), len(nothing)), np.nan), 0
    p = frame[name].to_numpy(dtype=float)
    kept = np.isfinite(p) & frame["label"].ne("unclear").to_numpy()
    if not kept.any():
        return nothing, np.full((len(weights), len(nothing)), np.nan), 0
    y, fold = frame["label"].eq("subtype").to_numpy()[kept], frame["fold"].to_numpy()[kept]
    value = fold_statistics(p[kept], y, fold, np.ones((1, int(kept.sum()))))[0]
    rows = np.maximum(weights[:, kept], 0)
    drawn = fold_statistics(p[kept], y, fold, rows) if len(rows) else np.zeros((0, len(nothing)))
    return value, drawn, len(np.unique(fold))


def _mean(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean over splits of those that have the number, and how many do."""
    there = np.isfinite(values)
    n = there.sum(axis=0)
    total = np.where(there, values, 0.0).sum(axis=0)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0), n


def _not_applicable(reason: str) -> SplitPanelFidelity:
    columns = ["predictors", "metric", "value", "ci_low", "ci_high", "null_twin", "n_splits"]
    empty = pd.DataFrame(columns=columns)
    splits = pd.DataFrame(
        columns=["split", "label_members", "predictor_members", "predictors", "n_folds_fitted"]
    )
    return SplitPanelFidelity(
        empty, splits, is_applicable=False, reason=reason, sentence=_sentence(empty, reason)
    )


def _sentence(table: pd.DataFrame, reason: str) -> str:
    """Say the areas beside their twins, and what they are not."""
    if reason:
        return f"Split-panel fidelity is not applicable: {reason}."
    auc = table[table["metric"] == SPLIT_PANEL_METRICS[0]]
    said = []
    for row in auc.itertuples():
        text = f"{row.predictors.replace('_', ' ')} {row.value:.2f}"
        if np.isfinite(row.ci_low):
            text += f" ({row.ci_low:.2f} to {row.ci_high:.2f})"
        if np.isfinite(row.null_twin):
            text += f", continuum twin {row.null_twin:.2f}"
        said.append(text)
    return (
        f"Split-panel fidelity over {count_of(int(auc['n_splits'].max()), 'split')}: out-of-fold "
        f"AUC for labels of one half of the axis from {'; '.join(said)}. {_NEVER}"
    )
