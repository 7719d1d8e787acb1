"""How much of a held-out signature is expected to go when something is clamped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.signature.blockade.moments import FoldMoments, Signature, linked_slopes
from subtyping.signature.blockade.people import People

__all__ = [
    "Reach",
    "clamp_gap",
    "clamped_change",
    "fold_covariances",
    "permuted_change",
    "reach_of",
    "set_slopes",
    "slopes_change",
]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Reach:
    """What is expected to go of the signature, at full blockade.

    Attributes
    ----------
    percent : ndarray of shape (n_draws,)
        ``100 moved / before``; NaN where the signature is empty or has the wrong sign held out.
    moved, before : ndarray of shape (n_draws,)
        Mean expected change towards the healthy level, and mean difference, over the judged
        analytes, in SD of the healthy people, signed as in the training people.
    n_judged : ndarray of shape (n_draws,)
        Judged analytes, mean over folds.
    """

    percent: Array
    moved: Array
    before: Array
    n_judged: Array


def reach_of(
    moments: FoldMoments, signature: Signature, change: Array, is_judged: NDArray[np.bool_]
) -> Reach:
    r"""Return the percent of the held-out signature that a change takes away.

    .. math::
        100 \, \frac{-\sum_f w_f \, \overline{s_{fj} \, c_{fj}}}
        {\sum_f w_f \, \overline{s_{fj} \, d_{fj}}}

    over the judged analytes *j* chosen by the training people of fold *f*, with their sign *s*,
    the difference *d* and the change *c* in the held-out people; *w* is the share of the cases.
    A ratio of means, not a mean of ratios: held-out differences near 0 do not blow it up.

    Parameters
    ----------
    moments : FoldMoments
    signature : Signature
    change : ndarray of shape (n_draws, n_folds, n_analytes)
    is_judged : ndarray of bool, broadcast against `change`

    Returns
    -------
    Reach
    """
    counted = signature.is_chosen & is_judged
    size = counted.sum(axis=-1)
    share = moments.counts[:, :, 0] / moments.counts[:, :, 0].sum(axis=1, keepdims=True)
    weight = counted * signature.sign * (share / np.maximum(size, 1))[..., None]
    difference = moments.held_out[:, :, 0] - moments.held_out[:, :, 1]
    before = (weight * difference).sum(axis=(1, 2))
    moved = -(weight * change).sum(axis=(1, 2))
    percent = np.divide(100.0 * moved, before, out=np.full(moved.shape, np.nan), where=before > 0)
    return Reach(percent, moved, before, size.mean(axis=-1))


def clamped_change(
    people: People, moments: FoldMoments, rows: Array, level: Array | None = None
) -> tuple[Array, Array]:
    """Return the mean expected change of held-out cases, and the slopes behind it.

    Parameters
    ----------
    people : People
    moments : FoldMoments
    rows : ndarray of shape (n_rows, n_analytes)
        Weights of what is clamped, held at the mean of the training reference people.
    level : ndarray of shape (n_analytes,), optional
        Weights of a score that keeps its value: the slopes are those at an equal level.

    Returns
    -------
    change : ndarray of shape (n_draws, n_folds, n_analytes)
    slopes : ndarray of shape (n_draws, n_folds, n_analytes, n_rows)
    """
    held = rows if level is None else np.vstack([rows, level])
    slopes = linked_slopes(people, moments, held)[..., : len(rows)]
    return slopes_change(slopes, clamp_gap(moments, rows)), slopes


def clamp_gap(moments: FoldMoments, rows: Array) -> Array:
    """Return how far held-out cases stand from the healthy level: (n_draws, n_folds, n_rows)."""
    return np.asarray((moments.training[:, :, 1] - moments.held_out[:, :, 0]) @ rows.T)


def slopes_change(slopes: Array, gap: Array) -> Array:
    """Return the change that slopes make of a gap: (n_draws, n_folds, n_analytes)."""
    return np.asarray((slopes @ gap[..., None])[..., 0])


def fold_covariances(people: People) -> Array:
    """Return the within-group covariance of the training people of each fold.

    Parameters
    ----------
    people : People

    Returns
    -------
    ndarray of shape (n_folds, n_analytes, n_analytes)
    """
    products, freedom = [], []
    for f in range(people.n_folds):
        training = people.fold != f
        parts = [people.x[training & side] for side in (people.is_case, ~people.is_case)]
        centred = np.vstack([part - part.mean(axis=0) for part in parts])
        products.append(centred.T @ centred)
        freedom.append(len(centred) - 2)
    return np.stack([p / n for p, n in zip(products, freedom, strict=True)])


def set_slopes(covariances: Array, rows: Array, level: Array | None = None) -> tuple[Array, Array]:
    """Return slopes on many sets from covariances, and the within-group SD of what is clamped.

    Parameters
    ----------
    covariances : ndarray of shape (n_folds, n_analytes, n_analytes)
    rows : ndarray of shape (n_sets, n_rows, n_analytes)
    level : ndarray of shape (n_sets, n_analytes), optional
        As in `clamped_change`, one for each set.

    Returns
    -------
    slopes : ndarray of shape (n_sets, n_folds, n_analytes, n_rows)
    sd : ndarray of shape (n_sets, n_folds, n_rows)
    """
    held = rows if level is None else np.concatenate([rows, level[:, None]], axis=1)
    n_sets, n_held, p = held.shape
    products = covariances @ held.reshape(-1, p).T
    across = products.reshape(len(covariances), p, n_sets, n_held).transpose(2, 0, 3, 1)
    inside = across @ np.swapaxes(held, -1, -2)[:, None]
    trace = np.trace(inside, axis1=-2, axis2=-1)[..., None, None] / n_held
    slopes = np.linalg.solve(inside + 1e-9 * trace * np.eye(n_held), across)
    spread = np.sqrt(np.diagonal(inside, axis1=-2, axis2=-1))
    n_rows = rows.shape[1]
    return np.asarray(np.swapaxes(slopes[..., :n_rows, :], -1, -2)), np.asarray(
        spread[..., :n_rows]
    )


def permuted_change(
    people: People, slopes: Array, rows: Array, n_permutations: int, rng: np.random.Generator
) -> Array:
    """Return the change with case and reference labels permuted among the people of each fold.

    The slopes stay: only how far the cases stand from the healthy level is drawn anew. A subject
    with samples of both groups has them exchanged or not.

    Parameters
    ----------
    people : People
    slopes : ndarray of shape (n_folds, n_analytes, n_rows)
    rows : ndarray of shape (n_rows, n_analytes)
    n_permutations : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of shape (n_permutations, n_folds, n_analytes)
    """
    clamped = people.x @ rows.T
    label = np.array([_permuted_labels(people, rng) for _ in range(n_permutations)], dtype=float)
    shape = (n_permutations, people.n_folds, clamped.shape[1])
    gap = np.empty(shape)
    for f in range(people.n_folds):
        inside = people.fold == f
        case, reference = label[:, inside], 1.0 - label[:, ~inside]
        held_out = case @ clamped[inside] / case.sum(axis=1, keepdims=True)
        healthy = reference @ clamped[~inside] / reference.sum(axis=1, keepdims=True)
        gap[:, f] = healthy - held_out
    return np.asarray((slopes @ gap[..., None])[..., 0])


def _permuted_labels(people: People, rng: np.random.Generator) -> NDArray[np.bool_]:
    label = people.is_case.copy()
    kind = people.stratum % 4
    of_subject = np.zeros(int(people.subject.max()) + 1, dtype=bool)
    of_subject[people.subject[people.is_case]] = True
    for f in range(people.n_folds):
        single = np.unique(people.subject[(people.fold == f) & (kind != 3)])
        of_subject[single] = of_subject[rng.permutation(single)]
    flips = rng.random(len(of_subject)) < 0.5
    both = kind == 3
    label[~both] = of_subject[people.subject[~both]]
    label[both] = people.is_case[both] ^ flips[people.subject[both]]
    return np.asarray(label)
