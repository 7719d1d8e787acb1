"""People drawn with replacement, as weights, and the percentile intervals they give."""

import numpy as np

from subtyping._random import stream

__all__ = ["people_weights", "percentile_interval"]


def people_weights(people: np.ndarray, resamples: int, seed: int, *purpose: str) -> np.ndarray:
    """Return how often each sample occurs in each bootstrap draw of people.

    Parameters
    ----------
    people : ndarray of shape (n_samples,)
        Person of each sample; all samples of a person are drawn together.
    resamples : int
        Number of draws B.
    seed : int
        Root seed.
    *purpose : str
        Name of the random stream.

    Returns
    -------
    ndarray of float, shape (B, n_samples)

    Examples
    --------
    >>> weights = people_weights(np.array(["a", "a", "b"]), 4, 0, "example")
    >>> weights.shape, bool((weights[:, 0] == weights[:, 1]).all())
    ((4, 3), True)
    >>> bool((weights[:, 1:].sum(axis=1) == 2).all())
    True
    """
    _, person = np.unique(np.asarray(people), return_inverse=True)
    n_people = int(person.max(initial=-1)) + 1
    if n_people == 0:
        return np.zeros((resamples, 0))
    share = np.full(n_people, 1 / n_people)
    counts = stream(seed, "prediction", "people", *purpose).multinomial(
        n_people, share, size=resamples
    )
    return counts[:, person].astype(float)


def percentile_interval(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 2.5 and 97.5 % points of bootstrap draws, on the cautious side.

    A draw in which the statistic does not exist counts as minus infinity for the lower limit and
    as plus infinity for the upper one, so missing draws can only widen an interval; a limit that
    is infinite is given as NaN.

    Parameters
    ----------
    draws : ndarray of shape (B,) or (B, k)
        One row per draw.

    Returns
    -------
    tuple of ndarray
        Lower and upper limits, each a scalar array or of shape (k,).

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(1.0, 1001.0))
    >>> float(low), float(high)
    (25.0, 975.0)
    >>> low, high = percentile_interval(np.append(np.arange(10.0), np.nan))
    >>> float(low), float(high)
    (nan, nan)
    """
    if len(draws) == 0:
        none = np.full(np.shape(draws)[1:], np.nan)
        return none, none.copy()
    is_there = np.isfinite(draws)
    limits = []
    for share, missing in ((0.025, -np.inf), (0.975, np.inf)):
        filled = np.where(is_there, draws, missing)
        limit = np.quantile(filled, share, axis=0, method="inverted_cdf")
        limits.append(np.where(np.isfinite(limit), limit, np.nan))
    return limits[0], limits[1]
