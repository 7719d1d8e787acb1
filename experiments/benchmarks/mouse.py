"""How often does a mouse contrast seem to agree with a human one, when it does and when not?

Run ``python experiments/benchmarks/mouse.py [--draws 50] [--out table.md]`` from the root of the
project; minutes on one core, seconds with ``--draws 5``. Without ``--draws`` it writes the
tables between their markers in ``docs/mouse.md``. One draw is a human study (100 a group) and
a mouse study (12 or 16 animals a group) of the same 30 one-to-one analytes in five axes; an
analyte of either species has a squared loading of .16 on its level and .25 on its axis.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.knowledge.orthologs import orthologs
from subtyping.signature.mouse import contrast_of_animals, mouse_concordance
from subtyping.statistics import wilson_interval

DRAWS, NULL_DRAWS = 300, 299
N_HUMAN, N_MICE, N_ANALYTES, N_AXES = 100, (12, 16), 30, 5
LEVEL, AXIS = 0.4, 0.5
HUMAN_SD, MOUSE_SD = 0.4, 0.8  # of the true effects, in SD of an analyte
PAGE = Path(__file__).parents[2] / "docs" / "mouse.md"
SCENES = {
    "true effects agree, r .8": 0.8,
    "true effects agree, r .5": 0.5,
    "mice do not differ": 0.0,
    "unrelated, analyte by analyte": 0.0,
    "unrelated, along the axes": 0.0,
    "a general rise in both, no more": 0.0,
}
HEAD = (
    "truth", "mice a group", "signs of the hits", "all signs, weighted", "Spearman", "Pearson",
    "Spearman, pairs exchanged", "Pearson corrected: median (estimable)", "its interval covers",
)  # fmt: skip
STATISTICS = ("sign_hits", "sign_all", "spearman", "pearson")


def names() -> list[str]:
    """Return the human names of the analytes."""
    table = orthologs().query("relation == 'one_to_one' and is_usable")
    return table["human"].head(N_ANALYTES).tolist()


def effects(scene: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the true effects of both species, in SD of an analyte."""
    axis = np.arange(N_ANALYTES) % N_AXES
    if scene.startswith("a general"):
        human, mouse = (rng.uniform(0.5, 1.5, N_ANALYTES) for _ in range(2))
        return HUMAN_SD * human, MOUSE_SD * mouse
    human, mouse = rng.normal(size=(2, N_ANALYTES))
    if scene.endswith("axes"):
        human, mouse = (rng.normal(size=N_AXES)[axis] for _ in range(2))
    r = SCENES[scene]
    mouse = r * human + np.sqrt(1 - r**2) * mouse
    return HUMAN_SD * human, MOUSE_SD * mouse * (not scene.startswith("mice"))


def study(n: int, effect: np.ndarray, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.Series]:
    """Return values and groups of n cases and n others."""
    axis = np.arange(N_ANALYTES) % N_AXES
    own = np.sqrt(1 - LEVEL**2 - AXIS**2)
    values = own * rng.normal(size=(2 * n, N_ANALYTES)) + LEVEL * rng.normal(size=(2 * n, 1))
    values += AXIS * rng.normal(size=(2 * n, N_AXES))[:, axis]
    values[:n] += effect
    return pd.DataFrame(values), pd.Series(["case"] * n + ["reference"] * n)


def one(scene: str, n: int, k: int) -> dict[str, float]:
    """Return the p-values and the corrected correlation of one draw."""
    rng = stream(k, "benchmark", "mouse", scene, n)
    human_effect, mouse_effect = effects(scene, rng)
    values, groups = study(N_HUMAN, human_effect, rng)
    human = contrast_of_animals(values.set_axis(names(), axis=1), groups, "case", "reference")
    values, groups = study(n, mouse_effect, rng)
    mouse_names = [name.capitalize() for name in names()]
    mouse = contrast_of_animals(values.set_axis(mouse_names, axis=1), groups, "case", "reference")
    result = mouse_concordance(human.table, mouse, draws=NULL_DRAWS, seed=k)
    summary = result.summary.set_index("statistic")
    found = {name: float(summary.loc[name, "p_value"]) for name in STATISTICS}
    pairs = result.table[["human_log2_fc", "mouse_log2_fc"]].rank().to_numpy().T
    exchanged = rng.permuted(np.tile(pairs[1], (NULL_DRAWS, 1)), axis=1)
    reached = (exchanged @ pairs[0] >= pairs[1] @ pairs[0]).sum()
    found["pairs"] = (1 + reached) / (1 + NULL_DRAWS)
    corrected = summary.loc["pearson_corrected"]
    true_r = SCENES[scene]
    found["corrected"] = corrected["estimate"]
    found["covered"] = (
        np.nan if pd.isna(corrected["estimate"])
        else float(corrected["ci_low"] <= true_r <= corrected["ci_high"])
    )  # fmt: skip
    return found


def cell(p_value: pd.Series) -> str:
    """Return the share of p-values below .05."""
    return f"{(p_value < 0.05).sum() / max(p_value.notna().sum(), 1):.2f}"


def table(draws: int) -> str:
    """Return the table of the page."""
    low, high = wilson_interval(0.05 * draws, draws)
    lines = [
        f"{draws} draws a line, {N_HUMAN} people a group; share of one-sided p < .05.",
        f"Around .05, {float(low):.2f} to {float(high):.2f} is chance.",
        "",
        f"| {' | '.join(HEAD)} |",
        "|" + "---|" * len(HEAD),
    ]
    for scene in SCENES:
        for n in N_MICE:
            found = pd.DataFrame([one(scene, n, k) for k in range(draws)])
            cells = [cell(found[name]) for name in STATISTICS]
            cells.append(cell(found["pairs"]))
            share = found["corrected"].notna().mean()
            middle = found["corrected"].median()
            told = "-" if np.isnan(middle) else f"{middle:.2f} ({share:.0%})"
            covered = "-" if share < 0.2 else f"{found['covered'].mean():.2f}"
            lines.append(f"| {scene} | {n} | {' | '.join(cells)} | {told} | {covered} |")
    return "\n".join(lines)


def relations_table() -> str:
    """Return how many pairs the ortholog table holds of each relation."""
    known = orthologs()
    lines = ["| relation | pairs | human | mouse | usable pairs |", "|---|---|---|---|---|"]
    for relation, rows in known.groupby("relation", sort=False):
        counts = [rows.loc[rows[side] != "", side].nunique() for side in ("human", "mouse")]
        usable = int(rows["is_usable"].sum())
        lines.append(f"| {relation} | {len(rows)} | {counts[0]} | {counts[1]} | {usable} |")
    return "\n".join(lines)


def write(name: str, text: str) -> None:
    """Put a table between its markers in the page."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Simulate every line and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    text = table(options.draws or DRAWS)
    print(text)
    if options.out is not None:
        options.out.write_text(f"{text}\n", encoding="utf-8")
    if options.draws is None:
        write("relations", relations_table())
        write("concordance", text)


if __name__ == "__main__":
    main()
