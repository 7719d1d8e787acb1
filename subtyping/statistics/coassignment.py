"""How often two people fall into one cluster when both are drawn: consensus matrices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from subtyping._random import stream
from subtyping._validation import one_of
from subtyping.exceptions import InputError
from subtyping.statistics.linkage import average_linkage_labels, average_linkage_memberships
from subtyping.statistics.resampled_kmeans import kmeans_memberships

__all__ = ["CoAssignment", "co_assignment", "co_assignment_matrix", "distances", "draw_subsamples"]

METRICS = ("pearson", "euclidean", "precomputed")
BASES = ("agglomerative", "kmeans")
BLOCK_CELLS = 8_000_000
BREAKS = np.linspace(0.01, 1.0, 100)


@dataclass(frozen=True, eq=False)
class CoAssignment:
    """Consensus over resamples, for several numbers of clusters.

    Attributes
    ----------
    n_clusters : tuple of int
    consensus : ndarray of shape (n_k, n, n)
        Share of the resamples holding both people in which they were in one cluster.
    labels : ndarray of int of shape (n_k, n)
        Average linkage of 1 - consensus; clusters from 0 in the order of their first person.
    co_sampled : ndarray of int of shape (n, n)
        Resamples that hold both people.
    memberships : ndarray of int8 of shape (n_k, n_resamples, n)
        Cluster of each person in each resample; -1 if not drawn.
    """

    n_clusters: tuple[int, ...]
    consensus: np.ndarray
    labels: np.ndarray
    co_sampled: np.ndarray
    memberships: np.ndarray

    @property
    def cdf_area(self) -> np.ndarray:
        """Area under the distribution function of the consensus of all pairs, by k."""
        pairs = self._pairs()
        return np.array([np.mean([(v <= b + 1e-9).mean() for b in BREAKS]) for v in pairs])

    @property
    def ambiguous_frac(self) -> np.ndarray:
        """Share of pairs with a consensus above .1 and up to .9, by k; small where clear."""
        return np.array([((v > 0.1) & (v <= 0.9)).mean() for v in self._pairs()])

    def _pairs(self) -> np.ndarray:
        upper = np.triu_indices(self.consensus.shape[1], 1)
        return self.consensus[:, upper[0], upper[1]]


def distances(X: np.ndarray, metric: str) -> np.ndarray:
    """Return distances between people: ``1 - r`` over their analytes, or Euclidean.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        For ``precomputed`` the distances themselves, (n, n).
    metric : {"pearson", "euclidean", "precomputed"}

    Returns
    -------
    ndarray of shape (n, n)

    Raises
    ------
    InputError
        If a person has the same value everywhere (no correlation), or the matrix is not finite.
    """
    X = np.asarray(X, dtype=float)
    if X.ndim != 2 or not np.isfinite(X).all():
        message = "Co-assignment needs a matrix of finite values, people in rows."
        raise InputError(message)
    if one_of(metric, METRICS, "metric") == "precomputed":
        return X
    if metric == "euclidean":
        return np.asarray(cdist(X, X))
    if X.shape[1] < 2 or (np.ptp(X, axis=1) == 0).any():
        message = (
            "A Pearson distance needs at least two analytes and people whose values differ "
            "between analytes; use metric='euclidean'."
        )
        raise InputError(message)
    return np.asarray(1.0 - np.corrcoef(X))


def draw_subsamples(n: int, n_resamples: int, fraction: float, seed: int) -> np.ndarray:
    """Draw subsamples without replacement.

    Parameters
    ----------
    n : int
        People.
    n_resamples : int
    fraction : float
        Share of the people in each, rounded down, at least 2.
    seed : int

    Returns
    -------
    ndarray of int of shape (n_resamples, m)
        Each row sorted.

    Examples
    --------
    >>> draw_subsamples(10, 3, 0.8, seed=1).shape
    (3, 8)
    """
    if not 0 < fraction <= 1 or n_resamples < 1 or n < 2:
        message = (
            f"Subsamples need two people, one resample and a fraction in (0, 1]; got {n}, "
            f"{n_resamples} and {fraction}."
        )
        raise InputError(message)
    m = max(2, int(np.floor(n * fraction + 1e-9)))
    order = stream(seed, "co-assignment", "subsamples").random((n_resamples, n)).argsort(axis=1)
    return np.sort(order[:, :m], axis=1)


def co_assignment_matrix(memberships: np.ndarray) -> np.ndarray:
    r"""Count in how many resamples each pair shares a cluster.

    With the one-hot memberships of all resamples side by side, :math:`H` (n x sum of clusters),
    the counts are :math:`H H^\top`; sums of 0 and 1 in single precision, exact up to 2^24.

    Parameters
    ----------
    memberships : ndarray of int of shape (n_resamples, n)
        Negative where a person was not drawn. Names of clusters mean nothing across resamples.

    Returns
    -------
    ndarray of shape (n, n)

    Examples
    --------
    >>> import numpy as np
    >>> co_assignment_matrix(np.array([[0, 0, 1], [1, 1, -1]]))
    array([[2., 2., 0.],
           [2., 2., 0.],
           [0., 0., 1.]])
    """
    memberships = np.asarray(memberships)
    n = memberships.shape[1]
    k = int(memberships.max(initial=0)) + 1
    names = np.arange(k, dtype=memberships.dtype)[:, None]
    total = np.zeros((n, n))
    size = max(1, BLOCK_CELLS // (n * k))
    for first in range(0, len(memberships), size):
        block = memberships[first : first + size, None, :] == names
        one_hot = block.reshape(-1, n).astype(np.float32)
        total += one_hot.T @ one_hot
    return total


def co_assignment(
    X: np.ndarray,
    *,
    n_clusters: Sequence[int] = (2, 3, 4, 5, 6),
    base: str = "agglomerative",
    metric: str = "euclidean",
    n_resamples: int = 1000,
    fraction: float = 0.8,
    resamples: np.ndarray | None = None,
    seed: int = 0,
) -> CoAssignment:
    """Make consensus matrices over resamples of the people, as ConsensusClusterPlus does.

    Each subsample is clustered by average linkage (one tree for every number of clusters) or by
    k-means; the consensus of two people is the share of the subsamples holding both in which
    they share a cluster; the final labels are average linkage of 1 - consensus.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        People in rows; distances where `metric` is ``precomputed``.
    n_clusters : sequence of int, default (2, ..., 6)
    base : {"agglomerative", "kmeans"}, default "agglomerative"
        k-means needs ``metric="euclidean"``.
    metric : {"pearson", "euclidean", "precomputed"}, default "euclidean"
    n_resamples : int, default 1000
    fraction : float, default 0.8
        Share of the people in each subsample.
    resamples : ndarray of int of shape (n_resamples, m), optional
        Subsamples to use instead of drawn ones, each person at most once in a row.
    seed : int, default 0

    Returns
    -------
    CoAssignment

    Raises
    ------
    InputError
        If a number of clusters exceeds the people of a subsample, or two people are never drawn
        together.

    Notes
    -----
    Consensus matrices look clustered on data without any clusters; they describe a clustering
    and are never evidence of one [2]_.

    References
    ----------
    .. [1] Wilkerson MD, Hayes DN (2010). ConsensusClusterPlus: a class discovery tool with
       confidence assessments and item tracking. Bioinformatics 26, 1572-1573.
       doi:10.1093/bioinformatics/btq170.
    .. [2] Senbabaoglu Y, Michailidis G, Li JZ (2014). Critical limitations of consensus
       clustering in class discovery. Scientific Reports 4, 6207. doi:10.1038/srep06207.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = np.vstack([rng.normal(0, 1, (15, 3)), rng.normal(8, 1, (10, 3))])
    >>> result = co_assignment(X, n_clusters=(2, 3), n_resamples=50)
    >>> np.bincount(result.labels[0]), float(result.ambiguous_frac[0])
    (array([15, 10]), 0.0)
    """
    wanted = tuple(int(k) for k in n_clusters)
    if one_of(base, BASES, "base") == "kmeans" and metric != "euclidean":
        message = f"base='kmeans' needs metric='euclidean'; got {metric!r}."
        raise InputError(message)
    between = distances(X, metric)
    if resamples is None:
        resamples = draw_subsamples(len(between), n_resamples, fraction, seed)
    if base == "agglomerative":
        memberships = average_linkage_memberships(between, resamples, wanted)
    else:
        memberships = _kmeans(between, resamples, wanted, seed)
    # Every person drawn is in "cluster" 0 of this matrix: the counts of pairs drawn together.
    together = co_assignment_matrix(np.where(memberships[0] >= 0, 0, -1).astype(np.int8))
    if together.min() == 0:
        message = (
            f"Some pairs of people are never drawn together in {len(resamples)} resamples; raise "
            "n_resamples or fraction."
        )
        raise InputError(message)
    consensus = np.array([co_assignment_matrix(each) / together for each in memberships])
    labels = [
        average_linkage_labels(1.0 - matrix, [k])[0]
        for k, matrix in zip(wanted, consensus, strict=True)
    ]
    return CoAssignment(wanted, consensus, np.array(labels), together.astype(int), memberships)


def _kmeans(
    between: np.ndarray, resamples: np.ndarray, n_clusters: tuple[int, ...], seed: int
) -> np.ndarray:
    m = np.shape(resamples)[1]
    if not n_clusters or min(n_clusters) < 1 or max(n_clusters) > min(m, 127):
        message = (
            f"The number of clusters must lie between 1 and the {m} people of a subsample (at "
            f"most 127); got {list(n_clusters)}."
        )
        raise InputError(message)
    square = between**2
    draws = (stream(seed, "co-assignment", "k-means", k) for k in n_clusters)
    return np.array(
        [
            kmeans_memberships(square, resamples, k, rng)
            for k, rng in zip(n_clusters, draws, strict=True)
        ]
    )
