"""Set scores: agreement with R GSVA, speed beside it, and what a general rise does to each method.

Run ``python experiments/benchmarks/set_scores.py --out docs/axis_scores.md`` from the root of the
project; three minutes on one core, or seconds with ``--draws 5``. The tables are printed, and with
``--out`` written into that document between its markers.

Agreement is taken from the shared golden values (folder in ``SUBTYPING_SHARED``, or ``../shared``);
speed from R in the same run where Rscript and GSVA are installed. Whatever is absent is said so.
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._random import child_seed, stream
from subtyping.axes import AxisScorer, define_axes
from subtyping.axes.set_scores import SetScores, compare_set_scores, score_sets
from subtyping.cohorts import simulate_cohort
from subtyping.preparation import Preparation, Prepared
from subtyping.statistics.set_scores import fit_combined_z, fit_gsva, fit_plage, fit_ssgsea

SEED = 20260117
DRAWS = 50
REPEATS = 3
METHODS = ("z", "plage", "ssgsea", "gsva")
OTHER_AXES = ("Th1", "Th17", "t_cell")
N_FLAT = 24

Fit = Callable[[np.ndarray, Sequence[np.ndarray]], np.ndarray]


def _score(fit: Callable[..., object], **settings: object) -> Fit:
    return lambda X, sets: fit(X, sets, **settings).score(X)  # type: ignore[attr-defined]


SCORES: dict[str, tuple[Fit, str]] = {
    "zscore": (_score(fit_combined_z), 'method = "zscore"'),
    "plage": (_score(fit_plage), 'method = "plage"'),
    "ssgsea": (_score(fit_ssgsea), 'method = "ssgsea"'),
    "ssgsea_nonorm": (
        _score(fit_ssgsea, normalise=False),
        'method = "ssgsea", ssgsea.norm = FALSE',
    ),
    "gsva_none": (_score(fit_gsva, kernel="none"), 'method = "gsva", kcdf = "none"'),
    "gsva": (_score(fit_gsva), 'method = "gsva"'),
    "gsva_maxdev": (_score(fit_gsva, max_diff=False), 'method = "gsva", mx.diff = FALSE'),
}
"""Name of the golden array: our score, and the arguments of R's gsva()."""


def shared_folder() -> Path:
    """Return where the golden values are looked for."""
    return Path(os.environ.get("SUBTYPING_SHARED", Path.cwd().parent / "shared")) / "golden"


def golden_panel(folder: Path, size: str, kind: str) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a golden panel and its sets as columns."""
    panel = pd.read_csv(folder / "data" / f"{size}_{kind}.csv", index_col=0)
    lines = (folder / "data" / f"{size}_sets.gmt").read_text(encoding="utf-8").splitlines()
    sets = [panel.columns.get_indexer(line.split("\t")[2:]) for line in lines]
    return panel.to_numpy(dtype=float), sets


def golden_scores(folder: Path, size: str, name: str) -> np.ndarray:
    """Return the scores R made, samples x sets."""
    index = json.loads((folder / "values" / f"gsva_{size}.json").read_text(encoding="utf-8"))
    entry = index["arrays"][f"gsva.{name}"]
    count = int(np.prod(entry["dims"]))
    path = folder / "values" / f"gsva_{size}.bin"
    values = np.fromfile(path, "<f8", count, offset=entry["offset"])
    return values.reshape(entry["dims"], order="F").T


def difference(name: str, ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return the largest absolute difference; the sign of a singular vector does not count."""
    if name.endswith("plage"):
        theirs = theirs * np.sign((ours * theirs).sum(axis=0))
    return float(np.abs(ours - theirs).max())


def agreement() -> pd.DataFrame | str:
    """Compare every score with the golden values."""
    folder = shared_folder()
    if not (folder / "values").is_dir():
        return f"The golden values are not here ({folder.name}/values; set SUBTYPING_SHARED)."
    rows = []
    for size, kind, prefix in (("A", "x", ""), ("A", "xlod", "lod_"), ("B", "x", "")):
        X, sets = golden_panel(folder, size, kind)
        kept = ("zscore", "plage", "ssgsea", "gsva") if prefix else tuple(SCORES)
        for name in kept:
            theirs = golden_scores(folder, size, prefix + name)
            gap = difference(name, SCORES[name][0](X, sets), theirs)
            panel = f"{X.shape[0]} x {X.shape[1]}, {len(sets)} sets"
            panel += ", values at the limit tied" if prefix else ""
            rows.append({"panel": panel, "score": name, "gap": f"{gap:.0e}"})
    table = pd.DataFrame(rows).pivot_table(
        index="score", columns="panel", values="gap", aggfunc="first", sort=False
    )
    return table.fillna("").reset_index()


