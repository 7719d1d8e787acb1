"""A rule in a file, people in a file: who is eligible, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.criteria.judging import judge_samples
from subtyping.criteria.rule import EligibilityRule
from subtyping.exceptions import InputError
from subtyping.knowledge import resolve_analyte, routine_markers, to_canonical
from subtyping.panel import Panel, panel_from_frame, read_panel
from subtyping.panel.long import LONG_ROLES
from subtyping.panel.panel import ROLES
from subtyping.panel.routine import RoutineValues, routine_values
from subtyping.panel.samples_table import check_roles
from subtyping.panel.tables import read_table
from subtyping.panel.texts import as_ids
from subtyping.study.routine_cohort import read_markers_file
from subtyping.study.rule_files import load_rule

__all__ = ["AppliedRule", "apply_rule", "parse_routine"]

Declared = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, eq=False)
class AppliedRule:
    """People judged by a rule.

    Attributes
    ----------
    rule : EligibilityRule
    table : pandas.DataFrame
        ``sample_id, is_eligible`` (True, False, missing), ``reason``: one row for each sample of
        the panel file.
    notes : tuple of str
        What was lowered, not stated, or left out.
    """

    rule: EligibilityRule
    table: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """How many are eligible, are not, and cannot be told."""
        answer = self.table["is_eligible"]
        yes, unknown = int(answer.fillna(value=False).sum()), int(answer.isna().sum())
        grey = int(self.table["reason"].str.contains("in the grey zone").sum())
        said = (
            f"{count_of(len(answer), 'sample')} judged by {self.rule.text}: {yes:,} eligible, "
            f"{len(answer) - yes - unknown:,} not, {unknown:,} cannot be told"
        )
        return f"{said}; {grey:,} in a grey zone." if grey else f"{said}."


def parse_routine(pairs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return where the routine markers are, from ``marker=column:unit``.

    Parameters
    ----------
    pairs : sequence of str

    Returns
    -------
    dict
        Column and unit by marker.

    Raises
    ------
    InputError
        If a pair is not of that form, a marker is unknown or comes twice.

    Examples
    --------
    >>> parse_routine(["crp=hsCRP_mgL:mg/L"])
    {'crp': {'column': 'hsCRP_mgL', 'unit': 'mg/L'}}
    """
    known = list(routine_markers()["marker"])
    declared: dict[str, dict[str, str]] = {}
    for pair in pairs:
        marker, is_pair, rest = pair.partition("=")
        column, has_unit, unit = rest.rpartition(":")
        name = marker.strip().casefold()
        if not (is_pair and has_unit and column.strip() and unit.strip()):
            message = (
                f"--routine takes marker=column:unit, e.g. --routine crp=hsCRP:mg/L; got {pair!r}."
            )
            raise InputError(message)
        if name not in known:
            message = (
                f"--routine: the marker must be one of {', '.join(known)}; got {marker!r}."
                f"{nearest(name, known)}"
            )
            raise InputError(message)
        if name in declared:
            message = f"--routine gives {name} twice; keep one."
            raise InputError(message)
        declared[name] = {"column": column.strip(), "unit": unit.strip()}
    return declared


def apply_rule(
    rule: EligibilityRule | str | Path,
    panel: str | Path,
    *,
    chosen: str | None = None,
    unit: str | None = None,
    format: str = "wide",  # noqa: A002
    samples: str | Path | None = None,
    columns: Mapping[str, str] | None = None,
    routine: Declared | None = None,
    zeros: str | None = None,
    lod: str | Path | None = None,
) -> AppliedRule:
    """Judge every sample of a panel file by an eligibility rule.

    Parameters
    ----------
    rule : EligibilityRule or path
        A rule, or a file of one or several (see `subtyping.study.rule_files.load_rule`).
    panel : str or Path
        Panel file; for a rule of routine markers alone a table with a column for each.
    chosen : str, optional
        Number or text of the rule, where the file holds several.
    unit, format, zeros, lod
        As in `subtyping.panel.read_panel`.
    samples : str or Path, optional
        File with the routine markers, where they are not in the panel file.
    columns : mapping, optional
        Column by role; only ``sample`` and the roles of a long file are used.
    routine : mapping, optional
        ``column`` and ``unit`` by routine marker.

    Returns
    -------
    AppliedRule

    Raises
    ------
    InputError
        If a file cannot be read, a marker is absent, or unit or platform are not the rule's.
    """
    one = rule if isinstance(rule, EligibilityRule) else load_rule(rule, chosen)
    declared = dict(routine or {})
    roles = dict(columns or {})
    check_roles(roles, (*ROLES, *LONG_ROLES))
    _check_declared(one, declared)
    _check_unit(one, unit)
    if samples is not None and not declared:
        message = (
            "--samples holds routine markers, and none was declared; leave it out, or give "
            "--routine marker=column:unit."
        )
        raise InputError(message)
    on_panel = [clause.marker for clause in one.clauses if clause.source == "panel"]
    path = Path(panel)
    values: RoutineValues | None
    if not on_panel and declared and samples is None and format == "wide":
        people, values = _read_markers(path, declared, roles)
    else:
        how = {"unit": unit, "zeros": zeros, "lod": lod, "visits": "all"}
        people = _read_people(path, on_panel, roles, format, how, is_elsewhere=samples is not None)
        values = _routine(people, declared, samples, roles)
    numbers, hidden = (None, None) if values is None else _comparable(one, values)
    table = judge_samples(one, people, numbers)
    if hidden is not None:
        table["reason"] = _reasons(one, table, hidden)
    return AppliedRule(one, table, _notes(one, people, numbers if samples else None))


