"""Re-test of a rule of several clauses, by simulation under stated correlations."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.exceptions import InputError
from subtyping.statistics.retest import Retest

__all__ = ["joint_retest"]

_DRAWS = 200_000


def joint_retest(
    icc: Sequence[float],
    upper_frac: Sequence[float],
    correlation: ArrayLike,
    *,
    joiner: str = "and",
    n_samples: int = 1,
    n_rounds: int = 1,
    rng: np.random.Generator,
    draws: int = _DRAWS,
) -> Retest:
    r"""Simulate what a rule of several clauses is worth against the true scores.

    Each clause is a noisy score with its ICC and its share of people above the cut. The true
    scores are multivariate normal. The noise of different markers is taken for independent, so
    that the correlation of the true scores is that of the single samples over
    :math:`\sqrt{\rho_i \rho_j}`. Where that would exceed 1 it is 1, and the rest of the
    correlation is given to the noise: single samples correlate as stated either way. Matrices
    that are no correlation matrix are brought back to one. A person *truly meets* the rule whose
    true scores do, each against the quantile of its clause.

    Parameters
    ----------
    icc : sequence of float, shape (k,)
        Repeatability of one sample, of each clause.
    upper_frac : sequence of float, shape (k,)
        Share of people whose single sample meets each clause.
    correlation : array-like of shape (k, k)
        Between single samples, in the direction of the clauses.
    joiner : {"and", "or"}, default "and"
    n_samples : int, default 1
        Samples averaged, the cuts moving so that each clause is met by the same share.
    n_rounds : int, default 1
        Rounds of `n_samples` each, in every one of which the rule must hold.
    rng : numpy.random.Generator
    draws : int, default 200000
        Simulated people; the standard error of a share is below .0012.

    Returns
    -------
    Retest
        `reliability` is NaN: a rule of several clauses has none.

    Raises
    ------
    InputError
        If shapes differ or a number is out of range.

    Notes
    -----
    Markers drawn from the same tube may share more of the noise of the day than this says. The
    clauses then fail and hold together on re-test, and less of their correlation is that of true
    scores.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> found = joint_retest([0.7, 0.7], [0.27, 0.27], [[1, 0.4], [0.4, 1]], rng=rng)
    >>> round(found.positive_frac, 2), round(found.truly_above_frac, 2)
    (0.12, 0.69)
    """
    rho, share = np.asarray(icc, dtype=float), np.asarray(upper_frac, dtype=float)
    R = np.asarray(correlation, dtype=float)
    _check(rho, share, R, joiner, min(n_samples, n_rounds))
    cut = -special.ndtri(share)
    reliable = n_samples * rho / (1 + (n_samples - 1) * rho)
    of_true, of_noise = _parts(R, rho)
    true = rng.standard_normal((draws, len(rho))) @ _root(of_true).T
    signal, noise = np.sqrt(reliable) * true, np.sqrt(1 - reliable) * _root(of_noise).T
    met = [
        _joined(signal + rng.standard_normal(true.shape) @ noise > cut, joiner)
        for _ in range(2 * n_rounds)
    ]
    first, again = (np.all(met[k::2], axis=0) for k in range(2))
    return _counted(first, again, _joined(true > cut, joiner))


def _check(
    rho: NDArray[np.float64],
    share: NDArray[np.float64],
    R: NDArray[np.float64],
    joiner: str,
    n_samples: int,
) -> None:
    k = len(rho)
    if share.shape != (k,) or R.shape != (k, k):
        message = (
            f"Each of {k} clauses needs an ICC, a share and a row of correlations; got shapes "
            f"{share.shape} and {R.shape}."
        )
        raise InputError(message)
    if not ((rho >= 0) & (rho <= 1)).all() or not ((share > 0) & (share < 1)).all():
        message = f"ICC and shares must lie between 0 and 1; got {rho} and {share}."
        raise InputError(message)
    if not (np.abs(R) <= 1).all() or not np.allclose(R, R.T) or not np.allclose(np.diag(R), 1):
        message = "A correlation matrix must be symmetric, with a diagonal of 1."
        raise InputError(message)
    if joiner not in {"and", "or"} or n_samples < 1:
        message = (
            f"joiner must be and or or, samples and rounds at least 1; got {joiner}, {n_samples}."
        )
        raise InputError(message)


def _parts(
    R: NDArray[np.float64], rho: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the correlations of true scores and of noise that make those of single samples."""
    shared, apart = np.sqrt(np.outer(rho, rho)), np.sqrt(np.outer(1 - rho, 1 - rho))
    with np.errstate(divide="ignore", invalid="ignore"):
        true = np.clip(np.nan_to_num(R / shared), -1, 1)
        noise = np.clip(np.nan_to_num((R - shared * true) / apart), -1, 1)
    noise[np.abs(noise) < 1e-12] = 0.0
    np.fill_diagonal(true, 1.0)
    np.fill_diagonal(noise, 1.0)
    return true, noise


def _root(R: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return A with A A' = R, negative eigenvalues put at 0 and the diagonal kept at 1."""
    values, vectors = np.linalg.eigh(R)
    A = vectors * np.sqrt(np.clip(values, 0, None))
    return np.asarray(A / np.linalg.norm(A, axis=1, keepdims=True), dtype=float)


def _joined(met: NDArray[np.bool_], joiner: str) -> NDArray[np.bool_]:
    return np.asarray(met.all(axis=1) if joiner == "and" else met.any(axis=1), dtype=bool)


def _counted(met: NDArray[np.bool_], again: NDArray[np.bool_], truly: NDArray[np.bool_]) -> Retest:
    def share(what: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        return float(what[among].mean()) if among.any() else float("nan")

    return Retest(
        reliability=float("nan"),
        positive_frac=float(met.mean()),
        true_frac=float(truly.mean()),
        truly_above_frac=share(truly, met),
        sensitivity=share(met, truly),
        specificity=share(~met, ~truly),
        npv=share(~truly, ~met),
        misclassified_frac=float((met != truly).mean()),
        still_positive_frac=share(again, met),
    )
