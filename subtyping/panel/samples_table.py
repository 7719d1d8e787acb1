"""The samples table: ids, roles, and which of its rows are wanted."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.panel.panel import ROLES
from subtyping.panel.texts import as_category, as_ids, as_text, is_numeric_text, refuse_dates

__all__ = ["IN_PANEL", "check_roles", "role_columns", "split_ids", "wanted_rows"]

IN_PANEL = "panel:"
MOST_SHOWN = 20  # a column of more values than this may hold names or ids, so none is printed
NUMBERS = ("age", "bmi")
NUMBERS_WHERE_ALL_ARE = ("smoking", "medication", "atopy")


def check_roles(columns: Mapping[str, str], known: Sequence[str]) -> None:
    """Raise if `columns` maps something that is not a role.

    Parameters
    ----------
    columns : mapping
        Column by role.
    known : sequence of str
        Roles this format has.

    Raises
    ------
    PanelError
        With the nearest role.

    Examples
    --------
    >>> check_roles({"group": "diagnosis"}, ["sample", "group"])
    """
    for role in columns:
        if role not in known:
            hint = nearest(role, known) or f" Roles are {', '.join(known)}."
            message = f"columns maps {role!r}, which is not a role.{hint}"
            raise PanelError(message)


def split_ids(
    table: pd.DataFrame, column: str | None, name: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the stripped ids of a samples table and a note if blanks were removed.

    Parameters
    ----------
    table : pandas.DataFrame
        Samples table.
    column : str or None
        Its id column; the first one by default.
    name : str
        File name for messages.

    Returns
    -------
    ids : numpy.ndarray of str
    notes : tuple of str

    Raises
    ------
    PanelError
        If the column is absent.

    Examples
    --------
    >>> import pandas as pd
    >>> split_ids(pd.DataFrame({"id": ["a", "b "]}), None, "samples.csv")[0].tolist()
    ['a', 'b']
    """
    if column is not None and column not in table:
        message = (
            f"columns maps sample to {column!r}, which is no column of {name}."
            f"{nearest(column, table.columns)} Its columns: {list_some(table.columns, 12)}."
        )
        raise PanelError(message)
    raw_ids = table[column] if column is not None else table.iloc[:, 0]
    refuse_dates(raw_ids)
    ids, n_stripped = as_ids(raw_ids)
    if not n_stripped:
        return ids, ()
    count = f"{n_stripped} of {len(ids)} sample ids of {name}"
    return ids, (f"{count} carried blanks at an end, which were removed.",)


def wanted_rows(
    table: pd.DataFrame, where: Mapping[str, object], name: str
) -> tuple[np.ndarray, str]:
    """Return the rows that every condition keeps, and the conditions in words.

    Parameters
    ----------
    table : pandas.DataFrame
        Samples table (or the columns the panel file carries).
    where : mapping
        Value, or list of values, by column; compared as text after numeric normalisation.
    name : str
        File name for messages.

    Returns
    -------
    mask : numpy.ndarray of bool
    words : str
        Such as ``"Cohort = Hannover"``.

    Raises
    ------
    PanelError
        If a column is absent, or no row has any of the values.

    Examples
    --------
    >>> import pandas as pd
    >>> mask, words = wanted_rows(pd.DataFrame({"wave": ["1", "2"]}), {"wave": 1.0}, "samples.csv")
    >>> mask.tolist(), words
    ([True, False], 'wave = 1')
    """
    mask = np.ones(len(table), dtype=bool)
    words = []
    for column, value in where.items():
        if column not in table:
            message = (
                f"where names {column!r}, which is no column of {name}."
                f"{nearest(column, table.columns)} Its columns: {list_some(table.columns, 12)}."
            )
            raise PanelError(message)
        listed = isinstance(value, list | tuple | set)
        wanted = [as_text(item) for item in (value if listed else [value])]  # type: ignore[attr-defined]
        if value is None or isinstance(value, dict) or not wanted:
            message = (
                f"where: {column} needs a value or a list of values, such as {column}: [a, b]; "
                f"got {'nothing' if value is None else repr(value)}."
            )
            raise PanelError(message)
        texts = as_category(table[column])
        fits = texts.isin(wanted).to_numpy(dtype=bool)
        if not fits.any():
            there = list(pd.unique(texts.dropna()))
            shown = (
                f"{nearest(wanted[0], there)} Its values: {list_some(there, 8)}."
                if len(there) <= MOST_SHOWN
                else f" It holds {len(there)} different values."
            )
            message = f"No row of {name} has {column} = {' or '.join(wanted)}.{shown}"
            raise PanelError(message)
        mask &= fits
        words.append(f"{column} = {' or '.join(wanted)}")
    if not mask.any():
        message = f"No row of {name} fulfils all of: {'; '.join(words)}."
        raise PanelError(message)
    return mask, "; ".join(words)


