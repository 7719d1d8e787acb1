"""Prediction: time of the whole nested evaluation, fidelity beside its twin, numbers at chance.

Run ``python experiments/benchmarks/prediction.py --draws 20 --cohorts 8 --out docs/prediction.md``
from the root of the project; half an hour on two cores. The tables go between the markers of the
document; without ``--out`` they are printed. ``--draws 1 --splits 2 --small`` runs in seconds.

*Time and fidelity*: 600 cases and 120 reference people, 50 analytes, a subtype of 27 % at effective
separation 4; five outer and five inner folds, four models, Platt calibration, reduced panels of one
to five analytes and the routine panel; then the same on one continuum twin. *Split panel*: 300
cases with every cytokine detected, planted and continuum, several cohorts of either. *At chance*:
120 cases; the index of depressive symptoms permuted, cut at its median and as a number; and labels
on a panel of independent columns beside those on its continuum twin.
"""

import argparse
import time
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping.axes import define_axes
from subtyping.cohorts import NULL_SUITE, continuum_twin, simulate_cohort
from subtyping.discovery import LabellingProcedure
from subtyping.panel import Panel
from subtyping.prediction import (
    MODELS,
    numbers_of,
    predict_membership,
    predict_outcome,
    split_panel_fidelity,
    with_twin_numbers,
)

SEED = 20260117
GROUPS = {"case": ["MDD"], "reference": ["HC"]}
ROUTINE = {
    "crp_mg_l": "crp",
    "eosinophils_10e3_ul": "eosinophils",
    "monocytes_10e3_ul": "monocytes",
}
DESIGNS = {"th2_subtype": {"separation": 4.0}, "continuum": {}}
START, END = "<!-- {} -->", "<!-- end of {} -->"


def own_procedure() -> LabellingProcedure:
    """Return the labelling of the Th2 axis."""
    return LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))


def routine_of(panel: Panel) -> pd.DataFrame:
    """Return the routine markers of a simulated cohort."""
    return panel.samples[list(ROUTINE)].rename(columns=ROUTINE)


