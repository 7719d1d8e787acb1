"""Clusterers behind one face."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from subtyping.discovery import GaussianMixtureClusterer, HDBSCANClusterer

BOTH = [GaussianMixtureClusterer(), HDBSCANClusterer()]


def blobs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    truth = np.repeat([0, 1], [80, 40])
    return rng.standard_normal((120, 2)) + 9.0 * truth[:, None], truth


@pytest.mark.parametrize("clusterer", BOTH, ids=lambda c: type(c).__name__)
def test_scikit_learn_accepts_it(clusterer) -> None:
    check_estimator(clusterer, on_skip=None)


@pytest.mark.parametrize("clusterer", BOTH, ids=lambda c: type(c).__name__)
def test_two_far_blobs_are_found_and_new_people_join_them(clusterer, rng) -> None:
    X, truth = blobs(rng)
    fitted = clusterer.fit(X)
    assert fitted.n_clusters_ == 2
    new = np.array([[0.0, 0.0], [9.0, 9.0]])
    first, second = fitted.predict(new)
    assert first != second
    assert set(fitted.predict(X)) <= {-1, *range(fitted.n_clusters_)}
    assert (fitted.labels_[truth == 0] == first).mean() > 0.9


@pytest.mark.parametrize("clusterer", BOTH, ids=lambda c: type(c).__name__)
def test_memberships_lie_between_zero_and_one_and_sum_to_at_most_one(clusterer, rng) -> None:
    X, _ = blobs(rng)
    membership = clusterer.fit(X).predict_proba(X)
    assert membership.shape == (120, 2)
    assert membership.min() >= 0
    assert membership.sum(axis=1).max() <= 1 + 1e-9


def test_hdbscan_without_clusters_calls_everyone_noise(rng) -> None:
    fitted = HDBSCANClusterer(0.4).fit(rng.uniform(size=(40, 6)))
    if fitted.n_clusters_ == 0:
        assert (fitted.predict(rng.uniform(size=(5, 6))) == -1).all()
        assert fitted.predict_proba(np.zeros((3, 6))).shape == (3, 0)
    few = HDBSCANClusterer().fit(rng.uniform(size=(4, 2)))
    assert few.n_clusters_ == 0
    assert (few.predict(np.zeros((2, 2))) == -1).all()


def test_bic_may_answer_one(rng) -> None:
    assert GaussianMixtureClusterer().fit(rng.standard_normal((300, 2))).n_clusters_ == 1
