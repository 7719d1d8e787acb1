"""What a drug would undo of a signature: four measures on plain arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError

__all__ = [
    "Improvement",
    "ShareBack",
    "connectivity",
    "cosine",
    "percent_improvement",
    "share_brought_back",
]

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Improvement:
    r"""Percent of the difference between cases and reference that is taken away.

    Attributes
    ----------
    per_analyte : ndarray of shape (..., n_analytes)
        :math:`100 (b - a)/b`: 100 is the healthy level, more is past it, negative the wrong way.
    uncapped : float or ndarray of shape (...)
        Mean of `per_analyte`: the percentage dermatology reports. Can exceed 100.
    capped : float or ndarray of shape (...)
        Mean of :math:`100 (1 - \min(|a|/|b|, 2))`, which lies in -100 to 100: past the healthy
        level counts against, and no analyte weighs more than one that is wholly normalised.
    """

    per_analyte: Floats
    uncapped: Floats
    capped: Floats


@dataclass(frozen=True, eq=False)
class ShareBack:
    """Of each person's analytes outside the healthy interval, those brought back inside.

    Attributes
    ----------
    n_outside, n_back, n_pushed_out : ndarray of int of shape (n_people,)
        Outside before; of these inside after; inside before but outside after.
    share : ndarray of shape (n_people,)
        ``n_back / n_outside``; NaN for a person with nothing outside.
    pooled : float
        All that came back over all that were outside, everybody together; NaN without any.
    """

    n_outside: NDArray[np.int64]
    n_back: NDArray[np.int64]
    n_pushed_out: NDArray[np.int64]
    share: Floats
    pooled: float


def percent_improvement(before: ArrayLike, after: ArrayLike) -> Improvement:
    r"""Return the mean percent of a difference that is taken away, capped and uncapped.

    With :math:`b_j` the difference of cases and reference in analyte *j* (log2) and :math:`a_j`
    what is left of it: :math:`100 (b_j - a_j)/b_j` averaged over the analytes, as lesional skin is
    held against non-lesional skin after treatment. Only analytes that differ belong in it: where
    :math:`b_j` is near 0 the ratio is noise.

    Parameters
    ----------
    before, after : array of shape (..., n_analytes)
        Differences from the reference; an analyte whose `before` is 0 or that has a NaN in either
        is left out.

    Returns
    -------
    Improvement
        NaN where no analyte is left.

    Raises
    ------
    InputError
        If the shapes cannot be held against each other.

    Examples
    --------
    One analyte half normalised, one driven as far below the reference as it was above.

    >>> found = percent_improvement([1.0, 1.0], [0.5, -1.0])
    >>> found.per_analyte.tolist(), float(found.uncapped), float(found.capped)
    ([50.0, 200.0], 125.0, 25.0)
    """
    b, a = _alike(before, after, "before", "after")
    known = np.isfinite(b) & np.isfinite(a) & (b != 0)
    ratio = np.divide(a, b, out=np.full(b.shape, NAN), where=known)
    each = 100 * (1 - ratio)
    folded = 100 * (1 - np.minimum(np.abs(ratio), 2.0))
    return Improvement(each, _mean(each), _mean(folded))


def share_brought_back(
    z_before: ArrayLike, z_after: ArrayLike, low: ArrayLike, high: ArrayLike
) -> ShareBack:
    """Return the share of each person's dysregulated analytes that come back inside an interval.

    An analyte driven out at the other side has not come back.

    Parameters
    ----------
    z_before, z_after : array of shape (n_people, n_analytes)
        NaN in either leaves that value out.
    low, high : float or array of shape (n_analytes,)
        Healthy reference interval, its limits included.

    Returns
    -------
    ShareBack

    Raises
    ------
    InputError
        If the shapes cannot be held against each other.

    Examples
    --------
    >>> found = share_brought_back([[3.0, -3.0, 0.0]], [[1.0, 3.0, 0.0]], -1.96, 1.96)
    >>> found.n_outside.tolist(), found.n_back.tolist(), found.share.tolist()
    ([2], [1], [0.5])
    """
    before, after = _alike(z_before, z_after, "z_before", "z_after")
    before, after = np.atleast_2d(before), np.atleast_2d(after)
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    known = np.isfinite(before) & np.isfinite(after)
    was_in = (before >= low) & (before <= high)
    is_in = (after >= low) & (after <= high)
    outside = (known & ~was_in).sum(axis=-1)
    back = (known & ~was_in & is_in).sum(axis=-1)
    pushed = (known & was_in & ~is_in).sum(axis=-1)
    share = np.divide(back, outside, out=np.full(outside.shape, NAN), where=outside > 0)
    total = int(outside.sum())
    return ShareBack(outside, back, pushed, share, float(back.sum() / total) if total else NAN)


def connectivity(
    signature_t: ArrayLike, effect: ArrayLike, effect_se: ArrayLike | None = None
) -> Floats:
    r"""Return the weighted share of a signature whose direction the drug opposes.

    .. math::
        C = -\frac{\sum_j w_j\,\mathrm{sign}(t_j)\,g_j}{\sum_j w_j}, \qquad
        w_j = |t_j|\,(2\Phi(|t_j|) - 1)

    so that an analyte that is not told from 0 hardly counts. :math:`g_j` is the sign of the
    effect, or with its standard error :math:`2\Phi(d_j/\mathrm{se}_j) - 1`: how much surer one
    sign is than the other. 1 opposes all of the signature, -1 mimics it. Needs directions only.

    Parameters
    ----------
    signature_t : array of shape (..., n_analytes)
        t statistics of cases against reference.
    effect : array of shape (..., n_analytes)
        Effect of the drug; 0 where there is none (counts in the denominator), NaN leaves the
        analyte out.
    effect_se : array, optional
        Standard errors of `effect`.

    Returns
    -------
    ndarray of shape (...)
        Between -1 and 1; NaN without any weight.

    Raises
    ------
    InputError
        If the shapes cannot be held against each other.

    Notes
    -----
    Where effects and signature are estimated in the same people the value is positive by noise
    alone; `observed_reversal` splits the people.

    Examples
    --------
    >>> float(connectivity([4.0, 4.0, -4.0], [-1.0, -1.0, -1.0]).round(3))  # (4 + 4 - 4) / 12
    0.333
    """
    t, d = _alike(signature_t, effect, "signature_t", "effect")
    if effect_se is None:
        g = np.sign(d)
    else:
        d, se = _alike(d, effect_se, "effect", "effect_se")
        g = np.where(se > 0, special.erf(d / np.where(se > 0, se, 1.0) / np.sqrt(2)), np.sign(d))
    known = np.isfinite(t) & np.isfinite(g)
    t, g = np.where(known, t, 0.0), np.where(known, g, 0.0)
    weight = np.abs(t) * special.erf(np.abs(t) / np.sqrt(2))
    total = weight.sum(axis=-1)
    against = -(weight * np.sign(t) * g).sum(axis=-1)
    return np.asarray(np.divide(against, total, out=np.full(total.shape, NAN), where=total > 0))


def cosine(
    signature: ArrayLike,
    effect: ArrayLike,
    *,
    signature_var: ArrayLike = 0.0,
    effect_var: ArrayLike = 0.0,
    shared_cov: ArrayLike = 0.0,
) -> Floats:
    r"""Return the cosine between a signature and the opposite of a drug's effect.

    .. math::
        -\frac{\sum_j b_j d_j - \sum_j \mathrm{cov}(\hat b_j, \hat d_j)}
        {\sqrt{(\sum_j b_j^2 - \sum_j \mathrm{var}\,\hat b_j)
        (\sum_j d_j^2 - \sum_j \mathrm{var}\,\hat d_j)}}

    Without variances it is the plain cosine, 1 for a drug that is the signature with its sign
    turned. With them the moments are corrected for estimation error; `shared_cov` is what two
    contrasts that share people have in common (for post - pre and pre - reference: minus the
    variance of the mean before treatment), without which a drug that does nothing "reverses".

    Parameters
    ----------
    signature, effect : array of shape (..., n_analytes)
        On one scale; NaN in either leaves the analyte out.
    signature_var, effect_var, shared_cov : float or array of shape (..., n_analytes), default 0
        Squared standard errors and the covariance of the errors.

    Returns
    -------
    ndarray of shape (...)
        NaN where signature or effect is no larger than its own noise. Corrected values can
        exceed 1 by chance.

    Raises
    ------
    InputError
        If the shapes cannot be held against each other.

    Examples
    --------
    >>> float(cosine([1.0, 2.0], [-0.5, -1.0]).round(3))
    1.0
    >>> float(cosine([1.0, 2.0], [2.0, 1.0]).round(3))  # -(2 + 2) / 5
    -0.8
    """
    b, d = _alike(signature, effect, "signature", "effect")
    known = np.isfinite(b) & np.isfinite(d)
    b, d = np.where(known, b, 0.0), np.where(known, d, 0.0)
    vb, vd, cov = (
        (np.where(known, np.asarray(x, dtype=float), 0.0)).sum(axis=-1)
        for x in (signature_var, effect_var, shared_cov)
    )
    sizes = ((b**2).sum(axis=-1) - vb, (d**2).sum(axis=-1) - vd)
    is_seen = (sizes[0] > 0) & (sizes[1] > 0)
    length = np.sqrt(np.where(is_seen, sizes[0] * sizes[1], 1.0))
    return np.asarray(np.where(is_seen, (cov - (b * d).sum(axis=-1)) / length, NAN))


def _alike(one: ArrayLike, other: ArrayLike, first: str, second: str) -> tuple[Floats, Floats]:
    a, b = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    try:
        shape = np.broadcast_shapes(a.shape, b.shape)
    except ValueError:
        shape = ()
    if not shape:
        message = (
            f"{first} and {second} must be arrays over the same analytes; got {a.shape} and "
            f"{b.shape}."
        )
        raise InputError(message)
    return np.broadcast_to(a, shape), np.broadcast_to(b, shape)


def _mean(values: Floats) -> Floats:
    known = np.isfinite(values)
    count = known.sum(axis=-1)
    total = np.where(known, values, 0.0).sum(axis=-1)
    return np.asarray(np.divide(total, count, out=np.full(count.shape, NAN), where=count > 0))
