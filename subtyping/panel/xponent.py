"""Luminex xPONENT exports: a preamble, then blocks that start with ``DataType:``."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from subtyping._validation import list_some
from subtyping.exceptions import PanelError
from subtyping.panel.dilution import dilution_note, says_not_applied
from subtyping.panel.measured import Measured
from subtyping.panel.text_values import parse_values
from subtyping.panel.well_names import well_kind
from subtyping.panel.well_table import WellTable, fold, measured_wells, plain_name
from subtyping.panel.workbook import Cells
from subtyping.panel.xponent_blocks import (
    AVERAGED,
    RESULTS,
    Block,
    analytes_of,
    blocks_of,
    column_of,
    preamble_value,
    refuse_twice,
    well_of,
)

__all__ = ["is_xponent", "read_xponent"]

WITH_WELLS = ("result", "median", "netmfi", "count", "mean")


def is_xponent(rows: Cells) -> bool:
    """Return whether a sheet has blocks that start with ``DataType:``.

    Examples
    --------
    >>> is_xponent([["Program", "xPONENT"], ["DataType:", "Result"]]), is_xponent([["Type"]])
    (True, False)
    """
    return any(row and fold(row[0]) == "datatype" for row in rows)


def read_xponent(
    rows: Cells,
    *,
    analytes: str | Sequence[str] | None = None,
    people: Collection[str] = frozenset(),
) -> Measured:
    """Take an xPONENT export apart into sample wells, and wells that are none.

    The block ``Result`` holds the concentrations (``Avg Result`` where replicates were averaged
    before the export). Units come from the block ``Units``. Results are taken as multiplied by
    the dilution factor already, which is what the software does; they are multiplied here only if
    the export says in words that dilution is not applied. A number outside the expected
    concentrations of the standards (times the dilution, if results carry it), where the file
    lists them, is flagged as extrapolated.

    Parameters
    ----------
    rows : list of list
        Cells of the export, from `read_cells`.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.
    people : collection of str, optional
        Ids of the samples table: wells of that name are samples whatever they look like.

    Returns
    -------
    Measured
        One row per sample well. ``left_out`` names standards, blanks, controls of the kit, and
        wells that another block lists and the results lack.

    Raises
    ------
    PanelError
        If there are no results (fluorescence is no concentration), a line is cut off, a location
        is read twice, or as for `measured_wells`.

    Examples
    --------
    >>> rows = [["Program", "xPONENT"], [], ["DataType:", "Result"],
    ...         ["Location", "Sample", "IL-6", "Total Events"], ["1(1,A1)", "Standard1", "9", "80"],
    ...         ["2(1,B1)", "p1", "<0.5", "95"], [], ["DataType:", "Units"],
    ...         ["Analyte:", "IL-6"], ["BeadID:", "25"], ["Units:", "pg/mL"]]
    >>> measured = read_xponent(rows)
    >>> measured.sample_id.tolist(), measured.below_lod.tolist(), measured.left_out
    (['p1'], [[True]], (('Standard1', 'standard'),))
    """
    blocks = blocks_of(rows)
    title = next((name for name in RESULTS if name in blocks), None)
    if title is None:
        message = (
            "The xPONENT export holds no concentrations (block 'Result'); its blocks are "
            f"{list_some([block.title for block in blocks.values()], 8)}. Fluorescence is no "
            "concentration: analyse the plate with its standards and export the results."
        )
        raise PanelError(message)
    block = blocks[title]
    names, at = analytes_of(block)
    lines = [well_of(block, number, row) for number, row in enumerate(block.rows)]
    places = [(plate, well) for plate, well, _ in lines]
    refuse_twice(places, block)
    cells = np.array([[row[i] for i in at] for row in block.rows], dtype=object)
    ids = [name for _, _, name in lines]
    dilution = _dilution(blocks, places, ids)
    carried = pd.DataFrame({"PlateID": _plates(rows, places), "Well": [well for _, well in places]})
    if dilution is not None:
        carried["Dilution"] = dilution
    not_applied = says_not_applied(rows)
    factor = _factor(dilution, len(ids))
    wells = WellTable(
        ids=ids,
        kinds=[well_kind(str(name or ""), people) for name in ids],
        analytes=names,
        cells=cells.reshape(len(ids), len(at)),
        carried=carried.dropna(axis=1, how="all"),
        units=_units(blocks, names),
        factor=factor if not_applied else None,
        extrapolated=_outside(
            blocks, names, cells, np.ones_like(factor) if not_applied else factor
        ),
    )
    notes = [*dilution_note(dilution, applied=not not_applied), *_count_note(rows, ids)]
    measured = measured_wells(wells, platform="Luminex", analytes=analytes, notes=notes)
    missing = _missing(blocks, title, places)
    return Measured(**{**vars(measured), "left_out": (*measured.left_out, *missing)})


def _plates(rows: Cells, places: list[tuple[str, str]]) -> list[str | None]:
    """Return the plate of each well: the batch, and its number where there are several."""
    batch = preamble_value(rows, "batch")
    numbers = {plate for plate, _ in places if plate}
    if len(numbers) > 1:
        return [f"{batch or 'plate'} {plate}" for plate, _ in places]
    return [batch] * len(places)


def _count_note(rows: Cells, ids: list[object]) -> list[str]:
    """Return a sentence where the header announces another number of wells."""
    announced = pd.to_numeric(preamble_value(rows, "samples"), errors="coerce")
    if pd.isna(announced) or announced == len(ids):
        return []
    return [f"The header announces {announced:g} wells, the results hold {len(ids)}."]


def _units(blocks: dict[str, Block], names: list[str]) -> list[str | None]:
    """Return the unit of each analyte; a bead count or a blank is none."""
    block = blocks.get("units")
    if block is None:
        return [None] * len(names)
    lines = [block.header, *block.rows]
    by_label = {fold(row[0]): row for row in lines if row}
    labels, units = by_label.get("analyte", []), by_label.get("units", [])
    found = {
        str(name).strip(): str(unit).strip()
        for name, unit in zip(labels[1:], units[1:], strict=False)
        if name is not None and unit is not None and fold(unit) not in ("bead", "mfi", "none")
    }
    return [found.get(name) for name in names]


def _dilution(
    blocks: dict[str, Block], places: list[tuple[str, str]], ids: list[object]
) -> list[float | None] | None:
    """Return the dilution factor of each well, or None where the file lists none."""
    block = blocks.get("dilutionfactor")
    column = None if block is None else column_of(block, "dilutionfactor")
    if block is None or column is None:
        return None
    texts = [str(row[column] or "") if column < len(row) else "" for row in block.rows]
    plain = pd.Series([text.strip().removeprefix("1:") for text in texts], dtype=object)
    factors = parse_values(plain).values
    who = column_of(block, "sample")
    by_place: dict[tuple[str, str], float] = {}
    by_name: dict[object, float] = {}
    for number, (row, factor) in enumerate(zip(block.rows, factors, strict=True)):
        if column_of(block, "location") is not None:
            plate, well, _ = well_of(block, number, row)
            by_place[plate, well] = float(factor)
        if who is not None and who < len(row):
            by_name.setdefault(row[who], float(factor))
    both = zip(places, ids, strict=True)
    found = [by_place.get(place, by_name.get(name, np.nan)) for place, name in both]
    return [None if np.isnan(number) else number for number in found]


def _factor(dilution: list[float | None] | None, n_wells: int) -> np.ndarray:
    """Return dilution factors as numbers, 1 where none is stated."""
    if dilution is None:
        return np.ones(n_wells)
    return np.array([1.0 if factor is None else factor for factor in dilution])


def _outside(
    blocks: dict[str, Block], names: list[str], cells: np.ndarray, factor: np.ndarray
) -> np.ndarray:
    """Mask numbers outside the range of the standards' expected concentrations."""
    outside = np.zeros(cells.shape, dtype=bool)
    block = blocks.get("standardexpectedconcentration")
    if block is None:
        return outside
    of_name = {str(cell).strip(): i for i, cell in enumerate(block.header) if cell is not None}
    for k, name in enumerate(names):
        i = of_name.get(name, of_name.get(plain_name(name)))
        if i is None:
            continue
        column = pd.Series([row[i] if i < len(row) else None for row in block.rows], dtype=object)
        expected = parse_values(column).values
        expected = expected[expected > 0]
        if len(expected):
            numbers = parse_values(pd.Series(cells[:, k], dtype=object))
            with np.errstate(invalid="ignore"):
                low = numbers.values < expected.min() * factor
                high = numbers.values > expected.max() * factor
            outside[:, k] = (low | high) & ~numbers.below_lod & ~numbers.above_uloq
    return outside


def _missing(
    blocks: dict[str, Block], title: str, places: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the wells that another block lists and the results lack."""
    if title in AVERAGED:
        return []
    seen, missing = set(places), []
    for name in WITH_WELLS:
        block = blocks.get(name)
        if block is None or name == title or column_of(block, "location") is None:
            continue
        for number, row in enumerate(block.rows):
            plate, well, sample = well_of(block, number, [*row, *[None] * len(block.header)])
            if (plate, well) not in seen:
                seen.add((plate, well))
                reason = f"well {well} is in block {block.title!r}, not in {blocks[title].title!r}"
                missing.append((str(sample or "").strip(), reason))
    return missing
