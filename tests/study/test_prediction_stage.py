"""What of a prediction cannot be done is said before the first computation."""

import sys
from pathlib import Path

import numpy as np
import pytest

from subtyping.exceptions import InputError, SpecError
from subtyping.study.cohort import StudyCohort, load_cohort
from subtyping.study.prediction_stage import check_prediction, outcome_columns
from subtyping.study.run import run_study
from subtyping.study.spec import StudySpec, spec_from

HEADER = "id,diagnosis,plate,age_years,age,sex01,madrs,grade,same,word,few"


def declared(folder: Path, prediction: dict) -> StudySpec:
    rng = np.random.default_rng(5)
    ids = [f"p{i}" for i in range(24)]
    values = [f"{name},{rng.normal():.3f},{rng.normal():.3f}" for name in ids]
    (folder / "panel.csv").write_text("\n".join(["id,CCL17,IL6", *values]))
    rows = [
        f"{name},{'ab'[i % 2]},{i % 3},{30 + i},{100 + i},{i // 2 % 2},{i},{i // 2 % 3},7,"
        f"Jane Doe,{'' if i > 5 else i // 2 % 2}"
        for i, name in enumerate(ids)
    ]
    (folder / "samples.csv").write_text("\n".join([HEADER, *rows]))
    cohort = {
        "panel": "panel.csv",
        "unit": "NPX",
        "samples": "samples.csv",
        "columns": {"sample": "id", "group": "diagnosis", "batch": "plate", "bmi": "age_years"},
        "groups": {"case": ["a"], "reference": ["b"]},
    }
    axis = {"name": "own", "members": ["CCL17", "IL6"]}
    document = {"seed": 1, "cohort": cohort, "discovery": {"axis": axis}, "prediction": prediction}
    return spec_from(document)


def outcome(column: str, kind: str = "number") -> dict:
    return {"outcomes": {"y": {"column": column, "kind": kind}}}


def read(folder: Path, prediction: dict) -> tuple[StudySpec, StudyCohort]:
    spec = declared(folder, prediction)
    return spec, load_cohort(spec, folder)


@pytest.mark.parametrize(
    ("column", "first"),
    [("madrs", 0.0), ("plate", "0"), ("diagnosis", "a"), ("age_years", 30.0), ("age", 100.0)],
)
def test_a_column_is_found_under_the_name_of_its_role(tmp_path, column, first):
    found = outcome_columns(*read(tmp_path, outcome(column)))["y"]
    assert found.iloc[0] == first
    assert found.name == "y"


@pytest.mark.parametrize(
    ("prediction", "match"),
    [
        (outcome("diagnosys"), r"outcomes\.y: 'diagnosys' is no column .* mean 'diagnosis'"),
        (outcome("diagnosis", "binary"), "'diagnosis' cannot be predicted. .* 24 samples hold"),
        (outcome("word", "binary"), "must be numbers; 24 samples hold something else: 'p0'"),
        (outcome("word"), "must be numbers; 24 samples hold"),
        (outcome("grade", "binary"), "'y' holds another number in 4 case samples: 'p4', 'p10'"),
        (outcome("same"), "'same' cannot be predicted. It is the same in all 12 case samples"),
        ({"leave_out": "site", "enabled": True}, "site"),
        ({"leave_out": "site", "enabled": False} | outcome("madrs"), "site"),
    ],
)
def test_what_cannot_be_predicted_is_said_first(tmp_path, monkeypatch, prediction, match):
    def never(*_: object) -> None:
        pytest.fail("something was computed")

    monkeypatch.setattr("subtyping.study.run.analyse", never)
    spec = declared(tmp_path, prediction)
    with pytest.raises(InputError, match=match) as caught:
        run_study(spec, out=tmp_path / "run", data=tmp_path, jobs=1, track=False)
    assert "\n" not in str(caught.value)
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    "prediction",
    [
        *(outcome(column, "binary") for column in ("sex01", "few")),
        *(outcome(column) for column in ("grade", "plate")),
        {"leave_out": "site", "enabled": False},
        {"leave_out": "plate"},
        {"search": "optuna", "inner_folds": 2, "enabled": False},
    ],
)
def test_what_can_be_done_or_is_not_asked_for_passes(tmp_path, monkeypatch, prediction):
    monkeypatch.setitem(sys.modules, "optuna", None)
    check_prediction(*read(tmp_path, prediction))


def test_a_search_without_its_library_is_said_first(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    spec, cohort = read(tmp_path, {"search": "optuna", "inner_folds": 2})
    with pytest.raises(InputError, match=r"subtyping\[search\]"):
        check_prediction(spec, cohort)


def test_a_wrong_outcome_is_a_wrong_specification(tmp_path):
    with pytest.raises(SpecError, match=r"prediction\.outcomes\.y"):
        check_prediction(*read(tmp_path, outcome("same")))
