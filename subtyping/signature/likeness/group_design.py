"""One linear model that holds every group: cases, diseases to compare with, reference people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import list_some
from subtyping.exceptions import InputError
from subtyping.signature.design import contrast_design

__all__ = ["GroupDesign", "group_design"]

_TOLERANCE = 1e-8
_LEAST_PEOPLE = 4
_ALIASED = "cannot be told apart from the plate and the covariates"


@dataclass(frozen=True, eq=False)
class GroupDesign:
    """Design matrix of all groups against the reference people.

    Attributes
    ----------
    rows : ndarray of int
        Positions of the samples that enter.
    matrix : ndarray of shape (len(rows), n_columns)
        Of full column rank: intercept, covariates, plates, then one column for each group.
    groups : ndarray of str of shape (len(rows),)
        Group of each row: ``case``, a comparison, or ``reference``.
    columns : dict of str to int
        Column of each group that can be compared.
    n_nuisance : int
        Columns before those of the groups.
    refused : dict of str to str
        Group to the reason why it cannot be compared.
    notes : tuple of str
        Samples left out, covariates dropped.
    """

    rows: NDArray[np.int64]
    matrix: NDArray[np.float64]
    groups: NDArray[np.str_]
    columns: dict[str, int]
    n_nuisance: int
    refused: dict[str, str]
    notes: tuple[str, ...]

    def contrast(self, group: str) -> NDArray[np.float64]:
        """Return the contrast of one group against the reference people."""
        aim = np.zeros(self.matrix.shape[1])
        aim[self.columns[group]] = 1.0
        return aim


def group_design(
    samples: pd.DataFrame,
    sides: Mapping[str, Sequence[str]],
    reference: Sequence[str],
    *,
    covariates: Sequence[str] = ("age", "sex", "bmi"),
    batch: bool = True,
) -> GroupDesign:
    """Build the model of several groups against shared reference people.

    Plate and covariates are coded as in `contrast_design`. A group that plates or covariates
    determine is left out of the model and named with its reason; where each group has reference
    people on its own plates the contrasts are made within plates and nothing is refused.

    Parameters
    ----------
    samples : pandas.DataFrame
        Role columns, ``group`` among them.
    sides : mapping of str to sequence of str
        Name of each side to its group labels.
    reference : sequence of str
        Group labels of the reference people.
    covariates : sequence of str, default ("age", "sex", "bmi")
        Role columns to adjust for.
    batch : bool, default True
        Whether plates are adjusted for, where a batch column was declared.

    Returns
    -------
    GroupDesign

    Raises
    ------
    InputError
        If no group column was declared, a label stands on two sides or fewer than four reference
        people are there.

    Examples
    --------
    >>> samples = pd.DataFrame({"group": ["HC", "MDD", "AD"] * 5, "age": range(15)})
    >>> found = group_design(samples, {"MDD": ["MDD"], "AD": ["AD"]}, ["HC"], covariates=["age"])
    >>> found.matrix.shape, found.columns
    ((15, 4), {'MDD': 2, 'AD': 3})
    """
    names = _labels(samples, sides, reference)
    refused: dict[str, str] = {}
    wanted = []
    for name in sides:
        n = int((names == name).sum())
        if n < _LEAST_PEOPLE:
            refused[name] = f"{n} people; at least {_LEAST_PEOPLE} are needed"
        else:
            wanted.append(name)
    while True:
        told = _model(samples, names, wanted, covariates=covariates, batch=batch)
        lost = [name for name in wanted if name not in told.columns]
        if not lost:
            return GroupDesign(
                told.rows, told.matrix, told.groups, told.columns, told.n_nuisance,
                refused, told.notes,
            )  # fmt: skip
        refused |= {name: told.refused[name] for name in lost}
        wanted = [name for name in wanted if name not in lost]


def _labels(
    samples: pd.DataFrame, sides: Mapping[str, Sequence[str]], reference: Sequence[str]
) -> NDArray[np.str_]:
    """Return the side of each sample: its name, ``reference`` or blank."""
    if "group" not in samples:
        message = 'No group column was declared. Write columns={"group": "<column>"}.'
        raise InputError(message)
    group = samples["group"].astype(str)
    names = np.full(len(samples), "", dtype=object)
    taken: dict[str, str] = {}
    for name, labels in (*sides.items(), ("reference", reference)):
        for label in map(str, labels):
            if label in taken:
                message = f"Group {label!r} stands on two sides: {taken[label]} and {name}."
                raise InputError(message)
            taken[label] = name
        names[group.isin([str(v) for v in labels]).to_numpy(dtype=bool)] = name
    n = int((names == "reference").sum())
    if n < _LEAST_PEOPLE:
        message = (
            f"At least {_LEAST_PEOPLE} reference people are needed; got {n} in "
            f"{list_some(reference)}. The groups present are "
            f"{list_some(dict.fromkeys(samples['group'].dropna()), 6)}."
        )
        raise InputError(message)
    return names.astype(str)


def _model(
    samples: pd.DataFrame,
    names: NDArray[np.str_],
    wanted: Sequence[str],
    *,
    covariates: Sequence[str],
    batch: bool,
) -> GroupDesign:
    """Return the model of these groups; what it cannot tell apart is refused."""
    is_reference, is_side = names == "reference", np.isin(names, list(wanted))
    design = contrast_design(samples, is_side, is_reference, covariates=covariates, batch=batch)
    nuisance = design.matrix[:, :-1] if design.is_estimable else design.matrix
    group = names[design.rows]
    basis, _ = np.linalg.qr(nuisance)
    columns: list[NDArray[np.float64]] = []
    places: dict[str, int] = {}
    refused: dict[str, str] = {}
    for name in wanted:
        column = (group == name).astype(float)
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)
        if np.linalg.norm(rest) <= _TOLERANCE * max(1.0, float(np.sqrt(column.sum()))):
            refused[name] = _ALIASED if column.any() else "nobody has every covariate"
            continue
        basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
        places[name] = nuisance.shape[1] + len(columns)
        columns.append(column)
    matrix = np.column_stack([nuisance, *columns])
    return GroupDesign(
        design.rows, matrix, group, places, nuisance.shape[1], refused, tuple(design.notes)
    )
