"""Coverage of the criteria's intervals, optimism, and what a rule reaches, in known cohorts.

Studies: ``coverage`` (effective separation 4, a binomial share of 27 %, existence test skipped),
``issue`` (the same with it: how often a rule is proposed), ``useless`` (labels that none of 92
analytes knows, 100 cases), ``planted`` (two-clause rule against the best with population-optimal
cuts), ``shared`` (posterior, joint and leave-out estimates where rule and label share analytes).
Rows are appended to ``--out`` one by one; a draw that is there is not made again.

    python experiments/benchmarks/criteria_coverage.py coverage --n-case 150 --draws 20 --out c.csv
"""

import argparse
import itertools
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from sklearn.mixture import GaussianMixture

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping.axes import define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.criteria import propose_criteria
from subtyping.criteria.latent import latent_membership
from subtyping.discovery import LabellingProcedure, discover
from subtyping.knowledge import published_criteria
from subtyping.panel.frames import panel_from_frame
from subtyping.statistics.cutpoints import youden_cut
from subtyping.statistics.intervals import wilson_interval
from subtyping.statistics.mixtures import fit_two_groups
from subtyping.statistics.smoothed_cut import smoothed_cut

ROOT = 20260117
FRACTION, NOMINAL = 0.27, 4 * 1.03  # nominal separation that is effectively 4
POPULATION = 12_000
SHARES = ("sensitivity", "specificity", "ppv", "prevalence_frac")
SHAPES = {
    "five alike": [0.80, 0.72, 0.84, 0.76, 0.74],
    "rule's is the best": [0.9, 0.5, 0.5],
    "rule's is the worst": [0.5, 0.9, 0.9],
    "two alike": [0.8, 0.8],
}


def cohorts(study: str, n_case: int, draw: int) -> tuple[Any, Any, int]:
    """Return a cohort, the population it comes from and its seed."""
    seed = child_seed(ROOT, "criteria", study, n_case, draw)
    n_in = int(stream(seed, "share").binomial(n_case, FRACTION))
    options = {"seed": seed, "separation": NOMINAL}
    cohort = simulate_cohort("th2_subtype", n_case=n_case, fraction=n_in / n_case, **options)
    population = simulate_cohort(
        "th2_subtype", n_case=POPULATION, n_reference=4, fraction=FRACTION, **options
    )
    return cohort, population, seed


def procedure() -> LabellingProcedure:
    """Return the labelling procedure of a study with the default axis."""
    return LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))


def truth_of(rule: Any, population: Any) -> dict[str, float]:
    """Return what a rule does in the population, at a prevalence of 27 %."""
    cases = population.panel.in_groups(["MDD"])
    met = rule.apply(population.panel).to_numpy(dtype=float)[cases]
    label = population.truth["is_subtype"].to_numpy()[cases]
    se, sp = float(np.nanmean(met[label])), float(1 - np.nanmean(met[~label]))
    found = FRACTION * se
    ppv = found / (found + (1 - FRACTION) * (1 - sp))
    return {"sensitivity": se, "specificity": sp, "ppv": ppv, "prevalence_frac": FRACTION}


def optimum_of(clause: Any, population: Any) -> float:
    """Return the population optimum of a marker's cut."""
    cases = population.panel.in_groups(["MDD"])
    x = population.panel.values[clause.marker].to_numpy(dtype=float)[cases]
    label = population.truth["is_subtype"].to_numpy()[cases]
    found = smoothed_cut(x, label, ~label, operator=clause.operator, bandwidth=0.5)
    return float(found.threshold[0])


def coverage(n_case: int, resamples: int, draw: int) -> list[dict[str, Any]]:
    """Propose rules in one cohort and compare them with the population."""
    cohort, population, seed = cohorts("coverage", n_case, draw)
    labeller = procedure()
    found = propose_criteria(
        cohort.panel,
        labeller,
        labeller.fit(cohort.panel),
        SimpleNamespace(kind="discrete", axis="Th2", n_needed=None),
        published=published_criteria(),
        resamples=resamples,
        seed=seed,
        jobs=1,
    )
    rows = []
    for rule, row in zip(found.rules, found.table.to_dict("records"), strict=True):
        if row["kind"] != "subtype":
            continue
        true = truth_of(rule, population)
        one: dict[str, Any] = {"draw": draw, "clauses": len(rule.clauses)}
        for name in SHARES:
            one |= {name: row[name], f"{name}_true": true[name]}
            one |= {f"{name}_{end}": row[f"{name}_ci_{end}"] for end in ("low", "high")}
        for name in ("sensitivity", "specificity"):
            for kind in ("fidelity_{}", "out_of_bag_{}", "{}_apparent"):
                one[kind.format(name)] = row[kind.format(name)]
        one["threshold"] = row["threshold"]
        one["threshold_true"] = optimum_of(rule.clauses[0], population)
        one["threshold_low"] = row["threshold_given_marker_ci_low"]
        one["threshold_high"] = row["threshold_given_marker_ci_high"]
        rows.append(one | {"selection_frac": row["selection_frac"], "rule": row["rule_text"]})
    careless = _careless(cohort, population)
    return [row | careless if row["clauses"] == 1 else row for row in rows]


