"""Markers, directions and thresholds for weighted memberships: coarse search, smoothed cuts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from subtyping.criteria.aims import Aim
from subtyping.criteria.search import (
    Choice,
    best_pair,
    best_single,
    best_triple,
    refit_cuts,
    round_threshold,
    screen,
)
from subtyping.criteria.wanted import YOUDEN, Wanted
from subtyping.statistics.smoothed_cut import smoothed_cut, smoothed_cuts

__all__ = ["choose_rules", "fresh_cuts", "on_scale", "smooth_choice"]

Floats = NDArray[np.float64]

_LEAST_WEIGHT = 2.0


def choose_rules(
    values: Floats,
    probability: Floats,
    weights: Floats,
    max_markers: int,
    *,
    aim: Aim = YOUDEN.aim,
    target_prevalence_frac: float | None = None,
    is_log: Sequence[bool] | None = None,
) -> tuple[Choice | None, ...]:
    """Choose the best rule of one marker, then of two, then of three, for weighted memberships.

    Markers, directions and joiner are those of the coarse search; the cuts are then moved to the
    optimum of the smoothed class distributions (not where the aim is a constraint).

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
    probability : ndarray of shape (n,)
        Membership; NaN takes no part.
    weights : ndarray of shape (n,)
        Counts of a resample, or ones.
    max_markers : {1, 2, 3}
    aim : Aim
        Youden's index by default.
    target_prevalence_frac : float, optional
        Prevalence at which costs and net benefits are weighed; by default that seen here.
    is_log : sequence of bool, optional
        Which markers are smoothed on the log scale; none by default.

    Returns
    -------
    tuple of Choice or None
        One for each size; None where memberships leave nothing to tell apart.
    """
    classes = _classes(probability, weights)
    if classes is None:
        return (None,) * max_markers
    given, wanted = (values, *classes), _wanted(classes, aim, target_prevalence_frac)
    columns, operators = screen(*given)
    rules = [best_single(*given, columns, operators, wanted=wanted)]
    if max_markers > 1:
        rules.append(best_pair(*given, columns, operators, wanted=wanted))
    if max_markers > 2 and rules[1] is not None:
        rules.append(
            best_triple(*given, rules[1], columns=columns, operators=operators, wanted=wanted)
        )
    rules += [None] * (max_markers - len(rules))
    return tuple(_smoothed_or_none(given, rule, wanted, is_log) for rule in rules)


def fresh_cuts(
    values: Floats,
    probability: Floats,
    weights: Floats,
    choice: Choice,
    *,
    aim: Aim = YOUDEN.aim,
    target_prevalence_frac: float | None = None,
    is_log: Sequence[bool] | None = None,
) -> Choice | None:
    """Return the rule on the same markers, directions and joiner with its cuts chosen anew.

    Parameters
    ----------
    values, probability, weights, aim, target_prevalence_frac, is_log
        As in `choose_rules`.
    choice : Choice
        The rule whose cuts are chosen again.

    Returns
    -------
    Choice or None
    """
    classes = _classes(probability, weights)
    if classes is None:
        return None
    given, wanted = (values, *classes), _wanted(classes, aim, target_prevalence_frac)
    found = refit_cuts(*given, choice, wanted=wanted) if aim.is_constraint else choice
    return _smoothed_or_none(given, found, wanted, is_log)


def smooth_choice(
    values: Floats,
    positive: Floats,
    negative: Floats,
    choice: Choice,
    *,
    gain: float = 1.0,
    is_log: Sequence[bool] | None = None,
) -> Choice:
    """Return the rule with its cuts at the optimum of the smoothed class distributions.

    Parameters
    ----------
    values, positive, negative, gain
        As in `best_single`.
    choice : Choice
        The rule whose cuts are moved.
    is_log
        As in `choose_rules`.

    Returns
    -------
    Choice
        Thresholds with four digits; as they were where smoothing cannot place them.
    """
    logs = [bool(is_log[k]) if is_log is not None else False for k in choice.columns]
    x = np.column_stack(
        [on_scale(values[:, k], is_log=log) for k, log in zip(choice.columns, logs, strict=True)]
    )
    start = tuple(
        float(np.log(cut)) if log else cut for cut, log in zip(choice.thresholds, logs, strict=True)
    )
    if len(start) == 1:
        operator = choice.operators[0]
        cuts = smoothed_cut(x[:, 0], positive, negative, operator=operator, gain=gain).threshold
    else:
        cuts = smoothed_cuts(x, positive, negative, operators=choice.operators, start=start,
                             joiner=choice.joiner, gain=gain)  # fmt: skip
    back = [float(np.exp(cut)) if log else float(cut) for cut, log in zip(cuts, logs, strict=True)]
    thresholds = tuple(
        round_threshold(new) if np.isfinite(new) else old
        for new, old in zip(back, choice.thresholds, strict=True)
    )
    return replace(choice, thresholds=thresholds)


def on_scale(column: Floats, *, is_log: bool) -> Floats:
    """Return a marker on the scale it is smoothed on; below detection stays minus infinity."""
    if not is_log:
        return column
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(column <= 0, -np.inf, np.log(column))


def _classes(probability: Floats, weights: Floats) -> tuple[Floats, Floats] | None:
    """Return the weight of each person in either class; None if one is as good as empty."""
    positive = weights * np.nan_to_num(probability)
    negative = weights * np.nan_to_num(1 - probability)
    if min(positive.sum(), negative.sum()) < _LEAST_WEIGHT:
        return None
    return positive, negative


def _wanted(classes: tuple[Floats, Floats], aim: Aim, target: float | None) -> Wanted:
    """Weigh the aim at the target prevalence, or at the one seen here."""
    n_positive, n_negative = (weight.sum() for weight in classes)
    seen = float(n_positive / (n_positive + n_negative))
    return Wanted(aim, aim.gain(seen if target is None else target))


def _smoothed_or_none(
    given: tuple[Floats, Floats, Floats],
    choice: Choice | None,
    wanted: Wanted,
    is_log: Sequence[bool] | None,
) -> Choice | None:
    """Smooth the cuts; not where the aim is a constraint."""
    if choice is None or wanted.aim.is_constraint:
        return choice
    return smooth_choice(*given, choice, gain=wanted.gain, is_log=is_log)
