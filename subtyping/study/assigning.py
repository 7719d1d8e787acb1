"""New patients from a file: read as the model's card says, assign, lose nobody."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from subtyping.discovery import Assigner, load_assigner
from subtyping.exceptions import PanelError
from subtyping.knowledge import resolve_analyte
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel import Panel, read_panel
from subtyping.panel.routine import join_routine, routine_analytes
from subtyping.panel.tables import read_table
from subtyping.study.cohort import StudyCohort
from subtyping.study.routine_cohort import read_markers_file
from subtyping.study.spec import StudySpec
from subtyping.study.visits import Visits, repeated_visits

__all__ = ["AssignedPeople", "assign_file", "assign_people", "reading_of"]

USED_ROLES = ("subject", "visit", "qc")


@dataclass(frozen=True, eq=False)
class AssignedPeople:
    """New people with their membership.

    Attributes
    ----------
    table : pandas.DataFrame
        ``sample_id, probability, label, reason, probability_ci_low, probability_ci_high, value,
        information_lost_frac``: one row for each sample of the file.
    visits : Visits or None
        How far labels and values of people with several visits agree.
    notes : tuple of str
        What was not stated and could not be checked.
    """

    table: pd.DataFrame
    visits: Visits | None
    notes: tuple[str, ...]


def reading_of(spec: StudySpec, cohort: StudyCohort) -> dict[str, Any]:
    """Return how a panel of new people is read, as a model card keeps it.

    Parameters
    ----------
    spec : StudySpec
    cohort : StudyCohort

    Returns
    -------
    dict
        ``format, unit, zeros, samples, analytes, columns, routine``; the last holds, for each
        analyte that is a routine marker, ``marker, column, unit`` and how it is flagged.
    """
    joined = routine_analytes(cohort.panel)
    own = cohort.panel.analytes.drop(index=list(joined))
    by_analyte = {routine_analyte(marker): marker for marker in cohort.routine_columns}
    return {
        "format": spec.cohort.format,
        "unit": cohort.panel.unit,
        "zeros": spec.cohort.zeros,
        "samples": "same" if spec.cohort.samples == "same" else None,
        "analytes": list(own["name_in_file"]),
        "columns": dict(cohort.columns),
        "routine": {
            name: {"marker": by_analyte[name], **cohort.routine_columns[by_analyte[name]]}
            for name in joined
        },
    }


def assign_file(
    model: str | Path, panel: str | Path, *, samples: str | Path | None = None
) -> pd.DataFrame:
    """Assign every sample of a panel file with a saved model.

    Unit, roles and column names come from the card. The file may be in the format the model was
    made from, or the generic wide format with sample ids first. Plate labels are not used.

    Parameters
    ----------
    model : str or Path
        A run folder or its ``model/`` folder.
    panel : str or Path
        The panel file of the new patients; where the model is made of routine markers alone, a
        table with a column for each.
    samples : str or Path, optional
        Their samples file, for the covariates the model adjusts for.

    Returns
    -------
    pandas.DataFrame
        See `AssignedPeople.table`.

    Raises
    ------
    InputError
        If the model or the files cannot be read, or the panel does not fit the model.
    """
    return assign_people(model, panel, samples=samples).table


def assign_people(
    model: str | Path, panel: str | Path, *, samples: str | Path | None = None
) -> AssignedPeople:
    """Assign every sample of a panel file, and compare the visits of people who have several.

    Parameters
    ----------
    model, panel, samples
        As in `assign_file`.

    Returns
    -------
    AssignedPeople

    Raises
    ------
    InputError
        As in `assign_file`.
    """
    assigner = load_assigner(model)
    people = assigner.with_routine(_read(assigner, Path(panel), samples))
    table = assigner.assign(people).table
    notes = []
    if assigner.platform and not people.platform:
        notes.append(
            f"The file does not say on which platform it was measured; the model holds for "
            f"{assigner.platform} only."
        )
    if people.platform and not assigner.platform:
        notes.append(
            f"The file was measured on {people.platform}; the model does not say on which "
            "platform it was made."
        )
    visits = repeated_visits(people.samples, table)
    return AssignedPeople(table, visits, tuple(notes))


def _read(assigner: Assigner, path: Path, samples: str | Path | None) -> Panel:
    """Read the panel of new people: as the model's own file was, else as a wide table."""
    declared = assigner.reading
    if assigner.routine and set(assigner.analytes) == set(assigner.routine):
        return _read_markers(assigner, path, samples)
    try:
        return _read_as(str(declared["format"]), assigner, path, samples)
    except PanelError:
        if declared["format"] == "wide":
            raise
        with suppress(PanelError):
            return _read_as("wide", assigner, path, samples)
        raise


