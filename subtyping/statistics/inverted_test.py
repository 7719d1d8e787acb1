"""An interval as the values a test does not reject."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["interval_ends", "two_sided_p_value"]

_STEPS = 16
_HALVINGS = 7


def two_sided_p_value(null: NDArray[np.float64], found: float) -> float:
    """Return the two-sided p-value of what was found among draws of the null.

    Parameters
    ----------
    null : ndarray of shape (n_draws,)
    found : float

    Returns
    -------
    float
        1 without a draw.

    Examples
    --------
    >>> two_sided_p_value(np.arange(-9.0, 10.0), 9.0)
    0.2
    """
    n = len(null)
    if not n:
        return 1.0
    lower, upper = (null <= found).sum(), (null >= found).sum()
    return min(1.0, float(2 * (1 + min(lower, upper)) / (n + 1)))


def interval_ends(
    is_inside: Callable[[float], bool], estimate: float, *, limit: float
) -> tuple[float, float]:
    """Return how far from the estimate the test does not reject, by steps and then by halving.

    Parameters
    ----------
    is_inside : callable
        Whether the test does not reject a value.
    estimate : float
    limit : float
        The interval lies within ``-limit`` and ``limit``.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> low, high = interval_ends(lambda value: abs(value - 0.5) < 0.2, 0.5, limit=1.0)
    >>> round(low, 2), round(high, 2)
    (0.3, 0.7)
    """
    ends = []
    for edge in (-limit, limit):
        near = estimate
        for far in np.linspace(estimate, edge, _STEPS + 1)[1:].tolist():
            if not is_inside(far):
                break
            near = far
        else:
            ends.append(edge)
            continue
        for _ in range(_HALVINGS):
            middle = (near + far) / 2
            near, far = (middle, far) if is_inside(middle) else (near, middle)
        ends.append(near)
    return ends[0], ends[1]
