"""The lines of a replication: each number beside its interval or its null twin."""

from dataclasses import replace

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.discovery.line import Line, p_text
from subtyping.discovery.settings import LEVEL
from subtyping.discovery.verdict import Verdict
from subtyping.replication.frozen import FrozenSubtype
from subtyping.replication.measures import (
    agreement_intervals,
    difference_interval,
    rank_p_value,
    resampled_shares,
)
from subtyping.replication.twins import Comparison, Refit, profile_correlations
from subtyping.statistics.intervals import percentile_interval

__all__ = [
    "REPLICATION_LEVEL",
    "comparison_lines",
    "given",
    "method_line",
    "replicated_existence",
    "short",
]

REPLICATION_LEVEL = 0.05
BESIDE = (
    (
        "membership_kappa",
        ("agreement: memberships", "kappa of frozen and refitted memberships"),
    ),
    ("kappa", ("agreement: labels", "kappa of frozen and refitted labels")),
    ("ari", ("agreement: pairs", "adjusted Rand index of frozen and refitted labels")),
    ("separation", ("separation", "separation of the refitted groups in SD")),
)
PROFILES = (
    (
        "profile_outside",
        (
            "profile outside the axis",
            "correlation of the group difference over the analytes outside the axis",
        ),
    ),
    (
        "profile_inside",
        (
            "profile inside the axis",
            "correlation of the group difference over the members of the axis",
        ),
    ),
)


def short(number: float) -> str:
    """Return a level without the leading zero."""
    return f"{number:g}".removeprefix("0")


def replicated_existence(line: Line, n_case: int, quantity: str) -> Line:
    """Word the existence test for the level of a replication.

    Parameters
    ----------
    line : Line
        As discovery takes it.
    n_case : int
    quantity : str

    Returns
    -------
    Line
    """
    verb = "does not fit" if line.p_value <= REPLICATION_LEVEL else "fits"
    return replace(
        line,
        sentence=(
            f"One unimodal population {verb} the frozen {quantity} of {n_case} new cases "
            f"(p {p_text(line.p_value)}; level {short(REPLICATION_LEVEL)} for a replication, "
            f"{short(LEVEL)} in the derivation)."
        ),
    )


def comparison_lines(
    frozen: FrozenSubtype,
    refit: Refit,
    twins: pd.DataFrame,
    *,
    derivation_prevalence: tuple[float, float, float] | None,
    scale: str,
    seed: int,
    n_resamples: int,
) -> list[Line]:
    """Write down how far frozen subtype and new people go together.

    Parameters
    ----------
    frozen : FrozenSubtype
    refit : Refit
    twins : pandas.DataFrame
        See `replication_twins`.
    derivation_prevalence : tuple of float or None
        Share in the derivation with its interval.
    scale : str
        Why the scale does not carry over (see `scale_reason`); empty where it does. Shares in
        the frozen groups are then withheld.
    seed : int
    n_resamples : int

    Returns
    -------
    list of Line
    """
    intervals = agreement_intervals(refit.probability, refit.values, refit.model, seed, n_resamples)
    *agreement, separation = (
        _beside(twins, refit.comparison, name, said, interval=intervals[name])
        for name, said in BESIDE
    )
    old = frozen.mixture.separation
    separation = replace(separation, sentence=f"{separation.sentence} Derivation: {old:.1f}.")
    prevalence = [
        _prevalence_line(frozen, refit, twins, scale=scale, seed=seed, n_resamples=n_resamples)
    ]
    if derivation_prevalence is not None:
        prevalence.append(_difference_line(prevalence[0], derivation_prevalence, scale))
    profiles = _profile_lines(frozen, refit, twins, seed, n_resamples)
    return [*agreement, *prevalence, separation, *profiles]


def _beside(
    twins: pd.DataFrame,
    here: Comparison,
    name: str,
    said: tuple[str, str],
    *,
    interval: tuple[float, float],
) -> Line:
    """Put one number beside its interval and its twins."""
    line, statistic = said
    value, drawn = float(getattr(here, name)), twins[name].to_numpy()
    known = drawn[np.isfinite(drawn)]
    median = float(np.median(known)) if len(known) else float("nan")
    high = float(np.quantile(known, 0.95)) if len(known) else float("nan")
    if not np.isfinite(value):
        text = f"The {statistic} cannot be computed here."
    else:
        text = (
            f"{statistic[0].upper()}{statistic[1:]}: {value:.2f} ({interval[0]:.2f} to "
            f"{interval[1]:.2f}); without a subtype {median:.2f}, 95 % below {high:.2f}."
        )
    return Line(
        line=line,
        statistic=statistic,
        value=value,
        sentence=text,
        ci_low=interval[0],
        ci_high=interval[1],
        p_value=rank_p_value(value, drawn),
        null_twin=median,
    )


