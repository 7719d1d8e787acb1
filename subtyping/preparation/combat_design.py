"""What the batch correction stands on: labels, and the regression on batch and covariates."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from subtyping._validation import list_some
from subtyping.exceptions import InputError

__all__ = ["BatchRegression", "batch_labels", "batch_regression", "constant_somewhere"]


def batch_labels(batches: ArrayLike, n_samples: int) -> np.ndarray:
    """Return batch labels as text, blank where not known.

    Parameters
    ----------
    batches : array of shape (n_samples,)
        Labels; a missing one and a blank one count as unknown.
    n_samples : int
        How many there must be.

    Returns
    -------
    ndarray of str

    Raises
    ------
    InputError
        If their number is another.

    Examples
    --------
    >>> batch_labels(["p1", None, "p2"], 3).tolist()
    ['p1', '', 'p2']
    """
    column = pd.Series(np.asarray(batches, dtype=object).ravel())
    if len(column) != n_samples:
        message = f"Expected a batch for each of the {n_samples} samples; got {len(column)}."
        raise InputError(message)
    return column.where(column.notna(), "").astype(str).str.strip().to_numpy(dtype=str)


@dataclass(frozen=True, eq=False)
class BatchRegression:
    """Least squares of every analyte on batch and covariates.

    Attributes
    ----------
    locations : ndarray of shape (n_batches, n_analytes)
        Coefficient of each batch; with a reference batch, distance from it (its own row holds
        its mean).
    slopes : ndarray of shape (n_coded, n_analytes)
    grand_mean, sd : ndarray of shape (n_analytes,)
        Batch means weighted by size (or the reference's mean), pooled residual spread.
    """

    locations: np.ndarray
    slopes: np.ndarray
    grand_mean: np.ndarray
    sd: np.ndarray


def batch_regression(
    Y: np.ndarray,
    at: np.ndarray,
    C: np.ndarray,
    names: Sequence[str],
    *,
    reference: int | None = None,
    analytes: Sequence[str] | None = None,
) -> BatchRegression:
    """Regress analytes on batch indicators and covariates.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        NaN where not measured: the sample is left out of that analyte's regression.
    at : array of int of shape (n_samples,)
        Batch of each sample, as a position in `names`.
    C : array of shape (n_samples, n_coded)
    names : sequence of str
        Batches, for messages.
    reference : int, optional
        Position of the reference batch.
    analytes : sequence of str, optional
        Analytes, for messages.

    Returns
    -------
    BatchRegression

    Raises
    ------
    InputError
        If batch and covariates are confounded, or an analyte has no value in a batch.

    Examples
    --------
    >>> import numpy as np
    >>> Y = np.array([[0.0], [2.0], [5.0], [7.0]])
    >>> fit = batch_regression(Y, np.array([0, 0, 1, 1]), np.empty((4, 0)), ["a", "b"])
    >>> fit.locations[:, 0].round(9).tolist(), fit.grand_mean.round(9).tolist()
    ([1.0, 6.0], [3.5])
    """
    indicators = (at[:, None] == np.arange(len(names))).astype(float)
    if reference is not None:
        indicators[:, reference] = 1.0
    design = np.hstack([indicators, C])
    _refuse_confounded(design, len(names))
    measured = np.isfinite(Y)
    coefficients = np.empty((design.shape[1], Y.shape[1]))
    whole = measured.all(axis=0)
    coefficients[:, whole] = np.linalg.lstsq(design, Y[:, whole], rcond=None)[0]
    for g in np.flatnonzero(~whole).tolist():
        rows = measured[:, g]
        said = f"{analytes[g]!r}" if analytes is not None else f"{g + 1} of the matrix"
        _refuse_gap(design[rows], at[rows], names, said)
        coefficients[:, g] = np.linalg.lstsq(design[rows], Y[rows, g], rcond=None)[0]
    locations = coefficients[: len(names)]
    residual = Y - design @ coefficients
    if reference is None:
        grand = np.bincount(at, minlength=len(names)) / len(at) @ locations
    else:
        grand, residual = locations[reference], residual[at == reference]
    is_whole = bool(whole.all())
    variance = (residual**2).mean(axis=0) if is_whole else np.nanvar(residual, axis=0, ddof=1)
    sd = np.sqrt(np.where(variance > 0, variance, 1.0))
    return BatchRegression(locations, coefficients[len(names) :], grand, sd)


def constant_somewhere(X: np.ndarray, at: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Return which analytes do not vary within some batch of two samples or more.

    Parameters
    ----------
    X : array of shape (n_samples, n_analytes)
    at : array of int of shape (n_samples,)
        Batch of each sample.
    sizes : array of int of shape (n_batches,)

    Returns
    -------
    ndarray of bool of shape (n_analytes,)
    """
    constant = np.zeros(X.shape[1], dtype=bool)
    for i in np.flatnonzero(sizes > 1):
        part = X[at == i]
        n = np.isfinite(part).sum(axis=0)
        highest = np.where(np.isfinite(part), part, -np.inf).max(axis=0)
        lowest = np.where(np.isfinite(part), part, np.inf).min(axis=0)
        constant |= (n > 0) & (highest <= lowest)
    return constant


def _refuse_confounded(design: np.ndarray, n_batches: int) -> None:
    """Raise where batch and covariates cannot be told apart."""
    scale = np.abs(design).max(axis=0)
    if np.linalg.matrix_rank(design / np.where(scale > 0, scale, 1.0)) == design.shape[1]:
        return
    what = "the covariates repeat each other, or are confounded with batch"
    if design.shape[1] == n_batches + 1:
        what = "the covariate is confounded with batch (or constant)"
    message = (
        f"Batch correction is not possible: {what}, so that no data can tell the batch from what "
        "is to be kept. Leave the covariate out only if losing its effect is meant."
    )
    raise InputError(message)


def _refuse_gap(design: np.ndarray, at: np.ndarray, names: Sequence[str], said: str) -> None:
    """Raise where an analyte's missing values leave a batch or a covariate without data."""
    empty = [name for i, name in enumerate(names) if not (at == i).any()]
    if empty:
        message = (
            f"Analyte {said} has no value in batch {list_some(empty)}; leave the "
            "analyte or the batch out."
        )
        raise InputError(message)
    if np.linalg.matrix_rank(design) < design.shape[1]:
        message = (
            f"Analyte {said} is measured in too few samples to tell batch from "
            "covariates; leave it out."
        )
        raise InputError(message)
