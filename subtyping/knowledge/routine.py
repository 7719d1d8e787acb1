"""Routine blood markers and the one unit each is kept in."""

from typing import TypeVar

import numpy as np
import pandas as pd

from subtyping._validation import nearest
from subtyping.exceptions import InputError
from subtyping.knowledge._tables import load_table
from subtyping.knowledge.aliases import resolve_analyte

__all__ = ["routine_analyte", "routine_markers", "to_canonical"]

Numbers = TypeVar("Numbers", float, np.ndarray, pd.Series)


def _units() -> pd.DataFrame:
    return load_table("routine_units", ("marker", "unit"))


def _spelt(unit: str) -> str:
    plain = str(unit).casefold().replace("µ", "u").replace("μ", "u")
    return plain.replace("×", "").replace("³", "^3").replace("⁹", "^9").replace(" ", "")


def routine_markers() -> pd.DataFrame:
    """Return the routine markers and their canonical units.

    Returns
    -------
    pandas.DataFrame
        One row per marker: ``marker, title, unit`` (canonical), ``accepted_units`` (all
        spellings `to_canonical` converts, separated by ``", "``), ``source, mark``.

    Examples
    --------
    >>> from subtyping.knowledge import routine_markers
    >>> routine_markers()[["marker", "unit"]].head(2)
            marker     unit
    0          crp     mg/L
    1  eosinophils  10^3/uL
    """
    units = _units()
    first = units.drop_duplicates("marker").reset_index(drop=True)
    accepted = units.groupby("marker", sort=False)["unit"].agg(", ".join)
    table = first[["marker", "title", "unit"]].copy()
    table["accepted_units"] = accepted.to_numpy()
    return table.join(first[["source", "mark"]])


def routine_analyte(name: str) -> str:
    """Return the name under which a routine marker can be a member of an axis.

    Parameters
    ----------
    name : str
        A marker of `routine_markers` or any name of its analyte.

    Returns
    -------
    str
        The symbol of the analyte, or the marker itself where it is no analyte (a cell count).

    Examples
    --------
    >>> from subtyping.knowledge.routine import routine_analyte
    >>> [routine_analyte(name) for name in ("crp", "hs-CRP", "Eosinophils")]
    ['CRP', 'CRP', 'eosinophils']
    """
    symbol = resolve_analyte(name)
    if symbol is not None:
        return symbol
    plain = str(name).strip()
    return plain.casefold() if plain.casefold() in set(_units()["marker"]) else plain


def to_canonical(marker: str, value: Numbers, unit: str) -> Numbers:
    """Return values of a routine marker in its canonical unit.

    Parameters
    ----------
    marker : str
        A marker of `routine_markers`.
    value : float, array or pandas.Series
        Values in `unit`; missing values stay missing.
    unit : str
        The unit of `value`; capital letters, blanks and the micro sign do not matter.

    Returns
    -------
    float, array or pandas.Series
        As `value`, in the canonical unit.

    Raises
    ------
    InputError
        If the marker or its unit is unknown.

    Examples
    --------
    >>> from subtyping.knowledge import to_canonical
    >>> to_canonical("crp", 0.3, "mg/dL"), to_canonical("eosinophils", 300.0, "/uL")
    (3.0, 0.3)
    """
    table = _units()
    rows = table[table["marker"] == marker]
    if rows.empty:
        known = list(dict.fromkeys(table["marker"]))
        message = (
            f"A routine marker must be one of {', '.join(known)}; got {marker!r}."
            f"{nearest(marker, known)}"
        )
        raise InputError(message)
    factors = {
        _spelt(str(spelling)): float(factor)
        for spelling, factor in zip(rows["unit"], rows["factor"], strict=True)
    }
    if _spelt(unit) not in factors:
        known = list(rows["unit"])
        message = (
            f"The unit of {marker} must be one of {', '.join(known)}; got {unit!r}. "
            "Write the unit the column is in."
            f"{nearest(unit, known)}"
        )
        raise InputError(message)
    return value * factors[_spelt(unit)]
