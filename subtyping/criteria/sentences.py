"""What a trial planner should know about the criteria, in plain words."""

import json
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from subtyping.criteria.clause import PROTOCOL_NAMES
from subtyping.criteria.rule import EligibilityRule

__all__ = ["criteria_sentence", "rule_note"]

_STEADY = 0.80
_LEAST_GAIN = 0.01
_WEIGHED = ("least cost", "net benefit")
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
    notes, names = [], [clause.name for clause in rule.clauses]
    is_several = len(names) > 1
    if selection_frac < _STEADY:
        notes.append(
            f"Only {selection_frac:.0%} of the resamples chose {_listed(names)}"
            f"{' together' if is_several else ''}, so no interval is given for a study that "
            f"chooses its {'markers' if is_several else 'marker'} again."
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
    those = ("These are candidate criteria", "each rule")
    named, which = ("This is a candidate criterion", "the rule") if len(told) == 1 else those
    return (
        f"{' '.join(told)} {named}.{_no_gain(proposed)} The shares hold for the group itself, "
        f"which is not seen directly but estimated, and are corrected for {which} having been "
        f"chosen on these people; they are not accuracy against a diagnosis.{warned}{others}"
    )


def _no_gain(proposed: pd.DataFrame) -> str:
    """Return which longer rule finds no more than the first one, or nothing."""
    said = []
    first, *longer = proposed.to_dict("records")
    own = _markers(first)
    for place, row in zip(("second", "third"), longer, strict=False):
        gain = sum(row[name] - first[name] for name in ("sensitivity", "specificity"))
        further = [name for name in _markers(row) if name not in own]
        n = len(_markers(row)) - len(own)
        if str(row.get("chosen_by")).startswith(_WEIGHED) or not (gain < _LEAST_GAIN and further):
            continue
        adds = "a marker" if n == 1 else f"{n} markers"
        are = "is" if len(further) == 1 else "are"
        said.append(
            f" The {place} rule adds {adds} and gains nothing here: take the first unless "
            f"{_listed(further)} {are} measured anyway."
        )
    return "".join(said)


def _markers(row: Mapping[Hashable, Any]) -> list[str]:
    """Return the markers of a rule, as a protocol names them."""
    clauses = json.loads(row["rule"])["clauses"]
    return [PROTOCOL_NAMES.get(one["marker"], one["marker"]) for one in clauses]


def _listed(names: list[str]) -> str:
    """Return names as a list in words."""
    return " and ".join(", ".join(names).rsplit(", ", 1))


def _one_rule(row: Mapping[Hashable, Any]) -> str:
    return (
        f"{row['rule_text']} finds {row['sensitivity']:.0%} ({row['sensitivity_ci_low']:.0%} to "
        f"{row['sensitivity_ci_high']:.0%}) of the subtype and keeps out {row['specificity']:.0%} "
        f"({row['specificity_ci_low']:.0%} to {row['specificity_ci_high']:.0%}) of the other "
        f"cases; {row['number_needed_to_screen']:.1f} are screened for each enrolled."
    )
