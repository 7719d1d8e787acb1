"""Ask the peers and the package of the same cohorts, and store one row a peer, input and draw.

``python experiments/benchmarks/peers/run.py --out DIR [--minutes M] [--jobs N]``

Rows go to ``DIR/rows.csv``. A row that is already there for the same data (``data_digest``) and
the same code of its peer (``code_digest``) is not made again, so an interrupted run goes on where
it stopped, and a change of the package's verdict costs its own rows alone. The R peers need
``Rscript`` and their packages; PyCaret needs an interpreter of its own (``--pycaret PYTHON``);
StepMix is an extra of the package. What is missing is skipped and said.
"""

import argparse
import csv
import functools
import io
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import python_peers
from peer_inputs import Inputs, all_tasks, draw, make_inputs, two_group_ari
from peer_list import FULL, HERE, PEERS, Peer

import subtyping
from subtyping._parallel import map_in_order, resolve_jobs

COLUMNS = (
    *("peer", "input", "suite", "design", "cell", "fraction", "target_separation", "draw", "seed"),
    *("claims", "n_groups", "p_value", "score", "ari", "ari_oracle", "effective_separation"),
    *("seconds", "note", "versions", "code_digest", "data_digest"),
)
R_PACKAGES = ("mclust", "fpc", "diptest", "cluster", "ConsensusClusterPlus", "jsonlite")
CHUNK = 8
Answers = list[dict[str, Any]]


def row_of(peer: Peer, inputs: Inputs, ours: dict[str, Any], answer: dict[str, Any]) -> dict:
    """Join an answer to the draw it was given for."""
    task = inputs.task
    labels = np.asarray(answer.get("labels", []))
    oracle = {name: ours.get(name) for name in ("ari_oracle", "effective_separation")}
    names = ("suite", "design", "cell", "fraction", "target_separation", "draw", "seed")
    row = {"peer": peer.name, "input": peer.input} | {name: getattr(task, name) for name in names}
    row |= {"ari": two_group_ari(labels, inputs.is_member), **oracle}
    row |= {name: answer.get(name) for name in ("n_groups", "p_value", "score", "seconds", "note")}
    digests = {"code_digest": peer.code_digest, "data_digest": inputs.digest}
    return row | {"claims": bool(answer["claims"]), "versions": answer["versions"], **digests}


def ask_package(ours: dict[str, Any]) -> dict[str, Any]:
    """Write the package's own verdict as an answer."""
    p_value = ours["p_value"]
    return {
        "claims": ours["kind"] == "discrete",
        "n_groups": 2 if ours["kind"] == "discrete" else 1,
        "p_value": p_value,
        "score": None if p_value is None else -p_value,
        "seconds": ours["seconds"],
        "note": ours["kind"],
        "versions": f"subtyping {subtyping.__version__}",
    }


def ask_python(peer: Peer, inputs: Inputs) -> dict[str, Any]:
    """Ask a Python peer, and time it."""
    x = getattr(inputs, peer.input).to_numpy()
    start = time.perf_counter()
    answer = python_peers.ASK[peer.name](x, inputs.task.seed)
    seconds = time.perf_counter() - start
    return answer | {"seconds": seconds, "versions": python_peers.versions_of(peer.name)}


