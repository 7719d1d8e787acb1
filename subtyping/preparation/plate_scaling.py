"""The choices of plate correction, all called alike."""

from abc import ABCMeta, abstractmethod

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from subtyping._validation import one_of
from subtyping.preparation.combat import ComBat
from subtyping.preparation.combat_design import batch_labels
from subtyping.preparation.steps import PlateAdjuster

__all__ = ["PLATE_STEPS", "PlateComBat", "PlateMedian", "plate_step"]

PLATE_STEPS = ("location", "median", "combat", "none")


class _PlateShift(OneToOneFeatureMixin, TransformerMixin, BaseEstimator, metaclass=ABCMeta):
    """What plate steps share: subtract the learnt effect of a sample's plate."""

    effects_: dict[str, np.ndarray]

    @abstractmethod
    def fit(
        self,
        X: np.ndarray,
        y: object = None,
        *,
        plates: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> "_PlateShift":
        """Learn the effect of each plate."""

    def transform(self, X: np.ndarray, *, plates: ArrayLike | None = None) -> np.ndarray:
        """Subtract each sample's plate effect; unknown plates are left as they are."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False)
        if plates is None or not self.effects_:
            return X
        nothing = np.zeros(X.shape[1])
        labels = batch_labels(plates, len(X))
        return X - np.array([self.effects_.get(str(plate), nothing) for plate in labels])

    def fit_transform(
        self,
        X: np.ndarray,
        y: object = None,
        *,
        plates: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> np.ndarray:
        """Fit and correct the same samples."""
        fitted: _PlateShift = self.fit(X, y, plates=plates, groups=groups)
        return fitted.transform(X, plates=plates)


class PlateMedian(_PlateShift):
    r"""Bring every plate to one median (Olink's intensity normalisation).

    The effect of plate :math:`i` on an analyte is its median less the mean of all plates' medians,
    each weighted by its number of samples.

    Attributes
    ----------
    effects_ : dict of str to ndarray of shape (n_features,)
        Shift of each plate of the derivation people; empty with fewer than two plates.
    n_features_in_ : int
        Number of analytes.

    Notes
    -----
    Takes for granted that people were put on plates at random: where one plate holds more patients
    than another, half of the patients' difference can go with the plate. `PlateAdjuster`
    estimates plates and groups together and is the default for that reason. Groups are not used.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0], [2.0], [3.0], [11.0], [12.0], [13.0]])
    >>> plates = np.repeat(["a", "b"], 3)
    >>> PlateMedian().fit(X, plates=plates).transform(X, plates=plates)[:, 0].tolist()
    [6.0, 7.0, 8.0, 6.0, 7.0, 8.0]
    """

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        plates: ArrayLike | None = None,
        groups: ArrayLike | None = None,  # noqa: ARG002
    ) -> "PlateMedian":
        """Learn the median of each plate.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Log2 values without missing entries.
        y : None
            Ignored.
        plates : array of str of shape (n_samples,), optional
            An empty plate counts as unknown.
        groups : array of str, optional
            Not used; taken so that every plate step is called alike.

        Returns
        -------
        PlateMedian
        """
        X = validate_data(self, X, dtype=float)
        self.effects_ = {}
        labels = batch_labels(plates if plates is not None else np.full(len(X), ""), len(X))
        names, counts = np.unique(labels[labels != ""], return_counts=True)
        if len(names) < 2:
            return self
        medians = np.array([np.median(X[labels == name], axis=0) for name in names])
        effects = medians - counts @ medians / counts.sum()
        self.effects_ = dict(zip(names.tolist(), effects, strict=True))
        return self


class PlateComBat(_PlateShift):
    r"""Remove each plate's location as `ComBat` estimates it, the groups kept.

    Location only: removing the scale would need the group of a person at transform, and would
    put two people with the same values on different numbers according to their diagnosis.

    Attributes
    ----------
    effects_ : dict of str to ndarray of shape (n_features,)
        Shrunk location of each plate of the derivation people, in units of the matrix.
    combat_ : ComBat
        The correction behind them; absent without plates.
    n_features_in_ : int
        Number of analytes.

    References
    ----------
    doi:10.1093/biostatistics/kxj037.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> plates = np.repeat(["a", "b"], 20)
    >>> X = rng.standard_normal((40, 12)) + (plates == "b")[:, None]
    >>> out = PlateComBat().fit(X, plates=plates).transform(X, plates=plates)
    >>> bool(abs(out[:20].mean() - out[20:].mean()) < 0.05)
    True
    """

    def fit(
        self,
        X: np.ndarray,
        y: object = None,  # noqa: ARG002
        *,
        plates: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> "PlateComBat":
        """Learn the location of each plate.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Log2 values without missing entries.
        y : None
            Ignored.
        plates, groups : array of str of shape (n_samples,), optional
            Plate and group of each sample; an empty plate counts as unknown.

        Returns
        -------
        PlateComBat

        Raises
        ------
        InputError
            If plate and group are confounded.
        """
        X = validate_data(self, X, dtype=float)
        self.effects_ = {}
        if plates is None:
            return self
        labels = batch_labels(plates, len(X))
        known = labels != ""
        covariates = None
        if groups is not None and len(np.unique(np.asarray(groups)[known])) > 1:
            covariates = pd.DataFrame({"group": np.asarray(groups, dtype=str)})
        self.combat_ = ComBat(mean_only=True).fit(X, batches=labels, covariates=covariates)
        if not self.combat_.batches_:
            return self
        shifts = self.combat_.gamma_ * self.combat_.sd_
        self.effects_ = dict(zip(self.combat_.batches_, shifts, strict=True))
        return self


def plate_step(kind: str) -> "PlateAdjuster | PlateMedian | PlateComBat":
    """Return the estimator of a choice of plate correction.

    Parameters
    ----------
    kind : {"location", "median", "combat", "none"}
        Location beside the groups (`PlateAdjuster`), plate medians (`PlateMedian`), shrunk
        location (`PlateComBat`); for ``none`` the caller gives no plates, and nothing is learnt.

    Returns
    -------
    estimator
        With ``fit(X, plates=, groups=)``, ``transform(X, plates=)`` and ``effects_``. Plates not
        seen at fit are left as they are.

    Raises
    ------
    InputError
        If the choice is unknown.

    Examples
    --------
    >>> plate_step("median")
    PlateMedian()
    """
    one_of(kind, PLATE_STEPS, "preparation.plates")
    steps = {"median": PlateMedian, "combat": PlateComBat}
    return steps.get(kind, PlateAdjuster)()
