"""One person of a run folder explained; every way it cannot be is said in one sentence."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from subtyping.cli import exit_code_of
from subtyping.exceptions import InputError
from subtyping.prediction.attribution import attribute
from subtyping.prediction.explain import FoldExplanation, attribution_samples
from subtyping.report import mark_done
from subtyping.report.tables import write_csv
from subtyping.study.explaining import explain_run

NAMES = ["CCL17", "CCL13", "IL6"]
PHI = np.array([[2.0, -0.5, 0.25], [-1.0, 0.0, 0.5], [0.5, 0.5, 0.0]])
IDS = ["NA", "MDD-002", "007"]  # names that look like missing values and numbers


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Return a finished run folder of three explained people and one in an unfitted fold."""
    data = pd.DataFrame(PHI + 1, columns=NAMES, index=pd.Index(IDS, name="sample_id"))
    fold = FoldExplanation(data, PHI, -1.0, None, n_background=9, n_train=60, members=("CCL17",))
    found = attribute([fold], axis_of={"CCL17": "Th2"}, model="gradient_boosting")
    out_of_fold = pd.DataFrame(
        {
            "sample_id": [*IDS, "MDD-004"],
            "fold": [0, 0, 0, 1],
            "label": ["subtype", "other", "other", "unclear"],
            "gradient_boosting_probability": [*(1 / (1 + np.exp(1 - PHI.sum(axis=1)))), np.nan],
        }
    )
    folds = pd.DataFrame(
        {"fold": [0, 1], "n_train": [60, 2], "is_fitted": [True, False], "reason": ["", "too few."]}
    )
    scores = pd.DataFrame({"sample_id": [*IDS, "MDD-004", "HC-1"], "level": 0.0})
    folder = tmp_path / "run"
    (folder / "tables").mkdir(parents=True)
    for name, table in {
        "attribution": found.table,
        "attribution_samples": attribution_samples(found, out_of_fold),
        "out_of_fold": out_of_fold,
        "folds": folds,
        "axis_scores": scores,
    }.items():
        write_csv(table, folder / "tables" / f"{name}.csv")
    (folder / "report.json").write_text(json.dumps({"verdict": {"kind": "discrete"}}))
    mark_done(folder)
    return folder


def table(run: Path, name: str) -> Path:
    return run / "tables" / f"{name}.csv"


def test_the_text_goes_from_the_background_to_the_sample(run: Path) -> None:
    person = explain_run(run, "NA")
    assert person.text.splitlines() == [
        "analyte      value (z)  attribution  log-odds",
        "background                              -1.00",
        "CCL17*            3.00        +2.00      1.00",
        "CCL13             0.50        -0.50      0.50",
        "IL6               1.25        +0.25      0.75",
        "this sample                              0.75",
        "* the labels are made of this analyte",
    ]
    assert person.label == "subtype"
    assert person.explanation.probability == pytest.approx(1 / (1 + np.exp(-0.75)))
    assert person.explanation.table.loc[0, "axis"] == "Th2"
    assert person.notes == ()


def test_names_that_look_like_numbers_stay_names(run: Path) -> None:
    assert explain_run(run, "007").explanation.sample_id == "007"
    assert "2 other" in explain_run(run, "NA", n_analytes=1).text


def test_fewer_people_than_analytes_are_noted(run: Path) -> None:
    folds = pd.read_csv(table(run, "folds")).assign(n_train=3)
    write_csv(folds, table(run, "folds"))
    (note,) = explain_run(run, "NA").notes
    assert "3 training samples of 3 analytes (n <= p)" in note


def test_a_calibrated_probability_is_told_beside_the_one_explained(run: Path) -> None:
    break_probability(run)
    spec = {"prediction": {"calibrate": "platt"}}
    (run / "report.json").write_text(json.dumps({"verdict": {"kind": "discrete"}, "spec": spec}))
    (note,) = explain_run(run, "NA").notes
    assert "(platt): out_of_fold.csv says 50.0%" in note
    assert "before calibration (67.9%)" in note