def role_columns(
    clinical: pd.DataFrame,
    carried: pd.DataFrame,
    columns: Mapping[str, str],
    source: str | Path,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return one column per declared role, then every other column under its own name.

    Parameters
    ----------
    clinical : pandas.DataFrame
        Columns of the samples table, aligned to the rows of the panel.
    carried : pandas.DataFrame
        Columns of the panel file, aligned likewise.
    columns : mapping
        Column by role; ``panel:<column>`` names one of `carried`.
    source : str or Path
        Name of the samples table for messages.

    Returns
    -------
    samples : pandas.DataFrame
        Roles as text after numeric normalisation; age and BMI as numbers; smoking, medication
        and atopy as numbers where all of them are. Columns of the panel file that no role takes
        are called ``panel:<column>``. A column that has a role's name without being declared is
        called ``samples:<column>``, so that it is not mistaken for the role.
    notes : tuple of str

    Raises
    ------
    PanelError
        If a mapped column is absent, or age or BMI mixes numbers and text.

    Examples
    --------
    >>> import pandas as pd
    >>> clinical = pd.DataFrame({"dx": ["1.0", "0"], "crp": ["3.5", "1"]})
    >>> carried = pd.DataFrame({"PlateID": ["P1", "P2"]})
    >>> roles = {"group": "dx", "batch": "panel:PlateID"}
    >>> samples, _ = role_columns(clinical, carried, roles, "samples.csv")
    >>> samples.to_dict("list")
    {'group': ['1', '0'], 'batch': ['P1', 'P2'], 'crp': [3.5, 1.0]}
    """
    found: dict[str, pd.Series] = {}
    notes: list[str] = []
    for role in (name for name in ROLES if name in columns and name != "sample"):
        if columns[role] == columns.get("sample") and columns[role] not in clinical:
            message = (
                f"columns maps both sample and {role} to {columns[role]!r}; leave {role} out, or "
                "map a column of its own."
            )
            raise PanelError(message)
        column, words = _find(columns[role], role, clinical, carried, source)
        found[role], note = _as_role(column, role, words)
        notes += note
    taken = {columns[role] for role in found}
    undeclared = []
    for name in clinical:
        if name in taken or not str(name):
            continue
        label = f"samples:{name}" if name in ROLES else str(name)
        undeclared += [str(name)] if name in ROLES else []
        found[label] = _as_clinical(clinical[name])
    for name in carried:
        if f"{IN_PANEL}{name}" not in taken:
            found[f"{IN_PANEL}{name}"] = _as_clinical(carried[name])
    if undeclared:
        count = count_of(len(undeclared), "column is named", "columns are named")
        notes.append(
            f"{count} like a role without being declared as one, and not used: "
            f"{list_some(undeclared, 8)}."
        )
    return pd.DataFrame(found, index=clinical.index), tuple(notes)


def _find(
    wanted: str, role: str, clinical: pd.DataFrame, carried: pd.DataFrame, source: str | Path
) -> tuple[pd.Series, str]:
    """Return the column a role is mapped to, and what to call it."""
    in_panel = str(wanted).startswith(IN_PANEL)
    table, where = (carried, "the panel file") if in_panel else (clinical, str(source))
    name = str(wanted).removeprefix(IN_PANEL)
    if name in table:
        return table[name], f"column {name!r} of {where}"
    options = [*clinical.columns, *(f"{IN_PANEL}{column}" for column in carried.columns)]
    there = f" Columns: {list_some(options, 20)}." if options else " There is no samples table."
    message = (
        f"columns maps {role} to {wanted!r}, which is no column of {where}."
        f"{nearest(str(wanted), options)}{there}"
    )
    raise PanelError(message)


def _as_role(column: pd.Series, role: str, words: str) -> tuple[pd.Series, list[str]]:
    """Return a role's values, as numbers or as text."""
    texts = as_category(column)
    numeric = is_numeric_text(column) or not texts.notna().any()
    if role in NUMBERS and not numeric:
        numbers = pd.to_numeric(texts, errors="coerce")
        wrong = texts[texts.notna() & numbers.isna()]
        if numbers.notna().any():
            verb = "is" if len(wrong) == 1 else "are"
            message = (
                f"{role} is mapped to {words}, where {count_of(len(wrong), 'cell')} of "
                f"{texts.notna().sum()} {verb} not numeric, such as {list_some(wrong.unique())}. "
                "Blank them or map a numeric column."
            )
            raise PanelError(message)
        return texts.rename(role), [f"{role} holds categories, not numbers: {words}."]
    if numeric and role in (*NUMBERS, *NUMBERS_WHERE_ALL_ARE):
        return pd.to_numeric(texts).astype(float).rename(role), []
    return texts.rename(role), []


def _as_clinical(column: pd.Series) -> pd.Series:
    """Return a clinical column as numbers where all cells are, otherwise as text."""
    if pd.api.types.is_bool_dtype(column):
        return column
    if column.isna().all():
        return pd.Series(np.nan, index=column.index)
    if is_numeric_text(column):
        return pd.to_numeric(as_category(column)).astype(float)
    texts = column.astype("str").str.strip()
    return texts.mask(texts == "")
