"""Routine markers as members of an axis, and cohorts that have nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError, SpecError
from subtyping.knowledge import to_canonical
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel import Panel, read_panel
from subtyping.panel.routine import RoutineValues, join_routine, routine_values
from subtyping.panel.tables import read_table
from subtyping.study.routine_rows import routine_rows
from subtyping.study.spec import StudySpec

__all__ = ["panel_of_markers", "read_markers_file", "read_routine", "with_axis_members"]

Declared = Mapping[str, Mapping[str, Any]]


def read_routine(panel: Panel, declared: Declared) -> RoutineValues:
    """Read the declared routine markers of a panel's samples table.

    Parameters
    ----------
    panel : Panel
    declared : mapping
        See `subtyping.panel.routine.routine_values`.

    Returns
    -------
    RoutineValues

    Raises
    ------
    SpecError
        If a column is absent or a cell cannot be a level.
    InputError
        If a marker or a unit is unknown.
    """
    try:
        return routine_values(panel.samples, declared)
    except PanelError as error:
        raise SpecError(str(error)) from None


def read_markers_file(
    file: Path,
    declared: Declared,
    key: str = "cohort.routine",
    *,
    may_be_empty: bool = False,
    samples: str | Path = "same",
    **settings: Any,
) -> tuple[Panel, RoutineValues]:
    """Read a samples table whose routine markers are all there is.

    Parameters
    ----------
    file : Path
    declared : mapping
        See `subtyping.panel.routine.routine_values`.
    key : str, default "cohort.routine"
        What messages call the declaration.
    may_be_empty : bool, default False
        Whether a column without any number is allowed.
    samples : str or Path, default "same"
        Where the clinical columns are, if not in the file itself.
    **settings
        ``columns, where, duplicates, visits, qc_flagged, unknown_roles`` of `read_panel`.

    Returns
    -------
    panel : Panel
        Every sample of the table, its analytes not to be used.
    routine : RoutineValues

    Raises
    ------
    InputError
        If the file, a column or a policy does not allow a faithful reading.
    """
    columns = {marker: str(item["column"]) for marker, item in declared.items()}
    shared = [name for name in columns.values() if list(columns.values()).count(name) > 1]
    if shared:
        message = f"{key}: the column {shared[0]!r} is named for two markers."
        raise SpecError(message)
    try:
        table = read_table(file, "samples file")
        routine_values(table, declared, key, may_be_empty=may_be_empty)  # every cell can be a level
        panel = read_panel(
            file,
            samples=samples,
            unit="pg/mL",
            analytes=list(columns.values()),
            zeros="value",
            **settings,
        )
    except PanelError as error:
        raise SpecError(str(error).replace("panel file", "samples file")) from None
    notes = tuple(note for note in panel.reading.notes if "(zeros: value)" not in note)
    panel = replace(panel, reading=replace(panel.reading, notes=notes))
    return panel, _taken_over(panel, declared, may_be_empty=may_be_empty)


def _taken_over(panel: Panel, declared: Declared, *, may_be_empty: bool) -> RoutineValues:
    """Return the markers of a panel whose analytes are their columns, in canonical units."""
    own = panel.analytes["name_in_file"].to_list()
    at = [own.index(str(item["column"])) for item in declared.values()]
    samples = panel.samples.copy()
    flags = {
        field: getattr(panel, field).iloc[:, at].set_axis(list(declared), axis=1)
        for field in ("values", "below_lod", "above_uloq", "lod")
    }
    columns = [str(item["column"]) for item in declared.values()]
    for marker, column in zip(declared, columns, strict=True):
        samples[column] = flags["values"][marker]
    if not may_be_empty and not panel.values.iloc[:, at].notna().any().all():
        empty = [
            c for c, m in zip(columns, declared, strict=True) if flags["values"][m].isna().all()
        ]
        message = f"cohort.routine: the column {empty[0]!r} holds no number in the samples kept."
        raise SpecError(message)
    known = {m: {**item, "below_lod": _known_flag(item, samples)} for m, item in declared.items()}
    again = routine_values(samples, known, may_be_empty=may_be_empty)
    own_lod = flags["lod"].apply(
        lambda limits: to_canonical(str(limits.name), limits, str(declared[limits.name]["unit"]))
    )
    return RoutineValues(
        again.values,
        again.below_lod | flags["below_lod"],
        flags["above_uloq"],
        own_lod.fillna(again.lod),
    )


def _known_flag(item: Mapping[str, Any], samples: pd.DataFrame) -> Mapping[str, Any] | None:
    """Return the declared codes, under the name their column has beside a table of its own."""
    flag = item.get("below_lod")
    if not flag or flag["column"] in samples:
        return flag
    inside = f"panel:{flag['column']}"
    return {**flag, "column": inside} if inside in samples else flag


def with_axis_members(
    panel: Panel, routine: RoutineValues, declared: Declared, spec: StudySpec
) -> tuple[Panel, RoutineValues]:
    """Let the routine markers that an axis names join the panel.

    A marker joins if `discovery.axis` or `axes` lists it among the members and the panel does not
    measure it itself. Where every member of the declared axis is a routine marker, samples in
    which none of them was measured are left out, and listed.

    Parameters
    ----------
    panel : Panel
    routine : RoutineValues
    declared : mapping
    spec : StudySpec

    Returns
    -------
    panel : Panel
    routine : RoutineValues
        Of the samples of the panel.

    Raises
    ------
    SpecError
        If no sample has any member.
    """
    by_analyte = {routine_analyte(marker): marker for marker in declared}
    mine = [routine_analyte(name) for name in spec.discovery.axis.members or ()]
    other = [routine_analyte(name) for names in spec.axes.values() for name in names]
    own = set(map(str, panel.values.columns))
    joins = [name for name in dict.fromkeys([*mine, *other]) if name in by_analyte]
    markers = [by_analyte[name] for name in joins if name not in own]
    if markers:
        panel = join_routine(panel, routine, _columns(declared, markers))
    if mine and all(name in joins and by_analyte[name] in markers for name in mine):
        return _measured_only(panel, routine, [by_analyte[name] for name in mine])
    return panel, routine


def panel_of_markers(
    panel: Panel, routine: RoutineValues, declared: Declared, spec: StudySpec
) -> tuple[Panel, RoutineValues]:
    """Return the panel of a cohort that has routine markers and nothing else.

    Parameters
    ----------
    panel : Panel
        Samples of `read_markers_file`.
    routine : RoutineValues
    declared : mapping
    spec : StudySpec

    Returns
    -------
    panel : Panel
        In log2; its analytes are the members of the axes.
    routine : RoutineValues
        Of the samples of the panel.

    Raises
    ------
    SpecError
        If the axis is made of anything but routine markers.
    """
    by_analyte = {routine_analyte(marker): marker for marker in declared}
    axis = spec.discovery.axis
    mine = [routine_analyte(name) for name in axis.members or ()]
    strange = [name for name in mine if name not in by_analyte]
    if not mine or strange:
        said = f"{list_some(strange)} is none" if strange else f"{axis.name!r} lists no members"
        message = (
            "Without a panel the axis is made of the routine markers declared in cohort.routine "
            f"({', '.join(declared)}); {said}. Write discovery.axis: {{name: {axis.name}, "
            f"members: [{next(iter(declared))}]}}, or name a panel with cohort.panel."
        )
        raise SpecError(message)
    other = [routine_analyte(name) for names in spec.axes.values() for name in names]
    joins = [name for name in dict.fromkeys([*mine, *other]) if name in by_analyte]
    columns = _columns(declared, [by_analyte[name] for name in joins])
    alone = join_routine(panel, routine, columns, alone=True)
    return _measured_only(alone, routine, [by_analyte[name] for name in mine])


def _columns(declared: Declared, markers: list[str]) -> dict[str, str]:
    return {marker: str(declared[marker]["column"]) for marker in markers}


def _measured_only(
    panel: Panel, routine: RoutineValues, members: list[str]
) -> tuple[Panel, RoutineValues]:
    """Leave out, and list, the samples in which no member of the axis was measured."""
    measured = routine.measured(members)
    if measured.all():
        return panel, routine
    if not measured.any():
        message = f"cohort.routine: no sample has a value of {', '.join(members)}."
        raise SpecError(message)
    gone = panel.sample_ids[~measured]
    reason = f"no value of {' or '.join(members)}"
    lost = pd.DataFrame({"sample_id": gone.astype(str), "reason": reason}, dtype=object)
    note = f"{count_of(len(gone), 'sample')} left out: {reason}, which the axis is made of."
    reading = replace(
        panel.reading,
        rows_kept=int(measured.sum()),
        dropped=pd.concat([panel.reading.dropped, lost], ignore_index=True),
        notes=(*panel.reading.notes, note),
    )
    rows = np.flatnonzero(measured)
    return replace(panel.take(rows), reading=reading), routine_rows(routine, rows)