def _read_as(kind: str, assigner: Assigner, path: Path, samples: str | Path | None) -> Panel:
    declared = assigner.reading
    mapped = {
        role: column
        for role, column in declared["columns"].items()
        if role in assigner.covariates and not column.startswith("panel:")
    }
    if kind != "wide":
        used = _used_roles(assigner, None, samples)
        return read_panel(
            path,
            samples=samples,
            unit=assigner.unit,
            format=kind,
            columns={**(mapped if samples is not None else {}), **used},
            zeros=declared["zeros"],
            visits="all",
        )
    header = [str(name) for name in read_table(path).columns]
    is_same = samples is None and declared.get("samples") == "same"
    columns = mapped
    if samples is None:
        columns = {role: name for role, name in mapped.items() if is_same and name in header}
    columns = {**columns, **_used_roles(assigner, header, samples, is_same=is_same)}
    if is_same and declared["columns"].get("sample") in header:
        columns["sample"] = declared["columns"]["sample"]
    analytes = _model_analytes(assigner, header)
    return read_panel(
        path,
        samples="same" if is_same and analytes else samples,
        unit=assigner.unit,
        format=kind,
        columns=columns if analytes or not is_same else {},
        analytes=analytes or None,
        zeros=declared["zeros"],
        visits="all",
    )


def _read_markers(assigner: Assigner, path: Path, samples: str | Path | None) -> Panel:
    """Read a table of routine markers, which is all the model needs beside covariates."""
    header = [str(name) for name in read_table(path).columns]
    declared = {
        item["marker"]: _without_absent_flag(item, header)
        for item in assigner.routine.values()
        if item["column"] in header
    }
    if not declared:
        wanted = ", ".join(
            f"{item['column']!r} ({item['unit']})" for item in assigner.routine.values()
        )
        message = (
            f"The model is made of routine markers read from the column {wanted}; {path.name} has "
            f"none of them. Its columns: {', '.join(header[:8])}."
        )
        raise PanelError(message)
    roles = assigner.reading["columns"]
    there = header if samples is None else _header(samples)
    used = (*assigner.covariates, *USED_ROLES)
    columns = {role: name for role, name in roles.items() if role in used and name in there}
    if roles.get("sample") in header:
        columns["sample"] = roles["sample"]
    panel, routine = read_markers_file(
        path,
        declared,
        "routine marker",
        samples="same" if samples is None else samples,
        columns=columns,
        visits="all",
        may_be_empty=True,
    )
    names = {marker: str(item["column"]) for marker, item in declared.items()}
    return join_routine(panel, routine, names, alone=True)


def _without_absent_flag(item: dict[str, Any], header: list[str]) -> dict[str, Any]:
    """Return a declared marker; codes of a column the file does not have flag nothing."""
    flag = item.get("below_lod")
    return item if flag and flag["column"] in header else {**item, "below_lod": None}


def _header(samples: str | Path) -> list[str]:
    return [str(name) for name in read_table(samples, "samples file").columns]


def _used_roles(
    assigner: Assigner,
    header: list[str] | None,
    samples: str | Path | None,
    *,
    is_same: bool = False,
) -> dict[str, str]:
    """Return the columns of subject, visit and quality flag, as far as the files have them."""
    in_samples = _header(samples) if samples is not None else []
    found = {}
    for role in USED_ROLES:
        column = assigner.reading["columns"].get(role)
        if column is None:
            continue
        plain = column.removeprefix("panel:")
        if column in in_samples or (is_same and header and plain in header):
            found[role] = column if column in in_samples else plain
        elif column.startswith("panel:") and header and plain in header:
            found[role] = column
    return found


def _model_analytes(assigner: Assigner, header: list[str]) -> list[str]:
    """Return the columns of a wide file the model can use; names, diagnoses and ages are none."""
    named = set(assigner.reading.get("analytes") or ())
    wanted = set(assigner.analytes) - set(assigner.routine)
    taken = {item["column"] for item in assigner.routine.values()}
    return [
        name
        for name in dict.fromkeys(header)
        if name not in taken
        and (name in named or name in wanted or resolve_analyte(name) in wanted)
    ]
