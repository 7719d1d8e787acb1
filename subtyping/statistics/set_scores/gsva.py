"""GSVA: a set's place among all analytes once each is seen against its own distribution."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from subtyping._validation import one_of
from subtyping.exceptions import InputError
from subtyping.statistics.set_scores._inputs import (
    Floats,
    Indices,
    as_reference,
    as_samples,
    as_sets,
    mean_and_sd,
    need_analytes_outside,
    row_chunks,
    row_sums,
)

__all__ = ["KERNELS", "Gsva", "fit_gsva"]

KERNELS = ("gaussian", "none")

_BANDWIDTHS = 10  # the normal distribution function is tabulated this far on either side
_STEPS = 1000  # entries of the table to one bandwidth


def _normal_table() -> Floats:
    """Return the normal distribution function in steps of .001, rounded towards 0 as R does."""
    upper = special.ndtr(np.arange(_BANDWIDTHS * _STEPS + 1) / _STEPS)
    return np.concatenate([[0.0], 1.0 - upper[:0:-1], upper, [1.0]])


@dataclass(frozen=True, eq=False)
class Gsva:
    """Gene set variation scores with the reference people's distribution functions.

    Attributes
    ----------
    reference : ndarray of shape (n_reference, n_analytes)
        Values of the reference people, each analyte sorted by itself: the distribution functions
        need no more, and no row is a person.
    bandwidth : ndarray of shape (n_analytes,)
        Of the kernel: a quarter of the SD.
    kernel : {"gaussian", "none"}
        Smoothed or empirical distribution function.
    max_diff : bool
        Score is highest plus lowest point of the walk; else the one that lies farther out.
    tau : float
        Power of the rank weights.
    sets : tuple of ndarray of int
        Columns of each set.
    """

    reference: Floats
    bandwidth: Floats
    kernel: str
    max_diff: bool
    tau: float
    sets: tuple[Indices, ...]

    def distribution(self, X: ArrayLike) -> Floats:
        """Return each value's place in the reference distribution of its analyte, 0 to 1."""
        values = as_samples(X, self.reference.shape[1])
        n = len(self.reference)
        places = np.empty_like(values)
        if self.kernel == "none":
            for column, known in enumerate(self.reference.T):
                places[:, column] = np.searchsorted(known, values[:, column], side="right") / n
            return places
        table, steps = _normal_table(), _STEPS / self.bandwidth
        for rows in row_chunks(*values.shape):
            places[rows] = _smoothed(values[rows], self.reference, steps, table) / n
        return places

    def score(self, X: ArrayLike) -> Floats:
        """Return the scores, shape (n_samples, n_sets); each row rests on that row alone."""
        places = self.distribution(X)
        p = places.shape[1]
        weight_of_place = np.abs(p - np.arange(p) - p / 2) ** self.tau
        scores = np.empty((len(places), len(self.sets)))
        for rows in row_chunks(*places.shape):
            order = np.argsort(-places[rows], axis=1, kind="stable")
            place = np.empty(order.shape, dtype=np.int64)
            place[np.arange(len(order))[:, None], order] = np.arange(p)
            for column, members in enumerate(self.sets):
                high, low = _walk(np.sort(place[:, members], axis=1), weight_of_place)
                farther = np.where(high > -low, high, low)
                scores[rows, column] = high + low if self.max_diff else farther
        return scores


def _smoothed(X: Floats, reference: Floats, steps: Floats, table: Floats) -> Floats:
    """Sum the kernel's distribution function over the reference people, one after another."""
    edge = _BANDWIDTHS * _STEPS + 1
    total, distance, found = np.zeros_like(X), np.empty_like(X), np.empty_like(X)
    entry = np.empty(X.shape, dtype=np.intp)
    for person in reference:
        np.subtract(X, person, out=distance)
        np.multiply(distance, steps, out=distance)
        np.clip(distance, -edge, edge, out=distance)
        np.copyto(entry, distance, casting="unsafe")
        np.add(entry, edge, out=entry)
        np.take(table, entry, out=found, mode="clip")
        np.add(total, found, out=total)
    return total