def time_and_fidelity(n_case: int, folds: int, jobs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Time the nested evaluation and put its numbers beside one twin."""
    panel = simulate_cohort(
        "th2_subtype", seed=SEED, n_case=n_case, n_reference=120, n_analytes=50, separation=4.0
    ).panel
    twin = continuum_twin(panel, **GROUPS, seed=SEED)
    seconds, found = {}, {}
    for name, cohort in (("the cohort", panel), ("one twin", twin)):
        start = time.perf_counter()
        found[name] = predict_membership(
            own_procedure(),
            cohort,
            axis_of={},
            folds=folds,
            inner_folds=folds,
            models=MODELS,
            calibrate="platt",
            sizes=(1, 2, 3, 4, 5),
            routine=routine_of(panel),
            explain="gradient_boosting" if name == "the cohort" else None,
            seed=SEED,
            jobs=jobs,
            resamples=1000,
        )
        seconds[name] = time.perf_counter() - start
    own, other = found["the cohort"], found["one twin"]
    metrics, panels = with_twin_numbers(
        own.metrics, own.panels, pd.DataFrame([numbers_of(other.metrics, other.panels)])
    )
    metrics = metrics.assign(seconds_both=sum(seconds.values()))
    return metrics, panels


def split_panels(n_case: int, splits: int, cohorts: int, jobs: int) -> pd.DataFrame:
    """Return split-panel fidelity of planted and of continuum cohorts beside their twins."""
    parts = []
    for k, (design, settings) in product(range(cohorts), DESIGNS.items()):
        panel = simulate_cohort(
            design, seed=SEED + k, n_case=n_case, n_analytes=50, detection="complete", **settings
        ).panel
        given = {"splits": splits, "seed": SEED + k, "jobs": jobs, "resamples": 20}
        given["routine"] = routine_of(panel)
        twin = continuum_twin(panel, **GROUPS, seed=SEED + k)
        found = split_panel_fidelity(own_procedure(), panel, **given).beside_twins(
            [split_panel_fidelity(own_procedure(), twin, **given)]
        )
        parts.append(found.table.assign(cohort=design, draw=k))
    return pd.concat(parts, ignore_index=True)


def at_chance(draws: int, n_case: int, jobs: int) -> pd.DataFrame:
    """Return out-of-fold numbers where there is nothing to find."""
    rows = []
    for draw in range(draws):
        panel = simulate_cohort(
            "null", seed=SEED + draw, n_case=n_case, n_reference=60, n_analytes=40
        ).panel
        symptoms = panel.samples["madrs"].astype(float)
        shuffled = pd.Series(
            np.random.default_rng(draw).permutation(symptoms.to_numpy()),
            index=symptoms.index,
            name="madrs",
        )
        high = (shuffled > shuffled[panel.in_groups(["MDD"])].median()).astype(float)
        given = {
            "procedure": own_procedure(), "models": MODELS, "routine": routine_of(panel),
            "inner_folds": 2, "null_draws": 0, "resamples": 200, "seed": draw, "jobs": jobs,
        }  # fmt: skip
        for outcome, kind in ((high.where(shuffled.notna()), "binary"), (shuffled, "number")):
            calibrate = "platt" if kind == "binary" else None
            found = predict_outcome(panel, outcome, kind=kind, calibrate=calibrate, **given)
            rows.append(found.metrics.assign(quantity=f"permuted outcome, {kind}", draw=draw))
        rows.append(independent_columns(draw, n_case, jobs))
    return pd.concat(rows, ignore_index=True)


def independent_columns(draw: int, n_case: int, jobs: int) -> pd.DataFrame:
    """Return fidelity on independent columns, with that of the continuum twin."""
    grown = NULL_SUITE["independent_noise"].make(seed=SEED + draw, n_case=n_case)
    panel = grown.panel
    twin = continuum_twin(panel, **GROUPS, seed=SEED + draw)
    tables = [
        predict_membership(
            own_procedure(), cohort, axis_of={}, folds=5, models=MODELS, explain=None,
            seed=draw, jobs=jobs, resamples=20,
        ).metrics
        for cohort in (panel, twin)
    ]  # fmt: skip
    both = tables[0].assign(null_twin=tables[1]["value"], panel="research")
    return both.assign(quantity="independent columns", draw=draw)


def fidelity_table(metrics: pd.DataFrame) -> list[str]:
    """Return the models' numbers as markdown."""
    lines = [
        "| model | AUC (95 %) | twin | Brier | twin | slope (95 %) | twin |",
        "|---|" + "---|" * 6,
    ]
    for model, mine in metrics.groupby("model", sort=False):
        at = mine.set_index("metric")
        auc, brier, slope = (
            at.loc[f"fidelity_{name}_out_of_fold"] for name in ("auc", "brier", "calibration_slope")
        )
        lines.append(
            f"| {str(model).replace('_', ' ')} | {with_interval(auc)} | {auc['null_twin']:.3f} | "
            f"{brier['value']:.3f} | {brier['null_twin']:.3f} | {with_interval(slope, 2)} | "
            f"{slope['null_twin']:.2f} |"
        )
    return lines


def with_interval(row: pd.Series, digits: int = 3) -> str:
    """Return a number and its interval."""
    value, low, high = (f"{row[name]:.{digits}f}" for name in ("value", "ci_low", "ci_high"))
    return f"{value} ({low} to {high})"


def size_table(panels: pd.DataFrame) -> list[str]:
    """Return fidelity against size as markdown."""
    lines = [
        "| panel | analytes | AUC (95 %) | twin | chosen in the folds |",
        "|---|---|---|---|---|",
    ]
    for _, row in panels[panels["metric"] == "fidelity_auc_out_of_fold"].iterrows():
        size = "" if np.isnan(row["size"]) else f"{int(row['size'])}"
        lines.append(
            f"| {row['panel']} | {size} | {with_interval(row)} | {row['null_twin']:.3f} | "
            f"{row['analytes']} |"
        )
    return lines


def split_table(table: pd.DataFrame) -> list[str]:
    """Return split-panel fidelity as markdown: means over cohorts, standard errors in brackets."""
    lines = [
        f"{table['draw'].nunique()} cohorts of either kind.", "",
        "| cohort | predictors | AUC | continuum twin | difference |", "|---|---|---|---|---|",
    ]  # fmt: skip
    kept = table[table["metric"].str.contains("_auc_")]
    kept = kept.assign(difference=kept["value"] - kept["null_twin"])
    for (cohort, predictors), rows in kept.groupby(["cohort", "predictors"], sort=False):
        cells = [f"{rows[name].mean():.3f} ({rows[name].sem():.3f})"
                 for name in ("value", "null_twin", "difference")]  # fmt: skip
        lines.append(f"| {cohort} | {predictors.replace('_', ' ')} | {' | '.join(cells)} |")
    return lines


def chance_table(table: pd.DataFrame) -> list[str]:
    """Return means and standard errors over draws as markdown."""
    lines = ["| quantity | panel | model | number | mean (SE) | expected |", "|---|" + "---|" * 5]
    shown = {
        "auc_out_of_fold": ".5", "r2_out_of_fold": "0 or below",
        "brier_out_of_fold": ".25", "fidelity_auc_out_of_fold": "0 (difference from twin)",
    }  # fmt: skip
    kept = table[table["metric"].isin(shown)].copy()
    is_pair = kept["quantity"] == "independent columns"
    kept["told"] = np.where(is_pair, kept["value"] - kept["null_twin"], kept["value"])
    groups = kept.groupby(["quantity", "panel", "model", "metric"], sort=False)["told"]
    for (quantity, panel, model, metric), told in groups:
        error = told.std(ddof=1) / np.sqrt(told.count()) if told.count() > 1 else np.nan
        lines.append(
            f"| {quantity} | {panel} | {str(model).replace('_', ' ')} | {metric} | "
            f"{told.mean():.3f} ({error:.3f}) | {shown[metric]} |"
        )
    return lines


def write(parts: dict[str, list[str]], out: Path | None) -> None:
    """Print the tables, or put each between its markers."""
    if out is None:
        for name, lines in parts.items():
            print(f"## {name}\n", *lines, "", sep="\n")
        return
    text = out.read_text(encoding="utf-8")
    for name, lines in parts.items():
        start, end = START.format(name), END.format(name)
        before, rest = text.split(start)
        text = before + start + "\n" + "\n".join(lines) + "\n" + end + rest.split(end)[1]
    out.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=6)
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--cohorts", type=int, default=6, help="of either kind, for the halves")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="small cohorts and few folds")
    every = ["fidelity", "split", "chance"]
    parser.add_argument("--only", nargs="+", choices=every, default=every)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    n, folds = (120, 2) if asked.small else (600, 5)
    parts: dict[str, list[str]] = {}
    if "fidelity" in asked.only:
        metrics, panels = time_and_fidelity(n, folds, asked.jobs)
        parts["time"] = [
            (
                f"{n} cases, 50 analytes, nested {folds} x {folds}, {len(MODELS)} models, reduced "
                "and routine panels, 1000 draws of people, SHAP of one model, and the same on one "
                f"twin: {metrics['seconds_both'].iloc[0]:.0f} s on {asked.jobs} cores."
            )
        ]
        parts |= {"models": fidelity_table(metrics), "sizes": size_table(panels)}
    if "split" in asked.only:
        table = split_panels(100 if asked.small else 300, asked.splits, asked.cohorts, asked.jobs)
        parts["split panel"] = split_table(table)
    if "chance" in asked.only:
        table = at_chance(asked.draws, 60 if asked.small else 120, asked.jobs)
        parts["chance"] = [f"{asked.draws} draws.", "", *chance_table(table)]
    write(parts, asked.out)


if __name__ == "__main__":
    main()
