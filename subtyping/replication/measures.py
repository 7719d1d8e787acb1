"""Numbers that compare a frozen subtype with independent people."""

from collections.abc import Sequence

import numpy as np

from subtyping._random import stream
from subtyping.statistics.agreement import adjusted_rand
from subtyping.statistics.intervals import percentile_interval
from subtyping.statistics.mixtures import fit_two_groups_many
from subtyping.statistics.repeatability import cohen_kappa
from subtyping.statistics.two_groups import TwoGroups

__all__ = [
    "agreement_intervals",
    "difference_interval",
    "frozen_share",
    "label_kappa",
    "membership_kappa",
    "partition_agreement",
    "profile_correlation",
    "rank_p_value",
    "resampled_shares",
]

HALF = 0.5
N_BISECTIONS = 40
LEAST_ANALYTES = 3


def membership_kappa(first: np.ndarray, second: np.ndarray) -> float:
    r"""Return Cohen's kappa of two memberships, each person's drawn from both posteriors.

    With posteriors :math:`p_i, q_i` the observed agreement is the mean of
    :math:`p_i q_i + (1 - p_i)(1 - q_i)` and the expected one that of the two shares. Where
    everybody is clear it equals Cohen's kappa of the labels; people in between count for what they
    are. Two cuts through one continuum can fall together by chance, and then hard labels agree
    well; the posteriors of a mixture fitted to a continuum stay vague, and this does not.

    Parameters
    ----------
    first, second : ndarray of shape (n,)
        Probabilities.

    Returns
    -------
    float
        0 where both put everybody into one group.

    Examples
    --------
    >>> clear, vague = np.array([0.0, 0.0, 1.0, 1.0]), np.array([0.25, 0.25, 0.75, 0.75])
    >>> membership_kappa(clear, clear), membership_kappa(clear, vague)
    (1.0, 0.5)
    """
    p, q = first.mean(), second.mean()
    observed = (first * second + (1 - first) * (1 - second)).mean()
    expected = p * q + (1 - p) * (1 - q)
    return float((observed - expected) / (1 - expected)) if expected < 1 - 1e-9 else 0.0


def label_kappa(first: np.ndarray, second: np.ndarray) -> float:
    """Return Cohen's kappa of the hard labels that two posteriors give, cut at one half.

    Parameters
    ----------
    first, second : ndarray of shape (n,)
        Probabilities.

    Returns
    -------
    float
        0 where both put everybody into one group: there is nothing to agree on.

    Examples
    --------
    >>> label_kappa(np.array([0.1, 0.4, 0.6, 0.9]), np.array([0.2, 0.1, 0.8, 0.7]))
    1.0
    """
    kappa = cohen_kappa(first > HALF, second > HALF).value
    return kappa if np.isfinite(kappa) else 0.0


def partition_agreement(first: np.ndarray, second: np.ndarray) -> float:
    """Return the adjusted Rand index; 0 where a labelling puts everybody into one group.

    Parameters
    ----------
    first, second : ndarray of bool of shape (n,)

    Returns
    -------
    float
    """
    if first.all() or second.all() or not first.any() or not second.any():
        return 0.0
    return adjusted_rand(first.astype(int), second.astype(int))


def frozen_share(probability: np.ndarray, weight: float | np.ndarray) -> np.ndarray:
    r"""Return the share of the subtype that fits new people best, the shapes of both groups held.

    The frozen posterior carries the derivation's share with it: where the new share differs, its
    mean lies between the two. With :math:`r_i = f_1(x_i) / f_0(x_i)`, recovered from the
    posterior, the share is the :math:`w` that maximises
    :math:`\sum_i \log(1 - w + w r_i)`, a concave function.

    Parameters
    ----------
    probability : ndarray of shape (..., n)
        Frozen posterior probabilities.
    weight : float or ndarray of shape (...)
        Share of the subtype in the derivation.

    Returns
    -------
    ndarray of shape (...)

    References
    ----------
    Saerens M, Latinne P, Decaestecker C (2002). Adjusting the outputs of a classifier to new a
    priori probabilities. Neural Computation 14, 21-41. doi:10.1162/089976602753284446.

    Examples
    --------
    >>> round(float(frozen_share(np.array([1.0, 0.0, 0.0, 0.0]), 0.5)), 3)
    0.25
    """
    p = np.clip(np.asarray(probability, dtype=float), 1e-12, 1 - 1e-12)
    share = np.asarray(weight, dtype=float)[..., None]
    excess = p / (1 - p) * (1 - share) / share - 1.0
    low, high = np.zeros(p.shape[:-1]), np.ones(p.shape[:-1])
    for _ in range(N_BISECTIONS):
        middle = 0.5 * (low + high)
        rises = (excess / (1 + middle[..., None] * excess)).mean(axis=-1) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return 0.5 * (low + high)


