"""k-means of many subsamples at a time, from the distances between people alone."""

import numpy as np

__all__ = ["kmeans_memberships"]

BLOCK_CELLS = 4_000_000


def kmeans_memberships(
    squared_distance: np.ndarray,
    resamples: np.ndarray,
    n_clusters: int,
    rng: np.random.Generator,
    *,
    n_iter: int = 50,
) -> np.ndarray:
    r"""Cluster every subsample by k-means (one k-means++ start each, then Lloyd's steps).

    The squared distance of a person to the centre of cluster C is
    :math:`\bar d_{iC} - \frac{1}{2} \bar d_{CC}`, means of squared distances between people. A
    step for every subsample is therefore one matrix product of the one-hot memberships with the
    matrix of squared distances; the analytes are never touched again.

    Parameters
    ----------
    squared_distance : ndarray of shape (n, n)
        Squared Euclidean distances.
    resamples : ndarray of int of shape (n_resamples, m)
    n_clusters : int
        At most `m`. A cluster that falls empty takes the person farthest from their centre.
    rng : numpy.random.Generator
    n_iter : int, default 50
        Largest number of steps.

    Returns
    -------
    ndarray of int8 of shape (n_resamples, n)
        Cluster from 0; -1 for people who are not in the subsample.

    References
    ----------
    Arthur D, Vassilvitskii S (2007). k-means++: the advantages of careful seeding. SODA 2007,
    1027-1035.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.0, 1.0, 10.0, 11.0, 30.0])
    >>> index = np.array([[0, 1, 2, 3]])
    >>> rng = np.random.default_rng(0)
    >>> labels = kmeans_memberships((x[:, None] - x) ** 2, index, 2, rng)[0]
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3]), int(labels[4])
    (True, -1)
    """
    square = np.asarray(squared_distance, dtype=float)
    n = len(square)
    size = max(1, BLOCK_CELLS // (n * n_clusters))
    blocks = []
    for first in range(0, len(resamples), size):
        index = resamples[first : first + size]
        is_in = np.zeros((len(index), n), dtype=bool)
        is_in[np.arange(len(index))[:, None], index] = True
        blocks.append(_block(square, is_in, n_clusters, rng, n_iter))
    return np.concatenate(blocks)


def _block(
    square: np.ndarray, is_in: np.ndarray, k: int, rng: np.random.Generator, n_iter: int
) -> np.ndarray:
    """Lloyd's steps for a block; subsamples that have settled are left out."""
    labels = _seed(square, is_in, k, rng)
    moving = np.arange(len(labels))
    for _ in range(n_iter):
        now, mine = labels[moving], is_in[moving]
        to_centre = _distances(square, now, k)
        new = np.where(mine, to_centre.argmin(axis=1), -1).astype(np.int8)
        _fill_empty(new, to_centre, k)
        has_moved = (new != now).any(axis=1)
        labels[moving] = new
        moving = moving[has_moved]
        if not len(moving):
            break
    return labels


def _distances(square: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    """Squared distance of each person to each centre, (n_sets, k, n)."""
    n = labels.shape[1]
    member = (labels[:, None, :] == np.arange(k)[:, None]).astype(float)
    count = member.sum(axis=2)[:, :, None]
    mean = (member.reshape(-1, n) @ square).reshape(member.shape) / count
    return np.asarray(mean - 0.5 * (mean * member).sum(axis=2, keepdims=True) / count)


def _seed(square: np.ndarray, is_in: np.ndarray, k: int, rng: np.random.Generator) -> np.ndarray:
    """k-means++: each further centre with a chance proportional to its squared distance."""
    rows = np.arange(len(is_in))
    chosen = _draw(is_in.astype(float), rng)
    nearest = np.where(is_in, square[chosen], 0.0)
    labels = np.where(is_in, 0, -1).astype(np.int8)
    labels_of = [chosen]
    for c in range(1, k):
        # Where every person coincides with a centre, any person not yet chosen will do.
        free = is_in.copy()
        for taken in labels_of:
            free[rows, taken] = False
        chance = np.where(free, nearest, 0.0)
        none = chance.sum(axis=1) <= 0
        chance[none] = free[none]
        chosen = _draw(chance, rng)
        closer = is_in & (square[chosen] < nearest)
        closer[rows, chosen] = True
        labels[closer] = c
        nearest = np.where(closer, square[chosen], nearest)
        labels_of.append(chosen)
    return labels


def _draw(chance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw one person a row with these chances."""
    total = np.cumsum(chance, axis=1)
    mark = rng.random(len(chance)) * total[:, -1]
    drawn = (total <= mark[:, None]).sum(axis=1)
    last = chance.shape[1] - 1 - (chance[:, ::-1] > 0).argmax(axis=1)
    return np.minimum(drawn, last)


def _fill_empty(labels: np.ndarray, to_centre: np.ndarray, k: int) -> None:
    """Give every empty cluster the person farthest from the centre (of a cluster of several)."""
    count = (labels[:, None, :] == np.arange(k)[:, None]).sum(axis=2)
    for r, c in zip(*np.nonzero(count == 0), strict=True):
        own = np.take_along_axis(to_centre[r], np.maximum(labels[r], 0)[None].astype(int), 0)[0]
        sizes = np.bincount(labels[r][labels[r] >= 0], minlength=k)
        may_go = (labels[r] >= 0) & (sizes[np.maximum(labels[r], 0)] > 1)
        labels[r, np.where(may_go, own, -np.inf).argmax()] = c
