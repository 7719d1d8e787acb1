"""The people a rule is applied to: a panel file, and the routine markers in it or beside it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.exceptions import InputError
from subtyping.knowledge import resolve_analyte
from subtyping.panel import Panel, panel_from_frame, read_panel
from subtyping.panel.long import LONG_ROLES
from subtyping.panel.routine import RoutineValues, routine_values
from subtyping.panel.tables import read_table
from subtyping.panel.texts import as_ids
from subtyping.study.routine_cohort import read_markers_file

__all__ = ["Declared", "read_applicants"]

Declared = Mapping[str, Mapping[str, str]]
"""``column`` and ``unit`` by routine marker."""

_POLICIES = re.compile(r"Write duplicates: [^.]*\.")


def read_applicants(
    path: Path,
    wanted: list[str],
    declared: Declared,
    roles: Mapping[str, str],
    *,
    format: str = "wide",  # noqa: A002
    samples: str | Path | None = None,
    how: Mapping[str, Any] | None = None,
) -> tuple[Panel, RoutineValues | None]:
    r"""Read every sample of a file, with the analytes and routine markers a rule needs.

    Parameters
    ----------
    path : Path
        Panel file; where no analyte is wanted, a table with a column for each routine marker.
    wanted : list of str
        Analytes the rule needs.
    declared : mapping
        ``column`` and ``unit`` by routine marker.
    roles : mapping of str to str
        Column by role; only ``sample`` and the roles of a long file are used.
    format : str, default "wide"
    samples : str or Path, optional
        File with the routine markers, where they are not in the panel file.
    how : mapping, optional
        Further settings of `subtyping.panel.read_panel`.

    Returns
    -------
    people : Panel
        Every sample of the panel file; without analytes where none is wanted.
    routine : RoutineValues or None
        None where none was declared.

    Raises
    ------
    InputError
        If a file cannot be read, or does not hold what is needed.

    Examples
    --------
    >>> import tempfile
    >>> declared = {"crp": {"column": "hsCRP", "unit": "mg/L"}}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "people.csv"
    ...     written = file.write_text("id,hsCRP\na,<5\nb,6\n")
    ...     people, routine = read_applicants(file, [], declared, {})
    >>> people.sample_ids.tolist(), routine.numbers["crp"].tolist()
    (['a', 'b'], [5.0, 6.0])
    """
    try:
        if not wanted and declared and samples is None and format == "wide":
            return _read_markers(path, declared, roles)
        is_elsewhere = samples is not None
        people = _read_people(path, wanted, roles, format, how or {}, is_elsewhere=is_elsewhere)
        return people, _routine(people, declared, samples, roles)
    except InputError as error:  # there is no policy on duplicates here
        raise type(error)(_POLICIES.sub("Keep one row of each in the file.", str(error))) from None


def _read_people(
    path: Path,
    wanted: list[str],
    roles: Mapping[str, str],
    format: str,  # noqa: A002
    how: Mapping[str, Any],
    *,
    is_elsewhere: bool,
) -> Panel:
    """Read every sample of the panel file, whatever a samples table says of it."""
    if format != "wide":
        used = {role: name for role, name in roles.items() if role in ("sample", *LONG_ROLES)}
        return read_panel(path, format=format, columns=used, **how)
    table = read_table(path)
    header = [str(name) for name in table.columns]
    if not wanted:
        return _ids_alone(table, roles.get("sample"))
    symbols = {resolve_analyte(name) or name for name in wanted}
    found = [name for name in header if name in wanted or resolve_analyte(name) in symbols]
    absent = roles.get("sample") not in (None, *header)
    if absent and not is_elsewhere:
        message = (
            f"columns maps sample to {roles['sample']!r}, which is no column of {path.name}."
            f"{nearest(roles['sample'], header)}"
        )
        raise InputError(message)
    for name in wanted:
        symbol = resolve_analyte(name) or name
        same = [one for one in found if (resolve_analyte(one) or one) == symbol]
        if len(same) > 1:
            message = f"{path.name} holds {name} in several columns: {list_some(same)}; keep one."
            raise InputError(message)
    if not found:
        message = (
            f"The rule needs {list_some(wanted)}, which {path.name} does not hold."
            f"{nearest(wanted[0], header)}"
        )
        raise InputError(message)
    columns = {"sample": roles["sample"]} if roles.get("sample") in header else {}
    return read_panel(path, samples="same", columns=columns, analytes=found, **how)


def _ids_alone(table: pd.DataFrame, sample: str | None) -> Panel:
    """Return the samples of a table none of whose analytes a rule needs."""
    column = sample if sample in table.columns else table.columns[0]
    ids, _ = as_ids(table[column])
    if (ids == "").any():
        message = (
            f"{count_of(int((ids == '').sum()), 'row')} of the panel file without a sample id."
        )
        raise InputError(message)
    index = pd.Index(ids, name="sample_id", dtype="str")
    carried = table.drop(columns=[column]).set_axis(index, axis=0)
    return panel_from_frame(pd.DataFrame(index=index), carried)


def _read_markers(
    path: Path, declared: Declared, roles: Mapping[str, str], what: str = "panel file"
) -> tuple[Panel, RoutineValues]:
    """Read a table of routine markers: every row, and the markers in canonical units."""
    header = [str(name) for name in read_table(path, what).columns]
    columns = {"sample": roles["sample"]} if roles.get("sample") in header else {}
    return read_markers_file(
        path, declared, "--routine", columns=columns, visits="all", may_be_empty=True
    )


def _routine(
    people: Panel, declared: Declared, samples: str | Path | None, roles: Mapping[str, str]
) -> RoutineValues | None:
    """Return the routine markers of the samples file, else of the panel file itself."""
    if not declared:
        return None
    if samples is not None:
        return _read_markers(Path(samples), declared, roles, "samples file")[1]
    return routine_values(people.samples, declared, "--routine", may_be_empty=True)
