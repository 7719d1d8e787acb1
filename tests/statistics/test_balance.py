"""How far groups differ in what should not tell them apart."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.balance import balance_table
from subtyping.statistics.factor_levels import as_levels, as_numbers
from subtyping.statistics.group_effects import cramers_v, standardised_difference


def test_the_standardised_difference_by_hand() -> None:
    # Means 3 and 1; variances 1 and 1; d = 2. Variance 1/3 + 1/3 + 4 / 12 = 1; 2 -+ 1.96.
    effect = standardised_difference([2, 3, 4], [0, 1, 2])
    assert effect.value == pytest.approx(2.0)
    assert (effect.ci_low, effect.ci_high) == pytest.approx((0.040, 3.960), abs=1e-3)
    assert effect.p_value == pytest.approx(stats.ttest_ind([2, 3, 4], [0, 1, 2]).pvalue)


def test_the_standardised_difference_knows_its_sign_and_its_scale(rng) -> None:
    x, y = rng.normal(1, 2, 30), rng.normal(0, 1, 40)
    forth, back = standardised_difference(x, y), standardised_difference(y, x)
    scaled = standardised_difference(10 * x + 7, 10 * y + 7)
    assert back.value == pytest.approx(-forth.value)
    assert (scaled.value, scaled.p_value) == pytest.approx((forth.value, forth.p_value))


def test_the_interval_of_the_standardised_difference_covers(rng) -> None:
    draws = [
        standardised_difference(rng.normal(0.5, 1, 40), rng.normal(0, 1, 30)) for _ in range(800)
    ]
    covered = np.mean([d.ci_low <= 0.5 <= d.ci_high for d in draws])
    assert 0.925 < covered < 0.975


@pytest.mark.parametrize(("case", "reference"), [([1.0], [1.0, 2.0]), ([], []), ([2, 2], [1, 1])])
def test_no_standardised_difference_without_spread(case, reference) -> None:
    assert np.isnan(standardised_difference(case, reference).value)


def test_cramers_v_by_hand() -> None:
    # 30 10 / 10 30: chi2 = 80 (30*30 - 10*10)^2 / 40^4 = 20; phi2 = 1/4 - 1/79; k = 2 - 1/79.
    effect = cramers_v([[30, 10], [10, 30]])
    assert effect.value == pytest.approx(np.sqrt((0.25 - 1 / 79) / (1 - 1 / 79)))
    assert effect.ci_low < effect.value < effect.ci_high
    assert effect.p_value == pytest.approx(stats.chi2.sf(20, 1))


def test_cramers_v_is_about_zero_for_many_levels_without_association(rng) -> None:
    values = []
    for _ in range(300):
        case, level = rng.random(100) < 0.5, rng.integers(0, 12, 100)
        counts = [[(case & (level == k)).sum(), (~case & (level == k)).sum()] for k in range(12)]
        values.append(cramers_v(counts))
    assert np.median([v.value for v in values]) < 0.1  # uncorrected: about .33
    assert np.mean([v.ci_low > 0 for v in values]) < 0.05
    assert all(v.ci_low <= v.value <= v.ci_high for v in values)


def test_few_people_get_fishers_exact_p() -> None:
    assert cramers_v([[3, 0], [0, 3]]).p_value == pytest.approx(0.1)  # 2 / C(6, 3)


def test_counts_of_three_groups_are_refused() -> None:
    with pytest.raises(InputError, match="two columns; got shape \\(2, 3\\)"):
        cramers_v(np.ones((2, 3)))


CASE = np.repeat([True, False], 10)


@pytest.mark.parametrize(
    ("values", "kind", "known_in", "n_levels"),
    [
        (list(range(20)), "number", "both", 20),
        ([0, 1] * 10, "levels", "both", 2),
        (["f", "m"] * 10, "levels", "both", 2),
        (["x"] * 20, "levels", "both", 1),
        ([None] * 20, "unknown", "nobody", 0),
        ([None] * 10 + list(range(10)), "number", "reference only", 10),
        (["a"] * 10 + [" "] * 10, "levels", "cases only", 1),
        (["21", "22.5", "?"] + [str(20 + k / 3) for k in range(17)], "number", "both", 18),
    ],
)
def test_kinds_of_factors(values, kind, known_in, n_levels) -> None:
    row = balance_table(CASE, ~CASE, {"f": values}).iloc[0]
    assert (row["kind"], row["known_in"], row["n_levels"]) == (kind, known_in, n_levels)


def test_numbers_by_hand() -> None:
    # Cases 20..29, reference 25..34: common range 25..29, half of each; r^2 of status and value:
    # between 20 * 2.5^2 = 125, within 2 * 82.5 = 165; vif = 290 / 165.
    row = balance_table(CASE, ~CASE, {"age": [*range(20, 30), *range(25, 35)]}).iloc[0]
    assert row[["case_overlap_frac", "reference_overlap_frac"]].tolist() == [0.5, 0.5]
    assert row["vif"] == pytest.approx(290 / 165)
    assert row["interval_widening"] == pytest.approx(np.sqrt(290 / 165))


def test_plate_numbers_are_levels_and_times_are_numbers() -> None:
    dates = pd.Series(pd.date_range("2024-01-01", periods=20)).astype(str)
    hours = [f"{8 + k // 4}:{15 * (k % 4):02d}" for k in range(20)]
    factors = {"plate": list(range(20)), "date": dates, "hour": hours}
    table = balance_table(CASE, ~CASE, factors, times=["date"], hours=["hour"], may_block=["plate"])
    assert table["kind"].tolist() == ["levels", "number", "number"]
    assert table["may_block"].tolist() == [True, False, False]
    assert table.loc[2, "case_mean"] == pytest.approx(8 + 9 * 0.25 / 2)


def test_q_values_are_of_the_whole_table(rng) -> None:
    factors = {f"f{k}": rng.normal(size=20) for k in range(5)} | {"none": [None] * 20}
    table = balance_table(CASE, ~CASE, factors)
    known = table["p_value"].notna()
    expected = stats.false_discovery_control(table.loc[known, "p_value"])
    np.testing.assert_allclose(table.loc[known, "q_value"], expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 1], None),
        ([1, 2, 3], [1.0, 2.0, 3.0]),
        (["a", "b", "c"], None),
        ([1, 2, 1, 2, 1, 3, 1], None),
        ([np.inf, 1.5, 2.5, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0], "number"),
    ],
)
def test_what_counts_as_a_number(values, expected) -> None:
    found = as_numbers(pd.Series(values))
    if expected is None:
        assert found is None
    elif expected == "number":
        assert np.isnan(found.iloc[0])
    else:
        assert found.tolist() == expected


def test_levels_leave_out_blanks() -> None:
    assert as_levels(pd.Series(["a", "", None, "  ", "b"])).tolist() == ["a", "b"]
