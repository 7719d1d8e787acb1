"""How large is the group?"""

import numpy as np

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.statistics.mixtures import fit_two_groups_many

__all__ = ["prevalence_interval"]


def prevalence_interval(
    fitted: FittedLabelling, seed: int, n_resamples: int
) -> tuple[float, float]:
    """Bootstrap the share of the upper group, cases and reference people resampled.

    The loadings of the level are held; its slope is learnt again from each resample of the
    reference people, and the mixture is fitted again to each resample of the cases.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_resamples : int

    Returns
    -------
    low, high : float
        95 % percentile interval.
    """
    table = fitted.scores.table
    axis = fitted.scores.axis
    score = table[f"{axis}_score"].to_numpy()
    case = np.flatnonzero(fitted.is_case)
    rng = stream(seed, "discovery", "prevalence")
    picked = case[rng.integers(0, len(case), (n_resamples, len(case)))]
    X = score[picked]
    if fitted.scores.is_skew_available:
        level = table["level"].to_numpy()
        slopes = _resampled_slopes(fitted, score, level, rng, n_resamples)
        model = fitted.axes.models_[axis]
        X = (X - slopes[:, None] * level[picked] - model.centre) / model.scale
    upper = fit_two_groups_many(np.sort(X, axis=1), near=fitted.model)[0].upper_weight
    low, high = np.quantile(upper, [0.025, 0.975])
    return float(low), float(high)


def _resampled_slopes(
    fitted: FittedLabelling,
    score: np.ndarray,
    level: np.ndarray,
    rng: np.random.Generator,
    n_resamples: int,
) -> np.ndarray:
    reference = np.flatnonzero(fitted.is_reference)

    def covariance(rows: np.ndarray) -> np.ndarray:
        s, one = score[rows], level[rows]
        centred = one - one.mean(axis=-1, keepdims=True)
        return (centred * s).mean(axis=-1) / np.maximum((centred**2).mean(axis=-1), 1e-12)

    slope = fitted.axes.models_[fitted.scores.axis].slope
    plain = float(covariance(reference))
    attenuation = slope / plain if abs(plain) > 1e-9 else 1.0
    rows = reference[rng.integers(0, len(reference), (n_resamples, len(reference)))]
    return covariance(rows) * attenuation
