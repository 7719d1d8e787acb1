"""The curves of taxometric procedures: MAMBAC, MAXEIG and L-Mode, many data sets at a time."""

import numpy as np

__all__ = ["LMODE_GRID", "cut_places", "l_mode", "mambac", "maxeig", "window_edges"]

N_CUTS = 50
END = 25
N_WINDOWS = 50
OVERLAP = 0.9
LMODE_GRID = np.linspace(-3.5, 3.5, 71)
N_ITER = 30
UNIQUENESS_FLOOR = 0.05


def _standardised(X: np.ndarray) -> np.ndarray:
    """Bring every member of every data set to mean 0 and SD 1 (a constant one to 0)."""
    centred = X - X.mean(axis=1, keepdims=True)
    sd = centred.std(axis=1, keepdims=True)
    return np.asarray(centred / np.where(sd > 0, sd, 1.0))


def _sorted_by(X: np.ndarray, j: int) -> np.ndarray:
    """Sort the people of every data set by member `j`; ties keep their order."""
    order = np.argsort(X[:, :, j], axis=1, kind="stable")
    return np.take_along_axis(X, order[:, :, None], axis=1)


def cut_places(n: int, n_cuts: int = N_CUTS) -> np.ndarray:
    """Return how many people lie below each cut: evenly spaced, 25 (or a sixth) from the ends."""
    end = max(1, min(END, n // 6))
    return np.rint(np.linspace(end, n - end, n_cuts)).astype(int)


def window_edges(n: int, n_windows: int = N_WINDOWS) -> tuple[np.ndarray, np.ndarray]:
    """Return first and last (exclusive) person of windows that overlap by nine tenths."""
    size = n / (n_windows * (1 - OVERLAP) + OVERLAP)
    width = max(2, round(size))
    first = np.rint(np.linspace(0, n - width, n_windows)).astype(int)
    return first, first + width


def mambac(X: np.ndarray, *, n_cuts: int = N_CUTS) -> np.ndarray:
    r"""Return MAMBAC curves: mean above minus mean below a cut.

    People are sorted by one member, the input. At each cut the curve is the mean of another
    member, the output, above the cut minus its mean below. Members are standardised first; the
    curves of all ordered pairs are averaged. Two classes make a hill, one dimension a dish.

    Parameters
    ----------
    X : ndarray of shape (n_sets, n, k)
        Data sets of `n` people and ``k >= 2`` members.
    n_cuts : int, default 50
        Cuts, evenly spaced in rank; the first and last leave 25 people (or a sixth of them, where
        that is fewer) beyond them.

    Returns
    -------
    ndarray of shape (n_sets, n_cuts)
        In SD of the output.

    References
    ----------
    Meehl PE, Yonce LJ (1994). Taxometric analysis: I. Detecting taxonicity with two quantitative
    indicators using means above and below a sliding cut (MAMBAC procedure). Psychological Reports
    74, 1059-1274.

    Examples
    --------
    With 3 people, cuts after the first and the second; both members are -1.22, 0, 1.22 when
    standardised: 0.61 + 1.22 = 1.84 at either cut.

    >>> import numpy as np
    >>> X = np.array([[[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]]])
    >>> mambac(X, n_cuts=2).round(2)
    array([[1.84, 1.84]])
    """
    Z = _standardised(np.asarray(X, dtype=float))
    n_sets, n, k = Z.shape
    below = cut_places(n, n_cuts)
    total = np.zeros((n_sets, n_cuts))
    for j in range(k):
        outputs = np.delete(_sorted_by(Z, j), j, axis=2)
        sums = np.cumsum(outputs, axis=1)
        at_cut = sums[:, below - 1]
        above = (sums[:, -1:] - at_cut) / (n - below)[:, None]
        total += (above - at_cut / below[:, None]).sum(axis=2)
    return np.asarray(total / (k * (k - 1)))


def maxeig(X: np.ndarray, *, n_windows: int = N_WINDOWS) -> np.ndarray:
    r"""Return MAXEIG curves: largest eigenvalue of the other members' covariance along one.

    People are sorted by one member, the input, and looked at in overlapping windows. In each, the
    largest eigenvalue of the covariance matrix of the other members, its diagonal set to zero, is
    taken; the curves of all inputs are averaged. Where two classes are mixed the other members
    covary most, so classes make a peak and one dimension a flat line. With three members the
    eigenvalue is the absolute covariance of the other two (MAXCOV).

    Parameters
    ----------
    X : ndarray of shape (n_sets, n, k)
        Data sets of `n` people and ``k >= 3`` members; standardised first.
    n_windows : int, default 50
        Windows, which overlap by nine tenths.

    Returns
    -------
    ndarray of shape (n_sets, n_windows)

    References
    ----------
    Waller NG, Meehl PE (1998). Multivariate Taxometric Procedures: Distinguishing Types From
    Continua. Sage.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> classes = np.repeat([0.0, 5.0], 150)[None, :, None]
    >>> curve = maxeig(classes + rng.normal(size=(1, 300, 4)))[0]
    >>> bool(curve[20:30].mean() > 3 * curve[[0, -1]].mean())
    True
    """
    Z = _standardised(np.asarray(X, dtype=float))
    n_sets, n, k = Z.shape
    first, last = window_edges(n, n_windows)
    width = float(last[0] - first[0])
    total = np.zeros((n_sets, n_windows))
    for j in range(k):
        others = np.delete(_sorted_by(Z, j), j, axis=2)
        products = others[:, :, :, None] * others[:, :, None, :]
        means = _window_sums(others, first, last) / width
        covariance = _window_sums(products, first, last) / width
        covariance -= means[:, :, :, None] * means[:, :, None, :]
        covariance[:, :, np.arange(k - 1), np.arange(k - 1)] = 0.0
        total += np.linalg.eigvalsh(covariance)[:, :, -1]
    return np.asarray(total / k)


def _window_sums(values: np.ndarray, first: np.ndarray, last: np.ndarray) -> np.ndarray:
    """Sum `values` of shape (n_sets, n, ...) over people in each window."""
    cumulated = np.cumsum(values, axis=1)
    sums = cumulated[:, last - 1].copy()
    later = first > 0
    sums[:, later] -= cumulated[:, first[later] - 1]
    return sums


def l_mode(X: np.ndarray) -> np.ndarray:
    r"""Return L-Mode curves: density of the scores on the first factor.

    One principal factor is extracted from the correlations of the members, people get Bartlett
    scores :math:`\lambda'\Psi^{-1} x / \lambda'\Psi^{-1}\lambda`, brought to SD 1, and their
    density is smoothed by a normal kernel of Silverman's width,
    :math:`0.9 \min(1, IQR/1.34)\, n^{-1/5}`. Two classes make two modes, one dimension one.

    Parameters
    ----------
    X : ndarray of shape (n_sets, n, k)
        Data sets of `n` people and ``k >= 3`` members; standardised first.

    Returns
    -------
    ndarray of shape (n_sets, 71)
        Density at ``LMODE_GRID``, -3.5 to 3.5 SD.

    References
    ----------
    Waller NG, Meehl PE (1998). Multivariate Taxometric Procedures: Distinguishing Types From
    Continua. Sage.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> classes = np.repeat([0.0, 5.0], 150)[None, :, None]
    >>> curve = l_mode(classes + rng.normal(size=(1, 300, 4)))[0]
    >>> middle = len(curve) // 2
    >>> bool(curve[:middle].max() > 3 * curve[middle] < curve[middle:].max())
    True
    """
    Z = _standardised(np.asarray(X, dtype=float))
    loadings = _principal_factor(Z)
    uniqueness = np.maximum(1.0 - loadings**2, UNIQUENESS_FLOOR)
    weights = loadings / uniqueness
    scores = _standardised((Z * weights[:, None, :]).sum(axis=2, keepdims=True))[:, :, 0]
    low, high = np.quantile(scores, [0.25, 0.75], axis=1)
    spread = np.minimum(1.0, (high - low) / 1.34)
    width = 0.9 * np.where(spread > 0, spread, 1.0) * Z.shape[1] ** -0.2
    distance = (LMODE_GRID[None, :, None] - scores[:, None, :]) / width[:, None, None]
    heights = np.exp(-0.5 * distance * distance).mean(axis=2)
    return np.asarray(heights / (width[:, None] * np.sqrt(2 * np.pi)))


def _principal_factor(Z: np.ndarray) -> np.ndarray:
    """Loadings on one principal factor of each data set, communalities iterated."""
    n_sets, n, k = Z.shape
    R = np.einsum("sni,snj->sij", Z, Z) / n
    diagonal = np.arange(k)
    off = R.copy()
    off[:, diagonal, diagonal] = 0.0
    communality = np.abs(off).max(axis=2)
    loadings = np.zeros((n_sets, k))
    for _ in range(N_ITER):
        reduced = R.copy()
        reduced[:, diagonal, diagonal] = communality
        values, vectors = np.linalg.eigh(reduced)
        loadings = vectors[:, :, -1] * np.sqrt(np.maximum(values[:, -1:], 0.0))
        communality = np.minimum(loadings**2, 1.0 - UNIQUENESS_FLOOR)
    sign = np.where(loadings.sum(axis=1, keepdims=True) >= 0, 1.0, -1.0)
    return np.asarray(np.clip(sign * loadings, -1.0, 1.0))
