"""Corrected correlations of the case signature with those of other diseases."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping._random import stream
from subtyping.signature.likeness.group_design import GroupDesign
from subtyping.statistics.error_draws import ErrorDraws, draw_errors
from subtyping.statistics.shared_errors import SharedErrors, shared_errors
from subtyping.statistics.shared_errors_inference import (
    correlation_interval,
    correlation_p_value,
    difference_interval,
    difference_p_value,
    signal_p_value,
)

__all__ = ["CorrelationTask", "correlation_rows"]

NAN = float("nan")
NOISE = "not estimable: the signature of {} is not distinguishable from noise"
SIGNAL_LEVEL = 0.05

Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class CorrelationTask:
    """One set of analytes (or scores) to correlate signatures over.

    Attributes
    ----------
    suffix : str
        Put behind ``signature_correlation`` in the name of the measure; a whole name if it does
        not start with an underscore.
    Y : ndarray of shape (n_rows, n_analytes)
    measured : ndarray of bool of shape (n_rows, n_analytes)
    design : GroupDesign
    comparisons : tuple of str
    is_centred : bool
    n_bootstrap, n_permutation, seed : int
    """

    suffix: str
    Y: NDArray[np.float64]
    measured: NDArray[np.bool_]
    design: GroupDesign
    comparisons: tuple[str, ...]
    is_centred: bool
    n_bootstrap: int
    n_permutation: int
    seed: int

    @property
    def measure(self) -> str:
        """Name of the measure."""
        named = self.suffix and not self.suffix.startswith("_")
        return self.suffix if named else f"signature_correlation{self.suffix}"

    def fit(self) -> SharedErrors:
        """Return effects and corrected moments, the cases first."""
        contrasts = [self.design.contrast(name) for name in ("case", *self.comparisons)]
        return shared_errors(
            self.Y, self.design.matrix, contrasts, centred=self.is_centred, measured=self.measured
        )

    def draws(self, fit: SharedErrors) -> tuple[ErrorDraws, ErrorDraws]:
        """Return bootstrap draws of the errors, and draws of their signs for the nulls."""
        found = [
            draw_errors(
                fit, self.design.groups, stream(self.seed, "likeness", how), n_draws=n, how=how
            )
            for how, n in (("bootstrap", self.n_bootstrap), ("signs", self.n_permutation))
        ]
        return found[0], found[1]


def correlation_rows(task: CorrelationTask) -> list[Row]:
    """Return the rows of one task: a correlation for each comparison, then the differences.

    Parameters
    ----------
    task : CorrelationTask

    Returns
    -------
    list of dict
        ``comparison, measure, value, ci_low, ci_high, p_value, n_analytes, reason``. A signature
        whose corrected variance is not above what errors of random sign give (p < .05) has its
        reason and no number.
    """
    if not task.comparisons:
        return []
    fit = task.fit()
    bootstrap, permutation = task.draws(fit)
    n = fit.effects.shape[1]
    heard = [
        bool(fit.corrected[k, k] > 0 and signal_p_value(fit, permutation, k) <= SIGNAL_LEVEL)
        for k in range(len(task.comparisons) + 1)
    ]
    rows = []
    for k, name in enumerate(task.comparisons, start=1):
        reason = _reason(heard, [0, k], task.comparisons)
        numbers = (NAN, NAN, NAN, NAN)
        if not reason:
            low, high = correlation_interval(fit, bootstrap, 0, k)
            p_value = correlation_p_value(fit, permutation, 0, k)
            numbers = (fit.correlation(0, k), low, high, p_value)
        rows.append(row(name, task.measure, numbers, n, reason))
    return rows + _difference_rows(task, fit, bootstrap, heard)


def _difference_rows(
    task: CorrelationTask, fit: SharedErrors, bootstrap: ErrorDraws, heard: Sequence[bool]
) -> list[Row]:
    """Return the first comparison less each other one."""
    rows = []
    for k, name in enumerate(task.comparisons[1:], start=2):
        reason = _reason(heard, [0, 1, k], task.comparisons)
        numbers = (NAN, NAN, NAN, NAN)
        if not reason:
            places = {"case": 0, "first": 1, "second": k}
            low, high = difference_interval(fit, bootstrap, **places)
            p_value = difference_p_value(fit, bootstrap, **places)
            numbers = (fit.correlation(0, 1) - fit.correlation(0, k), low, high, p_value)
        label = f"{task.comparisons[0]} - {name}"
        rows.append(row(label, f"{task.measure}_difference", numbers, fit.effects.shape[1], reason))
    return rows


def _reason(heard: Sequence[bool], places: Sequence[int], comparisons: Sequence[str]) -> str:
    names = ["the cases", *comparisons]
    mute = [names[k] for k in places if not heard[k]]
    return NOISE.format(" and of ".join(mute)) if mute else ""


def row(
    comparison: str,
    measure: str,
    numbers: tuple[float, float, float, float],
    n_analytes: int,
    reason: str = "",
) -> Row:
    """Return one row of the table: value, ci_low, ci_high and p_value from `numbers`."""
    value, low, high, p_value = (float(number) for number in numbers)
    return {
        "comparison": comparison,
        "measure": measure,
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "p_value": p_value,
        "n_analytes": n_analytes,
        "reason": reason,
    }
