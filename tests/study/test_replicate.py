"""``subtyping replicate``: from a run folder and the files of new people to a folder."""

import json
from pathlib import Path

import pandas as pd
import pytest

from subtyping.cli import exit_code_of
from subtyping.cohorts import simulate_cohort, write_cohort
from subtyping.discovery import DiscoverySettings, build_card, decide, make_procedure, study_design
from subtyping.exceptions import InputError
from subtyping.report import mark_done, write_csv, write_json
from subtyping.study.replicate import replicate_run
from subtyping.study.replicate_reading import digest_of, read_run
from subtyping.study.replicate_writing import replication_records

COLUMNS = {"sample": "sample_id", "group": "diagnosis", "batch": "plate", "age": "age"}
SIZE = {"n_analytes": 40, "separation": 5.0, "detection": "complete"}


def write_run(folder: Path) -> Path:
    """Write what a replication reads of a finished run."""
    panel = simulate_cohort("th2_subtype", seed=6, n_case=150, n_reference=50, **SIZE).panel
    procedure = make_procedure(panel, case=["MDD"], reference=["HC"], axis="Th2")
    fitted = procedure.fit(panel)
    design = study_design(panel, procedure.case, procedure.reference)
    settings = DiscoverySettings(n_bootstrap=39, n_resamples=20)
    verdict = decide(fitted, panel, design, settings, seed=1)
    reading = {"format": "wide", "unit": "NPX", "zeros": None, "samples": None, "columns": COLUMNS}
    for part in ("tables", "model"):
        (folder / part).mkdir(parents=True)
    write_json(
        build_card(fitted, verdict, reading=reading, provenance={}), folder / "model/card.json"
    )
    write_csv(fitted.scores.table.reset_index(), folder / "tables/axis_scores.csv")
    fields = ("kind", "prevalence_frac", "prevalence_ci_low", "prevalence_ci_high", "sentence")
    report = {
        "spec": {
            "cohort": {"panel": "panel.csv", "simulate": None},
            "discovery": {"axis": {"name": "Th2", "members": None}, "resamples": 20},
        },
        "verdict": {name: getattr(verdict, name) for name in fields},
        "provenance": {"data_sha256": "ab12", "seed": 1, "package_version": "0"},
    }
    write_json(report, folder / "report.json")
    mark_done(folder)
    return folder


def write_newcomers(folder: Path, *, prefix: str = "new") -> tuple[Path, Path]:
    """Write the files of a new cohort, its ids of its own."""
    cohort = simulate_cohort("th2_subtype", seed=50, n_case=90, n_reference=30, **SIZE)
    panel, samples, _ = write_cohort(cohort, folder)
    for path in (panel, samples):
        table = pd.read_csv(path, dtype=str)
        table["sample_id"] = prefix + table["sample_id"]
        table.to_csv(path, index=False)
    return panel, samples


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    return write_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def newcomers(tmp_path_factory) -> tuple[Path, Path]:
    return write_newcomers(tmp_path_factory.mktemp("new"))


@pytest.fixture(scope="module")
def finished(run, newcomers, tmp_path_factory):
    out = tmp_path_factory.mktemp("out") / "again"
    panel, samples = newcomers
    words = ["replicate", str(run), str(panel), "--samples", str(samples), "--out", str(out)]
    code = exit_code_of([*words, "--draws", "20", "--jobs", "1", "--no-tracking"])
    return code, out


def test_the_command_writes_its_folder(finished, run, newcomers) -> None:
    code, out = finished
    assert code == 0
    files = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert files == [
        "DONE",
        "figures/replication.png",
        "replication.json",
        "tables/assignments.csv",
        "tables/null_twins.csv",
        "tables/replication.csv",
    ]
    document = json.loads((out / "replication.json").read_text())
    assert (document["outcome"], document["claim"]) == ("replicated", "replicated")
    assert document["provenance"]["data_sha256"] == digest_of(*newcomers)
    assert document["provenance"]["run"]["data_sha256"] == "ab12"
    assert document["method"]["kind"] in {"discrete", "underpowered"}
    lines = pd.read_csv(out / "tables/replication.csv")
    assert list(lines.columns) == [
        "line", "statistic", "value", "ci_low", "ci_high", "null_twin", "p_value", "sentence",
    ]  # fmt: skip
    assert set(lines["line"]) == set(document["numbers"])
    assigned = pd.read_csv(out / "tables/assignments.csv")
    assert list(assigned["sample_id"]) == list(pd.read_csv(newcomers[0])["sample_id"])


