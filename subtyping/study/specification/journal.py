"""What is finished of a grid, on disk: one line for each specification of each data set."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from subtyping.discovery.specification.cells import Outcome

__all__ = ["append_lines", "code_digest", "key_of", "outcome_of", "read_journal", "record_of"]

ROOMS = ("statistics", "knowledge", "panel", "cohorts", "preparation", "axes", "discovery")
LIBRARIES = ("numpy", "scipy", "sklearn", "hdbscan", "pandas")
NOBODY = "-"
MOST_LABEL = 9


@cache
def code_digest() -> str:
    """Return the digest of the code and tables a specification's result depends on.

    Versions of the numerical libraries count; a stored result of other code is computed again.
    """
    from importlib import import_module
    from importlib.metadata import version

    import subtyping

    folder = Path(str(subtyping.__file__)).parent
    digest = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((folder / room).rglob("*")):
            if path.suffix in (".py", ".csv"):
                digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    for name in LIBRARIES:
        known = getattr(import_module(name), "__version__", None) or version(name)
        digest.update(f"{name} {known}".encode())
    return digest.hexdigest()[:16]


def key_of(*parts: object) -> str:
    """Return the name of a result: a digest of everything it depends on.

    Examples
    --------
    >>> key_of({"a": 1, "b": 2}, -1) == key_of({"b": 2, "a": 1}, -1) != key_of({"a": 1}, -1)
    True
    """
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def record_of(key: str, outcome: Outcome) -> dict[str, Any]:
    """Return a finished specification as plain JSON values; labels are one text.

    A label is one character, so there are at most ten groups.
    """
    if max(outcome.labels, default=0) > MOST_LABEL:
        message = f"a specification with more than {MOST_LABEL + 1} groups cannot be kept"
        raise ValueError(message)
    labels = "".join(NOBODY if label < 0 else str(label) for label in outcome.labels)
    return {
        "key": key,
        "claims": outcome.claims,
        "value": outcome.value,
        "labels": labels,
        "high": outcome.high,
        "problem": outcome.problem,
    }


def outcome_of(record: dict[str, Any], number: str) -> Outcome:
    """Return the finished specification of a record.

    Examples
    --------
    >>> outcome = Outcome("2", True, 0.1, (0, 1, -1), 1)
    >>> outcome_of(record_of("k", outcome), "2") == outcome
    True
    """
    labels = tuple(-1 if mark == NOBODY else int(mark) for mark in record["labels"])
    return Outcome(
        number, record["claims"], record["value"], labels, record["high"], record["problem"]
    )


def append_lines(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Append records to a journal; a line torn by an interruption is ended first."""
    is_torn = path.is_file() and not path.read_bytes().endswith(b"\n")
    with path.open("a", encoding="utf-8", newline="\n") as handle:
        text = "".join(json.dumps(record) + "\n" for record in records)
        handle.write(("\n" if is_torn else "") + text)


def read_journal(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every finished record by its key; torn lines do not count."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for record in _lines(path):
            found[str(record["key"])] = record
    return found


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Whole records of one file."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        with suppress(ValueError):
            record = json.loads(line)
            if isinstance(record, dict) and {"key", "claims", "labels", "high"} <= set(record):
                yield record
