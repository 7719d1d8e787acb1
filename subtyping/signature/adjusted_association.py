"""One association with and without covariates: partial Spearman and standardised difference."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from subtyping.statistics.factor_levels import as_levels, as_numbers
from subtyping.statistics.group_effects import NO_EFFECT, Effect
from subtyping.statistics.partial_correlation import PartialCorrelation, partial_correlation

__all__ = ["Association", "Variables", "adjusted_difference", "association", "covariate_columns"]

Floats = NDArray[np.float64]

MOST_LEVELS = 20
MOST_MISSING = 0.5
NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Variables:
    """Values, outcome, group (1, 0, NaN) and covariates of the same people, in one order."""

    values: pd.DataFrame
    outcome: pd.Series
    group: pd.Series
    covariates: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Association:
    """One row: adjusted and crude in the same people, and how many lacked a covariate."""

    rho: PartialCorrelation
    crude_rho: PartialCorrelation
    difference: Effect
    crude_difference: Effect
    n_lacking: int
    n_case: int
    n_reference: int


def covariate_columns(covariates: pd.DataFrame) -> tuple[dict[str, Floats], list[str]]:
    """Return the columns of each covariate that can be used, and why others cannot.

    Parameters
    ----------
    covariates : pandas.DataFrame

    Returns
    -------
    columns : dict of str to ndarray of shape (n_people, n_columns)
        A number as it is; levels as 0 and 1, the first left out. NaN where unknown.
    notes : list of str

    Examples
    --------
    >>> found, notes = covariate_columns(pd.DataFrame({"sex": ["F", "M", "F"], "site": ["a"] * 3}))
    >>> found["sex"].ravel().tolist(), notes
    ([0.0, 1.0, 0.0], ['Not adjusted for site: everybody has the same value.'])
    """
    found: dict[str, Floats] = {}
    notes = []
    for name, column in covariates.items():
        numbers = as_numbers(column)
        coded = _coded(column) if numbers is None else numbers.to_numpy(dtype=float)[:, None]
        known = np.isfinite(coded).all(axis=1)
        if not known.any():
            notes.append(f"Not adjusted for {name}: nobody's value is known.")
        elif (~known).mean() > MOST_MISSING:
            notes.append(f"Not adjusted for {name}: {(~known).mean():.0%} of the people lack it.")
        elif coded.shape[1] == 0 or np.ptp(coded[known], axis=0).max() == 0:
            notes.append(f"Not adjusted for {name}: everybody has the same value.")
        elif coded.shape[1] >= MOST_LEVELS:
            notes.append(f"Not adjusted for {name}: it has {coded.shape[1] + 1} levels.")
        else:
            found[str(name)] = coded
    return found, notes


def _coded(column: pd.Series) -> Floats:
    levels = as_levels(column.reset_index(drop=True)).reindex(range(len(column)))
    names = sorted(levels.dropna().unique())
    coded = np.column_stack([np.empty((len(column), 0)), *[levels == name for name in names[1:]]])
    coded = coded.astype(float)
    if not coded.shape[1]:
        return np.where(levels.notna().to_numpy()[:, None], 0.0, NAN)
    coded[levels.isna().to_numpy()] = NAN
    return coded


def association(
    variables: Variables, value: str, covariates: Mapping[str, Floats], level: float
) -> Association:
    """Associate one value with outcome and group, given covariates and without them.

    Parameters
    ----------
    variables : Variables
    value : str
        Column of the values.
    covariates : mapping of str to ndarray of shape (n_people, n_columns)
    level : float

    Returns
    -------
    Association
    """
    x = variables.values[value].to_numpy(dtype=float)
    y = variables.outcome.to_numpy(dtype=float)
    g = variables.group.to_numpy(dtype=float)
    C = np.column_stack([np.empty((len(x), 0)), *covariates.values()])
    has = np.isfinite(C).all(axis=1)
    y_known, g_known = np.where(has, y, NAN), np.where(has, g, NAN)
    measured = np.isfinite(x) & np.isfinite(y)
    inside = np.isfinite(x) & np.isfinite(g_known)
    return Association(
        rho=partial_correlation(x, y_known, C, level=level),
        crude_rho=partial_correlation(x, y_known, level=level),
        difference=adjusted_difference(x, g_known, C, level),
        crude_difference=adjusted_difference(x, g_known, C[:, :0], level),
        n_lacking=int((measured & ~has).sum()),
        n_case=int((inside & (g_known == 1)).sum()),
        n_reference=int((inside & (g_known == 0)).sum()),
    )


def adjusted_difference(
    x: Floats, group: Floats, covariates: Floats, level: float = 0.95
) -> Effect:
    r"""Return the difference of two groups given covariates, in SD within the groups.

    :math:`d = b/s`: *b* the coefficient of group by least squares, *s* the pooled SD within the
    groups. :math:`\mathrm{var}(d) = \mathrm{SE}(b)^2/s^2 + d^2/(2 (n - 2))`.

    Parameters
    ----------
    x : ndarray of shape (n,)
    group : ndarray of shape (n,)
        1, 0, or NaN for people left out.
    covariates : ndarray of shape (n, n_columns)
    level : float, default 0.95

    Returns
    -------
    Effect
        NaN with fewer than two people on a side or where the covariates determine the group.

    Examples
    --------
    >>> x, group = np.array([3.0, 5.0, 1.0, 3.0]), np.array([1.0, 1.0, 0.0, 0.0])
    >>> round(adjusted_difference(x, group, np.empty((4, 0))).value, 3)  # 2 / sqrt(2)
    1.414
    """
    known = np.isfinite(x) & np.isfinite(group) & np.isfinite(covariates).all(axis=1)
    x, g, C = x[known], group[known], covariates[known]
    one, nil = x[g == 1], x[g == 0]
    if min(len(one), len(nil)) < 2:
        return NO_EFFECT
    s2 = (((one - one.mean()) ** 2).sum() + ((nil - nil.mean()) ** 2).sum()) / (len(x) - 2)
    basis = _basis(np.column_stack([np.ones(len(x)), C]))
    rest_g, rest_x = (v - basis @ (basis.T @ v) for v in (g, x))
    spread, freedom = float(rest_g @ rest_g), len(x) - basis.shape[1] - 1
    if s2 <= 0 or spread <= 1e-10 * len(x) or freedom < 1:
        return NO_EFFECT
    b = float(rest_g @ rest_x) / spread
    error = np.sqrt(float(((rest_x - b * rest_g) ** 2).sum()) / freedom / spread)
    d = b / np.sqrt(s2)
    reach = float(special.ndtri(0.5 + level / 2)) * np.sqrt(error**2 / s2 + d**2 / 2 / (len(x) - 2))
    p_value = float(2 * stats.t.sf(abs(b) / error, freedom)) if error > 0 else 0.0
    return Effect(float(d), float(d - reach), float(d + reach), p_value)


def _basis(design: Floats) -> Floats:
    """Orthonormal columns that span a design."""
    scale = np.linalg.norm(design, axis=0)
    u, s, _ = np.linalg.svd(design / np.where(scale > 0, scale, 1.0), full_matrices=False)
    return np.asarray(u[:, s > 1e-10 * s[0]])
