"""Effect sizes of two groups with their intervals: numbers and levels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from subtyping.exceptions import InputError

__all__ = ["NO_EFFECT", "Effect", "cramers_v", "standardised_difference"]

NAN = float("nan")
FEW_EXPECTED = 5.0


@dataclass(frozen=True)
class Effect:
    """A difference between two groups, its interval and p-value; NaN where not defined."""

    value: float
    ci_low: float
    ci_high: float
    p_value: float


NO_EFFECT = Effect(NAN, NAN, NAN, NAN)


def standardised_difference(case: ArrayLike, reference: ArrayLike, level: float = 0.95) -> Effect:
    r"""Return the standardised mean difference of two groups.

    :math:`d = (\bar x_1 - \bar x_0) / \sqrt{(s_1^2 + s_0^2)/2}` with variance
    :math:`1/n_1 + 1/n_0 + d^2 / (2 (n_1 + n_0))`; the p-value is Welch's.

    Parameters
    ----------
    case, reference : array of shape (n,)
        Known values.
    level : float, default 0.95

    Returns
    -------
    Effect
        NaN with fewer than two people on a side, or where nobody differs within the groups.

    References
    ----------
    Austin PC (2009). Balance diagnostics for comparing the distribution of baseline covariates.
    Statistics in Medicine 28, 3083-3107. doi:10.1002/sim.3697.

    Examples
    --------
    >>> effect = standardised_difference([3, 5], [1, 3])  # means 4 and 2, both variances 2
    >>> round(effect.value, 3)
    1.414
    """
    one, nil = np.asarray(case, dtype=float), np.asarray(reference, dtype=float)
    if min(len(one), len(nil)) < 2:
        return NO_EFFECT
    variances = one.var(ddof=1), nil.var(ddof=1)
    scale = np.sqrt((variances[0] + variances[1]) / 2)
    difference = float(one.mean() - nil.mean())
    if scale <= 1e-12 * max(1.0, abs(one.mean()), abs(nil.mean())):
        return NO_EFFECT
    d = difference / scale
    error = np.sqrt(1 / len(one) + 1 / len(nil) + d**2 / (2 * (len(one) + len(nil))))
    reach = float(special.ndtri(0.5 + level / 2)) * error
    parts = variances[0] / len(one), variances[1] / len(nil)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(one) - 1) + parts[1] ** 2 / (len(nil) - 1))
    p_value = 2 * stats.t.sf(abs(difference) / np.sqrt(sum(parts)), freedom)
    return Effect(float(d), float(d - reach), float(d + reach), float(p_value))


def cramers_v(counts: ArrayLike, level: float = 0.95) -> Effect:
    r"""Return Cramér's V of levels and two groups, corrected for what chance alone gives.

    With *r* levels, :math:`\phi^2 = \chi^2/n`, corrected to
    :math:`\max(0, \phi^2 - (r - 1)/(n - 1))`, and :math:`V` its root over that of
    :math:`\min(r, 2) - 1` after Bergsma's correction of the numbers of levels. The interval
    inverts the noncentral chi-squared law. The p-value is that of the chi-squared test; with
    two levels and an expected count below 5 Fisher's exact one.

    Parameters
    ----------
    counts : array of shape (n_levels, 2)
        People of each level in the two groups.
    level : float, default 0.95

    Returns
    -------
    Effect
        NaN with fewer than two levels or an empty group.

    Raises
    ------
    InputError
        If the counts are not of two groups.

    References
    ----------
    Bergsma W (2013). A bias-correction for Cramér's V and Tschuprow's T. Journal of the Korean
    Statistical Society 42, 323-328. doi:10.1016/j.jkss.2012.10.002.

    Examples
    --------
    >>> cramers_v([[10, 0], [0, 10]]).value
    1.0
    >>> cramers_v([[10, 10], [10, 10]]).value
    0.0
    """
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or table.shape[1] != 2:
        message = f"Counts of levels in two groups have two columns; got shape {table.shape}."
        raise InputError(message)
    table = table[table.sum(axis=1) > 0]
    n, r = table.sum(), len(table)
    if r < 2 or (table.sum(axis=0) == 0).any():
        return NO_EFFECT
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    chi2 = float(((table - expected) ** 2 / expected).sum())
    if r == 2 and expected.min() < FEW_EXPECTED:
        p_value = float(stats.fisher_exact(table.astype(int)).pvalue)
    else:
        p_value = float(stats.chi2.sf(chi2, r - 1))
    room = min(r - (r - 1) ** 2 / (n - 1), 2 - 1 / (n - 1)) - 1
    if room <= 0:
        return Effect(NAN, NAN, NAN, p_value)
    centre = max(0.0, chi2 / n - (r - 1) / (n - 1))
    tails = [_noncentrality(chi2, r - 1, 0.5 + side * level / 2) / n for side in (1, -1)]
    value, low, high = (float(np.sqrt(min(1.0, part / room))) for part in (centre, *tails))
    return Effect(value, min(low, value), max(high, value), p_value)


def _noncentrality(chi2: float, freedom: int, probability: float) -> float:
    """Noncentrality at which a smaller chi-squared has this probability; 0 if there is none."""
    found = float(special.chndtrinc(chi2, freedom, probability)) if chi2 > 0 else 0.0
    return found if np.isfinite(found) and found > 1e-9 else 0.0
