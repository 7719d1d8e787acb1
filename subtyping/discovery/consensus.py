"""Consensus clusters behind the face of a clusterer: frozen profiles place a new person."""

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from subtyping._validation import one_of
from subtyping.discovery.cluster_names import cluster_names, order_of_clusters
from subtyping.exceptions import InputError
from subtyping.statistics.agreement import align_labels
from subtyping.statistics.coassignment import BASES, CoAssignment, co_assignment

__all__ = ["ConsensusClusterer"]


class ConsensusClusterer(ClusterMixin, BaseEstimator):
    r"""Clusters on which resamples of the people agree.

    Fitting is `subtyping.statistics.coassignment.co_assignment`. A new person is placed by the
    nearest frozen profile (mean of a cluster's people): :math:`p(c \mid x) \propto \pi_c
    \exp(-\|x - m_c\|^2 / 2 s^2)`, :math:`\pi_c` the share of the cluster and :math:`s^2` the mean
    variance of a column within clusters.

    Parameters
    ----------
    n_clusters : int, optional
        None chooses between 2 and `max_clusters` by the smallest share of ambiguous pairs, the
        largest number among equals. There is always more than one cluster: consensus cannot say
        that there are none.
    max_clusters : int, default 4
    base : {"agglomerative", "kmeans"}, default "agglomerative"
    metric : {"euclidean", "pearson"}, default "euclidean"
        With ``pearson`` each person's values are centred and scaled to length 1, in fitting and
        in prediction; `profiles_` are on that scale.
    n_resamples : int, default 200
    fraction : float, default 0.8
    random_state : int, default 0

    Attributes
    ----------
    n_clusters_ : int
    labels_ : ndarray of shape (n_samples,)
        Consensus clusters, from the lowest to the highest mean of the first column. `predict`
        places by profile and can differ from them between clusters.
    agreement_ : ndarray of shape (n_samples,)
        Share of the resamples holding a person in which their cluster, matched to the consensus
        clusters by the Hungarian algorithm, is `labels_`.
    profiles_ : ndarray of shape (n_clusters_, n_features)
    weights_ : ndarray of shape (n_clusters_,)
    variance_ : float
        Within clusters, mean over columns.
    names_ : tuple of str
        What defines each cluster.
    consensus_ : ndarray of shape (n_samples, n_samples)
    ambiguous_frac_ : ndarray
        By number of clusters tried.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(0, 1, (40, 3)), rng.normal(8, 1, (20, 3))])
    >>> fitted = ConsensusClusterer(n_resamples=100).fit(X)
    >>> fitted.n_clusters_, fitted.predict([[8.0, 8.0, 8.0]])
    (2, array([1]))
    """

    def __init__(
        self,
        n_clusters: int | None = None,
        *,
        max_clusters: int = 4,
        base: str = "agglomerative",
        metric: str = "euclidean",
        n_resamples: int = 200,
        fraction: float = 0.8,
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.max_clusters = max_clusters
        self.base = base
        self.metric = metric
        self.n_resamples = n_resamples
        self.fraction = fraction
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: object = None) -> "ConsensusClusterer":  # noqa: ARG002
        """Find consensus clusters and freeze their profiles."""
        X = validate_data(self, X, dtype=float, ensure_min_samples=2)
        one_of(self.base, BASES, "base")
        values = self._scaled(X)
        tried = self._tried(len(X))
        by_correlation = self.metric == "pearson" and self.base == "agglomerative"
        result = co_assignment(
            values,
            n_clusters=tried,
            base=self.base,
            metric="pearson" if by_correlation else "euclidean",
            n_resamples=self.n_resamples,
            fraction=self.fraction,
            seed=self.random_state,
        )
        self.ambiguous_frac_ = result.ambiguous_frac
        best = int(np.flatnonzero(self.ambiguous_frac_ <= self.ambiguous_frac_.min() + 1e-9)[-1])
        self.consensus_ = result.consensus[best]
        self._freeze(X, values, result, best)
        return self

    def _tried(self, n: int) -> tuple[int, ...]:
        drawn = max(2, int(np.floor(n * self.fraction + 1e-9)))
        if self.n_clusters is not None:
            if not 1 <= self.n_clusters <= n:
                message = f"n_clusters must lie between 1 and {n}; got {self.n_clusters}."
                raise InputError(message)
            return (min(self.n_clusters, drawn),)
        return tuple(range(2, max(2, min(self.max_clusters, drawn - 1)) + 1))

    def _freeze(self, X: np.ndarray, values: np.ndarray, result: CoAssignment, best: int) -> None:
        found = result.labels[best]
        k = int(found.max()) + 1
        own = np.array([X[found == c].mean(axis=0) for c in range(k)])
        order = order_of_clusters(own)
        self.labels_ = order.argsort()[found]
        self.n_clusters_ = k
        self.profiles_ = np.array([values[self.labels_ == c].mean(axis=0) for c in range(k)])
        self.weights_ = np.bincount(self.labels_) / len(X)
        within = values - self.profiles_[self.labels_]
        floor = 1e-6 * values.var() + np.finfo(float).tiny
        self.variance_ = max(float((within**2).mean()), floor)
        columns = getattr(self, "feature_names_in_", None)
        self.names_ = cluster_names(own[order], X.std(axis=0), columns)
        drawn = result.memberships[best]
        aligned = np.array([align_labels(self.labels_, row) for row in drawn])
        self.agreement_ = (aligned == self.labels_).sum(axis=0) / (drawn >= 0).sum(axis=0)

    def _scaled(self, X: np.ndarray) -> np.ndarray:
        if one_of(self.metric, ("euclidean", "pearson"), "metric") == "euclidean":
            return X
        centred = X - X.mean(axis=1, keepdims=True)
        length = np.sqrt((centred**2).sum(axis=1, keepdims=True))
        if X.shape[1] < 2 or (length <= 1e-12 * (1 + np.abs(X).max())).any():
            message = (
                "metric='pearson' needs at least two columns and people whose values differ "
                "between columns; use metric='euclidean'."
            )
            raise InputError(message)
        return np.asarray(centred / length)

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return cluster probabilities of shape (n_samples, n_clusters_)."""
        check_is_fitted(self)
        values = self._scaled(validate_data(self, X, dtype=float, reset=False))
        square = ((values[:, None, :] - self.profiles_) ** 2).sum(axis=2)
        score = np.log(self.weights_) - 0.5 * square / self.variance_
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable cluster of each sample."""
        return np.asarray(self.predict_proba(X).argmax(axis=1))
