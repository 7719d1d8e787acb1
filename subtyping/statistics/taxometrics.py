"""Taxometrics as psychiatry knows them: do the curves look like classes or like a dimension?"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.exceptions import InputError
from subtyping.statistics.mixtures import fit_two_groups
from subtyping.statistics.taxometric_comparison import (
    LEAST_CLASS,
    categorical_data,
    dimensional_data,
)
from subtyping.statistics.taxometric_curves import (
    LMODE_GRID,
    cut_places,
    l_mode,
    mambac,
    maxeig,
    window_edges,
)

__all__ = ["CATEGORICAL_ABOVE", "DIMENSIONAL_BELOW", "Taxometrics", "ccfi", "taxometrics"]

CATEGORICAL_ABOVE = 0.55
DIMENSIONAL_BELOW = 0.45
LEAST_PEOPLE = 30

Procedure = tuple[int, Callable[[np.ndarray], np.ndarray]]
PROCEDURES: dict[str, Procedure] = {
    "MAMBAC": (2, mambac),
    "MAXEIG": (3, maxeig),
    "L-Mode": (3, l_mode),
}
"""Least number of members, and the curves."""


@dataclass(frozen=True, eq=False)
class Taxometrics:
    """Taxometric curves beside those of comparison data.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per procedure: ``procedure, ccfi, rmsr_dimensional, rmsr_categorical``; NaN where
        there are too few members for it.
    curves : pandas.DataFrame
        ``procedure, x, observed, dimensional, categorical``: averaged curves, with x the share of
        people below the cut (MAMBAC), the place of the window (MAXEIG) or the factor score in SD
        (L-Mode).
    mean_ccfi : float
        Mean over the procedures that apply.
    base_rate : float
        Share of people in the upper class of the categorical comparison data.
    n_comparison : int
        Comparison data sets of each kind.
    """

    table: pd.DataFrame
    curves: pd.DataFrame
    mean_ccfi: float
    base_rate: float
    n_comparison: int

    @property
    def reading(self) -> str:
        """``"categories"``, ``"dimensions"`` or ``"ambiguous"`` (mean CCFI from .45 to .55)."""
        if self.mean_ccfi > CATEGORICAL_ABOVE:
            return "categories"
        return "dimensions" if self.mean_ccfi < DIMENSIONAL_BELOW else "ambiguous"


def ccfi(
    observed: np.ndarray, dimensional: np.ndarray, categorical: np.ndarray
) -> tuple[float, float, float]:
    r"""Return the comparison curve fit index of one averaged curve.

    :math:`CCFI = RMSR_{dim} / (RMSR_{dim} + RMSR_{cat})`, each the root mean square distance of
    the curve from that of the comparison data: 0 fits the dimension, 1 the classes, .5 neither.

    Parameters
    ----------
    observed, dimensional, categorical : ndarray of shape (n_points,)

    Returns
    -------
    index, rmsr_dimensional, rmsr_categorical : float
        The index is .5 where all three curves are one.

    Examples
    --------
    Distances 3 from the dimension and 1 from the classes: 3 / (3 + 1).

    >>> import numpy as np
    >>> ccfi(np.full(4, 3.0), np.zeros(4), np.full(4, 2.0))
    (0.75, 3.0, 1.0)
    """
    to_dimension = float(np.sqrt(np.mean((observed - dimensional) ** 2)))
    to_classes = float(np.sqrt(np.mean((observed - categorical) ** 2)))
    total = to_dimension + to_classes
    return (to_dimension / total if total > 0 else 0.5), to_dimension, to_classes


def taxometrics(
    X: np.ndarray,
    generator: np.random.Generator,
    *,
    base_rate: float | None = None,
    n_comparison: int = 50,
) -> Taxometrics:
    """Compare the taxometric curves of one sample with those of classes and of a dimension.

    MAMBAC (two members or more), MAXEIG and L-Mode (three or more) are drawn for the sample and
    for simulated comparison data of its size: without classes, with the sample's margins and
    correlations (Gaussian copula with corrected correlations, after GenData), and with two
    classes, found by base rate, each with its own margins and correlations. Per procedure the
    curve is averaged over its inputs, and over the comparison data sets, and summarised by the
    CCFI (`ccfi`). Above .55 the curves suggest categories, below .45 dimensions, between them
    nothing. A test it is not: it has no error rate of its own, so it is read beside the same
    number of a continuum.

    Parameters
    ----------
    X : ndarray of shape (n, k)
        Members of one axis; at least 30 people and two members, without gaps.
    generator : numpy.random.Generator
    base_rate : float, optional
        Share of the upper class; by default that of a two-normal mixture of the mean
        standardised member.
    n_comparison : int, default 50
        Comparison data sets of each kind.

    Returns
    -------
    Taxometrics

    Raises
    ------
    InputError
        If there are too few people or members, a member is constant or has gaps, or the base rate
        leaves either class fewer than 6 people.

    Notes
    -----
    Data with classes that hardly differ, and with few or weak members, give values near .5.
    Skewed and flat dimensions score higher than normal ones (an exponential factor of five
    members averages about two thirds at 300 people): the reason to read the index beside its
    null twin.

    References
    ----------
    Ruscio J, Carney LM, Dever L, Pliskin M, Wang SB (2018). Using the comparison curve fit index
    (CCFI) in taxometric analyses: averaging curves, standard errors, and CCFI profiles.
    Psychological Assessment 30, 744-754.
    Ruscio J, Kaczetow W (2009). Differentiating categories and dimensions: evaluating the
    robustness of taxometric analyses. Multivariate Behavioral Research 44, 259-280.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> group = (np.arange(300) < 90)[:, None] * 4.0
    >>> result = taxometrics(group + rng.normal(size=(300, 4)), rng)
    >>> result.reading, list(result.table["procedure"])
    ('categories', ['MAMBAC', 'MAXEIG', 'L-Mode'])
    """
    values = _checked(X)
    rate = _base_rate(values, base_rate)
    # Members in an order of their own, so that a relabelled panel gets the same draws.
    canonical = values[:, np.lexsort((*np.sort(values, axis=0)[::-1], _skewness(values)))]
    without = dimensional_data(canonical, generator, n_comparison)
    with_classes = categorical_data(canonical, generator, n_comparison, rate)
    every = np.concatenate([canonical[None], without, with_classes])
    rows, curves = [], []
    for name, (least, procedure) in PROCEDURES.items():
        if values.shape[1] < least:
            rows.append((name, np.nan, np.nan, np.nan))
            continue
        drawn = procedure(every)
        observed = drawn[0]
        dimensional = drawn[1 : 1 + n_comparison].mean(axis=0)
        categorical = drawn[1 + n_comparison :].mean(axis=0)
        rows.append((name, *ccfi(observed, dimensional, categorical)))
        x = _places(name, len(values))
        curves.append(_curve_table(name, x, observed, dimensional, categorical))
    table = pd.DataFrame(
        rows, columns=["procedure", "ccfi", "rmsr_dimensional", "rmsr_categorical"]
    )
    return Taxometrics(
        table=table,
        curves=pd.concat(curves, ignore_index=True),
        mean_ccfi=float(table["ccfi"].mean()),
        base_rate=rate,
        n_comparison=n_comparison,
    )


def _checked(X: np.ndarray) -> np.ndarray:
    """Return X in SD units, or say what is wrong with it."""
    values = np.asarray(X, dtype=float)
    if values.ndim != 2 or values.shape[1] < 2 or len(values) < LEAST_PEOPLE:
        message = (
            f"Taxometrics need an array of at least {LEAST_PEOPLE} people x 2 members; got shape "
            f"{values.shape}."
        )
        raise InputError(message)
    if not np.isfinite(values).all():
        message = "Taxometrics need values without gaps; leave out people with missing members."
        raise InputError(message)
    sd = values.std(axis=0)
    if (sd <= 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0))).any():
        message = "Taxometrics need members that vary; leave out those that are constant."
        raise InputError(message)
    return np.asarray((values - values.mean(axis=0)) / sd)


def _base_rate(values: np.ndarray, base_rate: float | None) -> float:
    rate = fit_two_groups(values.mean(axis=1)).weight if base_rate is None else float(base_rate)
    n = len(values)
    smaller = min(round(rate * n), n - round(rate * n))
    if smaller < LEAST_CLASS:
        message = (
            f"A base rate of {rate:.3g} leaves one class {max(smaller, 0)} of {n} people; "
            f"{LEAST_CLASS} are needed to know its margins."
        )
        raise InputError(message)
    return rate


def _skewness(values: np.ndarray) -> np.ndarray:
    return np.asarray((values**3).mean(axis=0).round(9))


def _places(name: str, n: int) -> np.ndarray:
    """Where the points of a curve lie."""
    if name == "MAMBAC":
        return np.asarray(cut_places(n) / n)
    if name == "MAXEIG":
        first, last = window_edges(n)
        return np.asarray((first + last) / (2 * n))
    return LMODE_GRID


def _curve_table(
    name: str,
    x: np.ndarray,
    observed: np.ndarray,
    dimensional: np.ndarray,
    categorical: np.ndarray,
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "procedure": name,
            "x": x,
            "observed": observed,
            "dimensional": dimensional,
            "categorical": categorical,
        }
    )
