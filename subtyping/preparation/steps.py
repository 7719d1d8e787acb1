"""The steps that learn: plate location, covariate slopes, the healthy scale."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["CovariateAdjuster", "PlateAdjuster", "ReferenceScaler"]


class PlateAdjuster(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    r"""Remove each plate's location, estimated jointly with the groups.

    Least squares of every analyte on group and plate; what is removed is the plate's effect
    minus the average effect over people, so that the grand mean stays. Estimating both together
    keeps a difference between groups whose shares differ from plate to plate.

    Attributes
    ----------
    effects_ : dict of str to ndarray of shape (n_features,)
        Location of each plate of the derivation people.
    n_features_in_ : int
        Number of analytes.

    Notes
    -----
    A plate that was not seen, and a sample without a plate, is left as it is: plate labels never
    carry over to another cohort.
    """

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        plates: np.ndarray | None = None,
        groups: np.ndarray | None = None,
    ) -> "PlateAdjuster":
        """Learn the location of each plate.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Log2 values without missing entries.
        y : None
            Ignored.
        plates, groups : array of str of shape (n_samples,), optional
            Plate and group of each sample; an empty plate counts as unknown. Without plates
            nothing is learnt.

        Returns
        -------
        PlateAdjuster
        """
        X = validate_data(self, X, dtype=float)
        self.effects_: dict[str, np.ndarray] = {}
        if plates is None:
            return self
        labels = np.asarray(plates, dtype=str)
        known = labels != ""
        names = np.unique(labels[known])
        if len(names) < 2:
            return self
        people = np.asarray(groups if groups is not None else np.full(len(X), ""), dtype=str)
        indicators = (labels[known, None] == names).astype(float)
        other = np.unique(people[known])[1:]
        design = np.hstack([indicators, (people[known, None] == other).astype(float)])
        coefficients = np.linalg.lstsq(design, X[known], rcond=None)[0][: len(names)]
        coefficients = coefficients - indicators.mean(axis=0) @ coefficients
        self.effects_ = dict(zip(names.tolist(), coefficients, strict=True))
        return self

    def transform(self, X: np.ndarray, *, plates: np.ndarray | None = None) -> np.ndarray:
        """Subtract each sample's plate effect; unknown plates are left as they are."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        if plates is None or not self.effects_:
            return X
        nothing = np.zeros(X.shape[1])
        return X - np.array([self.effects_.get(str(plate), nothing) for plate in plates])

    def fit_transform(
        self,
        X: np.ndarray,
        y: object = None,
        *,
        plates: np.ndarray | None = None,
        groups: np.ndarray | None = None,
    ) -> np.ndarray:
        """Fit and correct the same samples (scikit-learn's own would lose the plates)."""
        return self.fit(X, y, plates=plates, groups=groups).transform(X, plates=plates)


class CovariateAdjuster(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Remove what age, sex and body mass index explain in healthy people.

    Slopes come from the reference people alone, so a difference between patients and healthy
    people that runs along with a covariate is not removed with it. A missing covariate counts
    as the reference mean (nothing is removed).

    Attributes
    ----------
    slopes_ : ndarray of shape (n_covariates, n_features)
    centre_ : ndarray of shape (n_covariates,)
        Reference means.
    """

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        covariates: np.ndarray | None = None,
    ) -> "CovariateAdjuster":
        """Learn the slopes.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Log2 values of reference people.
        y : None
            Ignored.
        covariates : array of shape (n_samples, n_covariates), optional
            Numeric covariates; NaN where unknown.

        Returns
        -------
        CovariateAdjuster
        """
        X = validate_data(self, X, dtype=float)
        C = np.empty((len(X), 0)) if covariates is None else np.asarray(covariates, dtype=float)
        counts = np.isfinite(C).sum(axis=0)
        self.centre_ = np.where(counts > 0, np.nansum(C, axis=0) / np.maximum(counts, 1), 0.0)
        centred = np.where(np.isfinite(C), C - self.centre_, 0.0)
        self.slopes_ = np.linalg.lstsq(centred, X - X.mean(axis=0), rcond=None)[0]
        return self

    def transform(self, X: np.ndarray, *, covariates: np.ndarray | None = None) -> np.ndarray:
        """Subtract slope times (covariate - reference mean)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        if covariates is None or not len(self.centre_):
            return X
        C = np.asarray(covariates, dtype=float)
        distance = np.where(np.isfinite(C), C - self.centre_, 0.0)
        for column, slope in zip(distance.T, self.slopes_, strict=True):
            X = X - column[:, None] * slope  # not a matrix product: one row alone gives the same
        return X

    def fit_transform(
        self, X: np.ndarray, y: object = None, *, covariates: np.ndarray | None = None
    ) -> np.ndarray:
        """Fit and adjust the same samples (scikit-learn's own would lose the covariates)."""
        return self.fit(X, y, covariates=covariates).transform(X, covariates=covariates)


class ReferenceScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """z-score against the healthy reference: mean and SD (n - 1) of the people given to `fit`.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (n_features,)
        A constant analyte has scale 1.
    n_reference_ : int
        How many people the scale rests on.
    """

    def fit(self, X: np.ndarray, y: object = None) -> "ReferenceScaler":  # noqa: ARG002
        """Learn the mean and SD of the reference people."""
        X = validate_data(self, X, dtype=float)
        self.mean_ = X.mean(axis=0)
        spread = X.std(axis=0, ddof=1) if len(X) > 1 else np.zeros(X.shape[1])
        self.scale_ = np.where(spread > 1e-12, spread, 1.0)
        self.n_reference_ = len(X)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return (X - mean) / SD."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        return (X - self.mean_) / self.scale_
