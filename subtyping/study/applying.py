"""A rule in a file, people in a file: who is eligible, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from subtyping._validation import count_of, list_some, nearest
from subtyping.criteria.judging import judge_samples
from subtyping.criteria.rule import EligibilityRule
from subtyping.exceptions import InputError
from subtyping.panel import Panel
from subtyping.panel.long import LONG_ROLES
from subtyping.panel.panel import ROLES
from subtyping.panel.samples_table import check_roles
from subtyping.study.applying_people import Declared, read_applicants
from subtyping.study.routine_options import parse_routine
from subtyping.study.rule_files import load_rule

__all__ = ["AppliedRule", "apply_rule", "parse_routine"]


@dataclass(frozen=True, eq=False)
class AppliedRule:
    """People judged by a rule.

    Attributes
    ----------
    rule : EligibilityRule
    table : pandas.DataFrame
        ``sample_id, is_eligible`` (True, False, missing), ``reason, is_in_grey_zone`` (whether a
        second sample could change the answer): one row for each sample of the panel file.
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
        grey = int(self.table["is_in_grey_zone"].sum())
        said = (
            f"{count_of(len(answer), 'sample')} judged by {self.rule.text}: {yes:,} eligible, "
            f"{len(answer) - yes - unknown:,} not, {unknown:,} cannot be told"
        )
        return f"{said}; {grey:,} in a grey zone." if grey else f"{said}."


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
    wanted = [clause.marker for clause in one.clauses if clause.source == "panel"]
    how = {"unit": unit, "zeros": zeros, "lod": lod, "visits": "all"}
    people, values = read_applicants(
        Path(panel), wanted, declared, roles, format=format, samples=samples, how=how
    )
    table = judge_samples(one, people, values)
    apart = None if samples is None or values is None else values.numbers
    return AppliedRule(one, table, _notes(one, people, apart))


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
