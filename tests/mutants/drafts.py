"""What a mutation hands over: bytes, how to read them, and how many sample rows they hold."""

import re
from dataclasses import dataclass, field
from typing import Any

from .sources import Cells, Source, rows_of

__all__ = ["Draft", "lines_in", "rows_in_text"]


@dataclass(frozen=True)
class Draft:
    """A mutant before it is written.

    `rows` is the number of sample rows counted by the mutation, None where it cannot know.
    """

    data: bytes
    ending: str
    settings: dict[str, Any]
    rows: int | None = None
    samples: bytes | None = None
    refused: bool = field(default=False)  # must not be read: reading it would be a silent loss


def lines_in(text: str) -> list[str]:
    """Return the lines that hold more than delimiters and blanks."""
    return [line for line in re.split(r"\r\n|\r|\n", text) if line.strip(" ,;\t\ufeff")]


def rows_in_text(text: str, source: Source, delimiter: str = ",") -> int | None:
    """Count the sample rows of a damaged text line by line; None where quotes forbid that."""
    if '"' in text or source.kind in ("olink_wide", "block"):
        return None
    lines: Cells = [line.split(delimiter) for line in lines_in(text)]
    if len(lines) < 2 or any(len(line) != len(lines[0]) for line in lines):
        return None
    if source.kind == "long" and lines[0] != source.cells[0]:
        return None
    return rows_of(lines[1:], source)
