"""The prior of variances when a few analytes are far too variable."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from subtyping.exceptions import InputError
from subtyping.statistics.f_distribution import (
    f_log_upper_tail,
    f_matched,
    f_winsorised_moments,
)
from subtyping.statistics.lowess import lowess

__all__ = ["RobustPrior", "robust_prior"]

Floats = NDArray[np.float64]

_FLOOR = 1e-12  # of the median variance
_TREND_SPAN = 0.4


@dataclass(frozen=True, eq=False)
class RobustPrior:
    """A scaled F prior with fewer degrees of freedom for outliers.

    Attributes
    ----------
    s2_prior : float or ndarray of shape (n_analytes,)
        Prior variance, an array where it follows a trend.
    df_prior : float
        Prior degrees of freedom of an analyte that is no outlier.
    df_of_analyte : ndarray of shape (n_analytes,)
        The same for each analyte.
    """

    s2_prior: float | Floats
    df_prior: float
    df_of_analyte: Floats


def robust_prior(
    s2: Floats,
    df: Floats,
    covariate: Floats | None,
    start: tuple[float | Floats, float],
    winsor_tails: tuple[float, float],
) -> RobustPrior:
    r"""Fit the prior to the variances with their tails pulled in, then look who lies outside it.

    The variance of the winsorised log variances (about their trimmed mean, or about a lowess curve
    of the covariate) is set equal to that of a winsorised :math:`\log F(d, d_0)`, by quadrature;
    the means give :math:`s_0^2`. An analyte whose upper tail probability *p* under that prior is
    smaller than the one its rank makes likely, *r*, is an outlier with probability
    :math:`1 - p / r`; its prior degrees of freedom move that share of the way to
    those at which the largest variance would be a median one. They never fall as the tail
    probability rises.

    Parameters
    ----------
    s2, df : ndarray of shape (n_analytes,)
        Variances and positive degrees of freedom, at least three, none missing.
    covariate : ndarray of shape (n_analytes,) or None
    start : (prior variance, prior degrees of freedom)
        The fit that is not robust.
    winsor_tails : pair of float
        Shares pulled in at the lower and at the upper end.

    Returns
    -------
    RobustPrior

    Raises
    ------
    InputError
        If a tail is negative or the two leave nothing between them.

    Notes
    -----
    Where the fit that is not robust finds no more spread than chance makes, it is kept. The prior
    of outliers is lowered only where a variance is too *high*; a variance near zero is shrunk
    like any other.

    References
    ----------
    Phipson B et al. (2016). doi:10.1214/16-AOAS920

    Examples
    --------
    >>> s2 = np.array([1.0, 1.2, 0.8, 1.1, 0.9, 0.7, 1.3, 1.05, 0.95, 1.0, 60.0, 1.0])
    >>> fit = robust_prior(s2, np.full(12, 20.0), None, (1.2, 2.0), (0.05, 0.1))
    >>> int(np.argmin(fit.df_of_analyte)), bool(fit.df_of_analyte[10] < 1)
    (10, True)
    """
    lower, upper = winsor_tails
    if min(lower, upper) < 0 or lower + upper >= 1:
        message = f"winsor_tails must be two shares that leave a middle; got {winsor_tails}."
        raise InputError(message)
    n, (s2_start, df_start) = len(s2), start
    plain = RobustPrior(s2_start, df_start, np.full(n, df_start))
    if max(lower, upper) < 1 / n:
        return plain
    floored = np.maximum(s2, float(np.median(s2)) * _FLOOR)
    level = np.broadcast_to(np.asarray(s2_start, dtype=float), (n,))
    common = float(df.max())
    x = level * f_matched(floored / level, df, common, df_start)
    z = np.log(x)
    middle = (
        _trimmed_mean(z, upper) if covariate is None else lowess(covariate, z, span=_TREND_SPAN)
    )
    off = z - middle
    pulled = np.clip(off, *np.quantile(off, [lower, 1 - upper]))
    df_prior = _match_spread(float(pulled.var(ddof=1)), common, df_start, winsor_tails)
    if df_prior is None:
        return plain
    mean, _ = f_winsorised_moments(common, df_prior, winsor_tails)
    centre = middle + float(pulled.mean()) - mean
    of_analyte = _outliers_let_go(np.exp(z - centre), common, df_prior)
    s2_prior = np.exp(centre)
    return RobustPrior(
        float(s2_prior) if covariate is None else np.asarray(s2_prior), df_prior, of_analyte
    )


def _trimmed_mean(values: Floats, share: float) -> float:
    cut = int(len(values) * share)
    return float(np.sort(values)[cut : len(values) - cut].mean())


def _match_spread(
    observed: float, df: float, df_start: float, winsor_tails: tuple[float, float]
) -> float | None:
    """Return the prior df that explain the winsorised variance; None to keep the plain fit."""

    def excess(share: float) -> float:
        weight = share / (1 - share) if share < 1 else np.inf
        expected = f_winsorised_moments(df, weight, winsor_tails)[1]
        return float(np.log(observed / expected)) if observed > 0 else -np.inf

    if excess(1.0) <= 0:
        return np.inf
    if np.isinf(df_start):
        return None
    lowest = df_start / (1 + df_start)
    if excess(lowest) >= 0:
        return df_start
    root = float(optimize.brentq(excess, lowest, 1.0, xtol=1e-13, rtol=1e-14))
    return root / (1 - root)


def _outliers_let_go(f: Floats, df: float, df_prior: float) -> Floats:
    """Return the prior df of each analyte, from its ratio to the prior variance."""
    n = len(f)
    log_tail = f_log_upper_tail(f, df, df_prior)
    log_share = np.minimum(log_tail - np.log((n - stats.rankdata(f) + 0.5) / n), 0.0)
    if not (log_share < 0).any():
        return np.full(n, df_prior)
    stays = np.exp(log_share)
    order = np.argsort(log_tail, kind="stable")
    if np.isinf(df_prior):
        held = np.where(log_share < 0, stays * n * df, np.inf)
        return _restored(np.maximum.accumulate(held[order]), order)
    least = float(log_tail.min())
    df_outlier = np.log(0.5) / least * df_prior
    again = float(f_log_upper_tail(np.array([f.max()]), df, df_outlier)[0])
    df_outlier *= np.log(0.5) / again
    ordered = (stays * df_prior - np.expm1(log_share) * df_outlier)[order]
    running = np.cumsum(ordered) / np.arange(1, n + 1)
    lowest = int(np.argmin(running))
    ordered[: lowest + 1] = running[lowest]
    return _restored(np.maximum.accumulate(ordered), order)


def _restored(ordered: Floats, order: NDArray[np.int64]) -> Floats:
    """Put sorted values back into the order of the analytes."""
    values = np.empty_like(ordered)
    values[order] = ordered
    return values
