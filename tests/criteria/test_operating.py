"""Operating characteristics and their laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subtyping.criteria import at_prevalence, operating_characteristics
from subtyping.exceptions import InputError

SHARES = st.floats(0.01, 0.99)


@given(SHARES, SHARES, SHARES)
def test_ppv_and_npv_are_bayes(sensitivity: float, specificity: float, prevalence: float) -> None:
    row = at_prevalence(sensitivity, specificity, prevalence)
    odds = prevalence / (1 - prevalence)
    assert row.ppv == pytest.approx(1 / (1 + (1 - specificity) / (sensitivity * odds)))
    assert row.npv == pytest.approx(1 / (1 + (1 - sensitivity) * odds / specificity))
    assert row.number_needed_to_screen * row.positive_frac == pytest.approx(1)
    assert row.screen_fail_frac + row.positive_frac == pytest.approx(1)


def test_hand_value_of_a_fourfold_table() -> None:
    flag = np.repeat([1, 1, 0, 0], [30, 10, 5, 55])
    truth = np.repeat([1, 0, 1, 0], [30, 10, 5, 55])
    row = operating_characteristics(flag, truth)
    assert row.sensitivity == pytest.approx(30 / 35)
    assert row.specificity == pytest.approx(55 / 65)
    assert row.ppv == pytest.approx(30 / 40)
    assert row.npv == pytest.approx(55 / 60)
    assert row.prevalence_frac == pytest.approx(0.35)
    assert row.number_needed_to_screen == pytest.approx(100 / 40)


def test_soft_labels_are_expected_counts(rng: np.random.Generator) -> None:
    p, flag = rng.random(50), rng.random(50) < 0.5
    soft = operating_characteristics(flag, p)
    hard = operating_characteristics(
        np.tile(flag, 2), np.repeat([1, 0], 50), weights=np.concatenate([p, 1 - p])
    )
    assert soft.as_row() == pytest.approx(hard.as_row())


def test_duplicating_everybody_changes_nothing(rng: np.random.Generator) -> None:
    p, flag = rng.random(30), rng.random(30) < 0.5
    once = operating_characteristics(flag, p)
    assert operating_characteristics(np.tile(flag, 3), np.tile(p, 3)).as_row() == pytest.approx(
        once.as_row()
    )


def test_everybody_and_nobody() -> None:
    everybody = operating_characteristics([1, 1, 1, 1], [1, 0, 0, 0])
    assert (everybody.sensitivity, everybody.specificity, everybody.ppv) == (1.0, 0.0, 0.25)
    nobody = operating_characteristics([0, 0, 0, 0], [1, 0, 0, 0])
    assert np.isnan(nobody.ppv)
    assert np.isnan(nobody.number_needed_to_screen)


def test_unknown_people_are_left_out() -> None:
    row = operating_characteristics([1, np.nan, 0, 1], [1, 1, 0, np.nan])
    assert (row.sensitivity, row.specificity, row.prevalence_frac) == (1.0, 1.0, 0.5)


@pytest.mark.parametrize(
    ("flag", "probability", "message"),
    [([1, 0], [1], "differ"), ([1.0], [1.5], "between 0 and 1")],
)
def test_errors(flag: list, probability: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        operating_characteristics(flag, probability)