def _prevalence_line(
    frozen: FrozenSubtype,
    refit: Refit,
    twins: pd.DataFrame,
    *,
    scale: str,
    seed: int,
    n_resamples: int,
) -> Line:
    """Share of the frozen subtype among the new cases, unless the scale does not carry over."""
    name, statistic = "prevalence", "share of the new cases in the frozen subtype"
    if scale:
        return Line(name, statistic, float("nan"), f"Withheld: {scale}.")
    rng = stream(seed, "replication", "prevalence")
    values, mixtures = frozen.drawn(refit.z, refit.panel)
    weight = frozen.mixture.weight
    share = refit.comparison.prevalence_frac
    low, high = percentile_interval(resampled_shares(values, mixtures, rng, n_resamples))
    low, high = min(low, share), max(high, share)
    median = float(twins["prevalence_frac"].median())
    return Line(
        name,
        statistic,
        share,
        f"{share:.0%} ({low:.0%} to {high:.0%}{given(frozen)}) of the new cases belong to the "
        f"frozen subtype; {weight:.0%} did in the derivation, {median:.0%} would in a continuum.",
        ci_low=low,
        ci_high=high,
        null_twin=median,
    )


def given(frozen: FrozenSubtype) -> str:
    """Say what the interval of the share holds fixed; nothing where the groups are drawn too."""
    return "" if frozen.draws is not None else ", given the frozen groups"


def _difference_line(here: Line, derivation: tuple[float, float, float], scale: str) -> Line:
    """Subtract the share in the derivation from that in the new people."""
    name, statistic = "prevalence difference", "new people minus derivation"
    if scale:
        return Line(name, statistic, float("nan"), f"Withheld: {scale}.")
    new = here.value, here.ci_low, here.ci_high
    difference, low, high = difference_interval(new, derivation)
    verb = "differs" if low > 0 or high < 0 else "does not clearly differ"
    return Line(
        name,
        statistic,
        difference,
        f"The share {verb} from the derivation's: {difference:+.0%} ({low:+.0%} to {high:+.0%}).",
        ci_low=low,
        ci_high=high,
    )


def _profile_lines(
    frozen: FrozenSubtype, refit: Refit, twins: pd.DataFrame, seed: int, n_resamples: int
) -> list[Line]:
    """Correlate the group profiles; new cases are resampled, the derivation's profile is held."""
    if frozen.profile is None:
        return []
    rng = stream(seed, "replication", "profile")
    n = len(refit.probability)
    z = refit.z.to_numpy()
    drawn = np.array(
        [
            profile_correlations(frozen, z[rows], refit.level[rows], refit.probability[rows])
            for rows in rng.integers(0, n, (n_resamples, n))
        ]
    )
    lines = [
        _beside(twins, refit.comparison, name, said, interval=percentile_interval(drawn[:, k]))
        for k, (name, said) in enumerate(PROFILES)
    ]
    return [replace(line, sentence=f"{line.sentence} It annotates only.") for line in lines]


def method_line(verdict: Verdict | None, reason: str) -> Line:
    """Write down what the whole procedure says of the new people alone.

    Parameters
    ----------
    verdict : Verdict or None
    reason : str
        Why there is none.

    Returns
    -------
    Line
        ``value`` is 1 where the verdict is discrete, 0 where it is another, NaN without one.
    """
    name, statistic = "method", "verdict of the whole procedure on the new people"
    if verdict is None:
        return Line(name, statistic, float("nan"), f"Method-replication: not applicable, {reason}.")
    p_value = float("nan") if verdict.p_value is None else verdict.p_value
    return Line(
        name,
        statistic,
        float(verdict.is_discrete),
        f"The whole procedure, refitted on the new people alone, says {verdict.kind}: "
        f"{verdict.sentence}",
        p_value=p_value,
    )
