"""Kappa and the intraclass correlation against hand values, and how often their intervals hold."""

import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.statistics.repeatability import cohen_kappa, icc_agreement


def test_kappa_of_a_hand_worked_table() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: observed .7; chance .5 * .6 + .5 * .4 = .5
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    kappa = cohen_kappa(first, second)
    assert kappa.value == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    # variance by hand: agreeing cells .10972, others .10188, less .01; over (1 - .5)^2 * 50
    se = np.sqrt((0.10972 + 0.10188 - 0.01) / (0.25 * 50))
    assert kappa.ci_high == pytest.approx(0.4 + 1.959964 * se, abs=1e-6)


def test_kappa_does_not_depend_on_names_or_order(rng) -> None:
    first, second = rng.integers(0, 3, 60), rng.integers(0, 3, 60)
    names = np.array(["subtype", "other", "unclear"])
    plain, named = cohen_kappa(first, second), cohen_kappa(names[first], names[second])
    assert named.value == pytest.approx(plain.value)
    swapped = cohen_kappa(second, first)
    assert (swapped.value, swapped.ci_low) == pytest.approx((plain.value, plain.ci_low))


def test_perfect_agreement_still_has_a_lower_limit() -> None:
    kappa = cohen_kappa(["a"] * 10 + ["b"] * 10, ["a"] * 10 + ["b"] * 10)
    assert kappa.value == pytest.approx(1)
    assert 0.5 < kappa.ci_low < 0.9
    assert kappa.ci_high == 1


def test_kappa_is_not_defined_where_everybody_has_one_label() -> None:
    assert np.isnan(cohen_kappa(["unclear"] * 30, ["unclear"] * 30).value)
    assert np.isnan(cohen_kappa([], []).value)
    with pytest.raises(InputError, match="must label the same people"):
        cohen_kappa(["a"], ["a", "b"])


def test_the_interval_of_kappa_holds(rng) -> None:
    n, share, error = 40, 0.27, 0.1
    both = share * (1 - error) ** 2 + (1 - share) * error**2
    neither = share * error**2 + (1 - share) * (1 - error) ** 2
    margin = share * (1 - error) + (1 - share) * error
    chance = margin**2 + (1 - margin) ** 2
    kappa = (both + neither - chance) / (1 - chance)
    held = []
    for _ in range(400):
        truth = rng.random(n) < share
        found = cohen_kappa(*(truth ^ (rng.random(n) < error) for _ in range(2)))
        held.append(found.ci_low <= kappa <= found.ci_high)
    assert 0.92 <= np.mean(held) <= 0.995


def test_icc_of_shrout_and_fleiss() -> None:
    judged = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    icc = icc_agreement(judged)  # their table 4: ICC(2,1) = .29
    assert icc.value == pytest.approx(0.29, abs=0.005)
    assert (icc.ci_low, icc.ci_high) == pytest.approx((0.019, 0.761), abs=0.002)


def test_a_shift_between_visits_counts_against_repeatability(rng) -> None:
    x = rng.standard_normal(50)
    same = np.column_stack([x, x + 0.1 * rng.standard_normal(50)])
    assert icc_agreement(same).value > 0.95
    assert icc_agreement(same + np.array([0, 3])).value < 0.4
    exact = icc_agreement(np.column_stack([x, x]))
    assert (exact.value, exact.ci_low) == pytest.approx((1, 1))


@pytest.mark.parametrize("n_visits", [2, 3])
def test_the_interval_of_the_icc_holds(rng, n_visits) -> None:
    held = []
    for _ in range(400):
        people = np.sqrt(0.6) * rng.standard_normal((30, 1))
        found = icc_agreement(people + np.sqrt(0.4) * rng.standard_normal((30, n_visits)))
        held.append(found.ci_low <= 0.6 <= found.ci_high)
    assert 0.92 <= np.mean(held) <= 0.98


def test_icc_says_where_it_is_not_defined() -> None:
    assert np.isnan(icc_agreement([[1, 2], [3, 4]]).value)
    assert np.isnan(icc_agreement(np.ones((5, 2))).value)
    assert np.isnan(icc_agreement(np.ones((5, 1))).value)
    with pytest.raises(InputError, match="without missing entries"):
        icc_agreement([[1.0, np.nan], [2.0, 3.0], [3.0, 4.0]])
    with pytest.raises(InputError, match="one row for each person"):
        icc_agreement([1.0, 2.0])
