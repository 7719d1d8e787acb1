"""A study's run from its first second to its last, whatever happens in between."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from subtyping.exceptions import InputError
from subtyping.tracking.consume import consume
from subtyping.tracking.quiet import import_mlflow
from subtyping.tracking.records import Record
from subtyping.tracking.store import DEFAULT_EXPERIMENT, Store, open_store

__all__ = ["TrackedRun", "tracked_run"]

STATUS = "subtyping.status"


@dataclass(frozen=True)
class TrackedRun:
    """An open run.

    Attributes
    ----------
    run_id : str
        Id in the store.
    store : Store
        Where it is kept.
    """

    run_id: str
    store: Store

    def log(self, records: Iterable[Record]) -> None:
        """Write records to this run."""
        consume(records, experiment_id=self.store.experiment_id)


@contextmanager
def tracked_run(
    name: str,
    records: Iterable[Record] = (),
    *,
    uri: str | None = None,
    experiment: str = DEFAULT_EXPERIMENT,
    root: Path | str | None = None,
) -> Iterator[TrackedRun]:
    """Open the parent run of a study and close it honestly.

    The tag ``subtyping.status`` says ``started`` first and ``completed`` last. After an error it
    says ``failed`` and the run is FAILED; after Ctrl-C it says ``killed`` and the run is KILLED.
    In both cases the exception goes on.

    Parameters
    ----------
    name : str
        Name of the run.
    records : iterable of Record
        Written at once, so that a run that fails still says what it was (`start_records`).
    uri, experiment, root
        See `open_store`.

    Yields
    ------
    TrackedRun
        Its ``log`` takes more records.

    Raises
    ------
    InputError
        If a run is already open in this process, or the store cannot be used.
    """
    mlflow = import_mlflow()
    if mlflow.active_run() is not None:
        message = "A study opens its own run; end the open one first with mlflow.end_run()."
        raise InputError(message)
    store = open_store(uri, experiment, root)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(store.uri)
    status, end = "failed", "FAILED"
    try:
        run = mlflow.start_run(experiment_id=store.experiment_id, run_name=name)
        mlflow.set_tag(STATUS, "started")
        tracked = TrackedRun(run.info.run_id, store)
        tracked.log(records)
        yield tracked
        status, end = "completed", "FINISHED"
    except KeyboardInterrupt:
        status, end = "killed", "KILLED"
        raise
    finally:
        _close(mlflow, status, end)
        mlflow.set_tracking_uri(before)


def _close(mlflow: Any, status: str, end: str) -> None:
    """Tag and end every run that is still open, children first."""
    while mlflow.active_run() is not None:
        mlflow.set_tag(STATUS, status)
        mlflow.end_run(end)