def _careless(cohort: Any, population: Any) -> dict[str, float]:
    """Return what the customary way says of its rule, and what that rule does in the population.

    Two Gaussian groups on the three axis members that tell most, hard labels, the empirical Youden
    cut of the best of all analytes, sensitivity and specificity in the same people.
    """
    members = ["CCL11", "CCL13", "CCL17"]
    values = [one.panel.values[one.panel.in_groups(["MDD"])] for one in (cohort, population)]
    x = values[0][members].to_numpy(dtype=float)
    groups = GaussianMixture(2, n_init=5, random_state=0).fit(x)
    label = groups.predict(x) == int(groups.means_.sum(axis=1).argmax())
    usable = [name for name in values[0] if values[0][name].notna().mean() > 0.75]
    cuts = [youden_cut(values[0][name].to_numpy(dtype=float), label, ~label) for name in usable]
    best = int(np.nanargmax([one.youden[0] for one in cuts]))
    cut, name = cuts[best].threshold[0], usable[best]
    met = [(one[name] >= cut).to_numpy() for one in values]
    known = population.truth["is_subtype"].to_numpy()[population.panel.in_groups(["MDD"])]
    return {
        "careless_sensitivity": float(met[0][label].mean()),
        "careless_specificity": float((~met[0])[~label].mean()),
        "careless_sensitivity_true": float(met[1][known].mean()),
        "careless_specificity_true": float((~met[1])[~known].mean()),
    }


def issue(n_case: int, resamples: int, draw: int) -> list[dict[str, Any]]:  # noqa: ARG001
    """Ask for the verdict in one cohort: only `discrete` issues a rule."""
    cohort, _, seed = cohorts("coverage", n_case, draw)
    verdict = discover(cohort.panel, case=["MDD"], reference=["HC"], axis="Th2", seed=seed, jobs=1)
    return [{"draw": draw, "kind": verdict.kind}]


class _Known:
    """Labels that are a column of the samples table."""

    case, reference, members = ("MDD",), ("HC",), ()

    def fit(self, panel: Any, seed: int = 0) -> "_Known":  # noqa: ARG002
        return self

    def score(self, panel: Any) -> SimpleNamespace:
        return SimpleNamespace(values=panel.samples["hidden"])

    def label(self, panel: Any, *, scores: Any = None) -> SimpleNamespace:  # noqa: ARG002
        table = panel.samples[["hidden"]].set_axis(["probability"], axis=1)
        return SimpleNamespace(table=table.rename_axis("sample_id").reset_index())


def useless(n_case: int, resamples: int, draw: int) -> list[dict[str, Any]]:
    """Propose the best of 92 analytes that know nothing of the labels."""
    seed = child_seed(ROOT, "criteria", "useless", n_case, draw)
    rng = stream(seed, "useless")
    ids = pd.Index([f"s{i}" for i in range(n_case + 40)], name="sample_id")
    values = pd.DataFrame(rng.normal(size=(len(ids), 92)), index=ids).add_prefix("A")
    group = np.where(np.arange(len(ids)) < n_case, "MDD", "HC")
    hidden = (rng.random(len(ids)) < FRACTION).astype(float)
    samples = pd.DataFrame({"group": group, "hidden": hidden}, index=ids)
    panel, labeller = panel_from_frame(values, samples, unit="NPX"), _Known()
    found = propose_criteria(
        panel,
        labeller,
        labeller,
        SimpleNamespace(kind="discrete", axis="none", n_needed=None),
        published=published_criteria(),
        resamples=resamples,
        seed=seed,
        jobs=1,
        max_markers=1,
    )
    row = found.table.iloc[0]
    names = ("{}", "{}_apparent", "out_of_bag_{}")
    index = [sum(row[n.format(s)] for s in ("sensitivity", "specificity")) - 1 for n in names]
    row_low = [row[f"{s}_ci_low"] for s in ("sensitivity", "specificity")]
    return [dict(zip(("draw", "ours", "apparent", "out_of_bag", "se_low", "sp_low"),
                     (draw, *index, *row_low), strict=True))]  # fmt: skip


