"""How many values were extrapolated, above the range, or poorly repeated?"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.panel.panel import Panel

__all__ = ["MeasurementFlags", "measurement_flags"]

CV_LIMIT_PCT = 30.0


@dataclass(frozen=True, eq=False)
class MeasurementFlags:
    """Shares per analyte of what the file says of its own values.

    Attributes
    ----------
    above_uloq_frac : pandas.Series
        Share of measured values above the range.
    extrapolated_frac : pandas.Series or None
        Share of measured values read off outside the standards; None where the file does not
        tell.
    median_cv_pct, high_cv_frac : pandas.Series or None
        Median CV of replicate wells, and share of them above 30 %; None where the file does not
        tell. Values below detection do not count.
    """

    above_uloq_frac: pd.Series
    extrapolated_frac: pd.Series | None
    median_cv_pct: pd.Series | None
    high_cv_frac: pd.Series | None


def measurement_flags(panel: Panel) -> MeasurementFlags:
    """Count what the file flags.

    Parameters
    ----------
    panel : Panel

    Returns
    -------
    MeasurementFlags

    Examples
    --------
    >>> from dataclasses import replace
    >>> from subtyping.panel.frames import panel_from_frame
    >>> values = pd.DataFrame({"A": [1.0, 2.0]}, index=["s1", "s2"])
    >>> panel = panel_from_frame(values, values[[]])
    >>> panel = replace(panel, replicate_cv_pct=values * 20)
    >>> measurement_flags(panel).high_cv_frac.tolist()
    [0.5]
    """
    names = panel.values.columns
    measured = panel.values.notna().to_numpy() | panel.above_uloq.to_numpy(dtype=bool)
    measured |= panel.below_lod.to_numpy(dtype=bool)
    total = np.maximum(measured.sum(axis=0), 1)
    above = pd.Series(panel.above_uloq.to_numpy(dtype=bool).sum(axis=0) / total, index=names)
    extrapolated = None
    if panel.extrapolated is not None:
        flagged = panel.extrapolated.to_numpy(dtype=bool)
        extrapolated = pd.Series(flagged.sum(axis=0) / total, index=names)
    median = high = None
    if panel.replicate_cv_pct is not None:
        cv = panel.replicate_cv_pct.where(panel.detected)
        known = cv.notna().sum()
        median = cv.median()
        high = ((cv > CV_LIMIT_PCT).sum() / known.where(known > 0)).fillna(0.0)
    return MeasurementFlags(above, extrapolated, median, high)
