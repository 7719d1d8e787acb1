"""The people that rules are judged on: cases, reference people and their routine markers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.criteria.routine_limits import Routine, routine_for_cuts, routine_numbers
from subtyping.criteria.rows import share_with_interval
from subtyping.criteria.rule import EligibilityRule
from subtyping.panel.panel import Panel
from subtyping.prediction.routine import check_routine

__all__ = ["People"]

_LEAST_MEASURED = 0.5


@dataclass(frozen=True, eq=False)
class People:
    """Cases, reference people and routine markers.

    Attributes
    ----------
    cases, reference : Panel
    routine : pandas.DataFrame or RoutineValues or None
        Routine markers in canonical units, indexed by sample_id, with their limits where known.

    Raises
    ------
    InputError
        If a marker or a sample is twice in the routine markers, a cell is no number, or none of
        the people is among them.
    """

    cases: Panel
    reference: Panel
    routine: Routine | None

    def __post_init__(self) -> None:
        numbers = routine_numbers(self.routine)
        if numbers is not None:
            check_routine(numbers, self.cases.sample_ids.append(self.reference.sample_ids))

    @property
    def routine_of_cases(self) -> pd.DataFrame | None:
        """Routine markers that at least half of the cases have."""
        routine = routine_for_cuts(self.routine)
        if routine is None:
            return None
        rows = routine.reindex(self.cases.sample_ids)
        return rows.loc[:, rows.notna().mean() >= _LEAST_MEASURED]

    def flags(self, rule: EligibilityRule) -> NDArray[np.float64]:
        """Return which cases meet a rule: 1, 0 or NaN for unknown."""
        met = rule.apply(self.cases, self.routine)
        return met.to_numpy(dtype=float, na_value=np.nan)

    def reference_share(self, rule: EligibilityRule) -> dict[str, float]:
        """Return the share of the reference people who meet a rule, with Wilson's interval."""
        return share_with_interval(
            "reference_positive_frac", rule.apply(self.reference, self.routine)
        )
