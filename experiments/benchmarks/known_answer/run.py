"""Draw cohorts with known answers, ask for verdicts and store one row per draw.

``python experiments/benchmarks/known_answer/run.py --suite null --draws 200 --jobs 2 --out DIR``

Rows go to ``DIR/rows.csv``; a draw that is already there under the digest of the present code is
skipped, so an interrupted run is taken up where it stopped. ``summarise.py`` makes the tables.
"""

import argparse
import csv
import io
import os
import time
from itertools import product
from pathlib import Path

from draw import COLUMNS, SUITES, Task, code_digest, one_draw

from subtyping._parallel import map_in_order, resolve_jobs
from subtyping.cohorts import CELLS

FRACTIONS = (0.10, 0.15, 0.20, 0.27, 0.35, 0.50)
SEPARATIONS = (2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
CHUNK = 10


def tasks(arguments: argparse.Namespace) -> list[Task]:
    """List the draws that were asked for, every design in turn."""
    designs = arguments.designs or list(SUITES[arguments.suite])
    cells: list[tuple[float | None, float | None]] = [(None, None)]
    if arguments.suite == "planted":
        cells = list(product(arguments.fractions, arguments.separations))
    return [
        Task(arguments.suite, design, cell, draw, *planted)
        for draw in range(arguments.first, arguments.first + arguments.draws)
        for design in designs
        for cell in arguments.cells
        for planted in cells
    ]


def stored_keys(path: Path, digest: str) -> set[tuple[str, ...]]:
    """Return the keys of the rows that were made by this code."""
    if not path.exists():
        return set()
    names = ("suite", "design", "cell", "fraction", "target_separation", "draw")
    with path.open(newline="", encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source) if row["code_digest"] == digest]
    return {tuple(row[name] for name in names) for row in rows}


def append(path: Path, rows: list[dict[str, object]]) -> None:
    """Append rows in one write, the header first where the file is new."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    if not path.exists():
        writer.writeheader()
    for row in rows:
        writer.writerow({key: _written(value) for key, value in row.items()})
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, text.getvalue().encode())
    finally:
        os.close(handle)


def _written(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def arguments_of(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", choices=list(SUITES), required=True)
    parser.add_argument("--designs", nargs="+", help="names; all of the suite by default")
    parser.add_argument("--cells", nargs="+", choices=list(CELLS), default=["centre"])
    parser.add_argument("--fractions", nargs="+", type=float, default=list(FRACTIONS))
    parser.add_argument("--separations", nargs="+", type=float, default=list(SEPARATIONS))
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first draw")
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--minutes", type=float, help="stop, to be taken up later")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(words)


def make_missing(
    wanted: list[Task], folder: Path, *, jobs: int | None = None, minutes: float | None = None
) -> int:
    """Make the draws that `folder` does not hold yet; return how many are still missing."""
    folder.mkdir(parents=True, exist_ok=True)
    path, digest, start = folder / "rows.csv", code_digest(), time.monotonic()
    done = stored_keys(path, digest)
    todo = [task for task in wanted if task.key not in done]
    size = CHUNK * resolve_jobs(jobs)
    for first in range(0, len(todo), size):
        if minutes and time.monotonic() - start > 60 * minutes:
            return len(todo) - first
        rows = map_in_order(one_draw, todo[first : first + size], jobs=jobs)
        append(path, [row | {"code_digest": digest} for row in rows])
    return 0


def main() -> None:
    """Run what is missing."""
    arguments = arguments_of()
    left = make_missing(
        tasks(arguments), arguments.out, jobs=arguments.jobs, minutes=arguments.minutes
    )
    print(f"stopped; {left} draws left, start again to go on" if left else "done")


if __name__ == "__main__":
    main()
