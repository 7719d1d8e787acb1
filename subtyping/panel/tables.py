"""Read a table from any file a laboratory sends, or say in one sentence why it is none."""

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import list_some
from subtyping.exceptions import PanelError
from subtyping.panel.delimited import refuse_width, rows_of_text, table_of_text
from subtyping.panel.file_bytes import PARQUET, SPREADSHEET, decoded, file_bytes
from subtyping.panel.workbook import Cells, read_sheets

__all__ = ["read_blocks", "read_cells", "read_table"]

MOST_PARQUET_CELLS, MOST_CELLS_PER_BYTE = 20_000_000, 20
MOST_PARQUET_ROWS = 10_000_000


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
        If the file is missing, empty, a web page, an old or broken spreadsheet, not a table, has
        more than 12,000 columns, unpacks to far more than its size, has merged cells, or if its
        lines differ in their number of fields.

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
    data = file_bytes(path, what)
    if data.startswith(PARQUET):
        return _parquet(data, path, what)
    if data.startswith(SPREADSHEET):
        rows = next(iter(read_sheets(data, path.name, what, plain=True).values()))
        table = _from_rows(rows, path, what)
    else:
        table = table_of_text(decoded(data, path, what), path.name, what)
    table = table[table.notna().to_numpy().any(axis=1)].reset_index(drop=True)
    if table.empty:
        message = f"The {what} {path.name} has a header but no rows."
        raise PanelError(message)
    return table


def read_blocks(path: str | Path, what: str = "panel file") -> dict[str, Cells]:
    r"""Return the raw cells of every sheet of a workbook, or of a delimited text.

    Parameters
    ----------
    path : str or Path
        XLSX or delimited text file.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    dict
        Rows of cells by sheet (a text file has one, without a name); None where blank. Text cells
        are stripped of nothing; a decimal comma becomes a point as in `read_table`.

    Raises
    ------
    PanelError
        As for `read_table`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.csv"
    ...     _ = path.write_text("Assay;IL8\ns1;5,5\n")
    ...     read_blocks(path)
    {'': [['Assay', 'IL8'], ['s1', '5.5']]}
    """
    return _blocks(Path(path), what)


def read_cells(path: str | Path, what: str = "panel file") -> Cells:
    """Return the raw cells of the first filled sheet (or of a delimited text), row by row.

    Parameters
    ----------
    path : str or Path
        XLSX or delimited text file.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    list of list
        As from `read_blocks`.

    Raises
    ------
    PanelError
        As for `read_table`; also if a further sheet has the columns of the first.
    """
    return next(iter(_blocks(Path(path), what, first_only=True).values()))


def _blocks(path: Path, what: str, *, first_only: bool = False) -> dict[str, Cells]:
    """Return the rows of every sheet; refuse a second one of the same columns if not wanted."""
    data = file_bytes(path, what)
    if data.startswith(SPREADSHEET):
        return read_sheets(data, path.name, what, first_only=first_only)
    if data.startswith(PARQUET):
        message = (
            f"The {what} {path.name} is a Parquet file; an export with a header block is XLSX or "
            "CSV."
        )
        raise PanelError(message)
    return {"": rows_of_text(decoded(data, path, what), path.name, what)}


def _parquet(data: bytes, path: Path, what: str) -> pd.DataFrame:
    """Return a Parquet table; an index that has a name is its first column."""
    import pyarrow.parquet as pq

    try:
        seen = pq.ParquetFile(io.BytesIO(data)).metadata
        n_cells = int(seen.num_rows) * int(seen.num_columns)
        too_many = (
            n_cells > max(MOST_PARQUET_CELLS, MOST_CELLS_PER_BYTE * len(data))
            or seen.num_rows > MOST_PARQUET_ROWS
        )
        table = None if too_many else pd.read_parquet(io.BytesIO(data))
    except Exception as error:
        message = f"The {what} {path.name} is a broken Parquet file; export it again."
        raise PanelError(message) from error
    if table is None:
        message = (
            f"The {what} {path.name} unpacks to {n_cells:,} cells in {seen.num_rows:,} rows, "
            "more than can be measurements in a file of this size or be read at once; split it by "
            "plate or panel."
        )
        raise PanelError(message)
    table = _with_index(table)
    table.columns = [str(column).strip() for column in table.columns]
    refuse_width(table.shape[1], path.name, what)
    if table.empty:
        message = f"The {what} {path.name} has a header but no rows."
        raise PanelError(message)
    nested = [
        str(table.columns[i])
        for i in range(table.shape[1])
        if table.iloc[:, i].dtype == object
        and any(isinstance(cell, list | dict | np.ndarray | bytes) for cell in table.iloc[:50, i])
    ]
    if nested:
        message = (
            f"Columns of the {what} {path.name} hold lists or bytes instead of one value: "
            f"{list_some(nested)}."
        )
        raise PanelError(message)
    categories = list(table.select_dtypes("category").columns)
    return table.astype(dict.fromkeys(categories, object)) if categories else table


def _with_index(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose index, unless it only counts or repeats a column, comes first.

    A level without a name is called ``index``; one of numbers is what is left of a selection.
    """
    levels = [table.index.get_level_values(k) for k in range(table.index.nlevels)]
    taken = {str(column) for column in table.columns}
    for level in reversed(levels):
        is_count = level.name is None and pd.api.types.is_integer_dtype(level.dtype)
        label = "index" if level.name is None else str(level.name)
        if not is_count and label not in taken:
            table.insert(0, label, level.to_numpy(dtype=object))
    return table.reset_index(drop=True)


def _from_rows(rows: Cells, path: Path, what: str) -> pd.DataFrame:
    """Return the table of sheet cells: the first filled row names the columns."""
    start = next(number for number, row in enumerate(rows) if any(cell is not None for cell in row))
    width = max(i + 1 for row in rows[start:] for i, cell in enumerate(row) if cell is not None)
    refuse_width(width, path.name, what)
    dates = [cell for cell in rows[start][:width] if isinstance(cell, dt.date)]
    if dates:
        message = (
            f"A column of the {what} {path.name} is named by a date ({dates[0]:%Y-%m-%d}): the "
            "spreadsheet has made a date of the name. Write the name as text."
        )
        raise PanelError(message)
    header = ["" if cell is None else str(cell).strip() for cell in rows[start][:width]]
    table = pd.DataFrame([row[:width] for row in rows[start + 1 :]], columns=header, dtype=object)
    return table.where(table.notna(), None)
