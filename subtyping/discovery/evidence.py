"""Lines of evidence: each a row with its number, its interval and its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.settings import LEVEL
from subtyping.knowledge import assay_cv
from subtyping.statistics.mixture_test import MixtureTest, mixture_test
from subtyping.statistics.mixtures import fit_two_normals_many

__all__ = [
    "EVIDENCE_COLUMNS",
    "Line",
    "continuum_line",
    "existence_line",
    "prevalence_interval",
    "specificity_line",
    "technical_cause",
]

EVIDENCE_COLUMNS = (
    "line",
    "statistic",
    "value",
    "ci_low",
    "ci_high",
    "p_value",
    "null_twin",
    "decides",
    "sentence",
)
ASSOCIATION_LEVEL = 0.01
EXPLAINED_SHARE = 0.25
LEAST_PEOPLE = 20
FEW_VALUES = 6


@dataclass(frozen=True)
class Line:
    """One line of evidence; NaN where a number does not apply."""

    line: str
    statistic: str
    value: float
    sentence: str
    ci_low: float = float("nan")
    ci_high: float = float("nan")
    p_value: float = float("nan")
    null_twin: float = float("nan")
    decides: bool = False


def existence_line(
    values: np.ndarray, seed: int, n_bootstrap: int, quantity: str
) -> tuple[Line, MixtureTest]:
    """Test one unimodal population against a mixture: the line that decides.

    Parameters
    ----------
    values : ndarray of shape (n_case,)
    seed : int
    n_bootstrap : int
    quantity : str
        ``"skew"`` or ``"raw score"``.

    Returns
    -------
    Line, MixtureTest
    """
    test = mixture_test(values, stream(seed, "discovery", "existence"), n_bootstrap=n_bootstrap)
    verb = "does not fit" if test.p_value <= LEVEL else "fits"
    line = Line(
        line="existence",
        statistic="likelihood ratio, mixture against one unimodal population",
        value=test.statistic,
        p_value=test.p_value,
        null_twin=test.null_median,
        decides=True,
        sentence=(
            f"One unimodal population {verb} the {quantity} of {len(values)} cases "
            f"(p {_p_text(test.p_value)}, {test.n_bootstrap} draws)."
        ),
    )
    return line, test


def prevalence_interval(
    fitted: FittedLabelling, seed: int, n_resamples: int
) -> tuple[float, float]:
    """Bootstrap the share of the upper component, cases and reference people resampled.

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
        X = X - slopes[:, None] * level[picked]
    state, _ = fit_two_normals_many(np.sort(X, axis=1))
    upper = np.where(state.m1 >= state.m0, state.w, 1 - state.w)
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


