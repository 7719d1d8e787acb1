"""Which few analytes stay when the training people are drawn again: stability selection."""

import warnings

import numpy as np

from subtyping._random import stream

__all__ = ["choose_analytes", "entry_frequencies"]


def entry_frequencies(
    X: np.ndarray, y: np.ndarray, people: np.ndarray, *, most: int, draws: int, seed: int
) -> np.ndarray:
    r"""Return how often each analyte is among the first k to enter the lasso path.

    In each draw half of the people are taken, without replacement; analytes are standardised and
    enter the lasso path (least angle regression, squared loss) one after another. The number for
    k is :math:`\hat\Pi_j^{(k)}`, the share of draws in which analyte j is among the first k.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_analytes)
        Training analytes.
    y : ndarray of shape (n_samples,)
        Labels or an outcome.
    people : ndarray of shape (n_samples,)
        Person of each sample; all samples of a person are drawn together.
    most : int
        Largest k.
    draws : int
        Half-samples.
    seed : int

    Returns
    -------
    ndarray of shape (most, n_analytes)
        Row k - 1 belongs to the first k. A draw with one class or a constant outcome counts for
        no analyte.

    References
    ----------
    Meinshausen N, Bühlmann P. Stability selection. J R Stat Soc B 2010;72:417-473.
    https://doi.org/10.1111/j.1467-9868.2010.00740.x

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(120, 6))
    >>> y = 2 * X[:, 3] + X[:, 1] > 0
    >>> share = entry_frequencies(X, y, np.arange(120), most=2, draws=20, seed=1)
    >>> share[0].argmax(), np.sort(np.argsort(-share[1])[:2]).tolist()
    (np.int64(3), [1, 3])
    """
    from sklearn.exceptions import ConvergenceWarning

    counts = np.zeros((most, X.shape[1]))
    names, person = np.unique(np.asarray(people), return_inverse=True)
    target = np.asarray(y, dtype=float)
    for b in range(draws):
        generator = stream(seed, "stability_selection", b)
        half = generator.permutation(len(names))[: max(2, len(names) // 2)]
        rows = np.isin(person, half)
        if np.ptp(target[rows]) == 0:
            continue
        with warnings.catch_warnings():
            # Nearly equal columns end the path early; what entered before stands.
            warnings.simplefilter("ignore", ConvergenceWarning)
            order = _order_of_entry(X[rows], target[rows], most)
        for k in range(most):
            counts[k, order[: k + 1]] += 1
    share: np.ndarray = counts / max(draws, 1)
    return share


def _order_of_entry(X: np.ndarray, y: np.ndarray, most: int) -> np.ndarray:
    """Columns in the order in which they first enter the lasso path."""
    from sklearn.linear_model import lars_path

    centred = X - X.mean(axis=0)
    spread = centred.std(axis=0)
    varies = np.flatnonzero(spread > 0)
    Z = centred[:, varies] / spread[varies]
    _, _, path = lars_path(Z, y - y.mean(), method="lasso", max_iter=2 * most + 2)
    entered = np.abs(path) > 0
    first = np.where(entered.any(axis=1), entered.argmax(axis=1), path.shape[1])
    there = np.flatnonzero(first < path.shape[1])
    return varies[there[np.argsort(first[there], kind="stable")]][:most]


def choose_analytes(share: np.ndarray, size: int) -> np.ndarray:
    """Return the columns chosen for one size: those most often among the first `size` to enter.

    Parameters
    ----------
    share : ndarray of shape (most, n_analytes)
        See `entry_frequencies`.
    size : int
        Analytes wanted, at most `most`.

    Returns
    -------
    ndarray of int
        In decreasing order of frequency, ties by earlier entry and then by position; analytes
        that never entered are not chosen.

    Examples
    --------
    >>> choose_analytes(np.array([[0.0, 0.9, 0.1], [0.4, 1.0, 0.6]]), 2).tolist()
    [1, 2]
    """
    early = share[:size].sum(axis=0)
    order = np.lexsort((np.arange(share.shape[1]), -early, -share[size - 1]))
    return order[: min(size, int((share[size - 1] > 0).sum()))]
