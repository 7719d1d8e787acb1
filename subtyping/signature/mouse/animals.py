"""A contrast of a few animals: moderated t, cages, and the labels that may be exchanged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import InputError
from subtyping.signature.design import contrast_design
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["AnimalContrast", "contrast_of_animals"]

FEWEST = 3
COLUMNS = [
    "analyte", "log2_fc", "se", "ci_low", "ci_high", "t", "p_value", "q_value", "n_case",
    "n_reference", "reason",
]  # fmt: skip

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class AnimalContrast:
    """Differences between two groups of animals, with the values they came from.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, log2_fc, se, ci_low, ci_high, t, p_value, q_value, n_case, n_reference,
        reason``; an analyte measured in fewer than three animals of a group has no estimate.
    values : pandas.DataFrame
        log2 values of the animals of the two groups.
    is_case : ndarray of bool
        Which of them are cases.
    cage : ndarray or None
        Cage of each animal.
    is_cage_adjusted : bool
        Whether cages are in the model (they are not where a cage holds one group only).
    name : str
        Name of the contrast.
    sentence : str
    notes : tuple of str
    """

    table: pd.DataFrame
    values: pd.DataFrame
    is_case: Mask
    cage: NDArray[np.object_] | None
    is_cage_adjusted: bool
    name: str
    sentence: str
    notes: tuple[str, ...] = ()


def contrast_of_animals(
    values: pd.DataFrame,
    groups: pd.Series,
    case: str | Sequence[str],
    reference: str | Sequence[str],
    *,
    cage: pd.Series | None = None,
) -> AnimalContrast:
    """Compare two groups of animals analyte by analyte with a moderated t.

    ``log2 ~ cage + case``. With a dozen animals a group the variance of one analyte is badly
    known; the moderated t borrows strength from the others. Where every cage holds one group
    only, cage and group cannot be told apart: the contrast is fitted without cages, a note says
    so, and its interval is too narrow, because animals of a cage are not independent.

    Parameters
    ----------
    values : pandas.DataFrame of shape (n_animals, n_analytes)
        log2 values under mouse names; NaN is missing.
    groups : pandas.Series
        Group of each animal, same index.
    case, reference : str or sequence of str
        Groups to compare.
    cage : pandas.Series, optional
        Cage of each animal, same index.

    Returns
    -------
    AnimalContrast

    Raises
    ------
    InputError
        If the indices differ, a group is not there, both sides share one, or a side has fewer
        than three animals.

    References
    ----------
    Smyth GK (2004). doi:10.2202/1544-6115.1027

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> values = pd.DataFrame(rng.normal(size=(24, 10)), columns=[f"Il{i}" for i in range(1, 11)])
    >>> values.loc[12:, "Il6"] += 3
    >>> groups = pd.Series(["control"] * 12 + ["susceptible"] * 12)
    >>> contrast_of_animals(values, groups, "susceptible", "control").sentence
    'susceptible vs control (12 and 12 animals): 1 of 10 analytes at q < .05.'
    """
    if not (
        values.index.equals(groups.index) and (cage is None or cage.index.equals(groups.index))
    ):
        message = "values, groups and cage must list the same animals in one order."
        raise InputError(message)
    sides = [
        _side(groups, wanted, role) for wanted, role in ((case, "case"), (reference, "reference"))
    ]
    if (sides[0] & sides[1]).any():
        message = f"The groups {list_some(_names(case))} stand on both sides of the contrast."
        raise InputError(message)
    rows = sides[0] | sides[1]
    if cage is not None and cage[rows].isna().any():
        message = "Some animals have no cage; give every animal one or leave cage out."
        raise InputError(message)
    is_case = sides[0][rows]
    kept = values.loc[rows].astype(float)
    design, is_adjusted, notes = _design(is_case, cage[rows] if cage is not None else None)
    table = _fitted(kept, is_case, design)
    name = f"{' + '.join(_names(case))} vs {' + '.join(_names(reference))}"
    n_found, n_tested = int((table["q_value"] < 0.05).sum()), int(table["p_value"].notna().sum())
    sentence = (
        f"{name} ({int(is_case.sum())} and {count_of(int((~is_case).sum()), 'animal')}): "
        f"{n_found} of {count_of(n_tested, 'analyte')} at q < .05."
    )
    cages = None if cage is None else cage[rows].astype(str).to_numpy(dtype=object)
    return AnimalContrast(table, kept, is_case, cages, is_adjusted, name, sentence, tuple(notes))


def _names(groups: str | Sequence[str]) -> list[str]:
    return [groups] if isinstance(groups, str) else [str(group) for group in groups]


def _side(groups: pd.Series, wanted: str | Sequence[str], role: str) -> Mask:
    labels = groups.astype(str)
    present = list(dict.fromkeys(labels))
    for name in _names(wanted):
        if name not in present:
            message = (
                f"No animal has the {role} group {name!r}; the groups are {list_some(present, 6)}."
                f"{nearest(name, present)}"
            )
            raise InputError(message)
    mask = labels.isin(_names(wanted)).to_numpy(dtype=bool)
    if mask.sum() < FEWEST:
        message = (
            f"A contrast needs at least {FEWEST} animals a side; {list_some(_names(wanted))} has "
            f"{int(mask.sum())}."
        )
        raise InputError(message)
    return np.asarray(mask)


def _design(is_case: Mask, cage: pd.Series | None) -> tuple[Floats, bool, list[str]]:
    """Return the design matrix (case last), whether cages are in it, and notes."""
    plain = np.column_stack([np.ones(len(is_case)), is_case.astype(float)])
    if cage is None:
        return plain, False, []
    samples = pd.DataFrame({"batch": cage.astype(str).to_numpy()})
    built = contrast_design(samples, is_case, ~is_case, covariates=())
    if not built.is_estimable and not cage.duplicated().any():
        return plain, False, ["Every animal has a cage of its own, so cages are not adjusted for."]
    if not built.is_estimable:
        note = (
            "Every cage holds one group only, so cages are not adjusted for; animals of a cage are "
            "not independent and the intervals are too narrow."
        )
        return plain, False, [note]
    return built.matrix, True, list(built.notes)


def _fitted(values: pd.DataFrame, is_case: Mask, design: Floats) -> pd.DataFrame:
    """Return the table of a contrast, blank rows for what was hardly measured."""
    measured = values.notna().to_numpy()
    n_case, n_reference = measured[is_case].sum(axis=0), measured[~is_case].sum(axis=0)
    spread = np.nan_to_num(values.std(ddof=0).to_numpy(dtype=float))
    enough = np.minimum(n_case, n_reference) >= FEWEST
    usable = enough & (spread > 0)
    table = pd.DataFrame(
        {"analyte": values.columns.astype(str), "n_case": n_case, "n_reference": n_reference}
    )
    table["reason"] = np.where(
        usable, "", np.where(enough, "constant", "measured in too few animals")
    )
    table = table.reindex(columns=COLUMNS)
    if usable.any():
        fit = moderated_t(values.to_numpy()[:, usable], design, np.eye(design.shape[1])[-1])
        low, high = fit.interval()
        for column, found in (
            ("log2_fc", fit.coefficient), ("se", fit.standard_error), ("ci_low", low),
            ("ci_high", high), ("t", fit.t), ("p_value", fit.p_value),
        ):  # fmt: skip
            whole = np.full(len(usable), np.nan)
            whole[usable] = found[:, 0]
            table[column] = whole
        table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy())
    numbers = [name for name in COLUMNS if name not in ("analyte", "reason")]
    return table.astype(dict.fromkeys(numbers[:-2], float))
