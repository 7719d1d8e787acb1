"""The wide format: one row per sample, one column per analyte."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.panel.measured import Measured
from subtyping.panel.names import analyte_table
from subtyping.panel.text_values import ParsedValues, parse_values, refuse_text
from subtyping.panel.texts import as_ids, refuse_dates

__all__ = ["chosen_columns", "read_wide"]


def read_wide(
    table: pd.DataFrame,
    *,
    sample: str | None = None,
    analytes: str | Sequence[str] | None = None,
    reserved: Iterable[str] = (),
) -> Measured:
    """Take a wide table apart into ids, values and the columns it carries.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `read_table`.
    sample : str, optional
        Name of the id column; the first column where the table has none of that name.
    analytes : str or sequence of str, optional
        Names, ``first..last`` or names separated by commas; without it every column but the id
        and the reserved ones must hold numbers and is an analyte.
    reserved : iterable of str
        Columns mapped as ``panel:<column>``, which are carried and never analytes.

    Returns
    -------
    Measured
        One row per row of the table.

    Raises
    ------
    PanelError
        If an analyte is absent or has cells that are no values, if a column without `analytes`
        holds only text, or a row has no sample id.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"id": ["a", "b"], "IL-6": ["1.5", "<0.5"]})
    >>> measured = read_wide(table)
    >>> measured.analytes.index.tolist(), measured.below_lod[:, 0].tolist()
    (['IL6'], [False, True])
    """
    names = [str(name) for name in table.columns]
    id_at = names.index(sample) if sample in names else 0
    if sample not in names and resolve_analyte(names[0]) is not None:
        message = (
            f"The first column of the panel file holds the sample ids, but is named {names[0]!r}, "
            "an analyte. Put the column of sample ids first."
        )
        raise PanelError(message)
    table, names, id_at = _named_columns(table, names, id_at)
    kept_back = {id_at, *(names.index(name) for name in reserved if name in names)}
    if analytes is None:
        at = [i for i in range(len(names)) if i not in kept_back]
    else:
        at = [i for i in chosen_columns(names, analytes) if i != id_at]
    parsed = parse_columns(table, at)
    if analytes is None:
        _refuse_text_columns(names, at, parsed)
    for k in np.flatnonzero(parsed.is_text.any(axis=0)):
        refuse_text(table.iloc[:, at[k]], parsed.is_text[:, k], names[at[k]])
    if not at:
        message = "The panel file has no analyte columns beside the sample id."
        raise PanelError(message)
    refuse_dates(table.iloc[:, id_at])
    ids, n_stripped = as_ids(table.iloc[:, id_at])
    refuse_blank_ids(ids)
    described, notes = analyte_table([names[i] for i in at])
    taken = {*at, id_at}
    carried = table.iloc[:, [i for i in range(len(names)) if i not in taken]]
    carried = carried.loc[:, ~carried.columns.duplicated()]
    return Measured(
        sample_id=ids,
        values=parsed.values,
        below_lod=parsed.below_lod,
        above_uloq=parsed.above_uloq,
        lod=parsed.lod,
        analytes=described,
        carried=carried.reset_index(drop=True),
        notes=(*stripped_note(n_stripped, len(ids)), *notes),
    )


def refuse_blank_ids(ids: np.ndarray) -> None:
    """Raise if a row has values but no sample id."""
    blank = np.flatnonzero(ids == "")
    if len(blank):
        verb = "has" if len(blank) == 1 else "have"
        message = (
            f"{count_of(len(blank), 'row')} of the panel file {verb} no sample id, the first of "
            f"them row {blank[0] + 1} after the header; give every sample an id or remove the row."
        )
        raise PanelError(message)


def stripped_note(n_stripped: int, n_ids: int) -> tuple[str, ...]:
    """Return the sentence about ids that carried blanks, if any did."""
    if not n_stripped:
        return ()
    count = f"{n_stripped} of {n_ids} sample ids of the panel file"
    return (f"{count} carried blanks at an end, which were removed.",)


def chosen_columns(names: Sequence[str], analytes: str | Sequence[str]) -> list[int]:
    """Return the positions of the columns that a choice of analytes means.

    Parameters
    ----------
    names : sequence of str
        Columns in order.
    analytes : str or sequence of str
        A name, ``first..last``, names separated by commas, or a list of such entries.

    Returns
    -------
    list of int
        Positions in the order asked for, without repeats.

    Raises
    ------
    PanelError
        If an entry names no column, with the nearest one.

    Examples
    --------
    >>> chosen_columns(["id", "IL_6", "IL_8", "TNF", "age"], "IL_6..TNF")
    [1, 2, 3]
    >>> chosen_columns(["id", "IL_6", "IL_8", "TNF", "age"], "TNF, IL-6")
    [3, 1]
    """
    entries: list[str] = []
    for entry in [analytes] if isinstance(analytes, str) else analytes:
        text = str(entry).strip()
        split = text not in names and "," in text
        entries += [part.strip() for part in text.split(",")] if split else [text]
    found: list[int] = []
    for entry in filter(None, entries):
        if entry not in names and ".." in entry:
            first, last = (_position(part.strip(), names) for part in entry.split("..", 1))
            if last < first:
                message = f"In analytes {entry!r} the last column stands before the first."
                raise PanelError(message)
            found += range(first, last + 1)
        else:
            found += [i for i, name in enumerate(names) if name == entry] or [
                _position(entry, names)
            ]
    if not found:
        message = "analytes names no column; write a list of names or first..last."
        raise PanelError(message)
    return list(dict.fromkeys(found))


def _position(name: str, names: Sequence[str]) -> int:
    """Return where a column is: under its own name, or another spelling of the analyte."""
    if name in names:
        return list(names).index(name)
    symbol = resolve_analyte(name)
    same = [i for i, other in enumerate(names) if symbol and resolve_analyte(other) == symbol]
    if len(same) == 1:
        return same[0]
    message = (
        f"The panel file has no column {name!r} that analytes names.{nearest(name, names)} "
        f"Its columns: {list_some(names, 8)}."
    )
    raise PanelError(message)


def _named_columns(
    table: pd.DataFrame, names: list[str], id_at: int
) -> tuple[pd.DataFrame, list[str], int]:
    """Leave out blank columns without a name; refuse filled ones other than the id."""
    nameless = [i for i, name in enumerate(names) if not name and i != id_at]
    filled = [i for i in nameless if table.iloc[:, i].notna().any()]
    if filled:
        message = f"Column {filled[0] + 1} of the panel file has values but no name; name it."
        raise PanelError(message)
    kept = [i for i in range(len(names)) if i not in nameless]
    return table.iloc[:, kept], [names[i] for i in kept], kept.index(id_at)


def parse_columns(table: pd.DataFrame, at: Sequence[int]) -> ParsedValues:
    """Take the cells of several columns apart at once: arrays of rows by columns."""
    n_rows = len(table)
    dtypes = list(table.dtypes)
    kinds = {dtypes[i] for i in at}
    if len(at) > 1 and len(kinds) == 1 and next(iter(kinds)) in (object, "str"):
        cells = table.iloc[:, list(at)].to_numpy(dtype=object).ravel(order="F")
        flat = parse_values(pd.Series(cells, dtype=object))
        parts = {
            name: array.reshape((n_rows, len(at)), order="F") for name, array in vars(flat).items()
        }
        return ParsedValues(**parts)
    columns = [parse_values(table.iloc[:, i]) for i in at]
    empty = np.zeros((n_rows, 0))
    return ParsedValues(
        *(
            np.column_stack([getattr(column, name) for column in columns])
            if columns
            else empty.astype(dtype)
            for name, dtype in (
                ("values", float),
                ("below_lod", bool),
                ("above_uloq", bool),
                ("lod", float),
                ("is_text", bool),
            )
        )
    )


def _refuse_text_columns(names: list[str], at: list[int], parsed: ParsedValues) -> None:
    """Raise if a column that should be an analyte holds nothing but text."""
    has_value = (np.isfinite(parsed.values) | parsed.below_lod | parsed.above_uloq).any(axis=0)
    is_text = parsed.is_text.any(axis=0) & ~has_value
    text = [names[at[k]] for k in np.flatnonzero(is_text)]
    if text:
        verb = "holds" if len(text) == 1 else "hold"
        message = (
            f"{count_of(len(text), 'column')} of the panel file {verb} only text and cannot be "
            f"analytes: {list_some(text, 5)}. Name the analytes (analytes: first..last), or move "
            "the text to the samples file."
        )
        raise PanelError(message)
