"""Random target sets that vary and connect as a pathway does: what clamping anything would do."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["connectivity_traits", "matched_sets"]

Array = NDArray[np.float64]
N_NEAREST = 20


def connectivity_traits(covariance: Array) -> Array:
    r"""Return how much each analyte varies and how strongly it is tied to the rest.

    Parameters
    ----------
    covariance : ndarray of shape (n_analytes, n_analytes)
        Within groups.

    Returns
    -------
    ndarray of shape (n_analytes, 2)
        :math:`\log` SD, and mean :math:`|r|` with the other analytes; each divided by its SD over
        the panel.

    Examples
    --------
    >>> connectivity_traits(np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.1], [0.1, 0.1, 1.0]]))[:, 1]
    array([2.65165043, 2.65165043, 0.53033009])
    """
    sd = np.sqrt(np.diag(covariance))
    r = np.abs(covariance / np.outer(sd, sd))
    np.fill_diagonal(r, 0.0)
    traits = np.column_stack([np.log(sd), r.sum(axis=1) / max(1, len(r) - 1)])
    spread = traits.std(axis=0)
    return np.asarray(traits / np.where(spread > 1e-12, spread, 1.0))


def matched_sets(
    traits: Array,
    targets: NDArray[np.int_],
    pool: NDArray[np.int_],
    n_sets: int,
    rng: np.random.Generator,
) -> NDArray[np.int_]:
    """Return random sets as large as the target set, each member near the one it stands for.

    A member is drawn from the analytes of the pool nearest to its counterpart (20 of them, or a
    third of the pool where that is more), without repeats within a set.

    Parameters
    ----------
    traits : ndarray of shape (n_analytes, n_traits)
    targets, pool : ndarray of int
        Positions.
    n_sets : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int of shape (n_sets, n_targets)
        No rows where the pool is smaller than twice the set and five more.

    Examples
    --------
    >>> traits = np.arange(60.0)[:, None]
    >>> sets = matched_sets(
    ...     traits, np.array([0, 1]), np.arange(2, 60), 4, np.random.default_rng(0)
    ... )
    >>> sets.shape, int(sets.max()) < 22
    ((4, 2), True)
    """
    if len(pool) < 2 * len(targets) + 5:
        return np.empty((0, len(targets)), dtype=int)
    n_near = min(len(pool), max(N_NEAREST, len(pool) // 3))
    near = []
    for target in targets:
        distance = ((traits[pool] - traits[target]) ** 2).sum(axis=1)
        near.append(pool[np.argsort(distance, kind="stable")[:n_near]])
    sets = np.empty((n_sets, len(targets)), dtype=int)
    order = rng.random((n_sets, len(targets))).argsort(axis=1)
    turns = rng.random((n_sets, len(targets), n_near)).argsort(axis=2)
    for s in range(n_sets):
        taken: set[int] = set()
        for k in order[s]:
            candidates = (int(near[k][turn]) for turn in turns[s, k])
            chosen = next((name for name in candidates if name not in taken), None)
            if chosen is None:
                chosen = int(rng.choice(np.setdiff1d(pool, list(taken))))
            taken.add(chosen)
            sets[s, k] = chosen
    return sets
