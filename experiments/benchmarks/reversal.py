"""How often a reversal is called, where the answer is known.

Run ``python experiments/benchmarks/reversal.py`` from the root of the project: about half an hour
on one core; ``--draws 5`` runs in seconds. The tables go into ``docs/reversal.md``.

People are drawn from the `continuum` design (a graded general level, immune axes, handling; 92
analytes of which those detected in half of the people are used, handling markers left out), all
from one population. A signature of 20 analytes, .8 SD up, is planted in 100 cases against 100
reference people: 20 at random, or a neighbourhood (an analyte and the 19 most correlated with it).
Drugs are measured in a trial of 100 against 100 further people, so their effects carry noise with
the panel's own correlation; their numbers are placebo-adjusted unless the row says otherwise.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._random import stream
from subtyping.cohorts import simulate_cohort
from subtyping.knowledge import handling_markers
from subtyping.preparation import Preparation
from subtyping.preparation.prepared import Prepared
from subtyping.signature.differential import differential_abundance
from subtyping.signature.reversal import Reversal, observed_reversal, published_reversal
from subtyping.signature.reversal.result import DECIDING
from subtyping.statistics.intervals import wilson_interval

SEED = 20260121
N, SIZE, SHIFT = 100, 20, 0.8
SETS = ("at random", "a neighbourhood")
TRUE = ("takes half away", "takes half of 5 analytes away, exactly known")
UNADJUSTED = "equals its placebo, unadjusted"


@dataclass(frozen=True, eq=False)
class People:
    """z of 5 x 100 people of one population, and the planted analytes."""

    prepared: Prepared
    z: np.ndarray
    hit: np.ndarray
    generator: np.random.Generator


def people(k: int, kind: str) -> People:
    """Draw one cohort and choose where its signature lies."""
    cohort = simulate_cohort("continuum", seed=SEED + k, n_case=5 * N, n_reference=8)
    panel = cohort.panel
    samples = panel.samples.copy()
    generator = stream(SEED, "benchmark", "reversal", kind, k)
    is_case = panel.in_groups(["MDD"])
    chosen = generator.permutation(np.flatnonzero(is_case))
    samples["group"] = "trial"
    for name, rows in (("HC", chosen[:N]), ("MDD", chosen[N : 2 * N])):
        samples.iloc[rows, samples.columns.get_loc("group")] = name
    renamed = replace(panel, samples=samples)
    prepared = Preparation(["MDD"], ["HC"], adjust=()).fit_transform(renamed)
    keep = [name for name in prepared.z if name not in handling_markers()]
    prepared = replace(prepared, z=prepared.z[keep])
    z = prepared.z.to_numpy(dtype=float)[chosen]
    tables = {name: getattr(prepared, name).iloc[chosen] for name in ("z", "log2", "detected")}
    prepared = replace(prepared, **tables)
    if kind == SETS[0]:
        hit = generator.choice(len(keep), SIZE, replace=False)
    else:
        r = np.corrcoef(z, rowvar=False)
        hit = np.argsort(-r[generator.integers(len(keep))], kind="stable")[:SIZE]
    return People(prepared, z, hit, generator)


def planted(drawn: People, shifts: dict[range, np.ndarray]) -> Prepared:
    """Return the people with shifts (in SD) added to some of them; log2 is z."""
    z = drawn.z.copy()
    for rows, shift in shifts.items():
        z[list(rows)] += shift
    frame = pd.DataFrame(z, index=drawn.prepared.z.index, columns=drawn.prepared.z.columns)
    return replace(drawn.prepared, z=frame, log2=frame,
                   detected=drawn.prepared.detected[frame.columns])  # fmt: skip


def groups() -> dict[str, np.ndarray]:
    """Return the masks: reference, cases (before), two arms of a trial (after)."""
    rows = np.arange(5 * N)
    return {name: (rows >= k * N) & (rows < (k + 1) * N)
            for k, name in enumerate(("reference", "case", "drug", "placebo"))}  # fmt: skip


def true_effects(drawn: People) -> dict[str, np.ndarray]:
    """Return what each drug truly does, in SD."""
    p, generator = drawn.z.shape[1], drawn.generator
    half = np.zeros(p)
    half[drawn.hit] = -SHIFT / 2
    elsewhere = np.zeros(p)
    others = np.setdiff1d(np.arange(p), drawn.hit)
    elsewhere[generator.choice(others, SIZE, replace=False)] = -SHIFT / 2
    return {
        TRUE[0]: half,
        "the same, labels permuted": half[generator.permutation(p)],
        "acts on 20 other analytes": elsewhere,
        "does nothing": np.zeros(p),
        "makes it half as large again": -half,
    }


def effects_table(drawn: People) -> pd.DataFrame:
    """Return measured effects of every drug, and of two of which five effects are known."""
    mask, names = groups(), drawn.prepared.z.columns
    noise = drawn.z[mask["drug"]].mean(axis=0) - drawn.z[mask["placebo"]].mean(axis=0)
    other = drawn.z[4 * N :].mean(axis=0) - drawn.z[mask["placebo"]].mean(axis=0)
    error = np.full(len(names), np.sqrt(2 / N))
    measured = {name: true + noise for name, true in true_effects(drawn).items()}
    parts = [_rows(name, names, value, value, error) for name, value in measured.items()]
    half = measured[TRUE[0]]
    parts.append(_rows(UNADJUSTED, names, half, other, error))
    few = drawn.hit[:5]
    sign = drawn.generator.choice([-1.0, 1.0], 5)
    blank = np.full(5, np.nan)
    known = np.full(5, -SHIFT / 2)
    parts.append(_rows(TRUE[1], names[few], known, known, blank))
    turned = "moves 5 of its analytes, signs at random"
    parts.append(_rows(turned, names[few], known * sign, known * sign, blank))
    chosen = drawn.generator.choice(len(names), 5, replace=False)
    parts.append(_rows("moves 5 analytes at random", names[chosen], known, known, blank))
    return pd.concat(parts, ignore_index=True)


def _rows(
    drug: str, names: pd.Index, plain: np.ndarray, adjusted: np.ndarray, error: np.ndarray
) -> pd.DataFrame:
    direction = np.where(plain < 0, "down", np.where(plain > 0, "up", "none"))
    return pd.DataFrame(
        {
            "drug": drug, "drug_class": drug, "analyte": names, "direction": direction,
            "log2_fc": plain, "log2_fc_placebo_adjusted": adjusted, "standard_error": error,
        }
    )  # fmt: skip


def one_published(task: tuple[int, str, int]) -> pd.DataFrame:
    """Score every drug in one cohort."""
    k, kind, draws = task
    drawn = people(k, kind)
    mask = groups()
    shift = np.zeros(drawn.z.shape[1])
    shift[drawn.hit] = SHIFT
    prepared = planted(drawn, {range(N, 2 * N): shift})
    samples = pd.DataFrame({"group": "trial"}, index=prepared.z.index)
    samples.loc[mask["reference"], "group"] = "HC"
    samples.loc[mask["case"], "group"] = "MDD"
    found = differential_abundance(
        prepared.log2, prepared.detected, samples, contrasts={"MDD vs HC": (["MDD"], ["HC"])},
        covariates=(), batch=False,
    )  # fmt: skip
    result = published_reversal(
        prepared, found, mask["case"], mask["reference"], effects=effects_table(drawn),
        bootstrap=20, draws=draws, seed=k,
    )  # fmt: skip
    return summary(result, k).assign(kind=kind)


def one_observed(task: tuple[int, str, int]) -> pd.DataFrame:
    """Measure every treatment as another 100 people after it, in one cohort."""
    k, kind, draws = task
    drawn = people(k, kind)
    mask = groups()
    shift = np.zeros(drawn.z.shape[1])
    shift[drawn.hit] = SHIFT
    tables = []
    for name, effect in true_effects(drawn).items():
        prepared = planted(drawn, {range(N, 2 * N): shift, range(2 * N, 3 * N): shift + effect})
        result = observed_reversal(
            prepared, mask["case"], mask["drug"], mask["reference"], name=name, bootstrap=20,
            n_splits=5, draws=draws, seed=k,
        )  # fmt: skip
        tables.append(summary(result, k))
    return pd.concat(tables, ignore_index=True).assign(kind=kind)


def summary(result: Reversal, k: int) -> pd.DataFrame:
    """Return one row per drug and model: verdict, and value and p-value of each metric."""
    keys = ["drug", "model"]
    wide = result.table.pivot_table(index=keys, columns="metric", values=["value", "p_value"])
    wide.columns = [f"{metric} {what}" for what, metric in wide.columns]
    verdicts = result.verdicts.set_index(keys)["verdict"]
    return verdicts.to_frame().join(wide).reset_index().assign(cohort=k)


def rate(hits: pd.Series) -> str:
    """Return a rate with its Wilson interval."""
    n, k = len(hits), int(hits.sum())
    low, high = wilson_interval(k, n)
    return f"{k / n:.3f} ({float(low):.3f}-{float(high):.3f})"


def published_table(rows: pd.DataFrame) -> str:
    """Return rates of the verdict and of each metric for every drug and kind of signature."""
    lines = ["| signature | drug | called | improvement | cosine | connectivity | improvement, % |",
             "|---|---|---|---|---|---|---|"]  # fmt: skip
    adjusted = rows["model"] != "published"
    unadjusted = (rows["drug"] == UNADJUSTED) & ~adjusted
    named = rows.assign(drug=rows["drug"].where(adjusted | unadjusted))
    named.loc[(rows["drug"] == UNADJUSTED) & adjusted, "drug"] = "equals its placebo, adjusted"
    for (kind, drug), mine in named.dropna(subset=["drug"]).groupby(["kind", "drug"], sort=False):
        called = mine["verdict"].str.startswith("reverses")
        metrics = [f"{(mine[f'{name} p_value'] <= 0.05).mean():.3f}" for name in DECIDING]
        value = mine["improvement_pct value"].median()
        lines.append(f"| {kind} | {drug} | {rate(called)} | {' | '.join(metrics)} | {value:.0f} |")
    return "\n".join(lines)


def observed_table(rows: pd.DataFrame) -> str:
    """Return the rates of the verdict, and what the uncorrected cosine would have said."""
    head = (
        "signature treatment called cosine,_uncorrected cosine,_corrected cosine,_halves slope,_%"
    )
    names = [name.replace("_", " ") for name in head.split()]
    lines = ["| " + " | ".join(names) + " |", "|---" * len(names) + "|"]
    metrics = ("cosine_uncorrected", "cosine_corrected", "cosine", "improvement_slope_pct")
    columns = [f"{name} value" for name in metrics]
    for (kind, drug), mine in rows.groupby(["kind", "drug"], sort=False):
        called = mine["verdict"].str.startswith("reverses")
        middle = mine[columns].median()
        texts = [*(f"{x:.2f}" for x in middle.iloc[:3]), f"{middle.iloc[3]:.0f}"]
        lines.append(f"| {kind} | {drug} | {rate(called)} | {' | '.join(texts)} |")
    return "\n".join(lines)


def collected(
    one: Callable[[tuple[int, str, int]], pd.DataFrame], cohorts: int, draws: int, jobs: int
) -> pd.DataFrame:
    """Run all cohorts of both kinds of signature."""
    tasks = [(k, kind, draws) for kind in SETS for k in range(cohorts)]
    return pd.concat(map_in_order(one, tasks, jobs=jobs), ignore_index=True)


def main() -> None:
    """Print the two tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--draws", type=int, default=500, help="cohorts of each kind")
    parser.add_argument("--observed", type=int, default=None, help="cohorts with measured drugs")
    parser.add_argument("--nulls", type=int, default=199, help="draws of each null")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", default=None, help="folder for the rows as csv")
    chosen = parser.parse_args()
    for name, one, table, count in (
        ("published", one_published, published_table, chosen.draws),
        ("observed", one_observed, observed_table,
         chosen.draws // 5 if chosen.observed is None else chosen.observed),
    ):  # fmt: skip
        if count < 1:
            continue
        rows = collected(one, count, chosen.nulls, chosen.jobs)
        if chosen.out is not None:
            rows.to_csv(f"{chosen.out}/reversal_{name}.csv", index=False)
        print(f"\n{name}, {count} cohorts of each kind\n\n{table(rows)}", flush=True)


if __name__ == "__main__":
    main()
