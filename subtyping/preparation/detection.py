"""Values below detection: which analytes are measurable here, and what stands in for a value."""

import numpy as np
import pandas as pd

from subtyping.panel.panel import Panel

__all__ = ["DETECTION_POLICIES", "detection_table", "fill_log2", "learn_floor"]

DETECTION_POLICIES = ("keep", "lod_sqrt2")


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


def fill_log2(panel: Panel, floor: np.ndarray, policy: str) -> np.ndarray:
    """Return log2 values in which every value below detection has a number.

    ``keep`` takes the number the file gave, else the limit of detection, else `floor`;
    ``lod_sqrt2`` puts LOD / sqrt(2) (pg/mL) in place of every value below detection whose limit
    is known. Values that were not measured stay NaN.

    Parameters
    ----------
    panel : Panel
    floor : ndarray of shape (n_analytes,)
        See `learn_floor`.
    policy : {"keep", "lod_sqrt2"}

    Returns
    -------
    ndarray of shape (n_samples, n_analytes)
    """
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
