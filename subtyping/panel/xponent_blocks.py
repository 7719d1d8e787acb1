"""The blocks of an xPONENT export, and the wells in their lines."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.well_table import fold
from subtyping.panel.workbook import Cells

__all__ = [
    "AVERAGED",
    "RESULTS",
    "Block",
    "analytes_of",
    "blocks_of",
    "column_of",
    "preamble_value",
    "refuse_twice",
    "well_of",
]

RESULTS = ("result", "avgresult", "averageresult", "concentration")
AVERAGED = ("avgresult", "averageresult")
NO_ANALYTE = ("location", "sample", "totalevents", "")
LOCATION = re.compile(r"\s*\d+\s*\(\s*(\d+)\s*,\s*([A-Pa-p]\d{1,2})\s*\)\s*")
WELL = re.compile(r"\s*([A-Pa-p]\d{1,2})\s*")
FOOTER = re.compile(r"--\s*crc.*|end of file", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Block:
    """A block: its title as written, header, rows, and the line it starts on."""

    title: str
    header: list[object]
    rows: Cells
    line: int
    columns: dict[str, int]


def blocks_of(rows: Cells) -> dict[str, Block]:
    """Return the blocks by folded title; the first of a name counts.

    Examples
    --------
    >>> rows = [["DataType:", "Result"], ["Location", "Sample", "IL-6"], ["1(1,A1)", "p1", "3"]]
    >>> blocks_of(rows)["result"].rows
    [['1(1,A1)', 'p1', '3']]
    """
    starts = [i for i, row in enumerate(rows) if row and fold(row[0]) == "datatype"]
    found: dict[str, Block] = {}
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        cells = rows[start][1:] if len(rows[start]) > 1 else []
        title = str(next((cell for cell in cells if cell is not None), "")).strip()
        body = [(i, rows[i]) for i in range(start + 1, end) if any(c is not None for c in rows[i])]
        body = [(i, row) for i, row in body if not FOOTER.fullmatch(str(row[0] or "").strip())]
        if fold(title) in found and fold(title) in RESULTS:
            message = (
                f"The xPONENT export holds block {title!r} twice, the second time on line "
                f"{start + 1}; give one file per plate."
            )
            raise PanelError(message)
        if not body or fold(title) in found:
            continue
        header = body[0][1]
        columns = {fold(cell): i for i, cell in reversed(list(enumerate(header)))}
        lines = [row for _, row in body[1:]]
        found[fold(title)] = Block(title, header, lines, body[0][0] + 1, columns)
    return found


def column_of(block: Block, label: str) -> int | None:
    """Return the column of a folded label, or None.

    Examples
    --------
    >>> column_of(Block("Result", ["Location"], [], 1, {"location": 0}), "location")
    0
    """
    return block.columns.get(label)


def well_of(block: Block, number: int, row: Sequence[object]) -> tuple[str, str, object]:
    """Return plate, well and name of a line."""
    where, who = column_of(block, "location"), column_of(block, "sample")
    name = None if who is None else row[who]
    if where is None or (row[where] is None and fold(block.title) in AVERAGED):
        return "", f"average {number + 1}", name
    text = str(row[where] or "")
    match = LOCATION.fullmatch(text)
    if match:
        return match[1], match[2].upper(), name
    plain = WELL.fullmatch(text)
    if plain:
        return "1", plain[1].upper(), name
    message = (
        f"Line {block.line + number + 1} of the xPONENT export has {text!r} as its location; "
        "expected a well such as 1(1,A1)."
    )
    raise PanelError(message)


def refuse_twice(places: list[tuple[str, str]], block: Block) -> None:
    """Raise if a well is read twice."""
    twice = [place for place, n in Counter(places).items() if n > 1]
    if twice:
        message = (
            f"Block {block.title!r} of the xPONENT export lists {count_of(len(twice), 'well')} "
            f"more than once: {list_some(well for _, well in twice)}. Keep one line per well."
        )
        raise PanelError(message)


def preamble_value(rows: Cells, label: str) -> str | None:
    """Return the value beside a label before the first block.

    Examples
    --------
    >>> preamble_value([["Batch", "Plate_07"], ["DataType:", "Result"]], "batch")
    'Plate_07'
    """
    for row in rows:
        if row and fold(row[0]) == "datatype":
            return None
        if len(row) > 1 and fold(row[0]) == label and row[1] is not None:
            return str(row[1]).strip()
    return None


def analytes_of(block: Block) -> tuple[list[str], list[int]]:
    """Return the analytes of a block and their columns; refuse lines of another length."""
    at = [i for i, cell in enumerate(block.header) if fold(cell) not in NO_ANALYTE]
    if not at or not block.rows:
        message = (
            f"Block {block.title!r} of the xPONENT export has no {'wells' if at else 'analytes'}."
        )
        raise PanelError(message)
    width = max(i + 1 for i, cell in enumerate(block.header) if cell is not None)
    for number, row in enumerate(block.rows):
        filled = max((i + 1 for i, cell in enumerate(row) if cell is not None), default=0)
        if len(row) < width or filled > width:
            message = (
                f"Line {block.line + number + 1} of the xPONENT export has "
                f"{len(row) if len(row) < width else filled} fields where the header of block "
                f"{block.title!r} has {width}. The file may have been cut off or edited by hand."
            )
            raise PanelError(message)
    return [str(block.header[i]).strip() for i in at], at
