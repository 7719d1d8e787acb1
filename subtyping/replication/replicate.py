"""Does a candidate subtype hold in independent people?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping.discovery.assigner import Assigner
from subtyping.discovery.below_detection import imputed_line
from subtyping.discovery.decide import decide
from subtyping.discovery.existence import existence_line
from subtyping.discovery.line import Line
from subtyping.discovery.power import PowerStatement, power_at, simulated_power_at
from subtyping.discovery.settings import DiscoverySettings
from subtyping.discovery.weighing import Weighing, examine_group
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.replication.concluding import blocked, concluded
from subtyping.replication.lines import (
    REPLICATION_LEVEL,
    comparison_lines,
    method_line,
    replicated_existence,
)
from subtyping.replication.people import Newcomers, settle_newcomers
from subtyping.replication.result import OUTCOMES, Replication
from subtyping.replication.scale import carry_over_lines, reference_specificity_lines, scale_reason
from subtyping.replication.twins import compare_with_refit, replication_twins

__all__ = ["OUTCOMES", "Replication", "replicate_subtype"]

LEAST_DRAWS = 20
LEAST_KNOWN = 19  # twins: the 95th percentile of fewer is their maximum or beyond it


def replicate_subtype(
    assigner: Assigner,
    panel: Panel,
    *,
    case: Sequence[str] | None = None,
    reference: Sequence[str] | None = None,
    axis: str | Mapping[str, Any] | None = None,
    settings: DiscoverySettings | None = None,
    derivation_prevalence: tuple[float, float, float] | None = None,
    own_numbering: bool = False,
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
    2. ``replicated``: the existence test rejects at .05 (the derivation's level is .03); no veto of
       discovery explains the group it sees; the kappa of frozen and refitted memberships lies above
       the 95th percentile of the continua; the frozen group holds more than a handful (6 %) of the
       new cases; and the interval of that share lies above 1 %. The last two are not asked where
       the scale does not carry over: the share is then withheld.
    3. ``underpowered``: power at the declared smallest subtype is below .8 for this many new
       cases (read at the level .03, so on the careful side; simulated at .05 where
       ``settings.power`` says so).
    4. ``not replicated``.

    A group that is seen and vetoed is never ``replicated``; the sentence begins with the veto.

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
    own_numbering : bool, default False
        Whether the new people are numbered on their own, so that an id or subject of the
        derivation is somebody else here. Samples with the derivation's values are refused anyway.
    draws : int, default 99
        Continua; at least 20, of which at least 19 must allow the comparison.
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
        can be assigned, a group is absent, unit or platform differ, or the comparison can be made
        on fewer than 19 of the continua.

    Notes
    -----
    Intervals hold the frozen model fixed and resample new cases; that of the share draws the frozen
    groups too, where the card holds resampled ones. A shift of the scale between the
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
    >>> once = {"own_numbering": True, "draws": 20, "seed": 1, "jobs": 1}
    >>> found = replicate_subtype(Assigner(card), second, **once)
    >>> found.outcome, found.claim, found.method.kind
    ('replicated', 'replicated', 'discrete')
    """
    if draws < LEAST_DRAWS:
        message = f"The null of a replication needs at least {LEAST_DRAWS} draws; got {draws}."
        raise InputError(message)
    chosen = replace(settings or DiscoverySettings(), evidence="decide", allow_aliased=False)
    new = settle_newcomers(
        assigner, panel, case=case, reference=reference, axis=axis, own_numbering=own_numbering
    )
    power = _power(int(new.fitted.is_case.sum()), chosen, seed)
    if new.design is not None and new.design.is_blocked:
        return blocked(new, new.design, power)
    weighed = _weigh(new, power, chosen, seed)
    refit = compare_with_refit(
        new.frozen,
        new.panel,
        new.procedure,
        refits_scale=new.refitted is not None,
        refitted=new.refitted,
    )
    twins = replication_twins(
        new.frozen,
        new.panel,
        new.procedure,
        refits_scale=new.refitted is not None,
        draws=draws,
        seed=seed,
        jobs=jobs,
        advance=advance,
    )
    limit = _limit(twins)
    verdict = None
    if new.refitted is not None and new.design is not None:
        verdict = decide(new.refitted, new.panel, new.design, chosen, seed=seed)
    only_reference = _reference_lines(new, seed, chosen.n_resamples)
    lines = [
        *weighed.lines,
        *comparison_lines(
            new.frozen,
            refit,
            twins,
            derivation_prevalence=derivation_prevalence,
            scale=scale_reason(only_reference),
            seed=seed,
            n_resamples=chosen.n_resamples,
        ),
        *only_reference,
        method_line(verdict, new.method_reason),
    ]
    return concluded(
        new, weighed, refit, twins, limit=limit, lines=lines, verdict=verdict, settings=chosen
    )


def _power(n_case: int, settings: DiscoverySettings, seed: int) -> PowerStatement:
    """Read the power for the declared smallest subtype, or simulate it at this level."""
    wanted = settings.minimum_fraction, settings.minimum_separation
    if settings.power == "stored":
        return power_at(n_case, *wanted)
    return simulated_power_at(n_case, *wanted, level=REPLICATION_LEVEL, seed=seed)


def _limit(twins: pd.DataFrame) -> float:
    """Return the 95th percentile of the membership agreement of the twins."""
    drawn = twins["membership_kappa"].to_numpy()
    known = drawn[np.isfinite(drawn)]
    if len(known) < LEAST_KNOWN:
        remedy = "Bring more new people, or reference people among them"
        if len(known):
            remedy = f"Give --draws {int(np.ceil(1.5 * LEAST_DRAWS * len(drawn) / len(known)))}"
        message = (
            f"The comparison could be made on only {len(known)} of {len(drawn)} continua that "
            f"resemble the new people, and its null needs {LEAST_KNOWN}. {remedy}."
        )
        raise InputError(message)
    return float(np.quantile(known, 0.95))


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
    if test.p_value > REPLICATION_LEVEL:
        return weighed  # without a group there is nothing to explain
    detection, is_gone = imputed_line(new.fitted, new.panel, seed, settings.n_bootstrap)
    weighed.lines += [] if detection is None else [detection]
    if is_gone and not veto:
        veto = "it is gone when values below detection are not written as the limit"
    weighed.veto = veto
    return weighed


def _reference_lines(new: Newcomers, seed: int, n_resamples: int) -> list[Line]:
    """Return what only new reference people can tell."""
    if not new.fitted.is_reference.any():
        return []
    return [
        *reference_specificity_lines(new.fitted, new.frozen, seed, n_resamples),
        *carry_over_lines(new.fitted, new.frozen),
    ]
