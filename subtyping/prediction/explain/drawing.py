"""Bootstrap draws of folds, whose models differ, and of the people explained in them."""

import numpy as np

from subtyping._random import stream
from subtyping.prediction.resampling import people_weights

__all__ = ["fold_weights", "folds_drawn"]


def folds_drawn(folds: int) -> int:
    r"""Return how many of K outer folds a bootstrap draw holds.

    Models of K folds share most of their training people, so their mean varies more from cohort
    to cohort than K independent ones would: by :math:`s^2 (1/K + 1/(K-1))` (Nadeau and Bengio,
    with test over training size :math:`1/(K-1)`). A draw of m folds with replacement varies by
    :math:`s^2 (K-1)/(K m)`; the two agree for :math:`m = (K-1)^2 / (2K-1)`, rounded down, at
    least 1.

    Parameters
    ----------
    folds : int
        K, at least 1.

    Returns
    -------
    int

    References
    ----------
    Nadeau C, Bengio Y. Inference for the generalization error. Mach Learn 2003;52:239-281.
    https://doi.org/10.1023/A:1024068626366

    Examples
    --------
    >>> [folds_drawn(k) for k in (1, 2, 3, 5, 10)]
    [1, 1, 1, 1, 4]
    """
    return max((folds - 1) ** 2 // (2 * folds - 1), 1)


def fold_weights(people: np.ndarray, fold: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Return how often each sample occurs in each draw of folds and of people within them.

    Parameters
    ----------
    people : ndarray of shape (n_samples,)
        Person of each sample; all samples of a person are drawn together.
    fold : ndarray of shape (n_samples,)
        Fold in which each sample was held out.
    resamples : int
        Number of draws B.
    seed : int
        Root seed.

    Returns
    -------
    ndarray of float, shape (B, n_samples)

    Examples
    --------
    >>> weights = fold_weights(np.array(list("abcd")), np.array([0, 0, 1, 1]), 6, 0)
    >>> weights.sum(axis=1).tolist()        # one fold of two people in each draw
    [2.0, 2.0, 2.0, 2.0, 2.0, 2.0]
    """
    weights = np.zeros((resamples, len(people)))
    names, place = np.unique(np.asarray(fold), return_inverse=True)
    if len(names) == 0:
        return weights
    share = np.full(len(names), 1 / len(names))
    counts = stream(seed, "prediction", "folds_explained").multinomial(
        folds_drawn(len(names)), share, size=resamples
    )
    for k, name in enumerate(names):
        inside = place == k
        drawn = people_weights(np.asarray(people)[inside], resamples, seed, "explained", str(name))
        weights[:, inside] = counts[:, k, None] * drawn
    return weights
