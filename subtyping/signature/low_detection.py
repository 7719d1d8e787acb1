"""Analytes that are mostly below detection: censored regression, else detection rates."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.statistics.detection_rate import compare_detection
from subtyping.statistics.tobit import Tobit, tobit

__all__ = ["DETECTION_COLUMNS", "FEWEST_DETECTED", "censored_values", "compare_low_detection"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

FEWEST_DETECTED, DETECTED_PER_COLUMN = 10, 3
"""With fewer detected values than ten, or than three for each column of the design, a censored
regression rejects too often (docs/detection.md)."""

DETECTION_COLUMNS = (
    "detection_odds_ratio",
    "detection_odds_ratio_ci_low",
    "detection_odds_ratio_ci_high",
    "detection_difference",
    "detection_difference_ci_low",
    "detection_difference_ci_high",
    "detection_p_value",
)


def censored_values(values: Floats, detected: Mask, limits: Floats | None) -> tuple[Floats, Mask]:
    """Return values with the limit in place of what was not detected, and which those are.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_analytes)
        Prepared log2 values; NaN is missing unless `detected` says it was above the range.
    detected : ndarray of bool of shape (n_samples, n_analytes)
    limits : ndarray of shape (n_samples, n_analytes), optional
        log2 limits. Without them a value below detection is only known to lie below the lowest
        detected value of its analyte, or below the number it was filled with if that is higher.

    Returns
    -------
    values : ndarray of shape (n_samples, n_analytes)
        NaN is missing.
    censored : ndarray of bool of shape (n_samples, n_analytes)
    """
    censored = ~detected & np.isfinite(values)
    if limits is None:
        lowest = np.where(detected & np.isfinite(values), values, np.inf).min(axis=0)
        limit = np.where(np.isfinite(lowest), np.fmax(values, lowest), values)
    else:
        limit = limits
    return np.where(censored, limit, np.where(detected, values, np.nan)), censored


def compare_low_detection(
    values: Floats,
    censored: Mask,
    detected: Mask,
    design: Floats,
    *,
    strata: NDArray[np.str_] | None,
) -> pd.DataFrame:
    """Compare cases with reference people where most values are below detection.

    Censored regression on the whole design, where at least ten values more are detected than the
    design has columns; else, and where it did not converge, the exact test of
    detection rates, within plates. The choice looks at how many values are detected in all, never
    at how they fall on the two groups.

    Parameters
    ----------
    values, censored : ndarray of shape (n_samples, n_analytes)
        See `censored_values`.
    detected : ndarray of bool of shape (n_samples, n_analytes)
    design : ndarray of shape (n_samples, n_columns)
        Its last column is 1 for a case.
    strata : ndarray of str of shape (n_samples,), optional
        Plates.

    Returns
    -------
    pandas.DataFrame
        ``log2_fc, ci_low, ci_high, t, p_value, method, reason`` and the columns of
        `DETECTION_COLUMNS`, one row for each analyte.
    """
    is_case = design[:, -1] == 1
    rates = compare_detection(detected, is_case, measured=detected | censored, strata=strata)
    table = pd.DataFrame(
        {
            "log2_fc": np.nan,
            "ci_low": np.nan,
            "ci_high": np.nan,
            "t": np.nan,
            "p_value": rates.p_value,
            "method": np.where(detected.any(axis=0), "detection_rate", "not_detected"),
            "reason": np.where(detected.any(axis=0), "", "never detected"),
            "detection_odds_ratio": _finite(rates.odds_ratio),
            "detection_odds_ratio_ci_low": rates.ci_low,
            "detection_odds_ratio_ci_high": _finite(rates.ci_high),
            "detection_difference": rates.risk_difference,
            "detection_difference_ci_low": rates.risk_difference_ci_low,
            "detection_difference_ci_high": rates.risk_difference_ci_high,
            "detection_p_value": rates.p_value,
        }
    )
    unseen = ~detected.any(axis=0)
    table.loc[unseen, ["p_value", *DETECTION_COLUMNS]] = np.nan
    n_detected = (detected & np.isfinite(values)).sum(axis=0)
    needed = max(FEWEST_DETECTED, DETECTED_PER_COLUMN * design.shape[1])
    few = n_detected < needed
    table.loc[few & ~unseen, "reason"] = (
        f"fewer than {needed} values detected: detection rates are compared"
    )
    chosen = np.flatnonzero(~few)
    if len(chosen):
        fit = tobit(values[:, chosen], censored[:, chosen], design)
        _enter(table, chosen, fit)
        for row, j in _runaways(fit, chosen):
            above = fit.coefficient[j] > 0
            side = ~is_case if above else is_case
            known = np.isfinite(values[:, row])
            where = _where(detected[:, row] & known, side, known, strata)
            table.loc[row, "reason"] = _one_sided(fit, j, where)
    return table


def _enter(table: pd.DataFrame, chosen: NDArray[np.int64], fit: Tobit) -> None:
    """Write the censored regressions that gave a p-value into their rows."""
    told = np.isfinite(fit.p_value)
    table.loc[chosen[~told], "reason"] = fit.reason[~told]
    rows = chosen[told]
    table.loc[rows, "method"] = "tobit"
    for name, column in (
        ("log2_fc", fit.coefficient),
        ("ci_low", fit.ci_low),
        ("ci_high", fit.ci_high),
        ("t", fit.t),
        ("p_value", fit.p_value),
    ):
        table.loc[rows, name] = _finite(column[told])


def _runaways(fit: Tobit, chosen: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Row of the table and position in the fit of every infinite coefficient with a p-value."""
    runs = np.flatnonzero(np.isfinite(fit.p_value) & np.isinf(fit.coefficient))
    return [(int(chosen[j]), int(j)) for j in runs]


def _where(seen: Mask, side: Mask, known: Mask, strata: NDArray[np.str_] | None) -> str:
    """Say among whom nobody of a side is above detection."""
    if not seen[side].any():
        return ""
    if strata is not None:
        both = np.isin(strata, strata[side & known]) & np.isin(strata, strata[~side & known])
        if not (seen & side & both).any():
            return "within plates that hold both groups, "
    return "given plates and covariates, "


def _one_sided(fit: Tobit, j: int, where: str) -> str:
    if fit.coefficient[j] > 0:
        return (
            f"{where}no reference person above detection: the difference is at least "
            f"{fit.ci_low[j]:.2f}"
        )
    return f"{where}no case above detection: the difference is at most {fit.ci_high[j]:.2f}"


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
