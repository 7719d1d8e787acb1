"""From people to criteria: rules a trial could enrol on, with their price and their limits."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from subtyping.criteria.candidates import Candidates, NoMarkerError, candidate_markers
from subtyping.criteria.people import People
from subtyping.criteria.proposed import proposed_row
from subtyping.criteria.published import comparator_row, published_rules
from subtyping.criteria.resampling import (
    Fitted,
    Procedure,
    Resample,
    Resampling,
    choose_rules,
    membership,
    resample_rules,
)
from subtyping.criteria.rows import as_rule, as_table
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.sentences import criteria_sentence
from subtyping.criteria.upper_tail import upper_tail_row
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["Criteria", "propose_criteria"]


class _Verdict(Protocol):
    @property
    def kind(self) -> str: ...

    @property
    def axis(self) -> str: ...

    @property
    def n_needed(self) -> int | None: ...


@dataclass(frozen=True, eq=False)
class Criteria:
    """Candidate criteria and the published ones beside them.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per rule: ``rule`` (JSON text of the rule), ``rule_text, kind`` (subtype,
        upper_tail or published), ``claim, target_condition``; ``prevalence_frac`` (of the target
        condition), ``sensitivity, specificity, ppv, npv, positive_frac`` (cases who meet the
        rule), ``screen_fail_frac, number_needed_to_screen``, each with ``_ci_low`` and
        ``_ci_high``; ``threshold, unit, threshold_ci_low, threshold_ci_high`` and the same with
        ``_2`` for a second clause; ``reference_positive_frac`` with its interval;
        ``sensitivity_apparent, specificity_apparent, sensitivity_optimism,
        specificity_optimism, selection_frac, n_resamples, n_case, obtained, note``.
    rules : tuple of EligibilityRule
        The rules, in the order of the rows.
    sentence : str
        What a trial planner should know.
    """

    table: pd.DataFrame
    rules: tuple[EligibilityRule, ...]
    sentence: str

    def records(self) -> list[dict[str, Any]]:
        """Return the rows for JSON: the rule as an object, missing numbers as None."""
        records = []
        for row in self.table.to_dict("records"):
            plain = {str(k): None if v is None or pd.isna(v) else v for k, v in row.items()}
            plain["rule"] = json.loads(row["rule"])
            records.append(plain)
        return records


def propose_criteria(
    panel: Panel,
    procedure: Procedure,
    labelling: Fitted,
    verdict: _Verdict,
    *,
    published: pd.DataFrame,
    routine: pd.DataFrame | None = None,
    target_prevalence_frac: float | None = None,
    resamples: int = 200,
    seed: int = 0,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
    max_markers: int = 2,
    markers: Sequence[str] | None = None,
    upper_frac: float = 0.25,
) -> Criteria:
    r"""Propose eligibility rules, and put the published ones beside them on the same people.

    Where the verdict is *discrete*, the best rule of one marker and the best of two (joined by
    "and" or "or") by the Youden index against the membership probabilities. Labels, markers,
    directions and thresholds are chosen anew in each bootstrap resample of cases and of
    reference people; sensitivity and specificity are means over the cases a resample left out,
    against the resample's own labels, with percentile intervals. PPV, NPV and the cost of
    screening follow by Bayes at the prevalence of the subtype or at `target_prevalence_frac`.
    Where it is *continuum*, one cut at an upper quantile. Otherwise, and where no marker is
    measured in enough cases, no rule is proposed.

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
    routine : pandas.DataFrame, optional
        Routine markers in canonical units, indexed by sample_id.
    target_prevalence_frac : float, optional
        Prevalence of the subtype where the rule will be used; by default that among the cases.
    resamples : int, default 200
    seed : int, default 0
    jobs : int, optional
        Workers; None uses every core. Results do not depend on it.
    advance : callable, optional
        Called after each resample.
    max_markers : {1, 2}, default 2
        Largest number of clauses.
    markers : sequence of str, optional
        Analytes and routine markers a rule may use.
    upper_frac : float, default 0.25
        Share of cases above the cut of the continuous route.

    Returns
    -------
    Criteria

    Raises
    ------
    InputError
        If an option is out of range, or `markers` names what was not measured.

    Notes
    -----
    Sensitivity and specificity here are fidelities to labels made partly from the same analytes:
    the errors of label and rule are shared, so they are not those for the latent class, and may be
    higher or lower. The
    out-of-bag people of one resample are a third of all, so their percentile interval is wide
    rather than narrow. Cross-sectional data support a candidate criterion, never a predictive
    one.

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
    is_case, is_reference = panel.in_groups(procedure.case), panel.in_groups(procedure.reference)
    used = panel.take(is_case | is_reference)
    people = People(panel.take(is_case), panel.take(is_reference), routine)
    comparators = published_rules(published, routine)
    kind, candidates = str(verdict.kind), None
    if kind in ("discrete", "continuum"):
        try:
            candidates = candidate_markers(
                people.cases, people.routine_of_cases, first=tuple(labelling.members), only=markers
            )
        except NoMarkerError:
            kind = "no_marker"
    what = _in_words(verdict.axis, "skew")
    if candidates is None:
        proposed = _Proposed([], [], None, "", [])
    else:
        task = Resampling(
            panel=used,
            procedure=procedure,
            is_case=used.in_groups(procedure.case),
            values=candidates.values,
            target_prevalence_frac=target_prevalence_frac,
            max_markers=max_markers,
            seed=seed,
        )
        if kind == "continuum":
            scores = labelling.score(people.cases)
            what = _in_words(verdict.axis, getattr(scores, "quantity", "skew"))
            tail = upper_tail_row(
                task,
                candidates,
                scores.values,
                (what, upper_frac),
                resamples,
                jobs=jobs,
                advance=advance,
            )
            proposed = _Proposed([tail.rule], [tail.row], None, "", [])
        else:
            labels = labelling.label(people.cases).table
            task = replace(
                task,
                probability=membership(labels, people.cases.sample_ids),
                fixed=[people.flags(rule) for _, rule in comparators],
            )
            quantity = getattr(labelling.score(people.cases), "quantity", "skew")
            target = _target(verdict.axis, quantity)
            proposed = _subtype_rules(
                task, candidates, target, resamples, jobs=jobs, advance=advance
            )
    for rule, row in zip(proposed.rules, proposed.rows, strict=True):
        row.update(people.reference_share(rule))
    rows = list(proposed.rows)
    for k, (note, rule) in enumerate(comparators):
        about = None
        if proposed.probability is not None:
            about = (proposed.probability, proposed.target, target_prevalence_frac)
        draws = [one.fixed[k] for one in proposed.draws]
        rows.append(comparator_row(note, rule, people, about, draws))
    table = as_table(rows)
    rules = (*proposed.rules, *(rule for _, rule in comparators))
    sentence = criteria_sentence(table, kind, what, verdict.n_needed, resamples)
    return Criteria(table, rules, sentence)


