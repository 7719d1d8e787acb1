"""How two numbers go together once others are held fixed, with an interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from subtyping.exceptions import InputError

__all__ = ["PartialCorrelation", "correlation_interval", "partial_correlation", "weighted_ranks"]

Floats = NDArray[np.float64]

TOLERANCE = 1e-10


@dataclass(frozen=True)
class PartialCorrelation:
    """A correlation given covariates.

    Attributes
    ----------
    estimate : float
        NaN where it is not defined: fewer than three people beyond the covariates, or nothing
        of either number is left once the covariates are taken away.
    ci_low, ci_high, p_value : float
        NaN where weights were given: the weights of a survey need its design, too.
    n : int
        People with every number known (and a positive weight).
    n_covariates : int
        Independent columns held fixed, the intercept not counted.
    """

    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    n: int
    n_covariates: int


def weighted_ranks(values: ArrayLike, weights: ArrayLike | None = None) -> Floats:
    r"""Return mid-ranks, each person counting with their weight.

    The rank of a value is the weight below it plus half of the weight at it (and half a person,
    so that equal weights of 1 give the usual mid-ranks).

    Parameters
    ----------
    values : array of shape (n,)
        No missing entries.
    weights : array of shape (n,), optional
        Positive; one each by default.

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> weighted_ranks([3.0, 1.0, 3.0]).tolist()
    [2.5, 1.0, 2.5]
    >>> weighted_ranks([3.0, 1.0], [1.0, 2.0]).tolist()  # 2 + 1/2 + 1/2, and 2/2 + 1/2
    [3.0, 1.5]
    """
    x = np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    _, place = np.unique(x, return_inverse=True)
    at = np.bincount(place, weights=w)
    below = np.cumsum(at) - at
    return np.asarray((below + at / 2 + 0.5)[place], dtype=float)


def correlation_interval(
    estimate: float, n: int, *, n_covariates: int = 0, ranks: bool = False, level: float = 0.95
) -> tuple[float, float]:
    r"""Return the Fisher z interval of a (partial) correlation.

    :math:`\tanh(\operatorname{artanh} r \pm z \sqrt{v / (n - 3 - k)})` with *k* covariates;
    :math:`v = 1` for values and :math:`v = 1 + r^2/2` (Bonett and Wright) for ranks.

    Parameters
    ----------
    estimate : float
    n : int
        People.
    n_covariates : int, default 0
    ranks : bool, default False
        Whether ranks were correlated.
    level : float, default 0.95

    Returns
    -------
    low, high : float
        NaN with fewer than four people beyond the covariates.

    References
    ----------
    Bonett DG, Wright TA (2000). Sample size requirements for estimating Pearson, Kendall and
    Spearman correlations. Psychometrika 65, 23-28. doi:10.1007/BF02294183.

    Examples
    --------
    >>> low, high = correlation_interval(0.5, 28)  # artanh .5 = .549, 1.96 / 5 = .392
    >>> round(low, 3), round(high, 3)
    (0.156, 0.736)
    """
    freedom = n - 3 - n_covariates
    if freedom < 1 or not np.isfinite(estimate):
        return float("nan"), float("nan")
    variance = (1 + estimate**2 / 2 if ranks else 1.0) / freedom
    reach = float(special.ndtri(0.5 + level / 2)) * np.sqrt(variance)
    centre = np.arctanh(np.clip(estimate, -1 + 1e-15, 1 - 1e-15))
    return float(np.tanh(centre - reach)), float(np.tanh(centre + reach))


def partial_correlation(
    x: ArrayLike,
    y: ArrayLike,
    covariates: ArrayLike | None = None,
    *,
    ranks: bool = True,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> PartialCorrelation:
    r"""Correlate x and y with covariates held fixed.

    The correlation of what least squares on the covariates leaves of x and of y; of their ranks,
    where `ranks` (Spearman's). Covariates are ranked, too, except those of two values, whose
    ranks would say the same. :math:`t = r \sqrt{f / (1 - r^2)}` on :math:`f = n - 2 - k` degrees
    of freedom gives the p-value, Fisher's z the interval (see `correlation_interval`).

    Parameters
    ----------
    x, y : array of shape (n,)
        A person who lacks x, y, a covariate or a weight is left out.
    covariates : array of shape (n, n_covariates), optional
        Levels come as one column of 0 and 1 each. Columns that others express do no harm.
    ranks : bool, default True
        Spearman's correlation; otherwise Pearson's.
    weights : array of shape (n,), optional
        Weights of a survey; then there is an estimate alone.
    level : float, default 0.95

    Returns
    -------
    PartialCorrelation

    Raises
    ------
    InputError
        If the lengths differ or a weight is negative.

    Notes
    -----
    Ranks on ranks adjust for a monotone relation that is linear in ranks; a covariate that was
    measured with error, or in classes, leaves some of its confounding behind.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> common = rng.normal(size=300)
    >>> x, y = common + rng.normal(size=300), common + rng.normal(size=300)
    >>> crude, given = partial_correlation(x, y), partial_correlation(x, y, common)
    >>> crude.p_value < 1e-6, given.p_value > 0.05, given.n_covariates
    (True, True, 1)
    """
    one, two, C, w = _as_arrays(x, y, covariates, weights)
    known = np.isfinite(one) & np.isfinite(two) & np.isfinite(C).all(axis=1) & (w > 0)
    one, two, C, w = one[known], two[known], C[known], w[known]
    if ranks:
        one, two = weighted_ranks(one, w), weighted_ranks(two, w)
        columns = [c if len(np.unique(c)) <= 2 else weighted_ranks(c, w) for c in C.T]
        C = np.column_stack(columns) if columns else C
    n = len(one)
    design = np.column_stack([np.ones(n), C]) if n else np.empty((0, 1))
    rests, k = _residuals(np.column_stack([one, two]), design, w)
    r = _cosine(rests, np.column_stack([one, two]), w) if n - 2 - k >= 1 else float("nan")
    if weights is not None or not np.isfinite(r):
        return PartialCorrelation(r, float("nan"), float("nan"), float("nan"), n, k)
    freedom = n - 2 - k
    t = r * np.sqrt(freedom / max(1 - r**2, 1e-300))
    low, high = correlation_interval(r, n, n_covariates=k, ranks=ranks, level=level)
    return PartialCorrelation(r, low, high, float(2 * stats.t.sf(abs(t), freedom)), n, k)


def _as_arrays(
    x: ArrayLike, y: ArrayLike, covariates: ArrayLike | None, weights: ArrayLike | None
) -> tuple[Floats, Floats, Floats, Floats]:
    one, two = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    C = np.empty((len(one), 0)) if covariates is None else np.asarray(covariates, dtype=float)
    C = C[:, None] if C.ndim == 1 else C
    w = np.ones(len(one)) if weights is None else np.asarray(weights, dtype=float)
    if not (one.ndim == 1 and one.shape == two.shape == w.shape and len(C) == len(one)):
        message = (
            "x, y, covariates and weights must be about the same people; got "
            f"{one.shape}, {two.shape}, {C.shape} and {w.shape}."
        )
        raise InputError(message)
    if (w < 0).any():
        message = "Weights must not be negative."
        raise InputError(message)
    return one, two, C, np.where(np.isfinite(w), w, 0.0)


def _residuals(Y: Floats, design: Floats, w: Floats) -> tuple[Floats, int]:
    """What weighted least squares leaves, and how many columns beside the intercept count."""
    if not len(Y):
        return Y, 0
    root = np.sqrt(w / w.mean())[:, None]
    scale = np.sqrt((design**2).mean(axis=0))
    scaled = root * design / np.where(scale > 0, scale, 1.0)
    u, s, _ = np.linalg.svd(scaled, full_matrices=False)
    basis = u[:, s > TOLERANCE * s[0]]
    rest = root * Y - basis @ (basis.T @ (root * Y))
    return rest - basis @ (basis.T @ rest), basis.shape[1] - 1


def _cosine(rests: Floats, Y: Floats, w: Floats) -> float:
    """Correlation of two residuals; NaN where nothing is left of one."""
    root = np.sqrt(w / w.mean())[:, None]
    centred = root * (Y - np.average(Y, axis=0, weights=w))
    sizes, wholes = np.linalg.norm(rests, axis=0), np.linalg.norm(centred, axis=0)
    if (sizes <= 1e-8 * np.maximum(wholes, 1e-300)).any():
        return float("nan")
    return float(np.clip(rests[:, 0] @ rests[:, 1] / (sizes[0] * sizes[1]), -1, 1))
