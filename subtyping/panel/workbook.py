"""The cells of a workbook, and what in one would be misread in silence."""

import io
import re
import zipfile

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.file_bytes import is_bomb
from subtyping.panel.sheet_cells import BrokenWorkbookError, SheetCells
from subtyping.panel.sheet_xml import sheets_of

__all__ = ["read_sheets"]

MOST_XML = 64 << 20
MOST_AREA = 5_000_000
Cells = list[list[object]]


def read_sheets(
    data: bytes,
    name: str,
    what: str = "panel file",
    *,
    plain: bool = False,
    first_only: bool = False,
) -> dict[str, Cells]:
    """Return the cells of every filled sheet of an XLSX workbook.

    Parameters
    ----------
    data : bytes
        The workbook.
    name : str
        File name for messages.
    what : str, default="panel file"
        What messages call the file.
    plain : bool, default=False
        Whether the sheets are plain tables, in which cells merged across columns are refused too;
        exports with a header block may merge those.
    first_only : bool, default=False
        Whether only the first sheet is going to be used, as it is of plain tables.

    Returns
    -------
    dict
        Rows of cells by sheet; None where blank. Hidden sheets count only where no other is
        filled.

    Raises
    ------
    PanelError
        If it cannot be opened, unpacks to more than 64 MB, spans more than 5 million cells, has
        cells merged across rows, formulas without a stored value, or (plain tables) a further
        sheet of the same columns: each of these would turn measured values into blanks, lose
        rows, or take minutes.

    Examples
    --------
    >>> import openpyxl
    >>> book, stream = openpyxl.Workbook(), io.BytesIO()
    >>> book.active.append(["sample_id", "IL6"])
    >>> book.save(stream)
    >>> read_sheets(stream.getvalue(), "panel.xlsx")
    {'Sheet': [['sample_id', 'IL6']]}
    """
    _refuse_large(data, name, what)
    sheets: dict[str, Cells] = {}
    hidden: dict[str, Cells] = {}
    for sheet in _opened(data, name, what):
        _refuse_merged(sheet, name, what, plain=plain)
        _refuse_unstored(sheet, name, what)
        if sheet.cells:
            chosen = hidden if sheet.is_hidden else sheets
            chosen[sheet.title] = _rows(sheet, name, what)
    sheets = sheets or hidden
    if not sheets:
        message = f"The {what} {name} is a workbook without any cell filled."
        raise PanelError(message)
    if plain or first_only:
        _refuse_continued(sheets, name, what)
    return sheets


def _refuse_large(data: bytes, name: str, what: str) -> None:
    """Raise if the workbook unpacks to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(part.file_size for part in archive.infolist())
    except Exception as error:
        raise PanelError(_broken(name, what)) from error
    if is_bomb(len(data), size) or size > MOST_XML:
        message = (
            f"The {what} {name} unpacks to {size / 1e6:,.0f} MB; a workbook of more than "
            f"{MOST_XML / 1e6:,.0f} MB, or of more than a hundred times its size, is not read. "
            "Save it as CSV or Parquet."
        )
        raise PanelError(message)


def _opened(data: bytes, name: str, what: str) -> list[SheetCells]:
    """Return the sheets of a workbook."""
    try:
        return list(sheets_of(data))
    except BrokenWorkbookError as error:
        message = f"{_broken(name, what).rstrip('.')}: {str(error)[:200]}."
        raise PanelError(message) from error
    except Exception as error:  # whatever zipfile, zlib and expat find in a damaged file
        raise PanelError(_broken(name, what)) from error


def _broken(name: str, what: str) -> str:
    return f"The {what} {name} looks like a workbook but cannot be opened as .xlsx."


def _rows(sheet: SheetCells, name: str, what: str) -> Cells:
    """Return the cells as rows of one length, blank ones None."""
    n_rows = max(sheet.cells) + 1
    width = max(max(row) for row in sheet.cells.values()) + 1
    if n_rows * width > MOST_AREA:
        message = (
            f"Sheet {sheet.title!r} of the {what} {name} spans {n_rows:,} rows and "
            f"{width:,} columns. Delete what is filled beyond the table, "
            "or save the sheet as CSV or Parquet."
        )
        raise PanelError(message)
    rows: Cells = []
    for number in range(n_rows):
        row: list[object] = [None] * width
        for column, cell in sheet.cells.get(number, {}).items():
            row[column] = cell
        rows.append(row)
    return rows


def _refuse_merged(sheet: SheetCells, name: str, what: str, *, plain: bool) -> None:
    """Raise where merged cells leave a sample or a column without its own value."""
    merged = [area for area in sheet.merged if _leaves_blanks(area, plain=plain)]
    if merged:
        message = (
            f"Sheet {sheet.title!r} of the {what} {name} has {count_of(len(merged), 'merged cell')}"
            f", such as {min(merged)[:20]}. Only the first row of a merged cell holds its value; "
            "unmerge it and fill every row."
        )
        raise PanelError(message)


def _leaves_blanks(area: str, *, plain: bool) -> bool:
    """Return whether a merged area spans rows, or in a plain table columns."""
    corners = [re.fullmatch(r"\$?([A-Za-z]+)\$?(\d+)", corner) for corner in area.split(":")]
    if len(corners) != len(("first", "last")) or corners[0] is None or corners[1] is None:
        return True
    (left, top), (right, bottom) = corners[0].groups(), corners[1].groups()
    return top != bottom or (plain and left != right)


def _refuse_unstored(sheet: SheetCells, name: str, what: str) -> None:
    """Raise where a formula has no stored value, which would be read as a blank."""
    if sheet.unstored:
        message = (
            f"The {what} {name} has {count_of(len(sheet.unstored), 'formula')} without a stored "
            f"value, such as {sheet.unstored[0]}. Open the file, save it, or replace formulas by "
            "values."
        )
        raise PanelError(message)


def _header(rows: Cells) -> list[object]:
    """Return the filled cells of the first row that has more than one."""
    filled = ([cell for cell in row if cell is not None] for row in rows)
    return next((row for row in filled if len(row) > 1), [])


def _refuse_continued(sheets: dict[str, Cells], name: str, what: str) -> None:
    """Raise if a further sheet has the columns of the first: its rows would not be read."""
    (_, first), *others = ((title, _header(rows)) for title, rows in sheets.items())
    again = [title for title, header in others if first and header == first]
    if again:
        message = (
            f"Sheets {list_some([next(iter(sheets)), *again])} of the {what} {name} have the same "
            "columns, and only the first would be read. Put their rows on one sheet, or give one "
            "file for each."
        )
        raise PanelError(message)
