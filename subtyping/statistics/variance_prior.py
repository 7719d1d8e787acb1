"""The prior of variances: how alike the analytes are in their residual spread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError
from subtyping.statistics.variance_prior_robust import robust_prior

__all__ = ["VariancePrior", "variance_prior"]

Floats = NDArray[np.float64]

_FEWEST_DF = 1e-15
_FLOOR = 1e-5  # of the median variance: what a variance of zero is taken for


@dataclass(frozen=True, eq=False)
class VariancePrior:
    """A scaled F distribution of residual variances.

    Attributes
    ----------
    s2_prior : float or ndarray of shape (n_analytes,)
        Prior variance; an array where it follows a trend.
    df_prior : float or ndarray of shape (n_analytes,)
        Its degrees of freedom; infinite where the variances differ no more than chance makes
        them. An array of the robust prior: smaller for an outlier, which is shrunk less.
    """

    s2_prior: float | Floats
    df_prior: float | Floats

    def posterior(self, s2: Floats, df: Floats) -> Floats:
        """Return the variances shrunk to the prior: means weighted by degrees of freedom.

        Parameters
        ----------
        s2, df : ndarray of shape (n_analytes,)
            Residual variances and their degrees of freedom; `s2` is not looked at where `df` is 0.

        Returns
        -------
        ndarray of shape (n_analytes,)
        """
        prior = np.broadcast_to(np.asarray(self.s2_prior, dtype=float), s2.shape)
        weight = np.broadcast_to(np.asarray(self.df_prior, dtype=float), s2.shape)
        known = np.where(df > 0, s2, 0.0)
        is_finite = np.isfinite(weight)
        share = np.where(is_finite, weight, 0.0)
        lent = np.where(share > 0, share * prior, 0.0)  # without a prior its variance is not read
        with np.errstate(invalid="ignore", divide="ignore"):
            pooled = (df * known + lent) / (df + share)
        return np.where(is_finite, pooled, prior)


def variance_prior(
    s2: ArrayLike,
    df: ArrayLike,
    *,
    covariate: ArrayLike | None = None,
    robust: bool = False,
    winsor_tails: tuple[float, float] = (0.05, 0.1),
) -> VariancePrior:
    r"""Fit the prior from which residual variances are taken to come.

    :math:`s_g^2 \sim s_0^2 F(d_g, d_0)`. *Plain*: with :math:`e_g = \log s_g^2 - \psi(d_g/2) +
    \log(d_g/2)`, the variance of :math:`e` less the mean of :math:`\psi'(d_g/2)` is
    :math:`\psi'(d_0/2)`, and the mean of :math:`e` gives :math:`s_0^2`. *Trend*: the mean of
    :math:`e` is a natural cubic spline of a covariate, of one to four parameters depending on the
    number of analytes, so :math:`s_0^2` differs from analyte to analyte. *Robust*: moments of the
    variances with their tails pulled in, and for an analyte that lies too high for the prior
    fewer prior degrees of freedom. Both can be asked for together.

    Parameters
    ----------
    s2 : array of shape (n_analytes,)
        Residual variances; NaN is left out of the fit.
    df : array of shape (n_analytes,)
        Their degrees of freedom; 0 is left out of the fit.
    covariate : array of shape (n_analytes,), optional
        What the prior variance may depend on, usually the mean of the analyte.
    robust : bool, default False
        Whether outlying variances may keep out of the prior.
    winsor_tails : pair of float, default (.05, .1)
        Shares of the smallest and of the largest variances that are pulled in.

    Returns
    -------
    VariancePrior

    Raises
    ------
    InputError
        If lengths differ, or a covariate is missing where the variance is known.

    Notes
    -----
    Fails with few analytes: fewer than about ten tell nothing of a prior, two or less give none
    (``df_prior`` 0 for one). Variances that are zero are taken for 1e-5 of the median.

    References
    ----------
    Smyth GK (2004). doi:10.2202/1544-6115.1027. Phipson B, Lee S, Majewski IJ, Alexander WS,
    Smyth GK (2016). Robust hyperparameter estimation protects against hypervariable genes and
    improves power to detect differential expression. doi:10.1214/16-AOAS920

    Examples
    --------
    Variances as unequal as a prior on 8 degrees of freedom makes them, and one wild analyte.

    >>> rng = np.random.default_rng(0)
    >>> true = 2.0 * 8 / rng.chisquare(8, size=2000)
    >>> s2 = true * rng.chisquare(40, size=2000) / 40
    >>> round(float(variance_prior(s2, np.full(2000, 40.0)).df_prior), 1)
    8.2
    >>> s2[0] = 5000.0
    >>> robust = variance_prior(s2, np.full(2000, 40.0), robust=True)
    >>> bool(robust.df_prior[0] < robust.df_prior[1])
    True
    """
    variance, freedom = np.asarray(s2, dtype=float), np.asarray(df, dtype=float)
    along = None if covariate is None else np.asarray(covariate, dtype=float)
    if variance.shape != freedom.shape or variance.ndim != 1:
        message = f"s2 and df must be vectors of one length; got {variance.shape}, {freedom.shape}."
        raise InputError(message)
    usable = (freedom > _FEWEST_DF) & np.isfinite(freedom) & np.isfinite(variance)
    if along is not None and (along.shape != variance.shape or np.isnan(along[usable]).any()):
        message = (
            "The covariate of the trend needs one number for each analyte with a variance; got "
            f"shape {along.shape} for {len(variance)} analytes"
            + (", some of them missing." if along.shape == variance.shape else ".")
        )
        raise InputError(message)
    x, d = variance[usable], freedom[usable]
    if along is not None and _spline_size(along[usable]) < 2:
        along = None
    if len(x) < 2:
        return VariancePrior(float(x[0]) if len(x) else np.nan, 0.0)
    if robust and len(x) > 2:
        return _robust(x, d, along, usable, winsor_tails)
    if along is None:
        return VariancePrior(*_constant(x, d))
    level, df_prior, _ = _trend(x, d, along[usable], along)
    return VariancePrior(level, df_prior)


def _raised(x: Floats) -> Floats:
    """Return variances without zeros, which have no logarithm."""
    middle = float(np.median(x))
    return np.maximum(x, _FLOOR * (middle if middle > 0 else 1.0))


def _unbiased_log(x: Floats, d: Floats) -> Floats:
    return np.asarray(np.log(x) - special.digamma(d / 2) + np.log(d / 2))


def _constant(x: Floats, d: Floats) -> tuple[float, float]:
    """Return prior variance and degrees of freedom by the moments of log s2."""
    x = _raised(x)
    e = _unbiased_log(x, d)
    excess = float(e.var(ddof=1) - special.polygamma(1, d / 2).mean())
    if excess <= 0:
        return float(x.mean()), np.inf
    half = _trigamma_inverse(excess)
    return float(np.exp(e.mean() + special.digamma(half) - np.log(half))), 2 * half


def _trend(x: Floats, d: Floats, along: Floats, everywhere: Floats) -> tuple[Floats, float, Floats]:
    """Return the prior variance at all covariates, its df, and the prior variance at the fitted."""
    e = _unbiased_log(_raised(x), d)
    low, high = float(along.min()), float(along.max())
    inner = np.quantile(along, np.linspace(0, 1, _spline_size(along))[1:-1])
    knots = (np.unique([low, *inner, high]) - low) / (high - low)
    basis = _natural_spline((along - low) / (high - low), knots)
    coefficient, _, rank, _ = np.linalg.lstsq(basis, e, rcond=None)
    fitted = basis @ coefficient
    excess = float(((e - fitted) ** 2).sum() / (len(e) - rank)) if len(e) > rank else 0.0
    excess -= float(special.polygamma(1, d / 2).mean())
    curve = _natural_spline((everywhere - low) / (high - low), knots) @ coefficient
    if excess <= 0:
        return np.exp(curve), np.inf, np.exp(fitted)
    half = _trigamma_inverse(excess)
    shift = float(special.digamma(half) - np.log(half))
    return np.exp(curve + shift), 2 * half, np.exp(fitted + shift)


def _robust(
    x: Floats,
    d: Floats,
    along: Floats | None,
    usable: NDArray[np.bool_],
    winsor_tails: tuple[float, float],
) -> VariancePrior:
    """Fit the robust prior to the usable analytes and carry it to the others."""
    if along is None:
        start = _constant(x, d)
        fit = robust_prior(x, d, None, start, winsor_tails)
    else:
        _, df_start, level = _trend(x, d, along[usable], along[usable])
        fit = robust_prior(x, d, along[usable], (level, df_start), winsor_tails)
    df_prior = np.full(len(usable), fit.df_prior)
    df_prior[usable] = fit.df_of_analyte
    if along is None:
        return VariancePrior(float(fit.s2_prior), df_prior)
    level = np.asarray(fit.s2_prior)
    if usable.all():
        return VariancePrior(level, df_prior)
    s2_prior = np.empty(len(usable))
    order = np.argsort(along[usable], kind="stable")
    s2_prior[~usable] = np.exp(
        np.interp(along[~usable], along[usable][order], np.log(level[order]))
    )
    s2_prior[usable] = level
    return VariancePrior(s2_prior, df_prior)


def _spline_size(along: Floats) -> int:
    """Return how many parameters the trend gets: more with 3, 6 and 30 analytes."""
    n = len(along)
    return min(1 + (n >= 3) + (n >= 6) + (n >= 30), len(np.unique(along)))


def _natural_spline(x: Floats, knots: Floats) -> Floats:
    """Return a basis of the cubic splines that are straight outside the outer knots."""

    def bend(k: int) -> Floats:
        part = np.maximum(x - knots[k], 0.0) ** 3 - np.maximum(x - knots[-1], 0.0) ** 3
        return np.asarray(part / (knots[-1] - knots[k]))

    bends = [bend(k) - bend(len(knots) - 2) for k in range(len(knots) - 2)]
    return np.column_stack([np.ones_like(x), x, *bends])


def _trigamma_inverse(x: float) -> float:
    """Solve trigamma(y) = x by Newton's method on 1 / trigamma, which is nearly linear."""
    if x > 1e7:
        return float(1 / np.sqrt(x))
    if x < 1e-6:
        return 1 / x
    y = 0.5 + 1 / x
    for _ in range(50):
        value = float(special.polygamma(1, y))
        step = value * (1 - value / x) / float(special.polygamma(2, y))
        y += step
        if -step / y < 1e-12:
            break
    return y
