"""What a replication leaves behind: a document, tables, a figure, records for the store."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from subtyping.discovery import LEVEL
from subtyping.exceptions import InputError
from subtyping.replication.lines import REPLICATION_LEVEL
from subtyping.replication.replicate import Replication
from subtyping.report import write_csv, write_json
from subtyping.study.replicate_reading import FinishedRun

if TYPE_CHECKING:
    from subtyping.tracking import Record

__all__ = ["replication_dict", "replication_records", "write_replication"]

SCHEMA = "subtyping.replication/1"
TABLES = ("replication", "assignments", "null_twins")
FIGURE = "figures/replication.png"
NUMBERS = ("statistic", "value", "ci_low", "ci_high", "null_twin", "p_value")
VERDICT = ("kind", "p_value", "prevalence_frac", "prevalence_ci_low", "prevalence_ci_high")
FROM_RUN = ("data_sha256", "seed", "package_version", "git_commit")


def replication_dict(
    result: Replication,
    run: FinishedRun,
    provenance: Mapping[str, Any],
    *,
    asked: Mapping[str, Any],
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a replication as plain values: the content of ``replication.json``.

    Parameters
    ----------
    result : Replication
    run : FinishedRun
    provenance : mapping
        Of the replication; its ``data_sha256`` is that of the new people's files.
    asked : mapping
        Options that were given.
    notes : sequence of str, default ()
        What was said when the new people were read: rows left out, names taken over.

    Returns
    -------
    dict
        ``outcome, claim, sentence``, the counts, ``numbers`` by line, ``method`` (verdict on the
        new people or None), ``asked`` and ``provenance``, whose ``run`` tells the derivation.
    """
    found = run.report.get("provenance", {})
    method = result.method
    return {
        "schema": SCHEMA,
        "outcome": result.outcome,
        "claim": result.claim,
        "sentence": result.sentence,
        "axis": result.axis,
        "quantity": result.quantity,
        "n_case": result.n_case,
        "n_reference": result.n_reference,
        "n_left_out": result.n_left_out,
        "power_at_minimum": result.power_at_minimum,
        "n_needed": result.n_needed,
        "agreement_limit": result.agreement_limit,
        "level": {"replication": REPLICATION_LEVEL, "derivation": LEVEL},
        "numbers": {row["line"]: {name: row[name] for name in NUMBERS} for row in _rows(result)},
        "method": None
        if method is None
        else {**{name: getattr(method, name) for name in VERDICT}, "sentence": method.sentence},
        "notes": list(notes),
        "asked": dict(asked),
        "provenance": {
            **provenance,
            "run": {
                "folder": run.folder.name,
                **{name: found.get(name) for name in FROM_RUN},
                "sentence": run.report["verdict"].get("sentence"),
            },
        },
    }


def _rows(result: Replication) -> list[dict[str, Any]]:
    """Return the lines as records."""
    return [
        {str(key): value for key, value in row.items()} for row in result.lines.to_dict("records")
    ]


def write_replication(result: Replication, document: Mapping[str, Any], folder: Path) -> Path:
    """Write the folder of a replication, but for ``DONE``.

    Parameters
    ----------
    result : Replication
    document : mapping
        See `replication_dict`.
    folder : Path
        Made if absent; an earlier replication in it is removed first.

    Returns
    -------
    Path
        The folder, now with ``replication.json``, ``tables/replication.csv``,
        ``tables/assignments.csv``, ``tables/null_twins.csv`` and ``figures/replication.png``.
    """
    from subtyping.figures import replication, save_png

    own = [folder / "DONE", folder / "replication.json", folder / FIGURE]
    try:
        for part in ("tables", "figures"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The folder {str(folder)!r} cannot be made: {error.strerror}."
        raise InputError(message) from None
    for path in (*own, *(folder / "tables" / f"{name}.csv" for name in TABLES)):
        path.unlink(missing_ok=True)
    columns = ["line", *NUMBERS, "sentence"]
    tables = result.lines[columns], result.assignment.table, result.twins
    for name, table in zip(TABLES, tables, strict=True):
        write_csv(table, folder / "tables" / f"{name}.csv")
    save_png(replication(result), folder / FIGURE)
    write_json(document, folder / "replication.json")
    return folder


def replication_records(
    result: Replication, document: Mapping[str, Any], folder: Path
) -> "Iterator[Record]":
    """Yield what a tracking store keeps of a replication: its tables with it, no panel values.

    ``tables/assignments.csv`` names every new sample with its probability and score.

    Parameters
    ----------
    result : Replication
    document : mapping
        See `replication_dict`.
    folder : Path
        Where it was written.

    Yields
    ------
    Record
        Tags that name the run it belongs to, every number, and the files.
    """
    import math

    from subtyping.tracking import File, Metrics, Tag

    parent = document["provenance"]["run"]
    tags = {
        "subtyping.outcome": result.outcome,
        "subtyping.claim": result.claim,
        "subtyping.axis": result.axis,
        "subtyping.sentence": result.sentence,
        "subtyping.data_sha256": document["provenance"]["data_sha256"],
        "subtyping.parent_run": parent["folder"],
        "subtyping.parent_data_sha256": parent["data_sha256"],
        "mlflow.note.content": result.sentence,
    }
    yield from (Tag(name, str(value)[:4000]) for name, value in tags.items())
    values = {
        f"{line.replace(':', '').replace(' ', '_')}.{name}": float(row[name])
        for line, row in document["numbers"].items()
        for name in NUMBERS[1:]
        if row[name] is not None and math.isfinite(row[name])
    }
    yield Metrics(values)
    yield File(folder / "replication.json")
    yield from (File(folder / "tables" / f"{name}.csv", "tables") for name in TABLES)
    yield File(folder / FIGURE, "figures")
