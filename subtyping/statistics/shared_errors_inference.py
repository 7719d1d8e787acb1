"""Intervals and p-values of the likeness of signatures that share errors."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from subtyping.statistics.error_draws import ErrorDraws, transport
from subtyping.statistics.inverted_test import interval_ends, two_sided_p_value
from subtyping.statistics.shared_errors import SharedErrors

__all__ = [
    "correlation_interval",
    "correlation_p_value",
    "difference_interval",
    "difference_p_value",
    "signal_p_value",
]

Floats = NDArray[np.float64]
_EDGE = 0.999


def correlation_p_value(
    fit: SharedErrors, draws: ErrorDraws, first: int = 0, second: int = 1
) -> float:
    """Return the two-sided p-value of "no common direction" from errors of random sign.

    Under the null both signatures keep their corrected size and stand at right angles; their
    errors are those of whole people with random signs, shared reference included, so that every
    group stays as variable as it is. The statistic is the corrected covariance, whose size under
    the null needs no signature to be there.

    Parameters
    ----------
    fit : SharedErrors
    draws : ErrorDraws
        With ``how="signs"``; labels exchanged (``"permutation"``) take all groups as equally
        variable.
    first, second : int
        The two contrasts.

    Returns
    -------
    float
        At least ``1 / (n_draws + 1)``.

    Examples
    --------
    >>> from subtyping.statistics.shared_errors_example import example_signatures
    >>> fit, draws = example_signatures(n_draws=199, how="signs")
    >>> correlation_p_value(fit, draws, 0, 1), correlation_p_value(fit, draws, 0, 2) > 0.01
    (0.005, True)
    """
    sub, drawn = fit.part(first, second), draws.part(first, second)
    target = np.diag(np.maximum(np.diag(sub.corrected), 0.0))
    null = drawn.corrected(transport(sub.raw, target), target)[:, 0, 1]
    return float((1 + (np.abs(null) >= abs(sub.corrected[0, 1])).sum()) / (1 + len(null)))


def signal_p_value(fit: SharedErrors, draws: ErrorDraws, contrast: int = 0) -> float:
    """Return the p-value of "nothing differs": corrected variance against errors of random sign.

    Rejects in up to .12 at .05 where one of the groups has about 20 people and twice the spread.

    Parameters
    ----------
    fit : SharedErrors
    draws : ErrorDraws
        With ``how="signs"``; labels exchanged (``"permutation"``) take all groups as equally
        variable.
    contrast : int

    Returns
    -------
    float

    Examples
    --------
    >>> from subtyping.statistics.shared_errors_example import example_signatures
    >>> signal_p_value(*example_signatures(n_draws=199, how="signs"))
    0.005
    """
    null = (draws.quadratic - draws.noise)[:, contrast, contrast]
    found = fit.corrected[contrast, contrast]
    return float((1 + (null >= found).sum()) / (1 + len(null)))


def correlation_interval(
    fit: SharedErrors,
    draws: ErrorDraws,
    first: int = 0,
    second: int = 1,
    *,
    level: float = 0.95,
) -> tuple[float, float]:
    r"""Return the interval of the corrected correlation by inverting a bootstrap test.

    A correlation :math:`\rho` lies inside if :math:`C_{12} - \rho \sqrt{C_{11} C_{22}}` is no
    rarer than allowed among bootstrap draws made where the corrected sizes are as found and the
    correlation is :math:`\rho`. Noisy denominators widen it, up to -1 to 1.

    Parameters
    ----------
    fit : SharedErrors
    draws : ErrorDraws
        With ``how="bootstrap"``.
    first, second : int
        The two contrasts.
    level : float, default 0.95

    Returns
    -------
    low, high : float
        NaN where a corrected variance is not above zero.

    Examples
    --------
    >>> from subtyping.statistics.shared_errors_example import example_signatures
    >>> low, high = correlation_interval(*example_signatures())
    >>> low > 0.8, high
    (True, 1.0)
    """
    sub, drawn = fit.part(first, second), draws.part(first, second)
    size = np.sqrt(np.maximum(np.diag(sub.corrected), 0.0))
    if not (size > 0).all():
        return float("nan"), float("nan")

    def is_inside(rho: float) -> bool:
        told = float(np.clip(rho, -_EDGE, _EDGE))
        target = np.outer(size, size) * np.array([[1.0, told], [told, 1.0]])
        world = drawn.corrected(transport(sub.raw, target), target)
        null = world[:, 0, 1] - rho * _sizes(world, 0) * _sizes(world, 1)
        return two_sided_p_value(null, sub.corrected[0, 1] - rho * size[0] * size[1]) > 1 - level

    return interval_ends(is_inside, sub.correlation(), limit=1.0)


def difference_interval(
    fit: SharedErrors,
    draws: ErrorDraws,
    *,
    case: int = 0,
    first: int = 1,
    second: int = 2,
    level: float = 0.95,
) -> tuple[float, float]:
    r"""Return the interval of ``r(case, first) - r(case, second)`` by inverting a bootstrap test.

    A difference D lies inside if :math:`C_{12}/\sqrt{C_{22}} - C_{13}/\sqrt{C_{33}} - D
    \sqrt{C_{11}}` is no rarer than allowed among draws made where the two correlations differ by
    D about the mean found, everything else as found. The people are the same in both
    correlations, and so are their errors.

    Parameters
    ----------
    fit : SharedErrors
    draws : ErrorDraws
        With ``how="bootstrap"``.
    case, first, second : int
        The three contrasts.
    level : float, default 0.95

    Returns
    -------
    low, high : float
        Within -2 and 2; NaN where a corrected variance is not above zero.

    Examples
    --------
    >>> from subtyping.statistics.shared_errors_example import example_signatures
    >>> low, high = difference_interval(*example_signatures())
    >>> low > 0.5
    True
    """
    test = _difference_test(fit, draws, (case, first, second))
    if test is None:
        return float("nan"), float("nan")
    p_value, estimate = test
    return interval_ends(lambda gap: p_value(gap) > 1 - level, estimate, limit=2.0)


def difference_p_value(
    fit: SharedErrors, draws: ErrorDraws, *, case: int = 0, first: int = 1, second: int = 2
) -> float:
    """Return the two-sided p-value of equal correlations, by the test of `difference_interval`.

    Parameters
    ----------
    fit : SharedErrors
    draws : ErrorDraws
        With ``how="bootstrap"``.
    case, first, second : int
        The three contrasts.

    Returns
    -------
    float
        NaN where a corrected variance is not above zero.

    Examples
    --------
    >>> from subtyping.statistics.shared_errors_example import example_signatures
    >>> difference_p_value(*example_signatures()) < 0.05
    True
    """
    test = _difference_test(fit, draws, (case, first, second))
    return float("nan") if test is None else test[0](0.0)


def _difference_test(
    fit: SharedErrors, draws: ErrorDraws, places: tuple[int, int, int]
) -> tuple[Callable[[float], float], float] | None:
    """Return the p-value of each difference, and the difference found."""
    sub, drawn = fit.part(*places), draws.part(*places)
    size = np.sqrt(np.maximum(np.diag(sub.corrected), 0.0))
    if not (size > 0).all():
        return None
    one, two, three = (sub.correlation(*pair) for pair in ((0, 1), (0, 2), (1, 2)))
    c = sub.corrected
    statistic = c[0, 1] / size[1] - c[0, 2] / size[2]

    def p_value(gap: float) -> float:
        middle = np.clip((one + two) / 2, -1 + abs(gap) / 2, 1 - abs(gap) / 2)
        target = _possible(middle + gap / 2, middle - gap / 2, three) * np.outer(size, size)
        world = drawn.corrected(transport(sub.raw, target), target)
        s1, s2, s3 = (_sizes(world, k) for k in range(3))
        with np.errstate(divide="ignore", invalid="ignore"):
            null = world[:, 0, 1] / s2 - world[:, 0, 2] / s3 - gap * s1
        return two_sided_p_value(null[np.isfinite(null)], float(statistic - gap * size[0]))

    return p_value, one - two


def _possible(one: float, two: float, three: float) -> Floats:
    """Return the correlation matrix with these entries, the third moved to where it can be."""
    one, two = np.clip([one, two], -_EDGE, _EDGE)
    room = np.sqrt((1 - one**2) * (1 - two**2))
    three = np.clip(three, one * two - _EDGE * room, one * two + _EDGE * room)
    return np.array([[1.0, one, two], [one, 1.0, three], [two, three, 1.0]])


def _sizes(world: Floats, k: int) -> Floats:
    return np.sqrt(np.maximum(world[:, k, k], 0.0))
