"""Order clusters and name them by what defines them."""

from collections.abc import Sequence

import numpy as np

__all__ = ["cluster_names", "order_of_clusters"]


def order_of_clusters(means: np.ndarray) -> np.ndarray:
    """Return the order of clusters by their mean of the first column, lowest first.

    Parameters
    ----------
    means : ndarray of shape (n_clusters, n_columns)
        Ties are broken by the further columns.

    Returns
    -------
    ndarray of int of shape (n_clusters,)

    Examples
    --------
    >>> import numpy as np
    >>> order_of_clusters(np.array([[2.0, 0.0], [-1.0, 5.0]]))
    array([1, 0])
    """
    return np.lexsort(np.asarray(means, dtype=float).T[::-1])


def cluster_names(
    means: np.ndarray, spread: np.ndarray, columns: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Name each cluster by the column in which it stands out most from the other clusters.

    Parameters
    ----------
    means : ndarray of shape (n_clusters, n_columns)
    spread : ndarray of shape (n_columns,)
        SD of each column over everyone.
    columns : sequence of str, optional
        Names of the columns; ``column 1``, ... otherwise.

    Returns
    -------
    tuple of str
        ``"high CCL17"`` or ``"low IL6"``, against the mean of the other clusters; a second
        cluster of the same name gets a number; ``"everyone"`` where there is one cluster.

    Examples
    --------
    >>> import numpy as np
    >>> means = np.array([[0.0, 1.0], [3.0, 1.2]])
    >>> cluster_names(means, np.ones(2), ["CCL17", "IL6"])
    ('low CCL17', 'high CCL17')
    """
    means = np.asarray(means, dtype=float)
    k, p = means.shape
    if k == 1:
        return ("everyone",)
    called = list(columns) if columns is not None else [f"column {j + 1}" for j in range(p)]
    gap = means - (means.sum(axis=0) - means) / (k - 1)
    gap = gap / np.where(np.asarray(spread) > 0, spread, 1.0)
    names: list[str] = []
    for row in gap:
        j = int(np.abs(row).argmax())
        name = f"{'high' if row[j] > 0 else 'low'} {called[j]}"
        same = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(name if not same else f"{name} ({same + 1})")
    return tuple(names)
