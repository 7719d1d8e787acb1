"""What the columns of a replication mean, in plain words."""

import re
from collections.abc import Callable

__all__ = ["meaning_of"]

PLAIN = {
    "n_compared": "analytes detected in enough people to be compared by means",
    "n_truly_different": "of these, truly different by at least half of what the rule asks for",
    "n_findings": "analytes at q < .05 and |log2 fold change| > .585: the study's own rule",
    "n_true_findings": "findings that are truly different",
    "n_handling_findings": "findings that are handling markers",
    "n_findings_due_to_handling": "findings whose true difference is mostly handling",
    "n_axis_findings": "findings that belong to the axis",
    "power": "share of the truly different analytes that are found",
    "power_beyond_rule": "share found of the analytes whose true difference exceeds .585",
    "exaggeration": "type M error: estimated over true difference among the findings",
    "wrong_sign_frac": "type S error: share of the findings with the wrong sign",
    "true_axis_share_pct": "share of the true difference of the findings that the axis carries: "
    "what a drug that undoes the skew and nothing else would undo",
    "naive_p_value": "share of random sets whose clamping reverses as much as that of the axis",
    "n_published_covered": "findings for which a drug of the class has a published direction",
    "published_reversal_pct": "percent of these that the published direction moves back",
    "is_published_reversal_full": "that is 95 or more: published directions, whatever tissue and "
    "placebo, findings without one passed over",
    "is_honest_applicable": "enough dysregulated analytes outside the pathway to judge it at all",
    "is_honest_claimed": "the blockade is claimed: beyond comparable random sets at p < .05, with "
    "and without handling markers",
}
SCORES = {
    "zscore": "mean z of the members",
    "skew": "the score given the general level",
    "skew_given_handling": "the skew, handling held constant",
    "gsva": "GSVA, as the index study scored its sets",
    "gsva_given_handling": "GSVA, handling held constant",
}
MODELS = {
    "naive": "the axis clamped, covariance of all people pooled, members counted, same people",
    "random": "as many analytes outside the axis clamped instead: a drug that does nothing",
    "honest": "held-out people, covariance within groups, members and clamped analytes left out",
}
MEASURES = {
    "reversal": "mean percent of each finding undone",
    "cleared": "percent of the findings that would no longer meet the rule",
    "best": "percent of the best undone finding",
}
PATTERNS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"is_called_by_(\w+)", lambda m: f"the axis is called (p < .05, higher) by {SCORES[m[1]]}"),
    (r"(\w+)_difference", lambda m: f"difference of the cases in {SCORES[m[1]]}"),
    (r"(naive|random|honest)_(\w+)_pct", lambda m: f"{MEASURES[m[2]]}; {MODELS[m[1]]}"),
    (
        r"is_(naive|random|honest)_(\w+)_full",
        lambda m: f"that is 95 or more: {MEASURES[m[2]]}; {MODELS[m[1]]}",
    ),
    (r"likeness_(.+)", lambda m: f"plain correlation of fold changes with {m[1]}, as estimated"),
    (r"true_likeness_(.+)", lambda m: f"the same correlation of the true differences with {m[1]}"),
    (
        r"debiased_likeness_(.+)",
        lambda m: f"correlation of signatures in SD with {m[1]}, shared and own errors taken out",
    ),
    (
        r"true_debiased_likeness_(.+)",
        lambda m: f"the same correlation of the true differences in SD with {m[1]}",
    ),
    (
        r"is_called_like_(.+)",
        lambda m: f"likeness to {m[1]} claimed: plain correlation positive at p < .05",
    ),
    (
        r"is_debiased_like_(.+)",
        lambda m: f"likeness to {m[1]} claimed, errors out: positive at p < .05",
    ),
    (
        r"is_nearer_(.+)",
        lambda m: f"the plain correlation with {m[1]} is larger than with the other groups",
    ),
    (
        r"is_debiased_nearer_(.+)",
        lambda m: f"likeness to {m[1]} above that to the others at p < .05, errors out",
    ),
)


def meaning_of(column: str) -> str | None:
    """Return what a column of a replication means; None for one that is not summarised.

    Examples
    --------
    >>> meaning_of("is_called_by_zscore")
    'the axis is called (p < .05, higher) by mean z of the members'
    >>> meaning_of("seed") is None
    True
    """
    if column in PLAIN:
        return PLAIN[column]
    for pattern, said in PATTERNS:
        match = re.fullmatch(pattern, column)
        if match:
            return said(match)
    return None
