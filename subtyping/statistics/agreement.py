"""How far two labellings of the same people agree, whatever their clusters are called."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from subtyping.exceptions import InputError

__all__ = [
    "adjusted_rand",
    "align_labels",
    "best_jaccard",
    "contingency",
    "jaccard_stability",
    "prediction_strength",
]


def contingency(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count people by both labellings; negative labels (nobody's cluster) are left out.

    Parameters
    ----------
    first, second : ndarray of int of shape (n,)

    Returns
    -------
    counts : ndarray of int of shape (n_first, n_second)
    names_first, names_second : ndarray
        Labels of rows and columns, ascending.

    Raises
    ------
    InputError
        If the lengths differ.

    Examples
    --------
    >>> import numpy as np
    >>> contingency(np.array([0, 0, 1, -1]), np.array([5, 7, 7, 7]))[0]
    array([[1, 1],
           [0, 1]])
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape or first.ndim != 1:
        message = (
            f"Two labellings must label the same people; got shapes {first.shape} and "
            f"{second.shape}."
        )
        raise InputError(message)
    both = (first >= 0) & (second >= 0)
    names_first, rows = np.unique(first[both], return_inverse=True)
    names_second, columns = np.unique(second[both], return_inverse=True)
    counts = np.zeros((len(names_first), len(names_second)), dtype=int)
    np.add.at(counts, (rows, columns), 1)
    return counts, names_first, names_second


def adjusted_rand(first: np.ndarray, second: np.ndarray) -> float:
    r"""Return the adjusted Rand index.

    With pairs together in both :math:`s`, in either :math:`a, b`, and all :math:`t`:
    :math:`(s - ab/t) / ((a + b)/2 - ab/t)`; 1 for the same partition, 0 on average for unrelated
    ones.

    Parameters
    ----------
    first, second : ndarray of int of shape (n,)
        People with a negative label in either are left out.

    Returns
    -------
    float
        1 where both hold one cluster, or both hold everyone apart; NaN for fewer than two people.

    References
    ----------
    Hubert L, Arabie P (1985). Comparing partitions. Journal of Classification 2, 193-218.
    doi:10.1007/BF01908075.

    Examples
    --------
    >>> import numpy as np
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([4, 4, 2, 2]))
    1.0
    """
    counts, _, _ = contingency(first, second)
    total = _pairs(counts.sum())
    if total == 0:
        return float("nan")
    a, b = _pairs(counts.sum(axis=1)).sum(), _pairs(counts.sum(axis=0)).sum()
    expected = a * b / total
    most = (a + b) / 2
    if most == expected:
        return 1.0
    return float((_pairs(counts).sum() - expected) / (most - expected))


def _pairs(counts: np.ndarray) -> np.ndarray:
    return np.asarray(counts * (counts - 1) / 2.0)


def align_labels(reference: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Rename clusters so that they share the most people with those of a reference labelling.

    The renaming is the one-to-one matching with the largest overlap (Hungarian algorithm). A
    cluster without a partner gets a new number above every label of the reference: two clusters
    never become one.

    Parameters
    ----------
    reference, labels : ndarray of int of shape (n,)
        Negative where a person has no cluster; they stay negative and do not count.

    Returns
    -------
    ndarray of int of shape (n,)

    References
    ----------
    Kuhn HW (1955). The Hungarian method for the assignment problem. Naval Research Logistics
    Quarterly 2, 83-97. doi:10.1002/nav.3800020109.

    Examples
    --------
    >>> import numpy as np
    >>> align_labels(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 2]))
    array([0, 0, 1, 2])
    """
    reference, labels = np.asarray(reference), np.asarray(labels)
    counts, names, own = contingency(reference, labels)
    rows, columns = linear_sum_assignment(-counts)
    shared = counts[rows, columns] > 0
    renamed = dict(zip(own[columns[shared]], names[rows[shared]], strict=True))
    free = int(max(reference.max(initial=-1), -1)) + 1
    for name in np.unique(labels[labels >= 0]):
        if name not in renamed:
            renamed[name] = free
            free += 1
    return np.array([renamed.get(label, label) for label in labels], dtype=int)


