"""The run folder."""

import json

import pytest

from subtyping.report import is_done, write_report
from subtyping.report import write as write_module


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_what_was_promised(fake_result, tmp_path):
    folder = write_report(fake_result("discrete"), tmp_path / "run")
    assert files(folder) >= {
        "report.json", "criteria.json", "brief.html", "model/card.json", "DONE",
        "tables/differential.csv", "tables/axis_scores.csv", "tables/assignments.csv",
        "tables/criteria.csv", "tables/attribution.csv", "tables/detection.csv",
        "tables/evidence.csv", "tables/checks.csv", "tables/coherence.csv",
        "figures/skew_distribution.png", "figures/cohort_map.png", "figures/volcano.png",
    }  # fmt: skip
    assert json.loads((folder / "model" / "card.json").read_text())["nan"] is None


def test_done_is_written_last(fake_result, tmp_path, monkeypatch):
    def stop(*_args):
        message = "the disk is full"
        raise OSError(message)

    monkeypatch.setattr(write_module, "brief_html", stop)
    with pytest.raises(OSError, match="disk is full"):
        write_report(fake_result("none"), tmp_path)
    assert not is_done(tmp_path)


def test_a_second_run_leaves_nothing_of_the_first(fake_result, tmp_path):
    write_report(fake_result("discrete"), tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    write_report(fake_result("blocked"), tmp_path, is_final=False)
    assert not is_done(tmp_path)
    assert "tables/attribution.csv" not in files(tmp_path)
    assert "figures/volcano.png" not in files(tmp_path)
    assert "notes.txt" in files(tmp_path)


def test_the_clock_is_in_no_table(fake_result, tmp_path):
    result = fake_result("discrete")
    one = write_report(result, tmp_path / "1")
    later = dict(result.provenance) | {"started": "2031-01-01T00:00:00+00:00", "seconds": 99.0}
    object.__setattr__(result, "provenance", later)
    two = write_report(result, tmp_path / "2")
    for path in (one / "tables").iterdir():
        assert path.read_bytes() == (two / "tables" / path.name).read_bytes()
    for path in (one / "figures").iterdir():
        assert path.read_bytes() == (two / "figures" / path.name).read_bytes()


def test_groups_are_told_apart_even_without_a_list_of_samples(fake_result):
    from dataclasses import replace

    result = replace(fake_result("discrete"), sample_groups=None, embedding=None)
    assert result.group_of_sample.value_counts().to_dict() == {"MDD": 120, "other people": 100}
