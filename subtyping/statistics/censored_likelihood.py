"""Maximum likelihood of a left-censored normal regression, many analytes at a time."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from subtyping.statistics.separation import independent_columns, separable_rows

__all__ = ["CensoredData", "CensoredFit", "censored_data", "maximise"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_LOG_ROOT_TWO_PI = 0.5 * float(np.log(2 * np.pi))
_MOST_ITERATIONS = 100
_MOST_HALVINGS = 40
_SMALL_GAIN = 1e-11
_RANK_TOLERANCE = 1e-9
_MAKES_NO_SPREAD = 1e-10


@dataclass(frozen=True, eq=False)
class CensoredData:
    """Values of several analytes beside one design, and which of its rows each analyte can use.

    Attributes
    ----------
    values : ndarray of shape (n_samples, n_analytes)
        Measured value, or the limit where censored, minus what least squares fit to them: numbers
        around 0, however far from it the analyte lies; 0 where missing.
    detected, censored : ndarray of bool of shape (n_samples, n_analytes)
        A value that is neither is missing. Rows that a separating direction explains perfectly
        are in neither.
    design : ndarray of shape (n_samples, n_columns)
        Orthonormal columns.
    columns : dict of int to ndarray of int
        For an analyte with separated rows or redundant columns, the columns that remain.
    reason : ndarray of str of shape (n_analytes,)
        Why an analyte cannot be fitted; empty where it can.
    centre : ndarray of shape (n_analytes, n_columns)
        Coefficients that were subtracted.
    """

    values: Floats
    detected: Mask
    censored: Mask
    design: Floats
    columns: dict[int, NDArray[np.int64]]
    reason: NDArray[np.object_]
    centre: Floats

    def take(self, chosen: NDArray[np.int64]) -> "CensoredData":
        """Return the data of some analytes."""
        return CensoredData(
            self.values[:, chosen],
            self.detected[:, chosen],
            self.censored[:, chosen],
            self.design,
            {i: self.columns[j] for i, j in enumerate(chosen.tolist()) if j in self.columns},
            self.reason[chosen],
            self.centre[chosen],
        )

    def shifted(self, offset: Floats) -> "CensoredData":
        """Return the same data with `offset` (n_samples, n_analytes) subtracted."""
        return replace(
            self, values=np.where(self.detected | self.censored, self.values - offset, 0.0)
        )


@dataclass(frozen=True, eq=False)
class CensoredFit:
    r"""Maximum of the likelihood: :math:`\delta = \gamma/\sigma`, :math:`\theta = 1/\sigma`.

    Attributes
    ----------
    parameters : ndarray of shape (n_analytes, n_columns + 1)
        :math:`(\delta, \theta)` of the centred values; NaN for a dropped column or without a fit.
    information : ndarray of shape (n_analytes, n_columns + 1, n_columns + 1)
        Negative Hessian there, zero in dropped columns.
    log_likelihood : ndarray of shape (n_analytes,)
        Its maximum (its supremum, where rows are separated).
    is_converged : ndarray of bool of shape (n_analytes,)
    n_iterations : ndarray of int of shape (n_analytes,)
    """

    parameters: Floats
    information: Floats
    log_likelihood: Floats
    is_converged: Mask
    n_iterations: NDArray[np.int64]


def censored_data(values: Floats, censored: Mask, design: Floats) -> CensoredData:
    """Sort values into detected, censored and missing, and set aside what is separated.

    Parameters
    ----------
    values : ndarray of shape (n_samples, n_analytes)
        Measured value, or where `censored` the limit it lies below; NaN is missing.
    censored : ndarray of bool of shape (n_samples, n_analytes)
    design : ndarray of shape (n_samples, n_columns)
        Orthonormal columns.

    Returns
    -------
    CensoredData
    """
    known = np.isfinite(values)
    detected, below = known & ~censored, known & censored
    filled = np.where(known, values, 0.0)
    columns: dict[int, NDArray[np.int64]] = {}
    for j in np.flatnonzero(_is_deficient(detected, design)):
        rows = separable_rows(design, detected[:, j], below[:, j])
        below[rows, j] = False
        columns[int(j)] = independent_columns(design[detected[:, j] | below[:, j]])
    masks = zip(filled.T, detected.T, strict=True)
    reason = np.array([_why_not(v[seen], design[seen]) for v, seen in masks], dtype=object)
    used = detected | below
    centre = _solve(_gram(used, design), np.where(used, filled, 0.0).T @ design)
    centred = np.where(used, filled - design @ centre.T, 0.0)
    return CensoredData(centred, detected, below, design, columns, reason, centre)


def _is_deficient(mask: Mask, design: Floats) -> Mask:
    """Tell for which analytes the masked rows of an orthonormal design lack full column rank."""
    return np.asarray(np.linalg.eigvalsh(_gram(mask, design))[:, 0] < _RANK_TOLERANCE)


def _gram(weights: NDArray[Any], design: Floats) -> Floats:
    """Return the weighted cross-products of the design, one matrix for each analyte."""
    width = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    return np.asarray((weights.T.astype(float) @ products).reshape(-1, width, width))


def _why_not(detected: Floats, design: Floats) -> str:
    """Say why the scale of an analyte cannot be estimated from its detected values."""
    if not len(detected):
        return "nothing detected"
    gamma, _, rank, _ = np.linalg.lstsq(design, detected, rcond=None)
    if len(detected) < rank + 2:
        return "too few values detected for this design"
    rest = detected - design @ gamma
    if np.sqrt(np.mean(rest**2)) <= _MAKES_NO_SPREAD * np.abs(detected).max():
        return "the detected values do not vary"
    return ""


def maximise(data: CensoredData, start: Floats | None = None) -> CensoredFit:
    r"""Climb the log-likelihood of every analyte by Newton steps.

    With :math:`w_i = \theta v_i - x_i'\delta` the log-likelihood is
    :math:`\sum_{det} (\log\theta - w_i^2/2 - \log\sqrt{2\pi}) + \sum_{cens} \log\Phi(w_i)`, which
    is concave in :math:`(\delta, \theta)`, so that the maximum is the only one.

    Parameters
    ----------
    data : CensoredData
    start : ndarray of shape (n_analytes, n_columns + 1), optional
        Where to start; from least squares by default.

    Returns
    -------
    CensoredFit

    References
    ----------
    Olsen RJ (1978). Note on the uniqueness of the maximum likelihood estimator for the Tobit
    model. Econometrica 46, 1211-1215. doi:10.2307/1911445
    """
    n_analytes, width = data.values.shape[1], data.design.shape[1]
    parameters = np.full((n_analytes, width + 1), np.nan)
    information = np.zeros((n_analytes, width + 1, width + 1))
    value = np.full(n_analytes, np.nan)
    converged = np.zeros(n_analytes, dtype=bool)
    steps = np.zeros(n_analytes, dtype=np.int64)
    can = data.reason == ""
    regular = can & ~np.isin(np.arange(n_analytes), list(data.columns))
    everything = np.arange(width)
    jobs = [(np.flatnonzero(regular), everything)]
    jobs += [(np.array([j]), kept) for j, kept in data.columns.items() if can[j]]
    for chosen, kept in jobs:
        if not len(chosen):
            continue
        places = np.append(kept, width)
        begin = None if start is None else start[np.ix_(chosen, places)]
        parts = _climb(
            data.values[:, chosen], data.detected[:, chosen], data.censored[:, chosen],
            data.design[:, kept], begin,
        )  # fmt: skip
        parameters[np.ix_(chosen, places)] = parts[0]
        information[np.ix_(chosen, places, places)] = parts[1]
        value[chosen], converged[chosen], steps[chosen] = parts[2:]
    return CensoredFit(parameters, information, value, converged, steps)


def _climb(
    V: Floats, D: Mask, C: Mask, X: Floats, start: Floats | None
) -> tuple[Floats, Floats, Floats, Mask, NDArray[np.int64]]:
    """Return parameters, information, log-likelihood, convergence and number of steps."""
    usual = _usual_size(V, D)
    V = V / usual
    at = _least_squares(V, D | C, X) if start is None else start.copy()
    if start is not None:
        at[:, -1] *= usual
    value = _log_likelihood(V, D, C, X, at)
    converged = np.zeros(len(at), dtype=bool)
    steps = np.zeros(len(at), dtype=np.int64)
    for _ in range(_MOST_ITERATIONS):
        j = np.flatnonzero(~converged)
        if not len(j):
            break
        v, d, c = V[:, j], D[:, j], C[:, j]
        gradient, information = _derivatives(v, d, c, X, at[j])
        step = _solve(information, gradient)
        gain = (gradient * step).sum(axis=1)
        moved, reached = _backtrack(v, d, c, X, at[j], step=step, value=value[j])
        at[j], value[j] = moved, reached
        steps[j] += 1
        converged[j] = np.isfinite(gain) & (gain < _SMALL_GAIN)
    information = _derivatives(V, D, C, X, at)[1]
    at[:, -1] /= usual
    information[:, -1, :] *= usual[:, None]
    information[:, :, -1] *= usual[:, None]
    value = value - D.sum(axis=0) * np.log(usual)
    return at, information, value, converged, steps


def _usual_size(V: Floats, D: Mask) -> Floats:
    """Return the SD of the detected values, or 1: Newton then works on numbers of order one."""
    count = np.maximum(D.sum(axis=0), 1)
    mean = np.where(D, V, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(D, V - mean, 0.0) ** 2).sum(axis=0) / count)
    return np.where(spread > 0, spread, 1.0)


def _least_squares(V: Floats, known: Mask, X: Floats) -> Floats:
    """Start from least squares with the limits taken as values."""
    gamma = _solve(_gram(known, X), np.where(known, V, 0.0).T @ X)
    rest = np.where(known, V - X @ gamma.T, 0.0)
    sigma = np.sqrt((rest**2).sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    theta = 1.0 / np.maximum(sigma, 1e-3)
    return np.column_stack([gamma * theta[:, None], theta])


def _log_likelihood(V: Floats, D: Mask, C: Mask, X: Floats, at: Floats) -> Floats:
    W = V * at[:, -1] - X @ at[:, :-1].T
    exact = np.log(at[:, -1]) - 0.5 * W**2 - _LOG_ROOT_TWO_PI
    tail = special.log_ndtr(np.where(C, W, 0.0))
    return np.asarray((np.where(D, exact, 0.0) + np.where(C, tail, 0.0)).sum(axis=0))


def _derivatives(V: Floats, D: Mask, C: Mask, X: Floats, at: Floats) -> tuple[Floats, Floats]:
    """Return the gradient and the negative Hessian in (delta, theta)."""
    width = X.shape[1]
    W = V * at[:, -1] - X @ at[:, :-1].T
    tail = np.where(C, W, 0.0)
    mills = np.exp(-0.5 * tail**2 - _LOG_ROOT_TWO_PI - special.log_ndtr(tail))
    slope = np.where(D, -W, np.where(C, mills, 0.0))
    curve = np.where(D, 1.0, np.where(C, mills * (tail + mills), 0.0))
    n_detected = D.sum(axis=0)
    gradient = np.column_stack([-(slope.T @ X), (V * slope).sum(axis=0) + n_detected / at[:, -1]])
    information = np.empty((len(at), width + 1, width + 1))
    information[:, :width, :width] = _gram(curve, X)
    information[:, :width, width] = information[:, width, :width] = -((curve * V).T @ X)
    information[:, width, width] = (curve * V**2).sum(axis=0) + n_detected / at[:, -1] ** 2
    return gradient, information


def _solve(matrix: Floats, right: Floats) -> Floats:
    """Solve symmetric systems; directions without information stay where they are."""
    roots, vectors = np.linalg.eigh(matrix)
    least = np.maximum(1e-13 * roots[:, -1:], 1e-200)
    inverse = np.where(roots > least, 1.0 / np.maximum(roots, least), 0.0)
    along = (vectors.transpose(0, 2, 1) @ right[:, :, None])[:, :, 0] * inverse
    return (vectors @ along[:, :, None])[:, :, 0]


def _backtrack(
    V: Floats, D: Mask, C: Mask, X: Floats, at: Floats, *, step: Floats, value: Floats
) -> tuple[Floats, Floats]:
    """Halve each step until the likelihood does not fall and the scale stays positive."""
    fall = -step[:, -1] / at[:, -1]
    length = np.where(fall > 0.8, 0.8 / np.maximum(fall, 0.8), 1.0)
    moved, reached = at.copy(), value.copy()
    waiting = np.arange(len(at))
    for _ in range(_MOST_HALVINGS):
        trial = at[waiting] + length[waiting, None] * step[waiting]
        found = _log_likelihood(V[:, waiting], D[:, waiting], C[:, waiting], X, trial)
        better = found >= value[waiting] - 1e-12 * (1.0 + np.abs(value[waiting]))
        moved[waiting[better]], reached[waiting[better]] = trial[better], found[better]
        waiting = waiting[~better]
        if not len(waiting):
            break
        length[waiting] *= 0.5
    return moved, reached
