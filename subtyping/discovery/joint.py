"""All members of the axis together: one common factor against a factor mixture."""

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line, p_text
from subtyping.discovery.settings import LEVEL
from subtyping.exceptions import InputError
from subtyping.statistics.joint_test import joint_test

__all__ = ["joint_line"]

STATISTIC = "likelihood ratio, factor mixture against one unimodal factor"


def joint_line(fitted: FittedLabelling, seed: int, n_bootstrap: int) -> Line:
    """Test one unimodal common factor of all members against a factor mixture.

    The members of the axis among the cases, each given the level, are weighed by how much of the
    common factor they carry (`subtyping.statistics.joint_test`).

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_bootstrap : int
        Largest number of draws.

    Returns
    -------
    Line
        ``value`` is the likelihood ratio, ``p_value`` its bootstrap p, ``null_twin`` the median
        ratio of the draws; the gain of held-out log-likelihood stands in the sentence. NaN, with
        the reason, where the axis has one member.
    """
    residuals = fitted.scores.residuals.to_numpy()[fitted.is_case]
    if residuals.shape[1] < 2:
        reason = "A joint test is not applicable: the axis has one member, and it needs two."
        return Line("joint", STATISTIC, float("nan"), reason)
    try:
        joint = joint_test(residuals, stream(seed, "discovery", "joint"), n_bootstrap=n_bootstrap)
    except InputError as error:
        return Line("joint", STATISTIC, float("nan"), f"A joint test is not applicable. {error}")
    verb = "does not fit" if joint.test.p_value <= LEVEL else "fits"
    better = "better" if joint.held_out_gain > 0 else "worse"
    heaviest = fitted.members[int(joint.weights.argmax())]
    return Line(
        line="joint",
        statistic=STATISTIC,
        value=joint.test.statistic,
        p_value=joint.test.p_value,
        null_twin=joint.test.null_median,
        sentence=(
            f"One unimodal factor {verb} the {residuals.shape[1]} members together (p "
            f"{p_text(joint.test.p_value)}, {joint.test.n_bootstrap} draws; {heaviest} weighs "
            f"most, {joint.weights.max():.0%}); a factor mixture predicts people left out "
            f"{better} by {abs(joint.held_out_gain):.1f} log units."
        ),
    )
