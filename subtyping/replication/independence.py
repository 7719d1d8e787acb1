"""What is refused as not independent: the same people under any name, and people twice."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.discovery.derivation import block_digests, person_digest, sample_fingerprints
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.preparation.prepared import Prepared

__all__ = [
    "refuse_derivation_ids",
    "refuse_known_ids",
    "refuse_repeated",
    "refuse_same_values",
]


def refuse_same_values(block: Mapping[str, Any], prepared: Prepared) -> None:
    """Raise if new samples hold the values of derivation samples, whatever they are called.

    Parameters
    ----------
    block : mapping
        ``replication`` of the card: ``samples`` (see `sample_blocks`), or ``fingerprints`` of an
        older card (see `sample_fingerprints`); without either nothing can be told.
    prepared : Prepared
        The new people in the derivation's layout.

    Raises
    ------
    InputError
        With the count, and three ids at most.
    """
    ids = prepared.log2.index
    same = np.zeros(len(ids), dtype=bool)
    samples = block.get("samples")
    if samples:
        known = list(samples["digests"])
        same |= np.isin(block_digests(prepared.log2, samples["blocks"]), known).any(axis=1)
    if block.get("fingerprints"):
        prints = sample_fingerprints(prepared.log2, prepared.detected)
        same |= prints.isin(list(block["fingerprints"])).to_numpy()
    if same.any():
        n = int(same.sum())
        message = (
            f"{count_of(n, 'sample')} of the new panel ({list_some(ids[same])}) "
            f"{'holds' if n == 1 else 'hold'} the very values of derivation samples, under "
            "the same or other ids: these are not independent people. Leave them out."
        )
        raise InputError(message)


def refuse_derivation_ids(block: Mapping[str, Any], panel: Panel) -> None:
    """Raise if new samples or subjects carry a sample id or a subject of the derivation.

    Parameters
    ----------
    block : mapping
        ``replication`` of the card, whose ``people`` hold salted digests; an older card has none.
    panel : Panel

    Raises
    ------
    InputError
        See `refuse_known_ids`.
    """
    people = block.get("people")
    if people:
        salt, known = str(people["salt"]), frozenset(people["digests"])
        refuse_known_ids(panel, lambda name: person_digest(name, salt) in known)


def refuse_known_ids(panel: Panel, is_known: Callable[[str], bool]) -> None:
    """Raise if the id or the subject of a new sample is known from the derivation.

    Parameters
    ----------
    panel : Panel
    is_known : callable
        Tells whether an id is one of the derivation.

    Raises
    ------
    InputError
        With the count, and three ids at most.
    """
    ids = panel.sample_ids.astype(str)
    shared = _known(pd.Series(ids), is_known)
    subject = panel.role("subject")
    if subject is not None:
        shared |= _known(subject, is_known)
    if shared.any():
        n = int(shared.sum())
        message = (
            f"{count_of(n, 'new sample')} of {len(ids)} ({list_some(ids[shared])}) "
            f"{'has' if n == 1 else 'have'} an id of the derivation, as a sample or as a subject: "
            "these are not independent people. Leave them out; if the new cohort numbers its "
            "people on its own, say so with --own-numbering."
        )
        raise InputError(message)


def _known(names: pd.Series, is_known: Callable[[str], bool]) -> np.ndarray:
    """Mask the names that are known; a blank is nobody's."""
    return np.array([pd.notna(name) and is_known(str(name).strip()) for name in names], dtype=bool)


def refuse_repeated(panel: Panel, takes_part: np.ndarray) -> None:
    """Raise if a person has several samples among the new cases and reference people.

    Parameters
    ----------
    panel : Panel
    takes_part : ndarray of bool of shape (n_samples,)

    Raises
    ------
    InputError
    """
    subject = panel.role("subject")
    if subject is None:
        return
    mine = subject[takes_part].dropna().astype(str)
    twice = mine[mine.duplicated()].unique()
    if len(twice):
        message = (
            f"{count_of(len(twice), 'subject')} of the new cases and reference people "
            f"({list_some(twice)}) {'has' if len(twice) == 1 else 'have'} several samples; a "
            "replication counts people. Keep one visit of each."
        )
        raise InputError(message)
