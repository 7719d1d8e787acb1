"""What a model card keeps so that independent people can be held against the derivation."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from subtyping.discovery.labelling import FittedLabelling
from subtyping.panel.panel import Panel

__all__ = [
    "block_digests",
    "group_profile",
    "person_digest",
    "replication_block",
    "sample_blocks",
    "sample_fingerprints",
]

LEAST_DETECTED = 5
DECIMALS = 4
DIGEST_LENGTH = 16
BLOCK_DECIMALS = 3
MOST_BLOCKS, BLOCK_WIDTH, LEAST_WIDTH = 8, 8, 5
LEAST_BITS = 32.0
HEAP = 0.05
NOTHING = -(2**62)


def replication_block(
    fitted: FittedLabelling, panel: Panel | None, provenance: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the part of the card that replication needs, as plain JSON types.

    Parameters
    ----------
    fitted : FittedLabelling
        Of the derivation people.
    panel : Panel or None
        That it was learnt on; without it the subjects behind the samples are not known.
    provenance : mapping
        Of the run; its digests of the data and of the declaration go into the salt.

    Returns
    -------
    dict
        ``profile``: ``analyte, difference_z`` (see `group_profile`). ``samples``: blocks of
        analytes and the digests of every derivation sample's values in them (see
        `sample_blocks`). ``people``: ``salt``, and the digests of sample ids and subjects (see
        `person_digest`). No id and no value can be read back; whoever holds the same values, or
        guesses an id, can recognise them.
    """
    case = fitted.is_case
    probability = fitted.model.probability(fitted.scores.values.to_numpy()[case])
    level = fitted.scores.table["level"].to_numpy()[case]
    z = fitted.prepared.z
    difference = group_profile(z.to_numpy()[case], level, probability)
    samples = sample_blocks(fitted.prepared.log2, fitted.members)
    origin = [provenance.get(name) for name in ("data_sha256", "declaration_sha256")]
    salt = _digest(repr((origin, samples["digests"])).encode())
    ids = [*fitted.prepared.log2.index]
    subject = None if panel is None else panel.role("subject")
    if subject is not None:
        ids += list(subject.dropna())
    return {
        "profile": {
            "analyte": [str(name) for name in z.columns],
            "difference_z": [float(d) if np.isfinite(d) else None for d in difference],
        },
        "samples": samples,
        "people": {"salt": salt, "digests": sorted({person_digest(name, salt) for name in ids})},
    }


def person_digest(name: object, salt: str) -> str:
    """Return the salted digest of a sample id or a subject.

    Parameters
    ----------
    name : object
        Blanks around it do not count, nor does ``.0`` after a whole number.
    salt : str
        Of the card, so that the digests of two cards cannot be joined.

    Returns
    -------
    str
        Sixteen hexadecimal digits.

    Examples
    --------
    >>> person_digest(" 17.0", "ab") == person_digest("17", "ab") != person_digest("17", "cd")
    True
    """
    text = str(name).strip()
    whole = text.removesuffix(".0")
    return _digest(f"{salt}:{whole if whole.isdigit() else text}".encode())


def sample_blocks(log2: pd.DataFrame, members: Sequence[str]) -> dict[str, Any]:
    r"""Return digests of each derivation sample's values, block of analytes by block.

    The members of the axis are one block; the most telling analytes of the panel are dealt into
    up to eight more, of five to eight each. A sample is the same as another if it is in any
    block, so leaving analytes out of a copy does not make new people of it.

    A digest is kept only if its block tells one person from another by at least 32 bits: the sum,
    over analytes, of :math:`-\log_2` of the share of pairs of people with the same rounded value;
    a value that more than a twentieth of the people hold, as those below a limit do, tells only
    :math:`\log_2` of the inverse of that share. A block below detection throughout, or constant,
    has no digest.

    Parameters
    ----------
    log2 : pandas.DataFrame of shape (n_samples, n_analytes)
        Values in the order of the derivation panel, before any adjustment.
    members : sequence of str
        Members of the axis that carry the score.

    Returns
    -------
    dict
        ``blocks``: lists of analytes. ``digests``: sorted, of all samples and blocks together.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> people = pd.DataFrame(rng.normal(size=(50, 12)), columns=list("abcdefghijkl"))
    >>> kept = sample_blocks(people, ["a", "b", "c", "d", "e"])
    >>> [len(block) for block in kept["blocks"]], len(kept["digests"])
    ([5, 6, 6], 150)
    """
    bits = _bits(_rounded(log2))
    blocks = _blocks(log2, [name for name in members if name in log2.columns], bits)
    at = [log2.columns.get_indexer(block) for block in blocks]
    tells = np.array([bits[:, block].sum(axis=1) >= LEAST_BITS for block in at]).T
    known = block_digests(log2, blocks)[tells] if blocks else np.empty(0, dtype=str)
    return {"blocks": blocks, "digests": sorted({str(digest) for digest in known})}


