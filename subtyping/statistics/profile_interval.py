"""Profile likelihood intervals of one coefficient of a censored regression."""

import numpy as np
from numpy.typing import NDArray

from subtyping.statistics.censored_likelihood import CensoredData, CensoredFit, maximise

__all__ = ["profile_limits"]

Floats = NDArray[np.float64]

_SECANT_STEPS = 25
_BISECTIONS = 45
_MOST_DOUBLINGS = 30
_CLOSE = 1e-6


def profile_limits(
    data0: CensoredData,
    tested: Floats,
    full: CensoredFit,
    estimate: Floats,
    target: Floats,
) -> tuple[Floats, Floats]:
    r"""Return where the root of the likelihood ratio reaches its quantile.

    The limits are the values *b* of the tested coefficient at which
    :math:`\sqrt{2(\ell_{max} - \ell(b))}` equals `target`, everything else maximised again for
    each *b*: they do not lean on a symmetric likelihood as estimate ± 1.96 SE does.

    Parameters
    ----------
    data0 : CensoredData
        The design without the tested column.
    tested : ndarray of shape (n_samples,)
        The tested column, orthonormal to the others.
    full : CensoredFit
        Of the whole design.
    estimate : ndarray of shape (n_analytes, 2)
        Coefficient and standard error; an infinite coefficient gets a one-sided interval.
    target : ndarray of shape (n_analytes,)
        Quantile of the root of the likelihood ratio.

    Returns
    -------
    low, high : ndarray of shape (n_analytes,)
        NaN where there is no estimate or the search fails.
    """
    gamma = estimate[:, 0]
    limits = []
    for side in (-1.0, 1.0):
        profile = _Profile(data0, tested, full)
        limit = np.full(len(gamma), np.nan)
        j = np.flatnonzero(np.isfinite(gamma))
        if len(j):
            limit[j] = _secant(profile, j, estimate[j], side, target[j])
        for k in np.flatnonzero(np.isinf(gamma)):
            is_open = np.sign(gamma[k]) == side
            limit[k] = gamma[k] if is_open else _bisect(profile, int(k), side, float(target[k]))
        limits.append(limit)
    return limits[0], limits[1]


class _Profile:
    """Root of the likelihood ratio of some analytes as a function of the tested coefficient."""

    def __init__(self, data0: CensoredData, tested: Floats, full: CensoredFit) -> None:
        self.data, self.tested, self.best = data0, tested, full.log_likelihood
        spread = 1.0 / full.parameters[:, -1]
        self.scale = np.where(np.isfinite(spread), spread, 1.0)
        self.start = np.delete(full.parameters, -2, axis=1)

    def root(self, at: Floats, chosen: NDArray[np.int64]) -> Floats:
        """Return the root of twice the loss in log-likelihood at these coefficients."""
        some = self.data.take(chosen).shifted(self.tested[:, None] * at)
        start = self.start[chosen]
        fit = maximise(some, start if np.isfinite(start).all() else None)
        self.start[chosen] = fit.parameters
        return np.asarray(np.sqrt(np.maximum(0.0, 2 * (self.best[chosen] - fit.log_likelihood))))


def _secant(
    profile: _Profile, chosen: NDArray[np.int64], estimate: Floats, side: float, target: Floats
) -> Floats:
    """Find the limits on one side, starting from the usual normal ones."""
    gamma, se = estimate.T
    before, root_before = gamma.copy(), np.zeros(len(gamma))
    at = gamma + side * target * se
    found = np.full(len(gamma), np.nan)
    todo = np.arange(len(gamma))
    for _ in range(_SECANT_STEPS):
        root = profile.root(at[todo], chosen[todo])
        done = np.abs(root - target[todo]) < _CLOSE
        found[todo[done]] = at[todo[done]]
        todo, root = todo[~done], root[~done]
        if not len(todo):
            break
        x, g = at[todo], gamma[todo]
        far = np.abs(x - g)
        rise = (root - root_before[todo]) / (x - before[todo])
        rises = np.isfinite(rise) & (side * rise > 0)
        step = (target[todo] - root) / np.where(rises, rise, 1.0)
        wanted = np.where(rises, x + step, g + 2 * side * far)
        before[todo], root_before[todo] = x, root
        at[todo] = g + side * np.clip(side * (wanted - g), 0.25 * far, 4 * far)
    return found


def _bisect(profile: _Profile, k: int, side: float, target: float) -> float:
    """Find the closed end of a one-sided interval, whose open end lies at minus `side`."""
    step = 4.0 * float(profile.scale[k])

    def is_outside(at: float) -> bool:
        return bool(profile.root(np.array([at]), np.array([k]))[0] > target)

    inner = outer = 0.0
    for _ in range(_MOST_DOUBLINGS):
        if is_outside(outer):
            break
        inner, outer, step = outer, outer + side * step, 2 * step
    else:
        return float("nan")
    if inner == outer:
        step = 4.0 * float(profile.scale[k])
        for _ in range(_MOST_DOUBLINGS):
            inner = inner - side * step
            if not is_outside(inner):
                break
            outer, step = inner, 2 * step
        else:
            return float("nan")
    for _ in range(_BISECTIONS):
        middle = 0.5 * (inner + outer)
        inner, outer = (inner, middle) if is_outside(middle) else (middle, outer)
    return 0.5 * (inner + outer)
