"""Meso Scale Discovery: the tables that Discovery Workbench exports."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.dilution import dilution_note, says_not_applied
from subtyping.panel.measured import Measured
from subtyping.panel.msd_lines import MsdLines, read_msd_lines
from subtyping.panel.msd_range import flags_of
from subtyping.panel.tables import read_blocks
from subtyping.panel.well_names import well_kind
from subtyping.panel.well_table import WellTable, measured_wells

__all__ = ["read_msd"]

GROUPS = {"standards": "standard", "standard": "standard", "calibrators": "standard",
          "calibrator": "standard", "blanks": "blank", "blank": "blank", "controls": "control",
          "control": "control", "qc": "control"}  # fmt: skip


def read_msd(
    path: str | Path,
    *,
    analytes: str | Sequence[str] | None = None,
    people: Collection[str] = frozenset(),
) -> Measured:
    r"""Take a Discovery Workbench export apart into sample wells, and wells that are none.

    Each line is a spot of a well. ``Calc. Concentration`` is read (``Calc. Conc. Mean`` with
    ``Calc. Conc. CV`` where the wells were averaged before the export), and taken as multiplied
    by the dilution already, which is what the software does. ``Detection Limits: Calc. Low`` and
    ``Calc. High`` are on the scale of the curve and are multiplied by the dilution. What the
    column ``Detection Range`` says holds: below the range is below detection with its number
    kept, below the curve fit without one; above likewise. Without the column a value is compared
    with the limits. A number outside the concentrations of the calibrators (times the dilution),
    within the detection range, is flagged as extrapolated. A line with an expected
    ``Concentration`` is a calibrator.

    Parameters
    ----------
    path : str or Path
        CSV, TSV or XLSX; several plates may stand under one another, each with its header.
    analytes : str or sequence of str, optional
        Assays to keep; all by default.
    people : collection of str, optional
        Ids of the samples table; a well named like a control is a sample if it is one of them.

    Returns
    -------
    Measured
        One row per sample well, replicates not yet merged (see `merge_wells`).

    Raises
    ------
    PanelError
        If there is no table with Sample, Assay and a calculated concentration, a spot is listed
        twice, or as for `measured_wells`.

    Examples
    --------
    >>> import tempfile
    >>> text = ("Sample,Assay,Well,Dilution,Concentration,Calc. Concentration,Detection Range\n"
    ...         "STD-01,IL-6,A01,,488,490,In Detection Range\n"
    ...         "p1,IL-6,B01,2,,0.9,Below Detection Range\n")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "plate.csv"
    ...     _ = path.write_text(text)
    ...     measured = read_msd(path)
    >>> measured.values.tolist(), measured.below_lod.tolist(), measured.left_out
    ([[0.9]], [[True]], (('STD-01', 'standard'),))
    """
    sheets = read_blocks(path)
    lines = read_msd_lines(sheets)
    keys, names, row, column = _places(lines)
    table = lines.table
    first = table.assign(row=row).drop_duplicates("row").set_index("row").sort_index()
    dilution = lines.dilution[first["line"].to_numpy(dtype=int)]
    rows = [line for cells in sheets.values() for line in cells]
    not_applied = says_not_applied(rows)
    flags = flags_of(lines, row, column, (len(keys), len(names)), is_multiplied=not not_applied)
    for name in ("below", "above", "extrapolated"):
        flags[name] &= ~flags["excluded"]
    cells = np.empty((len(keys), len(names)), dtype=object)
    cells[row, column] = table["value"].to_numpy(dtype=object)
    factor = np.where(np.isnan(dilution), 1.0, dilution)
    carried = first[["PlateID", "Well"]].assign(Dilution=dilution).reset_index(drop=True)
    with np.errstate(over="ignore"):
        lod = flags["lod"] if not_applied else flags["lod"] * factor[:, None]
    wells = WellTable(
        ids=list(first["sample"]),
        kinds=_kinds(table, row, len(keys), people),
        analytes=names,
        cells=cells,
        carried=carried.dropna(axis=1, how="all"),
        units=_units(table, column, names, lines.unit),
        factor=factor if not_applied else None,
        lod=lod,
        below=flags["below"],
        above=flags["above"],
        extrapolated=flags["extrapolated"],
        blanked=flags["excluded"],
    )
    known = [None if np.isnan(d) else float(d) for d in dilution]
    notes = [*dilution_note(known, applied=not not_applied), *lines.notes]
    if flags["excluded"].any():
        count = count_of(int(flags["excluded"].sum()), "spot")
        notes.append(f"{count} excluded in Discovery Workbench, not read.")
    measured = measured_wells(wells, platform="MSD", analytes=analytes, notes=notes)
    if lines.is_mean:
        is_read = np.zeros(cells.shape, dtype=bool)
        is_read[row, column] = True
        is_read &= ~flags["excluded"]
        cv = np.full(cells.shape, np.nan)
        cv[row, column] = lines.cv
        part = _part(wells, measured)
        measured = _once(measured, cv[part], is_read[part])
    return Measured(**{**vars(measured), "left_out": (*measured.left_out, *lines.left_out)})


def _places(lines: MsdLines) -> tuple[list[Any], list[str], np.ndarray, np.ndarray]:
    """Return the wells, the assays, and where each line of the file belongs."""
    table = lines.table
    where = ["PlateID", "sample", "Well", "dilution_text"]
    keys = pd.MultiIndex.from_frame(table[where].fillna("").astype(str))
    if table["Well"].isna().all():
        again = table.groupby([*where, "assay", "spot"], dropna=False, sort=False).cumcount()
        keys = pd.MultiIndex.from_arrays([keys, again])
    row, found = pd.factorize(keys)
    named = table["assay"].astype(str)
    spots = table["spot"].fillna("").astype(str)
    several = pd.DataFrame({"row": row, "assay": named}).duplicated(keep=False)
    in_spots = named.isin(set(named[several.to_numpy()]))
    several_spots = in_spots & (spots.groupby(named.to_numpy()).transform("nunique") > 1)
    named = named.mask(several_spots, named + " spot " + spots)
    column, names = pd.factorize(named)
    twice = pd.DataFrame({"row": row, "column": column}).duplicated()
    if twice.any():
        at = int(np.flatnonzero(twice)[0])
        message = (
            f"The MSD export lists {count_of(int(twice.sum()), 'spot')} more than once, such as "
            f"{names[column[at]]} in well {table['Well'].iloc[at]} of {table['sample'].iloc[at]}; "
            "keep one line per spot."
        )
        raise PanelError(message)
    return list(found), list(names), row, column


def _kinds(
    table: pd.DataFrame, row: np.ndarray, n_rows: int, people: Collection[str]
) -> list[str | None]:
    """Return why a well is no sample: its group, an expected concentration, or its name."""
    kinds: list[str | None] = [None] * n_rows
    seen = [False] * n_rows
    expected = table["expected"].notna().groupby(row).any()
    for at, sample, group in zip(row, table["sample"], table["group"], strict=True):
        if seen[at]:
            continue
        seen[at] = True
        name = str(sample or "").strip()
        told = GROUPS.get(str(group or "").strip().casefold())
        if name and name in people:
            continue
        kinds[at] = told or ("standard" if expected[at] else None) or well_kind(name)
    return kinds


def _units(
    table: pd.DataFrame, column: np.ndarray, names: list[str], general: str | None
) -> list[str | None]:
    """Return the unit of each assay."""
    found: list[str | None] = []
    for k, name in enumerate(names):
        stated = table["unit"][column == k].dropna().unique()
        if len(stated) > 1:
            message = f"The MSD export gives assay {name!r} in several units: {list_some(stated)}."
            raise PanelError(message)
        found.append(str(stated[0]) if len(stated) else general)
    return found


def _part(wells: WellTable, measured: Measured) -> tuple[np.ndarray, ...]:
    """Return where the rows and analytes of the result stand among all wells and assays."""
    rows = [i for i, kind in enumerate(wells.kinds) if kind is None]
    names = list(measured.analytes["name_in_file"])
    return np.ix_(rows, [wells.analytes.index(name) for name in names])


def _once(measured: Measured, cv: np.ndarray, is_read: np.ndarray) -> Measured:
    """Return each sample once where every well repeats the mean: of its first well read."""
    plate = measured.carried.get("PlateID", pd.Series("", index=measured.carried.index))
    dilution = measured.carried.get("Dilution", pd.Series("", index=measured.carried.index))
    keys = pd.DataFrame({"id": measured.sample_id, "plate": plate, "dilution": dilution})
    code, _ = pd.factorize(pd.MultiIndex.from_frame(keys.astype(str)))
    again = pd.Series(code).duplicated().to_numpy(dtype=bool)
    kept = np.flatnonzero(~again)
    source = np.repeat(kept[:, None], is_read.shape[1], axis=1)
    for i in np.flatnonzero(again):  # an assay not read so far in an earlier well is taken here
        k = code[i]
        source[k] = np.where(
            ~is_read[source[k], np.arange(len(source[k]))] & is_read[i], i, source[k]
        )
    at = (source, np.arange(is_read.shape[1])[None, :])
    layers = ("values", "below_lod", "above_uloq", "lod", "extrapolated")
    left = tuple(
        (str(name), "replicate well, its mean is read once") for name in measured.sample_id[again]
    )
    changed: Mapping[str, Any] = {
        **vars(measured.take(kept)),
        **{name: getattr(measured, name)[at] for name in layers},
        "replicate_cv_pct": cv[at],
        "left_out": (*measured.left_out, *left),
    }
    return Measured(**changed)
