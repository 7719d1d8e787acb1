"""The command line: every bad input is one sentence and exit code 2; nothing has a traceback."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from subtyping.cli import exit_code_of

SPEC = """
seed: 1
cohort:
  panel: panel.csv
  unit: NPX
  samples: samples.csv
  columns: {sample: sample_id, group: diagnosis, age: age}
  groups: {case: [MDD], reference: [HC]}
discovery: {axis: Th2}
"""
ANALYTES = ("CCL11", "CCL13", "CCL17", "IL6", "IL8", "TNF")


def write_cohort(folder: Path) -> None:
    """Write a small readable study: panel, samples, specification."""
    people = [f"p{i:02d}" for i in range(24)]
    rows = [
        ",".join([name, *(f"{(i * 7 + j * 3) % 11 + 0.5}" for j in range(len(ANALYTES)))])
        for i, name in enumerate(people)
    ]
    (folder / "panel.csv").write_text("\n".join(["sample_id," + ",".join(ANALYTES), *rows]) + "\n")
    samples = [f"{name},{'MDD' if i % 2 else 'HC'},{30 + i}" for i, name in enumerate(people)]
    (folder / "samples.csv").write_text("\n".join(["sample_id,diagnosis,age", *samples]) + "\n")
    (folder / "study.yaml").write_text(SPEC)


def replaced(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Return a change of one file."""

    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return change


def written(file: str, text: str) -> Callable[[Path], None]:
    """Return a change that writes a file anew."""
    return lambda folder: (folder / file).write_text(text) and None


def removed(file: str) -> Callable[[Path], None]:
    """Return a change that removes a file."""
    return lambda folder: (folder / file).unlink()


HTML = "<!DOCTYPE html>\n<html><body><p>Please log in</p></body></html>\n"

