"""The constants of a frozen score as other derivation people would have given them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.axes.level import AxisModel, fit_axis_model
from subtyping.discovery.labelling import FittedLabelling
from subtyping.panel.panel import Panel
from subtyping.preparation.covariates import covariate_matrix
from subtyping.preparation.steps import CovariateAdjuster, PlateAdjuster, ReferenceScaler
from subtyping.statistics.mixtures import fit_two_groups_many

__all__ = ["ResampledConstants", "resampled_constants"]


@dataclass(frozen=True, eq=False)
class ResampledConstants:
    r"""Constants of `n_draws` resamples of the derivation's cases and reference people.

    The value of a person in draw b is :math:`a_b + A_b z + B_b u`: z are the card's z of
    `analytes`, u the distances of the covariates from the card's centres.

    Attributes
    ----------
    analytes : tuple of str
        Members of the axis, then the analytes of its level.
    constant : ndarray of shape (n_draws,)
    weights : ndarray of shape (n_draws, n_analytes)
    covariate_weights : ndarray of shape (n_draws, n_covariates)
    scale, slope : ndarray of shape (n_draws,)
        Of the axis.
    mixture : dict of str to ndarray
        ``weight, low_mean, high_mean, low_sd, high_sd, skewness``, each of shape (n_draws,).
    """

    analytes: tuple[str, ...]
    constant: np.ndarray
    weights: np.ndarray
    covariate_weights: np.ndarray
    scale: np.ndarray
    slope: np.ndarray
    mixture: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class _Cohort:
    """Arrays of the derivation cohort."""

    log2: np.ndarray
    plates: np.ndarray | None
    covariates: np.ndarray


def resampled_constants(
    fitted: FittedLabelling, panel: Panel, rng: np.random.Generator, n_draws: int
) -> ResampledConstants:
    """Learn preparation, axis and mixture again in resampled people.

    Cases and reference people are drawn with replacement, apart. Medians, plate locations,
    covariate slopes, means and SDs, loadings, slope and mixture are learnt anew; held are which
    analytes are used, which carry the score, and the stand-ins below detection.

    Parameters
    ----------
    fitted : FittedLabelling
    panel : Panel
        That it was learnt on.
    rng : numpy.random.Generator
    n_draws : int

    Returns
    -------
    ResampledConstants
    """
    preparation, model = fitted.preparation, fitted.axes.models_[fitted.scores.axis]
    kept = list(preparation.kept_)
    batch = panel.role("batch") if preparation.adjust_plates else None
    cohort = _Cohort(
        log2=fitted.prepared.log2[kept].to_numpy(),
        plates=None if batch is None else batch.astype(object).fillna("").to_numpy(dtype=str),
        covariates=covariate_matrix(panel.samples, preparation.covariates_),
    )
    reference, case = np.flatnonzero(fitted.is_reference), np.flatnonzero(fitted.is_case)
    found: list[tuple[np.ndarray, ...]] = []
    values = np.empty((n_draws, len(case)))
    for b in range(n_draws):
        healthy, ill = rng.choice(reference, len(reference)), rng.choice(case, len(case))
        axis, steps, z_case = _learn(fitted, model, cohort, healthy, ill)
        scored = axis.scores(z_case)["score" if axis.level is None else "skew"]
        values[b] = np.sort(scored.to_numpy())
        found.append(_affine(fitted, axis, *steps))
    mixture, _ = fit_two_groups_many(values, near=fitted.model)
    constant, weights, covariate_weights, scale, slope = (
        np.array(part) for part in zip(*found, strict=True)
    )
    each = mixture.each()
    return ResampledConstants(
        analytes=(*model.members, *model.level_analytes),
        constant=constant,
        weights=weights,
        covariate_weights=covariate_weights,
        scale=scale,
        slope=slope,
        mixture={
            "weight": np.array([one.weight for one in each]),
            "low_mean": np.array([one.means[0] for one in each]),
            "high_mean": np.array([one.means[1] for one in each]),
            "low_sd": np.array([one.sds[0] for one in each]),
            "high_sd": np.array([one.sds[1] for one in each]),
            "skewness": np.array([one.skewness for one in each]),
        },
    )


def _learn(
    fitted: FittedLabelling,
    model: AxisModel,
    cohort: _Cohort,
    healthy: np.ndarray,
    ill: np.ndarray,
) -> tuple[AxisModel, tuple[CovariateAdjuster, ReferenceScaler], pd.DataFrame]:
    """Learn covariate slopes, scale and axis in some people; return also the z of the cases."""
    rows = np.concatenate([ill, healthy])
    is_healthy = np.arange(len(rows)) >= len(ill)
    X = cohort.log2[rows]
    median = pd.DataFrame(X[is_healthy]).median().to_numpy()
    median = np.where(np.isfinite(median), median, fitted.preparation.median_)
    X = np.where(np.isfinite(X), X, median)
    if cohort.plates is not None:
        plates, groups = cohort.plates[rows], np.where(is_healthy, "reference", "case")
        X = PlateAdjuster().fit(X, plates=plates, groups=groups).transform(X, plates=plates)
    C = cohort.covariates[rows]
    slopes = CovariateAdjuster().fit(X[is_healthy], covariates=C[is_healthy])
    X = slopes.transform(X, covariates=C)
    scaler = ReferenceScaler().fit(X[is_healthy])
    z = pd.DataFrame(scaler.transform(X), columns=list(fitted.preparation.kept_))
    axis = fit_axis_model(
        model.name, model.members, model.level_analytes, z[is_healthy], z[~is_healthy]
    )
    return axis, (slopes, scaler), z[~is_healthy]


def _affine(
    fitted: FittedLabelling, axis: AxisModel, slopes: CovariateAdjuster, scaler: ReferenceScaler
) -> tuple[np.ndarray, ...]:
    """Return constant, weights on the card's z and on the covariates; scale and slope."""
    preparation, kept = fitted.preparation, list(fitted.preparation.kept_)
    at = [kept.index(name) for name in (*axis.members, *axis.level_analytes)]
    on_z, constant = _weights(axis)
    mean, sd = preparation.scaler_.mean_[at], preparation.scaler_.scale_[at]
    own_mean, own_sd = scaler.mean_[at], scaler.scale_[at]
    pull = on_z / own_sd
    own_slopes = slopes.slopes_[:, at]
    shift = (preparation.slopes_.centre_ - slopes.centre_) @ own_slopes
    return (
        np.asarray(constant + pull @ (mean - own_mean - shift)),
        pull * sd,
        (preparation.slopes_.slopes_[:, at] - own_slopes) @ pull,
        np.asarray(axis.scale),
        np.asarray(axis.slope),
    )


def _weights(axis: AxisModel) -> tuple[np.ndarray, float]:
    """Return the weights of members and level analytes in the value, and its constant."""
    share = np.full(len(axis.members), 1 / len(axis.members))
    if axis.level is None:
        return share, 0.0
    weights = axis.level.loadings / axis.level.uniquenesses
    information = float(weights @ axis.level.loadings)
    weights = weights / information if information > 0 else np.zeros(len(weights))
    pull = axis.slope / axis.scale
    constant = pull * float(weights @ axis.level.mean) - axis.centre / axis.scale
    return np.concatenate([share / axis.scale, -pull * weights]), constant
