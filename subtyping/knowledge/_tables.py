"""The one place where curated tables are read and held to their rules."""

from functools import cache
from importlib import resources

import pandas as pd

from subtyping._validation import list_some
from subtyping.exceptions import SubtypingError

__all__ = ["MARKS", "load_table", "validate_table"]

MARKS = ("read", "press", "calculated", "measured", "background")
"""Evidence marks: read in a paper or registry; press or secondary page only; calculated from
what was read; measured in a public data file; background knowledge that was not checked."""


def validate_table(table: pd.DataFrame, keys: tuple[str, ...], name: str) -> pd.DataFrame:
    """Return a curated table, or refuse it.

    Parameters
    ----------
    table : pandas.DataFrame
        Must hold the `keys`, ``source`` and ``mark``.
    keys : tuple of str
        Columns that together name a row; none may be blank and no combination may occur twice.
    name : str
        Name of the table, for the message.

    Returns
    -------
    pandas.DataFrame
        The same table.

    Raises
    ------
    SubtypingError
        If a column is missing, a key or a source is blank, a mark is unknown or a row occurs
        twice.

    Examples
    --------
    >>> rows = pd.DataFrame({"analyte": ["IL13"], "source": ["a paper"], "mark": ["read"]})
    >>> len(validate_table(rows, ("analyte",), "example"))
    1
    """
    needed = [*keys, "source", "mark"]
    absent = [column for column in needed if column not in table]
    if absent:
        message = f"Knowledge table {name} lacks the columns {list_some(absent)}."
        raise SubtypingError(message)
    for column in (*keys, "source"):
        blank = table[column].isna() | (table[column].astype(str).str.strip() == "")
        if blank.any():
            message = f"Knowledge table {name}: row {blank.argmax() + 2} has no {column}."
            raise SubtypingError(message)
    unknown = sorted(set(table["mark"].astype(str)) - set(MARKS))
    if unknown:
        message = (
            f"Knowledge table {name}: a mark must be one of {', '.join(MARKS)}; "
            f"got {list_some(unknown)}."
        )
        raise SubtypingError(message)
    twice = table.duplicated(list(keys))
    if twice.any():
        row = table.loc[twice, list(keys)].iloc[0].tolist()
        message = f"Knowledge table {name}: the row {list_some(row, 9)} occurs twice."
        raise SubtypingError(message)
    return table


@cache
def load_table(name: str, keys: tuple[str, ...]) -> pd.DataFrame:
    """Return the packaged table ``<name>.csv``, validated once per process (do not change it)."""
    with resources.files("subtyping.knowledge").joinpath(f"{name}.csv").open("rb") as stream:
        table = pd.read_csv(stream, encoding="utf-8")
    return validate_table(table, keys, name)
