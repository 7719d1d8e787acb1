"""Where things stand on the sheet of an NPX Manager export: header block, samples, footer."""

import re
from dataclasses import dataclass

import numpy as np

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.olink_samples import is_control_assay
from subtyping.panel.units import known_unit, pg_ml_factor
from subtyping.panel.workbook import Cells

__all__ = ["Blocks", "cell_text", "sheet_blocks"]

HEADER = {"uniprot": "uniprotid", "olink_id": "olinkid", "unit": "unit"}
FOOTER = re.compile(
    r"(?:plate|max|min|fixed)?lod|missingdatafreq|normalization|assaywarning|lloq|uloq"
    r"|(?:plate)?lowestquantifiablelevel|(?:plate)?lql"
)
QUANTIFIED = re.compile(r"quantified|concentration")


@dataclass(frozen=True, eq=False)
class Blocks:
    """Where things stand on the sheet: all attributes are rows of cells, one per column.

    Attributes
    ----------
    assay, uniprot, olink_id, panel, unit : list
        Header rows; ``unit`` is the unit of each column.
    kinds : list of str
        What each column holds: assay, control, plate, flag, deviation or none.
    samples : numpy.ndarray
        Cells of the sample rows.
    footer : list of list
        Rows below, their label folded.
    """

    assay: list[object]
    uniprot: list[object]
    olink_id: list[object]
    panel: list[str | None]
    unit: list[str | None]
    kinds: list[str]
    samples: np.ndarray
    footer: list[list[object]]


def sheet_blocks(rows: Cells, name: str, unit: str | None = None) -> Blocks:
    """Find the block of one unit on a sheet.

    A sheet may hold several: blocks under one another, each with its own header (NPX and
    concentrations of Target 48), or columns side by side whose row ``Unit`` differs.

    Parameters
    ----------
    rows : list of list
        Cells of the sheet.
    name : str
        File name for messages.
    unit : str, optional
        Declared unit; needed where the sheet holds NPX and concentrations.

    Returns
    -------
    Blocks
        Its assay columns all of one unit (masses per volume count as one).

    Raises
    ------
    PanelError
        If no row starts with ``Assay``, the unit is needed or not there, or two blocks hold the
        same unit.

    Examples
    --------
    >>> rows = [["Quantified data"], ["Assay", "IL8"], ["Unit", "pg/mL"], [], ["s1", "5"]]
    >>> blocks = sheet_blocks(rows, "t48.xlsx")
    >>> blocks.kinds, blocks.unit, blocks.samples.tolist()
    (['none', 'assay'], [None, 'pg/mL'], [['s1', '5']])
    """
    labels = [_fold(row[0]) if row else "" for row in rows]
    if "assay" not in labels:
        message = (
            f"{name} is no NPX Manager export: no row starts with 'Assay'. Its first column "
            f"starts with {list_some(filter(None, labels), 4)}; choose another format."
        )
        raise PanelError(message)
    sections = [_blocks(rows[a:b], labels[a:b]) for a, b in _sections(rows, labels)]
    there = [{_scale(part.unit[i]) for i in _assays(part)} for part in sections]
    found = sorted(set().union(*there))
    wanted = None if unit is None else known_unit(unit) or unit
    if len(found) > 1 and wanted is None:
        message = (
            f"{name} holds values in {' and '.join(found)}. Declare which to read: "
            f"{' or '.join(f'unit: {one}' for one in found)}."
        )
        raise PanelError(message)
    scale = wanted if wanted in found or len(found) > 1 else next(iter(found), "NPX")
    chosen = [part for part, scales in zip(sections, there, strict=True) if scale in scales]
    if len(sections) == 1:
        chosen = sections
    if len(chosen) != 1:
        message = (
            f"{name} has {count_of(len(chosen), 'block')} in {scale} under one another, of "
            f"{' and '.join(found)}; expected one. Save each block as a file of its own."
        )
        raise PanelError(message)
    part = chosen[0]
    kinds = [
        "none" if kind == "assay" and len(found) > 1 and _scale(part.unit[i]) != scale else kind
        for i, kind in enumerate(part.kinds)
    ]
    return Blocks(**{**vars(part), "kinds": kinds})


