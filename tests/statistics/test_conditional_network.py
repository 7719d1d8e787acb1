"""What is expected elsewhere when some analytes stand elsewhere."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subtyping.exceptions import InputError
from subtyping.statistics.conditional_network import clamp_slopes, clamp_weights, propagate
from subtyping.statistics.network_covariance import (
    shrinkage_weight,
    shrunk_covariance,
    sparse_covariance,
    within_group_covariance,
)


def a_covariance(rng, p=6):
    """Return a positive definite matrix."""
    half = rng.normal(size=(p, 2 * p))
    return half @ half.T / (2 * p)


def test_hand_value_of_two_analytes():
    # variance 4 and 9, covariance 3: slope 3/4; the first falls by 2, the second by 1.5
    moved = propagate([[5.0, 7.0]], [[4.0, 3.0], [3.0, 9.0]], [[1.0, 0.0]], [3.0])
    assert moved.tolist() == [[3.0, 5.5]]


def test_hand_value_of_a_score():
    # cov(x3, mean) = (.4 + .2)/2 = .3, var(mean) = (1 + 1 + 2 x .5)/4 = .75; slope .4
    covariance = [[1.0, 0.5, 0.4], [0.5, 1.0, 0.2], [0.4, 0.2, 1.0]]
    slopes = clamp_slopes(covariance, clamp_weights(3, [0, 1], as_score=True))
    assert slopes[:, 0] == pytest.approx([1.0, 1.0, 0.4])


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_dose_zero_changes_nothing_and_the_dose_is_linear(seed, dose):
    rng = np.random.default_rng(seed)
    covariance, x = a_covariance(rng), rng.normal(size=(4, 6))
    rows, target = clamp_weights(6, [1, 4]), rng.normal(size=2)
    none = propagate(x, covariance, rows, target, 0.0)
    full = propagate(x, covariance, rows, target, 1.0)
    part = propagate(x, covariance, rows, target, dose)
    np.testing.assert_array_equal(none, x)
    np.testing.assert_allclose(part, x + dose * (full - x), atol=1e-9)
    np.testing.assert_allclose(full[:, [1, 4]], np.tile(target, (4, 1)), atol=1e-9)


@given(st.integers(0, 10_000))
def test_the_slopes_are_those_of_the_precision(seed):
    covariance = a_covariance(np.random.default_rng(seed))
    precision = np.linalg.inv(covariance)
    others, clamped = [0, 2, 3, 5], [1, 4]
    expected = -np.linalg.solve(
        precision[np.ix_(others, others)], precision[np.ix_(others, clamped)]
    )
    slopes = clamp_slopes(covariance, clamp_weights(6, clamped))
    np.testing.assert_allclose(slopes[others], expected, atol=1e-7)


def test_clamping_independent_analytes_changes_nothing_else(rng):
    covariance = np.zeros((5, 5))
    covariance[:3, :3], covariance[3:, 3:] = a_covariance(rng, 3), a_covariance(rng, 2)
    x = rng.normal(size=(7, 5))
    moved = propagate(x, covariance, clamp_weights(5, [3, 4]), [9.0, -9.0])
    np.testing.assert_allclose(moved[:, :3], x[:, :3], atol=1e-12)


def test_the_mean_over_people_is_the_conditional_mean(rng):
    covariance = a_covariance(rng)
    x = rng.multivariate_normal(np.zeros(6), covariance, size=40_000)
    near = np.abs(x[:, 0] - 0.8) < 0.05
    expected = propagate(np.zeros((1, 6)), covariance, clamp_weights(6, [0]), [0.8])[0]
    np.testing.assert_allclose(x[near].mean(axis=0), expected, atol=0.08)


def test_a_difference_of_groups_does_not_enter_the_covariance_within(rng):
    x, group = rng.normal(size=(60, 4)), np.repeat([0, 1], 30)
    shifted = x + np.outer(group, [3.0, 3.0, 0.0, 0.0])
    np.testing.assert_allclose(
        within_group_covariance(x, group), within_group_covariance(shifted, group), atol=1e-12
    )
    assert shrinkage_weight(x, group) == pytest.approx(shrinkage_weight(shifted, group))
    # pooled, two analytes that share nothing but the difference seem tied: slope near 2.25/3.25
    rows = clamp_weights(4, [0])
    assert clamp_slopes(within_group_covariance(shifted), rows)[1, 0] > 0.5
    assert abs(clamp_slopes(within_group_covariance(shifted, group), rows)[1, 0]) < 0.4


def test_shrinking_keeps_variances_and_sparse_keeps_the_scale(rng):
    covariance = a_covariance(rng) * np.outer(np.arange(1, 7), np.arange(1, 7))
    assert np.diag(shrunk_covariance(covariance, 1.0)) == pytest.approx(np.diag(covariance))
    assert shrunk_covariance(covariance, 0.0) == pytest.approx(covariance)
    sparse, penalty = sparse_covariance(covariance, 300)
    assert penalty in {0.4, 0.28, 0.2, 0.14, 0.1}
    assert np.diag(sparse) == pytest.approx(np.diag(covariance), rel=1e-3)
    unrelated, _ = sparse_covariance(np.diag([1.0, 2.0, 3.0]), 300)
    assert unrelated == pytest.approx(np.diag([1.0, 2.0, 3.0]))


EYE = np.eye(2)
PICK = [[1.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: within_group_covariance([[1.0, np.nan]]), "1 values that are missing"),
        (lambda: within_group_covariance([1.0, 2.0]), "two dimensions"),
        (lambda: within_group_covariance(EYE, [0]), "expected 2, got 1"),
        (lambda: within_group_covariance(EYE, [0, 1]), "more people than groups"),
        (lambda: shrunk_covariance(EYE, 1.5), "between 0 and 1; got 1.5"),
        (lambda: sparse_covariance(np.zeros((2, 2)), 50), "analytes that vary"),
        (lambda: sparse_covariance(EYE, 50, penalties=()), "none of the penalties"),
        (lambda: clamp_weights(3, []), "at least one analyte"),
        (lambda: clamp_weights(3, [1, 1]), "each once"),
        (lambda: clamp_weights(3, [3]), "from 0 to 2"),
        (lambda: clamp_slopes(np.eye(3), PICK), "need a covariance of 2 analytes"),
        (lambda: clamp_slopes(np.zeros((2, 2)), PICK), "does not vary"),
        (lambda: clamp_slopes(EYE, [[1.0, 0.0], [1.0, 0.0]]), "repeats itself"),
        (lambda: propagate(EYE, EYE, PICK, [0.0], 1.2), "between 0 .* got 1.2"),
        (lambda: propagate(EYE, EYE, PICK, [0.0, 0.0]), "one target for each row"),
    ],
)
def test_bad_input_is_refused(call, match):
    with pytest.raises(InputError, match=match):
        call()
