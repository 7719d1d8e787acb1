"""Compare the moderated t with R's limma: results, seconds, memory; and its error rates.

Run ``OPENBLAS_NUM_THREADS=1 python experiments/benchmarks/moderated_t.py`` from the root of the
project (a minute or two); ``--small`` leaves the memory case out and draws less. ``--out FILE``
also writes the tables to a file. Where ``Rscript`` or limma is not installed (Debian:
``r-bioc-limma r-cran-statmod``), the tables that need them say so and the others are printed.

R is timed inside R, on ``lmFit``, ``contrasts.fit``, ``eBayes`` and ``topTable`` of the first of
three contrasts; here the time is that of all of `moderated_t` (three contrasts, F included),
intervals and q-values. Processor seconds of one thread, so that a busy machine changes little;
600 people x 368 analytes, seven columns in the design.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from subtyping.signature.differential import differential_abundance
from subtyping.statistics.duplicate_correlation import duplicate_correlation
from subtyping.statistics.moderated_t import ModeratedT, moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

SIZE = (600, 368)
VARIANTS = {
    "plain": {},
    "trend": {"trend": True},
    "robust": {"robust": True},
    "trend_robust": {"trend": True, "robust": True},
}
QUANTITIES = ("coefficient", "t", "p_value", "s2_prior", "df_prior", "f_statistic", "f_p_value")
R_SCRIPT = r"""
suppressMessages({library(limma); library(statmod)})
a <- commandArgs(trailingOnly = TRUE); n <- as.integer(a[2]); p <- as.integer(a[3])
reps <- as.integer(a[4])
get <- function(f, k) matrix(readBin(file.path(a[1], f), "double", n * k, endian = "little"), n, k)
Y <- t(get("y.bin", p)); X <- get("x.bin", 7); colnames(X) <- paste0("x", 1:7)
block <- get("block.bin", 1)[, 1]
C <- cbind(c(-1, 1, 0, 0, 0, 0, 0), c(-1, 0, 1, 0, 0, 0, 0), c(-1, 0, 0, 1, 0, 0, 0))
core <- function(tr, rb) {
  f <- eBayes(contrasts.fit(lmFit(Y, X), C), trend = tr, robust = rb)
  tt <- topTable(f, coef = 1, number = Inf, sort.by = "none"); f
}
cpu <- function() { t <- proc.time(); t[["user.self"]] + t[["sys.self"]] }
out <- function(x, f) writeBin(as.double(x), file.path(a[1], f), endian = "little")
keep <- function(f, v) {
  parts <- list(coefficient = f$coefficients, t = f$t, p_value = f$p.value, s2_prior = f$s2.prior,
                df_prior = f$df.prior, f_statistic = f$F, f_p_value = f$F.p.value)
  for (k in names(parts)) out(parts[[k]], paste0(v, "_", k, ".bin"))
}
variants <- list(plain = c(FALSE, FALSE), trend = c(TRUE, FALSE), robust = c(FALSE, TRUE),
                 trend_robust = c(TRUE, TRUE))
for (v in names(variants)) {
  w <- variants[[v]]; f <- core(w[1], w[2]); keep(f, v)
  s <- numeric(reps)
  for (i in seq_len(reps)) { t0 <- cpu()
    for (j in 1:5) core(w[1], w[2]); s[i] <- (cpu() - t0) / 5 }
  out(s, paste0(v, "_seconds.bin"))
}
t0 <- cpu()
d <- duplicateCorrelation(Y, X, block = block)
f <- eBayes(contrasts.fit(lmFit(Y, X, block = block, correlation = d$consensus), C))
out(cpu() - t0, "block_seconds.bin"); out(d$consensus, "consensus.bin")
keep(f, "block")
cat("R", as.character(getRversion()), "limma", as.character(packageVersion("limma")),
    "statmod", as.character(packageVersion("statmod")))
"""
MEMORY = """
import resource, sys, time
import numpy as np
from subtyping.statistics.moderated_t import moderated_t
n, p = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.default_rng(1)
Y = np.empty((n, p))
for start in range(0, n, 1000):
    Y[start : start + 1000] = rng.standard_normal((min(1000, n - start), p))
