"""The threshold where a model's attribution of a marker changes sign."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from subtyping.exceptions import InputError

__all__ = ["ZeroCrossing", "zero_crossing"]

_LEAST_PEOPLE = 10
_GRID = 201


@dataclass(frozen=True)
class ZeroCrossing:
    """Where the smoothed attribution of a marker crosses 0.

    Attributes
    ----------
    threshold : float
        In the marker's unit; NaN where it never crosses.
    operator : str
        ``>=`` where the attribution rises there, ``<=`` where it falls.
    n_crossings : int
        More than one: the marker is not monotone in the model, and the threshold is the crossing
        with the largest difference of attribution between its sides.
    """

    threshold: float
    operator: str
    n_crossings: int


def zero_crossing(values: ArrayLike, attributions: ArrayLike) -> ZeroCrossing:
    """Return the value of a marker at which its attribution (SHAP value) crosses 0.

    A local mean with a normal kernel (1.06 SD n^(-1/5)) is taken on a grid between the 2nd and
    98th percentile; between two grid points of opposite sign the crossing is interpolated.

    Parameters
    ----------
    values : array of shape (n,)
        The marker, on the scale it is drawn on; NaN and infinite values take no part.
    attributions : array of shape (n,)
        Attribution of the marker for the same people, out of fold.

    Returns
    -------
    ZeroCrossing

    Raises
    ------
    InputError
        If the lengths differ or fewer than 10 people have both.

    Notes
    -----
    Where attributions cross 0 depends on the background they are measured from: it is where the
    marker says no more than it does on average, and optimises no cost.

    References
    ----------
    Lundberg SM, Lee S-I (2017). arXiv:1705.07874

    Examples
    --------
    >>> x = np.linspace(0, 10, 101)
    >>> found = zero_crossing(x, np.tanh(x - 4))
    >>> round(found.threshold, 1), found.operator, found.n_crossings
    (4.0, '>=', 1)
    """
    x, y = np.asarray(values, dtype=float), np.asarray(attributions, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        message = f"values and attributions must be of one length; got {x.shape} and {y.shape}."
        raise InputError(message)
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if len(x) < _LEAST_PEOPLE:
        message = f"A zero crossing needs {_LEAST_PEOPLE} people with a value; got {len(x)}."
        raise InputError(message)
    width = 1.06 * x.std() * len(x) ** -0.2
    if width <= 0:
        return ZeroCrossing(float("nan"), ">=", 0)
    low, high = np.quantile(x, [0.02, 0.98])
    grid = np.linspace(float(low), float(high), _GRID)
    kernel = np.exp(-0.5 * ((grid[:, None] - x) / width) ** 2)
    curve = kernel @ y / kernel.sum(axis=1)
    signs = np.sign(curve)
    at = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    if not len(at):
        return ZeroCrossing(float("nan"), ">=", 0)
    ends = [0, *(at[1:] + at[:-1]) // 2, len(grid) - 1]
    jumps = [abs(curve[ends[k]] - curve[ends[k + 1]]) for k in range(len(at))]
    i = int(at[int(np.argmax(jumps))])
    share = curve[i] / (curve[i] - curve[i + 1])
    threshold = float(grid[i] + share * (grid[i + 1] - grid[i]))
    return ZeroCrossing(threshold, ">=" if curve[i + 1] > curve[i] else "<=", len(at))
