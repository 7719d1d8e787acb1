"""What a cluster analysis of the cases could be done on: six matrices of the same people."""

from collections.abc import Sequence

import numpy as np

from subtyping._validation import one_of
from subtyping.discovery.labelling import FittedLabelling

__all__ = ["FEATURES", "PANEL_FEATURES", "feature_matrix", "feature_sizes"]

FEATURES = {
    "skew": "the declared axis given the general level",
    "score": "the declared axis as it is",
    "members": "the members of the declared axis",
    "all_skews": "every axis given the general level",
    "panel": "the whole panel",
    "panel_given_level": "the whole panel given the general level",
}
PANEL_FEATURES = ("panel", "panel_given_level")


def feature_sizes(fitted: FittedLabelling) -> dict[str, int]:
    """Return how many columns each choice of features has; 0 where it cannot be had.

    Parameters
    ----------
    fitted : FittedLabelling
        Fitted with ``every_axis=True``.

    Returns
    -------
    dict of str to int
        In the order of `FEATURES`.
    """
    has_level = fitted.scores.is_skew_available
    n_panel = fitted.prepared.z.shape[1] if fitted.prepared.z.shape[1] > 1 else 0
    n_skews = len(_skew_columns(fitted))
    return {
        "skew": int(has_level),
        "score": 1,
        "members": len(fitted.members) if len(fitted.members) > 1 else 0,
        "all_skews": n_skews if n_skews > 1 else 0,
        "panel": n_panel,
        "panel_given_level": n_panel if has_level else 0,
    }


def feature_matrix(fitted: FittedLabelling, features: str) -> np.ndarray:
    r"""Return the cases as rows and the chosen features as columns.

    The panel given the level is :math:`z_j - b_j L` with the slope :math:`b_j` of each analyte on
    the level of the declared axis among the reference people.

    Parameters
    ----------
    fitted : FittedLabelling
        Fitted with ``every_axis=True``.
    features : str
        One of `FEATURES`, of a size above 0 (`feature_sizes`).

    Returns
    -------
    ndarray of shape (n_case, n_columns)

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.discovery.labelling import LabellingProcedure
    >>> panel = simulate_cohort("null", seed=3, n_case=60, n_reference=40).panel
    >>> procedure = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    >>> fitted = procedure.fit(panel, every_axis=True)
    >>> feature_matrix(fitted, "skew").shape, feature_matrix(fitted, "members").shape
    ((60, 1), (60, 5))
    """
    one_of(features, tuple(FEATURES), "specifications.features")
    scores, z, cases = fitted.scores, fitted.prepared.z, fitted.is_case
    if features == "skew":
        return _cases(scores.table, [f"{scores.axis}_skew"], cases)
    if features == "score":
        return _cases(scores.table, [f"{scores.axis}_score"], cases)
    if features == "members":
        return _cases(z, fitted.members, cases)
    if features == "all_skews":
        return _cases(scores.table, _skew_columns(fitted), cases)
    matrix = z.to_numpy(dtype=float)
    if features == "panel_given_level":
        level = scores.table["level"].to_numpy(dtype=float)
        healthy = level[fitted.is_reference]
        centred = healthy - healthy.mean()
        slopes = centred @ matrix[fitted.is_reference] / float(centred @ centred)
        matrix = matrix - level[:, None] * slopes
    return np.ascontiguousarray(matrix[cases])


def _cases(table: "object", columns: Sequence[str], cases: np.ndarray) -> np.ndarray:
    """Rows of the cases of some columns."""
    values = table[list(columns)].to_numpy(dtype=float)  # type: ignore[index]
    return np.ascontiguousarray(values[cases])


def _skew_columns(fitted: FittedLabelling) -> list[str]:
    """Names of the skews that every case has."""
    table = fitted.scores.table
    names = [name for name in table.columns if str(name).endswith("_skew")]
    return [name for name in names if table.loc[fitted.is_case, name].notna().all()]
