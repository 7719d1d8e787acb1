"""Is a mixture of two needed, or will one unimodal population do?"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from subtyping.statistics.shapes import (
    GRID,
    NORMAL_SPREAD,
    QUANTILES,
    ShapeLibrary,
    mixture_shapes,
    unimodal_shapes,
)

__all__ = ["FittedShape", "MixtureTest", "mixture_test"]

BATCH = 40
EXCEEDANCES = 10
SHIFTS = (-2.4, -1.2, 0.0, 1.2, 2.4)
STEP = float(GRID[1] - GRID[0])
PLAUSIBLE = 1.5


@dataclass(frozen=True, eq=False)
class FittedShape:
    """The best shape of a library for one sample.

    Attributes
    ----------
    family : str
    centre, spread : float
        Where `GRID` lies on the scale of the sample: ``x = centre + spread * GRID``.
    heights : ndarray of shape (n_grid,)
        Density on `GRID`.
    log_likelihood : float
        Of the binned sample.
    """

    family: str
    centre: float
    spread: float
    heights: np.ndarray
    log_likelihood: float

    def density(self, x: np.ndarray) -> np.ndarray:
        """Return the density at `x`, on the scale of the sample."""
        z = (np.asarray(x, dtype=float) - self.centre) / self.spread
        return np.interp(z, GRID, self.heights, left=0.0, right=0.0) / self.spread


@dataclass(frozen=True, eq=False)
class MixtureTest:
    """Result of the mixture test.

    Attributes
    ----------
    statistic : float
        Twice the log-likelihood ratio of the best mixture against the best unimodal shape.
    p_value : float
        Share of draws from a unimodal shape that fits with a statistic as large.
    n_bootstrap : int
        Draws taken before the answer was clear.
    unimodal : FittedShape
        The unimodal shape that fits best.
    null_median : float
        Median statistic of the draws (the null twin of `statistic`).
    """

    statistic: float
    p_value: float
    n_bootstrap: int
    unimodal: FittedShape
    null_median: float


@dataclass(frozen=True, eq=False)
class _Best:
    """Best shape of each data set: its log-likelihood, number and place."""

    likelihood: np.ndarray
    shape: np.ndarray
    place: np.ndarray


def _binned(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Bin every row at 25 places and scales near its own median and 10-90 % range.

    Returns counts of shape (n_sets, n_places, n_grid), and the centres and spreads of the grids.
    Counts are split between neighbouring grid points, so that a product with log densities
    interpolates them linearly.
    """
    n_sets, n = X.shape
    low, median, high = np.quantile(X, QUANTILES, axis=1)
    spread = np.maximum((high - low) / NORMAL_SPREAD, 1e-12)
    shifts = np.array([(a, b) for a in SHIFTS for b in SHIFTS]) / np.sqrt(n)
    centres = median[:, None] + shifts[:, 0] * spread[:, None]
    spreads = spread[:, None] * np.exp(shifts[:, 1])
    counts = np.empty((n_sets, len(shifts), len(GRID)), dtype=np.float32)
    first = np.arange(n_sets)[:, None] * len(GRID)
    size = n_sets * len(GRID)
    for place in range(len(shifts)):
        z = (X - centres[:, place, None]) / spreads[:, place, None]
        position = np.clip((z - GRID[0]) / STEP, 0, len(GRID) - 1.001)
        lower = position.astype(np.int64)
        part = position - lower
        cells = (first + lower).ravel()
        filled = np.bincount(cells, weights=(1 - part).ravel(), minlength=size)
        filled += np.bincount(cells + 1, weights=part.ravel(), minlength=size)[:size]
        counts[:, place] = filled.reshape(n_sets, -1)
    return counts, centres, spreads


def _likelihoods(
    counts: np.ndarray, spreads: np.ndarray, n: int, library: ShapeLibrary
) -> np.ndarray:
    """Log-likelihood of every data set, place and shape, of shape (n_sets, n_places, n_shapes)."""
    n_sets, n_places, n_grid = counts.shape
    product = counts.reshape(-1, n_grid) @ library.log_density
    return product.reshape(n_sets, n_places, -1).astype(float) - n * np.log(spreads)[:, :, None]


def _best(likelihoods: np.ndarray) -> _Best:
    flat = likelihoods.reshape(len(likelihoods), -1)
    best = flat.argmax(axis=1)
    place, shape = np.divmod(best, likelihoods.shape[2])
    return _Best(flat[np.arange(len(flat)), best], shape, place)


