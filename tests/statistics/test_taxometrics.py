"""Taxometric curves, comparison data and the comparison curve fit index."""

import time

import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.statistics.taxometric_comparison import (
    categorical_data,
    dimensional_data,
    split_at_base_rate,
)
from subtyping.statistics.taxometric_curves import (
    LMODE_GRID,
    cut_places,
    l_mode,
    mambac,
    maxeig,
    window_edges,
)
from subtyping.statistics.taxometrics import Taxometrics, ccfi, taxometrics


def classes(rng: np.random.Generator, n: int, k: int, distance: float) -> np.ndarray:
    return (np.arange(n) < round(0.3 * n))[:, None] * distance + rng.normal(size=(n, k))


def one_factor(rng: np.random.Generator, n: int, k: int) -> np.ndarray:
    return 0.8 * rng.normal(size=(n, 1)) + 0.6 * rng.normal(size=(n, k))


def taken(X: np.ndarray, **settings) -> Taxometrics:
    return taxometrics(X, np.random.default_rng(5), base_rate=0.3, **settings)


def test_mambac_by_hand() -> None:
    # Four people; both members have mean 0 and variance (9 + 1 + 1 + 9) / 4 = 5.
    a, b = np.array([-3.0, -1.0, 1.0, 3.0]), np.array([-1.0, -3.0, 3.0, 1.0])
    # Cuts at 1, 2 and 3 of 4 people.
    # Input a, output b in the order -1, -3, 3, 1:
    #   1 below: (-3 + 3 + 1) / 3 - (-1) = 4/3;  2: (3 + 1) / 2 - (-1 - 3) / 2 = 4;
    #   3: 1 - (-1 - 3 + 3) / 3 = 4/3.
    # Input b, output a in the order -1, -3, 3, 1: the same numbers.
    assert list(cut_places(4, 3)) == [1, 2, 3]
    expected = np.array([4 / 3, 4.0, 4 / 3]) / np.sqrt(5.0)
    np.testing.assert_allclose(mambac(np.stack([a, b], 1)[None], n_cuts=3)[0], expected)


def test_index_by_hand() -> None:
    # Squared distances from the dimension 1, 9 (mean 5), from the classes 0, 10 (mean 5).
    observed = np.array([1.0, 3.0])
    index, to_dimension, to_classes = ccfi(
        observed, np.array([0.0, 0.0]), np.array([1.0, 3.0 + np.sqrt(10.0)])
    )
    assert (to_dimension, to_classes) == pytest.approx((np.sqrt(5.0), np.sqrt(5.0)))
    assert index == pytest.approx(0.5)
    assert ccfi(observed, observed, observed)[0] == 0.5
    assert ccfi(observed, observed + 1, observed)[0] == 1.0
    assert ccfi(observed, observed, observed + 1)[0] == 0.0


def slow_mambac(X: np.ndarray) -> np.ndarray:
    n, k = X.shape
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    curves = []
    for j in range(k):
        order = np.argsort(Z[:, j], kind="stable")
        for i in range(k):
            if i != j:
                y = Z[order, i]
                curves.append([y[c:].mean() - y[:c].mean() for c in cut_places(n)])
    return np.mean(curves, axis=0)


def slow_maxeig(X: np.ndarray) -> np.ndarray:
    n, k = X.shape
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    curves = []
    for j in range(k):
        others = Z[np.argsort(Z[:, j], kind="stable")][:, [i for i in range(k) if i != j]]
        curve = []
        for first, last in zip(*window_edges(n), strict=True):
            C = np.cov(others[first:last], rowvar=False, bias=True)
            curve.append(np.linalg.eigvalsh(C - np.diag(np.diag(C)))[-1])
        curves.append(curve)
    return np.mean(curves, axis=0)


@pytest.mark.parametrize(("fast", "slow"), [(mambac, slow_mambac), (maxeig, slow_maxeig)])
def test_curves_of_many_sets_equal_slow_loops(fast, slow, rng: np.random.Generator) -> None:
    X = np.stack([classes(rng, 120, 4, 2.0), one_factor(rng, 120, 4)])
    np.testing.assert_allclose(fast(X), [slow(one) for one in X], atol=1e-10)


def test_l_mode_is_the_density_of_bartlett_scores(rng: np.random.Generator) -> None:
    X = np.stack([classes(rng, 200, 4, 3.0), one_factor(rng, 200, 4)])
    curves = l_mode(X)
    np.testing.assert_allclose(np.trapezoid(curves, LMODE_GRID, axis=1), 1.0, atol=0.02)
    np.testing.assert_allclose(curves[1], l_mode(X[1:])[0], atol=1e-12)
    # With equal loadings the score is the mean member: two modes 3 SD of a member apart.
    centre = len(LMODE_GRID) // 2
    modes = np.sum(np.diff(np.sign(np.diff(curves[0]))) < 0)
    assert modes == 2
    assert curves[1][centre] > 0.8 * curves[1].max()


