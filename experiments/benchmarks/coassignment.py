"""Time co-assignment against R's ConsensusClusterPlus, and compare the results, in one run.

Run ``OPENBLAS_NUM_THREADS=1 python experiments/benchmarks/coassignment.py`` from the root of the
project: 1000 resamples of 80 %, k 2-6, average linkage of 1 - r, one thread, at 120 x 92 and
600 x 368; two to three minutes, nearly all of it R's. Where ``Rscript`` or the package is not
installed (Debian: ``r-bioc-consensusclusterplus``), the package's own times are printed alone.

R is timed on ``ccRun`` (resampling and consensus matrices, distances given; no heat maps); here
the time is that of all of `co_assignment`: distances, drawing, matrices and final labels. The
first call of a session also loads the compiled kernels, or compiles them if it is the first on
the machine; that is timed apart.
"""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from subtyping.statistics.coassignment import CoAssignment, co_assignment

SIZES = {"120 x 92": (120, 92, 5), "600 x 368": (600, 368, 1)}
N_RESAMPLES = 1000
R_SCRIPT = r"""
suppressMessages(library(ConsensusClusterPlus))
a <- commandArgs(trailingOnly = TRUE); n <- as.integer(a[2]); p <- as.integer(a[3])
reps <- as.integer(a[4]); R <- as.integer(a[5]); ms <- floor(n * 0.8)
X <- matrix(readBin(file.path(a[1], "x.bin"), "double", n * p, endian = "little"), n, p)
d <- as.dist(1 - cor(t(X)))
core <- function() {
  set.seed(42)
  utils::capture.output(r <- ConsensusClusterPlus:::ccRun(d = d, maxK = 6, repCount = R,
    diss = TRUE, pItem = .8, pFeature = 1, innerLinkage = "average", distance = "pearson",
    clusterAlg = "hc", verbose = FALSE, corUse = "everything"))
  r
}
s <- sapply(seq_len(reps), function(i) system.time(r <<- core())[["elapsed"]])
set.seed(42)
idx <- t(vapply(seq_len(R), function(i) sample(seq_len(n), ms), integer(ms)))
out <- function(x, f) writeBin(as.double(x), file.path(a[1], f), endian = "little")
out(s, "seconds.bin"); out(idx, "index.bin")
for (k in 2:6) {
  out(r[[k]], paste0("m", k, ".bin"))
  out(cutree(hclust(as.dist(1 - r[[k]]), "average"), k), paste0("l", k, ".bin"))
}
cat(as.character(packageVersion("ConsensusClusterPlus")), as.character(getRversion()))
"""


def cohort(n: int, p: int) -> np.ndarray:
    """Three shifted groups of people with correlated analytes."""
    rng = np.random.default_rng(20260117)
    shift = 0.8 * rng.standard_normal((3, p))[rng.integers(0, 3, n)]
    return (
        shift
        + rng.standard_normal((n, 6)) @ rng.standard_normal((6, p)) / 2
        + rng.normal(size=(n, p))
    )


def run_r(X: np.ndarray, reps: int, folder: Path) -> str | None:
    """Run ConsensusClusterPlus; return its versions, or None where it is not installed."""
    if shutil.which("Rscript") is None:
        return None
    X.T.astype("<f8").tofile(folder / "x.bin")
    (folder / "peer.R").write_text(R_SCRIPT)
    numbers = [str(v) for v in (*X.shape, reps, N_RESAMPLES)]
    command = ["Rscript", str(folder / "peer.R"), str(folder), *numbers]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr.strip())
        return None
    package, r = done.stdout.split()[-2:]
    return f"ConsensusClusterPlus {package}, R {r}"


def seconds(X: np.ndarray, reps: int) -> list[float]:
    """Time the whole of `co_assignment`."""
    taken = []
    for _ in range(reps):
        start = time.perf_counter()
        co_assignment(X, metric="pearson", n_resamples=N_RESAMPLES)
        taken.append(time.perf_counter() - start)
    return taken


def differences(mine: CoAssignment, folder: Path) -> tuple[float, float]:
    """Largest difference of a consensus matrix, and share of labels that are the same."""
    n = mine.labels.shape[1]
    gap, same = 0.0, []
    for i, k in enumerate(mine.n_clusters):
        theirs = np.fromfile(folder / f"m{k}.bin", "<f8").reshape(n, n)
        gap = max(gap, float(np.abs(theirs - mine.consensus[i]).max()))
        same.append((np.fromfile(folder / f"l{k}.bin", "<f8") - 1 == mine.labels[i]).mean())
    return gap, float(np.mean(same))


def compare(name: str, n: int, p: int, reps: int) -> dict[str, object]:
    """Take both times, the package's before and after R's, and compare the results."""
    X = cohort(n, p)
    first = seconds(X, 1)[0]
    mine = seconds(X, 5)
    row: dict[str, object] = {"size": name, "first_call_s": first}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        versions = run_r(X, reps, folder)
        mine += seconds(X, 5)
        row["subtyping_s"] = float(np.median(mine))
        if versions is None:
            return row
        theirs = float(np.median(np.fromfile(folder / "seconds.bin", "<f8")))
        index = np.fromfile(folder / "index.bin", "<f8").reshape(-1, N_RESAMPLES).T.astype(int)
        replayed = co_assignment(X, metric="pearson", resamples=index - 1)
        gap, same = differences(replayed, folder)
    ratio = theirs / float(row["subtyping_s"])
    row |= {"r_s": theirs, "times_faster": ratio, "largest_gap": gap, "same_labels_frac": same}
    return row | {"versions": versions}


def main() -> None:
    """Print one row a size."""
    with threadpool_limits(1):
        rows = [compare(name, *size) for name, size in SIZES.items()]
    print(pd.DataFrame(rows).to_string(index=False, float_format=lambda v: f"{v:.4g}"))


if __name__ == "__main__":
    main()
