"""What intervals of SHAP ranks and zero crossings hold for: do they hold the next cohort's?

A cohort with a planted subtype is drawn, models are fitted in outer folds and held-out people are
explained; the model is refitted on resampled people for the intervals. Then the same is done in a
fresh cohort of the same population. Printed is how often the fresh cohort's rank and zero crossing
lie inside the first cohort's 95 % intervals, how often an interval of a crossing is given at all,
and how flat the permuted-label baseline is. Pairs of cohorts are added to `--rows`, so that a run
goes on where it stopped.

    python experiments/benchmarks/explanation.py --pairs 24 --rows explanation.csv
    python experiments/benchmarks/explanation.py --crossings
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.panel import Panel, ReadingReport
from subtyping.prediction.attribution import Attribution, attribute, with_refits
from subtyping.prediction.explain import (
    FoldExplanation,
    refit_explanations,
    zero_crossing,
)
from subtyping.prediction.explanation import explain
from subtyping.prediction.models import fit_model

N_CASE, N_ANALYTES, N_MEMBERS, SHARE, SHIFT, FOLDS = 300, 40, 4, 0.27, 2.2, 3
MODELS = ("gradient_boosting", "elastic_net")
COLUMNS = (
    *("model", "analytes", "n", "rank inside", "width of rank interval"),
    *("crossing given", "inside, where given", "its width (z)"),
)


@dataclass(frozen=True)
class _Known:
    """A procedure whose labels are the truth, and which learns nothing but them."""

    case: tuple[str, ...] = ("case",)
    reference: tuple[str, ...] = ("reference",)
    members: tuple[str, ...] = ()

    def fit(self, panel: Panel, *, seed: int) -> "_Known":  # noqa: ARG002
        return self

    def prepare(self, panel: Panel) -> pd.DataFrame:
        return panel.values

    def label(self, panel: Panel) -> SimpleNamespace:
        return SimpleNamespace(
            table=pd.DataFrame(
                {
                    "sample_id": panel.sample_ids,
                    "probability": panel.samples["label"].to_numpy(dtype=float),
                }
            )
        )


def cohort(seed: int, k: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw cases, of whom a share is shifted on the first analytes."""
    rng = stream(seed, "explanation", k)
    z = rng.normal(size=(N_CASE, N_ANALYTES)) + 0.5 * rng.normal(size=(N_CASE, 1))
    is_subtype = rng.random(N_CASE) < SHARE
    z[is_subtype, :N_MEMBERS] += SHIFT
    ids = [f"s{i:03d}" for i in range(N_CASE)]
    return pd.DataFrame(z, index=ids, columns=[f"A{j:02d}" for j in range(N_ANALYTES)]), is_subtype


def as_panel(data: pd.DataFrame, is_subtype: np.ndarray) -> Panel:
    """Return a cohort as a panel, with one reference person."""
    values = pd.concat([data, data.iloc[:1].set_axis(["r0"])]).rename_axis("sample_id")
    no = pd.DataFrame(data=False, index=values.index, columns=values.columns)
    samples = pd.DataFrame(
        {"group": ["case"] * len(data) + ["reference"], "label": [*is_subtype.astype(float), 0.0]},
        index=values.index,
    )
    reading = ReadingReport("drawn", "wide", None, len(values), len(values), pd.DataFrame())
    analytes = pd.DataFrame(index=values.columns)
    return Panel(values, "log2", no, no, values * np.nan, analytes, samples, reading)


def explained(model: str, seed: int, k: int, *, refits: int = 0) -> Attribution:
    """Explain the held-out people of each fold of one cohort, with intervals on request."""
    data, is_subtype = cohort(seed, k)
    data = data.astype(np.float32).astype(float)
    X, people, rng = data.to_numpy(), data.index.to_numpy(), stream(seed, "labels", k)
    parts = []
    for fold in range(FOLDS):
        held = np.arange(N_CASE) % FOLDS == fold
        shuffled = rng.permutation(is_subtype[~held])
        found = []
        for labels in (is_subtype[~held], shuffled)[: 2 if refits else 1]:
            fitted = fit_model(model, X[~held], labels, people[~held], seed=seed)
            found.append(explain(fitted, X[~held][:100], X[held]))
        values, baseline = found[0]
        permuted = found[1][0] if refits else None
        parts.append(
            FoldExplanation(data[held], values, baseline, permuted, 100, int((~held).sum()), ())
        )
    again = refit_explanations(
        _Known(), as_panel(data, is_subtype), model=model, resamples=refits, seed=seed + k, jobs=1
    )
    return with_refits(attribute(parts, axis_of={}, model=model), again)


