"""Analytes as z-scores against frozen reference people, which three of the scores rest on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from subtyping.statistics.set_scores._inputs import Floats, Indices, as_samples, mean_and_sd

__all__ = ["Standardised", "reference_scale"]


@dataclass(frozen=True, eq=False)
class Standardised:
    """The scale that reference people set.

    Attributes
    ----------
    mean, scale : ndarray of shape (n_analytes,)
        Of the reference people.
    """

    mean: Floats
    scale: Floats

    def z(self, X: ArrayLike) -> Floats:
        """Return samples in SD of the reference people, shape (n_samples, n_analytes)."""
        return (as_samples(X, len(self.mean)) - self.mean) / self.scale


def reference_scale(
    values: Floats, sets: tuple[Indices, ...], *, scale: bool
) -> tuple[Floats, Floats]:
    """Return mean and SD of each analyte; 0 and 1 where the values are on the scale already.

    Parameters
    ----------
    values : ndarray of shape (n_reference, n_analytes)
    sets : tuple of ndarray of int
        Columns of each set; every member must vary.
    scale : bool

    Returns
    -------
    mean, scale : ndarray of shape (n_analytes,)

    Raises
    ------
    InputError
        If a member is constant among the reference people.

    Examples
    --------
    >>> mean, sd = reference_scale(np.array([[0.0], [2.0]]), (np.array([0]),), scale=True)
    >>> mean.tolist(), sd.round(3).tolist()
    ([1.0], [1.414])
    """
    if scale:
        return mean_and_sd(values, np.unique(np.concatenate(sets)))
    return np.zeros(values.shape[1]), np.ones(values.shape[1])
