"""Moderated t-tests: a linear model for each analyte, variances shrunk to a common prior."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["ModeratedT", "moderated_t"]

_CHUNK_CELLS = 4_000_000
_RANK_TOLERANCE = 1e-9

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
    s2_prior, df_prior : float
        Prior variance and its degrees of freedom; `df_prior` is infinite where the variances
        differ no more than chance makes them.
    """

    coefficient: Floats
    standard_error: Floats
    t: Floats
    p_value: Floats
    s2: Floats
    s2_posterior: Floats
    df_residual: Floats
    df_total: Floats
    s2_prior: float
    df_prior: float

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


def moderated_t(Y: ArrayLike, design: ArrayLike, contrasts: ArrayLike) -> ModeratedT:
    r"""Fit a linear model to each analyte and test contrasts with a moderated t.

    For analyte *g* with residual variance :math:`s_g^2` on :math:`d_g` degrees of freedom the
    posterior variance is :math:`\tilde s_g^2 = (d_0 s_0^2 + d_g s_g^2) / (d_0 + d_g)`, where
    :math:`(d_0, s_0^2)` are fitted to all variances by the moments of :math:`\log s_g^2`; then
    :math:`\tilde t = c'\hat\beta_g / (\tilde s_g \sqrt{c'(X'X)^{-1}c})` on :math:`d_0 + d_g`
    degrees of freedom. A missing value leaves out that sample for that analyte only.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Values, usually log2 concentrations; NaN is missing.
    design : array of shape (n_samples, n_columns)
        Design matrix of full column rank, without missing values.
    contrasts : array of shape (n_columns,) or (n_columns, n_contrasts)
        One contrast of the coefficients in each column.

    Returns
    -------
    ModeratedT

    Raises
    ------
    InputError
        If shapes do not match, the design is rank deficient or holds missing values.

    Notes
    -----
    The variances are taken to share one scaled F prior whatever the mean of the analyte; the
    approach is too optimistic where analytes near the detection limit have much smaller spread.
    A contrast that the measured samples of an analyte cannot tell is NaN.

    References
    ----------
    Smyth GK (2004). Linear models and empirical Bayes methods for assessing differential
    expression in microarray experiments. doi:10.2202/1544-6115.1027

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
    Q, R = np.linalg.qr(X)
    sizes = np.abs(np.diag(R))
    if sizes.min(initial=1.0) <= _RANK_TOLERANCE * max(sizes.max(initial=0.0), 1e-300):
        message = (
            f"The design matrix of {X.shape[1]} columns is rank deficient, so its coefficients "
            "are not determined. Drop the columns that the others already express."
        )
        raise InputError(message)
    directions = np.linalg.solve(R.T, C)
    width = max(1, _CHUNK_CELLS // max(1, len(values)))
    parts = [
        _fit(values[:, start : start + width], Q, directions)
        for start in range(0, values.shape[1], width)
    ]
    coefficient, unscaled, rss, df = (np.concatenate([part[i] for part in parts]) for i in range(4))
    s2 = np.divide(rss, df, out=np.full_like(rss, np.nan), where=df > 0)
    s2_prior, df_prior = _variance_prior(s2, df)
    s2_posterior = _posterior(s2, df, s2_prior, df_prior)
    df_total = np.minimum(df + df_prior, df.sum())
    standard_error = unscaled * np.sqrt(s2_posterior)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = coefficient / standard_error
        p_value = 2 * special.stdtr(df_total[:, None], -np.abs(t))
    return ModeratedT(
        coefficient, standard_error, t, p_value, s2, s2_posterior, df, df_total, s2_prior, df_prior
    )


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


def _fit(Y: Floats, Q: Floats, directions: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return contrasts, their unscaled standard deviations, RSS and residual df of a block."""
    n, rank = Q.shape
    missing = np.isnan(Y)
    if not missing.any():
        gamma = Q.T @ Y
        rss = ((Y - Q @ gamma) ** 2).sum(axis=0)
        unscaled = np.broadcast_to(
            np.sqrt((directions**2).sum(axis=0)), (Y.shape[1], directions.shape[1])
        )
        return gamma.T @ directions, unscaled, rss, np.full(Y.shape[1], float(n - rank))
    holed = missing.any(axis=0)
    out = [
        np.empty((Y.shape[1], directions.shape[1])),
        np.empty((Y.shape[1], directions.shape[1])),
        np.empty(Y.shape[1]),
        np.empty(Y.shape[1]),
    ]
    if not holed.all():
        for whole, part in zip(out, _fit(Y[:, ~holed], Q, directions), strict=True):
            whole[~holed] = part
    for whole, part in zip(out, _fit_holed(Y[:, holed], Q, directions), strict=True):
        whole[holed] = part
    return out[0], out[1], out[2], out[3]


def _fit_holed(Y: Floats, Q: Floats, directions: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fit analytes with missing values, all at once, in the basis of the full design."""
    measured = ~np.isnan(Y)
    filled = np.where(measured, Y, 0.0)
    rank = Q.shape[1]
    products = (Q[:, :, None] * Q[:, None, :]).reshape(len(Q), -1)
    gram = (measured.T.astype(float) @ products).reshape(-1, rank, rank)
    roots, vectors = np.linalg.eigh(gram)
    kept = roots > _RANK_TOLERANCE
    inverse_roots = np.where(kept, 1.0 / np.where(kept, roots, 1.0), 0.0)
    gamma = (vectors * inverse_roots[:, None, :]) @ (
        vectors.transpose(0, 2, 1) @ (filled.T @ Q)[:, :, None]
    )
    residual = np.where(measured, filled - Q @ gamma[:, :, 0].T, 0.0)
    along = vectors.transpose(0, 2, 1) @ directions
    unscaled = np.sqrt((along**2 * inverse_roots[:, :, None]).sum(axis=1))
    coefficient = gamma[:, :, 0] @ directions
    lost = np.where(kept[:, :, None], 0.0, along**2).sum(axis=1)
    untold = lost > 1e-10 * (directions**2).sum(axis=0)
    coefficient[untold] = np.nan
    unscaled[untold] = np.nan
    df = measured.sum(axis=0) - kept.sum(axis=1)
    return coefficient, unscaled, (residual**2).sum(axis=0), df.astype(float)


def _variance_prior(s2: Floats, df: Floats) -> tuple[float, float]:
    """Return the prior variance and its degrees of freedom by the moments of log s2."""
    usable = (df > 0) & np.isfinite(s2)
    x, d = s2[usable], df[usable]
    if len(x) < 2:
        return (float(x[0]) if len(x) else np.nan), 0.0
    middle = float(np.median(x))
    x = np.maximum(x, 1e-5 * (middle if middle > 0 else 1.0))
    e = np.log(x) - special.digamma(d / 2) + np.log(d / 2)
    excess = float(e.var(ddof=1) - special.polygamma(1, d / 2).mean())
    if excess <= 0:
        return float(x.mean()), np.inf
    half = _trigamma_inverse(excess)
    return float(np.exp(e.mean() + special.digamma(half) - np.log(half))), 2 * half


def _posterior(s2: Floats, df: Floats, s2_prior: float, df_prior: float) -> Floats:
    if np.isinf(df_prior):
        return np.full_like(s2, s2_prior)
    if df_prior == 0:
        return s2
    return (df * np.where(df > 0, s2, 0.0) + df_prior * s2_prior) / (df + df_prior)


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
