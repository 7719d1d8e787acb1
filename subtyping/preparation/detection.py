"""Values below detection: which analytes are measurable here, and what stands in for a value."""

import numpy as np
import pandas as pd

from subtyping.panel.panel import Panel
from subtyping.statistics.ros import regression_on_order_statistics
from subtyping.statistics.truncated_normal import fit_censored_normal, mean_below

__all__ = [
    "DETECTION_POLICIES",
    "detection_table",
    "fill_log2",
    "learn_floor",
    "learn_tails",
    "limits_log2",
]

DETECTION_POLICIES = ("keep", "lod_sqrt2", "ros", "truncated")
FITTED_POLICIES = ("ros", "truncated")
FEWEST_DETECTED = 10
"""Below this a fitted tail is extrapolation; the value is kept as given."""


def detection_table(
    panel: Panel, is_case: np.ndarray, is_reference: np.ndarray, min_detected_frac: float
) -> pd.DataFrame:
    """Tell which analytes are detected often enough to be used.

    An analyte is kept if it is detected in at least `min_detected_frac` of the cases or of the
    reference people: an analyte that only patients have is a finding, not a nuisance. One that was
    not measured at all in one of the two groups says nothing about their difference and is left
    out.

    Parameters
    ----------
    panel : Panel
    is_case, is_reference : array of bool of shape (n_samples,)
    min_detected_frac : float

    Returns
    -------
    pandas.DataFrame
        ``analyte, detected_case_frac, detected_reference_frac, is_kept, reason``.
    """
    case, reference = panel.detected_frac(is_case), panel.detected_frac(is_reference)
    enough = (case >= min_detected_frac) | (reference >= min_detected_frac)
    values = panel.values.to_numpy(dtype=float)
    spread = _differs(values[is_case | is_reference])
    measured = np.isfinite(values) | panel.below_lod.to_numpy() | panel.above_uloq.to_numpy()
    in_case, in_reference = measured[is_case].any(axis=0), measured[is_reference].any(axis=0)
    few = f"detected in fewer than {min_detected_frac:.0%} of cases and of reference people"
    reason = np.select(
        [~in_reference & in_case, ~in_case & in_reference, ~enough, ~spread],
        ["not measured in any reference person", "not measured in any case", few, "constant"],
        "",
    )
    return pd.DataFrame(
        {
            "analyte": panel.values.columns.astype(str),
            "detected_case_frac": case.to_numpy(),
            "detected_reference_frac": reference.to_numpy(),
            "is_kept": reason == "",
            "reason": reason,
        }
    )


def _differs(values: np.ndarray) -> np.ndarray:
    """Mask the columns in which two people differ."""
    known = np.isfinite(values)
    highest = np.where(known, values, -np.inf).max(axis=0)
    return highest > np.where(known, values, np.inf).min(axis=0)


def learn_floor(panel: Panel) -> np.ndarray:
    """Return each analyte's stand-in below detection where neither a number nor an LOD is known.

    The lowest detected value of the derivation people, in the panel's unit; NaN where nothing
    was detected.
    """
    values = panel.values.to_numpy(dtype=float)
    detected = ~panel.below_lod.to_numpy() & np.isfinite(values)
    lowest = np.where(detected, values, np.inf).min(axis=0)
    return np.where(np.isfinite(lowest), lowest, np.nan)


def limits_log2(panel: Panel, floor: np.ndarray) -> np.ndarray:
    """Return the log2 limit below which an undetected value lies.

    The limit of detection of that sample; where it is unknown `floor`, or the number that the
    file gave for a value below detection if that is higher. NaN where neither is known.

    Parameters
    ----------
    panel : Panel
    floor : ndarray of shape (n_analytes,)
        See `learn_floor`.

    Returns
    -------
    ndarray of shape (n_samples, n_analytes)
    """
    lod = panel.lod.to_numpy(dtype=float)
    given = np.where(panel.below_lod.to_numpy(), panel.values.to_numpy(dtype=float), np.nan)
    limit = np.where(np.isfinite(lod), lod, np.fmax(floor, given))
    if panel.is_log_scale:
        return limit
    return np.log2(np.where(limit > 0, limit, np.where(floor > 0, floor, np.nan)))


