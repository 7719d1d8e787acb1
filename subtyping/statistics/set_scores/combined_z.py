"""Combined z: the sum of a set's z-scores over the root of its size."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from subtyping.statistics.set_scores._inputs import Floats, Indices, as_reference, as_sets, row_sums
from subtyping.statistics.set_scores.standardised import Standardised, reference_scale

__all__ = ["CombinedZ", "fit_combined_z"]


@dataclass(frozen=True, eq=False)
class CombinedZ(Standardised):
    """Combined z-scores against frozen reference people.

    Attributes
    ----------
    mean, scale : ndarray of shape (n_analytes,)
        Of the reference people.
    sets : tuple of ndarray of int
        Columns of each set.
    """

    sets: tuple[Indices, ...]

    def score(self, X: ArrayLike) -> Floats:
        """Return the scores, shape (n_samples, n_sets); each row rests on that row alone."""
        z = self.z(X)
        sums = [row_sums(z[:, members]) / np.sqrt(len(members)) for members in self.sets]
        return np.column_stack(sums)


def fit_combined_z(X: ArrayLike, sets: Sequence[ArrayLike], *, scale: bool = True) -> CombinedZ:
    r"""Learn mean and SD of each analyte in reference people.

    The score of person i on a set S of k members is :math:`\sum_{j \in S} z_{ij} / \sqrt{k}`: SD
    1 if the members were independent, larger the more they go together. Scores of sets of
    different size or coherence are therefore not on one scale.

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
    CombinedZ
        ``fit_combined_z(X, sets).score(X)`` is ``gsva(method = "zscore")`` of R GSVA 1.46.

    Raises
    ------
    InputError
        If a cell is missing, a member is constant among the reference people, or a column does
        not exist.

    References
    ----------
    Lee E et al. (2008). doi:10.1371/journal.pcbi.1000217

    Examples
    --------
    >>> learnt = fit_combined_z([[0.0, 0.0], [2.0, 2.0]], [[0, 1]])
    >>> round(float(learnt.score([[2.0, 2.0]])[0, 0]), 6)
    1.0
    """
    values = as_reference(X)
    columns = as_sets(sets, values.shape[1])
    mean, sd = reference_scale(values, columns, scale=scale)
    return CombinedZ(mean=mean, scale=sd, sets=columns)