def _r_script(folder: Path) -> str:
    calls = "\n".join(
        f'timed("{name}", function() gsva(X, S, {arguments}, parallel.sz = 1L, verbose = FALSE))'
        for name, (_, arguments) in SCORES.items()
    )
    return f"""suppressMessages({{library(GSVA); library(jsonlite)}})
X <- t(as.matrix(read.csv("{folder}/x.csv"))); S <- fromJSON("{folder}/sets.json")
colnames(X) <- paste0("s", seq_len(ncol(X))); out <- list()
timed <- function(name, f) {{
  seconds <- numeric(0)
  for (i in 1:{REPEATS}) {{
    gc(FALSE)  # CPU seconds, user and system: other work on the machine does not count
    seconds <- c(seconds, sum(system.time(capture.output(r <- suppressWarnings(f())))[1:2]))
  }}
  write.csv(r, file.path("{folder}", paste0(name, ".csv")), row.names = FALSE)
  out[[name]] <<- median(seconds)
}}
{calls}
out$version <- as.character(packageVersion("GSVA"))
cat(toJSON(out, auto_unbox = TRUE, digits = 6))
"""


def speed(n_samples: int = 600, n_analytes: int = 368, n_sets: int = 30) -> pd.DataFrame | str:
    """Time every score beside R on one simulated panel, and compare the two on the way."""
    if shutil.which("Rscript") is None:
        return "Rscript is not installed, so nothing is timed beside R."
    rng = stream(SEED, "set scores", "speed")
    X = np.round(rng.normal(size=(n_samples, n_analytes)) + rng.normal(size=(n_samples, 1)), 6)
    sizes = rng.integers(5, 37, size=n_sets)
    sets = [np.sort(rng.choice(n_analytes, size=k, replace=False)) for k in sizes]
    names = [f"P{j}" for j in range(n_analytes)]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pd.DataFrame(X, columns=names).to_csv(folder / "x.csv", index=False)
        lists = {f"S{i}": [names[j] for j in members] for i, members in enumerate(sets)}
        (folder / "sets.json").write_text(json.dumps(lists), encoding="utf-8")
        (folder / "run.R").write_text(_r_script(folder), encoding="utf-8")
        run = subprocess.run(
            ["Rscript", str(folder / "run.R")],
            capture_output=True, text=True, check=False,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        if run.returncode:
            return "R is installed without GSVA or jsonlite, so nothing is timed beside it."
        seconds = json.loads(run.stdout.strip().splitlines()[-1])
        theirs = {name: pd.read_csv(folder / f"{name}.csv").to_numpy().T for name in SCORES}
    rows = []
    for name, (score, _) in SCORES.items():
        ours, took = _timed(score, X, sets)
        rows.append(
            {
                "score": name,
                f"R GSVA {seconds['version']}, CPU s": f"{seconds[name]:.3f}",
                "here, CPU s": f"{took:.4f}",
                "ratio": f"{seconds[name] / took:.1f}",
                "largest difference": f"{difference(name, ours, theirs[name]):.0e}",
            }
        )
    return pd.DataFrame(rows)


def _timed(score: Fit, X: np.ndarray, sets: Sequence[np.ndarray]) -> tuple[np.ndarray, float]:
    """Return scores and the median CPU seconds of fit and score."""
    values, seconds = score(X, sets), []
    for _ in range(REPEATS):
        start = time.process_time()
        values = score(X, sets)
        seconds.append(time.process_time() - start)
    return values, float(np.median(seconds))


@dataclass(frozen=True)
class Scene:
    """What is true of the cases, and what the panel is."""

    title: str
    settings: dict[str, float] = field(default_factory=dict)
    others_up: float = 0.0
    is_flat: bool = False


SCENES = (
    Scene("nothing differs"),
    Scene("level .4 SD up", {"case_level": 0.4}),
    Scene("level .8 SD up", {"case_level": 0.8}),
    Scene("level .8 SD down", {"case_level": -0.8}),
    Scene("level .8 SD up, flat panel", {"case_level": 0.8}, is_flat=True),
    Scene("handling .8 SD up", {"case_handling": 0.8}),
    Scene("Th1, Th17 and T cells 1 SD up", others_up=1.0),
    Scene("Th2 .5 SD up", {"case_th2": 0.5}),
    Scene("Th2 .5 SD up, level .8 SD up", {"case_th2": 0.5, "case_level": 0.8}),
    Scene("Th2 .5 SD up, level .8 SD down", {"case_th2": 0.5, "case_level": -0.8}),
)
"""`others_up`: members of other axes are raised in the cases, Th2 untouched. `is_flat`: the panel
holds Th2 and the analytes that go along least with the general level."""


@cache
def flat_analytes() -> tuple[str, ...]:
    """Return the analytes outside Th2 that go along least with the true level."""
    seed = child_seed(SEED, "set scores", "flat panel")
    cohort = simulate_cohort("continuum", seed=seed, n_case=20, n_reference=1_000)
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(cohort.panel)
    healthy = cohort.panel.in_groups(["HC"])
    axis = define_axes("Th2")[0]
    outside = prepared.z.columns.difference([*axis.members, *axis.correlates], sort=False)
    level = cohort.truth.loc[prepared.z.index, "level"]
    along = prepared.z.loc[healthy, outside].corrwith(level[healthy]).abs()
    return tuple(along.sort_values(kind="stable").index[:N_FLAT])


def as_in(scene: Scene, prepared: Prepared, case: np.ndarray) -> Prepared:
    """Return the prepared panel with other axes raised, or narrowed to the flat panel."""
    z = prepared.z
    if scene.others_up:
        axes = {axis.name: axis.members for axis in define_axes("Th2")}
        wanted = {name for axis in OTHER_AXES for name in axes[axis]} - set(axes["Th2"])
        columns = [name for name in z if name in wanted]
        z = z.copy()
        z.loc[case, columns] += scene.others_up
    if scene.is_flat:
        wanted = {*define_axes("Th2")[0].members, *flat_analytes()}
        z = z[[name for name in z if name in wanted]]
    return replace(prepared, z=z)


def one_draw(scene: Scene, k: int) -> pd.DataFrame:
    """Return each method's Th2 difference between 150 cases and 150 reference people."""
    settings = {"case_level": 0.0, "case_th2": 0.0, **scene.settings}
    seed = child_seed(SEED, "set scores", scene.title, k)
    panel = simulate_cohort("continuum", seed=seed, n_case=150, n_reference=150, **settings).panel
    case, reference = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    prepared = as_in(scene, Preparation(["MDD"], ["HC"]).fit_transform(panel), case)
    axes = define_axes("Th2")[:1]
    scores: dict[str, SetScores] = {
        method: score_sets(prepared, case, reference, axes=axes, method=method, draws=0)
        for method in METHODS
    }
    axis = AxisScorer(axes).fit(prepared, case, reference).transform(prepared)
    z = scores["z"]
    scores["skew"] = SetScores(
        method="skew",
        table=axis.table[["Th2_skew"]].set_axis(["Th2"], axis=1),
        members=z.members,
        coherence=z.coherence,
        sentence="",
    )
    return compare_set_scores(scores, case, reference).table


def caveat(draws: int) -> dict[str, pd.DataFrame]:
    """Return how often each method calls Th2 up, and down, at p < .05; and its mean difference."""
    table = pd.concat(
        [one_draw(scene, k).assign(cases=scene.title) for scene in SCENES for k in range(draws)],
        ignore_index=True,
    )
    table["up"] = (table["p_value"] < 0.05) & (table["difference_sd"] > 0)
    table["down"] = (table["p_value"] < 0.05) & (table["difference_sd"] < 0)
    wide = {}
    for name in ("up", "down", "difference_sd"):
        rates = table.pivot_table(index="cases", columns="method", values=name, sort=False)
        rates = rates[[*METHODS, "skew"]].map(lambda value: f"{value:.2f}")
        wide[name] = rates.rename_axis(columns=None).reset_index()
    return wide


def as_markdown(table: pd.DataFrame | str) -> str:
    """Return a table as Markdown, or the sentence that stands for it."""
    if isinstance(table, str):
        return table
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "---|" * table.shape[1]]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False)]
    return "\n".join(lines)


