"""The outcome of a replication in plain words, with the caveats it must carry."""

from collections.abc import Sequence

from subtyping.discovery.line import Line, p_text
from subtyping.discovery.power import PowerStatement
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.replication.lines import REPLICATION_LEVEL, short

__all__ = ["is_peopled", "replication_sentence"]

SHIFTED = 0.5
HANDFUL, NOBODY = 0.06, 0.01


def replication_sentence(
    outcome: str,
    *,
    what: str,
    n_case: int,
    lines: Sequence[Line],
    limit: float,
    veto: str,
    power: PowerStatement,
    settings: DiscoverySettings,
) -> str:
    """Write the sentence of a replication that could be carried out.

    Parameters
    ----------
    outcome : {"replicated", "not replicated", "underpowered"}
    what : str
        Name of what was tested, such as ``"Th2 skew"``.
    n_case : int
    lines : sequence of Line
    limit : float
        95th percentile of the membership agreement without a subtype.
    veto : str
        Why the group that is seen is no subtype; empty if nothing speaks against it.
    power : PowerStatement
    settings : DiscoverySettings

    Returns
    -------
    str
    """
    by_name = {line.line: line for line in lines}
    existence, agreement = by_name["existence"], by_name["agreement: memberships"]
    prevalence = by_name["prevalence"]
    agreed = (
        f"memberships kappa {agreement.value:.2f} ({agreement.ci_low:.2f} to "
        f"{agreement.ci_high:.2f}) against {limit:.2f} in 95 % of continua"
    )
    caveats = _caveats(by_name)
    if outcome == "replicated":
        return (
            f"Replicated in independent people: of {n_case} new cases {prevalence.value:.0%} "
            f"({prevalence.ci_low:.0%} to {prevalence.ci_high:.0%}) belong to the frozen group "
            f"high on the {what}; one unimodal population does not fit them (p "
            f"{p_text(existence.p_value)}; level {short(REPLICATION_LEVEL)} for a replication, "
            f"{short(LEVEL)} in the derivation), and people fall into the groups the frozen model "
            f"puts them in ({agreed}).{caveats} The claim is replicated: the group is there "
            "again. That it predicts a course or a response is another claim."
        )
    reasons = _reasons(by_name, limit, veto=veto, what=what, agreed=agreed)
    if outcome == "underpowered":
        needed = (
            f"about {power.n_needed} cases would do"
            if power.n_needed is not None
            else "more cases than the stored power surface covers would be needed"
        )
        return (
            f"Too few new people to tell: {reasons}; but with {n_case} cases a subtype of "
            f"{settings.minimum_fraction:.0%} at an effective separation of "
            f"{settings.minimum_separation:g} would be found with a power of only "
            f"{power.power:.2f}, and {needed}. The claim stays candidate.{caveats}"
        )
    return (
        f"Not replicated in {n_case} independent cases: {reasons} (power {power.power:.2f} for a "
        f"subtype of {settings.minimum_fraction:.0%} at an effective separation of "
        f"{settings.minimum_separation:g}). The claim stays candidate.{caveats}"
    )


def is_peopled(prevalence: Line) -> bool:
    """Return whether the frozen group holds more than a handful, and its interval excludes none."""
    return prevalence.value > HANDFUL and prevalence.ci_low > NOBODY


def _reasons(by_name: dict[str, Line], limit: float, *, veto: str, what: str, agreed: str) -> str:
    """Say which of the conditions fail."""
    reasons = []
    existence, share = by_name["existence"], by_name["prevalence"]
    if not existence.p_value <= REPLICATION_LEVEL:
        reasons.append(
            f"one unimodal population fits their {what} (p {p_text(existence.p_value)}, level "
            f"{short(REPLICATION_LEVEL)})"
        )
    elif veto:
        reasons.append(f"a group on the {what} is seen, but {veto}")
    if not by_name["agreement: memberships"].value > limit:
        reasons.append(
            "people do not fall into the groups the frozen model puts them in more than they "
            f"would in a continuum ({agreed})"
        )
    if not is_peopled(share):
        reasons.append(
            f"{share.value:.0%} ({share.ci_low:.0%} to {share.ci_high:.0%}) of them belong to the "
            "frozen group, no more than a handful"
        )
    return "; and ".join(reasons)


def _caveats(by_name: dict[str, Line]) -> str:
    """Say what the reader must not overlook."""
    said = []
    method, shift = by_name["method"], by_name.get("scale carried over")
    if method.value == method.value:
        answer = method.sentence.partition(" says ")[2].partition(":")[0]
        said.append(f"The whole procedure on the new people alone says {answer}.")
    else:
        said.append(method.sentence)
    if shift is None:
        said.append(
            "The scale rests on the derivation's reference people; a shift between the two "
            "measurements cannot be seen."
        )
    elif abs(shift.value) > SHIFTED and (shift.ci_low > 0 or shift.ci_high < 0):
        said.append(
            f"The new reference people stand {abs(shift.value):.1f} SD "
            f"{'above' if shift.value > 0 else 'below'} the derivation's on it: the scale does "
            "not carry over, so bridge the two measurements before using frozen labels."
        )
    specificity = by_name.get("specificity")
    if specificity is not None and specificity.ci_low <= 1:
        said.append("It is not specific to cases.")
    return "".join(f" {text}" for text in said)