def test_a_count_of_people_that_is_no_number_is_left_out(run: Path) -> None:
    edited("folds", "n_train", "many")(run)
    assert explain_run(run, "NA").notes == ()


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        ("MDD-02", r"No sample 'MDD-02' .*4 case samples.* Did you mean 'MDD-002'\?"),
        ("7", "No sample '7' in this run"),
        ("MDD-004", r"held out in fold 1, which could not be fitted \(too few\)"),
        ("HC-1", "not among its 4 cases .* reference and comparison people are not explained"),
        ("", "No sample ''"),
    ],
)
def test_a_sample_without_attributions_is_told_why(run: Path, sample: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        explain_run(run, sample)


def break_probability(run: Path) -> None:
    told = pd.read_csv(table(run, "out_of_fold"), keep_default_na=False)
    told["gradient_boosting_probability"] = 0.5
    write_csv(told, table(run, "out_of_fold"))


def edited(name: str, column: str, value: object):
    def change(run: Path) -> None:
        told = pd.read_csv(table(run, name), keep_default_na=False, dtype=str)
        told.loc[0, column] = value
        write_csv(told, table(run, name))

    return change


def repeated(run: Path) -> None:
    told = pd.read_csv(table(run, "out_of_fold"), keep_default_na=False, dtype=str)
    write_csv(pd.concat([told, told.iloc[:1]]), table(run, "out_of_fold"))


def without(*names: str, kind: str = "discrete"):
    def change(run: Path) -> None:
        for name in names:
            table(run, name).unlink()
        (run / "report.json").write_text(json.dumps({"verdict": {"kind": kind}}))

    return change


ALL = ("attribution_samples", "attribution", "out_of_fold")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda run: (run / "DONE").unlink(), "no finished run .*no DONE file"),
        (lambda run: (run / "report.json").write_text("{"), "report.json' cannot be read"),
        (lambda run: (run / "report.json").write_text("[]"), "not the folder of a study"),
        (lambda run: (run / "report.json").unlink(), "report.json' cannot be read"),
        (without(*ALL, kind="continuum"), "verdict of this run is 'continuum', so nobody's"),
        (without(*ALL, kind="underpowered"), "verdict of this run is 'underpowered'"),
        (without(*ALL), "prediction of this run was switched off"),
        (without(*ALL[:2]), "No outer fold of this run could be fitted"),
        (without(ALL[0]), "written before runs kept the attributions of single people"),
        (without("out_of_fold"), "out_of_fold.csv' cannot be read"),
        (lambda run: table(run, "attribution").write_text("a,b\n1,2\n"), "lacks the column"),
        (lambda run: table(run, "attribution").write_text(""), "cannot be read"),
        (edited("attribution_samples", "attribution", "x"), "no numbers in 'attribution'; it is"),
        (edited("attribution_samples", "value", "high"), "no numbers in 'value'; it is not as it"),
        (edited("attribution", "mean_abs", "x"), "attribution.csv in .* no numbers in 'mean_abs'"),
        (edited("out_of_fold", "fold", "first"), "out_of_fold.csv in .* no numbers in 'fold'"),
        (edited("out_of_fold", "fold", "0.5"), "out_of_fold.csv in .* no numbers in 'fold'"),
        (edited("out_of_fold", "gradient_boosting_probability", "?"), "holds no numbers in 'grad"),
        (edited("out_of_fold", "sample_id", "other"), "do not belong together"),
        (repeated, "do not belong together: run the study again"),
        (lambda run: (run / "report.json").write_text("[" * 100000), "report.json' cannot be"),
        (
            break_probability,
            r"add up to a probability of 0\.679179; out_of_fold.csv says 0\.500000",
        ),
    ],
)
def test_a_run_that_cannot_be_explained_says_why(run: Path, change, said: str) -> None:
    change(run)
    with pytest.raises(InputError, match=said):
        explain_run(run, "NA")


def test_the_command_prints_the_waterfall_and_draws_it(run: Path, tmp_path: Path, capsys) -> None:
    target = tmp_path / "person.png"
    assert exit_code_of(["explain", str(run), "--sample", "NA", "--out", str(target)]) == 0
    said = capsys.readouterr().out
    assert "CCL17*" in said
    assert "Probability 67.9% by the gradient boosting, fold 0; labelled 'subtype'" in said
    assert "pushed the probability of NA up from 27% to 68%" in said
    assert "not what causes" in said
    assert target.read_bytes()[1:4] == b"PNG"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--sample", "nobody"], "No sample 'nobody'"),
        (["--sample", "NA", "--out", "{run}/tables/folds.csv"], "would overwrite"),
        (["--sample", "NA", "--out", "{run}/nowhere/x.png"], "does not exist; make it first"),
        (["--sample", "NA", "--out", "{run}"], "is a folder"),
    ],
)
def test_bad_words_end_with_code_two(run: Path, words: list[str], said: str, capsys) -> None:
    before = table(run, "folds").read_bytes()
    given = [word.format(run=run) for word in words]
    assert exit_code_of(["explain", str(run), *given]) == 2
    assert said in capsys.readouterr().err
    assert table(run, "folds").read_bytes() == before
    assert exit_code_of(["explain", str(run / "absent"), "--sample", "NA"]) == 2
    assert "is not a folder" in capsys.readouterr().err
