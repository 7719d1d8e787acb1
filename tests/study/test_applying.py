"""A rule from a file applied to people in a file: nobody is lost, nothing is guessed."""

import json
from pathlib import Path

import pandas as pd
import pytest

from subtyping.criteria import Clause, EligibilityRule
from subtyping.exceptions import InputError
from subtyping.study.applying import apply_rule, parse_routine
from subtyping.study.rule_files import load_rule, load_rules

CCL17 = Clause("CCL17", ">=", 510, "pg/mL", "panel", 430, 700)
CRP = Clause("crp", ">", 3, "mg/L", "routine")
BOTH = EligibilityRule((CCL17, CRP))
PANEL = "id,TARC,IL-6,hsCRP,site\na,620,1,4,x\nb,480,2,1,x\nc,,2,9,y\nd,<20,2,,y\n"
ROUTINE = {"crp": {"column": "hsCRP", "unit": "mg/L"}}


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    """Return a wide panel with a routine marker and a text column beside it."""
    file = tmp_path / "panel.csv"
    file.write_text(PANEL)
    return file


def document(*rules: EligibilityRule) -> dict:
    rows = [{"rule": rule.to_dict(), "rule_text": rule.text, "kind": "subtype"} for rule in rules]
    return {"question": "?", "criteria": rows, "provenance": {}}


def test_every_sample_has_an_answer_and_a_reason(panel: Path) -> None:
    found = apply_rule(BOTH, panel, unit="pg/mL", routine=ROUTINE)
    assert found.table["sample_id"].tolist() == ["a", "b", "c", "d"]
    assert found.table["is_eligible"].tolist() == [True, False, pd.NA, False]
    assert found.table["reason"].tolist() == [
        "CCL17 in the grey zone: measure again",
        "CCL17 >= 510 pg/mL not met; CCL17 in the grey zone: measure again; CRP > 3 mg/L not met",
        "CCL17 not measured",
        "CCL17 >= 510 pg/mL not met (below detection)",
    ]
    assert "1 eligible, 2 not, 1 cannot be told; 1 in a grey zone." in found.sentence


def test_a_unit_of_the_routine_marker_is_converted(panel: Path) -> None:
    in_dl = {"crp": {"column": "hsCRP", "unit": "mg/dL"}}  # 4 mg/dL is 40 mg/L, 1 is 10
    found = apply_rule(EligibilityRule((CRP,)), panel, routine=in_dl)
    assert found.table["is_eligible"].tolist() == [True, True, True, pd.NA]


def test_routine_markers_may_lie_in_the_samples_file(panel: Path, tmp_path: Path) -> None:
    samples = tmp_path / "samples.csv"
    samples.write_text("visit,id,crp_mg\nV1,b,9\nV1,a,1\nV1,zz,5\n")
    routine = {"crp": {"column": "crp_mg", "unit": "mg/L"}}
    given = {"samples": samples, "columns": {"sample": "id"}, "routine": routine}
    found = apply_rule(EligibilityRule((CRP,)), panel, **given)
    assert found.table["is_eligible"].tolist() == [False, True, pd.NA, pd.NA]
    assert any("2 samples of the panel not in the samples file" in note for note in found.notes)
    both = apply_rule(BOTH, panel, unit="pg/mL", **given)
    assert both.table["is_eligible"].tolist() == [False, False, pd.NA, False]


def test_everybody_and_long_files(panel: Path, tmp_path: Path) -> None:
    assert apply_rule(EligibilityRule(()), panel).table["is_eligible"].all()
    long = tmp_path / "long.csv"
    long.write_text("s,a,v\nx,CCL17,600\nx,IL6,1\ny,CCL17,<30\ny,IL6,2\n")
    columns = {"sample": "s", "analyte": "a", "value": "v"}
    rule = EligibilityRule((CCL17,))
    found = apply_rule(rule, long, unit="pg/mL", format="long", columns=columns)
    assert found.table["is_eligible"].tolist() == [True, False]


def test_a_table_of_limits_makes_values_below_detection(panel: Path, tmp_path: Path) -> None:
    limits = tmp_path / "lod.csv"
    limits.write_text("analyte,lod\nCCL17,490\n")
    found = apply_rule(EligibilityRule((CCL17,)), panel, unit="pg/mL", lod=limits)
    assert "not met (below detection)" in found.table["reason"][1]


def test_what_the_notes_say(panel: Path) -> None:
    named = EligibilityRule((CCL17,), platform="MSD", claim="predictive")
    notes = apply_rule(named, panel, unit="pg/mL").notes
    assert any("'predictive' is not supported and was lowered" in note for note in notes)
    assert any("the rule holds for MSD only" in note for note in notes)
    assert any("holds for this assay platform only" in note for note in notes)


