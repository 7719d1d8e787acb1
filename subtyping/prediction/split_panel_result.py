"""Split-panel fidelity of every split, its mean, and what is said of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.prediction.fidelity import FIDELITY_METRICS, fold_statistics
from subtyping.prediction.resampling import people_weights, percentile_interval

__all__ = ["SPLIT_PANEL_METRICS", "SplitPanelFidelity", "join_splits", "not_applicable"]

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


def join_splits(
    per: list[pd.DataFrame],
    halves: list[tuple[tuple[str, ...], tuple[str, ...]]],
    people: pd.Series,
    *,
    resamples: int,
    seed: int,
) -> SplitPanelFidelity:
    """Judge every split, and average values and draws over the splits.

    Parameters
    ----------
    per : list of pandas.DataFrame
        Held-out rows of every split, from `run_split`.
    halves : list of tuple
        Label members and predictor members of every split.
    people : pandas.Series
        Person of each sample, index ``sample_id`` in the panel's order.
    resamples, seed : int
        Of the intervals.

    Returns
    -------
    SplitPanelFidelity
    """
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
        return not_applicable("no split could be fitted in any fold")
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


def not_applicable(reason: str) -> SplitPanelFidelity:
    """Return the answer of a panel that cannot be split, with the reason.

    Examples
    --------
    >>> not_applicable("too few members").sentence
    'Split-panel fidelity is not applicable: too few members.'
    """
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