def ask_by_files(command: list[str], asked: list[tuple[Peer, Inputs]]) -> Answers:
    """Write matrices and a list of jobs, run another program once, and read its answers."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        jobs = []
        for number, (peer, inputs) in enumerate(asked):
            file = f"{inputs.digest}_{peer.input}.csv"
            if not (folder / file).exists():
                getattr(inputs, peer.input).to_csv(folder / file, index=False)
            jobs.append((number, file, peer.name, inputs.task.seed))
        listed = pd.DataFrame(jobs, columns=["id", "file", "peer", "seed"])
        listed.to_csv(folder / "jobs.csv", index=False)
        done = subprocess.run(
            [*command, str(folder)], capture_output=True, text=True, check=False, cwd=folder
        )
        if done.returncode:
            message = f"{command[0]} failed: {done.stderr.strip()[-500:]}"
            raise RuntimeError(message)
        lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted((json.loads(line) for line in lines), key=lambda answer: answer["id"])


def ask_of_chunk(tasks: list[Any], *, peers: list[Peer], done: set, commands: dict) -> Answers:
    """Return the rows that are missing for a few cohorts."""
    rows: Answers = []
    by_files: dict[str, list[tuple[Peer, Inputs, dict]]] = {"R": [], "PyCaret": []}
    for task in tasks:
        inputs = make_inputs(task)
        missing = [peer for peer in peers if peer.is_wanted(task)]
        missing = [peer for peer in missing if key_of(peer, task, inputs.digest) not in done]
        if not missing:
            continue
        ours = draw.one_draw(task)
        for peer in missing:
            if peer.runs_in == "package":
                row = row_of(peer, inputs, ours, ask_package(ours))
                rows.append(row | {"ari": ours.get("ari_model")})
            elif peer.runs_in == "python":
                rows.append(row_of(peer, inputs, ours, ask_python(peer, inputs)))
            else:
                by_files[peer.runs_in].append((peer, inputs, ours))
    for program, asked in by_files.items():
        if asked:
            answers = ask_by_files(commands[program], [(peer, inputs) for peer, inputs, _ in asked])
            rows += [row_of(*one, answer) for one, answer in zip(asked, answers, strict=True)]
    return rows


def key_of(peer: Peer, task: Any, data_digest: str) -> tuple[str, ...]:
    """Return what identifies a row among the stored ones."""
    values = (task.fraction, task.target_separation)
    planted = ("" if value is None else f"{value:.6g}" for value in values)
    whose = (peer.name, peer.input, task.suite, task.design, task.cell, *planted, str(task.draw))
    return (*whose, peer.code_digest, data_digest)


def stored_keys(path: Path) -> set[tuple[str, ...]]:
    """Return the keys of the rows that are there."""
    if not path.exists():
        return set()
    names = ("peer", "input", "suite", "design", "cell", "fraction", "target_separation", "draw")
    names = (*names, "code_digest", "data_digest")
    with path.open(newline="", encoding="utf-8") as source:
        return {tuple(row[name] for name in names) for row in csv.DictReader(source)}


def append(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Append rows in one write, the header first where the file is new."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    if not path.exists():
        writer.writeheader()
    for row in rows:
        written = {k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()}
        writer.writerow(written)
    with path.open("a", encoding="utf-8") as sink:
        sink.write(text.getvalue())


@functools.cache
def reason_without_r() -> str | None:
    """Say why the R peers cannot be asked, or None."""
    if shutil.which("Rscript") is None:
        return "Rscript is not installed"
    wanted = ",".join(f"'{name}'" for name in R_PACKAGES)
    test = f"quit(status = !all(sapply(c({wanted}), requireNamespace, quietly = TRUE)))"
    found = subprocess.run(["Rscript", "-e", test], capture_output=True, check=False)
    return f"R lacks one of {', '.join(R_PACKAGES)}" if found.returncode else None


def reason_to_skip(peer: Peer, commands: dict[str, list[str]]) -> str | None:
    """Say why a peer cannot be asked on this machine, or None."""
    if peer.runs_in == "R":
        return reason_without_r()
    if peer.runs_in == "PyCaret" and "PyCaret" not in commands:
        return "no --pycaret interpreter was given"
    if peer.name == "stepmix" and find_spec("stepmix") is None:
        return "stepmix is not installed (pip install 'subtyping[profiles]')"
    return None


def arguments_of(words: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--peers", nargs="+", choices=sorted({peer.name for peer in PEERS}))
    parser.add_argument("--null-draws", type=int, default=FULL[0], help="a design")
    parser.add_argument("--planted-draws", type=int, default=FULL[1], help="a separation")
    parser.add_argument("--pycaret", type=Path, help="a Python in which PyCaret is installed")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--minutes", type=float, help="stop, to be taken up later")
    return parser.parse_args(words)


def main() -> None:
    """Run what is missing."""
    arguments = arguments_of()
    commands = {"R": ["Rscript", str(HERE / "peers.R")]}
    if arguments.pycaret:
        commands["PyCaret"] = [str(arguments.pycaret.absolute()), str(HERE / "pycaret_peer.py")]
    names = arguments.peers or [peer.name for peer in PEERS]
    wanted = [peer for peer in PEERS if peer.name in names]
    reasons = {peer.name: reason_to_skip(peer, commands) for peer in wanted}
    for name, reason in reasons.items():
        if reason:
            print(f"{name} is skipped: {reason}.")
    arguments.out.mkdir(parents=True, exist_ok=True)
    path, start = arguments.out / "rows.csv", time.monotonic()
    tasks = all_tasks(arguments.null_draws, arguments.planted_draws)
    chunks = [tasks[i : i + CHUNK] for i in range(0, len(tasks), CHUNK)]
    asked = [peer for peer in wanted if not reasons[peer.name]]
    ask = functools.partial(ask_of_chunk, peers=asked, done=stored_keys(path), commands=commands)
    step = resolve_jobs(arguments.jobs)
    for first in range(0, len(chunks), step):
        if arguments.minutes and time.monotonic() - start > 60 * arguments.minutes:
            print(f"stopped; {len(chunks) - first} chunks left, start again to go on")
            return
        for rows in map_in_order(ask, chunks[first : first + step], jobs=arguments.jobs):
            append(path, rows)
    print("done")


if __name__ == "__main__":
    main()