@cache
def _likeness_to_mixtures() -> np.ndarray:
    """Expected log-likelihood ratio of the nearest mixture against each unimodal shape itself."""
    one, two = unimodal_shapes(), mixture_shapes()
    mass = one.density / one.density.sum(axis=1, keepdims=True)
    own = (mass * one.log_density.T).sum(axis=1)
    return np.asarray((mass @ two.log_density).max(axis=1) - own)


def _least_favourable(likelihoods: np.ndarray) -> int:
    """Of the shapes that fit nearly as well as the best, the one most like a mixture."""
    by_shape = likelihoods[0].max(axis=0)
    plausible = np.flatnonzero(by_shape >= by_shape.max() - PLAUSIBLE)
    return int(plausible[np.argmax(_likeness_to_mixtures()[plausible])])


def _statistics(X: np.ndarray) -> np.ndarray:
    counts, _, spreads = _binned(X)
    one = _best(_likelihoods(counts, spreads, X.shape[1], unimodal_shapes()))
    two = _best(_likelihoods(counts, spreads, X.shape[1], mixture_shapes()))
    return 2 * (two.likelihood - one.likelihood)


def mixture_test(
    x: np.ndarray, generator: np.random.Generator, *, n_bootstrap: int = 199
) -> MixtureTest:
    r"""Test one unimodal population against a mixture of two normals.

    The statistic is :math:`2(\ell_{mixture} - \ell_{unimodal})`, each the largest log-likelihood
    over a library of shapes and over places and scales near the sample's own. The unimodal
    library holds skewed and heavy-tailed shapes (Johnson SU), bounded ones (Johnson SB) and
    bounded or flat ones with noise (beta plus normal). The null law is found by a parametric
    bootstrap: of the unimodal shapes whose log-likelihood is within 1.5 of the best, the one most
    like a mixture is drawn from, so that the p-value errs to the careful side. Drawing stops
    after ten exceedances (Besag and Clifford), because the answer is then no. A sample is binned
    once, so every shape of every replicate is judged in one matrix product.

    Parameters
    ----------
    x : ndarray of shape (n,)
        Scores; at least 20 finite values that differ.
    generator : numpy.random.Generator
    n_bootstrap : int, default 199
        Largest number of draws.

    Returns
    -------
    MixtureTest

    Notes
    -----
    The null is one unimodal population of these families. It is not every unimodal density: two
    normals closer than about 2.75 SD have one mode, and a rejection then says that a mixture
    fits better, not that the density has two modes. Many values at one point (a detection limit)
    lie outside both libraries.

    References
    ----------
    McLachlan GJ (1987). On bootstrapping the likelihood ratio test statistic for the number of
    components in a normal mixture. Applied Statistics 36, 318-324. doi:10.2307/2347790.
    Besag J, Clifford P (1991). Sequential Monte Carlo p-values. Biometrika 78, 301-304.
    doi:10.1093/biomet/78.2.301.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> x = np.concatenate([rng.normal(0, 1, 150), rng.normal(5, 1, 60)])
    >>> mixture_test(x, rng).p_value < 0.01
    True
    >>> mixture_test(rng.uniform(size=200), rng).p_value > 0.03
    True
    """
    values = np.asarray(x, dtype=float)
    library, n = unimodal_shapes(), len(values)
    counts, centres, spreads = _binned(values[None, :])
    unimodal = _likelihoods(counts, spreads, n, library)
    one = _best(unimodal)
    two = _best(_likelihoods(counts, spreads, n, mixture_shapes()))
    observed = 2 * float(two.likelihood[0] - one.likelihood[0])
    worst = _least_favourable(unimodal)
    drawn: list[np.ndarray] = []
    exceeded = taken = 0
    while taken < n_bootstrap and exceeded < EXCEEDANCES:
        size = min(BATCH, n_bootstrap - taken)
        statistics = _statistics(library.draw(worst, generator, size, n))
        reached = np.cumsum(statistics >= observed) + exceeded
        if reached[-1] >= EXCEEDANCES:
            statistics = statistics[: int(np.argmax(reached >= EXCEEDANCES)) + 1]
        drawn.append(statistics)
        taken += len(statistics)
        exceeded += int((statistics >= observed).sum())
    shape = int(one.shape[0])
    stopped_early = exceeded >= EXCEEDANCES
    return MixtureTest(
        statistic=observed,
        p_value=exceeded / taken if stopped_early else (exceeded + 1) / (taken + 1),
        n_bootstrap=taken,
        unimodal=FittedShape(
            family=library.family[shape],
            centre=float(centres[0, one.place[0]]),
            spread=float(spreads[0, one.place[0]]),
            heights=library.density[shape],
            log_likelihood=float(one.likelihood[0]),
        ),
        null_median=float(np.median(np.concatenate(drawn))),
    )
