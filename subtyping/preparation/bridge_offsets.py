"""How far two runs are apart, analyte by analyte, from samples measured in both."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

__all__ = ["HeldOut", "Offsets", "bridge_offsets", "held_out_offsets", "pair_differences"]

NORMAL_MAD = 1.4826
MEDIAN_EFFICIENCY = float(np.sqrt(np.pi / 2))
LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Offsets:
    """Offset of each analyte; all arrays are of shape (n_analytes,), NaN without pairs.

    Attributes
    ----------
    n_pairs : ndarray of int
        Bridges with a usable value in both runs.
    offset, ci_low, ci_high : ndarray
        Median of the pairwise differences (new - reference) with its 95 % interval.
    mad : ndarray
        Spread of the differences: 1.4826 times their median absolute deviation.
    correlation : ndarray
        Pearson correlation of the two runs over the bridges; NaN with fewer than three pairs.
    """

    n_pairs: np.ndarray
    offset: np.ndarray
    ci_low: np.ndarray
    ci_high: np.ndarray
    mad: np.ndarray
    correlation: np.ndarray


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What is left of the offset in bridges that were not used to estimate it.

    Attributes
    ----------
    raw, residual : ndarray of shape (n_splits,)
        Median over analytes of the absolute median difference of the held-out half, before and
        after the offset of the other half is taken off.
    by_analyte : ndarray of shape (n_analytes,)
        Mean over splits of the absolute residual; NaN where a half has no pair.
    """

    raw: np.ndarray
    residual: np.ndarray
    by_analyte: np.ndarray


def pair_differences(
    reference: np.ndarray,
    new: np.ndarray,
    detected: np.ndarray | None = None,
) -> np.ndarray:
    """Return new - reference, NaN where a value is missing or not detected in both.

    Parameters
    ----------
    reference, new : array of shape (n_bridges, n_analytes)
        Values of the same bridges in both runs, on a logarithmic scale.
    detected : array of bool, optional
        Whether the pair is detected in both runs; all by default.

    Returns
    -------
    ndarray of shape (n_bridges, n_analytes)

    Examples
    --------
    >>> import numpy as np
    >>> pair_differences(np.array([[1.0, 2.0]]), np.array([[1.5, np.nan]])).tolist()
    [[0.5, nan]]
    """
    difference = np.asarray(new, dtype=float) - np.asarray(reference, dtype=float)
    usable = np.isfinite(difference)
    if detected is not None:
        usable &= np.asarray(detected, dtype=bool)
    return np.where(usable, difference, np.nan)


def bridge_offsets(
    reference: np.ndarray, new: np.ndarray, detected: np.ndarray | None = None
) -> Offsets:
    r"""Estimate each analyte's offset as the median of the pairwise differences.

    The interval is :math:`\text{median} \pm t_{n-1} \sqrt{\pi/2}\, s / \sqrt n`, with :math:`s` the
    standard deviation of the differences: it covers at least its level for normal differences,
    and more where some bridges are far off (see docs/bridging.md).

    Parameters
    ----------
    reference, new : array of shape (n_bridges, n_analytes)
        Values of the same bridges in both runs, on a logarithmic scale.
    detected : array of bool of shape (n_bridges, n_analytes), optional
        Whether the pair is detected in both runs.

    Returns
    -------
    Offsets

    Notes
    -----
    The interval is infinite with one pair. A common shift of all bridges (handling on the day of
    the new run) is part of the offset and cannot be told from it.

    Examples
    --------
    >>> import numpy as np
    >>> reference = np.array([[1.0], [2.0], [4.0]])
    >>> found = bridge_offsets(reference, reference + [[0.4], [0.5], [0.9]])
    >>> float(found.offset[0].round(9)), int(found.n_pairs[0]), float(found.mad[0].round(5))
    (0.5, 3, 0.14826)
    """
    differences = pair_differences(reference, new, detected)
    measured = np.isfinite(differences)
    n = measured.sum(axis=0)
    offset = _median(differences)
    mad = NORMAL_MAD * _median(np.abs(differences - offset))
    at_least_two = np.maximum(n, 2)
    mean = np.where(measured, differences, 0.0).sum(axis=0) / np.maximum(n, 1)
    squares = np.where(measured, (differences - mean) ** 2, 0.0).sum(axis=0)
    error = MEDIAN_EFFICIENCY * np.sqrt(squares / (at_least_two - 1) / at_least_two)
    half = np.where(n > 1, stats.t.ppf((1 + LEVEL) / 2, at_least_two - 1) * error, np.inf)
    return Offsets(
        n_pairs=n,
        offset=offset,
        ci_low=offset - half,
        ci_high=offset + half,
        mad=mad,
        correlation=_correlation(np.asarray(reference), np.asarray(new), measured),
    )


def held_out_offsets(
    differences: np.ndarray, is_counted: np.ndarray, draws: list[np.ndarray]
) -> HeldOut:
    """Take the offset from half of the bridges and look at the other half.

    Parameters
    ----------
    differences : array of shape (n_bridges, n_analytes)
        From `pair_differences`.
    is_counted : array of bool of shape (n_analytes,)
        Analytes that enter the median over analytes.
    draws : list of ndarray of shape (n_bridges,)
        A permutation for each split; its first half estimates.

    Returns
    -------
    HeldOut

    Notes
    -----
    With 2 n bridges this is the error of offsets from n bridges, judged by n others: larger than
    the error of the offset from all of them by about a factor of 2.

    Examples
    --------
    >>> import numpy as np
    >>> held = held_out_offsets(np.full((4, 3), 0.5), np.ones(3, bool), [np.arange(4)])
    >>> held.raw.tolist(), held.residual.tolist()
    ([0.5], [0.0])
    """
    orders = np.array(draws)
    half = orders.shape[1] // 2
    estimate = _median(differences[orders[:, :half]])
    truth = _median(differences[orders[:, half:]])
    residual = np.abs(truth - estimate)
    seen = np.isfinite(residual).sum(axis=0)
    total = np.where(np.isfinite(residual), residual, 0.0).sum(axis=0)
    return HeldOut(
        raw=_median(np.abs(truth[:, is_counted]).T),
        residual=_median(residual[:, is_counted].T),
        by_analyte=np.where(seen > 0, total / np.maximum(seen, 1), np.nan),
    )


def _median(values: np.ndarray) -> np.ndarray:
    """Return the median over the axis before the last, missing values left out."""
    ordered = np.sort(values, axis=-2)
    n = np.isfinite(ordered).sum(axis=-2)
    if values.shape[-2] == 0:
        return np.full(n.shape, np.nan)
    low, high = np.maximum(n - 1, 0) // 2, np.minimum(n // 2, values.shape[-2] - 1)
    lower = np.take_along_axis(ordered, low[..., None, :], axis=-2)[..., 0, :]
    upper = np.take_along_axis(ordered, high[..., None, :], axis=-2)[..., 0, :]
    return np.where(n > 0, (lower + upper) / 2, np.nan)


def _correlation(x: np.ndarray, y: np.ndarray, measured: np.ndarray) -> np.ndarray:
    """Return Pearson's correlation of each column over the measured rows."""
    n = np.maximum(measured.sum(axis=0), 1)
    parts = [np.where(measured, part, 0.0) for part in (x, y)]
    a, b = (np.where(measured, part - part.sum(axis=0) / n, 0.0) for part in parts)
    size = np.sqrt((a**2).sum(axis=0) * (b**2).sum(axis=0))
    can = (measured.sum(axis=0) > 2) & (size > 1e-12)
    return np.where(can, (a * b).sum(axis=0) / np.where(can, size, 1.0), np.nan)
