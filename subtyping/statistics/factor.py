"""One common factor: loadings, scores and how reliable the scores are."""

from dataclasses import dataclass

import numpy as np

__all__ = ["OneFactor", "fit_one_factor", "split_half_reliability"]

UNIQUENESS_FLOOR = 0.05


@dataclass(frozen=True, eq=False)
class OneFactor:
    """A one-factor model of standardised analytes.

    Attributes
    ----------
    loadings : ndarray of shape (n_analytes,)
        Loadings of the analytes on a factor of unit variance; their sum is positive.
    uniquenesses : ndarray of shape (n_analytes,)
        Residual variances, at least 0.05 of the analyte's variance.
    mean : ndarray of shape (n_analytes,)
        Means of the people the model was fitted in.
    """

    loadings: np.ndarray
    uniquenesses: np.ndarray
    mean: np.ndarray

    def score(self, X: np.ndarray, only: np.ndarray | None = None) -> np.ndarray:
        r"""Return Bartlett scores, :math:`\lambda'\Psi^{-1}(x-\mu) / \lambda'\Psi^{-1}\lambda`.

        Parameters
        ----------
        X : ndarray of shape (n_samples, n_analytes)
            Standardised values.
        only : ndarray of int, optional
            Score from these analytes alone.

        Returns
        -------
        ndarray of shape (n_samples,)
            Scores whose expectation given the factor is the factor.
        """
        chosen = slice(None) if only is None else only
        weights = self.loadings[chosen] / self.uniquenesses[chosen]
        information = float(weights @ self.loadings[chosen])
        if information <= 0:
            return np.zeros(len(X))
        # Row-wise sums rather than a matrix product: one patient alone and the same patient in
        # a batch get the same bits.
        centred = np.ascontiguousarray(X[:, chosen] - self.mean[chosen])
        return (centred * weights).sum(axis=1) / information


def fit_one_factor(X: np.ndarray, *, n_iter: int = 300, tol: float = 1e-7) -> OneFactor:
    r"""Fit a one-factor model by maximum likelihood (EM on the covariance matrix).

    :math:`x = \mu + \lambda f + e`, :math:`f \sim N(0, 1)`, :math:`e \sim N(0, \Psi)` diagonal.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_analytes)
        Standardised values without missing entries; at least 3 samples.
    n_iter : int, default 300
        Largest number of iterations.
    tol : float, default 1e-7
        Stop when no loading moves by more.

    Returns
    -------
    OneFactor

    Notes
    -----
    With more analytes than people the likelihood stays bounded because uniquenesses are kept at
    5 % of the variance or more; the loadings are then noisy, and the reliability of the score
    should be judged in people the model was not fitted in.

    References
    ----------
    Rubin DB, Thayer DT (1982). EM algorithms for ML factor analysis. Psychometrika 47, 69-76.
    doi:10.1007/BF02293851.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> f = rng.normal(size=(500, 1))
    >>> model = fit_one_factor(0.8 * f + 0.6 * rng.normal(size=(500, 6)))
    >>> bool(np.all(np.abs(model.loadings - 0.8) < 0.1))
    True
    """
    mean = X.mean(axis=0)
    centred = X - mean
    S = centred.T @ centred / len(X)
    variance = np.maximum(np.diag(S), 1e-12)
    loadings = _first_component(S, variance)
    floor = UNIQUENESS_FLOOR * variance
    psi = np.maximum(variance - loadings**2, floor)
    for _ in range(n_iter):
        weights = loadings / psi
        beta = weights / (1.0 + weights @ loadings)
        S_beta = S @ beta
        second_moment = 1.0 - beta @ loadings + beta @ S_beta
        updated = S_beta / second_moment
        psi = np.maximum(variance - updated * S_beta, floor)
        moved = float(np.max(np.abs(updated - loadings)))
        loadings = updated
        if moved < tol:
            break
    sign = 1.0 if loadings.sum() >= 0 else -1.0
    return OneFactor(loadings=sign * loadings, uniquenesses=psi, mean=mean)


def _first_component(S: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Leading eigenvector by power iteration, scaled to half its variance."""
    vector = np.sqrt(variance) + 1e-3 * np.arange(len(variance))
    for _ in range(50):
        product = S @ vector
        vector = product / max(float(np.linalg.norm(product)), 1e-300)
    return vector * np.sqrt(max(float(vector @ S @ vector), 1e-12) / 2.0)


def split_half_reliability(model: OneFactor, X: np.ndarray) -> float:
    """Estimate the reliability of the factor score in people the model was not fitted in.

    The analytes are dealt in turn, by size of loading, to two halves; the two half scores are
    correlated and stepped up by the Spearman-Brown formula ``2 r / (1 + r)``.

    Parameters
    ----------
    model : OneFactor
        Fitted in other people.
    X : ndarray of shape (n_samples, n_analytes)
        Standardised values.

    Returns
    -------
    float
        Between 0 and 1; 0 where the halves do not correlate.
    """
    order = np.argsort(-np.abs(model.loadings), kind="stable")
    first, second = model.score(X, order[::2]), model.score(X, order[1::2])
    if np.std(first) == 0 or np.std(second) == 0:
        return 0.0
    r = float(np.corrcoef(first, second)[0, 1])
    return max(0.0, 2 * r / (1 + r)) if r > 0 else 0.0
