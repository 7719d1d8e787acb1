"""Moderated t-tests: a linear model for each analyte, variances shrunk to a common prior."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError
from subtyping.statistics.blocks import block_codes, lowest_correlation
from subtyping.statistics.linear_fits import LinearFits, linear_fits
from subtyping.statistics.variance_prior import variance_prior

__all__ = ["ModeratedT", "moderated_t"]

_RANK_TOLERANCE = 1e-8

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ModeratedT:
    """Moderated t-tests of ``n_contrasts`` contrasts in ``n_analytes`` analytes.

    Attributes
    ----------
    coefficient : ndarray of shape (n_analytes, n_contrasts)
        Estimated contrasts, in the unit of ``Y``; NaN where not estimable.
    standard_error : ndarray of shape (n_analytes, n_contrasts)
        Unscaled standard deviation of the contrast times the root of the posterior variance.
    t, p_value : ndarray of shape (n_analytes, n_contrasts)
        Moderated t and its two-sided p-value.
    s2 : ndarray of shape (n_analytes,)
        Residual variance of each analyte; NaN without residual degrees of freedom.
    s2_posterior : ndarray of shape (n_analytes,)
        Residual variance shrunk towards `s2_prior`.
    df_residual, df_total : ndarray of shape (n_analytes,)
        Residual degrees of freedom, and those of `t` (residual plus prior, at most their pool).
    s2_prior : float or ndarray of shape (n_analytes,)
        Prior variance; an array where it follows a trend.
    df_prior : float or ndarray of shape (n_analytes,)
        Its degrees of freedom, infinite where the variances differ no more than chance makes
        them; an array where the prior is robust.
    f_statistic, f_p_value : ndarray of shape (n_analytes,)
        Moderated F of all contrasts together, and its p-value.
    f_df : int
        Numerator degrees of freedom of `f_statistic`: the rank of the contrasts.
    """

    coefficient: Floats
    standard_error: Floats
    t: Floats
    p_value: Floats
    s2: Floats
    s2_posterior: Floats
    df_residual: Floats
    df_total: Floats
    s2_prior: float | Floats
    df_prior: float | Floats
    f_statistic: Floats
    f_p_value: Floats
    f_df: int

    def interval(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return lower and upper limits of each contrast: estimate ± t quantile × standard error.

        Parameters
        ----------
        level : float, default 0.95
            Coverage of the interval.

        Returns
        -------
        low, high : ndarray of shape (n_analytes, n_contrasts)
        """
        reach = special.stdtrit(self.df_total, 0.5 + level / 2)[:, None] * self.standard_error
        return self.coefficient - reach, self.coefficient + reach


def moderated_t(
    Y: ArrayLike,
    design: ArrayLike,
    contrasts: ArrayLike,
    *,
    trend: bool | ArrayLike = False,
    robust: bool = False,
    winsor_tails: tuple[float, float] = (0.05, 0.1),
    block: ArrayLike | Sequence[object] | None = None,
    correlation: float | None = None,
) -> ModeratedT:
    r"""Fit a linear model to each analyte and test contrasts with a moderated t.

    For analyte *g* with residual variance :math:`s_g^2` on :math:`d_g` degrees of freedom the
    posterior variance is :math:`\tilde s_g^2 = (d_0 s_0^2 + d_g s_g^2) / (d_0 + d_g)`, where
    :math:`(d_0, s_0^2)` are fitted to all variances (`variance_prior`); then
    :math:`\tilde t = c'\hat\beta_g / (\tilde s_g \sqrt{c'(X'V^{-1}X)^{-1}c})` on :math:`d_0 + d_g`
    degrees of freedom, with :math:`V` the identity, or ones on the diagonal and `correlation`
    within blocks. The moderated F is the mean square of all contrasts together over
    :math:`\tilde s_g^2`. A missing value leaves out that sample for that analyte only.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Values, usually log2 concentrations; NaN is missing.
    design : array of shape (n_samples, n_columns)
        Design matrix of full column rank, without missing values.
    contrasts : array of shape (n_columns,) or (n_columns, n_contrasts)
        One contrast of the coefficients in each column.
    trend : bool or array of shape (n_analytes,), default False
        Whether the prior variance depends on the mean of the analyte, or on what is given here.
    robust : bool, default False
        Whether analytes with outlying variances are shrunk less and kept out of the prior.
    winsor_tails : pair of float, default (.05, .1)
        Shares of the variances pulled in for the robust prior.
    block : array of shape (n_samples,), optional
        Block of each sample, such as the subject of repeated visits.
    correlation : float, optional
        Correlation of samples of one block; needed with `block` (`duplicate_correlation`).

    Returns
    -------
    ModeratedT

    Raises
    ------
    InputError
        If shapes do not match, the design is rank deficient or holds missing values, `block`
        comes without `correlation` or the other way round, or the correlation is impossible.

    Notes
    -----
    Without `trend` the variances share one prior whatever the mean of the analyte; that is too
    optimistic where analytes near the detection limit have much smaller spread. One correlation
    for all analytes is too optimistic for a comparison *between* subjects of an analyte that
    varies more between people than most. A contrast that the measured samples of an analyte
    cannot tell is NaN, and so is its F. docs/differential.md has the agreement with limma.

    References
    ----------
    Smyth GK (2004). Linear models and empirical Bayes methods for assessing differential
    expression in microarray experiments. doi:10.2202/1544-6115.1027. Phipson B et al. (2016).
    doi:10.1214/16-AOAS920. Smyth GK, Michaud J, Scott HS (2005). Use of within-array replicate
    spots for assessing differential expression in microarray experiments.
    doi:10.1093/bioinformatics/bti270

    Examples
    --------
    Two analytes in three reference people and three cases; the first is 2 higher in cases.

    >>> Y = [[1.0, 5.0], [2.0, 4.0], [3.0, 6.0], [3.0, 5.0], [4.0, 6.0], [5.0, 4.0]]
    >>> is_case = [0, 0, 0, 1, 1, 1]
    >>> design = [[1.0, case] for case in is_case]
    >>> fit = moderated_t(Y, design, [0, 1])
    >>> fit.coefficient[0].round(6).tolist(), fit.df_residual.tolist(), fit.df_prior
    ([2.0], [4.0, 4.0], inf)
    """
    values, X, C = _checked(Y, design, contrasts)
    codes = _blocks(block, correlation, len(values))
    fits = linear_fits(values, X, C, codes=codes, correlation=correlation or 0.0)
    s2 = np.divide(fits.rss, fits.df, out=np.full_like(fits.rss, np.nan), where=fits.df > 0)
    prior = variance_prior(
        s2, fits.df, covariate=_covariate(values, trend), robust=robust, winsor_tails=winsor_tails
    )
    s2_posterior = prior.posterior(s2, fits.df)
    df_total = np.minimum(fits.df + prior.df_prior, fits.df.sum())
    standard_error = fits.unscaled * np.sqrt(s2_posterior)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = fits.coefficient / standard_error
        p_value = 2 * special.stdtr(df_total[:, None], -np.abs(t))
        f_statistic, f_df = _f_statistic(fits, s2_posterior)
        f_p_value = special.fdtrc(f_df, df_total, f_statistic)
    return ModeratedT(
        fits.coefficient, standard_error, t, p_value, s2, s2_posterior, fits.df, df_total,
        prior.s2_prior, prior.df_prior, f_statistic, f_p_value, f_df,
    )  # fmt: skip


