"""Kernels of agreement between two sets of fold changes, and labels that may be exchanged."""

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

__all__ = ["agreement", "corrected_correlation", "exchanged_labels", "label_effects"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
LEAST_RELIABILITY = 0.25


def agreement(
    human: Floats, mouse: Floats, human_se: Floats, mouse_se: Floats, is_hit: Mask
) -> dict[str, Floats]:
    """Return four measures of agreement of one human contrast with many mouse ones.

    ``sign_hits``: share of hits of one sign; ``sign_all``: share of all pairs, each weighted by
    ``(2 Phi(|h| / se) - 1) (2 Phi(|m| / se) - 1)``, near 1 where both signs are sure and near 0
    where either is a guess; ``spearman``; ``pearson``.

    Parameters
    ----------
    human, human_se : ndarray of shape (n_pairs,)
    mouse, mouse_se : ndarray of shape (n_draws, n_pairs)
    is_hit : ndarray of bool of shape (n_pairs,)

    Returns
    -------
    dict of str to ndarray of shape (n_draws,)
        NaN where not defined: no hits, or a side without variance.

    Examples
    --------
    >>> h, se = np.array([1.0, -1.0, 0.5]), np.ones(3)
    >>> found = agreement(h, np.array([[2.0, -2.0, -1.0]]), se, se[None], np.array([1, 1, 0]) > 0)
    >>> {name: round(float(value[0]), 3) for name, value in found.items()}
    {'sign_hits': 1.0, 'sign_all': 0.833, 'spearman': 1.0, 'pearson': 0.846}
    """
    same = (human * mouse > 0).astype(float)
    weight = sign_certainty(human, human_se) * sign_certainty(mouse, mouse_se)
    nan = np.full(len(mouse), np.nan)
    total = weight.sum(axis=1)
    return {
        "sign_hits": same[:, is_hit].mean(axis=1) if is_hit.any() else nan,
        "sign_all": np.divide((weight * same).sum(axis=1), total, out=nan.copy(), where=total > 0),
        "spearman": _correlation(stats.rankdata(human), stats.rankdata(mouse, axis=1)),
        "pearson": _correlation(human, mouse),
    }


def sign_certainty(effect: Floats, se: Floats) -> Floats:
    """Return how sure a sign is, 0 to 1; 1 where the standard error is not known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        certainty = 2 * special.ndtr(np.abs(effect) / se) - 1
    return np.asarray(np.where(np.isfinite(se) & (se > 0), certainty, 1.0))


def _correlation(x: Floats, Y: Floats) -> Floats:
    dx, dy = x - x.mean(), Y - Y.mean(axis=1, keepdims=True)
    scale = np.sqrt((dx**2).sum() * (dy**2).sum(axis=1))
    return np.asarray(np.divide(dy @ dx, scale, out=np.full(len(Y), np.nan), where=scale > 1e-12))


def corrected_correlation(
    human: Floats, mouse: Floats, human_se: Floats, mouse_se: Floats, level: float = 0.95
) -> tuple[float, float, float, str]:
    r"""Return the Pearson correlation of the true fold changes, with an interval.

    The errors of the two species are independent, so noise lowers the correlation without adding
    to the covariance: :math:`r_c = \mathrm{cov}(h, m) / \sqrt{(s_h^2 - \bar{se_h^2})
    (s_m^2 - \bar{se_m^2})}`. Its interval is Fisher's interval of the plain correlation, stretched
    alike; it takes analytes as independent and the two noise shares as known, and is too narrow.

    Parameters
    ----------
    human, mouse, human_se, mouse_se : ndarray of shape (n_pairs,)
    level : float, default 0.95

    Returns
    -------
    estimate, low, high : float
        Cut at -1 and 1. NaN where noise makes up more than 75 % of the variance of a side.
    reason : str
        Why there is no estimate; empty otherwise.

    References
    ----------
    Spearman C (1904). doi:10.2307/1412159

    Examples
    --------
    >>> h = np.arange(10.0)
    >>> noisy, se = h + np.tile([1.5, -1.5], 5), np.full(10, 1.5)
    >>> found = corrected_correlation(h, noisy, np.zeros(10), se)
    >>> round(float(np.corrcoef(h, noisy)[0, 1]), 2), round(found[0], 2)
    (0.87, 0.99)
    """
    if not (np.isfinite(human_se).all() and np.isfinite(mouse_se).all()):
        return np.nan, np.nan, np.nan, "a standard error is not known"
    shares = []
    for effect, se in ((human, human_se), (mouse, mouse_se)):
        variance = float(effect.var(ddof=1))
        shares.append(1 - float((se**2).mean()) / variance if variance > 0 else -np.inf)
    if min(shares) < LEAST_RELIABILITY:
        side = "human" if shares[0] < LEAST_RELIABILITY else "mouse"
        return np.nan, np.nan, np.nan, f"the {side} fold changes are mostly noise"
    plain = float(_correlation(human, mouse[None])[0])
    factor = float(np.sqrt(shares[0] * shares[1]))
    low, high = fisher_interval(plain, len(human), 1.0, level)
    cut = np.clip(np.array([plain, low, high]) / factor, -1, 1)
    return float(cut[0]), float(cut[1]), float(cut[2]), ""


def fisher_interval(r: float, n: int, inflation: float, level: float = 0.95) -> tuple[float, float]:
    """Return Fisher's interval; `inflation` 1.03 (the root of 1.06) for a rank correlation."""
    if n < 4 or not np.isfinite(r):
        return np.nan, np.nan
    z = np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12))
    reach = float(special.ndtri(0.5 + level / 2)) * inflation / np.sqrt(n - 3)
    return float(np.tanh(z - reach)), float(np.tanh(z + reach))


