"""The peers that are asked in Python, each as a function of a matrix and a seed.

Every function returns ``claims`` (does the peer, read as its users read it, claim groups),
``n_groups``, ``p_value`` or None, ``score`` (larger for more evidence of groups; what a threshold
can be moved along) and ``labels``, one a person.
"""

import contextlib
import io
import warnings
from importlib.metadata import version
from typing import Any

import numpy as np

N_NULL_DRAWS = 199
N_STEPMIX_REPETITIONS = 20
LEVEL = 0.05
REVAL_CLUSTERS = (2, 3, 4, 5, 6)
REVAL_ACCURACY = 0.9


# ------------------------------------------------------------- Gaussian-covariance null


def two_means(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split each of a stack of matrices (b, n, p) in two; return cluster index and membership.

    Lloyd's iterations from the medians of up to three leading columns; the index is the sum of
    squares within the two groups over the total one.
    """
    x = x - x.mean(axis=1, keepdims=True)
    total = (x**2).sum(axis=(1, 2))
    best = np.full(len(x), np.inf)
    member = np.zeros(x.shape[:2], dtype=bool)
    for column in range(min(3, x.shape[2])):
        start = x[:, :, column]
        upper = start > np.median(start, axis=1, keepdims=True)
        for _ in range(60):
            size = np.clip(upper.sum(axis=1, keepdims=True), 1, x.shape[1] - 1)
            sums = np.matmul(upper[:, None, :].astype(float), x)[:, 0]
            above, below = sums / size, -sums / (x.shape[1] - size)
            middle = ((above**2).sum(axis=1) - (below**2).sum(axis=1)) / 2
            before = upper
            upper = np.matmul(x, (above - below)[:, :, None])[:, :, 0] > middle[:, None]
            if (upper == before).all():
                break
        size = np.clip(upper.sum(axis=1), 1, x.shape[1] - 1)
        sums = np.matmul(upper[:, None, :].astype(float), x)[:, 0]
        between = (sums**2).sum(axis=1) * (1 / size + 1 / (x.shape[1] - size))
        index = 1 - between / total
        is_better = index < best - 1e-12
        best = np.where(is_better, index, best)
        member = np.where(is_better[:, None], upper, member)
    return best, member


def gaussian_null(x: np.ndarray, seed: int) -> dict[str, Any]:
    """2-means cluster index against a Gaussian of the sample's covariance (sigclust).

    There are more people than analytes here, so the covariance is the sample's own (sigclust's
    second estimate): the shrunken ones need most entries to be background noise, which a general
    level that moves every analyte does not leave.
    """
    rng = np.random.default_rng(seed)
    centred = x - x.mean(axis=0)
    covariance = np.atleast_2d(np.cov(centred, rowvar=False))
    eigenvalues, vectors = np.linalg.eigh(covariance)
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    spread = np.sqrt(np.maximum(eigenvalues, 0.0))
    index, member = two_means((centred @ vectors)[None])
    null, _ = two_means(rng.standard_normal((N_NULL_DRAWS, *x.shape)) * spread)
    p_value = (1 + int((null <= index[0]).sum())) / (1 + N_NULL_DRAWS)
    return {
        "claims": p_value < LEVEL,
        "n_groups": 2,
        "p_value": p_value,
        "score": float((null.mean() - index[0]) / null.std(ddof=1)),
        "labels": member[0].astype(int),
    }


# ------------------------------------------------------------- reval-style relabelling


def _k_means(x: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    return KMeans(k, n_init=3, random_state=seed).fit_predict(x)


def _neighbours(train: np.ndarray, test: np.ndarray, n: int = 5) -> np.ndarray:
    from scipy.spatial.distance import cdist

    return np.argpartition(cdist(test, train), n, axis=1)[:, :n]


def _vote(labels: np.ndarray, neighbours: np.ndarray, k: int) -> np.ndarray:
    return (labels[neighbours][:, :, None] == np.arange(k)).sum(axis=1).argmax(axis=1)


def _disagreement(left: np.ndarray, right: np.ndarray, k: int) -> float:
    from scipy.optimize import linear_sum_assignment

    table = np.bincount(left * k + right, minlength=k * k).reshape(k, k)
    return 1 - table[linear_sum_assignment(-table)].sum() / len(left)


def _stability(x: np.ndarray, rng: np.random.Generator) -> dict[int, float]:
    """Misclassification over that of shuffled labels, by k: five times two folds."""
    found: dict[int, list[tuple[float, float]]] = {k: [] for k in REVAL_CLUSTERS}
    for _ in range(5):
        order = rng.permutation(len(x))
        halves = order[: len(x) // 2], order[len(x) // 2 :]
        for train, test in (halves, halves[::-1]):
            near = _neighbours(x[train], x[test])
            for k in REVAL_CLUSTERS:
                seed = int(rng.integers(2**31))
                taught, own = _k_means(x[train], k, seed), _k_means(x[test], k, seed)
                shuffled = [
                    _disagreement(_vote(rng.permutation(taught), near, k), own, k)
                    for _ in range(10)
                ]
                wrong = _disagreement(_vote(taught, near, k), own, k)
                found[k].append((wrong, float(np.mean(shuffled))))
    return {k: float(np.mean([a / max(b, 1e-9) for a, b in one])) for k, one in found.items()}


def reval_style(x: np.ndarray, seed: int) -> dict[str, Any]:
    """Choose k by cross-validated relabelling on 70 %, and check it on the other 30 %."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(x))
    learn, check = x[order[: int(0.7 * len(x))]], x[order[int(0.7 * len(x)) :]]
    stability = _stability(learn, rng)
    k = min(stability, key=lambda one: stability[one])
    taught, own = _k_means(learn, k, seed), _k_means(check, k, seed)
    accuracy = 1 - _disagreement(_vote(taught, _neighbours(learn, check), k), own, k)
    return {
        "claims": bool(accuracy >= REVAL_ACCURACY),
        "n_groups": k,
        "p_value": None,
        "score": -stability[k],
        "labels": _k_means(x, k, seed),
    }


