"""The row of a proposed rule: against the latent class, optimism taken away, fidelity apart."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from subtyping.criteria.choosing import on_scale
from subtyping.criteria.latent_judge import Judge
from subtyping.criteria.limits import (
    corrected_for_optimism,
    frozen_limits,
    wilson_with_effect,
)
from subtyping.criteria.linear_score import linear_youden
from subtyping.criteria.operating import OperatingCharacteristics, at_prevalence
from subtyping.criteria.resampling import Resample
from subtyping.criteria.rows import describe, screened_per_member, threshold_limits
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.search import Choice, flag
from subtyping.criteria.sentences import rule_note

__all__ = ["proposed_row"]


def proposed_row(
    k: int, rule: EligibilityRule, judge: Judge, found: Sequence[Resample]
) -> dict[str, Any]:
    """Return the columns of the rule of the k-th size.

    Parameters
    ----------
    k : int
        Which of the final choices of the task, counted from 0.
    rule : EligibilityRule
        The same choice as a rule.
    judge : Judge
        Of the labelling that was learnt on everybody, which knows the task.
    found : sequence of Resample

    Returns
    -------
    dict
        ``sensitivity`` and ``specificity`` are those of this rule for the latent class
        (`corrected_for_optimism`); what follows from them is computed by Bayes, so that the row is
        consistent in itself. ``fidelity_*`` are the same against the labels,
        ``out_of_bag_*`` the means over the rules of the resamples among the people left out, and
        ``*_apparent`` the fidelity where the rule was chosen. Of a rule of several markers
        ``youden_apparent`` is its index for the latent class, not corrected, to be held against
        ``linear_youden_apparent``, that of the linear discriminant of the same markers.
    """
    task = judge.task
    choice, declared = task.final[k], task.target_prevalence_frac
    whole = judge.judge(choice, judge.counts)
    if whole is None:  # pragma: no cover - a final choice is a rule
        raise AssertionError
    used = [one for one in found if _is_whole(one, k)]
    sides = {side: [getattr(one, side)[k] for one in used] for side in ("inside", "outside")}
    whole_of = [judge.judge(one.chosen[k], judge.counts) for one in used]
    n = float(np.nansum(judge.probability)), float(np.nansum(1 - judge.probability))
    row = describe(rule, "subtype")
    estimates, errors = {}, {}
    for target in ("latent", "fidelity"):
        inside, outside, everybody = (
            [getattr(one, target) for one in side]
            for side in (sides["inside"], sides["outside"], whole_of)
        )
        estimates[target] = _estimate(getattr(whole, target), inside, outside)
        errors[target] = [
            (a.sensitivity - b.sensitivity, a.specificity - b.specificity)
            for a, b in zip(inside, everybody, strict=True)
        ]
    apparent, fidelity = whole.fidelity, estimates["fidelity"]
    row |= frozen_limits(
        estimates["latent"],
        errors["latent"],
        [one.prevalence_frac for one in used],
        *n,
        is_declared=declared is not None,
    )
    for i, name in enumerate(("sensitivity", "specificity")):
        value = getattr(fidelity, name)
        low, high = wilson_with_effect(value, [one[i] for one in errors["fidelity"]], n[i])
        row |= {f"fidelity_{name}": value, f"fidelity_{name}_ci_low": low,
                f"fidelity_{name}_ci_high": high}  # fmt: skip
        left_out = [getattr(one.latent, name) for one in sides["outside"]]
        row[f"out_of_bag_{name}"] = _mean(left_out)
        row[f"{name}_apparent"] = getattr(apparent, name)
        row[f"{name}_optimism"] = getattr(apparent, name) - value
    row |= _beside_linear(judge, choice)
    selection = _mean([_same_markers(one, k, choice.columns) for one in found])
    cuts = [one.refitted[k] for one in found]
    row |= threshold_limits(
        [cut.thresholds for cut in cuts if cut],
        choice.thresholds,
        selection,
        n=min(n),
        is_constraint=task.aim.is_constraint,
    )
    row |= screened_per_member(row)
    return row | {
        "selection_frac": selection,
        "n_resamples": len(used),
        "n_case": int((~np.isnan(flag(task.values, choice))).sum()),
        "obtained": "this rule for the latent class; optimism by out-of-bag people",
        "chosen_by": task.aim.text,
        "note": rule_note(rule, selection, declared),
    }


def _beside_linear(judge: Judge, choice: Choice) -> dict[str, float]:
    """Return the apparent Youden index of a rule of several markers, and of their linear score."""
    if len(choice.columns) < 2:
        return {}
    task, p = judge.task, np.nan_to_num(judge.membership(choice))
    known = ~np.isnan(judge.membership(choice))
    logs = task.is_log or (False,) * task.values.shape[1]
    x = np.column_stack([on_scale(task.values[:, k], is_log=logs[k]) for k in choice.columns])
    whole = judge.judge(choice, judge.counts)
    return {
        "youden_apparent": float("nan") if whole is None else whole.latent.youden,
        "linear_youden_apparent": linear_youden(
            x, judge.counts * known * p, judge.counts * known * (1 - p)
        ),
    }


def _estimate(
    apparent: OperatingCharacteristics,
    inside: list[OperatingCharacteristics],
    outside: list[OperatingCharacteristics],
) -> OperatingCharacteristics:
    sensitivity, specificity = corrected_for_optimism(apparent, inside, outside)
    return at_prevalence(sensitivity, specificity, apparent.prevalence_frac)


def _is_whole(one: Resample, k: int) -> bool:
    outside = one.outside[k]
    return outside is not None and bool(np.isfinite(outside.latent.youden))


def _same_markers(one: Resample, k: int, columns: tuple[int, ...]) -> float:
    picked = one.chosen[k]
    return float(picked is not None and set(picked.columns) == set(columns))


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
