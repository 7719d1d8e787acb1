"""The wells of a plate export, whatever the vendor: one row per well, one column per analyte."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.names import analyte_table
from subtyping.panel.text_values import parse_values, refuse_text
from subtyping.panel.texts import as_ids
from subtyping.panel.units import known_unit, pg_ml_factor
from subtyping.panel.wide import chosen_columns, refuse_blank_ids, stripped_note

__all__ = ["NO_VALUE", "WellTable", "fold", "measured_wells", "plain_name"]

NO_VALUE = frozenset({"***", "****", "---", "--", "-", "*", "n/a", "no data"})
STARRED = re.compile(
    r"\*\s*([<>]?\s*[-+]?[\d.]+(?:[eE][-+]?\d+)?)|([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\*"
)
REGION = re.compile(r"\s*\(\s*\d+\s*\)\s*$")
SPECIES = re.compile(r"^(?:hu|human)[\s_\-]+", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class WellTable:
    """The wells of an export, before replicates are merged.

    Attributes
    ----------
    ids : list
        Name of each well's sample.
    kinds : list of str or None
        Why a well is no sample; None if it is one.
    analytes : list of str
        Names in the file.
    cells : numpy.ndarray of object, shape (n_wells, n_analytes)
        Cells as exported.
    carried : pandas.DataFrame
        ``PlateID``, ``Well``, ``Dilution`` and the like, one row per well.
    units : list of str or None
        Unit of each analyte; None where the file states none.
    factor : numpy.ndarray of shape (n_wells,), optional
        What numbers are multiplied with because the export says dilution is not applied.
    lod : numpy.ndarray, optional
        Limits of detection the file states beside the values.
    below, above, extrapolated, blanked : numpy.ndarray of bool, optional
        What the file flags beside the values; a blanked number is not read.
    """

    ids: list[Any]
    kinds: list[str | None]
    analytes: list[str]
    cells: np.ndarray
    carried: pd.DataFrame
    units: list[str | None]
    factor: np.ndarray | None = None
    lod: np.ndarray | None = None
    below: np.ndarray | None = None
    above: np.ndarray | None = None
    extrapolated: np.ndarray | None = None
    blanked: np.ndarray | None = None


def fold(cell: object) -> str:
    """Return a label in lower-case letters, digits, ``%`` and ``<>``.

    Examples
    --------
    >>> fold("Calc. Conc. CV"), fold("% CV"), fold(None)
    ('calcconccv', '%cv', '')
    """
    return re.sub(r"[^a-z0-9%<>]", "", str(cell).casefold()) if cell is not None else ""


def plain_name(name: str) -> str:
    """Return the name of an assay without its bead region and species.

    Examples
    --------
    >>> plain_name("Hu IL-6 (25)"), plain_name("TNF-a"), plain_name("IL-6 (pg/mL)")
    ('IL-6', 'TNF-a', 'IL-6 (pg/mL)')
    """
    return SPECIES.sub("", REGION.sub("", name.strip())).strip() or name.strip()


def measured_wells(
    wells: WellTable,
    *,
    platform: str,
    analytes: str | Sequence[str] | None = None,
    notes: Iterable[str] = (),
) -> Measured:
    """Return the sample wells of an export as rows, the others as left out.

    Parameters
    ----------
    wells : WellTable
        All wells of the file.
    platform : str
        Name of platform and software.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.
    notes : iterable of str
        What the reader has to say already.

    Returns
    -------
    Measured
        One row per sample well, in file order. ``*12.3`` is a number off the standard curve,
        flagged as extrapolated; ``***`` and ``---`` are no value. Units other than pg/mL that
        measure mass per volume are converted, and the conversion noted.

    Raises
    ------
    PanelError
        If no well is a sample, a cell is no value, or a unit is no mass concentration.

    Examples
    --------
    >>> cells = np.array([["9"], ["*0.2"]], dtype=object)
    >>> carried = pd.DataFrame({"Well": ["A1", "A2"]})
    >>> ids, kinds = ["S1", "p1"], ["standard", None]
    >>> wells = WellTable(ids, kinds, ["IL-6 (25)"], cells, carried, ["pg/mL"])
    >>> measured = measured_wells(wells, platform="Luminex")
    >>> measured.values.tolist(), measured.extrapolated.tolist(), measured.left_out
    ([[0.2]], [[True]], (('S1', 'standard'),))
    """
    at = list(range(len(wells.analytes)))
    if analytes is not None:
        at = chosen_columns([plain_name(name) for name in wells.analytes], _plain(analytes))
    rows = np.array([i for i, kind in enumerate(wells.kinds) if kind is None], dtype=int)
    if not len(rows):
        there = list_some(dict.fromkeys(kind for kind in wells.kinds if kind))
        only = f", only wells of kind {there}" if there else ""
        message = f"The {platform} export has no sample wells{only}."
        raise PanelError(message)
    ids, n_stripped = as_ids(pd.Series([wells.ids[i] for i in rows], dtype=object))
    refuse_blank_ids(ids)
    names = [wells.analytes[i] for i in at]
    part = np.ix_(rows, np.array(at, dtype=int))
    cells, starred, n_lost = _cleaned(wells.cells[part])
    if wells.blanked is not None:
        cells[wells.blanked[part]] = None
    parsed = parse_values(pd.Series(cells.ravel(), dtype=object))
    wrong = parsed.is_text.reshape(cells.shape)
    for k in np.flatnonzero(wrong.any(axis=0)):
        refuse_text(pd.Series(cells[:, k], dtype=object), wrong[:, k], names[k])
    shape = cells.shape
    scale, unit, unit_notes = _scale([wells.units[i] for i in at], names)
    if wells.factor is not None:
        scale = scale * wells.factor[rows][:, None]
    lod = parsed.lod.reshape(shape)
    if wells.lod is not None:
        lod = np.where(np.isnan(lod), wells.lod[part], lod)
    described, name_notes = analyte_table([plain_name(name) for name in names])
    described["name_in_file"] = np.array(names, dtype=object)
    if n_lost:
        unit_notes = (*unit_notes, f"{count_of(n_lost, 'cell')} without a value (*** or ---).")
    with np.errstate(over="ignore"):  # what overflows is refused as an impossible value
        values, lod = parsed.values.reshape(shape) * scale, lod * scale
    return Measured(
        sample_id=ids,
        values=values,
        below_lod=parsed.below_lod.reshape(shape) | _flag(wells.below, part),
        above_uloq=parsed.above_uloq.reshape(shape) | _flag(wells.above, part),
        lod=lod,
        analytes=described,
        carried=wells.carried.iloc[rows].reset_index(drop=True),
        platform=platform,
        unit_in_file=() if unit is None else (unit,),
        notes=(*stripped_note(n_stripped, len(ids)), *notes, *unit_notes, *name_notes),
        extrapolated=starred | _flag(wells.extrapolated, part),
        left_out=tuple(
            (str(name).strip(), kind)
            for name, kind in zip(wells.ids, wells.kinds, strict=True)
            if kind is not None
        ),
    )


def _plain(analytes: str | Sequence[str]) -> str | list[str]:
    """Return a choice of analytes with bead regions left out."""
    return plain_name(analytes) if isinstance(analytes, str) else [plain_name(a) for a in analytes]


def _flag(flags: np.ndarray | None, part: Any) -> np.ndarray | bool:
    return False if flags is None else np.asarray(flags[part], dtype=bool)


def _cleaned(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Return cells without marks, where a star marked extrapolation, and how many have no value."""
    cleaned = cells.copy()
    starred = np.zeros(cells.shape, dtype=bool)
    n_lost = 0
    for place, cell in np.ndenumerate(cells):
        if not isinstance(cell, str):
            continue
        token = cell.strip()
        match = STARRED.fullmatch(token)
        if token.casefold() in NO_VALUE:
            cleaned[place] = None
            n_lost += 1
        elif match:
            cleaned[place] = match[1] or match[2]
            starred[place] = True
    return cleaned, starred, n_lost


