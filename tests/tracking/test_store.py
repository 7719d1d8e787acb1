"""Where runs are kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from subtyping.exceptions import InputError
from subtyping.tracking import import_mlflow, open_store, tracking_uri
from subtyping.tracking.ui import ui_command, ui_link

REPOSITORY = Path(__file__).parents[2]
OPEN = (
    "import sys; from subtyping.tracking import open_store; "
    "print(open_store(root=sys.argv[1]).experiment_id)"
)


def test_the_argument_beats_the_environment_beats_the_default(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert tracking_uri() == f"sqlite:///{tmp_path}/mlruns/mlflow.db"
    assert tracking_uri(root="else") == f"sqlite:///{tmp_path}/else/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert tracking_uri() == "http://127.0.0.1:5000"
    assert tracking_uri("sqlite:///a.db") == f"sqlite:///{tmp_path}/a.db"


@pytest.mark.parametrize(
    ("uri", "match"),
    [
        ("mlruns", "must name a database or a server"),
        ("file:///tmp/mlruns", "must name a database or a server"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_a_store_that_cannot_be_used_is_refused(uri, match):
    with pytest.raises(InputError, match=match):
        tracking_uri(uri)


def test_artifacts_lie_beside_the_database_and_nothing_lands_elsewhere(
    store_uri, tmp_path, monkeypatch
):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    store = open_store(store_uri)
    assert store.artifacts == (tmp_path / "store" / "artifacts").as_uri()
    assert list(here.iterdir()) == []


def test_opening_twice_gives_the_same_experiment(store_uri):
    assert open_store(store_uri) == open_store(store_uri)


def test_a_store_that_was_moved_is_refused(store_uri, tmp_path):
    open_store(store_uri)
    (tmp_path / "store").rename(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="was moved"):
        open_store(f"sqlite:///{tmp_path}/elsewhere/mlflow.db")


def test_two_processes_may_open_a_fresh_store_at_once(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}
    environment["PYTHONPATH"] = str(REPOSITORY)
    command = [sys.executable, "-W", "error::UserWarning", "-c", OPEN, str(tmp_path / "new")]
    running = [
        subprocess.Popen(
            command, cwd=tmp_path, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    answers = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0, 0], answers
    assert len({out for out, _ in answers}) == 1
    assert [err for _, err in answers] == ["", ""]  # no chatter of migrations
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new"]


def test_telemetry_is_off_before_the_import():
    import_mlflow()
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"


def test_the_page_is_served_from_the_right_store():
    command = ui_command("sqlite:////runs/mlflow.db", port=5001)
    assert command[command.index("--backend-store-uri") + 1] == "sqlite:////runs/mlflow.db"
    assert ui_link("3", port=5001).endswith("experiments/3/runs?workflowType=machine_learning")


def test_a_server_has_its_own_page():
    with pytest.raises(InputError, match="page of its own"):
        ui_command("https://tracking.example")
