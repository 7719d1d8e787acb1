"""Where the numbers of a run come from."""

import platform
import subprocess
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["LIBRARIES", "git_commit", "provenance_of"]

LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "umap-learn",
    "hdbscan",
    "shap",
    "mlflow",
    "matplotlib",
)


def git_commit(folder: Path | None = None) -> str | None:
    """Return the commit the working directory stands on, with ``+changes`` where files differ.

    Parameters
    ----------
    folder : Path, optional
        The working directory by default.

    Returns
    -------
    str or None
        None outside a git repository, or without git.
    """

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", *words],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=10,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout.strip() if done.returncode == 0 else None

    commit = git("rev-parse", "HEAD")
    if not commit:
        return None
    return f"{commit}+changes" if git("status", "--porcelain", "-uno") else commit


def _version_of(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def provenance_of(
    *, seed: int, data_sha256: str, started: datetime, seconds: float
) -> dict[str, Any]:
    """Return the provenance of a run as plain values.

    Parameters
    ----------
    seed : int
    data_sha256 : str
    started : datetime.datetime
    seconds : float
        From the start to the report.

    Returns
    -------
    dict
        ``package_version, python, library_versions, git_commit, data_sha256, seed, started,
        seconds``.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> start = datetime(2026, 1, 17, tzinfo=UTC)
    >>> record = provenance_of(seed=1, data_sha256="ab", started=start, seconds=2.34)
    >>> record["seed"], record["seconds"], record["started"]
    (1, 2.3, '2026-01-17T00:00:00+00:00')
    """
    import subtyping

    return {
        "package_version": subtyping.__version__,
        "python": platform.python_version(),
        "library_versions": {name: _version_of(name) for name in LIBRARIES},
        "git_commit": git_commit(),
        "data_sha256": data_sha256,
        "seed": seed,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }
