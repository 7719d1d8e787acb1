"""Numbers as the assay of a given panel would report them."""

from dataclasses import replace

import numpy as np
import pandas as pd

from subtyping.panel import Panel


def limits_of(panel: Panel) -> np.ndarray:
    """Return a limit of detection for every cell; minus infinity where nothing tells it."""
    old, flags = panel.values.to_numpy(dtype=float), panel.below_lod.to_numpy(dtype=bool)
    lod = panel.lod.to_numpy(dtype=float)
    known = np.where(flags & np.isfinite(old), old, -np.inf).max(axis=0)
    stated = np.isfinite(lod).any(axis=0)
    known[stated] = np.nanmedian(lod[:, stated], axis=0)
    return np.where(np.isfinite(lod), lod, known)


def _how_below_is_written(panel: Panel) -> str:
    """Return whether this file gives a gap, the limit or a number below detection."""
    flags = panel.below_lod.to_numpy(dtype=bool)
    old, lod = panel.values.to_numpy(dtype=float)[flags], panel.lod.to_numpy(dtype=float)[flags]
    if len(old) and np.isnan(old).mean() > 0.5:
        return "gap"
    return "limit" if len(old) and np.isclose(old, lod).mean() > 0.5 else "number"


def as_reported(panel: Panel, log2: np.ndarray, k: int) -> Panel:
    """Return the numbers as this panel's assay would report them."""
    values = log2 if panel.is_log_scale else np.exp2(log2)
    old, flags = panel.values.to_numpy(dtype=float), panel.below_lod.to_numpy(dtype=bool)
    high = panel.above_uloq.to_numpy(dtype=bool)
    is_missing = ~np.isfinite(old) & ~flags & ~high
    limits, manner = limits_of(panel), _how_below_is_written(panel)
    below = (values < limits) & ~is_missing
    if manner != "number":
        values = np.where(below, limits if manner == "limit" else np.nan, values)
    ceiling = np.where(high & np.isfinite(old), old, np.inf).min(axis=0)
    above = (values >= ceiling) & ~is_missing
    values = np.where(is_missing, np.nan, np.where(above, ceiling, values))
    lod = np.where(panel.lod.notna() | (below & np.isfinite(limits)), limits, np.nan)
    frames = {"values": values, "below_lod": below, "above_uloq": above, "lod": lod}
    tables = {
        name: pd.DataFrame(array, panel.values.index, panel.values.columns)
        for name, array in frames.items()
    }
    note = f"Values are draw {k} of a continuum fitted to {panel.reading.source}."
    reading = replace(panel.reading, notes=(*panel.reading.notes, note))
    return replace(panel, reading=reading, **tables)
