"""Runs end as what they were; what was logged can be read back."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.tracking import (
    Child,
    Metrics,
    Tag,
    Text,
    consume,
    import_mlflow,
    start_records,
    study_records,
    tracked_run,
)

CANDIDATES = [("gaussian mixture, 2", {"n": 2}, {"bic": -12.5})]


def status_of(client, run_id):
    run = client.get_run(run_id)
    return run.data.tags["subtyping.status"], run.info.status


def test_started_first_completed_last(store_uri, client):
    with tracked_run("study", uri=store_uri) as run:
        assert status_of(client, run.run_id) == ("started", "RUNNING")
    assert status_of(client, run.run_id) == ("completed", "FINISHED")


@pytest.mark.parametrize(
    ("error", "tag", "status"),
    [(ValueError, "failed", "FAILED"), (KeyboardInterrupt, "killed", "KILLED")],
)
def test_a_run_that_breaks_says_so_and_keeps_its_spec(store_uri, client, error, tag, status):
    with (
        pytest.raises(error),
        tracked_run("study", start_records({"seed": 1}, "?"), uri=store_uri) as run,
    ):
        raise error
    assert status_of(client, run.run_id) == (tag, status)
    assert client.get_run(run.run_id).data.params == {"seed": "1"}


def test_a_child_that_breaks_closes_its_parent_too(store_uri, client):
    def broken():
        yield Tag("a", "b")
        message = "in the middle"
        raise ValueError(message)

    with (
        pytest.raises(ValueError, match="in the middle"),
        tracked_run("study", uri=store_uri) as run,
    ):
        run.log([Child("candidate", broken())])
    assert status_of(client, run.run_id) == ("failed", "FAILED")


def test_a_study_refuses_to_start_inside_an_open_run(store_uri):
    with (
        tracked_run("outer", uri=store_uri),
        pytest.raises(InputError, match="opens its own run"),
        tracked_run("inner", uri=store_uri),
    ):
        pass


def test_the_tracking_uri_of_the_caller_is_put_back(store_uri):
    mlflow = import_mlflow()
    before = mlflow.get_tracking_uri()
    with tracked_run("study", uri=store_uri):
        assert mlflow.get_tracking_uri() == store_uri
    assert mlflow.get_tracking_uri() == before


def test_records_need_a_run():
    with pytest.raises(RuntimeError, match="active run"):
        consume([Tag("a", "b")], experiment_id="0")


def test_text_and_empty_metrics_are_records_too(store_uri, client):
    with tracked_run("study", [Text("notes/a.txt", "hello"), Metrics({})], uri=store_uri) as run:
        pass
    assert [item.path for item in client.list_artifacts(run.run_id)] == ["notes"]


@pytest.fixture
def logged(store_uri, fake_result, run_folder):
    result = fake_result("discrete")
    start = start_records(result.spec, result.question)
    with tracked_run("study", start, uri=store_uri) as run:
        run.log(study_records(result, run_folder, candidates=CANDIDATES))
    return run


def test_a_study_is_read_back(logged, client, run_folder, tmp_path):
    run = client.get_run(logged.run_id)
    assert run.data.tags["subtyping.verdict"] == "discrete"
    assert run.data.params["discovery.axis"] == "Th2"
    assert run.data.metrics["level_reliability"] == 0.86
    children = client.search_runs(
        [logged.store.experiment_id], f"tags.mlflow.parentRunId = '{logged.run_id}'"
    )
    assert {child.info.run_name for child in children} == {"gaussian mixture, 2", "null twin"}
    (entry,) = run.inputs.dataset_inputs
    assert entry.dataset.digest == "0123456789abcdef0123456789abcdef0123"
    assert entry.dataset.source == '{"tags": {"file": "panel.csv"}}'
    artifacts = tmp_path / "store" / "artifacts" / logged.run_id / "artifacts"
    for path in run_folder.rglob("*"):
        if path.is_file():
            assert (artifacts / path.relative_to(run_folder)).read_bytes() == path.read_bytes()


class FakeAssigner:
    """Stands for the assigner: keeps what it was given and answers a half to everyone."""

    def __init__(self, folder: Path) -> None:
        assert (folder / "card.json").is_file()

    def read(self, values):
        assert list(values.columns) == ["sample_id", "CCL-17", "comment"]
        return values

    def assign(self, panel):
        table = pd.DataFrame({"sample_id": panel["sample_id"].astype(str), "probability": 0.5})
        return SimpleNamespace(table=table.assign(label="unclear", reason="<0.5 seen"))


def test_the_model_reads_a_raw_panel_table_from_another_folder(
    logged, store_uri, client, monkeypatch, tmp_path
):
    monkeypatch.setattr("subtyping.discovery.load_assigner", FakeAssigner, raising=False)
    monkeypatch.chdir(tmp_path)
    mlflow = import_mlflow()
    mlflow.set_tracking_uri(store_uri)
    (found,) = client.search_logged_models([logged.store.experiment_id])
    assert found.source_run_id == logged.run_id
    model = mlflow.pyfunc.load_model(f"models:/{found.model_id}")
    raw = pd.DataFrame({"sample_id": ["p1", "p2"], "CCL-17": ["<0.5", 9.1], "comment": ["", "a"]})
    answer = model.predict(raw)
    assert list(answer.columns) == ["sample_id", "probability", "label", "reason"]
    assert answer["probability"].tolist() == [0.5, 0.5]


def test_no_pickle_and_no_values_in_the_model(logged, tmp_path):
    files = list((tmp_path / "store" / "artifacts" / "models").rglob("*"))
    names = {path.name for path in files if path.is_file()}
    assert "card.json" in names
    assert "pyfunc_model.py" in names
    assert not any(name.endswith((".pkl", ".pickle", ".joblib")) for name in names)
    assert not any("example" in name for name in names)
