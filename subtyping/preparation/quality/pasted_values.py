"""Do two places of the table hold the very same numbers?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["PastedValues", "pasted_values"]

Ints = NDArray[np.intp]

MOST_REPEATS = 4
LEAST_EQUAL = 5
SHARE_EQUAL = 0.2
RARE_WANTED = 0.5
ROW_COLUMNS = ["sample_id", "other_id", "shift", "n_equal"]
COLUMN_COLUMNS = ["analyte", "other_analyte", "n_equal"]


@dataclass(frozen=True, eq=False)
class PastedValues:
    """Runs of equal numbers between samples and between analytes.

    Attributes
    ----------
    rows : pandas.DataFrame
        ``sample_id, other_id, shift, n_equal``: pairs of samples that share numbers, in the same
        analytes (shift 0) or so many columns further.
    columns : pandas.DataFrame
        ``analyte, other_analyte, n_equal``: pairs of analytes that share numbers in the same
        samples.
    """

    rows: pd.DataFrame
    columns: pd.DataFrame


def pasted_values(values: pd.DataFrame, usable: NDArray[np.bool_]) -> PastedValues | None:
    """Find samples, and analytes, that share at least a fifth of their numbers.

    Measured numbers with several decimals hardly ever repeat. Numbers that occur two to four
    times in the table are joined with each other; pairs of rows (at one shift between columns)
    and pairs of columns (in one row) are counted.

    Parameters
    ----------
    values : pandas.DataFrame of shape (n_samples, n_analytes)
    usable : array of bool of the same shape
        Numbers to compare: measured and detected.

    Returns
    -------
    PastedValues or None
        None where fewer than half of the numbers are rare: they are rounded too coarsely to be
        told apart.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> table = pd.DataFrame(rng.normal(size=(30, 12)), index=[f"s{i}" for i in range(30)])
    >>> table.iloc[7, 1:] = table.iloc[3, :-1].to_numpy()  # pasted one column too far
    >>> pasted_values(table, np.ones(table.shape, bool)).rows.values.tolist()
    [['s3', 's7', 1, 11]]
    """
    numbers = values.to_numpy(dtype=float)
    usable = usable & np.isfinite(numbers)
    row, column = np.nonzero(usable)
    if not len(row):
        return None
    _, code, count = np.unique(numbers[usable], return_inverse=True, return_counts=True)
    repeats = count[code]
    if (repeats <= MOST_REPEATS).mean() < RARE_WANTED:
        return None
    joined = (repeats > 1) & (repeats <= MOST_REPEATS)
    first, second = _equal_pairs(code[joined])
    row, column = row[joined], column[joined]
    r1, r2, c1, c2 = row[first], row[second], column[first], column[second]
    n, p = numbers.shape
    return PastedValues(
        rows=_row_pairs(values.index, r1, r2, c2 - c1, max(LEAST_EQUAL, SHARE_EQUAL * p)),
        columns=_column_pairs(values.columns, r1 == r2, c1, c2, max(LEAST_EQUAL, SHARE_EQUAL * n)),
    )


def _equal_pairs(code: Ints) -> tuple[Ints, Ints]:
    """Return positions of equal codes, every pair once, the earlier first."""
    order = np.argsort(code, kind="stable")
    ordered = code[order]
    first, second = [], []
    for step in range(1, MOST_REPEATS):
        same = np.flatnonzero(ordered[step:] == ordered[:-step])
        first.append(order[same])
        second.append(order[same + step])
    return np.concatenate(first), np.concatenate(second)


def _row_pairs(ids: pd.Index, one: Ints, other: Ints, shift: Ints, least: float) -> pd.DataFrame:
    """Return pairs of samples that share at least so many numbers at one shift."""
    apart = one != other
    frame = pd.DataFrame({"one": one[apart], "other": other[apart], "shift": shift[apart]})
    counts = frame.groupby(["one", "other", "shift"]).size()
    found = counts[counts >= least].sort_values(ascending=False, kind="stable")
    found = found.rename("n_equal").reset_index()
    return pd.DataFrame(
        {
            "sample_id": ids[found["one"].to_numpy(dtype=int)],
            "other_id": ids[found["other"].to_numpy(dtype=int)],
            "shift": found["shift"].astype(int),
            "n_equal": found["n_equal"].astype(int),
        },
        columns=ROW_COLUMNS,
    )


def _column_pairs(
    names: pd.Index, same_row: NDArray[np.bool_], one: Ints, other: Ints, least: float
) -> pd.DataFrame:
    """Return pairs of analytes that share at least so many numbers in the same samples."""
    frame = pd.DataFrame({"one": one[same_row], "other": other[same_row]})
    counts = frame.groupby(["one", "other"]).size()
    found = counts[counts >= least].rename("n_equal").reset_index()
    return pd.DataFrame(
        {
            "analyte": names[found["one"].to_numpy(dtype=int)],
            "other_analyte": names[found["other"].to_numpy(dtype=int)],
            "n_equal": found["n_equal"].astype(int),
        },
        columns=COLUMN_COLUMNS,
    )
