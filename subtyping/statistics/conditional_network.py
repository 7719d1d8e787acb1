"""What else is expected to change when some analytes stand elsewhere: the Gaussian conditional."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError
from subtyping.statistics.network_covariance import as_matrix

__all__ = ["clamp_slopes", "clamp_weights", "propagate"]

Array = NDArray[np.float64]


def clamp_weights(n_analytes: int, clamped: ArrayLike, *, as_score: bool = False) -> Array:
    """Return what is clamped as rows of weights on the analytes.

    Parameters
    ----------
    n_analytes : int
    clamped : array of int
        Positions of the analytes.
    as_score : bool, default False
        One row, the mean of the analytes, instead of one row for each.

    Returns
    -------
    ndarray of shape (n_rows, n_analytes)

    Raises
    ------
    InputError
        If nothing is clamped, or an analyte is clamped twice or does not exist.

    Examples
    --------
    >>> clamp_weights(3, [0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    >>> clamp_weights(3, [0, 2], as_score=True).tolist()
    [[0.5, 0.0, 0.5]]
    """
    positions = np.asarray(clamped, dtype=int).ravel()
    is_valid = (positions >= 0) & (positions < n_analytes)
    if not len(positions) or not is_valid.all() or len(set(positions.tolist())) < len(positions):
        message = (
            f"Expected at least one analyte to clamp, each once, from 0 to {n_analytes - 1}; got "
            f"{positions.tolist()}."
        )
        raise InputError(message)
    rows = np.zeros((len(positions), n_analytes))
    rows[np.arange(len(positions)), positions] = 1.0
    return rows.mean(axis=0, keepdims=True) if as_score else rows


def clamp_slopes(covariance: ArrayLike, weights: ArrayLike) -> Array:
    r"""Return by how much each analyte is expected to differ per unit of what is clamped.

    :math:`B = \Sigma A^T (A \Sigma A^T)^{-1}` for weights *A*; with *A* picking the analytes *c*
    these are :math:`\Sigma_{oc} \Sigma_{cc}^{-1}` for the others and one for themselves. They
    equal :math:`-K_{oo}^{-1} K_{oc}` of the precision *K*.

    Parameters
    ----------
    covariance : array of shape (n_analytes, n_analytes)
    weights : array of shape (n_rows, n_analytes)
        See `clamp_weights`.

    Returns
    -------
    ndarray of shape (n_analytes, n_rows)

    Raises
    ------
    InputError
        If the shapes do not fit, or what is clamped does not vary.

    Examples
    --------
    >>> clamp_slopes([[1.0, 0.5], [0.5, 1.0]], [[1.0, 0.0]]).tolist()
    [[1.0], [0.5]]
    """
    values, rows = as_matrix(covariance, "covariance"), as_matrix(weights, "weights")
    if values.shape != (rows.shape[1], rows.shape[1]):
        message = (
            f"weights of shape {rows.shape} need a covariance of {rows.shape[1]} analytes; got "
            f"{values.shape}."
        )
        raise InputError(message)
    across = values @ rows.T
    inside = rows @ across
    if np.linalg.matrix_rank(inside) < len(inside):
        message = (
            "What is clamped does not vary, or repeats itself, so nothing can be expected from it. "
            "Clamp analytes that are detected, each once."
        )
        raise InputError(message)
    return np.asarray(np.linalg.solve(inside, across.T).T)


def propagate(
    x: ArrayLike,
    covariance: ArrayLike,
    weights: ArrayLike,
    target: ArrayLike,
    dose: float = 1.0,
) -> Array:
    r"""Return each person's expected panel with the clamped part moved towards a target.

    :math:`x' = x + B\, d\,(t - A x)` with :math:`B` of `clamp_slopes`: for a jointly normal panel
    this is :math:`E[x_o \mid x_c = (1 - d)\,x_c + d\,t]` with everything particular to the person
    (the residual) kept. A conditional expectation, not an intervention: it moves causes and
    consequences of what is clamped alike.

    Parameters
    ----------
    x : array of shape (n_people, n_analytes)
    covariance : array of shape (n_analytes, n_analytes)
    weights : array of shape (n_rows, n_analytes)
    target : array of shape (n_rows,)
        Level at which each row is held.
    dose : float, default 1
        0 changes nothing, 1 reaches the target.

    Returns
    -------
    ndarray of shape (n_people, n_analytes)

    Raises
    ------
    InputError
        If the dose lies outside 0 to 1 or the shapes do not fit.

    Examples
    --------
    A person at (2, 3), correlation .5, the first analyte brought to 0: the second falls by
    .5 x 2.

    >>> propagate([[2.0, 3.0]], [[1.0, 0.5], [0.5, 1.0]], [[1.0, 0.0]], [0.0]).tolist()
    [[0.0, 2.0]]
    """
    if not 0.0 <= dose <= 1.0:
        message = f"A dose lies between 0 (nothing) and 1 (full blockade); got {dose:g}."
        raise InputError(message)
    values, rows = as_matrix(x, "x"), as_matrix(weights, "weights")
    aim = np.asarray(target, dtype=float).ravel()
    if values.shape[1] != rows.shape[1] or aim.shape != (len(rows),):
        message = (
            f"Expected weights on {values.shape[1]} analytes and one target for each row; got "
            f"weights {rows.shape} and {len(aim)} targets."
        )
        raise InputError(message)
    slopes = clamp_slopes(covariance, rows)
    return np.asarray(values + dose * (aim - values @ rows.T) @ slopes.T)
