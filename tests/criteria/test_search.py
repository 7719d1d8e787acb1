"""The search, against plain loops over every pair and cut."""

import itertools

import numpy as np
import pytest

from subtyping.criteria.search import (
    Choice,
    best_pair,
    best_single,
    flag,
    refit_cuts,
    round_threshold,
    screen,
)


@pytest.fixture
def people(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    truth = rng.random(150) < 0.4
    values = rng.normal(size=(150, 4))
    values[truth, 0] += 1.2
    values[truth, 1] -= 1.0
    values[rng.random(values.shape) < 0.05] = np.nan
    p = np.where(truth, 0.9, 0.1)
    weights = rng.multinomial(150, np.ones(150) / 150)
    return values, weights * p, weights * (1 - p)


def youden(flags: np.ndarray, a: np.ndarray, b: np.ndarray, measured: np.ndarray) -> float:
    a, b = a * measured, b * measured
    met = np.nan_to_num(flags)
    return float((a * met).sum() / a.sum() - (b * met).sum() / b.sum())


def test_screening_knows_both_directions(people) -> None:
    columns, operators = screen(*people, keep=2)
    assert columns == [0, 1]
    assert operators == [">=", "<="]


def test_no_single_cut_is_better(people) -> None:
    values, a, b = people
    columns, operators = screen(values, a, b)
    best = best_single(values, a, b, columns, operators)
    for column, operator in zip(columns, operators, strict=True):
        x = values[:, column]
        for cut in x[~np.isnan(x)]:
            met = (x >= cut) if operator == ">=" else (x <= cut)
            assert youden(met, a, b, ~np.isnan(x)) <= best.youden + 1e-8


@pytest.mark.parametrize("joiner", ["and", "or"])
def test_the_index_of_a_pair_is_that_of_its_flags(people, joiner: str) -> None:
    values, a, b = people
    columns, operators = screen(*people)
    best = best_pair(values, a, b, columns, operators, joiners=(joiner,))
    measured = ~np.isnan(values[:, list(best.columns)]).any(axis=1)
    assert best.joiner == joiner
    assert youden(flag(values, best), a, b, measured) == pytest.approx(best.youden, abs=1e-8)


def test_no_pair_of_the_grid_is_better(people) -> None:
    values, a, b = people
    columns, operators = screen(values, a, b)
    best = best_pair(values, a, b, columns, operators)
    cuts = {}
    for column in columns:
        known = np.flatnonzero(~np.isnan(values[:, column]) & (a + b > 0))
        order = known[np.argsort(values[known, column])]
        mass = np.cumsum((a + b)[order]) / (a + b)[order].sum()
        at = [order[np.argmax(mass >= (k + 0.5) / 24)] for k in range(24)]
        cuts[column] = {round_threshold(values[i, column]) for i in at}
    way = dict(zip(columns, operators, strict=True))
    for i, j in itertools.combinations(columns, 2):
        measured = ~np.isnan(values[:, [i, j]]).any(axis=1)
        for pair in itertools.product(cuts[i], cuts[j]):
            for joiner in ("and", "or"):
                rule = Choice((i, j), (way[i], way[j]), pair, joiner)
                assert youden(flag(values, rule), a, b, measured) <= best.youden + 1e-8


def test_refitting_on_the_same_weights_is_the_same_rule(people) -> None:
    values, a, b = people
    for best in (best_single(values, a, b, *screen(*people)), best_pair(*people, *screen(*people))):
        assert refit_cuts(values, a, b, best) == best


def test_missing_values_settle_only_what_they_must() -> None:
    values = np.array([[1.0, np.nan], [0.0, np.nan], [1.0, 1.0]])
    pair = ((0, 1), (">=", ">="), (0.5, 0.5))
    np.testing.assert_array_equal(flag(values, Choice(*pair, "and")), [np.nan, 0, 1])
    np.testing.assert_array_equal(flag(values, Choice(*pair, "or")), [1, np.nan, 1])


@pytest.mark.parametrize(("value", "expected"), [(10.2149, 10.21), (0.00123456, 0.001235)])
def test_thresholds_have_four_digits(value: float, expected: float) -> None:
    assert round_threshold(value) == expected


def test_one_marker_makes_no_pair(people) -> None:
    values, a, b = people
    assert best_pair(values, a, b, [0], [">="]) is None
