"""Rubin's rules: one estimate out of several imputed data sets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = ["Pooled", "pool_imputations"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pooled:
    """Estimates pooled over imputed data sets.

    Attributes
    ----------
    estimate, standard_error, df, t, p_value : ndarray of shape (n_analytes,)
        Pooled estimate, root of its total variance, its degrees of freedom, their ratio and its
        two-sided p-value.
    ci_low, ci_high : ndarray of shape (n_analytes,)
    missing_information_frac : ndarray of shape (n_analytes,)
        Share of the total variance that comes from not knowing the imputed values.
    """

    estimate: Floats
    standard_error: Floats
    df: Floats
    t: Floats
    p_value: Floats
    ci_low: Floats
    ci_high: Floats
    missing_information_frac: Floats


def pool_imputations(
    estimates: ArrayLike, variances: ArrayLike, df_complete: ArrayLike, *, level: float = 0.95
) -> Pooled:
    r"""Pool estimates of *m* imputed data sets.

    With within-imputation variance :math:`W` and between-imputation variance :math:`B`,
    :math:`T = W + (1 + 1/m) B`, :math:`\lambda = (1 + 1/m) B / T` and degrees of freedom
    :math:`1/\nu = \lambda^2/(m-1) + 1/\nu_{obs}`, :math:`\nu_{obs} = (1-\lambda)
    \nu_{com}(\nu_{com}+1)/(\nu_{com}+3)`. Where the imputations do not differ, those of the
    complete data are kept.

    Parameters
    ----------
    estimates, variances : array of shape (n_imputations, n_analytes)
        Estimates and their squared standard errors.
    df_complete : array of shape (n_analytes,)
        Degrees of freedom had everything been measured; may be infinite.
    level : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Pooled

    Raises
    ------
    InputError
        If fewer than two imputations are given or shapes do not match.

    References
    ----------
    Barnard J, Rubin DB (1999). Small-sample degrees of freedom with multiple imputation.
    Biometrika 86, 948-955. doi:10.1093/biomet/86.4.948

    Examples
    --------
    Two imputations, estimates 1 and 2, variance 0.5 each: T = 0.5 + 1.5 × 0.5 = 1.25.

    >>> pooled = pool_imputations([[1.0], [2.0]], [[0.5], [0.5]], [np.inf])
    >>> pooled.estimate.tolist(), (pooled.standard_error**2).round(6).tolist()
    ([1.5], [1.25])
    """
    E, V = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    df = np.asarray(df_complete, dtype=float)
    if E.ndim != 2 or E.shape != V.shape or len(E) < 2 or df.shape != E.shape[1:]:
        message = (
            "Estimates and variances need at least two imputations (rows) and one column for each "
            f"entry of df_complete; got {E.shape}, {V.shape} and {df.shape}."
        )
        raise InputError(message)
    m = len(E)
    estimate = E.mean(axis=0)
    between = (1 + 1 / m) * E.var(axis=0, ddof=1)
    total = V.mean(axis=0) + between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, between / total, 0.0)
        ratio = np.where(np.isinf(df), 1.0, (df + 1) / (df + 3))
        observed = np.where(np.isinf(df), np.inf, ratio * df * (1 - share))
        nu = 1 / (share**2 / (m - 1) + 1 / observed)
        nu = np.where(share > 1e-12, nu, df)
        error = np.sqrt(total)
        t = estimate / error
    p_value = 2 * special.stdtr(nu, -np.abs(t))
    reach = special.stdtrit(nu, 0.5 + level / 2) * error
    return Pooled(estimate, error, nu, t, p_value, estimate - reach, estimate + reach, share)
