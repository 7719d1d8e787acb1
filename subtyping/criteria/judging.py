"""Who is eligible and why: one row for each sample."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.criteria.clause import Clause, clause_met, clause_values, column_of
from subtyping.criteria.retest_part import in_grey_zone
from subtyping.criteria.routine_limits import Routine, settled_by_limits
from subtyping.criteria.rule import EligibilityRule
from subtyping.knowledge.routine import to_canonical
from subtyping.panel.panel import Panel
from subtyping.panel.routine import RoutineValues

__all__ = ["judge_samples"]


def judge_samples(
    rule: EligibilityRule, panel: Panel, routine: Routine | None = None
) -> pd.DataFrame:
    """Apply a rule and say of every sample why it is, or is not, eligible.

    Parameters
    ----------
    rule : EligibilityRule
    panel : Panel
        In the unit of the clauses.
    routine : pandas.DataFrame or RoutineValues, optional
        Routine markers in canonical units, indexed by sample_id. With `RoutineValues` a level
        known only as below or above a limit is told apart from one that was not measured.

    Returns
    -------
    pandas.DataFrame
        ``sample_id, is_eligible`` (True, False or missing), ``reason``: the clauses that failed;
        of a missing answer what was not measured, lies below detection without a number, or is
        known only as below or above a limit that does not settle it (in the unit of the clause);
        and the clauses whose value lies in the grey zone the rule carries. Blank where a sample
        is eligible without more ado. ``is_in_grey_zone``: whether a second sample could change the
        answer, no other clause settling it.

    Raises
    ------
    InputError
        As `EligibilityRule.apply`.

    Examples
    --------
    >>> from subtyping.criteria.rule import Clause
    >>> from subtyping.panel import panel_from_frame
    >>> values = pd.DataFrame({"CCL17": [620.0, 480.0, None]}, index=["a", "b", "c"])
    >>> panel = panel_from_frame(values, pd.DataFrame(index=values.index), unit="pg/mL")
    >>> rule = EligibilityRule((Clause("CCL17", ">=", 510, "pg/mL", "panel", 430, 700),))
    >>> for row in judge_samples(rule, panel).values.tolist():
    ...     print(row)
    ['a', True, 'CCL17 in the grey zone: measure again', True]
    ['b', False, 'CCL17 >= 510 pg/mL not met; CCL17 in the grey zone: measure again', True]
    ['c', <NA>, 'CCL17 not measured', False]
    >>> from subtyping.panel.routine import routine_values
    >>> samples = pd.DataFrame({"hsCRP": ["<5", "<2", "6"]}, index=["a", "b", "c"])
    >>> routine = routine_values(samples, {"crp": {"column": "hsCRP", "unit": "mg/L"}})
    >>> high = EligibilityRule((Clause("crp", ">", 3, "mg/L", "routine"),))
    >>> judge_samples(high, panel, routine)["reason"].tolist()
    ['CRP known only as below 5 mg/L', 'CRP > 3 mg/L not met (below 2 mg/L)', '']
    """
    eligible = rule.apply(panel, routine)
    answers = [clause_met(clause, panel, routine) for clause in rule.clauses]
    levels = [_levels(clause, panel, routine) for clause in rule.clauses]
    reasons = []
    for i, answer in enumerate(eligible):
        parts = []
        for clause, met, level in zip(rule.clauses, answers, levels, strict=True):
            one = met.iloc[i]
            if pd.isna(one) and pd.isna(answer):
                parts.append(f"{clause.name} {level.unknown[i]}")
            elif not pd.isna(one) and not one and (pd.isna(answer) or not answer):
                aside = f" ({level.aside[i]})" if level.aside[i] else ""
                parts.append(f"{clause.text} not met{aside}")
            if level.is_grey[i]:
                parts.append(f"{clause.name} in the grey zone: measure again")
        reasons.append("; ".join(parts))
    return pd.DataFrame(
        {
            "sample_id": panel.sample_ids.astype(str),
            "is_eligible": eligible.to_numpy(),
            "reason": reasons,
            "is_in_grey_zone": _is_open(rule, answers, levels),
        }
    ).astype({"is_eligible": "boolean", "is_in_grey_zone": bool})


def _is_open(
    rule: EligibilityRule, answers: list[pd.Series], levels: list["_Levels"]
) -> NDArray[np.bool_] | bool:
    """Return whose answer hangs on a value in its grey zone: unknown once that value is."""
    if not answers:
        return False
    masked = [one.mask(level.is_grey) for one, level in zip(answers, levels, strict=True)]
    joined, certain = masked[0], answers[0]
    for without, one in zip(masked[1:], answers[1:], strict=True):
        is_and = rule.joiner == "and"
        joined = joined & without if is_and else joined | without
        certain = certain & one if is_and else certain | one
    return (joined.isna() & certain.notna()).to_numpy(dtype=bool)


@dataclass(frozen=True)
class _Levels:
    """What is known of a marker in every sample: why nothing, how little, and grey or not."""

    unknown: list[str]
    aside: list[str]
    is_grey: NDArray[np.bool_]


def _levels(clause: Clause, panel: Panel, routine: Routine | None) -> _Levels:
    values = clause_values(clause, panel, routine).to_numpy(dtype=float)
    is_grey, n = in_grey_zone(clause, panel, routine), len(values)
    if clause.source == "panel":
        column = column_of(clause, panel)
        below = panel.below_lod[column].to_numpy(dtype=bool)
        above = panel.above_uloq[column].to_numpy(dtype=bool)
        hidden = "below detection, with no number to compare"
        blank = [hidden if gone else "not measured" for gone in below & np.isnan(values)]
        limits = _limits(clause, values, above)
        blank = [f"known only as {limit}" if one else said
                 for limit, one, said in zip(limits, above, blank, strict=True)]  # fmt: skip
        return _Levels(blank, ["below detection" if low else "" for low in below], is_grey)
    if not isinstance(routine, RoutineValues):
        return _Levels(["not measured"] * n, [""] * n, is_grey)
    cut = float(to_canonical(clause.marker, clause.threshold, clause.unit))
    under, over, either = settled_by_limits(routine, clause.marker, cut, panel.sample_ids)
    flags = routine.above_uloq[clause.marker].reindex(panel.sample_ids, fill_value=False)
    limits = _limits(clause, values, flags.to_numpy(dtype=bool))
    censored = under | over | either
    unknown = [f"known only as {limit}" if is_open else "not measured"
               for limit, is_open in zip(limits, either, strict=True)]  # fmt: skip
    aside = [limit if known else "" for limit, known in zip(limits, censored, strict=True)]
    return _Levels(unknown, aside, is_grey)


def _limits(clause: Clause, values: NDArray[np.float64], is_above: NDArray[np.bool_]) -> list[str]:
    """Return the values as limits in the unit of the clause: ``below 5 mg/L``."""
    is_panel = clause.source == "panel"
    own = values if is_panel else values / float(to_canonical(clause.marker, 1.0, clause.unit))
    unit = clause.unit if clause.unit.startswith("/") else f" {clause.unit}"
    sides = np.where(is_above, "above", "below")
    return [f"{side} {value:.6g}{unit}" for side, value in zip(sides, own, strict=True)]
