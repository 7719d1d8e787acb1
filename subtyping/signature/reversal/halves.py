"""Signature and drug effect from different people: who weighs how much in which contrast."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Weights", "exchanged", "half_weights", "whole_weights"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Weights:
    """Two contrasts as weights of samples.

    Attributes
    ----------
    signature : ndarray of shape (n_contrasts, n_samples)
        Before treatment minus reference.
    effect : ndarray of shape (n_contrasts, n_samples)
        After minus before treatment.
    """

    signature: Floats
    effect: Floats

    def variances(self, pairs: Ints) -> tuple[Floats, Floats, Floats]:
        r"""Return variances of both contrasts and their covariance, in units of the error.

        With error variance 1 and correlation :math:`\rho` of the two samples of a person:
        each returned array has columns *u*, *v* and the variance is :math:`u + \rho v`.

        Parameters
        ----------
        pairs : ndarray of int of shape (n_pairs, 2)
            Samples of the same person.

        Returns
        -------
        signature, effect, shared : ndarray of shape (n_contrasts, 2)
        """
        found = []
        for a, b in ((self.signature,) * 2, (self.effect,) * 2, (self.signature, self.effect)):
            i, j = pairs[:, 0], pairs[:, 1]
            crossed = (a[:, i] * b[:, j] + a[:, j] * b[:, i]).sum(axis=1)
            found.append(np.column_stack([(a * b).sum(axis=1), crossed]))
        return found[0], found[1], found[2]


def whole_weights(state: Ints, counts: Floats) -> Weights:
    """Return the contrasts of everybody; people before treatment stand in both.

    Parameters
    ----------
    state : ndarray of int of shape (n_samples,)
        0 reference, 1 before, 2 after.
    counts : ndarray of shape (n_samples,)
        How often each sample counts (a bootstrap).

    Returns
    -------
    Weights

    Examples
    --------
    >>> found = whole_weights(np.array([0, 1, 1, 2]), np.ones(4))
    >>> found.signature.tolist(), found.effect.tolist()
    ([[-1.0, 0.5, 0.5, 0.0]], [[0.0, -0.5, -0.5, 1.0]])
    """
    reference, before, after = (_share((state == k) * counts) for k in range(3))
    return Weights((before - reference)[None], (after - before)[None])


def half_weights(
    state: Ints, subject: Ints, counts: Floats, n_splits: int, generator: np.random.Generator
) -> Weights:
    """Return contrasts that share no person: signature of one half, effect in the other.

    The people seen before treatment are halved at random, and each half takes each part once. A
    person's sample after treatment goes where the sample before it is; people seen only after
    treatment belong to the effect of both halves. Reference people stand in the signature only.

    Parameters
    ----------
    state, counts : ndarray of shape (n_samples,)
        As in `whole_weights`.
    subject : ndarray of int of shape (n_samples,)
        Code of the person.
    n_splits : int
    generator : numpy.random.Generator

    Returns
    -------
    Weights
        Of shape (2 n_splits, n_samples).

    Examples
    --------
    >>> state = np.array([0, 1, 1, 2, 2])
    >>> found = half_weights(state, np.arange(5), np.ones(5), 1, np.random.default_rng(0))
    >>> bool(((found.signature != 0) & (found.effect != 0)).any())
    False
    """
    people = np.unique(subject[(state == 1) & (counts > 0)])
    reference = _share((state == 0) * counts)
    signature, effect = [], []
    for _ in range(n_splits):
        shuffled = generator.permutation(people)
        first = np.isin(subject, shuffled[: len(people) // 2])
        in_people = np.isin(subject, people)
        for mine in (first, in_people & ~first):
            signature.append(_share((state == 1) * mine * counts) - reference)
            rest = ~mine * counts
            effect.append(_share((state == 2) * rest) - _share((state == 1) * rest))
    return Weights(np.array(signature), np.array(effect))


def exchanged(state: Ints, pairs: Ints, generator: np.random.Generator) -> Ints:
    """Return the states with before and after exchanged at random: a drug that does nothing.

    Within a person where both were measured; among the others by shuffling.

    Parameters
    ----------
    state : ndarray of int of shape (n_samples,)
    pairs : ndarray of int of shape (n_pairs, 2)
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of int of shape (n_samples,)

    Examples
    --------
    >>> pairs = np.empty((0, 2), dtype=int)
    >>> np.sort(exchanged(np.array([0, 1, 2, 2]), pairs, np.random.default_rng(0))).tolist()
    [0, 1, 2, 2]
    """
    drawn = state.copy()
    alone = (state > 0) & ~np.isin(np.arange(len(state)), pairs)
    drawn[alone] = generator.permutation(state[alone])
    flip = generator.random(len(pairs)) < 0.5
    i, j = pairs[flip, 0], pairs[flip, 1]
    drawn[i], drawn[j] = state[j], state[i]
    return drawn


def _share(counts: Floats) -> Floats:
    total = counts.sum()
    return np.asarray(counts / total if total > 0 else np.zeros(len(counts)))
