"""Does the interval of a replicated share cover the truth, with the frozen groups held or drawn?

Run ``python experiments/benchmarks/replication_share.py`` from the root of the project; a few
minutes on one core. It writes the table between its markers in ``docs/replication.md``. A pair is
two samples of 300 cases of the same mixture (27 % in the upper group, normal groups). The first
gives the frozen mixture and its resamples, as a card keeps them; the second is the new people.
"""

import sys
from pathlib import Path

import numpy as np

from subtyping._random import stream
from subtyping.replication.measures import resampled_shares
from subtyping.statistics import wilson_interval
from subtyping.statistics.intervals import percentile_interval
from subtyping.statistics.mixtures import fit_two_groups, fit_two_groups_many

PAIRS = 200
N_CASE, SHARE = 300, 0.27
N_DRAWS, N_RESAMPLES = 100, 200  # of a card; of a run
SEPARATIONS = (3.0, 3.5, 4.0)
PAGE = Path(__file__).parents[2] / "docs" / "replication.md"
MARKS = "<!-- coverage: begin -->", "<!-- coverage: end -->"


def sample(rng: np.random.Generator, separation: float) -> np.ndarray:
    """Draw cases, a share of whom belong to the upper group."""
    return rng.normal(size=N_CASE) + separation * (rng.random(N_CASE) < SHARE)


def one_pair(separation: float, k: int) -> list[tuple[bool, float]]:
    """Return whether the interval covers, and how wide it is: groups held, groups drawn."""
    rng = stream(k, "benchmark", "replication share", str(separation))
    old, new = sample(rng, separation), sample(rng, separation)
    frozen = fit_two_groups(old)
    picked = np.sort(old[rng.integers(0, N_CASE, (N_DRAWS, N_CASE))], axis=1)
    drawn = fit_two_groups_many(picked, near=frozen)[0].each()
    found = []
    for mixtures in ([frozen], drawn):
        values = np.tile(new, (len(mixtures), 1))
        low, high = percentile_interval(resampled_shares(values, mixtures, rng, N_RESAMPLES))
        found.append((low <= SHARE <= high, high - low))
    return found


def cell(found: np.ndarray) -> str:
    """Return coverage with Wilson's interval, and the median width."""
    covered = found[:, 0].sum()
    low, high = wilson_interval(covered, len(found))
    share = covered / len(found)
    return f"{share:.3f} ({float(low):.3f} to {float(high):.3f}) | {np.median(found[:, 1]):.3f}"


def table(pairs: int) -> str:
    """Return the table of the page."""
    lines = [
        f"{pairs} pairs a line, {N_CASE} cases each, a true share of {SHARE:.2f}.",
        "",
        "| separation | coverage, groups held | width | coverage, groups drawn | width |",
        "|---|---|---|---|---|",
    ]
    for separation in SEPARATIONS:
        found = np.array([one_pair(separation, k) for k in range(pairs)], dtype=float)
        lines.append(f"| {separation:g} | {cell(found[:, 0])} | {cell(found[:, 1])} |")
    return "\n".join(lines)


def main() -> None:
    """Simulate every pair and write the table."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    text = table(pairs)
    print(text)
    if pairs == PAIRS:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
