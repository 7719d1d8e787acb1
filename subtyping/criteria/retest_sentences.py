"""Re-test in plain words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from subtyping.criteria.clause import Clause
from subtyping.criteria.known_icc import KnownIcc
from subtyping.criteria.retest_columns import GREY_SHARES, SCREENED
from subtyping.criteria.rule import EligibilityRule
from subtyping.knowledge.repeatability import within_person_icc

__all__ = ["noise_note", "published_icc", "retest_sentence"]


def noise_note(clause: Clause, icc: KnownIcc, total_sd: float, assay_sd: float) -> str:
    """Return how the spread of single samples divides into people, days and assay.

    Parameters
    ----------
    clause : Clause
    icc : KnownIcc
        As it is used.
    total_sd, assay_sd : float
        On the log2 scale; an assay of 0 is not known.

    Returns
    -------
    str

    Examples
    --------
    >>> clause = Clause("CCL17", ">=", 10.2, "NPX")
    >>> noise_note(clause, KnownIcc("estimate", 0.64, 0, 1, ""), 1, 0.13)
    'CCL17: samples of one person differ by an SD of 0.60 log2 (a factor of 1.52) against 1.00 \
between samples of different people; of it the assay makes 0.13 and the person 0.59.'
    """
    within = total_sd * float(np.sqrt(max(0.0, 1 - icc.usable)))
    bound = "" if icc.kind == "estimate" else " at most"
    said = (
        f"{clause.name}: samples of one person differ by an SD of{bound} {within:.2f} log2 (a "
        f"factor of {2**within:.2f}) against {total_sd:.2f} between samples of different people"
    )
    if assay_sd <= 0:
        return f"{said}; what the assay makes of it is not known apart."
    person = float(np.sqrt(max(0.0, within**2 - assay_sd**2)))
    return f"{said}; of it the assay makes {assay_sd:.2f} and the person {person:.2f}."


def published_icc(clause: Clause, platform: str | None) -> str:
    """Return an ICC that is published as a range or a bound only, with whom it was measured in.

    Parameters
    ----------
    clause : Clause
    platform : str or None
        Of the panel, as `within_person_icc` matches it.

    Returns
    -------
    str
        Blank where there is none, or where it is published as a number.

    Examples
    --------
    >>> published_icc(Clause("CCL22", ">=", 9.9, "NPX"), None)
    'The ICC of CCL22 is published as 0.40-0.75 only (65 elderly people)'
    >>> published_icc(Clause("CCL17", ">=", 9.9, "NPX"), None)
    'The ICC of CCL17 is published as > 0.40 only (250 men)'
    """
    known = within_person_icc(clause.marker, platform)
    if known.kind not in {"range", "lower_bound"}:
        return ""
    best = known.rows.iloc[0]
    count = "" if pd.isna(best["n_people"]) else f"{best['n_people']} "
    whom = f"{count}{best['population'] or ('people' if count else '')}"
    said = f"The ICC of {clause.name} is published as {best['as_printed']} only"
    return f"{said} ({whom})" if whom else said


def retest_sentence(
    rule: EligibilityRule, row: Mapping[str, Any], published: Sequence[str] = ()
) -> str:
    """Return what a protocol writer should know of a rule on re-test.

    Parameters
    ----------
    rule : EligibilityRule
        With its grey zones.
    row : mapping
        As `RuleRetest.row`.
    published : sequence of str
        `published_icc` of each marker whose ICC is no number.

    Returns
    -------
    str
    """
    if not rule.clauses:
        return "Everybody is eligible: there is nothing to measure again."
    if row["retest_reason"]:
        return f"How {rule.text} does on re-test is not given. {row['retest_reason']}"
    truly = _share(row, "truly_above_frac")
    share = _share(row, "retest_positive_frac")
    end = "highest" if rule.clauses[0].is_upward else "lowest"
    meets = f"are among the {end} {share} of people by their usual value"
    if len(rule.clauses) > 1:
        meets = "truly meet it by their usual values, each clause at the same share of people"
    again = _share(row, "retest_still_positive_frac")
    first = f"Of those who meet {rule.text} once, {truly} {meets}, and {again} meet it again in one"
    said = [f"{first} more sample.", _both_of_two(row), _grey(rule, row)]
    if published:
        spans = "The numbers span what that allows, and are no 95% interval"
        said.append(f"{'. '.join((*published, spans))}.")
    if rule.portability_mark:
        said.append(f"The rule is {rule.portability_mark}.")
    return " ".join(part for part in said if part)


def _both_of_two(row: Mapping[str, Any]) -> str:
    """Return what asking for both of two samples gains and costs."""
    both, fewer, found = (
        _share(row, f"both_of_two_{name}")
        for name in ("truly_above_frac", "positive_frac", "sensitivity")
    )
    share, once = _share(row, "retest_positive_frac"), _share(row, "retest_sensitivity")
    gain = (
        f"Of those who meet it in both of two samples {both} do; {fewer} of the people meet it "
        f"then, against {share} in one sample."
    )
    value, low, high = (float(row[f"{SCREENED}{end}"]) for end in ("", "_ci_low", "_ci_high"))
    span = f"{low:.1f} to {high:.1f}"
    if np.isfinite(value):
        is_wide = np.isfinite([low, high]).all() and f"{low:.1f}" != f"{high:.1f}"
        span = f"{value:.1f} ({span})" if is_wide else f"{value:.1f}"
    elif not np.isfinite([low, high]).all():
        return gain
    return (
        f"{gain} The price: {span} are screened for each enrolled, and {found} of the people "
        f"wanted are found; by one sample {once}."
    )


def _grey(rule: EligibilityRule, row: Mapping[str, Any]) -> str:
    """Return between which values one sample does not settle a rule, and for how many people."""
    zones = [
        f"{clause.name} from {clause.grey_low:.4g} to {clause.grey_high:.4g} {clause.unit}"
        for clause in rule.clauses
        if clause.grey_low is not None and clause.grey_high is not None
    ]
    if not zones:
        return ""
    kinds = {row.get(f"icc_kind{end}") for end in ("", "_2", "_3")}
    widest = "at the widest; " if kinds & {"range", "lower_bound"} else ""
    said = (
        f"One sample does not settle {', or '.join(zones)} ({widest}the chance of belonging there "
        "is 20 to 80%)"
    )
    held, of_met = (float(row[name]) for name in GREY_SHARES)
    if np.isfinite(held):
        said += f": {held:.0%} of the cases"
    if np.isfinite(of_met):
        said += f", {of_met:.0%} of those who meet the rule"
    return f"{said}; decide them by the mean of two."


def _share(row: Mapping[str, Any], name: str) -> str:
    """Return a share with its interval, or what of it is known."""
    value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_ci_low", "_ci_high"))
    if np.isfinite(value):
        if np.isfinite([low, high]).all() and high - low >= 0.005:
            return f"{value:.0%} ({low:.0%} to {high:.0%})"
        return f"{value:.0%}"
    if not np.isfinite([low, high]).all():
        return "an unknown share"
    if high - low < 0.005:
        return f"{low:.0%}"
    return f"at least {low:.0%}" if high >= 0.995 else f"{low:.0%} to {high:.0%}"
