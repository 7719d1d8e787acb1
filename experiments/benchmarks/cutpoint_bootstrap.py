"""A thousand bootstraps of Youden's cut for one marker of 600 people, beside cutpointr.

``--r`` runs cutpointr through Rscript with as many resamples as ``--r-draws`` and scales to a
thousand; without it only our time is printed.

    python experiments/benchmarks/cutpoint_bootstrap.py --draws 1000 --r --r-draws 100
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping.statistics.bootstrap_cuts import bootstrap_cuts
from subtyping.statistics.cutpoints import youden_cut

R_CODE = """
suppressMessages(library(cutpointr)); args <- commandArgs(TRUE)
d <- read.csv(args[1]); runs <- as.integer(args[2])
go <- function(k) suppressMessages(cutpointr(d, x, y, pos_class = 1, neg_class = 0,
  direction = ">=", method = maximize_metric, metric = youden, boot_runs = k, silent = TRUE))
t0 <- system.time(go(0)); t1 <- system.time(go(runs))
cat(sum((t1 - t0)[c("user.self", "sys.self")]), go(0)$optimal_cutpoint, "\\n")
"""


def people(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a marker and who is positive (27 %, shifted by 1.5 SD)."""
    rng = np.random.default_rng(seed)
    label = rng.random(n) < 0.27
    return rng.normal(size=n) + 1.5 * label, label


def ours(x: np.ndarray, label: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Return the cut of each resample."""
    return bootstrap_cuts(x, label, draws, np.random.default_rng(seed))


def cutpointr(x: np.ndarray, label: np.ndarray, draws: int) -> tuple[float, float]:
    """Return the CPU seconds of cutpointr's bootstrap, and its cut."""
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "d.csv", Path(folder) / "run.R"
        pd.DataFrame({"x": x, "y": label.astype(int)}).to_csv(data, index=False)
        script.write_text(R_CODE, encoding="utf-8")
        command = ["Rscript", str(script), str(data), str(draws)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(said[-2]), float(said[-1])


def main() -> None:
    """Time both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=600)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--r", action="store_true")
    parser.add_argument("--r-draws", type=int, default=100)
    given = parser.parse_args()
    x, label = people(given.n, 1)
    times = []
    for repeat in range(given.repeats):
        start = time.process_time()
        ours(x, label, given.draws, repeat)
        times.append(time.process_time() - start)
    mine = float(np.median(times))
    print("| what | resamples | CPU seconds |\n|---|---|---|")
    print(f"| subtyping | {given.draws} | {mine:.4f} |")
    if given.r and shutil.which("Rscript"):
        seconds, cut = cutpointr(x, label, given.r_draws)
        scaled = seconds * given.draws / given.r_draws
        print(f"| cutpointr ({given.r_draws} run, scaled) | {given.draws} | {scaled:.2f} |")
        own = float(youden_cut(x, label, ~label).threshold[0])
        print(f"\nRatio {scaled / mine:,.0f}; cuts {own:.6f} and {cut:.6f}.")


if __name__ == "__main__":
    main()
