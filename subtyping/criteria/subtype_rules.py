"""Rules for a subtype: chosen on everybody, the choice repeated in every resample."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping.criteria.candidates import Candidates
from subtyping.criteria.comparison import paired_differences
from subtyping.criteria.ladder import highest_claim
from subtyping.criteria.latent_judge import Judge
from subtyping.criteria.operating import OperatingCharacteristics
from subtyping.criteria.proposed import proposed_row
from subtyping.criteria.resampling import Resample, resample_rules
from subtyping.criteria.rows import CHARACTERISTICS, as_rule, describe
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.search import screen
from subtyping.statistics.peeling import peeling_path

__all__ = ["Proposed", "subtype_rules"]

EVERYBODY = "everybody"


@dataclass(frozen=True, eq=False)
class Proposed:
    """Proposed rules, their rows, and what comparators need of them.

    Attributes
    ----------
    rules : list of EligibilityRule
    rows : list of dict
    probability : ndarray or None
        Memberships of the cases.
    target : str
        Target condition.
    draws : list of Resample
    path : pandas.DataFrame
        From `peeling_path`.
    """

    rules: list[EligibilityRule] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    probability: np.ndarray | None = None
    target: str = ""
    draws: list[Resample] = field(default_factory=list)
    path: pd.DataFrame = field(default_factory=pd.DataFrame)

    def with_claims(self, evidence: Mapping[str, str] | None) -> "Proposed":
        """Return the rules with the claim that the evidence carries."""
        if not evidence:
            return self
        rules = [highest_claim(rule, evidence) for rule in self.rules]
        rows = [
            row | describe(rule, row["kind"]) for row, rule in zip(self.rows, rules, strict=True)
        ]
        return replace(self, rules=rules, rows=rows)

    def differences(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the paired differences between proposed and other rules of a criteria table."""
        if self.probability is None:
            return paired_differences([], [])
        rows = table.to_dict("records")
        mine = [
            (rows[k]["rule_text"], _of_row(rows[k]), [_frozen(one, k) for one in self.draws])
            for k in range(len(self.rules))
        ]
        others = [
            (row["rule_text"], _of_row(row), [one.fixed[k] for one in self.draws])
            for k, row in enumerate(rows[len(self.rules) :])
        ]
        return _from_everybody(paired_differences(mine, others), rows)


def _from_everybody(found: pd.DataFrame, rows: list[dict[Any, Any]]) -> pd.DataFrame:
    """Give differences from a rule that is the same for all the interval of the rule itself."""
    own = {row["rule_text"]: row for row in rows}
    same = {"sensitivity": 1.0, "specificity": 0.0, "positive_frac": 1.0}
    found = found.copy()
    is_plain = (found["comparator"] == EVERYBODY) & found["quantity"].isin(list(same))
    for i, text, name in found.loc[is_plain, ["rule_text", "quantity"]].itertuples():
        for end in ("ci_low", "ci_high"):
            found.loc[i, f"difference_{end}"] = own[text][f"{name}_{end}"] - same[name]
    return found


def subtype_rules(
    judge: Judge,
    candidates: Candidates,
    target: str,
    resamples: int,
    *,
    jobs: int | None = None,
    advance: Callable[[], None] | None = None,
) -> Proposed:
    """Choose the rules on everybody, then repeat the choice in every resample.

    Parameters
    ----------
    judge : Judge
        Of the labelling learnt on everybody; it knows the task.
    candidates : Candidates
    target : str
        Target condition.
    resamples : int
    jobs, advance
        As in `propose_criteria`.

    Returns
    -------
    Proposed
    """
    task = judge.task
    final = tuple(rule for rule in judge.choose() if rule is not None)
    task = replace(task, probability=judge.probability, final=final)
    judge = replace(judge, task=task)
    found = resample_rules(task, resamples, jobs=jobs, advance=advance)
    chosen_by = f"weighted {task.aim.text}, selection inside the bootstrap"
    rules = [
        as_rule(choice, candidates, task.panel.platform, target, task.seed, chosen_by=chosen_by)
        for choice in final
    ]
    rows = [proposed_row(k, rule, judge, found) for k, rule in enumerate(rules)]
    path = _path(judge, candidates) if final else pd.DataFrame()
    return Proposed(rules, rows, judge.probability, target, found, path)


def _path(judge: Judge, candidates: Candidates) -> pd.DataFrame:
    values = judge.task.values
    positive = np.nan_to_num(judge.probability)
    negative = np.nan_to_num(1 - judge.probability)
    columns, _ = screen(values, positive, negative)
    names, units = ([told[k] for k in columns] for told in (candidates.names, candidates.units))
    return peeling_path(values[:, columns], positive, negative, names, units=units)


def _of_row(row: Mapping[Any, Any]) -> OperatingCharacteristics:
    return OperatingCharacteristics(**{name: float(row[name]) for name in CHARACTERISTICS})


def _frozen(one: Resample, k: int) -> OperatingCharacteristics:
    judged = one.frozen[k]
    if judged is None:
        return OperatingCharacteristics(**dict.fromkeys(CHARACTERISTICS, float("nan")))
    return judged.latent
