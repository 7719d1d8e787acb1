"""What a cut-off is worth when people are measured again: tables of docs/retest.md.

Run: ``python experiments/benchmarks/retest.py [--draws 400000] [--out FILE.md]``; seconds. The
first four tables are computed; the others compare them with simulated people, normal ones and
two groups.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

from subtyping._random import stream
from subtyping.statistics.joint_retest import joint_retest
from subtyping.statistics.retest import grey_zone, repeat_rule, retest

SEED = 20260117
SHARES = (0.10, 0.20, 0.27, 0.40)
ICCS = (0.40, 0.55, 0.70, 0.85)
GROUPS = ((2.5, 0.60), (2.5, 0.75), (3.3, 0.75), (3.3, 0.85))
"""Distance of two groups in SD of single samples within a group, and ICC of all people."""
FRACTION = 0.27


def markdown(header: list[str], rows: list[list[str]]) -> str:
    """Return a markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def truly_above() -> str:
    """Return the share of screen-positives truly above."""
    header = ["above the cut", *(f"ICC {icc:.2f}" for icc in ICCS), "mean of two, .55", "and .70"]
    rows = []
    for q in SHARES:
        one = [retest(icc, q).truly_above_frac for icc in ICCS]
        two = [retest(icc, q, n_samples=2).truly_above_frac for icc in (0.55, 0.70)]
        rows.append([f"{q:.0%}", *(f"{x:.2f}" for x in (*one, *two))])
    return markdown(header, rows)


def same_number() -> str:
    """Return the share of screen-positives whose usual value lies above the threshold itself."""
    header = ["above the cut", *(f"ICC {icc:.2f}" for icc in ICCS)]
    rows = []
    for q in SHARES:
        # usual values vary less than single samples: their SD is the root of the ICC
        fracs = [float(ndtr(ndtri(q) / np.sqrt(icc))) for icc in ICCS]
        found = [retest(icc, q, true_frac=p) for icc, p in zip(ICCS, fracs, strict=True)]
        rows.append([f"{q:.0%}", *(f"{one.truly_above_frac:.2f}" for one in found)])
    return markdown(header, rows)


def schemes(q: float) -> str:
    """Return what each way to use a cut is worth."""
    header = ["ICC", "way", "people above", "truly above", "sensitivity", "specificity", "again"]
    rows = []
    for icc in ICCS:
        ways = {
            "one sample": retest(icc, q),
            "mean of two, same threshold": retest(icc, q, n_samples=2, is_same_value=True),
            "mean of two, same share": retest(icc, q, n_samples=2),
            "both of two": repeat_rule(icc, q),
            "either of two": repeat_rule(icc, q, needed=1),
        }
        for name, found in ways.items():
            numbers = (
                *(found.positive_frac, found.truly_above_frac, found.sensitivity),
                *(found.specificity, found.still_positive_frac),
            )
            rows.append([f"{icc:.2f}", name, *(f"{x:.2f}" for x in numbers)])
    return markdown(header, rows)


def zones() -> str:
    """Return grey zones, in standard deviations of single samples from the cut."""
    header = ["above the cut", *(f"ICC {icc:.2f}" for icc in ICCS)]
    rows = []
    for q in SHARES:
        cut = -float(ndtri(q))
        ends = [grey_zone(icc, q) for icc in ICCS]
        rows.append([f"{q:.0%}", *(f"{low - cut:+.2f} to {high - cut:+.2f}" for low, high in ends)])
    return markdown(header, rows)


def simulated(draws: int) -> str:
    """Return the largest difference between the kernels and simulated people."""
    worst = {"one sample": 0.0, "mean of two": 0.0, "both of two": 0.0, "two clauses": 0.0}
    for i, q in enumerate(SHARES):
        for j, icc in enumerate(ICCS):
            rng = stream(SEED, "retest", i, j)
            cut = -float(ndtri(q))
            true = rng.standard_normal(draws)
            a, b = (np.sqrt(icc) * true + np.sqrt(1 - icc) * rng.standard_normal(draws)
                    for _ in range(2))  # fmt: skip
            mean = (a + b) / 2 / np.sqrt((1 + icc) / 2)
            met = {"one sample": a > cut, "mean of two": mean > cut}
            met["both of two"] = (a > cut) & (b > cut)
            exact = {
                "one sample": retest(icc, q),
                "mean of two": retest(icc, q, n_samples=2),
                "both of two": repeat_rule(icc, q),
            }
            for name, yes in met.items():
                seen = float((true > cut)[yes].mean())
                worst[name] = max(worst[name], abs(seen - exact[name].truly_above_frac))
            # two markers that are one: the rule is worth what one clause is worth
            same = joint_retest([icc, icc], [q, q], np.ones((2, 2)), rng=rng, draws=draws)
            gap = abs(same.truly_above_frac - exact["one sample"].truly_above_frac)
            worst["two clauses"] = max(worst["two clauses"], gap)
    rows = [[name, f"{gap:.4f}"] for name, gap in worst.items()]
    return markdown(["kernel", f"largest difference, {draws:,} people"], rows)


def two_groups(draws: int) -> str:
    """Return what is printed and what is true where the marker is a mixture of two groups."""
    header = ["distance", "ICC", "above the cut", "truly above", "again", "both of two",
              "in the grey zone"]  # fmt: skip
    rows = []
    for i, (distance, icc) in enumerate(GROUPS):
        rng = stream(SEED, "two groups", i)
        group = rng.random(draws) < FRACTION
        total = 1 + FRACTION * (1 - FRACTION) * distance**2
        noise = (1 - icc) * total
        true = distance * group + np.sqrt(1 - noise) * rng.standard_normal(draws)
        a, b = (true + np.sqrt(noise) * rng.standard_normal(draws) for _ in range(2))
        tried = np.linspace(0, distance, 41)
        cut = tried[np.argmax([(a[group] >= c).mean() - (a[~group] >= c).mean() for c in tried])]
        met, again = a >= cut, b >= cut
        q = float(met.mean())
        truly = true > np.quantile(true, 1 - q)
        said, both = retest(icc, q), repeat_rule(icc, q)
        ends = (np.array(grey_zone(icc, q)) + ndtri(q)) * np.sqrt(total) + cut
        chance = _chance_of(truly, a)
        pairs = (
            (said.truly_above_frac, truly[met].mean()),
            (said.still_positive_frac, again[met].mean()),
            (both.positive_frac, (met & again).mean()),
            (((a > ends[0]) & (a < ends[1])).mean(), ((chance > 0.2) & (chance < 0.8)).mean()),
        )
        told = [f"{printed:.2f}, true {real:.2f}" for printed, real in pairs]
        rows.append([f"{distance:.1f}", f"{icc:.2f}", f"{q:.0%}", *told])
    return markdown(header, rows)


def _chance_of(truly: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the share of the truly above among the people of about each value."""
    edges = np.quantile(values, np.linspace(0, 1, 201)[1:-1])
    place = np.searchsorted(edges, values)
    return (np.bincount(place, weights=truly) / np.bincount(place))[place]


def main() -> None:
    """Print the tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    parts = {
        "Share of screen-positives truly above": truly_above(),
        "Share of screen-positives whose usual value is above the number": same_number(),
        "Ways to use a cut met by 27 % in one sample": schemes(0.27),
        "Grey zone, in standard deviations from the cut": zones(),
        "Against simulated people": simulated(options.draws),
        "Where the marker is two groups of people": two_groups(options.draws),
    }
    text = "\n\n".join(f"**{title}**\n\n{table}" for title, table in parts.items())
    print(text)
    if options.out is not None:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
