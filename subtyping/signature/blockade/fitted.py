"""What every pathway of one comparison shares."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.signature.blockade.moments import FoldMoments, Signature
from subtyping.signature.blockade.people import People

__all__ = ["Fitted"]

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """People, signature and network of a comparison.

    Attributes
    ----------
    people : People
    moments, first : FoldMoments
        Of every draw, and of the people as they are.
    signature, first_signature : Signature
    covariances : ndarray of shape (n_folds, n_analytes, n_analytes)
    intervals : ndarray of shape (n_folds, 2, n_analytes)
    handling : frozenset of str
        Handling markers.
    doses : tuple of float
    n_null : int
    seed : int
    """

    people: People
    moments: FoldMoments
    first: FoldMoments
    signature: Signature
    first_signature: Signature
    covariances: Array
    intervals: Array
    handling: frozenset[str]
    doses: tuple[float, ...]
    n_null: int
    seed: int

    @property
    def n_signature(self) -> float:
        """Dysregulated analytes, mean over folds."""
        return float(self.first_signature.is_chosen.sum(axis=-1).mean())
