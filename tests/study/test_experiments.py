"""The index of experiments lists every specification, and every specification loads."""

from pathlib import Path

import pytest

from subtyping.study.spec import load_spec

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
SPECS = sorted(EXPERIMENTS.glob("*.yaml"))


def test_there_are_experiments() -> None:
    assert {path.stem for path in SPECS} >= {
        "quickstart",
        "continuum",
        "index_study",
        "mg_luminex",
        "postcovid_olink",
    }


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_specification_loads_and_is_listed(path: Path) -> None:
    assert load_spec(path).question
    index = (EXPERIMENTS / "README.md").read_text(encoding="utf-8")
    assert f"[{path.name}]({path.name})" in index


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_every_specification_says_what_to_expect(path: Path) -> None:
    header = path.read_text(encoding="utf-8").split("\nquestion:")[0]
    for word in ("# Question:", "# Expected:", "# Time:"):
        assert word in header


def test_the_index_lists_nothing_else() -> None:
    index = (EXPERIMENTS / "README.md").read_text(encoding="utf-8")
    rows = [
        line.split("](")[1].split(")")[0] for line in index.splitlines() if line.startswith("| [")
    ]
    assert sorted(rows) == [path.name for path in SPECS]
