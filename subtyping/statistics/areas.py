"""The area under the ROC curve, and DeLong's interval."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from subtyping.exceptions import InputError
from subtyping.statistics.roc import roc_curves

__all__ = ["auc", "delong_interval"]

Floats = NDArray[np.float64]


def auc(score: ArrayLike, is_positive: ArrayLike) -> float:
    """Return the area under the ROC curve: P(positive scores higher), ties counting one half.

    Parameters
    ----------
    score : array of shape (n,)
        Higher is more positive.
    is_positive : array of bool of shape (n,)
        Known class.

    Returns
    -------
    float
        NaN where a class is empty.

    Examples
    --------
    >>> auc([1, 2, 2, 3], [False, False, True, True])
    0.875
    """
    label = np.asarray(is_positive, dtype=bool)
    return float(roc_curves(score, label, ~label).auc[0])


def delong_interval(
    score: ArrayLike, is_positive: ArrayLike, level: float = 0.95
) -> tuple[float, float, float]:
    r"""Return the AUC with DeLong's interval.

    The variance is that of the placement values, :math:`S_{10}/m + S_{01}/n`; limits are normal
    and cut at 0 and 1.

    Parameters
    ----------
    score : array of shape (n,)
        Higher is more positive.
    is_positive : array of bool of shape (n,)
        Known class; at least two of each.
    level : float, default 0.95
        Coverage.

    Returns
    -------
    auc, low, high : float

    Raises
    ------
    InputError
        With fewer than two people in a class.

    Notes
    -----
    Fails at the edge: with perfect separation the interval has no width.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL (1988). doi:10.2307/2531595

    Examples
    --------
    >>> area, low, high = delong_interval([1, 2, 3, 2, 3, 4], [0, 0, 0, 1, 1, 1])
    >>> round(area, 3), round(low, 3), round(high, 3)
    (0.778, 0.37, 1.0)
    """
    x = np.asarray(score, dtype=float)
    label = np.asarray(is_positive, dtype=bool)
    positive, negative = x[label], x[~label]
    m, n = len(positive), len(negative)
    if min(m, n) < 2:
        message = f"DeLong's interval needs two people of each class; got {m} and {n}."
        raise InputError(message)
    rank = stats.rankdata(np.concatenate([positive, negative]))
    placement_positive = (rank[:m] - stats.rankdata(positive)) / n
    placement_negative = 1 - (rank[m:] - stats.rankdata(negative)) / m
    area = float(placement_positive.mean())
    variance = placement_positive.var(ddof=1) / m + placement_negative.var(ddof=1) / n
    reach = float(special.ndtri(0.5 + level / 2) * np.sqrt(variance))
    return area, max(0.0, area - reach), min(1.0, area + reach)
