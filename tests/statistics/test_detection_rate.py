"""Detection rates: exact arithmetic, strata, laws."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.detection_rate import compare_detection


def table(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return detection and case status: a of a + b cases and c of c + d others detected."""
    seen = np.repeat([True, False, True, False], [a, b, c, d])[:, None]
    return seen, np.repeat([True, False], [a + b, c + d])


def test_tea_by_hand() -> None:
    # 3 of 4 against 1 of 4, 70 ways: 16 + 1 on each side, 34 / 70; mid-p takes half of 32 away.
    found = compare_detection(*table(3, 1, 1, 3))
    assert found.p_value[0] == pytest.approx(34 / 70)
    assert found.mid_p_value[0] == pytest.approx((34 - 16) / 70)
    assert found.risk_difference[0] == 0.5


@pytest.mark.parametrize("counts", [(12, 48, 3, 57), (0, 20, 5, 30), (7, 3, 9, 1), (5, 0, 5, 0)])
def test_without_strata_it_is_fishers_test(counts) -> None:
    found = compare_detection(*table(*counts))
    expected = stats.fisher_exact([counts[:2], counts[2:]])
    assert found.p_value[0] == pytest.approx(expected.pvalue, rel=1e-9)
    conditional = stats.contingency.odds_ratio(np.array([counts[:2], counts[2:]]))
    if counts != (5, 0, 5, 0):
        assert found.odds_ratio[0] == pytest.approx(conditional.statistic, rel=1e-6)
        interval = conditional.confidence_interval(0.95)
        assert found.ci_low[0] == pytest.approx(interval.low, rel=1e-6)
        assert found.ci_high[0] == pytest.approx(interval.high, rel=1e-6)


def test_newcombe_by_hand() -> None:
    # 56 of 70 against 48 of 80: .2, .0524 to .3339 in Newcombe's paper, method 10.
    found = compare_detection(*table(56, 14, 48, 32))
    assert found.risk_difference[0] == pytest.approx(0.2)
    assert found.risk_difference_ci_low[0] == pytest.approx(0.0524, abs=1e-4)
    assert found.risk_difference_ci_high[0] == pytest.approx(0.3339, abs=1e-4)


def test_a_plate_with_a_high_limit_does_not_make_a_difference() -> None:
    # Half of the people detected on plate A, none on B; most cases are on A.
    plates = np.repeat(["A", "B"], 60)
    case = np.r_[np.tile([True, True, False], 20), np.tile([True, False, False], 20)]
    seen = np.zeros((120, 1), dtype=bool)
    seen[:60:2] = True
    crude = compare_detection(seen, case)
    within = compare_detection(seen, case, strata=plates)
    assert crude.p_value[0] < 0.06
    assert within.p_value[0] > 0.9


def test_swapping_the_groups_inverts_the_odds_ratio_and_keeps_p() -> None:
    seen, case = table(9, 21, 4, 36)
    there, back = compare_detection(seen, case), compare_detection(seen, ~case)
    assert back.p_value[0] == pytest.approx(there.p_value[0])
    assert back.odds_ratio[0] == pytest.approx(1 / there.odds_ratio[0], rel=1e-8)
    assert back.ci_low[0] == pytest.approx(1 / there.ci_high[0], rel=1e-6)
    assert back.risk_difference[0] == -there.risk_difference[0]


def test_order_of_rows_and_names_of_plates_do_not_matter(rng) -> None:
    seen, case = rng.random((60, 4)) < 0.3, rng.random(60) < 0.5
    plates = rng.choice(["p", "q", "r"], 60)
    order = rng.permutation(60)
    before = compare_detection(seen, case, strata=plates)
    renamed = np.char.replace(plates[order], "p", "z")
    after = compare_detection(seen[order], case[order], strata=renamed)
    np.testing.assert_allclose(after.p_value, before.p_value, rtol=1e-9)
    np.testing.assert_allclose(after.odds_ratio, before.odds_ratio, rtol=1e-6)


def test_the_exact_test_keeps_its_level(rng) -> None:
    case = np.repeat([True, False], 40)
    seen = rng.random((80, 2000)) < 0.1
    found = compare_detection(seen, case)
    assert (found.p_value < 0.05).mean() <= 0.05
    assert (found.mid_p_value <= found.p_value).all()


def test_a_group_that_was_not_measured_has_no_answer() -> None:
    seen, case = table(3, 1, 1, 3)
    measured = case[:, None]
    found = compare_detection(seen, case, measured=measured)
    assert np.isnan(found.p_value[0])
    assert np.isnan(found.risk_difference[0])
    assert found.n_reference[0] == 0


def test_shapes_must_match() -> None:
    with pytest.raises(InputError, match="one entry of is_case"):
        compare_detection(np.ones((4, 1), dtype=bool), [True, False])
