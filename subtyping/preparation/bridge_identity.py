"""Is a bridge sample the same sample in both runs?"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Recognition", "recognise_bridges"]

LEAST_ANALYTES = 10
LEAST_BRIDGES = 4
CLIP = 4.0
MARGIN, CLEAR, SIGMAS = 0.3, 0.5, 4.0
NORMAL_MAD = 1.4826


@dataclass(frozen=True, eq=False)
class Recognition:
    """Whether each bridge looks like itself; arrays are of shape (n_bridges,).

    Attributes
    ----------
    own : ndarray
        Correlation of the bridge's two profiles.
    other : ndarray
        Highest correlation of its reference profile with another bridge of the new run.
    looks_like : ndarray of int
        Position of that other bridge where it is clearly closer than its own, -1 elsewhere.
    is_recognised : ndarray of bool
        False where another bridge is clearly closer, in either direction.
    """

    own: np.ndarray
    other: np.ndarray
    looks_like: np.ndarray
    is_recognised: np.ndarray


def recognise_bridges(reference: np.ndarray, new: np.ndarray) -> Recognition:
    """Compare every bridge's profile with those of all bridges in the other run.

    Each analyte is centred at the bridges' median within its run, so that offsets between the
    runs drop out, and scaled by the spread of both. A bridge is not recognised if another
    profile of the new run is clearly closer to its reference profile than its own is, or another
    profile of the reference to its new one: correlation higher by 0.3 or more, and at least
    0.5 and 4 / sqrt(analytes) in itself. The second condition keeps replicates of one pool, whose
    centred profiles are noise, from being told apart by chance.

    Parameters
    ----------
    reference, new : array of shape (n_bridges, n_analytes)
        Values in both runs, row by row under one label; NaN where missing or not detected.

    Returns
    -------
    Recognition
        Everything is recognised, and the correlations are NaN, with fewer than 4 bridges or 10
        analytes that vary.

    Examples
    --------
    >>> import numpy as np
    >>> reference = np.random.default_rng(0).standard_normal((6, 40))
    >>> recognise_bridges(reference, reference[[1, 0, 2, 3, 4, 5]] + 0.5).is_recognised.tolist()
    [False, False, True, True, True, True]
    """
    a, b = _centred(reference), _centred(new)
    spread = NORMAL_MAD * np.nanmedian(np.abs(np.vstack([a, b, np.zeros((1, a.shape[1]))])), axis=0)
    kept = np.isfinite(spread) & (spread > 0)
    n = len(a)
    if n < LEAST_BRIDGES or kept.sum() < LEAST_ANALYTES:
        unknown = np.full(n, np.nan)
        return Recognition(unknown, unknown.copy(), np.full(n, -1), np.ones(n, dtype=bool))
    profiles = np.vstack([a, b])[:, kept] / spread[kept]
    profiles = np.clip(np.where(np.isfinite(profiles), profiles, 0.0), -CLIP, CLIP)
    profiles = profiles - profiles.mean(axis=1, keepdims=True)
    length = np.sqrt((profiles**2).sum(axis=1, keepdims=True))
    profiles = profiles / np.where(length > 0, length, 1.0)
    similarity = profiles[:n] @ profiles[n:].T
    own = np.diag(similarity).copy()
    others = similarity.copy()
    np.fill_diagonal(others, -np.inf)
    from_reference, from_new = others.max(axis=1), others.max(axis=0)
    needed = np.maximum(own + MARGIN, max(CLEAR, SIGMAS / np.sqrt(kept.sum())))
    return Recognition(
        own=own,
        other=from_reference,
        looks_like=np.where(from_reference >= needed, others.argmax(axis=1), -1),
        is_recognised=(from_reference < needed) & (from_new < needed),
    )


def _centred(values: np.ndarray) -> np.ndarray:
    """Return values less the median of each column; columns without values stay NaN."""
    some = np.isfinite(values).any(axis=0)
    centre = np.full(values.shape[1], np.nan)
    centre[some] = np.nanmedian(values[:, some], axis=0)
    return np.asarray(values - centre)
