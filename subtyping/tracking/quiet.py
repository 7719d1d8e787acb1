"""The only door to MLflow: imported late, with telemetry off and a quiet console."""

import logging
import os
import warnings
from typing import Any

__all__ = ["import_mlflow"]

DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_UV_AUTO_DETECT": "false",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}


def import_mlflow() -> Any:
    """Return the ``mlflow`` module.

    Settings of the environment win over ours: telemetry off, no search for a uv project, no
    progress bars, no links printed, and no chatter of schema migrations on the console.

    Returns
    -------
    module
    """
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with warnings.catch_warnings():
        # MLflow remarks on the type hints of its own classes when it is imported.
        warnings.filterwarnings("ignore", message=".*Any type hint is inferred as AnyType")
        import mlflow
        import mlflow.pyfunc

    return mlflow
