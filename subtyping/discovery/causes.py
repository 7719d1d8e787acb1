"""What else could explain the group: technical causes veto it, biological ones annotate it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.line import Line, p_text
from subtyping.discovery.settings import LEVEL
from subtyping.knowledge import handling_markers
from subtyping.statistics.mixture_test import mixture_test
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = [
    "biological_lines",
    "explained_share",
    "shift_line",
    "technical_cause",
    "without_lines",
]

ASSOCIATION_LEVEL = 0.01
EXPLAINED_SHARE = 0.25
LEAST_PEOPLE = 20
FEW_VALUES = 6
SHIFTED_SHARE = 1 / 3
SHIFTED_EFFECT = 0.4


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
        share, p_value = explained_share(probability, factor)
        if not np.isfinite(share) and factor.notna().any():
            reason = f"Whether {name} explains the group cannot be tested: too few people a level."
            lines.append(Line(f"technical: {name}", "share of membership explained", share, reason))
        elif np.isfinite(share):
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


def biological_lines(
    probability: np.ndarray, factors: Mapping[str, pd.Series]
) -> tuple[list[Line], list[str]]:
    """Tell how much of the membership each biological factor explains.

    Unlike a technical cause, a biological one does not veto: atopy may *be* the subtype. A factor
    that explains a quarter of the membership (p < .01) is named in the verdict.

    Parameters
    ----------
    probability : ndarray of shape (n_case,)
    factors : mapping of str to Series of shape (n_case,)
        Body mass index, age, sex, smoking, medication, atopy, acute inflammation.

    Returns
    -------
    lines : list of Line
    named : list of str
        Factors that go into the sentence, the strongest first.
    """
    lines, strong = [], []
    for name, factor in factors.items():
        share, p_value = explained_share(probability, factor)
        if not np.isfinite(share):
            continue
        sentence = f"{name} explains {share:.0%} of who is in the upper group."
        statistic = "share of membership explained"
        lines.append(Line(f"biological: {name}", statistic, share, sentence, p_value=p_value))
        if share >= EXPLAINED_SHARE and p_value < ASSOCIATION_LEVEL:
            strong.append((share, name))
    return lines, [name for _, name in sorted(strong, reverse=True)]


def without_lines(
    values: np.ndarray, factors: Mapping[str, pd.Series], seed: int, n_bootstrap: int
) -> list[Line]:
    """Ask again whether there is a group, with what each factor explains of the score removed.

    The score is replaced by its residual on the factor (levels; for numbers a straight line and a
    square), and the mixture test is made anew. A group that is a factor is gone without it; so
    is one that only goes along with it closely, which is why these lines annotate.

    Parameters
    ----------
    values : ndarray of shape (n_case,)
        Score of the cases.
    factors : mapping of str to Series of shape (n_case,)
    seed : int
    n_bootstrap : int

    Returns
    -------
    list of Line
        None for a factor that is known for fewer than 20 people or does not vary.
    """
    lines = []
    for name, factor in factors.items():
        residual = _without(values, factor)
        if residual is None:
            continue
        rng = stream(seed, "discovery", "without", name)
        test = mixture_test(residual, rng, n_bootstrap=n_bootstrap)
        said = "a group is still seen" if test.p_value <= LEVEL else "no group is seen"
        lines.append(
            Line(
                f"without {name}",
                "likelihood ratio, mixture against one unimodal population",
                test.statistic,
                f"With what {name} explains of the score removed, {said} in the "
                f"{len(residual)} cases for whom it is known (p {p_text(test.p_value)}).",
                p_value=test.p_value,
                null_twin=test.null_median,
            )
        )
    return lines


def _without(values: np.ndarray, factor: pd.Series) -> np.ndarray | None:
    """Residual of the known people's values on a factor; None where that cannot be had."""
    known = factor.notna().to_numpy()
    design = _design(factor[known], degree=2)
    if design is None or len(design) < LEAST_PEOPLE or len(design) - design.shape[1] < LEAST_PEOPLE:
        return None
    y = values[known]
    residual = np.asarray(y - design @ np.linalg.lstsq(design, y, rcond=None)[0])
    return residual if np.ptp(residual) > 0 else None


