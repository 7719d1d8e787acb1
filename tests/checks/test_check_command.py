"""``subtyping check``: groups, muting, files and the width of the terminal."""

import json
from pathlib import Path

import pandas as pd
import pytest

from subtyping.checks import CHECKS
from subtyping.cli import exit_code_of
from subtyping.panel.read import FORMATS


@pytest.fixture
def words(tmp_path: Path, clean) -> list[str]:
    """Write the clean panel with one person in both groups; return the command."""
    subject = clean.samples["subject"].copy()
    subject[clean.in_groups(["HC"])] = subject[clean.in_groups(["MDD"])].iloc[0]
    samples = pd.DataFrame({"diagnosis": clean.samples["group"], "person": subject})
    clean.values.to_csv(tmp_path / "panel.csv")
    samples.to_csv(tmp_path / "samples.csv")
    files = [str(tmp_path / "panel.csv"), "--samples", str(tmp_path / "samples.csv")]
    return ["check", *files, "--unit", "NPX", "--columns", "group=diagnosis"]


def test_groups_are_compared(words, capsys) -> None:
    assert exit_code_of(words) == 0
    capsys.readouterr()
    assert exit_code_of([*words, "--case", "MDD", "--reference", "HC"]) == 0
    said = capsys.readouterr().out
    assert "There are 60 cases." in said
    assert "0 issues and" in said


def test_a_muted_issue_does_not_count_and_is_shown(words, capsys) -> None:
    words = [*words, "--columns", "subject=person", "--visits", "all"]
    words += ["--case", "MDD", "--reference", "HC"]
    assert exit_code_of(words) == 1
    said = capsys.readouterr().out
    assert "ST023  FIRES" in said
    assert said.index("ST023") < said.index("ST010")  # issues first
    reasons = ["--mute", "ST023=one family id", "--mute", "ST015=the same"]
    assert exit_code_of([*words, *reasons]) == 0
    said = capsys.readouterr().out
    assert "ST023  muted" in said
    assert "Muted: one family id" in said
    assert "2 muted" in said


def test_outcomes_are_written(words, tmp_path) -> None:
    table, document = tmp_path / "checks.csv", tmp_path / "checks.json"
    words += ["--mute", "ST010=matched", "--out", str(table), "--json", str(document)]
    assert exit_code_of(words) == 0
    rows = pd.read_csv(table, keep_default_na=False)
    assert list(rows["code"]) == [check.code for check in CHECKS]
    assert rows.set_index("code").loc["ST010", ["outcome", "muted_reason"]].tolist() == [
        "fires",
        "matched",
    ]
    written = json.loads(document.read_text(encoding="utf-8"))
    assert written["n_samples"] == 100
    assert len(written["checks"]) == len(CHECKS)


def test_lines_fit_the_terminal(words, capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "72")
    exit_code_of(words)
    table = capsys.readouterr().out.split("code   outcome")[1]
    assert max(map(len, table.splitlines())) <= 72


@pytest.mark.parametrize(
    ("more", "match"),
    [
        (["--mute", "ST08=x"], "Did you mean"),
        (["--mute", "ST008="], "without a reason"),
        (["--mute", "ST008"], "CODE=reason"),
        (["--case", "MDD"], "--reference"),
    ],
)
def test_bad_input_is_one_sentence(words, more, match, capsys) -> None:
    assert exit_code_of([*words, *more]) == 2
    said = capsys.readouterr().err
    assert match in said
    assert "Traceback" not in said


def test_help_lists_every_format(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert exit_code_of(["check", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for name in FORMATS:
        assert name in said
