"""What can be said to a tracking store, as frozen values: no store is needed to make one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "Child",
    "Dataset",
    "File",
    "Metrics",
    "Model",
    "Params",
    "Record",
    "Tag",
    "Text",
]


@dataclass(frozen=True)
class Tag:
    """A name and a text on the run."""

    name: str
    value: str


@dataclass(frozen=True)
class Params:
    """What was asked: flat names and texts, each text at most 500 characters."""

    values: Mapping[str, str]


@dataclass(frozen=True)
class Metrics:
    """What was found: flat names and finite numbers."""

    values: Mapping[str, float]


@dataclass(frozen=True)
class Text:
    """A text kept as an artifact under `path`."""

    path: str
    content: str


@dataclass(frozen=True)
class File:
    """A file kept as an artifact in `folder` (empty for the top) under its own name."""

    source: Path
    folder: str = ""


@dataclass(frozen=True)
class Dataset:
    """Which data went in: a name, a digest, a source and the names of the analytes. No rows."""

    name: str
    digest: str
    source: str
    analytes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """The folder with the model card that new patients are assigned with."""

    name: str
    folder: Path
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Child:
    """A run below the run, with records of its own."""

    name: str
    records: "Iterable[Record]"


Record = Tag | Params | Metrics | Text | File | Dataset | Model | Child