def best_jaccard(labels: np.ndarray, other: np.ndarray, n_clusters: int) -> np.ndarray:
    """Return how well each cluster is found again: the largest Jaccard overlap with another's.

    Parameters
    ----------
    labels : ndarray of int of shape (n,)
        Clusters 0, 1, ..., ``n_clusters - 1`` whose recovery is asked for.
    other : ndarray of int of shape (n,)
        The other labelling of the same people; negative is no cluster.
    n_clusters : int

    Returns
    -------
    ndarray of shape (n_clusters,)
        0 for a cluster none of whose people are there.

    Examples
    --------
    >>> import numpy as np
    >>> best_jaccard(np.array([0, 0, 1, 1]), np.array([8, 8, 8, 3]), 3).round(2)
    array([0.67, 0.5 , 0.  ])
    """
    labels, other = np.asarray(labels), np.asarray(other)
    mine = labels[None, :] == np.arange(n_clusters)[:, None]
    theirs = other[None, :] == np.unique(other[other >= 0])[:, None]
    if not len(theirs):
        return np.zeros(n_clusters)
    shared = mine.astype(float) @ theirs.T.astype(float)
    either = mine.sum(axis=1)[:, None] + theirs.sum(axis=1)[None, :] - shared
    return np.asarray((shared / np.maximum(either, 1)).max(axis=1))


def jaccard_stability(labels: np.ndarray, resampled: np.ndarray) -> np.ndarray:
    """Return the clusterwise Jaccard recovery in each resample, as fpc's clusterboot counts it.

    Parameters
    ----------
    labels : ndarray of int of shape (n,)
        Clusters 0, 1, ... of everyone; their number is the largest label + 1.
    resampled : ndarray of int of shape (n_resamples, n)
        Clusters of the same procedure in each resample; -1 for people who are not in it. Names
        mean nothing across resamples.

    Returns
    -------
    ndarray of shape (n_resamples, n_clusters)
        Their mean over resamples is the clusterwise stability.

    References
    ----------
    Hennig C (2007). Cluster-wise assessment of cluster stability. Computational Statistics and
    Data Analysis 52, 258-271. doi:10.1016/j.csda.2006.11.025.

    Examples
    --------
    >>> import numpy as np
    >>> jaccard_stability(np.array([0, 0, 1, 1]), np.array([[1, 1, 0, 0], [0, 0, 0, -1]]))
    array([[1.        , 1.        ],
           [0.66666667, 0.33333333]])
    """
    labels = np.asarray(labels)
    k = int(labels.max()) + 1
    drawn = np.asarray(resampled)
    return np.array([best_jaccard(labels[row >= 0], row[row >= 0], k) for row in drawn])


def prediction_strength(own: np.ndarray, predicted: np.ndarray) -> float:
    """Return the share of pairs of a cluster that another half's rule keeps together, at worst.

    Parameters
    ----------
    own : ndarray of int of shape (n,)
        Clusters found in these people themselves.
    predicted : ndarray of int of shape (n,)
        Clusters a rule learnt from other people gives them.

    Returns
    -------
    float
        The smallest share over the clusters of `own`; a cluster of one person counts as kept.

    References
    ----------
    Tibshirani R, Walther G (2005). Cluster validation by prediction strength. Journal of
    Computational and Graphical Statistics 14, 511-528. doi:10.1198/106186005X59243.

    Examples
    --------
    >>> import numpy as np
    >>> round(prediction_strength(np.array([0, 0, 0, 1, 1]), np.array([3, 3, 5, 5, 5])), 3)
    0.333
    """
    counts, _, _ = contingency(own, predicted)
    possible = _pairs(counts.sum(axis=1))
    kept = _pairs(counts).sum(axis=1)
    shares = np.where(possible > 0, kept / np.maximum(possible, 1.0), 1.0)
    return float(shares.min(initial=1.0))
