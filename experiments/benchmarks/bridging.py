"""Bridging and batch correction on real runs, golden values and simulated bridges.

Run ``python experiments/benchmarks/bridging.py`` from the root of the project; about a minute on
one core. It writes the tables between the markers of ``docs/bridging.md``. The shared data sets
are looked for in SUBTYPING_SHARED, by default the folder ``shared`` beside the project.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from subtyping._random import stream
from subtyping.panel import Panel, read_panel
from subtyping.preparation.bridge_identity import recognise_bridges
from subtyping.preparation.bridge_offsets import bridge_offsets, pair_differences
from subtyping.preparation.bridge_report import BridgeRules, split_halves
from subtyping.preparation.bridging import bridge_panels, shared_samples
from subtyping.preparation.combat import ComBat

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SUBTYPING_SHARED", ROOT.parent / "shared"))
DOCUMENT = ROOT / "docs" / "bridging.md"
EXPORTS = {
    "Breda": "cohort1_breda_INF",
    "Hannover": "cohort3_hannover_INF",
    "Nijmegen plate 1": "cohort2_nijmegen_INF_plate1",
    "Nijmegen plate 2": "cohort2_nijmegen_INF_plate2",
    "Nijmegen plates 3-7": "cohort2_nijmegen_INF_plate3-7",
}
PAIRS = {
    ("Breda", "Hannover"): "≤ .15",
    ("Hannover", "Nijmegen plates 3-7"): "≤ .25",
    ("Nijmegen plate 1", "Nijmegen plates 3-7"): "refused",
    ("Nijmegen plate 2", "Nijmegen plates 3-7"): "",
    ("Nijmegen plate 1", "Nijmegen plate 2"): "",
    ("Hannover", "Nijmegen plate 2"): "",
}
COMBAT = {
    "param": {},
    "mean_only": {"mean_only": True},
    "ref_b0": {"reference_batch": "b0"},
    "group_only": {},
    "nomod": {},
    "nonparam": {"prior": "nonparametric"},
}
COVARIATES = {"group_only": ["group"], "nomod": []}
SEED, N_ANALYTES, N_DRAWS = 20260117, 64, 100


def read_runs(shared: Path = SHARED) -> dict[str, Panel]:
    """Read the five exports; of the sample that Breda lists twice the first row."""
    home = shared / "datasets" / "covid_olink_inflammation_3cohorts" / "native"
    return {
        name: read_panel(home / f"{stem}_npxmanager.xlsx", format="olink_wide", duplicates="first")
        for name, stem in EXPORTS.items()
    }


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"


def pair_rows(runs: dict[str, Panel]) -> list[str]:
    """Return the lines of the table of real pairs."""
    head = (
        "| reference | new run | bridges | analytes counted | spread of differences | offset | "
        "held out, raw | held out, bridged, every bridge | target | look like another | held out, "
        "bridged, those set aside (95 % of splits) | bridgeable | analytes |"
    )
    lines = [head, "|---|---|---:|---:|---:|---:|---:|---:|---|---:|---|---|---:|"]
    for (first, second), target in PAIRS.items():
        kept = bridge_panels(
            runs[first], runs[second], rules=BridgeRules(mismatched="keep", seed=SEED)
        )
        report = bridge_panels(runs[first], runs[second], rules=BridgeRules(seed=SEED))
        span = f"{_number(report.held_out_ci_low)} to {_number(report.held_out_ci_high)}"
        after = f"{_number(report.held_out)} ({span})" if np.isfinite(report.held_out) else "–"
        spread = _number(report.table["mad_log2"].median())
        unlike = int((~report.bridges["is_recognised"]).sum())
        lines.append(
            f"| {first} | {second} | {len(report.bridges)} | {report.n_counted} | {spread} | "
            f"{kept.raw:.2f} | {kept.held_out_raw:.2f} | {kept.held_out:.2f} | {target} | "
            f"{unlike} | {after} | {'yes' if report.is_bridgeable else 'no'} | "
            f"{len(report.bridged)} |"
        )
    return lines


def _two_way(d: np.ndarray) -> np.ndarray:
    """Medians after each bridge's own shift over analytes is taken out."""
    shift = np.nanmedian(d - np.nanmedian(d, axis=0), axis=1)
    return np.asarray(np.nanmedian(d - (shift - np.median(shift))[:, None], axis=0))


def _shrunk(d: np.ndarray) -> np.ndarray:
    """Medians shrunk to their centre over analytes by their standard errors."""
    offset = np.nanmedian(d, axis=0)
    error = np.pi / 2 * np.nanvar(d, axis=0, ddof=1) / np.isfinite(d).sum(axis=0)
    centre = np.median(offset)
    spread = max(float(np.var(offset, ddof=1) - error.mean()), 0.0)
    return np.asarray(centre + (offset - centre) * spread / (spread + error))