def _comparable(rule: EligibilityRule, routine: RoutineValues) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the numbers a rule may compare, and where only a limit is known that settles nothing.

    ``<5`` is below 5 and any threshold above it; it says nothing of a threshold under 5, so that
    its number is then missing. ``>5`` likewise.
    """
    numbers = routine.numbers.astype(float)
    hidden = numbers.isna() & False
    for clause in rule.clauses:
        if clause.source != "routine":
            continue
        name = clause.marker
        threshold = float(to_canonical(name, clause.threshold, clause.unit))
        number = routine.numbers[name].astype(float)
        below = routine.below_lod[name] & routine.values[name].isna() & number.notna()
        above = routine.above_uloq[name] & number.notna()
        inside = number.mask(below, np.nextafter(number, -np.inf))
        inside = inside.mask(above, np.nextafter(number, np.inf))
        hidden[name] |= (below & (threshold < number)) | (above & (threshold > number))
        numbers[name] = inside
    return numbers.mask(hidden), hidden


def _reasons(rule: EligibilityRule, table: pd.DataFrame, hidden: pd.DataFrame) -> pd.Series:
    """Return the reasons, a level known as a limit only told apart from one not measured."""
    reasons = table["reason"]
    for clause in rule.clauses:
        if clause.source == "routine":
            rows = hidden[clause.marker].reindex(table["sample_id"], fill_value=False).to_numpy()
            said = reasons.str.replace(
                f"{clause.name} not measured",
                f"{clause.name} known only as below or above a limit",
                regex=False,
            )
            reasons = reasons.mask(rows, said)
    return reasons


def _check_declared(rule: EligibilityRule, declared: Declared) -> None:
    """Raise where a routine marker of the rule was not mapped, or one mapped is not in it."""
    needed = [clause.marker for clause in rule.clauses if clause.source == "routine"]
    absent = [name for name in needed if name not in declared]
    if absent:
        message = (
            f"The rule {rule.text} needs {list_some(absent)}; say where it is, e.g. "
            f"--routine {absent[0]}=<column>:<unit>."
        )
        raise InputError(message)
    extra = [name for name in declared if name not in needed]
    if extra:
        message = (
            f"The rule {rule.text} has no routine marker {extra[0]!r}.{nearest(extra[0], needed)}"
        )
        raise InputError(message)


def _check_unit(rule: EligibilityRule, unit: str | None) -> None:
    """Raise where the declared unit is not that of the rule, before a value is read in it."""
    wrong = [clause for clause in rule.clauses if clause.source == "panel" and clause.unit != unit]
    if unit is not None and wrong:
        message = (
            f"The threshold of {wrong[0].marker} is in {wrong[0].unit} and the panel is declared "
            f"in {unit}. A threshold holds only in the unit and platform it was set in."
        )
        raise InputError(message)


def _read_people(
    path: Path,
    wanted: list[str],
    roles: Mapping[str, str],
    format: str,  # noqa: A002
    how: dict[str, Any],
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
    path: Path, declared: Declared, roles: Mapping[str, str]
) -> tuple[Panel, RoutineValues]:
    """Read a table of routine markers: every row, and the markers in canonical units."""
    header = [str(name) for name in read_table(path).columns]
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
        return _read_markers(Path(samples), declared, roles)[1]
    return routine_values(people.samples, declared, "--routine", may_be_empty=True)


def _notes(
    rule: EligibilityRule, people: Panel, from_samples: pd.DataFrame | None
) -> tuple[str, ...]:
    notes = list(rule.notes)
    if rule.platform and not people.platform:
        notes.append(
            f"The file does not say on which platform it was measured; the rule holds for "
            f"{rule.platform} only."
        )
    if rule.portability:
        notes.append(rule.portability)
    if from_samples is not None:
        unmatched = people.sample_ids.difference(from_samples.index)
        if len(unmatched):
            notes.append(
                f"{count_of(len(unmatched), 'sample')} of the panel not in the samples file "
                f"({list_some(unmatched)}): their routine markers count as not measured."
            )
    dropped = people.reading.dropped
    if len(dropped):
        reasons = dropped["reason"].value_counts()
        said = "; ".join(f"{reason} {count}" for reason, count in reasons.items())
        notes.append(f"{count_of(len(dropped), 'row')} of the file not judged: {said}.")
    return tuple(notes)
