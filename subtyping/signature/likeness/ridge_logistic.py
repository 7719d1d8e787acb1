"""Ridge logistic regression for few people and many analytes, and its calibration."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["RidgeLogistic", "fit_ridge_logistic", "platt"]

Floats = NDArray[np.float64]
_PENALTIES = (0.1, 1.0, 10.0, 100.0)
_STEPS = 50


@dataclass(frozen=True, eq=False)
class RidgeLogistic:
    """A fitted ridge logistic regression.

    Attributes
    ----------
    coefficient : ndarray of shape (n_analytes,)
    intercept : float
    penalty : float
    """

    coefficient: Floats
    intercept: float
    penalty: float

    def log_odds(self, Z: Floats) -> Floats:
        """Return the log-odds of the first class, classes taken as equally frequent."""
        return np.asarray(Z @ self.coefficient + self.intercept)


def fit_ridge_logistic(Z: Floats, is_first: NDArray[np.bool_]) -> RidgeLogistic:
    r"""Fit :math:`\operatorname{logit} P = a + z'b` with penalty :math:`\lambda p |b|^2 / 2`.

    Both classes weigh alike. The penalty is the one of .1, 1, 10, 100 whose least-squares
    counterpart predicts left-out people best (exact leave-one-out residuals), so choosing it costs
    one decomposition.

    Parameters
    ----------
    Z : ndarray of shape (n_people, n_analytes)
    is_first : ndarray of bool of shape (n_people,)

    Returns
    -------
    RidgeLogistic

    Examples
    --------
    >>> Z = np.random.default_rng(0).normal(size=(40, 60))
    >>> label = np.arange(40) < 20
    >>> Z[label, 0] += 4
    >>> model = fit_ridge_logistic(Z, label)
    >>> int(np.argmax(model.coefficient)), bool((model.log_odds(Z)[label] > 0).all())
    (0, True)
    """
    y = is_first.astype(float)
    weight = np.where(is_first, 0.5 / y.sum(), 0.5 / (1 - y).sum()) * len(y)
    p = Z.shape[1]
    roots, vectors = np.linalg.eigh(Z @ Z.T / p)
    kept = roots > 1e-9 * max(float(roots.max()), 1e-300)
    F = vectors[:, kept] * np.sqrt(roots[kept])
    penalty = _penalty(F, y, weight)
    beta = _newton(np.column_stack([np.ones(len(y)), F]), y, weight, penalty)
    coefficient = Z.T @ (vectors[:, kept] @ (beta[1:] / np.sqrt(roots[kept]))) / p
    return RidgeLogistic(coefficient, float(beta[0]), penalty)


def platt(log_odds: Floats, is_first: NDArray[np.bool_]) -> tuple[float, float]:
    """Return intercept and slope that turn log-odds into calibrated log-odds.

    Platt's targets, a little inside 0 and 1, keep both finite where the classes are separated;
    both classes weigh alike.

    Parameters
    ----------
    log_odds : ndarray of shape (n,)
    is_first : ndarray of bool of shape (n,)

    Returns
    -------
    intercept, slope : float

    References
    ----------
    Platt J (1999). Probabilistic outputs for support vector machines. In: Advances in Large
    Margin Classifiers, MIT Press.

    Examples
    --------
    >>> intercept, slope = platt(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([0, 0, 1, 1]) > 0)
    >>> bool(abs(intercept) < 1e-9), bool(slope > 0)
    (True, True)
    """
    n_first, n_second = int(is_first.sum()), int((~is_first).sum())
    target = np.where(is_first, (n_first + 1) / (n_first + 2), 1 / (n_second + 2))
    weight = np.where(is_first, 0.5 / n_first, 0.5 / n_second) * len(target)
    centre, scale = float(log_odds.mean()), float(log_odds.std()) or 1.0
    X = np.column_stack([np.ones(len(target)), (log_odds - centre) / scale])
    beta = _newton(X, target, weight, 1e-6)
    return float(beta[0] - beta[1] * centre / scale), float(beta[1] / scale)


def _newton(X: Floats, y: Floats, weight: Floats, penalty: float) -> Floats:
    """Minimise the weighted logistic loss and the ridge; a step that does not help is halved."""
    ridge = np.full(X.shape[1], penalty)
    ridge[0] = 0.0
    beta = np.zeros(X.shape[1])

    def loss(b: Floats) -> float:
        eta = X @ b
        return float((weight * (np.logaddexp(0, eta) - y * eta)).sum() + (ridge * b * b).sum() / 2)

    best = loss(beta)
    for _ in range(_STEPS):
        probability = 0.5 * (1 + np.tanh(X @ beta / 2))
        gradient = X.T @ (weight * (probability - y)) + ridge * beta
        curvature = weight * np.maximum(probability * (1 - probability), 1e-10)
        hessian = (X.T * curvature) @ X + np.diag(ridge + 1e-10)
        step = np.linalg.solve(hessian, gradient)
        value = loss(beta - step)
        while value > best and np.abs(step).max() > 1e-10:
            step = step / 2
            value = loss(beta - step)
        beta = beta - step
        if best - value < 1e-10 * (1 + abs(best)):
            break
        best = value
    return beta


def _penalty(F: Floats, y: Floats, weight: Floats) -> float:
    """Return the penalty with the smallest leave-one-out error of weighted ridge least squares."""
    root = np.sqrt(weight)
    mean = (weight[:, None] * F).sum(axis=0) / weight.sum()
    G, t = (F - mean) * root[:, None], (2 * y - 1) * root
    u, s, _ = np.linalg.svd(G, full_matrices=False)
    errors = []
    for penalty in _PENALTIES:
        shrink = s**2 / (s**2 + 4 * penalty)
        hat = (u**2 * shrink).sum(axis=1) + weight / weight.sum()
        fitted = u @ (shrink * (u.T @ t))
        left = (t - fitted) / np.maximum(1 - hat, 1e-3)
        errors.append(float((left**2).sum()))
    return _PENALTIES[int(np.argmin(errors))]
