"""What models of a drug say would be undone where no drug is given: careless, random, honest."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping.knowledge import handling_markers
from subtyping.knowledge.blockades import BlockedPathway, blocked_pathways
from subtyping.knowledge.drugs import drug_effects
from subtyping.preparation.prepared import Prepared
from subtyping.signature.blockade import pathway_blockade
from subtyping.study.replications.naive_reversal import share_left

__all__ = [
    "FULL_PCT",
    "pathway_of",
    "undone_as_published",
    "undone_by_blockade",
    "undone_carelessly",
]

Mask = NDArray[np.bool_]
FULL_PCT = 95.0
FOLDS, PEOPLE_PER_FOLD = 5, 3
BOOTSTRAP = 20


def undone_carelessly(
    z: pd.DataFrame,
    is_case: Mask,
    findings: pd.Series,
    blocked: tuple[str, ...],
    *,
    random_sets: int,
    seed: int,
    fold_above: float,
) -> dict[str, Any]:
    """Return what the careless model undoes of the findings: the axis clamped, or a random set.

    Parameters
    ----------
    z : pandas.DataFrame of shape (n_people, n_analytes)
        Cases and reference people on the healthy scale.
    is_case : ndarray of bool of shape (n_people,)
    findings : pandas.Series
        log2 fold change of each finding, by analyte.
    blocked : tuple of str
        Analytes of the axis.
    random_sets : int
        Sets of as many analytes, neither of the axis nor handling markers.
    seed : int
    fold_above : float
        Fold change (log2) above which a finding is one.

    Returns
    -------
    dict
        ``naive_ random_`` times ``reversal_pct cleared_pct best_pct`` and whether each is full;
        for random sets the mean, or the share of sets, and ``naive_p_value``. Where nothing was
        found the percents are NaN and nothing is full.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> z = pd.DataFrame(rng.normal(size=(60, 12)), columns=list("ABCDEFGHIJKL"))
    >>> is_case = np.arange(60) < 30
    >>> z.loc[is_case, ["A", "B"]] += 1.0
    >>> found = undone_carelessly(z, is_case, pd.Series({"A": 1.0, "B": 0.9}), ("A",),
    ...     random_sets=9, seed=1, fold_above=0.585)
    >>> found["naive_best_pct"], found["naive_cleared_pct"], found["is_naive_reversal_full"]
    (100.0, 100.0, False)
    """
    X = z.to_numpy()
    hits = findings[findings.index.isin(z.columns)]
    at, fold = z.columns.get_indexer(hits.index), hits.to_numpy(dtype=float)
    clamped = np.flatnonzero(z.columns.isin(blocked))
    others = np.flatnonzero(~z.columns.isin([*blocked, *handling_markers()]))

    def told(columns: NDArray[np.int64], name: str) -> dict[str, Any]:
        left = share_left(X, is_case, columns)[at]
        cleared = np.abs(left * fold) <= fold_above
        row = {"reversal": 1 - left, "cleared": cleared, "best": np.max(1 - left, initial=-np.inf)}
        percent = {key: 100 * float(np.mean(x)) if len(at) else np.nan for key, x in row.items()}
        full = {f"is_{name}_{key}_full": bool(x >= FULL_PCT) for key, x in percent.items()}
        return {f"{name}_{key}_pct": value for key, value in percent.items()} | full

    found = told(clamped, "naive")
    random = []
    for i in range(random_sets):
        rng = stream(seed, "replications", "random set", i)
        random.append(told(rng.choice(others, len(clamped), replace=False), "random"))
    found |= {key: float(np.mean([one[key] for one in random])) for key in random[0]}
    above = sum(one["random_reversal_pct"] >= found["naive_reversal_pct"] for one in random)
    found["naive_p_value"] = (1 + above) / (1 + random_sets) if len(at) else np.nan
    return found


def pathway_of(axis: str) -> BlockedPathway | None:
    """Return the pathway whose blockade acts on this axis alone; None where there is none.

    Examples
    --------
    >>> pathway_of("Th2").name
    'IL-4/IL-13'
    >>> pathway_of("vascular") is None
    True
    """
    return next((one for one in blocked_pathways().values() if one.axes == (axis,)), None)


def undone_as_published(findings: pd.Series, axis: str) -> dict[str, Any]:
    """Return how many findings a drug of the class moves back, by its published directions.

    Careless on purpose: every tissue and disease counts, the placebo arm does not, and findings
    without a published effect are passed over instead of counted as untouched.

    Parameters
    ----------
    findings : pandas.Series
        log2 fold change of each finding, by analyte.
    axis : str

    Returns
    -------
    dict
        ``n_published_covered``, ``published_reversal_pct`` (of those covered; NaN where there is
        none) and ``is_published_reversal_full``.

    Examples
    --------
    >>> undone_as_published(pd.Series({"CCL17": 0.8, "PECAM1": 0.9, "SIRT2": 1.4}), "Th2")
    {'n_published_covered': 1, 'published_reversal_pct': 100.0, 'is_published_reversal_full': True}
    """
    pathway = pathway_of(axis)
    known = drug_effects()
    drugs = () if pathway is None else pathway.drugs
    rows = known[known["drug"].isin(drugs) & known["direction"].isin(["up", "down"])]
    sign = pd.Series(np.where(rows["direction"] == "up", 1.0, -1.0), index=rows.index)
    direction = sign.groupby(rows["analyte"]).mean()
    covered = findings[findings.index.isin(direction.index)]
    back = np.sign(covered) * direction.reindex(covered.index) < 0
    percent = 100 * float(back.mean()) if len(covered) else float("nan")
    return {
        "n_published_covered": len(covered),
        "published_reversal_pct": percent,
        "is_published_reversal_full": bool(percent >= FULL_PCT),
    }


def undone_by_blockade(
    prepared: Prepared, is_case: Mask, is_reference: Mask, axis: str, *, sets: int, seed: int
) -> dict[str, Any]:
    """Return what `pathway_blockade` says of the same people.

    Parameters
    ----------
    prepared : Prepared
    is_case, is_reference : ndarray of bool of shape (n_samples,)
    axis : str
    sets : int
        Random target sets.
    seed : int

    Returns
    -------
    dict
        ``honest_reversal_pct`` (NaN where not applicable), ``honest_p_value``,
        ``is_honest_applicable, is_honest_claimed, is_honest_reversal_full``; nothing where no
        pathway acts on this axis alone or there are fewer than six people in a group.
    """
    pathway = pathway_of(axis)
    folds = min(FOLDS, int(min(is_case.sum(), is_reference.sum())) // PEOPLE_PER_FOLD)
    if pathway is None or folds < 2:
        return {}
    found = pathway_blockade(
        prepared,
        is_case,
        is_reference,
        pathway=pathway,
        doses=(0.0, 1.0),
        n_bootstrap=BOOTSTRAP,
        n_null=sets,
        folds=folds,
        seed=seed,
    )
    row = found.table.set_index("metric").loc["percent_normalised"]
    value = float(row["value"])
    return {
        "honest_reversal_pct": value,
        "honest_p_value": float(row["p_value"]),
        "is_honest_applicable": bool(np.isfinite(value)),
        "is_honest_claimed": bool(found.claims),
        "is_honest_reversal_full": bool(value >= FULL_PCT),
    }
