"""Mean absolute attributions, ranked, with intervals over refits and a permuted baseline."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from subtyping.prediction.resampling import percentile_interval

__all__ = ["rank_attributions", "rank_limits", "sum_attributions"]


def sum_attributions(values: np.ndarray, group_of: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """Return the attributions of each group of analytes: the sum of its members' in each sample.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Attributions of the analytes.
    group_of : sequence of str, length p
        Group of each analyte.

    Returns
    -------
    groups : list of str
        In order of appearance.
    sums : ndarray of shape (n, n_groups)
        Rows add up to those of `values`.

    Examples
    --------
    >>> groups, sums = sum_attributions(np.array([[2.0, -1.0, 0.5]]), ["Th2", "Th2", "Th1"])
    >>> groups, sums.tolist()
    (['Th2', 'Th1'], [[1.0, 0.5]])
    """
    named = np.asarray(group_of, dtype=object)
    groups = list(dict.fromkeys(group_of))
    sums = [values[:, named == name].sum(axis=1) for name in groups]
    return groups, np.column_stack(sums) if sums else np.zeros((len(values), 0))


def rank_attributions(values: np.ndarray, permuted: np.ndarray) -> pd.DataFrame:
    """Return the mean absolute attribution of each column, its rank and its permuted baseline.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Attributions of analytes or of groups of them.
    permuted : ndarray of shape (m, p)
        The same from models trained on permuted labels; may have no rows.

    Returns
    -------
    pandas.DataFrame
        ``mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs`` for each column, in
        order. Ranks run from 1 for the largest, ties share the mean rank; the limits are NaN
        until models are refitted (`rank_limits`).

    Examples
    --------
    >>> table = rank_attributions(np.array([[1.0, -3.0], [1.0, 3.0]]), np.zeros((0, 2)))
    >>> table[["mean_abs", "rank"]].values.tolist()
    [[1.0, 2.0], [3.0, 1.0]]
    """
    size = np.abs(values).mean(axis=0)
    missing = np.full(values.shape[1], np.nan)
    return pd.DataFrame(
        {
            "mean_abs": size,
            "rank": rankdata(-size),
            "rank_ci_low": missing,
            "rank_ci_high": missing,
            "permuted_mean_abs": np.abs(permuted).mean(axis=0) if len(permuted) else missing,
        }
    )


def rank_limits(rank: np.ndarray, refits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return 95 % limits of ranks: percentiles over refits, widened to hold the rank.

    Parameters
    ----------
    rank : ndarray of shape (p,)
        Ranks found out of fold.
    refits : ndarray of shape (B, p)
        Mean absolute attributions of models learnt anew on resampled people.

    Returns
    -------
    low, high : ndarray of shape (p,)
        NaN without refits.

    Examples
    --------
    >>> low, high = rank_limits(np.array([2.0, 1.0]), np.array([[1.2, 3.1], [2.0, 1.5]]))
    >>> low.tolist(), high.tolist()
    ([1.0, 1.0], [2.0, 2.0])
    """
    if not len(refits):
        return np.full(len(rank), np.nan), np.full(len(rank), np.nan)
    low, high = percentile_interval(rankdata(-refits, axis=1))
    return np.minimum(low, rank), np.maximum(high, rank)
