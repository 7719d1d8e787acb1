"""Mixtures of skewed clusters behind the face of a clusterer."""

import numpy as np
from scipy.special import log_ndtr
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from subtyping._random import child_seed
from subtyping.discovery.cluster_names import cluster_names, order_of_clusters
from subtyping.exceptions import InputError

__all__ = ["SkewedMixtureClusterer"]

LOG_2PI = float(np.log(2.0 * np.pi))
ROOT = float(np.sqrt(2.0 / np.pi))
N_SHORT = 20
START_SKEW = 0.7


class SkewedMixtureClusterer(ClusterMixin, BaseEstimator):
    r"""Mixture of skew-normal clusters with independent columns.

    In cluster c, column j is :math:`x = \xi_{cj} + \Delta_{cj} |u| + \sqrt{\Gamma_{cj}}\, e` with
    standard normal u and e: skew-normal, normal at :math:`\Delta = 0`. All parameters have closed
    forms in the M step, so the likelihood never falls.

    Parameters
    ----------
    n_clusters : int, default 2
    n_starts : int, default 6
        k-means starts; the best after 20 steps goes on.
    max_iter : int, default 400
    tol : float, default 1e-6
        Stop when a step adds less than this to the log-likelihood of a person.
    min_variance : float, default 1e-3
        Least variance of a cluster and column, as a share of the column's.
    random_state : int, default 0

    Attributes
    ----------
    n_clusters_ : int
        Below `n_clusters` if nobody is most probably in one of them: it is dropped and the rest
        fitted again.
    labels_ : ndarray of shape (n_samples,)
        From the lowest to the highest mean of the first column.
    weights_ : ndarray of shape (n_clusters_,)
    locations_, skews_, variances_ : ndarray of shape (n_clusters_, n_features)
        :math:`\xi, \Delta, \Gamma`.
    means_ : ndarray of shape (n_clusters_, n_features)
        :math:`\xi + \Delta \sqrt{2 / \pi}`.
    names_ : tuple of str
    log_likelihoods_ : ndarray
        Before each step; never falling unless a variance meets its floor.
    n_iter_ : int
    bic_ : float
        Lower is better.

    Notes
    -----
    Two clusters describe better than one wherever a skew-normal does not fit: heavy tails and
    bounded ranges do that. A better BIC is a description, never evidence of a subtype.

    References
    ----------
    Lin TI, Lee JC, Yen SY (2007). Finite mixture modelling using the skew normal distribution.
    Statistica Sinica 17, 909-927.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.gamma(2, 1, (120, 2)), 9 + rng.gamma(2, 1, (60, 2))])
    >>> fitted = SkewedMixtureClusterer().fit(X)
    >>> np.bincount(fitted.labels_), fitted.predict([[12.0, 12.0]])
    (array([120,  60]), array([1]))
    """

    def __init__(
        self,
        n_clusters: int = 2,
        *,
        n_starts: int = 6,
        max_iter: int = 400,
        tol: float = 1e-6,
        min_variance: float = 1e-3,
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_starts = n_starts
        self.max_iter = max_iter
        self.tol = tol
        self.min_variance = min_variance
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: object = None) -> "SkewedMixtureClusterer":  # noqa: ARG002
        """Fit by EM."""
        X = validate_data(self, X, dtype=float, ensure_min_samples=2)
        if not 1 <= self.n_clusters <= len(X) or self.n_starts < 1:
            message = (
                f"n_clusters must lie between 1 and the {len(X)} people, and n_starts be positive; "
                f"got {self.n_clusters} and {self.n_starts}."
            )
            raise InputError(message)
        floor = self.min_variance * X.var(axis=0) + 1e-12 * (1 + (X**2).mean(axis=0))
        starts = [self._run(X, self._start(X, s), floor, N_SHORT) for s in range(self.n_starts)]
        best = max(starts, key=lambda run: run[1][-1])
        at, path = self._run(X, best[0], floor, self.max_iter)
        path = [*best[1], *path]
        while len(lived := np.unique(_log_joint(X, at).argmax(axis=1))) < len(at[0]):
            fewer = (at[0][lived] / at[0][lived].sum(), *(each[lived] for each in at[1:]))
            at, path = self._run(X, fewer, floor, self.max_iter)
        self._freeze(X, at, path)
        return self

    def _start(self, X: np.ndarray, number: int) -> tuple[np.ndarray, ...]:
        """k-means clusters; every other start with clusters skewed as the column within them."""
        spread = X.std(axis=0)
        scaled = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        k = min(self.n_clusters, len(np.unique(scaled, axis=0)))
        seed = child_seed(self.random_state, "skewed mixture", number)
        with threadpool_limits(1):
            labels = KMeans(k, n_init=1, random_state=seed).fit(scaled).labels_
        member = np.full((len(X), self.n_clusters), 1e-3)
        member[np.arange(len(X)), labels] = 1.0
        member /= member.sum(axis=1, keepdims=True)
        n = member.sum(axis=0)[:, None]
        mean = member.T @ X / n
        centred = X[:, None, :] - mean
        variance = (member[:, :, None] * centred**2).sum(axis=0) / n + 1e-12
        third = (member[:, :, None] * centred**3).sum(axis=0) / n
        size = START_SKEW * np.sqrt(variance) if number % 2 == 0 else 0.0 * variance
        skew = np.sign(third) * size
        return (n[:, 0] / len(X), mean - ROOT * skew, skew, variance - (1 - ROOT**2) * skew**2)

    def _run(
        self, X: np.ndarray, at: tuple[np.ndarray, ...], floor: np.ndarray, n_iter: int
    ) -> tuple[tuple[np.ndarray, ...], list[float]]:
        path: list[float] = []
        at = (*at[:3], np.maximum(at[3], floor))
        for _ in range(n_iter):
            at, likelihood = _em_step(X, at, floor)
            path.append(likelihood)
            if len(path) > 1 and path[-1] - path[-2] < self.tol * len(X):
                break
        return at, path

    def _freeze(self, X: np.ndarray, at: tuple[np.ndarray, ...], path: list[float]) -> None:
        means = at[1] + ROOT * at[2]
        order = order_of_clusters(means)
        self.n_clusters_ = len(order)
        self.weights_, self.locations_, self.skews_, self.variances_ = (each[order] for each in at)
        self.means_ = means[order]
        self.log_likelihoods_, self.n_iter_ = np.array(path), len(path)
        columns = getattr(self, "feature_names_in_", None)
        self.names_ = cluster_names(self.means_, X.std(axis=0), columns)
        log_joint = _log_joint(X, self._parameters)
        self.labels_ = log_joint.argmax(axis=1)
        n_free = self.n_clusters_ - 1 + 3 * self.means_.size
        total = np.logaddexp.reduce(log_joint, axis=1).sum()
        self.bic_ = float(n_free * np.log(len(X)) - 2 * total)

    @property
    def _parameters(self) -> tuple[np.ndarray, ...]:
        return self.weights_, self.locations_, self.skews_, self.variances_

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return cluster probabilities of shape (n_samples, n_clusters_)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        log_joint = _log_joint(X, self._parameters)
        total = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
        return np.asarray(np.exp(log_joint - total))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable cluster of each sample."""
        return np.asarray(self.predict_proba(X).argmax(axis=1))


def _log_parts(X: np.ndarray, xi: np.ndarray, delta: np.ndarray, gamma: np.ndarray) -> np.ndarray:
    """Log density of each person, cluster and column, (n, k, p)."""
    omega2 = gamma + delta**2
    centred = X[:, None, :] - xi
    tilt = delta / np.sqrt(gamma * omega2) * centred
    normal = -0.5 * (LOG_2PI + np.log(omega2) + centred**2 / omega2)
    return np.asarray(np.log(2.0) + normal + log_ndtr(tilt))


def _log_joint(X: np.ndarray, at: tuple[np.ndarray, ...]) -> np.ndarray:
    """Log of share times density of each person and cluster, (n, k)."""
    return np.asarray(_log_parts(X, *at[1:]).sum(axis=2) + np.log(at[0]))


def _em_step(
    X: np.ndarray, at: tuple[np.ndarray, ...], floor: np.ndarray
) -> tuple[tuple[np.ndarray, ...], float]:
    """One EM step, and the log-likelihood before it."""
    _, xi, delta, gamma = at
    log_joint = _log_joint(X, at)
    total = np.logaddexp.reduce(log_joint, axis=1)
    member = np.exp(log_joint - total[:, None])[:, :, None]
    # Moments of |u| given x: a normal (eta, m2) cut off at 0.
    omega2 = gamma + delta**2
    eta = delta / omega2 * (X[:, None, :] - xi)
    m2 = gamma / omega2
    z = eta / np.sqrt(m2)
    mills = np.exp(-0.5 * z * z - 0.5 * LOG_2PI - log_ndtr(z))
    t = eta + np.sqrt(m2) * mills
    t2 = eta**2 + m2 + np.sqrt(m2) * eta * mills
    # Weighted regression of x on |u|.
    n = np.maximum(member.sum(axis=0), 1e-10)
    t_mean, t2_mean = (member * t).sum(axis=0) / n, (member * t2).sum(axis=0) / n
    x_mean = (member * X[:, None, :]).sum(axis=0) / n
    centred = X[:, None, :] - x_mean
    covariance = (member * centred * t).sum(axis=0) / n
    slope = covariance / np.maximum(t2_mean - t_mean**2, 1e-12)
    left = (member * centred**2).sum(axis=0) / n - slope * covariance
    new = (n[:, 0] / len(X), x_mean - slope * t_mean, slope, np.maximum(left, floor))
    return new, float(total.sum())
