"""Mean z of a set's members, plain or weighted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from subtyping.exceptions import InputError
from subtyping.statistics.set_scores._inputs import Floats, Indices, as_reference, as_sets, row_sums
from subtyping.statistics.set_scores.standardised import Standardised, reference_scale

__all__ = ["MeanZ", "fit_mean_z"]


@dataclass(frozen=True, eq=False)
class MeanZ(Standardised):
    """Weighted mean of z-scores against frozen reference people.

    Attributes
    ----------
    mean, scale : ndarray of shape (n_analytes,)
        Of the reference people.
    weights : ndarray of shape (n_analytes,)
        Weight of each analyte in every set it belongs to.
    sets : tuple of ndarray of int
        Columns of each set.
    """

    weights: Floats
    sets: tuple[Indices, ...]

    def score(self, X: ArrayLike) -> Floats:
        """Return the scores, shape (n_samples, n_sets); each row rests on that row alone."""
        z = self.z(X)
        columns = [
            row_sums(z[:, members] * self.weights[members]) / np.cumsum(self.weights[members])[-1]
            for members in self.sets
        ]
        return np.column_stack(columns)


def fit_mean_z(
    X: ArrayLike,
    sets: Sequence[ArrayLike],
    *,
    weights: ArrayLike | None = None,
    scale: bool = True,
) -> MeanZ:
    r"""Learn mean and SD of each analyte in reference people.

    The score of person i on set S is
    :math:`\sum_{j \in S} w_j z_{ij} / \sum_{j \in S} w_j` with
    :math:`z_{ij} = (x_{ij} - \bar x_j) / s_j`.

    Parameters
    ----------
    X : array of shape (n_reference, n_analytes)
        Reference people, log2 scale; no missing cells.
    sets : sequence of sequence of int
        Columns of each set.
    weights : array of shape (n_analytes,), optional
        Not negative, and positive for one member of each set at least; 1 for all without it.
    scale : bool, default True
        False where `X` already is on the scale of the reference (mean 0, SD 1).

    Returns
    -------
    MeanZ

    Raises
    ------
    InputError
        If a cell is missing, a member is constant among the reference people, a column does not
        exist, or a set carries no weight.

    Examples
    --------
    >>> learnt = fit_mean_z([[0.0, 10.0], [2.0, 30.0]], [[0, 1]])
    >>> learnt.score([[1.0, 20.0]]).tolist()
    [[0.0]]
    """
    values = as_reference(X)
    n_analytes = values.shape[1]
    columns = as_sets(sets, n_analytes)
    w = np.ones(n_analytes) if weights is None else np.asarray(weights, dtype=np.float64)
    if w.shape != (n_analytes,) or not np.isfinite(w).all() or (w < 0).any():
        message = f"weights needs {n_analytes} numbers of 0 or more, one for each analyte."
        raise InputError(message)
    empty = [number for number, members in enumerate(columns) if not (w[members] > 0).any()]
    if empty:
        message = f"Set {empty[0]} carries no weight: every member has weight 0."
        raise InputError(message)
    mean, sd = reference_scale(values, columns, scale=scale)
    return MeanZ(mean=mean, scale=sd, weights=w, sets=columns)
