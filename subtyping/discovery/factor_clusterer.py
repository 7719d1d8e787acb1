"""Clusters that differ in one common factor, given covariates."""

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_array, check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from subtyping.discovery.cluster_names import cluster_names, order_of_clusters
from subtyping.exceptions import InputError

__all__ = ["FactorMixtureClusterer"]

LOG_2PI = float(np.log(2.0 * np.pi))
START_FRACTIONS = (0.5, 0.3, 0.15, 0.7)
N_SHORT = 20
# mean (p,), loadings (p,), uniquenesses (p,), weights (k,), factor means (k,), slopes (q,)
Parameters = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


class FactorMixtureClusterer(ClusterMixin, BaseEstimator):
    r"""Factor mixture: one common factor whose mean differs between clusters.

    :math:`x = \mu + \lambda f + e`, :math:`e \sim N(0, \Psi)` diagonal, and
    :math:`f \mid c, w \sim N(\kappa_c + \gamma^\top (w - \bar w), 1)`. Covariates w move the
    factor, not the membership: people high for their age, say, are told from people who are old.

    Parameters
    ----------
    n_clusters : int, default 2
    max_iter : int, default 500
    tol : float, default 1e-7
        Stop when a step adds less than this to the log-likelihood of a person.
    min_uniqueness : float, default 0.01
        Least uniqueness of a column, as a share of its variance.

    Attributes
    ----------
    n_clusters_ : int
        Below `n_clusters` if nobody is most probably in one of them: it is dropped and the rest
        fitted again.
    labels_ : ndarray of shape (n_samples,)
        From the lowest to the highest mean of the first column.
    weights_ : ndarray of shape (n_clusters_,)
    mean_, loadings_, uniquenesses_ : ndarray of shape (n_features,)
    factor_means_ : ndarray of shape (n_clusters_,)
        :math:`\kappa`; their weighted mean is 0. The factor has SD 1 within clusters, so the
        differences are effective separations.
    slopes_ : ndarray of shape (n_covariates,)
        :math:`\gamma`; empty without covariates.
    means_ : ndarray of shape (n_clusters_, n_features)
        At the mean of the covariates.
    names_ : tuple of str
    log_likelihoods_ : ndarray
        Before each step.
    n_iter_ : int

    Notes
    -----
    With normal factors, a skewed or heavy-tailed factor is split into clusters too; see
    `subtyping.statistics.joint_test` for a test that allows for it. With one column the
    uniqueness is not identified, with two the loadings are not.

    References
    ----------
    Lubke GH, Muthen B (2005). Investigating population heterogeneity with factor mixture models.
    Psychological Methods 10, 21-39. doi:10.1037/1082-989X.10.1.21.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> f = rng.normal(size=300) + 4 * (np.arange(300) < 90)
    >>> X = f[:, None] + 0.7 * rng.normal(size=(300, 4))
    >>> fitted = FactorMixtureClusterer().fit(X)
    >>> fitted.weights_.round(1), float(np.diff(fitted.factor_means_)[0].round())
    (array([0.7, 0.3]), 4.0)
    """

    def __init__(
        self,
        n_clusters: int = 2,
        *,
        max_iter: int = 500,
        tol: float = 1e-7,
        min_uniqueness: float = 0.01,
    ) -> None:
        self.n_clusters = n_clusters
        self.max_iter = max_iter
        self.tol = tol
        self.min_uniqueness = min_uniqueness

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        covariates: np.ndarray | None = None,
    ) -> "FactorMixtureClusterer":
        """Fit by EM from several splits of the first principal component.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : ignored
        covariates : array of shape (n_samples, n_covariates), optional
            Regressors of the factor; then needed for new people too.

        Returns
        -------
        FactorMixtureClusterer
        """
        X = validate_data(self, X, dtype=float, ensure_min_samples=2)
        if not 1 <= self.n_clusters <= len(X):
            message = (
                f"n_clusters must lie between 1 and the {len(X)} people; got {self.n_clusters}."
            )
            raise InputError(message)
        self.n_covariates_ = 0
        if covariates is not None:
            covariates = check_array(covariates, dtype=float)
            self.n_covariates_ = covariates.shape[1]
        W = self._covariates(covariates, len(X))
        self.covariate_means_ = W.mean(axis=0)
        W = W - self.covariate_means_
        floor = self.min_uniqueness * X.var(axis=0) + 1e-12 * (1 + (X**2).mean(axis=0))
        runs = [self._run(X, W, at, floor, N_SHORT) for at in self._starts(X, W.shape[1])]
        best = max(runs, key=lambda run: run[1][-1])
        at, path = self._run(X, W, best[0], floor, self.max_iter)
        path = [*best[1], *path]
        while len(lived := np.unique(_expect(X, W, at)[0].argmax(axis=1))) < len(at[3]):
            weights = at[3][lived] / at[3][lived].sum()
            fewer = (*at[:3], weights, at[4][lived], at[5])
            at, path = self._run(X, W, fewer, floor, self.max_iter)
        self._freeze(X, W, at, np.array(path))
        return self

    def _covariates(self, covariates: np.ndarray | None, n: int) -> np.ndarray:
        """Return a matrix of covariates, without columns where none are used."""
        if covariates is None and self.n_covariates_ == 0:
            return np.zeros((n, 0))
        given = None if covariates is None else check_array(covariates, dtype=float)
        if given is None or given.shape != (n, self.n_covariates_):
            got = "none" if given is None else f"shape {given.shape}"
            message = (
                f"The factor has {self.n_covariates_} covariates; expected a matrix of shape "
                f"({n}, {self.n_covariates_}), got {got}. Pass covariates=... as in fitting."
            )
            raise InputError(message)
        return given

    def _starts(self, X: np.ndarray, q: int) -> list[Parameters]:
        """Split the first principal component of the scaled columns at quantiles."""
        k = self.n_clusters
        spread = np.where(X.std(axis=0) > 0, X.std(axis=0), 1.0)
        Z = (X - X.mean(axis=0)) / spread
        direction = np.linalg.svd(Z, full_matrices=False)[2][0]
        score = Z @ direction
        loadings = 0.7 * direction * score.std() * spread
        uniqueness = np.maximum(X.var(axis=0) - loadings**2, 0.2 * X.var(axis=0))
        starts: list[Parameters] = []
        for label in _splits(score, k):
            count = np.bincount(label, minlength=k)
            weights = (count + 1.0) / (len(X) + k)
            kappa = np.bincount(label, score, minlength=k) / np.maximum(count, 1)
            within = float(np.mean((score - kappa[label]) ** 2)) + 1e-3 * score.var() + 1e-12
            kappa = kappa / np.sqrt(within)
            scale = 1.0 / np.sqrt(1.0 + float(weights @ (kappa - weights @ kappa) ** 2))
            at = (X.mean(axis=0) - scale * loadings * (weights @ kappa), scale * loadings)
            starts.append((*at, uniqueness, weights, kappa, np.zeros(q)))
        return starts

    def _run(
        self, X: np.ndarray, W: np.ndarray, at: Parameters, floor: np.ndarray, n_iter: int
    ) -> tuple[Parameters, list[float]]:
        path: list[float] = []
        at = (at[0], at[1], np.maximum(at[2], floor), *at[3:])
        for _ in range(n_iter):
            at, likelihood = _em_step(X, W, at, floor)
            path.append(likelihood)
            if len(path) > 1 and path[-1] - path[-2] < self.tol * len(X):
                break
        return at, path

    def _freeze(self, X: np.ndarray, W: np.ndarray, at: Parameters, path: np.ndarray) -> None:
        mean, loadings, uniqueness, weights, kappa, slopes = at
        centre = float(weights @ kappa)
        sign = -1.0 if loadings.sum() < 0 else 1.0
        mean, kappa = mean + loadings * centre, sign * (kappa - centre)
        loadings, slopes = sign * loadings, sign * slopes
        order = order_of_clusters(mean + kappa[:, None] * loadings)
        self.n_clusters_ = len(weights)
        self.mean_, self.loadings_, self.uniquenesses_ = mean, loadings, uniqueness
        self.weights_, self.factor_means_, self.slopes_ = weights[order], kappa[order], slopes
        self.means_ = mean + self.factor_means_[:, None] * loadings
        self.log_likelihoods_, self.n_iter_ = path, len(path)
        columns = getattr(self, "feature_names_in_", None)
        self.names_ = cluster_names(self.means_, X.std(axis=0), columns)
        self.labels_ = self._posterior(X, W).argmax(axis=1)

    def _posterior(self, X: np.ndarray, W: np.ndarray) -> np.ndarray:
        at = (self.mean_, self.loadings_, self.uniquenesses_, self.weights_, self.factor_means_)
        return _expect(X, W, (*at, self.slopes_))[0]

    def predict_proba(self, X: np.ndarray, *, covariates: np.ndarray | None = None) -> np.ndarray:
        """Return cluster probabilities of shape (n_samples, n_clusters_).

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        covariates : array of shape (n_samples, n_covariates), optional
            As in fitting; needed if and only if they were given there.

        Returns
        -------
        ndarray
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        if covariates is not None and self.n_covariates_ == 0:
            message = "The factor was fitted without covariates; leave covariates out."
            raise InputError(message)
        W = self._covariates(covariates, len(X)) - self.covariate_means_
        return self._posterior(X, W)

    def predict(self, X: np.ndarray, *, covariates: np.ndarray | None = None) -> np.ndarray:
        """Return the most probable cluster of each sample; see `predict_proba`."""
        return np.asarray(self.predict_proba(X, covariates=covariates).argmax(axis=1))


def _splits(score: np.ndarray, k: int) -> list[np.ndarray]:
    """Splits of a score into k intervals: several shares of the upper ones, and k-means."""
    if k == 1:
        return [np.zeros(len(score), dtype=int)]
    upper = [fraction ** (1.0 / np.arange(1, k)[::-1]) for fraction in START_FRACTIONS]
    cuts = [np.quantile(score, np.sort(1 - np.cumprod(u))) for u in upper]
    with threadpool_limits(1):
        distinct = min(k, len(np.unique(score)))
        model = KMeans(distinct, n_init=4, random_state=0).fit(score[:, None])
    centres = np.sort(model.cluster_centers_[:, 0])
    cuts.append(0.5 * (centres[1:] + centres[:-1]))
    return [np.searchsorted(cut, score, side="right") for cut in cuts]


def _expect(
    X: np.ndarray, W: np.ndarray, at: Parameters
) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Posterior of the clusters, mean and variance of the factor in each, log density."""
    mean, loadings, uniqueness, weights, kappa, slopes = at
    scaled = loadings / uniqueness
    precision = float(scaled @ loadings)
    centred = X - mean
    # Sums by row, not products of matrices: one person alone gets the bits of the batch.
    score = (centred * scaled).sum(axis=1)
    expected = kappa + (W * slopes).sum(axis=1)[:, None]
    variance = 1.0 / (1.0 + precision)
    factor = (expected + score[:, None]) * variance
    square = (centred**2 / uniqueness).sum(axis=1)[:, None] + expected**2 - factor**2 / variance
    constant = len(mean) * LOG_2PI + np.log(uniqueness).sum() + np.log1p(precision)
    log_joint = np.log(weights) - 0.5 * (square + constant)
    total = np.logaddexp.reduce(log_joint, axis=1)
    return np.exp(log_joint - total[:, None]), factor, variance, total


