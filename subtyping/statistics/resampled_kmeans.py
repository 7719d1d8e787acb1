"""k-means of many subsamples at a time, from the distances between people alone."""

import numpy as np

__all__ = ["kmeans_memberships"]

BLOCK_CELLS = 100_000
TRANSFERS = 4
LEAST_GAIN = 1e-12


def kmeans_memberships(
    squared_distance: np.ndarray,
    resamples: np.ndarray,
    n_clusters: int,
    rng: np.random.Generator,
    *,
    n_iter: int = 50,
) -> np.ndarray:
    r"""Cluster every subsample by k-means (one k-means++ start each, Lloyd's steps, single moves).

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
    _transfer(square, labels, k, TRANSFERS * n_iter)
    return labels


def _transfer(square: np.ndarray, labels: np.ndarray, k: int, n_iter: int) -> None:
    """Move, one at a time, the person of each subsample whose move lowers the sum most.

    Lloyd's steps stop where nobody is nearer to another centre; leaving a centre also moves it,
    so that a person at squared distance d gains d n / (n - 1) and joining costs d n / (n + 1).
    """
    n = labels.shape[1]
    member = (labels[:, None, :] == np.arange(k)[:, None]).astype(float)
    count = member.sum(axis=2)
    sums = (member.reshape(-1, n) @ square).reshape(member.shape)
    within = (sums * member).sum(axis=2)
    rows = np.arange(len(labels))
    least = LEAST_GAIN * square.max()
    for _ in range(n_iter):
        at = np.arange(len(rows))
        to_centre = sums / count[:, :, None] - (0.5 * within / count**2)[:, :, None]
        own = np.maximum(labels[rows], 0).astype(int)
        mine = count[at[:, None], own]
        leave = to_centre[at[:, None], own, np.arange(n)] * mine / np.maximum(mine - 1, 1)
        join = to_centre * (count / (count + 1))[:, :, None]
        join[at[:, None], own, np.arange(n)] = np.inf
        gain = np.where((labels[rows] >= 0) & (mine > 1), leave - join.min(axis=1), -np.inf)
        person = gain.argmax(axis=1)
        gains = gain[at, person] > least
        if not gains.any():
            return
        rows, at, person = rows[gains], np.arange(int(gains.sum())), person[gains]
        better, worse = join[gains].argmin(axis=1)[at, person], own[gains][at, person]
        sums, within, count = sums[gains], within[gains], count[gains]
        for cluster, sign in ((worse, -1), (better, 1)):
            within[at, cluster] += sign * 2 * sums[at, cluster, person]
            sums[at, cluster] += sign * square[person]
            count[at, cluster] += sign
        labels[rows, person] = better


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
