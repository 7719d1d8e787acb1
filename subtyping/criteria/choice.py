"""A rule on columns of a candidate matrix, and who meets it (pure arrays)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Choice", "flag", "round_threshold"]

_DIGITS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choice:
    """A rule on columns of a candidate matrix.

    Attributes
    ----------
    columns : tuple of int
        Which markers.
    operators : tuple of {">=", "<="}
        Direction of each clause.
    thresholds : tuple of float
        One for each clause; NaN before the cuts are chosen.
    joiner : {"and", "or"}
        How two clauses are joined.
    youden : float
        Apparent sensitivity + specificity - 1 on the weights that chose the rule; with another
        aim, what that makes largest.
    """

    columns: tuple[int, ...]
    operators: tuple[str, ...]
    thresholds: tuple[float, ...]
    joiner: str = "and"
    youden: float = float("nan")


def round_threshold(value: float) -> float:
    """Return a threshold with four significant digits, as a protocol would write it.

    Examples
    --------
    >>> round_threshold(10.21348), round_threshold(1234.5678), round_threshold(-0.0312345)
    (10.21, 1235.0, -0.03123)
    """
    return float(f"{value:.{_DIGITS}g}")


def flag(values: Floats, choice: Choice) -> Floats:
    """Return who meets the rule.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
        Candidate markers.
    choice : Choice
        The rule.

    Returns
    -------
    ndarray of shape (n,)
        1, 0, or NaN where what is missing could decide.
    """
    met = []
    for column, operator, threshold in zip(
        choice.columns, choice.operators, choice.thresholds, strict=True
    ):
        x = values[:, column]
        one = (x >= threshold) if operator == ">=" else (x <= threshold)
        met.append(np.where(np.isnan(x), np.nan, one.astype(float)))
    every = np.column_stack(met)
    settled = 0.0 if choice.joiner == "and" else 1.0
    joined = np.where(np.isnan(every).any(axis=1), np.nan, 1 - settled)
    return np.where((every == settled).any(axis=1), settled, joined)
