"""Cluster the cases by a customary analysis, and say whether it would claim a subtype."""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from subtyping.discovery.clusterers import HDBSCANClusterer
from subtyping.discovery.factor_clusterer import FactorMixtureClusterer
from subtyping.discovery.latent_profiles import LatentProfileClusterer
from subtyping.discovery.mixture_clusterers import SkewedMixtureClusterer
from subtyping.discovery.specification.algorithms import (
    ALGORITHMS,
    CHOSEN,
    MOST_FULL_COLUMNS,
    n_parameters,
)
from subtyping.exceptions import InputError
from subtyping.statistics.coassignment import co_assignment

__all__ = ["Clustering", "cluster_cases"]

NUMBERS = (2, 3, 4)


WEAKEST_SILHOUETTE = 0.25


MOST_AMBIGUOUS = 0.10


@dataclass(frozen=True, eq=False)
class Clustering:
    """What one analysis says of the cases.

    Attributes
    ----------
    labels : ndarray of int of shape (n_case,)
        Cluster of each case; -1 for nobody's.
    value : float
        What the criterion looks at.
    claims : bool
        Whether the analysis would be reported as having found a subtype.
    """

    labels: np.ndarray
    value: float
    claims: bool


def cluster_cases(
    X: np.ndarray,
    algorithm: str,
    numbers: Sequence[str],
    *,
    seed: int,
    n_resamples: int = 100,
) -> dict[str, Clustering]:
    """Cluster the cases by one algorithm, for every number of clusters that is wanted.

    Fits are shared: ``chosen`` is the best of 2 to 4 by the algorithm's own criterion (of 1 to 4
    where the criterion can prefer one).

    Parameters
    ----------
    X : ndarray of shape (n_case, n_columns)
    algorithm : str
        One of `ALGORITHMS` but `OWN`, which needs more than a matrix (`run_cells`).
    numbers : sequence of str
        ``"chosen"``, ``"2"``, ``"3"``, ``"4"``.
    seed : int
    n_resamples : int, default 100
        Of consensus clustering.

    Returns
    -------
    dict of str to Clustering
        By number, in the order of `numbers`.

    Raises
    ------
    InputError
        If the algorithm has no such face, or the matrix cannot be clustered.

    Notes
    -----
    A silhouette up to .25 is customarily read as no substantial structure, and the number with
    the smallest proportion of ambiguous pairs as the number of clusters; no threshold for the
    latter is agreed on, and .10 is ours. None of these criteria tells a group from a gradient:
    that is what the null twin beside them shows.

    References
    ----------
    Rousseeuw PJ (1987). Silhouettes: a graphical aid to the interpretation and validation of
    cluster analysis. J Comput Appl Math 20, 53-65. doi:10.1016/0377-0427(87)90125-7.
    Senbabaoglu Y, Michailidis G, Li JZ (2014). Critical limitations of consensus clustering in
    class discovery. Scientific Reports 4, 6207. doi:10.1038/srep06207.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).uniform(size=(120, 1))
    >>> found = cluster_cases(x, "kmeans", ["2"], seed=0)["2"]
    >>> found.claims, round(found.value, 1)
    (True, 0.6)
    """
    runs: dict[str, Callable[..., dict[str, Clustering]]] = {
        "gaussian_mixture": _by_bic,
        "skewed_mixture": _by_bic,
        "factor_mixture": _by_bic,
        "latent_profiles": _by_bic,
        "kmeans": _by_silhouette,
        "ward": _by_silhouette,
        "consensus": _by_consensus,
        "hdbscan": _by_density,
    }
    if algorithm not in runs:
        message = f"There is no cluster analysis {algorithm!r}; known are {', '.join(runs)}."
        raise InputError(message)
    with warnings.catch_warnings():
        # A mixture that has not settled after its steps is part of the customary picture.
        warnings.filterwarnings("ignore", category=UserWarning)
        found = runs[algorithm](X, algorithm, seed, n_resamples)
    missing = [number for number in numbers if number not in found]
    if missing:
        message = (
            f"{ALGORITHMS[algorithm].title}: {len(X)} cases are too few for {', '.join(missing)} "
            "clusters."
        )
        raise InputError(message)
    return {number: found[number] for number in numbers}


def _by_bic(
    X: np.ndarray,
    algorithm: str,
    seed: int,
    n_resamples: int,  # noqa: ARG001
) -> dict[str, Clustering]:
    """Mixtures of one to four clusters, as many as the cases can carry."""
    tried = [k for k in NUMBERS if n_parameters(algorithm, k, X.shape[1]) <= len(X)]
    one, _ = _mixture(X, algorithm, 1, seed)
    fits = {k: _mixture(X, algorithm, k, seed) for k in tried}
    found = {}
    for k, (bic, labels) in fits.items():
        is_split = len(np.unique(labels)) > 1
        found[str(k)] = Clustering(labels, one - bic, claims=one > bic and is_split)
    if fits:
        best = found[str(min(fits, key=lambda k: fits[k][0]))]
        nobody = np.zeros(len(X), dtype=int)
        found[CHOSEN] = best if best.value > 0 else Clustering(nobody, best.value, claims=False)
    return found


