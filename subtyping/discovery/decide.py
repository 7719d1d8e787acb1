"""The order of decisions that leads from lines of evidence to a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from subtyping.discovery.assignment import Assignment, unclear_assignment
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import EVIDENCE_COLUMNS, Line
from subtyping.discovery.prevalence import prevalence_interval
from subtyping.discovery.sentences import blocked_sentence, verdict_sentence
from subtyping.discovery.settings import DiscoverySettings
from subtyping.discovery.specificity import comparison_specificity_lines, specificity_lines
from subtyping.discovery.verdict import Verdict
from subtyping.discovery.weighing import TECHNICAL_ROLES, weigh
from subtyping.panel.panel import Panel
from subtyping.statistics.design import DesignReport, design_report

__all__ = ["decide", "skew_curves", "study_design"]


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
    biology: Mapping[str, pd.Series] | None = None,
    comparison: Sequence[str] = (),
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
    biology : mapping of str to Series, optional
        Biological factors beside the panel's own roles, indexed by sample: they annotate.
    comparison : sequence of str, optional
        Further groups whose prevalence is held against that of the cases.

    Returns
    -------
    Verdict
    """
    cases = panel.sample_ids[fitted.is_case]
    if design.is_blocked:
        return _blocked(fitted, panel, design, settings, seed=seed, biology=biology)
    weighed = weigh(fitted, panel, settings, seed, biology)
    prevalence: tuple[float | None, float | None, float | None] = (None, None, None)
    assignment = unclear_assignment(cases, weighed.kind)
    if weighed.kind == "discrete":
        low, high = prevalence_interval(fitted, seed, settings.n_resamples)
        prevalence = (fitted.model.weight, low, high)
        weighed.lines += specificity_lines(fitted, seed, settings.n_resamples)
        weighed.lines += comparison_specificity_lines(
            fitted, panel, comparison, seed, settings.n_resamples
        )
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


def _blocked(
    fitted: FittedLabelling,
    panel: Panel,
    design: DesignReport,
    settings: DiscoverySettings,
    *,
    seed: int,
    biology: Mapping[str, pd.Series] | None,
) -> Verdict:
    cases = panel.sample_ids[fitted.is_case]
    lines: list[Line] = []
    if settings.allow_aliased:
        weighed = weigh(fitted, panel, replace(settings, evidence="all"), seed, biology)
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
