"""Olink's wide format: the workbook NPX Manager exports, header block, samples, footer block."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.names import analyte_table
from subtyping.panel.olink_quantified import with_range
from subtyping.panel.olink_samples import control_note, join_flags, olink_platform
from subtyping.panel.olink_sheet import Blocks, cell_text, sheet_blocks
from subtyping.panel.tables import read_cells
from subtyping.panel.text_values import parse_values, refuse_text
from subtyping.panel.texts import as_category, as_ids, refuse_dates
from subtyping.panel.units import known_unit, pg_ml_factor
from subtyping.panel.wide import chosen_columns, refuse_blank_ids, stripped_note

__all__ = ["read_olink_wide"]

LOD = re.compile(r"(?:plate|max|min|fixed)?lod")


def read_olink_wide(
    path: str | Path,
    *,
    analytes: str | Sequence[str] | None = None,
    unit: str | None = None,
) -> Measured:
    r"""Take an NPX Manager export apart into ids, values, limits, plates and flags.

    The header block may or may not have an OlinkID row, the columns after the assays may or may
    not hold plate ids; the footer holds the LOD (one row, or one row per plate naming the plate
    in the plate column), missing data frequency and normalisation. Target 48 exports may hold
    concentrations (a row ``Unit`` in the header, ``LLOQ`` and ``ULOQ`` in the footer), alone or as
    a second block beside or under the NPX.

    Parameters
    ----------
    path : str or Path
        XLSX (or its CSV).
    analytes : str or sequence of str, optional
        Assays to keep; all by default.
    unit : str, optional
        Declared unit, which tells the block to read where there are several.

    Returns
    -------
    Measured
        One row per sample. Carried: ``PlateID``, ``QC_Warning`` (joined by `` + `` where panels
        differ) and each quality deviation. ``below_lod`` is a value under its limit, the number
        kept; a concentration above ULOQ is above the upper limit, one under LLOQ extrapolated.
        Internal control assays are left out and named in a note.

    Raises
    ------
    PanelError
        If the sheet has no row that starts with ``Assay``, no sample rows, or a value that is
        no value.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> sheet = [",Olink NPX Manager", "Panel,Olink INFLAMMATION(v.3022)", "Assay,IL8,QC Warning",
    ...          "Uniprot ID,P10145,", "", "s1,5.2,Pass", "s2,1.9,Warning", "", "LOD,2.2,"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "npx.csv"
    ...     _ = path.write_text("\n".join(sheet))
    ...     measured = read_olink_wide(path)
    >>> measured.sample_id.tolist(), measured.below_lod[:, 0].tolist(), measured.platform
    (['s1', 's2'], [False, True], 'Olink INFLAMMATION')
    """
    blocks = sheet_blocks(read_cells(path), Path(path).name, unit)
    at = [i for i, kind in enumerate(blocks.kinds) if kind == "assay"]
    if analytes is not None:
        at = [at[k] for k in chosen_columns([str(blocks.assay[i]).strip() for i in at], analytes)]
    if not at or not len(blocks.samples):
        message = f"The NPX file {Path(path).name} has no {'samples' if at else 'assays'}."
        raise PanelError(message)
    names = [str(blocks.assay[i]).strip() for i in at]
    values, below, above = _values(blocks, at, names)
    lod, lod_notes = _limits(blocks, at)
    described, notes = analyte_table(
        names,
        uniprot=[cell_text(blocks.uniprot, i) for i in at],
        olink_id=[cell_text(blocks.olink_id, i) for i in at],
        panel=[blocks.panel[i] for i in at],
    )
    raw_ids = pd.Series(blocks.samples[:, 0], dtype=object)
    refuse_dates(raw_ids)
    ids, n_stripped = as_ids(raw_ids)
    refuse_blank_ids(ids)
    panels = [panel for i in at if (panel := blocks.panel[i]) is not None]
    scale, unit_in_file, unit_notes = _units(blocks, at)
    controls = [str(blocks.assay[i]).strip() for i, k in enumerate(blocks.kinds) if k == "control"]
    if controls:
        count = count_of(len(controls), "control assay")
        unit_notes = (*unit_notes, f"{count} left out: {list_some(controls, 5)}.")
    said = (*stripped_note(n_stripped, len(ids)), *notes, *lod_notes, *unit_notes)
    with np.errstate(invalid="ignore", over="ignore"):
        below = below | (values < lod)
        values, lod = values * scale, lod * scale
    measured = Measured(
        sample_id=ids,
        values=values,
        below_lod=below,
        above_uloq=above,
        lod=lod,
        analytes=described,
        carried=_carried(blocks, blocks.kinds),
        platform=olink_platform(dict.fromkeys(panels)),
        unit_in_file=unit_in_file,
        notes=(*said, *control_note(ids)),
    )
    if unit_in_file != ("pg/mL",):
        return measured
    lloq, uloq = (_footer(blocks, at, re.compile(label))[0] for label in ("lloq", "uloq"))
    return with_range(measured, lloq * scale, uloq * scale)


def _values(
    blocks: Blocks, at: list[int], names: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return values and censoring of the assay columns."""
    values = np.full((len(blocks.samples), len(at)), np.nan)
    below, above = np.zeros(values.shape, dtype=bool), np.zeros(values.shape, dtype=bool)
    for k, i in enumerate(at):
        cells = pd.Series(blocks.samples[:, i], dtype=object)
        parsed = parse_values(cells)
        refuse_text(cells, parsed.is_text, names[k])
        values[:, k], below[:, k], above[:, k] = (
            parsed.values, parsed.below_lod, parsed.above_uloq
        )  # fmt: skip
    return values, below, above


def _units(blocks: Blocks, at: list[int]) -> tuple[np.ndarray, tuple[str, ...], tuple[str, ...]]:
    """Return the factor of each column, the unit of all, and notes on conversions."""
    units = [blocks.unit[i] for i in at]
    factors = [None if unit is None else pg_ml_factor(unit) for unit in units]
    if not any(factors):
        stated = dict.fromkeys(known_unit(unit) or unit for unit in units if unit is not None)
        return np.ones(len(at)), tuple(stated), ()
    odd = [unit or "no unit" for unit, factor in zip(units, factors, strict=True) if not factor]
    if odd:
        others = list_some(dict.fromkeys(odd))
        message = f"Some assays are in pg/mL, others in {others}; name those to read (analytes)."
        raise PanelError(message)
    other = dict.fromkeys(unit for unit in units if unit and pg_ml_factor(unit) != 1.0)
    notes = tuple(
        f"{count_of(units.count(unit), 'analyte')} converted from {unit} to pg/mL "
        f"(times {pg_ml_factor(unit):g})."
        for unit in other
    )
    return np.array(factors, dtype=float), ("pg/mL",), notes


def _own_column(blocks: Blocks, kinds: list[str], kind: str, i: int) -> int | None:
    """Return the plate (or flag) column that belongs to the panel of an assay column."""
    columns = [k for k, found in enumerate(kinds) if found == kind]
    if len(columns) <= 1:
        return columns[0] if columns else None
    same = [k for k in columns if blocks.panel[k] == blocks.panel[i]]
    if len(same) == 1:
        return same[0]
    order = list(
        dict.fromkeys(p for p, found in zip(blocks.panel, kinds, strict=True) if found == "assay")
    )
    return columns[min(order.index(blocks.panel[i]), len(columns) - 1)]


def _limits(blocks: Blocks, at: list[int]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return the limit of detection of each value: its plate's where the footer names plates."""
    lod, n_rows = _footer(blocks, at, LOD)
    if not n_rows:
        return lod, ("The NPX file gives no limit of detection.",)
    if n_rows > 1 and "plate" not in blocks.kinds:
        note = f"The NPX file gives {n_rows} LOD rows and no plate column; the highest was used."
        return lod, (note,)
    return lod, ()


def _footer(blocks: Blocks, at: list[int], label: re.Pattern[str]) -> tuple[np.ndarray, int]:
    """Return what footer rows of a label say of each value, and how many such rows there are."""
    found = np.full((len(blocks.samples), len(at)), np.nan)
    rows = [row for row in blocks.footer if label.fullmatch(str(row[0]))]
    plain = [row for row in rows if row[0] == "lod"] or rows
    for k, i in enumerate(at if rows else ()):
        plate = _own_column(blocks, blocks.kinds, "plate", i)
        for row in rows:
            named = None if plate is None or row[plate] is None else str(row[plate]).strip()
            if named is not None and plate is not None:
                mine = np.array([str(cell).strip() == named for cell in blocks.samples[:, plate]])
                found[mine, k] = _number(row[i])
        missing = np.isnan(found[:, k])
        general = [r for r in plain if plate is None or r[plate] is None]
        if missing.any() and general:
            found[missing, k] = max(_number(row[i]) for row in general)
    return found, len(rows)


def _number(cell: object) -> float:
    """Return a footer cell as a number, NaN where it is none."""
    return float(parse_values(pd.Series([cell], dtype=object)).values[0])


def _carried(blocks: Blocks, kinds: list[str]) -> pd.DataFrame:
    """Return plate, flag and deviations per sample."""
    columns: dict[str, object] = {}
    for kind, name in (("plate", "PlateID"), ("flag", "QC_Warning")):
        found = [i for i, other in enumerate(kinds) if other == kind]
        if found:
            texts = [as_category(pd.Series(blocks.samples[:, i], dtype=object)) for i in found]
            columns[name] = [join_flags(cells) for cells in zip(*texts, strict=True)]
    for i, kind in enumerate(kinds):
        if kind == "deviation":
            parts = ["QC Deviation", cell_text(blocks.uniprot, i), blocks.panel[i]]
            name = " ".join(part for part in parts[:2] if part)
            name = f"{name} {blocks.panel[i]}" if name in columns else name
            cells = pd.Series(blocks.samples[:, i], dtype=object)
            columns[name] = pd.to_numeric(cells, errors="coerce").astype(float)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(blocks.samples)))
