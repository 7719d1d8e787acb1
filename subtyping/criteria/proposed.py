"""The row of a proposed rule: out-of-bag numbers, with the apparent ones kept apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from subtyping.criteria.operating import at_prevalence, operating_characteristics
from subtyping.criteria.resampling import Resample, Resampling
from subtyping.criteria.rows import describe, spread
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.search import flag
from subtyping.criteria.sentences import rule_note
from subtyping.statistics.intervals import percentile_interval

__all__ = ["proposed_row"]


def proposed_row(
    k: int, rule: EligibilityRule, task: Resampling, found: Sequence[Resample]
) -> dict[str, Any]:
    """Return the columns of the rule of the k-th size.

    Parameters
    ----------
    k : int
        Which of the final choices of `task`, counted from 0.
    rule : EligibilityRule
        The same choice as a rule.
    task : Resampling
    found : sequence of Resample

    Returns
    -------
    dict
        Sensitivity and specificity are means over resamples of the out-of-bag values; what
        follows from them is computed by Bayes, so that the row is consistent in itself.
    """
    choice, declared = task.final[k], task.target_prevalence_frac
    flags = flag(task.values, choice)
    apparent = operating_characteristics(flags, task.probability, target_prevalence_frac=declared)
    draws = [one.out_of_bag[k] for one in found]
    outside = [one for one in draws if one is not None and np.isfinite(one.youden)]
    sensitivity = _mean([one.sensitivity for one in outside])
    specificity = _mean([one.specificity for one in outside])
    estimate = at_prevalence(sensitivity, specificity, apparent.prevalence_frac)
    row = describe(rule, "subtype") | spread(estimate, outside, is_declared=declared is not None)
    for clause, end in zip(range(len(choice.columns)), ("", "_2"), strict=False):
        cuts = [one.refitted[k] for one in found]
        low, high = percentile_interval([cut.thresholds[clause] for cut in cuts if cut])
        row[f"threshold{end}_ci_low"], row[f"threshold{end}_ci_high"] = low, high
    selection = _mean([_same_markers(one, k, choice.columns) for one in found])
    return row | {
        "sensitivity_apparent": apparent.sensitivity,
        "specificity_apparent": apparent.specificity,
        "sensitivity_optimism": apparent.sensitivity - sensitivity,
        "specificity_optimism": apparent.specificity - specificity,
        "selection_frac": selection,
        "n_resamples": len(outside),
        "n_case": int((~np.isnan(flags)).sum()),
        "obtained": "out_of_bag; fidelity to the labels",
        "note": rule_note(rule, selection, declared),
    }


def _same_markers(one: Resample, k: int, columns: tuple[int, ...]) -> float:
    picked = one.chosen[k]
    return float(picked is not None and set(picked.columns) == set(columns))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
