"""How fast are the checks, how often do they raise a false alarm, and what do they find?

Run ``python experiments/benchmarks/checks.py`` from the root of the project; about five minutes on
one core. It writes the tables between the markers of ``docs/checks/index.md``: every check (from
the registry), the time for a panel of 1000 samples and 92 analytes, the share of clean simulated
cohorts in which each check fires, and the share in which it fires once its fault is planted.
``--index`` writes the list and the time alone, in seconds.
"""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping.checks import CHECKS, check_panel
from subtyping.cohorts import simulate_cohort
from subtyping.panel import Panel

PAGE = Path(__file__).parents[2] / "docs" / "checks" / "index.md"
COHORTS = 100
SEED = 52_000
CLEAN = {
    "null, 60 + 40 people": ("null", {"n_case": 60, "n_reference": 40}),
    "null, 300 + 120": ("null", {"n_case": 300, "n_reference": 120}),
    "continuum, 300 + 120": ("continuum", {"n_case": 300, "n_reference": 120}),
    "subtype, 300 + 120": ("th2_subtype", {"n_case": 300, "n_reference": 120}),
    "null, 24 analytes": ("null", {"n_case": 150, "n_reference": 80, "n_analytes": 24}),
}
JUDGED = tuple(
    f"ST{number:03d}"
    for number in (17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 34, 35, 36, 37, 38)
)
Plant = Callable[[Panel, np.random.Generator], Panel]


def clean(design: str, seed: int, settings: dict[str, object]) -> Panel:
    """Draw a cohort with nothing wrong, with red-cell proteins, KLK3 (5 SD) and times added."""
    panel = simulate_cohort(design, seed=seed, plate_sd=0.0, **settings).panel
    rng = np.random.default_rng(seed)
    n = len(panel.values)
    is_male = panel.samples["sex"].astype(str).str.startswith("m").to_numpy()
    more = pd.DataFrame(rng.normal(6, 0.8, (n, 3)), panel.sample_ids, ["CA1", "CAT", "KLK3"])
    more["KLK3"] += 4.0 * is_male
    blank = more > np.inf
    days = rng.integers(0, 365, n)
    return replace(
        panel,
        values=panel.values.join(more),
        lod=panel.lod.join(more * np.nan),
        below_lod=panel.below_lod.join(blank),
        above_uloq=panel.above_uloq.join(blank),
        analytes=panel.analytes.reindex([*panel.analytes.index, *more.columns]),
        samples=panel.samples.assign(
            storage=rng.normal(900, 200, n),
            date=(np.datetime64("2024-01-01") + days).astype(str),
            draw_time=[f"{7 + k // 60:02d}:{k % 60:02d}" for k in rng.integers(0, 240, n)],
            visit=rng.choice(["baseline", "week 6"], n),
        ),
    )


def fires(panel: Panel) -> set[str]:
    """Return the codes that fire."""
    results = check_panel(panel, case=["MDD"], reference=["HC"])
    return {item.code for item in results if item.outcome == "fires"}


def in_pg_ml(panel: Panel) -> Panel:
    """Return the panel as concentrations."""
    return replace(panel, unit="pg/mL", values=2**panel.values, lod=2**panel.lod)


def measured_again(panel: Panel, one: int, other: int, rng: np.random.Generator) -> Panel:
    """Put a second measurement of one sample (SD .1 NPX) in the place of another."""
    values, below = panel.values.copy(), panel.below_lod.copy()
    values.iloc[other] = values.iloc[one].to_numpy() + rng.normal(0, 0.1, values.shape[1])
    below.iloc[other] = below.iloc[one].to_numpy()
    return replace(panel, values=values, below_lod=below)


def a_repeat(panel: Panel, rng: np.random.Generator) -> Panel:
    """Measure any sample twice."""
    one, other = rng.choice(len(panel.values), 2, replace=False)
    return measured_again(panel, one, other, rng)


def a_repeat_across(panel: Panel, rng: np.random.Generator) -> Panel:
    """Measure a case twice, the second time as a reference person."""
    is_case = panel.in_groups(["MDD"])
    return measured_again(panel, int(is_case.argmax()), int((~is_case).argmax()), rng)


def a_dilution(panel: Panel, rng: np.random.Generator) -> Panel:
    """Dilute one sample eight-fold."""
    values = panel.values.copy()
    values.iloc[rng.integers(len(values))] -= 3.0
    return replace(panel, values=values)


def another_profile(panel: Panel, rng: np.random.Generator) -> Panel:
    """Permute the analytes of one sample: no one's profile, its median as usual."""
    values = panel.values.copy()
    row = rng.integers(len(values))
    spread = values.std().to_numpy()
    values.iloc[row] += rng.permutation(np.resize([-4.0, 4.0], values.shape[1])) * spread
    return replace(panel, values=values)