def _assays(part: Blocks) -> list[int]:
    return [i for i, kind in enumerate(part.kinds) if kind == "assay"]


def _scale(unit: str | None) -> str:
    """Return NPX or pg/mL, or the unit as it is spelled."""
    if unit is None:
        return "NPX"
    return "pg/mL" if pg_ml_factor(unit) is not None else known_unit(unit) or unit


def _sections(rows: Cells, labels: list[str]) -> list[tuple[int, int]]:
    """Return first and last row of each block: a header block ends the one above it."""
    starts = [i for i, label in enumerate(labels) if label == "assay"]
    tops = []
    for start in starts:
        top = start
        while top > 0 and _is_heading(rows[top - 1], labels[top - 1]):
            top -= 1
        tops.append(top)
    tops[0] = 0
    return list(zip(tops, [*tops[1:], len(rows)], strict=True))


def _is_heading(row: list[object], label: str) -> bool:
    """Return whether a row above the assays is blank, a title, or names panels or software."""
    filled = [str(cell).casefold() for cell in row if cell is not None]
    if label in ("panel", "") or len(filled) <= 1:
        return not FOOTER.fullmatch(label)
    return len(filled) == 2 and "olink" in filled[1]


def _fold(cell: object) -> str:
    """Return a label in lower-case letters and digits."""
    return re.sub(r"[^a-z0-9]", "", str(cell).casefold()) if cell is not None else ""


def _kind(cell: object) -> str:
    """Return what a column of the sheet holds, from its cell in the assay row."""
    label = _fold(cell)
    if label in ("", "assay"):
        return "none"
    if label in ("plateid", "plate"):
        return "plate"
    if label.startswith("qcwarning"):
        return "flag"
    if label.startswith("qcdeviation"):
        return "deviation"
    return "control" if is_control_assay(str(cell)) else "assay"


def cell_text(row: list[object], i: int) -> str | None:
    """Return a header cell as stripped text, or None.

    Examples
    --------
    >>> cell_text([None, " IL8 "], 1), cell_text([None], 4)
    ('IL8', None)
    """
    return str(row[i]).strip() if i < len(row) and row[i] is not None else None


def _blocks(rows: Cells, labels: list[str]) -> Blocks:
    """Take one block apart into header rows, sample rows and footer rows."""
    start = labels.index("assay")
    width = max(len(row) for row in rows)
    padded = [[*row, *[None] * (width - len(row))] for row in rows]
    extra: dict[str, list[object]] = {}
    body = start + 1
    while body < len(padded) and labels[body] in HEADER.values():
        extra[labels[body]] = padded[body]
        body += 1
    samples, footer = [], []
    for label, row in zip(labels[body:], padded[body:], strict=True):
        if FOOTER.fullmatch(label):
            footer.append([label, *row[1:]])
        elif any(cell is not None for cell in row):
            samples.append(row)
    blank: list[object] = [None] * width
    panels = padded[labels.index("panel")] if "panel" in labels[:start] else blank
    title = " ".join(str(cell).casefold() for row in rows[:start] for cell in row if cell)
    general = "pg/mL" if "unit" not in extra and QUANTIFIED.search(title) else None
    units = extra.get(HEADER["unit"], blank)
    cells = np.empty((len(samples), width), dtype=object)
    for number, row in enumerate(samples):
        cells[number] = row
    return Blocks(
        assay=padded[start],
        uniprot=extra.get(HEADER["uniprot"], blank),
        olink_id=extra.get(HEADER["olink_id"], blank),
        panel=_filled_forward(panels),
        unit=[None, *(general if cell is None else str(cell).strip() for cell in units[1:])],
        kinds=[_kind(cell) for cell in padded[start]],
        samples=cells,
        footer=footer,
    )


def _filled_forward(row: list[object]) -> list[str | None]:
    """Return panel names per column: a name holds until the next one."""
    names: list[str | None] = [None]
    for cell in row[1:]:
        names.append(str(cell).strip() if cell is not None else names[-1])
    return names
