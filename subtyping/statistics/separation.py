"""Where a censored likelihood has no maximum: groups that are wholly below detection."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["independent_columns", "runaway_sign", "separable_rows"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_TOLERANCE = 1e-9


def separable_rows(design: Floats, detected: Mask, censored: Mask) -> NDArray[np.int64]:
    r"""Return the censored rows that some direction explains perfectly.

    Along a direction *d* with :math:`x_i'd = 0` in every detected row and :math:`x_i'd \le 0` in
    every censored one the likelihood never falls; the rows with :math:`x_i'd < 0` approach a
    likelihood of 1 and the coefficients run away. The largest set of such rows comes from one
    linear programme. Without them the likelihood has a maximum, and it is the supremum of the
    likelihood with them.

    Parameters
    ----------
    design : ndarray of shape (n_samples, n_columns)
    detected, censored : ndarray of bool of shape (n_samples,)

    Returns
    -------
    ndarray of int
        Positions in the design; empty where every direction is held.

    References
    ----------
    Albert A, Anderson JA (1984). On the existence of maximum likelihood estimates in logistic
    regression models. Biometrika 71, 1-10. doi:10.1093/biomet/71.1.1
    """
    from scipy.optimize import linprog

    free = _directions_left(design[detected], design.shape[1])
    rows = np.flatnonzero(censored)
    if not free.shape[1] or not len(rows):
        return rows[:0]
    A = design[rows] @ free
    slack = np.eye(len(rows))
    found = linprog(
        np.concatenate([np.zeros(free.shape[1]), -np.ones(len(rows))]),
        A_ub=np.hstack([A, slack]),
        b_ub=np.zeros(len(rows)),
        bounds=[(None, None)] * free.shape[1] + [(0.0, 1.0)] * len(rows),
        method="highs",
    )
    if found.x is None:  # numerically flat: treat nothing as separated
        return rows[:0]
    return rows[found.x[free.shape[1] :] > 0.5]


def runaway_sign(design: Floats, detected: Mask, censored: Mask) -> int:
    """Return where the last coefficient runs to: -1, +1, or 0 where it may run to either side.

    Parameters
    ----------
    design : ndarray of shape (n_samples, n_columns)
    detected, censored : ndarray of bool of shape (n_samples,)
        As they were before separable rows were set aside.

    Returns
    -------
    int
    """
    from scipy.optimize import linprog

    free = _directions_left(design[detected], design.shape[1])
    if not free.shape[1]:
        return 0
    A = design[censored] @ free
    reach = []
    for sign in (1.0, -1.0):
        found = linprog(
            -sign * free[-1],
            A_ub=A,
            b_ub=np.full(len(A), 1e-12),
            bounds=[(-1.0, 1.0)] * free.shape[1],
            method="highs",
        )
        reach.append(found.x is not None and sign * float(free[-1] @ found.x) > 1e-7)
    up, down = reach
    return 0 if up == down else 1 if up else -1


def independent_columns(matrix: Floats) -> NDArray[np.int64]:
    """Return the columns that add rank, taken from left to right."""
    kept: list[int] = []
    basis = np.empty((len(matrix), 0))
    for i, column in enumerate(matrix.T):
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        size = float(np.linalg.norm(rest))
        if size > 1e-7 * max(float(np.linalg.norm(column)), 1e-300) and size > _TOLERANCE:
            kept.append(i)
            basis = np.column_stack([basis, rest / size])
    return np.array(kept, dtype=np.int64)


def _directions_left(rows: Floats, width: int) -> Floats:
    """Return a basis of the directions that these rows do not see."""
    if not len(rows):
        return np.eye(width)
    _, sizes, vectors = np.linalg.svd(rows)
    rank = int((sizes > 1e-7).sum())
    return np.asarray(vectors[rank:].T)
