"""Cuts that are tried on every marker, and the people who pass them (pure arrays)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.criteria.choice import round_threshold

__all__ = ["ROUNDED", "CutGrid", "cut_grid"]

ROUNDED = 9
"""Decimals at which sums of weights are told apart, so that ties stay ties."""

_GRID = 24

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CutGrid:
    """Up to 24 cuts of each marker, at equal steps of the weight.

    Attributes
    ----------
    cuts : ndarray of shape (n_cuts,)
        In the unit of their marker, four significant digits.
    owner : ndarray of int of shape (n_cuts,)
        Place of the marker of each cut among the columns tried.
    passes : ndarray of shape (n, n_cuts)
        1 where a person meets the clause, else 0.
    measured : ndarray of shape (n, n_columns)
        1 where a person has the marker, else 0.
    """

    cuts: Floats
    owner: NDArray[np.int64]
    passes: Floats
    measured: Floats

    def pair_weights(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the weight that passes both, either, and is measured on both, for every pair.

        Parameters
        ----------
        weights : ndarray of shape (n,)

        Returns
        -------
        both, either, measured : ndarray of shape (n_cuts, n_cuts)
        """
        weighted = self.passes * weights[:, None]
        both = weighted.T @ self.passes
        total = (self.measured * weights[:, None]).T @ self.measured
        alone = (weighted.T @ self.measured)[:, self.owner]
        return both, alone + alone.T - both, total[np.ix_(self.owner, self.owner)]


def cut_grid(values: Floats, weights: Floats, columns: list[int], operators: list[str]) -> CutGrid:
    """Return the cuts of some markers and who passes each.

    Parameters
    ----------
    values : ndarray of shape (n, n_markers)
    weights : ndarray of shape (n,)
        People without weight place no cut.
    columns : list of int
        Markers tried.
    operators : list of {">=", "<="}
        Direction of each.

    Returns
    -------
    CutGrid

    Examples
    --------
    >>> grid = cut_grid(np.array([[1.0], [2.0], [np.nan]]), np.ones(3), [0], [">="])
    >>> grid.cuts.tolist(), grid.passes.tolist()
    ([1.0, 2.0], [[1.0, 0.0], [1.0, 1.0], [0.0, 0.0]])
    """
    cuts, owner, passes = [], [], []
    shares = (np.arange(_GRID) + 0.5) / _GRID
    measured = ~np.isnan(values[:, columns])
    for k, (column, operator) in enumerate(zip(columns, operators, strict=True)):
        x = values[:, column]
        usable = np.flatnonzero(np.isfinite(x) & (weights > 0))
        order = usable[np.argsort(x[usable], kind="stable")]
        mass = np.cumsum(weights[order]).round(ROUNDED)
        if not len(order):
            continue
        at = np.searchsorted(mass, (shares * mass[-1]).round(ROUNDED))
        tried = np.unique([round_threshold(float(x[order[i]])) for i in at])
        met = x[:, None] >= tried if operator == ">=" else x[:, None] <= tried
        cuts.append(tried)
        owner.append(np.full(len(tried), k))
        passes.append(met)
    return CutGrid(
        np.concatenate(cuts) if cuts else np.empty(0),
        np.concatenate(owner) if owner else np.empty(0, dtype=np.int64),
        np.hstack(passes).astype(float) if passes else np.empty((len(values), 0)),
        measured.astype(float),
    )
