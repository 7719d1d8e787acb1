"""What every set score asks of its matrix and sets, and sums that a batch cannot change."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping._validation import count_of, list_some
from subtyping.exceptions import InputError

__all__ = [
    "Floats",
    "Indices",
    "as_reference",
    "as_samples",
    "as_sets",
    "mean_and_sd",
    "need_analytes_outside",
    "row_chunks",
    "row_sums",
]

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_CHUNK_CELLS = 200_000
_CONSTANT_SD = 1e-10  # below it an analyte counts as constant, as in R GSVA


def as_samples(X: ArrayLike, n_analytes: int | None = None) -> Floats:
    """Return a complete samples x analytes matrix."""
    values = np.ascontiguousarray(X, dtype=np.float64)
    if values.ndim != 2 or (n_analytes is not None and values.shape[1] != n_analytes):
        wanted = "a matrix of samples x analytes"
        wanted += f" with {n_analytes} analytes" if n_analytes is not None else ""
        message = f"A set score needs {wanted}; got an array of shape {values.shape}."
        raise InputError(message)
    n_bad = int((~np.isfinite(values)).sum())
    if n_bad:
        columns = list(np.flatnonzero(~np.isfinite(values).all(axis=0)))
        message = (
            f"A set score needs a number in every cell; {count_of(n_bad, 'cell')} (columns "
            f"{list_some(columns)}) {'is' if n_bad == 1 else 'are'} missing or infinite. Impute "
            "or drop first."
        )
        raise InputError(message)
    return values


def as_reference(X: ArrayLike) -> Floats:
    """Return the matrix of the reference people, of whom two are the least."""
    values = as_samples(X)
    if len(values) < 2:
        message = f"A set score learns from 2 reference people or more; got {len(values)}."
        raise InputError(message)
    return values


def as_sets(sets: Sequence[ArrayLike], n_analytes: int) -> tuple[Indices, ...]:
    """Return each set as sorted distinct columns."""
    if not len(sets):
        message = "There is no set to score; give one list of columns or more."
        raise InputError(message)
    clean = []
    for number, members in enumerate(sets):
        columns = np.unique(np.asarray(members, dtype=np.int64))
        if not len(columns):
            message = f"Set {number} has no members; give it one column or more."
            raise InputError(message)
        if columns[0] < 0 or columns[-1] >= n_analytes:
            message = (
                f"Set {number} names column {columns[-1] if columns[0] >= 0 else columns[0]}; "
                f"the matrix has columns 0 to {n_analytes - 1}."
            )
            raise InputError(message)
        clean.append(columns)
    return tuple(clean)


def need_analytes_outside(sets: tuple[Indices, ...], n_analytes: int) -> None:
    """Refuse a set that is the whole panel: a competitive score weighs it against the others."""
    for number, members in enumerate(sets):
        if len(members) == n_analytes:
            message = (
                f"Set {number} holds all {n_analytes} analytes; this score weighs a set against "
                "the analytes outside it. Use the mean z."
            )
            raise InputError(message)


def mean_and_sd(X: Floats, columns: Indices) -> tuple[Floats, Floats]:
    """Return mean and SD (n - 1) of every analyte; the named columns must vary."""
    mean, sd = X.mean(axis=0), X.std(axis=0, ddof=1)
    constant = columns[sd[columns] < _CONSTANT_SD]
    if len(constant):
        message = (
            f"Columns {list_some(list(constant))} are constant among the reference people, so "
            "they have no SD to be scored in. Leave them out."
        )
        raise InputError(message)
    return mean, np.where(sd < _CONSTANT_SD, 1.0, sd)


def row_sums(block: Floats) -> Floats:
    """Sum each row from left to right: one row alone gives the bits it gives in a batch."""
    return np.cumsum(block, axis=1)[:, -1]


def row_chunks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Yield slices of rows that keep buffers in the cache."""
    step = max(1, _CHUNK_CELLS // max(n_columns, 1))
    for start in range(0, n_rows, step):
        yield slice(start, min(start + step, n_rows))
