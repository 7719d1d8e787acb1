"""Bio-Plex Manager exports: a block per analyte, or one table of observed concentrations."""

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.exceptions import PanelError
from subtyping.panel.bioplex_sections import CODE, KNOWN, Section, observed_column, sections_of
from subtyping.panel.dilution import dilution_note, says_not_applied
from subtyping.panel.measured import Measured
from subtyping.panel.text_values import parse_values
from subtyping.panel.well_names import well_kind
from subtyping.panel.well_table import WellTable, fold, measured_wells
from subtyping.panel.workbook import Cells

__all__ = ["read_bioplex"]

CODES = {"s": "standard", "es": "standard", "b": "blank", "c": "control"}
OUTLIER = ("1", "x", "yes", "true", "outlier")


def read_bioplex(
    sheets: Mapping[str, Cells],
    *,
    analytes: str | Sequence[str] | None = None,
    people: Collection[str] = frozenset(),
) -> Measured:
    """Take a Bio-Plex Manager export apart into sample wells, and wells that are none.

    Three layouts are read: one sheet (or block after a line ``Analyte: ...``) per analyte with the
    column ``Obs Conc``; one table with the columns ``Analyte`` and ``Obs Conc``; a table titled
    ``Obs Conc`` with one column per analyte. The type of a well tells standards (S), blanks (B),
    controls (C) and samples (X); the sample is its ``Description``, or its type where that is
    blank. Observed concentrations are taken as multiplied by the dilution already, which is what
    the software does; they are multiplied here only if the export says in words that they are not.
    ``*12.3`` is extrapolated, ``OOR <`` below and ``OOR >`` above the curve, ``---`` an outlier.
    A well marked in the column ``Outlier`` has no value. A line that has a description or a value
    and neither type nor well is left out and said.

    Parameters
    ----------
    sheets : mapping
        Cells by sheet, from `read_blocks`.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.
    people : collection of str, optional
        Ids of the samples table.

    Returns
    -------
    Measured
        One row per sample well (a line may stand for two, ``A1,B1``, averaged by the software).

    Raises
    ------
    PanelError
        If no observed concentrations are found, a well lists an analyte twice, or as for
        `measured_wells`.

    Examples
    --------
    >>> rows = [["Analyte:", "IL-6 (25)"], ["Type", "Well", "Description", "Obs Conc (pg/mL)"],
    ...         ["S1", "A1", None, "3200"], ["X1", "B1", "p1", "*0.8"]]
    >>> measured = read_bioplex({"": rows})
    >>> measured.sample_id.tolist(), measured.values.tolist(), measured.extrapolated.tolist()
    (['p1'], [[0.8]], [[True]])
    """
    sections = sections_of(sheets)
    lines: dict[tuple[str, ...], dict[str, str | None]] = {}
    cells: dict[tuple[tuple[str, ...], str], object] = {}
    outliers: set[tuple[tuple[str, ...], str]] = set()
    units: dict[str, str | None] = {}
    for part in sections:
        _gather(part, lines, cells, outliers, units)
    keys, names = list(lines), list(units)
    matrix = np.empty((len(keys), len(names)), dtype=object)
    blanked = np.zeros(matrix.shape, dtype=bool)
    for i, key in enumerate(keys):
        for k, name in enumerate(names):
            matrix[i, k] = cells.get((key, name))
            blanked[i, k] = (key, name) in outliers
    dilution = _factors([lines[key]["dilution"] for key in keys])
    carried = pd.DataFrame(
        {
            "PlateID": [lines[key]["plate"] for key in keys],
            "Well": [lines[key]["well"] for key in keys],
            "Dilution": dilution,
        }
    )
    everything = [row for rows in sheets.values() for row in rows]
    not_applied = says_not_applied(everything)
    notes = list(dilution_note(dilution, applied=not not_applied))
    absent = len(keys) * len(names) - len(cells)
    if absent:
        notes.append(f"{count_of(absent, 'combination')} of well and analyte without a line.")
    if blanked.any():
        notes.append(f"{count_of(int(blanked.sum()), 'value')} marked as an outlier, not read.")
    wells = WellTable(
        ids=[lines[key]["description"] or lines[key]["type"] for key in keys],
        kinds=[_kind(lines[key], people) for key in keys],
        analytes=names,
        cells=matrix,
        carried=carried.dropna(axis=1, how="all"),
        units=[units[name] or _unit_in(everything) for name in names],
        factor=np.array([d or 1.0 for d in dilution]) if not_applied else None,
        blanked=blanked,
    )
    measured = measured_wells(wells, platform="Luminex Bio-Plex", analytes=analytes, notes=notes)
    strays = {key: line for part in reversed(sections) for key, line in part.strays.items()}
    return Measured(**{**vars(measured), "left_out": (*measured.left_out, *strays.values())})


