"""Choices of plate correction, and scaling by controls."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from subtyping.exceptions import InputError
from subtyping.preparation.control_scaling import ControlScaler
from subtyping.preparation.plate_scaling import PlateComBat, PlateMedian, plate_step
from subtyping.preparation.steps import PlateAdjuster


@pytest.mark.parametrize("step", [PlateMedian(), PlateComBat(), ControlScaler()])
def test_scikit_learn_accepts_it(step) -> None:
    check_estimator(step, on_skip=None)


@pytest.mark.parametrize("kind", ["location", "median", "combat"])
def test_every_choice_removes_a_shift_and_knows_no_new_plate(kind, rng) -> None:
    n = 200
    plates, groups = rng.choice(["p1", "p2", "p3"], n), rng.choice(["case", "reference"], n)
    X = rng.standard_normal((n, 15)) + (plates == "p2")[:, None] * 2.0
    step = plate_step(kind).fit(X, plates=plates, groups=groups)
    out = step.transform(X, plates=plates)
    means = np.array([out[plates == plate].mean() for plate in ("p1", "p2", "p3")])
    assert np.ptp(means) < 0.1
    np.testing.assert_allclose(out.mean(), X.mean(), atol=0.02)
    assert set(step.effects_) == {"p1", "p2", "p3"}
    together = plate_step(kind).fit_transform(X, plates=plates, groups=groups)
    np.testing.assert_array_equal(together, out)
    np.testing.assert_array_equal(step.transform(X, plates=np.full(n, "next")), X)
    np.testing.assert_array_equal(step.transform(X), X)
    np.testing.assert_array_equal(step.transform(X[7:8], plates=plates[7:8])[0], out[7])


@pytest.mark.parametrize("kind", ["location", "median", "combat", "none"])
def test_without_plates_nothing_is_learnt(kind, rng) -> None:
    X = rng.standard_normal((20, 4))
    step = plate_step(kind).fit(X)
    assert step.effects_ == {}
    np.testing.assert_array_equal(step.transform(X, plates=np.full(20, "p1")), X)


@pytest.mark.parametrize("kind", ["location", "median", "combat"])
def test_one_plate_is_left_alone(kind, rng) -> None:
    X = rng.standard_normal((20, 4))
    step = plate_step(kind).fit(X, plates=np.full(20, "p1"), groups=np.full(20, "case"))
    assert step.effects_ == {}


def test_plate_medians_by_hand() -> None:
    # Medians 2 (3 samples) and 10 (1 sample): their mean over samples is 4.
    X = np.array([[1.0], [2.0], [9.0], [10.0]])
    step = PlateMedian().fit(X, plates=["a", "a", "a", "b"])
    assert {name: effect.tolist() for name, effect in step.effects_.items()} == {
        "a": [-2.0],
        "b": [6.0],
    }


def test_plate_and_group_confounded_are_refused_by_empirical_bayes(rng) -> None:
    X, plates = rng.standard_normal((20, 4)), np.repeat(["a", "b"], 10)
    with pytest.raises(InputError, match="confounded with batch"):
        PlateComBat().fit(X, plates=plates, groups=np.where(plates == "a", "case", "reference"))


def test_an_unknown_choice() -> None:
    assert isinstance(plate_step("location"), PlateAdjuster)
    with pytest.raises(InputError, match=r"preparation\.plates .* Did you mean 'median'"):
        plate_step("medians")


@pytest.mark.parametrize("method", ["subtract", "scale"])
def test_controls_put_a_new_plate_where_the_first_was(method, rng) -> None:
    clean = rng.uniform(5, 9, (30, 4))
    is_control = np.arange(30) < 4
    clean[is_control] = clean[0]
    shifted = clean + 1.5 if method == "subtract" else clean * 3.0
    step = ControlScaler(method=method).fit(clean, is_control=is_control)
    back = step.transform(shifted, plates=np.full(30, "new"), is_control=is_control)
    np.testing.assert_allclose(back, clean)


def test_one_patient_among_the_controls_of_its_plate(rng) -> None:
    X, plates = rng.normal(5, 1, (24, 3)), np.repeat(["a", "b"], 12)
    is_control = np.arange(24) % 12 < 3
    step = ControlScaler().fit(X, plates=plates, is_control=is_control)
    out = step.transform(X, plates=plates, is_control=is_control)
    rows = [12, 13, 14, 20]
    part = step.transform(X[rows], plates=plates[rows], is_control=is_control[rows])
    np.testing.assert_array_equal(part, out[rows])


def test_an_analyte_without_controls_has_no_place() -> None:
    X = np.array([[1.0, np.nan], [1.0, 2.0], [3.0, 4.0]])
    controls = [True, True, False]
    out = ControlScaler().fit(X, is_control=controls).transform(X, is_control=controls)
    assert np.isnan(out[:, 1]).all()
    np.testing.assert_array_equal(out[:, 0], X[:, 0])


def test_what_control_scaling_refuses(rng) -> None:
    X = rng.normal(0, 1, (6, 2)) - 5
    with pytest.raises(InputError, match=r"at least 2 controls; too few on 'b \(1\)'"):
        ControlScaler().fit(X, plates=list("aaabbb"), is_control=[1, 1, 0, 1, 0, 0])
    with pytest.raises(InputError, match="positive concentrations"):
        ControlScaler(method="scale").fit(X, is_control=[1, 1, 0, 0, 0, 0])
    step = ControlScaler().fit(X, is_control=[1, 1, 0, 0, 0, 0])
    with pytest.raises(InputError, match="needs is_control"):
        step.transform(X)
    with pytest.raises(InputError, match="method must be one of"):
        ControlScaler(method="divide").fit(X)
