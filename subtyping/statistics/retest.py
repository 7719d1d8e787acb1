"""What a cut-off is worth when people are measured again: bivariate-normal misclassification."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from subtyping.exceptions import InputError
from subtyping.statistics.bivariate_normal import both_above
from subtyping.statistics.reliability import averaged_reliability

__all__ = [
    "Retest",
    "grey_zone",
    "repeat_rule",
    "retest",
]

Floats = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(200)
_FAR = 9.0  # standard deviations beyond which a normal holds nothing that could be printed


@dataclass(frozen=True)
class Retest:
    """How a cut-off on a noisy score does against the true, repeat-averaged score.

    Attributes
    ----------
    reliability : float
        Squared correlation of what is compared with the cut and the true score.
    positive_frac : float
        Share of people above the cut.
    true_frac : float
        Share of people called truly above: the stated quantile of the true score.
    truly_above_frac : float
        Share of those above the cut who are truly above (the positive predictive value).
    sensitivity, specificity, npv : float
        Against "true score above the stated quantile".
    misclassified_frac : float
        Share of all people on the wrong side of the cut.
    still_positive_frac : float
        Share of those above the cut who are above it when the same is done again.
    """

    reliability: float
    positive_frac: float
    true_frac: float
    truly_above_frac: float
    sensitivity: float
    specificity: float
    npv: float
    misclassified_frac: float
    still_positive_frac: float


def retest(
    icc: float,
    upper_frac: float,
    *,
    n_samples: int = 1,
    true_frac: float | None = None,
    is_same_value: bool = False,
) -> Retest:
    r"""Return what a cut-off at the upper share of the population is worth.

    The true score and the mean of n samples are bivariate normal with correlation
    :math:`\sqrt{r_n}`, :math:`r_n` the reliability of the mean (Spearman-Brown); two repeats of
    the same have correlation :math:`r_n`. *Truly above* means: the true score, which is the mean
    over endlessly many repeats, lies above its own upper quantile.

    Parameters
    ----------
    icc : float
        Repeatability of one sample.
    upper_frac : float
        Share of people whose single sample lies above the cut.
    n_samples : int, default 1
        Samples averaged before they are compared with the cut.
    true_frac : float, optional
        Upper share of the true score that counts as truly above; `upper_frac` by default.
    is_same_value : bool, default False
        What becomes of the cut when samples are averaged. False: it moves so that the same share
        of people lies above. True: it stays the same number; a mean varies less than a single
        sample, so another share lies above.

    Returns
    -------
    Retest

    Raises
    ------
    InputError
        If a share or the ICC is out of range.

    Notes
    -----
    Fails where the score is not about normal on the scale the ICC holds on (take logarithms), and
    where the noise depends on the level.

    Examples
    --------
    >>> one, two = retest(0.55, 0.27), retest(0.55, 0.27, n_samples=2)
    >>> round(one.truly_above_frac, 2), round(one.still_positive_frac, 2)
    (0.64, 0.53)
    >>> round(two.truly_above_frac, 2)
    0.72
    """
    share = _share(upper_frac, "upper_frac")
    true = share if true_frac is None else _share(true_frac, "true_frac")
    cut, quantile = -special.ndtri(share), -special.ndtri(true)
    r = averaged_reliability(icc, n_samples)
    if is_same_value:
        cut = cut / np.sqrt(icc + (1 - icc) / n_samples)
    positive = float(special.ndtr(-cut))
    joint = float(both_above(cut, quantile, np.sqrt(r)))
    again = float(both_above(cut, cut, r))
    return _summary(positive, true, joint, again, r)


def repeat_rule(
    icc: float,
    upper_frac: float,
    *,
    n_samples: int = 2,
    needed: int = 2,
    true_frac: float | None = None,
) -> Retest:
    r"""Return what "above the cut in at least so many of n samples" is worth.

    Given the true score *t* (standardised), samples are independent and each lies above the cut
    *c* with probability :math:`\pi(t) = \Phi\{(\sqrt\rho\,t - c)/\sqrt{1-\rho}\}`; the number
    above is binomial, and integrated over *t* by quadrature.

    Parameters
    ----------
    icc : float
        Repeatability of one sample.
    upper_frac : float
        Share of people whose single sample lies above the cut.
    n_samples, needed : int, default 2
        Samples taken, and how many must lie above.
    true_frac : float, optional
        As in `retest`.

    Returns
    -------
    Retest
        ``still_positive_frac``: of those who met the rule, who meet it with n new samples.

    Raises
    ------
    InputError
        If a share, the ICC or a number of samples is out of range.

    Examples
    --------
    >>> both = repeat_rule(0.55, 0.27)
    >>> round(both.positive_frac, 3), round(both.truly_above_frac, 2), round(both.sensitivity, 2)
    (0.142, 0.84, 0.44)
    """
    share = _share(upper_frac, "upper_frac")
    true = share if true_frac is None else _share(true_frac, "true_frac")
    cut, quantile = -special.ndtri(share), -special.ndtri(true)
    if not 1 <= needed <= n_samples:
        message = f"Of {n_samples} samples 1 to {n_samples} may be needed; got {needed}."
        raise InputError(message)
    r = averaged_reliability(icc, n_samples)
    if icc in {0, 1}:
        above = float(special.ndtr(-cut))
        p = above if icc == 1 else float(special.bdtrc(needed - 1, n_samples, above))
        joint = min(p, true) if icc == 1 else p * true
        return _summary(p, true, joint, p if icc == 1 else p * p, r)
    t, weight = _grid(cut / np.sqrt(icc), np.sqrt((1 - icc) / icc), quantile)
    chance = special.ndtr((np.sqrt(icc) * t - cut) / np.sqrt(1 - icc))
    met = special.bdtrc(needed - 1, n_samples, chance)
    joint = float(weight[t > quantile] @ met[t > quantile])
    return _summary(float(weight @ met), true, joint, float(weight @ met**2), r)


def grey_zone(
    icc: float,
    true_frac: float,
    *,
    n_samples: int = 1,
    chances: tuple[float, float] = (0.2, 0.8),
) -> tuple[float, float]:
    r"""Return the values for which the chance of being truly above is neither low nor high.

    Given a value *x* (in standard deviations of what is measured, from its mean) the true score is
    normal, and :math:`P(\text{truly above} \mid x) = \Phi\{(\sqrt r\,x - k)/\sqrt{1-r}\}`, *k* the
    upper quantile of the true score. The zone is where this lies between the two chances.

    Parameters
    ----------
    icc : float
        Repeatability of one sample.
    true_frac : float
        Upper share of the true score that counts as truly above.
    n_samples : int, default 1
        Samples averaged; the limits are then in standard deviations of their mean.
    chances : tuple of float, default (0.2, 0.8)
        Least and greatest chance inside the zone.

    Returns
    -------
    low, high : float
        The zone lies about :math:`k/\sqrt r`, above the cut *k* where less than half of the people
        are truly above: extreme values regress to the mean. Infinite with an ICC of 0.

    Raises
    ------
    InputError
        If the ICC, the share or the chances are out of range.

    Examples
    --------
    >>> low, high = grey_zone(0.70, 0.27)
    >>> round(low, 2), round(high, 2)  # the cut is at 0.61
    (0.18, 1.28)
    """
    k = -special.ndtri(_share(true_frac, "true_frac"))
    least, most = (_share(chance, "a chance") for chance in chances)
    if least >= most:
        message = f"The chances of a grey zone must increase; got {least} and {most}."
        raise InputError(message)
    r = averaged_reliability(icc, n_samples)
    with np.errstate(divide="ignore", invalid="ignore"):
        limits = (k + np.sqrt(1 - r) * special.ndtri([least, most])) / np.sqrt(r)
    low, high = np.nan_to_num(limits, nan=0.0, posinf=np.inf, neginf=-np.inf)
    return float(low), float(high)


def _share(value: float, name: str) -> float:
    if not 0 < value < 1:
        message = f"{name} must lie between 0 and 1; got {value}."
        raise InputError(message)
    return float(value)


def _grid(bend: float, width: float, quantile: float) -> tuple[Floats, Floats]:
    """Return nodes and normal weights, with ends about the bend and where the integrand is cut."""
    around = [bend - _FAR * width, bend, bend + _FAR * width]
    ends = np.unique(np.clip([-_FAR, *around, quantile, _FAR], -_FAR, _FAR))
    half, middle = np.diff(ends) / 2, (ends[:-1] + ends[1:]) / 2
    t = (middle[:, None] + half[:, None] * _NODES).ravel()
    weight = (half[:, None] * _WEIGHTS).ravel() * np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
    return t, weight


def _summary(positive: float, true: float, joint: float, again: float, r: float) -> Retest:
    negative = 1 - positive - true + joint
    return Retest(
        reliability=r,
        positive_frac=positive,
        true_frac=true,
        truly_above_frac=joint / positive if positive > 0 else float("nan"),
        sensitivity=joint / true,
        specificity=negative / (1 - true),
        npv=negative / (1 - positive) if positive < 1 else float("nan"),
        misclassified_frac=positive + true - 2 * joint,
        still_positive_frac=again / positive if positive > 0 else float("nan"),
    )
