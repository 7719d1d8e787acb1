"""One pathway: value, interval, twins, patients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping._validation import count_of
from subtyping.signature.blockade.change import Reach, clamped_change, permuted_change, reach_of
from subtyping.signature.blockade.clamping import Clamp
from subtyping.signature.blockade.fitted import Fitted
from subtyping.signature.blockade.patients import PatientShares, patient_shares
from subtyping.signature.blockade.rows import (
    PathwayRows,
    interval_of,
    standing_against,
    table_row,
)
from subtyping.signature.blockade.twins import Targets, Twin, random_twin
from subtyping.signature.reversal.metrics import cosine, percent_improvement
from subtyping.statistics.conditional_network import clamp_weights

__all__ = ["one_pathway"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
MIN_JUDGED = 5
MIN_LEVEL_ANALYTES = 8
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class _Evaluation:
    """One way to judge a pathway: what is judged, at which level, and what came out."""

    metric: str
    rows: Array
    judged: Mask
    change: Array
    slopes: Array
    reach: Reach
    twin: Twin


def one_pathway(clamp: Clamp, fitted: Fitted) -> PathwayRows:
    """Return everything that is said about one pathway.

    Parameters
    ----------
    clamp : Clamp
    fitted : Fitted

    Returns
    -------
    PathwayRows
    """
    result = PathwayRows()
    names = fitted.people.names
    at = np.array([names.index(name) for name in clamp.analytes if name in names], dtype=int)
    if clamp.kind == "nothing" or not len(at):
        reason = clamp.sentence if clamp.kind == "nothing" else "what is clamped does not vary"
        result.table.append(
            table_row(clamp.pathway, "percent_normalised", fitted=fitted, reason=reason)
        )
        return result
    for metric, mask, pool, level in _ways(clamp, fitted, at):
        found = _evaluated(clamp, fitted, at, metric, masks=(mask, pool), level=level)
        if isinstance(found, dict):
            result.table.append(found)
            continue
        value = float(found.reach.percent[0])
        result.table.append(
            table_row(
                clamp.pathway, metric, value, interval_of(found.reach.percent[1:]),
                standing_against(value, found.twin.percent), fitted=fitted, reach=found.reach,
            )
        )  # fmt: skip
        if not len(found.twin.percent):
            result.notes.append(
                f"{clamp.pathway}, {metric}: too few other analytes for random sets of "
                f"{count_of(len(at), 'analyte')}; there is no twin and no claim."
            )
        if metric == "percent_normalised":
            _add_change(result, clamp, fitted, found)
            _add_patients(result, clamp, fitted, found)
            _add_analytes(result, clamp, fitted, found)
    return result


def _ways(
    clamp: Clamp, fitted: Fitted, at: NDArray[np.int_]
) -> list[tuple[str, Mask, Mask, Array | None]]:
    """Return metric, what is judged, where random sets come from, and the level that is kept."""
    names = fitted.people.names
    judged = np.array([name not in clamp.left_out for name in names])
    judged[at] = False
    own = judged & np.array([name not in fitted.handling for name in names])
    often = 2 * fitted.first_signature.is_chosen[0].sum(axis=0) >= fitted.people.n_folds
    level = own / own.sum() if own.sum() >= MIN_LEVEL_ANALYTES else np.empty(0)
    return [
        ("percent_normalised", judged, judged, None),
        ("percent_normalised_without_handling", own, own, None),
        ("percent_normalised_given_level", own, own & ~often, level),
    ]


def _evaluated(
    clamp: Clamp,
    fitted: Fitted,
    at: NDArray[np.int_],
    metric: str,
    *,
    masks: tuple[Mask, Mask],
    level: Array | None,
) -> _Evaluation | dict[str, object]:
    """Return the evaluation, or the row that says why there is none."""
    if level is not None and not len(level):
        reason = f"fewer than {MIN_LEVEL_ANALYTES} other analytes to read a general level from"
        return table_row(clamp.pathway, metric, fitted=fitted, reason=reason)
    judged, pool = masks
    as_score = clamp.kind == "axis_score"
    rows = clamp_weights(len(judged), at, as_score=as_score)
    change, slopes = clamped_change(fitted.people, fitted.moments, rows, level)
    reach = reach_of(fitted.moments, fitted.signature, change, judged)
    reason = _not_applicable(reach)
    if reason:
        return table_row(clamp.pathway, metric, fitted=fitted, reach=reach, reason=reason)
    targets = Targets(at, as_score, pool, judged, level)
    twin = random_twin(fitted, targets, with_patients=metric == "percent_normalised")
    return _Evaluation(metric, rows, judged, change, slopes, reach, twin)


def _not_applicable(reach: Reach) -> str:
    if reach.n_judged[0] < MIN_JUDGED:
        return (
            f"{reach.n_judged[0]:.1f} dysregulated analytes outside the pathway on average over "
            f"folds; {MIN_JUDGED} are needed"
        )
    if not np.quantile(reach.before, 0.025) > 0:
        return "the dysregulated analytes do not differ in held-out people: nothing to normalise"
    return ""


def _add_change(result: PathwayRows, clamp: Clamp, fitted: Fitted, found: _Evaluation) -> None:
    """Add the mean expected change, against permuted labels."""
    rng = stream(fitted.seed, "blockade", "labels", clamp.pathway)
    drawn = permuted_change(fitted.people, found.slopes[0], found.rows, fitted.n_null, rng)
    null = reach_of(fitted.first, fitted.first_signature, drawn, found.judged)
    moved = float(found.reach.moved[0])
    result.table.append(
        table_row(
            clamp.pathway, "change_sd", moved, interval_of(found.reach.moved[1:]),
            standing_against(moved, null.moved), fitted=fitted, reach=found.reach,
        )
    )  # fmt: skip


def _add_patients(result: PathwayRows, clamp: Clamp, fitted: Fitted, found: _Evaluation) -> None:
    """Add what each patient has back, its mean, and both curves."""
    counted = fitted.first_signature.is_chosen[0] & found.judged
    patients = patient_shares(
        fitted.people, found.slopes[0], found.rows, counted,
        intervals=fitted.intervals, doses=fitted.doses,
    )  # fmt: skip
    weights = fitted.moments.weights[1:][:, patients.rows]
    shares = 100 * patients.mean()
    drawn = 100 * np.array([patients.mean(weight) for weight in weights])
    drawn, null = drawn.reshape(-1, len(shares)), 100 * found.twin.shares
    result.table.append(
        table_row(
            clamp.pathway, "share_brought_back_pct", float(shares[-1]), interval_of(drawn[:, -1]),
            standing_against(float(shares[-1]), null[:, -1]), fitted=fitted, reach=found.reach,
        )
    )  # fmt: skip
    doses, reach = np.array(fitted.doses), found.reach
    lines = (doses * reach.percent[0], np.outer(reach.percent[1:], doses))
    straight = (*lines, np.outer(found.twin.percent, doses))
    for metric, curve in (
        (found.metric, straight),
        ("share_brought_back_pct", (shares, drawn, null)),
    ):
        result.curve.extend(_curve(clamp.pathway, metric, fitted.doses, curve))
    result.patients.extend(_patient_rows(clamp.pathway, fitted, patients))


def _curve(
    pathway: str, metric: str, doses: tuple[float, ...], curve: tuple[Array, Array, Array]
) -> list[dict[str, object]]:
    """Return a row for each dose from values, draws and random sets."""
    values, draws, null = curve
    rows: list[dict[str, object]] = []
    for k, dose in enumerate(doses):
        known = null[np.isfinite(null[:, k]), k]
        band = np.quantile(known, [0.5, 0.05, 0.95]) if len(known) >= 19 else [NAN] * 3
        low, high = interval_of(draws[:, k])
        rows.append(
            {
                "pathway": pathway,
                "metric": metric,
                "dose": dose,
                "value": float(values[k]),
                "ci_low": low,
                "ci_high": high,
                "null_median": float(band[0]),
                "null_low": float(band[1]),
                "null_high": float(band[2]),
            }
        )
    return rows


def _patient_rows(pathway: str, fitted: Fitted, patients: PatientShares) -> list[dict[str, object]]:
    return [
        {
            "pathway": pathway,
            "sample_id": sample,
            "n_outside": int(patients.n_outside[k]),
            "n_back": int(patients.n_back[k, -1]),
            "n_pushed_out": int(patients.n_pushed_out[k, -1]),
            "share_brought_back_frac": float(patients.share[k, -1]),
        }
        for k, sample in enumerate(fitted.people.ids[patients.rows])
    ]


def _add_analytes(result: PathwayRows, clamp: Clamp, fitted: Fitted, found: _Evaluation) -> None:
    """Add held-out means analyte by analyte, and the two metrics that rest on them."""
    moments, names = fitted.moments, fitted.people.names
    share = moments.counts[:, :, 0] / moments.counts[:, :, 0].sum(axis=1, keepdims=True)
    n_folds = (fitted.first_signature.is_chosen[0] & found.judged).sum(axis=0)
    often = np.flatnonzero(2 * n_folds >= fitted.people.n_folds)
    difference = moments.held_out[:, :, 0] - moments.held_out[:, :, 1]
    before = (share[..., None] * difference[..., often]).sum(axis=1)
    moved = (share[..., None] * found.change[..., often]).sum(axis=1)
    improvement = percent_improvement(before, before + moved)
    result.analytes.extend(
        {
            "pathway": clamp.pathway,
            "analyte": names[j],
            "n_folds": int(n_folds[j]),
            "difference": float(before[0, k]),
            "change": float(moved[0, k]),
            "percent": float(improvement.per_analyte[0, k]),
            "is_handling_marker": names[j] in fitted.handling,
        }
        for k, j in enumerate(often)
    )
    for metric, draws in (
        ("percent_improvement_capped", improvement.capped),
        ("cosine", cosine(before, moved)),
    ):
        result.table.append(
            table_row(
                clamp.pathway, metric, float(draws[0]), interval_of(draws[1:]),
                fitted=fitted, reach=found.reach,
            )
        )  # fmt: skip
