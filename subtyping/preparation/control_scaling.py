"""Runs brought onto one scale through control samples measured on each of them."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from subtyping._validation import count_of, list_some, one_of
from subtyping.exceptions import InputError
from subtyping.preparation.combat_design import batch_labels

__all__ = ["ControlScaler"]

METHODS = ("subtract", "scale")


class ControlScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    r"""Bring runs onto one scale through control samples that are measured on each of them.

    `fit` learns a target, the mean over plates of the controls' medians. `transform` takes the
    controls' median :math:`c` on each plate it is given, and returns
    :math:`x - (c - \text{target})`, or :math:`x \cdot \text{target} / c`.

    Parameters
    ----------
    method : {"subtract", "scale"}, default "subtract"
        Subtract on a logarithmic scale; scale concentrations.
    least_controls : int, default 2
        Fewest measured controls on a plate; with fewer the plate cannot be placed.

    Attributes
    ----------
    target_ : ndarray of shape (n_features,)
        Where the controls belong; NaN for an analyte without enough controls at fit.
    n_features_in_ : int
        Number of analytes.

    Notes
    -----
    A new plate needs its own controls in the same call: they, and no other sample of the plate,
    decide where a patient ends up. A value whose plate has too few measured controls is NaN. The
    median of two controls has a standard error of 0.7 of a control's spread: use bridge samples
    where they exist.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0], [1.0], [4.0]])
    >>> plates, controls = np.array(["a"] * 3), np.array([True, True, False])
    >>> step = ControlScaler().fit(X, plates=plates, is_control=controls)
    >>> step.transform(X + 10, plates=plates, is_control=controls)[:, 0].tolist()
    [1.0, 1.0, 4.0]
    """

    def __init__(self, *, method: str = "subtract", least_controls: int = 2) -> None:
        self.method = method
        self.least_controls = least_controls

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
        plates: ArrayLike | None = None,
        is_control: ArrayLike | None = None,
    ) -> "ControlScaler":
        """Learn where the controls belong.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Values of samples and controls.
        y : None
            Ignored.
        plates : array of str of shape (n_samples,), optional
            One plate by default.
        is_control : array of bool of shape (n_samples,), optional
            Without controls nothing is learnt and `transform` changes nothing.

        Returns
        -------
        ControlScaler

        Raises
        ------
        InputError
            If a plate has too few controls, or concentrations to scale are not positive.
        """
        one_of(self.method, METHODS, "method")
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan")
        self.target_ = np.full(X.shape[1], np.nan)
        self.has_controls_ = is_control is not None
        if is_control is not None:
            controls = list(self._locations(X, plates, is_control).values())
            counts = np.isfinite(controls).sum(axis=0)
            self.target_ = np.where(
                counts > 0, np.nansum(controls, axis=0) / np.maximum(counts, 1), np.nan
            )
        return self

    def transform(
        self,
        X: np.ndarray,
        *,
        plates: ArrayLike | None = None,
        is_control: ArrayLike | None = None,
    ) -> np.ndarray:
        """Place each plate by its own controls.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        plates : array of str of shape (n_samples,), optional
        is_control : array of bool of shape (n_samples,), optional
            Required where the fit had controls.

        Returns
        -------
        ndarray of shape (n_samples, n_features)

        Raises
        ------
        InputError
            If controls are missing.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False, ensure_all_finite="allow-nan")
        if not self.has_controls_:
            return X
        if is_control is None:
            message = "Scaling by controls needs is_control: which samples are controls."
            raise InputError(message)
        labels = _plates(plates, len(X))
        out = np.empty_like(X)
        for plate, location in self._locations(X, plates, is_control).items():
            rows = labels == plate
            if self.method == "subtract":
                out[rows] = X[rows] - (location - self.target_)
            else:
                out[rows] = X[rows] * (self.target_ / location)
        return out

    def fit_transform(
        self,
        X: np.ndarray,
        y: object = None,
        *,
        plates: ArrayLike | None = None,
        is_control: ArrayLike | None = None,
    ) -> np.ndarray:
        """Fit and place the same samples."""
        fitted = self.fit(X, y, plates=plates, is_control=is_control)
        return fitted.transform(X, plates=plates, is_control=is_control)

    def _locations(
        self, X: np.ndarray, plates: ArrayLike | None, is_control: ArrayLike
    ) -> dict[str, np.ndarray]:
        """Return the controls' median on each plate, NaN where too few are measured."""
        labels = _plates(plates, len(X))
        mask = np.asarray(is_control, dtype=bool)
        found: dict[str, np.ndarray] = {}
        short = []
        for plate in np.unique(labels):
            part = X[mask & (labels == plate)]
            if len(part) < self.least_controls:
                short.append(f"{plate} ({len(part)})" if plate else str(len(part)))
                continue
            enough = np.isfinite(part).sum(axis=0) >= self.least_controls
            location = np.full(X.shape[1], np.nan)
            location[enough] = np.nanmedian(part[:, enough], axis=0)
            if self.method == "scale" and (location <= 0).any():
                message = (
                    "Scaling takes positive concentrations; the controls' median is not positive "
                    f"on plate {plate!r}. Use subtract on a logarithmic scale."
                )
                raise InputError(message)
            found[str(plate)] = location
        if short:
            message = (
                f"Every plate needs at least {count_of(self.least_controls, 'control')}; too few "
                f"on {list_some(short)}."
            )
            raise InputError(message)
        return found


def _plates(plates: ArrayLike | None, n_samples: int) -> np.ndarray:
    """Return plate labels; one plate where none are given."""
    return batch_labels(plates if plates is not None else np.full(n_samples, ""), n_samples)