def shift_line(fitted: FittedLabelling, probability: np.ndarray) -> tuple[Line | None, bool]:
    """Ask whether the upper group differs on most of the panel, as another laboratory would.

    Each analyte outside the axis, given the level, is compared between the groups (weighted by
    membership). A subtype on one axis leaves most of them alone; tubes or machines that differ
    move them all.

    Parameters
    ----------
    fitted : FittedLabelling
    probability : ndarray of shape (n_case,)
        Membership of the cases.

    Returns
    -------
    line : Line or None
        None with fewer than eight analytes outside the axis.
    is_shift : bool
        Whether a third of them differ by .4 SD or more (false discovery rate .01).
    """
    from scipy import stats

    model = fitted.axes.models_[fitted.scores.axis]
    outside = [name for name in model.level_analytes if name not in handling_markers()]
    if model.level is None or not 0.02 < probability.mean() < 0.98:
        return None, False
    z = fitted.prepared.z[outside].to_numpy()[fitted.is_case]
    level = fitted.scores.table["level"].to_numpy()[fitted.is_case]
    design = np.column_stack([np.ones_like(level), level, probability])
    solution, _, rank, _ = np.linalg.lstsq(design, z, rcond=None)
    residual = z - design @ solution
    spread = np.sqrt((residual**2).sum(axis=0) / (len(z) - rank))
    standard_error = np.sqrt(np.linalg.pinv(design.T @ design)[2, 2]) * spread
    effect = solution[2] / spread
    q = benjamini_hochberg(2 * stats.t.sf(np.abs(solution[2] / standard_error), len(z) - rank))
    share = float(np.mean((q < ASSOCIATION_LEVEL) & (np.abs(effect) >= SHIFTED_EFFECT)))
    is_shift = share >= SHIFTED_SHARE
    sentence = (
        f"The groups differ on {share:.0%} of the {len(outside)} analytes outside the axis "
        "(given the level)"
    )
    sentence += ", as samples of another laboratory would." if is_shift else "."
    return Line(
        "technical: undeclared shift", "share of other analytes moved", share, sentence
    ), is_shift


def explained_share(y: np.ndarray, factor: pd.Series) -> tuple[float, float]:
    """Return the adjusted R squared of y on a factor, and its F-test p-value.

    Parameters
    ----------
    y : ndarray of shape (n,)
    factor : pandas.Series of shape (n,)
        Numbers with more than six values enter linearly, everything else as levels.

    Returns
    -------
    share, p_value : float
        NaN where fewer than 20 people are known or nothing is left to estimate from.
    """
    from scipy import stats

    known = factor.notna().to_numpy()
    y, design = y[known], _design(factor[known], degree=1)
    if len(y) < LEAST_PEOPLE or design is None:
        return float("nan"), float("nan")
    residual = float(((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum())
    total = float(((y - y.mean()) ** 2).sum())
    k, n = design.shape[1], len(y)
    if total <= 0 or n - k < k:
        return float("nan"), float("nan")
    if residual <= 1e-12 * total:
        return 1.0, 0.0
    f_ratio = ((total - residual) / (k - 1)) / (residual / (n - k))
    share = max(0.0, 1 - (residual / (n - k)) / (total / (n - 1)))
    return share, float(stats.f.sf(f_ratio, k - 1, n - k))


def _design(factor: pd.Series, *, degree: int) -> np.ndarray | None:
    """Columns of a factor, with an intercept: powers of a number, else levels; None if constant."""
    n_values = factor.nunique()
    if n_values < 2:
        return None
    if not pd.api.types.is_numeric_dtype(factor) or n_values <= FEW_VALUES:
        return pd.get_dummies(factor.astype(str)).to_numpy(dtype=float)
    x = factor.to_numpy(dtype=float)
    centred = (x - x.mean()) / x.std()
    return np.column_stack([centred**power for power in range(degree + 1)])
