"""The tables of a Bio-Plex Manager export: headers, the lines of wells below, and strays."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from subtyping._validation import list_some
from subtyping.exceptions import PanelError
from subtyping.panel.well_table import fold
from subtyping.panel.workbook import Cells

__all__ = ["CODE", "KNOWN", "Section", "observed_column", "sections_of"]

CODE = re.compile(r"(es|s|b|c|x|u)\s*\d*", re.IGNORECASE)
LABEL = re.compile(r"(?:analyte|(?:concentration\s+)?units?)\s*(?::.*)?", re.IGNORECASE)
WELLS = re.compile(r"[A-P]\d{1,2}(?:\s*[,;+]\s*[A-P]\d{1,2})*", re.IGNORECASE)
KNOWN = frozenset(
    [
        "type",
        "well",
        "description",
        "fi",
        "fibkgd",
        "fibackground",
        "stddev",
        "%cv",
        "cv",
        "expconc",
        "group",
        "ratio",
        "dilution",
        "beadcount",
        "samplingerrors",
        "outlier",
        "region",
        "gate",
        "plate",
        "plateid",
        "analyte",
        "conc",
        "concinrange",
        "units",
        "unit",
        "obs/exp",
        "obsexp100",
        "obsexp*100",
        "total",
        "totalevents",
        "sampleid",
    ]
)
TITLES = ("obsconc", "observedconcentration", "obsconcentration")


@dataclass(frozen=True, eq=False)
class Section:
    """A header with its lines: the analyte they are of, or None where columns are analytes.

    ``strays`` are lines that hold something and are no well: name and reason by what they say.
    """

    analyte: str | None
    title: str
    header: list[str]
    rows: Cells
    line: int
    strays: dict[tuple[object, ...], tuple[str, str]]


def sections_of(sheets: Mapping[str, Cells]) -> list[Section]:
    """Return the tables that hold observed concentrations; raise if there are none.

    Examples
    --------
    >>> rows = [["Analyte:", "IL-6"], ["Type", "Well", "Obs Conc"], ["X1", "A1", "3"]]
    >>> [(part.analyte, part.rows) for part in sections_of({"": rows})]
    [('IL-6', [['X1', 'A1', '3']])]
    """
    sections = [part for name, rows in sheets.items() for part in _sections(name, rows)]
    sections = [part for part in sections if _concentrations(part)]
    if not sections:
        message = (
            "No observed concentrations were found: expected xPONENT blocks (DataType: Result), or "
            "a Bio-Plex table with the columns Type, Well and Obs Conc. Sheets: "
            f"{list_some(name or 'the text' for name in sheets)}."
        )
        raise PanelError(message)
    return sections


def _sections(sheet: str, rows: Cells) -> list[Section]:
    """Return the tables of a sheet: each starts at a line that holds Type and Well."""
    labels = [[fold(cell) for cell in row] for row in rows]
    starts = [i for i, row in enumerate(labels) if "type" in row and "well" in row]
    found = []
    ends = [*starts[1:], len(rows)][: len(starts)]
    for previous, start, end in zip([-1, *starts[:-1]][: len(starts)], starts, ends, strict=True):
        analyte, title = None, sheet
        for i in range(start - 1, previous, -1):
            filled = [str(cell).strip() for cell in rows[i] if cell is not None]
            if analyte is None and filled and fold(filled[0]).startswith("analyte"):
                inline = filled[0].partition(":")[2].strip()
                analyte = inline or (filled[1] if len(filled) > 1 else None)
            if len(filled) == 1 and fold(filled[0]) in TITLES:
                title = filled[0]
        header = ["" if cell is None else str(cell).strip() for cell in rows[start]]
        body, strays = _body(rows, start, end, labels[start])
        found.append(Section(analyte, title, header, body, start, strays))
    return found


def _body(
    rows: Cells, start: int, end: int, labels: list[str]
) -> tuple[Cells, dict[tuple[object, ...], tuple[str, str]]]:
    """Return the lines of wells, and the strays; refuse a well of an unknown type."""
    code_at, well_at = labels.index("type"), labels.index("well")
    width = max(i + 1 for i, label in enumerate(labels) if label)
    values = [i for i, label in enumerate(labels) if label and label not in KNOWN]
    last = max(values, default=width - 1)
    body: Cells = []
    strays: dict[tuple[object, ...], tuple[str, str]] = {}
    for i in range(start + 1, end):
        if _is_label(rows[i]):
            continue
        row = [*rows[i], *[None] * (len(labels) - len(rows[i]))]
        is_well = any(cell is not None for cell in rows[i][code_at + 1 :])
        if is_well and (len(rows[i]) <= last or any(cell is not None for cell in row[width:])):
            message = (
                f"Line {i + 1} of the Bio-Plex export has {len(rows[i])} fields where its header "
                f"has {width}. The file may have been cut off or edited by hand."
            )
            raise PanelError(message)
        code, well = str(row[code_at] or "").strip(), str(row[well_at] or "").strip()
        if CODE.fullmatch(code):
            body.append(row)
        elif WELLS.fullmatch(well):
            message = (
                f"Line {i + 1} of the Bio-Plex export has type {code!r} for well {well}; expected "
                "S (standard), B (blank), C (control) or X (sample) with a number."
            )
            raise PanelError(message)
        elif any(
            cell is not None and k != code_at and (k > 0 or well_at > 0)
            for k, cell in enumerate(row)
        ):
            _add_stray(strays, row, labels, i)
    return body, strays


def _is_label(row: Sequence[object]) -> bool:
    """Return whether a line between tables is a label and its text, such as ``Analyte:``."""
    first = str(row[0] or "").strip() if row else ""
    ends = first.endswith(":") and all(cell is None for cell in row[2:])
    return ends or LABEL.fullmatch(first) is not None


def _add_stray(
    strays: dict[tuple[object, ...], tuple[str, str]],
    row: Sequence[object],
    labels: Sequence[str],
    i: int,
) -> None:
    """Note a line that is no well; one that each analyte repeats counts once."""
    said = {
        label: str(row[k]).strip()
        for k, label in reversed(list(enumerate(labels)))
        if label in ("type", "well", "description", "sampleid") and row[k] is not None
    }
    named = said.get("description") or said.get("sampleid") or said.get("type")
    what = tuple(sorted(said.items()))
    again = sum(key[0] == what for key in strays)
    reason = (
        f"line {i + 1} has type {said.get('type', '')!r} and well {said.get('well', '')!r}, "
        "which are none"
    )
    strays[what, again] = (named or f"line {i + 1}", reason)


def observed_column(header: Sequence[str]) -> int | None:
    """Return the column of observed concentrations, its unit in brackets aside.

    Examples
    --------
    >>> observed_column(["Type", "Well", "Obs Conc (pg/mL)"])
    2
    """
    return next((i for i, c in enumerate(header) if fold(re.sub(r"\(.*\)", "", c)) in TITLES), None)


def _concentrations(part: Section) -> bool:
    """Return whether a section holds observed concentrations."""
    return observed_column(part.header) is not None or fold(part.title) in TITLES
