"""What a model card keeps so that independent people can be held against the derivation."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from subtyping.discovery.labelling import FittedLabelling

__all__ = ["group_profile", "replication_block", "sample_fingerprints"]

LEAST_DETECTED = 5
DECIMALS = 4
DIGEST_LENGTH = 16


def replication_block(fitted: FittedLabelling) -> dict[str, Any]:
    """Return the part of the card that replication needs, as plain JSON types.

    Parameters
    ----------
    fitted : FittedLabelling
        Of the derivation people.

    Returns
    -------
    dict
        ``profile``: ``analyte, difference_z`` (see `group_profile`). ``fingerprints``: one digest
        for each derivation sample, sorted (see `sample_fingerprints`); no id and no value can be
        read back from it, and whoever holds the same values can recognise them.
    """
    case = fitted.is_case
    probability = fitted.model.probability(fitted.scores.values.to_numpy()[case])
    level = fitted.scores.table["level"].to_numpy()[case]
    z = fitted.prepared.z
    difference = group_profile(z.to_numpy()[case], level, probability)
    prints = sample_fingerprints(fitted.prepared.log2, fitted.prepared.detected)
    return {
        "profile": {
            "analyte": [str(name) for name in z.columns],
            "difference_z": [float(d) if np.isfinite(d) else None for d in difference],
        },
        "fingerprints": sorted(prints.dropna()),
    }


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
    """Return a digest of each sample's measured values, whatever the sample is called.

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
