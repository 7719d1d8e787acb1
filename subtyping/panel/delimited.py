"""Delimited text as rows of fields or as a table; damage that would lose rows is refused."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from subtyping.exceptions import PanelError

__all__ = ["refuse_width", "rows_of_text", "table_of_text"]

DELIMITERS = (",", ";", "\t")
COMMA_NUMBER = re.compile(r"\s*[<>*]?\s*[-+]?\d+,\d+(?:[eE][-+]?\d+)?\s*")
POINT_NUMBER = re.compile(r"\s*[<>*]?\s*[-+]?\d+\.\d+(?:[eE][-+]?\d+)?\s*")
EXCEL_HINT = re.compile(r"\A(?:\s*\n)*sep=.\n", re.IGNORECASE)
LOOKED_AT = 50  # lines from which the delimiter is told
MOST_COLUMNS = 12_000
LONGEST = 32_767  # characters a spreadsheet allows in a cell
NARROW = 500

Rows = list[list[object]]


def table_of_text(text: str, name: str, what: str = "panel file") -> pd.DataFrame:
    r"""Return the table of a delimited text whose first filled line names the columns.

    Parameters
    ----------
    text : str
        Lines may end in LF, CRLF or CR; fields may be quoted and then hold line ends.
    name : str
        File name for messages.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    pandas.DataFrame
        Text in every cell, missing where blank. Wholly blank lines are left out. A decimal comma
        becomes a point where the delimiter is no comma and no number in the text has a point.

    Raises
    ------
    PanelError
        If there is a single column or more than 12,000, lines differ in their number of fields,
        or a quotation mark is out of place: one that is never closed, or a pair that encloses
        whole rows, which would be lost in one cell.

    Examples
    --------
    >>> table_of_text("id;IL6\r\n007;1,5\r\n", "panel.csv").to_dict("records")
    [{'id': '007', 'IL6': '1.5'}]
    """
    text = EXCEL_HINT.sub("", _unix_lines(text))
    delimiter = _delimiter(text, name, what)
    _refuse_ragged(text, delimiter, name, what)
    try:
        cells = pd.read_csv(
            io.BytesIO(text.encode()),
            sep=delimiter,
            header=None,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=True,
        )
    except ValueError as error:  # a ParserError, EmptyDataError or UnicodeError
        reason = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        raise PanelError(_irregular(reason.rstrip("."), name, what)) from error
    table = cells.iloc[1:].reset_index(drop=True)
    table.columns = ["" if pd.isna(cell) else str(cell).strip() for cell in cells.iloc[0]]
    return table if delimiter == "," else _points_for_commas(table)


def rows_of_text(text: str, name: str, what: str = "panel file") -> Rows:
    r"""Return the fields of a delimited text line by line; lines may differ in length.

    Parameters
    ----------
    text : str
        As for `table_of_text`.
    name : str
        File name for messages.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    list of list
        Fields as text, None where blank; a decimal comma becomes a point as in `table_of_text`.

    Raises
    ------
    PanelError
        If a quotation mark is never closed, or a line has more than 12,000 fields.

    Examples
    --------
    >>> rows_of_text("Assay;IL8\n;5,5\n", "export.csv")
    [['Assay', 'IL8'], [None, '5.5']]
    """
    text = _unix_lines(text)
    delimiter = _main_delimiter(text)
    rows: Rows = []
    for fields in _fields(text, delimiter, name, what):
        refuse_width(len(fields), name, what)
        _refuse_long(fields, name, what)
        rows.append([field if field.strip() else None for field in fields])
    _refuse_swallowed(rows, delimiter, name, what)
    return rows if delimiter == "," else _rows_with_points(rows)


def refuse_width(width: int, name: str, what: str = "panel file") -> None:
    """Raise if a table has more columns than there are assays.

    Parameters
    ----------
    width : int
        Number of columns.
    name : str
        File name for messages.
    what : str, default="panel file"
        What messages call the file.

    Raises
    ------
    PanelError
        If there are more than 12,000.

    Examples
    --------
    >>> refuse_width(93, "panel.csv")
    """
    if width > MOST_COLUMNS:
        message = (
            f"The {what} {name} has {width:,} columns; more than {MOST_COLUMNS:,} are no panel. "
            "Samples are rows and analytes columns: is the table transposed?"
        )
        raise PanelError(message)


def _unix_lines(text: str) -> str:
    """Return the text with LF at the end of its lines, whatever system wrote it."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _irregular(reason: str, name: str, what: str) -> str:
    return f"The {what} {name} is not a regular table: {reason}."


def _fields(text: str, delimiter: str, name: str, what: str) -> Iterator[list[str]]:
    """Yield the fields of every line, quotes understood."""
    rows = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    try:
        yield from rows
    except csv.Error as error:
        reason = f"{error} (line {rows.line_num}); a quotation mark may be out of place"
        raise PanelError(_irregular(reason, name, what)) from error


