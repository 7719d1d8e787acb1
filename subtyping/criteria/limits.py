"""Estimates and intervals of the reported, frozen rule."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.criteria.operating import OperatingCharacteristics
from subtyping.statistics.intervals import wilson_interval

__all__ = [
    "corrected_for_optimism",
    "effective_n",
    "frozen_limits",
    "logit_interval",
    "wilson_with_effect",
]

Floats = NDArray[np.float64]

_OUTSIDE = 1 - float(np.exp(-1))  # share of the people that a resample holds
_LEAST_YOUDEN = 1e-6
_LEAST_SHARE = 0.02
_LEAST_EFFECT = 0.75  # of labels and cuts on the variance of a share
_Z = float(special.ndtri(0.975))


def corrected_for_optimism(
    apparent: OperatingCharacteristics,
    inside: Sequence[OperatingCharacteristics],
    outside: Sequence[OperatingCharacteristics],
) -> tuple[float, float]:
    r"""Return sensitivity and specificity of the frozen rule less their optimism.

    With J Youden's index, :math:`\bar A` the means of the rules of the resamples where they were
    chosen and :math:`\bar O` among the people left out, the relative overfitting is
    :math:`R = 1 - J(\bar O) / J(\bar A)`, the weight of the people left out
    :math:`w = .632 / (1 - .368 R)`, and

    .. math:: \hat\theta = A - w\, \frac{J(A)}{J(\bar A)} (\bar A - \bar O)

    for sensitivity and specificity alike. A rule out of noise has R = 1 and J of about 0; a rule
    that overfits little keeps its own balance of sensitivity and specificity, which the mean over
    the rules of other resamples would not tell.

    Parameters
    ----------
    apparent : OperatingCharacteristics
        Of the reported rule where it was chosen.
    inside, outside : sequence of OperatingCharacteristics
        Of the rule each resample chose: among its people, and among those it left out.

    Returns
    -------
    sensitivity, specificity : float
        Within [0, 1]; NaN without resamples.

    References
    ----------
    Efron B, Tibshirani R (1997). doi:10.1080/01621459.1997.10474007

    Examples
    --------
    >>> from subtyping.criteria.operating import at_prevalence
    >>> a = at_prevalence(0.7, 0.68, 0.3)
    >>> noise = at_prevalence(0.5, 0.5, 0.3)
    >>> [round(x, 2) for x in corrected_for_optimism(a, [a], [noise])]
    [0.5, 0.5]
    """
    pairs = [
        (one, other)
        for one, other in zip(inside, outside, strict=True)
        if np.isfinite(one.youden) and np.isfinite(other.youden)
    ]
    if not pairs:
        return float("nan"), float("nan")
    means = np.array(
        [[(x.sensitivity, x.specificity) for x in pair] for pair in pairs], dtype=float
    ).mean(axis=0)
    index_inside, index_outside = means.sum(axis=1) - 1
    seen = np.array([apparent.sensitivity, apparent.specificity])
    if index_inside <= _LEAST_YOUDEN:
        return float(means[1, 0]), float(means[1, 1])
    overfit = float(np.clip(1 - index_outside / index_inside, 0, 1))
    weight = _OUTSIDE / (1 - (1 - _OUTSIDE) * overfit)
    scale = max(apparent.youden, 0.0) / index_inside
    found = np.clip(seen - weight * scale * (means[0] - means[1]), 0, 1)
    return float(found[0]), float(found[1])


def logit_interval(
    estimate: float, draws: ArrayLike, n: float, level: float = 0.95
) -> tuple[float, float]:
    """Return a normal interval on the logit scale around an estimate.

    Parameters
    ----------
    estimate : float
        Share, corrected for whatever bias its draws share.
    draws : array
        The share in each resample; only their spread is used. NaN is left out.
    n : float
        Weight of the people it is a share of: nothing is taken to be nearer to 0 or 1 than
        ``0.5 / n``.
    level : float, default 0.95

    Returns
    -------
    low, high : float
        NaN with fewer than two draws; the estimate twice where the draws do not vary.

    Examples
    --------
    >>> low, high = logit_interval(0.9, [0.85, 0.9, 0.93, 0.95], 50)
    >>> round(low, 2), round(high, 2)
    (0.76, 0.96)
    """
    found = np.asarray(draws, dtype=float)
    found = found[np.isfinite(found)]
    if len(found) < 2 or not np.isfinite(estimate):
        return float("nan"), float("nan")
    if np.ptp(found) == 0:
        return float(estimate), float(estimate)
    edge = min(0.5 / max(n, 1.0), 0.25)
    spread = float(special.logit(np.clip(found, edge, 1 - edge)).std(ddof=1))
    reach = float(special.ndtri(0.5 + level / 2)) * spread
    centre = float(special.logit(np.clip(estimate, edge, 1 - edge)))
    low, high = float(special.expit(centre - reach)), float(special.expit(centre + reach))
    return min(low, estimate), max(high, estimate)


def wilson_with_effect(
    estimate: float, deviations: ArrayLike, n: float, level: float = 0.95
) -> tuple[float, float]:
    r"""Return Wilson's interval at the number of people that the bootstrap spread is worth.

    The variance of the deviations over the binomial :math:`\theta(1-\theta)/n` is the design
    effect of labels, markers and thresholds being learnt; it is taken to be .75 or more. Below 1
    it can be, because the label model says of everybody near the border how likely a member he
    or she is, and so knows more than a count of members would; a quarter is as much as is trusted.

    Parameters
    ----------
    estimate : float
        Share.
    deviations : array
        Its errors in resamples; NaN is left out.
    n : float
        Weight of the people it is a share of.
    level : float, default 0.95

    Returns
    -------
    low, high : float
        NaN with fewer than two deviations; the estimate twice where it is 0 or 1 and never
        deviates (everybody, nobody).

    Examples
    --------
    >>> wide = wilson_with_effect(0.9, [-0.1, 0.0, 0.1], 100)
    >>> narrow = wilson_with_effect(0.9, [-0.01, 0.0, 0.01], 100)
    >>> [round(x, 3) for x in (*wide, *narrow)]
    [0.577, 0.983, 0.837, 0.94]
    """
    size = effective_n(estimate, deviations, n)
    if not np.isfinite(size) or not np.isfinite(estimate):
        return float("nan"), float("nan")
    if estimate in (0.0, 1.0) and not np.nan_to_num(np.asarray(deviations, dtype=float)).any():
        return estimate, estimate
    low, high = wilson_interval(estimate * size, size, level)
    return float(low), float(high)


def effective_n(estimate: float, deviations: ArrayLike, n: float) -> float:
    """Return the number of people that the spread of a share is worth, at most n / .75.

    Examples
    --------
    >>> round(effective_n(0.5, [-0.1, 0.1], 100), 3)
    12.5
    """
    found = np.asarray(deviations, dtype=float)
    found = found[np.isfinite(found)]
    if len(found) < 2 or not np.isfinite(estimate):
        return float("nan")
    share = np.clip(estimate, _LEAST_SHARE, 1 - _LEAST_SHARE)
    effect = float(found.var(ddof=1)) / (share * (1 - share) / max(n, 1.0))
    return float(n / max(effect, _LEAST_EFFECT))


def frozen_limits(
    estimate: OperatingCharacteristics,
    deviations: Sequence[tuple[float, float]],
    prevalences: ArrayLike,
    n_positive: float,
    n_negative: float,
    *,
    is_declared: bool = False,
) -> dict[str, float]:
    """Return every characteristic of a frozen rule with its interval.

    Sensitivity and specificity: `wilson_with_effect`. Prevalence: normal on the logit scale from
    its draws. PPV and NPV: normal on the logit scale by the delta method, the three taken as
    independent. The share who meet the rule: Wilson's, by the delta method where the prevalence
    was declared.

    Parameters
    ----------
    estimate : OperatingCharacteristics
    deviations : sequence of (float, float)
        Errors of sensitivity and of specificity in resamples: the apparent value of the rule a
        resample chose, less what that rule does by the labels learnt on everybody. Of a rule that
        learns nothing, its value in the resample less the mean.
    prevalences : array
        Share of the positive class in each resample.
    n_positive, n_negative : float
        Weight of either class.
    is_declared : bool, default False
        Whether the prevalence was declared; then it has no interval.

    Returns
    -------
    dict
        Columns of the criteria table, each with ``_ci_low`` and ``_ci_high``.

    References
    ----------
    Noma H, Shinozaki T, Iba K, Teramukai S, Furukawa TA (2021). doi:10.1002/sim.9148

    Examples
    --------
    >>> from subtyping.criteria.operating import at_prevalence
    >>> errors = [(-0.05, 0.02), (0.0, 0.0), (0.05, -0.02)]
    >>> row = frozen_limits(at_prevalence(0.78, 0.88, 0.25), errors, [0.22, 0.25, 0.28], 50, 150)
    >>> bool(row["ppv_ci_low"] < row["ppv"] < row["ppv_ci_high"])
    True
    """
    errors = np.array(deviations, dtype=float).reshape(-1, 2)
    se, sp, total = estimate.sensitivity, estimate.specificity, n_positive + n_negative
    sizes = [effective_n(share, errors[:, k], n)
             for k, (share, n) in enumerate(((se, n_positive), (sp, n_negative)))]  # fmt: skip
    row: dict[str, float] = {name: float(value) for name, value in estimate.as_row().items()}
    for k, (name, n) in enumerate((("sensitivity", n_positive), ("specificity", n_negative))):
        _put(row, name, wilson_with_effect(row[name], errors[:, k], n))
    share = estimate.prevalence_frac
    span = logit_interval(share, prevalences, total)
    _put(row, "prevalence_frac", (np.nan, np.nan) if is_declared else span)
    v_share = 0.0 if is_declared else _logit_variance(span)
    v_se, v_sp = (1 / (n * _inside(x, n)) for x, n in zip((se, sp), sizes, strict=True))
    _put(row, "ppv", _around(row["ppv"], v_share + (1 - se) ** 2 * v_se + sp**2 * v_sp))
    _put(row, "npv", _around(row["npv"], v_share + (1 - sp) ** 2 * v_sp + se**2 * v_se))
    met = row["positive_frac"]
    if is_declared:
        variance = share**2 * _inside(se, sizes[0]) / sizes[0]
        variance += (1 - share) ** 2 * _inside(sp, sizes[1]) / sizes[1]
        spread = variance / max(met * (1 - met), 1e-9) ** 2
        low, high = _around(met, spread)
    elif np.isfinite(met) and len(errors) > 1:
        low, high = (float(x) for x in wilson_interval(met * total, total))
    else:
        low = high = float("nan")
    _put(row, "positive_frac", (low, high))
    _put(row, "screen_fail_frac", (1 - high, 1 - low))
    _put(row, "number_needed_to_screen", (_inverse(high), _inverse(low)))
    return row


def _put(row: dict[str, float], name: str, span: tuple[float, float]) -> None:
    row[f"{name}_ci_low"], row[f"{name}_ci_high"] = float(span[0]), float(span[1])


def _inside(share: float, n: float) -> float:
    """Return p (1 - p), p kept half a person away from 0 and 1."""
    edge = min(0.5 / max(n, 1.0), 0.25)
    kept = float(np.clip(share, edge, 1 - edge))
    return kept * (1 - kept)


def _logit_variance(span: tuple[float, float]) -> float:
    low, high = (float(special.logit(np.clip(x, 1e-6, 1 - 1e-6))) for x in span)
    return ((high - low) / (2 * _Z)) ** 2


def _around(share: float, variance: float) -> tuple[float, float]:
    if not np.isfinite(share) or not np.isfinite(variance):
        return float("nan"), float("nan")
    if share in (0.0, 1.0):
        edge = float(special.expit(-_Z * np.sqrt(variance)))
        return (0.0, edge) if share == 0 else (1 - edge, 1.0)
    centre, reach = float(special.logit(share)), _Z * float(np.sqrt(variance))
    return float(special.expit(centre - reach)), float(special.expit(centre + reach))


def _inverse(share: float) -> float:
    return 1 / share if share > 0 else float("nan")