@pytest.mark.parametrize(
    ("rule", "settings", "match"),
    [
        (BOTH, {"unit": "pg/mL"}, "needs 'crp'; say where it is, e.g. --routine crp="),
        (BOTH, {"unit": "NPX", "routine": ROUTINE}, "in pg/mL and the panel is declared in NPX"),
        (BOTH, {"routine": ROUTINE}, "unit of the values is not declared"),
        (
            EligibilityRule((CCL17,)),
            {"unit": "pg/mL", "routine": ROUTINE},
            "has no routine marker 'crp'",
        ),
        (
            EligibilityRule((Clause("CCL26", ">=", 5, "pg/mL"),)),
            {"unit": "pg/mL"},
            "needs 'CCL26', which panel.csv does not hold",
        ),
        (
            BOTH,
            {"unit": "pg/mL", "routine": {"crp": {"column": "hsCR", "unit": "mg/L"}}},
            "Did you mean 'hsCRP'",
        ),
        (
            BOTH,
            {"unit": "pg/mL", "routine": {"crp": {"column": "hsCRP", "unit": "pg/mL"}}},
            "unit of crp must be one of",
        ),
        (EligibilityRule((CCL17,)), {"unit": "pg/mL", "format": "wider"}, "format must be one of"),
        (EligibilityRule((CCL17,)), {"unit": "pg/mL", "columns": {"samples": "id"}}, "sample"),
    ],
)
def test_what_does_not_fit_is_refused(panel: Path, rule, settings, match: str) -> None:
    with pytest.raises(InputError, match=match):
        apply_rule(rule, panel, **settings)


def test_duplicate_and_blank_ids_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    file.write_text("id,TARC\na,620\na,480\n")
    for rule in (EligibilityRule((CCL17,)), EligibilityRule(())):
        with pytest.raises(InputError):
            apply_rule(rule, file, unit="pg/mL")
    file.write_text("id,TARC\na,620\n,480\n")
    for rule in (EligibilityRule((CCL17,)), EligibilityRule(())):
        with pytest.raises(InputError, match="sample id"):
            apply_rule(rule, file, unit="pg/mL")


def test_one_rule_or_one_of_several(tmp_path: Path) -> None:
    file = tmp_path / "criteria.json"
    one, other = EligibilityRule((CCL17,)), EligibilityRule((CRP,))
    file.write_text(json.dumps(document(one, other, EligibilityRule(()))))
    assert load_rules(file) == [one, other, EligibilityRule(())]
    assert load_rule(file, "2") == other
    assert load_rule(file, "ccl17 >=  510 pg/mL") == one
    assert load_rule(file, "everybody") == EligibilityRule(())
    with pytest.raises(InputError, match=r"holds 3 rules.*1: CCL17 >= 510 pg/mL; 2: CRP"):
        load_rule(file)
    for wrong in ("0", "4", "-1", "CCL17"):
        with pytest.raises(InputError, match=f"has no rule '{wrong}'"):
            load_rule(file, wrong)
    file.write_text(json.dumps(document(one)))
    assert load_rule(file) == one
    file.write_text(json.dumps([one.to_dict(), other.to_dict()]))
    assert load_rule(file, "1") == one


def test_two_different_rules_of_one_text_need_a_number(tmp_path: Path) -> None:
    file = tmp_path / "criteria.json"
    one = EligibilityRule((CCL17,))
    file.write_text(json.dumps(document(one, EligibilityRule((CCL17,), platform="MSD"))))
    with pytest.raises(InputError, match="choose by number"):
        load_rule(file, one.text)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[]", "holds no rule"),
        ('{"criteria": []}', "holds no rule"),
        ('{"criteria": {}}', "must be a list of rows"),
        ('{"criteria": [3]}', "rule 1: .*must be a JSON object; got 3"),
        ('{"criteria": [{"rule": null}]}', "must be a JSON object; got None"),
        ('{"criteria": [{"rule": {"clauses": []}}]}', "no clauses"),
        ('{"criteria": [{"rule": "{"}]}', "is not JSON"),
        ('{"verdict": "none"}', "must be one of .* got 'verdict'"),
        ("<html>", "is not JSON"),
    ],
)
def test_files_that_hold_no_rule(tmp_path: Path, text: str, match: str) -> None:
    file = tmp_path / "rule.json"
    file.write_text(text)
    with pytest.raises(InputError, match=match):
        load_rule(file)


def test_a_row_whose_text_was_edited_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "criteria.json"
    row = document(EligibilityRule((CCL17,)))["criteria"][0] | {"rule_text": "CCL17 >= 100 pg/mL"}
    file.write_text(json.dumps({"criteria": [row]}))
    with pytest.raises(InputError, match="changed by hand"):
        load_rule(file)


