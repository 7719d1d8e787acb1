"""Average linkage, compiled: of many subsamples of one distance matrix, or of one matrix."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from subtyping.exceptions import InputError

__all__ = ["average_linkage_labels", "average_linkage_memberships"]


# A compiled kernel calls no other: each is one function, however long.
def _chain_trees(  # noqa: PLR0912, PLR0915
    distance: np.ndarray,
    resamples: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
    height: np.ndarray,
) -> None:
    """Write the tree of every resample by nearest-neighbour chains (order of merges: as found).

    The matrix of live clusters is kept dense: the last one takes the place of the one that goes.
    """
    m = resamples.shape[1]
    d = np.empty((m, m))
    size = np.empty(m)
    name = np.empty(m, np.int64)
    chain = np.empty(m + 1, np.int64)
    for r in range(resamples.shape[0]):
        rows = resamples[r]
        for a in range(m):
            base = distance[rows[a]]
            for b in range(m):
                d[a, b] = base[rows[b]]
            d[a, a] = np.inf
            size[a] = 1.0
            name[a] = a
        live, depth = m, 0
        for step in range(m - 1):
            if depth == 0:
                chain[0] = 0
                depth = 1
            while True:
                i = chain[depth - 1]
                row = d[i]
                best = np.inf
                for q in range(live):
                    best = min(best, row[q])
                if depth > 1 and row[chain[depth - 2]] == best:
                    j = chain[depth - 2]
                    break
                j = 0
                while row[j] != best:
                    j += 1
                chain[depth] = j
                depth += 1
            depth -= 2
            if i > j:
                i, j = j, i
            left[r, step], right[r, step], height[r, step] = name[i], name[j], best
            both = size[i] + size[j]
            share_i, share_j = size[i] / both, size[j] / both
            row, other = d[i], d[j]
            for q in range(live):
                row[q] = share_i * row[q] + share_j * other[q]
            row[i] = np.inf
            size[i] = both
            live -= 1
            if j != live:
                last = d[live]
                last[i] = row[live]
                for q in range(live):
                    other[q] = last[q]
                other[j] = np.inf
                size[j], name[j] = size[live], name[live]
                for q in range(live):
                    d[q, j] = other[q]
                for q in range(depth):
                    if chain[q] == live:
                        chain[q] = j
            for q in range(live):
                d[q, i] = row[q]
            row[i] = np.inf


def _ordered_tree(  # noqa: PLR0912
    d: np.ndarray, left: np.ndarray, right: np.ndarray
) -> None:
    """Write the tree of one matrix (overwritten), the closest pair first.

    Among equal distances the choice is that of R's hclust: the first row of the upper triangle
    whose remembered neighbour is nearest; a neighbour is remembered until a nearer one comes or
    it is merged.
    """
    n = d.shape[0]
    near = np.zeros(n, np.int64)
    gap = np.full(n, np.inf)
    size = np.ones(n)
    is_live = np.ones(n, np.bool_)
    for a in range(n):
        for b in range(a + 1, n):
            if d[a, b] < gap[a]:
                gap[a], near[a] = d[a, b], b
    for step in range(n - 1):
        i, best = 0, np.inf
        for a in range(n - 1):
            if is_live[a] and gap[a] < best:
                best, i = gap[a], a
        j = near[i]
        left[0, step], right[0, step] = i, j
        is_live[j] = False
        both = size[i] + size[j]
        gap[i] = np.inf
        for k in range(n):
            if not is_live[k] or k == i:
                continue
            value = (size[i] * d[i, k] + size[j] * d[j, k]) / both
            d[i, k] = value
            d[k, i] = value
            a, b = min(i, k), max(i, k)
            if value < gap[a]:
                gap[a], near[a] = value, b
        size[i] = both
        for a in range(n - 1):
            if is_live[a] and (near[a] == i or near[a] == j):
                gap[a] = np.inf
                for b in range(a + 1, n):
                    if is_live[b] and d[a, b] < gap[a]:
                        gap[a], near[a] = d[a, b], b


def _cut_trees(  # noqa: PLR0917
    left: np.ndarray,
    right: np.ndarray,
    height: np.ndarray,
    n_clusters: np.ndarray,
    people: np.ndarray,
    labels: np.ndarray,
) -> None:
    """Undo the highest merges of every tree; `labels` is (n_k, n_trees, n), -1 beforehand."""
    n_merges = left.shape[1]
    most = n_clusters.max()
    rank = np.empty(n_merges, np.int64)
    label = np.empty(n_merges + 1, np.int64)
    for r in range(left.shape[0]):
        rank[:] = most
        for place in range(most - 1):
            top = -1
            for t in range(n_merges):
                if rank[t] == most and (top < 0 or height[r, t] >= height[r, top]):
                    top = t
            rank[top] = place
        for kk in range(len(n_clusters)):
            n_new = 1
            label[0] = 0
            label[left[r, n_merges - 1]] = 0
            for t in range(n_merges - 1, -1, -1):
                if rank[t] < n_clusters[kk] - 1:
                    label[right[r, t]] = n_new
                    n_new += 1
                else:
                    label[right[r, t]] = label[left[r, t]]
            for a in range(n_merges + 1):
                labels[kk, r, people[r, a]] = label[a]


@cache
def _compiled(kernel: Callable[..., None]) -> Any:
    """Compile a kernel at its first use; the machine code is kept on disk where that is allowed."""
    import numba

    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"nnan", "nsz"}}
    try:
        return numba.njit(cache=True, **options)(kernel)
    except RuntimeError:  # no place to keep it
        return numba.njit(**options)(kernel)


def _checked(distance: np.ndarray, n_clusters: Sequence[int], n_people: int) -> np.ndarray:
    square = np.ascontiguousarray(distance, dtype=float)
    if square.ndim != 2 or square.shape[0] != square.shape[1] or not np.isfinite(square).all():
        message = f"A linkage needs a square matrix of finite distances; got shape {square.shape}."
        raise InputError(message)
    if not len(n_clusters) or min(n_clusters) < 1 or max(n_clusters) > min(n_people, 127):
        message = (
            f"The number of clusters must lie between 1 and the {n_people} people that are "
            f"clustered (at most 127); got {list(n_clusters)}."
        )
        raise InputError(message)
    return square


def average_linkage_memberships(
    distance: np.ndarray, resamples: np.ndarray, n_clusters: Sequence[int]
) -> np.ndarray:
    """Cluster every subsample by average linkage; one tree serves every number of clusters.

    Parameters
    ----------
    distance : ndarray of shape (n, n)
        Symmetric, finite.
    resamples : ndarray of int of shape (n_resamples, m)
        People of each subsample, every one once.
    n_clusters : sequence of int
        At most `m`.

    Returns
    -------
    ndarray of int8 of shape (len(n_clusters), n_resamples, n)
        Cluster from 0, in no particular order; -1 for people who are not in the subsample.

    Raises
    ------
    InputError
        If the distances are not finite or square, a person is drawn twice or is not there, or a
        number of clusters is impossible.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([0.0, 1.0, 10.0, 11.0, 30.0])
    >>> index = np.array([[0, 1, 2, 3]])
    >>> average_linkage_memberships(abs(x[:, None] - x), index, [2])[0, 0]
    array([ 0,  0,  1,  1, -1], dtype=int8)
    """
    index = np.sort(np.asarray(resamples, dtype=np.int64), axis=1)
    n_resamples, m = index.shape
    square = _checked(distance, n_clusters, m)
    if m and (index.min() < 0 or index.max() >= len(square) or (np.diff(index) == 0).any()):
        message = f"A subsample holds each of the {len(square)} people at most once."
        raise InputError(message)
    labels = np.full((len(n_clusters), n_resamples, len(square)), -1, dtype=np.int8)
    if m == 1:
        labels[:, np.arange(n_resamples), index[:, 0]] = 0
        return labels
    left, right = (np.empty((n_resamples, m - 1), dtype=np.int64) for _ in range(2))
    height = np.empty((n_resamples, m - 1))
    _compiled(_chain_trees)(square, index, left, right, height)
    wanted = np.asarray(n_clusters, dtype=np.int64)
    _compiled(_cut_trees)(left, right, height, wanted, index, labels)
    return labels


def average_linkage_labels(distance: np.ndarray, n_clusters: Sequence[int]) -> np.ndarray:
    """Cluster all people by average linkage.

    Equal distances are common here (shares of a few hundred resamples); they are broken as R's
    ``hclust`` does, so that ``cutree`` gives the same clusters.

    Parameters
    ----------
    distance : ndarray of shape (n, n)
    n_clusters : sequence of int

    Returns
    -------
    ndarray of int of shape (len(n_clusters), n)
        Clusters from 0, numbered in the order of their first person.

    Raises
    ------
    InputError
        If the distances are not finite or square, or a number of clusters is impossible.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([10.0, 0.0, 1.0, 11.0])
    >>> average_linkage_labels(abs(x[:, None] - x), [1, 2])
    array([[0, 0, 0, 0],
           [0, 1, 1, 0]])
    """
    square = _checked(distance, n_clusters, len(distance)).copy()
    n = len(square)
    if n == 1:
        return np.zeros((len(n_clusters), 1), dtype=int)
    left, right = (np.empty((1, n - 1), dtype=np.int64) for _ in range(2))
    _compiled(_ordered_tree)(square, left, right)
    labels = np.full((len(n_clusters), 1, n), -1, dtype=np.int8)
    order = np.arange(n - 1.0)[None]
    wanted, people = np.asarray(n_clusters, dtype=np.int64), np.arange(n)[None]
    _compiled(_cut_trees)(left, right, order, wanted, people, labels)
    return np.array([np.unique(row, return_inverse=True)[1] for row in _by_first(labels[:, 0])])


def _by_first(labels: np.ndarray) -> np.ndarray:
    """Replace each label by the place of its first person."""
    return np.array([(row[:, None] == row).argmax(axis=1) for row in labels])
