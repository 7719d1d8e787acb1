"""The order of decisions that leads from lines of evidence to a verdict."""

from dataclasses import asdict, dataclass, field, replace

import numpy as np
import pandas as pd

from subtyping.discovery.assignment import Assignment, unclear_assignment
from subtyping.discovery.causes import biological_lines, shift_line, technical_cause
from subtyping.discovery.continuum import continuum_line
from subtyping.discovery.existence import existence_line, fit_line
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import EVIDENCE_COLUMNS, Line
from subtyping.discovery.power import PowerStatement, power_at
from subtyping.discovery.prevalence import prevalence_interval
from subtyping.discovery.sentences import blocked_sentence, verdict_sentence
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.discovery.specificity import specificity_line
from subtyping.discovery.verdict import Verdict
from subtyping.panel.panel import Panel
from subtyping.statistics.design import DesignReport, as_days, design_report
from subtyping.statistics.mixture_test import MixtureTest

__all__ = ["TECHNICAL_ROLES", "Weighing", "decide", "skew_curves", "study_design"]

TECHNICAL_ROLES = ("batch", "site", "date")
BIOLOGICAL_ROLES = ("bmi", "age", "sex", "smoking", "medication", "atopy")
WORDS = {"batch": "plate", "date": "date of draw"}
SMALLEST_SHARE = 0.06
ENOUGH_POWER = 0.8
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


def study_design(panel: Panel, case: tuple[str, ...], reference: tuple[str, ...]) -> DesignReport:
    """Report how far case status is aliased with the declared plate, site and date.

    Parameters
    ----------
    panel : Panel
    case, reference : tuple of str

    Returns
    -------
    DesignReport
        Factors are called by their role.
    """
    factors = {role: panel.samples[role] for role in TECHNICAL_ROLES if role in panel.samples}
    is_case, is_reference = panel.in_groups(case), panel.in_groups(reference)
    return design_report(is_case, is_reference, factors, times=("date",))


def decide(
    fitted: FittedLabelling,
    panel: Panel,
    design: DesignReport,
    settings: DiscoverySettings,
    *,
    seed: int,
) -> Verdict:
    """Decide blocked, discrete, underpowered, continuum or none, in this order.

    Parameters
    ----------
    fitted : FittedLabelling
        Learnt on `panel`.
    panel : Panel
    design : DesignReport
        See `study_design`.
    settings : DiscoverySettings
    seed : int

    Returns
    -------
    Verdict
    """
    cases = panel.sample_ids[fitted.is_case]
    if design.is_blocked:
        return _blocked(fitted, panel, design, settings, seed=seed)
    weighed = _weigh(fitted, panel, settings, seed)
    prevalence: tuple[float | None, float | None, float | None] = (None, None, None)
    assignment = unclear_assignment(cases, weighed.kind)
    if weighed.kind == "discrete":
        low, high = prevalence_interval(fitted, seed, settings.n_resamples)
        prevalence = (fitted.model.weight, low, high)
        weighed.lines.append(specificity_line(fitted, seed, settings.n_resamples))
        labelled = fitted.label(panel).table
        assignment = Assignment(labelled[fitted.is_case].reset_index(drop=True))
    return Verdict(
        kind=weighed.kind,
        axis=fitted.scores.axis,
        p_value=weighed.test.p_value,
        prevalence_frac=prevalence[0],
        prevalence_ci_low=prevalence[1],
        prevalence_ci_high=prevalence[2],
        n_case=len(cases),
        sentence=verdict_sentence(
            weighed.kind,
            fitted,
            test=weighed.test,
            power=weighed.power,
            settings=settings,
            prevalence=prevalence,
            lines=weighed.lines,
            veto=weighed.veto,
            biology=weighed.biology,
        ),
        evidence=_table(weighed.lines),
        assignment=assignment,
        power_at_minimum=weighed.power.power,
        n_needed=weighed.power.n_needed,
        quantity=fitted.scores.quantity,
    )


def _weigh(
    fitted: FittedLabelling, panel: Panel, settings: DiscoverySettings, seed: int
) -> Weighing:
    """Take the lines in the order of the decisions; stop early unless all are wanted."""
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
    return weighed


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


def _blocked(
    fitted: FittedLabelling,
    panel: Panel,
    design: DesignReport,
    settings: DiscoverySettings,
    *,
    seed: int,
) -> Verdict:
    cases = panel.sample_ids[fitted.is_case]
    lines: list[Line] = []
    if settings.allow_aliased:
        weighed = _weigh(fitted, panel, replace(settings, evidence="all"), seed)
        lines = [_descriptive(line) for line in weighed.lines]
    return Verdict(
        kind="blocked",
        axis=fitted.scores.axis,
        p_value=None,
        prevalence_frac=None,
        prevalence_ci_low=None,
        prevalence_ci_high=None,
        n_case=len(cases),
        sentence=blocked_sentence(design),
        evidence=_table(lines),
        assignment=unclear_assignment(cases, "blocked"),
        quantity=fitted.scores.quantity,
    )


def _descriptive(line: Line) -> Line:
    sentence = f"Descriptive only, case status is aliased: {line.sentence}"
    return replace(line, decides=False, sentence=sentence)


def _table(lines: list[Line]) -> pd.DataFrame:
    return pd.DataFrame([asdict(line) for line in lines], columns=list(EVIDENCE_COLUMNS))


def skew_curves(fitted: FittedLabelling, test_seed: int, n_points: int = 201) -> pd.DataFrame:
    """Return the two fitted densities of the cases' values, for a figure.

    Parameters
    ----------
    fitted : FittedLabelling
    test_seed : int
        Seed of the run.
    n_points : int, default 201

    Returns
    -------
    pandas.DataFrame
        ``x, density_mixture, density_unimodal``.
    """
    from subtyping._random import stream
    from subtyping.statistics.mixture_test import mixture_test

    values = fitted.scores.values.to_numpy()[fitted.is_case]
    margin = 0.08 * float(np.ptp(values))
    x = np.linspace(values.min() - margin, values.max() + margin, n_points)
    rng = stream(test_seed, "discovery", "curves")
    unimodal = mixture_test(values, rng, n_bootstrap=1).unimodal
    return pd.DataFrame(
        {
            "x": x,
            "density_mixture": fitted.model.density(x),
            "density_unimodal": unimodal.density(x),
        }
    )