def continuum_line(
    fitted: FittedLabelling, seed: int, n_resamples: int, assay_cv_pct: float | None
) -> Line:
    r"""Estimate the variance of the skew among cases beyond assay noise.

    The noise is, in this order: the declared CV, the published CV of the platform, or what the
    members do not share. With members :math:`r_1 .. r_k` given the level, the last is the mean
    covariance of two different members, less the share that the error of the level puts into
    both.

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
    offset = _noise_offset(fitted, cv)
    rng = stream(seed, "discovery", "continuum")
    rows = rng.integers(0, len(residuals), (n_resamples, len(residuals)))
    estimate = _shared_variance(residuals, cv is None) - offset
    draws = [_shared_variance(residuals[r], cv is None) - offset for r in rows]
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


def _noise_offset(fitted: FittedLabelling, cv_pct: float | None) -> float:
    """Noise to subtract: error of the level, and with a CV the assay noise of the mean."""
    model = fitted.axes.models_[fitted.scores.axis]
    slopes = model.member_slopes / model.scale
    k = len(slopes)
    if cv_pct is None:
        shared = (slopes.sum() ** 2 - (slopes**2).sum()) / max(k * (k - 1), 1)
        return float(shared * model.level_error_variance)
    kept = list(fitted.preparation.kept_)
    reference_sd = fitted.preparation.scaler_.scale_[[kept.index(m) for m in model.members]]
    unit = model.scale if model.level is not None else 1.0
    assay = np.sum((np.log2(1 + cv_pct / 100) / reference_sd / unit) ** 2) / k**2
    return float(assay + slopes.mean() ** 2 * model.level_error_variance)


def _shared_variance(residuals: np.ndarray, off_diagonal: bool) -> float:  # noqa: FBT001
    if not off_diagonal:
        return float(residuals.mean(axis=1).var(ddof=1))
    S = np.cov(residuals, rowvar=False)
    k = len(S)
    return float((S.sum() - np.trace(S)) / (k * (k - 1)))


def technical_cause(
    probability: np.ndarray, factors: Mapping[str, pd.Series]
) -> tuple[str | None, list[Line]]:
    """Look for a technical factor that explains the group.

    A factor is named as the cause if it explains at least a quarter of the variance of the
    membership probability (adjusted R squared) with p < .01. A subtype of people has no reason
    to know which plate it was on or how long its tubes stood.

    Parameters
    ----------
    probability : ndarray of shape (n_case,)
        Membership of the upper group.
    factors : mapping of str to Series of shape (n_case,)
        Handling score, plate, site, date, visit.

    Returns
    -------
    cause : str or None
        The factor that explains most, if any explains enough.
    lines : list of Line
    """
    lines = []
    for name, factor in factors.items():
        share, p_value = _explained_share(probability, factor)
        if np.isfinite(share):
            sentence = f"{name} explains {share:.0%} of who is in the upper group."
            lines.append(
                Line(
                    f"technical: {name}",
                    "share of membership explained",
                    share,
                    sentence,
                    p_value=p_value,
                )
            )
    enough = [
        line for line in lines if line.value >= EXPLAINED_SHARE and line.p_value < ASSOCIATION_LEVEL
    ]
    cause = max(enough, key=lambda line: line.value).line if enough else None
    return None if cause is None else cause.removeprefix("technical: "), lines


def _explained_share(y: np.ndarray, factor: pd.Series) -> tuple[float, float]:
    """Adjusted R squared of y on a factor and its F-test p-value; NaN where not estimable."""
    from scipy import stats

    known = factor.notna().to_numpy()
    y, levels = y[known], factor[known]
    if len(y) < LEAST_PEOPLE or levels.nunique() < 2:
        return float("nan"), float("nan")
    if pd.api.types.is_numeric_dtype(factor) and levels.nunique() > FEW_VALUES:
        design = np.column_stack([np.ones(len(y)), levels.to_numpy(dtype=float)])
    else:
        design = pd.get_dummies(levels.astype(str)).to_numpy(dtype=float)
    residual = float(((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum())
    total = float(((y - y.mean()) ** 2).sum())
    k, n = design.shape[1], len(y)
    if total <= 0 or residual <= 0 or n - k < k:
        return float("nan"), float("nan")
    f_ratio = ((total - residual) / (k - 1)) / (residual / (n - k))
    share = max(0.0, 1 - (residual / (n - k)) / (total / (n - 1)))
    return share, float(stats.f.sf(f_ratio, k - 1, n - k))


def specificity_line(fitted: FittedLabelling, seed: int, n_resamples: int) -> Line:
    """Compare how often cases and reference people fall into the group.

    Parameters
    ----------
    fitted : FittedLabelling
    seed : int
    n_resamples : int

    Returns
    -------
    Line
        ``value`` is the prevalence ratio, cases over reference people.
    """
    probability = fitted.model.probability(fitted.scores.values.to_numpy())
    case, reference = probability[fitted.is_case], probability[fitted.is_reference]
    rng = stream(seed, "discovery", "specificity")

    def means(x: np.ndarray) -> np.ndarray:
        return x[rng.integers(0, len(x), (n_resamples, len(x)))].mean(axis=1)

    floor = 0.5 / len(reference)
    ratios = means(case) / np.maximum(means(reference), floor)
    low, high = np.quantile(ratios, [0.025, 0.975])
    ratio = float(case.mean() / max(reference.mean(), floor))
    specific = "more often than" if low > 1 else "not clearly more often than"
    return Line(
        "specificity",
        "prevalence ratio, cases over reference people",
        ratio,
        f"Cases fall into the group {specific} reference people ({case.mean():.0%} against "
        f"{reference.mean():.0%}).",
        ci_low=float(low),
        ci_high=float(high),
    )


def _p_text(p_value: float) -> str:
    return f"{p_value:.3f}".replace("0.", ".", 1)
