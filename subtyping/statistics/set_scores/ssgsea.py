"""ssGSEA: how high a set's members rank within a person."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from subtyping.exceptions import InputError
from subtyping.statistics.set_scores._inputs import (
    Floats,
    Indices,
    as_reference,
    as_samples,
    as_sets,
    need_analytes_outside,
    row_chunks,
    row_sums,
)

__all__ = ["SsGsea", "fit_ssgsea"]


@dataclass(frozen=True, eq=False)
class SsGsea:
    """Single-sample enrichment scores.

    Attributes
    ----------
    alpha : float
        Power of the rank weights.
    n_analytes : int
        Size of the panel that is ranked.
    sets : tuple of ndarray of int
        Columns of each set.
    width : float
        Largest minus smallest score of all reference people on all sets; 1 without normalisation.
    """

    alpha: float
    n_analytes: int
    sets: tuple[Indices, ...]
    width: float = 1.0

    def score(self, X: ArrayLike) -> Floats:
        """Return the scores, shape (n_samples, n_sets); each row rests on that row alone."""
        values = as_samples(X, self.n_analytes)
        scores = np.empty((len(values), len(self.sets)))
        weight_of_rank = np.arange(self.n_analytes + 1, dtype=np.float64) ** self.alpha
        for rows in row_chunks(*values.shape):
            height, rank = _heights_and_ranks(values[rows])
            weight = weight_of_rank[rank]
            for column, members in enumerate(self.sets):
                scores[rows, column] = self._walk(height[:, members], weight[:, members])
        return scores / self.width

    def _walk(self, height: Floats, weight: Floats) -> Floats:
        """Sum of the two running sums' difference, from where the members stand alone."""
        p, k = self.n_analytes, height.shape[1]
        inside = row_sums(weight * height) / row_sums(weight)
        outside = (p * (p + 1) / 2 - row_sums(height)) / (p - k)
        return inside - outside


def _heights_and_ranks(X: Floats) -> tuple[Floats, Indices]:
    """Return place from below (ties by column) and whole part of the mean rank, analyte by analyte.

    The analyte that stands highest has height n_analytes. Among equal values the earlier column
    stands higher.
    """
    n, p = X.shape
    order = np.argsort(-X, axis=1, kind="stable")
    place = np.arange(p)
    row = np.arange(n)[:, None]
    height = np.empty((n, p))
    height[row, order] = p - place
    falling = np.take_along_axis(X, order, axis=1)
    is_new = np.ones((n, p), dtype=bool)
    is_new[:, 1:] = falling[:, 1:] != falling[:, :-1]
    if is_new.all():
        return height, height.astype(np.int64)
    first = np.maximum.accumulate(np.where(is_new, place, 0), axis=1)
    is_last = np.ones((n, p), dtype=bool)
    is_last[:, :-1] = is_new[:, 1:]
    last = np.minimum.accumulate(np.where(is_last, place, p)[:, ::-1], axis=1)[:, ::-1]
    rank = np.empty((n, p), dtype=np.int64)
    rank[row, order] = p - (first + last + 1) // 2
    return height, rank


def fit_ssgsea(
    X: ArrayLike, sets: Sequence[ArrayLike], *, alpha: float = 0.25, normalise: bool = True
) -> SsGsea:
    r"""Learn the range of the scores in reference people (nothing else is learnt).

    Within a person the p analytes are ranked; going down from the highest, the score is the sum
    over all places of

    .. math::
        \frac{\sum_{j \in S, \text{so far}} r_j^{\alpha}}{\sum_{j \in S} r_j^{\alpha}}
        - \frac{\#\{j \notin S, \text{so far}\}}{p - k},

    with :math:`r_j` the whole part of the mean rank from below. It equals the weighted mean
    height of the members minus the mean height of the others.

    Parameters
    ----------
    X : array of shape (n_reference, n_analytes)
        Reference people; no missing cells. What is ranked is compared across analytes: give
        z-scores where the units of analytes differ (NPX).
    sets : sequence of sequence of int
        Columns of each set.
    alpha : float, default 0.25
        Power of the rank weights, 0 or more.
    normalise : bool, default True
        Divide by the range of all scores of the reference people. That range depends on which
        sets are scored together.

    Returns
    -------
    SsGsea
        ``fit_ssgsea(X, sets).score(X)`` is ``gsva(method = "ssgsea")`` of R GSVA 1.46.

    Raises
    ------
    InputError
        If a cell is missing, a set is the whole panel, `alpha` is negative or all reference
        scores are equal.

    Notes
    -----
    A competitive score: a set is weighed against the other analytes of the panel, so a rise of
    all of them alike leaves it, and a rise of the others lowers it. Among tied values the earlier
    column stands higher, as in R; the score of a person with many ties depends on the order of
    the columns.

    References
    ----------
    Barbie DA et al. (2009). doi:10.1038/nature08460

    Examples
    --------
    >>> X = [[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]]
    >>> fit_ssgsea(X, [[0]], normalise=False).score(X).ravel().tolist()
    [1.5, -1.5]
    """
    values = as_reference(X)
    columns = as_sets(sets, values.shape[1])
    need_analytes_outside(columns, values.shape[1])
    if not (np.isfinite(alpha) and alpha >= 0):
        message = f"alpha must be 0 or more; got {alpha!r}."
        raise InputError(message)
    learnt = SsGsea(alpha=float(alpha), n_analytes=values.shape[1], sets=columns)
    if not normalise:
        return learnt
    scores = learnt.score(values)
    width = float(scores.max() - scores.min())
    if width <= 0:
        message = "All reference scores are equal, so they have no range; use normalise=False."
        raise InputError(message)
    return replace(learnt, width=width)
