"""Covariance of analytes for a network: within groups, shrunk, or sparse."""

import warnings

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError

__all__ = [
    "as_matrix",
    "shrinkage_weight",
    "shrunk_covariance",
    "sparse_covariance",
    "within_group_covariance",
]

Array = NDArray[np.float64]
EBIC_GAMMA = 0.5


def as_matrix(x: ArrayLike, name: str) -> Array:
    """Return a finite matrix of two dimensions, or raise a sentence.

    Parameters
    ----------
    x : array
    name : str
        What it is called in the message.

    Returns
    -------
    ndarray of shape (n_rows, n_columns)

    Raises
    ------
    InputError
        If it has another shape, or a value that is missing or infinite.

    Examples
    --------
    >>> as_matrix([[1, 2]], "x").shape
    (1, 2)
    """
    values = np.asarray(x, dtype=float)
    if values.ndim != 2 or not np.isfinite(values).all():
        message = (
            f"{name} must be a finite matrix of two dimensions; got shape {values.shape} with "
            f"{int((~np.isfinite(values)).sum())} values that are missing or infinite. Leave the "
            "analytes with gaps out."
        )
        raise InputError(message)
    return values


def within_group_covariance(x: ArrayLike, groups: ArrayLike | None = None) -> Array:
    r"""Return the covariance of analytes about the mean of each person's own group.

    :math:`\Sigma = \sum_g \sum_{i \in g} (x_i - \bar x_g)(x_i - \bar x_g)^T / (n - G)`.

    Parameters
    ----------
    x : array of shape (n_people, n_analytes)
        Finite values.
    groups : array of shape (n_people,), optional
        Group of each person. Without it everybody is one group: the pooled covariance, into which
        a difference between groups enters as if it were a correlation between the analytes that
        differ. Propagated, that returns part of the difference itself, whatever is clamped.

    Returns
    -------
    ndarray of shape (n_analytes, n_analytes)

    Raises
    ------
    InputError
        If a value is not finite, the lengths differ or there are no more people than groups.

    Examples
    --------
    Two analytes that share nothing within groups, both higher in the second group:

    >>> x = [[-1, -1], [-1, 1], [1, -1], [1, 1], [3, 3], [3, 5], [5, 3], [5, 5]]
    >>> within_group_covariance(x, [0, 0, 0, 0, 1, 1, 1, 1]).round(3).tolist()
    [[1.333, 0.0], [0.0, 1.333]]
    >>> within_group_covariance(x).round(3).tolist()
    [[5.714, 4.571], [4.571, 5.714]]
    """
    values = as_matrix(x, "x")
    labels = np.zeros(len(values), dtype=int) if groups is None else np.asarray(groups)
    if len(labels) != len(values):
        message = f"groups must name every person: expected {len(values)}, got {len(labels)}."
        raise InputError(message)
    names, member = np.unique(labels, return_inverse=True)
    freedom = len(values) - len(names)
    if freedom < 1:
        message = (
            f"A covariance within {len(names)} groups needs more people than groups; got "
            f"{len(values)}."
        )
        raise InputError(message)
    centred = values.copy()
    for g in range(len(names)):
        centred[member == g] -= values[member == g].mean(axis=0)
    return np.asarray(centred.T @ centred / freedom)


def shrinkage_weight(x: ArrayLike, groups: ArrayLike | None = None) -> float:
    r"""Return how far correlations should be drawn towards zero (Schäfer and Strimmer).

    :math:`\lambda = \sum_{i<j} \widehat{\mathrm{var}}(r_{ij}) / \sum_{i<j} r_{ij}^2`, held between
    0 and 1, of the values centred within groups.

    Parameters
    ----------
    x : array of shape (n_people, n_analytes)
    groups : array of shape (n_people,), optional

    Returns
    -------
    float

    Raises
    ------
    InputError
        As `within_group_covariance`.

    References
    ----------
    Schäfer J, Strimmer K (2005). doi:10.2202/1544-6115.1175

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> noise, shared = rng.normal(size=(50, 20)), rng.normal(size=(50, 1))
    >>> shrinkage_weight(noise) > 0.6 > 0.1 > shrinkage_weight(noise + 3 * shared)
    True
    """
    values = as_matrix(x, "x")
    labels = np.zeros(len(values), dtype=int) if groups is None else np.asarray(groups)
    covariance = within_group_covariance(values, labels)
    z = values.copy()
    for g in np.unique(labels):
        z[labels == g] -= values[labels == g].mean(axis=0)
    sd = np.sqrt(np.diag(covariance))
    z /= np.where(sd > 0, sd, 1.0)
    n = len(z)
    mean = z.T @ z / n
    spread = (z**2).T @ (z**2) / n - mean**2
    off = ~np.eye(len(mean), dtype=bool)
    total = float((mean[off] ** 2).sum())
    variance = float(spread[off].sum()) / (n - 1)
    return 1.0 if total <= 0 else float(np.clip(variance / total, 0.0, 1.0))


