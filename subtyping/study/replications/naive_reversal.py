"""What a careless model of a drug says it would undo: a kernel, kept to show what it is worth."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["share_left"]

Floats = NDArray[np.float64]
SMALLEST = 1e-9


def share_left(X: Floats, is_case: NDArray[np.bool_], clamped: NDArray[np.int64]) -> Floats:
    r"""Return the share of each group difference that is left once some analytes are clamped.

    With the covariance :math:`S` of all people pooled, the difference of the groups included,
    and the differences :math:`\delta` of the same people, clamping analytes *c* to the healthy
    mean leaves

    .. math:: \delta_j - S_{jc} S_{cc}^{-1} \delta_c

    of the difference of analyte *j*: a conditional expectation, read as if it were what a drug
    does. Nothing in it knows whether a drug does anything. Three things push it towards full
    reversal: the clamped analytes count as reversed, the covariance holds the very difference
    that is to be explained, and the model is judged on the people it was fitted to.

    Parameters
    ----------
    X : ndarray of shape (n_people, n_analytes)
        Cases and reference people.
    is_case : ndarray of bool of shape (n_people,)
    clamped : ndarray of int
        Columns that the drug is taken to bring to the healthy mean.

    Returns
    -------
    ndarray of shape (n_analytes,)
        0 is fully reversed, 1 untouched, below 0 overshot; exactly 0 for the clamped analytes
        and NaN where there is no difference to undo.

    Examples
    --------
    One analyte clamped, one that follows it without error and one apart from it:

    >>> x = np.array([0.0, 1.0, 0.0, 3.0, 4.0, 3.0])
    >>> apart = np.array([0.0, 0.0, 3.0, 1.0, 1.0, 4.0])
    >>> X = np.column_stack([x, 2 * x, apart])
    >>> is_case = np.array([False, False, False, True, True, True])
    >>> share_left(X, is_case, np.array([0])).round(2).tolist()
    [0.0, 0.0, 0.49]
    """
    difference = X[is_case].mean(axis=0) - X[~is_case].mean(axis=0)
    centred = X - X.mean(axis=0)
    slopes, *_ = np.linalg.lstsq(centred[:, clamped], centred, rcond=None)
    left = difference - difference[clamped] @ slopes
    left[clamped] = 0.0
    tiny = np.abs(difference) < SMALLEST
    return np.where(tiny, np.nan, left / np.where(tiny, 1.0, difference))
