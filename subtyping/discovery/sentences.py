"""The verdict in plain words, with the caveats it must carry."""

from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line, p_text
from subtyping.discovery.power import PowerStatement
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.statistics.design import DesignReport
from subtyping.statistics.mixture_test import MixtureTest

__all__ = ["blocked_sentence", "verdict_sentence"]

BIMODAL_SEPARATION = 2.75


def verdict_sentence(
    kind: str,
    fitted: FittedLabelling,
    *,
    test: MixtureTest,
    power: PowerStatement,
    settings: DiscoverySettings,
    prevalence: tuple[float | None, float | None, float | None],
    lines: list[Line],
    veto: str,
    biology: list[str],
) -> str:
    """Write the verdict's sentence.

    Parameters
    ----------
    kind : str
    fitted : FittedLabelling
    test : MixtureTest
    power : PowerStatement
    settings : DiscoverySettings
    prevalence : tuple
        Share, lower and upper limit, or three None.
    lines : list of Line
    veto : str
        Why a group that is seen is no subtype; empty if nothing speaks against it.
    biology : list of str
        Biological factors that explain much of the membership.

    Returns
    -------
    str
    """
    axis, quantity = fitted.scores.axis, fitted.scores.quantity
    n_case = int(fitted.is_case.sum())
    what = f"{axis} skew" if quantity == "skew" else f"raw {axis} score (skew not applicable)"
    explained = ""
    if veto:
        explained = f"A group on the {what} is seen, but {veto}. "
    if kind == "discrete":
        return _discrete(fitted, test, prevalence, lines, what) + _annotated(biology, lines)
    if kind == "underpowered":
        needed = (
            f"about {power.n_needed} cases would do"
            if power.n_needed is not None
            else "more cases than the stored power surface covers would be needed"
        )
        return (
            f"{explained}Too few people to tell: with {n_case} cases a subtype of "
            f"{settings.minimum_fraction:.0%} at an effective separation of "
            f"{settings.minimum_separation:g} would be found with a power of "
            f"{power.power:.2f}; {needed}. This is not evidence that there is none."
        )
    no_group = (
        f"{explained}No subtype on the {what} of {n_case} cases "
        f"(p {p_text(test.p_value)}; power {power.power:.2f} for a subtype of "
        f"{settings.minimum_fraction:.0%} at an effective separation of "
        f"{settings.minimum_separation:g})"
    )
    if kind == "continuum":
        return (
            f"{no_group}, but people differ on it beyond assay noise: use the continuous axis, "
            "with any threshold described as the upper tail of a continuum."
        )
    return f"{no_group}, and no variation on it beyond assay noise could be shown."


def blocked_sentence(design: DesignReport) -> str:
    """Write why nothing can be said.

    Parameters
    ----------
    design : DesignReport

    Returns
    -------
    str
    """
    return f"No inference is possible. {design.sentence}"


def _annotated(biology: list[str], lines: list[Line]) -> str:
    """Name the biological factors that go along with the group, and what is left without each."""
    if not biology:
        return ""
    by_name = {line.line: line for line in lines}
    shares = [f"{name} ({by_name[f'biological: {name}'].value:.0%})" for name in biology]
    verb = "explains" if len(biology) == 1 else "explain"
    text = (
        f" {', '.join(shares)} {verb} much of who is in it: ask whether this is what the group is"
    )
    gone = [
        f"without {name} {'no' if line.p_value > LEVEL else 'a'} group is seen, "
        f"p {p_text(line.p_value)}"
        for name in biology
        if (line := by_name.get(f"without {name}")) is not None
    ]
    return f"{text} ({'; '.join(gone)})." if gone else f"{text}."


def _discrete(
    fitted: FittedLabelling,
    test: MixtureTest,
    prevalence: tuple[float | None, float | None, float | None],
    lines: list[Line],
    what: str,
) -> str:
    n_case = int(fitted.is_case.sum())
    share, low, high = prevalence
    text = (
        f"A candidate subtype: {share:.0%} ({low:.0%} to {high:.0%}) of {n_case} cases form a "
        f"group high on the {what} (p {p_text(test.p_value)} against one unimodal population, "
        f"separation {fitted.model.separation:.1f})."
    )
    if fitted.model.separation < BIMODAL_SEPARATION:
        text += " A mixture fits better; a skewed continuum is not excluded."
    specificity = [line for line in lines if line.line == "specificity"]
    if specificity and specificity[0].ci_low <= 1:
        text += " It is not specific to cases."
    return text + " One cohort gives a candidate only: replication needs independent people."
