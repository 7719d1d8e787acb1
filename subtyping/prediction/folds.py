"""Outer folds made of people: every sample of a person lies in one fold."""

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["deal_people", "people_of", "split_people"]


def people_of(panel: Panel) -> np.ndarray:
    """Return who gave each sample: the declared subject, otherwise the sample id itself.

    Parameters
    ----------
    panel : Panel
        A sample whose subject is blank counts as a person of its own.

    Returns
    -------
    ndarray of str, shape (n_samples,)

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> subjects = pd.Series(["p1", "p1", None], index=["a", "b", "c"])
    >>> panel = SimpleNamespace(role=lambda name: subjects, sample_ids=subjects.index)
    >>> [str(person) for person in people_of(panel)]
    ['p:p1', 'p:p1', 's:c']
    """
    samples = np.array([f"s:{name}" for name in panel.sample_ids], dtype=object)
    subject = panel.role("subject")
    if subject is None:
        return samples.astype(str)
    declared = np.array([f"p:{name}" for name in subject], dtype=object)
    return np.where(subject.isna().to_numpy(), samples, declared).astype(str)


def deal_people(
    people: np.ndarray, strata: np.ndarray, folds: int, rng: np.random.Generator
) -> np.ndarray:
    """Deal people to folds like cards, stratum after stratum.

    People are shuffled within their stratum and dealt in turn, so that fold sizes differ by at
    most one person, within every stratum and in all. The deal depends on who is there, not on the
    order of the rows.

    Parameters
    ----------
    people : ndarray of shape (n_samples,)
        Person of each sample.
    strata : ndarray of str, shape (n_samples,)
        Stratum of each sample; a person belongs to the first, in alphabetical order, of the
        strata of his or her samples.
    folds : int
        Number of folds.
    rng : numpy.random.Generator
        Source of the shuffle.

    Returns
    -------
    ndarray of int, shape (n_samples,)
        Fold of each sample, from 0.

    Examples
    --------
    >>> people = np.array(["a", "a", "b", "c", "d"])
    >>> fold = deal_people(people, np.repeat("", 5), 2, np.random.default_rng(0))
    >>> bool(fold[0] == fold[1]), [int(n) for n in np.bincount(fold[1:])]
    (True, [2, 2])
    """
    stratum_of = pd.Series(np.asarray(strata, dtype=str)).groupby(np.asarray(people)).min()
    dealt: list[object] = []
    for _, members in stratum_of.groupby(stratum_of):
        dealt.extend(rng.permutation(np.sort(members.index.to_numpy(dtype=object))))
    fold_of = {person: position % folds for position, person in enumerate(dealt)}
    return np.array([fold_of[person] for person in people], dtype=int)


def split_people(
    panel: Panel, *, case: tuple[str, ...], reference: tuple[str, ...], folds: int, seed: int
) -> np.ndarray:
    """Split case and reference people into outer folds, balanced by group and site alone.

    Labels learnt from all people never enter: balancing folds by them would leak. Reference
    people are split too, so that what a fold's preparation learns from healthy people comes from
    its training people only.

    Parameters
    ----------
    panel : Panel
        Needs a group column; the roles `subject` and `site` are used where declared.
    case, reference : tuple of str
        Groups to split. All other samples are in no fold.
    folds : int
        Number of folds, at least 2.
    seed : int
        Root seed.

    Returns
    -------
    ndarray of int, shape (n_samples,)
        Fold of each sample from 0; -1 for samples of other groups.

    Raises
    ------
    InputError
        If `folds` is below 2, or the case or the reference people are fewer than the folds.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> samples = pd.DataFrame({"group": ["MDD"] * 4 + ["HC"] * 2 + ["AD"]})
    >>> panel = SimpleNamespace(
    ...     samples=samples, sample_ids=samples.index, role=samples.get,
    ...     in_groups=lambda names: samples["group"].isin(names).to_numpy())
    >>> fold = split_people(panel, case=("MDD",), reference=("HC",), folds=2, seed=1)
    >>> [int(n) for n in np.bincount(fold[:4])], [int(n) for n in np.bincount(fold[4:6])]
    ([2, 2], [1, 1])
    >>> int(fold[6])
    -1
    """
    if folds < 2:
        message = f"Prediction needs at least 2 outer folds; got {folds}."
        raise InputError(message)
    people = people_of(panel)
    for name, groups in (("case", case), ("reference", reference)):
        there = len(np.unique(people[panel.in_groups(list(groups))]))
        if there < folds:
            message = (
                f"{folds} outer folds need at least {folds} people in the {name} group; got "
                f"{there} in {', '.join(groups) or 'none'}. Use fewer folds or more people."
            )
            raise InputError(message)
    inside = panel.in_groups([*case, *reference])
    group = panel.samples["group"].astype(str).to_numpy()
    site = panel.role("site")
    where = np.repeat("", len(group)) if site is None else site.fillna("").astype(str).to_numpy()
    strata = np.array([f"{g}\t{s}" for g, s in zip(group, where, strict=True)], dtype=object)
    fold = np.full(len(people), -1)
    fold[inside] = deal_people(
        people[inside], strata[inside], folds, stream(seed, "prediction", "outer_folds")
    )
    _check_every_fold_has_cases(fold[panel.in_groups(list(case))], folds)
    return fold


def in_panel_order(parts: list[pd.DataFrame], panel: Panel) -> pd.DataFrame:
    """Join rows of the folds in the order of the panel.

    Parameters
    ----------
    parts : list of pandas.DataFrame
        With ``sample_id``; each sample in one of them.
    panel : Panel

    Returns
    -------
    pandas.DataFrame
    """
    joined = pd.concat(parts, ignore_index=True)
    place = panel.sample_ids.get_indexer(pd.Index(joined["sample_id"]))
    return joined.iloc[np.argsort(place, kind="stable")].reset_index(drop=True)


def _check_every_fold_has_cases(fold_of_cases: np.ndarray, folds: int) -> None:
    """Raise where sites or mixed groups left a fold without a case sample to evaluate."""
    empty = np.flatnonzero(np.bincount(fold_of_cases, minlength=folds) == 0)
    if len(empty):
        message = (
            f"{count_of(len(empty), 'outer fold')} of {folds} would hold no case sample. "
            "Use fewer folds."
        )
        raise InputError(message)
