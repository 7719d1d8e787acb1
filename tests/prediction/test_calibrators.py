import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction.calibrators import CALIBRATORS, fit_calibrator


@pytest.fixture
def timid(rng):
    """Probabilities whose log-odds are half of the truth, and outcomes."""
    eta = rng.normal(size=3000) * 2
    return 1 / (1 + np.exp(-eta / 2)), rng.uniform(size=3000) < 1 / (1 + np.exp(-eta))


@pytest.mark.parametrize("kind", CALIBRATORS)
def test_calibration_lowers_the_brier_score_of_new_people(timid, kind):
    p, y = timid
    found = fit_calibrator(kind, p[:1500], y[:1500])
    after = np.mean((found.apply(p[1500:]) - y[1500:]) ** 2)
    assert after < np.mean((p[1500:] - y[1500:]) ** 2) - 0.005


@pytest.mark.parametrize("kind", CALIBRATORS)
def test_calibration_never_turns_people_around(timid, kind):
    p, y = timid
    told = fit_calibrator(kind, p, y).apply(np.sort(p))
    assert (np.diff(told) >= 0).all()


def test_platt_undoes_a_known_distortion(timid):
    p, y = timid
    found = fit_calibrator("platt", p, y)
    assert found.slope == pytest.approx(2, abs=0.2)
    assert found.intercept == pytest.approx(0, abs=0.15)


@pytest.mark.parametrize("kind", CALIBRATORS)
def test_separated_classes_stay_inside_the_targets(kind):
    # 10 of each: targets 1/12 and 11/12
    p, y = np.linspace(0.01, 0.99, 20), np.arange(20) >= 10
    told = fit_calibrator(kind, p, y).apply(p)
    assert 0 < told.min() <= 1 / 12 + 0.01
    assert 11 / 12 - 0.01 <= told.max() < 1


def test_inner_predictions_the_wrong_way_round_keep_order_and_say_the_share(rng):
    p = rng.uniform(0.2, 0.8, size=200)
    found = fit_calibrator("platt", p, rng.uniform(size=200) > p)
    told = found.apply(np.sort(p))
    assert (np.diff(told) > 0).all()
    assert np.ptp(told) < 0.02


@pytest.mark.parametrize(
    ("p", "y"), [([0.2, 0.3], [True, True]), ([0.5, 0.5], [True, False]), ([], [])]
)
def test_nothing_to_learn_gives_none(p, y):
    assert fit_calibrator("platt", np.array(p), np.array(y, bool)) is None


def test_an_unknown_calibration_is_suggested():
    with pytest.raises(InputError, match="Did you mean 'isotonic'"):
        fit_calibrator("isotonc", np.array([0.1, 0.9]), np.array([False, True]))
