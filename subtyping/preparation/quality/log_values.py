"""One matrix on the log2 scale that every question about quality looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.panel.panel import Panel

__all__ = ["WELL_DETECTED", "LogValues", "column_quantiles", "log_values"]

Floats = NDArray[np.float64]

WELL_DETECTED = 0.75
FARTHEST = 20.0
MAD_TO_SD = 1.4826


@dataclass(frozen=True, eq=False)
class LogValues:
    """Values of a panel on the log2 scale, before any adjustment.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_analytes)
        log2 values; below detection the number of the file, else the lowest number of the
        analyte; NaN where not measured.
    detected : ndarray of bool of shape (n_samples, n_analytes)
    sample_ids, analytes : pandas.Index
    """

    values: Floats
    detected: NDArray[np.bool_]
    sample_ids: pd.Index
    analytes: pd.Index

    @cached_property
    def filled(self) -> Floats:
        """Values with the analyte's median where not measured (0 where nothing was measured)."""
        return np.where(np.isnan(self.values), self._centre, self.values)

    @cached_property
    def well_detected(self) -> NDArray[np.bool_]:
        """Analytes detected in at least three quarters of the samples and with a spread."""
        if not len(self.values):
            return np.zeros(len(self.analytes), dtype=bool)
        return (self.detected.mean(axis=0) >= WELL_DETECTED) & (self._spread > 0)

    @cached_property
    def robust_z(self) -> Floats:
        """Well detected analytes in robust SD from their median, at most 20 either way."""
        keep = self.well_detected
        z = (self.filled[:, keep] - self._centre[keep]) / self._spread[keep]
        return np.clip(z, -FARTHEST, FARTHEST)

    @cached_property
    def _centre(self) -> Floats:
        return _column_median(self.values)

    @cached_property
    def _spread(self) -> Floats:
        return MAD_TO_SD * _column_median(np.abs(self.values - self._centre))


def log_values(panel: Panel) -> LogValues:
    """Return the values of a panel on the log2 scale.

    Parameters
    ----------
    panel : Panel
        In any unit; concentrations of 0 have no logarithm and stand at the lowest number of
        their analyte where they are flagged as below detection.

    Returns
    -------
    LogValues

    Examples
    --------
    >>> from subtyping.panel.frames import panel_from_frame
    >>> values = pd.DataFrame({"IL-6": [4.0, 8.0, 0.0]}, index=["a", "b", "c"])
    >>> below = values == 0
    >>> panel = panel_from_frame(values, values[[]], unit="pg/mL", below_lod=below)
    >>> log_values(panel).values.ravel().tolist()
    [2.0, 3.0, 2.0]
    """
    raw = panel.values.to_numpy(dtype=float)
    if panel.is_log_scale:
        values = raw.copy()
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(raw > 0, np.log2(raw), np.nan)
    lowest = np.where(np.isnan(values), np.inf, values).min(axis=0, initial=np.inf)
    lowest = np.where(np.isfinite(lowest), lowest, np.nan)
    censored = panel.below_lod.to_numpy(dtype=bool) & np.isnan(values)
    values = np.where(censored, lowest, values)
    return LogValues(
        values=values,
        detected=panel.detected.to_numpy(dtype=bool),
        sample_ids=panel.sample_ids,
        analytes=panel.values.columns,
    )


def column_quantiles(values: Floats, wanted: Sequence[float]) -> Floats:
    """Return quantiles of each column over what is there (linear interpolation); NaN if nothing.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_columns)
        NaN where there is nothing.
    wanted : sequence of float
        In [0, 1].

    Returns
    -------
    ndarray of shape (n_wanted, n_columns)

    Examples
    --------
    >>> column_quantiles(np.array([[1.0, 5.0], [3.0, np.nan]]), [0.5]).tolist()
    [[2.0, 5.0]]
    """
    if not len(values):
        return np.full((len(wanted), values.shape[1]), np.nan)
    ordered = np.sort(values, axis=0)  # NaN goes last
    count = (~np.isnan(values)).sum(axis=0)
    columns = np.arange(values.shape[1])
    found = []
    for share in wanted:
        place = share * np.maximum(count - 1, 0)
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, np.maximum(count - 1, 0))
        below, above = ordered[low, columns], ordered[high, columns]
        found.append(below + (place - low) * (above - below))
    return np.stack(found)


def _column_median(values: Floats) -> Floats:
    """Return the median of each column over what is there; 0 where nothing is."""
    (median,) = column_quantiles(values, [0.5])
    return np.where(np.isnan(median), 0.0, median)
