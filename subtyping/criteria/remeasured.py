"""Every criterion with its grey zones and what it is worth when people are measured again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from subtyping.criteria.noise import Noise
from subtyping.criteria.people import People
from subtyping.criteria.portability import judge_portability
from subtyping.criteria.retest import RuleRetest, retest_row
from subtyping.criteria.retest_columns import DETAILED
from subtyping.criteria.rows import describe
from subtyping.criteria.rule import EligibilityRule

__all__ = ["Remeasured", "remeasure"]


DRAWS = 50_000
"""Simulated people for a rule of several clauses."""


@dataclass(frozen=True, eq=False)
class Remeasured:
    """Rules and rows of the criteria table with what a re-test adds.

    Attributes
    ----------
    rules : tuple of EligibilityRule
        With grey zones in their clauses where a repeatability is known.
    rows : list of dict
        As given, with the columns of `RETEST_COLUMNS`, the graded rule, and in the note what
        stands between the rule and another laboratory.
    table : pandas.DataFrame
        ``rule_text, kind``, then the columns of `RuleRetest.table`: a row for each rule, clause
        and scheme.
    found : list of RuleRetest
    """

    rules: tuple[EligibilityRule, ...]
    rows: list[dict[str, Any]]
    table: pd.DataFrame
    found: list[RuleRetest]


def remeasure(
    rules: Sequence[EligibilityRule],
    rows: Sequence[Mapping[str, Any]],
    people: People,
    noise: Noise,
    seed: int,
) -> Remeasured:
    """Add grey zones, re-test and the mark of a rule that does not travel.

    Parameters
    ----------
    rules : sequence of EligibilityRule
    rows : sequence of mapping
        Their rows in the criteria table.
    people : People
        The cases are those who would be screened.
    noise : Noise
    seed : int

    Returns
    -------
    Remeasured
    """
    graded, full, tables, found = [], [], [], []
    for rule, row in zip(rules, rows, strict=True):
        one = retest_row(
            rule,
            people.cases,
            routine=people.routine,
            icc=noise.icc,
            visits=noise.visits,
            visits_routine=noise.visits_routine,
            cv_pct=noise.cv_pct,
            seed=seed,
            draws=DRAWS,
        )
        more = dict(row) | one.row
        more["rule"] = describe(one.rule, row["kind"])["rule"]
        more["retest_sentence"], more["retest_note"] = one.sentence, " ".join(one.notes)
        if row["kind"] != "published":
            more["note"] = _with_portability(str(row.get("note", "")), rule, people, noise)
        graded.append(one.rule)
        full.append(more)
        tables.append(_tidy(one, rule, str(row["kind"])))
        found.append(one)
    names = ["rule_text", "kind", *DETAILED]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)
    return Remeasured(tuple(graded), full, table, found)


def _with_portability(note: str, rule: EligibilityRule, people: People, noise: Noise) -> str:
    """Return the note with what binds the rule to its run, and what is not known of its floor."""
    judged = judge_portability(rule, people.cases, lloq=noise.lloq, cv_pct=noise.cv_pct)
    said = [note, "" if rule.portability in note else rule.portability, judged.unknown]
    return " ".join(part for part in said if part)


def _tidy(one: RuleRetest, rule: EligibilityRule, kind: str) -> pd.DataFrame:
    table = one.table.copy()
    numbers = [name for name in DETAILED if name not in ("part", "scheme", "icc_kind", "unit",
                                                         "reason")]  # fmt: skip
    table[numbers] = table[numbers].apply(pd.to_numeric).astype(float)
    table.insert(0, "rule_text", rule.text)
    table.insert(1, "kind", kind)
    return table.astype(dict.fromkeys(["rule_text", "kind", "part", "scheme", "icc_kind", "unit",
                                       "reason"], object))  # fmt: skip
