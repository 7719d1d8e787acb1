"""The one place where records become calls to MLflow."""

import warnings
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

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

__all__ = ["consume"]

MODEL_CODE = Path(__file__).with_name("pyfunc_model.py")
MODEL_LIBRARIES = ("subtyping", "numpy", "pandas", "scipy", "scikit-learn")
LONGEST_DIGEST = 36


def consume(records: Iterable[Record], *, experiment_id: str) -> None:
    """Write records to the active run.

    Parameters
    ----------
    records : iterable of Record
        Read once, in order; a `Child` opens a run below the active one.
    experiment_id : str
        Where child runs go.

    Raises
    ------
    RuntimeError
        If no run is active.
    """
    mlflow = import_mlflow()
    if mlflow.active_run() is None:
        message = "Records are written to an active run; open one with tracked_run(...)."
        raise RuntimeError(message)
    for record in records:
        _write(mlflow, record, experiment_id)


def _write(mlflow: Any, record: Record, experiment_id: str) -> None:
    """Write one record."""
    match record:
        case Tag(name, value):
            mlflow.set_tag(name, value)
        case Params(values):
            mlflow.log_params(dict(values))
        case Metrics(values):
            mlflow.log_metrics(dict(values))
        case Text(path, content):
            mlflow.log_text(content, path)
        case File(source, folder):
            mlflow.log_artifact(str(source), folder or None)
        case Dataset():
            _write_dataset(mlflow, record)
        case Model():
            _write_model(mlflow, record)
        case Child(name, records):
            with mlflow.start_run(experiment_id=experiment_id, run_name=name, nested=True):
                consume(records, experiment_id=experiment_id)


def _write_dataset(mlflow: Any, record: Dataset) -> None:
    """Log name, digest, source and schema; the store takes 36 characters of a digest."""
    from mlflow.data.code_dataset_source import CodeDatasetSource
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.types import ColSpec, Schema

    schema = Schema([ColSpec("double", name, required=False) for name in record.analytes])
    dataset = MetaDataset(
        CodeDatasetSource({"file": record.source}),
        name=record.name,
        digest=record.digest[:LONGEST_DIGEST],
        schema=schema if record.analytes else None,
    )
    mlflow.log_input(dataset, context="derivation")


def _write_model(mlflow: Any, record: Model) -> None:
    """Log the assigner as code that reads a JSON card: nothing is pickled.

    The signature states the columns that come back. It does not state those that go in: MLflow
    would drop every column it does not know before the reader could match other spellings of an
    analyte, and the reader's own messages say more. No input example is kept, as it would be
    somebody's values; MLflow's advice to add one is the only warning silenced here.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    outputs = [ColSpec("string", "sample_id"), ColSpec("double", "probability", required=False)]
    outputs += [ColSpec("string", "label"), ColSpec("string", "reason")]
    more = ("probability_ci_low", "probability_ci_high", "value", "information_lost_frac")
    outputs += [ColSpec("double", name, required=False) for name in more]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="(?s).*input example was not provided")
        mlflow.pyfunc.log_model(
            name=record.name,
            python_model=str(MODEL_CODE),
            artifacts={"card": str(record.folder / "card.json")},
            pip_requirements=_requirements(),
            signature=ModelSignature(outputs=Schema(outputs)),
            metadata=dict(record.metadata),
        )


def _requirements() -> list[str]:
    """Return the exact versions the model was made with."""
    found = []
    for name in MODEL_LIBRARIES:
        try:
            found.append(f"{name}=={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(name)
    return found
