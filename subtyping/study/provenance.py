"""Where the numbers of a run come from."""

import hashlib
import json
import platform
import subprocess
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subtyping.axes import define_axes
from subtyping.discovery import LEVEL

if TYPE_CHECKING:
    from subtyping.study.spec import StudySpec

__all__ = ["LIBRARIES", "declaration", "declaration_sha256", "git_commit", "provenance_of"]

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


def declaration(spec: "StudySpec") -> dict[str, Any]:
    """Return what a study commits itself to before it has seen a single value.

    Parameters
    ----------
    spec : StudySpec

    Returns
    -------
    dict
        ``axis`` (its name, its members under the names of the knowledge tables, and what must
        stay out of its level), ``case``, ``reference`` (None where a simulated design brings its
        own groups), ``bands`` where groups are made of numbers, ``minimum_subtype`` and the
        ``level`` of the deciding test.

    Raises
    ------
    InputError
        If the axis is unknown.
    """
    chosen, groups = spec.discovery.axis, spec.cohort.groups
    declared = chosen.name if chosen.members is None else chosen.model_dump()
    axis = asdict(define_axes(declared, spec.axes)[0])
    bands = {name: band.model_dump() for name, band in spec.cohort.bands.items()}
    return {
        **({"bands": bands} if bands else {}),
        "axis": axis | {key: sorted(axis[key]) for key in ("members", "correlates")},
        "case": None if groups is None else sorted(groups.case),
        "reference": None if groups is None else sorted(groups.reference),
        "minimum_subtype": spec.discovery.minimum_subtype.model_dump(),
        "level": LEVEL,
    }


def declaration_sha256(spec: "StudySpec") -> str:
    """Return the digest of the declaration: taken from the specification alone, before any data.

    Two studies with the same digest ask the same confirmatory question, whatever else they set.

    Parameters
    ----------
    spec : StudySpec

    Returns
    -------
    str
        SHA-256 of the canonical JSON of `declaration`.

    Raises
    ------
    InputError
        If the axis is unknown.

    Examples
    --------
    >>> from subtyping.study.spec import spec_from
    >>> document = {"cohort": {"simulate": {"design": "null"}}, "discovery": {"axis": "Th2"}}
    >>> one, two = (spec_from({"seed": seed, **document}) for seed in (1, 2))
    >>> other = spec_from({"seed": 1, **document, "discovery": {"axis": "Th1"}})
    >>> declaration_sha256(one) == declaration_sha256(two) != declaration_sha256(other)
    True
    """
    text = json.dumps(declaration(spec), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def provenance_of(
    *,
    seed: int,
    data_sha256: str,
    started: datetime,
    seconds: float,
    declaration_sha256: str | None = None,
) -> dict[str, Any]:
    """Return the provenance of a run as plain values.

    Parameters
    ----------
    seed : int
    data_sha256 : str
    started : datetime.datetime
    seconds : float
        From the start to the report.
    declaration_sha256 : str, optional
        See `declaration_sha256`; taken before the data were read.

    Returns
    -------
    dict
        ``package_version, python, library_versions, git_commit, data_sha256, declaration_sha256,
        seed, started, seconds``.

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
        "declaration_sha256": declaration_sha256,
        "seed": seed,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }
