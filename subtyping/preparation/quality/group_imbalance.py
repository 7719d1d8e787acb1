"""Do cases and reference people differ in how and when they were sampled?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

__all__ = ["GroupImbalance", "group_imbalance"]

MIN_PER_GROUP = 5


@dataclass(frozen=True, eq=False)
class GroupImbalance:
    """One factor in cases and in reference people.

    Attributes
    ----------
    difference : float
        For numbers, cases less reference people in pooled SD. For levels, the share of either
        group that would have to change level for the groups to be alike (total variation).
    p_value : float
        Welch's test, or Pearson's chi-square.
    case, reference : pandas.Series
        Mean under ``mean``, or the share of each level.
    is_number : bool
    """

    difference: float
    p_value: float
    case: pd.Series
    reference: pd.Series
    is_number: bool

    def exceeds(self, number_limit: float, level_limit: float, p_limit: float) -> bool:
        """Return whether the difference is at least this large, and not by chance.

        Parameters
        ----------
        number_limit, level_limit : float
            Limits for numbers (SD) and for levels (share).
        p_limit : float

        Returns
        -------
        bool
        """
        limit = number_limit if self.is_number else level_limit
        return abs(self.difference) >= limit and self.p_value < p_limit


def group_imbalance(
    factors: Mapping[str, pd.Series],
    is_case: NDArray[np.bool_],
    is_reference: NDArray[np.bool_],
) -> dict[str, GroupImbalance]:
    """Compare cases with reference people on each factor.

    Parameters
    ----------
    factors : mapping of str to pandas.Series of shape (n_samples,)
        Numbers, or levels; blanks are left out.
    is_case, is_reference : array of bool of shape (n_samples,)

    Returns
    -------
    dict of str to GroupImbalance
        Factors that are known in at least five people of each group.

    Examples
    --------
    >>> days = pd.Series([100.0, 110, 120, 130, 140, 900, 910, 920, 930, 940])
    >>> case = np.arange(10) < 5
    >>> found = group_imbalance({"storage": days}, case, ~case)["storage"]
    >>> found.is_number, found.exceeds(0.5, 0.3, 0.01)
    (True, True)
    """
    found = {}
    for name, values in factors.items():
        column = pd.Series(values).reset_index(drop=True)
        is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        known = column.notna() & (column.astype(str).str.strip() != "")
        case = column[known & pd.Series(is_case)]
        reference = column[known & pd.Series(is_reference)]
        if min(len(case), len(reference)) < MIN_PER_GROUP:
            continue
        compare = _numbers if is_number else _levels
        found[name] = compare(case, reference)
    return found


def _numbers(case: pd.Series, reference: pd.Series) -> GroupImbalance:
    """Compare two samples of numbers."""
    one, other = case.to_numpy(dtype=float), reference.to_numpy(dtype=float)
    spread = float(np.sqrt((one.var(ddof=1) + other.var(ddof=1)) / 2))
    gap = float(one.mean() - other.mean())
    if spread > 0:
        difference = gap / spread
        p_value = float(stats.ttest_ind(one, other, equal_var=False).pvalue)
    else:
        difference, p_value = (0.0, 1.0) if gap == 0 else (np.copysign(np.inf, gap), 0.0)
    means = [pd.Series({"mean": part.mean()}) for part in (one, other)]
    return GroupImbalance(float(difference), p_value, means[0], means[1], is_number=True)


def _levels(case: pd.Series, reference: pd.Series) -> GroupImbalance:
    """Compare two samples of levels."""
    counts = pd.DataFrame(
        {"case": case.astype(str).value_counts(), "reference": reference.astype(str).value_counts()}
    ).fillna(0.0)
    shares = counts / counts.sum()
    difference = float((shares["case"] - shares["reference"]).abs().sum() / 2)
    p_value = float(stats.chi2_contingency(counts.to_numpy()).pvalue) if len(counts) > 1 else 1.0
    return GroupImbalance(difference, p_value, shares["case"], shares["reference"], is_number=False)
