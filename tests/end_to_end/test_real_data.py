"""The real experiments run to DONE and say what their headers promise."""

import json
from pathlib import Path

import pytest

from subtyping.cli import exit_code_of

FAST = ("discovery.bootstrap=19", "discovery.resamples=20", "discovery.twin_draws=0")


def run(name: str, repository: Path, shared: Path, out: Path) -> dict[str, object]:
    """Run an experiment with small numbers of draws and return its report."""
    spec = repository / "experiments" / f"{name}.yaml"
    words = ["run", str(spec), "--data", str(shared / "datasets"), "--out", str(out)]
    settings = [word for item in FAST for word in ("--set", item)]
    assert exit_code_of([*words, *settings, "--no-tracking", "--jobs", "1"]) == 0
    assert (out / "DONE").is_file()
    report: dict[str, object] = json.loads((out / "report.json").read_text())
    return report


@pytest.mark.real_data
def test_mg_luminex_is_blocked_by_the_quarter_of_the_visit(
    repository: Path, shared: Path, tmp_path: Path
) -> None:
    report = run("mg_luminex", repository, shared, tmp_path)
    assert report["verdict"]["kind"] == "blocked"
    assert report["verdict"]["p_value"] is None
    (check,) = [item for item in report["checks"] if item["code"] == "ST001"]
    assert check["outcome"] == "fires"
    assert check["title"] == "Case status is aliased with visit_quarter"


@pytest.mark.real_data
def test_postcovid_names_the_cytokines_below_detection(
    repository: Path, shared: Path, tmp_path: Path
) -> None:
    report = run("postcovid_olink", repository, shared, tmp_path)
    assert report["verdict"]["kind"] != "blocked"
    (check,) = [item for item in report["checks"] if item["code"] == "ST003"]
    assert check["outcome"] == "fires"
    assert check["sentence"].startswith("IL13, IL33, IL4, IL5, TSLP are mostly below detection")
    assert "do not carry the Th2 score" in check["sentence"]
