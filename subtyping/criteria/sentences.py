"""What a trial planner should know about the criteria, in plain words."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from subtyping.criteria.rule import EligibilityRule

__all__ = ["criteria_sentence", "rule_note"]

_STEADY = 0.80
_MOST_FAILED = 0.9

NO_RULE = {
    "none": "none was found, so there is no subtype to enrol",
    "underpowered": "there are too few people to tell whether there is a subtype",
    "no_marker": "no marker that may be used is measured in enough cases (an analyte detected in "
    "three quarters of them, a routine marker measured in half)",
    "refused": "what could be chosen stands on the limit of its assay, and no other marker is left "
    "to choose from",
    "blocked": "being a case cannot be told apart from how the samples were collected or measured",
}


def rule_note(
    rule: EligibilityRule, selection_frac: float, target_prevalence_frac: float | None
) -> str:
    """Return the caveats of a proposed rule.

    Parameters
    ----------
    rule : EligibilityRule
    selection_frac : float
        Share of resamples that chose the same markers.
    target_prevalence_frac : float or None
        Prevalence the predictive values were computed at, where declared.

    Returns
    -------
    str
    """
    notes = []
    if selection_frac < _STEADY:
        notes.append(
            f"Only {selection_frac:.0%} of the resamples chose the same "
            f"{'marker' if len(rule.clauses) == 1 else 'markers'}: others may do as well, "
            "and no interval is given for where the threshold would fall in another study."
        )
    if target_prevalence_frac is not None:
        notes.append(f"Predictive values at a prevalence of {target_prevalence_frac:.0%}.")
    if rule.portability:
        notes.append(rule.portability)
    return " ".join(notes)


def criteria_sentence(
    table: pd.DataFrame, kind: str, what: str, n_needed: int | None, resamples: int
) -> str:
    """Return what the table says, with its caveats.

    Parameters
    ----------
    table : pandas.DataFrame
        Criteria table.
    kind : str
        Of the verdict, or one of `NO_RULE`: what stood in the way of a rule.
    what : str
        What it is about: the skew of an axis, or its raw score.
    n_needed : int or None
        Cases that would give enough power, where known.
    resamples : int
        Resamples asked for.

    Returns
    -------
    str
    """
    beside = int((table["kind"] == "published").sum()) - 1
    others = (
        " Published criteria are shown for comparison."
        if beside > 0
        else " No published criterion could be judged, because no routine marker such as CRP was "
        "given."
    )
    if kind in NO_RULE:
        is_short = kind == "underpowered" and n_needed
        needed = f" About {n_needed:,} cases would be needed." if is_short else ""
        return f"No rule is proposed: {NO_RULE[kind]}.{needed}{others}"
    if kind == "continuum":
        row = table.iloc[0]
        return (
            f"No subtype rule is proposed: the {what} is a continuum. A trial that wants its "
            f"upper part could take {row['rule_text']}, met by {row['positive_frac']:.0%} of the "
            f"cases and {row['reference_positive_frac']:.0%} of the reference people.{others}"
        )
    proposed = table[table["kind"] == "subtype"]
    if proposed.empty:
        return f"No rule is proposed: the memberships leave nothing to tell apart.{others}"
    told = [_one_rule(row) for row in proposed.to_dict("records")]
    failed = proposed["n_resamples"].min() < _MOST_FAILED * resamples
    warned = " More than a tenth of the resamples could not be used." if failed else ""
    those = ("These are candidate criteria", "these rules")
    named, whose = ("This is a candidate criterion", "this rule") if len(told) == 1 else those
    return (
        f"{' '.join(told)} {named}. The shares are those of {whose} for "
        "the hidden group that the labels estimate, freed of the optimism seen in people left out "
        f"of choosing; they are not accuracy against a diagnosis.{warned}{others}"
    )


def _one_rule(row: Mapping[Hashable, Any]) -> str:
    return (
        f"{row['rule_text']} finds {row['sensitivity']:.0%} ({row['sensitivity_ci_low']:.0%} to "
        f"{row['sensitivity_ci_high']:.0%}) of the subtype and keeps out {row['specificity']:.0%} "
        f"({row['specificity_ci_low']:.0%} to {row['specificity_ci_high']:.0%}) of the other "
        f"cases; {row['number_needed_to_screen']:.1f} are screened for each enrolled."
    )
