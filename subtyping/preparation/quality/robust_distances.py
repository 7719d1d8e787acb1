"""Which samples lie far from the bulk once all analytes are looked at together?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from subtyping.preparation.quality.log_values import MAD_TO_SD, LogValues

__all__ = ["RobustDistances", "robust_distances"]

Floats = NDArray[np.float64]

MIN_SAMPLES, MIN_ANALYTES = 30, 8
MOST_COMPONENTS = 6
VARIANCE_WANTED = 0.6
HALF = 0.75
STEPS = 20
TAIL = 0.001
FAR = 2.0


@dataclass(frozen=True, eq=False)
class RobustDistances:
    """Distance of each sample within and from a robust plane of leading components.

    Attributes
    ----------
    table : pandas.DataFrame
        ``sample_id, score_distance, orthogonal_distance, is_beyond, is_far``: each distance
        divided by its limit, beyond where it exceeds 1 and far where it exceeds 2.
    n_components : int
    """

    table: pd.DataFrame
    n_components: int

    @property
    def samples(self) -> tuple[str, ...]:
        """Samples beyond a limit, the farthest first."""
        out = self.table[self.table["is_beyond"]]
        far = out[["score_distance", "orthogonal_distance"]].max(axis=1)
        return tuple(out.loc[far.sort_values(ascending=False, kind="stable").index, "sample_id"])


def robust_distances(log: LogValues) -> RobustDistances | None:
    r"""Return the robust principal-component distances of the samples.

    Directions are the principal components of the samples' spatial signs (each sample projected
    on a sphere around the medians, so that no sample pulls more than another). On the leading
    scores :math:`t` a minimum covariance determinant (three quarters of the samples, one
    deterministic start, concentration steps) gives :math:`d_i^2 = (t_i - m)' S^{-1} (t_i - m)`,
    scaled to the chi-square median; its limit is the .999 quantile of :math:`\chi^2_k`. The
    distance from the plane has the Wilson-Hilferty limit: the 2/3 power is taken as normal with
    robust mean and SD.

    Parameters
    ----------
    log : LogValues

    Returns
    -------
    RobustDistances or None
        None with fewer than 30 samples or 8 well detected analytes.

    Notes
    -----
    Marker levels have longer tails than normal ones, so several samples per hundred can be
    beyond a limit in clean data; *far* (twice the limit) is what is rare.

    References
    ----------
    Locantore N et al. (1999). Robust principal component analysis for functional data. Test 8,
    1-73. doi:10.1007/BF02595862.
    Hubert M, Rousseeuw PJ, Vanden Branden K (2005). ROBPCA: a new approach to robust principal
    component analysis. Technometrics 47, 64-79. doi:10.1198/004017004000000563.

    Examples
    --------
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation.quality.log_values import log_values
    >>> found = robust_distances(log_values(simulate_cohort("null", seed=1, n_case=90).panel))
    >>> found.n_components <= 6, list(found.table.columns[:2])
    (True, ['sample_id', 'score_distance'])
    """
    z = log.robust_z
    if len(z) < MIN_SAMPLES or z.shape[1] < MIN_ANALYTES:
        return None
    norms = np.linalg.norm(z, axis=1, keepdims=True)
    signs = z / np.where(norms > 0, norms, 1.0)
    variance, axes = _principal_axes(signs)
    reached = np.cumsum(variance) / variance.sum() >= VARIANCE_WANTED
    k = min(int(np.argmax(reached)) + 1, MOST_COMPONENTS, len(z) // 10)
    scores = z @ axes[:, :k]
    within = _mcd_distances(scores) / np.sqrt(stats.chi2.ppf(1 - TAIL, k))
    residual = np.linalg.norm(z - scores @ axes[:, :k].T, axis=1)
    away = residual / _wilson_hilferty_limit(residual)
    largest = np.maximum(within, away)
    table = pd.DataFrame(
        {
            "sample_id": log.sample_ids,
            "score_distance": within,
            "orthogonal_distance": away,
            "is_beyond": largest > 1,
            "is_far": largest > FAR,
        }
    )
    return RobustDistances(table=table, n_components=k)


def _principal_axes(x: Floats) -> tuple[Floats, Floats]:
    """Return the sums of squares along the principal axes, largest first, and the axes."""
    n, p = x.shape
    if p <= n:
        size, axes = np.linalg.eigh(x.T @ x)
        return size[::-1], axes[:, ::-1]
    size, left = np.linalg.eigh(x @ x.T)  # as many axes as samples: cheaper from the other side
    size, left = np.maximum(size[::-1], 0.0), left[:, ::-1]
    kept = size > 1e-9 * size[0]
    return size[kept], (x.T @ left[:, kept]) / np.sqrt(size[kept])


def _mcd_distances(scores: Floats) -> Floats:
    """Return distances from the centre of the three quarters that lie closest together."""
    n, k = scores.shape
    centre = np.median(scores, axis=0)
    spread = MAD_TO_SD * np.median(np.abs(scores - centre), axis=0)
    squared = (((scores - centre) / np.where(spread > 0, spread, 1.0)) ** 2).sum(axis=1)
    kept: NDArray[np.intp] | None = None
    for _ in range(STEPS):
        inside = np.argsort(squared, kind="stable")[: int(HALF * n)]
        inside.sort()
        if kept is not None and np.array_equal(inside, kept):
            break
        kept = inside
        part = scores[inside]
        covariance = np.atleast_2d(np.cov(part, rowvar=False)) + 1e-12 * np.eye(k)
        away = scores - part.mean(axis=0)
        squared = np.einsum("ij,jk,ik->i", away, np.linalg.inv(covariance), away)
    return np.sqrt(squared * stats.chi2.ppf(0.5, k) / np.median(squared))


def _wilson_hilferty_limit(distance: Floats) -> float:
    """Return the limit of distances from a plane."""
    powered = distance ** (2 / 3)
    middle = np.median(powered)
    spread = MAD_TO_SD * np.median(np.abs(powered - middle))
    limit = float((middle + stats.norm.ppf(1 - TAIL) * spread) ** 1.5)
    return limit if limit > 0 else float("inf")
