"""Regressing the handling score out, with slopes learnt in reference people."""

import json

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from subtyping.preparation.handling_adjuster import HandlingAdjuster


@pytest.fixture
def waited(rng):
    return rng.normal(size=80)


@pytest.fixture
def z(rng, waited):
    return rng.normal(size=(80, 4)) + np.outer(waited, [1.0, 0.5, 0.0, 0.9])


@pytest.mark.filterwarnings("ignore")
def test_it_is_a_scikit_learn_estimator() -> None:
    check_estimator(HandlingAdjuster())


def test_by_hand() -> None:
    # h = -1, 1 ten times each, z = 3 h +- 1: slope 3, residuals of +-1, SD sqrt(20 / 19).
    h = np.tile([-1.0, 1.0], 10)
    rest = np.repeat([-1.0, 1.0], 10)
    adjuster = HandlingAdjuster().fit((3 * h + rest)[:, None], handling=h)
    assert adjuster.slopes_[0] == pytest.approx(3.0)
    assert adjuster.scale_[0] == pytest.approx(np.sqrt(20 / 19))
    # Standard error: sqrt(20 / 18 / 20).
    assert adjuster.slope_errors_[0] == pytest.approx(np.sqrt(1 / 18))
    new = adjuster.transform(np.array([[5.0]]), handling=np.array([2.0]))
    assert new[0, 0] == pytest.approx((5 - 6) / np.sqrt(20 / 19))


def test_reference_people_are_left_on_the_healthy_scale_and_free_of_it(z, waited) -> None:
    z = (z - z.mean(axis=0)) / z.std(axis=0, ddof=1)
    left = HandlingAdjuster().fit_transform(z, handling=waited)
    np.testing.assert_allclose(left.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(left.std(axis=0, ddof=1), 1)
    for column in left.T:
        assert abs(np.corrcoef(column, waited)[0, 1]) < 1e-12


def test_markers_are_left_alone(z, waited) -> None:
    is_marker = np.array([False, True, False, True])
    left = HandlingAdjuster().fit_transform(z, handling=waited, is_marker=is_marker)
    assert (left[:, is_marker] == z[:, is_marker]).all()
    assert (left[:, ~is_marker] != z[:, ~is_marker]).any()


def test_one_person_alone_gets_the_bits_of_the_batch(z, waited) -> None:
    adjuster = HandlingAdjuster().fit(z, handling=waited)
    batch = adjuster.transform(z, handling=waited)
    assert (adjuster.transform(z[5:6], handling=waited[5:6])[0] == batch[5]).all()


def test_a_person_without_a_score_is_not_shifted(z, waited) -> None:
    adjuster = HandlingAdjuster().fit(z, handling=waited)
    unknown = adjuster.transform(z[:1], handling=np.array([np.nan]))
    np.testing.assert_allclose(unknown[0], z[0] / adjuster.scale_)


@pytest.mark.parametrize("n_known", [0, 19])
def test_too_few_known_scores_change_nothing(z, waited, n_known) -> None:
    waited[n_known:] = np.nan
    adjuster = HandlingAdjuster().fit(z, handling=waited)
    assert adjuster.n_reference_ == 0
    assert (adjuster.transform(z, handling=waited) == z).all()


def test_everybody_alike_or_no_score_changes_nothing(z) -> None:
    for handling in (np.ones(80), None):
        assert (HandlingAdjuster().fit_transform(z, handling=handling) == z).all()


def test_the_card_goes_there_and_back(z, waited) -> None:
    adjuster = HandlingAdjuster().fit(z, handling=waited)
    card = json.loads(json.dumps({"other": 1, **adjuster.to_card()}))
    again = HandlingAdjuster.from_card(card, 4)
    assert (again.transform(z, handling=waited) == adjuster.transform(z, handling=waited)).all()


def test_a_card_without_slopes_changes_nothing(z, waited) -> None:
    again = HandlingAdjuster.from_card({"other": 1}, 4)
    assert (again.transform(z, handling=waited) == z).all()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"handling_slopes": [1.0]}, "differ in their number"),
        ({"handling_scale": [1.0, 1.0, 0.0, 1.0]}, "scales positive"),
        ({"handling_centre": float("nan")}, "must be numbers"),
    ],
)
def test_a_spoilt_card_is_refused(z, waited, change, words) -> None:
    card = HandlingAdjuster().fit(z, handling=waited).to_card() | change
    with pytest.raises(ValueError, match=words):
        HandlingAdjuster.from_card(card, 4)
