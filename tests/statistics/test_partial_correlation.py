"""Correlations with others held fixed."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.partial_correlation import (
    correlation_interval,
    partial_correlation,
    weighted_ranks,
)


def test_without_covariates_it_is_spearmans_and_pearsons(rng) -> None:
    x, y = rng.normal(size=50).round(1), rng.normal(size=50).round(1)
    assert partial_correlation(x, y).estimate == pytest.approx(stats.spearmanr(x, y).statistic)
    found = partial_correlation(x, y, ranks=False)
    expected = stats.pearsonr(x, y)
    assert (found.estimate, found.p_value) == pytest.approx((expected.statistic, expected.pvalue))
    interval = expected.confidence_interval()
    assert (found.ci_low, found.ci_high) == pytest.approx((interval.low, interval.high))


def test_one_covariate_is_the_formula_of_the_three_correlations(rng) -> None:
    x, y, c = rng.normal(size=(3, 60))
    x, y = x + c, y - c
    r = stats.spearmanr(np.column_stack([x, y, c])).statistic
    expected = (r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1 - r[0, 2] ** 2) * (1 - r[1, 2] ** 2))
    found = partial_correlation(x, y, c)
    assert found.estimate == pytest.approx(expected)
    t = expected * np.sqrt(57 / (1 - expected**2))  # n - 2 - k = 60 - 2 - 1
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(t), 57))


def test_ranks_do_not_mind_monotone_scales_nor_redundant_columns(rng) -> None:
    x, y, c = rng.normal(size=(3, 40))
    first = partial_correlation(x, y, c)
    again = partial_correlation(np.exp(x), y**3, np.column_stack([np.exp(c), np.exp(c)]))
    assert again.estimate == pytest.approx(first.estimate)
    assert again.n_covariates == first.n_covariates == 1


def test_the_interval_covers(rng) -> None:
    covered = []
    for _ in range(600):
        c = rng.normal(size=60)
        x, y = c + rng.normal(size=60), c + rng.normal(size=60)  # independent given c
        found = partial_correlation(x, y, c)
        covered.append(found.ci_low <= 0 <= found.ci_high)
    assert 0.92 < np.mean(covered) < 0.98


def test_weights_stand_for_people(rng) -> None:
    x, y, c = rng.normal(size=(3, 30))
    w = rng.integers(1, 4, 30)
    grown = partial_correlation(np.repeat(x, w), np.repeat(y, w), np.repeat(c, w))
    found = partial_correlation(x, y, c, weights=w)
    assert found.estimate == pytest.approx(grown.estimate)
    assert np.isnan(found.p_value)


def test_equal_weights_give_midranks() -> None:
    x = [4.0, 4.0, 1.0, 9.0]
    assert weighted_ranks(x).tolist() == stats.rankdata(x).tolist()


def test_missing_people_are_left_out_and_counted() -> None:
    x = np.array([1.0, 2.0, np.nan, 4.0, 5.0, 6.0])
    y = np.array([2.0, 1.0, 3.0, np.nan, 5.0, 6.0])
    found = partial_correlation(x, y)
    assert (found.n, found.estimate) == (4, pytest.approx(0.8))  # one swap in four: 1 - 6*2/60


@pytest.mark.parametrize(
    ("x", "y", "covariates"),
    [
        ([1.0, 2.0], [1.0, 2.0], None),
        ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 4.0], None),
        ([1.0, 2.0, 3.0, 5.0, 4.0], [1.0, 3.0, 2.0, 5.0, 4.0], [1.0, 2.0, 3.0, 5.0, 4.0]),
        ([], [], None),
    ],
)
def test_where_it_is_not_defined(x, y, covariates) -> None:
    assert np.isnan(partial_correlation(x, y, covariates).estimate)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2], [1, 2, 3]), "must be about the same people"),
        (([1, 2], [1, 2], [[1], [2], [3]]), "must be about the same people"),
    ],
)
def test_lengths_must_agree(arguments, words) -> None:
    with pytest.raises(InputError, match=words):
        partial_correlation(*arguments)


def test_weights_must_not_be_negative() -> None:
    with pytest.raises(InputError, match="not be negative"):
        partial_correlation([1, 2, 3], [1, 2, 3], weights=[1, -1, 1])


def test_the_interval_for_ranks_is_wider() -> None:
    low, high = correlation_interval(0.6, 40)
    wide_low, wide_high = correlation_interval(0.6, 40, ranks=True)
    assert wide_low < low < 0.6 < high < wide_high
    assert np.isnan(correlation_interval(0.6, 4, n_covariates=1)[0])
