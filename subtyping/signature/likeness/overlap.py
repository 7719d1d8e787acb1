"""Rank-rank overlap of signatures: a picture of where two lists agree, without a p-value."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.signature.likeness.correlations import NAN, Row, row
from subtyping.statistics.rank_overlap import rank_overlap

__all__ = ["OVERLAP_COLUMNS", "overlap_rows"]

OVERLAP_COLUMNS = ("comparison", "rank_case", "rank_comparison", "signed_log10_p")
NO_P_VALUE = (
    "a picture: hypergeometric, as if analytes were independent; no null that was tried holds its "
    "level, so it has no p-value"
)


def overlap_rows(
    deviations: NDArray[np.float64], comparisons: tuple[str, ...]
) -> tuple[list[Row], pd.DataFrame]:
    """Return the largest overlap of each comparison, and the matrices.

    Parameters
    ----------
    deviations : ndarray of shape (1 + n_comparisons, n_analytes)
        Effects of the cases and of each comparison, about their mean over analytes: an analyte
        counts as raised where it differs more than the mean analyte, so that a shift of all
        analytes is no overlap.
    comparisons : tuple of str

    Returns
    -------
    rows : list of dict
        As `correlation_rows`; ``value`` is the largest ``-log10`` hypergeometric p, without
        interval and p-value.
    matrices : pandas.DataFrame
        ``comparison, rank_case, rank_comparison, signed_log10_p``.
    """
    if not comparisons:
        return [], pd.DataFrame(columns=list(OVERLAP_COLUMNS))
    rows, tables = [], []
    for k, name in enumerate(comparisons, start=1):
        found = rank_overlap(deviations[0], deviations[k])
        numbers = (found.maximum, NAN, NAN, NAN)
        rows.append(row(name, "rank_overlap", numbers, deviations.shape[1], NO_P_VALUE))
        grid = pd.MultiIndex.from_product(
            [[name], found.first.tolist(), found.second.tolist()], names=OVERLAP_COLUMNS[:3]
        )
        tables.append(
            pd.DataFrame({"signed_log10_p": found.matrix.ravel()}, index=grid).reset_index()
        )
    return rows, pd.concat(tables, ignore_index=True)
