"""``subtyping bridge`` from files to files, on a simulated pair and on real runs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.cli import bridge as _registered  # noqa: F401 - the command hangs itself on the app
from subtyping.cli import exit_code_of
from subtyping.panel import panel_from_frame, read_panel
from subtyping.preparation.bridge_report import BridgeRules
from subtyping.preparation.bridging import bridge_panels
from subtyping.study.bridging import bridge_files, write_wide_panel

NAMES = ["IL6", "TNF", "CCL11", "CCL13", *(f"P{k:02d}" for k in range(36))]
ENDINGS = ("", "_limits", "_samples", "_report", "_bridges")


@pytest.fixture
def runs(tmp_path: Path, rng: np.random.Generator) -> tuple[Path, Path]:
    people = pd.DataFrame(
        rng.normal(5, 1, (50, 40)), index=[f"s{i}" for i in range(50)], columns=NAMES
    )
    first, second = people.iloc[:32], people.iloc[20:] + 0.4
    paths = tmp_path / "run1.csv", tmp_path / "run2.csv"
    for frame, path in zip((first, second), paths, strict=True):
        noisy = frame + rng.normal(0, 0.1, frame.shape)
        noisy.rename_axis("sample_id").to_csv(path)
    return paths


def run(*words: object) -> int:
    return exit_code_of(["bridge", *(str(word) for word in words)])


def test_the_command_writes_the_new_run_on_the_scale_of_the_first(runs, tmp_path, capsys) -> None:
    out = tmp_path / "bridged.csv"
    limits = tmp_path / "lod.csv"
    pd.DataFrame({"analyte": NAMES, "lod": 3.5}).to_csv(limits, index=False)
    code = run(*runs, "--unit", "NPX", "--lod", limits, "--new-lod", limits, "--out", out)
    said = capsys.readouterr().out
    assert code == 0
    assert "12 bridge samples put 40 of 40 analytes on the scale of the reference" in said
    assert sorted(path.name for path in tmp_path.glob("bridged*")) == sorted(
        f"bridged{ending}.csv" for ending in ENDINGS
    )
    reference = read_panel(runs[0], unit="NPX", lod=limits)
    before = read_panel(runs[1], unit="NPX", lod=limits)
    after = read_panel(out, unit="NPX", lod=tmp_path / "bridged_limits.csv")
    assert after.below_lod.equals(before.below_lod)
    assert after.below_lod.to_numpy().any()
    assert bridge_panels(reference, after).raw < 1e-9 < bridge_panels(reference, before).raw
    report = pd.read_csv(tmp_path / "bridged_report.csv")
    shift = report.set_index("analyte")["offset_log2"]
    np.testing.assert_allclose(after.values, before.values - shift)


def test_bad_input_is_a_sentence_and_exit_2(runs, tmp_path, capsys) -> None:
    first, second = runs
    few, pairs = tmp_path / "few.csv", tmp_path / "pairs.csv"
    pd.read_csv(second).iloc[7:].to_csv(few, index=False)
    pairs.write_text("reference,nwe\ns20,s20\n", encoding="utf-8")
    out = ("--out", tmp_path / "b.csv")
    linear = tmp_path / "linear.csv"
    (2 ** pd.read_csv(second, index_col=0)).to_csv(linear)
    cases = [
        ((first, second, *out), "unit"),
        ((first, linear, "--unit", "NPX", "--new-unit", "pg/mL", *out), "in NPX, the new panel in"),
        ((first, few, "--unit", "NPX", *out), "8 bridge samples are needed; there are 5"),
        ((first, second, "--unit", "NPX", "--pairs", pairs, *out), "Did you mean 'nwe'"),
        ((first, second, "--unit", "NPX", "--mismatched", "drop", *out), "mismatched must be one"),
        ((first, second, "--unit", "NPX", "--out", second), "would overwrite"),
        ((first, second, "--unit", "NPX", "--out", tmp_path / "b.xlsx"), "takes a CSV file"),
        ((first, tmp_path / "no.csv", "--unit", "NPX", *out), "no.csv"),
    ]
    for words, said in cases:
        assert run(*words) == 2, said
        error = capsys.readouterr().err
        assert said in error
        assert "Traceback" not in error
    assert not (tmp_path / "b.csv").exists()
    assert (tmp_path / "b_report.csv").exists()  # why the few bridges were refused


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("reference,new,reference\ns20,s20,s21\n", "two columns reference; keep one"),
        ("reference,new\ns20,s20\ns21,\n", "1 row of the pairs file pairs.csv lack"),
    ],
)
def test_pairs_that_cannot_be_read_one_way(runs, tmp_path, capsys, table, said) -> None:
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(table, encoding="utf-8")
    out = tmp_path / "b.csv"
    assert run(*runs, "--unit", "NPX", "--pairs", pairs, "--out", out) == 2
    assert said in capsys.readouterr().err


def test_one_file_is_no_bridge(runs, tmp_path, capsys) -> None:
    assert run(runs[0], runs[0], "--unit", "NPX", "--out", tmp_path / "b.csv") == 2
    assert "needs two files" in capsys.readouterr().err


def test_panels_of_other_assays_are_not_sent_for_pairs(runs, tmp_path, capsys) -> None:
    other = tmp_path / "other.csv"
    pd.read_csv(runs[1], index_col=0).add_prefix("Z").to_csv(other)
    assert run(runs[0], other, "--unit", "NPX", "--out", tmp_path / "b.csv") == 2
    error = capsys.readouterr().err
    assert "share no analyte" in error
    assert "pairs" not in error


def test_force_is_not_offered_where_nothing_can_be_bridged(runs, tmp_path, capsys) -> None:
    few = tmp_path / "few.csv"
    pd.read_csv(runs[1]).iloc[11:].to_csv(few, index=False)
    words = (runs[0], few, "--unit", "NPX", "--out", tmp_path / "b.csv")
    assert run(*words) == 2
    offered = "--force" in capsys.readouterr().err
    assert offered == (run(*words, "--force") == 0)


def test_rows_of_either_file_that_were_not_kept_are_said(runs, tmp_path, capsys) -> None:
    first = pd.read_csv(runs[0])
    again = first.iloc[:2].assign(IL6=1.0)
    pd.concat([first, again]).to_csv(runs[0], index=False)
    words = (*runs, "--unit", "NPX", "--duplicates", "first", "--out", tmp_path / "b.csv")
    assert run(*words) == 0
    said = "2 rows of the reference file not kept (duplicates: first): 's0', 's1'."
    assert said in capsys.readouterr().out


def test_force_writes_what_the_rules_refuse(runs, tmp_path) -> None:
    few = tmp_path / "few.csv"
    pd.read_csv(runs[1]).iloc[5:].to_csv(few, index=False)
    found = bridge_files(runs[0], few, tmp_path / "b.csv", unit="NPX", force=True)
    assert not found.report.is_bridgeable
    assert found.panel.reading.notes[-1].startswith("Not bridgeable: 8 bridge samples")
    assert all(path.exists() for path in found.files)


def test_pairs_from_a_file(runs, tmp_path) -> None:
    renamed, pairs = tmp_path / "renamed.csv", tmp_path / "pairs.csv"
    table = pd.read_csv(runs[1])
    table["sample_id"] = "again " + table["sample_id"]
    table.to_csv(renamed, index=False)
    ids = [f"s{i}" for i in range(20, 32)]
    pd.DataFrame({"New": [f"again {name}" for name in ids], "Reference": ids}).to_csv(
        pairs, index=False
    )
    rules = BridgeRules(n_splits=20)
    one = bridge_files(
        runs[0], renamed, tmp_path / "b.csv", unit="NPX", pairs=pairs, rules=rules
    ).report
    two = bridge_files(runs[0], runs[1], tmp_path / "c.csv", unit="NPX", rules=rules).report
    pd.testing.assert_frame_equal(one.table, two.table)


def test_limits_that_differ_between_plates_come_back(tmp_path, rng) -> None:
    frame = pd.DataFrame(
        rng.normal(2, 1, (8, 3)), index=[f"s{i}" for i in range(8)], columns=NAMES[:3]
    )
    frame.iloc[0, 0] = np.nan
    lod = pd.DataFrame(1.5, index=frame.index, columns=frame.columns)
    lod.iloc[4:] = 2.5
    below = (frame < lod) | frame.isna()
    samples = pd.DataFrame({"age": 30.0}, index=frame.index)
    panel = panel_from_frame(frame, samples, lod=lod, below_lod=below)
    paths = [tmp_path / name for name in ("p.csv", "l.csv", "s.csv")]
    write_wide_panel(panel, *paths)
    back = read_panel(
        paths[0],
        unit="NPX",
        lod=paths[1],
        samples=paths[2],
        columns={"batch": "plate", "age": "age"},
    )
    assert back.below_lod.equals(panel.below_lod)
    np.testing.assert_array_equal(back.lod, panel.lod)
    np.testing.assert_array_equal(back.values, panel.values)
    assert back.samples["age"].eq(30).all()


def test_limits_in_the_cells_of_concentrations_come_back(tmp_path) -> None:
    source = tmp_path / "source.csv"
    source.write_text(
        "id,IL6,TNF\na,<0.5,7\nb,3,<1.5\nc,<0.25,OOR >\nd,OOR <,2\n", encoding="utf-8"
    )
    panel = read_panel(source, unit="pg/mL")
    paths = [tmp_path / name for name in ("p.csv", "l.csv", "s.csv")]
    write_wide_panel(panel, *paths)
    assert not paths[1].exists()
    back = read_panel(paths[0], unit="pg/mL")
    for name in ("values", "below_lod", "above_uloq", "lod"):
        pd.testing.assert_frame_equal(getattr(back, name), getattr(panel, name))


@pytest.fixture(scope="module")
def exports(shared: Path) -> Path:
    return shared / "datasets" / "covid_olink_inflammation_3cohorts" / "native"


def export(home: Path, name: str) -> Path:
    return home / f"{name}_npxmanager.xlsx"


@pytest.mark.real_data
def test_hannover_on_the_scale_of_breda(exports, tmp_path, capsys) -> None:
    words = ("--format", "olink_wide", "--duplicates", "first", "--out", tmp_path / "h.csv")
    files = (export(exports, "cohort1_breda_INF"), export(exports, "cohort3_hannover_INF"))
    assert run(*files, *words) == 0
    assert "18 bridge samples put 73 of 92 analytes" in capsys.readouterr().out
    before = read_panel(files[1], format="olink_wide", duplicates="first")
    after = read_panel(tmp_path / "h.csv", unit="NPX", lod=tmp_path / "h_limits.csv")
    assert list(after.sample_ids) == list(before.sample_ids)
    kept = list(after.values)
    assert (after.below_lod != before.below_lod[kept]).to_numpy().mean() < 1e-4
    assert "IL13" not in kept


@pytest.mark.real_data
def test_plate_1_and_plates_3_to_7_are_refused_and_the_bridges_named(exports, tmp_path, capsys):
    files = [export(exports, f"cohort2_nijmegen_INF_plate{k}") for k in ("1", "3-7")]
    words = ("--format", "olink_wide", "--duplicates", "first", "--out", tmp_path / "n.csv")
    assert run(*files, *words) == 2
    error = capsys.readouterr().err
    assert "Not bridgeable: only 0 of 9 bridge samples look like themselves" in error
    assert "RUMC_0002 W1T1 (like RUMC_0003 W1T1)" in error
    assert not (tmp_path / "n.csv").exists()
    assert run(*files, *words, "--mismatched", "keep") == 2
    assert "leave 0.48 log2 in the other half" in capsys.readouterr().err


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("first", "second", "raw", "most"),
    [
        ("cohort1_breda_INF", "cohort3_hannover_INF", 0.24, 0.15),
        ("cohort3_hannover_INF", "cohort2_nijmegen_INF_plate3-7", 0.47, 0.25),
    ],
)
def test_held_out_targets_with_every_bridge(exports, first, second, raw, most) -> None:
    panels = [
        read_panel(export(exports, name), format="olink_wide", duplicates="first")
        for name in (first, second)
    ]
    for mismatched in ("keep", "set_aside"):
        report = bridge_panels(*panels, rules=BridgeRules(mismatched=mismatched))
        assert report.is_bridgeable
        assert report.held_out <= most
        assert report.raw == pytest.approx(raw, abs=0.015)


@pytest.mark.real_data
def test_the_published_tables_are_what_the_script_makes(shared, repository) -> None:
    import importlib.util

    path = repository / "experiments" / "benchmarks" / "bridging.py"
    spec = importlib.util.spec_from_file_location("bridging_benchmark", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    document = (repository / "docs" / "bridging.md").read_text(encoding="utf-8")
    runs = made.read_runs(shared)
    for line in [*made.pair_rows(runs), *made.label_rows(runs)]:
        assert line in document
    assert made.combat_errors(shared)["error"].max() < 1e-8
