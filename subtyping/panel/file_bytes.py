"""The bytes of a file and the text they spell, guarded against files that unpack to too much."""

import gzip
import io
import re
import zlib
from pathlib import Path

from subtyping.exceptions import PanelError

__all__ = ["GZIP", "PARQUET", "SPREADSHEET", "decoded", "file_bytes", "is_bomb"]

SPREADSHEET, PARQUET, GZIP, OLD_EXCEL = b"PK\x03\x04", b"PAR1", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
BINARY = re.compile("[\x00-\x08\x0e-\x1f]")
WEB_PAGE = re.compile(r"\s*<(!doctype|html|head|body|table|\?xml)\b", re.IGNORECASE)
CHUNK = 1 << 20
SMALL, MOST_TIMES = 50 << 20, 100


def is_bomb(packed: int, unpacked: int) -> bool:
    """Return whether a file unpacks to far more than measured values ever do.

    Parameters
    ----------
    packed, unpacked : int
        Bytes before and after. Text of measurements shrinks to between a third and a fifteenth;
        a file that grows more than a hundredfold, beyond 50 MB, holds no measurements.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_bomb(10_000, 200_000_000), is_bomb(30_000_000, 200_000_000)
    (True, False)
    """
    return unpacked > SMALL and unpacked > MOST_TIMES * packed


def file_bytes(path: Path, what: str = "panel file") -> bytes:
    """Return the bytes of a file, unzipped if it is a gzip.

    Parameters
    ----------
    path : Path
        File to read.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    bytes

    Raises
    ------
    PanelError
        If there is no file, it is a folder, empty, an old workbook, a broken gzip or one that
        unpacks to more than a hundred times its size.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "panel.csv.gz"
    ...     _ = path.write_bytes(gzip.compress(b"sample_id,IL6"))
    ...     file_bytes(path)
    b'sample_id,IL6'
    """
    if not path.exists():
        message = f"There is no {what} at {path}."
        raise PanelError(message)
    if path.is_dir():
        message = f"The {what} {path} is a folder; give the file inside it."
        raise PanelError(message)
    try:
        data = path.read_bytes()
        if data.startswith(GZIP):
            data = _unzipped(data, path, what)
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


def _unzipped(data: bytes, path: Path, what: str) -> bytes:
    """Unpack a gzip piece by piece and stop where it grows beyond reason."""
    parts, size = [], 0
    packed = io.BytesIO(data)
    with gzip.GzipFile(fileobj=packed) as stream:
        while part := stream.read(CHUNK):
            parts.append(part)
            size += len(part)
            if is_bomb(packed.tell(), size):  # of what is unpacked so far
                message = (
                    f"The {what} {path.name} unpacks to more than {MOST_TIMES} times its size, "
                    "as no table of measurements does; unpack it by hand and look at it."
                )
                raise PanelError(message)
    return b"".join(parts)


def decoded(data: bytes, path: Path, what: str = "panel file") -> str:
    """Return the text that bytes spell in UTF-8, UTF-16 or Windows-1252.

    Parameters
    ----------
    data : bytes
        From `file_bytes`.
    path : Path
        For messages.
    what : str, default="panel file"
        What messages call the file.

    Returns
    -------
    str

    Raises
    ------
    PanelError
        If the bytes are no text, blank, or a web page.

    Examples
    --------
    >>> decoded("Größe".encode("utf-16"), Path("panel.csv"))
    'Größe'
    """
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif len(data) > 3 and data[1:200:2].count(0) > 0.9 * len(data[1:200:2]):
        encodings = ["utf-16-le"]
    elif len(data) > 3 and data[0:200:2].count(0) > 0.9 * len(data[0:200:2]):
        encodings = ["utf-16-be"]
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
