"""What chance undoes: relabelled drugs, matched target sets, signatures and drugs of noise."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["analyte_strata", "chance_directions", "matched_relabellings", "relabellings"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_STRATUM = 5
JITTER = 0.05


def analyte_strata(
    abundance: Floats, detected_frac: Floats, panels: Sequence[str] | None = None
) -> Ints:
    """Return the class of each analyte: panel, third of abundance, detected in 90 % or not.

    A class with fewer than five analytes is joined to the others of its panel, and a panel with
    fewer than five to the rest.

    Parameters
    ----------
    abundance : ndarray of shape (n_analytes,)
        Mean log2 level in the reference people.
    detected_frac : ndarray of shape (n_analytes,)
    panels : sequence of str, optional
        One panel by default.

    Returns
    -------
    ndarray of int of shape (n_analytes,)

    Examples
    --------
    >>> analyte_strata(np.arange(30.0), np.ones(30)).tolist()[::5]
    [0, 0, 1, 1, 2, 2]
    """
    names = pd.Series(["panel"] * len(abundance) if panels is None else list(panels)).astype(str)
    third = pd.Series(abundance).groupby(names).rank(pct=True, method="first")
    third = np.ceil(third * 3).clip(1, 3)
    whole = names + "|" + third.astype(str) + "|" + pd.Series(detected_frac >= 0.9).astype(str)
    joined = whole.where(whole.map(whole.value_counts()) >= LEAST_STRATUM, names)
    final = joined.where(joined.map(joined.value_counts()) >= LEAST_STRATUM, "rest")
    return np.asarray(pd.factorize(final)[0], dtype=np.int64)


def relabellings(strata: Ints, draws: int, generator: np.random.Generator) -> Ints:
    """Return permutations of the analytes within their strata.

    Parameters
    ----------
    strata : ndarray of int of shape (n_analytes,)
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of int of shape (draws, n_analytes)
        ``effect[row]`` is the effect of a drug with its labels exchanged.

    Examples
    --------
    >>> rows = relabellings(np.array([0, 0, 1, 1]), 3, np.random.default_rng(0))
    >>> np.sort(rows[:, :2], axis=1).tolist()
    [[0, 1], [0, 1], [0, 1]]
    """
    rows = np.empty((draws, len(strata)), dtype=np.int64)
    order = np.argsort(strata, kind="stable")
    for k in range(draws):
        shuffled = np.lexsort((generator.random(len(strata)), strata))
        rows[k, order] = shuffled
    return rows


def matched_relabellings(
    residuals: Floats, spread: Floats, targets: Ints, draws: int, generator: np.random.Generator
) -> Ints:
    r"""Return permutations that carry a target set, as a neighbourhood, to elsewhere on the panel.

    One target is the anchor *a*; a new anchor *a'* is drawn among the quarter of analytes nearest
    to it in spread and connectivity (mean :math:`|r|` with the rest of the panel). The analyte
    that is *k*-th in correlation with *a* is exchanged for the one that is *k*-th in correlation
    with *a'*, so a set of correlated targets stays about as correlated: a chance set of equal
    size, spread, connectivity and cohesion. Correlations get a jitter of .05 so that one anchor
    gives many sets.

    Parameters
    ----------
    residuals : ndarray of shape (n_samples, n_analytes)
        Values within groups, in unit variance.
    spread : ndarray of shape (n_analytes,)
        SD in the reference people.
    targets : ndarray of int
        Positions of the analytes the drug is known to move.
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of int of shape (draws, n_analytes)

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows = matched_relabellings(rng.normal(size=(30, 8)), np.ones(8), np.array([1]), 2, rng)
    >>> np.sort(rows, axis=1).tolist()[0]
    [0, 1, 2, 3, 4, 5, 6, 7]
    """
    r = np.atleast_2d(np.asarray(np.corrcoef(residuals, rowvar=False)))
    p = len(r)
    connected = (np.abs(r).sum(axis=0) - 1) / max(p - 1, 1)
    place = np.column_stack([pd.Series(x).rank(pct=True) for x in (connected, np.log(spread))])
    rows = np.empty((draws, p), dtype=np.int64)
    for k in range(draws):
        anchor = int(generator.choice(targets))
        distance = np.abs(place - place[anchor]).sum(axis=1)
        distance[anchor] = np.inf
        other = int(generator.choice(np.argsort(distance, kind="stable")[: max(3, p // 4)]))
        new = r[other] + JITTER * generator.standard_normal(p)
        new[other] = np.inf
        old = r[anchor].copy()
        old[anchor] = np.inf
        rows[k, np.argsort(-new, kind="stable")] = np.argsort(-old, kind="stable")
    return rows


def chance_directions(residuals: Floats, draws: int, generator: np.random.Generator) -> Floats:
    """Return t statistics of contrasts between groups of people that do not differ.

    Normal with the panel's own correlation: everything inflammatory rises together, so directions
    of noise resemble each other far more than they would in independent analytes.

    Parameters
    ----------
    residuals : ndarray of shape (n_samples, n_analytes)
        Values within groups, in unit variance.
    draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray of shape (draws, n_analytes)

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(50, 1))
    >>> t = chance_directions(np.hstack([x, x]) / x.std(), 4, rng)
    >>> np.array_equal(t[:, 0], t[:, 1])
    True
    """
    n = len(residuals)
    return np.asarray(generator.standard_normal((draws, n)) @ residuals / np.sqrt(n))
