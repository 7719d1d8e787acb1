"""Multiple imputation of values below detection: complete data drawn from a censored regression."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from subtyping.statistics.censored_likelihood import (
    CensoredData,
    CensoredFit,
    censored_data,
    maximise,
)

__all__ = ["ImputationModel", "imputation_model"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ImputationModel:
    """Censored regression from which complete data are drawn.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_analytes)
        As given: values, limits where censored, NaN where missing.
    censored : ndarray of bool of shape (n_samples, n_analytes)
    design : ndarray of shape (n_samples, n_columns)
        Orthonormal columns.
    data : CensoredData
        The same, centred.
    fit : CensoredFit
    is_usable : ndarray of bool of shape (n_analytes,)
        Analytes that can be imputed; the others are left as given.
    """

    values: Floats
    censored: Mask
    design: Floats
    data: CensoredData
    fit: CensoredFit
    is_usable: Mask

    def draw(self, rng: np.random.Generator) -> Floats:
        """Return one complete matrix: parameters drawn first, then the values below detection.

        Parameters
        ----------
        rng : numpy.random.Generator

        Returns
        -------
        ndarray of shape (n_samples, n_analytes)
            Detected values as they are; NaN where missing.
        """
        filled = self.values.copy()
        uniform = rng.random(self.values.shape)
        normal = rng.standard_normal(self.fit.parameters.shape)
        for j in np.flatnonzero(self.is_usable):
            rows = self.censored[:, j]
            delta, theta = _drawn_parameters(self.fit, int(j), normal[j])
            mean = self.design[rows] @ delta  # in units of sigma
            a = theta * self.data.values[rows, j] - mean
            depth = special.ndtri_exp(np.log1p(-uniform[rows, j]) + special.log_ndtr(a))
            drawn = (mean + depth) / theta + self.design[rows] @ self.data.centre[j]
            filled[rows, j] = np.minimum(drawn, self.values[rows, j])
        return filled


def _drawn_parameters(fit: CensoredFit, j: int, normal: Floats) -> tuple[Floats, float]:
    """Draw (delta, theta) from the normal that approximates their posterior."""
    at = fit.parameters[j]
    root = np.linalg.cholesky(fit.information[j])
    moved = at + np.linalg.solve(root.T, normal)
    return moved[:-1], max(float(moved[-1]), 0.1 * float(at[-1]))


def imputation_model(Y: ArrayLike, censored: ArrayLike, design: ArrayLike) -> ImputationModel:
    r"""Fit the censored regression that complete data are drawn from.

    The design should hold everything the completed data are compared on. Values below detection
    drawn without regard to the group look alike in both groups and pull the difference towards
    zero; drawn given the group, they leave it where the censored likelihood puts it.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Measured value, or where `censored` the limit it lies below. NaN is missing.
    censored : array of bool of shape (n_samples, n_analytes)
    design : array of shape (n_samples, n_columns)
        Full column rank.

    Returns
    -------
    ImputationModel

    Notes
    -----
    Imputation is proper: each draw first takes :math:`(\beta/\sigma, 1/\sigma)` from the normal
    around the maximum with the inverse information as covariance, so that the spread between
    draws holds the uncertainty of the fit. An analyte without a regular maximum (a level of the
    design wholly below detection, too few detected values) is not usable.

    References
    ----------
    Rubin DB (1987). Multiple imputation for nonresponse in surveys. Wiley.
    doi:10.1002/9780470316696

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> latent = rng.normal(size=(200, 1))
    >>> below = latent < -0.5
    >>> model = imputation_model(np.where(below, -0.5, latent), below, np.ones((200, 1)))
    >>> complete = model.draw(rng)
    >>> bool((complete[below] < -0.5).all()), float(complete.mean().round(1))
    (True, 0.0)
    """
    values, below = np.asarray(Y, dtype=float), np.asarray(censored, dtype=bool)
    Q, _ = np.linalg.qr(np.asarray(design, dtype=float))
    data = censored_data(values, below, Q)
    fit = maximise(data)
    usable = (data.reason == "") & fit.is_converged & np.isfinite(fit.parameters).all(axis=1)
    separated = np.array([j in data.columns for j in range(values.shape[1])], dtype=bool)
    return ImputationModel(values, below & np.isfinite(values), Q, data, fit, usable & ~separated)
