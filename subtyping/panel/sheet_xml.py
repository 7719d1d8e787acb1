"""The cells of a workbook's sheets, read as a stream: quick, lean, and deaf to XML entities."""

import datetime as dt
import io
import posixpath
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

from subtyping.panel.sheet_cells import BrokenWorkbookError, CellReader, SheetCells

__all__ = ["sheets_of"]

DATES_1904 = dt.datetime(1904, 1, 1)
DATES_1900 = dt.datetime(1899, 12, 30)

Start = Callable[[str, dict[str, str]], None]


def sheets_of(data: bytes) -> Iterator[SheetCells]:
    """Yield the sheets of an XLSX workbook in order.

    Parameters
    ----------
    data : bytes
        The workbook.

    Yields
    ------
    SheetCells
        Numbers, text, truth values, dates and error words such as ``#N/A``.

    Raises
    ------
    BrokenWorkbookError
        If a part is absent or contradicts the format: a cell or row twice, beyond the limits of a
        spreadsheet, of an unknown kind, or with entities; or if there are more than 2 million
        filled cells. Damage may also raise what `zipfile`, `zlib` and `expat` raise.

    Examples
    --------
    >>> import openpyxl
    >>> book, stream = openpyxl.Workbook(), io.BytesIO()
    >>> book.active.append(["sample_id", "IL6"])
    >>> book.save(stream)
    >>> next(sheets_of(stream.getvalue())).cells
    {0: {0: 'sample_id', 1: 'IL6'}}
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        main = _targets(archive, "_rels/.rels", "officeDocument").popitem()[1]
        folder, file = posixpath.split(main)
        links = f"{folder}/_rels/{file}.rels"
        entries, epoch = _entries(archive, main)
        parts = _targets(archive, links, "worksheet", folder)
        strings = list(_targets(archive, links, "sharedStrings", folder, needed=False).values())
        styles = list(_targets(archive, links, "styles", folder, needed=False).values())
        words = _strings(archive, strings[0]) if strings and strings[0] in names else []
        dates = _date_styles(archive, styles[0]) if styles and styles[0] in names else set()
        for title, is_hidden, link in entries:
            if link in parts:  # others are charts
                sheet = SheetCells(title, is_hidden)
                reader = CellReader(sheet, words, dates, epoch)
                _parse(archive, parts[link], reader.start, end=reader.end, text=reader.text)
                yield sheet


def _parse(archive: zipfile.ZipFile, part: str, start: Start, **handlers: Any) -> None:
    """Run an XML parser over a part; declarations that could hold entities are refused."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def begin(name: str, attributes: dict[str, str]) -> None:
        start(name.rpartition(" ")[2], attributes)

    def refuse(*_: object) -> None:
        message = "a document type is declared"
        raise BrokenWorkbookError(message)

    parser.StartElementHandler = begin
    parser.StartDoctypeDeclHandler = refuse
    if "end" in handlers:
        end = handlers["end"]
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        parser.CharacterDataHandler = handlers["text"]
    with archive.open(part) as stream:
        parser.ParseFile(stream)


def _targets(
    archive: zipfile.ZipFile, part: str, kind: str, folder: str = "", *, needed: bool = True
) -> dict[str, str]:
    """Return the parts of a kind that a part refers to, by their link."""
    found: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith(f"/{kind}"):
            target = attributes["Target"]
            path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
            found[attributes["Id"]] = posixpath.normpath(path.lstrip("/"))

    _parse(archive, part, start)
    if needed and not found:
        message = f"no {kind} in {part}"
        raise BrokenWorkbookError(message)
    return found


def _entries(
    archive: zipfile.ZipFile, part: str
) -> tuple[list[tuple[str, bool, str]], dt.datetime]:
    """Return title, whether it is hidden and link of each sheet, and the day dates count from."""
    entries: list[tuple[str, bool, str]] = []
    epochs = [DATES_1900]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            epochs.append(DATES_1904)
        if name == "sheet":
            link = next((v for k, v in attributes.items() if k.endswith(" id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            entries.append((attributes.get("name", ""), is_hidden, link))

    _parse(archive, part, start)
    return entries, epochs[-1]


def _strings(archive: zipfile.ZipFile, part: str) -> list[str]:
    """Return the texts that cells refer to by number."""
    words: list[str] = []
    pieces: list[str] = []
    state = {"reads": False, "phonetic": False}

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        state["phonetic"] = state["phonetic"] or name == "rPh"
        state["reads"] = name == "t" and not state["phonetic"]

    def end(name: str) -> None:
        state["reads"] = False
        if name == "rPh":
            state["phonetic"] = False
        if name == "si":
            words.append("".join(pieces).replace("_x005F_", "_"))

    def text(piece: str) -> None:
        if state["reads"]:
            pieces.append(piece)

    _parse(archive, part, start, end=end, text=text)
    return words


def _date_styles(archive: zipfile.ZipFile, part: str) -> set[str]:
    """Return the numbers of the cell styles that show a number as a date or a time."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

    formats: dict[str, str] = {str(k): str(v) for k, v in BUILTIN_FORMATS.items()}
    used: list[str] = []
    where = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "dxfs"):
            where[0] = name
        elif name == "xf" and where[0] == "cellXfs":
            used.append(attributes.get("numFmtId", "0"))

    _parse(archive, part, start)
    return {str(k) for k, code in enumerate(used) if is_date_format(formats.get(code))}
