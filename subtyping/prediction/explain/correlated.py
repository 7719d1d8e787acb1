"""Groups of correlated analytes, among which a model's attribution is shared arbitrarily."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.exceptions import InputError

__all__ = ["GROUP_CUT", "CorrelatedGroups", "correlated_groups"]

GROUP_CUT = 0.7
"""Smallest absolute rank correlation any two analytes of a group have."""


@dataclass(frozen=True, eq=False)
class CorrelatedGroups:
    """Analytes that go together.

    Attributes
    ----------
    group_of : tuple of int
        Group of each analyte, numbered in order of appearance.
    smallest_abs_r : tuple of float
        Smallest absolute correlation within each group; NaN for a single analyte.
    cut : float
        The cut the groups were made with.
    """

    group_of: tuple[int, ...]
    smallest_abs_r: tuple[float, ...]
    cut: float


def correlated_groups(data: pd.DataFrame, *, cut: float = GROUP_CUT) -> CorrelatedGroups:
    r"""Group analytes by complete linkage on one minus the absolute rank correlation.

    Complete linkage, cut at height :math:`1 - c`: any two analytes of a group have
    :math:`|r| \ge c` (Spearman). Correlation can be positive or negative; a constant analyte is
    correlated with none.

    Parameters
    ----------
    data : pandas.DataFrame of shape (n, p)
        Analytes; NaN where not measured. Pairs use the samples that have both.
    cut : float, default 0.7
        c, above 0 and at most 1.

    Returns
    -------
    CorrelatedGroups

    Raises
    ------
    InputError
        If `cut` is outside (0, 1].

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> data = pd.DataFrame({"CCL17": x, "IL6": x % 3, "CCL22": x**3, "IL10": -x})
    >>> correlated_groups(data).group_of
    (0, 1, 0, 0)
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if not 0 < cut <= 1:
        message = f"The cut on |r| must lie above 0 and be at most 1; got {cut:g}."
        raise InputError(message)
    p = data.shape[1]
    strength = np.abs(_rank_correlations(data))
    if p < 2:
        return CorrelatedGroups(tuple(range(p)), (float("nan"),) * p, cut)
    distance = np.round(1 - strength, 12)  # equal to the last digit wherever it is computed
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="complete")
    found = fcluster(tree, t=1 - cut + 1e-9, criterion="distance")
    number = {old: new for new, old in enumerate(dict.fromkeys(found))}
    group_of = np.array([number[old] for old in found])
    smallest = []
    for k in range(len(number)):
        inside = np.flatnonzero(group_of == k)
        block = strength[np.ix_(inside, inside)]
        smallest.append(float(block.min()) if len(inside) > 1 else float("nan"))
    return CorrelatedGroups(tuple(group_of.tolist()), tuple(smallest), cut)


def _rank_correlations(data: pd.DataFrame) -> np.ndarray:
    """Correlations of the ranks over the samples each pair has; 0 where there is none."""
    ranks = data.rank().to_numpy(dtype=float)
    there = np.isfinite(ranks)
    z, both = np.where(there, ranks - len(ranks) / 2, 0.0), there.astype(float)
    pairs = np.maximum(both.T @ both, 1.0)
    sums = z.T @ both  # of the row's analyte, over the samples that have the column's too
    spread = np.maximum((z**2).T @ both - sums**2 / pairs, 0.0)
    size = np.sqrt(spread * spread.T)
    shared = z.T @ z - sums * sums.T / pairs
    r = np.divide(shared, size, out=np.zeros_like(size), where=size > 1e-9)
    return np.clip((r + r.T) / 2, -1.0, 1.0)
