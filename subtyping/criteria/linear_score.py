"""The linear score of a rule's markers: what cuts along the axes leave on the table."""

import numpy as np
from numpy.typing import NDArray

from subtyping.statistics.smoothed_cut import smoothed_cut

__all__ = ["linear_youden"]

Floats = NDArray[np.float64]

_RIDGE = 1e-9


def linear_youden(values: Floats, positive: Floats, negative: Floats) -> float:
    r"""Return the Youden index of the best cut on the linear discriminant of some markers.

    The direction is Fisher's, :math:`S_W^{-1}(m_1 - m_0)`, with weighted class means and the
    pooled weighted covariance; the cut is smoothed as the rule's own cuts are. The index is
    apparent and to be held against the apparent index of the rule alone.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
        On the scale the cuts are smoothed on; infinite values count as the most extreme finite
        one, people without all markers take no part.
    positive, negative : ndarray of shape (n,)
        Weight of each person in either class.

    Returns
    -------
    float
        NaN where a class is empty or nothing varies.

    Examples
    --------
    Two markers that tell the class by their sum only half as well alone:

    >>> rng = np.random.default_rng(0)
    >>> label = np.arange(2000) < 600
    >>> x = rng.normal(size=(2000, 2)) + 1.5 * label[:, None]
    >>> both = linear_youden(x, label * 1.0, ~label * 1.0)
    >>> one = linear_youden(x[:, :1], label * 1.0, ~label * 1.0)
    >>> round(one, 1), round(both, 1)
    (0.5, 0.7)
    """
    held = np.where(np.isfinite(values), values, np.nan)
    known = ~np.isnan(values).any(axis=1) & (positive + negative > 0)
    if not known.any() or np.isnan(held).all(axis=0).any():
        return float("nan")
    x = np.clip(values[known], np.nanmin(held, axis=0), np.nanmax(held, axis=0))
    weights = [np.asarray(w, dtype=float)[known] for w in (positive, negative)]
    if min(w.sum() for w in weights) <= 0 or (np.ptp(x, axis=0) == 0).any():
        return float("nan")
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    means = [np.average(x, axis=0, weights=w) for w in weights]
    within = sum(
        ((x - mean) * w[:, None]).T @ (x - mean) for mean, w in zip(means, weights, strict=True)
    )
    within = within / sum(w.sum() for w in weights) + _RIDGE * np.eye(x.shape[1])
    score = x @ np.linalg.solve(within, means[0] - means[1])
    cut = float(smoothed_cut(score, *weights).threshold[0])
    shares = [float(w @ (score >= cut) / w.sum()) for w in weights]
    return shares[0] - shares[1] if np.isfinite(cut) else float("nan")
