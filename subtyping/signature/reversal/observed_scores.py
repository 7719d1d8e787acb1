"""The scores of a treatment that was measured, with intervals and nulls."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from subtyping._random import stream
from subtyping.signature.reversal.halves import Weights, exchanged, half_weights, whole_weights
from subtyping.signature.reversal.metrics import cosine, share_brought_back
from subtyping.signature.reversal.nulls import (
    chance_directions,
    matched_relabellings,
    relabellings,
)
from subtyping.signature.reversal.published_scores import CHANCE, LABELS, NOISE, TARGETS, around
from subtyping.signature.reversal.scores import Moves, deciding_scores
from subtyping.signature.reversal.signature_of_cases import healthy_interval
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["People", "measured", "score_observed"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

BOOT_SPLITS = 3


@dataclass(frozen=True, eq=False)
class People:
    """Everybody in the model: reference (0), before (1) and after treatment (2).

    Attributes
    ----------
    z : ndarray of shape (n_samples, n_analytes)
    state, subject : ndarray of int of shape (n_samples,)
    pairs : ndarray of int of shape (n_pairs, 2)
        Samples of one person before and after.
    s2, rho : ndarray of shape (n_analytes,)
        Variance within the states (moderated) and correlation within a person, one for all.
    strata : ndarray of int of shape (n_analytes,)
    spread : ndarray of shape (n_analytes,)
    residuals : ndarray of shape (n_samples, n_analytes)
        In unit variance.
    q_below : float
    """

    z: Floats
    state: Ints
    subject: Ints
    pairs: Ints
    s2: Floats
    rho: Floats
    strata: Ints
    spread: Floats
    residuals: Floats
    q_below: float

    def only(self, keep: Mask) -> "People":
        """Return the same people in some of the analytes."""
        return replace(
            self, z=self.z[:, keep], s2=self.s2[keep], rho=self.rho[keep],
            strata=self.strata[keep], spread=self.spread[keep],
            residuals=self.residuals[:, keep],
        )  # fmt: skip


def measured(
    z: Floats, state: Ints, subject: Ints, strata: Ints, *, spread: Floats, q_below: float
) -> People:
    """Fit the means of the three states, and what is left.

    Parameters
    ----------
    z : ndarray of shape (n_samples, n_analytes)
        Adjusted for covariates.
    state, subject : ndarray of int of shape (n_samples,)
    strata : ndarray of int of shape (n_analytes,)
    spread : ndarray of shape (n_analytes,)
    q_below : float

    Returns
    -------
    People
    """
    design = np.column_stack([state == k for k in range(3)]).astype(float)
    fit = moderated_t(z, design, np.eye(3))
    rest = z - design @ np.linalg.lstsq(design, z, rcond=None)[0]
    size = rest.std(axis=0)
    residuals = rest / np.where(size > 0, size, 1.0)
    before = {int(subject[i]): i for i in np.flatnonzero(state == 1)}
    after = {int(subject[i]): i for i in np.flatnonzero(state == 2)}
    both = [(i, after[who]) for who, i in before.items() if who in after]
    pairs = np.array(both, dtype=np.int64).reshape(-1, 2)
    r = (residuals[pairs[:, 0]] * residuals[pairs[:, 1]]).mean() if len(pairs) else 0.0
    rho = np.full(z.shape[1], float(np.clip(r, -0.99, 0.99)))
    return People(
        z, state, subject, pairs, np.asarray(fit.s2_posterior), rho, strata, spread, residuals,
        q_below,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Halves:
    """Contrasts of the splits: arrays of shape (n_contrasts, n_analytes)."""

    b: Floats
    t: Floats
    se: Floats
    selected: Mask
    drug: Moves


def _halves(people: People, weights: Weights) -> _Halves:
    b, d = weights.signature @ people.z, weights.effect @ people.z
    of_b, of_d, _ = weights.variances(people.pairs)
    se_b, se_d = (
        np.sqrt(np.maximum(u[:, :1] + u[:, 1:] * people.rho, 1e-12) * people.s2)
        for u in (of_b, of_d)
    )
    t = b / se_b
    p = 2 * special.ndtr(-np.abs(t))
    q = np.array([benjamini_hochberg(row) for row in p])
    return _Halves(b, t, se_b, q < people.q_below, Moves(d, np.sign(d), se_d))


def _mean_scores(halves: _Halves, drug: Moves | None = None) -> dict[str, float]:
    """Average the deciding scores over the splits; one without a signature is passed over."""
    found = deciding_scores(halves.b, halves.t, halves.selected, drug or halves.drug)
    return {name: _mean(values) for name, values in found.items()}


def _mean(values: Floats) -> float:
    usable = values[np.isfinite(values)]
    return float(usable.mean()) if len(usable) else float("nan")


def _moments(people: People, weights: Weights) -> dict[str, float]:
    """Scores of everybody at once, corrected for the errors the two contrasts share."""
    b, d = (w @ people.z / np.sqrt(people.s2) for w in (weights.signature, weights.effect))
    vb, vd, cov = (u[:, :1] + u[:, 1:] * people.rho for u in weights.variances(people.pairs))
    size = float((b**2 - vb).sum())
    slope = -float((b * d - cov).sum()) / size if size > 0 else float("nan")
    return {
        "improvement_slope_pct": 100 * slope,
        "cosine_corrected": float(cosine(b, d, signature_var=vb, effect_var=vd, shared_cov=cov)[0]),
        "cosine_uncorrected": float(cosine(b, d)[0]),
    }


def _everything(people: People, state: Ints, counts: Floats, *, n_splits: int,
                generator: np.random.Generator) -> dict[str, float]:  # fmt: skip
    weights = half_weights(state, people.subject, counts, n_splits, generator)
    return {**_mean_scores(_halves(people, weights)),
            **_moments(people, whole_weights(state, counts))}  # fmt: skip


def score_observed(
    people: People, *, n_splits: int, bootstrap: int, draws: int, seed: int
) -> tuple[dict[str, float], dict[str, tuple[float, float]], dict[str, dict[str, Floats]]]:
    """Return values, intervals and nulls of a measured treatment.

    Parameters
    ----------
    people : People
    n_splits, bootstrap, draws, seed : int

    Returns
    -------
    values, intervals, nulls : dict
        By metric; nulls by kind and metric.
    """
    ones = np.ones(len(people.state))
    weights = half_weights(
        people.state, people.subject, ones, n_splits, stream(seed, "observed", "halves")
    )
    halves = _halves(people, weights)
    values = {**_mean_scores(halves), **_moments(people, whole_weights(people.state, ones))}
    boots = []
    for k in range(bootstrap):
        generator = stream(seed, "observed", "bootstrap", k)
        counts = _resampled(people, generator)
        boots.append(_everything(people, people.state, counts, n_splits=BOOT_SPLITS,
                                 generator=generator))  # fmt: skip
    intervals = {
        name: around(value, np.array([boot[name] for boot in boots]), name)
        for name, value in values.items()
    }
    nulls = {NOISE: _no_effect(people, n_splits, draws, seed),
             **_unrelated(people, halves, draws, seed)}  # fmt: skip
    return values, intervals, nulls


def _resampled(people: People, generator: np.random.Generator) -> Floats:
    """Draw people with replacement, those of one role among themselves; both samples together."""
    roles = np.zeros(people.subject.max() + 1, dtype=int)
    np.bitwise_or.at(roles, people.subject, 2**people.state)
    counts = np.zeros(len(roles))
    for role in np.unique(roles[people.subject]):
        mine = np.flatnonzero(roles == role)
        counts += np.bincount(generator.choice(mine, len(mine)), minlength=len(roles))
    return np.asarray(counts[people.subject])


def _no_effect(people: People, n_splits: int, draws: int, seed: int) -> dict[str, Floats]:
    """Before and after exchanged: what a drug that does nothing scores."""
    ones, found = np.ones(len(people.state)), []
    for k in range(draws):
        generator = stream(seed, "observed", "exchange", k)
        state = exchanged(people.state, people.pairs, generator)
        found.append(_everything(people, state, ones, n_splits=n_splits, generator=generator))
    return {name: np.array([draw[name] for draw in found]) for name in found[0]}


def _unrelated(
    people: People, halves: _Halves, draws: int, seed: int
) -> dict[str, dict[str, Floats]]:
    """What an effect of the same size elsewhere scores, and a signature of chance."""
    p = people.z.shape[1]
    labels = relabellings(people.strata, draws, stream(seed, "observed", "labels"))
    matched = matched_relabellings(
        people.residuals, people.spread, np.arange(p), draws, stream(seed, "observed", "targets")
    )
    drawn = chance_directions(people.residuals, draws, stream(seed, "observed", "chance"))
    size = np.sqrt((drawn**2).sum(axis=1))
    chance = drawn / np.where(size > 0, size, 1.0)[:, None]
    found: dict[str, list[dict[str, float]]] = {LABELS: [], TARGETS: [], CHANCE: []}
    length = np.sqrt((halves.t**2).sum(axis=1, keepdims=True))
    n_selected = halves.selected.sum(axis=1)
    for k in range(draws):
        found[LABELS].append(_mean_scores(halves, halves.drug.at(labels[k])))
        found[TARGETS].append(_mean_scores(halves, halves.drug.at(matched[k])))
        t = chance[k] * length
        rank = np.argsort(np.argsort(-np.abs(chance[k]), kind="stable"), kind="stable")
        selected = rank[None, :] < n_selected[:, None]
        other = replace(halves, b=t * halves.se, t=t, selected=selected)
        found[CHANCE].append(_mean_scores(other))
    return {
        kind: {name: np.array([draw[name] for draw in rows]) for name in rows[0]}
        for kind, rows in found.items()
    }


def paired_share(people: People, selected: Mask) -> tuple[float, Floats, Ints]:
    """Percent of values outside the healthy interval before that lie inside after, in pairs.

    Returns
    -------
    percent : float
    share : ndarray of shape (n_pairs,)
    counts : ndarray of int of shape (n_pairs, 3)
        Outside, back, pushed out.
    """
    low, high = healthy_interval(people.z[people.state == 0][:, selected])
    before, after = (people.z[people.pairs[:, k]][:, selected] for k in (0, 1))
    found = share_brought_back(before, after, low, high)
    counts = np.column_stack([found.n_outside, found.n_back, found.n_pushed_out])
    return 100 * found.pooled, found.share, counts
