"""Numbers that compare a frozen subtype with independent people."""

import numpy as np

from subtyping._random import stream
from subtyping.statistics.agreement import adjusted_rand
from subtyping.statistics.intervals import percentile_interval
from subtyping.statistics.mixtures import TwoGroups, fit_two_groups_many

__all__ = [
    "agreement_intervals",
    "cohen_kappa",
    "difference_interval",
    "frozen_share",
    "membership_kappa",
    "partition_agreement",
    "profile_correlation",
    "rank_p_value",
]

HALF = 0.5
N_BISECTIONS = 40
LEAST_ANALYTES = 3


def cohen_kappa(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    r"""Return Cohen's kappa of two yes-or-no labellings.

    :math:`(p_o - p_e) / (1 - p_e)`, with :math:`p_o` the share labelled alike and :math:`p_e` the
    share expected from the margins. Unlike the adjusted Rand index it minds which group is which.

    Parameters
    ----------
    first, second : ndarray of bool of shape (..., n)

    Returns
    -------
    ndarray of shape (...)
        0 where both labellings put everybody into one group: there is nothing to agree on.

    References
    ----------
    Cohen J (1960). A coefficient of agreement for nominal scales. Educational and Psychological
    Measurement 20, 37-46. doi:10.1177/001316446002000104.

    Examples
    --------
    >>> a = np.array([1, 1, 0, 0], dtype=bool)
    >>> float(cohen_kappa(a, a)), float(cohen_kappa(a, ~a)), float(cohen_kappa(a, a | True))
    (1.0, -1.0, 0.0)
    """
    first, second = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    observed = (first == second).mean(axis=-1)
    p, q = first.mean(axis=-1), second.mean(axis=-1)
    expected = p * q + (1 - p) * (1 - q)
    room = 1 - expected
    return np.where(room > 1e-12, (observed - expected) / np.maximum(room, 1e-12), 0.0)


def membership_kappa(first: np.ndarray, second: np.ndarray) -> float:
    r"""Return Cohen's kappa of two memberships, each person's drawn from both posteriors.

    With posteriors :math:`p_i, q_i` the observed agreement is the mean of
    :math:`p_i q_i + (1 - p_i)(1 - q_i)` and the expected one that of the two shares. Where
    everybody is clear it equals `cohen_kappa`; people in between count for what they are. Two
    cuts through one continuum can fall together by chance, and then hard labels agree well; the
    posteriors of a mixture fitted to a continuum stay vague, and this does not.

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


def frozen_share(probability: np.ndarray, weight: float) -> np.ndarray:
    r"""Return the share of the subtype that fits new people best, the shapes of both groups held.

    The frozen posterior carries the derivation's share with it: where the new share differs, its
    mean lies between the two. With :math:`r_i = f_1(x_i) / f_0(x_i)`, recovered from the
    posterior, the share is the :math:`w` that maximises
    :math:`\sum_i \log(1 - w + w r_i)`, a concave function.

    Parameters
    ----------
    probability : ndarray of shape (..., n)
        Frozen posterior probabilities.
    weight : float
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
    excess = p / (1 - p) * (1 - weight) / weight - 1.0
    low, high = np.zeros(p.shape[:-1]), np.ones(p.shape[:-1])
    for _ in range(N_BISECTIONS):
        middle = 0.5 * (low + high)
        rises = (excess / (1 + middle[..., None] * excess)).mean(axis=-1) > 0
        low, high = np.where(rises, middle, low), np.where(rises, high, middle)
    return 0.5 * (low + high)


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
    for b, index in enumerate(picked):
        pairs = sorted(
            (
                (float(found.low_mean[b]), float(found.low_sd[b])),
                (float(found.high_mean[b]), float(found.high_sd[b])),
            )
        )
        again = TwoGroups(
            weight=float(found.upper_weight[b]),
            means=(pairs[0][0], pairs[1][0]),
            sds=(pairs[0][1], pairs[1][1]),
            skewness=float(found.skewness[b]),
            log_likelihood=float("nan"),
        )
        held, refitted = probability[index], again.probability(values[index])
        rows["membership_kappa"].append(membership_kappa(held, refitted))
        rows["kappa"].append(float(cohen_kappa(held > HALF, refitted > HALF)))
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
    """Return the share of null twins that reach the observed value, both counted in.

    Parameters
    ----------
    observed : float
    twins : ndarray of shape (n_draws,)
        NaN counts as not reached only where the observed value is a number.

    Returns
    -------
    float
        ``(1 + reached) / (1 + draws)``; NaN where nothing was observed or no twin has a value.

    Examples
    --------
    >>> rank_p_value(0.9, np.array([0.1, 0.95, 0.3]))
    0.5
    """
    known = np.isfinite(twins)
    if not np.isfinite(observed) or not known.any():
        return float("nan")
    return float((1 + (twins[known] >= observed).sum()) / (1 + known.sum()))


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