def _em_step(
    X: np.ndarray, W: np.ndarray, at: Parameters, floor: np.ndarray
) -> tuple[Parameters, float]:
    """One EM step, the factor's variance free and then set to 1; log-likelihood before it."""
    member, factor, variance, total = _expect(X, W, at)
    n, k = member.shape
    f = (member * factor).sum(axis=1)
    f2 = (member * factor**2).sum(axis=1) + variance
    # Columns on the factor.
    f_mean, x_mean = f.mean(), X.mean(axis=0)
    covariance = ((f - f_mean)[:, None] * X).mean(axis=0)
    loadings = covariance / max(f2.mean() - f_mean**2, 1e-12)
    left = X.var(axis=0) - loadings * covariance
    mean = x_mean - loadings * f_mean
    # The factor on clusters and covariates: one weighted regression.
    count = np.maximum(member.sum(axis=0), 1e-10)
    design = np.zeros((k + W.shape[1],) * 2)
    design[:k, :k] = np.diag(count)
    design[:k, k:] = member.T @ W
    design[k:, :k] = design[:k, k:].T
    design[k:, k:] = W.T @ W
    right = np.concatenate([(member * factor).sum(axis=0), W.T @ f])
    solved = np.linalg.lstsq(design, right, rcond=None)[0]
    spread2 = max(float((f2.sum() - solved @ right) / n), 1e-10)
    spread = np.sqrt(spread2)
    new = (mean, loadings * spread, np.maximum(left, floor), count / n)
    return (*new, solved[:k] / spread, solved[k:] / spread), float(total.sum())
