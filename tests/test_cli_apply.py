"""``subtyping apply``: one row for each sample, or one sentence and exit code 2."""

from pathlib import Path

import pandas as pd
import pytest

from subtyping.cli import exit_code_of
from subtyping.criteria import Clause, EligibilityRule

RULE = EligibilityRule(
    (Clause("CCL17", ">=", 510, "pg/mL"), Clause("crp", ">", 3, "mg/L", "routine"))
)
WORDS = ("apply", "rule.json", "panel.csv", "--unit", "pg/mL", "--routine", "crp=hsCRP:mg/L")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a rule and a panel."""
    monkeypatch.chdir(tmp_path)
    RULE.to_json(tmp_path / "rule.json")
    (tmp_path / "panel.csv").write_text("id,TARC,hsCRP\na,620,4\nb,480,1\nc,,9\n")
    return tmp_path


def test_apply_writes_one_row_for_each_sample(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of([*WORDS, "--out", "out.csv"]) == 0
    assert (folder / "out.csv").read_text() == (
        "sample_id,is_eligible,reason,is_in_grey_zone\n"
        "a,True,,False\n"
        "b,False,CCL17 >= 510 pg/mL not met; CRP > 3 mg/L not met,False\n"
        "c,,CCL17 not measured,False\n"
    )
    said = capsys.readouterr().out
    assert "Eligible if CCL17 >= 510 pg/mL and CRP > 3 mg/L (claim: candidate)" in said
    assert "3 samples judged" in said
    assert "Note: A threshold in pg/mL holds for this assay platform only." in said
    assert pd.read_csv(folder / "out.csv")["is_eligible"].isna().sum() == 1


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (WORDS[:5], "say where it is"),
        ((*WORDS[:4], "NPX", *WORDS[5:]), "the panel is declared in NPX"),
        ((*WORDS, "--rule", "2"), "has no rule '2'. It holds 1: CCL17"),
        ((*WORDS, "--columns", "sample"), "--columns"),
        ((*WORDS, "--samples", "absent.csv"), "absent.csv"),
        (("apply", "absent.json", *WORDS[2:]), "There is no file 'absent.json'"),
        (("apply", "panel.csv", *WORDS[2:]), "is not JSON"),
        (("apply", "rule.json", "absent.csv", *WORDS[3:]), "absent.csv"),
    ],
)
def test_bad_input_is_one_sentence(
    words: tuple[str, ...], match: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of([*words, "--out", "out.csv"]) == 2
    said = capsys.readouterr().err
    assert match in said
    assert said.startswith("subtyping: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("target", ["panel.csv", "rule.json", "."])
def test_what_is_read_is_not_overwritten(target: str, folder: Path) -> None:
    before = [(folder / name).read_text() for name in ("panel.csv", "rule.json")]
    assert exit_code_of([*WORDS, "--out", target]) == 2
    assert before == [(folder / name).read_text() for name in ("panel.csv", "rule.json")]


def test_a_claim_written_into_the_file_is_lowered_and_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "rule.json").read_text().replace('"candidate"', '"predictive"')
    (folder / "rule.json").write_text(text)
    assert exit_code_of([*WORDS, "--out", "out.csv"]) == 0
    said = capsys.readouterr().out
    assert "(claim: candidate)" in said
    assert "Note: The claim 'predictive' is not supported and was lowered" in said


CRP = EligibilityRule((Clause("crp", ">=", 3, "mg/L", "routine"),))


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        *(("<2", "False"), ("<3", "False"), ("<5", ""), (">5", "True"), (">3", "True")),
        *((">2", ""), ("3", "True"), ("", "")),
    ],
)
def test_a_limit_settles_only_what_lies_beyond_it(folder: Path, cell: str, answer: str) -> None:
    CRP.to_json(folder / "rule.json")
    (folder / "panel.csv").write_text(f"id,hsCRP\na,{cell}\nb,4\n")
    words = ["apply", "rule.json", "panel.csv", "--routine", "crp=hsCRP:mg/L", "--out", "out.csv"]
    assert exit_code_of(words) == 0
    row = (folder / "out.csv").read_text().splitlines()[1].split(",")
    assert row[1] == answer
    open_limits = {"<5": "CRP known only as below 5 mg/L", ">2": "CRP known only as above 2 mg/L"}
    assert ("known only as" in row[2]) == (cell in open_limits)
    assert open_limits.get(cell, row[2]) == row[2]


@pytest.mark.parametrize(
    ("header", "words", "match"),
    [
        ("id,TARC,CCL17", (), "holds CCL17 in several columns: 'TARC', 'CCL17'"),
        ("id,TARC,TARC", (), "holds CCL17 in several columns"),
        ("id,TARC,x", ("--columns", "sample=nope"), "sample to 'nope', which is no column"),
        ("id,TARC,x", ("--samples", "panel.csv"), "none was declared"),
        ("id,TARC,x", ("--rule", "9" * 5000), "has no rule"),
    ],
)
def test_what_would_be_read_wrongly_is_refused(
    header: str,
    words: tuple[str, ...],
    match: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    EligibilityRule(RULE.clauses[:1]).to_json(folder / "rule.json")
    (folder / "panel.csv").write_text(f"{header}\na,600,100\n")
    assert exit_code_of([*WORDS[:5], *words, "--out", "out.csv"]) == 2
    assert match in capsys.readouterr().err