def resampled_shares(
    values: np.ndarray,
    mixtures: Sequence[TwoGroups],
    rng: np.random.Generator,
    n_resamples: int,
) -> np.ndarray:
    """Return the share of the subtype in resamples of the new cases and of the frozen groups.

    Each resample takes one of the mixtures, with the values that the people have on its scale, and
    draws people with replacement. With one mixture its groups are held, and the spread of the
    shares does not know how uncertain they are.

    Parameters
    ----------
    values : ndarray of shape (n_mixtures, n_case)
    mixtures : sequence of TwoGroups
    rng : numpy.random.Generator
    n_resamples : int

    Returns
    -------
    ndarray of shape (n_resamples,)
    """
    rows = zip(mixtures, values, strict=True)
    probability = np.array([mixture.probability(row) for mixture, row in rows])
    weight = np.array([mixture.weight for mixture in mixtures])
    which = rng.integers(0, len(mixtures), n_resamples)
    picked = rng.integers(0, values.shape[1], (n_resamples, values.shape[1]))
    return frozen_share(probability[which[:, None], picked], weight[which])


def agreement_intervals(
    probability: np.ndarray, values: np.ndarray, model: TwoGroups, seed: int, n_resamples: int
) -> dict[str, tuple[float, float]]:
    """Bootstrap what the refitted grouping says: agreement and separation.

    Cases are resampled, the mixture is fitted again to each resample and its labels are compared
    with the frozen ones, which do not move.

    Parameters
    ----------
    probability : ndarray of shape (n_case,)
        Frozen membership.
    values : ndarray of shape (n_case,)
        What the refitted mixture was fitted to.
    model : TwoGroups
        The refitted mixture.
    seed : int
    n_resamples : int

    Returns
    -------
    dict of str to tuple of float
        95 % percentile intervals of ``membership_kappa, kappa, ari, separation``.
    """
    rng = stream(seed, "replication", "agreement")
    picked = rng.integers(0, len(values), (n_resamples, len(values)))
    found = fit_two_groups_many(np.sort(values[picked], axis=1), near=model)[0]
    names = ("membership_kappa", "kappa", "ari", "separation")
    rows: dict[str, list[float]] = {name: [] for name in names}
    for index, again in zip(picked, found.each(), strict=True):
        held, refitted = probability[index], again.probability(values[index])
        rows["membership_kappa"].append(membership_kappa(held, refitted))
        rows["kappa"].append(label_kappa(held, refitted))
        rows["ari"].append(partition_agreement(held > HALF, refitted > HALF))
        rows["separation"].append(again.separation)
    return {name: percentile_interval(draws) for name, draws in rows.items()}


def profile_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Return Pearson's correlation of two group profiles.

    Parameters
    ----------
    first, second : ndarray of shape (n_analytes,)

    Returns
    -------
    float
        NaN with fewer than three analytes in both, or where one profile is flat.
    """
    both = np.isfinite(first) & np.isfinite(second)
    if both.sum() < LEAST_ANALYTES:
        return float("nan")
    x, y = first[both] - first[both].mean(), second[both] - second[both].mean()
    size = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / size if size > 1e-12 else float("nan")


def rank_p_value(observed: float, twins: np.ndarray) -> float:
    """Return the share of null twins that reach the observed value, the observed one counted in.

    Parameters
    ----------
    observed : float
    twins : ndarray of shape (n_draws,)
        A twin on which the comparison could not be made (NaN) counts as one that reached, so that
        what is not known never speaks for the subtype.

    Returns
    -------
    float
        ``(1 + reached) / (1 + draws)``; NaN where nothing was observed or nothing drawn.

    Examples
    --------
    >>> rank_p_value(0.9, np.array([0.1, 0.95, 0.3]))
    0.5
    """
    if not np.isfinite(observed) or not len(twins):
        return float("nan")
    below = (twins < observed).sum()
    return float((1 + len(twins) - below) / (1 + len(twins)))


def difference_interval(
    new: tuple[float, float, float], old: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return a difference of two independent estimates from their own intervals.

    Squares of the distances to the limits are added (MOVER), so that intervals that are not
    symmetric stay so.

    Parameters
    ----------
    new, old : tuple of float
        Estimate, lower and upper limit.

    Returns
    -------
    difference, low, high : float

    References
    ----------
    Zou GY, Donner A (2008). Construction of confidence limits about effect measures: a general
    approach. Statistics in Medicine 27, 1693-1702. doi:10.1002/sim.3095.

    Examples
    --------
    >>> [round(x, 3) for x in difference_interval((0.3, 0.26, 0.34), (0.2, 0.17, 0.23))]
    [0.1, 0.05, 0.15]
    """
    difference = new[0] - old[0]
    low = difference - float(np.hypot(new[0] - new[1], old[2] - old[0]))
    high = difference + float(np.hypot(new[2] - new[0], old[0] - old[1]))
    return difference, low, high