def _in_words(axis: str, quantity: str) -> str:
    """Return what the axis was measured by: its skew, or its raw score, and called so."""
    return f"{axis} skew" if quantity == "skew" else f"raw {axis} score (skew not applicable)"


def _target(axis: str, quantity: str) -> str:
    """Return what a rule is meant to find."""
    what = (
        f"{axis}-skewed subtype" if quantity == "skew" else f"subtype high on the raw {axis} score"
    )
    return f"membership of the {what}, as this procedure labels it"


@dataclass(frozen=True, eq=False)
class _Proposed:
    rules: list[EligibilityRule]
    rows: list[dict[str, Any]]
    probability: np.ndarray | None
    target: str
    draws: list[Resample]


def _subtype_rules(
    task: Resampling,
    candidates: Candidates,
    target: str,
    resamples: int,
    *,
    jobs: int | None,
    advance: Callable[[], None] | None,
) -> _Proposed:
    """Choose the rules on everybody, then repeat the choice in every resample."""
    everybody = np.ones(len(task.probability))
    chosen = choose_rules(task.values, task.probability, everybody, task.max_markers)
    task = replace(task, final=tuple(rule for rule in chosen if rule is not None))
    found = resample_rules(task, resamples, jobs=jobs, advance=advance)
    rules = [
        as_rule(choice, candidates, task.panel.platform, target, task.seed) for choice in task.final
    ]
    rows = [proposed_row(k, rule, task, found) for k, rule in enumerate(rules)]
    return _Proposed(rules, rows, task.probability, target, found)


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
    if max_markers not in (1, 2) or resamples < 2:
        message = (
            f"max_markers must be 1 or 2 and resamples at least 2; got {max_markers} and "
            f"{resamples}."
        )
        raise InputError(message)