def _scale(
    units: list[str | None], names: list[str]
) -> tuple[np.ndarray, str | None, tuple[str, ...]]:
    """Return the factor to pg/mL of each analyte, the unit then, and a note on conversions."""
    stated = [unit for unit in units if unit]
    if not stated:
        return np.ones(len(units)), None, ()
    silent = [name for name, unit in zip(names, units, strict=True) if not unit]
    if silent:
        message = (
            "The export gives a unit for some analytes only; it gives none for "
            f"{list_some(silent)}. Name the analytes to read (analytes: ...)."
        )
        raise PanelError(message)
    factors = [pg_ml_factor(unit) for unit in stated]
    strange = [f"{n} ({u})" for n, u, f in zip(names, stated, factors, strict=True) if f is None]
    if strange:
        message = (
            f"{count_of(len(strange), 'analyte')} not in a mass per volume: {list_some(strange)}. "
            "Expected pg/mL, ng/mL, ug/mL and the like; leave them out by naming the others "
            "(analytes: ...)."
        )
        raise PanelError(message)
    other = {u: f for u, f in zip(stated, factors, strict=True) if f != 1.0}
    said = tuple(
        f"{count_of(sum(u == unit for u in stated), 'analyte')} converted from {unit} to pg/mL "
        f"(times {factor:g})."
        for unit, factor in other.items()
    )
    return np.array(factors, dtype=float), known_unit("pg/mL"), said
