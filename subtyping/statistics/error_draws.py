"""Resampled errors of signatures: people with replacement within groups, or permuted labels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.statistics.shared_errors import SharedErrors

__all__ = ["ErrorDraws", "draw_errors", "resampled_weights", "transport"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ErrorDraws:
    """What resampled errors do to the moments of the effects.

    Attributes
    ----------
    linear : ndarray of shape (n_draws, n_contrasts, n_contrasts)
        Moment of the estimated effect of contrast k and the drawn error of contrast l.
    quadratic : ndarray of shape (n_draws, n_contrasts, n_contrasts)
        Moments of the drawn errors with each other.
    noise : ndarray of shape (n_draws, n_contrasts, n_contrasts)
        The correction that the drawn people would give.
    """

    linear: Floats
    quadratic: Floats
    noise: Floats

    def part(self, *places: int) -> "ErrorDraws":
        """Return the draws of these contrasts alone."""
        at = list(places)
        return ErrorDraws(*(x[:, at][:, :, at] for x in (self.linear, self.quadratic, self.noise)))

    def corrected(self, transport_map: Floats, target: Floats) -> Floats:
        """Return the corrected moments of every draw where the true moments are `target`."""
        cross = transport_map @ self.linear
        return target + cross + cross.transpose(0, 2, 1) + self.quadratic - self.noise


def resampled_weights(
    weights: ArrayLike, groups: ArrayLike, rng: np.random.Generator, n_draws: int, *, how: str
) -> tuple[Floats, Floats]:
    """Return what each person's error weighs in each draw, and how often the person is there.

    Parameters
    ----------
    weights : array of shape (n_contrasts, n_samples)
    groups : array of shape (n_samples,)
        People are drawn with replacement within these.
    rng : numpy.random.Generator
    n_draws : int
    how : {"bootstrap", "permutation", "signs"}
        People with replacement within groups, the reference included (linear in the deviations
        of the counts from one); labels permuted among everybody, given the fit; or the sign of
        each person's errors drawn anew, which keeps every group as variable as it is.

    Returns
    -------
    signed : ndarray of shape (n_draws, n_contrasts, n_samples)
        Weights of the errors.
    squared : ndarray of shape (n_draws, n_contrasts, n_contrasts, n_samples)
        Weights of the squared errors in the correction: a person's product with himself never
        counts, neither in the estimate nor in the draws.

    Examples
    --------
    >>> w = np.array([[-0.5, -0.5, 0.5, 0.5]])
    >>> rng = np.random.default_rng(0)
    >>> signed, squared = resampled_weights(w, [0, 0, 1, 1], rng, 3, how="permutation")
    >>> signed.shape, sorted(signed[0, 0].tolist()), squared.shape
    ((3, 1, 4), [-0.5, -0.5, 0.5, 0.5], (3, 1, 1, 4))
    """
    w = np.asarray(weights, dtype=float)
    n = w.shape[1]
    if how == "permutation":
        order = rng.permuted(np.tile(np.arange(n), (n_draws, 1)), axis=1)
        signed = w[:, order].transpose(1, 0, 2)
        return signed, signed[:, :, None, :] * signed[:, None, :, :]
    if how == "signs":
        signed = w * rng.choice([-1.0, 1.0], size=(n_draws, 1, n))
        return signed, signed[:, :, None, :] * signed[:, None, :, :]
    labels = np.asarray(groups)
    counts, unbias = np.zeros((n_draws, n)), np.ones(n)
    for label in dict.fromkeys(labels.tolist()):
        rows = np.flatnonzero(labels == label)
        share = np.full(len(rows), 1 / len(rows))
        counts[:, rows] = rng.multinomial(len(rows), share, size=n_draws)
        unbias[rows] = len(rows) / max(1, len(rows) - 1)
    signed = (counts - 1)[:, None, :] * w
    return signed, signed[:, :, None, :] * signed[:, None, :, :] * unbias


def draw_errors(
    fit: SharedErrors,
    groups: ArrayLike,
    rng: np.random.Generator,
    *,
    n_draws: int = 1000,
    how: str = "bootstrap",
) -> ErrorDraws:
    """Resample the errors of the effects, all contrasts and all analytes of a person together.

    Whole people are drawn, so the correlation of analytes and the share of the reference people
    in the errors of every contrast are kept.

    Parameters
    ----------
    fit : SharedErrors
    groups : array of shape (n_samples,)
        Group of each sample of the fit.
    rng : numpy.random.Generator
    n_draws : int, default 1000
    how : {"bootstrap", "permutation", "signs"}
        See `resampled_weights`.

    Returns
    -------
    ErrorDraws

    Examples
    --------
    >>> from subtyping.statistics.shared_errors import shared_errors
    >>> rng = np.random.default_rng(1)
    >>> group = np.repeat([0, 1, 2], 12)
    >>> X = np.column_stack([np.ones(36), group == 1, group == 2]).astype(float)
    >>> fit = shared_errors(rng.normal(size=(36, 50)), X, [[0, 1, 0], [0, 0, 1]])
    >>> draws = draw_errors(fit, group, rng, n_draws=200)
    >>> draws.linear.shape, bool(abs(draws.quadratic.mean(axis=0) - fit.noise).max() < 0.02)
    ((200, 2, 2), True)
    """
    p = fit.effects.shape[1]
    gram = fit.residuals @ fit.residuals.T / p
    along = fit.deviations @ fit.residuals.T / p
    signed, squared = resampled_weights(fit.weights, groups, rng, n_draws, how=how)
    quadratic = (signed @ gram) @ signed.transpose(0, 2, 1)
    linear = along[None] @ signed.transpose(0, 2, 1)
    return ErrorDraws(linear, quadratic, squared @ np.diag(gram))


def transport(raw: ArrayLike, target: ArrayLike) -> Floats:
    r"""Return the symmetric map T with ``T raw T = target`` that moves effects least.

    :math:`T = A^{-1/2} (A^{1/2} B A^{1/2})^{1/2} A^{-1/2}` for moments A and target B.

    Parameters
    ----------
    raw, target : array of shape (n_contrasts, n_contrasts)
        Positive definite and positive semidefinite.

    Returns
    -------
    ndarray of shape (n_contrasts, n_contrasts)

    Examples
    --------
    >>> transport([[4.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]).round(6).tolist()
    [[0.5, 0.0], [0.0, 1.0]]
    """
    A = np.asarray(raw, dtype=float)
    ridge = 1e-9 * max(float(np.trace(A)), 1e-300) * np.eye(len(A))
    root, inverse = _powers(A + ridge)
    middle, _ = _powers(root @ np.asarray(target, dtype=float) @ root)
    return np.asarray(inverse @ middle @ inverse)


def _powers(matrix: Floats) -> tuple[Floats, Floats]:
    """Return the square root of a symmetric matrix and the inverse of that root."""
    roots, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    size = np.sqrt(np.maximum(roots, 0.0))
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    return (vectors * size) @ vectors.T, (vectors * inverse) @ vectors.T