def block_digests(log2: pd.DataFrame, blocks: Sequence[Sequence[str]]) -> np.ndarray:
    """Return the digest of each sample's values in each block, rounded to three decimals.

    Parameters
    ----------
    log2 : pandas.DataFrame of shape (n_samples, n_analytes)
    blocks : sequence of sequence of str
        As `sample_blocks` made them; an analyte that is absent counts as not measured.

    Returns
    -------
    ndarray of str of shape (n_samples, n_blocks)
    """
    digests = np.empty((len(log2), len(blocks)), dtype=f"<U{DIGEST_LENGTH}")
    for k, block in enumerate(blocks):
        numbers = _rounded(log2.reindex(columns=list(block)))
        name = "|".join(block).encode()
        digests[:, k] = [_digest(name + row.tobytes()) for row in numbers]
    return digests


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]


def _rounded(log2: pd.DataFrame) -> np.ndarray:
    """Return thousandths as integers, with one mark for what was not measured."""
    X = log2.to_numpy(dtype=float)
    known = np.isfinite(X)
    thousandths = np.rint(np.where(known, X, 0.0) * 10**BLOCK_DECIMALS)
    return np.ascontiguousarray(np.where(known, thousandths, NOTHING).astype("<i8"))


def _bits(numbers: np.ndarray) -> np.ndarray:
    """Return how much each entry tells about who it is."""
    n = len(numbers)
    bits = np.zeros(numbers.shape)
    for j, column in enumerate(numbers.T):
        _, inverse, counts = np.unique(column, return_inverse=True, return_counts=True)
        is_heap = counts > max(2.0, HEAP * n)
        spread = counts[~is_heap].astype(float)
        pairs = spread.sum() * (spread.sum() - 1) / 2
        shared = (spread * (spread - 1) / 2).sum()
        own = np.log2((pairs + 1) / (shared + 1))
        bits[:, j] = np.where(is_heap, np.log2(n / counts), own)[inverse]
    return np.where(numbers == NOTHING, 0.0, bits)


def _blocks(log2: pd.DataFrame, members: list[str], bits: np.ndarray) -> list[list[str]]:
    """Deal the most telling analytes into blocks, the axis members first in one of their own."""
    order = np.argsort(-bits.sum(axis=0).round(6), kind="stable")
    names = [str(log2.columns[j]) for j in order][: MOST_BLOCKS * BLOCK_WIDTH]
    k = min(MOST_BLOCKS, max(1, len(names) // LEAST_WIDTH))
    dealt = [names[i::k] for i in range(k)]
    return [block for block in ([str(name) for name in members], *dealt) if block]


def group_profile(z: np.ndarray, level: np.ndarray, probability: np.ndarray) -> np.ndarray:
    r"""Return how far the subtype differs from the other cases on each analyte, given the level.

    The least-squares coefficient :math:`d_j` of the membership probability :math:`p_i` in
    :math:`z_{ij} = a_j + b_j L_i + d_j p_i + e_{ij}`, in SD of the reference people; without a
    level (all NaN) that term is left out.

    Parameters
    ----------
    z : ndarray of shape (n_case, n_analytes)
    level, probability : ndarray of shape (n_case,)

    Returns
    -------
    ndarray of shape (n_analytes,)
        NaN where everybody has the same probability.

    Examples
    --------
    >>> member = np.array([0.0, 0.0, 1.0, 1.0])
    >>> z = np.array([[0.0, 1.0], [2.0, 1.0], [4.0, 1.0], [6.0, 3.0]])
    >>> group_profile(z, np.full(4, np.nan), member).round(6).tolist()
    [4.0, 1.0]
    """
    if np.ptp(probability) < 1e-9:
        return np.full(z.shape[1], np.nan)
    columns = [np.ones(len(z)), probability]
    if np.isfinite(level).all():
        columns.append(level)
    solution = np.linalg.lstsq(np.column_stack(columns), z, rcond=None)[0]
    return np.asarray(solution[1])


def sample_fingerprints(log2: pd.DataFrame, detected: pd.DataFrame) -> pd.Series:
    """Return one digest of each sample's measured values, as cards of before blocks keep it.

    Such a card has ``fingerprints`` in place of ``samples``. A row that lacks one analyte of the
    derivation panel has another digest, which is why `sample_blocks` took its place.

    Parameters
    ----------
    log2 : pandas.DataFrame of shape (n_samples, n_analytes)
        Values in the order of the derivation panel, before any adjustment.
    detected : pandas.DataFrame of bool
        Same shape.

    Returns
    -------
    pandas.Series
        Sixteen hexadecimal digits; missing where fewer than five analytes are detected, because
        such a sample could equal another by chance.

    Examples
    --------
    >>> values = pd.DataFrame([range(6), range(6)], index=["a", "b"], dtype=float)
    >>> prints = sample_fingerprints(values, values >= 0)
    >>> bool(prints["a"] == prints["b"])
    True
    """
    numbers = np.ascontiguousarray(log2.to_numpy(dtype="<f8").round(DECIMALS)) + 0.0
    numbers[~np.isfinite(numbers)] = np.nan
    enough = detected.to_numpy(dtype=bool).sum(axis=1) >= LEAST_DETECTED
    digests = [
        hashlib.sha256(row.tobytes()).hexdigest()[:DIGEST_LENGTH] if is_enough else None
        for row, is_enough in zip(numbers, enough, strict=True)
    ]
    return pd.Series(digests, index=log2.index, dtype=object, name="fingerprint")
