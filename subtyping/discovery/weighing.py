"""Weigh the lines of evidence: what the group is, and what else could explain it."""

from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from subtyping._random import child_seed
from subtyping.cohorts import fit_continuum
from subtyping.discovery.causes import biological_lines, shift_line, technical_cause
from subtyping.discovery.continuum import continuum_line
from subtyping.discovery.existence import existence_line, fit_line
from subtyping.discovery.joint import joint_line
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.discovery.power import PowerStatement, power_at
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.discovery.taxometric import taxometric_lines
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.statistics.design import as_days
from subtyping.statistics.mixture_test import MixtureTest

__all__ = ["TECHNICAL_ROLES", "Weighing", "weigh"]

TECHNICAL_ROLES = ("batch", "site", "date")
BIOLOGICAL_ROLES = ("bmi", "age", "sex", "smoking", "medication", "atopy")
WORDS = {"batch": "plate", "date": "date of draw"}
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
    fitted: FittedLabelling, panel: Panel, settings: DiscoverySettings, seed: int
) -> Weighing:
    """Take the lines in the order of the decisions; stop early unless all are wanted.

    Parameters
    ----------
    fitted : FittedLabelling
        Learnt on `panel`.
    panel : Panel
    settings : DiscoverySettings
    seed : int

    Returns
    -------
    Weighing
    """
    scores = fitted.scores
    values = scores.values.to_numpy()[fitted.is_case]
    power = power_at(len(values), settings.minimum_fraction, settings.minimum_separation)
    existence, test = existence_line(values, seed, settings.n_bootstrap, scores.quantity)
    weighed = Weighing(test=test, power=power, lines=[existence])
    everything = settings.evidence == "all"
    rejects = test.p_value <= LEVEL
    if rejects or everything:
        veto = _examine_group(weighed, fitted, panel, values, seed)
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
        weighed.lines += taxometric_lines(fitted, seed, _twins(fitted, panel, seed))
    return weighed


def _twins(fitted: FittedLabelling, panel: Panel, seed: int) -> list[FittedLabelling]:
    """Fit the same procedure to draws from a continuum that resembles the cohort."""
    procedure = fitted.procedure
    continuum = fit_continuum(panel, case=procedure.case, reference=procedure.reference)
    twins = []
    for k in range(N_TWINS):
        with suppress(InputError):
            twins.append(procedure.fit(continuum.draw(child_seed(seed, "evidence twins"), k)))
    return twins


def _examine_group(
    weighed: Weighing, fitted: FittedLabelling, panel: Panel, values: np.ndarray, seed: int
) -> str:
    """Add the lines that could explain the group away; return the veto, if any."""
    probability = fitted.model.probability(values)
    cause, technical = technical_cause(probability, _technical_factors(fitted, panel))
    shift, is_shift = shift_line(fitted, probability)
    fit, is_misfit = fit_line(values, seed)
    biology, weighed.biology = biological_lines(probability, _biological_factors(fitted, panel))
    weighed.lines += [*technical, *([] if shift is None else [shift]), fit, *biology]
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
    for role in (*TECHNICAL_ROLES, "visit", "matrix"):
        column = panel.role(role)
        if column is not None:
            factor = column[fitted.is_case].reset_index(drop=True)
            factors[WORDS.get(role, role)] = as_days(factor) if role == "date" else factor
    return factors


def _biological_factors(fitted: FittedLabelling, panel: Panel) -> dict[str, pd.Series]:
    roles = (role for role in BIOLOGICAL_ROLES if role in panel.samples)
    return {role: panel.samples[role][fitted.is_case].reset_index(drop=True) for role in roles}
