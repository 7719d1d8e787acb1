"""Read a table from any file a laboratory sends, or say in one sentence why it is none."""

import csv
import gzip
import io
import re
import warnings
import zipfile
import zlib
from pathlib import Path

import pandas as pd

from subtyping.exceptions import PanelError

__all__ = ["read_cells", "read_table"]

DELIMITERS = (",", ";", "\t")
SPREADSHEET, PARQUET, GZIP, OLD_EXCEL = b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
BINARY = re.compile("[\x00-\x08\x0e-\x1f]")
WEB_PAGE = re.compile(r"\s*<(!doctype|html|head|body|table|\?xml)\b", re.IGNORECASE)
COMMA_NUMBER = r"^\s*[<>]?\s*[-+]?\d+,\d+(?:[eE][-+]?\d+)?\s*$"
POINT_NUMBER = r"^\s*[<>]?\s*[-+]?\d+\.\d+(?:[eE][-+]?\d+)?\s*$"


def read_table(path: str | Path, what: str = "panel file") -> pd.DataFrame:
    r"""Return the table of a CSV, TSV, Parquet or XLSX file, plain or gzipped.

    The kind is told from the bytes, not from the ending. In text files the delimiter is the one
    of ``, ; tab`` that gives every line the same number of fields; UTF-8 (with or without byte
    order mark), UTF-16 and Windows-1252 are read; a decimal comma is understood where the
    delimiter is not a comma and no number in the file has a decimal point.

    Parameters
    ----------
    path : str or Path
        File to read.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    pandas.DataFrame
        Text files give text in every cell, so that ids such as ``007`` survive; Parquet and
        XLSX keep their types. Blank cells are missing, wholly blank rows left out. Column names
        are stripped of blanks and may repeat.

    Raises
    ------
    PanelError
        If the file is missing, empty, a web page, an old or broken spreadsheet, not a table, or
        if its lines differ in their number of fields.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "panel.csv"
    ...     _ = path.write_text("sample_id;IL6\n007;1,5\n")
    ...     read_table(path).to_dict("records")
    [{'sample_id': '007', 'IL6': '1.5'}]
    """
    path = Path(path)
    data = _bytes(path, what)
    if data.startswith(PARQUET):
        return _parquet(data, path, what)
    rows = _sheet(data, path, what) if data.startswith(SPREADSHEET) else None
    table = _from_rows(rows) if rows is not None else _from_text(data, path, what)
    table = table.dropna(how="all").reset_index(drop=True)
    if table.empty:
        message = f"The {what} {path.name} has a header but no rows."
        raise PanelError(message)
    return table


def read_cells(path: str | Path, what: str = "panel file") -> list[list[object]]:
    """Return the raw cells of the first sheet (or of a delimited text), row by row.

    Parameters
    ----------
    path : str or Path
        XLSX or delimited text file.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    list of list
        Cells; None where blank. Text cells are stripped of nothing.

    Raises
    ------
    PanelError
        As for `read_table`.
    """
    path = Path(path)
    data = _bytes(path, what)
    if data.startswith(SPREADSHEET):
        return _sheet(data, path, what)
    if data.startswith(PARQUET):
        message = f"The {what} {path.name} is a Parquet file; an Olink wide export is XLSX or CSV."
        raise PanelError(message)
    text = _decode(data, path, what)
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = max(DELIMITERS, key=lambda mark: sum(line.count(mark) for line in lines))
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    return [[cell if cell.strip() else None for cell in row] for row in rows]


def _bytes(path: Path, what: str) -> bytes:
    """Return the bytes of a file, unzipped."""
    if not path.exists():
        message = f"There is no {what} at {path}."
        raise PanelError(message)
    if path.is_dir():
        message = f"The {what} {path} is a folder; give the file inside it."
        raise PanelError(message)
    try:
        data = path.read_bytes()
        if data.startswith(GZIP):
            data = gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        message = f"The {what} {path.name} cannot be opened: {error}."
        raise PanelError(message) from error
    if not data.strip():
        message = f"The {what} {path.name} is empty."
        raise PanelError(message)
    if data.startswith(OLD_EXCEL):
        message = f"The {what} {path.name} is an old .xls workbook; save it as .xlsx or CSV."
        raise PanelError(message)
    return data


def _parquet(data: bytes, path: Path, what: str) -> pd.DataFrame:
    """Return a Parquet table; an index that has a name is its first column."""
    try:
        table = pd.read_parquet(io.BytesIO(data))
    except Exception as error:
        message = f"The {what} {path.name} is a broken Parquet file; export it again."
        raise PanelError(message) from error
    if table.index.name is not None:
        table = table.reset_index()
    table.columns = [str(column).strip() for column in table.columns]
    if table.empty:
        message = f"The {what} {path.name} has a header but no rows."
        raise PanelError(message)
    return table


