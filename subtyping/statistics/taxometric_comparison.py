"""Comparison data for taxometrics: the same margins and correlations, with and without classes."""

import numpy as np

__all__ = ["LEAST_CLASS", "categorical_data", "dimensional_data", "split_at_base_rate"]

LEAST_CLASS = 6
N_POPULATION = 4000
N_CORRECTIONS = 12
EIGENVALUE_FLOOR = 1e-4


def split_at_base_rate(X: np.ndarray, base_rate: float) -> np.ndarray:
    """Say who is assigned to the upper class: the highest sums of standardised members.

    Parameters
    ----------
    X : ndarray of shape (n, k)
    base_rate : float
        Share of people in the upper class.

    Returns
    -------
    ndarray of bool of shape (n,)

    Examples
    --------
    >>> import numpy as np
    >>> split_at_base_rate(np.array([[1.0], [4.0], [2.0], [3.0]]), 0.25)
    array([False,  True, False, False])
    """
    sd = X.std(axis=0)
    total = ((X - X.mean(axis=0)) / np.where(sd > 0, sd, 1.0)).sum(axis=1)
    upper = np.zeros(len(X), dtype=bool)
    upper[np.argsort(-total, kind="stable")[: round(base_rate * len(X))]] = True
    return upper


def dimensional_data(
    X: np.ndarray, generator: np.random.Generator, n_sets: int, n: int | None = None
) -> np.ndarray:
    r"""Draw data sets without classes that have the margins and correlations of `X`.

    A Gaussian copula: :math:`x_j = Q_j(\Phi(g_j))` with :math:`Q_j` the empirical quantile
    function of member j, so that margins are resampled, and :math:`g` normal. The correlations of
    :math:`g` are corrected step by step, as in GenData, until those of a large simulated
    population agree with those of `X`.

    Parameters
    ----------
    X : ndarray of shape (m, k)
        People to resemble.
    generator : numpy.random.Generator
    n_sets : int
        Data sets to draw.
    n : int, optional
        People in each; `m` if not given.

    Returns
    -------
    ndarray of shape (n_sets, n, k)

    Notes
    -----
    The correlation matrix is kept whole rather than reduced to a few factors. Skewed margins with
    strong negative correlations may not be attainable; the nearest step is then kept.

    References
    ----------
    Ruscio J, Kaczetow W (2008). Simulating multivariate nonnormal data using an iterative
    algorithm. Multivariate Behavioral Research 43, 355-381. doi:10.1080/00273170802285693.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.exp(rng.normal(size=(300, 1)) + 0.5 * rng.normal(size=(300, 2)))
    >>> drawn = dimensional_data(X, rng, 200)
    >>> r = np.mean([np.corrcoef(one, rowvar=False)[0, 1] for one in drawn])
    >>> bool(abs(r - np.corrcoef(X, rowvar=False)[0, 1]) < 0.05)
    True
    """
    m, k = X.shape
    ordered = np.sort(X, axis=0)
    root = _copula_root(X, ordered, generator)
    normal = generator.standard_normal((n_sets, m if n is None else n, k)) @ root
    return _at_quantiles(ordered, normal)


def categorical_data(
    X: np.ndarray, generator: np.random.Generator, n_sets: int, base_rate: float
) -> np.ndarray:
    """Draw data sets of two classes, each with its own margins and correlations.

    People are assigned by base rate (`split_at_base_rate`); each class is then drawn by
    `dimensional_data` at its own size.

    Parameters
    ----------
    X : ndarray of shape (n, k)
    generator : numpy.random.Generator
    n_sets : int
    base_rate : float

    Returns
    -------
    ndarray of shape (n_sets, n, k)
        The lower class first.

    References
    ----------
    Ruscio J, Ruscio AM, Meron M (2007). Applying the bootstrap to taxometric analysis: generating
    empirical sampling distributions to help interpret results. Multivariate Behavioral Research
    42, 349-386.
    """
    upper = split_at_base_rate(X, base_rate)
    classes = [dimensional_data(X[rows], generator, n_sets) for rows in (~upper, upper)]
    return np.concatenate(classes, axis=1)


def _at_quantiles(ordered: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """Replace normal scores by the empirical quantiles of each column."""
    from scipy.special import ndtr

    m = len(ordered)
    rank = np.minimum((ndtr(normal) * m).astype(int), m - 1)
    return np.asarray(
        np.take_along_axis(ordered.reshape((1,) * (normal.ndim - 2) + ordered.shape), rank, axis=-2)
    )


def _correlation(X: np.ndarray) -> np.ndarray:
    """Correlations; those of a constant column are zero."""
    centred = X - X.mean(axis=0)
    sd = centred.std(axis=0)
    Z = centred / np.where(sd > 0, sd, 1.0)
    R = Z.T @ Z / len(Z)
    np.fill_diagonal(R, 1.0)
    return np.asarray(R)


def _symmetric_root(R: np.ndarray) -> np.ndarray:
    """Root of the nearest correlation matrix; it does not depend on the order of the columns."""
    values, vectors = np.linalg.eigh(R)
    values = np.maximum(values, EIGENVALUE_FLOOR)
    repaired = (vectors * values) @ vectors.T
    scale = np.sqrt(np.diag(repaired))
    values, vectors = np.linalg.eigh(repaired / np.outer(scale, scale))
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def _copula_root(X: np.ndarray, ordered: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Root of the normal correlations that give `X`'s correlations after its margins."""
    target = _correlation(X)
    population = generator.standard_normal((N_POPULATION, X.shape[1]))
    tried = target.copy()
    best_root, least = _symmetric_root(tried), np.inf
    for _ in range(N_CORRECTIONS):
        root = _symmetric_root(tried)
        gap = target - _correlation(_at_quantiles(ordered, population @ root))
        error = float(np.abs(gap).max())
        if error < least:
            best_root, least = root, error
        tried = np.clip(tried + gap, -0.999, 0.999)
        np.fill_diagonal(tried, 1.0)
    return best_root