def learn_tails(panel: Panel, floor: np.ndarray, policy: str) -> np.ndarray | None:
    """Fit the normal that values below detection are taken from, analyte by analyte.

    Parameters
    ----------
    panel : Panel
        Derivation people, all groups together.
    floor : ndarray of shape (n_analytes,)
        See `learn_floor`.
    policy : str
        ``ros`` fits a line through the detected values, ``truncated`` a censored likelihood.

    Returns
    -------
    ndarray of shape (2, n_analytes) or None
        Mean and SD (log2); NaN with fewer than ten detected values. None for other policies.

    Notes
    -----
    *Why one fit for all groups.* Whoever is assigned later has no group, and must get the digits
    he would have had in the batch. The price: people below detection look alike in both groups,
    so a difference between groups is pulled towards zero (docs/detection.md says by how much).
    Contrasts between groups therefore do not rest on these numbers: analytes that are mostly
    below detection are compared by censored regression, and the others may be multiply imputed
    given the group (`differential_abundance`).
    """
    if policy not in FITTED_POLICIES:
        return None
    log2 = fill_log2(panel, floor, "keep")
    below = panel.below_lod.to_numpy()
    Y = np.where(below, limits_log2(panel, floor), log2)
    Y = np.where(panel.above_uloq.to_numpy(), np.nan, Y)
    if policy == "ros":
        line = regression_on_order_statistics(Y, below)
        tails = np.array([line.mean, line.sd])
    else:
        fit = fit_censored_normal(Y, below)
        tails = np.array([fit.mean, fit.sd])
    few = (np.isfinite(Y) & ~below).sum(axis=0) < FEWEST_DETECTED
    return np.where(few, np.nan, tails)


def fill_log2(
    panel: Panel, floor: np.ndarray, policy: str, tails: np.ndarray | None = None
) -> np.ndarray:
    r"""Return log2 values in which every value below detection has a number.

    ``keep`` takes the number the file gave, else the limit of detection, else `floor`;
    ``lod_sqrt2`` puts LOD / sqrt(2) (pg/mL) in place of every value below detection whose limit
    is known; ``ros`` and ``truncated`` put :math:`E[x \mid x < c]` of the fitted normal, *c* being
    the limit of that sample, and do as ``keep`` where there is no fit. Values that were not
    measured stay NaN.

    Parameters
    ----------
    panel : Panel
    floor : ndarray of shape (n_analytes,)
        See `learn_floor`.
    policy : {"keep", "lod_sqrt2", "ros", "truncated"}
    tails : ndarray of shape (2, n_analytes), optional
        See `learn_tails`.

    Returns
    -------
    ndarray of shape (n_samples, n_analytes)
    """
    log2 = _kept_or_reduced(panel, floor, policy)
    if tails is None:
        return log2
    expected = mean_below(limits_log2(panel, floor), tails[0], tails[1])
    return np.where(panel.below_lod.to_numpy() & np.isfinite(expected), expected, log2)


def _kept_or_reduced(panel: Panel, floor: np.ndarray, policy: str) -> np.ndarray:
    """Fill by ``keep``, or by ``lod_sqrt2``."""
    values = panel.values.to_numpy(dtype=float, copy=True)
    below = panel.below_lod.to_numpy()
    lod = panel.lod.to_numpy(dtype=float)
    known_lod = np.isfinite(lod)
    if policy == "lod_sqrt2":
        reduced = lod / np.sqrt(2.0) if not panel.is_log_scale else lod - 0.5
        values = np.where(below & known_lod, reduced, values)
    stand_in = np.where(known_lod, lod, floor)
    values = np.where(below & ~np.isfinite(values), stand_in, values)
    if panel.is_log_scale:
        return values
    smallest = np.where(np.isfinite(floor) & (floor > 0), floor, np.nan)
    positive = np.where(values > 0, values, np.where(np.isfinite(values), smallest, np.nan))
    return np.log2(positive)