BAD = {
    "missing panel": (removed("panel.csv"), "there is no file", "panel.csv"),
    "missing samples": (removed("samples.csv"), "cohort.samples: there is no file", "samples.csv"),
    "missing spec": (removed("study.yaml"), "no study specification", "study.yaml"),
    "empty panel": (written("panel.csv", ""), "panel.csv", "empty"),
    "html panel": (written("panel.csv", HTML), "panel.csv", "web page"),
    "no unit": (replaced("study.yaml", "  unit: NPX\n", ""), "unit", "unit: pg/mL"),
    "unknown key": (replaced("study.yaml", "groups:", "gruops:"), "cohort.gruops", "'groups'"),
    "bad yaml": (replaced("study.yaml", "[MDD]", "[MDD"), "not valid YAML", "line"),
    "case absent": (replaced("study.yaml", "[MDD]", "[MDDD]"), "MDD (12)", "Did you mean 'MDD'"),
    "reference empty": (replaced("study.yaml", "[HC]", "[Ctrl]"), "groups.reference", "HC (12)"),
    "reference none": (replaced("study.yaml", "[HC]", "[]"), "groups.reference", "at least 1"),
    "text analyte": (
        lambda folder: (
            (folder / "panel.csv").write_text(
                "".join(
                    f"{line},{'NOTE' if i == 0 else 'fine'}\n"
                    for i, line in enumerate((folder / "panel.csv").read_text().splitlines())
                )
            )
            and None
        ),
        "NOTE",
        "only text",
    ),
    "duplicates": (replaced("panel.csv", "\np03,", "\np02,"), "p02", "duplicates"),
    "no shared id": (replaced("samples.csv", "\np", "\nx"), "p00", "x00"),
    "column absent": (replaced("study.yaml", "age: age", "age: years"), "years", "age"),
    "unknown axis": (replaced("study.yaml", "axis: Th2", "axis: Th22"), "Th22", "Th2"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_sentence_and_exit_code_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, *expected = BAD[name]
    write_cohort(tmp_path)
    change(tmp_path)
    words = ["run", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out"), "--no-tracking"]
    assert exit_code_of(words) == 2
    said = capsys.readouterr().err
    sentences = [line for line in said.splitlines() if not line.startswith("[")]
    assert len(sentences) == 1, said
    assert "Traceback" not in said
    for text in expected:
        assert text in said
    assert not (tmp_path / "out" / "DONE").exists()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run"], "Missing argument"),
        (["run", "a.yaml"], "Missing option"),
        (["runn"], "No such command"),
        (["run", "a.yaml", "--out", "o", "--jobs", "0"], "--jobs"),
        (["run", "a.yaml", "--out", "o", "--tracking-uri", "x", "--no-tracking"], "not both"),
        (["check", "absent.csv", "--unit", "NPX"], "absent.csv"),
        (["check", "absent.csv"], "unit"),
        (["check", "absent.csv", "--unit", "NPX", "--columns", "group"], "--columns takes"),
        (["check", "absent.csv", "--unit", "NPX", "--columns", "gruop=a"], "gruop"),
        (["check", "absent.csv", "--unit", "NPX", "--format", "wyde"], "'wide'"),
        (["simulate", "nul", "--out", "o"], "null"),
        (["simulate", "null", "--out", "o", "--set", "n_cse=3"], "n_case"),
        (["simulate", "null", "--out", "o", "--set", "n_case"], "key=value"),
        (["simulate", "null", "--out", "o", "--set", "n_case=many"], "n_case"),
        (["simulate", "null", "--out", "o", "--set", "seed=3"], "--seed"),
        (["assign", "absent", "panel.csv", "--out", "o.csv"], "absent"),
        (["assign", "absent", "panel.csv", "--out", "nowhere/o.csv"], "nowhere"),
        (["assign", "absent", "panel.csv", "--out", "."], "is a folder"),
        (["check", "a.csv", "--unit", "NPX", "--columns", "age=a", "--columns", "age=b"], "once"),
        (["check", "a.csv", "--unit", "NPX", "--columns", "age="], "role=name"),
        (["check", "a.csv", "--unit", "NPX", "--out", "nowhere/o.csv"], "nowhere"),
        (["check", "a.csv", "--unit", "NPX", "--json", "."], "is a folder"),
        (["check", "a.csv", "--unit", "NPX", "--out", "o", "--json", "o"], "same file"),
    ],
)
def test_bad_words_exit_with_2(
    words: list[str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert exit_code_of(words) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("target", ["panel.csv", "samples.csv", "link.csv", "hard.csv"])
def test_what_is_read_is_not_overwritten(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path)
    (tmp_path / "link.csv").symlink_to(tmp_path / "panel.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "samples.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    panel, samples, out = (str(tmp_path / name) for name in ("panel.csv", "samples.csv", target))
    for words in (
        ["check", panel, "--unit", "NPX", "--samples", samples, "--out", out],
        ["check", panel, "--unit", "NPX", "--samples", samples, "--json", out],
        ["assign", str(tmp_path), panel, "--samples", samples, "--out", out],
        ["bridge", panel, panel, "--unit", "NPX", "--samples", samples, "--out", out],
    ):
        assert exit_code_of(words) == 2, words
        assert "would overwrite" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_finished_folder_refuses_without_force(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "DONE").touch()
    words = ["run", str(tmp_path / "study.yaml"), "--out", str(tmp_path / "out"), "--no-tracking"]
    assert exit_code_of(words) == 2
    assert "--force" in capsys.readouterr().err


def test_check_reads_a_panel_and_exits_by_the_severity_of_what_fires(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path)
    words = ["check", str(tmp_path / "panel.csv"), "--unit", "NPX"]
    assert exit_code_of(words) == 0
    said = capsys.readouterr().out
    assert "24 samples x 6 analytes" in said
    assert "ST010  FIRES" in said
    table = (tmp_path / "samples.csv").read_text().splitlines()
    subjects = [f"{line},{'subject' if i == 0 else 'one person'}" for i, line in enumerate(table)]
    (tmp_path / "samples.csv").write_text("\n".join(subjects) + "\n")
    words += ["--samples", str(tmp_path / "samples.csv"), "--columns", "subject=subject"]
    code = exit_code_of(words)
    assert code in (1, 2)  # 1: ST015 fires; 2 where the reader asks for a policy first


def test_simulate_writes_three_files_in_one_row_order(tmp_path: Path) -> None:
    words = ["simulate", "th2_subtype", "--out", str(tmp_path), "--seed", "3"]
    assert exit_code_of([*words, "--set", "n_case=12", "--set", "n_reference=10"]) == 0
    ids = []
    for name in ("panel.csv", "samples.csv", "truth.csv"):
        lines = (tmp_path / name).read_text().splitlines()
        assert lines[0].startswith("sample_id,")
        ids.append([line.split(",")[0] for line in lines[1:]])
    assert len(ids[0]) == 22
    assert ids[0] == ids[1] == ids[2]


def test_simulate_overwrites_a_simulation_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cohort(tmp_path)
    before = (tmp_path / "panel.csv").read_bytes()
    words = ["simulate", "null", "--set", "n_case=20", "--set", "n_reference=20", "--out"]
    assert exit_code_of([*words, str(tmp_path)]) == 2
    assert "holds panel.csv and samples.csv without the truth.csv" in capsys.readouterr().err
    assert (tmp_path / "panel.csv").read_bytes() == before
    for _ in range(2):
        assert exit_code_of([*words, str(tmp_path / "cohort")]) == 0


def test_an_error_of_the_program_is_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*words: object, **settings: object) -> None:
        message = "a bug"
        raise RuntimeError(message)

    monkeypatch.setattr("subtyping.cohorts.simulate_cohort", broken)
    assert exit_code_of(["simulate", "null", "--out", str(tmp_path)]) == 3
    said = capsys.readouterr().err
    assert "RuntimeError: a bug" in said
    assert "SUBTYPING_DEBUG=1" in said


def test_interruption_exits_with_130(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*words: object, **settings: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("subtyping.cohorts.simulate_cohort", interrupted)
    assert exit_code_of(["simulate", "null", "--out", str(tmp_path)]) == 130
    assert "Interrupted." in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from subtyping.cli import exit_code_of; exit_code_of(['run', '--help']); "
        "heavy = {'numpy', 'pandas', 'sklearn', 'mlflow', 'yaml'} & set(sys.modules); "
        "sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "For example:" in done.stdout


def test_importing_the_package_imports_the_standard_library_only() -> None:
    code = (
        "import sys; before = set(sys.modules); import subtyping; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before} - {'subtyping'}; "
        "extra = new - sys.stdlib_module_names; sys.exit(str(extra) if extra else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_public_name_resolves() -> None:
    import subtyping

    for name in subtyping.__all__:
        assert getattr(subtyping, name) is not None
    with pytest.raises(AttributeError, match="Did you mean 'read_panel'"):
        subtyping.read_pannel  # noqa: B018


def test_a_place_that_cannot_be_written_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    words = ["simulate", "null", "--out", str(tmp_path / "file" / "x"), "--set", "n_case=8"]
    assert exit_code_of(words) == 2
    assert "cannot be read or written" in capsys.readouterr().err


def test_an_interrupt_inside_exec_still_exits_with_130() -> None:
    code = (
        "import subtyping.cli as cli, subtyping.cohorts as cohorts\n"
        "def stop(*words, **settings): exec('raise KeyboardInterrupt')\n"
        "cohorts.simulate_cohort = stop\n"
        "import sys; sys.argv = ['subtyping', 'simulate', 'null', '--out', 'never']\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert "Interrupted." in done.stderr
    assert "Traceback" not in done.stderr
