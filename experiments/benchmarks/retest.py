"""What a cut-off is worth when people are measured again: tables of docs/retest.md.

Run: ``python experiments/benchmarks/retest.py [--draws 400000] [--out FILE.md]``; seconds. The
first three tables are computed; the last compares them with simulated people.
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.special import ndtri

from subtyping._random import stream
from subtyping.statistics.joint_retest import joint_retest
from subtyping.statistics.retest import grey_zone, repeat_rule, retest

SEED = 20260117
SHARES = (0.10, 0.20, 0.27, 0.40)
ICCS = (0.40, 0.55, 0.70, 0.85)


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


def main() -> None:
    """Print the tables, and write them where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    parts = {
        "Share of screen-positives truly above": truly_above(),
        "Ways to use a cut met by 27 % in one sample": schemes(0.27),
        "Grey zone, in standard deviations from the cut": zones(),
        "Against simulated people": simulated(options.draws),
    }
    text = "\n\n".join(f"**{title}**\n\n{table}" for title, table in parts.items())
    print(text)
    if options.out is not None:
        options.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
