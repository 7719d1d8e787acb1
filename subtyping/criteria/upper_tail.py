"""The continuous route: a cut at an upper quantile, said to be the tail of a continuum."""

from collections.abc import Callable, Mapping
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
from subtyping.criteria.clause import PROTOCOL_NAMES
from subtyping.criteria.known_icc import KnownIcc
from subtyping.criteria.retest import RuleRetest
from subtyping.criteria.retest_scheme import with_interval
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
from subtyping.panel.drawing import draw_people
from subtyping.panel.panel import Panel
from subtyping.statistics.retest import Retest, retest

__all__ = ["UpperTail", "tail_choice", "truly_in_tail", "upper_tail_row"]

Floats = NDArray[np.float64]

NO_ICC = (
    "Sensitivity and specificity are not given: the target is the usual, repeat-averaged value of "
    "{marker}, and no repeatability (ICC) of it is known as a number."
)
_FROM_ICC = (
    "Sensitivity, specificity and predictive values are for the usual, repeat-averaged value of "
    "{marker} in its own upper {upper:.0%}, through an ICC of {icc:.2f}: they are about the marker "
    "and not the {what}. {interval}"
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

    Sensitivity and specificity are left to `truly_in_tail`, which needs the repeatability of the
    marker. The analyte is the candidate with the largest rank correlation with the skew; it is
    chosen again in each resample, and the interval of the threshold is that of the finally chosen
    one.

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
    score = skew.reindex(cases.sample_ids).to_numpy(float)
    choice = tail_choice(candidates.values, score, upper_frac)
    (best,), (threshold,) = choice.columns, choice.thresholds
    marker = PROTOCOL_NAMES.get(candidates.names[best], candidates.names[best])
    is_part = bool(task.is_member) and task.is_member[best]
    follows = _strength(candidates.values[:, best], score)
    target = (
        f"usual (repeat-averaged) {marker} in the upper {upper_frac:.0%} of the cases: the upper "
        f"tail of a marker of the continuous {what}; not a subtype"
    )
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
        "note": f"Upper tail of a continuum, cut where it was asked for. In these samples {marker} "
        f"has a rank correlation of {follows:.2f} with the {what}"
        f"{', of which it is a part' if is_part else ''}.",
    }
    return UpperTail(rule, row)


def tail_choice(values: Floats, skew: Floats, upper_frac: float) -> Choice:
    """Return the cut at an upper quantile of the marker that follows the skew best.

    Parameters
    ----------
    values : ndarray of shape (n_cases, n_markers)
    skew : ndarray of shape (n_cases,)
    upper_frac : float

    Returns
    -------
    Choice
    """
    best = _follows_best(values, skew)
    return Choice((best,), (">=",), (_upper_quantile(values[:, best], upper_frac),))


def truly_in_tail(row: Mapping[str, Any], found: RuleRetest, what: str) -> dict[str, Any]:
    r"""Return how the cut does for the usual value of its marker, or why that is not known.

    The estimand: a person is in the tail whose mean of the marker over endlessly many samples
    lies in the upper share (``prevalence_frac``) of such means among the cases. With one sample
    of repeatability ICC both are bivariate normal on the log2 scale with correlation
    :math:`\sqrt{\mathrm{ICC}}` (`subtyping.statistics.retest`). It is about the marker of the rule,
    not about the score that the marker was chosen to follow.

    Parameters
    ----------
    row : mapping
        Row of the upper tail.
    found : RuleRetest
        Re-test of the rule; its ICC is what the assay leaves of it.
    what : str
        What is a continuum.

    Returns
    -------
    dict
        ``sensitivity, specificity, ppv, npv`` with intervals over all that the ICC may be (NaN
        where the ICC is not known as a number), ``obtained`` and ``note``.
    """
    names = {"sensitivity": "sensitivity", "specificity": "specificity",
             "ppv": "truly_above_frac", "npv": "npv"}  # fmt: skip
    marker, upper, met = found.rule.clauses[0].name, row["prevalence_frac"], row["positive_frac"]
    kind, value, low, high = (found.row[x] for x in ("icc_kind", "icc", "icc_low", "icc_high"))
    icc = KnownIcc(kind, value, low, high, "")
    if not np.isfinite(icc.value) or not 0 < met < 1:
        reason = found.row["retest_reason"] or found.notes[0]
        return {"note": f"{row['note']} {NO_ICC.format(marker=marker)} {reason}"}

    def compute(way: float | None) -> Retest | None:
        number = icc.along(way)
        return retest(number, met, true_frac=upper) if np.isfinite(number) else None

    fields = with_interval(compute)
    known = np.isfinite([icc.low, icc.high]).all()
    interval = "The intervals are the ICC's alone." if known else "The ICC has no interval."
    said = _FROM_ICC.format(marker=marker, upper=upper, icc=icc.value, what=what, interval=interval)
    ends = ("", "_ci_low", "_ci_high")
    numbers = {f"{new}{end}": fields[f"{old}{end}"] for new, old in names.items() for end in ends}
    return numbers | {
        "obtained": f"{row['obtained']}; re-test through the ICC",
        "note": f"{row['note']} {said}",
    }


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
    strength = np.array([_strength(column, skew) for column in values.T])
    return int(np.argmax(strength.round(12)))


def _strength(column: Floats, skew: Floats) -> float:
    """Return the rank correlation, minus infinity where there is none."""
    known = ~(np.isnan(column) | np.isnan(skew))
    x, y = stats.rankdata(column[known]), stats.rankdata(skew[known])
    if known.sum() > 2 and np.ptp(x) > 0 and np.ptp(y) > 0:
        return float(np.corrcoef(x, y)[0, 1])
    return -np.inf


def _upper_quantile(column: Floats, upper_frac: float) -> float:
    measured = np.sort(column[~np.isnan(column)])
    at = int(np.ceil((1 - upper_frac) * len(measured)))
    finite = measured[np.isfinite(measured)]
    return round_threshold(float(np.clip(measured[min(at, len(measured) - 1)], *finite[[0, -1]])))
