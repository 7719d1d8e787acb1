"""Routine blood markers of the samples table, and how they become analytes of a panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.knowledge import routine_markers, to_canonical
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.panel import Panel
from subtyping.panel.text_values import ParsedValues, parse_values
from subtyping.panel.texts import as_category

__all__ = ["ROUTINE", "RoutineValues", "join_routine", "routine_analytes", "routine_values"]

ROUTINE = "routine"


@dataclass(frozen=True, eq=False)
class RoutineValues:
    """Routine markers of the same samples, in canonical units.

    Attributes
    ----------
    values : pandas.DataFrame of shape (n_samples, n_markers)
        The number of the file; NaN where it gives none.
    below_lod, above_uloq : pandas.DataFrame of bool
        Censored from below, from above.
    lod : pandas.DataFrame of float
        Limit of detection; NaN where unknown.
    """

    values: pd.DataFrame
    below_lod: pd.DataFrame
    above_uloq: pd.DataFrame
    lod: pd.DataFrame

    @property
    def numbers(self) -> pd.DataFrame:
        """Numbers a rule may compare: below detection without a number stands at its limit."""
        return self.values.mask(self.values.isna() & self.below_lod, self.lod)

    def measured(self, markers: Sequence[str]) -> np.ndarray:
        """Mask the samples in which any of these markers was measured."""
        chosen = list(markers)
        known = self.values[chosen].notna() | self.below_lod[chosen] | self.above_uloq[chosen]
        return known.any(axis=1).to_numpy(dtype=bool)


def routine_values(
    samples: pd.DataFrame,
    declared: Mapping[str, Mapping[str, Any]],
    key: str = "cohort.routine",
    *,
    may_be_empty: bool = False,
) -> RoutineValues:
    """Read routine markers from columns of a samples table.

    Parameters
    ----------
    samples : pandas.DataFrame
        Indexed by sample_id.
    declared : mapping
        For each marker ``column`` and ``unit``, and perhaps ``below_lod`` (``column`` and
        ``values``: the codes that mean below detection) and ``lod`` (in the unit of the column).
    key : str, default "cohort.routine"
        What messages call the declaration.
    may_be_empty : bool, default False
        Whether a column without any number is allowed: one new patient may lack a marker.

    Returns
    -------
    RoutineValues

    Raises
    ------
    PanelError
        If a column is absent, holds no number, or has cells that cannot be a level.

    Examples
    --------
    >>> samples = pd.DataFrame({"hsCRP": ["0.11", "<0.2", "4"], "code": [1, 0, 0]})
    >>> declared = {"crp": {"column": "hsCRP", "unit": "mg/L",
    ...                     "below_lod": {"column": "code", "values": ["1"]}}}
    >>> routine = routine_values(samples, declared)
    >>> routine.numbers["crp"].tolist(), routine.below_lod["crp"].tolist()
    ([0.11, 0.2, 4.0], [True, True, False])
    """
    parts: dict[str, dict[str, np.ndarray]] = {}
    for marker, item in declared.items():
        name = f"{key}.{marker}"
        parts[marker] = _marker(samples, item, name, may_be_empty=may_be_empty)
        unit = str(item["unit"])
        for field in ("values", "lod"):
            parts[marker][field] = to_canonical(marker, parts[marker][field], unit)

    def frame(field: str, dtype: type) -> pd.DataFrame:
        columns = {marker: part[field] for marker, part in parts.items()}
        return pd.DataFrame(columns, index=samples.index, dtype=dtype)

    return RoutineValues(
        frame("values", float),
        frame("below_lod", bool),
        frame("above_uloq", bool),
        frame("lod", float),
    )


def _column(samples: pd.DataFrame, column: str, key: str) -> pd.Series:
    if column not in samples:
        message = (
            f"{key}: the samples table has no column {column!r}."
            f"{nearest(column, map(str, samples.columns))}"
        )
        raise PanelError(message)
    return samples[column]


def _marker(
    samples: pd.DataFrame, item: Mapping[str, Any], key: str, *, may_be_empty: bool
) -> dict[str, np.ndarray]:
    """Return values, flags and limits of one marker in the unit of its column."""
    column = str(item["column"])
    cells = _column(samples, column, key)
    parsed = parse_values(cells)
    flag, limit = item.get("below_lod"), item.get("lod")
    lod = np.where(np.isnan(parsed.lod), np.nan if limit is None else float(limit), parsed.lod)
    below = parsed.below_lod
    if limit is not None:
        with np.errstate(invalid="ignore"):
            below = below | ((parsed.values < float(limit)) & ~parsed.above_uloq)
    if flag:
        below = below | _flagged(samples, flag, key)
    words = f"{key}: the column {column!r}"
    _refuse_strange(cells, parsed, lod, words, may_be_empty=may_be_empty)
    return {
        "values": parsed.values,
        "below_lod": below & ~parsed.above_uloq,
        "above_uloq": parsed.above_uloq,
        "lod": lod,
    }


def _flagged(samples: pd.DataFrame, flag: Mapping[str, Any], key: str) -> np.ndarray:
    """Mask the rows whose code means below detection; a code that never occurs is no error."""
    codes = as_category(_column(samples, str(flag["column"]), f"{key}.below_lod"))
    return codes.isin([str(value) for value in flag["values"]]).to_numpy(dtype=bool)


def _refuse_strange(
    cells: pd.Series, parsed: ParsedValues, lod: np.ndarray, words: str, *, may_be_empty: bool
) -> None:
    """Raise where a column holds no number, or a cell that cannot be a level."""
    filled = np.where(np.isnan(parsed.values) & parsed.below_lod, lod, parsed.values)
    is_cell = parsed.is_text | parsed.below_lod | parsed.above_uloq
    if np.isnan(filled).all() and not parsed.is_text.any() and not may_be_empty:
        message = f"{words} holds no number."
        raise PanelError(message)
    wrong = (is_cell & np.isnan(filled)) | (filled < 0)
    if wrong.any():
        message = (
            f"{words} has {count_of(int(wrong.sum()), 'cell')} that cannot "
            f"be a level, such as {list_some(pd.unique(cells[wrong]))}. Expected a number of 0 "
            "or more, blank, <0.5 or >1000."
        )
        raise PanelError(message)


def join_routine(
    panel: Panel,
    routine: RoutineValues,
    columns: Mapping[str, str],
    *,
    alone: bool = False,
) -> Panel:
    """Return the panel with routine markers as analytes of their own.

    On a panel in pg/mL they stand in their canonical unit, on a logarithmic one (and alone) as
    log2 of it. A value of 0 has no logarithm and counts as below detection without a number.

    Parameters
    ----------
    panel : Panel
    routine : RoutineValues
        Of the samples of the panel, in their order.
    columns : mapping of str to str
        Which markers join, and the columns they come from.
    alone : bool, default False
        Whether the markers replace the analytes of the panel: the result is then in log2.

    Returns
    -------
    Panel
        An analyte of a routine marker is called `routine_analyte` of it and has ``routine`` as its
        ``panel``.

    Raises
    ------
    PanelError
        If the panel already measures an analyte of that name.

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> samples = pd.DataFrame({"hsCRP": [2.0, 8.0]}, index=["a", "b"])
    >>> panel = panel_from_frame(pd.DataFrame({"IL6": [1.0, 2.0]}, index=["a", "b"]), samples)
    >>> routine = routine_values(samples, {"crp": {"column": "hsCRP", "unit": "mg/L"}})
    >>> joined = join_routine(panel, routine, {"crp": "hsCRP"})
    >>> joined.values["CRP"].tolist(), routine_analytes(joined)
    ([1.0, 3.0], ('CRP',))
    """
    markers = list(columns)
    names = {marker: routine_analyte(marker) for marker in markers}
    twice = [] if alone else [name for name in names.values() if name in panel.values.columns]
    if twice:
        message = f"The panel already measures {list_some(twice)}; a routine marker cannot join."
        raise PanelError(message)
    is_log = alone or panel.is_log_scale
    values, lod = routine.values[markers], routine.lod[markers]
    below = routine.below_lod[markers] | (values == 0)
    values, lod = values.where(values > 0), lod.where(lod > 0)
    fresh = {
        "values": np.log2(values) if is_log else values,
        "below_lod": below,
        "above_uloq": routine.above_uloq[markers],
        "lod": np.log2(lod) if is_log else lod,
    }
    tables = {}
    for field, table in fresh.items():
        mine = table.set_axis(panel.sample_ids, axis=0).rename(columns=names)
        tables[field] = mine if alone else pd.concat([getattr(panel, field), mine], axis=1)
    for field, blank in (("extrapolated", False), ("replicate_cv_pct", np.nan)):
        layer = getattr(panel, field)
        if layer is not None:
            tables[field] = layer.reindex(columns=tables["values"].columns, fill_value=blank)
    described = _described(names, columns)
    analytes = described if alone else pd.concat([panel.analytes, described])
    note = _note(names, columns, is_log=is_log)
    reading = replace(panel.reading, notes=(*panel.reading.notes, note))
    if alone:
        reading = replace(reading, unknown_analytes=(), renamed=_renamed(described))
    unit = "log2" if alone else panel.unit
    return replace(panel, **tables, unit=unit, analytes=analytes, reading=reading)


def _described(names: Mapping[str, str], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows of the analyte table."""
    table = pd.DataFrame(
        {
            "name_in_file": [columns[marker] for marker in names],
            "uniprot": None,
            "olink_id": None,
            "panel": ROUTINE,
            "is_known": True,
        },
        index=pd.Index(list(names.values()), name="analyte", dtype="str"),
    )
    text = ["name_in_file", "uniprot", "olink_id", "panel"]
    return table.astype(dict.fromkeys(text, object))


def _renamed(described: pd.DataFrame) -> pd.DataFrame:
    table = described.reset_index()[["name_in_file", "analyte"]]
    return table[table["name_in_file"] != table["analyte"]].reset_index(drop=True)


def _note(names: Mapping[str, str], columns: Mapping[str, str], *, is_log: bool) -> str:
    units = routine_markers().set_index("marker")["unit"]
    scale = "log2 of " if is_log else ""
    said = [f"{name} ({scale}{units[m]}, column {columns[m]})" for m, name in names.items()]
    word = "Routine marker" if len(said) == 1 else "Routine markers"
    return f"{word} used as an axis member: {', '.join(said)}."


def routine_analytes(panel: Panel) -> tuple[str, ...]:
    """Return the analytes of a panel that are routine markers of its samples table."""
    assay = panel.analytes.get("panel")
    if assay is None:
        return ()
    return tuple(str(name) for name in panel.analytes.index[(assay == ROUTINE).to_numpy(bool)])
