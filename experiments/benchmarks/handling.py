"""What regressing the handling score out mends, and what it breaks: error rate, bias, coverage.

Run ``python experiments/benchmarks/handling.py`` from the root of the project; half a minute on one
core. The tables go into ``docs/covariates.md`` between its markers.

Six markers carry waiting time (loading .85, so that their mean has the reliability of the real
ones), other analytes carry it with their own loading. Cases and reference people are compared on
one analyte at a time, as it is and with the handling score regressed out by slopes learnt in the
reference people.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.knowledge import handling_markers
from subtyping.preparation import Prepared
from subtyping.preparation.handling_adjuster import HandlingAdjuster
from subtyping.signature.handling_analytes import analytes_at_equal_handling

SEED = 20260117
DRAWS = 150
N_ANALYTES = 20
MARKER_LOADING = 0.85
SEPARATION = 3.0
DOCUMENT = Path("docs/covariates.md")


@dataclass(frozen=True)
class Scene:
    """What is true of the cases and of the analytes."""

    title: str
    loading: float
    waited: float = 0.0
    difference: float = 0.0
    shared: float = 0.0
    n_case: int = 100
    n_reference: int = 100


SCENES = (
    Scene("nothing differs", 0.4),
    Scene("cases waited 1 SD longer", 0.4, waited=1.0),
    Scene("cases waited 1 SD longer, 30 reference people", 0.4, waited=1.0, n_reference=30),
    Scene("a true difference", 0.4, difference=0.5),
    Scene("a true difference, and cases waited longer", 0.4, waited=1.0, difference=0.5),
    Scene("the same, analyte free of handling", 0.0, waited=1.0, difference=0.5),
    Scene("a true difference that raises the markers, too", 0.4, difference=0.5, shared=0.7),
)
"""`shared`: what one SD of the analyte's own biology, the difference included, adds to a marker."""


def draw(scene: Scene, k: int) -> tuple[Prepared, np.ndarray]:
    """Draw cases and reference people, markers and analytes (log2, SD about 1)."""
    rng = stream(SEED, "handling", scene.title, k)
    case = np.arange(scene.n_case + scene.n_reference) < scene.n_case
    waiting = rng.normal(size=len(case)) + scene.waited * case
    biology = rng.normal(size=len(case)) + scene.difference * case
    noise = rng.normal(size=(len(case), N_ANALYTES))
    own = np.sqrt(1 - scene.loading**2)
    mixed = biology[:, None] if scene.shared else noise + scene.difference * case[:, None] / own
    if scene.shared:
        mixed = (mixed - scene.difference * case[:, None]) * np.sqrt(0.5) + noise * np.sqrt(0.5)
        mixed = mixed + scene.difference * case[:, None] / own
    analytes = scene.loading * waiting[:, None] + own * mixed
    errors = rng.normal(size=(len(case), 6)) * np.sqrt(1 - MARKER_LOADING**2)
    markers = MARKER_LOADING * waiting[:, None] + errors + scene.shared * biology[:, None]
    names = [*(f"A{j}" for j in range(N_ANALYTES)), *handling_markers()]
    log2 = pd.DataFrame(np.column_stack([analytes, markers]), columns=names)
    healthy = log2[~case]
    z = (log2 - healthy.mean()) / healthy.std()
    prepared = Prepared(
        z=z,
        log2=log2,
        detected=log2.notna(),
        handling=z[list(handling_markers())].mean(axis=1),
        handling_markers=handling_markers(),
        detection=pd.DataFrame(),
        n_imputed=pd.Series(0, index=z.index),
    )
    return prepared, case


def one_scene(scene: Scene) -> list[dict[str, object]]:
    """Return estimate, rejection rate and coverage under each option."""
    tables = []
    for k in range(DRAWS):
        prepared, case = draw(scene, k)
        table = analytes_at_equal_handling(prepared, prepared.handling.to_numpy(), case, ~case)
        tables.append(table[~table["is_marker"]])
    table = pd.concat(tables)
    rows = []
    for option in ("report", "regress_out"):
        name = f"log2_fc_{option}"
        low, high = table[f"{name}_ci_low"], table[f"{name}_ci_high"]
        rows.append(
            {
                "scene": scene.title,
                "loading": scene.loading,
                "true difference": scene.difference,
                "handling": option,
                "mean estimate": float(table[name].mean()),
                "interval excludes 0": float(((low > 0) | (high < 0)).mean()),
                "coverage": float(((low <= scene.difference) & (scene.difference <= high)).mean()),
            }
        )
    return rows


def one_subtype(title: str, *, waited: float, shared: float) -> dict[str, object]:
    """Return how far a quarter of the cases, 3 SD up, stands apart before and after."""
    before, after = [], []
    for k in range(DRAWS):
        rng = stream(SEED, "subtype", title, k)
        n_reference, n_case = 100, 200
        group = np.arange(n_reference + n_case) >= n_reference + n_case * 3 // 4
        reference = np.arange(n_reference + n_case) < n_reference
        waiting = rng.normal(size=len(group)) + waited * group
        biology = rng.normal(size=len(group)) + SEPARATION * group
        axis = 0.4 * waiting + np.sqrt(1 - 0.4**2) * biology
        errors = rng.normal(size=(len(group), 6)) * np.sqrt(1 - MARKER_LOADING**2)
        markers = MARKER_LOADING * waiting[:, None] + errors + shared * biology[:, None]
        healthy = markers[reference]
        handling = ((markers - healthy.mean(axis=0)) / healthy.std(axis=0, ddof=1)).mean(axis=1)
        z = ((axis - axis[reference].mean()) / axis[reference].std(ddof=1))[:, None]
        adjuster = HandlingAdjuster().fit(z[reference], handling=handling[reference])
        others = ~reference & ~group
        for store, values in ((before, z), (after, adjuster.transform(z, handling=handling))):
            x = values[:, 0]
            within = np.sqrt((x[group].var(ddof=1) + x[others].var(ddof=1)) / 2)
            store.append((x[group].mean() - x[others].mean()) / within)
    return {
        "the group": title,
        "separation, report": float(np.mean(before)),
        "separation, regress_out": float(np.mean(after)),
    }


def as_markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown."""
    lines = ["| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    for row in table.itertuples(index=False):
        cells = [cell if isinstance(cell, str) else f"{cell:.3f}" for cell in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Simulate every scene and write the table into the document."""
    table = pd.DataFrame([row for scene in SCENES for row in one_scene(scene)])
    subtypes = pd.DataFrame(
        [
            one_subtype("waited as long as the others", waited=0.0, shared=0.0),
            one_subtype("waited 1 SD longer", waited=1.0, shared=0.0),
            one_subtype("releases the markers itself (.3 SD for 1 SD)", waited=0.0, shared=0.3),
            one_subtype("releases the markers itself (.7 SD for 1 SD)", waited=0.0, shared=0.7),
        ]
    )
    text = (
        f"{DRAWS} draws of {N_ANALYTES} analytes a row, 100 cases and 100 reference people unless "
        f"said otherwise, seed {SEED}.\n\n{as_markdown(table)}\n\n"
        "A quarter of 200 cases whose biology is 3 SD up (separation in SD within the groups):\n\n"
        f"{as_markdown(subtypes)}"
    )
    begin, end = "<!-- handling: begin -->", "<!-- handling: end -->"
    head, rest = DOCUMENT.read_text(encoding="utf-8").split(begin)
    tail = rest.split(end)[1]
    DOCUMENT.write_text(f"{head}{begin}\n\n{text}\n\n{end}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
