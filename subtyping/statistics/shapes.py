"""Libraries of shapes: what one unimodal population may look like, and what a mixture may."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np

__all__ = ["GRID", "ShapeLibrary", "mixture_shapes", "unimodal_shapes"]

GRID = np.linspace(-9.0, 9.0, 433)
QUANTILES = (0.1, 0.5, 0.9)
NORMAL_SPREAD = 2.5631031310892007  # distance of the 10 % and 90 % points of a normal, in SD
FLOOR = 1e-7

# Johnson SU: delta sets the weight of the tails, gamma the skewness; far gamma is lognormal.
SU_DELTA = (0.9, 1.1, 1.4, 1.8, 2.4, 3.5, 6.0, 12.0)
SU_GAMMA = (0.0, 0.5, 1.0, 1.7, 2.6, 4.0, 6.5, 10.0, 18.0, 30.0)
# Johnson SB: unimodal from delta = 1 / sqrt(2) on.
SB_DELTA = (0.71, 0.8, 0.95, 1.2, 1.6, 2.2, 3.0)
SB_GAMMA = (0.0, 0.3, 0.7, 1.2, 1.8, 2.6, 4.0)
# Beta(a, b), a and b at least 1, plus normal noise in units of the beta's SD.
BETA = (1.0, 1.2, 1.5, 2.0, 2.7, 4.0, 7.0)
BETA_NOISE = (0.03, 0.1, 0.18, 0.28, 0.4, 0.6, 0.9)
# Two normals: share of the upper one, distance in SD of the lower one, ratio of the SDs.
MIX_WEIGHT = (0.07, 0.12, 0.17, 0.22, 0.27, 0.32, 0.40, 0.50, 0.60, 0.68, 0.78, 0.88, 0.93)
MIX_DISTANCE = tuple(np.arange(1.5, 6.1, 0.25).tolist())
MIX_RATIO = (0.5, 0.7, 1.0, 1.4, 2.0)

Curve = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class ShapeLibrary:
    """Densities on one grid, each with median 0 and the 10-90 % range of a standard normal.

    Attributes
    ----------
    density : ndarray of shape (n_shapes, n_grid)
        Values at `GRID`.
    log_density : ndarray of float32 of shape (n_grid, n_shapes)
        Logarithm, floored, laid out for a matrix product with binned counts.
    family : tuple of str
        Family of each shape.
    """

    density: np.ndarray
    log_density: np.ndarray
    family: tuple[str, ...]

    def draw(self, shape: int, generator: np.random.Generator, n_sets: int, n: int) -> np.ndarray:
        """Draw `n_sets` samples of size `n` from one shape, by its inverse distribution."""
        heights = self.density[shape]
        cumulated = np.concatenate([[0.0], np.cumsum(0.5 * (heights[1:] + heights[:-1]))])
        return np.interp(generator.random((n_sets, n)), cumulated / cumulated[-1], GRID)


def _mirrored(curves: Iterator[Curve]) -> Iterator[Curve]:
    """Yield each curve and its mirror image."""
    for x, density in curves:
        yield x, density
        yield -x[::-1], density[::-1]


def _normal(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi)


def _johnson_su() -> Iterator[Curve]:
    z = np.linspace(-6.5, 6.5, 1301)
    for delta, gamma in product(SU_DELTA, SU_GAMMA):
        x = np.sinh((z - gamma) / delta)
        yield x, _normal(z) / np.gradient(x, z)


def _johnson_sb() -> Iterator[Curve]:
    z = np.linspace(-7.0, 7.0, 2001)
    for delta, gamma in product(SB_DELTA, SB_GAMMA):
        x = 1.0 / (1.0 + np.exp(-(z - gamma) / delta))
        density = _normal(z) / np.gradient(x, z)
        if _count_modes(density) == 1:
            yield x, density


def _noisy_beta() -> Iterator[Curve]:
    from scipy import stats

    x = np.linspace(-1.5, 2.5, 2001)
    step = x[1] - x[0]
    edges = np.concatenate([[x[0] - step / 2], x + step / 2])
    frequencies = np.fft.rfftfreq(2 * len(x), step)
    for a, b in product(BETA, BETA):
        mass = np.diff(stats.beta.cdf(np.clip(edges, 0, 1), a, b))
        sd = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        spectrum = np.fft.rfft(mass, 2 * len(x))
        for noise in BETA_NOISE:
            blur = np.exp(-2 * (np.pi * frequencies * noise * sd) ** 2)
            yield x, np.maximum(np.fft.irfft(spectrum * blur, 2 * len(x))[: len(x)], 0.0)


def _two_normals() -> Iterator[Curve]:
    x = np.linspace(-15.0, 22.0, 3001)
    for weight, distance, ratio in product(MIX_WEIGHT, MIX_DISTANCE, MIX_RATIO):
        yield x, (1 - weight) * _normal(x) + weight * _normal((x - distance) / ratio) / ratio


def _count_modes(density: np.ndarray) -> int:
    seen = density[density > 1e-3 * density.max()]
    padded = np.concatenate([[0.0], seen, [0.0]])
    return int(np.sum(np.diff(np.sign(np.diff(padded))) < 0))


def _on_grid(curve: Curve) -> np.ndarray:
    """Bring a density to median 0 and the 10-90 % range of a standard normal."""
    x, density = curve
    area = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(x))])
    low, median, high = np.interp(QUANTILES, area / area[-1], x)
    spread = (high - low) / NORMAL_SPREAD
    return np.interp(GRID * spread + median, x, density / area[-1], left=0, right=0) * spread


def _library(families: dict[str, Iterator[Curve]]) -> ShapeLibrary:
    rows, names = [], []
    for name, curves in families.items():
        for curve in curves:
            rows.append(_on_grid(curve))
            names.append(name)
    density = np.array(rows)
    logs = np.log(np.maximum(density, FLOOR)).T.astype(np.float32)
    return ShapeLibrary(density, np.ascontiguousarray(logs), tuple(names))


@cache
def unimodal_shapes() -> ShapeLibrary:
    """Return what one population may look like.

    Returns
    -------
    ShapeLibrary
        Families ``johnson_su`` (skewed, heavy-tailed; the normal and the lognormal are its
        limits), ``johnson_sb`` (bounded) and ``noisy_beta`` (bounded or flat, plus noise; the
        uniform is Beta(1, 1)).

    Examples
    --------
    >>> sorted(set(unimodal_shapes().family))
    ['johnson_sb', 'johnson_su', 'noisy_beta']
    """
    return _library(
        {
            "johnson_su": _mirrored(_johnson_su()),
            "johnson_sb": _mirrored(_johnson_sb()),
            "noisy_beta": _noisy_beta(),
        }
    )


@cache
def mixture_shapes() -> ShapeLibrary:
    """Return what a population made of two groups may look like.

    Returns
    -------
    ShapeLibrary
        Two normals: shares of 7 to 93 %, distances of 1.5 to 6 SD, SD ratios of 1/2 to 2.
    """
    return _library({"two_normals": _two_normals()})
