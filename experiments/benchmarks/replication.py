"""How often does a subtype replicate: where it is there, and where it is not?

Run ``python experiments/benchmarks/replication.py`` from the root of the project; about eight
minutes on one core. It writes the table between the markers of ``docs/replication.md``. The card
of every derivation is taken whatever its verdict, so that a false positive is forced where there is
no subtype; a first column tells how often the derivation would have been called discrete.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._parallel import map_in_order
from subtyping.cohorts import PLANTED_SUITE, simulate_cohort
from subtyping.discovery import (
    Assigner,
    DiscoverySettings,
    build_card,
    decide,
    make_procedure,
    study_design,
)
from subtyping.panel import Panel
from subtyping.replication.replicate import OUTCOMES, replicate_subtype
from subtyping.statistics import wilson_interval

PAIRS = 40
DRAWS = 20
SUBTYPE = {"separation": 3.7, "fraction": 0.27}  # effective separation about 3.65
PAGE = Path(__file__).parents[2] / "docs" / "replication.md"
MARKS = "<!-- table: begin -->", "<!-- table: end -->"
CELLS = (
    ("subtype", "subtype", 300),
    ("subtype", "subtype", 60),
    ("subtype", "continuum", 300),
    ("continuum", "continuum", 300),
    ("continuum", "continuum", 60),
)
HEADER = (
    "derivation",
    "new people",
    "new cases",
    "derivation called discrete",
    "replicated",
    "underpowered",
    "existence rejects",
    "memberships agree",
    "hard labels would agree",
    "method-replication: discrete",
    "median kappa",
    "median share",
    "share withheld",
)


def cohort(kind: str, seed: int, n_case: int) -> Panel:
    """Draw a cohort with a subtype (nuisance switched on) or a skewed gradient without one."""
    if kind == "subtype":
        return PLANTED_SUITE["planted"].make(seed, n_case=n_case, **SUBTYPE).panel
    return simulate_cohort(
        "continuum", seed=seed, n_case=n_case, n_reference=120, detection="complete"
    ).panel


@cache
def derive(kind: str, seed: int) -> tuple[Assigner, str]:
    """Learn a card from 300 cases and force it to be a candidate."""
    panel = cohort(kind, seed, 300)
    procedure = make_procedure(panel, case=["MDD"], reference=["HC"], axis="Th2")
    fitted = procedure.fit(panel)
    design = study_design(panel, procedure.case, procedure.reference)
    verdict = decide(fitted, panel, design, DiscoverySettings(), seed=seed)
    card = build_card(fitted, verdict, reading={"format": "wide"}, provenance={}, panel=panel)
    return Assigner({**card, "verdict": {**card["verdict"], "kind": "discrete"}}), verdict.kind


def one_pair(task: tuple[str, str, int, int]) -> dict[str, object]:
    """Derive, replicate, and keep the outcome with the numbers behind it."""
    old, new, n_case, k = task
    assigner, kind = derive(old, 51_000 + k)
    panel = cohort(new, 7_000_000 + 1000 * n_case + k, n_case)
    settings = DiscoverySettings(n_resamples=100)
    found = replicate_subtype(
        assigner, panel, settings=settings, own_numbering=True, draws=DRAWS, seed=k, jobs=1
    )
    lines = found.lines.set_index("line")
    return {
        "derivation": old,
        "new": new,
        "n_case": n_case,
        "derivation_kind": kind,
        "outcome": found.outcome,
        "rejects": lines.loc["existence", "p_value"] <= 0.05,
        "agrees": lines.loc["agreement: memberships", "value"] > found.agreement_limit,
        "labels_agree": lines.loc["agreement: labels", "value"]
        > np.quantile(found.twins["kappa"], 0.95),
        "method": lines.loc["method", "value"] == 1,
        "kappa": lines.loc["agreement: memberships", "value"],
        "prevalence": lines.loc["prevalence", "value"],
        "covers": lines.loc["prevalence", "ci_low"]
        <= SUBTYPE["fraction"]
        <= lines.loc["prevalence", "ci_high"],
    }


def share(mask: pd.Series) -> str:
    """Return a share with Wilson's interval."""
    low, high = wilson_interval(mask.sum(), len(mask))
    return f"{mask.mean():.2f} ({float(low):.2f} to {float(high):.2f})"


def table(rows: pd.DataFrame) -> str:
    """Return the table of the page."""
    lines = [
        f"{PAIRS} pairs a line, {DRAWS} continua each.",
        "",
        f"| {' | '.join(HEADER)} |",
        "|---" * len(HEADER) + "|",
    ]
    for (old, new, n_case), mine in rows.groupby(["derivation", "new", "n_case"], sort=False):
        cells = [
            old,
            new,
            n_case,
            f"{(mine['derivation_kind'] == 'discrete').mean():.2f}",
            f"**{share(mine['outcome'] == OUTCOMES[0])}**",
            f"{(mine['outcome'] == OUTCOMES[2]).mean():.2f}",
            *(f"{mine[name].mean():.2f}" for name in ("rejects", "agrees", "labels_agree")),
            f"{mine['method'].mean():.2f}",
            f"{mine['kappa'].median():.2f}",
            "–" if mine["prevalence"].isna().all() else f"{mine['prevalence'].median():.2f}",
            f"{mine['prevalence'].isna().mean():.2f}",
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    both = rows[(rows["derivation"] == "subtype") & (rows["new"] == "subtype")]
    given = both[both["prevalence"].notna()]
    said = f"Where a share is given its interval covers the true .27 in {share(given['covers'])}."
    lines += ["", said]
    return "\n".join(lines)


def main() -> None:
    """Run every pair and write the table."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    tasks = [(*cell, k) for cell in CELLS for k in range(pairs)]
    rows = pd.DataFrame(map_in_order(one_pair, tasks, jobs=1))
    text = table(rows)
    print(text)
    if pairs == PAIRS:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(MARKS[0])
        after = rest.partition(MARKS[1])[2]
        PAGE.write_text(f"{before}{MARKS[0]}\n\n{text}\n\n{MARKS[1]}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
