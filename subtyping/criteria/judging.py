"""Who is eligible and why: one row for each sample."""

import numpy as np
import pandas as pd

from subtyping.criteria.clause import Clause, clause_met, clause_values, column_of
from subtyping.criteria.rule import EligibilityRule
from subtyping.knowledge.routine import to_canonical
from subtyping.panel.panel import Panel

__all__ = ["judge_samples"]


def judge_samples(
    rule: EligibilityRule, panel: Panel, routine: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Apply a rule and say of every sample why it is, or is not, eligible.

    Parameters
    ----------
    rule : EligibilityRule
    panel : Panel
        In the unit of the clauses.
    routine : pandas.DataFrame, optional
        Routine markers in canonical units, indexed by sample_id.

    Returns
    -------
    pandas.DataFrame
        ``sample_id, is_eligible`` (True, False or missing), ``reason``: the clauses that failed;
        of a missing answer what was not measured, or lies below detection without a number; and
        the clauses whose value lies in the grey zone the rule carries. Blank where a sample is
        eligible without more ado.

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
    ['a', True, 'CCL17 in the grey zone: measure again']
    ['b', False, 'CCL17 >= 510 pg/mL not met; CCL17 in the grey zone: measure again']
    ['c', <NA>, 'CCL17 not measured']
    """
    eligible = rule.apply(panel, routine)
    answers = [clause_met(clause, panel, routine) for clause in rule.clauses]
    blanks = [_why_blank(clause, panel, routine) for clause in rule.clauses]
    greys = [_is_grey(clause, panel, routine) for clause in rule.clauses]
    reasons = []
    for i, answer in enumerate(eligible):
        parts = []
        for clause, met, blank, grey in zip(rule.clauses, answers, blanks, greys, strict=True):
            one = met.iloc[i]
            if pd.isna(one) and pd.isna(answer):
                parts.append(blank[i])
            elif not pd.isna(one) and not one and (pd.isna(answer) or not answer):
                below = " (below detection)" if "below" in blank[i] else ""
                parts.append(f"{clause.text} not met{below}")
            if grey[i]:
                parts.append(f"{clause.name} in the grey zone: measure again")
        reasons.append("; ".join(parts))
    return pd.DataFrame(
        {
            "sample_id": panel.sample_ids.astype(str),
            "is_eligible": eligible.to_numpy(),
            "reason": reasons,
        }
    ).astype({"is_eligible": "boolean"})


def _why_blank(clause: Clause, panel: Panel, routine: pd.DataFrame | None) -> list[str]:
    """Return why the answer of a clause could be missing, for every sample."""
    absent = f"{clause.name} not measured"
    if clause.source == "routine":
        return [absent] * len(panel.sample_ids)
    below = panel.below_lod[column_of(clause, panel)].to_numpy(dtype=bool)
    hidden = f"{clause.name} below detection, with no number to compare"
    missing = clause_values(clause, panel, routine).isna().to_numpy()
    return [(hidden if gone else "below detection") if low else absent
            for low, gone in zip(below, missing, strict=True)]  # fmt: skip


def _is_grey(clause: Clause, panel: Panel, routine: pd.DataFrame | None) -> np.ndarray:
    """Return which values lie in the grey zone a clause carries."""
    values = clause_values(clause, panel, routine).to_numpy(dtype=float)
    if clause.grey_low is None or clause.grey_high is None:
        return np.zeros(len(values), dtype=bool)
    ends = np.array([clause.grey_low, clause.grey_high])
    if clause.source == "routine":
        ends = to_canonical(clause.marker, ends, clause.unit)
    with np.errstate(invalid="ignore"):
        return np.asarray((values >= ends[0]) & (values <= ends[1]), dtype=bool)
