"""The claim ladder and the BEST category of a marker, both computed from what was given."""

from collections.abc import Mapping

from subtyping.criteria.claims import CLAIMS, EVIDENCE
from subtyping.criteria.rule import EligibilityRule

__all__ = ["best_category", "highest_claim"]

_CATEGORIES = {
    "candidate": "diagnostic: identifies people with a subtype (candidate, not replicated)",
    "replicated": "diagnostic: identifies people with a subtype",
    "prognostic": "prognostic",
    "predictive": "predictive",
}
_NO_CATEGORY = "none: no subtype was established that it could identify"


def highest_claim(
    rule: EligibilityRule, evidence: Mapping[str, str] | None = None
) -> EligibilityRule:
    """Return the rule with the highest claim that the evidence given carries.

    Parameters
    ----------
    rule : EligibilityRule
    evidence : mapping of str to str, optional
        Names of `subtyping.criteria.claims.EVIDENCE`: digests of the data the rule was made from
        and of those it was tried on, what came of it. None: a candidate.

    Returns
    -------
    EligibilityRule
        Sealed with its evidence where the claim is above candidate. Evidence for a rung that is
        not whole counts for nothing.

    Raises
    ------
    InputError
        If the evidence for a rung is whole but unsound: digests that are none, or the data of
        the derivation given again.

    Examples
    --------
    >>> from subtyping.criteria.rule import Clause
    >>> rule = EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),))
    >>> highest_claim(rule).claim
    'candidate'
    >>> seen = {"derivation_sha256": "a" * 64, "replication_sha256": "b" * 64,
    ...         "replication_conclusion": "replicated"}
    >>> highest_claim(rule, seen).claim
    'replicated'
    """
    given = dict(evidence or {})
    for claim in reversed(CLAIMS[1:]):
        if all(given.get(name) for name in EVIDENCE[claim]):
            return rule.with_evidence(claim, given)
    return rule


def best_category(claim: str, kind: str) -> str:
    """Return the category of the BEST resource a rule's markers fall under, with these data.

    Parameters
    ----------
    claim : {"candidate", "replicated", "prognostic", "predictive"}
    kind : {"subtype", "upper_tail", "published"}

    Returns
    -------
    str
        A published criterion was not made to find this subtype and keeps its own category.

    References
    ----------
    FDA-NIH Biomarker Working Group (2016). BEST (Biomarkers, EndpointS, and other Tools)
    Resource. https://www.ncbi.nlm.nih.gov/books/NBK326791/

    Examples
    --------
    >>> best_category("candidate", "subtype").partition(":")[0]
    'diagnostic'
    >>> best_category("candidate", "upper_tail").partition(":")[0]
    'none'
    """
    if kind == "published":
        return "as published; here a yardstick"
    return _NO_CATEGORY if kind == "upper_tail" and claim == CLAIMS[0] else _CATEGORIES[claim]
