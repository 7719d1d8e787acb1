"""How far labels and numbers of the same people agree when they are taken twice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from subtyping.exceptions import InputError
from subtyping.statistics.intervals import wilson_interval

__all__ = ["Estimate", "cohen_kappa", "icc_agreement"]


@dataclass(frozen=True)
class Estimate:
    """A number and its interval; all NaN where it is not defined."""

    value: float
    ci_low: float
    ci_high: float


NOTHING = Estimate(float("nan"), float("nan"), float("nan"))


def cohen_kappa(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Estimate:
    r"""Estimate Cohen's kappa of two labellings of the same people.

    :math:`\kappa = (p_o - p_e) / (1 - p_e)` with observed agreement :math:`p_o` and the agreement
    :math:`p_e` that the margins of the two occasions would give by chance. The interval takes the
    large-sample variance of Fleiss, Cohen and Everitt; where it is narrower than the interval
    that Wilson's limits of :math:`p_o` give at the observed :math:`p_e` (nearly everybody agrees),
    the wider limit stands.

    Parameters
    ----------
    first, second : array-like of shape (n,)
        Labels of each person on the two occasions; the labels may be text.
    level : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    Estimate
        NaN for nobody, and where everyone has one and the same label on both occasions: chance
        alone then agrees always.

    Raises
    ------
    InputError
        If the lengths differ.

    References
    ----------
    Cohen J (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20, 37-46. doi:10.1177/001316446002000104.
    Fleiss JL, Cohen J, Everitt BS (1969). Large sample standard errors of kappa and weighted
    kappa. Psychological Bulletin 72, 323-327. doi:10.1037/h0028106.

    Examples
    --------
    >>> kappa = cohen_kappa(["yes"] * 25 + ["no"] * 25,
    ...                     ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15)
    >>> round(kappa.value, 6), round(kappa.ci_low, 3), round(kappa.ci_high, 3)
    (0.4, 0.125, 0.649)
    """
    one, two = np.asarray(first), np.asarray(second)
    if one.shape != two.shape or one.ndim != 1:
        message = f"Two labellings must label the same people; got {one.shape} and {two.shape}."
        raise InputError(message)
    n = len(one)
    names, codes = np.unique(np.concatenate([one, two]).astype(str), return_inverse=True)
    if n == 0 or len(names) < 2:
        return NOTHING
    table = np.zeros((len(names), len(names)))
    np.add.at(table, (codes[:n], codes[n:]), 1 / n)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, chance = float(np.trace(table)), float(rows @ columns)
    kappa = (observed - chance) / (1 - chance)
    z = float(special.ndtri(0.5 + level / 2))
    half = z * float(np.sqrt(_variance(table, kappa, chance) / n))
    low, high = (float(limit) for limit in wilson_interval(observed * n, n, level))
    return Estimate(
        kappa,
        max(-1.0, min(kappa - half, (low - chance) / (1 - chance))),
        min(1.0, max(kappa + half, (high - chance) / (1 - chance))),
    )


def _variance(table: np.ndarray, kappa: float, chance: float) -> float:
    """Variance of kappa times n, after Fleiss, Cohen and Everitt (1969), equation 13."""
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    agree = np.diag(table) @ (1 - (rows + columns) * (1 - kappa)) ** 2
    cross = table * (columns[:, None] + rows[None, :]) ** 2
    differ = (1 - kappa) ** 2 * (cross.sum() - np.trace(cross))
    spread = float(agree + differ - (kappa - chance * (1 - kappa)) ** 2)
    return max(spread, 0.0) / (1 - chance) ** 2


def icc_agreement(scores: ArrayLike, level: float = 0.95) -> Estimate:
    r"""Estimate the repeatability of one measurement: ICC(2,1), two-way random, absolute agreement.

    From the mean squares of people (:math:`R`), occasions (:math:`C`) and the rest (:math:`E`) of
    n people on k occasions: :math:`(R - E) / (R + (k-1)E + k(C - E)/n)`. A shift between the
    occasions counts against it.

    Parameters
    ----------
    scores : array-like of shape (n, k)
        One row for each person, one column for each occasion; no missing entries.
    level : float, default 0.95
        Coverage of the interval (McGraw and Wong's, exact up to Satterthwaite's approximation).

    Returns
    -------
    Estimate
        NaN with fewer than three people or two occasions, and where nothing varies. The estimate
        may be negative: people then differ less than occasions of one person do.

    Raises
    ------
    InputError
        If the array is not two-dimensional or holds what is no number.

    References
    ----------
    Shrout PE, Fleiss JL (1979). Intraclass correlations: uses in assessing rater reliability.
    Psychological Bulletin 86, 420-428. doi:10.1037/0033-2909.86.2.420.
    McGraw KO, Wong SP (1996). Forming inferences about some intraclass correlation coefficients.
    Psychological Methods 1, 30-46. doi:10.1037/1082-989X.1.1.30.

    Examples
    --------
    >>> icc = icc_agreement([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                      [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(icc.value, 2), round(icc.ci_low, 2), round(icc.ci_high, 2)
    (0.29, 0.02, 0.76)
    """
    X = np.asarray(scores, dtype=float)
    if X.ndim != 2 or not np.isfinite(X).all():
        message = (
            "Repeatability needs one row for each person and one column for each occasion, "
            f"without missing entries; got an array of shape {X.shape}."
        )
        raise InputError(message)
    n, k = X.shape
    if n < 3 or k < 2:
        return NOTHING
    people, occasions = X.mean(axis=1), X.mean(axis=0)
    rest = X - people[:, None] - occasions[None, :] + X.mean()
    R = k * float(people.var(ddof=1))
    C = n * float(occasions.var(ddof=1))
    E = float((rest**2).sum()) / ((n - 1) * (k - 1))
    total = R + (k - 1) * E + k * (C - E) / n
    if total <= 1e-300:
        return NOTHING
    icc = (R - E) / total
    if E <= 1e-12 * R and C <= 1e-12 * R:
        return Estimate(icc, icc, icc)
    return Estimate(icc, *_icc_limits((R, C, E), n, k, icc, level))


def _icc_limits(
    squares: tuple[float, float, float], n: int, k: int, icc: float, level: float
) -> tuple[float, float]:
    """Limits after McGraw and Wong (1996), table 7, case ICC(A,1)."""
    R, C, E = squares
    a = k * icc / (n * (1 - icc))
    b = 1 + k * icc * (n - 1) / (n * (1 - icc))
    spread = (a * C) ** 2 / (k - 1) + (b * E) ** 2 / ((n - 1) * (k - 1))
    v = (a * C + b * E) ** 2 / spread if spread > 0 else 1.0
    upper = 0.5 + level / 2
    f_low, f_high = stats.f.ppf(upper, n - 1, v), stats.f.ppf(upper, v, n - 1)
    between = k * C + (k * n - k - n) * E
    low = n * (R - f_low * E) / (f_low * between + n * R)
    high = n * (f_high * R - E) / (between + n * f_high * R)
    return float(min(low, icc)), float(max(high, icc))