def _walk(place: Indices, weight_of_place: Floats) -> tuple[Floats, Floats]:
    """Return highest and lowest point of the walk; it turns at members only."""
    k, p = place.shape[1], len(weight_of_place)
    weight = weight_of_place[place]
    total = row_sums(weight)[:, None]
    weight = np.where(total > 0, weight, 1.0)  # one member, in the middle: it weighs 0 there
    total = np.where(total > 0, total, k)
    missed = (place - np.arange(k)) / (p - k)
    so_far = np.cumsum(weight, axis=1) / total
    before = np.hstack([np.zeros((len(place), 1)), so_far[:, :-1]])
    high = np.maximum((so_far - missed).max(axis=1), 0.0)
    low = np.minimum((before - missed).min(axis=1), 0.0)
    return high, low


def fit_gsva(
    X: ArrayLike,
    sets: Sequence[ArrayLike],
    *,
    kernel: str = "gaussian",
    max_diff: bool = True,
    tau: float = 1.0,
) -> Gsva:
    r"""Learn each analyte's distribution function in reference people.

    The value of person i on analyte j becomes
    :math:`\hat F_j(x_{ij}) = n^{-1} \sum_r \Phi((x_{ij} - x_{rj}) / h_j)` with
    :math:`h_j = s_j / 4` over the n reference people r. Within a person the analytes are ordered
    by it; going down from the highest, the walk rises at a member by
    :math:`|p/2 - \text{place}|^{\tau}` over their sum, and falls by :math:`1 / (p - k)` at any
    other analyte. The score is its highest plus its lowest point (`max_diff`), or the one that
    lies farther from 0.

    Parameters
    ----------
    X : array of shape (n_reference, n_analytes)
        Reference people; no missing cells.
    sets : sequence of sequence of int
        Columns of each set.
    kernel : {"gaussian", "none"}, default "gaussian"
        Smoothed or empirical distribution function.
    max_diff : bool, default True
        See above.
    tau : float, default 1.0
        Power of the rank weights, 0 or more.

    Returns
    -------
    Gsva
        ``fit_gsva(X, sets).score(X)`` is ``gsva(method = "gsva")`` of R GSVA 1.46, ``kcdf =
        "Gaussian"`` or ``"none"``, ``mx.diff`` TRUE or FALSE.

    Raises
    ------
    InputError
        If a cell is missing, an analyte is constant among the reference people, a set is the
        whole panel, or `kernel` or `tau` is none of the above.

    Notes
    -----
    As in R, :math:`\Phi` is tabulated in steps of .001 and 0 or 1 beyond 10 bandwidths; places
    that tie are ordered by column. R fits the distribution functions to the people it scores, so
    that a score changes with who else is in the batch; here they stay the reference's. One
    difference: a set of one member that stands in the very middle of an even number of analytes
    weighs 0, which R turns into the lowest point of the walk; here it weighs like any other. A
    competitive score, like ssGSEA: it says how a set stands against the rest of the panel.

    References
    ----------
    Hänzelmann S, Castelo R, Guinney J (2013). doi:10.1186/1471-2105-14-7

    Examples
    --------
    >>> X = [[0.0, 3.0, 1.0], [1.0, 0.0, 2.0], [2.0, 1.0, 3.0], [3.0, 2.0, 0.0]]
    >>> fit_gsva(X, [[0]], kernel="none").score(X).ravel().tolist()
    [-1.0, 0.0, 0.0, 1.0]
    """
    values = as_reference(X)
    columns = as_sets(sets, values.shape[1])
    need_analytes_outside(columns, values.shape[1])
    one_of(kernel, KERNELS, "kernel")
    if not (np.isfinite(tau) and tau >= 0):
        message = f"tau must be 0 or more; got {tau!r}."
        raise InputError(message)
    _, sd = mean_and_sd(values, np.arange(values.shape[1]))
    return Gsva(
        reference=np.sort(values, axis=0),
        bandwidth=sd / 4.0,
        kernel=kernel,
        max_diff=bool(max_diff),
        tau=float(tau),
        sets=columns,
    )