def _mixture(X: np.ndarray, algorithm: str, k: int, seed: int) -> tuple[float, np.ndarray]:
    """BIC (lower is better) and labels of a mixture."""
    from sklearn.mixture import GaussianMixture

    if algorithm == "gaussian_mixture":
        kind = "full" if X.shape[1] <= MOST_FULL_COLUMNS else "diag"
        model = GaussianMixture(
            k, covariance_type=kind, n_init=3, max_iter=500, reg_covar=1e-4, random_state=seed
        ).fit(X)
        return float(model.bic(X)), model.predict(X)
    if algorithm == "skewed_mixture":
        skewed = SkewedMixtureClusterer(k, n_starts=4, tol=1e-5, random_state=seed).fit(X)
        return skewed.bic_, skewed.labels_
    if algorithm == "latent_profiles":
        profiles = LatentProfileClusterer(k, random_state=seed).fit(X)
        return _bic(algorithm, k, X, _profile_likelihood(profiles, X)), profiles.labels_
    factor = FactorMixtureClusterer(k).fit(X)
    likelihood = float(factor.log_likelihoods_[-1])
    return _bic(algorithm, k, X, likelihood), factor.labels_


def _bic(algorithm: str, k: int, X: np.ndarray, log_likelihood: float) -> float:
    """BIC of a model whose parameters `n_parameters` counts."""
    return n_parameters(algorithm, k, X.shape[1]) * float(np.log(len(X))) - 2 * log_likelihood


def _profile_likelihood(profiles: LatentProfileClusterer, X: np.ndarray) -> float:
    """Log-likelihood of latent profiles."""
    square = (X[:, None, :] - profiles.means_) ** 2 / profiles.variances_
    terms = square + np.log(2 * np.pi * profiles.variances_)
    joint = np.log(profiles.weights_) - 0.5 * terms.sum(axis=2)
    return float(np.logaddexp.reduce(joint, axis=1).sum())


def _by_silhouette(
    X: np.ndarray,
    algorithm: str,
    seed: int,
    n_resamples: int,  # noqa: ARG001
) -> dict[str, Clustering]:
    """k-means or Ward's tree, each number judged by its mean silhouette."""
    from sklearn.cluster import AgglomerativeClustering, KMeans
    from sklearn.metrics import silhouette_score

    most = len(np.unique(X, axis=0)) - 1
    found = {}
    for k in (number for number in NUMBERS if number <= most):
        if algorithm == "kmeans":
            labels = KMeans(k, n_init=10, random_state=seed).fit(X).labels_
        else:
            labels = AgglomerativeClustering(k, linkage="ward").fit(X).labels_
        value = float(silhouette_score(X, labels))
        found[str(k)] = Clustering(labels.astype(int), value, claims=value > WEAKEST_SILHOUETTE)
    if found:
        found[CHOSEN] = max(found.values(), key=lambda item: item.value)
    return found


def _by_consensus(
    X: np.ndarray,
    algorithm: str,  # noqa: ARG001
    seed: int,
    n_resamples: int,
) -> dict[str, Clustering]:
    """Consensus of average linkage over subsamples, each number judged by its ambiguous pairs."""
    tried = [k for k in NUMBERS if k < int(0.8 * len(X))]
    if not tried:
        return {}
    result = co_assignment(
        X, n_clusters=tried, base="agglomerative", n_resamples=n_resamples, seed=seed
    )
    shares = result.ambiguous_frac
    found = {}
    for k, share, labels in zip(tried, shares, result.labels, strict=True):
        value = float(share)
        is_split = len(np.unique(labels)) > 1
        found[str(k)] = Clustering(labels, value, claims=value <= MOST_AMBIGUOUS and is_split)
    found[CHOSEN] = min(found.values(), key=lambda item: item.value)
    return found


def _by_density(
    X: np.ndarray,
    algorithm: str,  # noqa: ARG001
    seed: int,  # noqa: ARG001
    n_resamples: int,  # noqa: ARG001
) -> dict[str, Clustering]:
    """Density clusters; nothing is random here."""
    model = HDBSCANClusterer().fit(X)
    labels = np.asarray(model.labels_, dtype=int)
    return {CHOSEN: Clustering(labels, float(model.n_clusters_), claims=model.n_clusters_ > 1)}
