"""Re-test in plain words."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from subtyping.criteria.clause import Clause
from subtyping.criteria.known_icc import KnownIcc
from subtyping.criteria.rule import EligibilityRule

__all__ = ["noise_note", "retest_sentence"]


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


def retest_sentence(rule: EligibilityRule, row: Mapping[str, Any]) -> str:
    """Return what a protocol writer should know of a rule on re-test.

    Parameters
    ----------
    rule : EligibilityRule
        With its grey zones.
    row : mapping
        As `RuleRetest.row`.

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
    again, both, fewer = (
        _share(row, name)
        for name in (
            "retest_still_positive_frac",
            "both_of_two_truly_above_frac",
            "both_of_two_positive_frac",
        )
    )
    first = f"Of those who meet {rule.text} once, {truly} {meets}, and {again} meet it again in one"
    second = f"Of those who meet it in both of two samples {both} do; {fewer} of the people"
    said = [f"{first} more sample.", f"{second} meet it then, against {share} in one sample."]
    grey = [
        f"{clause.name} {clause.grey_low:.4g} to {clause.grey_high:.4g} {clause.unit}"
        for clause in rule.clauses
        if clause.grey_low is not None and clause.grey_high is not None
    ]
    if grey:
        kinds = {row.get(f"icc_kind{end}") for end in ("", "_2", "_3")}
        widest = ", at the widest" if kinds & {"range", "lower_bound"} else ""
        said.append(
            f"Measure again{widest} (chance of belonging there 20 to 80 %): {', '.join(grey)}."
        )
    if rule.portability_mark:
        said.append(f"The rule is {rule.portability_mark}.")
    return " ".join(said)


def _share(row: Mapping[str, Any], name: str) -> str:
    """Return a share with its interval, or what of it is known."""
    value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_ci_low", "_ci_high"))
    if np.isfinite(value):
        if np.isfinite([low, high]).all() and high - low >= 0.005:
            return f"{value:.0%} ({low:.0%} to {high:.0%})"
        return f"{value:.0%}"
    if high - low < 0.005:
        return f"{low:.0%}"
    return f"at least {low:.0%}" if high >= 0.995 else f"{low:.0%} to {high:.0%}"
