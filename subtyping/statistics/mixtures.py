"""Mixtures of two groups in one dimension that share a shape, many data sets at a time."""

from dataclasses import fields

import numpy as np

from subtyping.statistics.mixture_shape import MOST_SKEWED, log_shape
from subtyping.statistics.two_groups import TwoGroups, TwoGroupsMany

__all__ = ["fit_two_groups", "fit_two_groups_many"]

MIN_WEIGHT = 0.05
MAX_SD_RATIO = 1.5
LOG_RATIO_SD = 0.2  # of the prior on the log ratio of the SDs, around equality
START_FRACTIONS = (0.15, 0.35, 0.6)
N_STRAIGHT = 10


def _start(X: np.ndarray, fraction: float) -> TwoGroupsMany:
    """Split each sorted row at its upper `fraction`."""
    n = X.shape[1]
    cut = min(n - 2, max(2, round(n * (1 - fraction))))
    low, high = X[:, :cut], X[:, cut:]
    spread = np.sqrt(0.5 * (low.var(axis=1) + high.var(axis=1)))
    spread = np.maximum(spread, 0.05 * X.std(axis=1) + 1e-12)
    weight = np.full(len(X), 1 - cut / n)
    means = low.mean(axis=1), high.mean(axis=1)
    return TwoGroupsMany(weight, *means, spread, spread, np.zeros(len(X)))


def _e_step(X: np.ndarray, at: TwoGroupsMany) -> tuple[np.ndarray, np.ndarray]:
    """Posterior of the upper group and log-likelihood of each row."""
    skewness = at.skewness[:, None]
    low = log_shape((X - at.low_mean[:, None]) / at.low_sd[:, None], skewness)
    high = log_shape((X - at.high_mean[:, None]) / at.high_sd[:, None], skewness)
    low += np.log((1 - at.weight) / at.low_sd)[:, None]
    high += np.log(at.weight / at.high_sd)[:, None]
    total = np.logaddexp(low, high)
    return np.exp(high - total), total.sum(axis=1)


def _m_step(X: np.ndarray, upper: np.ndarray, at: TwoGroupsMany, *, skewed: bool) -> TwoGroupsMany:
    """Weighted moments of each group, and the skewness both have in common."""
    n = X.shape[1]
    n_high = np.maximum(upper.sum(axis=1), 1e-9)
    n_low = np.maximum(n - n_high, 1e-9)
    lower = 1 - upper
    high_mean = (upper * X).sum(axis=1) / n_high
    low_mean = (lower * X).sum(axis=1) / n_low
    from_high, from_low = X - high_mean[:, None], X - low_mean[:, None]
    high_square, low_square = upper * from_high * from_high, lower * from_low * from_low
    low_sd, high_sd = _spreads(low_square.sum(axis=1), high_square.sum(axis=1), n_low, n_high)
    skewness = at.skewness
    if skewed:
        third = (high_square * from_high).sum(axis=1) / high_sd**3
        third += (low_square * from_low).sum(axis=1) / low_sd**3
        skewness = 0.5 * skewness + 0.5 * np.clip(third / n, -MOST_SKEWED, MOST_SKEWED)
    weight = np.clip(n_high / n, MIN_WEIGHT, 1 - MIN_WEIGHT)
    return TwoGroupsMany(weight, low_mean, high_mean, low_sd, high_sd, skewness)


