"""What a handling score goes along with: groups, plates, sites, axes, single analytes."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from subtyping.statistics.multiplicity import benjamini_hochberg
from subtyping.statistics.partial_correlation import correlation_interval

__all__ = ["ASSOCIATION_COLUMNS", "analyte_shares", "associate", "share_between"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ASSOCIATION_COLUMNS = (
    "term",
    "about",
    "people",
    "correlation",
    "ci_low",
    "ci_high",
    "share_of_variance_frac",
    "p_value",
    "q_value",
    "n",
)
ANALYTE_COLUMNS = (
    "analyte",
    "n",
    "correlation",
    "ci_low",
    "ci_high",
    "share_of_variance_frac",
    "correlation_within_groups",
    "p_value",
    "q_value",
)
NAN = float("nan")


def associate(
    handling: Floats,
    is_case: Mask,
    is_reference: Mask,
    *,
    levels: Mapping[str, pd.Series],
    scores: pd.DataFrame | None,
) -> pd.DataFrame:
    """Return the association of the handling score with everything at hand, one BH family.

    Parameters
    ----------
    handling : ndarray of shape (n_samples,)
        NaN where unknown.
    is_case, is_reference : ndarray of bool of shape (n_samples,)
    levels : mapping of str to Series
        ``plate``, ``site``: as a whole, among cases and reference people together.
    scores : pandas.DataFrame or None
        One column per axis score, skew or level; among cases and among reference people.

    Returns
    -------
    pandas.DataFrame
        ``term, about`` (group, levels or axis), ``people`` (all, cases, reference),
        ``correlation`` with its interval (of levels: the root of the share of variance between
        them, corrected for their number), ``share_of_variance_frac, p_value, q_value, n``.
    """
    known = np.isfinite(handling)
    people = (is_case | is_reference) & known
    status = _correlated("case status", handling[people], is_case[people].astype(float))
    rows = [{**status, "about": "group", "people": "all"}]
    for name, values in levels.items():
        row = share_between(name, handling[people], values[people])
        rows.append({**row, "about": "levels", "people": "all"})
    sides = {"cases": is_case & known, "reference": is_reference & known}
    for name, column in () if scores is None else scores.items():
        numbers = column.to_numpy(dtype=float)
        for side, mask in sides.items():
            row = _correlated(str(name), handling[mask], numbers[mask])
            rows.append({**row, "about": "axis", "people": side})
    table = pd.DataFrame(rows, columns=list(ASSOCIATION_COLUMNS))
    table = table[table["correlation"].astype(float).notna()].reset_index(drop=True)
    table["q_value"] = benjamini_hochberg(table["p_value"].astype(float))
    return table


def _correlated(term: str, x: Floats, y: Floats) -> dict[str, object]:
    """Pearson's correlation with Fisher's interval; NaN where one does not vary."""
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    row: dict[str, object] = {"term": term, "n": len(x), "correlation": NAN, "p_value": NAN}
    if len(x) < 3 or np.std(x) == 0 or np.std(y) == 0:
        return row
    result = stats.pearsonr(x, y)
    r = float(result.statistic)
    low, high = correlation_interval(r, len(x))
    numbers = {"correlation": r, "ci_low": low, "ci_high": high, "share_of_variance_frac": r**2}
    return {**row, **numbers, "p_value": float(result.pvalue)}


def share_between(term: str, handling: Floats, values: pd.Series) -> dict[str, object]:
    r"""Return the share of variance that lies between levels, as the square of a correlation.

    :math:`1 - (n - 1) SS_{within} / ((n - k) SS_{total})`, not below 0, of the *k* levels with two
    people and more; the interval inverts the noncentral F law.

    Parameters
    ----------
    term : str
    handling : ndarray of shape (n,)
    values : pandas.Series of shape (n,)
        Levels; missing ones are left out.

    Returns
    -------
    dict
        ``term, n, correlation, ci_low, ci_high, share_of_variance_frac, p_value``; NaN with
        fewer than two levels.
    """
    text = values.astype(object).where(values.notna(), "").astype(str).str.strip().to_numpy()
    frame = pd.DataFrame({"handling": handling, "level": text})[text != ""]
    sizes = frame.groupby("level")["handling"].transform("size")
    frame = frame[sizes > 1]
    n, k = len(frame), frame["level"].nunique()
    row: dict[str, object] = {"term": term, "n": n, "correlation": NAN, "p_value": NAN}
    if k < 2 or n - k < 1 or np.ptp(frame["handling"]) == 0:
        return row
    h = frame["handling"]
    within = float(((h - frame.groupby("level")["handling"].transform("mean")) ** 2).sum())
    total = float(((h - h.mean()) ** 2).sum())
    share = max(0.0, 1 - (n - 1) * within / ((n - k) * total))
    f_ratio = (total - within) / (k - 1) / max(within / (n - k), 1e-300)
    limits = [_f_share(f_ratio, k - 1, n - k, q) for q in (0.975, 0.025)]
    return {
        **row,
        "correlation": float(np.sqrt(share)),
        "ci_low": float(np.sqrt(min(limits[0], share))),
        "ci_high": float(np.sqrt(max(limits[1], share))),
        "share_of_variance_frac": share,
        "p_value": float(stats.f.sf(f_ratio, k - 1, n - k)),
    }


def _f_share(f_ratio: float, between: int, within: int, probability: float) -> float:
    """Share of variance at which a smaller F has this probability."""
    noncentrality = float(special.ncfdtrinc(between, within, probability, f_ratio))
    if not np.isfinite(noncentrality) or noncentrality <= 0:
        return 0.0
    return noncentrality / (noncentrality + between + within + 1)


def analyte_shares(z: pd.DataFrame, handling: Floats, is_case: Mask) -> pd.DataFrame:
    """Return how much of each analyte goes along with the handling score.

    Parameters
    ----------
    z : pandas.DataFrame of shape (n, n_analytes)
        Cases and reference people whose handling score is known.
    handling : ndarray of shape (n,)
    is_case : ndarray of bool of shape (n,)

    Returns
    -------
    pandas.DataFrame
        ``analyte, n, correlation`` with its interval, ``share_of_variance_frac`` (its square),
        ``correlation_within_groups`` (group means taken away), ``p_value, q_value``; the largest
        share first.
    """
    X, n = z.to_numpy(dtype=float), len(z)
    pooled = _columns_with(X, handling)
    within_X, within_h = X.copy(), handling.copy()
    for side in (is_case, ~is_case):
        if side.any():
            within_X[side] -= within_X[side].mean(axis=0)
            within_h[side] -= within_h[side].mean()
    intervals = np.array([correlation_interval(float(r), n) for r in pooled]).reshape(-1, 2)
    t = pooled * np.sqrt(max(n - 2, 0) / np.maximum(1 - pooled**2, 1e-300))
    table = pd.DataFrame(
        {
            "analyte": z.columns.astype(str),
            "n": n,
            "correlation": pooled,
            "ci_low": intervals[:, 0],
            "ci_high": intervals[:, 1],
            "share_of_variance_frac": pooled**2,
            "correlation_within_groups": _columns_with(within_X, within_h),
            "p_value": 2 * stats.t.sf(np.abs(t), n - 2) if n > 2 else np.full(len(t), np.nan),
        }
    )
    table["q_value"] = benjamini_hochberg(table["p_value"])
    ordered = table.sort_values("share_of_variance_frac", ascending=False, kind="stable")
    return ordered.reset_index(drop=True)[list(ANALYTE_COLUMNS)]


def _columns_with(X: Floats, x: Floats) -> Floats:
    """Correlation of every column with x; 0 where a column does not vary."""
    if len(x) < 3:
        return np.full(X.shape[1], np.nan)
    X = X - X.mean(axis=0)
    x = x - x.mean()
    norms = np.sqrt((X**2).sum(axis=0) * (x**2).sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(norms > 0, np.clip((x @ X) / norms, -1, 1), 0.0)