def _sheet(data: bytes, path: Path, what: str) -> list[list[object]]:
    """Return the cells of the first sheet of a workbook that has any."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and extensions: no data in them
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        message = f"The {what} {path.name} looks like a workbook but cannot be opened as .xlsx."
        raise PanelError(message) from error
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        if any(cell is not None for row in rows for cell in row):
            return [
                [None if isinstance(cell, str) and not cell.strip() else cell for cell in row]
                for row in rows
            ]
    message = f"The {what} {path.name} is a workbook without any cell filled."
    raise PanelError(message)


def _from_rows(rows: list[list[object]]) -> pd.DataFrame:
    """Return the table of sheet cells: the first filled row names the columns."""
    start = next(number for number, row in enumerate(rows) if any(cell is not None for cell in row))
    width = max(i + 1 for row in rows[start:] for i, cell in enumerate(row) if cell is not None)
    header = [_text(cell) for cell in rows[start][:width]]
    table = pd.DataFrame([row[:width] for row in rows[start + 1 :]], columns=header, dtype=object)
    return table.where(table.notna(), None)


def _text(cell: object) -> str:
    """Return a header cell as text."""
    return "" if cell is None else str(cell).strip()


def _from_text(data: bytes, path: Path, what: str) -> pd.DataFrame:
    """Return the table of a delimited text."""
    text = _decode(data, path, what)
    text = re.sub(r"\A(?:\s*\n)*sep=.\r?\n", "", text, flags=re.IGNORECASE)
    delimiter = _delimiter(text, path, what)
    _refuse_ragged(text, delimiter, path, what)
    try:
        cells = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            skip_blank_lines=True,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = " ".join(str(error).split()).removeprefix("Error tokenizing data. C error: ")
        message = f"The {what} {path.name} is not a regular table: {reason.rstrip('.')}."
        raise PanelError(message) from error
    table = cells.iloc[1:].reset_index(drop=True)
    table.columns = [_text(None if pd.isna(cell) else cell) for cell in cells.iloc[0]]
    return table if delimiter == "," else _points_for_commas(table)


def _decode(data: bytes, path: Path, what: str) -> str:
    """Return text from UTF-8, UTF-16 or Windows-1252 bytes."""
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif len(data) > 3 and data[1:200:2].count(0) > 0.9 * len(data[1:200:2]):
        encodings = ["utf-16-le"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not BINARY.search(text):
            return _refuse_no_table(text, path, what)
    message = (
        f"The {what} {path.name} is neither text nor a spreadsheet; "
        "give a CSV, TSV, Parquet or XLSX file."
    )
    raise PanelError(message)


def _refuse_no_table(text: str, path: Path, what: str) -> str:
    """Return the text unless it is blank or a web page."""
    if not text.strip():
        message = f"The {what} {path.name} is empty."
        raise PanelError(message)
    if WEB_PAGE.match(text):
        message = (
            f"The {what} {path.name} is a web page saved under a table's name; "
            "download the data file itself."
        )
        raise PanelError(message)
    return text


def _delimiter(text: str, path: Path, what: str) -> str:
    """Return the mark that gives the most lines as many fields as the header has."""
    head = [line for line in text.splitlines()[:50] if line.strip()]
    scores = {}
    for mark in DELIMITERS:
        widths = [len(row) for row in csv.reader(head, delimiter=mark)]
        if widths[0] > 1:
            same = sum(width == widths[0] for width in widths) / len(widths)
            scores[mark] = (same, widths[0])
    if not scores:
        message = (
            f"The {what} {path.name} has a single column; expected a sample id and further "
            "columns separated by comma, semicolon or tab."
        )
        raise PanelError(message)
    return max(scores, key=lambda mark: scores[mark])


def _refuse_ragged(text: str, delimiter: str, path: Path, what: str) -> None:
    """Raise where a line has another number of fields than the header (no quotes in the file)."""
    if '"' in text:
        return
    lines = text.splitlines()
    filled = [number for number, line in enumerate(lines) if line.strip()]
    wanted = lines[filled[0]].count(delimiter)
    for number in filled[1:]:
        found = lines[number].count(delimiter)
        if found != wanted:
            hint = (
                " The first column seems to have no name: give it one, such as sample_id."
                if found == wanted + 1 and number == filled[1]
                else " The file may have been cut off or edited by hand."
            )
            message = (
                f"Line {number + 1} of the {what} {path.name} has {found + 1} fields where the "
                f"header has {wanted + 1}.{hint}"
            )
            raise PanelError(message)


def _points_for_commas(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with decimal points, if its numbers are written with a decimal comma."""
    columns = range(table.shape[1])
    if any(table.iloc[:, i].str.match(POINT_NUMBER).any() for i in columns):
        return table
    parts = []
    for i in columns:
        column = table.iloc[:, i]
        is_number = column.str.match(COMMA_NUMBER).fillna(value=False).astype(bool)
        parts.append(column.mask(is_number, column.str.replace(",", ".", regex=False)))
    return pd.concat(parts, axis=1)