def shrunk_covariance(covariance: ArrayLike, weight: float) -> Array:
    """Return a covariance with every entry off the diagonal multiplied by ``1 - weight``.

    Parameters
    ----------
    covariance : array of shape (n_analytes, n_analytes)
    weight : float
        0 leaves it as it is, 1 leaves the variances alone.

    Returns
    -------
    ndarray of shape (n_analytes, n_analytes)

    Raises
    ------
    InputError
        If the weight lies outside 0 to 1.

    Examples
    --------
    >>> shrunk_covariance([[2.0, 1.0], [1.0, 2.0]], 0.5).tolist()
    [[2.0, 0.5], [0.5, 2.0]]
    """
    if not 0.0 <= weight <= 1.0:
        message = f"A shrinkage weight lies between 0 and 1; got {weight:g}."
        raise InputError(message)
    values = as_matrix(covariance, "covariance")
    shrunk = (1.0 - weight) * values
    np.fill_diagonal(shrunk, np.diag(values))
    return shrunk


def sparse_covariance(
    covariance: ArrayLike,
    n_people: int,
    *,
    penalties: tuple[float, ...] = (0.4, 0.28, 0.2, 0.14, 0.1),
) -> tuple[Array, float]:
    r"""Return the covariance of a sparse Gaussian graphical model, its penalty chosen by EBIC.

    The graphical lasso maximises :math:`\log\det K - \mathrm{tr}(SK) - a \sum_{i \ne j} |K_{ij}|`
    on the correlation scale; the penalty *a* is the one with the smallest extended Bayesian
    information criterion (gamma .5). The result is the inverse of that sparse precision.

    Parameters
    ----------
    covariance : array of shape (n_analytes, n_analytes)
    n_people : int
        Degrees of freedom of the covariance.
    penalties : tuple of float
        On the correlation scale; one for which the search does not converge is passed over.

    Returns
    -------
    covariance : ndarray of shape (n_analytes, n_analytes)
    penalty : float

    Raises
    ------
    InputError
        If the covariance is not finite, a variance is not positive, or the search converges for
        no penalty.

    Notes
    -----
    The time grows with the cube of the number of analytes, and correlations are drawn towards
    zero by about the penalty. To propagate a clamp only the columns of the clamped analytes are
    needed, which a plain regression estimates without bias; see docs/blockade.md for both beside
    the truth.

    References
    ----------
    Friedman J, Hastie T, Tibshirani R (2008). doi:10.1093/biostatistics/kxm045

    Examples
    --------
    >>> values, penalty = sparse_covariance([[1.0, 0.6], [0.6, 1.0]], 200)
    >>> round(float(values[0, 1]), 2), penalty
    (0.5, 0.1)
    """
    from sklearn.covariance import graphical_lasso
    from sklearn.exceptions import ConvergenceWarning

    values = as_matrix(covariance, "covariance")
    variances = np.diag(values)
    if (variances <= 0).any():
        message = "A sparse network needs analytes that vary; leave the constant ones out."
        raise InputError(message)
    sd = np.sqrt(variances)
    correlation = values / np.outer(sd, sd)
    best: tuple[float, Array, float] | None = None
    for penalty in penalties:
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            try:
                fitted, precision = graphical_lasso(
                    correlation, alpha=penalty, tol=1e-3 * len(sd), max_iter=200
                )
            except (ConvergenceWarning, FloatingPointError):
                continue
        edges = int((np.abs(np.triu(precision, 1)) > 1e-8).sum())
        fit = np.linalg.slogdet(precision)[1] - float((correlation * precision).sum())
        cost = edges * (np.log(n_people) + 4 * EBIC_GAMMA * np.log(len(sd)))
        criterion = -n_people * fit + cost
        if best is None or criterion < best[0]:
            best = (criterion, np.asarray(fitted), penalty)
    if best is None:
        message = (
            f"The sparse network was found for none of the penalties {penalties}; give larger ones."
        )
        raise InputError(message)
    return best[1] * np.outer(sd, sd), best[2]
