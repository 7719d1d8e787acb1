"""Agreement of two labellings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from subtyping.exceptions import InputError
from subtyping.statistics.agreement import (
    adjusted_rand,
    align_labels,
    best_jaccard,
    contingency,
    jaccard_stability,
    prediction_strength,
)

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=40)


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_adjusted_rand_is_scikit_learns(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    assert adjusted_rand(first, second) == pytest.approx(adjusted_rand_score(first, second))


@settings(max_examples=60, deadline=None)
@given(LABELS, st.randoms(use_true_random=False))
def test_names_and_order_change_nothing(pairs: list[tuple[int, int]], random) -> None:
    first, second = np.array(pairs).T
    new_names = np.array(random.sample(range(10), 5))
    order = np.array(random.sample(range(len(first)), len(first)))
    renamed = new_names[second][order]
    assert adjusted_rand(first, second) == pytest.approx(adjusted_rand(first[order], renamed))
    assert prediction_strength(first, second) == prediction_strength(first[order], renamed)
    np.testing.assert_array_equal(
        best_jaccard(first, second, 4), best_jaccard(first[order], renamed, 4)
    )


@settings(max_examples=60, deadline=None)
@given(LABELS)
def test_alignment_renames_and_never_merges(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    aligned = align_labels(first, second)
    assert adjusted_rand(aligned, second) == 1.0
    assert len(np.unique(aligned)) == len(np.unique(second))
    assert (aligned == first).sum() >= (second == first).sum()


def test_alignment_undoes_a_renaming(rng) -> None:
    labels = rng.integers(0, 4, 60)
    np.testing.assert_array_equal(align_labels(labels, np.array([2, 0, 3, 1])[labels]), labels)


def test_alignment_leaves_absent_people_absent() -> None:
    aligned = align_labels(np.array([0, 0, 1, -1]), np.array([1, -1, 0, 0]))
    np.testing.assert_array_equal(aligned, [0, -1, 1, 1])


def test_jaccard_by_hand() -> None:
    # Cluster 0 = {a, b, c}, cluster 1 = {d, e}; the other one holds {a, b, d} and {c, e}:
    # 0 with {a, b, d}: 2 shared of 4; 1 with {c, e}: 1 of 3, with {a, b, d}: 1 of 4.
    found = best_jaccard(np.array([0, 0, 0, 1, 1]), np.array([5, 5, 2, 5, 2]), 2)
    np.testing.assert_allclose(found, [2 / 4, 1 / 3])


def test_jaccard_counts_only_the_people_drawn() -> None:
    labels = np.array([0, 0, 1, 1, 2])
    drawn = np.array([[4, 4, 7, 7, -1], [0, -1, -1, -1, 1]])
    # Second resample: cluster 1 is not there at all.
    np.testing.assert_allclose(jaccard_stability(labels, drawn), [[1, 1, 0], [1, 0, 1]])


def test_prediction_strength_by_hand() -> None:
    # {a, b, c, d}: 6 pairs, kept {a, b} and {c, d}: 2 of 6; {e, f}: 1 of 1.
    own, said = np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 1, 1, 1, 1])
    assert prediction_strength(own, said) == pytest.approx(2 / 6)
    assert prediction_strength(own, np.zeros(6, dtype=int)) == 1.0
    assert prediction_strength(np.arange(3), np.arange(3)) == 1.0


def test_edges() -> None:
    assert np.isnan(adjusted_rand(np.array([0]), np.array([0])))
    assert adjusted_rand(np.zeros(4, int), np.zeros(4, int)) == 1.0
    assert (best_jaccard(np.array([0, 1]), np.array([-1, -1]), 2) == 0).all()
    with pytest.raises(InputError, match=r"same people; got shapes \(3,\) and \(2,\)"):
        contingency(np.zeros(3, int), np.zeros(2, int))
