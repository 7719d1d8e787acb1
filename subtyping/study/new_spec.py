"""A commented specification to start from, written for one panel and its samples table."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from subtyping._validation import count_of, nearest
from subtyping.exceptions import SpecError
from subtyping.knowledge import immune_axes, routine_markers
from subtyping.panel import ROLES, Panel, read_panel
from subtyping.panel.samples_table import IN_PANEL
from subtyping.study.cohort_sections import as_group
from subtyping.study.documents import UNKNOWN, parse_scalar
from subtyping.study.lookalikes import MARKER_NAMES, ROLE_NAMES, columns_like
from subtyping.study.spec import StudySpec, spec_from
from subtyping.study.spec_text import SpecContent, flow_text, section_lines

__all__ = ["NewSpec", "new_spec"]

HEAD = """\
# A study of {panel}. Every key is here, at its default; a key may be left out.
# In [brackets]: what may stand at the key. `subtyping run` needs what is marked "to fill in";
# commented lines are proposals from column names, to be looked at before they are used.
"""
MOST_GROUPS = 20  # a column of more values than this may hold ids, so none is written
LEAST_MEMBERS = 2  # of a named axis
TO_FILL_IN = "to fill in"
GROUPS = ("case", "reference")
AXIS = "Th2"  # the question the project asks; stands among what is to be looked at
COVARIATES = ("age", "sex", "bmi", "smoking", "medication", "atopy")


@dataclass(frozen=True)
class NewSpec:
    """A specification as text, and what is left to do with it.

    Attributes
    ----------
    text : str
        The YAML file.
    missing : tuple of str
        Keys a run needs and that are not filled in.
    proposed : tuple of str
        Keys that hold a choice to be confirmed or commented proposals.
    notes : tuple of str
        What was noticed while the panel was read.
    """

    text: str
    missing: tuple[str, ...]
    proposed: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """What is left to do, in words."""
        needed = f"Left to fill in: {', '.join(self.missing)}." if self.missing else (
            "Everything a run needs is filled in."
        )  # fmt: skip
        return f"{needed} To look at: {', '.join(self.proposed)}."


def new_spec(
    panel: str | Path,
    folder: str | Path,
    *,
    samples: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    case: Sequence[str] = (),
    reference: Sequence[str] = (),
    **reading: Any,
) -> NewSpec:
    r"""Return a specification of a panel with every key at its default and a comment on each.

    Roles are those declared; columns whose names look like another role, or like a routine
    marker, stand as commented lines. Of the data the text holds column names and the groups with
    their counts, and nothing of a person: a group column of more than 20 values, or whose values
    hardly repeat, is not listed.

    Parameters
    ----------
    panel : str or Path
        The panel file.
    folder : str or Path
        Folder the specification will lie in; paths start there where they can.
    samples : str, Path or None
        Samples table, or ``"same"``.
    columns : mapping, optional
        Column by role; ``!unknown`` for a covariate that was not recorded.
    case, reference : sequence of str
        Groups, where they are known already.
    **reading
        ``unit``, ``format``, ``analytes``, ``zeros``, ``where``, ``duplicates``, ``replicates``
        and ``visits`` of `subtyping.panel.read_panel`; they are written into the specification.

    Returns
    -------
    NewSpec

    Raises
    ------
    InputError
        If the panel cannot be read as declared, a group has no sample, or groups are given and no
        group column is declared.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as name:
    ...     (one, two) = (Path(name) / "panel.csv", Path(name) / "samples.csv")
    ...     _ = one.write_text("id,CCL11,CCL17\na,1,2\nb,3,4\nc,5,6\nd,7,8\n")
    ...     _ = two.write_text("id,dx,age\na,MDD,30\nb,MDD,40\nc,HC,50\nd,HC,60\n")
    ...     made = new_spec(one, name, samples=two, columns={"group": "dx"}, unit="NPX")
    >>> made.missing
    ('cohort.groups.case', 'cohort.groups.reference')
    >>> [line.strip() for line in made.text.splitlines() if "MDD" in line or "# age" in line]
    ['# age: age', '# Values of dx: HC 2, MDD 2.']
    """
    declared = dict(columns or {})
    known = {role: name for role, name in declared.items() if name != UNKNOWN}
    unknown = tuple(role for role, name in declared.items() if name == UNKNOWN)
    if {"sample", "group"} & set(unknown):
        message = "sample and group name columns; only a covariate can be declared unknown."
        raise SpecError(message)
    measured = read_panel(panel, samples=samples, columns=known, unknown_roles=unknown, **reading)
    groups = _groups(measured, known, {"case": case, "reference": reference})
    roles, routine = _role_lines(measured, declared), _routine_lines(measured)
    values = {
        **{f"cohort.{key}": value for key, value in reading.items() if value is not None},
        "seed": 0,
        "cohort.panel": _path(panel, folder),
        "cohort.unit": measured.unit,
        "cohort.samples": samples if samples in (None, "same") else _path(str(samples), folder),
        "cohort.groups.case": groups["case"],
        "cohort.groups.reference": groups["reference"],
        "discovery.axis.name": AXIS,
    }
    missing = [f"cohort.groups.{part}" for part in GROUPS if not groups[part]]
    ends = dict.fromkeys(missing, TO_FILL_IN)
    missing = [*([] if "group" in known else ["cohort.columns.group"]), *missing]
    content = SpecContent(
        values=values,
        blocks={"cohort.columns": roles, **({"cohort.routine": routine} if routine else {})},
        notes={
            "cohort.groups": [_groups_note(measured, known)],
            "discovery.axis.name": [_axes_note(measured)],
        },
        ends=ends,
        opened=frozenset({"cohort.groups"}),
        muted=frozenset({"specifications.algorithms"}),  # named, each must be installed
    )
    head = HEAD.format(panel=flow_text(Path(panel).name))
    text = "\n".join([head, *section_lines(StudySpec, content), ""])
    if not missing:
        spec_from(parse_scalar(text, "the new specification"), "the new specification")
    return NewSpec(text, tuple(missing), _proposed(roles, routine), measured.reading.notes)


def _path(file: str | Path, folder: str | Path) -> str:
    """Return a path as seen from a folder; absolute where no way leads there."""
    path = Path(file)
    place = path.parent.resolve() / path.name
    try:
        return Path(os.path.relpath(place, Path(folder).resolve())).as_posix()
    except ValueError:  # another drive
        return place.as_posix()


def _counts(panel: Panel) -> pd.Series:
    """Return the samples of each group, most first; blank cells are no group."""
    groups = panel.samples["group"].dropna().astype(str).str.strip()
    return groups[groups != ""].value_counts()


def _groups(
    panel: Panel, known: Mapping[str, str], given: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """Return the groups given, each of which must have a sample."""
    groups = {part: [as_group(name) for name in names] for part, names in given.items()}
    named = [(part, name) for part, names in groups.items() for name in names]
    if named and "group" not in known:
        message = (
            f"--{named[0][0]} needs the column that holds groups; write --columns group=<column>."
        )
        raise SpecError(message)
    counts = _counts(panel) if named else pd.Series(dtype=int)
    for part, name in named:
        if name not in counts.index:
            seen = _listed(counts) or "none that could be listed"
            message = f"--{part}: no sample has the group {name!r}. Groups found: {seen}."
            raise SpecError(message + (nearest(name, counts.index) if _listed(counts) else ""))
    return groups


def _listed(counts: pd.Series) -> str:
    """Return groups with their counts; nothing where the values may be ids."""
    if not 0 < len(counts) <= min(MOST_GROUPS, counts.sum() / 2):
        return ""
    order = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return ", ".join(f"{flow_text(str(name))} {n}" for name, n in order)


def _groups_note(panel: Panel, known: Mapping[str, str]) -> str:
    """Return the comment on what the group column holds."""
    if "group" not in known:
        return "Map the group column first: cohort.columns.group."
    column, counts = flow_text(known["group"]), _counts(panel)
    blank = len(panel.samples) - int(counts.sum())
    said = _listed(counts)
    if not said:
        return (
            f"{column} holds {count_of(len(counts), 'value')} in {len(panel.samples)} samples, "
            "too many to be groups: make bands of a number, or map another column."
        )
    return f"Values of {column}: {said}{f', blank {blank}' if blank else ''}."


def _axes_note(panel: Panel) -> str:
    """Return the comment on how many members of each known axis the panel can show."""
    often = panel.detected.to_numpy(dtype=float).mean(axis=0) >= 1 / 2
    there = set(panel.values.columns[often])
    counts = {
        name: sum(member.analyte in there for member in axis.members)
        for name, axis in immune_axes().items()
    }
    said = ", ".join(f"{name} {n}" for name, n in counts.items())
    few = "" if counts[AXIS] >= LEAST_MEMBERS else (
        f" A named axis needs {LEAST_MEMBERS}; fewer must be named as members."
    )  # fmt: skip
    return f"Members detected in half of the samples: {said}.{few}"


def _free_columns(panel: Panel) -> list[str]:
    """Return the columns that have no role, under the names a specification maps them by."""
    names = [str(name) for name in panel.samples if str(name) not in ROLES]
    return [name.removeprefix("samples:") for name in names]


def _role_lines(panel: Panel, declared: Mapping[str, str]) -> list[str]:
    """Return the lines of the roles: those declared, then commented proposals."""
    lines = [
        f"{role}: {name if name == UNKNOWN else flow_text(name)}" for role, name in declared.items()
    ]
    columns = _free_columns(panel)
    if "group" not in declared:
        lines.append(f"# group: <column>  # {TO_FILL_IN}")
    for role in (name for name in ROLES if name in ROLE_NAMES and name not in declared):
        like = _like(ROLE_NAMES[role], columns)
        lines += [f"# {role}: {flow_text(name)}" for name in like]
        if not like and role in (*COVARIATES, "batch"):
            blank = "<column>" if role == "batch" else UNKNOWN
            lines.append(f"# {role}: {blank}  # no column looks like it")
    return lines


def _routine_lines(panel: Panel) -> list[str]:
    """Return commented proposals for routine markers; the unit is for someone to say."""
    units = routine_markers().set_index("marker")["accepted_units"]
    columns = list(map(str, panel.samples))
    return [
        f"# {marker}: {{column: {flow_text(name)}, unit: }}  # one of {units[marker]}"
        for marker, patterns in MARKER_NAMES.items()
        for name in _like(patterns, columns)
    ]


def _like(patterns: Sequence[str], columns: Iterable[str]) -> list[str]:
    """Return the columns that look alike, wherever they come from."""
    return [name for name in columns if columns_like(patterns, [name.removeprefix(IN_PANEL)])]


def _proposed(roles: Sequence[str], routine: Sequence[str]) -> tuple[str, ...]:
    """Return the keys to look at: what is written for everyone, and commented proposals."""
    marked = {
        "cohort.columns": [line for line in roles if line.startswith("#")],
        "cohort.routine": list(routine),
    }
    found = (
        f"{key} ({', '.join(dict.fromkeys(line[2:].partition(':')[0] for line in lines))})"
        for key, lines in marked.items()
        if lines
    )
    return ("question", f"discovery.axis ({AXIS})", *found)