def _walsh(d: np.ndarray) -> np.ndarray:
    """Hodges-Lehmann: median of the averages of two."""
    i, j = np.triu_indices(len(d))
    return np.asarray(np.nanmedian((d[i] + d[j]) / 2, axis=0))


ESTIMATORS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "median (used)": lambda d: np.nanmedian(d, axis=0),
    "mean": lambda d: np.nanmean(d, axis=0),
    "trimmed mean (20 %)": lambda d: stats.trim_mean(d, 0.2, axis=0),
    "Hodges-Lehmann": _walsh,
    "two-way median": _two_way,
    "shrunk median": _shrunk,
}


def differences_of(first: Panel, second: Panel, pairs: pd.DataFrame) -> np.ndarray:
    """Return differences of counted analytes, detected or not (as the target is defined)."""
    names = [name for name in first.values if name in second.values]
    often = (first.detected_frac()[names] > 0.75) & (second.detected_frac()[names] > 0.75)
    names = [name for name in names if often[name]]
    a = first.values.loc[pairs["reference"], names].to_numpy()
    b = second.values.loc[pairs["new"], names].to_numpy()
    found = pair_differences(a, b)
    return found[:, np.isfinite(found).all(axis=0)]


def held_out_of(d: np.ndarray, estimate: Callable[[np.ndarray], np.ndarray]) -> float:
    """Return the mean over 200 half splits of the median absolute held-out offset."""
    residuals = []
    for k in range(200):
        order = stream(SEED, "bridges", k).permutation(len(d))
        half = len(d) // 2
        left = np.median(d[order[half:]], axis=0) - estimate(d[order[:half]])
        residuals.append(np.median(np.abs(left)))
    return float(np.mean(residuals))


def estimator_rows(runs: dict[str, Panel]) -> list[str]:
    """Return the lines of the table of estimators, every bridge kept."""
    chosen = list(PAIRS)[:4]
    lines = [
        "| estimator | " + " | ".join(f"{a} – {b}" for a, b in chosen) + " |",
        "|---|" + "---:|" * len(chosen),
    ]
    found = [differences_of(runs[a], runs[b], shared_samples(runs[a], runs[b])) for a, b in chosen]
    for name, estimate in ESTIMATORS.items():
        cells = " | ".join(f"{held_out_of(d, estimate):.3f}" for d in found)
        lines.append(f"| {name} | {cells} |")
    return lines


def label_rows(runs: dict[str, Panel]) -> list[str]:
    """Return who looks like whom on plates 3-7, and what giving the labels back does."""
    new = runs["Nijmegen plates 3-7"]
    tables = {}
    for name in ("Nijmegen plate 1", "Nijmegen plate 2", "Hannover"):
        bridges = bridge_panels(runs[name], new).bridges
        unlike = bridges[~bridges["is_recognised"]].set_index("reference_id")
        tables[name] = unlike
    lines = [
        "| label | " + " | ".join(f"looks like, from {name}" for name in tables) + " |",
        "|---|" + "---|" * len(tables),
    ]
    for label in sorted(set().union(*(table.index for table in tables.values()))):
        cells = []
        for table in tables.values():
            if label not in table.index:
                cells.append("")
                continue
            row = table.loc[label]
            own, other = row["own_correlation"], row["other_correlation"]
            cells.append(f"{row['looks_like'] or 'none'} ({own:.2f} / {other:.2f})")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    given = tables["Nijmegen plate 1"]["looks_like"]
    pairs = pd.DataFrame({"reference": given.index, "new": given.to_numpy()})
    mended = bridge_panels(runs["Nijmegen plate 1"], new, pairs=pairs, rules=BridgeRules(seed=SEED))
    lines.append("")
    lines.append(
        f"Plate 1 to plates 3-7 with each of the {len(pairs)} bridges paired with the one it looks "
        f"like: held out {mended.held_out:.2f} instead of "
        f"{mended_before(runs):.2f} (offset {mended.raw:.2f})."
    )
    return lines


def mended_before(runs: dict[str, Panel]) -> float:
    """Return the held-out offset of plate 1 to plates 3-7 under the labels of the files."""
    rules = BridgeRules(mismatched="keep", seed=SEED)
    return bridge_panels(
        runs["Nijmegen plate 1"], runs["Nijmegen plates 3-7"], rules=rules
    ).held_out


