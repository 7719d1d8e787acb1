"""Results to MLflow: a stream of records, one consumer, one store."""

from subtyping.tracking.children import GridChild, log_children
from subtyping.tracking.consume import consume
from subtyping.tracking.history import EarlierDeclarations, earlier_declarations
from subtyping.tracking.quiet import import_mlflow
from subtyping.tracking.records import (
    Child,
    Dataset,
    File,
    Metrics,
    Model,
    Params,
    Record,
    Tag,
    Text,
)
from subtyping.tracking.store import DEFAULT_EXPERIMENT, Store, open_store, tracking_uri
from subtyping.tracking.stream import Candidate, flatten, start_records, study_records
from subtyping.tracking.tracked_run import TrackedRun, tracked_run
from subtyping.tracking.ui import UI_ENVIRONMENT, ui_command, ui_link

__all__ = [
    "DEFAULT_EXPERIMENT",
    "UI_ENVIRONMENT",
    "Candidate",
    "Child",
    "Dataset",
    "EarlierDeclarations",
    "File",
    "GridChild",
    "Metrics",
    "Model",
    "Params",
    "Record",
    "Store",
    "Tag",
    "Text",
    "TrackedRun",
    "consume",
    "earlier_declarations",
    "flatten",
    "import_mlflow",
    "log_children",
    "open_store",
    "start_records",
    "study_records",
    "tracked_run",
    "tracking_uri",
    "ui_command",
    "ui_link",
]
