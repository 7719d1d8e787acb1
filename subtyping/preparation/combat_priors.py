"""Shrinking a batch's location and scale across analytes."""

import numpy as np

__all__ = ["shrink_batch"]

TOLERANCE = 1e-4
ROWS_AT_ONCE = 512


def shrink_batch(
    z: np.ndarray, location: np.ndarray, *, mean_only: bool = False, prior: str = "parametric"
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the shrunk location and variance of one batch.

    Parametric: location normal about its mean over analytes, variance inverse gamma with
    moments matched; the posterior means are found by iteration (equations of the source, to a
    relative change of 1e-4 in its signed form). Non-parametric: each analyte's posterior is an
    average over all other analytes' raw pairs, weighted by the likelihood of its own data.

    Parameters
    ----------
    z : array of shape (n_samples, n_analytes)
        Standardised values of the batch; NaN where not measured.
    location : array of shape (n_analytes,)
        Raw location.
    mean_only : bool, default False
        Leave the scale at 1.
    prior : {"parametric", "nonparametric"}, default "parametric"

    Returns
    -------
    location, variance : ndarray of shape (n_analytes,)

    References
    ----------
    doi:10.1093/biostatistics/kxj037.

    Examples
    --------
    >>> import numpy as np
    >>> z = np.random.default_rng(0).standard_normal((10, 50)) + 1.0
    >>> location, variance = shrink_batch(z, z.mean(axis=0))
    >>> bool(location.std() < z.mean(axis=0).std()), variance.shape
    (True, (50,))
    """
    variance = np.ones_like(location) if mean_only else np.nanvar(z, axis=0, ddof=1)
    if prior == "nonparametric":
        return _averaged(z, location, variance)
    if mean_only:
        return _location(location, location.mean(), 1.0, np.ones_like(location), _t2(location)), (
            variance
        )
    return _iterated(z, location, variance)


def _t2(location: np.ndarray) -> float:
    """Return the variance of locations over analytes."""
    return float(location.var(ddof=1))


def _location(
    raw: np.ndarray, centre: float, n: np.ndarray | float, variance: np.ndarray, t2: float
) -> np.ndarray:
    """Return the posterior mean of the location."""
    return np.asarray((t2 * n * raw + variance * centre) / (t2 * n + variance))


def _iterated(
    z: np.ndarray, raw: np.ndarray, variance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return posterior means under the parametric prior."""
    centre, t2 = float(raw.mean()), _t2(raw)
    mean, spread = float(variance.mean()), float(variance.var(ddof=1))
    n = np.isfinite(z).sum(axis=0).astype(float)
    g, d = raw, variance
    change = 1.0
    while change > TOLERANCE:
        g_new = _location(raw, centre, n, d, t2)
        squares = np.nansum((z - g_new) ** 2, axis=0)
        # shape a = 2 + mean^2/spread and rate b = mean + mean^3/spread, multiplied by the spread
        top = 0.5 * squares * spread + mean * spread + mean**3
        d_new = top / ((n / 2 + 1) * spread + mean**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = np.concatenate([np.abs(g_new - g) / g, np.abs(d_new - d) / d])
        change = float(np.nanmax(moved))
        g, d = g_new, d_new
    return g, d


def _averaged(
    z: np.ndarray, raw: np.ndarray, variance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return posterior means under the empirical distribution of the other analytes."""
    n = np.isfinite(z).sum(axis=0).astype(float)
    total, squares = np.nansum(z, axis=0), np.nansum(z**2, axis=0)
    location, scale = np.empty_like(raw), np.empty_like(raw)
    for first in range(0, len(raw), ROWS_AT_ONCE):
        rows = np.arange(first, min(first + ROWS_AT_ONCE, len(raw)))
        sums = squares[rows, None] - 2 * total[rows, None] * raw + n[rows, None] * raw**2
        log = -0.5 * n[rows, None] * np.log(2 * np.pi * variance) - sums / (2 * variance)
        log[np.arange(len(rows)), rows] = -np.inf
        weight = np.exp(log - log.max(axis=1, keepdims=True))
        weight /= weight.sum(axis=1, keepdims=True)
        location[rows], scale[rows] = weight @ raw, weight @ variance
    return location, scale
