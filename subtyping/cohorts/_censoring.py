"""A plausible number for every value below detection, so that margins can be fitted."""

import numpy as np
from scipy import stats

FEWEST_DETECTED = 5


def _usual_spread(values: np.ndarray, below: np.ndarray) -> float:
    """Return the median SD of the columns with enough detected values, or 1."""
    detected = np.isfinite(values) & ~below
    columns = detected.sum(axis=0) >= FEWEST_DETECTED
    if not columns.any():
        return 1.0
    spread = np.nanstd(np.where(detected, values, np.nan)[:, columns], axis=0)
    return float(np.median(spread)) or 1.0


def fill_below(values: np.ndarray, below: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """Return values (n, p) in which what is below detection lies in the lower normal tail.

    Regression on order statistics: the detected values of a column are regressed on their normal
    scores and the line is followed downwards, in random order. Columns with fewer than five
    detected values get a tail with the median SD of the other columns. Distinct numbers that
    the file gave for values below detection are kept as they are.
    """
    filled = values.copy()
    spread = _usual_spread(values, below)
    for j in np.flatnonzero(below.any(axis=0)):
        flagged = below[:, j]
        numbers = values[flagged, j]
        if np.isfinite(numbers).all() and len(np.unique(numbers)) > max(2, len(numbers) // 2):
            continue
        measured = np.isfinite(values[:, j]) & ~flagged
        n, n_below = int(measured.sum() + flagged.sum()), int(flagged.sum())
        scores = stats.norm.ppf((np.arange(n) + 0.5) / n)
        top = np.sort(values[measured, j])
        slope = spread
        stated = numbers[np.isfinite(numbers)]
        start = float(top[0] if len(top) else np.max(stated, initial=-np.inf))
        start = start if np.isfinite(start) else 0.0
        if len(top) >= FEWEST_DETECTED:
            slope, _ = np.polyfit(scores[n_below:], top, 1)
        tail = start - slope * (scores[min(n_below, n - 1)] - scores[:n_below])
        filled[flagged, j] = generator.permutation(tail)
    return filled
