"""The continuous route: a cut at an upper quantile, said to be the tail of a continuum."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping._parallel import map_in_order
from subtyping._random import child_seed, stream
from subtyping.criteria.candidates import Candidates
from subtyping.criteria.resampling import draw_people
from subtyping.criteria.rows import (
    as_rule,
    describe,
    screening_cost,
    share_with_interval,
    threshold_limits,
)
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.search import Choice, flag, round_threshold
from subtyping.criteria.task import Procedure, Resampling
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["UpperTail", "upper_tail_row"]

Floats = NDArray[np.float64]

NO_ICC = (
    "Sensitivity and specificity are not given: the target is the true, repeat-averaged score, "
    "and no repeatability (ICC) of the score is known."
)


@dataclass(frozen=True, eq=False)
class UpperTail:
    """The rule of the upper tail and its row in the criteria table.

    Attributes
    ----------
    rule : EligibilityRule
    row : dict
    """

    rule: EligibilityRule
    row: dict[str, Any]


def upper_tail_row(
    task: Resampling,
    candidates: Candidates,
    skew: pd.Series,
    aim: tuple[str, float],
    resamples: int,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> UpperTail:
    """Cut the analyte that follows the skew best at an upper quantile among the cases.

    The analyte is the candidate with the largest rank correlation with the skew; it is chosen
    again in each resample, and the interval of the threshold is that of the finally chosen one.

    Parameters
    ----------
    task : Resampling
    candidates : Candidates
    skew : pandas.Series
        Skew of the cases, indexed by sample_id.
    aim : tuple of (str, float)
        What is a continuum (the skew of an axis, or its raw score), and share of the cases above
        the cut.
    resamples : int
    jobs, advance
        As in `propose_criteria`.

    Returns
    -------
    UpperTail
    """
    what, upper_frac = aim
    cases = task.panel.take(task.is_case)
    best = _follows_best(candidates.values, skew.reindex(cases.sample_ids).to_numpy(float))
    threshold = _upper_quantile(candidates.values[:, best], upper_frac)
    choice = Choice((best,), (">=",), (threshold,))
    target = f"upper {upper_frac:.0%} of the continuous {what}; not a subtype"
    chosen_by = f"upper {upper_frac:.0%} of the cases on the marker that follows it best"
    rule = as_rule(choice, candidates, cases.platform, target, task.seed, chosen_by=chosen_by)
    draw = partial(_draw, task, best, upper_frac)
    found = [one for one in map_in_order(draw, range(resamples), jobs=jobs, advance=advance) if one]
    same = [column == best for column, _ in found]
    selection = float(np.mean(same)) if same else float("nan")
    share = share_with_interval("positive_frac", flag(candidates.values, choice))
    row = describe(rule, "upper_tail") | share | screening_cost(share)
    row |= {
        "prevalence_frac": upper_frac,
        **threshold_limits(
            [(cut,) for _, cut in found], (threshold,), selection, n=float(len(candidates.values))
        ),
        "selection_frac": selection,
        "n_resamples": len(found),
        "n_case": int((~np.isnan(candidates.values[:, best])).sum()),
        "obtained": "quantile among the cases",
        "chosen_by": chosen_by,
        "note": f"Upper tail of a continuum, cut where it was asked for. {NO_ICC}",
    }
    return UpperTail(rule, row)


def _draw(task: Resampling, best: int, upper_frac: float, k: int) -> tuple[int, float] | None:
    rows = draw_people(task.panel, task.is_case, stream(task.seed, "criteria", k))
    cases = task.panel.take(task.is_case)
    try:
        skew = _skew(task.procedure, task.panel.resample(rows), cases,
                     child_seed(task.seed, "criteria labels", k))  # fmt: skip
    except (InputError, np.linalg.LinAlgError):
        return None
    counts = np.bincount(rows, minlength=len(task.is_case))[task.is_case]
    drawn = np.repeat(np.arange(len(counts)), counts)
    values = task.values[drawn]
    return _follows_best(values, skew[drawn]), _upper_quantile(values[:, best], upper_frac)


def _skew(procedure: Procedure, learn: Panel, cases: Panel, seed: int) -> Floats:
    scores = procedure.fit(learn, seed=seed).score(cases).values
    return scores.reindex(cases.sample_ids).to_numpy(dtype=float)


def _follows_best(values: Floats, skew: Floats) -> int:
    """Return the column with the largest rank correlation with the skew."""
    strength = np.full(values.shape[1], -np.inf)
    for k, column in enumerate(values.T):
        known = ~(np.isnan(column) | np.isnan(skew))
        x, y = stats.rankdata(column[known]), stats.rankdata(skew[known])
        if known.sum() > 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
            strength[k] = np.corrcoef(x, y)[0, 1]
    return int(np.argmax(strength.round(12)))


def _upper_quantile(column: Floats, upper_frac: float) -> float:
    measured = np.sort(column[~np.isnan(column)])
    at = int(np.ceil((1 - upper_frac) * len(measured)))
    finite = measured[np.isfinite(measured)]
    return round_threshold(float(np.clip(measured[min(at, len(measured) - 1)], *finite[[0, -1]])))
