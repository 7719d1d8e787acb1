"""One design, many analytes: least squares of contrasts, with missing values and blocks."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from subtyping.exceptions import InputError
from subtyping.statistics.blocks import decorrelated

__all__ = ["LinearFits", "linear_fits", "missing_patterns"]

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_CHUNK_CELLS = 4_000_000
_RANK_TOLERANCE = 1e-9
_WIDEST_AT_ONCE = 16  # columns of a design up to which analytes with holes are fitted together


@dataclass(frozen=True, eq=False)
class LinearFits:
    """Contrasts of each analyte and what is left over.

    Attributes
    ----------
    coefficient, unscaled : ndarray of shape (n_analytes, n_contrasts)
        Contrast, and its standard deviation at a residual variance of one; NaN where the measured
        samples of the analyte do not tell it.
    covariance : ndarray of shape (n_contrasts, n_contrasts) or (n_analytes, ...)
        Covariance of the contrasts at a residual variance of one; one matrix for all where no
        value is missing.
    rss, df : ndarray of shape (n_analytes,)
        Residual sum of squares and its degrees of freedom.
    """

    coefficient: Floats
    unscaled: Floats
    covariance: Floats
    rss: Floats
    df: Floats


def linear_fits(
    Y: Floats,
    design: Floats,
    contrasts: Floats,
    *,
    codes: Codes | None = None,
    correlation: float = 0.0,
) -> LinearFits:
    r"""Fit one design to each analyte by least squares, generalised where samples are in blocks.

    Parameters
    ----------
    Y : ndarray of shape (n_samples, n_analytes)
        NaN leaves that sample out of that analyte.
    design : ndarray of shape (n_samples, n_columns)
        Of full column rank.
    contrasts : ndarray of shape (n_columns, n_contrasts)
    codes : ndarray of int of shape (n_samples,), optional
        Block of each sample.
    correlation : float, default 0
        Correlation of the samples of one block.

    Returns
    -------
    LinearFits

    Raises
    ------
    InputError
        If the design is rank deficient.

    Notes
    -----
    Analytes are fitted some four million cells at a time, so that memory stays near that of `Y`.

    Examples
    --------
    >>> fits = linear_fits(np.array([[1.0], [2.0], [6.0]]), np.ones((3, 1)), np.ones((1, 1)))
    >>> round(fits.coefficient.item(), 9), round(fits.rss.item(), 9), fits.df.item()
    (3.0, 14.0, 2.0)
    """
    X = design if codes is None else decorrelated(design, codes, correlation)
    Q, R = np.linalg.qr(X)
    sizes = np.abs(np.diag(R))
    if sizes.min(initial=1.0) <= _RANK_TOLERANCE * max(sizes.max(initial=0.0), 1e-300):
        message = (
            f"The design matrix of {X.shape[1]} columns is rank deficient, so its coefficients "
            "are not determined. Drop the columns that the others already express."
        )
        raise InputError(message)
    directions = np.linalg.solve(R.T, contrasts)
    basis = Q if codes is None else np.linalg.solve(R.T, design.T).T
    width = max(1, _CHUNK_CELLS // max(1, len(Y)))
    parts = [
        _chunk(Y[:, start : start + width], Q, basis, directions, (codes, correlation))
        for start in range(0, Y.shape[1], width)
    ]
    if len(parts) == 1:
        return parts[0]
    shared = all(part.covariance.ndim == 2 for part in parts)
    return LinearFits(
        coefficient=np.concatenate([part.coefficient for part in parts]),
        unscaled=np.concatenate([part.unscaled for part in parts]),
        covariance=(
            parts[0].covariance if shared else np.concatenate([_each(part) for part in parts])
        ),
        rss=np.concatenate([part.rss for part in parts]),
        df=np.concatenate([part.df for part in parts]),
    )


def missing_patterns(measured: NDArray[np.bool_]) -> Iterator[tuple[NDArray[np.bool_], Codes]]:
    """Yield each pattern of measured samples with the analytes that have it.

    Parameters
    ----------
    measured : ndarray of bool of shape (n_samples, n_analytes)

    Yields
    ------
    rows : ndarray of bool of shape (n_samples,)
    columns : ndarray of int

    Examples
    --------
    >>> grid = np.array([[True, True, True], [True, False, True]])
    >>> [(rows.tolist(), columns.tolist()) for rows, columns in missing_patterns(grid)]
    [([True, True], [0, 2]), ([True, False], [1])]
    """
    keys: dict[bytes, list[int]] = {}
    for j, packed in enumerate(np.packbits(measured, axis=0).T):
        keys.setdefault(packed.tobytes(), []).append(j)
    for columns in keys.values():
        yield measured[:, columns[0]], np.array(columns, dtype=np.int64)


def _each(fit: LinearFits) -> Floats:
    """Return one covariance matrix for each analyte."""
    k = fit.coefficient.shape[1]
    return np.broadcast_to(fit.covariance, (len(fit.rss), k, k))


def _chunk(
    Y: Floats, Q: Floats, basis: Floats, directions: Floats, blocks: tuple[Codes | None, float]
) -> LinearFits:
    """Fit some analytes: those without missing values at once, the others by their own samples."""
    n, rank = Q.shape
    codes, correlation = blocks
    holed = np.isnan(Y.sum(axis=0))  # an infinite value also ends here, and is fitted as it is
    if holed.any():
        holed &= np.isnan(Y).any(axis=0)
    if not holed.any():
        y = Y if codes is None else decorrelated(Y, codes, correlation)
        gamma = Q.T @ y
        squares = Q @ gamma
        np.subtract(y, squares, out=squares)
        squares *= squares
        covariance = directions.T @ directions
        unscaled = np.broadcast_to(np.sqrt(np.diag(covariance)), (Y.shape[1], len(covariance)))
        rss = squares.sum(axis=0)
        return LinearFits(
            gamma.T @ directions, unscaled, covariance, rss, np.full(Y.shape[1], float(n - rank))
        )
    k = directions.shape[1]
    whole = LinearFits(
        np.empty((Y.shape[1], k)),
        np.empty((Y.shape[1], k)),
        np.empty((Y.shape[1], k, k)),
        np.empty(Y.shape[1]),
        np.empty(Y.shape[1]),
    )
    if not holed.all():
        _enter(whole, ~holed, _chunk(Y[:, ~holed], Q, basis, directions, blocks))
    part = Y[:, holed]
    if codes is None and rank <= _WIDEST_AT_ONCE:
        _enter(whole, holed, _holed(part, Q, directions))
        return whole
    for rows, columns in missing_patterns(~np.isnan(part)):
        y, B = part[np.ix_(rows, columns)], basis[rows]
        if codes is not None:
            mine = np.unique(codes[rows], return_inverse=True)[1]
            y, B = (decorrelated(values, mine, correlation) for values in (y, B))
        fit = _one_pattern(y, B, directions)
        _enter(whole, np.flatnonzero(holed)[columns], fit)
    return whole


def _enter(whole: LinearFits, at: NDArray[np.bool_] | Codes, part: LinearFits) -> None:
    for name in ("coefficient", "unscaled", "covariance", "rss", "df"):
        getattr(whole, name)[at] = getattr(part, name)


def _one_pattern(y: Floats, B: Floats, directions: Floats) -> LinearFits:
    """Fit analytes with the same measured samples, in the basis of the full design."""
    gamma, parts = _solve((B.T @ B)[None], (B.T @ y).T[None], directions)
    residual = y - B @ gamma[0].T
    many, k = y.shape[1], directions.shape[1]
    unscaled, covariance, untold, n_kept = parts
    coefficient = gamma[0] @ directions
    coefficient[:, untold[0]] = np.nan
    return LinearFits(
        coefficient,
        np.broadcast_to(unscaled[0], (many, k)),
        np.broadcast_to(covariance[0], (many, k, k)),
        np.einsum("ij,ij->j", residual, residual),
        np.full(many, float(len(y) - n_kept[0])),
    )


def _holed(Y: Floats, Q: Floats, directions: Floats) -> LinearFits:
    """Fit analytes with missing values, all at once, in the basis of the full design."""
    measured = ~np.isnan(Y)
    filled = np.where(measured, Y, 0.0)
    rank = Q.shape[1]
    products = (Q[:, :, None] * Q[:, None, :]).reshape(len(Q), -1)
    gram = (measured.T.astype(float) @ products).reshape(-1, rank, rank)
    gamma, parts = _solve(gram, (filled.T @ Q)[:, None, :], directions)
    unscaled, covariance, untold, n_kept = parts
    residual = np.where(measured, filled - Q @ gamma[:, 0].T, 0.0)
    coefficient = gamma[:, 0] @ directions
    coefficient[untold] = np.nan
    df = (measured.sum(axis=0) - n_kept).astype(float)
    return LinearFits(coefficient, unscaled, covariance, (residual**2).sum(axis=0), df)


def _solve(
    gram: Floats, cross: Floats, directions: Floats
) -> tuple[Floats, tuple[Floats, Floats, NDArray[np.bool_], Codes]]:
    """Return coefficients in the basis, and scale, covariance and telling of the contrasts."""
    roots, vectors = np.linalg.eigh(gram)
    kept = roots > _RANK_TOLERANCE
    inverse_roots = np.where(kept, 1.0 / np.where(kept, roots, 1.0), 0.0)
    turned = vectors.transpose(0, 2, 1)
    gamma = ((cross @ vectors) * inverse_roots[:, None, :]) @ turned
    along = turned @ directions
    covariance = along.transpose(0, 2, 1) @ (along * inverse_roots[:, :, None])
    unscaled = np.sqrt(np.einsum("gkk->gk", covariance))
    lost = np.where(kept[:, :, None], 0.0, along**2).sum(axis=1)
    untold = lost > 1e-10 * (directions**2).sum(axis=0)
    unscaled[untold] = np.nan
    return gamma, (unscaled, covariance, untold, kept.sum(axis=1))
