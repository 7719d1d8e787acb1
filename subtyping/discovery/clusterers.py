"""Clusterers behind one face: fit, predict, predict_proba for a new person."""

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.mixture import GaussianMixture
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

__all__ = ["GaussianMixtureClusterer", "HDBSCANClusterer"]


class GaussianMixtureClusterer(ClusterMixin, BaseEstimator):
    """Gaussian mixture whose number of clusters, one included, is chosen by BIC.

    Parameters
    ----------
    max_clusters : int, default 4
        Largest number tried.
    covariance : {"full", "diag", "tied", "spherical"}, default "full"
    random_state : int, default 0

    Attributes
    ----------
    n_clusters_ : int
        Chosen number; 1 means no clusters.
    labels_ : ndarray of shape (n_samples,)
    bic_ : ndarray of shape (n_tried,)
        BIC of 1, 2, ... clusters; lower is better.

    Notes
    -----
    BIC rewards a second component whenever one normal does not fit, be it for skewness or heavy
    tails: a chosen number above one is a description, never evidence of a subtype.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(0, 1, (80, 2)), rng.normal(6, 1, (40, 2))])
    >>> GaussianMixtureClusterer().fit(X).n_clusters_
    2
    """

    def __init__(
        self, max_clusters: int = 4, *, covariance: str = "full", random_state: int = 0
    ) -> None:
        self.max_clusters = max_clusters
        self.covariance = covariance
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: object = None) -> "GaussianMixtureClusterer":  # noqa: ARG002
        """Fit mixtures of 1 to `max_clusters` components and keep the best by BIC."""
        X = validate_data(self, X, dtype=float, ensure_min_samples=2)
        most = max(1, min(self.max_clusters, len(X) // 2))
        with threadpool_limits(1):  # tiny problems: many threads cost more than they bring
            models = [self._mixture(k).fit(X) for k in range(1, most + 1)]
        self.bic_ = np.array([model.bic(X) for model in models])
        self.model_ = models[int(self.bic_.argmin())]
        self.n_clusters_ = int(self.model_.n_components)
        self.labels_ = self.model_.predict(X)
        return self

    def _mixture(self, n_components: int) -> GaussianMixture:
        return GaussianMixture(
            n_components=n_components,
            covariance_type=self.covariance,
            n_init=3,
            max_iter=500,
            reg_covar=1e-4,
            random_state=self.random_state,
        )

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return cluster probabilities of shape (n_samples, n_clusters_)."""
        check_is_fitted(self)
        return self.model_.predict_proba(validate_data(self, X, dtype=float, reset=False))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable cluster of each sample."""
        return self.predict_proba(X).argmax(axis=1)


class HDBSCANClusterer(ClusterMixin, BaseEstimator):
    """HDBSCAN with soft membership for new people; noise stays noise.

    Parameters
    ----------
    min_cluster_frac : float, default 0.1
        Smallest cluster as a share of the samples (at least 5 samples).
    min_samples : int, default 5

    Attributes
    ----------
    n_clusters_ : int
        0 where no cluster was found.
    labels_ : ndarray of shape (n_samples,)
        -1 for noise.

    References
    ----------
    Campello RJGB, Moulavi D, Sander J (2013). Density-based clustering based on hierarchical
    density estimates. PAKDD 2013. doi:10.1007/978-3-642-37456-2_14.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(0, 1, (80, 2)), rng.normal(9, 1, (40, 2))])
    >>> HDBSCANClusterer().fit(X).n_clusters_
    2
    """

    def __init__(self, min_cluster_frac: float = 0.1, *, min_samples: int = 5) -> None:
        self.min_cluster_frac = min_cluster_frac
        self.min_samples = min_samples

    def fit(self, X: np.ndarray, y: object = None) -> "HDBSCANClusterer":  # noqa: ARG002
        """Find density clusters."""
        import hdbscan

        # A writable copy: the library's trees refuse read-only memory.
        X = np.array(validate_data(self, X, dtype=float, ensure_min_samples=2))
        size = max(5, round(self.min_cluster_frac * len(X)))
        self.model_ = None
        self.labels_ = np.full(len(X), -1)
        if len(X) > size:
            model = hdbscan.HDBSCAN(
                min_cluster_size=size,
                min_samples=min(self.min_samples, len(X) - 1),
                prediction_data=True,
                core_dist_n_jobs=1,
                approx_min_span_tree=False,
            ).fit(X)
            self.labels_ = model.labels_
            self.model_ = model if model.labels_.max() >= 0 else None
        self.n_clusters_ = int(self.labels_.max()) + 1
        return self

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return memberships of shape (n_samples, n_clusters_); what is left to 1 is noise."""
        import hdbscan

        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        if self.model_ is None:
            return np.zeros((len(X), 0))
        membership = np.asarray(hdbscan.membership_vector(self.model_, X), dtype=float)
        return membership.reshape(len(X), self.n_clusters_)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the cluster of each sample, -1 (noise) where noise is more probable."""
        membership = self.predict_proba(X)
        if membership.shape[1] == 0:
            return np.full(len(membership), -1)
        noise = 1 - membership.sum(axis=1)
        best = membership.argmax(axis=1)
        return np.where(membership.max(axis=1) > noise, best, -1)