def planted(n_case: int, resamples: int, draw: int) -> list[dict[str, Any]]:
    """Compare the two-clause rule with the best of two population-optimal cuts."""
    cohort, population, seed = cohorts("planted", n_case, draw)
    labeller = procedure()
    fitted = labeller.fit(cohort.panel)
    found = propose_criteria(
        cohort.panel,
        labeller,
        fitted,
        SimpleNamespace(kind="discrete", axis="Th2", n_needed=None),
        published=published_criteria(),
        resamples=max(2, resamples),
        seed=seed,
        jobs=1,
    )
    cases = population.panel.in_groups(["MDD"])
    x = population.panel.values.loc[cases, list(fitted.members)].to_numpy(dtype=float)
    label = population.truth["is_subtype"].to_numpy()[cases]
    half = np.arange(len(x)) % 2 == 0  # cuts from one half, judged on the other
    best, linear = 0.0, 0.0
    for i, j in itertools.combinations(range(x.shape[1]), 2):
        pair = x[:, [i, j]]
        best = max(best, _best_box(pair, label, half))
        linear = max(linear, _best_line(pair, label, half))
    true = truth_of(found.rules[1], population)
    ours = (true["sensitivity"] + true["specificity"]) / 2
    return [{"draw": draw, "balanced": ours, "best": best, "linear": linear,
             "reached": (ours - 0.5) / (best - 0.5), "rule": found.rules[1].text}]  # fmt: skip


def _best_box(x: np.ndarray, label: np.ndarray, half: np.ndarray) -> float:
    """Return the balanced accuracy of the best two cuts, both joiners, a grid of 120 a side."""
    grids = [np.quantile(column[half], np.linspace(0.3, 0.97, 120)) for column in x.T]
    passes = [column[:, None] >= grid for column, grid in zip(x.T, grids, strict=True)]

    def both(rows: np.ndarray) -> np.ndarray:
        a, b = (one[rows].astype(np.float32) for one in passes)
        return a.T @ b / rows.sum()

    def one(rows: np.ndarray) -> np.ndarray:
        a, b = (p[rows].mean(axis=0) for p in passes)
        return a[:, None] + b[None, :]

    found = 0.0
    for joiner in ("and", "or"):
        shares = []
        for part in (half, ~half):
            hit = [both(part & side) for side in (label, ~label)]
            if joiner == "or":
                hit = [one(part & side) - h for side, h in zip((label, ~label), hit, strict=True)]
            shares.append((hit[0] + 1 - hit[1]) / 2)
        found = max(found, float(shares[1].ravel()[shares[0].argmax()]))
    return found


def _best_line(x: np.ndarray, label: np.ndarray, half: np.ndarray) -> float:
    """Return the balanced accuracy of the linear discriminant of two analytes."""
    means = [x[half & side].mean(axis=0) for side in (label, ~label)]
    within = sum(np.cov(x[half & side], rowvar=False) for side in (label, ~label))
    score = x @ np.linalg.solve(within, means[0] - means[1])
    cuts = np.quantile(score[half], np.linspace(0.3, 0.97, 400))

    def balanced(part: np.ndarray) -> np.ndarray:
        se, fp = ((score[part & side, None] >= cuts).mean(axis=0) for side in (label, ~label))
        return np.asarray((se + 1 - fp) / 2)

    return float(balanced(~half)[balanced(half).argmax()])


def shared(n_case: int, resamples: int, draw: int) -> list[dict[str, Any]]:  # noqa: ARG001
    """Estimate sensitivity and specificity of a fixed cut on an analyte the label is made of."""
    rows = []
    for (name, loadings), separation in itertools.product(SHAPES.items(), (3.0, 4.0)):
        rng = stream(child_seed(ROOT, "shared", n_case, draw), name, int(separation))
        lam = np.array(loadings)
        own = np.sqrt(1 - lam**2)
        within = np.sqrt(lam.mean() ** 2 + (own**2).sum() / len(lam) ** 2)
        shift = separation * within / lam.mean()
        label = rng.random(n_case) < FRACTION
        factor = rng.normal(size=n_case) + shift * label
        x = factor[:, None] * lam + own * rng.normal(size=(n_case, len(lam)))
        met, score, others = x[:, 0] >= shift * lam[0] / 2, x.mean(axis=1), x[:, 1:].mean(axis=1)
        p = fit_two_groups(score).probability(score)
        joint, _ = latent_membership(p, score, x[:, :1], np.ones(n_case))
        apart = fit_two_groups(others).probability(others)
        true = _shares(met, label.astype(float))
        for way, found in (
            ("label", _shares(met, p)),
            ("joint", _shares(met, joint)),
            ("left out", _unmixed(met, apart)),
        ):
            gaps = found - true
            rows.append({"draw": draw, "loadings": name, "separation": separation, "way": way,
                         "sensitivity_gap": gaps[0], "specificity_gap": gaps[1]})  # fmt: skip
    return rows