def exchanged_labels(
    is_case: Mask, cage: NDArray[np.object_] | None, draws: int, rng: np.random.Generator
) -> tuple[Mask, str]:
    """Return case labels exchanged as the design allows, and how.

    Within cages where a cage holds both groups; whole cages where each holds one group; freely
    where no cage is known.

    Parameters
    ----------
    is_case : ndarray of bool of shape (n_animals,)
    cage : ndarray or None
    draws : int
    rng : numpy.random.Generator

    Returns
    -------
    labels : ndarray of bool of shape (draws, n_animals)
    how : str

    Examples
    --------
    >>> case = np.array([True, False, True, False])
    >>> cage = np.array(["a", "a", "b", "b"], dtype=object)
    >>> labels, how = exchanged_labels(case, cage, 50, np.random.default_rng(0))
    >>> how, np.unique(labels[:, :2].sum(axis=1)).tolist()
    ('within cages', [1])
    """
    if cage is None:
        return rng.permuted(np.tile(is_case, (draws, 1)), axis=1), "among animals"
    names, code = np.unique(cage.astype(str), return_inverse=True)
    counts = np.bincount(code)
    shares = np.bincount(code, weights=is_case.astype(float)) / counts
    if ((shares == 0) | (shares == 1)).all():
        cages = rng.permuted(np.tile(shares == 1, (draws, 1)), axis=1)
        return cages[:, code], "as whole cages"
    labels = np.empty((draws, len(is_case)), dtype=bool)
    for k in range(len(names)):
        rows = np.flatnonzero(code == k)
        labels[:, rows] = rng.permuted(np.tile(is_case[rows], (draws, 1)), axis=1)
    return labels, "within cages"


def label_effects(values: Floats, labels: Mask, cage: NDArray[np.object_] | None) -> Floats:
    """Return the least-squares difference of cases and others for many labellings at once.

    Parameters
    ----------
    values : ndarray of shape (n_animals, n_analytes)
        Without gaps.
    labels : ndarray of bool of shape (n_draws, n_animals)
    cage : ndarray or None
        Cages the difference is adjusted for.

    Returns
    -------
    ndarray of shape (n_draws, n_analytes)
        NaN where a labelling leaves no difference to estimate.

    Examples
    --------
    >>> label_effects(np.array([[1.0], [2.0], [5.0]]), np.array([[False, False, True]]), None)
    array([[3.5]])
    """
    code = np.zeros(values.shape[0], dtype=int)
    if cage is not None:
        code = np.unique(cage.astype(str), return_inverse=True)[1]
    member = (code[:, None] == np.arange(code.max() + 1)).astype(float)
    means = labels @ (member / member.sum(axis=0))
    centred = labels - means[:, code]
    scale = (centred**2).sum(axis=1)
    scale = np.where(scale > 1e-9, scale, np.nan)
    return np.asarray(centred @ values / scale[:, None])