def simulated(n: int, noise: float, k: int, *, kind: str = "clean") -> dict[str, float]:
    """Bridge one simulated pair of runs and compare with the truth."""
    rng = stream(SEED, "simulated", n, str(noise), kind, k)
    offset = rng.normal(0.3, 0.3, N_ANALYTES)
    level = np.zeros((n, 1)) if kind == "one pool" else rng.normal(0, 0.5, (n, 1))
    people = level + (kind != "one pool") * rng.normal(0, 0.7, (n, N_ANALYTES))
    a = people + rng.normal(0, noise / np.sqrt(2), people.shape)
    b = people + offset + rng.normal(0, noise / np.sqrt(2), people.shape)
    if kind == "one bridge in five 1 log2 off":
        b[: max(n // 5, 1)] += rng.choice([-1.0, 1.0], (max(n // 5, 1), 1))
    if kind == "half of the labels exchanged":
        b[: n // 2] = b[np.roll(np.arange(n // 2), 1)]
    found = recognise_bridges(a, b)
    used = found.is_recognised
    rules = BridgeRules(n_splits=50)
    result = {"flagged": float((~used).mean()), "accepted": 0.0}
    if used.sum() < 2:
        return result | dict.fromkeys(("error", "held_out", "covered"), np.nan)
    offsets = bridge_offsets(a[used], b[used])
    everything = np.ones(N_ANALYTES, dtype=bool)
    held = split_halves(pair_differences(a, b)[used], everything, rules).residual.mean()
    inside = (offsets.ci_low <= offset) & (offset <= offsets.ci_high)
    return result | {
        "error": float(np.median(np.abs(offsets.offset - offset))),
        "held_out": float(held),
        "covered": float(inside.mean()),
        "accepted": float(held <= rules.max_residual and used.sum() >= rules.min_pairs),
    }


def simulation_rows() -> list[str]:
    """Return the lines of the simulation table."""
    cells = [(n, noise, "clean") for noise in (0.1, 0.2, 0.3, 0.5) for n in (4, 8, 16, 24)]
    cells += [(n, 0.3, "one bridge in five 1 log2 off") for n in (8, 16, 24)]
    cells += [(n, 0.3, "half of the labels exchanged") for n in (8, 16, 24)]
    cells += [(n, 0.3, "one pool") for n in (8, 16, 24)]
    head = (
        "| bridges | noise (log2) | kind | error of the offset | held-out residual | interval "
        "covers | bridges flagged | within the limit |"
    )
    lines = [head, "|---:|---:|---|---:|---:|---:|---:|---:|"]
    for n, noise, kind in cells:
        draws = pd.DataFrame([simulated(n, noise, k, kind=kind) for k in range(N_DRAWS)])
        mean = draws.mean()
        lines.append(
            f"| {n} | {noise} | {kind} | {mean['error']:.2f} | {mean['held_out']:.2f} | "
            f"{mean['covered']:.3f} | {mean['flagged']:.3f} | {mean['accepted']:.2f} |"
        )
    return lines


def golden_array(shared: Path, size: str, name: str) -> np.ndarray | None:
    """Return one corrected panel of sva::ComBat, samples by analytes."""
    folder = shared / "golden" / "values"
    entry = json.loads((folder / f"combat_{size}.json").read_text())["arrays"].get(f"combat.{name}")
    if entry is None:
        return None
    count = int(np.prod(entry["dims"]))
    values = np.fromfile(folder / f"combat_{size}.bin", "<f8", count, offset=entry["offset"])
    return values.reshape(entry["dims"], order="F").T


def combat_errors(shared: Path = SHARED) -> pd.DataFrame:
    """Return the largest relative difference from sva::ComBat for every golden panel."""
    rows = []
    for size in "AB":
        home = shared / "golden" / "data"
        X = pd.read_csv(home / f"{size}_x.csv", index_col=0).to_numpy(dtype=float)
        people = pd.read_csv(home / f"{size}_meta.csv")
        for name, settings in COMBAT.items():
            expected = golden_array(shared, size, name)
            if expected is None:
                continue
            kept = people[COVARIATES.get(name, ["group", "age", "sex", "bmi"])]
            step = ComBat(**settings).fit(X, batches=people["batch"], covariates=kept)
            out = step.transform(X, batches=people["batch"], covariates=kept)
            error = np.abs(out - expected) / np.abs(expected)
            rows.append((size, f"{X.shape[0]} x {X.shape[1]}", name, error.max()))
    return pd.DataFrame(rows, columns=["set", "size", "setting", "error"])


def combat_rows() -> list[str]:
    """Return the lines of the agreement table."""
    lines = ["| samples x analytes | setting | largest relative difference |", "|---|---|---:|"]
    for row in combat_errors().itertuples():
        bound = 10.0 ** np.ceil(np.log10(row.error))
        lines.append(f"| {row.size} | {row.setting} | < {bound:.0e} |")
    return lines


def write(document: Path, name: str, lines: list[str]) -> None:
    """Put lines between the markers of a name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    body = "\n".join(lines)
    document.write_text(f"{before}{begin}\n{body}\n{end}{after}", encoding="utf-8")


def main() -> None:
    """Make every table and write it into the document."""
    runs = read_runs()
    tables = {
        "pairs": pair_rows(runs),
        "estimators": estimator_rows(runs),
        "labels": label_rows(runs),
        "simulation": simulation_rows(),
        "combat": combat_rows(),
    }
    for name, lines in tables.items():
        write(DOCUMENT, name, lines)
        print("\n".join(lines), end="\n\n")


if __name__ == "__main__":
    main()
