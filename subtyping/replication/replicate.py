"""Does a candidate subtype hold in independent people?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping.discovery.assigner import Assigner
from subtyping.discovery.decide import decide, study_design
from subtyping.discovery.existence import existence_line
from subtyping.discovery.line import Line
from subtyping.discovery.power import PowerStatement, power_at
from subtyping.discovery.sentences import blocked_sentence
from subtyping.discovery.settings import DiscoverySettings
from subtyping.discovery.verdict import Verdict
from subtyping.discovery.weighing import Weighing, examine_group
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.replication.lines import (
    REPLICATION_LEVEL,
    carry_over_line,
    comparison_lines,
    method_line,
    reference_specificity_lines,
    replicated_existence,
)
from subtyping.replication.people import Newcomers, settle_newcomers
from subtyping.replication.result import OUTCOMES, Replication, replication_result
from subtyping.replication.sentences import is_peopled, replication_sentence
from subtyping.replication.twins import Refit, compare_with_refit, replication_twins
from subtyping.statistics.design import DesignReport

__all__ = ["OUTCOMES", "Replication", "replicate_subtype"]

LEAST_DRAWS = 20
ENOUGH_POWER = 0.8


def replicate_subtype(
    assigner: Assigner,
    panel: Panel,
    *,
    case: Sequence[str] | None = None,
    reference: Sequence[str] | None = None,
    axis: str | Mapping[str, Any] | None = None,
    settings: DiscoverySettings | None = None,
    derivation_prevalence: tuple[float, float, float] | None = None,
    draws: int = 99,
    seed: int = 0,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> Replication:
    """Hold a frozen candidate subtype against independent people.

    *Result-replication* carries the frozen result over: the existence test on the frozen skew of
    the new cases, the share of the frozen groups, the profile, and how far frozen memberships
    agree with those of the procedure refitted on the new people. *Method-replication* asks the
    whole procedure for its verdict on the new people alone. Each stands beside its interval or
    beside the same comparison on draws of a continuum that resembles the new people.

    The outcome is decided in this order:

    1. ``blocked``: case status of the new people is aliased with plate, site or date.
    2. ``replicated``: the existence test rejects at .05 (the derivation's level is .03), no
       technical cause explains the group it sees, the kappa of frozen and refitted memberships
       lies above the 95th percentile of the continua, and the frozen group holds more than a
       handful (6 %) of the new cases.
    3. ``underpowered``: power at the declared smallest subtype is below .8 for this many new
       cases (read at the level .03, so on the careful side).
    4. ``not replicated``.

    Parameters
    ----------
    assigner : Assigner
        Of a run whose verdict was discrete.
    panel : Panel
        The new people, in the card's unit, with a group column.
    case, reference : sequence of str, optional
        Their group labels; those of the derivation by default. Without at least 8 reference
        people there is no method-replication, and only the mixture is refitted.
    axis : str or mapping, optional
        The axis as it was declared for the derivation; by default what the card allows to infer.
    settings : DiscoverySettings, optional
        Draws of the existence test, resamples behind intervals and the smallest subtype.
    derivation_prevalence : tuple of float, optional
        Share in the derivation with its 95 % interval.
    draws : int, default 99
        Continua; at least 20.
    seed : int, default 0
    jobs : int, optional
        Workers; the numbers do not depend on it.
    advance : callable, optional
        Called once for each draw.

    Returns
    -------
    Replication

    Raises
    ------
    InputError
        If there is no candidate, the new people are not independent or fewer than 8 of the cases
        can be assigned, a group is absent, or unit or platform differ.

    Notes
    -----
    Intervals hold the frozen model fixed and resample new cases. A shift of the scale between the
    two measurements shows as ``scale carried over`` where the new panel has reference people, and
    cannot be seen where it has none.

    References
    ----------
    Ullmann T, Hennig C, Boulesteix A-L (2022). Validation of cluster analysis results on
    validation data: A systematic framework. WIREs Data Mining and Knowledge Discovery 12, e1444.
    doi:10.1002/widm.1444.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.discovery import build_card, decide, make_procedure, study_design
    >>> size = {"n_case": 100, "n_reference": 40, "n_analytes": 30, "separation": 6.0}
    >>> first, second = (simulate_cohort("th2_subtype", seed=k, **size).panel for k in (1, 2))
    >>> procedure = make_procedure(first, case=["MDD"], reference=["HC"], axis="Th2")
    >>> fitted = procedure.fit(first)
    >>> design = study_design(first, ("MDD",), ("HC",))
    >>> verdict = decide(fitted, first, design, DiscoverySettings(), seed=1)
    >>> card = build_card(fitted, verdict, reading={"format": "wide"}, provenance={})
    >>> found = replicate_subtype(Assigner(card), second, draws=20, seed=1, jobs=1)
    >>> found.outcome, found.claim, found.method.kind
    ('replicated', 'replicated', 'discrete')
    """
    if draws < LEAST_DRAWS:
        message = f"The null of a replication needs at least {LEAST_DRAWS} draws; got {draws}."
        raise InputError(message)
    chosen = replace(settings or DiscoverySettings(), evidence="decide", allow_aliased=False)
    new = settle_newcomers(assigner, panel, case=case, reference=reference, axis=axis)
    n_case = int(new.fitted.is_case.sum())
    power = power_at(n_case, chosen.minimum_fraction, chosen.minimum_separation)
    if new.refits_scale:
        design = study_design(new.panel, new.procedure.case, new.procedure.reference)
        if design.is_blocked:
            return _blocked(new, design, power)
    weighed = _weigh(new, power, chosen, seed)
    refit = compare_with_refit(new.frozen, new.panel, new.procedure, refits_scale=new.refits_scale)
    twins = replication_twins(
        new.frozen,
        new.panel,
        new.procedure,
        refits_scale=new.refits_scale,
        draws=draws,
        seed=seed,
        jobs=jobs,
        advance=advance,
    )
    verdict = None
    if new.refits_scale:
        fitted = new.procedure.fit(new.panel)
        verdict = decide(fitted, new.panel, design, chosen, seed=seed)
    lines = [
        *weighed.lines,
        *comparison_lines(
            new.frozen,
            refit,
            twins,
            derivation_prevalence=derivation_prevalence,
            seed=seed,
            n_resamples=chosen.n_resamples,
        ),
        *_reference_lines(new, seed, chosen.n_resamples),
        method_line(verdict, new.method_reason),
    ]
    return _concluded(new, weighed, refit, twins, lines=lines, verdict=verdict, settings=chosen)


def _weigh(
    new: Newcomers, power: PowerStatement, settings: DiscoverySettings, seed: int
) -> Weighing:
    """Test existence on the frozen skew, and ask what else could explain the group it sees."""
    values = new.fitted.scores.values.to_numpy()[new.fitted.is_case]
    quantity = new.fitted.scores.quantity
    line, test = existence_line(values, seed, settings.n_bootstrap, quantity)
    line = replicated_existence(line, len(values), quantity)
    weighed = Weighing(test=test, power=power, lines=[line])
    veto = examine_group(weighed, new.fitted, new.panel, {}, seed)
    weighed.veto = veto if test.p_value <= REPLICATION_LEVEL else ""
    return weighed


def _reference_lines(new: Newcomers, seed: int, n_resamples: int) -> list[Line]:
    """Return what only new reference people can tell."""
    if not new.refits_scale:
        return []
    return [
        *reference_specificity_lines(new.fitted, new.frozen, seed, n_resamples),
        carry_over_line(new.fitted, new.frozen.preparation.scaler_.n_reference_),
    ]


def _concluded(
    new: Newcomers,
    weighed: Weighing,
    refit: Refit,
    twins: pd.DataFrame,
    *,
    lines: list[Line],
    verdict: Verdict | None,
    settings: DiscoverySettings,
) -> Replication:
    """Take the outcome from the lines, in the order of `replicate_subtype`."""
    drawn = twins["membership_kappa"].to_numpy()
    known = drawn[np.isfinite(drawn)]
    limit = float(np.quantile(known, 0.95)) if len(known) >= LEAST_DRAWS else float("nan")
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
    sentence = replication_sentence(
        outcome,
        what=what,
        n_case=int(new.fitted.is_case.sum()),
        lines=lines,
        limit=limit,
        veto=weighed.veto,
        power=weighed.power,
        settings=settings,
    )
    return replication_result(
        new, outcome, sentence, weighed.power, lines, twins=twins, limit=limit, method=verdict
    )


def _blocked(new: Newcomers, design: DesignReport, power: PowerStatement) -> Replication:
    """Return the answer where nothing can be inferred."""
    sentence = f"{blocked_sentence(design)} The claim stays candidate."
    line = Line("method", "aliasing of the new people", float("nan"), sentence)
    empty = pd.DataFrame({"draw": pd.Series(dtype=int)})
    return replication_result(
        new, "blocked", sentence, power, [line], twins=empty, limit=float("nan"), method=None
    )
