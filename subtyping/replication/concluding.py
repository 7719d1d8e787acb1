"""The outcome of a replication, taken from its lines of evidence."""

import pandas as pd

from subtyping.discovery.line import Line
from subtyping.discovery.power import PowerStatement
from subtyping.discovery.sentences import blocked_sentence
from subtyping.discovery.settings import DiscoverySettings
from subtyping.discovery.verdict import Verdict
from subtyping.discovery.weighing import Weighing
from subtyping.replication.lines import REPLICATION_LEVEL, given
from subtyping.replication.people import Newcomers
from subtyping.replication.result import Replication, replication_result
from subtyping.replication.scale import scale_reason
from subtyping.replication.sentences import Said, is_peopled, replication_sentence
from subtyping.replication.twins import Refit
from subtyping.statistics.design import DesignReport

__all__ = ["blocked", "concluded"]

ENOUGH_POWER = 0.8


def concluded(
    new: Newcomers,
    weighed: Weighing,
    refit: Refit,
    twins: pd.DataFrame,
    *,
    limit: float,
    lines: list[Line],
    verdict: Verdict | None,
    settings: DiscoverySettings,
) -> Replication:
    """Take the outcome from the lines, in the order of `replicate_subtype`.

    Parameters
    ----------
    new : Newcomers
    weighed : Weighing
        Existence test and vetoes in the new people.
    refit : Refit
        Agreement of frozen and refitted memberships.
    twins : pandas.DataFrame
        The same agreement on every continuum.
    limit : float
        95th percentile of the agreement of the twins.
    lines : list of Line
    verdict : Verdict or None
        Of the whole procedure on the new people.
    settings : DiscoverySettings

    Returns
    -------
    Replication
    """
    rejects = weighed.test.p_value <= REPLICATION_LEVEL
    agrees = refit.comparison.membership_kappa > limit
    share = next(line for line in lines if line.line == "prevalence")
    if rejects and not weighed.veto and agrees and is_peopled(share):
        outcome = "replicated"
    else:
        is_small = weighed.power.power < ENOUGH_POWER
        outcome = "underpowered" if is_small else "not replicated"
    quantity, axis = new.fitted.scores.quantity, new.frozen.axis.name
    what = f"{axis} skew" if quantity == "skew" else f"raw {axis} score (skew not applicable)"
    said = Said(
        what=what,
        n_case=int(new.fitted.is_case.sum()),
        n_left_out=new.n_left_out,
        n_twins=len(twins),
        n_failed=int(twins["membership_kappa"].isna().sum()),
        limit=limit,
        veto=weighed.veto,
        scale=scale_reason(lines),
        given=given(new.frozen),
        power=weighed.power,
    )
    return replication_result(
        new,
        outcome,
        replication_sentence(outcome, said, lines, settings),
        weighed.power,
        lines,
        twins=twins,
        limit=limit,
        method=verdict,
        veto=weighed.veto,
    )


def blocked(new: Newcomers, design: DesignReport, power: PowerStatement) -> Replication:
    """Return the answer where case status of the new people is aliased.

    Parameters
    ----------
    new : Newcomers
    design : DesignReport
    power : PowerStatement

    Returns
    -------
    Replication
    """
    sentence = f"{blocked_sentence(design)} The claim stays candidate."
    line = Line("method", "aliasing of the new people", float("nan"), sentence)
    empty = pd.DataFrame({"draw": pd.Series(dtype=int)})
    return replication_result(
        new, "blocked", sentence, power, [line], twins=empty, limit=float("nan"), method=None
    )