def _gather(
    part: Section,
    lines: dict[tuple[str, ...], dict[str, str | None]],
    cells: dict[tuple[tuple[str, ...], str], object],
    outliers: set[tuple[tuple[str, ...], str]],
    units: dict[str, str | None],
) -> None:
    """Add the lines of one section to the wells."""
    at = {fold(name): i for i, name in reversed(list(enumerate(part.header))) if name}
    observed = observed_column(part.header)
    wide = [] if observed is not None else [i for i, n in enumerate(part.header) if _is_analyte(n)]
    for number, row in enumerate(part.rows):
        cell = {name: row[i] if i < len(row) else None for name, i in at.items()}

        def text(name: str, cell: dict[str, object] = cell) -> str | None:
            return None if cell.get(name) is None else str(cell[name]).strip()

        line = {
            "type": text("type"),
            "well": text("well"),
            "description": text("description") or text("sampleid"),
            "plate": text("plate") or text("plateid"),
            "dilution": text("dilution"),
        }
        key = tuple(str(value) for value in line.values())
        lines.setdefault(key, line)
        named = text("analyte") or part.analyte or part.title
        of_line = (
            [(named, observed)] if observed is not None else [(part.header[i], i) for i in wide]
        )
        if not all(name for name, _ in of_line):
            message = (
                f"Line {part.line + 1} of the Bio-Plex export starts a table of observed "
                "concentrations that names no analyte; expected a line 'Analyte: ...' above it, a "
                "column Analyte, or one sheet per analyte."
            )
            raise PanelError(message)
        for name, i in of_line:
            if (key, name) in cells:
                message = (
                    f"The Bio-Plex export lists analyte {name!r} twice for well {line['well']!r} "
                    f"({line['type']}), line {part.line + number + 2}; keep one line per well."
                )
                raise PanelError(message)
            cells[key, name] = row[i] if i < len(row) else None
            if (text("outlier") or "").casefold() in OUTLIER:
                outliers.add((key, name))
            unit = re.search(r"\(([^()]*/[^()]*)\)", part.header[i])
            units.setdefault(name, text("units") or text("unit") or (unit[1] if unit else None))


def _is_analyte(name: str) -> bool:
    return bool(name) and fold(name) not in KNOWN


def _kind(line: Mapping[str, str | None], people: Collection[str]) -> str | None:
    """Return why a line is no sample, from its type, else from its description."""
    match = CODE.fullmatch(str(line["type"]))
    named = line["description"] or ""
    if named and named in people:
        return None
    kind = CODES.get(match[1].casefold()) if match else None
    return kind or (well_kind(named) if named else None)


def _factors(texts: Sequence[str | None]) -> list[float | None]:
    """Return dilutions as factors: 4, 1:4 and 1/4 are the same."""
    plain = [re.sub(r"^1\s*[:/]\s*", "", text or "") for text in texts]
    values = parse_values(pd.Series(plain, dtype=object)).values
    return [None if np.isnan(value) else float(value) for value in values]


def _unit_in(rows: Cells) -> str | None:
    """Return the unit that a line of its own states."""
    for row in rows:
        filled = [str(cell).strip() for cell in row if cell is not None]
        if len(filled) == 2 and fold(filled[0]) in ("units", "unit", "concentrationunit"):
            return filled[1]
        match = re.fullmatch(r"(?:concentration\s+)?units?\s*:\s*(\S+)", " ".join(filled), re.I)
        if match:
            return match[1]
    return None
