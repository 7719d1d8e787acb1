"""Mean absolute attributions, ranked, with intervals over people and a permuted baseline."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from subtyping.prediction.resampling import percentile_interval

__all__ = ["rank_attributions", "sum_attributions"]


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


def rank_attributions(
    values: np.ndarray, permuted: np.ndarray, weights: np.ndarray
) -> pd.DataFrame:
    """Return the mean absolute attribution of each column, its rank with interval, its baseline.

    Parameters
    ----------
    values : ndarray of shape (n, p)
        Attributions of analytes or of groups of them.
    permuted : ndarray of shape (m, p)
        The same from models trained on permuted labels; may have no rows.
    weights : ndarray of shape (B, n)
        How often each sample occurs in each bootstrap draw of people.

    Returns
    -------
    pandas.DataFrame
        ``mean_abs, rank, rank_ci_low, rank_ci_high, permuted_mean_abs`` for each column, in
        order. Ranks run from 1 for the largest, ties share the mean rank.

    Examples
    --------
    >>> table = rank_attributions(np.array([[1.0, -3.0], [1.0, 3.0]]), np.zeros((0, 2)),
    ...                           np.ones((5, 2)))
    >>> table[["mean_abs", "rank", "rank_ci_low", "rank_ci_high"]].values.tolist()
    [[1.0, 2.0, 2.0, 2.0], [3.0, 1.0, 1.0, 1.0]]
    """
    size = np.abs(values)
    # The mean over samples is taken of people drawn together; rescaling a draw leaves its ranks.
    draws = rankdata(-(weights @ size), axis=1) if len(weights) else weights[:, :0]
    low, high = percentile_interval(draws)
    missing = np.full(values.shape[1], np.nan)
    return pd.DataFrame(
        {
            "mean_abs": size.mean(axis=0),
            "rank": rankdata(-size.mean(axis=0)),
            "rank_ci_low": low if len(weights) else missing,
            "rank_ci_high": high if len(weights) else missing,
            "permuted_mean_abs": np.abs(permuted).mean(axis=0) if len(permuted) else missing,
        }
    )
