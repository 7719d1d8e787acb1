"""Take out of each analyte what goes along with sample handling in healthy people."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["HandlingAdjuster"]

LEAST_PEOPLE = 20


class HandlingAdjuster(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    r"""Regress the handling score out of the z-scores, with slopes learnt in reference people.

    :math:`z' = (z - b (h - \bar h)) / s` with the slope *b* and the residual SD *s* of each
    analyte among reference people, so that *z'* is on the healthy scale again. The handling
    markers keep their values: less themselves they would be noise, and the score is still to be
    reported.

    Attributes
    ----------
    slopes_ : ndarray of shape (n_features,)
        Change of z with one unit of the handling score; 0 for handling markers.
    slope_errors_ : ndarray of shape (n_features,)
        Their standard errors.
    scale_ : ndarray of shape (n_features,)
        SD of what is left in reference people; 1 for handling markers and constant analytes.
    centre_ : float
        Mean handling score of the reference people.
    n_reference_ : int
        Reference people whose handling score is known; 0 where nothing was learnt.

    Notes
    -----
    A sample without a handling score is not shifted. With fewer than 20 reference people whose
    score is known, or where all have the same, nothing is learnt and nothing changes.

    Slopes learnt in healthy people cannot be bent by a disease that changes the same proteins:
    a true subtype whose tubes stood longer loses what the waiting did and no more. But where the
    subtype's own biology releases the markers, part of what makes it a subtype goes out with
    them: compare `handling_sensitivity`. The score is measured with error, so a slope is too flat
    by its reliability, and some handling stays.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> waited = rng.normal(size=200)
    >>> z = np.column_stack([waited + rng.normal(size=200), rng.normal(size=200)])
    >>> adjuster = HandlingAdjuster().fit(z, handling=waited)
    >>> left = adjuster.transform(z, handling=waited)
    >>> bool(abs(np.corrcoef(left[:, 0], waited)[0, 1]) < 1e-12)
    True
    """

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        handling: np.ndarray | None = None,
        is_marker: np.ndarray | None = None,
    ) -> "HandlingAdjuster":
        """Learn slopes and scales in reference people.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            z-scores of reference people.
        y : None
            Ignored.
        handling : array of shape (n_samples,), optional
            Handling score; NaN where unknown. Without it nothing is learnt.
        is_marker : array of bool of shape (n_features,), optional
            Analytes the score is made of: they are left alone.

        Returns
        -------
        HandlingAdjuster
        """
        X = validate_data(self, X, dtype=float)
        n_features = X.shape[1]
        self.slopes_, self.slope_errors_ = np.zeros(n_features), np.zeros(n_features)
        self.scale_, self.centre_, self.n_reference_ = np.ones(n_features), 0.0, 0
        if handling is None:
            return self
        h = np.asarray(handling, dtype=float)
        known = np.isfinite(h)
        if known.sum() < LEAST_PEOPLE or np.ptp(h[known]) <= 1e-12:
            return self
        X, h = X[known], h[known]
        self.centre_, self.n_reference_ = float(h.mean()), len(h)
        h = h - self.centre_
        spread = float(h @ h)
        slopes = h @ X / spread
        rests = X - X.mean(axis=0) - np.outer(h, slopes)
        sums = (rests**2).sum(axis=0)
        adjusted = np.ones(n_features, dtype=bool) if is_marker is None else ~np.asarray(is_marker)
        varies = np.ptp(X, axis=0) > 1e-12
        self.slopes_ = np.where(adjusted & varies, slopes, 0.0)
        errors = np.sqrt(sums / (len(h) - 2) / spread)
        self.slope_errors_ = np.where(adjusted & varies, errors, 0.0)
        sd = np.sqrt(sums / (len(h) - 1))
        self.scale_ = np.where(adjusted & (sd > 1e-9), sd, 1.0)
        return self

    def transform(self, X: np.ndarray, *, handling: np.ndarray | None = None) -> np.ndarray:
        """Return z-scores without what the handling score explains, on the healthy scale."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        if handling is None or not self.n_reference_:
            return X
        h = np.asarray(handling, dtype=float)
        distance = np.where(np.isfinite(h), h - self.centre_, 0.0)
        return (X - distance[:, None] * self.slopes_) / self.scale_

    def fit_transform(
        self,
        X: np.ndarray,
        y: object = None,
        *,
        handling: np.ndarray | None = None,
        is_marker: np.ndarray | None = None,
    ) -> np.ndarray:
        """Fit and adjust the same samples (scikit-learn's own would lose the score)."""
        return self.fit(X, y, handling=handling, is_marker=is_marker).transform(
            X, handling=handling
        )

    def to_card(self) -> dict[str, Any]:
        """Return what `transform` needs, as plain JSON types.

        Returns
        -------
        dict
            ``handling_slopes, handling_slope_errors, handling_scale, handling_centre,
            handling_n_reference``.
        """
        check_is_fitted(self)
        return {
            "handling_slopes": self.slopes_.tolist(),
            "handling_slope_errors": self.slope_errors_.tolist(),
            "handling_scale": self.scale_.tolist(),
            "handling_centre": float(self.centre_),
            "handling_n_reference": int(self.n_reference_),
        }

    @classmethod
    def from_card(cls, card: Mapping[str, Any], n_features: int) -> "HandlingAdjuster":
        """Rebuild a fitted adjuster; a card without these entries changes nothing.

        Parameters
        ----------
        card : mapping
            Holds what `to_card` returned, beside other things.
        n_features : int
            Analytes of the matrix.

        Returns
        -------
        HandlingAdjuster

        Raises
        ------
        ValueError
            If the card is of another number of analytes, or a scale is not positive.
        """
        self = cls().fit(np.zeros((2, n_features)))
        if "handling_slopes" not in card:
            return self
        self.slopes_ = np.array(card["handling_slopes"], dtype=float)
        self.slope_errors_ = np.array(card["handling_slope_errors"], dtype=float)
        self.scale_ = np.array(card["handling_scale"], dtype=float)
        self.centre_ = float(card["handling_centre"])
        self.n_reference_ = int(card["handling_n_reference"])
        parts = (self.slopes_, self.slope_errors_, self.scale_)
        if any(part.shape != (n_features,) for part in parts):
            message = "the handling slopes differ in their number from the analytes"
            raise ValueError(message)
        numbers = np.concatenate([*parts, [self.centre_]])
        if not np.isfinite(numbers).all() or (self.scale_ <= 0).any():
            message = "the handling slopes and scales must be numbers, and the scales positive"
            raise ValueError(message)
        return self
