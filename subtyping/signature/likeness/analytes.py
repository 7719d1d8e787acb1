"""Which analytes a likeness rests on, and their values with gaps filled."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.signature.likeness.group_design import GroupDesign

__all__ = ["LikenessValues", "likeness_values"]

_MOST_MISSING = 0.2
_LEAST_ANALYTES = 3


@dataclass(frozen=True, eq=False)
class LikenessValues:
    """Values of the analytes that are compared.

    Attributes
    ----------
    Y : ndarray of shape (n_rows, n_analytes)
        log2 values of the rows of the design; gaps hold the fitted value.
    measured : ndarray of bool of shape (n_rows, n_analytes)
        Which of them were measured.
    analytes : tuple of str
    below_detection, missing, constant : tuple of str
        Analytes left out, by reason.
    """

    Y: NDArray[np.float64]
    measured: NDArray[np.bool_]
    analytes: tuple[str, ...]
    below_detection: tuple[str, ...]
    missing: tuple[str, ...]
    constant: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """How many analytes were left out, and why."""
        reasons = (
            (self.below_detection, "mostly below detection"),
            (self.missing, f"missing in more than {_MOST_MISSING:.0%} of the people"),
            (self.constant, "without any variation within groups"),
        )
        return tuple(
            f"{count_of(len(names), 'analyte')} {why} left out of the correlations."
            for names, why in reasons
            if names
        )


def likeness_values(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    design: GroupDesign,
    *,
    min_detected_frac: float = 0.5,
) -> LikenessValues:
    """Choose the analytes that can be compared and fill the gaps that remain.

    An analyte must be detected in at least `min_detected_frac` of the people of the model who
    were measured, and measured in four fifths of them. A gap is filled by the fitted value of the
    people who have it.

    Parameters
    ----------
    log2, detected : pandas.DataFrame of shape (n_samples, n_analytes)
    design : GroupDesign
    min_detected_frac : float, default 0.5

    Returns
    -------
    LikenessValues

    Raises
    ------
    InputError
        If fewer than three analytes are left.

    Examples
    --------
    >>> from subtyping.signature.likeness import group_design
    >>> samples = pd.DataFrame({"group": ["HC", "MDD"] * 5})
    >>> design = group_design(samples, {"MDD": ["MDD"]}, ["HC"], covariates=[])
    >>> log2 = pd.DataFrame(np.random.default_rng(0).normal(size=(10, 4)), columns=list("ABCD"))
    >>> seen = log2.notna().assign(D=False)
    >>> likeness_values(log2, seen, design).notes
    ('1 analyte mostly below detection left out of the correlations.',)
    """
    Y = log2.to_numpy(dtype=float)[design.rows]
    known = np.isfinite(Y)
    seen = detected.to_numpy(dtype=bool)[design.rows] & known
    n_known = known.sum(axis=0)
    share = np.divide(seen.sum(axis=0), n_known, out=np.zeros(len(n_known)), where=n_known > 0)
    is_missing = n_known < (1 - _MOST_MISSING) * len(Y)
    is_low = ~is_missing & (share < min_detected_frac)
    filled = _filled(Y, design.matrix, np.flatnonzero(~is_missing & ~known.all(axis=0)))
    whole = np.where(np.isfinite(filled), filled, 0.0)
    rest = whole - design.matrix @ np.linalg.lstsq(design.matrix, whole, rcond=None)[0]
    is_flat = np.sqrt((rest**2).mean(axis=0)) <= 1e-8 * np.maximum(1.0, np.abs(whole).max(axis=0))
    is_constant = is_flat & ~is_missing & ~is_low
    names = log2.columns.astype(str)
    kept = ~(is_missing | is_low | is_constant)
    if kept.sum() < _LEAST_ANALYTES:
        message = (
            f"A likeness needs at least {_LEAST_ANALYTES} analytes that most people have above "
            f"detection; {int(kept.sum())} of {len(kept)} are. Use a panel that detects more."
        )
        raise InputError(message)
    chosen = (tuple(names[mask]) for mask in (kept, is_low, is_missing, is_constant))
    return LikenessValues(filled[:, kept], known[:, kept], *chosen)


def _filled(
    Y: NDArray[np.float64], X: NDArray[np.float64], holed: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the values with each gap at the fitted value of the people who have it."""
    result = Y.copy()
    for j in holed:
        gap = ~np.isfinite(Y[:, j])
        beta = np.linalg.lstsq(X[~gap], Y[~gap, j], rcond=None)[0]
        result[gap, j] = X[gap] @ beta
    return result
