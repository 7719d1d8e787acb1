"""Look at the runs: MLflow's own page on the right store, in the view for studies."""

import sys
from urllib.parse import urlsplit

from subtyping.exceptions import InputError

__all__ = ["UI_ENVIRONMENT", "ui_command", "ui_link"]

UI_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONWARNINGS": "ignore",
}


def ui_command(uri: str, *, port: int = 5000) -> list[str]:
    """Return the command that serves the page of a store on this machine.

    Parameters
    ----------
    uri : str
        Store, from `tracking_uri`. It is passed on explicitly because the page does not read
        ``MLFLOW_TRACKING_URI``.
    port : int
        Port on 127.0.0.1.

    Returns
    -------
    list of str
        To be started with `UI_ENVIRONMENT` added to the environment.

    Raises
    ------
    InputError
        If the store is a server: it has a page of its own.

    Examples
    --------
    >>> ui_command("sqlite:///mlruns/mlflow.db", port=5001)[3:]
    ['ui', '--backend-store-uri', 'sqlite:///mlruns/mlflow.db', '--host', '127.0.0.1', \
'--port', '5001', '--workers', '1']
    """
    if urlsplit(uri).scheme in ("http", "https"):
        message = f"{uri} is a server with a page of its own; open {ui_link(uri=uri)} instead."
        raise InputError(message)
    return [
        *(sys.executable, "-m", "mlflow", "ui", "--backend-store-uri", uri),
        *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
    ]


def ui_link(experiment_id: str | None = None, *, port: int = 5000, uri: str | None = None) -> str:
    """Return the link to the table of runs, in the view that shows parameters and metrics.

    Parameters
    ----------
    experiment_id : str, optional
        MLflow's id of the experiment; the list of experiments without it.
    port : int, default 5000
        Port of a page served on this machine.
    uri : str, optional
        Address of a server instead.

    Returns
    -------
    str

    Examples
    --------
    >>> ui_link("1")
    'http://127.0.0.1:5000/#/experiments/1/runs?workflowType=machine_learning'
    """
    base = (uri or f"http://127.0.0.1:{port}").rstrip("/")
    page = "experiments" if experiment_id is None else f"experiments/{experiment_id}/runs"
    return f"{base}/#/{page}?workflowType=machine_learning"
