"""Sums over people, fold by fold: everything a weighted resample needs, without refitting loops."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from subtyping.signature.blockade.people import People

__all__ = ["FoldMoments", "Signature", "choose_signature", "fold_moments", "linked_slopes"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FoldMoments:
    """Weighted counts and means of the held-out and the training people of each fold.

    The first axis is the draw, the second the fold; groups are cases first, then reference.

    Attributes
    ----------
    weights : ndarray of shape (n_draws, n_samples)
    sums : ndarray of shape (n_draws, n_folds, 2, n_analytes)
        Weighted sums of the held-out people.
    counts : ndarray of shape (n_draws, n_folds, 2)
    held_out, training : ndarray of shape (n_draws, n_folds, 2, n_analytes)
        Means.
    training_counts : ndarray of shape (n_draws, n_folds, 2)
    """

    weights: Array
    sums: Array
    counts: Array
    held_out: Array
    training: Array
    training_counts: Array


@dataclass(frozen=True, eq=False)
class Signature:
    """The dysregulated analytes as the training people of each fold have them.

    Attributes
    ----------
    is_chosen : ndarray of bool of shape (n_draws, n_folds, n_analytes)
    sign : ndarray of shape (n_draws, n_folds, n_analytes)
        1 where the cases are higher, -1 where lower.
    """

    is_chosen: NDArray[np.bool_]
    sign: Array


def _group_sums(people: People, weights: Array, values: Array) -> Array:
    """Return weighted sums by fold and group: (n_draws, n_folds, 2, n_columns)."""
    result = np.empty((len(weights), people.n_folds, 2, values.shape[1]))
    for f in range(people.n_folds):
        for g, side in enumerate((people.is_case, ~people.is_case)):
            rows = (people.fold == f) & side
            result[:, f, g] = weights[:, rows] @ values[rows]
    return result


def _rest(held_out: Array) -> Array:
    """Return what the other folds hold."""
    return np.asarray(held_out.sum(axis=1, keepdims=True) - held_out)


def fold_moments(people: People, weights: Array) -> FoldMoments:
    """Return counts and means by fold, group and draw.

    Parameters
    ----------
    people : People
    weights : ndarray of shape (n_draws, n_samples)
        How often each sample counts.

    Returns
    -------
    FoldMoments
    """
    ones = np.ones((len(people.x), 1))
    counts = _group_sums(people, weights, ones)
    sums = _group_sums(people, weights, people.x)
    return FoldMoments(
        weights=weights,
        sums=sums,
        counts=counts[..., 0],
        held_out=sums / np.maximum(counts, 1e-12),
        training=_rest(sums) / _rest(counts),
        training_counts=_rest(counts)[..., 0],
    )


def choose_signature(people: People, moments: FoldMoments, q_below: float) -> Signature:
    """Return the analytes that differ among training people (Welch t, BH within the panel).

    Parameters
    ----------
    people : People
    moments : FoldMoments
    q_below : float
        False discovery rate.

    Returns
    -------
    Signature
    """
    squares = _rest(_group_sums(people, moments.weights, people.x**2))
    n = moments.training_counts[..., None]
    error = np.maximum(squares - n * moments.training**2, 0.0) / (n - 1) / n
    case, reference = error[:, :, 0], error[:, :, 1]
    difference = moments.training[:, :, 0] - moments.training[:, :, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = difference / np.sqrt(case + reference)
        freedom = (case + reference) ** 2 / (
            case**2 / (n[:, :, 0] - 1) + reference**2 / (n[:, :, 1] - 1)
        )
        p = 2.0 * special.stdtr(freedom, -np.abs(t))
    return Signature(_rejected(np.nan_to_num(p, nan=1.0), q_below), np.sign(difference))


def _rejected(p: Array, q_below: float) -> NDArray[np.bool_]:
    """Return what Benjamini-Hochberg rejects along the last axis."""
    m = p.shape[-1]
    ordered = np.sort(p, axis=-1)
    passes = ordered <= q_below * np.arange(1, m + 1) / m
    limit = np.where(passes, ordered, -1.0).max(axis=-1, keepdims=True)
    return np.asarray(p <= limit)


def linked_slopes(people: People, moments: FoldMoments, rows: Array) -> Array:
    r"""Return the within-group slopes of every analyte on what is clamped, from training people.

    :math:`B = \Sigma A^T (A \Sigma A^T)^{-1}` as `clamp_slopes`, for every draw and fold at once.

    Parameters
    ----------
    people : People
    moments : FoldMoments
    rows : ndarray of shape (n_rows, n_analytes)
        Weights of what is clamped.

    Returns
    -------
    ndarray of shape (n_draws, n_folds, n_analytes, n_rows)
    """
    clamped = people.x @ rows.T
    means = moments.training @ rows.T
    n = moments.training_counts[..., None]
    across = np.empty((*moments.held_out.shape[:2], people.x.shape[1], len(rows)))
    for k in range(len(rows)):
        products = _rest(_group_sums(people, moments.weights, people.x * clamped[:, [k]]))
        within = products - n * moments.training * means[..., [k]]
        across[..., k] = within.sum(axis=2)
    inside = rows @ across
    trace = np.trace(inside, axis1=-2, axis2=-1)[..., None, None] / len(rows)
    inside = inside + 1e-9 * trace * np.eye(len(rows))
    return np.asarray(np.swapaxes(np.linalg.solve(inside, np.swapaxes(across, -1, -2)), -1, -2))