def _spreads(
    low_square: np.ndarray, high_square: np.ndarray, n_low: np.ndarray, n_high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """SDs of both groups; their log ratio is drawn towards 0 as far as the data leave it open."""
    n = n_low + n_high
    low, high = np.maximum(low_square / n_low, 1e-12), np.maximum(high_square / n_high, 1e-12)
    known = 2 * n_low * n_high / n  # information on the log ratio
    log_ratio = 0.5 * np.log(high / low) * known / (known + LOG_RATIO_SD**-2)
    ratio = np.exp(np.clip(log_ratio, -np.log(MAX_SD_RATIO), np.log(MAX_SD_RATIO)))
    low_sd = np.sqrt((n_low * low + n_high * high) / (n_low + n_high * ratio**2))
    return low_sd, low_sd * ratio


def _run(X: np.ndarray, at: TwoGroupsMany, n_iter: int, n_straight: int) -> TwoGroupsMany:
    for i in range(n_iter):
        upper, _ = _e_step(X, at)
        at = _m_step(X, upper, at, skewed=i >= n_straight)
    return at


def fit_two_groups_many(
    X: np.ndarray, *, near: TwoGroups | None = None, n_iter: int = 60
) -> tuple[TwoGroupsMany, np.ndarray]:
    """Fit a mixture of two groups of one shape to every row.

    Expectation and moment steps from three starts (the upper 15, 35 and 60 %), or from one known
    fit; the start with the highest likelihood at the end is kept. The groups share their
    skewness, which is estimated within groups: a skewed population is then not mistaken for a
    normal one with a wide neighbour.

    Parameters
    ----------
    X : ndarray of shape (n_sets, n)
        One data set a row; each sorted in ascending order.
    near : TwoGroups, optional
        Start from this fit alone (for resamples of the data it was fitted to).
    n_iter : int, default 60
        Iterations of each start.

    Returns
    -------
    groups : TwoGroupsMany
    log_likelihood : ndarray of shape (n_sets,)

    Notes
    -----
    The moment step is not the maximum-likelihood step for skewed shapes; it agrees with it for
    the normal one. Weights are kept within [.05, .95]: a group of fewer than 5 % is not what this
    looks for. The log ratio of the SDs has a normal prior around 0 with an SD of .2, and stays
    within log(2/3) and log(3/2): left free, a wide upper group takes the tail of the lower one,
    and its share comes out too large (.33 for a true .27 at a separation of 3, 300 people).
    """
    if near is not None:
        values = (near.weight, *near.means, *near.sds, near.skewness)
        start = TwoGroupsMany(*(np.full(len(X), value) for value in values))
        found = _run(X, start, n_iter, 0)
        return found, _e_step(X, found)[1]
    starts = [_start(X, fraction) for fraction in START_FRACTIONS]
    names = [item.name for item in fields(TwoGroupsMany)]
    joined = (np.concatenate([getattr(start, name) for start in starts]) for name in names)
    together = TwoGroupsMany(*joined)
    every = np.concatenate([X] * len(starts))  # all starts at once: one pass instead of three
    run = _run(every, together, n_iter, N_STRAIGHT)
    likelihoods = _e_step(every, run)[1].reshape(len(starts), -1)
    best, rows = likelihoods.argmax(axis=0), np.arange(len(X))
    chosen = (getattr(run, name).reshape(len(starts), -1)[best, rows] for name in names)
    return TwoGroupsMany(*chosen), likelihoods[best, rows]


def fit_two_groups(x: np.ndarray) -> TwoGroups:
    """Fit a mixture of two groups of one shape to one sample.

    Parameters
    ----------
    x : ndarray of shape (n,)
        At least 8 finite values.

    Returns
    -------
    TwoGroups

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = np.concatenate([rng.normal(0, 1, 700), rng.normal(5, 1, 300)])
    >>> fit = fit_two_groups(x)
    >>> round(fit.weight, 1), round(fit.separation)
    (0.3, 5)
    """
    values = np.sort(np.asarray(x, dtype=float))
    found, likelihood = fit_two_groups_many(values[None, :], n_iter=120)
    means = (float(found.low_mean[0]), float(found.high_mean[0]))
    sds = (float(found.low_sd[0]), float(found.high_sd[0]))
    is_ordered = means[0] <= means[1]
    return TwoGroups(
        weight=float(found.upper_weight[0]),
        means=means if is_ordered else means[::-1],
        sds=sds if is_ordered else sds[::-1],
        skewness=float(found.skewness[0]),
        log_likelihood=float(likelihood[0]),
    )