def sections(draws: int) -> dict[str, str]:
    """Return the text of each marked part of the document."""
    rates = caveat(draws)
    return {
        "agreement": as_markdown(agreement()),
        "speed": as_markdown(speed()),
        "caveat": (
            f"{draws} cohorts a row, 150 cases and 150 reference people, design `continuum`, seed "
            f"{SEED}. Share of cohorts in which Th2 is called **up** (two-sided p < .05; .025 by "
            f"chance):\n\n{as_markdown(rates['up'])}\n\nCalled **down**:\n\n"
            f"{as_markdown(rates['down'])}\n\nMean difference in SD of the reference people:\n\n"
            f"{as_markdown(rates['difference_sd'])}"
        ),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Compute the tables, print them, and write them into a document if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=DRAWS, help="simulated cohorts a scene")
    parser.add_argument("--out", type=Path, help="document with the markers of the tables")
    chosen = parser.parse_args(arguments)
    parts = sections(chosen.draws)
    for name, text in parts.items():
        print(f"## {name}\n\n{text}\n")
    if chosen.out is None:
        return
    document = chosen.out.read_text(encoding="utf-8")
    for name, text in parts.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        head, rest = document.split(begin)
        document = f"{head}{begin}\n\n{text}\n\n{end}{rest.split(end)[1]}"
    chosen.out.write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
