"""The linear score beside a rule of cuts."""

import numpy as np
import pytest

from subtyping.criteria.linear_score import linear_youden
from subtyping.statistics.smoothed_cut import smoothed_cut


@pytest.fixture
def classes():
    label = np.arange(400) < 120
    x = np.random.default_rng(3).normal(size=(400, 2)) + label[:, None]
    return x, label.astype(float), (~label).astype(float)


def test_one_marker_gives_the_index_of_its_own_smoothed_cut(classes):
    x = np.array([[1.0], [2.0], [3.0], [4.0]])
    # the classes part between 2 and 3, and so does the smoothed cut: J = 1 - 0
    assert linear_youden(x, np.array([0, 0, 1.0, 1]), np.array([1.0, 1, 0, 0])) == 1
    x, positive, negative = classes
    cut = smoothed_cut(x[:, 0], positive, negative).threshold[0]
    met = x[:, 0] >= cut
    expected = met[positive > 0].mean() - met[negative > 0].mean()
    assert linear_youden(x[:, :1], positive, negative) == pytest.approx(expected, abs=0.01)


def test_scales_and_directions_of_the_markers_do_not_matter(classes):
    x, positive, negative = classes
    whole = linear_youden(x, positive, negative)
    other = linear_youden(x * [100.0, -0.01] + [5, 7], positive, negative)
    assert other == pytest.approx(whole, abs=1e-12)
    assert whole >= max(linear_youden(x[:, [k]], positive, negative) for k in (0, 1)) - 0.02


def test_values_beyond_the_limits_count_as_the_most_extreme_ones(classes):
    x, positive, negative = classes
    censored = x.copy()
    lowest = int(np.argmin(x[:, 0]))
    censored[lowest, 0] = -np.inf
    clipped = x.copy()
    clipped[lowest, 0] = np.sort(x[:, 0])[1]
    assert linear_youden(censored, positive, negative) == pytest.approx(
        linear_youden(clipped, positive, negative), abs=1e-12
    )


@pytest.mark.parametrize(
    ("values", "positive"),
    [
        (np.full((6, 2), 3.0), np.ones(6)),
        (np.arange(12.0).reshape(6, 2), np.zeros(6)),
        (np.full((6, 2), -np.inf), np.ones(6)),
        (np.full((6, 2), np.nan), np.ones(6)),
    ],
)
def test_without_two_classes_that_vary_there_is_no_index(values, positive):
    assert np.isnan(linear_youden(values, positive, np.ones(6)))