def _checked(Y: ArrayLike, design: ArrayLike, contrasts: ArrayLike) -> tuple[Floats, ...]:
    values = np.asarray(Y, dtype=float)
    X = np.asarray(design, dtype=float)
    C = np.asarray(contrasts, dtype=float)
    C = C[:, None] if C.ndim == 1 else C
    if values.ndim != 2 or X.ndim != 2 or C.ndim != 2 or values.shape[1] == 0:
        message = (
            "Y (samples x analytes), design (samples x columns) and contrasts (columns x "
            f"contrasts) must be matrices; got {values.shape}, {X.shape} and {C.shape}."
        )
        raise InputError(message)
    if len(values) != len(X) or X.shape[1] != len(C):
        message = (
            f"Y {values.shape}, design {X.shape} and contrasts {C.shape} do not match: Y and "
            "design need the same samples, contrasts one row for each column of the design."
        )
        raise InputError(message)
    if not np.isfinite(X).all():
        message = "The design matrix holds missing values; leave those samples out first."
        raise InputError(message)
    if len(X) < X.shape[1]:
        message = (
            f"The design matrix of {X.shape[1]} columns is rank deficient: there are only "
            f"{len(X)} samples."
        )
        raise InputError(message)
    return values, X, C


def _blocks(
    block: ArrayLike | Sequence[object] | None, correlation: float | None, n: int
) -> NDArray[np.int64] | None:
    if (block is None) != (correlation is None):
        message = (
            "block and correlation belong together: estimate the correlation of the samples of "
            "one block with duplicate_correlation(Y, design, block)."
        )
        raise InputError(message)
    if block is None or correlation is None:
        return None
    codes = block_codes(block, n)
    lowest = lowest_correlation(codes)
    if not lowest < correlation < 1:
        message = (
            f"correlation must lie between {lowest:.3g} and 1 for blocks of this size; got "
            f"{correlation:.3g}."
        )
        raise InputError(message)
    return codes if correlation != 0 else None


def _covariate(values: Floats, trend: object) -> Floats | None:
    """Return what the prior variance depends on."""
    if trend is False:
        return None
    if trend is not True:
        return np.asarray(trend, dtype=float)
    mean = values.mean(axis=0)
    holed = np.flatnonzero(np.isnan(mean))
    part = values[:, holed]
    count = (~np.isnan(part)).sum(axis=0)
    mean[holed] = np.where(count > 0, np.nansum(part, axis=0) / np.maximum(count, 1), np.nan)
    return np.asarray(mean)


def _f_statistic(fits: LinearFits, s2_posterior: Floats) -> tuple[Floats, int]:
    """Return the mean square of all contrasts over the variance, and the rank of the contrasts."""
    scale = np.sqrt(np.diagonal(fits.covariance, axis1=-2, axis2=-1))
    scale = np.where(scale > 0, scale, 1.0)
    correlation = fits.covariance / (scale[..., :, None] * scale[..., None, :])
    roots, vectors = np.linalg.eigh(correlation)
    kept = roots > _RANK_TOLERANCE * roots[..., -1:]
    turned = vectors / np.sqrt(np.where(kept, roots, np.inf))[..., None, :]
    scaled = fits.coefficient / scale
    parts = scaled @ turned if turned.ndim == 2 else (scaled[:, None, :] @ turned)[:, 0]
    rank = int(kept.sum(axis=-1).max())
    return np.asarray((parts**2).sum(axis=1) / (rank * s2_posterior)), rank
