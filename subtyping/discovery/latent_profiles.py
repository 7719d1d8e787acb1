"""Latent profiles by StepMix, an optional extra, behind the face of a clusterer."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from subtyping.discovery.cluster_names import cluster_names, order_of_clusters
from subtyping.exceptions import InputError

__all__ = ["LatentProfileClusterer"]

LOG_2PI = float(np.log(2.0 * np.pi))


class LatentProfileClusterer(ClusterMixin, BaseEstimator):
    r"""Latent profile analysis: normal clusters whose columns are independent.

    Fitting is done by StepMix (``pip install stepmix``); its parameters are frozen, and new
    people are placed without it: :math:`p(c \mid x) \propto \pi_c \prod_j N(x_j; m_{cj},
    v_{cj})`.

    Parameters
    ----------
    n_clusters : int, default 2
    n_starts : int, default 5
    max_iter : int, default 1000
    random_state : int, default 0

    Attributes
    ----------
    n_clusters_ : int
        Below `n_clusters` if nobody is most probably in one of them; it is dropped.
    labels_ : ndarray of shape (n_samples,)
        From the lowest to the highest mean of the first column.
    weights_ : ndarray of shape (n_clusters_,)
    means_, variances_ : ndarray of shape (n_clusters_, n_features)
    names_ : tuple of str
    n_iter_ : int

    References
    ----------
    Morin S, Legault R, Laliberte F, Bakk Z, Giguere CE, de la Sablonniere R, Lacourse E (2025).
    StepMix: a Python package for pseudo-likelihood estimation of generalized mixture models with
    external variables. Journal of Statistical Software 113. doi:10.18637/jss.v113.i08.

    Examples
    --------
    >>> LatentProfileClusterer(n_clusters=3)
    LatentProfileClusterer(n_clusters=3)
    """

    def __init__(
        self,
        n_clusters: int = 2,
        *,
        n_starts: int = 5,
        max_iter: int = 1000,
        random_state: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_starts = n_starts
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: np.ndarray, y: object = None) -> "LatentProfileClusterer":  # noqa: ARG002
        """Fit by StepMix.

        Raises
        ------
        InputError
            If StepMix is not installed, or the number of clusters is impossible.
        """
        X = validate_data(self, X, dtype=float, ensure_min_samples=2)
        if not 1 <= self.n_clusters <= len(X):
            message = (
                f"n_clusters must lie between 1 and the {len(X)} people; got {self.n_clusters}."
            )
            raise InputError(message)
        centre, spread = X.mean(axis=0), X.std(axis=0)
        spread = np.where(spread > 0, spread, 1.0)
        model = self._model()
        with threadpool_limits(1):
            model.fit((X - centre) / spread)
        found = model.get_parameters()
        weights = np.asarray(found["weights"], dtype=float)
        means = np.asarray(found["measurement"]["means"]) * spread + centre
        variances = np.asarray(found["measurement"]["covariances"]) * spread**2
        self.n_iter_ = max(1, int(model.n_iter_))
        lived = np.unique(_log_joint(X, weights, means, variances).argmax(axis=1))
        order = lived[order_of_clusters(means[lived])]
        self.weights_ = weights[order] / weights[order].sum()
        self.means_, self.variances_ = means[order], variances[order]
        self.n_clusters_ = len(order)
        columns = getattr(self, "feature_names_in_", None)
        self.names_ = cluster_names(self.means_, X.std(axis=0), columns)
        self.labels_ = _log_joint(X, self.weights_, self.means_, self.variances_).argmax(axis=1)
        return self

    def _model(self) -> Any:
        """Make StepMix's estimator, or say how to install it."""
        try:
            from stepmix.stepmix import StepMix  # type: ignore[import-not-found]
        except ImportError:
            message = (
                "Latent profiles need StepMix, which is not installed: pip install stepmix, or "
                "use SkewedMixtureClusterer or GaussianMixtureClusterer."
            )
            raise InputError(message) from None
        return StepMix(
            n_components=self.n_clusters,
            measurement="gaussian_diag",
            n_init=self.n_starts,
            init_params="kmeans",
            max_iter=self.max_iter,
            abs_tol=1e-8,
            random_state=self.random_state,
            verbose=0,
            progress_bar=0,
        )

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return cluster probabilities of shape (n_samples, n_clusters_)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        log_joint = _log_joint(X, self.weights_, self.means_, self.variances_)
        total = np.logaddexp.reduce(log_joint, axis=1, keepdims=True)
        return np.asarray(np.exp(log_joint - total))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the most probable cluster of each sample."""
        return np.asarray(self.predict_proba(X).argmax(axis=1))


def _log_joint(
    X: np.ndarray, weights: np.ndarray, means: np.ndarray, variances: np.ndarray
) -> np.ndarray:
    square = (X[:, None, :] - means) ** 2 / variances + np.log(variances) + LOG_2PI
    return np.asarray(np.log(weights) - 0.5 * square.sum(axis=2))
