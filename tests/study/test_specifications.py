"""The specification curve from the command line: resumed, repeated, refused."""

import json
from pathlib import Path

import pandas as pd
import pytest

from subtyping.cli import exit_code_of
from subtyping.exceptions import InputError, SpecError
from subtyping.study import spec_from
from subtyping.study.provenance import declaration, declaration_sha256
from subtyping.study.specification import work
from subtyping.study.specification.journal import append_lines, read_journal
from subtyping.study.specification.result import curve_sentence
from subtyping.study.specification.specifications import run_specifications

SPEC = """
question: Do other analyses agree?
seed: 4
cohort:
  simulate: {design: th2_subtype, n_case: 60, n_reference: 40, n_analytes: 30, separation: 6}
discovery: {axis: Th2, bootstrap: 19}
specifications:
  features: [skew, members]
  algorithms: [own_test, gaussian_mixture, kmeans, hdbscan]
  k: [chosen, 2]
  plates: [adjusted]
  detection: [keep]
  covariates: [[], [age, sex, bmi]]
  twins: 1
"""
TABLES = {
    "axes_tried.csv", "specification_choices.csv", "specification_curve.csv",
    "specification_labels.csv", "specification_people.csv", "specification_twins.csv",
    "specifications.csv",
}  # fmt: skip


def curve(folder: Path, *words: str) -> int:
    """Run the small curve into `folder`."""
    spec = folder.parent / "curve.yaml"
    spec.write_text(SPEC)
    return exit_code_of(
        ["specifications", str(spec), "--out", str(folder), "--no-tracking", *words]
    )


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "tables").iterdir()}


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serial") / "curve"
    assert curve(folder, "--jobs", "1") == 0
    return folder


def document(**sections: object) -> dict[str, object]:
    simulated = {"design": "null", "n_case": 40, "n_reference": 40, "n_analytes": 30}
    return {
        "seed": 1,
        "cohort": {"simulate": simulated},
        "discovery": {"axis": "Th2", "bootstrap": 19},
        **sections,
    }


def test_the_folder_holds_tables_figure_document_and_done(serial: Path) -> None:
    assert set(tables(serial)) == TABLES
    assert (serial / "figures" / "specification_curve.png").read_bytes().startswith(b"\x89PNG")
    assert (serial / "DONE").is_file()
    assert not (serial / "journal").exists()
    found = json.loads((serial / "specifications.json").read_text())
    assert set(found) == {"spec", "provenance", "summary", "sentence"}
    assert len(found["provenance"]["declaration_sha256"]) == 64
    assert "axes tried are exploratory" in found["sentence"]


def test_the_numbers_of_the_tables_agree(serial: Path) -> None:
    table = pd.read_csv(serial / "tables" / "specifications.csv", dtype={"k": str})
    choices = pd.read_csv(serial / "tables" / "specification_choices.csv")
    people = pd.read_csv(serial / "tables" / "specification_people.csv")
    labels = pd.read_csv(serial / "tables" / "specification_labels.csv")
    twins = pd.read_csv(serial / "tables" / "specification_twins.csv")
    document = json.loads((serial / "specifications.json").read_text())
    assert table["is_declared"].sum() == 1
    declared = table[table["is_declared"]].iloc[0]
    assert (declared["algorithm"], declared["features"]) == ("own_test", "skew")
    assert declared["ari_with_declared"] == 1
    assert choices["claims_frac"][0] == pytest.approx(table["claims_subtype"].mean())
    assert document["summary"]["existence"]["n_claims"] == table["claims_subtype"].sum()
    assert len(twins) == len(table)
    assert len(people) == len(labels) == 60
    # The high group of the declared analysis: its share is counted in the labels.
    named = labels[declared["specification"]]
    assert (named == 1).mean() == pytest.approx(declared["high_frac"])
    assert people["high_frac"].mean() == pytest.approx(table["high_frac"].mean())


def test_the_declared_axis_is_the_only_one_that_is_not_exploratory(serial: Path) -> None:
    axes = pd.read_csv(serial / "tables" / "axes_tried.csv")
    assert list(axes.loc[axes["role"] == "declared", "axis"]) == ["Th2"]
    known = axes.dropna(subset=["p_value"])
    assert (known["p_holm"] >= known["p_value"]).all()
    assert axes.loc[axes["p_value"].isna(), "reason"].notna().all()


def test_the_tables_are_the_same_bytes_whatever_the_workers(serial: Path, tmp_path: Path) -> None:
    assert curve(tmp_path / "curve", "--jobs", "2") == 0
    assert tables(tmp_path / "curve") == tables(serial)


