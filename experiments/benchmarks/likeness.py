"""Likeness of signatures with known answers: bias, coverage and error rates, by size of study.

Run ``python experiments/benchmarks/likeness.py --draws 200 --out docs/likeness.md`` from the root
of the project; some minutes on one core. The table goes between the markers of the document;
without ``--out`` it is printed.

Four groups (cases, atopic dermatitis, psoriasis, reference) at the sizes of the index study and at
100 a group. *Nothing differs*: no group differs from the reference. *Unrelated*: three signatures
at exact right angles, a quarter of 363 analytes each, of .25, .40 and .40 SD root mean square.
*Half of AD*: the case signature is exactly half of that of AD, psoriasis is unrelated. In these
three a general factor and six axes correlate the analytes. *Index study*: cohorts of
``simulate_cohort("index_study")`` with plates, covariates, handling and limits of detection; the
truth is computed from the planted shifts over the analytes that are compared.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from subtyping._random import stream
from subtyping.cohorts import simulate_cohort
from subtyping.cohorts._catalogue import catalogue, loadings
from subtyping.cohorts._measurements import NAMED_HITS
from subtyping.cohorts._people import GROUP_SHIFTS
from subtyping.preparation import Preparation
from subtyping.signature.likeness import group_design, likeness_values
from subtyping.statistics.error_draws import draw_errors
from subtyping.statistics.shared_errors import SharedErrors, shared_errors
from subtyping.statistics.shared_errors_inference import (
    correlation_interval,
    correlation_p_value,
    difference_interval,
    signal_p_value,
)

SEED = 20260117
N_ANALYTES = 363
SIZES = {"25/30/21/32": (25, 30, 21, 32), "100/100/100/100": (100, 100, 100, 100)}
SCENARIOS = ("nothing differs", "unrelated", "index study", "half of AD")
SETTINGS = ("n_case", "n_ad", "n_psoriasis", "n_reference")
LEVEL = 0.05

Cell = tuple[SharedErrors, np.ndarray, tuple[float, float]]


def correlated_errors(n: int, rng: np.random.Generator) -> np.ndarray:
    """Return errors of SD 1 that follow a general factor and six axes of fifteen analytes."""
    load = np.zeros((N_ANALYTES, 7))
    load[:, 0] = 0.2 + 0.45 * rng.uniform(size=N_ANALYTES)
    for k in range(6):
        load[15 * k : 15 * (k + 1), k + 1] = 0.55
    own = np.sqrt(1 - (load**2).sum(axis=1))
    return rng.normal(size=(n, 7)) @ load.T + rng.normal(size=(n, N_ANALYTES)) * own


def signatures(scenario: str, rng: np.random.Generator) -> np.ndarray:
    """Return the true signatures of cases, AD and psoriasis."""
    draws = rng.normal(size=(3, N_ANALYTES)) * (rng.uniform(size=(3, N_ANALYTES)) < 0.25)
    draws -= draws.mean(axis=1, keepdims=True)
    at_right_angles = np.linalg.qr(draws.T)[0].T * np.sqrt(N_ANALYTES)
    if scenario == "nothing differs":
        return np.zeros((3, N_ANALYTES))
    found = at_right_angles * np.array([[0.25], [0.40], [0.40]])
    if scenario == "half of AD":
        found[0] = found[1] / 2
    return found


def gaussian_cell(scenario: str, sizes: tuple[int, ...], rng: np.random.Generator) -> Cell:
    """Return the fit of one draw, its groups and the true correlations."""
    group = np.repeat([0, 1, 2, 3], sizes)
    Y = correlated_errors(len(group), rng)
    truth = signatures(scenario, rng)
    for k in range(3):
        Y[group == k] += truth[k]
    X = np.column_stack([np.ones(len(group)), *((group == k) for k in range(3))]).astype(float)
    fit = shared_errors(Y, X, np.eye(4)[1:])
    known = {"unrelated": (0.0, 0.0), "half of AD": (1.0, 0.0)}
    return fit, group, known.get(scenario, (np.nan, np.nan))


def index_cell(sizes: tuple[int, ...], seed: int) -> Cell:
    """Return the fit of one simulated index study, its groups and the true correlations."""
    settings = dict(zip(SETTINGS, sizes, strict=True))
    cohort = simulate_cohort("index_study", seed=seed, **settings)
    prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(cohort.panel)
    sides = {"case": ["MDD"], "AD": ["AD"], "psoriasis": ["psoriasis"]}
    design = group_design(cohort.panel.samples, sides, ["HC"])
    values = likeness_values(prepared.log2, prepared.detected, design)
    fit = shared_errors(
        values.Y, design.matrix, [design.contrast(name) for name in sides], measured=values.measured
    )
    truth = planted(cohort.settings, seed).loc[list(values.analytes)].to_numpy().T
    r = np.corrcoef(truth)
    return fit, design.groups, (float(r[0, 1]), float(r[0, 2]))


def planted(settings: dict[str, object], seed: int) -> pd.DataFrame:
    """Return the planted standardised differences of cases, AD and psoriasis."""
    load = loadings(catalogue(N_ANALYTES), seed, "index_study", has_gradient=True)
    shifts = {name: dict.fromkeys(load.columns, 0.0) for name in ("MDD", "AD", "psoriasis")}
    own = {"level": "case_level", "Th2": "case_th2", "handling": "case_handling"}
    shifts["MDD"] |= {factor: float(str(settings[name])) for factor, name in own.items()}
    for (group, factor), size in GROUP_SHIFTS.items():
        shifts["MDD" if group == "index_study" else group][factor] += size
    table = pd.DataFrame({name: load @ pd.Series(shift) for name, shift in shifts.items()})
    table["MDD"] += pd.Series(NAMED_HITS).reindex(table.index).fillna(0.0)
    return table.div(np.sqrt(1 - (load[["age", "sex", "bmi"]] ** 2).sum(axis=1)), axis=0)


def one_draw(cell: Cell, rng: np.random.Generator, n_draws: int) -> dict[str, float]:
    """Return what the corrected and the plain correlation say of one draw."""
    fit, groups, (true_ad, true_psoriasis) = cell
    bootstrap = draw_errors(fit, groups, rng, n_draws=n_draws)
    permuted = draw_errors(fit, groups, rng, n_draws=n_draws, how="signs")
    heard = [
        fit.corrected[k, k] > 0 and signal_p_value(fit, permuted, k) <= LEVEL for k in range(3)
    ]
    p = fit.effects.shape[1]
    plain = fit.uncorrected(0, 1)
    row = {
        "true r": true_ad,
        "plain r": plain,
        "plain rejects": float(2 * stats.t.sf(abs(plain) * np.sqrt((p - 2) / (1 - plain**2)), p - 2)
                               <= LEVEL),
        "estimable": float(heard[0] and heard[1]),
        "rejects": 0.0,
        "true D": true_ad - true_psoriasis,
        "D estimable": float(all(heard)),
        "D rejects": 0.0,
    }  # fmt: skip
    if heard[0] and heard[1]:
        low, high = correlation_interval(fit, bootstrap)
        row |= {
            "r": fit.correlation(),
            "width": high - low,
            "covers": float(low <= true_ad <= high) if np.isfinite(true_ad) else np.nan,
            "rejects": float(correlation_p_value(fit, permuted) <= LEVEL),
        }
    if all(heard):
        low, high = difference_interval(fit, bootstrap)
        gap = true_ad - true_psoriasis
        row |= {
            "D": fit.correlation(0, 1) - fit.correlation(0, 2),
            "D covers": float(low <= gap <= high) if np.isfinite(gap) else np.nan,
            "D rejects": float(low > 0 or high < 0),
        }
    return row


def one_cell(scenario: str, size: str, draws: int, n_draws: int) -> dict[str, object]:
    """Return one row of the table."""
    rows = []
    for k in range(draws):
        rng = stream(SEED, "likeness", scenario, size, k)
        if scenario == "index study":
            cell = index_cell(SIZES[size], SEED + k)
        else:
            cell = gaussian_cell(scenario, SIZES[size], rng)
        rows.append(one_draw(cell, rng, n_draws))
    columns = (
        "true r", "plain r", "r", "estimable", "covers", "width", "rejects", "plain rejects",
        "true D", "D", "D estimable", "D covers", "D rejects",
    )  # fmt: skip
    found = pd.DataFrame(rows).reindex(columns=list(columns))
    return {"scenario": scenario, "people": size, **found.mean().to_dict()}


def as_markdown(table: pd.DataFrame) -> str:
    """Return the table as Markdown; what does not apply is blank."""
    lines = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    for row in table.itertuples(index=False):
        cells = [c if isinstance(c, str) else "" if np.isnan(c) else f"{c:.2f}" for c in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Simulate every cell; print the table or write it into the document."""
    parser = argparse.ArgumentParser(description="Known answers of the likeness of signatures.")
    parser.add_argument("--draws", type=int, default=20, help="cohorts a cell")
    parser.add_argument("--resamples", type=int, default=499, help="resamples a cohort")
    parser.add_argument("--out", type=Path, help="document with markers for the table")
    chosen = parser.parse_args()
    table = pd.DataFrame(
        [
            one_cell(scenario, size, chosen.draws, chosen.resamples)
            for scenario in SCENARIOS
            for size in SIZES
        ]
    )
    error = np.sqrt(0.05 * 0.95 / chosen.draws)
    text = (
        f"{chosen.draws} cohorts a cell (standard error of a rate of .05: {error:.3f}), "
        f"{chosen.resamples} resamples, seed {SEED}.\n\n{as_markdown(table)}"
    )
    if chosen.out is None:
        print(text)
        return
    begin, end = "<!-- table: begin -->", "<!-- table: end -->"
    document = chosen.out.read_text(encoding="utf-8")
    head, rest = document.split(begin)
    tail = rest.split(end)[1]
    chosen.out.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
