"""Contrasts of analytes partly below detection, pooled over imputed data."""

import numpy as np
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping.statistics.imputation import imputation_model
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.rubin import Pooled, pool_imputations

__all__ = ["impute_and_test"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def impute_and_test(
    values: Floats,
    censored: Mask,
    design: Floats,
    *,
    imputations: int,
    seed: int,
    purpose: str,
) -> tuple[Pooled, Mask]:
    """Draw what is below detection given the design, test each complete matrix, and pool.

    Values are drawn from a censored regression on the *whole design of the contrast*, case status
    included: drawn from one normal for everybody they would look alike in both groups and pull the
    difference towards zero.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_analytes)
        The limit where `censored`; NaN is missing.
    censored : ndarray of bool of shape (n_samples, n_analytes)
    design : ndarray of shape (n_samples, n_columns)
        Its last column is tested.
    imputations : int
        At least 2.
    seed : int
        Root seed.
    purpose : str
        Names the stream (the contrast).

    Returns
    -------
    Pooled
        Of every analyte.
    is_imputed : ndarray of bool of shape (n_analytes,)
        Analytes of which something was drawn; the others keep the limit and are to be ignored.
    """
    model = imputation_model(values, censored, design)
    aim = np.zeros(design.shape[1])
    aim[-1] = 1.0
    estimates, variances, freedom = [], [], []
    for draw in range(imputations):
        complete = model.draw(stream(seed, "signature", "imputation", purpose, draw))
        fit = moderated_t(complete, design, aim)
        estimates.append(fit.coefficient[:, 0])
        variances.append(fit.standard_error[:, 0] ** 2)
        freedom.append(fit.df_total)
    pooled = pool_imputations(estimates, variances, np.min(freedom, axis=0))
    return pooled, model.is_usable & censored.any(axis=0)
