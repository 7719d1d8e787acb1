"""The order of decisions that leads from lines of evidence to a verdict."""

from dataclasses import asdict

import numpy as np
import pandas as pd

from subtyping.discovery.assignment import Assignment, unclear_assignment
from subtyping.discovery.evidence import (
    EVIDENCE_COLUMNS,
    Line,
    continuum_line,
    existence_line,
    prevalence_interval,
    specificity_line,
    technical_cause,
)
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.power import PowerStatement, power_at
from subtyping.discovery.sentences import verdict_sentence
from subtyping.discovery.settings import LEVEL, DiscoverySettings
from subtyping.discovery.verdict import Verdict
from subtyping.panel.panel import Panel
from subtyping.statistics.design import DesignReport, design_report
from subtyping.statistics.mixture_test import MixtureTest

__all__ = ["TECHNICAL_ROLES", "decide", "skew_curves", "study_design"]

TECHNICAL_ROLES = ("batch", "site", "date")


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
    return design_report(panel.in_groups(case), panel.in_groups(reference), factors)


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
    lines, kind, cause, test, power = _weigh(fitted, panel, settings, seed)
    prevalence: tuple[float | None, float | None, float | None] = (None, None, None)
    assignment = unclear_assignment(cases, kind)
    if kind == "discrete":
        low, high = prevalence_interval(fitted, seed, settings.n_resamples)
        prevalence = (fitted.model.weight, low, high)
        lines.append(specificity_line(fitted, seed, settings.n_resamples))
        labelled = fitted.label(panel).table
        assignment = Assignment(labelled[fitted.is_case].reset_index(drop=True))
    return Verdict(
        kind=kind,
        axis=fitted.scores.axis,
        p_value=test.p_value,
        prevalence_frac=prevalence[0],
        prevalence_ci_low=prevalence[1],
        prevalence_ci_high=prevalence[2],
        n_case=len(cases),
        sentence=verdict_sentence(
            kind,
            fitted,
            test=test,
            power=power,
            settings=settings,
            prevalence=prevalence,
            lines=lines,
            cause=cause,
        ),
        evidence=_table(lines),
        assignment=assignment,
        power_at_minimum=power.power,
        n_needed=power.n_needed,
        quantity=fitted.scores.quantity,
    )


def _weigh(
    fitted: FittedLabelling, panel: Panel, settings: DiscoverySettings, seed: int
) -> tuple[list[Line], str, str | None, MixtureTest, PowerStatement]:
    """Take the lines in the order of the decisions; stop early unless all are wanted."""
    scores = fitted.scores
    values = scores.values.to_numpy()[fitted.is_case]
    power = power_at(len(values), settings.minimum_fraction, settings.minimum_separation)
    existence, test = existence_line(values, seed, settings.n_bootstrap, scores.quantity)
    lines, cause = [existence], None
    everything = settings.evidence == "all"
    rejects = test.p_value <= LEVEL
    if rejects or everything:
        factors = _technical_factors(fitted, panel)
        cause, technical = technical_cause(fitted.model.probability(values), factors)
        lines.extend(technical)
    cause = cause if rejects else None  # without a group there is nothing to explain
    if rejects and cause is None:
        kind = "discrete"
    elif power.power < 0.8:
        kind = "underpowered"
    else:
        kind = ""
    if not kind or everything:
        continuum = continuum_line(fitted, seed, settings.n_resamples, settings.assay_cv_pct)
        lines.append(continuum)
        kind = kind or ("continuum" if continuum.ci_low > 0 else "none")
    return lines, kind, cause, test, power


def _technical_factors(fitted: FittedLabelling, panel: Panel) -> dict[str, pd.Series]:
    factors = {"handling": fitted.prepared.handling[fitted.is_case].reset_index(drop=True)}
    for role in (*TECHNICAL_ROLES, "visit"):
        column = panel.role(role)
        if column is not None:
            factors[role] = column[fitted.is_case].reset_index(drop=True)
    return factors


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
        weighed, *_ = _weigh(fitted, panel, settings, seed)
        lines = [_descriptive(line) for line in weighed]
    return Verdict(
        kind="blocked",
        axis=fitted.scores.axis,
        p_value=None,
        prevalence_frac=None,
        prevalence_ci_low=None,
        prevalence_ci_high=None,
        n_case=len(cases),
        sentence=f"No inference is possible. {design.sentence}",
        evidence=_table(lines),
        assignment=unclear_assignment(cases, "blocked"),
        quantity=fitted.scores.quantity,
    )


def _descriptive(line: Line) -> Line:
    return Line(
        line=line.line,
        statistic=line.statistic,
        value=line.value,
        ci_low=line.ci_low,
        ci_high=line.ci_high,
        p_value=line.p_value,
        null_twin=line.null_twin,
        decides=False,
        sentence=f"Descriptive only, case status is aliased: {line.sentence}",
    )


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
    law = mixture_test(values, stream(test_seed, "discovery", "curves"), n_bootstrap=1).null_law
    return pd.DataFrame(
        {"x": x, "density_mixture": fitted.model.density(x), "density_unimodal": law.density(x)}
    )