def test_the_tables_are_the_same_bytes_again_and_force_is_asked_for(
    finished, run, newcomers
) -> None:
    _, out = finished
    before = {path.name: path.read_bytes() for path in (out / "tables").iterdir()}
    settings = {"samples": newcomers[1], "out": out, "draws": 20, "jobs": 1, "track": False}
    with pytest.raises(InputError, match=r"holds a finished replication .* --force"):
        replicate_run(run, newcomers[0], **settings)
    found = replicate_run(run, newcomers[0], force=True, **settings)
    assert {path.name: path.read_bytes() for path in (out / "tables").iterdir()} == before
    document = json.loads((out / "replication.json").read_text())
    records = list(replication_records(found, document, out))
    said = {record.name: record.value for record in records if hasattr(record, "name")}
    assert said["subtyping.claim"] == "replicated"
    assert said["subtyping.parent_data_sha256"] == "ab12"


def test_a_panel_file_that_holds_the_groups_needs_no_samples_file(run, newcomers, tmp_path) -> None:
    panel = pd.read_csv(newcomers[0], dtype=str)
    samples = pd.read_csv(newcomers[1], dtype=str)
    cases = panel.assign(dx=samples["diagnosis"])[samples["diagnosis"] == "MDD"]
    cases.to_csv(tmp_path / "all.csv", index=False)
    words = ["replicate", str(run), str(tmp_path / "all.csv"), "--out", str(tmp_path / "o")]
    words += ["--columns", "group=dx", "--draws", "20", "--jobs", "1", "--no-tracking"]
    assert exit_code_of(words) == 0
    document = json.loads((tmp_path / "o/replication.json").read_text())
    assert document["method"] is None
    assert document["n_reference"] == 0
    assert document["n_case"] == 90
    assert "not applicable, because the new panel has none of the 8" in document["sentence"]
    assert "cannot be seen" in document["sentence"]
    assert "specificity" not in document["numbers"]


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def unchanged(folder: Path) -> None:
    """Leave the files as they are."""


