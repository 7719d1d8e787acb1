"""Where runs are kept: one database, its artifacts beside it, opened safely the first time."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from subtyping.exceptions import InputError
from subtyping.tracking.quiet import import_mlflow

__all__ = ["DEFAULT_EXPERIMENT", "Store", "open_store", "tracking_uri"]

DEFAULT_EXPERIMENT = "subtyping"
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")
SERVERS = ("http", "https")
LOCK_SECONDS = 300
DESCRIPTION = (
    "Is a subtype really there in a cytokine panel, who is in it, and what could a trial screen "
    "on? One parent run for each study; child runs are candidate configurations and the null twin."
)


@dataclass(frozen=True)
class Store:
    """An opened tracking store.

    Attributes
    ----------
    uri : str
        Where runs are kept.
    experiment, experiment_id : str
        Where new runs go.
    artifacts : str or None
        Folder of the artifacts as a URI; None where a server decides.
    """

    uri: str
    experiment: str
    experiment_id: str
    artifacts: str | None


def tracking_uri(uri: str | None = None, root: Path | str | None = None) -> str:
    """Return the store to use: `uri`, else ``MLFLOW_TRACKING_URI``, else ``<root>/mlflow.db``.

    Parameters
    ----------
    uri : str, optional
        What the person asked for.
    root : path, optional
        Folder of the default store; ``mlruns`` of the working directory if not given.

    Returns
    -------
    str
        A database or server URI; a relative SQLite path is made absolute.

    Raises
    ------
    InputError
        If the URI is a folder or of a kind that MLflow no longer keeps runs in.

    Examples
    --------
    >>> tracking_uri("http://127.0.0.1:5000")
    'http://127.0.0.1:5000'
    """
    chosen = uri or os.environ.get("MLFLOW_TRACKING_URI")
    if not chosen:
        folder = Path(root) if root is not None else Path.cwd() / "mlruns"
        return f"sqlite:///{(folder / 'mlflow.db').resolve().as_posix()}"
    scheme = urlsplit(chosen).scheme.split("+")[0]
    if scheme not in (*DATABASES, *SERVERS):
        message = (
            "A tracking URI must name a database or a server, such as sqlite:///runs/mlflow.db or "
            f"http://127.0.0.1:5000; got {chosen!r}."
        )
        raise InputError(message)
    if scheme == "sqlite":
        return f"sqlite:///{_database_path(chosen).as_posix()}"
    return chosen


def open_store(
    uri: str | None = None,
    experiment: str = DEFAULT_EXPERIMENT,
    root: Path | str | None = None,
) -> Store:
    """Open the store, making its schema and the experiment on first use.

    Making the schema is not safe when two processes do it at once, so it is done behind a file
    lock. For a database server used from several machines, start the server once first.

    Parameters
    ----------
    uri, root
        See `tracking_uri`.
    experiment : str
        Name of the experiment; made if absent.

    Returns
    -------
    Store

    Raises
    ------
    InputError
        If the URI cannot be used, or the experiment keeps its artifacts in a folder that is no
        longer there (a store that was moved: its paths are absolute).
    """
    from filelock import FileLock

    place = tracking_uri(uri, root)
    import_mlflow()
    if urlsplit(place).scheme in SERVERS:
        return _experiment(place, experiment, None)
    folder = _local_folder(place, root)
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / ".store.lock", timeout=LOCK_SECONDS):
        return _experiment(place, experiment, folder / "artifacts")


def _database_path(uri: str) -> Path:
    """Return the file of a SQLite URI."""
    path = uri.partition("///")[2].partition("?")[0]
    if not path or path == ":memory:":
        message = f"A SQLite store needs a file, such as sqlite:///runs/mlflow.db; got {uri!r}."
        raise InputError(message)
    return Path(path).resolve()


def _local_folder(uri: str, root: Path | str | None) -> Path:
    """Return the folder of lock and artifacts: beside a SQLite file, else the default root."""
    if uri.startswith("sqlite:"):
        return _database_path(uri).parent
    return (Path(root) if root is not None else Path.cwd() / "mlruns").resolve()


def _experiment(uri: str, name: str, artifacts: Path | None) -> Store:
    """Return the experiment, made if absent."""
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=uri)
    found = client.get_experiment_by_name(name)
    if found is None:
        location = None if artifacts is None else artifacts.as_uri()
        tags = {
            "mlflow.experimentKind": "custom_model_development",
            "mlflow.note.content": DESCRIPTION,
        }
        found = client.get_experiment(client.create_experiment(name, location, tags))
    _refuse_moved(found.artifact_location, artifacts, uri)
    return Store(uri, name, found.experiment_id, found.artifact_location)


def _refuse_moved(location: str, artifacts: Path | None, uri: str) -> None:
    """Raise if the experiment's artifacts are a local folder that was left behind by a move."""
    if artifacts is None or not location.startswith("file:"):
        return
    folder = Path(url2pathname(urlsplit(location).path))
    if folder != artifacts and not folder.is_dir():
        message = (
            f"The store {uri} was moved: its artifacts are recorded in {folder}, which is not "
            f"there. Move it back, or start a new store with --tracking-uri sqlite:///NEW.db."
        )
        raise InputError(message)
