"""Empirical-Bayes batch correction, learnt on one set of people and applied to the next."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from subtyping._validation import count_of, list_some, one_of
from subtyping.exceptions import InputError
from subtyping.preparation.combat_design import batch_labels
from subtyping.preparation.combat_effects import learn_batch_effects
from subtyping.preparation.covariate_coding import CovariateCoding

__all__ = ["ComBat"]

UNSEEN = ("error", "location")
PRIORS = ("parametric", "nonparametric")


class ComBat(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    r"""Remove batch location and scale, shrunk across analytes by empirical Bayes.

    Analyte :math:`g` of sample :math:`j` in batch :math:`i` is modelled as
    :math:`y = \alpha_g + X\beta_g + \gamma_{ig} + \delta_{ig}\epsilon`. With
    :math:`z = (y - \hat\alpha_g - X\hat\beta_g) / \hat\sigma_g`, location and scale of each batch
    are shrunk towards that batch's distribution over analytes, and

    .. math:: y^* = \hat\sigma_g (z - \gamma^*_{ig}) / \delta^*_{ig}
              + \hat\alpha_g + X\hat\beta_g .

    Everything of `fit` is frozen: `transform` of one sample never depends on who else is there,
    except for a batch that `fit` did not see under ``unseen="location"``: its own samples place it.

    Parameters
    ----------
    prior : {"parametric", "nonparametric"}, default "parametric"
        Normal prior of the location and inverse-gamma prior of the scale, or the empirical
        distribution of the other analytes.
    mean_only : bool, default False
        Remove the location and leave the scale. Done in any case where a batch has one sample
        (see `is_mean_only_`).
    reference_batch : str, optional
        Batch that stays as it is and that the others are brought to.
    unseen : {"error", "location"}, default "error"
        What `transform` does with a batch that `fit` did not see. ``location`` subtracts the mean
        distance of the batch's samples from the frozen grand mean (and covariate effects), scale
        untouched. It takes `least_unseen` samples of the batch in the same call, and people of
        the same mix as the derivation's once the covariates are accounted for: a batch of
        patients only would lose its disease effect unless the covariates say who is a patient.
    least_unseen : int, default 8
        Fewest samples from which the location of an unseen batch is taken.

    Attributes
    ----------
    batches_ : tuple of str
        Batches of the derivation; empty where none were given or only one.
    grand_mean_, sd_ : ndarray of shape (n_features,)
        Mean of the batch means (weighted by size; that of the reference batch) and pooled
        residual standard deviation.
    gamma_, delta_ : ndarray of shape (n_batches, n_features)
        Shrunk location, in units of `sd_`, and shrunk variance.
    slopes_ : ndarray of shape (n_coded_covariates, n_features)
        Covariate effects.
    is_adjusted_ : ndarray of bool of shape (n_features,)
        False for an analyte that is constant within a batch of two samples or more, or has a
        single value there: it is left as it is.
    is_mean_only_ : bool
        Whether the scale was left alone.
    n_features_in_ : int
        Number of analytes.

    Notes
    -----
    Agrees with sva::ComBat to rounding. As there: a missing value is left out of its analyte's
    regression, and one missing value makes the pooled variance of every analyte a sample variance
    (divisor n - 1) instead of a mean square; the iteration stops at a relative change of 1e-4.
    Unlike there: constancy within a batch is judged on the values that are there, and a missing
    covariate is refused. A sample whose batch is empty takes no part and stays as it is.

    Where case status is a covariate, the correction keeps it; in designs that are far from
    balanced the corrected values then show too small p-values (doi:10.1093/biostatistics/kxv027).

    References
    ----------
    Johnson, Li, Rabinovic 2007, doi:10.1093/biostatistics/kxj037.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> batches = np.repeat(["a", "b"], 20)
    >>> X = rng.standard_normal((40, 12)) + (batches == "b")[:, None] * 2.0
    >>> step = ComBat().fit(X, batches=batches)
    >>> out = step.transform(X, batches=batches)
    >>> bool(abs(out[:20].mean() - out[20:].mean()) < 0.05)
    True
    >>> bool(np.allclose(step.transform(X[:1], batches=batches[:1]), out[:1]))
    True
    """

    def __init__(
        self,
        *,
        prior: str = "parametric",
        mean_only: bool = False,
        reference_batch: str | None = None,
        unseen: str = "error",
        least_unseen: int = 8,
    ) -> None:
        self.prior = prior
        self.mean_only = mean_only
        self.reference_batch = reference_batch
        self.unseen = unseen
        self.least_unseen = least_unseen

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
        batches: ArrayLike | None = None,
        covariates: pd.DataFrame | ArrayLike | None = None,
    ) -> "ComBat":
        """Learn location and scale of each batch.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
            Values on a logarithmic scale; NaN where not measured.
        y : None
            Ignored.
        batches : array of str of shape (n_samples,), optional
            An empty one counts as unknown. Without batches nothing is learnt.
        covariates : data frame or array of shape (n_samples, n_covariates), optional
            What is to be kept: numbers as they are, text and booleans as categories.

        Returns
        -------
        ComBat

        Raises
        ------
        InputError
            If batch and covariates are confounded, a covariate is missing, an analyte has no
            value in a batch, or the reference batch is absent or has one sample.
        """
        one_of(self.prior, PRIORS, "prior")
        one_of(self.unseen, UNSEEN, "unseen")
        X = validate_data(self, X, dtype=float, ensure_all_finite="allow-nan")
        self.batches_: tuple[str, ...] = ()
        self.is_mean_only_ = bool(self.mean_only)
        self.is_adjusted_ = np.ones(X.shape[1], dtype=bool)
        if batches is None:
            return self
        labels = batch_labels(batches, len(X))
        self.coding_ = CovariateCoding.of(covariates, len(X), labels != "")
        known = labels != ""
        names = np.unique(labels[known])
        self._check_reference(labels, names)
        if len(names) < 2:
            return self
        C = self.coding_.coded(covariates, len(X), known)[known]
        at = np.searchsorted(names, labels[known])
        learnt = tuple(str(name) for name in names)
        self._learn(X[known], at, C, learnt)
        self.batches_ = learnt
        return self

    def _learn(self, X: np.ndarray, at: np.ndarray, C: np.ndarray, names: tuple[str, ...]) -> None:
        """Learn the effects of the batches and keep them."""
        columns = [f"column {k + 1}" for k in range(X.shape[1])]
        learnt = learn_batch_effects(
            X,
            at,
            C,
            names,
            prior=self.prior,
            mean_only=bool(self.mean_only),
            reference=None if self.reference_batch is None else str(self.reference_batch),
            analytes=np.asarray(getattr(self, "feature_names_in_", columns)).tolist(),
        )
        self.is_mean_only_, self.is_adjusted_ = learnt.is_mean_only, learnt.is_adjusted
        self.grand_mean_, self.sd_, self.slopes_ = learnt.grand_mean, learnt.sd, learnt.slopes
        self.gamma_, self.delta_ = learnt.gamma, learnt.delta

    def fit_transform(
        self,
        X: np.ndarray,
        y: object = None,
        *,
        batches: ArrayLike | None = None,
        covariates: pd.DataFrame | ArrayLike | None = None,
    ) -> np.ndarray:
        """Fit and correct the same samples."""
        fitted = self.fit(X, y, batches=batches, covariates=covariates)
        return fitted.transform(X, batches=batches, covariates=covariates)

    def _check_reference(self, labels: np.ndarray, names: np.ndarray) -> None:
        """Raise unless the reference batch is there with two samples."""
        if self.reference_batch is None:
            return
        one_of(str(self.reference_batch), names.tolist(), "reference_batch")
        if (labels == str(self.reference_batch)).sum() < 2:
            message = (
                f"The reference batch {self.reference_batch!r} has one sample, from which no "
                "spread can be taken; choose another, or none."
            )
            raise InputError(message)

    def transform(
        self,
        X: np.ndarray,
        *,
        batches: ArrayLike | None = None,
        covariates: pd.DataFrame | ArrayLike | None = None,
    ) -> np.ndarray:
        """Correct samples with what was learnt.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        batches : array of str of shape (n_samples,), optional
            Batch of each sample, by the names of `fit`. Without batches, and for a sample whose
            batch is empty, nothing is changed.
        covariates : data frame or array of shape (n_samples, n_covariates), optional
            Required if the fit had covariates.

        Returns
        -------
        ndarray of shape (n_samples, n_features)

        Raises
        ------
        InputError
            If a batch was not seen and the policy is ``error``, has fewer than `least_unseen`
            samples under ``location``, or the covariates are not those of the fit.
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=float, reset=False, ensure_all_finite="allow-nan")
        if batches is None or not self.batches_:
            return X
        labels = batch_labels(batches, len(X))
        self._check_unseen(labels)
        known = labels != ""
        C = self.coding_.coded(covariates, len(X), known)
        # one row alone must give what it gives among others, so no matrix product
        expected = np.broadcast_to(self.grand_mean_, X.shape).copy()
        for column, slope in zip(C.T, self.slopes_, strict=True):
            expected += np.where(known, column, 0.0)[:, None] * slope
        z = (X - expected) / self.sd_
        out = X.copy()
        for name in np.unique(labels[known]):
            rows = labels == name
            if name == self.reference_batch:
                continue
            gamma, delta = self._effect(str(name), z[rows])
            out[rows] = (z[rows] - gamma) / np.sqrt(delta) * self.sd_ + expected[rows]
        out[:, ~self.is_adjusted_] = X[:, ~self.is_adjusted_]
        return out

    def _effect(self, name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return location and variance of a batch; of an unseen one the location of its rows."""
        if name in self.batches_:
            i = self.batches_.index(name)
            return self.gamma_[i], self.delta_[i]
        n = np.isfinite(z).sum(axis=0)
        return np.nansum(z, axis=0) / np.maximum(n, 1), np.ones(z.shape[1])

    def _check_unseen(self, labels: np.ndarray) -> None:
        """Raise where a batch was not seen and cannot be located."""
        names, counts = np.unique(labels[labels != ""], return_counts=True)
        new = ~np.isin(names, self.batches_)
        if not new.any():
            return
        if self.unseen == "error":
            message = (
                f"{count_of(int(new.sum()), 'batch', 'batches')} not seen when the correction was "
                f"learnt: {list_some(names[new])} (learnt: {list_some(self.batches_)}). Leave the "
                'batch blank to leave those samples as they are, or choose unseen="location".'
            )
            raise InputError(message)
        few = new & (counts < self.least_unseen)
        if few.any():
            message = (
                f"The location of an unseen batch takes at least {self.least_unseen} samples; "
                f"{list_some(names[few])} has {counts[few][0]}. Leave its batch blank to leave "
                "the samples as they are."
            )
            raise InputError(message)
