"""Do the members of a set go together, and more than random analytes of the panel?"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._random import stream

__all__ = ["coherence_table", "set_coherence", "within_group_correlation"]

Floats = NDArray[np.float64]

LIMIT = 0.95


def within_group_correlation(groups: Sequence[pd.DataFrame]) -> Floats:
    """Return correlations of all analytes after each group's means are taken away.

    An analyte that does not vary within groups goes along with nothing (0).
    """
    parts = [part.to_numpy(dtype=np.float64) for part in groups if len(part)]
    centred = np.vstack([part - part.mean(axis=0) for part in parts])
    length = np.sqrt((centred**2).sum(axis=0))
    unit = centred / np.where(length > 1e-10, length, np.inf)
    correlation: Floats = unit.T @ unit
    np.fill_diagonal(correlation, 1.0)
    return correlation


def set_coherence(
    name: str, columns: NDArray[np.int64], correlation: Floats, *, draws: int, seed: int
) -> dict[str, object]:
    r"""Return alpha and mean r of a set, beside those of random sets of equal size.

    Standardised alpha is :math:`k \bar r / (1 + (k - 1) \bar r)`. The random sets are drawn from
    the analytes outside the set, or where these are fewer than 2k from the whole matrix; a matrix
    of fewer than 2k analytes has no null.

    Parameters
    ----------
    name : str
        Names the stream of random sets.
    columns : ndarray of int
        Columns of the members.
    correlation : ndarray of shape (n_analytes, n_analytes)
        See `within_group_correlation`.
    draws : int
        Number of random sets.
    seed : int
        Root seed.

    Returns
    -------
    dict
        The statistics of one row of `SetScores.coherence`.
    """
    k, p = len(columns), len(correlation)
    nothing = float("nan")
    row: dict[str, object] = {
        "set": name,
        "n_members": k,
        "alpha": nothing,
        "mean_r": nothing,
        "alpha_random_median": nothing,
        "alpha_random_limit": nothing,
        "mean_r_random_median": nothing,
        "mean_r_random_limit": nothing,
        "coherence_p_value": nothing,
    }
    if k < 2:
        return row
    mean_r = float(_mean_r(correlation, columns[None, :])[0])
    row |= {"mean_r": mean_r, "alpha": _alpha(mean_r, k)}
    pool = np.setdiff1d(np.arange(p), columns)
    if len(pool) < 2 * k:
        pool = np.arange(p)
    if len(pool) < 2 * k or draws < 1:
        return row
    keys = stream(seed, "set coherence", name).random((draws, len(pool)))
    random = _mean_r(correlation, pool[np.argpartition(keys, k - 1, axis=1)[:, :k]])
    middle, limit = (float(value) for value in np.quantile(random, [0.5, LIMIT]))
    return row | {
        "alpha_random_median": _alpha(middle, k),
        "alpha_random_limit": _alpha(limit, k),
        "mean_r_random_median": middle,
        "mean_r_random_limit": limit,
        "coherence_p_value": float((1 + (random >= mean_r).sum()) / (draws + 1)),
    }


def coherence_table(
    members: pd.DataFrame,
    scored: Collection[str],
    groups: Sequence[pd.DataFrame],
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return one row of coherence for each set of a member table, scored or not."""
    correlation = within_group_correlation(groups)
    analytes = groups[0].columns
    rows = []
    for name, mine in members.groupby("set", sort=False):
        used = list(mine.loc[mine["is_used"], "analyte"])
        columns = np.sort(analytes.get_indexer(used)).astype(np.int64)
        row = set_coherence(str(name), columns, correlation, draws=draws, seed=seed)
        reason = f"{len(used)} of {len(mine)} members are measurable"
        is_scored = name in scored
        rows.append(row | {"is_scored": is_scored, "reason": "" if is_scored else reason})
    return pd.DataFrame(rows)


def _mean_r(correlation: Floats, sets: NDArray[np.int64]) -> Floats:
    k = sets.shape[1]
    blocks = correlation[sets[:, :, None], sets[:, None, :]]
    return (blocks.sum(axis=(1, 2)) - k) / (k * (k - 1))


def _alpha(mean_r: float, k: int) -> float:
    denominator = 1 + (k - 1) * mean_r
    return float(k * mean_r / denominator) if denominator > 1e-9 else float("nan")
