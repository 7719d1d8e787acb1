"""The consensus clusterer."""

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.estimator_checks import check_estimator

from subtyping.discovery.cluster_names import cluster_names, order_of_clusters
from subtyping.discovery.consensus import ConsensusClusterer
from subtyping.exceptions import InputError
from subtyping.statistics.agreement import adjusted_rand

KINDS = [
    {"base": "agglomerative"},
    {"base": "kmeans"},
    {"base": "agglomerative", "metric": "pearson"},
    {"base": "kmeans", "metric": "pearson"},
]


def blobs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Three groups, told apart by level and by the shape of the profile."""
    truth = np.repeat([0, 1, 2], [50, 30, 40])
    profiles = np.array([[0.0, 0, 6, 6], [6, 0, 0, 6], [12, 12, 0, 0]])
    return rng.standard_normal((120, 4)) + profiles[truth], truth


def make(kind: dict[str, str], **options: object) -> ConsensusClusterer:
    return ConsensusClusterer(n_resamples=60, **kind, **options)


def test_scikit_learn_accepts_it() -> None:
    check_estimator(ConsensusClusterer(), on_skip=None)
    check_estimator(ConsensusClusterer(base="kmeans", n_resamples=100), on_skip=None)


@pytest.mark.parametrize("kind", KINDS)
def test_three_groups_are_found_ordered_and_new_people_join_them(kind, rng) -> None:
    X, truth = blobs(rng)
    fitted = make(kind).fit(X)
    assert fitted.n_clusters_ == 3
    np.testing.assert_array_equal(fitted.labels_, truth)
    np.testing.assert_array_equal(fitted.predict(blobs(rng)[0]), truth)
    assert fitted.agreement_.min() > 0.9
    assert fitted.weights_ == pytest.approx([50 / 120, 30 / 120, 40 / 120])


@pytest.mark.parametrize("kind", KINDS)
def test_permuted_and_duplicated_people_keep_their_clusters(kind, rng) -> None:
    X, truth = blobs(rng)
    order = rng.permutation(120)
    np.testing.assert_array_equal(make(kind).fit(X[order]).labels_, truth[order])
    twice = make(kind).fit(np.vstack([X, X]))
    np.testing.assert_array_equal(twice.labels_, np.tile(truth, 2))


@pytest.mark.parametrize("kind", KINDS)
def test_predictions_never_invent_a_label(kind, rng) -> None:
    fitted = make(kind, n_clusters=3).fit(rng.standard_normal((60, 4)))
    far = 1e3 * rng.standard_normal((200, 4))
    assert set(fitted.predict(far)) <= set(fitted.labels_)
    probability = fitted.predict_proba(far)
    assert probability.shape == (200, 3)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)


def test_one_person_alone_gets_the_bits_of_the_batch(rng) -> None:
    X, _ = blobs(rng)
    fitted = make({}).fit(X)
    batch = fitted.predict_proba(X)
    alone = np.vstack([fitted.predict_proba(row[None]) for row in X])
    assert batch.tobytes() == alone.tobytes()


def test_agreement_is_low_where_there_is_nothing(rng) -> None:
    X, _ = blobs(rng)
    noise = ConsensusClusterer(3, base="kmeans", n_resamples=60).fit(rng.standard_normal((120, 4)))
    clear = ConsensusClusterer(3, base="kmeans", n_resamples=60).fit(X)
    assert noise.agreement_.mean() < clear.agreement_.mean()
    assert noise.ambiguous_frac_[0] > clear.ambiguous_frac_[0]


def test_clusters_are_named_by_what_defines_them(rng) -> None:
    X, truth = blobs(rng)
    table = pd.DataFrame(X, columns=["CCL17", "CCL11", "IL6", "CRP"])
    fitted = make({}).fit(table)
    assert fitted.names_ == ("high IL6", "low CCL11", "high CCL11")
    assert adjusted_rand(fitted.predict(table), truth) == 1.0


def test_names_and_order_by_hand() -> None:
    means = np.array([[1.0, 5.0], [1.0, -5.0], [0.0, 0.0]])
    np.testing.assert_array_equal(order_of_clusters(means), [2, 1, 0])
    # Against the mean of the others: (.5, 7.5), (.5, -7.5), (-1, 0).
    assert cluster_names(means, np.ones(2)) == ("high column 2", "low column 2", "low column 1")
    assert cluster_names(means[:1], np.ones(2)) == ("everyone",)
    same = np.array([[0.0], [4.0], [5.0]])
    names = ("low column 1", "high column 1", "high column 1 (2)")
    assert cluster_names(same, np.ones(1)) == names


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"n_clusters": 0}, "between 1 and 120"),
        ({"n_clusters": 121}, "between 1 and 120"),
        ({"base": "k-means"}, "Did you mean 'kmeans'"),
        ({"metric": "cosine"}, "metric must be one of"),
        ({"fraction": 0.05, "n_resamples": 5}, "never drawn together"),
    ],
)
def test_errors_say_what_was_expected(rng, options, match) -> None:
    with pytest.raises(InputError, match=match):
        ConsensusClusterer(**options).fit(blobs(rng)[0])


def test_a_flat_person_has_no_correlation(rng) -> None:
    X, _ = blobs(rng)
    fitted = make({"metric": "pearson"}).fit(X)
    with pytest.raises(InputError, match="differ between columns"):
        fitted.predict(np.ones((1, 4)))
