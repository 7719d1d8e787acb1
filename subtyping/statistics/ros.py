"""Robust regression on order statistics: a normal line through the detected values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["Ros", "plotting_positions", "regression_on_order_statistics"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FEWEST = 3


@dataclass(frozen=True, eq=False)
class Ros:
    """Normal lines through the detected values of several analytes.

    Attributes
    ----------
    mean, sd : ndarray of shape (n_analytes,)
        Intercept and slope of the detected values on their normal scores; NaN with fewer than
        three different detected values.
    filled : ndarray of shape (n_samples, n_analytes)
        Detected values as they are; censored ones read off the line at their own plotting
        positions. Which of several values censored at one limit gets which position has no
        meaning: their order is that of the rows.
    """

    mean: Floats
    sd: Floats
    filled: Floats


def plotting_positions(values: ArrayLike, censored: ArrayLike) -> Floats:
    r"""Return the plotting position of each value of one analyte, several limits allowed.

    With limits :math:`c_1 < \dots < c_m` (and one below everything, if a detected value lies
    below the first), :math:`A_j` detected values in :math:`[c_j, c_{j+1})` and :math:`B_j` values
    known to lie below :math:`c_j`, the chance of exceeding :math:`c_j` is
    :math:`p_j = p_{j+1} + (1 - p_{j+1}) A_j/(A_j + B_j)`, :math:`p_{m+1} = 0`. The *r*-th of the
    :math:`A_j` values gets :math:`1 - p_j + (p_j - p_{j+1})\,r/(A_j + 1)`, the *r*-th of the
    :math:`C_j` values censored at :math:`c_j` gets :math:`(1 - p_j)\,r/(C_j + 1)`.

    Parameters
    ----------
    values : array of shape (n_samples,)
        Measured value, or where `censored` the limit. NaN is missing.
    censored : array of bool of shape (n_samples,)

    Returns
    -------
    ndarray of shape (n_samples,)
        In (0, 1); NaN where missing. Without censoring rank / (n + 1).

    References
    ----------
    Hirsch RM, Stedinger JR (1987). Plotting positions for historical floods and their precision.
    Water Resources Research 23, 715-727. doi:10.1029/WR023i004p00715

    Examples
    --------
    One limit of 1: two of five values lie below it, so p = 3/5.

    >>> plotting_positions([1, 1, 2, 3, 4], [True, True, False, False, False]).round(3).tolist()
    [0.133, 0.267, 0.55, 0.7, 0.85]
    """
    v = np.asarray(values, dtype=float)
    below = np.asarray(censored, dtype=bool)
    if v.ndim != 1 or v.shape != below.shape:
        message = f"values and censored must be of one length; got {v.shape} and {below.shape}."
        raise InputError(message)
    known = np.isfinite(v)
    seen, hidden = v[known & ~below], v[known & below]
    edges = np.unique(hidden)
    if not len(edges) or (seen < edges[0]).any():
        edges = np.append(-np.inf, edges)
    exceed = _exceedance(edges, seen, hidden)
    position = np.full(len(v), np.nan)
    upper = np.append(edges[1:], np.inf)
    for j, edge in enumerate(edges):
        rows = np.flatnonzero(known & ~below & (v >= edge) & (v < upper[j]))
        rank = np.empty(len(rows))
        rank[np.argsort(v[rows], kind="stable")] = np.arange(1, len(rows) + 1)
        width = exceed[j] - exceed[j + 1]
        position[rows] = 1 - exceed[j] + width * rank / (len(rows) + 1)
        tied = np.flatnonzero(known & below & (v == edge))
        position[tied] = (1 - exceed[j]) * np.arange(1, len(tied) + 1) / (len(tied) + 1)
    return position


def _exceedance(edges: Floats, seen: Floats, hidden: Floats) -> Floats:
    """Return the chance of exceeding each limit, and 0 after the last."""
    exceed = np.zeros(len(edges) + 1)
    for j in range(len(edges) - 1, -1, -1):
        top = edges[j + 1] if j + 1 < len(edges) else np.inf
        inside = int(((seen >= edges[j]) & (seen < top)).sum())
        under = int((seen < edges[j]).sum() + (hidden <= edges[j]).sum())
        share = inside / (inside + under) if inside + under else 0.0
        exceed[j] = exceed[j + 1] + share * (1 - exceed[j + 1])
    return exceed


def regression_on_order_statistics(Y: ArrayLike, censored: ArrayLike) -> Ros:
    r"""Regress the detected values of each analyte on their normal scores.

    :math:`y_{(i)} = \mu + \sigma\,\Phi^{-1}(p_i)` by least squares over the detected values, with
    the plotting positions of `plotting_positions`; censored values are read off the line.
    "Robust" because detected values are used as they are and only the others come from the line.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Measured value, or where `censored` the limit it lies below; log2. NaN is missing.
    censored : array of bool of shape (n_samples, n_analytes)

    Returns
    -------
    Ros

    Raises
    ------
    InputError
        If the two differ in shape or are not matrices.

    Notes
    -----
    Good for the mean and spread of one group. The filled values know nothing of other analytes
    or of groups and have no noise of their own: a test on them takes more people for measured than
    were. With fewer than half of the values detected the slope is uncertain.

    References
    ----------
    Helsel DR, Cohn TA (1988). Estimation of descriptive statistics for multiply censored water
    quality data. Water Resources Research 24, 1997-2004. doi:10.1029/WR024i012p01997

    Examples
    --------
    >>> Y = np.array([[1.0, 1.0, 2.0, 3.0, 4.0]]).T
    >>> found = regression_on_order_statistics(Y, Y == 1.0)
    >>> found.mean.round(3).tolist(), found.filled[:, 0].round(3).tolist()
    ([1.772], [-0.655, 0.411, 2.0, 3.0, 4.0])
    """
    values, below = np.asarray(Y, dtype=float), np.asarray(censored, dtype=bool)
    if values.ndim != 2 or values.shape != below.shape:
        message = (
            "Y and censored must be matrices (samples x analytes) of one shape; got "
            f"{values.shape} and {below.shape}."
        )
        raise InputError(message)
    mean, sd = np.full(values.shape[1], np.nan), np.full(values.shape[1], np.nan)
    filled = values.copy()
    for j, (column, hidden) in enumerate(zip(values.T, below.T, strict=True)):
        seen = np.isfinite(column) & ~hidden
        if len(np.unique(column[seen])) < _FEWEST:
            filled[hidden, j] = np.nan
            continue
        score = special.ndtri(plotting_positions(column, hidden))
        centre = score[seen].mean()
        spread = score[seen] - centre
        sd[j] = float(spread @ column[seen]) / float(spread @ spread)
        mean[j] = column[seen].mean() - sd[j] * centre
        rows = hidden & np.isfinite(column)
        filled[rows, j] = mean[j] + sd[j] * score[rows]
    return Ros(mean, sd, filled)
