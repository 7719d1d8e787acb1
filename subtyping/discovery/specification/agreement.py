"""Do the analyses of a grid name the same people?"""

import numpy as np

from subtyping.exceptions import InputError

__all__ = ["mean_agreement", "pairwise_adjusted_rand"]


def pairwise_adjusted_rand(is_high: np.ndarray) -> np.ndarray:
    r"""Return the adjusted Rand index of every pair of divisions into high group and rest.

    With :math:`s` the pairs of people kept together by both, :math:`a, b` by either and :math:`t`
    all pairs, :math:`(s - ab/t) / ((a + b)/2 - ab/t)`; see
    `subtyping.statistics.agreement.adjusted_rand`, of which this is the matrix.

    Parameters
    ----------
    is_high : ndarray of bool of shape (n_specifications, n_people)

    Returns
    -------
    ndarray of shape (n_specifications, n_specifications)
        1 for the same people; 0 on average for unrelated ones. NaN in the row and column of a
        division that puts everyone, or nobody, into the high group: it names no members.

    Raises
    ------
    InputError
        If `is_high` has not two dimensions.

    References
    ----------
    Hubert L, Arabie P (1985). Comparing partitions. Journal of Classification 2, 193-218.
    doi:10.1007/BF01908075.

    Examples
    --------
    >>> import numpy as np
    >>> pairwise_adjusted_rand(np.array([[1, 1, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0]], dtype=bool))
    array([[ 1. ,  1. , -0.5],
           [ 1. ,  1. , -0.5],
           [-0.5, -0.5,  1. ]])
    """
    high = np.asarray(is_high, dtype=bool)
    if high.ndim != 2:
        message = f"Divisions must be a matrix, one a row; got {high.ndim} dimensions."
        raise InputError(message)
    count = high.astype(float)
    n = high.shape[1]
    size = count.sum(axis=1)
    both = count @ count.T
    only_first, only_second = size[:, None] - both, size[None, :] - both
    neither = n - both - only_first - only_second
    together = _pairs(both) + _pairs(only_first) + _pairs(only_second) + _pairs(neither)
    own = _pairs(size) + _pairs(n - size)
    expected = own[:, None] * own[None, :] / max(n * (n - 1) / 2.0, 1.0)
    most = (own[:, None] + own[None, :]) / 2.0
    with np.errstate(invalid="ignore", divide="ignore"):
        index = (together - expected) / (most - expected)
    names_nobody = (size == 0) | (size == n)
    index[names_nobody, :] = np.nan
    index[:, names_nobody] = np.nan
    return np.asarray(index)


def _pairs(counts: np.ndarray) -> np.ndarray:
    return np.asarray(counts * (counts - 1) / 2.0)


def mean_agreement(index: np.ndarray) -> np.ndarray:
    """Return the mean agreement of each analysis with the others that name members.

    Parameters
    ----------
    index : ndarray of shape (n_specifications, n_specifications)
        From `pairwise_adjusted_rand`.

    Returns
    -------
    ndarray of shape (n_specifications,)
        NaN for an analysis that names nobody, or where no other does.

    Examples
    --------
    >>> import numpy as np
    >>> mean_agreement(np.array([[1.0, 0.5, 0.1], [0.5, 1.0, 0.3], [0.1, 0.3, 1.0]]))
    array([0.3, 0.4, 0.2])
    """
    others = np.array(index, dtype=float)
    np.fill_diagonal(others, np.nan)
    known = np.isfinite(others)
    n = known.sum(axis=1)
    total = np.where(known, others, 0.0).sum(axis=1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)
