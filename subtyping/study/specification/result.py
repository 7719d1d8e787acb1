"""What a specification curve says: summary numbers, and the sentence that carries the caveats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.discovery import LEVEL, Verdict
from subtyping.discovery.specification.algorithms import OWN
from subtyping.discovery.specification.grid import RULES, Grid
from subtyping.statistics.design import DesignReport
from subtyping.study.specification.tables import GridTables

__all__ = ["SpecificationCurve", "curve_sentence", "summarise"]

ENOUGH_TWINS = 19  # fewer cannot show a rank below .05


@dataclass(frozen=True, eq=False)
class SpecificationCurve:
    """A finished specification curve.

    Attributes
    ----------
    tables : GridTables
    axes : pandas.DataFrame
        See `subtyping.discovery.specification.axes.existence_by_axis`.
    summary : mapping
        Plain numbers.
    sentence : str
    spec, provenance : mapping
    """

    tables: GridTables
    axes: pd.DataFrame
    summary: Mapping[str, Any]
    sentence: str
    spec: Mapping[str, Any]
    provenance: Mapping[str, Any]


def summarise(
    tables: GridTables,
    axes: pd.DataFrame,
    grid: Grid,
    verdict: Verdict,
    *,
    design: DesignReport,
    n_twins: int,
) -> dict[str, Any]:
    """Return the numbers of a specification curve.

    Parameters
    ----------
    tables : GridTables
    axes : pandas.DataFrame
    grid : Grid
    verdict : Verdict
        Of the declared analysis.
    design : DesignReport
    n_twins : int

    Returns
    -------
    dict
        ``n_combinations, excluded, n_specifications, n_not_done, n_twins, existence, customary,
        own_test, members, axes_tried, declared, is_descriptive``.
    """
    made = tables.specifications
    claims = made["claims_subtype"]
    own = (made["algorithm"] == OWN).to_numpy()
    everyone = np.ones(len(made), dtype=bool)
    named = made.loc[claims.fillna(value=False) & ~made["is_declared"], "ari_with_declared"]
    pairs = np.array(tables.pair_agreement[1:])
    known = pairs[np.isfinite(pairs)]
    p_values = axes.set_index("axis")["p_value"]
    return {
        "n_combinations": grid.n_combinations,
        "excluded": {RULES[rule]: n for rule, n in grid.excluded.items()},
        "n_specifications": len(made),
        "n_not_done": int(claims.isna().sum()),
        "n_twins": n_twins,
        "existence": _shares(tables, everyone),
        "customary": _shares(tables, ~own),
        "own_test": _shares(tables, own),
        "members": {
            "mean_pairwise_ari": tables.pair_agreement[0],
            "twin_mean_pairwise_ari": float(np.median(known)) if len(known) else np.nan,
            "median_ari_with_declared": float(named.median()),
        },
        "axes_tried": int(p_values.notna().sum()),
        "axes_rejecting_after_holm": list(axes.loc[axes["rejects_after_holm"], "axis"]),
        "declared": {
            "axis": verdict.axis,
            "kind": verdict.kind,
            "p_value": verdict.p_value,
            "sentence": verdict.sentence,
        },
        "is_descriptive": design.is_blocked,
        "design": design.sentence,
    }


def _shares(tables: GridTables, chosen: np.ndarray) -> dict[str, Any]:
    """Share of some specifications that claim a subtype, in the data and in each twin."""
    data = tables.specifications["claims_subtype"][chosen]
    shares = []
    if len(tables.twins):
        drawn = tables.twins[np.tile(chosen, int(tables.twins["twin"].max()))]
        for _, each in drawn.groupby("twin"):
            known = each["claims_subtype"].dropna().astype(float)
            shares.append(float(known.mean()) if len(known) else np.nan)
    known = data.dropna().astype(float)
    share = float(known.mean()) if len(known) else np.nan
    drawn_shares = np.array(shares)[np.isfinite(shares)] if shares else np.array([])
    has = len(drawn_shares) > 0
    return {
        "n": len(known),
        "n_claims": int(known.sum()),
        "claims_frac": share,
        "twin_claims_frac": float(np.median(drawn_shares)) if has else np.nan,
        "twin_low": float(drawn_shares.min()) if has else np.nan,
        "twin_high": float(drawn_shares.max()) if has else np.nan,
        "twin_claims_fracs": shares,
        "n_twins_with_as_many": int((drawn_shares >= share).sum()) if has else None,
    }


def curve_sentence(summary: Mapping[str, Any]) -> str:
    """Say what the curve shows, in words for a reader who plans a trial.

    Parameters
    ----------
    summary : mapping
        See `summarise`.

    Returns
    -------
    str
        Where case status is aliased with plate, site or date every part is marked descriptive.
    """
    parts = [
        _existence(summary),
        _customary(summary),
        _members(summary),
        f"The declared analysis says: {summary['declared']['kind']}.",
        _axes(summary),
    ]
    said = [part for part in parts if part]
    if summary["is_descriptive"]:
        said = [f"Descriptive only: {part[0].lower()}{part[1:]}" for part in said]
        said.insert(0, f"Descriptive only, case status is aliased: {summary['design']}")
    return " ".join(said)


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _existence(summary: Mapping[str, Any]) -> str:
    all_of, n_twins = summary["existence"], summary["n_twins"]
    analyses = count_of(all_of["n"], "analysis", "analyses")
    text = (
        f"Of {analyses} of the same data, {all_of['n_claims']:,} "
        f"({_percent(all_of['claims_frac'])}) say that there is a subtype"
    )
    if not np.isfinite(all_of["twin_claims_frac"]):
        return f"{text}; no data without a subtype stand beside them, so this share says nothing."
    spread = ""
    if n_twins > 1:
        spread = f" ({_percent(all_of['twin_low'])} to {_percent(all_of['twin_high'])})"
    told = (
        f"{text}; on {count_of(n_twins, 'data set')} made to resemble these but without a "
        f"subtype, {_percent(all_of['twin_claims_frac'])}{spread} do."
    )
    return told if summary["is_descriptive"] else f"{told} {_comparison(all_of, n_twins)}"


def _comparison(shares: Mapping[str, Any], n_twins: int) -> str:
    """Say whether the data stand out from the twins."""
    as_many = shares["n_twins_with_as_many"]
    if as_many:
        lead = f"{as_many} of the {n_twins} give" if n_twins > 1 else "It gives"
        return f"{lead} as many claims or more: their number is no evidence of a subtype."
    lead = f"None of the {n_twins} gives" if n_twins > 1 else "It does not give"
    rank = 1 / (1 + n_twins)
    if n_twins < ENOUGH_TWINS:
        return (
            f"{lead} as many claims, which chance alone does once in {1 + n_twins}; with "
            f"specifications.twins: {ENOUGH_TWINS} more could be said. The declared analysis, "
            "whose error rate is known, decides."
        )
    return (
        f"{lead} as many claims (p {rank:.3f}): the data hold more structure than their "
        "look-alikes. That is not yet a subtype, as a skewed continuum shows it too; the declared "
        "analysis, whose error rate is known, decides."
    )


def _customary(summary: Mapping[str, Any]) -> str:
    own, other = summary["own_test"], summary["customary"]
    if not own["n"] or not other["n"] or not np.isfinite(own["twin_claims_frac"]):
        return ""
    return (
        f"Among customary cluster analyses the share is {_percent(other['claims_frac'])} here "
        f"and {_percent(other['twin_claims_frac'])} without a subtype; for this package's own "
        f"test {_percent(own['claims_frac'])} and {_percent(own['twin_claims_frac'])}."
    )


def _members(summary: Mapping[str, Any]) -> str:
    members = summary["members"]
    if not np.isfinite(members["mean_pairwise_ari"]):
        return "No two analyses that claim one name members, so their agreement cannot be had."
    text = (
        "Those that claim one agree on who is in it with a mean adjusted Rand index of "
        f"{members['mean_pairwise_ari']:.2f} (1 is the same people, 0 is chance)"
    )
    if np.isfinite(members["twin_mean_pairwise_ari"]):
        text += f", {members['twin_mean_pairwise_ari']:.2f} without a subtype"
    is_named = summary["declared"]["kind"] == "discrete"
    if is_named and np.isfinite(members["median_ari_with_declared"]):
        text += (
            "; the median agreement with the declared analysis is "
            f"{members['median_ari_with_declared']:.2f}"
        )
    return f"{text}."


def _axes(summary: Mapping[str, Any]) -> str:
    tried, axis = summary["axes_tried"], summary["declared"]["axis"]
    if not tried:
        return f"Only {axis} was declared before the data were read; no axis was tested."
    lead = f"Only {axis} was declared before the data were read"
    if tried == 1:
        return f"{lead}, and no other axis was tried."
    found = summary["axes_rejecting_after_holm"]
    said = ", ".join(found) or "none of them"
    return (
        f"{lead}; the other {tried - 1} of {tried} axes tried are exploratory, and after Holm's "
        f"correction for {tried} tests one unimodal population is rejected for {said} "
        f"(level {LEVEL:.2f})."
    )