def plates_apart(panel: Panel, rng: np.random.Generator) -> Panel:
    """Shift each analyte on each plate by a normal draw of .5 of its SD."""
    values, spread = panel.values.copy(), panel.values.std().to_numpy()
    for plate in panel.samples["batch"].unique():
        rows = (panel.samples["batch"] == plate).to_numpy()
        values.loc[rows] += rng.normal(0, 0.5, values.shape[1]) * spread
    return replace(panel, values=values)


def an_insensitive_plate(panel: Panel, rng: np.random.Generator) -> Panel:
    """Lose a tenth of the analytes on one plate below a higher limit."""
    below = panel.below_lod.copy()
    names = rng.choice(below.columns, len(below.columns) // 10 + 2, replace=False)
    rows = (panel.samples["batch"] == panel.samples["batch"].iloc[0]).to_numpy()
    below.loc[rows, names] = True
    return replace(panel, below_lod=below)


def logs_called_pg_ml(panel: Panel, rng: np.random.Generator) -> Panel:  # noqa: ARG001
    """Declare NPX as pg/mL."""
    return replace(panel, unit="pg/mL", values=panel.values.clip(lower=0.01))


def linear_called_npx(panel: Panel, rng: np.random.Generator) -> Panel:  # noqa: ARG001
    """Declare concentrations as NPX."""
    return replace(in_pg_ml(panel), unit="NPX")


def a_plate_in_ng_ml(panel: Panel, rng: np.random.Generator) -> Panel:  # noqa: ARG001
    """Write one plate in ng/mL."""
    linear = in_pg_ml(panel)
    rows = (panel.samples["batch"] == panel.samples["batch"].iloc[0]).to_numpy()
    values = linear.values.copy()
    values.loc[rows] /= 1000
    return replace(linear, values=values)


def a_silent_fill(panel: Panel, rng: np.random.Generator) -> Panel:  # noqa: ARG001
    """Write the limit for what is below it, and flag nothing."""
    values = panel.values.where(~panel.below_lod, panel.lod)
    return replace(panel, values=values, below_lod=panel.below_lod & False)


def a_pasted_row(panel: Panel, rng: np.random.Generator) -> Panel:
    """Paste half a row over another, one column too far."""
    values = panel.values.copy()
    one, other = rng.choice(len(values), 2, replace=False)
    width = values.shape[1] // 2
    values.iloc[other, 1 : width + 1] = values.iloc[one, :width].to_numpy()
    return replace(panel, values=values)


def some_lysis(panel: Panel, rng: np.random.Generator) -> Panel:
    """Lyse 8 % of the samples: 3 log2 units more of the red-cell proteins."""
    values = panel.values.copy()
    rows = rng.choice(len(values), int(0.08 * len(values)), replace=False)
    values.loc[values.index[rows], ["CA1", "CAT"]] += 3.0
    return replace(panel, values=values)


def two_tubes_swapped(panel: Panel, rng: np.random.Generator) -> Panel:
    """Swap the tubes of a woman and a man."""
    is_male = panel.samples["sex"].astype(str).str.startswith("m").to_numpy()
    one = int(rng.choice(np.flatnonzero(is_male)))
    other = int(rng.choice(np.flatnonzero(~is_male)))
    values = panel.values.copy()
    values.iloc[[one, other]] = values.iloc[[other, one]].to_numpy()
    return replace(panel, values=values)


def cases_sampled_otherwise(panel: Panel, rng: np.random.Generator) -> Panel:
    """Sample the cases later: longer storage, the afternoon, the other visit, the summer."""
    samples, is_case = panel.samples.copy(), panel.in_groups(["MDD"])
    moved = is_case & (rng.random(len(samples)) < 0.8)
    samples.loc[is_case, "storage"] += 200.0
    samples.loc[moved, "visit"] = "week 6"
    samples.loc[moved, "date"] = "2024-07-15"
    samples.loc[moved, "draw_time"] = "14:00"
    return replace(panel, samples=samples)


def blanks(panel: Panel, rng: np.random.Generator) -> Panel:
    """Lose a tenth of the values."""
    gone = rng.random(panel.values.shape) < 0.1
    return replace(panel, values=panel.values.mask(gone), below_lod=panel.below_lod & ~gone)


PLANTED: dict[str, tuple[Plant, str]] = {
    "ST017": (a_dilution, "one sample diluted eight-fold"),
    "ST018": (another_profile, "one sample with every analyte 4 SD up or down at random"),
    "ST019": (plates_apart, "each analyte shifted on each plate, SD .5 of its own"),
    "ST020": (an_insensitive_plate, "a tenth of the analytes not detected on one plate"),
    "ST021": (some_lysis, "8 % of samples with eight times the red-cell proteins"),
    "ST022": (a_repeat, "one sample measured twice, noise SD .1 NPX"),
    "ST023": (a_repeat_across, "a case measured again as a reference person"),
    "ST024": (two_tubes_swapped, "the tubes of a woman and a man swapped"),
    "ST025": (logs_called_pg_ml, "NPX declared as pg/mL"),
    "ST026": (linear_called_npx, "concentrations declared as NPX"),
    "ST027": (a_plate_in_ng_ml, "one plate in ng/mL among pg/mL"),
    "ST028": (cases_sampled_otherwise, "four fifths of the cases moved to the second visit"),
    "ST030": (a_silent_fill, "LOD written for what is below it, no flag"),
    "ST034": (a_pasted_row, "half a row pasted over another, one column further"),
    "ST035": (cases_sampled_otherwise, "cases stored one SD longer"),
    "ST036": (cases_sampled_otherwise, "four fifths of the cases drawn in summer"),
    "ST037": (cases_sampled_otherwise, "four fifths of the cases drawn at 14:00, others by 11:00"),
    "ST038": (blanks, "a tenth of the values blank"),
}


def timing_sentence() -> str:
    """Return the median time of five runs on 1000 samples and 92 analytes, already read."""
    panel = clean("null", 1, {"n_case": 600, "n_reference": 400, "n_plates": 12})
    groups = {"case": ["MDD"], "reference": ["HC"]}
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        check_panel(panel, **groups)
        seconds.append(time.perf_counter() - start)
    return (
        f"All {len(CHECKS)} checks on {len(panel.values):,} samples × {panel.values.shape[1]} "
        f"analytes in two groups on 12 plates, with the quality report, the design report and the "
        f"handling score they need: {statistics.median(seconds):.2f} s (median of 5, panel already "
        f"read, one core; slowest {max(seconds):.2f} s)."
    )


def false_alarms() -> list[str]:
    """Return the rows of the table of rates."""
    rates = {}
    for column, (design, settings) in CLEAN.items():
        found = [fires(clean(design, SEED + k, settings)) for k in range(COHORTS)]
        rates[column] = {code: np.mean([code in codes for codes in found]) for code in JUDGED}
        as_pg = [fires(in_pg_ml(clean(design, SEED + k, settings))) for k in range(COHORTS)]
        rates[column]["ST025"] = np.mean(["ST025" in codes for codes in as_pg])
        print(column, {code: f"{rate:.2f}" for code, rate in rates[column].items()}, flush=True)
    seen = {code: power_of(plant, code) for code, (plant, _) in PLANTED.items()}
    print({code: f"{share:.2f}" for code, share in seen.items()}, flush=True)
    lines = [
        f"| code | {' | '.join(CLEAN)} | planted fault | fires |",
        f"|---|{'---|' * len(CLEAN)}---|---|",
    ]
    for code in JUDGED:
        cells = " | ".join(f"{rates[column][code]:.2f}" for column in CLEAN)
        lines.append(f"| {code} | {cells} | {PLANTED[code][1]} | {seen[code]:.2f} |")
    return lines


def power_of(plant: Plant, code: str) -> float:
    """Return how often the check fires where its fault is planted in clean cohorts."""
    settings = {"n_case": 150, "n_reference": 80, "below_lod": "number"}
    found = [
        fires(plant(clean("continuum", SEED + 1000 + k, settings), np.random.default_rng(k)))
        for k in range(COHORTS)
    ]
    return float(np.mean([code in codes for codes in found]))


def index_rows() -> list[str]:
    """Return the table of every check, from the registry."""
    rows = ["| code | severity | fires when | what it looks at |", "|---|---|---|---|"]
    for check in CHECKS:
        link = f"[{check.code}]({check.code}.md)"
        rows.append(f"| {link} | {check.severity} | {check.title} | {check.looks_at} |")
    return rows


def write_between(name: str, lines: list[str]) -> None:
    """Replace what stands between two markers of the page."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = text.split(begin)
    _, tail = rest.split(end)
    body = "\n".join(lines)
    PAGE.write_text(f"{head}{begin}\n{body}\n{end}{tail}", encoding="utf-8", newline="\n")


def main() -> None:
    """Make the tables and write them into the page."""
    write_between("checks", index_rows())
    write_between("timing", [timing_sentence()])
    if "--index" in sys.argv[1:]:
        return
    write_between("rates", false_alarms())


if __name__ == "__main__":
    main()