def test_maxeig_with_three_members_is_the_covariance_of_the_other_two(rng) -> None:
    X = rng.normal(size=(1, 60, 3))
    Z = (X[0] - X[0].mean(axis=0)) / X[0].std(axis=0)
    first, last = window_edges(60)
    expected = [
        abs(
            np.cov(Z[np.argsort(Z[:, j])][first[7] : last[7]][:, rest], rowvar=False, bias=True)[
                0, 1
            ]
        )
        for j, rest in ((0, [1, 2]), (1, [0, 2]), (2, [0, 1]))
    ]
    assert maxeig(X)[0, 7] == pytest.approx(np.mean(expected))


def test_comparison_data_keep_margins_and_correlations(rng: np.random.Generator) -> None:
    X = np.exp(0.7 * one_factor(rng, 400, 4))
    drawn = dimensional_data(X, rng, 60)
    assert drawn.shape == (60, 400, 4)
    assert np.isin(drawn[0, :, 2], X[:, 2]).all()
    r = np.mean([np.corrcoef(one, rowvar=False) for one in drawn], axis=0)
    np.testing.assert_allclose(r, np.corrcoef(X, rowvar=False), atol=0.06)


def test_categorical_data_keep_each_class(rng: np.random.Generator) -> None:
    X = classes(rng, 300, 3, 4.0)
    upper = split_at_base_rate(X, 0.3)
    assert upper.sum() == 90
    drawn = categorical_data(X, rng, 80, 0.3)
    for rows, part in ((~upper, drawn[:, :210]), (upper, drawn[:, 210:])):
        np.testing.assert_allclose(part.mean(axis=(0, 1)), X[rows].mean(axis=0), atol=0.05)
        r = np.mean([np.corrcoef(one, rowvar=False) for one in part], axis=0)
        np.testing.assert_allclose(r, np.corrcoef(X[rows], rowvar=False), atol=0.08)


def test_two_far_classes_are_categories(rng: np.random.Generator) -> None:
    for _ in range(3):
        result = taken(classes(rng, 200, 4, 30.0), n_comparison=20)
        assert result.mean_ccfi > 0.9
        assert result.reading == "categories"


def test_one_normal_factor_is_a_dimension_on_average(rng: np.random.Generator) -> None:
    found = [taken(one_factor(rng, 300, 4), n_comparison=20).mean_ccfi for _ in range(10)]
    assert np.mean(found) < 0.45


def test_relabelling_members_changes_nothing(rng: np.random.Generator) -> None:
    X = classes(rng, 150, 4, 2.0)
    np.testing.assert_allclose(
        taken(X[:, [2, 0, 3, 1]]).table["ccfi"], taken(X).table["ccfi"], atol=1e-6
    )


def test_permuting_people_changes_nothing(rng: np.random.Generator) -> None:
    X = classes(rng, 150, 4, 2.0)
    np.testing.assert_allclose(
        taken(rng.permutation(X)).table["ccfi"], taken(X).table["ccfi"], atol=1e-6
    )


def test_units_change_nothing(rng: np.random.Generator) -> None:
    X = classes(rng, 150, 4, 2.0)
    moved = X * [0.01, 1.0, 7.0, 1000.0] + [5.0, 0.0, -3.0, 1e4]
    np.testing.assert_allclose(taken(moved).table["ccfi"], taken(X).table["ccfi"], atol=1e-6)


def test_two_members_have_mambac_alone(rng: np.random.Generator) -> None:
    result = taken(classes(rng, 200, 2, 3.0))
    table = result.table.set_index("procedure")["ccfi"]
    assert result.mean_ccfi == table["MAMBAC"]
    assert np.isnan(table["MAXEIG"])
    assert np.isnan(table["L-Mode"])
    assert set(result.curves["procedure"]) == {"MAMBAC"}


def test_the_table_and_the_curves_agree(rng: np.random.Generator) -> None:
    result = taken(classes(rng, 200, 3, 2.0))
    for row in result.table.itertuples():
        mine = result.curves[result.curves["procedure"] == row.procedure]
        assert mine["x"].is_monotonic_increasing
        index, *_ = ccfi(mine["observed"], mine["dimensional"], mine["categorical"])
        assert index == pytest.approx(row.ccfi)


def test_the_base_rate_is_that_of_a_mixture_where_none_is_given(rng) -> None:
    result = taxometrics(classes(rng, 300, 3, 4.0), rng, n_comparison=5)
    assert result.base_rate == pytest.approx(0.3, abs=0.02)


def test_fifty_comparison_sets_take_less_than_three_seconds(rng: np.random.Generator) -> None:
    started = time.process_time()
    taken(classes(rng, 300, 5, 2.0), n_comparison=50)
    assert time.process_time() - started < 3.0


@pytest.mark.parametrize(
    ("X", "base_rate", "match"),
    [
        (np.zeros((100, 1)), 0.3, r"30 people x 2 members; got shape \(100, 1\)"),
        (np.zeros((20, 3)), 0.3, r"got shape \(20, 3\)"),
        (np.full((100, 2), np.nan), 0.3, "without gaps"),
        (np.ones((100, 2)), 0.3, "constant"),
        (np.arange(200.0).reshape(100, 2), 0.03, "leaves one class 3 of 100 people"),
        (np.arange(200.0).reshape(100, 2), 1.2, "leaves one class 0 of 100"),
    ],
)
def test_bad_input_is_named(X, base_rate, match, rng: np.random.Generator) -> None:
    with pytest.raises(InputError, match=match):
        taxometrics(X, rng, base_rate=base_rate)
