"""Rules, aims and noise made by hand from what they cannot be made of."""

import numpy as np
import pandas as pd
import pytest

from subtyping.criteria import Aim, Clause, EligibilityRule
from subtyping.criteria.judging import judge_samples
from subtyping.criteria.noise import Noise
from subtyping.exceptions import InputError
from subtyping.panel import panel_from_frame, read_panel

CLAUSE = Clause("CCL17", ">=", 510, "pg/mL")


@pytest.mark.parametrize("name", ["CCL17\nCCL13", " CCL17", "CCL17 ", "CCL17\x00", "\ud800", ""])
def test_a_marker_is_a_name_on_one_line(name: str) -> None:
    with pytest.raises(InputError, match=r"clause's marker must be a name on one line"):
        Clause(name, ">=", 510, "pg/mL")


@pytest.mark.parametrize(
    ("marker", "unit", "match"),
    [
        ("crp", "furlong", "unit of crp must be one of"),
        ("crp", "NPX", "unit of crp must be one of"),
        ("CRP", "mg/L", "Did you mean 'crp'"),
        ("ferritin", "ng/mL", "routine marker must be one of"),
    ],
)
def test_a_routine_clause_is_about_a_known_marker(marker: str, unit: str, match: str) -> None:
    with pytest.raises(InputError, match=match):
        Clause(marker, ">", 3, unit, "routine")


@pytest.mark.parametrize("clauses", [None, 5, "CCL17 > 5", CLAUSE, [{"marker": "CCL17"}]])
def test_clauses_are_a_list_of_clauses(clauses) -> None:
    with pytest.raises(InputError, match="must be a list of Clause"):
        EligibilityRule(clauses)


@pytest.mark.parametrize(
    ("parts", "match"),
    [
        ({"platform": 5}, "platform must be text on one line"),
        ({"platform": "Olink\nTarget 96"}, "platform must be text on one line"),
        ({"target_condition": None}, "target must be text on one line"),
        ({"target_condition": "\ud800"}, "target must be text on one line"),
        ({"provenance": "seed"}, "names with text"),
        ({"provenance": (("seed", 1),)}, "names with text"),
        ({"provenance": (("seed", "\ud800"),)}, "names with text"),
        ({"provenance": (("seed", "1"), ("seed", "2"))}, "gives 'seed' twice"),
    ],
)
def test_what_could_not_be_read_again_is_not_made(parts, match: str) -> None:
    with pytest.raises(InputError, match=match):
        EligibilityRule((CLAUSE,), **parts)


def test_a_provenance_given_as_a_mapping_survives_a_file() -> None:
    rule = EligibilityRule([CLAUSE], provenance={"seed": "1"})
    assert EligibilityRule.from_json(rule.to_json()) == rule


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (None, "must be JSON text, or the Path of a file"),
        (5, "must be JSON text, or the Path of a file"),
        ('{"clauses": null}', "must be a list of objects; got None"),
        ("{}", "needs `clauses`.*got none"),
        ('{"clauses": [], "provenance": {"a": 1}}', "names with text"),
    ],
)
def test_what_is_no_rule(text, match: str) -> None:
    with pytest.raises(InputError, match=match):
        EligibilityRule.from_json(text)


@pytest.mark.parametrize("at", ["3", True, float("nan"), float("inf"), np.array([1.0, 2.0])])
def test_an_aim_takes_a_number(at) -> None:
    with pytest.raises(InputError, match="needs choose_at"):
        Aim("cost", at)


@pytest.mark.parametrize(
    ("noise", "match"),
    [
        *(({"icc": icc}, "criteria.icc") for icc in ("x", True, [0.5], (0.5, 0.4), float("nan"))),
        *(({"icc": {"CCL17": icc}}, "criteria.icc") for icc in (None, "x", [0.5, 0.4, 0.6])),
        *(({"cv_pct": cv}, "coefficient of variation") for cv in ("5", -1, 1e308, float("nan"))),
        *(({"lloq": lloq}, "criteria.lloq") for lloq in (None, ["CCL17"], {"CCL17": "x"})),
        ({"lloq": {"CCL17": None}}, "the limit of CCL17 must be a number above 0"),
    ],
)
def test_noise_is_made_of_numbers(noise, match: str) -> None:
    panel = panel_from_frame(
        pd.DataFrame({"CCL17": [600.0]}, index=["a"]), pd.DataFrame(index=["a"]), unit="pg/mL"
    )
    with pytest.raises(InputError, match=match):
        Noise(**noise).for_people(panel)


@pytest.mark.parametrize(
    ("cell", "at_least", "under"),
    [
        *((">300", None, None), (">510", True, False), (">1000", True, False)),
        *(("<300", False, True), ("<600", None, None), ("600", True, False), ("", None, None)),
    ],
)
def test_a_limit_settles_a_threshold_it_reaches(tmp_path, cell: str, at_least, under) -> None:
    """``>300`` says nothing of 510: nobody is enrolled, or turned away, because of it."""
    file = tmp_path / "panel.csv"
    file.write_text(f"id,CCL17\na,{cell}\nb,700\n")
    panel = read_panel(file, samples="same", unit="pg/mL", analytes=["CCL17"])
    answers = [
        EligibilityRule((Clause("CCL17", operator, 510, "pg/mL"),)).apply(panel).iloc[0]
        for operator in (">=", "<")
    ]
    assert [None if pd.isna(answer) else bool(answer) for answer in answers] == [at_least, under]


@pytest.mark.parametrize(
    ("cell", "operator", "reason"),
    [
        (">300", ">=", "CCL17 known only as above 300 pg/mL"),
        (">300", "<", "CCL17 known only as above 300 pg/mL"),
        (">510", ">=", ""),
        (">510", "<", "CCL17 < 510 pg/mL not met"),
        ("480", ">=", "CCL17 >= 510 pg/mL not met; CCL17 in the grey zone: measure again"),
        (">480", ">=", "CCL17 known only as above 480 pg/mL"),
        ("", ">=", "CCL17 not measured"),
        ("<300", ">=", "CCL17 >= 510 pg/mL not met (below detection)"),
    ],
)
def test_a_limit_that_settles_nothing_is_named(tmp_path, cell: str, operator, reason) -> None:
    file = tmp_path / "panel.csv"
    file.write_text(f"id,CCL17\na,{cell}\nb,700\n")
    panel = read_panel(file, samples="same", unit="pg/mL", analytes=["CCL17"])
    rule = EligibilityRule((Clause("CCL17", operator, 510, "pg/mL", "panel", 430, 700),))
    assert judge_samples(rule, panel)["reason"].iloc[0] == reason
