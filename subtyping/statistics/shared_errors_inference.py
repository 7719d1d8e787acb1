"""Intervals and p-values of the likeness of signatures that share errors."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from subtyping.statistics.error_draws import ErrorDraws, transport
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
_STEPS = 16
_HALVINGS = 7


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
    >>> from subtyping.statistics.error_draws import draw_errors
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2, 3], 20)
    >>> X = np.column_stack([np.ones(80), *(group == k for k in (1, 2, 3))]).astype(float)
    >>> truth = rng.normal(size=(2, 200))[[0, 0, 1]]  # the second is as the first
    >>> Y = rng.normal(size=(80, 200)) + X[:, 1:] @ truth
    >>> fit = shared_errors(Y, X, np.eye(4)[1:])
    >>> draws = draw_errors(fit, group, rng, n_draws=199, how="signs")
    >>> correlation_p_value(fit, draws, 0, 1), correlation_p_value(fit, draws, 0, 2) > 0.01
    (0.005, True)
    """
    sub, drawn = _two(fit, draws, first, second)
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
    >>> from subtyping.statistics.error_draws import draw_errors
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2, 3], 20)
    >>> X = np.column_stack([np.ones(80), *(group == k for k in (1, 2, 3))]).astype(float)
    >>> truth = rng.normal(size=(2, 200))[[0, 0, 1]]  # the second is as the first
    >>> Y = rng.normal(size=(80, 200)) + X[:, 1:] @ truth
    >>> fit = shared_errors(Y, X, np.eye(4)[1:])
    >>> signal_p_value(fit, draw_errors(fit, group, rng, n_draws=199, how="signs"))
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
    >>> from subtyping.statistics.error_draws import draw_errors
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2, 3], 20)
    >>> X = np.column_stack([np.ones(80), *(group == k for k in (1, 2, 3))]).astype(float)
    >>> truth = rng.normal(size=(2, 200))[[0, 0, 1]]  # the second is as the first
    >>> Y = rng.normal(size=(80, 200)) + X[:, 1:] @ truth
    >>> fit = shared_errors(Y, X, np.eye(4)[1:])
    >>> low, high = correlation_interval(fit, draw_errors(fit, group, rng, n_draws=200))
    >>> low > 0.8, high
    (True, 1.0)
    """
    sub, drawn = _two(fit, draws, first, second)
    size = np.sqrt(np.maximum(np.diag(sub.corrected), 0.0))
    if not (size > 0).all():
        return float("nan"), float("nan")

    def is_inside(rho: float) -> bool:
        told = float(np.clip(rho, -_EDGE, _EDGE))
        target = np.outer(size, size) * np.array([[1.0, told], [told, 1.0]])
        world = drawn.corrected(transport(sub.raw, target), target)
        null = world[:, 0, 1] - rho * _sizes(world, 0) * _sizes(world, 1)
        return _two_sided(null, sub.corrected[0, 1] - rho * size[0] * size[1]) > 1 - level

    return _ends(is_inside, sub.correlation(), limit=1.0)


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
    >>> from subtyping.statistics.error_draws import draw_errors
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2, 3], 20)
    >>> X = np.column_stack([np.ones(80), *(group == k for k in (1, 2, 3))]).astype(float)
    >>> truth = rng.normal(size=(2, 200))[[0, 0, 1]]  # the second is as the first
    >>> Y = rng.normal(size=(80, 200)) + X[:, 1:] @ truth
    >>> fit = shared_errors(Y, X, np.eye(4)[1:])
    >>> low, high = difference_interval(fit, draw_errors(fit, group, rng, n_draws=200))
    >>> low > 0.5
    True
    """
    test = _difference_test(fit, draws, (case, first, second))
    if test is None:
        return float("nan"), float("nan")
    p_value, estimate = test
    return _ends(lambda gap: p_value(gap) > 1 - level, estimate, limit=2.0)


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
    >>> from subtyping.statistics.error_draws import draw_errors
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2, 3], 20)
    >>> X = np.column_stack([np.ones(80), *(group == k for k in (1, 2, 3))]).astype(float)
    >>> truth = rng.normal(size=(2, 200))[[0, 0, 1]]  # the second is as the first
    >>> Y = rng.normal(size=(80, 200)) + X[:, 1:] @ truth
    >>> fit = shared_errors(Y, X, np.eye(4)[1:])
    >>> difference_p_value(fit, draw_errors(fit, group, rng, n_draws=200)) < 0.05
    True
    """
    test = _difference_test(fit, draws, (case, first, second))
    return float("nan") if test is None else test[0](0.0)


def _difference_test(
    fit: SharedErrors, draws: ErrorDraws, places: tuple[int, int, int]
) -> tuple[Callable[[float], float], float] | None:
    """Return the p-value of each difference, and the difference found."""
    sub, drawn = _chosen(fit, draws, list(places))
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
        return _two_sided(null[np.isfinite(null)], float(statistic - gap * size[0]))

    return p_value, one - two


def _possible(one: float, two: float, three: float) -> Floats:
    """Return the correlation matrix with these entries, the third moved to where it can be."""
    one, two = np.clip([one, two], -_EDGE, _EDGE)
    room = np.sqrt((1 - one**2) * (1 - two**2))
    three = np.clip(three, one * two - _EDGE * room, one * two + _EDGE * room)
    return np.array([[1.0, one, two], [one, 1.0, three], [two, three, 1.0]])


def _two_sided(null: Floats, found: float) -> float:
    """Return the two-sided p-value of what was found among draws of the null."""
    n = len(null)
    if not n:
        return 1.0
    lower, upper = (null <= found).sum(), (null >= found).sum()
    return min(1.0, float(2 * (1 + min(lower, upper)) / (n + 1)))


def _ends(
    is_inside: Callable[[float], bool], estimate: float, *, limit: float
) -> tuple[float, float]:
    """Return how far from the estimate the test does not reject, by steps and then by halving."""
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


def _sizes(world: Floats, k: int) -> Floats:
    return np.sqrt(np.maximum(world[:, k, k], 0.0))


def _two(
    fit: SharedErrors, draws: ErrorDraws, first: int, second: int
) -> tuple[SharedErrors, ErrorDraws]:
    return _chosen(fit, draws, [first, second])


def _chosen(
    fit: SharedErrors, draws: ErrorDraws, places: list[int]
) -> tuple[SharedErrors, ErrorDraws]:
    """Return the fit and the draws of these contrasts alone."""
    pick = np.ix_(places, places)
    part = SharedErrors(
        fit.effects[places], fit.errors[pick], fit.raw[pick], fit.noise[pick],
        fit.corrected[pick], fit.sd, fit.weights[places], fit.residuals, fit.is_centred,
    )  # fmt: skip
    drawn = (x[:, places][:, :, places] for x in (draws.linear, draws.quadratic, draws.noise))
    return part, ErrorDraws(*drawn)
