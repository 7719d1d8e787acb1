"""What pathway blockade says where the answer is known: value, coverage, false claims.

Run ``python experiments/benchmarks/blockade.py --draws 500 --true-draws 200`` from the root of the
project (about twenty minutes on one core); small numbers of draws run in seconds. The tables are
printed, and with ``--out docs/blockade.md`` set between the markers of that document.

People carry a general level L, a pathway P (read by five Th2 chemokines), another cause Q, sample
handling H and noise of their own; 64 analytes have variance 1 in healthy people. A scene says which
of these the cases have more of, and which analytes each raises.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from subtyping._parallel import map_in_order
from subtyping._random import stream
from subtyping.knowledge import handling_markers
from subtyping.preparation import Prepared
from subtyping.signature.blockade import pathway_blockade
from subtyping.statistics.conditional_network import clamp_slopes, clamp_weights, propagate
from subtyping.statistics.multiplicity import benjamini_hochberg
from subtyping.statistics.network_covariance import (
    shrinkage_weight,
    shrunk_covariance,
    sparse_covariance,
    within_group_covariance,
)

SEED = 20261121
MEMBERS = ("CCL11", "CCL13", "CCL17", "CCL22", "CCL26")
HIDDEN = ("IL4", "IL13")
N_LINKED, N_OTHER = 20, 33
NAMES = (
    *MEMBERS,
    *handling_markers(),
    *(f"linked{j:02d}" for j in range(N_LINKED)),
    *(f"other{j:02d}" for j in range(N_OTHER)),
)
LINKED = np.array([name.startswith("linked") for name in NAMES])
MEMBER = np.array([name in MEMBERS for name in NAMES])
MARKER = np.array([name in handling_markers() for name in NAMES])
MEMBER_LOADING, MARKER_LOADING = 0.7, 0.85


@dataclass(frozen=True)
class Scene:
    """What the cases have more of (SD), and how strongly P and Q raise the linked analytes."""

    title: str
    pathway: float = 0.0
    level: float = 0.0
    other: float = 0.0
    handling: float = 0.0
    by_pathway: float = 0.0
    by_other: float = 0.0
    leak: float = 0.1
    is_caused: bool = True

    @property
    def is_true(self) -> bool:
        """Whether the pathway raises part of the signature."""
        return self.is_caused and self.pathway * self.by_pathway > 0


SCENES = (
    Scene("P raises all of 20 analytes (d .8)", pathway=1.6, by_pathway=0.5),
    Scene(
        "P raises half of the difference in 20 analytes (d .8)",
        pathway=1.0, other=1.0, by_pathway=0.4, by_other=0.4,
    ),
    Scene(
        "the same, and the general level is up by .4 SD",
        pathway=1.0, other=1.0, level=0.4, by_pathway=0.4, by_other=0.4,
    ),
    Scene("common cause: P is raised with the 20, not before them", pathway=1.6, by_pathway=0.5,
          is_caused=False),
    Scene("nothing differs"),
    Scene("P is up and raises nothing", pathway=1.6),
    Scene("general level up by .8 SD, P is not", level=0.8),
    Scene("general level up by .8 SD; P up and raises nothing", level=0.8, pathway=1.6),
    Scene("another cause raises 20 analytes (d .8)", other=1.6, by_other=0.5),
    Scene("the same; P up and raises nothing", other=1.6, by_other=0.5, pathway=1.6),
    Scene("the same; P tied to the 20 and not up", other=2.0, by_other=0.4, by_pathway=0.4),
    Scene("cases waited 1 SD longer", handling=1.0, leak=0.4),
    Scene("cases waited 1 SD longer; P up and raises nothing", handling=1.0, leak=0.4, pathway=1.6),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Truth:
    """Loadings (n_analytes, 4) on L, P, Q, H, own noise, and the difference of the cases."""

    loadings: np.ndarray
    own: np.ndarray
    difference: np.ndarray
    caused: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """Within-group covariance."""
        return self.loadings @ self.loadings.T + np.diag(self.own**2)

    def expectation(self, judged: np.ndarray) -> float:
        """Percent of the judged difference that the exact conditional expectation takes away."""
        rows = clamp_weights(len(NAMES), np.flatnonzero(MEMBER), as_score=True)
        change = -clamp_slopes(self.covariance, rows) @ (rows @ self.difference)
        signs = np.sign(self.difference[judged])
        return float(-100 * (signs * change[judged]).sum() / np.abs(self.difference[judged]).sum())


def true_values(scene: Scene, k: int) -> Truth:
    """Return loadings: the general level is drawn anew for each cohort, as is the leak."""
    rng = stream(SEED, "blockade benchmark", scene.title, "loadings", k)
    level = np.where(MARKER, 0.1, rng.uniform(0.2, 0.6, size=len(NAMES)))
    leak = np.where(MARKER, MARKER_LOADING, rng.uniform(0.0, 2 * scene.leak, size=len(NAMES)))
    leak[MEMBER] = np.minimum(leak[MEMBER], 0.2)
    pathway = np.where(MEMBER, MEMBER_LOADING, np.where(LINKED, scene.by_pathway, 0.0))
    other = np.where(LINKED, scene.by_other, 0.0)
    loadings = np.column_stack([level, pathway, other, leak])
    total = (loadings**2).sum(axis=1)
    loadings[:, [0, 3]] *= np.sqrt(np.minimum(1.0, (0.9 - pathway**2 - other**2) / np.maximum(
        total - pathway**2 - other**2, 1e-9)))[:, None]  # fmt: skip
    own = np.sqrt(1 - (loadings**2).sum(axis=1))
    shift = np.array([scene.level, scene.pathway, scene.other, scene.handling])
    caused = loadings[:, 1] * scene.pathway * scene.is_caused
    return Truth(loadings, own, loadings @ shift, caused)


def draw(scene: Scene, k: int, n: tuple[int, int] = (100, 100)) -> tuple[Prepared, np.ndarray]:
    """Draw cases and reference people; the ligands are on the panel and not detected."""
    truth = true_values(scene, k)
    rng = stream(SEED, "blockade benchmark", scene.title, "people", k)
    is_case = np.arange(sum(n)) < n[0]
    factors = rng.normal(size=(sum(n), 4))
    x = factors @ truth.loadings.T + rng.normal(size=(sum(n), len(NAMES))) * truth.own
    x = x + np.outer(is_case, truth.difference)
    log2 = pd.DataFrame(x, columns=list(NAMES)).rename_axis("sample_id")
    healthy = log2[~is_case]
    z = (log2 - healthy.mean()) / healthy.std()
    detection = pd.DataFrame({"analyte": [*NAMES, *HIDDEN]})
    detected = np.where(detection["analyte"].isin(HIDDEN), 0.04, 1.0)
    detection = detection.assign(
        detected_case_frac=detected,
        detected_reference_frac=detected,
        is_kept=detected > 0.5,
        reason=np.where(detected > 0.5, "", "detected in 4%"),
    )
    prepared = Prepared(
        z=z,
        log2=log2,
        detected=log2.notna(),
        handling=z[list(handling_markers())].mean(axis=1),
        handling_markers=handling_markers(),
        detection=detection,
        n_imputed=pd.Series(0, index=z.index),
    )
    return prepared, is_case


def different(x: np.ndarray, is_case: np.ndarray) -> np.ndarray:
    """Return which analytes differ at q < .05 (Welch)."""
    p = stats.ttest_ind(x[is_case], x[~is_case], equal_var=False).pvalue
    return np.asarray(benjamini_hochberg(p) < 0.05)


def naive(prepared: Prepared, is_case: np.ndarray) -> tuple[float, float]:
    """Return percent improvement and percent of the hits no longer different, the naive way.

    Pooled covariance, the people it was learnt in, every member clamped and judged.
    """
    x = prepared.z.to_numpy()
    before = different(x, is_case)
    if not before.any():
        return float("nan"), float("nan")
    rows = clamp_weights(len(NAMES), np.flatnonzero(MEMBER))
    target = rows @ x[~is_case].mean(axis=0)
    after = x.copy()
    after[is_case] = propagate(x[is_case], within_group_covariance(x), rows, target)
    d = x[is_case].mean(axis=0) - x[~is_case].mean(axis=0)
    left = after[is_case].mean(axis=0) - x[~is_case].mean(axis=0)
    p = np.ones(len(NAMES))
    p[~MEMBER] = stats.ttest_ind(
        after[is_case][:, ~MEMBER], x[~is_case][:, ~MEMBER], equal_var=False
    ).pvalue
    still = benjamini_hochberg(p) < 0.05
    improvement = 100 * (1 - left[before] / d[before]).mean()
    return float(improvement), float(100 * (before & ~still).sum() / before.sum())


def one_cohort(k: int, scene: Scene, n_bootstrap: int, n_null: int) -> dict[str, float]:
    """Return what is said of one cohort, beside what is true of it."""
    prepared, is_case = draw(scene, k)
    found = pathway_blockade(
        prepared, is_case, ~is_case, pathway="IL-4/IL-13", n_bootstrap=n_bootstrap, n_null=n_null,
        doses=(1.0,), seed=k,
    )  # fmt: skip
    rows = found.table.set_index("metric")
    main = rows.loc["percent_normalised"]
    told = dict(zip(("naive", "naive_back"), naive(prepared, is_case), strict=True))
    small, small_case = draw(scene, k + 100_000, (25, 32))
    told |= dict(zip(("small", "small_back"), naive(small, small_case), strict=True))
    truth = true_values(scene, k)
    judged = np.isin(NAMES, found.analytes["analyte"])
    expected = causal = float("nan")
    if judged.any():
        expected = truth.expectation(judged)
        causal = 100 * truth.caused[judged].sum() / truth.difference[judged].sum()
    level = rows["value"].get("percent_normalised_given_level", float("nan"))
    return told | {
        "has_value": float(np.isfinite(main["value"])),
        "value": main["value"],
        "twin": main["null_twin"],
        "given_level": level,
        "expected": expected,
        "causal": causal,
        "covers": float(main["ci_low"] <= expected <= main["ci_high"]),
        "covers_causal": float(main["ci_low"] <= causal <= main["ci_high"]),
        "headline": float(main["p_value"] <= 0.05 and main["ci_low"] > 0),
        "beyond_level": float(len(found.beyond_level) > 0),
    }


def scene_rows(draws: int, true_draws: int, settings: tuple[int, int, int]) -> Iterator[dict]:
    """Yield a row for each scene."""
    n_bootstrap, n_null, jobs = settings
    for scene in SCENES:
        n = true_draws if scene.by_pathway and scene.pathway else draws
        one = partial(one_cohort, scene=scene, n_bootstrap=n_bootstrap, n_null=n_null)
        table = pd.DataFrame(map_in_order(one, range(n), jobs=jobs))
        valued = table[table["has_value"] > 0]
        low, high = stats.binomtest(int(table["beyond_level"].sum()), n).proportion_ci()
        row = {
            "scene": scene.title,
            "truth": valued["causal"].mean(),
            "expectation": valued["expected"].mean(),
            "value": valued["value"].mean(),
            "random sets": valued["twin"].mean(),
            "given level": valued["given_level"].mean(),
            "covers the expectation": valued["covers"].mean() if len(valued) else np.nan,
            "has a value": table["has_value"].mean(),
            "p <= .05 against any comparable sets": table["headline"].mean(),
            "beyond the general level": (
                f"{table['beyond_level'].mean():.3f} ({low:.3f} to {high:.3f}) of {n}"
            ),
            "naive": table["naive"].mean(),
            "naive, 25 v 32": table["small"].mean(),
            "naive, 25 v 32: no hit left": (table["small_back"] >= 100).mean(),
        }
        print(row, file=sys.stderr, flush=True)
        yield row


def network_rows(draws: int) -> Iterator[dict]:
    """Yield, for each way to learn the network, the percent it gives beside the exact one."""
    ways: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "within groups, as it is": within_group_covariance,
        "within groups, shrunk": lambda x, g: shrunk_covariance(
            within_group_covariance(x, g), shrinkage_weight(x, g)
        ),
        "within groups, sparse (EBIC)": lambda x, g: sparse_covariance(
            within_group_covariance(x, g), len(x) - 2
        )[0],
        "pooled over groups": lambda x, g: within_group_covariance(x),  # noqa: ARG005
    }
    rows = clamp_weights(len(NAMES), np.flatnonzero(MEMBER), as_score=True)
    for scene in (SCENES[0], SCENES[1], SCENES[9], SCENES[10]):
        for name, learn in ways.items():
            values, exact, seconds = [], [], 0.0
            for k in range(draws):
                truth = true_values(scene, k)
                prepared, is_case = draw(scene, k)
                x = prepared.z.to_numpy()
                start = time.perf_counter()
                covariance = learn(x, is_case)
                seconds += time.perf_counter() - start
                d = x[is_case].mean(axis=0) - x[~is_case].mean(axis=0)
                change = -clamp_slopes(covariance, rows) @ (rows @ d)
                values.append(-100 * change[LINKED].sum() / d[LINKED].sum())
                exact.append(truth.expectation(LINKED))
            error = np.array(values) - np.array(exact)
            yield {
                "scene": scene.title,
                "network": name,
                "exact": np.mean(exact),
                "mean": np.mean(values),
                "bias": error.mean(),
                "root mean square error": np.sqrt((error**2).mean()),
                "ms": f"{1000 * seconds / draws:.0f}",
            }


def as_markdown(rows: list[dict]) -> str:
    """Return rows as a Markdown table."""
    head = list(rows[0])
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    shares = {
        "covers the expectation",
        "has a value",
        "p <= .05 against any comparable sets",
        "naive, 25 v 32: no hit left",
    }
    for row in rows:
        cells = []
        for name, cell in row.items():
            if isinstance(cell, str):
                cells.append(cell)
            elif not np.isfinite(cell):
                cells.append("")
            else:
                cells.append(f"{cell:.2f}" if name in shares else f"{cell:.0f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def written(path: Path, name: str, text: str) -> None:
    """Set a text between the markers of a document."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    head, rest = path.read_text(encoding="utf-8").split(begin)
    path.write_text(f"{head}{begin}\n\n{text}\n\n{end}{rest.split(end)[1]}", encoding="utf-8")


def main() -> None:
    """Simulate every scene and print, or write, both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=20, help="cohorts of each false scene")
    parser.add_argument("--true-draws", type=int, default=20, help="cohorts of each true scene")
    parser.add_argument("--network-draws", type=int, default=10)
    parser.add_argument("--bootstrap", type=int, default=100)
    parser.add_argument("--null", type=int, default=99)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, help="document with the markers")
    asked = parser.parse_args()
    networks = as_markdown(list(network_rows(asked.network_draws)))
    networks = f"{asked.network_draws} cohorts a row.\n\n{networks}"
    settings = (asked.bootstrap, asked.null, asked.jobs)
    scenes = as_markdown(list(scene_rows(asked.draws, asked.true_draws, settings)))
    scenes = (
        f"{asked.draws} cohorts of each scene in which the pathway raises nothing, "
        f"{asked.true_draws} of the others; {asked.bootstrap} resamples, {asked.null} random sets, "
        f"seed {SEED}.\n\n{scenes}"
    )
    for name, text in (("networks", networks), ("scenes", scenes)):
        if asked.out is None:
            print(text, end="\n\n")
        else:
            written(asked.out, name, text)


if __name__ == "__main__":
    main()
