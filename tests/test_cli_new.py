"""``subtyping new``: a specification that runs, or one sentence and exit code 2."""

from pathlib import Path

import pytest

from subtyping.cli import exit_code_of

WORDS = (
    "new", "cohort/panel.csv", "--samples", "cohort/samples.csv", "--unit", "NPX",
    "--out", "study.yaml",
)  # fmt: skip
ROLES = ("--columns", "group=diagnosis", "--columns", "batch=plate", "--columns", "bmi=!unknown")
TINY = (
    "discovery.bootstrap=19", "discovery.resamples=20", "discovery.twin_draws=0",
    "discovery.candidates=[]", "prediction.enabled=false", "criteria.resamples=20",
    "signature.scores=[]", "signature.likeness.enabled=false",
    "signature.reversal.enabled=false",
)  # fmt: skip


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds a simulated cohort."""
    folder = tmp_path_factory.mktemp("new")
    sizes = ("n_case=60", "n_reference=40", "n_analytes=30", "separation=5.5")
    settings = [word for size in sizes for word in ("--set", size)]
    words = ["simulate", "th2_subtype", "--out", str(folder / "cohort"), *settings]
    assert exit_code_of(words) == 0
    return folder


@pytest.fixture(autouse=True)
def place(cohort: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in the folder, without a specification."""
    monkeypatch.chdir(cohort)
    (cohort / "study.yaml").unlink(missing_ok=True)
    return cohort


def test_a_written_specification_runs(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("subtyping.study.stages.draw_embedding", lambda *_: None)
    assert exit_code_of([*WORDS, *ROLES, "--case", "MDD", "--reference", "HC"]) == 0
    assert "Everything a run needs is filled in." in capsys.readouterr().out
    settings = [word for item in TINY for word in ("--set", item)]
    words = ["run", "study.yaml", "--out", "run", "--no-tracking", "--jobs", "1", *settings]
    assert exit_code_of(words) == 0
    assert (place / "run" / "DONE").is_file()


def test_what_is_left_is_said_and_the_run_names_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code_of([*WORDS, *ROLES]) == 0
    said = capsys.readouterr().out
    assert "Left to fill in: cohort.groups.case, cohort.groups.reference." in said
    assert "cohort.routine (crp, eosinophils, monocytes)" in said
    assert "MDD 60, HC 40" in (place / "study.yaml").read_text()
    assert exit_code_of(["run", "study.yaml", "--out", "never", "--no-tracking"]) == 2
    assert "cohort.groups.case" in capsys.readouterr().err


def test_rows_that_are_kept_stand_in_the_specification(place: Path) -> None:
    kept = ("--where", "sex=female", "--where", "diagnosis=MDD", "--where", "diagnosis=HC")
    assert exit_code_of([*WORDS, *ROLES, *kept]) == 0
    text = (place / "study.yaml").read_text()
    assert "  where: {sex: [female], diagnosis: [MDD, HC]}\n" in text
    assert "MDD 60" not in text


def test_a_file_that_is_there_is_replaced_only_by_force(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "study.yaml").write_text("mine")
    assert exit_code_of(WORDS) == 2
    assert "'study.yaml' is there already; give --force" in capsys.readouterr().err
    assert (place / "study.yaml").read_text() == "mine"
    assert exit_code_of([*WORDS, "--force"]) == 0
    assert (place / "study.yaml").read_text().startswith("# A study of panel.csv.")


@pytest.mark.parametrize(
    ("words", "match"),
    [
        (("new", "absent.csv", *WORDS[2:]), "absent.csv"),
        ((*WORDS[:2], *WORDS[4:]), "There is no samples table"),
        ((*WORDS[:4], *WORDS[6:]), "unit"),
        ((*WORDS[:3], "absent.csv", *WORDS[4:]), "absent.csv"),
        ((*WORDS[:7], "cohort/panel.csv"), "which is read"),
        ((*WORDS[:7], "nowhere/a.yaml"), "does not exist"),
        ((*WORDS[:7], "cohort"), "is a folder"),
        ((*WORDS, "--columns", "group"), "--columns"),
        ((*WORDS, "--where", "sex"), "--where takes key=value"),
        ((*WORDS, "--where", "sex=femal"), "Did you mean 'female'"),
        ((*WORDS, "--columns", "grup=diagnosis"), "Did you mean 'group'"),
        ((*WORDS, "--columns", "age=age", "--case", "MDD"), "--columns group=<column>"),
        ((*WORDS, "--case", "MD"), "no sample has the group 'MD'"),
    ],
)
def test_bad_input_is_one_sentence(
    place: Path, words: tuple[str, ...], match: str, capsys: pytest.CaptureFixture[str]
) -> None:
    given = words if "--columns" in words else (*words, *ROLES)
    assert exit_code_of(given) == 2
    said = capsys.readouterr().err
    assert match in said
    assert said.startswith("subtyping: ")
    assert len(said.splitlines()) == 1
    assert not (place / "study.yaml").exists()
