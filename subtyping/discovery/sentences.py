"""The verdict in plain words, with the caveats it must carry."""

from subtyping.discovery.evidence import Line
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.power import PowerStatement
from subtyping.discovery.settings import DiscoverySettings
from subtyping.statistics.mixture_test import MixtureTest

__all__ = ["verdict_sentence"]

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
    cause: str | None,
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
    cause : str or None
        Technical factor that explains the group.

    Returns
    -------
    str
    """
    axis, quantity = fitted.scores.axis, fitted.scores.quantity
    n_case = int(fitted.is_case.sum())
    what = f"{axis} skew" if quantity == "skew" else f"raw {axis} score (skew not applicable)"
    explained = ""
    if cause is not None:
        explained = (
            f"The {what} falls into groups, but {cause} explains them: this is a group of "
            f"{cause}, not of people. "
        )
    if kind == "discrete":
        return _discrete(fitted, test, prevalence, lines, what)
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
        f"{explained}No separate group on the {what} of {n_case} cases "
        f"(p {test.p_value:.2f}; power {power.power:.2f} for a subtype of "
        f"{settings.minimum_fraction:.0%} at an effective separation of "
        f"{settings.minimum_separation:g})"
    )
    if kind == "continuum":
        return (
            f"{no_group}, but people differ on it beyond assay noise: use the continuous axis, "
            "with any threshold described as the upper tail of a continuum."
        )
    return f"{no_group}, and no variation on it beyond assay noise could be shown."


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
        f"group high on the {what} (p {test.p_value:.3f} against one unimodal population, "
        f"separation {fitted.model.separation:.1f})."
    )
    if fitted.model.separation < BIMODAL_SEPARATION:
        text += " A mixture fits better; a skewed continuum is not excluded."
    specificity = [line for line in lines if line.line == "specificity"]
    if specificity and specificity[0].ci_low <= 1:
        text += " It is not specific to cases."
    return text + " One cohort gives a candidate only: replication needs independent people."