def one(model: str, seed: int, k: int, refits: int) -> pd.DataFrame:
    """Compare the intervals of a cohort with the numbers of a fresh one."""
    first, fresh = explained(model, seed, 2 * k, refits=refits), explained(model, seed, 2 * k + 1)
    ranks = first.table.set_index("analyte")
    crossings = first.crossings.set_index("analyte").reindex(ranks.index)
    new_rank = fresh.table.set_index("analyte")["rank"].reindex(ranks.index)
    new_crossing = fresh.crossings.set_index("analyte")["crossing_z"].reindex(ranks.index)
    low, high = (crossings[f"crossing_z_ci_{end}"] for end in ("low", "high"))
    is_given = low.notna() & high.notna()
    return pd.DataFrame(
        {
            "model": model,
            "pair": k,
            "is_planted": [int(name[1:]) < N_MEMBERS for name in ranks.index],
            "rank_inside": new_rank.between(ranks["rank_ci_low"], ranks["rank_ci_high"]),
            "rank_width": ranks["rank_ci_high"] - ranks["rank_ci_low"],
            "crossing_given": is_given,
            "crossing_inside": new_crossing.between(low, high)
            .astype(float)
            .where(is_given & new_crossing.notna()),
            "crossing_width": high - low,
            "permuted": ranks["permuted_mean_abs"],
        }
    )


def collect(rows: Path, pairs: int, seed: int, refits: int) -> pd.DataFrame:
    """Add pairs of cohorts to a file until each model has enough, and return all."""
    done = set()
    if rows.is_file():
        done = set(map(tuple, pd.read_csv(rows)[["model", "pair"]].to_numpy()))
    for k in range(pairs):
        for model in MODELS:
            if (model, k) not in done:
                found = one(model, seed, k, refits)
                found.to_csv(rows, mode="a", header=not rows.is_file(), index=False)
    return pd.read_csv(rows)


def tables(found: pd.DataFrame) -> str:
    """Return the two tables as markdown."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for model in MODELS:
        for is_planted, name in ((True, f"{N_MEMBERS} planted"), (False, "others")):
            part = found[(found["model"] == model) & (found["is_planted"] == is_planted)]
            numbers = [
                *(part["rank_inside"].mean(), part["rank_width"].median()),
                *(part["crossing_given"].mean(), part["crossing_inside"].mean()),
                part["crossing_width"].median(),
            ]
            said = " | ".join(f"{number:.2f}" for number in numbers)
            lines.append(f"| {model.replace('_', ' ')} | {name} | {len(part):,} | {said} |")
    lines += ["", "| model | permuted, planted | permuted, others |", "| --- | --- | --- |"]
    for model in MODELS:
        part = found[found["model"] == model]
        mean = part.groupby("is_planted")["permuted"].mean()
        lines.append(f"| {model.replace('_', ' ')} | {mean[True]:.3f} | {mean[False]:.3f} |")
    return "\n".join(lines) + "\n"


def smoothed_crossing(x: np.ndarray, phi: np.ndarray) -> float:
    """Return where a local mean with a normal kernel crosses zero: the way not taken."""
    width = 1.06 * x.std() * len(x) ** -0.2
    grid = np.linspace(*np.quantile(x, [0.02, 0.98]), 201)
    kernel = np.exp(-0.5 * ((grid[:, None] - x) / width) ** 2)
    curve = kernel @ phi / kernel.sum(axis=1)
    at = np.flatnonzero(curve[:-1] * curve[1:] < 0)
    return float(grid[at[0]]) if len(at) else np.nan


def crossings(draws: int = 300) -> str:
    """Return bias and error of both ways to find a crossing at 1, on steps and on ramps."""
    lines = ["| attribution | n | noise | turning point | smoothed |", f"|{' --- |' * 5}"]
    shapes = {
        "step of -1 and 1": lambda x: np.where(x > 1, 1.0, -1.0),
        "step of -.6 and 2": lambda x: np.where(x > 1, 2.0, -0.6),
        "ramp": lambda x: x - 1,
    }
    for name, shape in shapes.items():
        for n, noise in ((150, 0.3), (150, 1.0), (400, 0.3), (400, 1.0)):
            off = []
            for k in range(draws):
                rng = stream(1, "crossings", k)
                x = rng.normal(size=n) + 2.0 * (rng.random(n) < SHARE)
                phi = shape(x) + noise * rng.normal(size=n)
                off.append((zero_crossing(x, phi).value - 1, smoothed_crossing(x, phi) - 1))
            bias, error = np.nanmean(off, axis=0), np.sqrt(np.nanmean(np.square(off), axis=0))
            said = " | ".join(f"{b:+.2f} ({e:.2f})" for b, e in zip(bias, error, strict=True))
            lines.append(f"| {name} | {n} | {noise:g} | {said} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=24)
    parser.add_argument("--refits", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=Path, default=Path("explanation.csv"))
    parser.add_argument("--crossings", action="store_true")
    given = parser.parse_args()
    if given.crossings:
        print(crossings())
    else:
        print(tables(collect(given.rows, given.pairs, given.seed, given.refits)))


if __name__ == "__main__":
    main()
