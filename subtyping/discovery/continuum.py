"""Do people differ on the axis by more than assay noise?"""

import numpy as np

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line
from subtyping.knowledge import assay_cv

__all__ = ["continuum_line"]


def continuum_line(
    fitted: FittedLabelling, seed: int, n_resamples: int, assay_cv_pct: float | None
) -> Line:
    r"""Estimate the variance of the skew among cases beyond assay noise.

    The noise is, in this order: the declared CV, the published CV of the platform, or what the
    members do not share. With members :math:`r_1 .. r_k` given the level, the last is the mean
    covariance of two different members, less the share that the error of the level puts into
    both. With a CV, biology that the members do not share counts as a difference between people;
    without one it counts as noise.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_resamples : int
    assay_cv_pct : float or None

    Returns
    -------
    Line
        ``value`` NaN where there is one member and no CV: then nothing can be claimed.
    """
    residuals = np.ascontiguousarray(fitted.scores.residuals.to_numpy()[fitted.is_case])
    cv, origin = _noise_source(fitted, assay_cv_pct)
    if cv is None and residuals.shape[1] < 2:
        return Line(
            "continuum",
            "variance of the score beyond assay noise",
            float("nan"),
            "With one member and no coefficient of variation, variance beyond assay noise "
            "cannot be claimed; declare discovery.assay_cv_pct.",
        )
    estimate = _shared_variance(residuals, cv is None) - _noise_offset(fitted, cv)
    draws = _resampled(fitted, cv, stream(seed, "discovery", "continuum"), n_resamples)
    low, high = np.quantile(draws, [0.025, 0.975])
    beyond = "varies beyond" if low > 0 else "does not clearly vary beyond"
    return Line(
        "continuum",
        "variance of the score beyond assay noise",
        float(estimate),
        f"The {fitted.scores.quantity} {beyond} assay noise ({origin}).",
        ci_low=float(low),
        ci_high=float(high),
    )


def _noise_source(fitted: FittedLabelling, assay_cv_pct: float | None) -> tuple[float | None, str]:
    if assay_cv_pct is not None:
        return assay_cv_pct, f"declared CV {assay_cv_pct:g} %"
    platform = fitted.preparation.platform_
    published = dict(zip(assay_cv()["platform"], assay_cv()["inter_cv_pct"], strict=True))
    if platform is not None and platform in published:
        cv = float(published[platform])
        return cv, f"published CV {cv:g} % of {platform}"
    return None, "what the members do not share"


def _resampled(
    fitted: FittedLabelling, cv: float | None, rng: np.random.Generator, n_resamples: int
) -> np.ndarray:
    """Estimates from resampled cases and reference people; slopes and scale are learnt again.

    The loadings of the level and the correction for its reliability are held.
    """
    model = fitted.axes.models_[fitted.scores.axis]
    z = np.ascontiguousarray(fitted.prepared.z[list(model.members)].to_numpy())
    case, reference = np.flatnonzero(fitted.is_case), np.flatnonzero(fitted.is_reference)
    level = fitted.scores.table["level"].to_numpy()
    plain = _slopes(z[reference], level[reference]) if model.level is not None else None
    draws = np.empty(n_resamples)
    for b in range(n_resamples):
        people = rng.choice(case, len(case))
        healthy = rng.choice(reference, len(reference))
        if plain is None:
            draws[b] = _shared_variance(z[people], cv is None) - _noise_offset(fitted, cv)
            continue
        slopes = model.member_slopes + _slopes(z[healthy], level[healthy]) - plain
        given_level = z[healthy].mean(axis=1) - slopes.mean() * level[healthy]
        scale = max(float(np.std(given_level, ddof=1)), 1e-9)
        residuals = (z[people] - np.outer(level[people], slopes)) / scale
        offset = _noise_offset(fitted, cv, slopes / scale, scale)
        draws[b] = _shared_variance(residuals, cv is None) - offset
    return draws


def _slopes(z: np.ndarray, level: np.ndarray) -> np.ndarray:
    centred = level - level.mean()
    return np.asarray(centred @ z / max(float(centred @ centred), 1e-12))


def _noise_offset(
    fitted: FittedLabelling,
    cv_pct: float | None,
    slopes: np.ndarray | None = None,
    scale: float | None = None,
) -> float:
    """Noise to subtract: error of the level, and with a CV the assay noise of the mean."""
    model = fitted.axes.models_[fitted.scores.axis]
    if slopes is None:
        slopes = model.member_slopes / model.scale
    k = len(slopes)
    if cv_pct is None:
        shared = (slopes.sum() ** 2 - (slopes**2).sum()) / max(k * (k - 1), 1)
        return float(shared * model.level_error_variance)
    kept = list(fitted.preparation.kept_)
    reference_sd = fitted.preparation.scaler_.scale_[[kept.index(m) for m in model.members]]
    unit = (scale or model.scale) if model.level is not None else 1.0
    assay = np.sum((np.log2(1 + cv_pct / 100) / reference_sd / unit) ** 2) / k**2
    return float(assay + slopes.mean() ** 2 * model.level_error_variance)


def _shared_variance(residuals: np.ndarray, off_diagonal: bool) -> float:  # noqa: FBT001
    if not off_diagonal:
        return float(residuals.mean(axis=1).var(ddof=1))
    S = np.cov(residuals, rowvar=False)
    k = len(S)
    return float((S.sum() - np.trace(S)) / (k * (k - 1)))
