"""Read a finished run whose subtype is held against new people."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from subtyping.discovery import Assigner, load_assigner
from subtyping.exceptions import InputError, ModelError
from subtyping.panel import Panel
from subtyping.panel.tables import read_table
from subtyping.replication.independence import refuse_known_ids
from subtyping.report import is_done
from subtyping.study.analysis_spec import DiscoverySpec

__all__ = ["FinishedRun", "digest_of", "read_run", "refuse_shared_ids"]

SHARE = ("prevalence_frac", "prevalence_ci_low", "prevalence_ci_high")


@dataclass(frozen=True, eq=False)
class FinishedRun:
    """What a replication takes from a run folder.

    Attributes
    ----------
    folder : Path
    assigner : Assigner
    report : dict
        Content of ``report.json``.
    sample_ids : frozenset of str
        Everybody in the derivation panel; empty where the cohort was simulated, whose ids are
        numbers that every simulated cohort uses anew.
    """

    folder: Path
    assigner: Assigner
    report: Mapping[str, Any]
    sample_ids: frozenset[str]

    @property
    def prevalence(self) -> tuple[float, float, float] | None:
        """Share of the subtype in the derivation with its interval, where the run has it."""
        found = [self.report.get("verdict", {}).get(name) for name in SHARE]
        if any(value is None for value in found):
            return None
        share, low, high = (float(value) for value in found)
        if not 0 <= low <= share <= high <= 1:
            message = f"its prevalence is {share:g} ({low:g} to {high:g})"
            raise ValueError(message)
        return share, low, high

    @property
    def axis(self) -> str | dict[str, Any]:
        """The axis as the specification declared it."""
        declared = self.declared.axis
        if not declared.members:
            return declared.name
        return {"name": declared.name, "members": list(declared.members)}

    @property
    def declared(self) -> DiscoverySpec:
        """The discovery section of the specification, defaults filled in."""
        return DiscoverySpec.model_validate(self.report["spec"]["discovery"])


def read_run(folder: str | Path) -> FinishedRun:
    """Read a finished run whose verdict was discrete.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    FinishedRun

    Raises
    ------
    InputError
        If the folder is no finished run, its documents cannot be read, or it found no candidate.
    """
    path = Path(folder)
    if not path.is_dir():
        message = f"{str(path)!r} is not a folder; give the run folder that `subtyping run` wrote."
        raise InputError(message)
    if not is_done(path) or not (path / "report.json").is_file():
        message = (
            f"{str(path)!r} is not a finished run: DONE or report.json is missing. Give a folder "
            "that `subtyping run` finished, or run the study again."
        )
        raise InputError(message)
    report = _document(path / "report.json")
    assigner = load_assigner(path / "model")
    try:
        kind = str(report["verdict"]["kind"])
        simulated = report["spec"]["cohort"].get("simulate") is not None
        run = FinishedRun(path, assigner, report, frozenset() if simulated else _ids(path))
        _require_whole(run)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"The report of {str(path)!r} is damaged ({_reason(error)}). Run the study again."
        raise ModelError(message) from None
    if kind != "discrete":
        message = (
            f"The verdict of {str(path)!r} was {kind}: there is no candidate subtype to "
            "replicate. Give a run whose verdict is discrete, or run the study on the new people."
        )
        raise InputError(message)
    return run


def _require_whole(run: FinishedRun) -> None:
    """Raise ValueError where report, card and tables do not belong together."""
    _ = run.prevalence
    if not isinstance(run.report["provenance"], Mapping):
        message = "its provenance is no object"
        raise TypeError(message)
    scored = run.assigner.card["axis"]["name"]
    if run.declared.axis.name != scored:
        message = f"it declares the axis {run.declared.axis.name!r}, its model scores {scored!r}"
        raise ValueError(message)
    taught = run.assigner.card["derivation"]
    n, known = int(taught["n_case"] + taught["n_reference"]), len(run.sample_ids)
    if 0 < known < n:
        message = f"tables/axis_scores.csv names {known} of the {n} derivation samples"
        raise ValueError(message)


def _reason(error: Exception) -> str:
    """Return what is wrong with a report in a few words."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, ("spec", "discovery", *first["loc"])))
        return f"{where}: {first['msg']}; got {str(first['input'])[:40]!r}"
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return str(error)


def _document(path: Path) -> dict[str, Any]:
    """Return the mapping of a JSON file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        first = str(error).splitlines()[0]
        message = f"{str(path)!r} is not a readable report (JSON): {first}. Run the study again."
        raise ModelError(message) from None
    if not isinstance(document, dict):
        message = f"{str(path)!r} is not a report: expected a JSON object. Run the study again."
        raise ModelError(message)
    return document


def _ids(folder: Path) -> frozenset[str]:
    """Return the sample ids of the derivation."""
    path = folder / "tables" / "axis_scores.csv"
    if not path.is_file():
        message = (
            f"{str(path)!r} is missing, so nobody can tell whether the new people are "
            "independent. Give the run folder as it was written."
        )
        raise InputError(message)
    ids = read_table(path, "table of scores")["sample_id"].astype(str).str.strip()
    if ids.empty:
        message = f"{str(path)!r} names nobody. Give the run folder as it was written."
        raise InputError(message)
    return frozenset(ids)


def refuse_shared_ids(run: FinishedRun, panel: Panel) -> None:
    """Raise if new people carry ids of the derivation.

    Parameters
    ----------
    run : FinishedRun
    panel : Panel

    Raises
    ------
    InputError
        With the count, and three ids at most.
    """
    refuse_known_ids(panel, run.sample_ids.__contains__)


def digest_of(*files: str | Path | None) -> str:
    """Return the digest of the bytes of all files, in their order, as a run's provenance has it.

    Parameters
    ----------
    *files : path or None
        None is passed over.

    Returns
    -------
    str
    """
    digest = hashlib.sha256()
    for file in files:
        if file is not None:
            digest.update(hashlib.sha256(Path(file).read_bytes()).digest())
    return digest.hexdigest()
