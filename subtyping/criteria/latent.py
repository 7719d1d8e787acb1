"""Membership of the latent class, when the rule and the label share analytes."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["latent_membership"]

Floats = NDArray[np.float64]

_STEPS = 12
_LEAST = 1e-9
_RIDGE = 1e-6


def latent_membership(
    probability: Floats, score: Floats, markers: Floats, weights: Floats
) -> tuple[Floats, Floats]:
    r"""Return membership given the score *and* the rule's markers, modelled jointly.

    The label model gives :math:`P(k \mid s)`. In class k the markers follow

    .. math:: x = \alpha + \beta s + \gamma k + e, \qquad e \sim N(0, \Sigma)

    and :math:`\gamma` says what the markers know of the class beyond the score they are part of.
    An EM iteration between :math:`P(k \mid s, x)` and the weighted regression estimates it. Where
    the score holds all they know (members that are exchangeable within classes),
    :math:`\gamma = 0` and the label's probability stands; where a marker of the rule is better
    than its share of the score, P(k | s) is wrong about the people the marker is sure of, and the
    sensitivity weighted by it is off.

    Parameters
    ----------
    probability : ndarray of shape (n,)
        :math:`P(k \mid s)`; NaN takes no part and stays NaN.
    score : ndarray of shape (n,)
        What the labels were made from.
    markers : ndarray of shape (n, n_markers)
        Markers of the rule that the score is made of; a person without all of them keeps the
        label's probability. Infinite values count as the most extreme finite one.
    weights : ndarray of shape (n,)
        Counts of a resample; people of weight 0 are judged by what the others taught.

    Returns
    -------
    membership : ndarray of shape (n,)
    shift : ndarray of shape (n_markers,)
        :math:`\gamma`; zeros where there was nothing to learn.

    Examples
    --------
    The score is the mean of a good and a useless marker: the good one knows more.

    >>> rng = np.random.default_rng(0)
    >>> k = np.arange(4000) < 1200
    >>> x = rng.normal(size=(4000, 2)) + np.outer(k, [4.0, 0.0])
    >>> s = x.mean(axis=1)
    >>> odds = np.exp((s - 1.0) * 4.0) * 0.3 / 0.7
    >>> p, shift = latent_membership(odds / (1 + odds), s, x[:, :1], np.ones(4000))
    >>> bool(np.mean((p > 0.5) == k) > np.mean((odds > 1) == k))
    True
    """
    nothing = np.zeros(markers.shape[1])
    x = _finite(markers)
    known = ~(np.isnan(probability) | np.isnan(score) | np.isnan(x).any(axis=1))
    w = np.where(known, weights, 0.0)
    p = np.where(known, probability, 0.0)
    if markers.shape[1] == 0 or min((w * p).sum(), (w * (1 - p)).sum()) < 2 + markers.shape[1]:
        return probability, nothing
    prior = np.log(np.clip(p, _LEAST, 1) / np.clip(1 - p, _LEAST, 1))
    s, x = np.where(known, score, 0.0), np.where(known[:, None], x, 0.0)
    s, x = _standardised(s[:, None], w)[:, 0], _standardised(x, w)
    shift, used = nothing, w > 0
    for _ in range(_STEPS):
        start, slope, shift, spread = _regress(s[used], x[used], p[used], w[used])
        towards = np.linalg.solve(spread, shift)
        gain = (x - start - np.outer(s, slope) - 0.5 * shift) @ towards
        p = 1 / (1 + np.exp(-np.clip(prior + gain, -500, 500)))
    return np.where(known, p, probability), shift


def _regress(s: Floats, x: Floats, p: Floats, w: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Return intercept, slope, class shift and error covariance; membership p is missing data."""
    total, a = w.sum(), w * p

    cross = np.array(
        [
            [total, w @ s, a.sum()],
            [w @ s, w @ (s * s), a @ s],
            [a.sum(), a @ s, a.sum()],
        ]
    )
    right = np.vstack([w @ x, (w * s) @ x, a @ x])
    fit = np.linalg.solve(cross + _RIDGE * total * np.diag([0.0, 1.0, 1.0]), right)
    error = x - fit[0] - np.outer(s, fit[1])
    inner = (error * w[:, None]).T @ error
    one = a @ error
    inner += -np.outer(fit[2], one) - np.outer(one, fit[2]) + a.sum() * np.outer(fit[2], fit[2])
    spread = inner / total + _RIDGE * np.eye(x.shape[1])
    return fit[0], fit[1], fit[2], spread


def _standardised(x: Floats, w: Floats) -> Floats:
    mean = (w @ x) / w.sum()
    sd = np.sqrt((w @ (x - mean) ** 2) / w.sum())
    return np.asarray((x - mean) / np.where(sd > 0, sd, 1.0))


def _finite(x: Floats) -> Floats:
    """Return the markers with infinite values moved to the most extreme finite ones."""
    held = np.where(np.isfinite(x), x, np.nan)
    low, high = (edge(held, axis=0, initial=start, where=np.isfinite(held))
                 for edge, start in ((np.min, np.inf), (np.max, -np.inf)))  # fmt: skip
    return np.where(np.isnan(x), np.nan, np.clip(x, low, high))
