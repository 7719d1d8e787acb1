"""How alike samples of one block are: one correlation for all analytes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from subtyping.exceptions import InputError
from subtyping.statistics.blocks import block_codes, lowest_correlation
from subtyping.statistics.linear_fits import missing_patterns

__all__ = ["DuplicateCorrelation", "duplicate_correlation"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_MARGIN = 0.01  # kept from either end of the possible correlations
_GRID, _HALVINGS = 48, 44
_TOLERANCE = 1e-9
_ROUNDING = 1e-24  # of the sum of squares: an analyte that does not vary


@dataclass(frozen=True, eq=False)
class DuplicateCorrelation:
    """Correlation of the samples of one block.

    Attributes
    ----------
    correlation : float
        Consensus of all analytes; 0 where no block has two samples.
    of_analyte : ndarray of shape (n_analytes,)
        REML estimate of each analyte; NaN where it could not be made.
    n_blocks, n_repeated : int
        Blocks, and those with more than one sample.
    """

    correlation: float
    of_analyte: Floats
    n_blocks: int
    n_repeated: int


def duplicate_correlation(
    Y: ArrayLike,
    design: ArrayLike,
    block: ArrayLike | Sequence[object],
    *,
    trim: float = 0.15,
) -> DuplicateCorrelation:
    r"""Estimate the correlation within blocks of each analyte by REML, and their consensus.

    In :math:`y = X\beta + u_{block} + e` the correlation is :math:`\rho = \sigma_u^2 / (\sigma_u^2
    + \sigma_e^2)`, which may be negative. It maximises the restricted likelihood between
    :math:`-1/(m-1) + .01` (*m* the size of the largest block) and .99. The consensus is
    :math:`\tanh` of the mean of :math:`\tanh^{-1}\rho_g` without the lowest and highest `trim`.

    Parameters
    ----------
    Y : array of shape (n_samples, n_analytes)
        Values; NaN is missing.
    design : array of shape (n_samples, n_columns)
        Design matrix, without missing values; blocks must not be among its columns.
    block : array of shape (n_samples,)
        Block of each sample, such as the subject of repeated visits.
    trim : float, default .15
        Share of the analytes left out of the mean at each end.

    Returns
    -------
    DuplicateCorrelation

    Raises
    ------
    InputError
        If shapes do not match, a block label is missing, `trim` is not in [0, .5), or no analyte
        has residual degrees of freedom both within and between blocks.

    Notes
    -----
    One correlation for all analytes borrows strength where blocks are few. A mixed model for each
    analyte (its own :math:`\rho_g`, in `of_analyte`) differs where analytes differ in how stable
    they are in a person: with the consensus, a comparison *between* people of a very stable
    analyte gets too narrow an interval and one *within* people too wide a one, the other way round
    for an unstable analyte. With dozens of people or more and few analytes a mixed model is the
    better choice; with everybody seen on both sides, the block as a fixed effect needs no
    correlation at all. docs/differential.md has the error rates.

    References
    ----------
    Smyth GK, Michaud J, Scott HS (2005). Use of within-array replicate spots for assessing
    differential expression in microarray experiments. doi:10.1093/bioinformatics/bti270

    Examples
    --------
    Two hundred analytes of fifteen people seen twice; persons explain half of the variance.

    >>> rng = np.random.default_rng(1)
    >>> person = np.repeat(np.arange(15), 2)
    >>> Y = rng.normal(size=(15, 200))[person] + rng.normal(size=(30, 200))
    >>> found = duplicate_correlation(Y, np.ones((30, 1)), person)
    >>> round(found.correlation, 2), found.n_repeated
    (0.47, 15)
    """
    values, X = np.asarray(Y, dtype=float), np.asarray(design, dtype=float)
    if values.ndim != 2 or X.ndim != 2 or len(values) != len(X) or not np.isfinite(X).all():
        message = (
            "Y (samples x analytes) and design (samples x columns, none missing) must be matrices "
            f"of the same samples; got {values.shape} and {X.shape}."
        )
        raise InputError(message)
    if not 0 <= trim < 0.5:
        message = f"trim must be a share of at least 0 and less than .5; got {trim}."
        raise InputError(message)
    codes = block_codes(block, len(values))
    size = np.bincount(codes)
    of_analyte = np.full(values.shape[1], np.nan)
    if size.max(initial=1) == 1:
        return DuplicateCorrelation(0.0, of_analyte, len(size), 0)
    lowest = lowest_correlation(codes) + _MARGIN
    for rows, columns in missing_patterns(np.isfinite(values)):
        y, mine = values[np.ix_(rows, columns)], codes[rows]
        of_analyte[columns] = _reml(y, X[rows], mine, lowest)
    known = np.sort(of_analyte[np.isfinite(of_analyte)])
    if not len(known):
        message = (
            "No analyte has enough samples to tell blocks from samples: at least three more than "
            f"the {X.shape[1]} columns of the design are needed, in blocks that repeat."
        )
        raise InputError(message)
    cut = int(len(known) * trim)
    middle = np.arctanh(known)[cut : len(known) - cut]
    return DuplicateCorrelation(
        float(np.tanh(middle.mean())), of_analyte, len(size), int((size > 1).sum())
    )


def _reml(y: Floats, X: Floats, codes: Codes, lowest: float) -> Floats:
    """Return the REML correlation of analytes with the same measured samples."""
    n, many = y.shape
    blocks = np.unique(codes)
    if n <= X.shape[1] + 2 or not 1 < len(blocks) < n - 1:
        return np.full(many, np.nan)
    left, sizes, _ = np.linalg.svd(X, full_matrices=False)
    Q = left[:, sizes > _TOLERANCE * sizes[0]]
    Z = (codes[:, None] == blocks).astype(float)
    A = Z - Q @ (Q.T @ Z)
    residual = y - Q @ (Q.T @ y)
    roots, vectors = np.linalg.eigh(A.T @ A)
    kept = roots > _TOLERANCE * roots[-1]
    spread = roots[kept]
    between = ((vectors[:, kept].T @ (A.T @ residual)) ** 2) / spread[:, None]
    within = np.maximum((residual**2).sum(axis=0) - between.sum(axis=0), 0.0)
    n_within = n - Q.shape[1] - len(spread)
    if n_within > 0:
        spread, between = np.append(spread, 0.0), np.vstack([between, within])
    weight = np.append(np.ones(int(kept.sum())), [float(n_within)] * (n_within > 0))
    if np.ptp(spread) < _TOLERANCE:
        return np.full(many, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = _maximum(spread - 1.0, between, weight, lowest)
    varies = (residual**2).sum(axis=0) > _ROUNDING * (y**2).sum(axis=0)
    return np.where(varies, found, np.nan)


def _maximum(lean: Floats, squares: Floats, weight: Floats, lowest: float) -> Floats:
    """Maximise the restricted likelihood, variances 1 + r * lean up to scale, over r."""
    grid = np.linspace(lowest, 1 - _MARGIN, _GRID)
    total = weight.sum()
    loss = np.stack(
        [
            total * np.log((squares / (1 + r * lean)[:, None]).sum(axis=0))
            + weight @ np.log(1 + r * lean)
            for r in grid
        ]
    )
    best = loss.argmin(axis=0)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, _GRID - 1)]
    for _ in range(_HALVINGS):
        r = (low + high) / 2
        variance = 1 + lean[:, None] * r
        share = squares / variance
        slope = ((lean * weight) @ (1 / variance)) - total * (
            lean @ (share / variance)
        ) / share.sum(axis=0)
        low, high = np.where(slope > 0, low, r), np.where(slope > 0, r, high)
    return np.asarray((low + high) / 2)
