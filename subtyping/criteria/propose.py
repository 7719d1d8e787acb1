"""From people to criteria: rules a trial could enrol on, with their price and their limits."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from subtyping.criteria.candidates import Candidates, candidate_markers
from subtyping.criteria.operating import at_prevalence, operating_characteristics
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
from subtyping.criteria.rows import as_rule, as_table, describe, share_with_interval, spread
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.search import Choice, flag
from subtyping.criteria.sentences import criteria_sentence, rule_note
from subtyping.criteria.upper_tail import upper_tail_row
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel
from subtyping.statistics.intervals import percentile_interval

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
            plain = {k: None if v is None or pd.isna(v) else v for k, v in row.items()}
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
    Where it is *continuum*, one cut at an upper quantile. Otherwise no rule is proposed.

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
        If an option is out of range, or no marker can carry a rule.

    Notes
    -----
    Sensitivity and specificity here are fidelities to labels made partly from the same analytes:
    the errors of label and rule are shared, so they are too high for the latent class. The
    out-of-bag people of one resample are a third of all, so their percentile interval is wide
    rather than narrow. Cross-sectional data support a candidate criterion, never a predictive
    one.

    References
    ----------
    Efron B, Tibshirani R (1997). doi:10.1080/01621459.1997.10474007
    """
    _check_options(target_prevalence_frac, resamples, max_markers, upper_frac)
    is_case, is_reference = panel.in_groups(procedure.case), panel.in_groups(procedure.reference)
    used = panel.take(is_case | is_reference)
    cases, reference = panel.take(is_case), panel.take(is_reference)
    comparators = published_rules(published, routine)
    people = (cases, reference, routine)
    if verdict.kind not in ("discrete", "continuum"):
        rows = [comparator_row(note, rule, people, None, []) for note, rule in comparators]
        return _criteria(rows, [rule for _, rule in comparators], verdict, resamples)
    candidates = candidate_markers(
        cases, _of(cases, routine), first=tuple(labelling.members), only=markers
    )
    task = Resampling(
        used, procedure, used.in_groups(procedure.case), candidates.values, (),
        np.empty((0, len(cases.sample_ids))), target_prevalence_frac, max_markers, seed,
    )  # fmt: skip
    if verdict.kind == "continuum":
        skew = labelling.score(cases).values
        tail = upper_tail_row(task, candidates, skew, verdict.axis, upper_frac, resamples,
                              jobs=jobs, advance=advance)  # fmt: skip
        tail.row.update(_reference_share(tail.rule, people))
        rows = [tail.row] + [comparator_row(n, rule, people, None, []) for n, rule in comparators]
        rules = [tail.rule, *(rule for _, rule in comparators)]
        return _criteria(rows, rules, verdict, resamples)
    probability = membership(labelling.label(cases).table, cases.sample_ids)
    chosen = choose_rules(candidates.values, probability, np.ones(len(probability)), max_markers)
    final = tuple(rule for rule in chosen if rule is not None)
    flags = [rule.apply(cases, routine).to_numpy(float, na_value=np.nan) for _, rule in comparators]
    task = replace(task, final=final, fixed=np.array(flags))
    found = resample_rules(task, resamples, jobs=jobs, advance=advance)
    target = f"membership of the {verdict.axis}-skewed subtype, as this procedure labels it"
    rows, rules = [], []
    for k, choice in enumerate(final):
        rule = as_rule(choice, candidates, cases.platform, target, seed)
        row = _proposed_row(k, choice, rule, candidates, probability, found, task)
        rows.append(row | _reference_share(rule, people))
        rules.append(rule)
    for k, (note, rule) in enumerate(comparators):
        aimed = replace(rule, target_condition=target)
        draws = [one.fixed[k] for one in found]
        about = (probability, target, target_prevalence_frac)
        rows.append(comparator_row(note, aimed, people, about, draws))
        rules.append(aimed)
    return _criteria(rows, rules, verdict, resamples)


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


def _of(cases: Panel, routine: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the routine markers that at least half of the cases have."""
    if routine is None:
        return None
    rows = routine.reindex(cases.sample_ids)
    return rows.loc[:, rows.notna().mean() >= 0.5]  # noqa: PLR2004


def _reference_share(
    rule: EligibilityRule, people: tuple[Panel, Panel, pd.DataFrame | None]
) -> dict[str, float]:
    _, reference, routine = people
    return share_with_interval("reference_positive_frac", rule.apply(reference, routine))


def _proposed_row(
    k: int,
    choice: Choice,
    rule: EligibilityRule,
    candidates: Candidates,
    probability: np.ndarray,
    found: list[Resample],
    task: Resampling,
) -> dict[str, Any]:
    """Return the row of a proposed rule: out-of-bag numbers, apparent ones kept apart."""
    flags = flag(candidates.values, choice)
    apparent = operating_characteristics(
        flags, probability, target_prevalence_frac=task.target_prevalence_frac
    )
    draws = [one.out_of_bag[k] for one in found]
    outside = [one for one in draws if one is not None and np.isfinite(one.youden)]
    estimate = at_prevalence(
        float(np.mean([one.sensitivity for one in outside])) if outside else float("nan"),
        float(np.mean([one.specificity for one in outside])) if outside else float("nan"),
        apparent.prevalence_frac,
    )
    picked = [one.chosen[k] for one in found]
    same = [pick is not None and set(pick.columns) == set(choice.columns) for pick in picked]
    selection = float(np.mean(same)) if same else float("nan")
    row = describe(rule, "subtype") | spread(estimate, outside)
    for clause, end in zip(range(len(choice.columns)), ("", "_2"), strict=False):
        cuts = [one.refitted[k] for one in found]
        low, high = percentile_interval([cut.thresholds[clause] for cut in cuts if cut])
        row[f"threshold{end}_ci_low"], row[f"threshold{end}_ci_high"] = low, high
    return row | {
        "sensitivity_apparent": apparent.sensitivity,
        "specificity_apparent": apparent.specificity,
        "sensitivity_optimism": apparent.sensitivity - estimate.sensitivity,
        "specificity_optimism": apparent.specificity - estimate.specificity,
        "selection_frac": selection,
        "n_resamples": len(outside),
        "n_case": int((~np.isnan(flags)).sum()),
        "obtained": "out_of_bag; fidelity to the labels",
        "note": rule_note(rule, selection, task.target_prevalence_frac),
    }


def _criteria(
    rows: list[dict[str, Any]],
    rules: list[EligibilityRule],
    verdict: _Verdict,
    resamples: int,
) -> Criteria:
    table = as_table(rows)
    sentence = criteria_sentence(table, verdict.kind, verdict.axis, verdict.n_needed, resamples)
    return Criteria(table, tuple(rules), sentence)
