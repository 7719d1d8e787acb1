"""Is an analyte detected in one group, or on one plate, and not in the next?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["DetectionDifferences", "detection_differences"]

MIN_PER_LEVEL = 10
COLUMNS = [
    "by",
    "analyte",
    "lowest_level",
    "lowest_frac",
    "highest_level",
    "highest_frac",
    "p_value",
    "q_value",
]


@dataclass(frozen=True, eq=False)
class DetectionDifferences:
    """Detection rate of each analyte in the levels of each factor.

    Attributes
    ----------
    table : pandas.DataFrame
        ``by, analyte, lowest_level, lowest_frac, highest_level, highest_frac, p_value,
        q_value``; q-values are over the analytes of one factor.
    """

    table: pd.DataFrame

    def marked(self, by: str, least_difference: float, q_limit: float) -> pd.DataFrame:
        """Return analytes whose rates differ by this much at this q, the largest first.

        Parameters
        ----------
        by : str
            Name of the factor.
        least_difference, q_limit : float

        Returns
        -------
        pandas.DataFrame
            Rows of `table` with ``difference`` added.
        """
        rows = self.table.assign(difference=self.table["highest_frac"] - self.table["lowest_frac"])
        is_marked = (
            (rows["by"] == by)
            & (rows["difference"] >= least_difference)
            & (rows["q_value"] < q_limit)
        )
        return rows[is_marked].sort_values("difference", ascending=False, kind="stable")


def detection_differences(
    detected: NDArray[np.bool_],
    measured: NDArray[np.bool_],
    analytes: pd.Index,
    factors: Mapping[str, pd.Series],
) -> DetectionDifferences | None:
    """Compare detection rates between the levels of each factor.

    Parameters
    ----------
    detected, measured : array of bool of shape (n_samples, n_analytes)
        Detected; detected or flagged as below detection.
    analytes : pandas.Index
    factors : mapping of str to pandas.Series of shape (n_samples,)
        Levels; samples with none are left out, as are levels of fewer than ten samples.

    Returns
    -------
    DetectionDifferences or None
        None where no factor has two levels. The test is Pearson's chi-square.

    Examples
    --------
    >>> seen = np.repeat([[True], [False]], 20, axis=0)
    >>> plate = pd.Series(["p1"] * 20 + ["p2"] * 20)
    >>> found = detection_differences(seen, seen | True, pd.Index(["IL13"]), {"plate": plate})
    >>> found.table.loc[0, ["lowest_level", "highest_level"]].tolist()
    ['p2', 'p1']
    """
    parts = [
        _one_factor(name, detected, measured, analytes, pd.Series(levels).reset_index(drop=True))
        for name, levels in factors.items()
    ]
    kept = [part for part in parts if part is not None]
    if not kept:
        return None
    return DetectionDifferences(pd.concat(kept, ignore_index=True)[COLUMNS])


def _one_factor(
    name: str,
    detected: NDArray[np.bool_],
    measured: NDArray[np.bool_],
    analytes: pd.Index,
    levels: pd.Series,
) -> pd.DataFrame | None:
    """Return one row an analyte for one factor."""
    sizes = levels.value_counts()
    names = sorted(str(level) for level in sizes.index[sizes >= MIN_PER_LEVEL])
    if len(names) < 2:
        return None
    member = np.stack([(levels.astype(str) == level).to_numpy() for level in names]).astype(float)
    hits, total = member @ detected, member @ measured
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = hits / total
        overall = hits.sum(axis=0) / total.sum(axis=0)
        expected = total * overall
        part = (hits - expected) ** 2 / (expected * (1 - overall))
    n_levels = (total > 0).sum(axis=0)
    statistic = np.nansum(np.where(total > 0, part, 0.0), axis=0)
    p = np.where(n_levels > 1, stats.chi2.sf(statistic, np.maximum(n_levels - 1, 1)), np.nan)
    low = np.argmin(np.where(np.isnan(rate), np.inf, rate), axis=0)
    high = np.argmax(np.where(np.isnan(rate), -np.inf, rate), axis=0)
    at = np.arange(len(analytes))
    return pd.DataFrame(
        {
            "by": name,
            "analyte": analytes,
            "lowest_level": np.asarray(names, dtype=object)[low],
            "lowest_frac": rate[low, at],
            "highest_level": np.asarray(names, dtype=object)[high],
            "highest_frac": rate[high, at],
            "p_value": p,
            "q_value": benjamini_hochberg(p),
        }
    )
