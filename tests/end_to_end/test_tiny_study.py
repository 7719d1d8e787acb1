"""From a specification to a run folder and back to new patients."""

import json
from pathlib import Path

import pandas as pd
import pytest

from subtyping.cli import exit_code_of

TABLES = ("assignments", "axis_scores", "criteria", "differential", "metrics", "checks")


def test_the_folder_holds_what_the_contract_names(tiny_serial: Path) -> None:
    for name in ("report.json", "criteria.json", "brief.html", "model/card.json", "DONE"):
        assert (tiny_serial / name).is_file()
    for name in TABLES:
        assert (tiny_serial / "tables" / f"{name}.csv").is_file()
    assert list((tiny_serial / "figures").glob("*.png"))


def test_the_report_holds_what_the_contract_names(tiny_serial: Path) -> None:
    report = json.loads((tiny_serial / "report.json").read_text())
    assert report["verdict"]["kind"] == "discrete"
    assert set(report["provenance"]) >= {
        "package_version", "python", "library_versions", "git_commit", "data_sha256", "seed",
        "started", "seconds",
    }  # fmt: skip
    assert report["spec"]["preparation"]["adjust"] == ["age", "sex", "bmi"]
    for check in report["checks"]:
        assert set(check) >= {"code", "title", "severity", "outcome", "sentence"}
    for number in report["metrics"].values():
        assert set(number) == {"value", "ci_low", "ci_high", "null_twin"}
    auc = report["metrics"]["elastic_net_fidelity_auc_out_of_fold"]
    assert auc["null_twin"] is not None
    assert report["metrics"]["existence_p_value"]["null_twin"] is not None


def test_tables_are_the_same_bytes_whatever_the_number_of_workers(
    tiny_serial: Path, tiny_parallel: Path
) -> None:
    names = sorted(path.name for path in (tiny_serial / "tables").iterdir())
    assert names == sorted(path.name for path in (tiny_parallel / "tables").iterdir())
    for name in names:
        one, two = (folder / "tables" / name for folder in (tiny_serial, tiny_parallel))
        assert one.read_bytes() == two.read_bytes(), name
    cards = [folder / "model" / "card.json" for folder in (tiny_serial, tiny_parallel)]
    assert cards[0].read_bytes() == cards[1].read_bytes()


def test_a_finished_run_is_not_overwritten(
    tiny_serial: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tiny_serial.parent / "tiny.yaml"
    words = ["run", str(spec), "--out", str(tiny_serial), "--no-tracking"]
    assert exit_code_of(words) == 2
    assert "--force" in capsys.readouterr().err


def test_new_patients_get_the_same_answer_alone_and_in_company(
    tiny_serial: Path, tmp_path: Path
) -> None:
    settings = ["n_case=70", "n_reference=30", "n_analytes=40", "separation=5.5"]
    words = ["simulate", "th2_subtype", "--out", str(tmp_path), "--seed", "9"]
    assert exit_code_of(words + [word for item in settings for word in ("--set", item)]) == 0
    batch, alone = tmp_path / "batch.csv", tmp_path / "alone.csv"
    panel = tmp_path / "panel.csv"
    assert exit_code_of(["assign", str(tiny_serial), str(panel), "--out", str(batch)]) == 0
    lines = panel.read_text().splitlines()
    (tmp_path / "one.csv").write_text("\n".join([lines[0], lines[18]]) + "\n")
    model, one = str(tiny_serial / "model"), str(tmp_path / "one.csv")
    assert exit_code_of(["assign", model, one, "--out", str(alone)]) == 0
    many, single = pd.read_csv(batch), pd.read_csv(alone)
    assert len(many) == 100
    assert list(many.columns)[:4] == ["sample_id", "probability", "label", "reason"]
    same = many[many["sample_id"] == single["sample_id"][0]].reset_index(drop=True)
    pd.testing.assert_frame_equal(same, single, check_exact=True)


def test_assigned_labels_follow_the_truth(tiny_serial: Path, tmp_path: Path) -> None:
    words = ["simulate", "th2_subtype", "--out", str(tmp_path), "--seed", "9", "--set"]
    assert exit_code_of([*words, "n_analytes=40", "--set", "separation=5.5"]) == 0
    out, samples = tmp_path / "assigned.csv", str(tmp_path / "samples.csv")
    words = ["assign", str(tiny_serial), str(tmp_path / "panel.csv"), "--samples", samples]
    assert exit_code_of([*words, "--out", str(out)]) == 0
    assigned = pd.read_csv(out).set_index("sample_id")
    truth = pd.read_csv(tmp_path / "truth.csv").set_index("sample_id")
    assert assigned.index.equals(truth.index)
    clear = assigned["label"] != "unclear"
    right = (assigned["label"] == "subtype") == truth["is_subtype"]
    assert right[clear].mean() > 0.9
