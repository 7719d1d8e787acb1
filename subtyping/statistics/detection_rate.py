"""Detection rates of two groups: an exact conditional test, within plates where declared."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError
from subtyping.statistics.intervals import wilson_interval

__all__ = ["DetectionRate", "compare_detection"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_TIES = 1e-7
_WIDEST = 60.0


@dataclass(frozen=True, eq=False)
class DetectionRate:
    """Detection in cases against reference people, analyte by analyte.

    Attributes
    ----------
    case_frac, reference_frac : ndarray of shape (n_analytes,)
        Share of the measured people in whom the analyte was detected.
    p_value : ndarray of shape (n_analytes,)
        Two-sided exact: the chance of tables that are no likelier than the one observed. Never
        rejects more often than its level says.
    mid_p_value : ndarray of shape (n_analytes,)
        The same with tables just as likely counted by half: less timid, near its level on average.
    odds_ratio : ndarray of shape (n_analytes,)
        Conditional maximum likelihood; 0 or infinite where one group is all or nothing.
    ci_low, ci_high : ndarray of shape (n_analytes,)
        Exact interval of the odds ratio, half of the error at each end.
    risk_difference, risk_difference_ci_low, risk_difference_ci_high : ndarray
        Difference of the shares (not within plates), with Newcombe's interval.
    n_case, n_reference : ndarray of int of shape (n_analytes,)
        Measured people.
    """

    case_frac: Floats
    reference_frac: Floats
    p_value: Floats
    mid_p_value: Floats
    odds_ratio: Floats
    ci_low: Floats
    ci_high: Floats
    risk_difference: Floats
    risk_difference_ci_low: Floats
    risk_difference_ci_high: Floats
    n_case: NDArray[np.int64]
    n_reference: NDArray[np.int64]


def compare_detection(
    detected: ArrayLike,
    is_case: ArrayLike,
    *,
    measured: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    level: float = 0.95,
) -> DetectionRate:
    r"""Compare the detection rates of two groups by an exact conditional test.

    Given how many people are detected in each stratum, the number of detected cases follows the
    sum of independent hypergeometric laws; an odds ratio :math:`\psi` common to the strata tilts
    it by :math:`\psi^t`. Without strata this is Fisher's test.

    Parameters
    ----------
    detected : array of bool of shape (n_samples, n_analytes)
    is_case : array of bool of shape (n_samples,)
        The others are reference people.
    measured : array of bool of shape (n_samples, n_analytes), optional
        Samples that count for each analyte; all by default.
    strata : array of shape (n_samples,), optional
        Plate of each sample: limits differ from plate to plate, and comparing within plates keeps
        that out of the comparison.
    level : float, default 0.95
        Coverage of the intervals.

    Returns
    -------
    DetectionRate
        NaN where one group was not measured.

    Raises
    ------
    InputError
        If shapes do not match.

    Notes
    -----
    Says whether an analyte is *found* more often, not by how much its level differs; above the
    limit all values count the same. The p-value orders tables by probability and the interval
    splits its error in two halves, as is usual; near the level one may exclude 1 and the other not.

    References
    ----------
    Fisher RA (1935). The logic of inductive inference. Journal of the Royal Statistical Society
    98, 39-82. doi:10.2307/2342435. Newcombe RG (1998). Interval estimation for the difference
    between independent proportions. Statistics in Medicine 17, 873-890.
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    Detected in 5 of 6 cases and 1 of 6 reference people. Of the 924 ways to choose the six cases
    36 + 1 are as extreme on this side and as many on the other: p = 74 / 924.

    >>> detected = np.array([[1] * 5 + [0] + [1] + [0] * 5], dtype=bool).T
    >>> found = compare_detection(detected, np.repeat([True, False], 6))
    >>> found.p_value.round(4).tolist(), found.risk_difference.round(3).tolist()
    ([0.0801], [0.667])
    """
    seen, case, known, labels = _checked(detected, is_case, measured, strata)
    n_case, n_reference = known[case].sum(axis=0), known[~case].sum(axis=0)
    hits, others = (seen & known)[case].sum(axis=0), (seen & known)[~case].sum(axis=0)
    blank = (n_case == 0) | (n_reference == 0)
    table = np.full((5, seen.shape[1]), np.nan)
    groups = [labels == name for name in np.unique(labels)]
    for j in np.flatnonzero(~blank):
        first, weights = _null_law(seen[:, j] & known[:, j], known[:, j], case, groups)
        table[:, j] = _judge(int(hits[j]) - first, weights, level)
    rates = [
        np.divide(k, n, out=np.full(len(blank), np.nan), where=n > 0)
        for k, n in ((hits, n_case), (others, n_reference))
    ]
    low, high = _newcombe(hits, n_case, others, n_reference, level)
    return DetectionRate(
        case_frac=rates[0],
        reference_frac=rates[1],
        p_value=table[0],
        mid_p_value=table[1],
        odds_ratio=table[2],
        ci_low=table[3],
        ci_high=table[4],
        risk_difference=rates[0] - rates[1],
        risk_difference_ci_low=np.where(blank, np.nan, low),
        risk_difference_ci_high=np.where(blank, np.nan, high),
        n_case=n_case,
        n_reference=n_reference,
    )


def _checked(
    detected: ArrayLike, is_case: ArrayLike, measured: ArrayLike | None, strata: ArrayLike | None
) -> tuple[Mask, Mask, Mask, NDArray[np.str_]]:
    seen, case = np.asarray(detected, dtype=bool), np.asarray(is_case, dtype=bool)
    known = np.ones_like(seen) if measured is None else np.asarray(measured, dtype=bool)
    labels = np.full(len(seen), "") if strata is None else np.asarray(strata).astype(str)
    if seen.ndim != 2 or known.shape != seen.shape or not len(case) == len(labels) == len(seen):
        message = (
            "detected and measured (samples x analytes) need one entry of is_case and strata for "
            f"each sample; got {seen.shape}, {known.shape}, {case.shape} and {labels.shape}."
        )
        raise InputError(message)
    return seen, case, known, labels


def _null_law(seen: Mask, known: Mask, case: Mask, groups: list[Mask]) -> tuple[int, Floats]:
    """Return the least number of detected cases and the chance of it and of each larger one."""
    first, law = 0, np.ones(1)
    for group in groups:
        inside = known & group
        n1, n0 = int((inside & case).sum()), int((inside & ~case).sum())
        total = int((seen & inside).sum())
        t = np.arange(max(0, total - n0), min(n1, total) + 1)
        log_weight = _log_choose(n1, t) + _log_choose(n0, total - t)
        weight = np.exp(log_weight - log_weight.max())
        first, law = first + int(t[0]), np.convolve(law, weight / weight.sum())
    return first, law / law.sum()


def _log_choose(n: int, k: NDArray[np.int64]) -> Floats:
    return np.asarray(
        special.gammaln(n + 1.0) - special.gammaln(k + 1.0) - special.gammaln(n - k + 1.0)
    )


def _judge(at: int, law: Floats, level: float) -> tuple[float, float, float, float, float]:
    """Return p-value, mid p-value, odds ratio and its limits for one analyte."""
    likelier = law > law[at] * (1 + _TIES)
    tied = (law >= law[at] * (1 - _TIES)) & ~likelier
    p = float(law[~likelier].sum())
    mid = p - 0.5 * float(law[tied].sum())
    tail = (1 - level) / 2
    t = np.arange(len(law))
    with np.errstate(divide="ignore"):
        log_law = np.log(law)
    last = len(law) - 1

    def tilted(log_odds: float) -> Floats:
        weight = log_law + t * log_odds
        weight = np.exp(weight - weight.max())
        return np.asarray(weight / weight.sum())

    if last == 0:
        return min(1.0, p), min(1.0, mid), np.nan, 0.0, np.inf
    odds = 0.0 if at == 0 else np.inf if at == last else _solve(lambda x: float(tilted(x) @ t) - at)
    low = 0.0 if at == 0 else _solve(lambda x: float(tilted(x)[at:].sum()) - tail)
    high = np.inf if at == last else _solve(lambda x: tail - float(tilted(x)[: at + 1].sum()))
    return min(1.0, p), min(1.0, mid), odds, low, high


def _solve(rising: Callable[[float], float]) -> float:
    """Return the odds ratio at which a function of its logarithm crosses zero."""
    from scipy.optimize import brentq

    if rising(-_WIDEST) > 0:
        return 0.0
    if rising(_WIDEST) < 0:
        return float("inf")
    return float(np.exp(brentq(rising, -_WIDEST, _WIDEST, xtol=1e-12)))


def _newcombe(
    hits: NDArray[np.int64],
    n_case: NDArray[np.int64],
    others: NDArray[np.int64],
    n_reference: NDArray[np.int64],
    level: float,
) -> tuple[Floats, Floats]:
    low1, high1 = wilson_interval(hits, n_case, level)
    low0, high0 = wilson_interval(others, n_reference, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p0 = hits / n_case, others / n_reference
    low = p1 - p0 - np.sqrt((p1 - low1) ** 2 + (high0 - p0) ** 2)
    return low, p1 - p0 + np.sqrt((high1 - p1) ** 2 + (p0 - low0) ** 2)
