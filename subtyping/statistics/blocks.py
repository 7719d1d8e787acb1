"""Samples that come in blocks: what is left when their common part is taken out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["block_codes", "decorrelated", "lowest_correlation"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]


def block_codes(block: ArrayLike | Sequence[object], n: int) -> Codes:
    """Return 0, 1, ... for the block of each sample, in order of first appearance.

    Parameters
    ----------
    block : array of shape (n,)
        Label of the block of each sample (the subject), none missing.
    n : int
        Samples expected.

    Returns
    -------
    ndarray of int of shape (n,)

    Raises
    ------
    InputError
        If the length is another or a label is missing.

    Examples
    --------
    >>> block_codes(["p1", "p2", "p1"], 3).tolist()
    [0, 1, 0]
    """
    labels = np.asarray(block, dtype=object).ravel()
    if len(labels) != n:
        message = f"block needs one label for each of the {n} samples; got {len(labels)}."
        raise InputError(message)
    codes = np.asarray(pd.factorize(labels)[0], dtype=np.int64)
    if (codes < 0).any():
        message = (
            f"{int((codes < 0).sum())} samples have no block label. Leave them out, or give each "
            "a label of its own."
        )
        raise InputError(message)
    return codes


def lowest_correlation(codes: Codes) -> float:
    """Return the correlation above which the largest block has a covariance matrix.

    Parameters
    ----------
    codes : ndarray of int of shape (n,)

    Returns
    -------
    float
        :math:`-1 / (m - 1)` for a largest block of *m* samples; -1 if none has two.

    Examples
    --------
    >>> lowest_correlation(np.array([0, 0, 0, 1]))
    -0.5
    """
    largest = int(np.bincount(codes).max(initial=1))
    return -1.0 / max(1, largest - 1)


def decorrelated(values: Floats, codes: Codes, correlation: float) -> Floats:
    r"""Return values whose samples are uncorrelated if those of one block correlate by *r*.

    Each value loses a share :math:`1 - \sqrt{(1 - r) / (1 + (m - 1) r)}` of the mean of its block
    of *m* samples and is divided by :math:`\sqrt{1 - r}`: the symmetric inverse root of the
    covariance matrix with ones on the diagonal and *r* within blocks.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_columns)
        No missing values.
    codes : ndarray of int of shape (n_samples,)
        See `block_codes`.
    correlation : float

    Returns
    -------
    ndarray of shape (n_samples, n_columns)

    Examples
    --------
    >>> decorrelated(np.array([[1.0], [3.0], [5.0]]), np.array([0, 0, 1]), 0.0).ravel().tolist()
    [1.0, 3.0, 5.0]
    """
    if correlation == 0 or not len(codes):
        return values
    size = np.bincount(codes).astype(float)
    kept = np.sqrt((1 - correlation) / (1 + (size - 1) * correlation))
    order = np.argsort(codes, kind="stable")
    present = np.flatnonzero(size)
    starts = np.concatenate([[0], np.cumsum(size[present])[:-1]]).astype(np.int64)
    total = np.zeros((len(size), values.shape[1]))
    total[present] = np.add.reduceat(values[order], starts, axis=0)
    share = np.divide(1 - kept, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray((values - (total * share[:, None])[codes]) / np.sqrt(1 - correlation))