@pytest.mark.parametrize(
    ("pairs", "match"),
    [
        (["crp"], "takes marker=column:unit"),
        (["crp=hsCRP"], "takes marker=column:unit"),
        (["crp=:mg/L"], "takes marker=column:unit"),
        (["cpr=hsCRP:mg/L"], "Did you mean 'crp'"),
        (["crp=a:mg/L", "CRP=b:mg/L"], "gives crp twice"),
    ],
)
def test_where_routine_markers_are_must_be_said_well(pairs: list[str], match: str) -> None:
    with pytest.raises(InputError, match=match):
        parse_routine(pairs)


@pytest.mark.parametrize(
    ("operator", "threshold", "unit", "cells"),
    [
        (">", 3, "mg/L", {"<5": (None, "CRP known only as below 5 mg/L"),
                          "<3": (False, "CRP > 3 mg/L not met (below 3 mg/L)"),
                          ">20": (True, ""), "": (None, "CRP not measured"), "3.1": (True, "")}),
        (">=", 5, "mg/L", {"<5": (False, "CRP >= 5 mg/L not met (below 5 mg/L)"),
                           "5": (True, ""), ">4": (None, "CRP known only as above 4 mg/L")}),
        ("<", 0.3, "mg/dL", {">4": (False, "CRP < 0.3 mg/dL not met (above 0.4 mg/dL)"),
                             "<5": (None, "CRP known only as below 0.5 mg/dL"), "<1": (True, "")}),
    ],
)  # fmt: skip
def test_a_level_known_only_as_a_limit_says_which(
    tmp_path: Path, operator: str, threshold: float, unit: str, cells: dict
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("id,hsCRP\n" + "".join(f"s{i},{cell}\n" for i, cell in enumerate(cells)))
    rule = EligibilityRule((Clause("crp", operator, threshold, unit, "routine"),))
    table = apply_rule(rule, file, routine=ROUTINE).table
    told = [None if pd.isna(answer) else bool(answer) for answer in table["is_eligible"]]
    assert list(zip(told, table["reason"], strict=True)) == list(cells.values())


def test_a_limit_that_settles_nothing_is_not_called_grey(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("id,hsCRP\na,<5\nb,<3\nc,<2\nd,2.5\ne,>2\n")
    rule = EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine", 2, 5),))
    reasons = apply_rule(rule, file, routine=ROUTINE).table["reason"]
    assert ["grey" in reason for reason in reasons] == [False, True, False, True, False]


def test_a_samples_file_that_is_missing_is_called_so(panel: Path, tmp_path: Path) -> None:
    given = {"columns": {"sample": "id"}, "routine": ROUTINE}
    with pytest.raises(InputError, match="samples file") as caught:
        apply_rule(EligibilityRule((CRP,)), panel, samples=tmp_path / "none.csv", **given)
    assert "panel file" not in str(caught.value)
    with pytest.raises(InputError, match="panel file"):
        apply_rule(EligibilityRule((CRP,)), tmp_path / "none.csv", routine=ROUTINE)


@pytest.mark.parametrize(
    ("rule", "layout", "text"),
    [
        (EligibilityRule((CCL17,)), "wide", "id,TARC\na,600\na,500\n"),
        (EligibilityRule((CRP,)), "wide", "id,hsCRP\na,6\na,5\n"),
        (EligibilityRule(()), "wide", "id,TARC\na,600\na,500\n"),
        (EligibilityRule((CCL17,)), "long", "id,m,v\na,CCL17,6\na,CCL17,5\n"),
    ],
)
def test_a_sample_twice_is_not_sent_to_a_policy_there_is_none_of(
    rule: EligibilityRule, layout: str, text: str, tmp_path: Path
) -> None:
    file = tmp_path / "twice.csv"
    file.write_text(text)
    needs = [clause.marker for clause in rule.clauses if clause.source == "routine"]
    columns = {"sample": "id", "analyte": "m", "value": "v"} if layout == "long" else {}
    given = {"format": layout, "columns": columns, "routine": ROUTINE if needs else None}
    with pytest.raises(InputError, match="'a'") as caught:
        apply_rule(rule, file, unit=None if needs else "pg/mL", **given)
    assert "duplicates:" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_sample_twice_in_the_samples_file_is_not_sent_there_either(
    panel: Path, tmp_path: Path
) -> None:
    samples = tmp_path / "samples.csv"
    samples.write_text("id,hsCRP\na,1\na,2\n")
    given = {"columns": {"sample": "id"}, "routine": ROUTINE, "samples": samples}
    with pytest.raises(InputError, match=r"samples file.*Keep one row of each in the file"):
        apply_rule(EligibilityRule((CRP,)), panel, **given)
