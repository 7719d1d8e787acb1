"""Laws of the grid, of agreement between analyses, and of the correction for axes tried."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subtyping.discovery.specification.agreement import mean_agreement, pairwise_adjusted_rand
from subtyping.discovery.specification.algorithms import ALGORITHMS, n_parameters
from subtyping.discovery.specification.choices import PreparationChoice
from subtyping.discovery.specification.clustering import cluster_cases
from subtyping.discovery.specification.features import FEATURES
from subtyping.discovery.specification.grid import RULES, GridFacts, GridOptions, make_grid
from subtyping.exceptions import InputError
from subtyping.statistics.agreement import adjusted_rand
from subtyping.statistics.multiplicity import holm

SIZES = {"skew": 1, "score": 1, "members": 5, "all_skews": 4, "panel": 60, "panel_given_level": 60}
FACTS = GridFacts(
    n_case=200,
    sizes=SIZES,
    recorded=("age", "sex"),
    can_adjust_plates=True,
    has_censored=True,
    has_handling=True,
    has_stepmix=False,
)
SETS = ((), ("age", "sex"), ("age", "sex", "bmi"))
DECLARED = PreparationChoice(covariates=("age", "sex"))


def facts(**changes: object) -> GridFacts:
    return GridFacts(**{**vars(FACTS), **changes})


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_the_matrix_of_agreement_is_that_of_the_pairs(seed: int) -> None:
    is_high = np.random.default_rng(seed).random((5, 17)) < 0.4
    is_high[:, 0], is_high[:, 1] = True, False
    index = pairwise_adjusted_rand(is_high)
    for i in range(5):
        for j in range(5):
            pair = adjusted_rand(is_high[i].astype(int), is_high[j].astype(int))
            assert index[i, j] == pytest.approx(pair)


def test_identical_members_agree_perfectly_whatever_the_rest_is_called(rng) -> None:
    is_high = rng.random(50) < 0.3
    index = pairwise_adjusted_rand(np.array([is_high, is_high, ~is_high]))
    np.testing.assert_allclose(index, 1.0)
    np.testing.assert_allclose(mean_agreement(index), 1.0)


def test_unrelated_members_agree_by_chance(rng) -> None:
    index = pairwise_adjusted_rand(rng.random((60, 300)) < 0.3)
    assert abs(np.nanmean(mean_agreement(index))) < 0.01


def test_an_analysis_that_names_nobody_agrees_with_nobody() -> None:
    is_high = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [1, 0, 1, 0], [1, 1, 1, 1]], dtype=bool)
    mean = mean_agreement(pairwise_adjusted_rand(is_high))
    np.testing.assert_array_equal(np.isnan(mean), [False, True, False, True])
    assert mean[0] == mean[2] == 1.0


def test_one_analysis_alone_has_no_agreement() -> None:
    alone = pairwise_adjusted_rand(np.array([[True, False, True]]))
    assert np.isnan(mean_agreement(alone)).all()


def test_agreement_needs_a_matrix() -> None:
    with pytest.raises(InputError, match="one a row; got 1 dimensions"):
        pairwise_adjusted_rand(np.array([True, False]))


def test_agreement_follows_its_analyses_when_they_change_places(rng) -> None:
    is_high = rng.random((7, 40)) < 0.5
    order = rng.permutation(7)
    mean = mean_agreement(pairwise_adjusted_rand(is_high))
    moved = mean_agreement(pairwise_adjusted_rand(is_high[order]))
    np.testing.assert_allclose(moved, mean[order])


def test_holm_by_hand() -> None:
    # Sorted .01, .02, .04 times 3, 2, 1 = .03, .04, .04; never falling.
    np.testing.assert_allclose(holm(np.array([0.04, 0.01, 0.02])), [0.04, 0.03, 0.04])
    np.testing.assert_allclose(holm(np.array([0.6, 0.9])), [1.0, 1.0])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_the_p_value_and_bonferroni(p_values: list[float]) -> None:
    p = np.array(p_values)
    adjusted = holm(p)
    assert (adjusted >= p - 1e-12).all()
    assert (adjusted <= np.minimum(1.0, len(p) * p) + 1e-12).all()
    assert adjusted[p.argmin()] == pytest.approx(min(1.0, len(p) * p.min()))


def test_holm_refuses_what_is_no_probability() -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        holm(np.array([0.5, 1.5]))


def test_every_combination_is_run_or_counted_by_a_rule() -> None:
    grid = make_grid(GridOptions(covariates=SETS, most_departures=4), DECLARED, FACTS)
    assert grid.n_combinations == len(grid.choices) + sum(grid.excluded.values())
    assert set(grid.excluded) <= set(RULES)
    assert len(set(grid.choices)) == len(grid.choices)


def test_the_declared_analysis_is_always_there() -> None:
    options = GridOptions(
        detection=("lod_sqrt2",), covariates=((),), algorithms=("kmeans",), most_departures=2
    )
    grid = make_grid(options, DECLARED, FACTS)
    assert grid.declared in grid.choices
    assert grid.declared.algorithm == "own_test"
    assert grid.declared.preparation == DECLARED
    raw = make_grid(options, DECLARED, facts(sizes={**SIZES, "skew": 0}))
    assert raw.declared.features == "score"


@pytest.mark.parametrize("order", list(permutations(("kmeans", "own_test", "hdbscan"))))
def test_the_order_of_the_options_does_not_matter(order: tuple[str, ...]) -> None:
    first = make_grid(
        GridOptions(algorithms=("kmeans", "own_test", "hdbscan"), covariates=SETS), DECLARED, FACTS
    )
    second = make_grid(
        GridOptions(
            algorithms=order,
            covariates=SETS[::-1],
            features=tuple(FEATURES)[::-1],
            numbers=("4", "2", "chosen", "3"),
            plates=("as_measured", "adjusted"),
        ),
        DECLARED,
        FACTS,
    )
    assert first.choices == second.choices
    assert first.excluded == second.excluded


@pytest.mark.parametrize(
    ("changes", "rule", "gone"),
    [
        ({"can_adjust_plates": False}, "plates", {"plates": "adjusted"}),
        ({"has_censored": False}, "detection", {"detection": "lod_sqrt2"}),
        ({"has_handling": False}, "handling", {"handling": "drop"}),
        ({"sizes": {**SIZES, "all_skews": 0}}, "features", {"features": "all_skews"}),
        ({"n_case": 20}, "parameters", {"algorithm": "gaussian_mixture", "features": "panel"}),
        ({}, "stepmix", {"algorithm": "latent_profiles"}),
        ({}, "columns", {"algorithm": "own_test", "features": "members"}),
        ({}, "columns", {"algorithm": "factor_mixture", "features": "skew"}),
        ({}, "columns", {"algorithm": "skewed_mixture", "features": "panel"}),
        ({}, "number", {"algorithm": "hdbscan", "k": "3"}),
        ({}, "handling", {"handling": "drop", "features": "skew"}),
        ({}, "covariates", {"covariates": "age+sex+bmi"}),
    ],
)
def test_a_combination_that_makes_no_sense_is_left_out_and_counted(
    changes: dict[str, object], rule: str, gone: dict[str, str]
) -> None:
    made = PreparationChoice(
        plates="as_measured" if "can_adjust_plates" in changes else "adjusted",
        covariates=("age", "sex"),
    )
    grid = make_grid(GridOptions(covariates=SETS), made, facts(**changes))
    assert grid.excluded[rule] > 0
    rows = [choice.to_row() for choice in grid.choices]
    assert not [row for row in rows if gone.items() <= row.items()]


def test_departures_from_the_declared_preparation_are_limited() -> None:
    for most in range(5):
        options = GridOptions(covariates=SETS, most_departures=most)
        grid = make_grid(options, DECLARED, FACTS)
        found = {choice.preparation.departures(DECLARED) for choice in grid.choices}
        assert max(found) == most
    assert "departures" not in grid.excluded


def test_algorithms_that_choose_the_number_themselves_run_whatever_numbers_are_asked() -> None:
    grid = make_grid(
        GridOptions(algorithms=("hdbscan", "kmeans"), features=("skew",), numbers=("3",)),
        PreparationChoice(),
        FACTS,
    )
    found = {(choice.algorithm, choice.number) for choice in grid.choices}
    assert found == {("hdbscan", "chosen"), ("kmeans", "3"), ("own_test", "chosen")}


def test_a_grid_of_nothing_is_a_sentence() -> None:
    options = GridOptions(algorithms=("factor_mixture",), features=("skew",))
    with pytest.raises(InputError, match=r"None of the \d+ combinations .*columns"):
        make_grid(options, PreparationChoice(), FACTS)


@pytest.mark.parametrize("algorithm", [name for name in ALGORITHMS if name != "own_test"])
def test_two_far_groups_are_found_by_every_analysis(algorithm: str, rng) -> None:
    if algorithm == "latent_profiles":
        pytest.importorskip("stepmix")
    is_high = np.arange(120) < 40
    X = rng.normal(size=(120, 4)) + 12.0 * is_high[:, None]
    found = cluster_cases(X, algorithm, ["chosen"], seed=1)["chosen"]
    assert found.claims
    two = found.labels >= 0
    assert adjusted_rand(found.labels[two], is_high[two].astype(int)) > 0.5


def test_one_normal_is_not_split_by_bic(rng) -> None:
    found = cluster_cases(rng.normal(size=(150, 1)), "gaussian_mixture", ["chosen", "2"], seed=1)
    assert not found["chosen"].claims
    assert found["chosen"].value < 0
    assert set(found["chosen"].labels) == {0}


def test_the_result_of_one_number_does_not_depend_on_the_others(rng) -> None:
    X = rng.normal(size=(60, 3))
    for algorithm in ("kmeans", "ward", "consensus", "gaussian_mixture"):
        alone = cluster_cases(X, algorithm, ["3"], seed=1)["3"]
        among = cluster_cases(X, algorithm, ["chosen", "2", "3", "4"], seed=1)["3"]
        np.testing.assert_array_equal(alone.labels, among.labels)
        assert alone.value == among.value


def test_parameters_are_counted() -> None:
    # Two normals in three columns: one weight, 2 x 3 means, 2 x 6 entries of covariances.
    assert n_parameters("gaussian_mixture", 2, 3) == 1 + 6 + 12
    assert n_parameters("skewed_mixture", 2, 3) == 1 + 18
    assert n_parameters("factor_mixture", 2, 3) == 9 + 2
    assert n_parameters("kmeans", 4, 100) == 0


def test_unknown_analyses_and_impossible_numbers_are_sentences(rng) -> None:
    with pytest.raises(InputError, match="no cluster analysis 'dbscan'"):
        cluster_cases(rng.normal(size=(30, 2)), "dbscan", ["2"], seed=1)
    with pytest.raises(InputError, match="too few for 4"):
        cluster_cases(rng.normal(size=(12, 2)), "gaussian_mixture", ["4"], seed=1)
    with pytest.raises(InputError, match="too few for 2"):
        cluster_cases(np.zeros((12, 2)), "kmeans", ["2"], seed=1)
