"""The scores of one published drug, with intervals, nulls and every patient."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping.signature.reversal.drug_vector import DrugVector
from subtyping.signature.reversal.metrics import percent_improvement, share_brought_back
from subtyping.signature.reversal.nulls import (
    chance_directions,
    matched_relabellings,
    relabellings,
)
from subtyping.signature.reversal.scores import Moves, deciding_scores, p_value
from subtyping.signature.reversal.signature_of_cases import CaseSignature, healthy_interval

__all__ = [
    "METRICS",
    "DrugScores",
    "Resamples",
    "around",
    "moves_of",
    "null_summary",
    "resamples",
    "score_drug",
]

Floats = NDArray[np.float64]

LABELS, TARGETS, CHANCE, NOISE = (
    "labels exchanged", "matched targets", "chance signature", "drug without effect",
)  # fmt: skip
COVERED = {
    "improvement_covered_pct": "improvement_pct",
    "improvement_covered_uncapped_pct": "improvement_uncapped_pct",
}
BOUNDS = {"share_back": (0.0, 100.0), "connectivity": (-1.0, 1.0), "cosine": (-1.0, 1.0)}
METRICS = (
    "improvement_pct",
    "improvement_uncapped_pct",
    *COVERED,
    "share_back_pct",
    "connectivity",
    "cosine",
)


@dataclass(frozen=True, eq=False)
class Resamples:
    """Draws that every drug shares: people resampled, labels exchanged, signatures of chance.

    Attributes
    ----------
    signature : CaseSignature
    b : ndarray of shape (bootstrap, n_analytes)
        Signature in resampled people.
    weights : ndarray of shape (bootstrap, n_case)
        How often each case was drawn.
    low, high : ndarray of shape (bootstrap, n_analytes)
        Healthy interval of the resampled reference people.
    labels : ndarray of int of shape (draws, n_analytes)
    chance_b, chance_t : ndarray of shape (draws, n_analytes)
        Signatures of the same length as the real one, in directions of noise.
    chance_selected : ndarray of bool of shape (draws, n_analytes)
        As many analytes as are dysregulated, those with the largest t.
    seed : int
    """

    signature: CaseSignature
    b: Floats
    weights: Floats
    low: Floats
    high: Floats
    labels: NDArray[np.int64]
    chance_b: Floats
    chance_t: Floats
    chance_selected: NDArray[np.bool_]
    seed: int


@dataclass(frozen=True, eq=False)
class DrugScores:
    """Scores of one drug: value, interval and null of each metric; patients."""

    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    nulls: Mapping[str, Mapping[str, Floats]]
    patients: pd.DataFrame


def resamples(signature: CaseSignature, bootstrap: int, draws: int, seed: int) -> Resamples:
    """Draw what all drugs are held against.

    Parameters
    ----------
    signature : CaseSignature
    bootstrap, draws : int
    seed : int

    Returns
    -------
    Resamples
    """
    z1, z0 = signature.z_case, signature.z_reference
    people = stream(seed, "reversal", "bootstrap")
    weights = [people.multinomial(len(z), np.full(len(z), 1 / len(z)), bootstrap) for z in (z1, z0)]
    w1, w0 = (w.astype(float) for w in weights)
    shift = (w1 / len(z1) - 1 / len(z1)) @ z1 - (w0 / len(z0) - 1 / len(z0)) @ z0
    limits = [healthy_interval(np.repeat(z0, row, axis=0)) for row in weights[1]]
    labels = relabellings(signature.strata, draws, stream(seed, "reversal", "labels"))
    t = chance_directions(signature.residuals, draws, stream(seed, "reversal", "chance"))
    length = np.sqrt((signature.t**2).sum() / np.maximum((t**2).sum(axis=1), 1e-300))
    t = t * length[:, None]
    m = int(signature.is_dysregulated.sum())
    order = np.argsort(-np.abs(t), axis=1, kind="stable")
    selected = np.zeros(t.shape, dtype=bool)
    np.put_along_axis(selected, order[:, :m], values=True, axis=1)
    return Resamples(
        signature=signature,
        b=signature.b + shift,
        weights=w1,
        low=np.array([low for low, _ in limits]),
        high=np.array([high for _, high in limits]),
        labels=labels,
        chance_b=t * signature.se,
        chance_t=t,
        chance_selected=selected,
        seed=seed,
    )


def moves_of(drug: DrugVector, scale: Floats) -> Moves:
    """Return a drug in z units, 0 where nothing is known."""
    return Moves(
        np.nan_to_num(drug.effect / scale),
        np.nan_to_num(drug.direction),
        drug.standard_error / scale,
        has_numbers=bool(np.isfinite(drug.effect).any()),
    )


def score_drug(drug: DrugVector, against: Resamples) -> DrugScores:
    """Score one drug.

    Parameters
    ----------
    drug : DrugVector
        Over the analytes of the signature.
    against : Resamples

    Returns
    -------
    DrugScores
    """
    signature, selected = against.signature, against.signature.is_dysregulated
    moves = moves_of(drug, signature.scale)
    known = np.isfinite(drug.effect) if moves.has_numbers else np.isfinite(drug.direction)
    values = {k: float(v) for k, v in
              deciding_scores(signature.b, signature.t, selected, moves).items()}  # fmt: skip
    with_t = against.b / signature.se
    moved = _with_noise(drug, moves, against)
    boots = deciding_scores(against.b, with_t, np.broadcast_to(selected, with_t.shape), moved)
    patients = pd.DataFrame()
    if moves.has_numbers:
        values |= {k: float(v) for k, v in _covered(signature.b, selected & known, moves).items()}
        boots |= _covered(against.b, selected & known, moved)
        values["share_back_pct"], patients = _patients(signature, moves)
        boots["share_back_pct"] = _share_boots(against, moved)
    intervals = {name: around(values[name], draws, name) for name, draws in boots.items()}
    return DrugScores(values, intervals, _nulls(drug, moves, known, against), patients)


def _with_noise(drug: DrugVector, moves: Moves, against: Resamples) -> Moves:
    """Return measured effects with their noise drawn anew for each resample of the people."""
    if not np.isfinite(moves.se).any():
        return moves
    generator = stream(against.seed, "reversal", "measured", drug.drug, drug.model)
    noise = chance_directions(against.signature.residuals, len(against.b), generator)
    effect = moves.effect + noise * np.nan_to_num(moves.se)
    return Moves(effect, moves.direction, np.broadcast_to(moves.se, effect.shape))


def _covered(b: Floats, covered: NDArray[np.bool_], moves: Moves) -> dict[str, Floats]:
    found = percent_improvement(np.where(covered, b, np.nan), b + moves.effect)
    return {
        "improvement_covered_pct": np.asarray(found.capped),
        "improvement_covered_uncapped_pct": np.asarray(found.uncapped),
    }


def _patients(signature: CaseSignature, moves: Moves) -> tuple[float, pd.DataFrame]:
    keep = signature.is_dysregulated
    low, high = healthy_interval(signature.z_reference[:, keep])
    z = signature.z_case[:, keep]
    found = share_brought_back(z, z + moves.effect[keep], low, high)
    table = pd.DataFrame(
        {
            "sample_id": signature.case_ids.astype(str),
            "n_outside": found.n_outside,
            "n_back": found.n_back,
            "n_pushed_out": found.n_pushed_out,
            "share": found.share,
        }
    )
    return 100 * found.pooled, table


def _share_boots(against: Resamples, moves: Moves) -> Floats:
    keep = against.signature.is_dysregulated
    z = against.signature.z_case[:, keep]
    effects = np.broadcast_to(moves.effect, against.b.shape)[:, keep]
    shares = np.full(len(against.weights), np.nan)
    for k, weight in enumerate(against.weights):
        found = share_brought_back(z, z + effects[k], against.low[k][keep], against.high[k][keep])
        total = float(weight @ found.n_outside)
        shares[k] = 100 * float(weight @ found.n_back) / total if total else np.nan
    return shares


def _share_nulls(signature: CaseSignature, effects: Floats) -> Floats:
    """Pooled share of each row of effects, limits fixed."""
    keep = signature.is_dysregulated
    low, high = healthy_interval(signature.z_reference[:, keep])
    z = signature.z_case[:, keep]
    person, column = np.nonzero((z < low) | (z > high))
    if not len(person):
        return np.full(len(effects), np.nan)
    after = z[person, column] + effects[:, keep][:, column]
    back = (after >= low[column]) & (after <= high[column])
    return np.asarray(100 * back.mean(axis=1))


def _nulls(
    drug: DrugVector, moves: Moves, known: NDArray[np.bool_], against: Resamples
) -> dict[str, dict[str, Floats]]:
    signature, seed = against.signature, against.seed
    draws, p = against.labels.shape
    is_target = known & ((moves.effect != 0) | (moves.direction != 0))
    targets = np.flatnonzero(is_target if is_target.any() else known)
    matched = matched_relabellings(
        signature.residuals, signature.spread, targets, draws,
        stream(seed, "reversal", "targets", drug.drug, drug.model),
    )  # fmt: skip
    b, t = (np.broadcast_to(x, (draws, p)) for x in (signature.b, signature.t))
    selected = np.broadcast_to(signature.is_dysregulated, (draws, p))
    drawn = {LABELS: moves.at(against.labels, signature.scale),
             TARGETS: moves.at(matched, signature.scale)}  # fmt: skip
    if np.isfinite(moves.se).any():
        generator = stream(seed, "reversal", "noise", drug.drug, drug.model)
        noise = chance_directions(signature.residuals, draws, generator)
        effect = noise * np.nan_to_num(moves.se)
        drawn[NOISE] = Moves(effect, np.sign(effect), np.broadcast_to(moves.se, (draws, p)))
    found = {name: deciding_scores(b, t, selected, other) for name, other in drawn.items()}
    if moves.has_numbers:
        for name, other in drawn.items():
            found[name]["share_back_pct"] = _share_nulls(signature, other.effect)
    found[CHANCE] = deciding_scores(
        against.chance_b, against.chance_t, against.chance_selected, moves
    )
    return found


def around(value: float, draws: Floats, metric: str) -> tuple[float, float]:
    """Return the 95 % percentile interval, moved so that its median is the value.

    A resampled signature carries its noise twice, so cosines and connectivities of resamples lie
    below the value itself; the spread is right and the place is not. The value carries the noise
    once, so what is covered is the mean of such values, not the truth without noise.

    Examples
    --------
    >>> around(0.5, np.linspace(0.2, 0.4, 41), "cosine")
    (0.405, 0.595)
    """
    usable = draws[np.isfinite(draws)]
    if len(usable) < 20 or not np.isfinite(value):
        return float("nan"), float("nan")
    low, middle, high = np.percentile(usable, [2.5, 50, 97.5]) + value
    bounds = [x for end, x in BOUNDS.items() if metric.startswith(end)]
    least, most = bounds[0] if bounds else (-np.inf, np.inf)
    shift = middle - value
    return (
        round(float(np.clip(low - shift, least, most)), 12),
        round(float(np.clip(high - shift, least, most)), 12),
    )


def null_summary(value: float, null: Floats) -> dict[str, float]:
    """Median, upper 95 % point, p-value and number of draws of one null."""
    usable = null[np.isfinite(null)]
    middle, high = np.percentile(usable, [50, 95]) if len(usable) else (np.nan, np.nan)
    return {"median": float(middle), "q95": float(high), "p_value": p_value(value, null),
            "draws": len(null)}  # fmt: skip
