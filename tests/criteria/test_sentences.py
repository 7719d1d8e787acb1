"""What is said of proposed rules."""

import json

import pandas as pd
import pytest

from subtyping.criteria.rule import Clause, EligibilityRule
from subtyping.criteria.sentences import criteria_sentence, rule_note

SHARES = ("sensitivity", "specificity")


def row(markers: str, sensitivity: float, **others: object) -> dict[str, object]:
    """Return a row of the criteria table of a rule on these markers."""
    ends = {f"{name}_ci_{end}": 0.5 for name in SHARES for end in ("low", "high")}
    rule = {"clauses": [{"marker": name} for name in markers.split()]}
    told = {"rule": json.dumps(rule), "rule_text": f"rule of {markers}", "kind": "subtype"}
    numbers = {"specificity": 0.9, "number_needed_to_screen": 3.2, "n_resamples": 10}
    return told | ends | numbers | {"sensitivity": sensitivity} | others


def said(*rows: dict[str, object]) -> str:
    """Return the sentence of these rows and enrolling everybody."""
    everybody = {"kind": "published", "rule_text": "everybody"}
    return criteria_sentence(pd.DataFrame([*rows, everybody]), "discrete", "Th2 skew", None, 10)


@pytest.mark.parametrize(
    ("longer", "expected"),
    [
        (
            [row("A B", 0.905)],
            "gains nothing here: take the first unless B is measured anyway.",
        ),
        ([row("B C", 0.85)], "take the first unless B and C are measured anyway."),
        (
            [row("A B", 0.95), row("A crp C", 0.901)],
            "The third rule adds 2 markers and gains nothing here: take the first unless CRP and C",
        ),
    ],
)
def test_a_rule_that_gains_nothing_is_said_to(longer, expected) -> None:
    found = said(row("A", 0.9), *longer)
    assert expected in found
    assert found.count("gains nothing") == 1


@pytest.mark.parametrize(
    "rows",
    [
        [row("A", 0.9)],
        [row("A", 0.9), row("A B", 0.92)],
        [row("A", 0.9, chosen_by="net benefit at 0.2"), row("A B", 0.9, chosen_by="net benefit")],
    ],
)
def test_a_rule_that_gains_or_aims_at_something_else_is_not_called_useless(rows) -> None:
    assert "gains nothing" not in said(*rows)


def test_the_shares_are_said_to_be_about_the_group() -> None:
    assert (
        "The shares hold for the group itself, which is not seen directly but estimated, and are "
        "corrected for the rule having been chosen on these people; they are not accuracy against "
        "a diagnosis."
    ) in said(row("A", 0.9))


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        ("A", "chose A, so no interval is given for a study that chooses its marker again."),
        ("A B", "chose A and B together, so no interval is given for a study that chooses its m"),
    ],
)
def test_the_note_names_the_markers_that_few_resamples_chose(markers, expected) -> None:
    clauses = tuple(Clause(name, ">=", 9.0, "NPX") for name in markers.split())
    note = rule_note(EligibilityRule(clauses), 0.36, None)
    assert note.startswith(f"Only 36% of the resamples {expected}")
    assert "resamples" not in rule_note(EligibilityRule(clauses), 0.9, None)
