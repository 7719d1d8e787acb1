"""What is logged, tested with no store."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from subtyping.tracking.records import Child, Dataset, File, Metrics, Model, Params, Tag
from subtyping.tracking.stream import flatten, start_records, study_records

CANDIDATES = [
    ("gaussian mixture, 2", {"clusterer": "gaussian_mixture", "n": 2}, {"bic": -12.5}),
    ("hdbscan", {"clusterer": "hdbscan"}, {"stability": float("nan")}),
]


@pytest.fixture
def records(fake_result, run_folder):
    return list(study_records(fake_result("discrete"), run_folder, candidates=CANDIDATES))


def of_kind(records, kind):
    return [record for record in records if isinstance(record, kind)]


def test_start_says_question_and_spec(fake_result):
    result = fake_result("discrete")
    first, *_, params = start_records(result.spec, result.question)
    assert first == Tag("subtyping.question", result.question)
    assert params.values["cohort.groups.case"] == '["MDD"]'
    assert params.values["seed"] == "20260117"


def test_every_file_of_the_run_folder_is_logged_under_its_own_place(records, run_folder):
    logged = {Path(record.folder) / record.source.name for record in of_kind(records, File)}
    present = {path.relative_to(run_folder) for path in run_folder.rglob("*") if path.is_file()}
    assert logged == present


def test_done_comes_last(records):
    assert records[-1].source.name == "DONE"


def test_metrics_are_finite_and_keep_their_intervals(records):
    (metrics,) = of_kind(records, Metrics)
    assert metrics.values["level_reliability"] == 0.86
    assert metrics.values["level_reliability_ci_low"] == 0.81
    assert metrics.values["verdict.p_value"] == 0.001
    assert metrics.values["checks.fires"] == 1
    assert "fidelity_roc_auc" not in metrics.values  # it is missing in the result
    assert all(math.isfinite(value) for value in metrics.values.values())


def test_one_child_for_each_candidate_and_one_for_the_null_twin(records):
    children = of_kind(records, Child)
    assert [child.name for child in children] == ["gaussian mixture, 2", "hdbscan", "null twin"]
    kind, params, metrics = children[0].records
    assert kind == Tag("subtyping.kind", "candidate")
    assert params == Params({"clusterer": "gaussian_mixture", "n": "2"})
    assert metrics == Metrics({"bic": -12.5})
    assert children[1].records[2] == Metrics({})
    assert children[2].records[1].values == {"existence_p_value": 0.48, "fidelity_roc_auc": 0.71}


def test_the_dataset_names_analytes_and_nobody(records):
    (dataset,) = of_kind(records, Dataset)
    assert dataset.digest == "0123456789abcdef" * 4
    assert "CCL17" in dataset.analytes
    assert not any(name.startswith("S0") for name in dataset.analytes)


def test_the_model_is_the_folder_of_the_card(records, run_folder):
    (model,) = of_kind(records, Model)
    assert model.folder == run_folder / "model"
    assert model.metadata["verdict"] == "discrete"


def test_a_blocked_study_says_why_in_its_tags(fake_result, run_folder):
    stream = study_records(fake_result("blocked"), run_folder)
    tags = {record.name: record.value for record in stream if isinstance(record, Tag)}
    assert tags["subtyping.verdict"] == "blocked"
    assert "aliased with visit_quarter" in tags["subtyping.checks_fired"]
    assert "subtyping.git_commit" not in tags  # unknown, so not said


def test_flatten_shortens_to_what_a_store_takes():
    flat = flatten({"a": {"b": "x" * 600, "c": {}}, "naïve (x)": None})
    assert len(flat["a.b"]) == 500
    assert flat["a.b"].endswith("…")
    assert flat["a.c"] == "{}"
    assert flat["naïve _x_"] == "null"


def test_the_stream_needs_no_store():
    code = "import sys, subtyping.tracking.stream; print('mlflow' in sys.modules)"
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
