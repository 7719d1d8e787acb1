"""The design matrix of one contrast: case status beside covariates and plate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of

__all__ = ["ContrastDesign", "contrast_design", "independent_columns"]

_MOST_MISSING = 0.5
_TOLERANCE = 1e-8


@dataclass(frozen=True, eq=False)
class ContrastDesign:
    """Design of one contrast.

    Attributes
    ----------
    rows : ndarray of int
        Positions of the samples that enter, in the order of the samples table.
    matrix : ndarray of shape (len(rows), n_columns)
        Full column rank; the last column is 1 for a case and 0 for a reference person.
    is_case : ndarray of bool of shape (len(rows),)
        The same as that column.
    terms : tuple of str
        What each column is.
    is_estimable : bool
        Whether case status can be told apart from the other columns. If not, `matrix` ends with
        those other columns and no effect can be estimated.
    notes : tuple of str
        Samples left out, covariates and columns dropped.
    """

    rows: NDArray[np.int64]
    matrix: NDArray[np.float64]
    is_case: NDArray[np.bool_]
    terms: tuple[str, ...]
    is_estimable: bool
    notes: tuple[str, ...]


def contrast_design(
    samples: pd.DataFrame,
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
    *,
    covariates: Sequence[str] = ("age", "sex", "bmi"),
    batch: bool = True,
    within: str | None = None,
) -> ContrastDesign:
    """Build the design of cases against reference people, adjusted for covariates and plate.

    Numeric covariates are centred, others are one-hot with their first level left out. A covariate
    that more than half of the people lack is dropped; otherwise a person who lacks one is left
    out. Columns that the earlier ones express are dropped. Each of these leaves a note.

    Parameters
    ----------
    samples : pandas.DataFrame
        Samples table with role columns.
    is_case, is_reference : array of bool of shape (n_samples,)
        The two sides of the contrast.
    covariates : sequence of str, default ("age", "sex", "bmi")
        Role columns to adjust for; one that was not declared is noted and passed over.
    batch : bool, default True
        Whether plates are adjusted for, where a batch column was declared.
    within : str, optional
        Role (``subject``) each level of which gets a mean of its own, so that sides are compared
        within it. Levels that are not on both sides are left out.

    Returns
    -------
    ContrastDesign

    Examples
    --------
    >>> samples = pd.DataFrame({"age": [30.0, 40.0, 50.0, 60.0]})
    >>> case = np.array([False, True, False, True])
    >>> design = contrast_design(samples, case, ~case, covariates=["age"])
    >>> design.terms, design.matrix[:, 1].tolist()
    (('intercept', 'age', 'case'), [-15.0, -5.0, 5.0, 15.0])
    """
    rows = np.flatnonzero(is_case | is_reference)
    wanted = [*covariates, *(["batch"] if batch and "batch" in samples else [])]
    used, notes = _usable(samples.iloc[rows], wanted)
    known = samples.iloc[rows][used].notna().all(axis=1).to_numpy(dtype=bool)
    if not known.all():
        lacking = [name for name in used if samples.iloc[rows][name].isna().any()]
        notes.append(
            f"{count_of(int((~known).sum()), 'sample')} left out: no value for "
            f"{' or '.join(lacking)}."
        )
        rows = rows[known]
    case = np.asarray(is_case, dtype=bool)[rows]
    if within is not None:
        paired = _on_both_sides(samples[within].iloc[rows], case)
        if not paired.all():
            notes.append(
                f"{count_of(int((~paired).sum()), 'sample')} left out: the {within} is not on both "
                "sides."
            )
        rows, case = rows[paired], case[paired]
    columns, terms = [np.ones(len(rows))], ["intercept"]
    for name in ([] if within is None else [within]) + used:
        values = samples.iloc[rows][name]
        for term, column in _one_hot(values, name) if name == within else _coded(values, name):
            columns.append(column)
            terms.append(term)
    kept, aliased = independent_columns(np.column_stack(columns))
    if aliased:
        dropped = ", ".join(terms[i] for i in aliased)
        notes.append(f"Not adjusted for {dropped}: already expressed by the other columns.")
    nuisance = np.column_stack([columns[i] for i in kept])
    remainder = _off_span(nuisance, case.astype(float))
    estimable = bool(remainder > _TOLERANCE * max(1.0, float(np.sqrt(case.sum()))))
    chosen = tuple(terms[i] for i in kept)
    if not estimable:
        notes.append("Case status cannot be told apart from the plate and the covariates.")
        return ContrastDesign(rows, nuisance, case, chosen, estimable, tuple(notes))
    matrix = np.column_stack([nuisance, case.astype(float)])
    return ContrastDesign(rows, matrix, case, (*chosen, "case"), estimable, tuple(notes))


def _usable(samples: pd.DataFrame, wanted: Sequence[str]) -> tuple[list[str], list[str]]:
    used, notes = [], []
    for name in wanted:
        if name not in samples:
            notes.append(f"Not adjusted for {name}: no column was declared for it.")
            continue
        missing = float(samples[name].isna().mean()) if len(samples) else 0.0
        if missing > _MOST_MISSING:
            notes.append(f"Not adjusted for {name}: {missing:.0%} of the samples lack it.")
            continue
        used.append(name)
    return used, notes


def _coded(values: pd.Series, name: str) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the columns of one covariate: centred if numeric, one-hot otherwise."""
    numeric = pd.to_numeric(values, errors="coerce")
    if name not in ("sex", "batch") and not numeric.isna().any():
        column = numeric.to_numpy(dtype=float)
        return [(name, column - column.mean() if len(column) else column)]
    return _one_hot(values, name)


def _one_hot(values: pd.Series, name: str) -> list[tuple[str, NDArray[np.float64]]]:
    text = values.astype(str).to_numpy()
    return [(f"{name}={level}", (text == level).astype(float)) for level in sorted(set(text))[1:]]


def _on_both_sides(level: pd.Series, is_case: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether the level of each sample has cases and reference samples."""
    case = pd.Series(is_case, index=level.index)
    sides = case.groupby(level).transform("nunique")
    return np.asarray(level.notna() & (sides == 2), dtype=bool)


def _off_span(basis: NDArray[np.float64], column: NDArray[np.float64]) -> float:
    q, _ = np.linalg.qr(basis)
    rest = column - q @ (q.T @ column)
    return float(np.linalg.norm(rest - q @ (q.T @ rest)))


def independent_columns(matrix: NDArray[np.float64]) -> tuple[list[int], list[int]]:
    """Return columns that add rank, taken from left to right, and those that do not.

    Parameters
    ----------
    matrix : ndarray of shape (n_samples, n_columns)

    Returns
    -------
    kept, aliased : list of int

    Examples
    --------
    >>> independent_columns(np.array([[1.0, 2.0, 0.0], [1.0, 2.0, 1.0]]))
    ([0, 2], [1])
    """
    kept: list[int] = []
    aliased: list[int] = []
    basis = np.empty((len(matrix), min(matrix.shape)), order="F")
    for i, column in enumerate(matrix.T):
        found = basis[:, : len(kept)]
        rest = column - found @ (found.T @ column)
        rest -= found @ (found.T @ rest)
        size = float(np.linalg.norm(rest))
        is_full = len(kept) == basis.shape[1]
        if not is_full and size > _TOLERANCE * max(float(np.linalg.norm(column)), 1e-300):
            basis[:, len(kept)] = rest / size
            kept.append(i)
        else:
            aliased.append(i)
    return kept, aliased
