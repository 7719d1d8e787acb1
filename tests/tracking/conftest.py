"""One migrated store a session, copied for each test; one small study result."""

import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from subtyping.report import StudyResult, write_report
from subtyping.tracking import import_mlflow, open_store

FAKE = Path(__file__).parents[1] / "report" / "fake_result.py"


@pytest.fixture(scope="session")
def fake_result() -> Callable[..., StudyResult]:
    """Return the factory of made-up results."""
    return runpy.run_path(str(FAKE))["fake_result"]


@pytest.fixture(scope="session")
def run_folder(
    fake_result: Callable[..., StudyResult], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a run folder that was written once and is only read."""
    return write_report(fake_result("discrete"), tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with its schema and no experiment of ours."""
    folder = tmp_path_factory.mktemp("template")
    open_store(f"sqlite:///{folder}/mlflow.db", experiment="made only to build the schema")
    return folder / "mlflow.db"


@pytest.fixture
def store_uri(migrated_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URI of a store of this test's own, outside any environment setting."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    folder = tmp_path / "store"
    folder.mkdir()
    shutil.copy(migrated_database, folder / "mlflow.db")
    return f"sqlite:///{folder}/mlflow.db"


@pytest.fixture
def client(store_uri: str) -> Any:
    """Return a client that reads the store without touching global state."""
    return import_mlflow().MlflowClient(tracking_uri=store_uri)


@pytest.fixture(autouse=True)
def no_run_left_open() -> Any:
    """Hold that every test leaves MLflow as it found it."""
    mlflow = import_mlflow()
    before = mlflow.get_tracking_uri()
    yield
    assert mlflow.active_run() is None
    mlflow.set_tracking_uri(before)
