"""Which analytes do not vary, and which pile up at their lowest number?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.panel.panel import Panel

__all__ = ["DistinctValues", "distinct_values"]

Floats = NDArray[np.float64]

LEAST_TIED, TIED_FRAC = 3, 0.05
TIMES_THE_NEXT = 3.0
NEXT_VALUES = 3
FEW_DISTINCT = 10
MOSTLY_DISTINCT = 0.8
CHANCE = 1e-4


@dataclass(frozen=True, eq=False)
class DistinctValues:
    """How many different numbers each analyte has, and how many stand at the lowest.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, n, n_distinct, n_lowest, is_constant, is_tied``: `n` counts numbers that are
        not flagged as below detection or above the range. Tied: at least three and 5 % of them
        are equal to the lowest, and these are three times as many as share each of the next
        three numbers (rounded values are shared throughout, not at the lowest alone). Analytes of
        fewer than ten numbers with at most one decimal cannot be told and are not tied; where
        numbers are shared elsewhere, too, the pile must be larger than chance makes it (Poisson,
        p < .0001).
    """

    table: pd.DataFrame

    @property
    def constant(self) -> tuple[str, ...]:
        """Analytes that have one number in all samples."""
        return tuple(self.table.loc[self.table["is_constant"], "analyte"])

    @property
    def tied(self) -> pd.DataFrame:
        """Analytes with unflagged ties at the lowest number, the most first."""
        rows = self.table[self.table["is_tied"]]
        return rows.assign(frac=rows["n_lowest"] / rows["n"]).sort_values(
            "frac", ascending=False, kind="stable"
        )


def distinct_values(panel: Panel) -> DistinctValues:
    """Count distinct numbers and ties at the lowest.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    DistinctValues

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> filled = pd.DataFrame({"IL13": [0.54] * 6 + [1.12, 2.3, 3.7, 4.2], "A": [1.0] * 10})
    >>> found = distinct_values(panel_from_frame(filled, pd.DataFrame(index=filled.index)))
    >>> found.constant, found.tied["analyte"].tolist()
    (('A',), ['IL13'])
    """
    censored = panel.below_lod.to_numpy(dtype=bool) | panel.above_uloq.to_numpy(dtype=bool)
    numbers = np.where(censored, np.nan, panel.values.to_numpy(dtype=float))
    every = panel.values.to_numpy(dtype=float)
    n, n_distinct, n_lowest, n_next = _counts(numbers)
    table = pd.DataFrame(
        {
            "analyte": panel.values.columns,
            "n": n,
            "n_distinct": n_distinct,
            "n_lowest": n_lowest,
            "n_next": n_next,
            "is_constant": _is_constant(every),
        }
    )
    is_coarse = _has_one_decimal(numbers) & (n_distinct < FEW_DISTINCT)
    table["is_tied"] = (
        ~table["is_constant"]
        & ~is_coarse
        & (table["n_lowest"] >= LEAST_TIED)
        & (table["n_lowest"] >= TIED_FRAC * table["n"])
        & (table["n_lowest"] >= TIMES_THE_NEXT * table["n_next"])
        & _is_no_chance(table)
    )
    return DistinctValues(table.drop(columns="n_next"))


def _counts(numbers: Floats) -> tuple[NDArray[np.intp], ...]:
    """Return per column: numbers, distinct numbers, how many are lowest, mean of the next three."""
    height, width = numbers.shape
    n = np.isfinite(numbers).sum(axis=0)
    if not height:
        return n, n, n, n
    ordered = np.sort(np.where(np.isfinite(numbers), numbers, np.nan), axis=0)  # NaN goes last
    n_distinct = (ordered[1:] > ordered[:-1]).sum(axis=0) + (n > 0)
    columns, at = np.arange(width), np.zeros(width, dtype=int)
    counts = []
    for _ in range(1 + NEXT_VALUES):
        level = ordered[np.minimum(at, height - 1), columns]
        count = np.where(at < n, (ordered == level).sum(axis=0), 0)
        counts.append(count)
        at += count
    following = np.stack(counts[1:])
    return n, n_distinct, counts[0], following.sum(axis=0) / np.maximum((following > 0).sum(0), 1)


def _is_no_chance(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Whether the pile cannot be one of the ties that rounded numbers have everywhere."""
    others = np.maximum(table["n"] - table["n_lowest"], 1).to_numpy(dtype=float)
    distinct = np.maximum(table["n_distinct"] - 1, 1).to_numpy(dtype=float)
    usual = np.maximum(table["n_next"].to_numpy(dtype=float), others / distinct)
    p_value = stats.poisson.sf(table["n_lowest"].to_numpy(dtype=float) - 1, usual)
    return (distinct >= MOSTLY_DISTINCT * others) | (p_value < CHANCE)


def _has_one_decimal(numbers: Floats) -> NDArray[np.bool_]:
    """Whether every number of each analyte is written with at most one decimal."""
    tenths = np.clip(np.where(np.isfinite(numbers), numbers, 0.0), -1e12, 1e12) * 10
    return (np.abs(tenths - np.round(tenths)) < 1e-9).all(axis=0)


def _is_constant(numbers: Floats) -> NDArray[np.bool_]:
    """Whether every number of each analyte is the same."""
    known = np.isfinite(numbers)
    low = np.where(known, numbers, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, numbers, -np.inf).max(axis=0, initial=-np.inf)
    return (known.sum(axis=0) > 1) & (low == high)
