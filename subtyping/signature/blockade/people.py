"""Who is in the comparison, and which fold holds each person out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping.exceptions import InputError

__all__ = ["People", "gather_people", "person_weights"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class People:
    """Cases and reference people on the healthy scale, each held out by one fold.

    Attributes
    ----------
    x : ndarray of shape (n_samples, n_analytes)
        z-scores; analytes that do not vary within groups are not among them.
    names : tuple of str
        Analytes.
    ids : pandas.Index
        Sample ids.
    is_case : ndarray of bool of shape (n_samples,)
    fold : ndarray of int of shape (n_samples,)
        Fold that holds the sample out; all samples of a subject share one.
    subject, stratum : ndarray of int of shape (n_samples,)
        Subject, and the fold and groups that subject belongs to (the bootstrap stays within).
    n_folds : int
    """

    x: Array
    names: tuple[str, ...]
    ids: pd.Index
    is_case: NDArray[np.bool_]
    fold: NDArray[np.int_]
    subject: NDArray[np.int_]
    stratum: NDArray[np.int_]
    n_folds: int


def gather_people(
    z: pd.DataFrame,
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
    *,
    subjects: pd.Series | None,
    folds: int,
    seed: int,
) -> tuple[People, tuple[str, ...]]:
    """Return the people of a comparison with their folds, and the analytes that do not vary.

    Parameters
    ----------
    z : pandas.DataFrame of shape (n_samples, n_analytes)
    is_case, is_reference : array of bool of shape (n_samples,)
    subjects : pandas.Series, optional
        Subject of each sample; without it every sample is a subject of its own.
    folds : int
        Folds, drawn over subjects within groups.
    seed : int

    Returns
    -------
    People, tuple of str

    Raises
    ------
    InputError
        If the masks do not fit or overlap, fewer than 2 folds are asked for, or a group has fewer
        than 3 subjects for each fold.
    """
    case, reference = _masks(z, is_case, is_reference)
    kept = case | reference
    x = z.to_numpy(dtype=float)[kept]
    inside = case[kept]
    who = pd.Series(np.arange(len(z))) if subjects is None else subjects.reset_index(drop=True)
    if len(who) != len(z) or who[kept].isna().any():
        message = (
            f"subjects must name the subject of each of the {len(z)} samples; got {len(who)}, "
            f"{int(who.isna().sum())} blank."
        )
        raise InputError(message)
    subject = pd.factorize(who[kept].astype(str))[0]
    groups = _groups_of(subject, inside)
    fold_of = _folds(groups, folds, seed)
    varies = np.array([x[inside].std(axis=0), x[~inside].std(axis=0)]).min(axis=0) > 1e-9
    people = People(
        x=np.ascontiguousarray(x[:, varies]),
        names=tuple(str(name) for name in z.columns[varies]),
        ids=z.index[kept],
        is_case=inside,
        fold=fold_of[subject],
        subject=subject,
        stratum=(fold_of * 4 + groups)[subject],
        n_folds=folds,
    )
    return people, tuple(str(name) for name in z.columns[~varies])


def _masks(
    z: pd.DataFrame, is_case: NDArray[np.bool_], is_reference: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    case, reference = np.asarray(is_case, dtype=bool), np.asarray(is_reference, dtype=bool)
    if case.shape != (len(z),) or reference.shape != (len(z),):
        message = (
            f"is_case and is_reference must hold one entry for each of {len(z)} samples; got "
            f"{case.shape} and {reference.shape}."
        )
        raise InputError(message)
    if (case & reference).any():
        message = f"{int((case & reference).sum())} samples are both case and reference."
        raise InputError(message)
    return case, reference


def _groups_of(subject: NDArray[np.int_], is_case: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Return 1 for a subject seen as a case, 2 as reference, 3 as both."""
    groups = np.zeros(subject.max() + 1 if len(subject) else 0, dtype=int)
    np.bitwise_or.at(groups, subject, np.where(is_case, 1, 2))
    return groups


def _folds(groups: NDArray[np.int_], folds: int, seed: int) -> NDArray[np.int_]:
    """Return the fold of each subject, spread evenly over every kind of subject."""
    if folds < 2:
        message = f"People are held out in at least 2 folds; got {folds}."
        raise InputError(message)
    for side, bit in (("case", 1), ("reference", 2)):
        n = int((groups & bit > 0).sum())
        if n < 3 * folds:
            message = (
                f"{folds} folds need at least {3 * folds} {side} subjects, three for each; got {n}."
            )
            raise InputError(message)
    fold = np.zeros(len(groups), dtype=int)
    start = 0
    for kind in (1, 2, 3):
        members = np.flatnonzero(groups == kind)
        order = stream(seed, "blockade", "folds", kind).permutation(len(members))
        fold[members[order]] = (start + np.arange(len(members))) % folds
        start = 0
    return fold


def person_weights(people: People, n_bootstrap: int, seed: int) -> Array:
    """Return how often each sample counts: once in the first row, then bootstrap draws of subjects.

    Subjects are drawn with replacement within fold and group, so nobody is trained on and held out.

    Parameters
    ----------
    people : People
    n_bootstrap : int
    seed : int

    Returns
    -------
    ndarray of shape (1 + n_bootstrap, n_samples)
    """
    counts = np.ones((1 + n_bootstrap, int(people.subject.max()) + 1))
    rng = stream(seed, "blockade", "bootstrap")
    for stratum in np.unique(people.stratum):
        members = np.unique(people.subject[people.stratum == stratum])
        even = np.full(len(members), 1.0 / len(members))
        counts[1:, members] = rng.multinomial(len(members), even, size=n_bootstrap)
    return counts[:, people.subject]
