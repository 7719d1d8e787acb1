"""Candidate configurations: what other clusterers would say, beside the verdict."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from subtyping._random import child_seed
from subtyping._validation import one_of
from subtyping.discovery.clusterers import GaussianMixtureClusterer, HDBSCANClusterer
from subtyping.discovery.consensus import ConsensusClusterer
from subtyping.discovery.factor_clusterer import FactorMixtureClusterer
from subtyping.discovery.labelling import FittedLabelling
from subtyping.discovery.latent_profiles import LatentProfileClusterer
from subtyping.discovery.mixture_clusterers import SkewedMixtureClusterer

__all__ = ["CANDIDATES", "compare_candidates"]

CANDIDATES = (
    "gaussian_mixture",
    "skewed_mixture",
    "factor_mixture",
    "consensus",
    "hdbscan",
    "latent_profiles",
)
BY_DEFAULT = ("gaussian_mixture", "skewed_mixture", "consensus", "hdbscan")
NEEDS_MEMBERS = {"factor_mixture": 3}


def compare_candidates(
    fitted: FittedLabelling, names: Sequence[str] = BY_DEFAULT, *, seed: int = 0
) -> pd.DataFrame:
    """Cluster the cases by other algorithms, on the skew and on the members given the level.

    Parameters
    ----------
    fitted : FittedLabelling
    names : sequence of str
        Of `CANDIDATES`. A factor mixture is fitted where there are three members or more, and
        not to the skew alone; latent profiles need StepMix.
    seed : int, default 0

    Returns
    -------
    pandas.DataFrame
        ``candidate, input, n_clusters, noise_frac, ari_with_mixture``; the last is the adjusted
        Rand index with the labels of the deciding mixture. Descriptive: none of these numbers
        tells a subtype from a gradient.
    """
    is_case = fitted.is_case
    values = fitted.scores.values.to_numpy()[is_case]
    inputs = {
        fitted.scores.quantity: values[:, None],
        "members": fitted.scores.residuals.to_numpy()[is_case],
    }
    member = fitted.model.probability(values) > 0.5
    rows = []
    for name in names:
        one_of(name, CANDIDATES, "discovery.candidates")
        for label, X in inputs.items():
            if X.shape[1] < NEEDS_MEMBERS.get(name, 1):
                continue
            clusterer = _make(name, child_seed(seed, "candidate", name, label)).fit(X)
            labels = clusterer.labels_
            rows.append(
                {
                    "candidate": name,
                    "input": label,
                    "n_clusters": clusterer.n_clusters_,
                    "noise_frac": float(np.mean(labels < 0)),
                    "ari_with_mixture": float(adjusted_rand_score(member, labels)),
                }
            )
    return pd.DataFrame(rows)


def _make(name: str, seed: int) -> Any:
    """Return the clusterer of this name, as its users would call it."""
    makers: dict[str, Callable[[], Any]] = {
        "gaussian_mixture": lambda: GaussianMixtureClusterer(random_state=seed),
        "skewed_mixture": lambda: SkewedMixtureClusterer(random_state=seed),
        "factor_mixture": FactorMixtureClusterer,
        "consensus": lambda: ConsensusClusterer(random_state=seed),
        "hdbscan": HDBSCANClusterer,
        "latent_profiles": lambda: LatentProfileClusterer(random_state=seed),
    }
    return makers[name]()
