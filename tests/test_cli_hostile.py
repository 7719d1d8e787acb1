"""What the machine refuses, or a terminal hands over, ends in one sentence too."""

import errno
from pathlib import Path

import pytest

from subtyping.cli.entry import exit_code_of
from subtyping.criteria import Clause, EligibilityRule


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """A call of `apply` that would succeed."""
    EligibilityRule((Clause("CCL17", ">=", 510, "pg/mL"),)).to_json(tmp_path / "rule.json")
    (tmp_path / "panel.csv").write_text("id,CCL17\na,600\n")
    files = [str(tmp_path / name) for name in ("rule.json", "panel.csv")]
    return ["apply", *files, "--unit", "pg/mL", "--out", str(tmp_path / "out.csv")]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_error_of_the_program(words, monkeypatch, capsys, code: int) -> None:
    def full(*_: object) -> None:
        raise OSError(code, "No space left on device")

    monkeypatch.setattr("subtyping.cli.targets.check_targets", full)
    assert exit_code_of(words) == 2
    said = capsys.readouterr().err
    assert "A file cannot be written: No space left on device." in said
    assert said.count("\n") == 1


def test_an_argument_that_is_not_utf_8(words, monkeypatch, capsys) -> None:
    def spoken(*_: object) -> None:
        "\udcff".encode()

    monkeypatch.setattr("subtyping.cli.targets.check_targets", spoken)
    assert exit_code_of([*words, "--rule", "\udcff"]) == 2
    said = capsys.readouterr().err
    assert said == "subtyping: The argument '\\udcff' is not UTF-8 text; write it in UTF-8.\n"
