"""Read many mutants, judge what came of each, and write the table of the document."""

# ruff: noqa: T201 - what came of it is printed

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .plan import HEAVY, KINDS, N_MUTANTS, Mutant, kind_of, make

__all__ = ["DOCUMENT", "HEAVY", "KINDS", "Verdict", "kind_of", "main", "make", "report", "survey"]

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = REPOSITORY / "docs" / "hostile_files.md"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
MOST_SECONDS, MOST_MB, MOST_CHARACTERS = 10.0, 1024.0, 3000
CHECK_EVERY = 10


@dataclass(frozen=True)
class Verdict:
    """What came of a mutant; `faults` is empty where the guarantee held."""

    seed: int
    kind: str
    source: str
    outcome: str
    said: str
    seconds: float
    mb: float
    faults: tuple[str, ...]


class Worker:
    """A reading process that is started again where a mutant ends it."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def ask(self, task: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to a task; the process is killed where it does not answer."""
        if self.process is None:
            self.process = _start()
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        wait = MOST_SECONDS * (6 if task["check"] else 3)
        ready, _, _ = select.select([process.stdout], [], [], wait)
        line = process.stdout.readline() if ready else ""
        if line:
            return json.loads(line)
        said = f"ended with {process.poll()}" if ready else f"no answer in {wait:.0f} s"
        self.stop()
        return {"outcome": "failed", "said": said, "seconds": wait, "mb": float("nan")}

    def stop(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def _start() -> "subprocess.Popen[str]":
    """Start a reading process."""
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    settings = {
        **os.environ,
        **threads,
        "PYTHONPATH": str(REPOSITORY),
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(Path(__file__).with_name("worker.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=settings,
    )


def survey(seeds: Iterable[int], datasets: Path | None, folder: Path) -> Iterator[Verdict]:
    """Make, read and judge mutants.

    Parameters
    ----------
    seeds : iterable of int
        Numbers of mutants; those that need a real file that is not here are left out.
    datasets : Path or None
        Folder of the real files.
    folder : Path
        Where mutants are written, one at a time.

    Yields
    ------
    Verdict
    """
    worker = Worker()
    try:
        for seed in seeds:
            mutant = make(seed, folder, datasets)
            if mutant is None:
                continue
            task = {"path": str(mutant.path), "settings": mutant.settings}
            answer = worker.ask({**task, "check": (seed // len(KINDS)) % CHECK_EVERY == 0})
            yield judged(mutant, answer)
            for path in folder.glob(f"mutant_{seed}*"):
                path.unlink()
    finally:
        worker.stop()


def judged(mutant: Mutant, answer: dict[str, Any]) -> Verdict:
    """Hold an answer to the guarantee."""
    faults = []
    outcome, said = answer["outcome"], answer["said"]
    if outcome == "failed":
        faults.append(said)
    if answer["seconds"] > MOST_SECONDS:
        faults.append(f"{answer['seconds']:.1f} s")
    if answer["mb"] > MOST_MB:
        faults.append(f"{answer['mb']:.0f} MB")
    if outcome == "refused" and ("\n" in said or not 20 < len(said) <= MOST_CHARACTERS):
        faults.append(f"said in {len(said)} characters: {said[:200]!r}")
    if outcome == "read":
        found = [answer[name] for name in ("rows_read", "rows_kept", "rows_reported")]
        if found[0] != found[1] + found[2]:
            faults.append(f"read {found[0]} rows, kept {found[1]}, reported {found[2]}")
        if mutant.rows is not None and found[0] != mutant.rows:
            faults.append(f"{mutant.rows} rows in the file, {found[0]} read")
        if mutant.must_be_refused:
            faults.append("read, although rows or values are lost in it")
    seen = answer.get("check")
    if seen is not None and (seen["code"] not in (0, 1, 2) or "Traceback" in seen["stderr"]):
        faults.append(f"subtyping check ended with {seen['code']}: {seen['stderr']}")
    return Verdict(
        mutant.seed,
        mutant.kind,
        mutant.source,
        outcome,
        said,
        answer["seconds"],
        answer["mb"],
        tuple(faults),
    )


def report(verdicts: Iterable[Verdict]) -> str:
    """Return the table of kinds by outcome."""
    rows = ["| kind of damage | mutants | read | refused | failures | worst s | worst MB |"]
    rows.append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    every = list(verdicts)
    for kind in [*KINDS, "all"]:
        mine = [v for v in every if kind in (v.kind, "all")]
        if not mine:
            continue
        held = [v for v in mine if not v.faults]
        counts = [len(mine), *(sum(v.outcome == o for v in held) for o in ("read", "refused"))]
        worst = f"{max(v.seconds for v in mine):.1f} | {max(v.mb for v in mine):.0f}"
        cells = " | ".join(map(str, [*counts, len(mine) - len(held)]))
        rows.append(f"| {kind} | {cells} | {worst} |")
    return "\n".join(rows)


def main() -> None:
    """Read mutants from the command line; ``--write`` puts the table into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=N_MUTANTS)
    parser.add_argument("--kind", default="")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    default = REPOSITORY.parent / "shared"
    shared = Path(os.environ.get("SUBTYPING_SHARED", default)) / "datasets"
    datasets = shared if shared.is_dir() else None
    seeds = [s for s in range(asked.first, asked.last) if asked.kind in kind_of(s)]
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        for verdict in survey(seeds, datasets, Path(folder)):
            verdicts.append(verdict)
            if verdict.faults:
                words = "; ".join(verdict.faults)[:600]
                print(f"{verdict.seed} {verdict.kind} ({verdict.source}): {words}", flush=True)
    table = report(verdicts)
    print(table)
    if asked.write:
        old = DOCUMENT.read_text(encoding="utf-8")
        before, after = old.split(BEGIN)[0], old.split(END)[1]
        DOCUMENT.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
