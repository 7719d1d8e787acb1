"""Patient by patient: which dysregulated analytes are expected back inside the healthy interval."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.signature.blockade.people import People

__all__ = ["PatientShares", "healthy_intervals", "patient_shares"]

Array = NDArray[np.float64]
PARAMETRIC_BELOW = 120
Z = 1.959963984540054


@dataclass(frozen=True, eq=False)
class PatientShares:
    """Counts of every held-out case, one column for each dose.

    Attributes
    ----------
    rows : ndarray of int of shape (n_cases,)
        Positions of the cases among the people.
    n_outside : ndarray of int of shape (n_cases,)
        Judged analytes outside the healthy interval before.
    n_back, n_pushed_out : ndarray of int of shape (n_cases, n_doses)
        Of these inside after; inside before and outside after.
    share : ndarray of shape (n_cases, n_doses)
        ``n_back / n_outside``; NaN for a person with nothing outside.
    """

    rows: NDArray[np.int_]
    n_outside: NDArray[np.int64]
    n_back: NDArray[np.int64]
    n_pushed_out: NDArray[np.int64]
    share: Array

    def mean(self, weights: Array | None = None) -> Array:
        """Return the mean share over patients, by dose; NaN where nobody has anything outside."""
        known = np.isfinite(self.share[:, 0])
        if not known.any():
            return np.full(self.share.shape[1], np.nan)
        return np.asarray(
            np.average(
                self.share[known], axis=0, weights=None if weights is None else weights[known]
            )
        )


def healthy_intervals(people: People) -> Array:
    """Return the central 95 % of the training reference people of each fold.

    Mean and 1.96 SD where they are fewer than 120, else the percentiles.

    Parameters
    ----------
    people : People

    Returns
    -------
    ndarray of shape (n_folds, 2, n_analytes)
    """
    limits = []
    for f in range(people.n_folds):
        healthy = people.x[(people.fold != f) & ~people.is_case]
        if len(healthy) < PARAMETRIC_BELOW:
            mean, sd = healthy.mean(axis=0), healthy.std(axis=0, ddof=1)
            limits.append(np.stack([mean - Z * sd, mean + Z * sd]))
        else:
            limits.append(np.quantile(healthy, [0.025, 0.975], axis=0))
    return np.stack(limits)


def patient_shares(
    people: People,
    slopes: Array,
    rows: Array,
    is_judged: NDArray[np.bool_],
    *,
    intervals: Array,
    doses: tuple[float, ...],
    mean_gap: Array | None = None,
) -> PatientShares:
    """Return what every held-out case is expected to have back inside, dose by dose.

    Counts as `signature.reversal.share_brought_back`, for all doses at once.

    Parameters
    ----------
    people : People
    slopes : ndarray of shape (n_folds, n_analytes, n_rows)
        Learnt without the fold.
    rows : ndarray of shape (n_rows, n_analytes)
    is_judged : ndarray of bool of shape (n_folds, n_analytes)
    intervals : ndarray of shape (n_folds, 2, n_analytes)
    doses : tuple of float
    mean_gap : ndarray of shape (n_folds, n_rows), optional
        Mean distance to the healthy level to be given to the held-out cases in place of their
        own; each keeps the deviation from the mean of the cases.

    Returns
    -------
    PatientShares
    """
    parts = []
    for f in range(people.n_folds):
        cases = np.flatnonzero((people.fold == f) & people.is_case)
        healthy = people.x[(people.fold != f) & ~people.is_case] @ rows.T
        gap = healthy.mean(axis=0) - people.x[cases] @ rows.T
        if mean_gap is not None:
            gap = gap - gap.mean(axis=0) + mean_gap[f]
        judged = np.flatnonzero(is_judged[f])
        before = people.x[np.ix_(cases, judged)]
        change = gap @ slopes[f][judged].T
        low, high = intervals[f][:, judged]
        was_in = (before >= low) & (before <= high)
        after = before + np.array(doses)[:, None, None] * change
        is_in = (after >= low) & (after <= high)
        n_outside = (~was_in).sum(axis=1)
        back = (is_in & ~was_in).sum(axis=2).T
        share = np.full(back.shape, np.nan)
        np.divide(back, n_outside[:, None], out=share, where=n_outside[:, None] > 0)
        parts.append((cases, n_outside, back, (was_in & ~is_in).sum(axis=2).T, share))
    order = np.argsort(np.concatenate([part[0] for part in parts]), kind="stable")
    return PatientShares(*(np.concatenate(column)[order] for column in zip(*parts, strict=True)))
