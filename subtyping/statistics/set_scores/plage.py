"""PLAGE: a set's first singular vector, frozen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from subtyping.statistics.set_scores._inputs import Floats, Indices, as_reference, as_sets, row_sums
from subtyping.statistics.set_scores.standardised import Standardised, reference_scale

__all__ = ["Plage", "fit_plage"]


@dataclass(frozen=True, eq=False)
class Plage(Standardised):
    """First singular vectors of sets, learnt in reference people.

    Attributes
    ----------
    mean, scale : ndarray of shape (n_analytes,)
        Of the reference people.
    sets : tuple of ndarray of int
        Columns of each set.
    directions : tuple of ndarray
        Unit weights of the members of each set.
    lengths : ndarray of shape (n_sets,)
        First singular value of each set.
    explained_frac : ndarray of shape (n_sets,)
        Share of the members' variance along the direction.
    """

    sets: tuple[Indices, ...]
    directions: tuple[Floats, ...]
    lengths: Floats
    explained_frac: Floats

    def score(self, X: ArrayLike) -> Floats:
        """Return the scores, shape (n_samples, n_sets); each row rests on that row alone."""
        z = self.z(X)
        parts = zip(self.sets, self.directions, self.lengths, strict=True)
        return np.column_stack(
            [row_sums(z[:, members] * weights) / length for members, weights, length in parts]
        )


def fit_plage(X: ArrayLike, sets: Sequence[ArrayLike], *, scale: bool = True) -> Plage:
    r"""Learn the direction along which the members of each set vary most in reference people.

    With :math:`Z_S = U D V'` the standardised members among the reference people, the score of a
    person with members :math:`z` is :math:`z'v_1 / d_1`. Over the reference people the squared
    scores sum to one, so that a score shrinks with the root of their number; compare scores of
    one fit only. The sign of a singular vector is arbitrary; here it is such that the score goes
    along with the mean of the members.

    Parameters
    ----------
    X : array of shape (n_reference, n_analytes)
        Reference people, log2 scale; no missing cells.
    sets : sequence of sequence of int
        Columns of each set.
    scale : bool, default True
        False where `X` already is on the scale of the reference (mean 0, SD 1).

    Returns
    -------
    Plage
        ``fit_plage(X, sets).score(X)`` is ``gsva(method = "plage")`` of R GSVA 1.46 up to the
        sign of each set.

    Raises
    ------
    InputError
        If a cell is missing, a member is constant among the reference people, or a column does
        not exist.

    Notes
    -----
    The direction follows what varies most, whatever it is: a member that runs against the others
    gets a negative weight, and where the first two singular values are close (members that do
    not go together) the direction is chance.

    References
    ----------
    Tomfohr J, Lu J, Kepler TB (2005). doi:10.1186/1471-2105-6-225

    Examples
    --------
    >>> X = [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    >>> fit_plage(X, [[0, 1]]).score(X).round(4).ravel().tolist()
    [-0.7071, 0.0, 0.7071]
    """
    values = as_reference(X)
    columns = as_sets(sets, values.shape[1])
    mean, sd = reference_scale(values, columns, scale=scale)
    z = (values - mean) / sd
    directions, lengths, explained = [], [], []
    for members in columns:
        gram = z[:, members].T @ z[:, members]
        squares, vectors = np.linalg.eigh(gram)
        first = vectors[:, -1]
        along = float(first @ gram.sum(axis=1))
        if along < 0 or (along == 0 and first[np.argmax(np.abs(first))] < 0):
            first = -first
        directions.append(np.ascontiguousarray(first))
        lengths.append(float(np.sqrt(max(squares[-1], np.finfo(float).tiny))))
        explained.append(float(squares[-1] / max(np.trace(gram), np.finfo(float).tiny)))
    return Plage(
        mean=mean,
        scale=sd,
        sets=columns,
        directions=tuple(directions),
        lengths=np.array(lengths),
        explained_frac=np.array(explained),
    )