def test_an_interrupted_curve_goes_on_and_ends_in_the_same_bytes(
    serial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cells, calls = tmp_path / "curve", work.run_cells, []

    def stopped(*words, **settings):
        for count, found in enumerate(cells(*words, **settings)):
            if calls and count == 2:
                raise KeyboardInterrupt
            yield found
        calls.append(1)

    monkeypatch.setattr(work, "run_cells", stopped)
    assert curve(folder, "--jobs", "1") == 130
    assert not (folder / "DONE").exists()
    stored = read_journal(folder / "journal")
    assert len(stored) > 3
    torn = next((folder / "journal").glob("*.jsonl"))
    with torn.open("a") as handle:
        handle.write('{"key": "torn')
    done = []

    def counted(*words, **settings):
        for found in cells(*words, **settings):
            done.append(len(found[1]))
            yield found

    monkeypatch.setattr(work, "run_cells", counted)
    assert curve(folder, "--jobs", "1") == 0
    n_all = len(pd.read_csv(serial / "tables" / "specifications.csv")) * 2
    assert sum(done) == n_all - len(stored)
    assert tables(folder) == tables(serial)


def test_a_torn_line_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"key": "a", "cla')
    record = {"key": "b", "claims": True, "value": 1.0, "labels": "01", "high": 1, "problem": ""}
    append_lines(path, [record])
    assert read_journal(tmp_path) == {"b": record}


def test_a_finished_folder_is_refused_and_force_starts_anew(
    serial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tables(serial)
    assert curve(serial) == 2
    assert "--force" in capsys.readouterr().err
    assert curve(serial, "--force", "--jobs", "1") == 0
    assert tables(serial) == before


def test_the_folder_of_a_run_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "report.json").write_text("{}")
    assert curve(tmp_path, "--force") == 2
    assert "folder of its own" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--set", "specifications.features=[skw]"], "'skew'"),
        (["--set", "specifications.algorithms=[]"], "at least 1"),
        (["--set", "specifications.algorithms=[kmeans, kmeans]"], "named twice"),
        (["--set", "specifications.algoritms=[kmeans]"], "'algorithms'"),
        (["--set", "specifications.k=[7]"], "specifications.k"),
        (["--set", "specifications.k=2"], "a list"),
        (["--set", "specifications.most_departures=9"], "at most 4"),
        (["--set", "specifications.covariates=[[agee]]"], "'age'"),
        (["--set", "specifications.twins=-1"], "at least 0"),
        (["--set", "specifications.consensus_resamples=5"], "at least 50"),
        (["--set", "specifications=3"], "keys with values"),
        (["--twins", "-1"], "--twins"),
        (["--tracking-uri", "x"], "not both"),
        (["--set", "discovery.axis=Th3"], "no axis 'Th3'"),
        (["--set", "cohort.simulate.n_case=4"], "at least 8"),
        (
            ["--set", "specifications.algorithms=[factor_mixture]",
             "--set", "specifications.features=[skew]"],
            "None of the",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence_and_exit_code_2(
    words: list[str], expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert curve(tmp_path / "out", *words) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert "Traceback" not in said
    assert not (tmp_path / "out" / "DONE").exists()


def test_latent_profiles_by_name_need_stepmix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subtyping.study.specification.specifications.has_stepmix", lambda: False)
    spec = spec_from(document(specifications={"algorithms": ["latent_profiles"]}))
    with pytest.raises(InputError, match="pip install stepmix"):
        run_specifications(spec, out=tmp_path, jobs=1, track=False)


def test_without_twins_the_share_is_said_to_say_nothing(tmp_path: Path) -> None:
    asked = {"features": ["skew"], "algorithms": ["kmeans"], "k": [2], "most_departures": 0}
    found = run_specifications(
        spec_from(document(specifications=asked)), out=tmp_path, jobs=1, track=False, twins=0
    )
    assert "says nothing" in found.sentence
    assert found.tables.twins.empty


def test_an_aliased_design_is_run_and_every_part_is_called_descriptive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of(["simulate", "null", "--out", str(tmp_path), "--seed", "3",
                         "--set", "n_case=40", "--set", "n_reference=40",
                         "--set", "n_analytes=30"]) == 0  # fmt: skip
    samples = pd.read_csv(tmp_path / "samples.csv")
    group = "group" if "group" in samples else "diagnosis"
    samples["run"] = samples[group].map(lambda name: f"plate of {name}")
    samples.to_csv(tmp_path / "samples.csv", index=False)
    (tmp_path / "aliased.yaml").write_text(
        "seed: 1\ncohort:\n  panel: panel.csv\n  unit: NPX\n  samples: samples.csv\n"
        f"  columns: {{sample: sample_id, group: {group}, batch: run}}\n"
        "  groups: {case: [MDD], reference: [HC]}\n"
        "discovery: {axis: Th2, bootstrap: 19}\n"
        "specifications: {features: [skew], algorithms: [own_test, kmeans], k: [2], twins: 1}\n"
    )
    words = ["specifications", str(tmp_path / "aliased.yaml"), "--out", str(tmp_path / "out")]
    assert exit_code_of([*words, "--no-tracking", "--jobs", "1"]) == 0
    found = json.loads((tmp_path / "out" / "specifications.json").read_text())
    assert found["summary"]["declared"]["kind"] == "blocked"
    assert found["sentence"].startswith("Descriptive only, case status is aliased")
    assert found["sentence"].count("Descriptive only") >= 4
    axes = pd.read_csv(tmp_path / "out" / "tables" / "axes_tried.csv")
    assert axes["p_value"].isna().all()
    table = pd.read_csv(tmp_path / "out" / "tables" / "specifications.csv")
    assert not table.loc[table["algorithm"] == "own_test", "claims_subtype"].any()


def made_summary(**changes: object) -> dict[str, object]:
    shares = {"n": 100, "n_claims": 40, "claims_frac": 0.4, "twin_claims_frac": 0.3,
              "twin_low": 0.2, "twin_high": 0.35, "n_twins_with_as_many": 0}  # fmt: skip
    members = {"mean_pairwise_ari": 0.5, "twin_mean_pairwise_ari": 0.4,
               "median_ari_with_declared": 0.6}  # fmt: skip
    return {
        "n_twins": 5,
        "existence": shares,
        "customary": shares,
        "own_test": shares,
        "members": members,
        "axes_tried": 3,
        "axes_rejecting_after_holm": [],
        "declared": {"axis": "Th2", "kind": "continuum", "p_value": 0.4, "sentence": ""},
        "is_descriptive": False,
        "design": "Plate is aliased.",
        **changes,
    }


def test_more_claims_than_the_twins_are_never_called_a_subtype() -> None:
    assert "which chance alone does once in 6" in curve_sentence(made_summary())
    said = curve_sentence(made_summary(n_twins=19))
    assert "as many claims (p 0.050): the data hold more structure" in said
    assert "That is not yet a subtype" in said
    assert "The declared analysis says: continuum." in said
    assert "agreement with the declared analysis" not in said  # it names nobody
    assert "the other 2 of 3 axes tried are exploratory" in said
    assert "is rejected for none of them (level 0.03)" in said


def test_as_many_claims_are_called_no_evidence() -> None:
    shares = {**made_summary()["existence"], "n_twins_with_as_many": 2}
    assert "2 of the 5 give as many claims or more: their number is no evidence" in (
        curve_sentence(made_summary(existence=shares))
    )


def test_every_part_of_a_descriptive_sentence_says_so() -> None:
    said = curve_sentence(made_summary(is_descriptive=True))
    assert said.startswith("Descriptive only, case status is aliased: Plate is aliased.")
    assert said.count("Descriptive only:") == 5
    assert "decides" not in said


def test_the_declaration_holds_what_is_committed_to_and_nothing_else() -> None:
    spec = spec_from(document())
    found = declaration(spec)
    assert set(found) == {"axis", "case", "reference", "minimum_subtype", "level"}
    assert "CCL17" in found["axis"]["members"]
    same = spec_from(document(seed=9, prediction={"folds": 5}))
    assert declaration_sha256(same) == declaration_sha256(spec)
    other = {"axis": {"name": "Th2", "members": ["TARC", "CCL11"]}}
    alias = {"axis": {"name": "Th2", "members": ["CCL11", "CCL17"]}}
    digests = [declaration_sha256(spec_from(document(discovery=d))) for d in (other, alias)]
    assert digests[0] == digests[1] != declaration_sha256(spec)
    smaller = {"axis": "Th2", "minimum_subtype": {"fraction": 0.2}}
    assert declaration_sha256(spec_from(document(discovery=smaller))) != declaration_sha256(spec)


def test_the_axis_is_declared_before_the_data_are_looked_for(tmp_path: Path) -> None:
    missing = {
        "panel": "nowhere.csv",
        "unit": "NPX",
        "columns": {"sample": "id", "group": "g"},
        "groups": {"case": ["a"], "reference": ["b"]},
    }
    spec = spec_from(document(cohort=missing))
    assert len(declaration_sha256(spec)) == 64
    with pytest.raises(SpecError, match=r"nowhere\.csv"):
        run_specifications(spec, out=tmp_path, track=False)
