"""Regression on order statistics: hand values and laws."""

import numpy as np
import pytest
from scipy import special

from subtyping.exceptions import InputError
from subtyping.statistics.ros import plotting_positions, regression_on_order_statistics


def test_two_limits_by_hand() -> None:
    # <1, <1, 2, 3, <4, 5, 6, 8. Limits 1 and 4.
    # Above 4: A = 3 (5, 6, 8); known below 4: B = 2 (2, 3) + 3 (<1, <1, <4) = 5; p4 = 3/8.
    # In [1, 4): A = 2; below 1: B = 2; p1 = 3/8 + (1 - 3/8) x 2/4 = 11/16.
    # 2, 3: 1 - 11/16 + (11/16 - 3/8) x r/3; 5, 6, 8: 1 - 3/8 + 3/8 x r/4.
    # <1: (1 - 11/16) x r/3; <4: (1 - 3/8) x 1/2.
    values = [1, 1, 2, 3, 4, 5, 6, 8]
    censored = [True, True, False, False, True, False, False, False]
    expected = [
        *(5 / 16 * 1 / 3, 5 / 16 * 2 / 3),
        *(5 / 16 + 5 / 16 * 1 / 3, 5 / 16 + 5 / 16 * 2 / 3),
        5 / 8 * 1 / 2,
        *(5 / 8 + 3 / 8 * 1 / 4, 5 / 8 + 3 / 8 * 2 / 4, 5 / 8 + 3 / 8 * 3 / 4),
    ]
    np.testing.assert_allclose(plotting_positions(values, censored), expected, rtol=1e-12)


def test_a_detected_value_below_every_limit_counts() -> None:
    # 0.5 and <1, 2: p(1) = 1/(1 + 2) = 1/3; below it everything: p = 1.
    found = plotting_positions([0.5, 1, 2], [False, True, False])
    np.testing.assert_allclose(found, [2 / 3 * 1 / 2, 2 / 3 * 1 / 2, 2 / 3 + 1 / 3 * 1 / 2])


def test_without_censoring_it_returns_the_values_and_the_ranks(rng) -> None:
    Y = rng.normal(size=(21, 2))
    found = regression_on_order_statistics(Y, np.zeros_like(Y, dtype=bool))
    np.testing.assert_array_equal(found.filled, Y)
    ranks = Y[:, 0].argsort().argsort() + 1
    np.testing.assert_allclose(plotting_positions(Y[:, 0], np.zeros(21, dtype=bool)), ranks / 22)


def test_values_on_the_line_give_the_line_back() -> None:
    limit = 0.4
    censored = np.array([True] * 4 + [False] * 6)
    position = plotting_positions(np.r_[[limit] * 4, np.arange(1.0, 7.0)], censored)
    Y = np.where(censored, limit, 3 + 2 * special.ndtri(position))[:, None] + 10
    found = regression_on_order_statistics(Y, censored[:, None])
    assert found.mean[0] == pytest.approx(13)
    assert found.sd[0] == pytest.approx(2)


def test_location_scale_and_order_of_rows(rng) -> None:
    Y = rng.normal(size=(50, 1))
    censored = Y < -0.2
    Y = np.where(censored, -0.2, Y)
    before = regression_on_order_statistics(Y, censored)
    after = regression_on_order_statistics(5 + 3 * Y, censored)
    np.testing.assert_allclose(after.filled, 5 + 3 * before.filled, rtol=1e-9)
    order = rng.permutation(50)
    moved = regression_on_order_statistics(Y[order], censored[order])
    np.testing.assert_allclose(np.sort(moved.filled[:, 0]), np.sort(before.filled[:, 0]))
    assert moved.mean[0] == pytest.approx(before.mean[0])


def test_a_large_sample_recovers_the_normal(rng) -> None:
    Y = rng.normal(5, 2, size=(4000, 1))
    limits = np.where(np.arange(4000) % 2 == 0, 4.0, 5.0)[:, None]
    found = regression_on_order_statistics(np.maximum(Y, limits), limits > Y)
    assert found.mean[0] == pytest.approx(5, abs=0.15)
    assert found.sd[0] == pytest.approx(2, abs=0.15)


def test_two_different_values_are_too_few() -> None:
    Y = np.array([[1.0, 1.0, 2.0, 3.0, 3.0]]).T
    found = regression_on_order_statistics(Y, Y == 1.0)
    assert np.isnan(found.mean[0])
    assert np.isnan(found.filled[:2, 0]).all()
    assert found.filled[2:, 0].tolist() == [2.0, 3.0, 3.0]


def test_shapes_must_match() -> None:
    with pytest.raises(InputError, match="one shape"):
        regression_on_order_statistics(np.ones((3, 1)), np.ones((2, 1), dtype=bool))
    with pytest.raises(InputError, match="one length"):
        plotting_positions([1.0, 2.0], [True])