# ------------------------------------------------------------- UMAP and HDBSCAN


def umap_hdbscan(x: np.ndarray, seed: int) -> dict[str, Any]:
    """Default UMAP, then default HDBSCAN; its noise is one more set of people for matching."""
    import hdbscan
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedding = umap.UMAP(random_state=seed).fit_transform(x)
        model = hdbscan.HDBSCAN().fit(embedding)
    n_groups = int(model.labels_.max()) + 1
    validity = float(np.sum(model.cluster_persistence_)) if n_groups else 0.0
    return {
        "claims": n_groups >= 2,
        "n_groups": n_groups,
        "p_value": None,
        "score": validity if n_groups >= 2 else -1.0,
        "labels": model.labels_,
    }


# ------------------------------------------------------------- StepMix


def stepmix_blrt(x: np.ndarray, seed: int) -> dict[str, Any]:
    """One against two latent profiles by StepMix's own parametric bootstrap."""
    from stepmix import StepMix
    from stepmix.bootstrap import bootstrap

    def model(k: int) -> Any:
        return StepMix(k, measurement="gaussian_diag", random_state=seed, verbose=0, progress_bar=0)

    quiet = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(quiet),
        contextlib.redirect_stderr(quiet),
    ):
        warnings.simplefilter("ignore")
        one, two = model(1).fit(x), model(2).fit(x)
        labels = two.predict(x)
        statistic = 2 * len(x) * (two.score(x) - one.score(x))
        options = {"n_repetitions": N_STEPMIX_REPETITIONS, "identify_classes": False}
        options |= {"sampler": one, "random_state": seed, "parametric": True}
        _, drawn_one = bootstrap(one, x, None, **options)
        _, drawn_two = bootstrap(two, x, None, **options)
    null = 2 * (drawn_two["LL"] - drawn_one["LL"]).to_numpy()
    p_value = float((null > statistic).mean())
    return {
        "claims": p_value < LEVEL,
        "n_groups": 2,
        "p_value": p_value,
        "score": float((statistic - null.mean()) / null.std(ddof=1)),
        "labels": labels,
    }


ASK = {
    "gaussian_null": gaussian_null,
    "reval": reval_style,
    "umap_hdbscan": umap_hdbscan,
    "stepmix": stepmix_blrt,
}
PACKAGES = {
    "gaussian_null": ("numpy",),
    "reval": ("scikit-learn",),
    "umap_hdbscan": ("umap-learn", "hdbscan"),
    "stepmix": ("stepmix",),
}


def versions_of(peer: str) -> str:
    """Name the libraries of a peer with their versions."""
    return ", ".join(f"{package} {version(package)}" for package in PACKAGES[peer])
