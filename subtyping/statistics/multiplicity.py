"""Multiplicity: false discovery rate and family-wise error of a declared family of tests."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = ["benjamini_hochberg", "holm"]


def benjamini_hochberg(p_value: ArrayLike) -> NDArray[np.float64]:
    r"""Return Benjamini-Hochberg adjusted p-values (q-values) of one family.

    With the *m* p-values sorted, :math:`q_{(i)} = \min_{j \ge i} \min(1, m\,p_{(j)}/j)`.

    Parameters
    ----------
    p_value : array of shape (n_tests,)
        P-values of one family; NaN where a test was not made.

    Returns
    -------
    ndarray of shape (n_tests,)
        Adjusted p-values. A NaN stays NaN and does not count in *m*.

    Raises
    ------
    InputError
        If a p-value lies outside [0, 1] or the array is not one-dimensional.

    Notes
    -----
    Controls the false discovery rate for independent and for positively dependent tests; the
    p-values of analytes that fall together are not covered by the theorem.

    References
    ----------
    Benjamini Y, Hochberg Y (1995). doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, float("nan"), 0.03]).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    p = np.asarray(p_value, dtype=float)
    if p.ndim != 1:
        message = f"P-values of one family must be one-dimensional; got shape {p.shape}."
        raise InputError(message)
    q = np.full_like(p, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    family = p[tested]
    if ((family < 0) | (family > 1)).any():
        message = "P-values must lie between 0 and 1."
        raise InputError(message)
    order = np.argsort(-family, kind="stable")
    ranks = np.arange(len(family), 0, -1)
    q[tested[order]] = np.minimum(1.0, np.minimum.accumulate(family[order] * len(family) / ranks))
    return q


def holm(p_value: np.ndarray) -> np.ndarray:
    r"""Return Holm's adjusted p-values of one family.

    With the *m* p-values sorted, :math:`\max_{j \le i} \min(1, (m - j + 1)\,p_{(j)})`: the chance
    of any false rejection in the family is held, whatever the dependence.

    Parameters
    ----------
    p_value : ndarray of shape (n_tests,)
        NaN where a test was not made.

    Returns
    -------
    ndarray of shape (n_tests,)
        A NaN stays NaN and does not count in *m*.

    Raises
    ------
    InputError
        If a p-value lies outside [0, 1].

    References
    ----------
    Holm S (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal
    of Statistics 6, 65-70.

    Examples
    --------
    >>> import numpy as np
    >>> holm(np.array([0.01, 0.04, float("nan"), 0.03])).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    p = np.asarray(p_value, dtype=float)
    tested = np.flatnonzero(~np.isnan(p))
    family = p[tested]
    if ((family < 0) | (family > 1)).any():
        message = "P-values must lie between 0 and 1."
        raise InputError(message)
    order = np.argsort(family, kind="stable")
    left = len(family) - np.arange(len(family))
    adjusted = np.full_like(p, np.nan)
    adjusted[tested[order]] = np.minimum(1.0, np.maximum.accumulate(family[order] * left))
    return adjusted