if sys.argv[3] == "holes":
    Y[rng.integers(0, n, 50_000), rng.integers(0, p, 50_000)] = np.nan
design = np.column_stack([np.ones(n), np.arange(n) % 2, rng.standard_normal((n, 5))])
aim = np.zeros(7); aim[1] = 1.0
start = time.perf_counter()
fit = moderated_t(Y, design, aim, trend=True, robust=True)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(peak, time.perf_counter() - start, np.isfinite(fit.p_value).all())
"""


def cohort() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return values, design, contrasts and blocks of 600 samples of 300 people."""
    rng = np.random.default_rng(20260117)
    n, p = SIZE
    block = np.repeat(np.arange(n // 2), 2)
    group = np.arange(n) % 4
    level = rng.uniform(0, 10, p)
    spread = np.sqrt(np.exp(-0.1 * level) * 6 / rng.chisquare(6, p))
    Y = level + spread * (0.7 * rng.standard_normal((n // 2, p))[block])
    Y += spread * 0.7 * rng.standard_normal((n, p))
    Y[:, :5] += 2.0 * rng.standard_t(2, (n, 5))  # analytes with far too much variance
    Y[group == 1, :40] += 0.3
    people = rng.standard_normal((n, 3)) * [10, 0.5, 4] + [40, 0.5, 26]
    X = np.column_stack([*(group == k for k in range(4)), people]).astype(float)
    C = np.zeros((7, 3))
    C[0] = -1.0
    C[[1, 2, 3], [0, 1, 2]] = 1.0
    return Y, X, C, block


def timed(call, reps: int) -> np.ndarray:
    """Return seconds of each repeat."""
    call()
    seconds = np.empty(reps)
    for i in range(reps):
        start = time.process_time()
        for _ in range(5):
            call()
        seconds[i] = (time.process_time() - start) / 5
    return seconds


def ask_r(folder: Path, data: tuple[np.ndarray, ...], reps: int) -> str | None:
    """Run limma in R; return its versions, or None if it cannot be run."""
    if shutil.which("Rscript") is None:
        return None
    Y, X, _, block = data
    for name, values in (("y", Y), ("x", X), ("block", block[:, None])):
        np.asarray(values, dtype="<f8").ravel(order="F").tofile(folder / f"{name}.bin")
    script = folder / "run.R"
    script.write_text(R_SCRIPT)
    command = ["Rscript", str(script), str(folder), *map(str, SIZE), str(reps)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def largest_difference(folder: Path, variant: str, fit: ModeratedT) -> list[str]:
    """Return the largest relative difference of each quantity."""
    told = []
    for name in QUANTITIES:
        theirs = np.fromfile(folder / f"{variant}_{name}.bin", "<f8")
        ours = np.asarray(getattr(fit, name), dtype=float).ravel(order="F")
        gap = np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-300)
        told.append(f"{gap.max():.0e}")
    return told


def against_r(folder: Path, reps: int) -> list[str]:
    """Return the tables of agreement and of speed."""
    data = cohort()
    Y, X, C, block = data
    versions = ask_r(folder, data, reps)
    if versions is None:
        return ["R with limma and statmod is not installed here: nothing to compare with.", ""]
    agreement = ["| variant | " + " | ".join(QUANTITIES) + " |", "|---" * 8 + "|"]
    speed = ["| variant | limma, ms | here, ms | ratio |", "|---|---|---|---|"]

    def ours(**options: object) -> ModeratedT:
        fit = moderated_t(Y, X, C, **options)
        fit.interval()
        for p_value in fit.p_value.T:
            benjamini_hochberg(p_value)
        return fit

    for variant, options in VARIANTS.items():
        agreement.append(
            f"| {variant} | "
            + " | ".join(largest_difference(folder, variant, ours(**options)))
            + " |"
        )
        theirs = np.median(np.fromfile(folder / f"{variant}_seconds.bin", "<f8"))
        mine = np.median(timed(lambda options=options: ours(**options), reps))
        speed.append(f"| {variant} | {1e3 * theirs:.2f} | {1e3 * mine:.2f} | {theirs / mine:.1f} |")
    start = time.process_time()
    found = duplicate_correlation(Y, X, block)
    fit = ours(block=block, correlation=found.correlation)
    mine = time.process_time() - start
    theirs = float(np.fromfile(folder / "block_seconds.bin", "<f8")[0])
    consensus = float(np.fromfile(folder / "consensus.bin", "<f8")[0])
    speed.append(f"| block | {1e3 * theirs:.0f} | {1e3 * mine:.0f} | {theirs / mine:.1f} |")
    exact = ours(block=block, correlation=consensus)
    for name, one in (("block", fit), ("block, limma's correlation", exact)):
        agreement.append(
            f"| {name} | " + " | ".join(largest_difference(folder, "block", one)) + " |"
        )
    gap = abs(found.correlation / consensus - 1)
    return [
        f"{versions}; medians of {reps} runs, one thread, {SIZE[0]} x {SIZE[1]}.",
        "",
        "Largest relative difference from limma:",
        "",
        *agreement,
        "",
        f"The consensus correlation differs by {gap:.0e}.",
        "",
        *speed,
        "",
    ]


def memory(size: tuple[int, int]) -> list[str]:
    """Return the table of peak memory, each measured in a process of its own."""
    lines = ["| data | matrix, GB | peak, GB | seconds |", "|---|---|---|---|"]
    for kind in ("complete", "holes"):
        command = [sys.executable, "-c", MEMORY, *map(str, size), kind]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peak, seconds, _ = done.stdout.split()
        lines.append(
            f"| {size[0]:,} x {size[1]:,}, {kind} | {size[0] * size[1] * 8 / 1024**3:.2f} | "
            f"{float(peak):.2f} | {float(seconds):.1f} |"
        )
    return [*lines, ""]


def block_error_rates(draws: int) -> list[str]:
    """Return type-I error rates with people seen twice, by how stable the analyte is in them."""
    rng = np.random.default_rng(20260117)
    kinds = {"all analytes .5": (0.5, 0.5), "half .2, half .8": (0.2, 0.8)}
    lines = [
        "| people | true correlation | contrast | independent | consensus | fixed |",
        "|---|---|---|---|---|---|",
    ]
    for people in (12, 40):
        person = np.repeat(np.arange(people), 2)
        sides = {"between people": person % 2, "within people": np.tile([0, 1], people)}
        for kind, truths in kinds.items():
            rho = np.repeat(truths, 50)
            tally: dict[tuple[str, float], list[np.ndarray]] = {}
            for _ in range(draws):
                Y = np.sqrt(rho) * rng.standard_normal((people, 100))[person]
                Y += np.sqrt(1 - rho) * rng.standard_normal((2 * people, 100))
                for contrast, side in sides.items():
                    p = three_p_values(Y, side.astype(float), person, contrast)
                    for truth in sorted(set(truths)):
                        tally.setdefault((contrast, truth), []).append(
                            np.nanmean(
                                np.where(np.isnan(p), np.nan, p < 0.05)[:, rho == truth], axis=1
                            )
                            if contrast == "within people"
                            else np.append((p[:2] < 0.05)[:, rho == truth].mean(axis=1), np.nan)
                        )
            for (contrast, truth), rates in tally.items():
                cells = [
                    f"{rate:.3f}" if np.isfinite(rate) else "" for rate in np.mean(rates, axis=0)
                ]
                named = kind if len(set(truths)) == 1 else f"{kind}: those of {truth:.1f}"
                lines.append(f"| {people} | {named} | {contrast} | " + " | ".join(cells) + " |")
    return [
        f"Type-I error at .05, {draws} cohorts of 100 analytes, people seen twice:",
        "",
        *lines,
        "",
    ]


def three_p_values(
    Y: np.ndarray, side: np.ndarray, person: np.ndarray, contrast: str
) -> np.ndarray:
    """Return p-values taken as independent, with the consensus, and with a mean for each person."""
    X = np.column_stack([np.ones(len(side)), side])
    rho = duplicate_correlation(Y, X, person).correlation
    p = [
        moderated_t(Y, X, [0, 1]).p_value[:, 0],
        moderated_t(Y, X, [0, 1], block=person, correlation=rho).p_value[:, 0],
    ]
    if contrast == "within people":
        wide = np.column_stack([person[:, None] == np.arange(person.max() + 1), side]).astype(float)
        p.append(moderated_t(Y, wide, np.eye(wide.shape[1])[-1]).p_value[:, 0])
    else:
        p.append(np.full(Y.shape[1], np.nan))
    return np.array(p)


def pertussis(shared: Path) -> list[str]:
    """Return what a booster does in a day, and how alike two visits of one person are."""
    file = shared / "datasets" / "cmipb_pertussis_th1_th2" / "plasma_olink_wide.csv"
    if not file.is_file():
        return ["The pertussis booster data are not here (give their folder with --shared).", ""]
    whole = pd.read_csv(file).set_index("specimen_id")
    day = whole["planned_day_relative_to_boost"]
    lines = [
        "| year | `block` | q < .05 | largest rises (t) |",
        "|---|---|---|---|",
    ]
    alike = ["| year | days | correlation within a person |", "|---|---|---|"]
    for year in (2021, 2022):  # pg/mL; 2020 is NPX
        mine = whole["cohort_year"] == year
        for block in ("none", "correlation", "fixed"):
            table = day_one(whole[mine & day.isin([0, 1])], block)
            top = table.nlargest(4, "t")
            told = ", ".join(f"{a} {t:.1f}" for a, t in zip(top["analyte"], top["t"], strict=True))
            lines.append(f"| {year} | {block} | {(table['q_value'] < 0.05).sum()} | {told} |")
        for pair in ((0, 1), (0, 3), (0, 7), (0, 14), (1, 3)):
            rows = whole[mine & day.isin(pair)]
            log2 = np.log2(rows.loc[:, "IL6":"IL17C"].to_numpy(dtype=float))
            later = rows["planned_day_relative_to_boost"].to_numpy() == pair[1]
            design = np.column_stack([np.ones(len(rows)), later])
            found = duplicate_correlation(log2, design, rows["subject_id"])
            alike.append(f"| {year} | {pair[0]} and {pair[1]} | {found.correlation:.2f} |")
    return ["Pertussis booster, day 1 against day 0:", "", *lines, "", *alike, ""]


def day_one(rows: pd.DataFrame, block: str) -> pd.DataFrame:
    """Return the comparison of day 1 with day 0."""
    log2 = np.log2(rows.loc[:, "IL6":"IL17C"])
    samples = pd.DataFrame(
        {"subject": rows["subject_id"].astype(str), "visit": rows["planned_day_relative_to_boost"]}
    )
    return differential_abundance(
        log2,
        log2.notna(),
        samples,
        contrasts={"day 1": ({"visit": [1]}, {"visit": [0]})},
        covariates=[],
        batch=False,
        block=block,
    ).table


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reps", type=int, default=41, help="timed runs of each variant")
    parser.add_argument("--draws", type=int, default=300, help="cohorts of the error rates")
    parser.add_argument("--small", action="store_true", help="less of all, no memory case")
    parser.add_argument("--out", type=Path, help="file the tables are also written to")
    default = Path(os.environ.get("SUBTYPING_SHARED", "../shared"))
    parser.add_argument("--shared", type=Path, default=default, help="folder of real data sets")
    asked = parser.parse_args()
    reps, draws = (3, 5) if asked.small else (asked.reps, asked.draws)
    size = (2000, 300) if asked.small else (50_000, 3_000)
    with threadpool_limits(1), tempfile.TemporaryDirectory() as folder:
        lines = [*against_r(Path(folder), reps), *memory(size), *block_error_rates(draws)]
        lines += pertussis(asked.shared)
    text = "\n".join(lines)
    print(text)
    if asked.out is not None:
        asked.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
