"""Bridge normalisation of a matrix: learn offsets from bridges, subtract them from anyone."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from subtyping.exceptions import InputError
from subtyping.preparation.bridge_offsets import bridge_offsets

__all__ = ["BridgeNormaliser"]


class BridgeNormaliser(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    r"""Bring a new run onto the scale of a reference run through bridge samples.

    The offset of an analyte is the median over bridges of (new - reference), as Olink does it;
    `transform` subtracts it.

    Parameters
    ----------
    min_pairs : int, default 5
        Fewest bridges detected in both runs.

    Attributes
    ----------
    offset_ : ndarray of shape (n_features,)
        NaN for an analyte with too few pairs; 0 where no reference was given.
    n_pairs_ : ndarray of int of shape (n_features,)
    n_features_in_ : int
        Number of analytes.

    Notes
    -----
    An analyte that is not bridged is NaN after `transform`: its values are on no known scale.
    Whether the bridges agree well enough is judged by `bridge_panels`.

    Examples
    --------
    >>> import numpy as np
    >>> reference = np.arange(12.0).reshape(6, 2)
    >>> step = BridgeNormaliser().fit(reference + [0.5, -0.25], reference=reference)
    >>> step.transform(np.array([[1.0, 1.0]])).tolist()
    [[0.5, 1.25]]
    """

    def __init__(self, *, min_pairs: int = 5) -> None:
        self.min_pairs = min_pairs

    def __sklearn_tags__(self) -> Tags:
        """Say that missing values are taken."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        reference: np.ndarray | None = None,
        detected: np.ndarray | None = None,
    ) -> "BridgeNormaliser":
        """Learn the offsets.

        Parameters
        ----------
        X : array of shape (n_bridges, n_features)
            The bridges in the new run, on a logarithmic scale.
        y : None
            Ignored.
        reference : array of shape (n_bridges, n_features), optional
            The same bridges, row by row, in the reference run. Without it nothing is learnt.
        detected : array of bool of shape (n_bridges, n_features), optional
            Whether the pair is detected in both runs.

        Returns
        -------
        BridgeNormaliser

        Raises
        ------
        InputError
            If `reference` is of another shape.
        """
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan")
        self.offset_ = np.zeros(X.shape[1])
        self.n_pairs_ = np.zeros(X.shape[1], dtype=int)
        if reference is None:
            return self
        other = np.asarray(reference, dtype=float)
        if other.shape != X.shape:
            message = (
                f"The reference holds {other.shape} bridges by analytes, the new run {X.shape}; "
                "give the same bridges row by row."
            )
            raise InputError(message)
        found = bridge_offsets(other, X, detected)
        self.n_pairs_ = found.n_pairs
        self.offset_ = np.where(found.n_pairs >= self.min_pairs, found.offset, np.nan)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return X less the offsets; NaN where an analyte is not bridged."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False, ensure_all_finite="allow-nan")
        return X - self.offset_
