"""What a rule may claim, computed from the evidence it carries and never from a word."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from subtyping._validation import list_some, one_of
from subtyping.exceptions import InputError

__all__ = ["CLAIMS", "EVIDENCE", "SEAL", "evidence_seal", "supported_claim"]

CLAIMS = ("candidate", "replicated", "prognostic", "predictive")
"""The ladder, lowest rung first."""

EVIDENCE = {
    "replicated": ("derivation_sha256", "replication_sha256", "replication_conclusion"),
    "prognostic": ("derivation_sha256", "outcome_sha256", "outcome", "association_p"),
    "predictive": ("derivation_sha256", "trial_sha256", "outcome", "interaction",
                   "interaction_p"),
}  # fmt: skip
"""What each rung needs among the names of a rule's provenance: the data the rule was made from and
the new data it was tried on, as SHA-256 of the files; what came of it (the conclusion of
``subtyping replicate``, which knows people again whatever their order; the p-value of the
association with the outcome, or of the treatment-by-marker interaction). A treatment effect among
those who meet the rule is no interaction. Digests tell files apart, not people, and nobody can see
from a rule whether its evidence is true: it is the word of whoever gathered it, sealed."""

CONCLUSION = "replicated"
MOST_P = 0.05

SEAL = "evidence_sha256"

_SHA = re.compile(r"[0-9a-f]{64}")


def evidence_seal(definition: Mapping[str, Any], provenance: Mapping[str, str]) -> str:
    """Return the digest that ties evidence to the rule it was gathered for.

    Parameters
    ----------
    definition : mapping
        What makes the rule the rule: clauses, joiner, platform, detection policy, target.
    provenance : mapping of str to str
        Its evidence fields (those `EVIDENCE` names) enter; others do not.

    Returns
    -------
    str
        SHA-256 in hexadecimal. It is no signature: it shows that a threshold was changed after
        the evidence, not that somebody meant to deceive.

    Examples
    --------
    >>> seal = evidence_seal({"clauses": []}, {"outcome": "HDRS-17 at week 8"})
    >>> len(seal), seal == evidence_seal({"clauses": [1]}, {"outcome": "HDRS-17 at week 8"})
    (64, False)
    """
    named = {name for needs in EVIDENCE.values() for name in needs}
    evidence = {name: value for name, value in provenance.items() if name in named}
    text = json.dumps([definition, evidence], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def supported_claim(
    stated: str, definition: Mapping[str, Any], provenance: Mapping[str, str]
) -> tuple[str, str]:
    """Return the claim a rule may carry, and why it is lower than what it states.

    Parameters
    ----------
    stated : {"candidate", "replicated", "prognostic", "predictive"}
        What the rule or its file says.
    definition, provenance : mapping
        As in `evidence_seal`.

    Returns
    -------
    claim : str
        `stated` where the provenance holds everything `EVIDENCE` asks for it, from data other
        than those of the derivation, under a seal that fits the rule; else ``candidate``.
    note : str
        Blank where the claim stands.

    Raises
    ------
    InputError
        If the stated claim is not on the ladder.

    Examples
    --------
    >>> supported_claim("predictive", {"clauses": []}, {"seed": "1"})[0]
    'candidate'
    """
    one_of(stated, CLAIMS, "A rule's claim")
    if stated == CLAIMS[0]:
        return stated, ""
    problem = _problem(stated, definition, provenance)
    if not problem:
        return stated, ""
    return CLAIMS[0], (
        f"The claim {stated!r} is not supported and was lowered to 'candidate': {problem}. A claim "
        "follows from data that were given; it cannot be written."
    )


def _problem(stated: str, definition: Mapping[str, Any], provenance: Mapping[str, str]) -> str:
    """Return what the evidence lacks, blank where it lacks nothing."""
    needs = EVIDENCE[stated]
    absent = [name for name in (*needs, SEAL) if not provenance.get(name)]
    if absent:
        return f"its provenance lacks {list_some(absent, 9)}"
    digests = [name for name in needs if name.endswith("_sha256")]
    strange = [name for name in digests if not _SHA.fullmatch(provenance[name])]
    if strange:
        return f"{strange[0]!r} is no SHA-256 of a file"
    if len({provenance[name] for name in digests}) < len(digests):
        return "it was tried on the data it was made from"
    outcome = _unfavourable(needs, provenance)
    if outcome:
        return outcome
    if provenance[SEAL] != evidence_seal(definition, provenance):
        return "the rule or its evidence was changed after the evidence was gathered"
    return ""


def _unfavourable(needs: tuple[str, ...], provenance: Mapping[str, str]) -> str:
    """Return why what came of the trial does not carry the claim."""
    said = provenance.get("replication_conclusion", "")
    if "replication_conclusion" in needs and said != CONCLUSION:
        return f"the replication concluded {said!r}, not {CONCLUSION!r}"
    for name in (name for name in needs if name.endswith("_p")):
        try:
            p_value = float(provenance[name])
        except ValueError:
            p_value = float("nan")
        if not 0 <= p_value < MOST_P:
            return f"{name!r} must be a p-value below {MOST_P}; it says {provenance[name]!r}"
    return ""


def checked_evidence(claim: str, evidence: Mapping[str, str]) -> dict[str, str]:
    """Return evidence for a claim as text, or say what is missing."""
    one_of(claim, CLAIMS[1:], "A claim with evidence")
    absent = [name for name in EVIDENCE[claim] if not evidence.get(name)]
    if absent:
        message = (
            f"The claim {claim!r} needs {list_some(EVIDENCE[claim], 9)}; {list_some(absent, 9)} "
            "is not given."
        )
        raise InputError(message)
    return {name: str(evidence[name]) for name in EVIDENCE[claim]}
