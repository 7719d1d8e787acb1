"""Whether a study would call its cases skewed on an axis, by several scores."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["CALL_BELOW", "axis_calls", "case_difference"]

Floats = NDArray[np.float64]
CALL_BELOW = 0.05


def case_difference(
    score: Floats, is_case: NDArray[np.bool_], given: Floats | None = None
) -> tuple[float, float]:
    """Return the difference of cases from reference people in a score, and its p-value.

    Least squares on case status, and on one covariate if it is given; two-sided t test.

    Parameters
    ----------
    score : ndarray of shape (n_people,)
        Adjusted for age, sex, BMI and plate beforehand.
    is_case : ndarray of bool of shape (n_people,)
    given : ndarray of shape (n_people,), optional
        A covariate, such as the handling score.

    Returns
    -------
    difference, p_value : float
        NaN where the score is not known of everybody.

    Examples
    --------
    >>> score = np.array([0.0, 1.0, 2.0, 2.0, 3.0, 4.0])
    >>> difference, p = case_difference(score, np.arange(6) > 2)
    >>> difference, round(p, 3)     # t = 2 / sqrt(1 * (1/3 + 1/3)) = 2.449 with 4 df
    (2.0, 0.07)
    """
    columns = [np.ones(len(score)), is_case.astype(float), *([] if given is None else [given])]
    X = np.column_stack(columns)
    if not (np.isfinite(score).all() and np.isfinite(X).all()):
        return float("nan"), float("nan")
    beta = np.linalg.solve(X.T @ X, X.T @ score)
    freedom = len(score) - X.shape[1]
    variance = ((score - X @ beta) ** 2).sum() / freedom * np.linalg.inv(X.T @ X)[1, 1]
    t = beta[1] / np.sqrt(variance)
    return round(float(beta[1]), 12), float(2 * stats.t.sf(abs(t), freedom))


def axis_calls(
    scores: Mapping[str, Floats], is_case: NDArray[np.bool_], handling: Floats
) -> dict[str, float | bool]:
    """Return, score by score, the difference, its p-value and whether the axis is called.

    The axis is called where the cases are higher at p < .05. A score named
    ``..._given_handling`` is compared with the handling score as a covariate.

    Parameters
    ----------
    scores : mapping of str to ndarray of shape (n_people,)
    is_case : ndarray of bool of shape (n_people,)
    handling : ndarray of shape (n_people,)
        Handling score; NaN where too few markers were measured.

    Returns
    -------
    dict
        ``<score>_difference, <score>_p_value, is_called_by_<score>``.

    Examples
    --------
    >>> score = {"zscore": np.array([0.0, 1.0, 2.0, 5.0, 6.0, 7.0])}
    >>> axis_calls(score, np.arange(6) > 2, np.zeros(6))["is_called_by_zscore"]
    True
    """
    found: dict[str, float | bool] = {}
    for name, score in scores.items():
        given = handling if name.endswith("_given_handling") else None
        difference, p = case_difference(score, is_case, given)
        found[f"{name}_difference"] = difference
        found[f"{name}_p_value"] = p
        found[f"is_called_by_{name}"] = bool(p < CALL_BELOW and difference > 0)
    return found
