"""The lines of a Discovery Workbench export, whatever its columns and plates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.text_values import parse_values
from subtyping.panel.well_table import fold
from subtyping.panel.workbook import Cells

__all__ = ["MsdLines", "read_msd_lines"]

COLUMNS = {
    "sample": ("sample", "samplename", "sampleid"),
    "assay": ("assay", "analyte"),
    "PlateID": ("platename", "plate", "platebarcode", "plateid"),
    "Well": ("well",),
    "spot": ("spot", "spotnumber"),
    "group": ("samplegroup", "sampletype", "group"),
    "dilution_text": ("dilution", "dilutionfactor"),
    "expected": ("concentration", "expectedconcentration"),
    "range": ("detectionrange",),
    "low": ("detectionlimitscalclow", "detectionlimitscalclowlimit", "llod", "lod"),
    "high": ("detectionlimitscalchigh", "detectionlimitscalchighlimit", "ulod"),
    "excluded": ("excluded",),
    "unit": ("units", "unit", "concentrationunit"),
}
VALUE, MEAN, CV = "calcconcentration", "calcconcmean", "calcconccv"
UNIT = re.compile(r"\(([^()]*/[^()]*)\)")


@dataclass(frozen=True, eq=False)
class MsdLines:
    """Lines of spots.

    Attributes
    ----------
    table : pandas.DataFrame
        ``sample, assay, PlateID, Well, spot, group, dilution_text, expected, range, low, high,
        excluded, unit, value, line``: cells as exported, None where absent.
    dilution : numpy.ndarray
        Dilution factor of each line; NaN where none is given.
    is_mean : bool
        Whether ``value`` is the mean of a sample's wells.
    cv : numpy.ndarray
        Coefficient of variation that the file gives beside a mean, in per cent.
    unit : str or None
        Unit in the header of the concentration.
    notes : tuple of str
    left_out : tuple of tuple of str
        Text and reason of lines of one cell after the last spot.
    """

    table: pd.DataFrame
    dilution: np.ndarray
    is_mean: bool
    cv: np.ndarray
    unit: str | None
    notes: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def read_msd_lines(sheets: Mapping[str, Cells]) -> MsdLines:
    """Return the lines of every plate of an export.

    Parameters
    ----------
    sheets : mapping
        Cells by sheet, from `read_blocks`.

    Returns
    -------
    MsdLines
        Of all sheets and plates. A line of one cell before a header is the name of the plate;
        one at the end of a table is left out and said.

    Raises
    ------
    PanelError
        If there is no header with Sample, Assay and a calculated concentration, or a line has
        another number of fields than its header.

    Examples
    --------
    >>> rows = [["Plate_1"], ["Sample", "Assay", "Well", "Calc. Concentration"],
    ...         ["p1", "IL-6", "A01", "3.5"]]
    >>> read_msd_lines({"": rows}).table[["PlateID", "sample", "value"]].to_dict("records")
    [{'PlateID': 'Plate_1', 'sample': 'p1', 'value': '3.5'}]
    """
    records: list[dict[str, object]] = []
    headers: list[list[str]] = []
    left_out: list[tuple[str, str]] = []
    for rows in sheets.values():
        plate: object = None
        header: list[str] | None = None
        for number, row in enumerate(rows):
            labels = [fold(_without_unit(cell)) for cell in row]
            filled = [cell for cell in row if cell is not None]
            if "sample" in labels and "assay" in labels:
                header = labels
                headers.append([str(cell or "") for cell in row])
            elif len(filled) == 1 and row[0] is not None and _is_title(rows, number, header):
                plate = str(filled[0]).strip()
            elif len(filled) == 1 and row[0] is not None and _is_ending(rows, number, header):
                reason = f"line {number + 1} holds one cell and no assay, after the last spot"
                left_out.append((str(row[0]).strip(), reason))
            elif header is not None and filled:
                records.append(_record(row, header, number, plate))
    folded = {fold(_without_unit(cell)) for cells in headers for cell in cells}
    if not headers or not {VALUE, MEAN} & folded or not records:
        _refuse(sheets, headers)
    is_mean = VALUE not in folded
    table = pd.DataFrame.from_records(records).astype(object)
    table = table.where(table.notna(), None)
    wanted = [*COLUMNS, VALUE, MEAN, CV]
    table = table.reindex(columns=wanted).where(table.notna(), None)
    table["value"] = table[MEAN if is_mean else VALUE]
    table["line"] = np.arange(len(table))
    if table["sample"].isna().any() or table["assay"].isna().any():
        n = int((table["sample"].isna() | table["assay"].isna()).sum())
        message = (
            f"{count_of(n, 'line')} of the MSD export without a sample or an assay; the file may "
            "have been edited by hand. Fill or remove them."
        )
        raise PanelError(message)
    dilution = parse_values(table["dilution_text"].map(_factor)).values
    unit = next(
        (
            m[1]
            for cells in headers
            for c in cells
            if "conc" in c.casefold() and (m := UNIT.search(c))
        ),
        None,
    )
    notes = ("Concentrations are means of wells that were averaged before the export.",)
    return MsdLines(
        table=table,
        dilution=dilution,
        is_mean=is_mean,
        cv=parse_values(table[CV]).values,
        unit=unit,
        notes=notes if is_mean else (),
        left_out=tuple(left_out),
    )


def _is_title(rows: Cells, number: int, header: list[str] | None) -> bool:
    """Return whether a line of one cell names the plate of the header below."""
    below = next((row for row in rows[number + 1 :] if any(cell is not None for cell in row)), None)
    labels = [fold(_without_unit(cell)) for cell in below or ()]
    return header is None or ("sample" in labels and "assay" in labels)


def _is_ending(rows: Cells, number: int, header: list[str] | None) -> bool:
    """Return whether a line of one cell, not cut short, has only such lines below it."""
    if header is None or len(rows[number]) < len(header):
        return False
    return all(sum(cell is not None for cell in row) <= 1 for row in rows[number + 1 :])


def _without_unit(cell: object) -> object:
    """Return a header cell without a unit in brackets."""
    return UNIT.sub("", cell) if isinstance(cell, str) else cell


def _record(row: list[object], header: list[str], number: int, plate: object) -> dict[str, object]:
    """Return a line by role."""
    width = len(header)
    if len(row) < width or any(cell is not None for cell in row[width:]):
        message = (
            f"Line {number + 1} of the MSD export has {len(row)} fields where its header has "
            f"{width}. The file may have been cut off or edited by hand."
        )
        raise PanelError(message)
    by_label = {label: row[i] for i, label in reversed(list(enumerate(header))) if label}
    record = {
        role: next((by_label[name] for name in names if name in by_label), None)
        for role, names in COLUMNS.items()
    }
    if record["PlateID"] is None:
        record["PlateID"] = plate
    return {**record, **{name: by_label.get(name) for name in (VALUE, MEAN, CV)}}


def _factor(cell: object) -> object:
    """Return a dilution as exported without the ``1:`` before it."""
    return re.sub(r"^\s*1\s*[:/]\s*", "", cell) if isinstance(cell, str) else cell


def _refuse(sheets: Mapping[str, Cells], headers: list[list[str]]) -> None:
    """Raise because no calculated concentrations are there."""
    if headers and not any("conc" in cell.casefold() for cell in headers[0]):
        message = (
            "The MSD export holds signals and no calculated concentrations; its columns are "
            f"{list_some(filter(None, headers[0]), 12)}. A signal is no concentration: fit the "
            "calibrators in Discovery Workbench and export Calc. Concentration."
        )
        raise PanelError(message)
    first = [str(c) for rows in sheets.values() for row in rows[:3] for c in row if c is not None]
    message = (
        "No MSD table was found: expected a header with Sample, Assay and Calc. Concentration "
        f"(or Calc. Conc. Mean) and lines below it. The file starts with {list_some(first, 6)}."
    )
    raise PanelError(message)
