"""Weigh the lines of evidence: what the group is, and what else could explain it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping.cohorts import fit_continuum
from subtyping.discovery.below_detection import imputed_line
from subtyping.discovery.causes import (
    biological_lines,
    shift_line,
    technical_cause,
    without_lines,
)
from subtyping.discovery.continuum import continuum_line
from subtyping.discovery.existence import existence_line, fit_line
from subtyping.discovery.joint import joint_line
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.discovery.power import PowerStatement, power_at, simulated_power_at
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.discovery.stability import stability_lines
from subtyping.discovery.taxometric import taxometric_lines
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.statistics.design import as_days, as_hours, season_of
from subtyping.statistics.mixture_test import MixtureTest

__all__ = ["TECHNICAL_ROLES", "Weighing", "weigh"]

TECHNICAL_ROLES = ("batch", "site", "date")
OTHER_TECHNICAL_ROLES = ("visit", "matrix", "storage", "draw_time")
BIOLOGICAL_ROLES = ("bmi", "age", "sex", "smoking", "medication", "atopy")
WORDS = {
    "batch": "plate",
    "date": "date of draw",
    "storage": "time in storage",
    "draw_time": "time of draw",
}
AS_NUMBERS = {"date": as_days, "draw_time": as_hours}
A_YEAR = 300
SMALLEST_SHARE = 0.06
ENOUGH_POWER = 0.8
N_TWINS = 5
MAJORITY = 0.5
FEW_MEMBERS = 2
MOST_HEAPED = 0.2


@dataclass
class Weighing:
    """The lines of evidence as they are taken, and what they decide.

    Attributes
    ----------
    test : MixtureTest
        Of the deciding line.
    power : PowerStatement
    lines : list of Line
    kind : str
        Empty until decided.
    veto : str
        Why a group that the deciding line sees is no subtype, as the start of a sentence.
    biology : list of str
        Biological factors that explain much of the membership.
    """

    test: MixtureTest
    power: PowerStatement
    lines: list[Line]
    kind: str = ""
    veto: str = ""
    biology: list[str] = field(default_factory=list)


def weigh(
    fitted: FittedLabelling,
    panel: Panel,
    settings: DiscoverySettings,
    seed: int,
    biology: Mapping[str, pd.Series] | None = None,
) -> Weighing:
    """Take the lines in the order of the decisions; stop early unless all are wanted.

    Parameters
    ----------
    fitted : FittedLabelling
        Learnt on `panel`.
    panel : Panel
    settings : DiscoverySettings
    seed : int
    biology : mapping of str to Series, optional
        More biological factors than the panel's roles, indexed by sample (acute inflammation).

    Returns
    -------
    Weighing
    """
    scores = fitted.scores
    values = scores.values.to_numpy()[fitted.is_case]
    power = _power(len(values), settings, seed)
    existence, test = existence_line(values, seed, settings.n_bootstrap, scores.quantity)
    weighed = Weighing(test=test, power=power, lines=[existence])
    everything = settings.evidence == "all"
    rejects = test.p_value <= LEVEL
    if rejects or everything:
        factors = _biological_factors(fitted, panel, biology or {})
        veto = examine_group(weighed, fitted, panel, factors, seed)
        detection, is_gone = imputed_line(fitted, panel, seed, settings.n_bootstrap)
        weighed.lines += [] if detection is None else [detection]
        if is_gone and not veto:
            veto = "it is gone when values below detection are not written as the limit"
        named = [name for name in factors if everything or name in weighed.biology]
        weighed.lines += without_lines(
            values, {name: factors[name] for name in named}, seed, settings.n_bootstrap
        )
        weighed.veto = veto if rejects else ""  # without a group there is nothing to explain
    if rejects and not weighed.veto:
        weighed.kind = "discrete"
    elif power.power < ENOUGH_POWER:
        weighed.kind = "underpowered"
    if not weighed.kind or everything:
        continuum = continuum_line(fitted, seed, settings.n_resamples, settings.assay_cv_pct)
        weighed.lines.append(continuum)
        weighed.kind = weighed.kind or ("continuum" if continuum.ci_low > 0 else "none")
    if everything:
        weighed.lines.append(joint_line(fitted, seed, settings.n_bootstrap))
        twins = _twins(fitted, panel, seed)
        weighed.lines += taxometric_lines(fitted, seed, twins)
        weighed.lines += stability_lines(fitted, twins, seed)
    return weighed


def _power(n_case: int, settings: DiscoverySettings, seed: int) -> PowerStatement:
    """Read the power for the declared smallest subtype, or simulate it where that is asked for."""
    wanted = settings.minimum_fraction, settings.minimum_separation
    if settings.power == "stored":
        return power_at(n_case, *wanted)
    return simulated_power_at(n_case, *wanted, level=LEVEL, seed=seed)


def _twins(fitted: FittedLabelling, panel: Panel, seed: int) -> list[FittedLabelling]:
    """Fit the same procedure to draws from a continuum that resembles the cohort."""
    procedure = fitted.procedure
    continuum = fit_continuum(panel, case=procedure.case, reference=procedure.reference)
    twins = []
    for k in range(N_TWINS):
        with suppress(InputError):
            twins.append(procedure.fit(continuum.draw(child_seed(seed, "evidence twins"), k)))
    return twins


def examine_group(
    weighed: Weighing,
    fitted: FittedLabelling,
    panel: Panel,
    biology: Mapping[str, pd.Series],
    seed: int,
) -> str:
    """Add the lines that could explain the group away; return the veto, if any."""
    values = fitted.scores.values.to_numpy()[fitted.is_case]
    probability = fitted.model.probability(values)
    cause, technical = technical_cause(probability, _technical_factors(fitted, panel))
    shift, is_shift = shift_line(fitted, probability)
    fit, is_misfit = fit_line(values, seed)
    explained, weighed.biology = biological_lines(probability, biology)
    weighed.lines += [*technical, *([] if shift is None else [shift]), fit, *explained]
    if cause is not None:
        return f"it cannot be told apart from {cause}: who is in it goes along with {cause}"
    if is_shift:
        return (
            "it cannot be told apart from an undeclared shift: its people differ on most of the "
            "panel, as samples of another laboratory, matrix or machine would"
        )
    if is_misfit:
        return "neither a mixture nor one population fits (look for values heaped at one point)"
    return _odd_group(fitted, panel, probability)


def _odd_group(fitted: FittedLabelling, panel: Panel, probability: np.ndarray) -> str:
    """Say why a well-fitting group is still not the subtype that was asked for, if it is not."""
    model = fitted.model
    upper = float(np.mean(probability > MAJORITY))
    if min(upper, 1 - upper) <= SMALLEST_SHARE:
        return "it is a handful of outlying people, too few to be called a subtype"
    if model.weight > MAJORITY and abs(model.means[0]) > abs(model.means[1]):
        share = 1 - model.weight
        return f"the people who stand apart ({share:.0%} of the cases) are low on it, not high"
    heaped = _heaped_frac(fitted, panel)
    if heaped > MOST_HEAPED:
        return f"{heaped:.0%} of the values it rests on are heaped at a detection limit"
    return ""


def _heaped_frac(fitted: FittedLabelling, panel: Panel) -> float:
    """Share of member values below detection, where only one or two members carry the axis."""
    members = [name for name in fitted.members if name in panel.values.columns]
    if not 0 < len(members) <= FEW_MEMBERS:
        return 0.0
    return float(panel.below_lod.loc[fitted.is_case, members].to_numpy().mean())


def _technical_factors(fitted: FittedLabelling, panel: Panel) -> dict[str, pd.Series]:
    factors = {"handling": fitted.prepared.handling[fitted.is_case].reset_index(drop=True)}
    for role in (*TECHNICAL_ROLES, *OTHER_TECHNICAL_ROLES):
        column = panel.role(role)
        if column is None:
            continue
        factor = column[fitted.is_case].reset_index(drop=True)
        if role == "date" and _span(as_days(factor)) > A_YEAR:
            factors["season"] = season_of(factor)  # within a year it says no more than the date
        factors[WORDS.get(role, role)] = AS_NUMBERS[role](factor) if role in AS_NUMBERS else factor
    return factors


def _biological_factors(
    fitted: FittedLabelling, panel: Panel, more: Mapping[str, pd.Series]
) -> dict[str, pd.Series]:
    factors = {role: panel.samples[role] for role in BIOLOGICAL_ROLES if role in panel.samples}
    factors |= {name: factor.reindex(panel.sample_ids) for name, factor in more.items()}
    return {name: factor[fitted.is_case].reset_index(drop=True) for name, factor in factors.items()}


def _span(days: pd.Series) -> float:
    """Days from the first to the last; 0 where none is known."""
    return float(days.max() - days.min()) if days.notna().any() else 0.0
