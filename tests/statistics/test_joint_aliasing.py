"""Factors that only together determine case status."""

import numpy as np
import pandas as pd
import pytest

from subtyping.statistics.joint_aliasing import (
    chance_overlap,
    joint_aliasing,
    variance_inflation,
)


def test_an_additive_pair_that_determines_case_status_is_found() -> None:
    # Plates 1 and 2 at site a, 2 and 3 at site b: case = [plate 2] + 2 [plate 3] - [site b].
    plate = np.repeat(["1", "2", "2", "3"], 10)
    site = np.repeat(["a", "a", "b", "b"], 10)
    case = np.repeat([False, True, False, True], 10)
    found = joint_aliasing(case, {"plate": pd.Series(plate), "site": pd.Series(site)})
    row = found.set_index("model").loc["additive"]
    assert bool(row["is_rank_deficient"])
    assert bool(row["is_jointly_aliased"])


def test_random_designs_with_many_small_levels_are_not_called_aliased(rng) -> None:
    for _ in range(40):
        case = rng.random(120) < 0.5
        levels = {name: pd.Series(rng.integers(0, 9, 120).astype(str)) for name in "abc"}
        found = joint_aliasing(case, levels)
        assert not found["is_jointly_aliased"].any()
        assert found["factors"].iloc[-1] == "a + b + c"


def test_the_order_of_people_and_the_names_of_levels_do_not_matter(rng) -> None:
    case = rng.random(80) < 0.5
    levels = {name: pd.Series(rng.integers(0, 3, 80).astype(str)) for name in ("p", "s")}
    order = rng.permutation(80)
    again = {n: ("x" + v.iloc[order]).reset_index(drop=True) for n, v in levels.items()}
    first, second = joint_aliasing(case, levels), joint_aliasing(case[order], again)
    pd.testing.assert_frame_equal(first, second, rtol=1e-9)


@pytest.mark.parametrize(
    ("sizes", "n_other", "expected"),
    [
        ([4], 2, 1.0),  # one level holds everybody: 3 others left, 2 of them of the other group
        ([1, 1, 1, 1], 2, 0.0),  # alone in their level
        ([2, 2], 1, 1 / 3),  # the one of the other group is any of 3
        ([3, 1], 2, 3 / 4),  # in the level of 3: 1 - C(1,2)/C(3,2) = 1; in that of 1: 0
        ([1], 1, 0.0),
    ],
)
def test_the_overlap_of_chance(sizes, n_other, expected) -> None:
    assert chance_overlap(sizes, n_other) == pytest.approx(expected)


def test_the_overlap_of_chance_is_that_of_drawing_anew(rng) -> None:
    level = np.repeat(np.arange(6), [2, 3, 3, 4, 6, 2])
    shares = []
    for _ in range(4000):
        case = np.zeros(20, dtype=bool)
        case[rng.permutation(20)[:12]] = True
        held = {k for k in range(6) if (case[level == k]).any() and (~case[level == k]).any()}
        shares.append(np.mean([k in held for k in level[case]]))
    assert chance_overlap(np.bincount(level), 8) == pytest.approx(np.mean(shares), abs=0.01)


@pytest.mark.parametrize(
    ("columns", "vif", "rank"),
    [
        ([[0.0]] * 4, 1.0, 0),  # nobody differs
        ([[1.0], [1.0], [0.0], [0.0]], np.inf, 1),
        ([[1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], 1.5, 1),  # r^2 = 1/3, twice the same
    ],
)
def test_variance_inflation_by_hand(columns, vif, rank) -> None:
    found, k = variance_inflation([True, True, False, False], columns)
    assert (found, k) == (pytest.approx(vif), rank)


@pytest.mark.parametrize(
    ("case", "levels", "reason"),
    [
        ([True] * 20, ["a", "b"] * 10, "nobody of one group has every factor known"),
        ([True, False] * 4, ["a", "b", "a", "b"] * 2, "too few people: 8 for 2 columns"),
    ],
)
def test_what_is_not_judged_says_why(case, levels, reason) -> None:
    other = pd.Series(["x"] * (len(case) // 2) + ["y"] * (len(case) - len(case) // 2))
    found = joint_aliasing(np.array(case), {"p": pd.Series(levels), "s": other})
    assert found["reason"].iloc[0] == reason
    assert not found["is_jointly_aliased"].any()


def test_fewer_than_two_factors_give_no_rows() -> None:
    case = np.tile([True, False], 20)
    assert joint_aliasing(case, {"p": pd.Series(["a", "b"] * 20)}).empty
    one = {"p": pd.Series(["a", "b"] * 20), "s": pd.Series(["x"] * 40)}
    assert joint_aliasing(case, one).empty
