"""From a number to a mutant on disk."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import of_cells, of_packed, of_text, of_workbooks
from .sources import sources

__all__ = ["HEAVY", "KINDS", "N_MUTANTS", "Mutant", "kind_of", "make"]

KINDS = {**of_text.KINDS, **of_cells.KINDS, **of_workbooks.KINDS, **of_packed.KINDS}
N_MUTANTS = 2000
N_SOURCES = 22  # with the real files
# In exports of blocks lines may differ in length, columns hold no values, every sheet is read.
NOT_OF_BLOCKS = {"stray quotes", "thousands separators", "several sheets"}
HEAVY = {"workbook bombs", "Parquet bombs", "gzip kinds and bombs", "a million empty rows"}


@dataclass(frozen=True)
class Mutant:
    """A file to read, how to read it, and what its maker knows about it."""

    seed: int
    kind: str
    source: str
    path: Path
    settings: dict[str, Any]
    rows: int | None
    must_be_refused: bool


def kind_of(seed: int) -> str:
    """Return the kind of damage a number stands for."""
    names = list(KINDS)
    return names[seed % len(names)]


def make(seed: int, folder: Path, datasets: Path | None) -> Mutant | None:
    """Write the mutant of a number; None where it needs a real file that is not here.

    Parameters
    ----------
    seed : int
        Number of the mutant.
    folder : Path
        Where to write it.
    datasets : Path or None
        Folder of the real files.

    Returns
    -------
    Mutant or None
    """
    kind = kind_of(seed)
    known = sources(datasets)
    at = (seed // len(KINDS) + zlib.crc32(kind.encode())) % N_SOURCES
    if at >= len(known):
        return None
    rng = np.random.default_rng([20260117, seed])
    draft = KINDS[kind](rng, known[at])
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"mutant_{seed}{draft.ending}"
    path.write_bytes(draft.data)
    settings = dict(draft.settings)
    samples = draft.samples
    if samples is None and known[at].samples and settings.get("columns"):
        samples = "".join(",".join(row) + "\n" for row in known[at].samples).encode()
    if samples is not None:
        table = folder / f"mutant_{seed}_samples.csv"
        table.write_bytes(samples)
        settings["samples"] = str(table)
    is_block = known[at].kind == "block" and settings.get("format") == known[at].settings["format"]
    rows = None if is_block else draft.rows
    must_be_refused = draft.refused and not (is_block and kind in NOT_OF_BLOCKS)
    return Mutant(seed, kind, known[at].name, path, settings, rows, must_be_refused)
