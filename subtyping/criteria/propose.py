"""From people to criteria: rules a trial could enrol on, with their price and their limits."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from subtyping.criteria.aims import Aim
from subtyping.criteria.candidates import Candidates, NoMarkerError, candidate_markers
from subtyping.criteria.cleared import cleared_subtype_rules, cleared_tail
from subtyping.criteria.comparison import criteria_overlap
from subtyping.criteria.ladder import best_category
from subtyping.criteria.latent_judge import judge_of
from subtyping.criteria.noise import Noise
from subtyping.criteria.people import People
from subtyping.criteria.published import comparator_row, published_rules
from subtyping.criteria.refusals import Cleared, refused_sentence
from subtyping.criteria.remeasured import remeasure
from subtyping.criteria.result import Criteria
from subtyping.criteria.routine_limits import Routine, routine_numbers
from subtyping.criteria.rows import as_table
from subtyping.criteria.subtype_rules import Proposed
from subtyping.criteria.task import Fitted, Procedure, Resampling
from subtyping.criteria.upper_tail import truly_in_tail
from subtyping.exceptions import InputError
from subtyping.knowledge.routine import routine_analyte
from subtyping.panel.panel import Panel

__all__ = ["Criteria", "propose_criteria"]


class _Verdict(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def axis(self) -> str: ...

    @property
    def n_needed(self) -> int | None: ...


def propose_criteria(
    panel: Panel,
    procedure: Procedure,
    labelling: Fitted,
    verdict: _Verdict,
    *,
    published: pd.DataFrame,
    routine: Routine | None = None,
    target_prevalence_frac: float | None = None,
    resamples: int = 200,
    seed: int = 0,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
    max_markers: int = 2,
    markers: Sequence[str] | None = None,
    upper_frac: float = 0.25,
    choose_by: str = "youden",
    choose_at: float | None = None,
    evidence: Mapping[str, str] | None = None,
    noise: Noise | None = None,
) -> Criteria:
    r"""Propose eligibility rules, and put the published ones beside them on the same people.

    Where the verdict is *discrete*, the best rule of one marker, of two (joined by "and" or "or")
    and on request of three, by the Youden index or another aim, cuts at the optimum of smoothed
    class distributions. Labels, markers, directions and thresholds are chosen anew in each
    bootstrap resample of cases and of reference people. Sensitivity and specificity are those of
    the *reported* rule for the *latent class*: members of the axis that the rule uses are
    modelled jointly with the score (`latent_membership`), the optimism is what people left out
    show (`corrected_for_optimism`), and the interval is that of the fixed rule in the resamples,
    around the corrected value (`frozen_limits`). PPV, NPV and the cost of screening follow by
    Bayes at the prevalence of the subtype or at `target_prevalence_frac`. Where it is
    *continuum*, one cut at an upper quantile. Otherwise, and where no marker is measured in
    enough cases, no rule is proposed.

    A rule that stands on the floor of its assay is refused and another chosen without that
    analyte (`clear_of_floor`). Every rule, published ones too, gets grey zones and what it is
    worth on re-test where a repeatability is known (`retest_row`).

    Parameters
    ----------
    panel : Panel
        Derivation people.
    procedure : Procedure
        What makes labels: ``case``, ``reference`` and ``fit(panel, seed=...)``.
    labelling : Fitted
        The procedure fitted to `panel`.
    verdict : Verdict
        ``kind``, ``axis`` and ``n_needed`` are read.
    published : pandas.DataFrame
        As `subtyping.knowledge.published_criteria` returns it.
    routine : pandas.DataFrame or RoutineValues, optional
        Routine markers in canonical units, indexed by sample_id; with their limits, ``<5`` never
        meets a threshold of 5, and is unknown against one under 5.
    target_prevalence_frac : float, optional
        Prevalence of the subtype where the rule will be used; by default that among the cases.
    resamples : int, default 200
    seed : int, default 0
    jobs : int, optional
        Workers; None uses every core. Results do not depend on it.
    advance : callable, optional
        Called after each resample.
    max_markers : {1, 2, 3}, default 2
        Largest number of clauses.
    markers : sequence of str, optional
        Analytes and routine markers a rule may use.
    upper_frac : float, default 0.25
        Share of cases above the cut of the continuous route.
    choose_by : {"youden", "sensitivity", "specificity", "cost", "net_benefit"}
        What thresholds are chosen for, see `Aim`.
    choose_at : float, optional
        The number that way needs: least sensitivity or specificity, relative cost, threshold
        probability.
    evidence : mapping of str to str, optional
        What carries a claim above candidate, see `highest_claim`.
    noise : Noise, optional
        Repeatability, assay CV, lower limits and repeated visits, beside what is published.

    Returns
    -------
    Criteria

    Raises
    ------
    InputError
        If an option is out of range, or `markers` or `noise` names what was not measured.

    Notes
    -----
    ``fidelity_*`` are the same against the labels, which are made partly of the same analytes. The
    latent class is that of the label model: a wrong model (unequal slopes, a third group) biases
    both. Intervals are for the rule as reported, given that one was reported; the threshold's are
    for the optimum of its marker and are blank where under 80 % of the resamples chose it.
    Cross-sectional data support a candidate criterion, never a predictive one.

    References
    ----------
    Efron B, Tibshirani R (1997). doi:10.1080/01621459.1997.10474007

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.discovery import LabellingProcedure
    >>> from subtyping.knowledge import published_criteria
    >>> panel = simulate_cohort("th2_subtype", seed=3, n_case=100, n_reference=60).panel
    >>> procedure = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> verdict = SimpleNamespace(kind="none", axis="Th2", n_needed=None)
    >>> routine = panel.samples[["crp_mg_l"]].set_axis(["crp"], axis=1)
    >>> criteria = propose_criteria(
    ...     panel, procedure, procedure.fit(panel), verdict,
    ...     published=published_criteria(), routine=routine,
    ... )
    >>> criteria.sentence.partition(".")[0]
    'No rule is proposed: none was found, so there is no subtype to enrol'
    >>> criteria.table["rule_text"].tolist()[0]
    'CRP > 3 mg/L'
    """
    _check_options(target_prevalence_frac, resamples, max_markers, upper_frac)
    aim = Aim(choose_by, choose_at)
    is_case, is_reference = panel.in_groups(procedure.case), panel.in_groups(procedure.reference)
    used = panel.take(is_case | is_reference)
    people = People(panel.take(is_case), panel.take(is_reference), routine)
    noise = (noise or Noise()).for_people(panel, routine)
    comparators = published_rules(published, routine_numbers(routine))
    kind, candidates = str(verdict.kind), None
    if kind in ("discrete", "continuum"):
        try:
            candidates = candidate_markers(
                people.cases, people.routine_of_cases, first=tuple(labelling.members), only=markers
            )
        except NoMarkerError:
            kind = "no_marker"
    what = _in_words(verdict.axis, "skew")
    proposed, cleared = Proposed(), None
    if candidates is not None:
        task = Resampling(
            panel=used,
            procedure=procedure,
            is_case=used.in_groups(procedure.case),
            values=candidates.values,
            target_prevalence_frac=target_prevalence_frac,
            max_markers=max_markers,
            seed=seed,
            fixed=[people.flags(rule) for _, rule in comparators],
            aim=aim,
            is_log=candidates.is_log,
            is_member=_members(candidates, labelling.members),
        )
        scores = labelling.score(people.cases)
        quantity = getattr(scores, "quantity", "skew")
        what = _in_words(verdict.axis, quantity)
        if kind == "continuum":
            cleared, proposed = cleared_tail(
                task, candidates, (scores.values, what, upper_frac), (people.cases, noise),
                resamples, jobs=jobs, advance=advance,
            )  # fmt: skip
        else:
            judge = judge_of(task, labelling, people.cases, np.ones(len(task.values)))
            cleared, proposed = cleared_subtype_rules(
                judge, candidates, _target(verdict.axis, quantity), (people.cases, noise),
                resamples, jobs=jobs, advance=advance,
            )  # fmt: skip
    proposed = proposed.with_claims(evidence)
    for rule, row in zip(proposed.rules, proposed.rows, strict=True):
        row.update(people.reference_share(rule))
    rows = list(proposed.rows)
    for k, (note, rule) in enumerate(comparators):
        about = None
        if proposed.probability is not None:
            about = (proposed.probability, proposed.target, target_prevalence_frac)
        draws = [one.fixed[k] for one in proposed.draws]
        rows.append(comparator_row(note, rule, people, about, draws))
    rules = (*proposed.rules, *(rule for _, rule in comparators))
    again = remeasure(rules, rows, people, noise, seed)
    if kind == "continuum" and proposed.rules:
        again.rows[0].update(truly_in_tail(again.rows[0], again.found[0], what))
    table = as_table(again.rows)
    table["best_category"] = [
        best_category(*pair) for pair in zip(table["claim"], table["kind"], strict=True)
    ]
    refused = Cleared.nothing() if cleared is None else cleared.refused
    return Criteria(
        table,
        again.rules,
        refused_sentence(refused, table, kind, what, (verdict.n_needed, resamples)),
        overlap=criteria_overlap(
            table["rule_text"].tolist(), [people.flags(rule) for rule in rules]
        ),
        differences=proposed.differences(table),
        peeling=proposed.path,
        retest=again.table,
        refused=refused,
    )


def _members(candidates: Candidates, members: Sequence[str]) -> tuple[bool, ...]:
    """Return which candidates the labels are made of, a routine marker by its analyte."""
    own = set(members)
    return tuple(
        (routine_analyte(name) if source == "routine" else name) in own
        for name, source in zip(candidates.names, candidates.sources, strict=True)
    )


def _in_words(axis: str, quantity: str) -> str:
    """Return what the axis was measured by: its skew, or its raw score, and called so."""
    return f"{axis} skew" if quantity == "skew" else f"raw {axis} score (skew not applicable)"


def _target(axis: str, quantity: str) -> str:
    """Return what a rule is meant to find."""
    what = (
        f"{axis}-skewed subtype" if quantity == "skew" else f"subtype high on the raw {axis} score"
    )
    return f"membership of the {what}: the latent class that the labels estimate"


def _check_options(
    target_prevalence_frac: float | None, resamples: int, max_markers: int, upper_frac: float
) -> None:
    for name, share in (
        ("target_prevalence_frac", target_prevalence_frac),
        ("upper_frac", upper_frac),
    ):
        if share is not None and not 0 < share < 1:
            message = f"{name} must lie between 0 and 1; got {share}."
            raise InputError(message)
    if max_markers not in (1, 2, 3) or resamples < 2:
        message = (
            f"max_markers must be 1, 2 or 3 and resamples at least 2; got {max_markers} and "
            f"{resamples}."
        )
        raise InputError(message)
