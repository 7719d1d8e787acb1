"""Net benefit of a marker at a threshold: the decision curve, people certain or probable."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from subtyping.exceptions import InputError

__all__ = ["decision_curve", "net_benefit"]


def net_benefit(
    sensitivity: ArrayLike,
    specificity: ArrayLike,
    prevalence_frac: float,
    threshold_probability: float,
) -> np.ndarray:
    r"""Return the net benefit of enrolling those who meet a rule.

    .. math:: NB = \pi Se - (1-\pi)(1-Sp)\, w, \qquad w = t / (1 - t)

    in true positives per person screened; *t* is the probability of the condition at which
    enrolling and not enrolling are worth the same. Enrolling nobody has 0; enrolling everybody
    has :math:`\pi - (1-\pi) w`.

    Parameters
    ----------
    sensitivity, specificity : array
        Shares of the rule, or of many cuts.
    prevalence_frac : float
        Share of the screened who have the condition, in (0, 1).
    threshold_probability : float
        In (0, 1). The odds are the harm of enrolling somebody without the condition, in units of
        the gain from enrolling somebody with it.

    Returns
    -------
    ndarray

    Raises
    ------
    InputError
        If a share lies outside (0, 1).

    References
    ----------
    Vickers AJ, Elkin EB (2006). doi:10.1177/0272989X06295361

    Examples
    --------
    Of 100 people 20 have the condition; the rule finds 16 and takes 8 others. At t = .2 four
    wrong ones weigh as much as one right one: (16 - 8 / 4) / 100.

    >>> float(net_benefit(0.8, 0.9, 0.2, 0.2).round(3))
    0.14
    """
    for name, share in (
        ("prevalence_frac", prevalence_frac),
        ("threshold_probability", threshold_probability),
    ):
        if not 0 < share < 1:
            message = f"{name} must lie between 0 and 1; got {share}."
            raise InputError(message)
    odds = threshold_probability / (1 - threshold_probability)
    found = prevalence_frac * np.asarray(sensitivity, dtype=float)
    wrong = (1 - prevalence_frac) * (1 - np.asarray(specificity, dtype=float))
    return np.asarray(found - wrong * odds)


def decision_curve(
    rules: pd.DataFrame, prevalence_frac: float, threshold_probabilities: ArrayLike
) -> pd.DataFrame:
    """Return the decision curve of several rules beside enrolling everybody and nobody.

    Parameters
    ----------
    rules : pandas.DataFrame
        ``rule_text, sensitivity, specificity``.
    prevalence_frac : float
        Share of the screened who have the condition.
    threshold_probabilities : array
        Where the curve is computed, each in (0, 1).

    Returns
    -------
    pandas.DataFrame
        ``rule_text, threshold_probability, net_benefit, net_benefit_everybody, is_best``: whether
        the rule is above everybody and nobody.

    Raises
    ------
    InputError
        As `net_benefit`.

    Examples
    --------
    >>> rules = pd.DataFrame({"rule_text": ["A"], "sensitivity": [0.8], "specificity": [0.9]})
    >>> curve = decision_curve(rules, 0.2, [0.1, 0.5])
    >>> curve["net_benefit"].round(3).tolist(), curve["is_best"].tolist()
    ([0.151, 0.08], [True, True])
    """
    rows = []
    for t in np.asarray(threshold_probabilities, dtype=float):
        everybody = float(net_benefit(1.0, 0.0, prevalence_frac, float(t)))
        for row in rules.to_dict("records"):
            value = float(
                net_benefit(row["sensitivity"], row["specificity"], prevalence_frac, float(t))
            )
            rows.append((row["rule_text"], float(t), value, everybody, value > max(everybody, 0.0)))
    columns = ["rule_text", "threshold_probability", "net_benefit", "net_benefit_everybody",
               "is_best"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)
