"""Operating characteristics of a rule against a target condition, certain or probable."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import ArrayLike

from subtyping.exceptions import InputError

__all__ = ["OperatingCharacteristics", "at_prevalence", "operating_characteristics"]


@dataclass(frozen=True)
class OperatingCharacteristics:
    """What a rule finds and what it costs, as shares between 0 and 1.

    Attributes
    ----------
    prevalence_frac : float
        Share of the screened who have the target condition.
    sensitivity, specificity, ppv, npv : float
        Against the target condition; NaN where a share has nobody to be a share of.
    positive_frac : float
        Share of the screened who meet the rule.
    screen_fail_frac : float
        Share who do not: ``1 - positive_frac``.
    number_needed_to_screen : float
        People screened for one who meets the rule: ``1 / positive_frac``.
    """

    prevalence_frac: float
    sensitivity: float
    specificity: float
    ppv: float
    npv: float
    positive_frac: float
    screen_fail_frac: float
    number_needed_to_screen: float

    @property
    def youden(self) -> float:
        """Sensitivity + specificity - 1."""
        return self.sensitivity + self.specificity - 1

    def as_row(self) -> dict[str, float]:
        """Return the numbers by name."""
        return asdict(self)


def at_prevalence(
    sensitivity: float, specificity: float, prevalence_frac: float
) -> OperatingCharacteristics:
    """Return what a rule of known sensitivity and specificity does at a prevalence (Bayes).

    Parameters
    ----------
    sensitivity, specificity, prevalence_frac : float
        Shares.

    Returns
    -------
    OperatingCharacteristics

    Examples
    --------
    Of 100 people 20 have the condition; the rule finds 16 of them and 8 of the other 80.

    >>> row = at_prevalence(0.8, 0.9, 0.2)
    >>> round(row.ppv, 4), round(row.positive_frac, 4)
    (0.6667, 0.24)
    """
    true_positive = sensitivity * prevalence_frac
    positive = true_positive + (1 - specificity) * (1 - prevalence_frac)
    true_negative = specificity * (1 - prevalence_frac)
    return OperatingCharacteristics(
        prevalence_frac=prevalence_frac,
        sensitivity=sensitivity,
        specificity=specificity,
        ppv=_ratio(true_positive, positive),
        npv=_ratio(true_negative, 1 - positive),
        positive_frac=positive,
        screen_fail_frac=1 - positive,
        number_needed_to_screen=_ratio(1.0, positive),
    )


def operating_characteristics(
    flag: ArrayLike,
    probability: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    target_prevalence_frac: float | None = None,
) -> OperatingCharacteristics:
    r"""Judge a flag against a condition known for certain or with a probability.

    With membership probability :math:`p_i` and weight :math:`w_i`, sensitivity is
    :math:`\sum w_i p_i f_i / \sum w_i p_i` and specificity
    :math:`\sum w_i (1-p_i)(1-f_i) / \sum w_i (1-p_i)`; the rest follows by Bayes.

    Parameters
    ----------
    flag : array of shape (n,)
        Who meets the rule: 1, 0 or NaN for unknown (left out).
    probability : array of shape (n,)
        Probability of the target condition, or the truth as 0 and 1; NaN is left out.
    weights : array of shape (n,), optional
        Counts of a resample.
    target_prevalence_frac : float, optional
        Prevalence where the rule will be used; by default the one seen here.

    Returns
    -------
    OperatingCharacteristics

    Raises
    ------
    InputError
        If lengths differ or a probability lies outside [0, 1].

    Notes
    -----
    Against the labels of a model that was made from the same analytes these are fidelities: they
    say how well the rule repeats the model, not how well it finds a disease.

    Examples
    --------
    >>> row = operating_characteristics([1, 1, 0, 0], [1, 0, 0, 0])
    >>> row.sensitivity, round(row.specificity, 3), row.ppv, row.number_needed_to_screen
    (1.0, 0.667, 0.5, 2.0)
    """
    f, p = np.asarray(flag, dtype=float), np.asarray(probability, dtype=float)
    w = np.ones_like(p) if weights is None else np.asarray(weights, dtype=float)
    if not f.shape == p.shape == w.shape:
        message = f"flag, probability and weights differ: {f.shape}, {p.shape}, {w.shape}."
        raise InputError(message)
    known = ~(np.isnan(f) | np.isnan(p))
    f, p, w = f[known], p[known], w[known]
    if ((p < 0) | (p > 1)).any():
        message = "A probability of the target condition must lie between 0 and 1."
        raise InputError(message)
    has, lacks = float((w * p).sum()), float((w * (1 - p)).sum())
    sensitivity = _ratio(float((w * p * f).sum()), has)
    specificity = _ratio(float((w * (1 - p) * (1 - f)).sum()), lacks)
    seen = _ratio(has, has + lacks)
    prevalence = seen if target_prevalence_frac is None else target_prevalence_frac
    return at_prevalence(sensitivity, specificity, prevalence)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