def _delimiter(text: str, name: str, what: str) -> str:
    """Return the mark that gives the most lines as many fields as the header has."""
    head = [line for line in text.split("\n", LOOKED_AT)[:LOOKED_AT] if line.strip()]
    scores = {}
    for mark in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(head, delimiter=mark)]
        except csv.Error:  # a field of more than 131,072 characters: this is not the mark
            continue
        if widths[0] > 1:
            same = sum(width == widths[0] for width in widths) / len(widths)
            scores[mark] = (same, widths[0])
    if not scores:
        message = (
            f"The {what} {name} has a single column; expected a sample id and further "
            "columns separated by comma, semicolon or tab."
        )
        raise PanelError(message)
    best = max(scores, key=lambda mark: scores[mark])
    refuse_width(scores[best][1], name, what)
    return best


def _main_delimiter(text: str) -> str:
    """Return the mark of an export whose lines differ in length: a comma may be a decimal one."""
    lines = [line for line in text.split("\n") if line.strip()]
    with_mark = {mark: sum(mark in line for line in lines) for mark in DELIMITERS}
    for mark in ("\t", ";"):
        if with_mark[mark] and with_mark[mark] >= 0.5 * with_mark[","]:
            return mark
    return ","


def _refuse_ragged(text: str, delimiter: str, name: str, what: str) -> None:
    """Raise where a line has another number of fields than the header."""
    wanted, second = 0, True
    for number, found in _widths(text, delimiter, name, what):
        if not wanted:
            wanted = found
            continue
        if found != wanted:
            hint = (
                " The first column seems to have no name: give it one, such as sample_id."
                if found == wanted + 1 and second
                else " The file may have been cut off or edited by hand."
            )
            message = (
                f"Line {number} of the {what} {name} has {found} fields where the "
                f"header has {wanted}.{hint}"
            )
            raise PanelError(message)
        second = False


def _widths(text: str, delimiter: str, name: str, what: str) -> Iterator[tuple[int, int]]:
    """Yield the number of each filled line and of its fields."""
    if '"' not in text:
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                if len(line) > LONGEST:
                    _refuse_long(line.split(delimiter), name, what)
                yield number, line.count(delimiter) + 1
        return
    number = 1
    for row in _fields(text, delimiter, name, what):
        if len(row) > 1 or (row and row[0].strip()):
            _refuse_swallowed([row], delimiter, name, what)
            _refuse_long(row, name, what)
            yield number, len(row)
        number += 1 + sum(field.count("\n") for field in row)


def _refuse_long(fields: list[str], name: str, what: str) -> None:
    """Raise where a cell is longer than any a laboratory writes."""
    longest = max(map(len, fields), default=0)
    if longest > LONGEST:
        reason = f"a cell holds {longest:,} characters; a delimiter or line end may be missing"
        raise PanelError(_irregular(reason, name, what))


def _refuse_swallowed(rows: list[list[str]] | Rows, delimiter: str, name: str, what: str) -> None:
    """Raise where quotation marks enclose the end of one row and the start of another.

    The cell between them holds, for each of its line ends, as many delimiters as a row has.
    """
    for row in rows:
        for field in row:
            if isinstance(field, str) and "\n" in field:
                breaks = field.count("\n")
                if field.count(delimiter) == breaks * (len(row) - 1) > 0:
                    reason = (
                        f"a cell holds {breaks} line end{'s' if breaks > 1 else ''} and as many "
                        "fields as whole rows have, so quotation marks seem out of place near "
                        f"{field[:30].splitlines()[0]!r}"
                    )
                    raise PanelError(_irregular(reason, name, what))


def _points_for_commas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with decimal points, if its numbers are written with a decimal comma."""
    if table.shape[1] > NARROW:
        cells: Any = table.to_numpy(dtype=object)
        rows = _rows_with_points([list(row) for row in cells])
        return pd.DataFrame(rows, columns=table.columns, dtype="str")
    columns = range(table.shape[1])
    if any(table.iloc[:, i].str.fullmatch(POINT_NUMBER).any() for i in columns):
        return table
    parts = []
    for i in columns:
        column = table.iloc[:, i]
        is_number = column.str.fullmatch(COMMA_NUMBER).fillna(value=False).astype(bool)
        parts.append(column.mask(is_number, column.str.replace(",", ".", regex=False)))
    return pd.concat(parts, axis=1)


def _rows_with_points(rows: Rows) -> Rows:
    """Return rows with decimal points, unless a number already has one."""
    if any(isinstance(cell, str) and POINT_NUMBER.fullmatch(cell) for row in rows for cell in row):
        return rows
    return [
        [
            cell.replace(",", ".")
            if isinstance(cell, str) and COMMA_NUMBER.fullmatch(cell)
            else cell
            for cell in row
        ]
        for row in rows
    ]
