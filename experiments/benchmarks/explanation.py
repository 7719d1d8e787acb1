"""What intervals of SHAP ranks and zero crossings hold for: these models, or the next cohort too.

A cohort with a planted subtype is drawn, models are fitted in outer folds and held-out people are
explained; then the same is done in a fresh cohort of the same population. Printed is how often the
fresh cohort's rank and zero crossing lie inside the first cohort's 95 % intervals, and how flat the
permuted-label baseline is.

    python experiments/benchmarks/explanation.py --draws 20 --out explanation.md
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping._random import stream
from subtyping.prediction.attribution import Attribution, attribute
from subtyping.prediction.explain import FoldExplanation
from subtyping.prediction.explanation import explain
from subtyping.prediction.models import fit_model

N_CASE, N_ANALYTES, N_MEMBERS, SHARE, SHIFT, FOLDS = 300, 40, 4, 0.27, 2.2, 3
MODELS = ("elastic_net", "gradient_boosting")
COLUMNS = (
    "model",
    "analytes",
    "n",
    "rank inside",
    "rank width",
    "crossing inside",
    "crossing width",
)


def cohort(seed: int, k: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw cases, of whom a share is shifted on the first analytes."""
    rng = stream(seed, "explanation", k)
    z = rng.normal(size=(N_CASE, N_ANALYTES)) + 0.5 * rng.normal(size=(N_CASE, 1))
    is_subtype = rng.random(N_CASE) < SHARE
    z[is_subtype, :N_MEMBERS] += SHIFT
    ids = [f"s{i:03d}" for i in range(N_CASE)]
    return pd.DataFrame(z, index=ids, columns=[f"A{j:02d}" for j in range(N_ANALYTES)]), is_subtype


def explained(model: str, seed: int, k: int) -> Attribution:
    """Explain the held-out people of each fold of one cohort."""
    data, is_subtype = cohort(seed, k)
    X, people, rng = data.to_numpy(), data.index.to_numpy(), stream(seed, "labels", k)
    parts = []
    for fold in range(FOLDS):
        held = np.arange(N_CASE) % FOLDS == fold
        shuffled = rng.permutation(is_subtype[~held])
        found = []
        for labels in (is_subtype[~held], shuffled):
            fitted = fit_model(model, X[~held], labels, people[~held], seed=seed)
            found.append(explain(fitted, X[~held][:100], X[held]))
        (values, baseline), (permuted, _) = found
        parts.append(
            FoldExplanation(data[held], values, baseline, permuted, 100, int((~held).sum()), ())
        )
    who = pd.Series(people, index=people)
    return attribute(parts, people=who, axis_of={}, model=model, resamples=200, seed=seed)


def one(task: tuple[str, int, int]) -> pd.DataFrame:
    """Compare the intervals of a cohort with the numbers of a fresh one."""
    model, seed, k = task
    first, fresh = (explained(model, seed, 2 * k + j) for j in (0, 1))
    ranks = first.table.set_index("analyte")
    crossings = first.crossings.set_index("analyte")
    new_rank = fresh.table.set_index("analyte")["rank"].reindex(ranks.index)
    new_crossing = fresh.crossings.set_index("analyte")["crossing_z"].reindex(ranks.index)
    low, high = (crossings[f"crossing_z_ci_{end}"] for end in ("low", "high"))
    return pd.DataFrame(
        {
            "model": model,
            "is_planted": [int(name[1:]) < N_MEMBERS for name in ranks.index],
            "rank_inside": new_rank.between(ranks["rank_ci_low"], ranks["rank_ci_high"]),
            "rank_width": ranks["rank_ci_high"] - ranks["rank_ci_low"],
            "crossing_inside": new_crossing.between(low, high).where(low.notna() & high.notna()),
            "crossing_width": high - low,
            "permuted": ranks["permuted_mean_abs"],
        }
    )


def tables(draws: int, seed: int, jobs: int) -> str:
    """Return the two tables as markdown."""
    tasks = [(model, seed, k) for model in MODELS for k in range(draws)]
    found = pd.concat(map_in_order(one, tasks, jobs=jobs), ignore_index=True)
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
    for model in MODELS:
        for is_planted, name in ((True, f"{N_MEMBERS} planted"), (False, "others")):
            part = found[(found["model"] == model) & (found["is_planted"] == is_planted)]
            numbers = [
                *(part["rank_inside"].mean(), part["rank_width"].median()),
                *(part["crossing_inside"].astype(float).mean(), part["crossing_width"].median()),
            ]
            said = " | ".join(f"{number:.2f}" for number in numbers)
            lines.append(f"| {model.replace('_', ' ')} | {name} | {len(part):,} | {said} |")
    lines += ["", "| model | permuted, planted | permuted, others |", "| --- | --- | --- |"]
    for model in MODELS:
        part = found[found["model"] == model]
        mean = part.groupby("is_planted")["permuted"].mean()
        lines.append(f"| {model.replace('_', ' ')} | {mean[True]:.3f} | {mean[False]:.3f} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    text = tables(given.draws, given.seed, given.jobs)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8", newline="\n")
    print(text)


if __name__ == "__main__":
    main()