HOSTILE = {
    "no such run": (unchanged, ["{f}/none"], "is not a folder"),
    "no DONE": (lambda f: (f / "run/DONE").unlink(), [], "is not a finished run"),
    "a broken report": (
        lambda f: (f / "run/report.json").write_text("{"),
        [],
        "not a readable report",
    ),
    "a damaged report": (
        lambda f: edited(f / "run/report.json", '"discovery"', '"discoveries"'),
        [],
        "is damaged ('discovery' is missing)",
    ),
    "a report nested without end": (
        lambda f: (f / "run/report.json").write_text("[" * 100_000),
        [],
        "not a readable report",
    ),
    "bootstrap without end": (
        lambda f: edited(
            f / "run/report.json", '"resamples": 20', '"resamples": 20, "bootstrap": 1000000000'
        ),
        [],
        "spec.discovery.bootstrap: Input should be less than or equal to 100000",
    ),
    "resamples of nothing": (
        lambda f: edited(f / "run/report.json", '"resamples": 20', '"resamples": 0'),
        [],
        "spec.discovery.resamples",
    ),
    "another axis": (
        lambda f: edited(f / "run/report.json", '"name": "Th2"', '"name": "Th1"'),
        [],
        "it declares the axis 'Th1', its model scores 'Th2'",
    ),
    "no provenance": (
        lambda f: edited(f / "run/report.json", '"provenance": {', '"origin": {'),
        [],
        "'provenance' is missing",
    ),
    "scores cut off": (
        lambda f: (f / "run/tables/axis_scores.csv").write_text(
            "\n".join((f / "run/tables/axis_scores.csv").read_text().splitlines()[:20]) + "\n"
        ),
        [],
        "names 19 of the 200 derivation samples",
    ),
    "a broken card": (
        lambda f: edited(f / "run/model/card.json", '"scale": ', '"scale": -'),
        [],
        "axis.scale should be above 0",
    ),
    "no candidate": (
        lambda f: edited(f / "run/report.json", '"kind": "discrete"', '"kind": "continuum"'),
        [],
        "was continuum: there is no candidate",
    ),
    "no scores": (lambda f: (f / "run/tables/axis_scores.csv").unlink(), [], "is missing"),
    "no card": (lambda f: (f / "run/model/card.json").unlink(), [], "No model card"),
    "the same ids": (
        lambda f: write_newcomers(f, prefix=""),
        [],
        "120 new samples of 120 ('S00001', 'S00002', 'S00003' and 117 more) have an id of the",
    ),
    "subjects of the derivation": (
        lambda f: edited(f / "samples.csv", "P00001,", "S00001,"),
        ["--columns", "subject=subject_id"],
        "1 new sample of 120 ('newS00001') has an id",
    ),
    "no panel": (lambda f: (f / "panel.csv").unlink(), [], "panel.csv"),
    "no samples file": (lambda f: (f / "samples.csv").unlink(), [], "samples.csv"),
    "no group column": (
        lambda f: edited(f / "samples.csv", ",diagnosis,", ",dx,"),
        [],
        "--columns group=<column>",
    ),
    "case absent": (unchanged, ["--case", "MD"], "Groups found: HC (30), MDD (90)"),
    "reference absent": (unchanged, ["--reference", "HCC"], "--reference"),
    "a web page": (
        lambda f: (f / "panel.csv").write_text("<!DOCTYPE html><html></html>"),
        [],
        "web page",
    ),
    "none of its analytes": (
        lambda f: (f / "panel.csv").write_text(
            "sample_id,X1,X2\n" + "".join(f"newS{i + 1:05d},1,2\n" for i in range(120))
        ),
        [],
        "none of the model's",
    ),
    "columns twice": (
        unchanged,
        ["--columns", "group=a", "--columns", "group=b"],
        "each role once",
    ),
    "two stores": (unchanged, ["--tracking-uri", "sqlite:///x.db"], "not both"),
    "few draws": (unchanged, ["--draws", "3"], "--draws"),
    "out is the run": (unchanged, ["--out", "{f}/run"], "folder of a study"),
    "out is a file": (unchanged, ["--out", "{f}/panel.csv"], "is a file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_bad_input_is_one_sentence_and_exit_code_2(name, run, newcomers, tmp_path, capsys) -> None:
    import shutil

    shutil.copytree(run, tmp_path / "run")
    for path in newcomers:
        shutil.copy(path, tmp_path)
    change, words, expected = HOSTILE[name]
    change(tmp_path)
    words = [word.replace("{f}", str(tmp_path)) for word in words]
    folder = words.pop(0) if words and not words[0].startswith("--") else str(tmp_path / "run")
    files = [str(tmp_path / "panel.csv"), "--samples", str(tmp_path / "samples.csv")]
    rest = ["--out", str(tmp_path / "out"), "--no-tracking", "--jobs", "1"]
    capsys.readouterr()
    assert exit_code_of(["replicate", folder, *files, *rest, *words]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert expected in said
    assert "Traceback" not in said
    assert not (tmp_path / "out" / "DONE").exists()


def test_ids_of_a_cohort_that_numbers_its_people_itself(run, tmp_path) -> None:
    panel, samples = write_newcomers(tmp_path, prefix="")
    settings = {"samples": samples, "out": tmp_path / "o", "draws": 20, "jobs": 1, "track": False}
    with pytest.raises(InputError, match="--own-numbering"):
        replicate_run(run, panel, **settings)
    edited_cases = pd.read_csv(samples, dtype=str)
    edited_cases["diagnosis"] = "other"
    edited_cases.to_csv(samples, index=False)
    with pytest.raises(InputError, match="case group 'MDD'"):  # past the ids
        replicate_run(run, panel, own_numbering=True, **settings)


def test_ids_of_a_simulated_derivation_mean_nothing(run, tmp_path) -> None:
    import shutil

    folder = shutil.copytree(run, tmp_path / "run")
    edited(folder / "report.json", '"simulate": null', '"simulate": {"design": "th2_subtype"}')
    assert read_run(folder).sample_ids == frozenset()
    assert len(read_run(run).sample_ids) == 200
    assert read_run(run).axis == "Th2"


def test_rows_left_out_are_told(run, newcomers, tmp_path, capsys) -> None:
    panel, samples = newcomers
    table = pd.read_csv(panel, dtype=str)
    pd.concat([table, table.head(1)]).iloc[10:].to_csv(tmp_path / "panel.csv", index=False)
    words = ["replicate", str(run), str(tmp_path / "panel.csv"), "--samples", str(samples)]
    words += ["--out", str(tmp_path / "o"), "--draws", "20", "--jobs", "1", "--no-tracking"]
    assert exit_code_of(words) == 0
    notes = json.loads((tmp_path / "o/replication.json").read_text())["notes"]
    said = capsys.readouterr().out
    assert any("9 " in note for note in notes)
    assert all(f"Note: {note}" in said for note in notes)
