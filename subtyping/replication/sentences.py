"""The outcome of a replication in plain words, with the caveats it must carry."""

from collections.abc import Sequence
from dataclasses import dataclass

from subtyping._validation import count_of
from subtyping.discovery.line import Line, p_text
from subtyping.discovery.power import PowerStatement
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.replication.lines import REPLICATION_LEVEL, short

__all__ = ["Said", "is_peopled", "replication_sentence"]

HANDFUL, NOBODY = 0.06, 0.01


@dataclass(frozen=True)
class Said:
    """What the sentence of a replication says beside its lines.

    Attributes
    ----------
    what : str
        Name of what was tested, such as ``"Th2 skew"``.
    n_case, n_left_out : int
        New cases; cases and reference people that take no part.
    n_twins, n_failed : int
        Continua; those on which the comparison could not be made.
    limit : float
        95th percentile of the membership agreement without a subtype.
    veto : str
        Why the group that is seen is no subtype; empty if nothing speaks against it.
    scale : str
        Why the scale does not carry over; empty where it does.
    given : str
        What the interval of the share holds fixed; empty where it holds nothing.
    power : PowerStatement
    """

    what: str
    n_case: int
    n_left_out: int
    n_twins: int
    n_failed: int
    limit: float
    veto: str
    scale: str
    given: str
    power: PowerStatement


def replication_sentence(
    outcome: str, said: Said, lines: Sequence[Line], settings: DiscoverySettings
) -> str:
    """Write the sentence of a replication that could be carried out.

    Parameters
    ----------
    outcome : {"replicated", "not replicated", "underpowered"}
    said : Said
    lines : sequence of Line
    settings : DiscoverySettings

    Returns
    -------
    str
    """
    by_name = {line.line: line for line in lines}
    caveats = _caveats(by_name, said)
    if outcome == "replicated":
        return _replicated(by_name, said) + caveats + _CLAIM
    reasons = _reasons(by_name, said)
    smallest = (
        f"a subtype of {settings.minimum_fraction:.0%} at an effective separation of "
        f"{settings.minimum_separation:g}"
    )
    opening = f"Not replicated in {said.n_case} independent cases"
    if said.veto:
        opening = f"Seen but not accepted in {said.n_case} independent cases"
    power = said.power
    if outcome == "underpowered":
        needed = (
            f"about {power.n_needed} cases would do"
            if power.n_needed is not None
            else "more cases than were tried for this would be needed"
        )
        opening = opening if said.veto else "Too few new people to tell"
        return (
            f"{opening}: {reasons}; {'and' if said.veto else 'but'} with {said.n_case} cases "
            f"{smallest} would be found with a power of only {power.power:.2f}, and {needed}. The "
            f"claim stays candidate.{caveats}"
        )
    return (
        f"{opening}: {reasons} (power {power.power:.2f} for {smallest}). The claim stays "
        f"candidate.{caveats}"
    )


_CLAIM = (
    " The claim is replicated: the group is there again. That it predicts a course or a response "
    "is another claim."
)


def _replicated(by_name: dict[str, Line], said: Said) -> str:
    """Say that the group is there again."""
    existence, share = by_name["existence"], by_name["prevalence"]
    who = f"a group high on the {said.what} is there in {said.n_case} new cases"
    if not said.scale:
        who = (
            f"of {said.n_case} new cases {share.value:.0%} ({share.ci_low:.0%} to "
            f"{share.ci_high:.0%}{said.given}) belong to the frozen group high on the {said.what}"
        )
    return (
        f"Replicated in independent people: {who}; one unimodal population does not fit them (p "
        f"{p_text(existence.p_value)}; level {short(REPLICATION_LEVEL)} for a replication, "
        f"{short(LEVEL)} in the derivation), and people fall into the groups the frozen model "
        f"puts them in ({_agreed(by_name, said)})."
    )


def _agreed(by_name: dict[str, Line], said: Said) -> str:
    """Put the agreement beside that of the continua."""
    agreement = by_name["agreement: memberships"]
    failed = ""
    if said.n_failed:
        failed = f"; {said.n_failed} of {said.n_twins} continua could not be compared"
    return (
        f"memberships kappa {agreement.value:.2f} ({agreement.ci_low:.2f} to "
        f"{agreement.ci_high:.2f}) against {said.limit:.2f} in 95 % of continua{failed}"
    )


def is_peopled(prevalence: Line) -> bool:
    """Return whether the frozen group holds more than a handful, and its interval excludes none.

    A share that is withheld is not held against the new people: the veto of a handful asks the
    same of the groups fitted to them.
    """
    if prevalence.value != prevalence.value:
        return True
    return prevalence.value > HANDFUL and prevalence.ci_low > NOBODY


def _reasons(by_name: dict[str, Line], said: Said) -> str:
    """Say which of the conditions fail."""
    reasons = []
    existence, share = by_name["existence"], by_name["prevalence"]
    if not existence.p_value <= REPLICATION_LEVEL:
        reasons.append(
            f"one unimodal population fits their {said.what} (p {p_text(existence.p_value)}, level "
            f"{short(REPLICATION_LEVEL)})"
        )
    elif said.veto:
        reasons.append(f"a group on the {said.what} is seen, but {said.veto}")
    if not by_name["agreement: memberships"].value > said.limit:
        reasons.append(
            "people do not fall into the groups the frozen model puts them in more than they "
            f"would in a continuum ({_agreed(by_name, said)})"
        )
    belong = f"({share.ci_low:.0%} to {share.ci_high:.0%}{said.given}) of them belong to the frozen"
    if share.value <= HANDFUL:
        reasons.append(f"{share.value:.0%} {belong} group, no more than a handful")
    elif share.ci_low <= NOBODY:
        reasons.append(f"{share.value:.0%} {belong} group, an interval that includes next to none")
    return "; and ".join(reasons)


def _caveats(by_name: dict[str, Line], said: Said) -> str:
    """Say what the reader must not overlook."""
    texts = []
    method = by_name["method"]
    if method.value == method.value:
        answer = method.sentence.partition(" says ")[2].partition(":")[0]
        texts.append(f"The whole procedure on the new people alone says {answer}.")
    else:
        texts.append(method.sentence)
    if said.n_left_out:
        texts.append(f"{count_of(said.n_left_out, 'new person', 'new people')} took no part.")
    if "scale carried over" not in by_name:
        texts.append(
            "The scale rests on the derivation's reference people; a shift between the two "
            "measurements cannot be seen."
        )
    elif said.scale:
        texts.append(
            f"{said.scale[0].upper()}{said.scale[1:]}, and the share in the frozen group is "
            "withheld; bridge the two measurements before using frozen labels."
        )
    specificity = by_name.get("specificity")
    if specificity is not None and specificity.ci_low <= 1:
        texts.append("It is not specific to cases.")
    return "".join(f" {text}" for text in texts)
