"""Hundreds of child runs below one parent: three calls a child, no global state."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from subtyping.tracking.quiet import import_mlflow
from subtyping.tracking.stream import LONGEST_PARAM
from subtyping.tracking.tracked_run import STATUS, TrackedRun

__all__ = ["GridChild", "log_children"]


@dataclass(frozen=True)
class GridChild:
    """One finished child run, in plain values.

    Attributes
    ----------
    name : str
    params : mapping of str to str
    metrics : mapping of str to float
        Finite numbers.
    tags : mapping of str to str
    """

    name: str
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    tags: Mapping[str, str] = field(default_factory=dict)


def log_children(
    run: TrackedRun,
    children: Iterable[GridChild],
    *,
    advance: Callable[[], None] | None = None,
) -> int:
    """Write child runs below an open run.

    A child is made, filled by one batch and ended; it is never the active run. An interruption
    ends the child it hits (KILLED, or FAILED after an error) before it goes on to the parent.

    Parameters
    ----------
    run : TrackedRun
        The parent.
    children : iterable of GridChild
    advance : callable, optional
        Called after each child.

    Returns
    -------
    int
        How many were written.
    """
    mlflow = import_mlflow()
    client = mlflow.MlflowClient(tracking_uri=run.store.uri)
    parent = {"mlflow.parentRunId": run.run_id, "mlflow.source.name": "subtyping"}
    count = 0
    for child in children:
        made = client.create_run(
            run.store.experiment_id,
            tags={STATUS: "started", **parent},
            run_name=child.name,
        )
        end = "FAILED"
        try:
            _fill(client, made.info.run_id, child)
            end = "FINISHED"
        except KeyboardInterrupt:
            end = "KILLED"
            raise
        finally:
            if end != "FINISHED":
                client.set_tag(made.info.run_id, STATUS, end.lower())
            client.set_terminated(made.info.run_id, end)
        count += 1
        if advance is not None:
            advance()
    return count


def _fill(client: "object", run_id: str, child: GridChild) -> None:
    """Write everything a child says in one call."""
    from mlflow.entities import Metric, Param, RunTag

    now = int(time.time() * 1000)
    client.log_batch(  # type: ignore[attr-defined]
        run_id,
        metrics=[Metric(name, float(value), now, 0) for name, value in child.metrics.items()],
        params=[Param(name, text[:LONGEST_PARAM]) for name, text in child.params.items()],
        tags=[RunTag(name, text) for name, text in {**child.tags, STATUS: "completed"}.items()],
    )