def _shares(met: np.ndarray, p: np.ndarray) -> np.ndarray:
    return np.array([(p * met).sum() / p.sum(), ((1 - p) * ~met).sum() / (1 - p).sum()])


def _unmixed(met: np.ndarray, p: np.ndarray) -> np.ndarray:
    """Return shares corrected for the misclassification of the posterior (matrix method)."""
    weights = np.vstack([p / p.sum(), (1 - p) / (1 - p).sum()])
    mixing = weights @ np.column_stack([p, 1 - p])
    if abs(np.linalg.det(mixing)) < 0.05:
        return _shares(met, p)
    found = np.linalg.solve(mixing, weights @ met)
    return np.clip([found[0], 1 - found[1]], 0, 1)


STUDIES = {"coverage": coverage, "issue": issue, "useless": useless, "planted": planted,
           "shared": shared}  # fmt: skip


def summary(study: str, rows: pd.DataFrame) -> str:
    """Return the markdown table of a study."""
    if study == "issue":
        share = (rows["kind"] == "discrete").mean()
        return f"{len(rows)} cohorts, a rule issued in {share:.2f}\n{rows['kind'].value_counts()}"
    if study == "shared":
        gaps = ["sensitivity_gap", "specificity_gap"]
        table = rows.groupby(["separation", "loadings", "way"], sort=False)[gaps].mean()
        return _markdown(table.round(3).reset_index())
    if study == "useless":
        told = rows.drop(columns="draw").agg(["mean", "std"]).round(3)
        kept = ((rows["se_low"] + rows["sp_low"]) > 1).mean()
        table = _markdown(told.reset_index())
        return f"{len(rows)} cohorts\n{table}\nJ above 0 by both limits: {kept:.3f}"
    if study == "planted":
        told = rows.drop(columns=["draw", "rule"]).agg(["mean", "std", "min"]).round(3)
        return f"{len(rows)} cohorts\n{_markdown(told.reset_index())}"
    heads = "clauses | quantity | n | coverage (95 % Wilson) | width | estimate - truth"
    lines = [f"| {heads} | apparent - truth | out-of-bag mean - truth |", "|---" * 8 + "|"]
    for clauses, part in rows.groupby("clauses"):
        for name in (*SHARES, "threshold"):
            if name == "threshold" and clauses > 1:
                continue
            low, high, true = part[f"{name}_low"], part[f"{name}_high"], part[f"{name}_true"]
            hit = (low <= true) & (true <= high)
            ends = wilson_interval(hit.sum(), len(hit))
            gaps = [(part[name] - true).mean()]
            for column in (f"{name}_apparent", f"out_of_bag_{name}"):
                gaps.append((part[column] - true).mean() if column in part else np.nan)
            told = " | ".join("" if np.isnan(gap) else f"{gap:+.3f}" for gap in gaps)
            lines.append(
                f"| {clauses} | {name} | {len(part)} | {hit.mean():.3f} ({ends[0]:.3f} to "
                f"{ends[1]:.3f}) | {(high - low).mean():.3f} | {told} |"
            )
        lines.append(
            f"| {clauses} | same markers | | {part['selection_frac'].mean():.2f} | | | | |"
        )
        for name in ("sensitivity", "specificity"):
            if clauses == 1 and f"careless_{name}" in part:
                gap = (part[f"careless_{name}"] - part[f"careless_{name}_true"]).mean()
                lines.append(f"| 1 | careless {name} | {len(part)} | | | | {gap:+.3f} | |")
    return "\n".join(lines)


def _markdown(table: pd.DataFrame) -> str:
    lines = [list(map(str, table.columns)), ["---"] * table.shape[1]]
    lines += [[str(cell) for cell in row] for row in table.to_numpy(dtype=object)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    """Make the draws that are not there yet and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study", choices=STUDIES)
    parser.add_argument("--n-case", type=int, default=150)
    parser.add_argument("--first", type=int, default=0, help="number of the first draw")
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--resamples", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    rows = pd.DataFrame()
    if given.out is not None and given.out.exists():
        rows = pd.read_csv(given.out)
    done = set(rows["draw"]) if len(rows) else set()
    todo = [d for d in range(given.first, given.first + given.draws) if d not in done]
    make = partial(STUDIES[given.study], given.n_case, given.resamples)
    step = max(1, 2 * given.jobs)
    for start in range(0, len(todo), step):
        made = map_in_order(make, todo[start : start + step], jobs=given.jobs)
        new = pd.DataFrame([row for one in made for row in one])
        if len(new):
            rows = pd.concat([rows, new], ignore_index=True)
        if given.out is not None:
            rows.to_csv(given.out, index=False)
    print(summary(given.study, rows))


if __name__ == "__main__":
    main()
