"""Outer folds that leave out one site, or one plate, at a time."""

import numpy as np

from subtyping._validation import count_of, list_some, one_of
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.prediction.folds import people_of, split_people

__all__ = ["LEFT_OUT", "leave_out", "outer_folds"]

LEFT_OUT = {"leave_one_site_out": "site", "leave_one_plate_out": "batch"}
"""Names of the folds, and the role whose values they hold out."""


def leave_out(
    panel: Panel, *, case: tuple[str, ...], reference: tuple[str, ...], role: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Make one outer fold of each site or plate that holds case samples.

    Parameters
    ----------
    panel : Panel
        Needs the role.
    case, reference : tuple of str
        Groups to split; all other samples are in no fold.
    role : {"site", "batch"}

    Returns
    -------
    fold_of : ndarray of int, shape (n_samples,)
        Fold of each sample from 0, -1 for samples of other groups. Places without a case sample
        have numbers above the last fold: they teach in every fold and are never held out.
    names : tuple of str
        The place each fold holds out, in alphabetical order.

    Raises
    ------
    InputError
        If the role is not declared or blank for somebody, fewer than two places hold cases, or
        a person has samples in two places.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> samples = pd.DataFrame({"group": ["MDD", "HC", "MDD", "HC", "HC"],
    ...                         "site": ["S", "S", "N", "N", "W"]})
    >>> panel = SimpleNamespace(
    ...     samples=samples, sample_ids=samples.index, role=samples.get,
    ...     in_groups=lambda names: samples["group"].isin(names).to_numpy())
    >>> fold, names = leave_out(panel, case=("MDD",), reference=("HC",), role="site")
    >>> fold.tolist(), names
    ([1, 1, 0, 0, 2], ('N', 'S'))
    """
    word = {"site": "site", "batch": "plate"}[role]
    column = panel.role(role)
    if column is None:
        message = (
            f"Leaving out one {word} at a time needs the {role} role; none was declared. Write "
            f"columns: {{{role}: <column of the samples table>}}, or give a number of folds."
        )
        raise InputError(message)
    inside = panel.in_groups([*case, *reference])
    blank = inside & column.isna().to_numpy()
    if blank.any():
        message = (
            f"Leaving out one {word} at a time needs the {word} of every case and reference "
            f"sample; {count_of(int(blank.sum()), 'sample has', 'samples have')} none, such as "
            f"{list_some(panel.sample_ids[blank])}. Complete the column or give a number of folds."
        )
        raise InputError(message)
    place = column.astype(str).to_numpy(dtype=object)
    with_cases = tuple(sorted(set(place[panel.in_groups(list(case))])))
    if len(with_cases) < 2:
        message = (
            f"Leaving out one {word} at a time needs at least 2 with case samples; got "
            f"{len(with_cases)}. Give a number of folds instead."
        )
        raise InputError(message)
    _require_one_place(people_of(panel)[inside], place[inside], word)
    others = sorted(set(place[inside]) - set(with_cases))
    number = {name: k for k, name in enumerate([*with_cases, *others])}
    fold_of = np.full(len(place), -1)
    fold_of[inside] = [number[name] for name in place[inside]]
    return fold_of, with_cases


def _require_one_place(people: np.ndarray, place: np.ndarray, word: str) -> None:
    """Raise where a person would be in training and held out at once."""
    places: dict[str, set[str]] = {}
    for person, where in zip(people, place, strict=True):
        places.setdefault(person, set()).add(where)
    several = sorted(person for person, where in places.items() if len(where) > 1)
    if several:
        message = (
            f"{count_of(len(several), 'subject has', 'subjects have')} samples on more than one "
            f"{word}, such as "
            f"{list_some([name[2:] for name in several])}: left-out people would also be in "
            "training. Keep one visit of each subject, or give a number of folds."
        )
        raise InputError(message)


def outer_folds(
    panel: Panel,
    *,
    case: tuple[str, ...],
    reference: tuple[str, ...],
    folds: int | str,
    seed: int,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the outer folds asked for: a number of folds of people, or places left out.

    Parameters
    ----------
    panel : Panel
    case, reference : tuple of str
    folds : int or {"leave_one_site_out", "leave_one_plate_out"}
    seed : int
        Used for a number of folds.

    Returns
    -------
    fold_of : ndarray of int, shape (n_samples,)
        Fold of each sample; -1 in no fold; above the last fold: always in training.
    names : tuple of str
        One name for each fold; empty texts for a number of folds.

    Raises
    ------
    InputError
        If the people or the roles do not allow these folds.
    """
    if isinstance(folds, str):
        one_of(folds, list(LEFT_OUT), "prediction.folds, unless it is a number,")
        return leave_out(panel, case=case, reference=reference, role=LEFT_OUT[folds])
    fold_of = split_people(panel, case=case, reference=reference, folds=folds, seed=seed)
    return fold_of, ("",) * folds
