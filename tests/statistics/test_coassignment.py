"""Consensus matrices against plain loops, and the laws they obey."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import KMeans

from subtyping.exceptions import InputError
from subtyping.statistics.agreement import adjusted_rand
from subtyping.statistics.coassignment import (
    co_assignment,
    co_assignment_matrix,
    distances,
    draw_subsamples,
)
from subtyping.statistics.linkage import (
    _compiled,
    average_linkage_labels,
    average_linkage_memberships,
)
from subtyping.statistics.resampled_kmeans import kmeans_memberships


def slow_matrix(memberships: np.ndarray) -> np.ndarray:
    """Count pairs one by one."""
    n = memberships.shape[1]
    total = np.zeros((n, n))
    for row in memberships:
        for i in range(n):
            for j in range(n):
                total[i, j] += row[i] >= 0 and row[i] == row[j]
    return total


def slow_linkage(distance: np.ndarray, drawn: np.ndarray, k: int) -> np.ndarray:
    """Cluster one subsample with SciPy."""
    row = np.full(len(distance), -1)
    inside = squareform(distance[np.ix_(drawn, drawn)], checks=False)
    row[drawn] = fcluster(linkage(inside, "average"), k, "maxclust")
    return row


def people(rng: np.random.Generator, n: int = 30, p: int = 6) -> np.ndarray:
    return rng.standard_normal((n, p)) + 2.0 * (np.arange(n) < n // 3)[:, None]


def test_the_product_is_the_plain_loop(rng) -> None:
    memberships = rng.integers(-1, 4, (25, 12))
    np.testing.assert_array_equal(co_assignment_matrix(memberships), slow_matrix(memberships))


def test_blocks_change_nothing(rng, monkeypatch) -> None:
    memberships = rng.integers(-1, 4, (25, 12)).astype(np.int8)
    whole = co_assignment_matrix(memberships)
    monkeypatch.setattr("subtyping.statistics.coassignment.BLOCK_CELLS", 100)
    np.testing.assert_array_equal(co_assignment_matrix(memberships), whole)


@pytest.mark.parametrize("metric", ["pearson", "euclidean"])
def test_one_tree_serves_every_k_as_scipy_would(rng, metric) -> None:
    between = distances(people(rng), metric)
    index = draw_subsamples(30, 40, 0.8, seed=3)
    found = average_linkage_memberships(between, index, (1, 2, 4, 7, 24))
    for i, k in enumerate((1, 2, 4, 7, 24)):
        for row, drawn in zip(found[i], index, strict=True):
            expected = slow_linkage(between, drawn, k)
            np.testing.assert_array_equal(row >= 0, expected >= 0)
            assert len(np.unique(row[drawn])) == k
            assert adjusted_rand(row, np.where(expected < 0, -1, expected)) == 1.0


def test_all_people_are_clustered_as_scipy_would(rng) -> None:
    between = distances(people(rng, 50), "euclidean")
    ks = tuple(range(1, 51))
    for labels, k in zip(average_linkage_labels(between, ks), ks, strict=True):
        assert adjusted_rand(labels, slow_linkage(between, np.arange(50), k)) == 1.0
        _, first = np.unique(labels, return_index=True)
        assert (np.diff(first) > 0).all()


def test_ties_go_to_the_first_pair() -> None:
    # All distances are 1: R's hclust joins 1 and 2, then 3 to them, and so on.
    equal = 1.0 - np.eye(5)
    np.testing.assert_array_equal(average_linkage_labels(equal, [2, 3])[0], [0, 0, 0, 0, 1])
    np.testing.assert_array_equal(average_linkage_labels(equal, [2, 3])[1], [0, 0, 0, 1, 2])


@pytest.mark.parametrize("base", ["agglomerative", "kmeans"])
def test_the_whole_against_a_slow_twin(rng, base) -> None:
    X = people(rng)
    fast = co_assignment(X, base=base, n_clusters=(2, 3), n_resamples=60, seed=5)
    for i in range(2):
        drawn = (fast.memberships[i] >= 0).astype(float)
        expected = slow_matrix(fast.memberships[i]) / (drawn.T @ drawn)
        np.testing.assert_array_equal(fast.consensus[i], expected)
        assert (np.diag(fast.consensus[i]) == 1).all()
    np.testing.assert_array_equal(np.diag(fast.co_sampled), drawn.sum(axis=0))


def test_permuting_people_permutes_the_answer(rng) -> None:
    X = people(rng)
    order = rng.permutation(30)
    index = draw_subsamples(30, 80, 0.8, seed=2)
    place = order.argsort()
    one = co_assignment(X, n_clusters=(2, 3, 4), resamples=index)
    other = co_assignment(X[order], n_clusters=(2, 3, 4), resamples=place[index])
    np.testing.assert_array_equal(other.consensus, one.consensus[:, order][:, :, order])
    np.testing.assert_allclose(other.cdf_area, one.cdf_area)


def test_names_of_clusters_in_a_resample_mean_nothing(rng) -> None:
    memberships = rng.integers(0, 4, (25, 12))
    renamed = np.array([rng.permutation(4)[row] for row in memberships])
    np.testing.assert_array_equal(co_assignment_matrix(renamed), co_assignment_matrix(memberships))


def test_duplicated_people_always_go_together(rng) -> None:
    X = np.repeat(people(rng, 15), 2, axis=0)
    for base in ("agglomerative", "kmeans"):
        result = co_assignment(X, base=base, n_clusters=(3,), n_resamples=100)
        np.testing.assert_allclose(result.consensus[0][::2, 1::2].diagonal(), 1.0)
        np.testing.assert_array_equal(result.labels[0][::2], result.labels[0][1::2])


def test_the_same_seed_gives_the_same_bytes(rng) -> None:
    X = people(rng)
    one, same, other = (
        co_assignment(X, base="kmeans", n_clusters=(3,), n_resamples=40, seed=s) for s in (1, 1, 2)
    )
    assert one.consensus.tobytes() == same.consensus.tobytes()
    assert one.consensus.tobytes() != other.consensus.tobytes()


def test_k_means_stops_at_optima_no_single_move_improves(rng) -> None:
    X = people(rng)
    square = distances(X, "euclidean") ** 2
    index = draw_subsamples(30, 30, 0.8, seed=1)
    found = kmeans_memberships(square, index, 3, np.random.default_rng(0))
    for row, drawn in zip(found, index, strict=True):
        assert set(row[drawn]) == {0, 1, 2}
        mine = within(X[drawn], row[drawn])
        for person in range(len(drawn)):
            for c in range(3):
                moved = row[drawn].copy()
                moved[person] = c
                assert within(X[drawn], moved) >= mine - 1e-9
        best = KMeans(3, n_init=20, random_state=0).fit(X[drawn]).inertia_
        assert mine < 1.25 * best


def within(X: np.ndarray, labels: np.ndarray) -> float:
    parts = (X[labels == c] for c in np.unique(labels))
    return sum(float(((part - part.mean(axis=0)) ** 2).sum()) for part in parts)


def test_k_means_of_few_distinct_people_fills_every_cluster() -> None:
    square = (np.array([0.0, 0, 0, 0, 5])[:, None] - np.array([0.0, 0, 0, 0, 5])) ** 2
    index = np.tile(np.arange(5), (20, 1))
    found = kmeans_memberships(square, index, 3, np.random.default_rng(0))
    assert all(set(row) == {0, 1, 2} for row in found)


def test_subsamples_hold_each_person_once() -> None:
    index = draw_subsamples(17, 50, 0.8, seed=1)
    assert index.shape == (50, 13)  # 0.8 x 17 = 13.6
    assert (np.diff(index, axis=1) > 0).all()
    counts = np.bincount(draw_subsamples(10, 4000, 0.5, seed=1).ravel())
    assert np.abs(counts - 2000).max() < 5 * np.sqrt(4000 * 0.25)


def test_ambiguity_and_area_by_hand() -> None:
    # Two people far apart from two others: six pairs, two always together, four never.
    X = np.array([[0.0], [0.1], [9.0], [9.1]])
    index = np.tile(np.arange(4), (3, 1))
    result = co_assignment(X, n_clusters=(2,), resamples=index)
    assert result.ambiguous_frac[0] == 0
    # The distribution function is 4/6 up to the last break, and 1 there.
    assert result.cdf_area[0] == pytest.approx((99 * 4 / 6 + 1) / 100)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"n_clusters": (25,)}, "between 1 and the 24 people"),
        ({"n_clusters": (0,)}, "between 1 and the 24 people"),
        ({"n_clusters": (25,), "base": "kmeans"}, "between 1 and the 24 people"),
        ({"base": "kmean"}, "Did you mean 'kmeans'"),
        ({"metric": "spearman"}, "must be one of pearson"),
        ({"base": "kmeans", "metric": "pearson"}, "needs metric='euclidean'"),
        ({"n_resamples": 2}, "never drawn together in 2 resamples"),
        ({"fraction": 1.2}, r"fraction in \(0, 1\]"),
        ({"resamples": np.array([[0, 0, 1]])}, "at most once"),
        ({"resamples": np.array([[0, 30, 1]])}, "at most once"),
    ],
)
def test_errors_say_what_was_expected(rng, change, match) -> None:
    with pytest.raises(InputError, match=match):
        co_assignment(people(rng), **{"n_clusters": (2,), "n_resamples": 40, **change})


def test_kernels_compile_where_machine_code_cannot_be_kept(monkeypatch) -> None:
    def no_place(*, cache: bool = False, **options: object):
        if cache:
            message = "cannot cache function: no locator available"
            raise RuntimeError(message)
        return lambda kernel: (kernel, options["nogil"])

    monkeypatch.setattr("numba.njit", no_place)
    assert _compiled.__wrapped__(print) == (print, True)


def test_matrices_that_cannot_be_clustered(rng) -> None:
    X = people(rng)
    X[3] = 1.0
    with pytest.raises(InputError, match="differ between analytes"):
        co_assignment(X, metric="pearson")
    X[3, 0] = np.nan
    with pytest.raises(InputError, match="finite"):
        co_assignment(X)
    with pytest.raises(InputError, match="square matrix"):
        co_assignment(X[:, 1:], metric="precomputed")
