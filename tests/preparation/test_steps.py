"""Steps that learn are scikit-learn to the letter, and keep their laws."""

import numpy as np
import pytest
from sklearn.utils.estimator_checks import check_estimator

from subtyping.preparation import CovariateAdjuster, PlateAdjuster, ReferenceScaler


@pytest.mark.parametrize("step", [PlateAdjuster(), CovariateAdjuster(), ReferenceScaler()])
def test_scikit_learn_accepts_it(step) -> None:
    check_estimator(step, on_skip=None)


def test_a_plate_shift_is_removed_and_the_group_difference_stays(rng: np.random.Generator) -> None:
    n = 400
    plates = rng.choice(["a", "b", "c"], n)
    # Cases are more common on plate a: a plain plate median would eat part of the difference.
    case = rng.random(n) < np.where(plates == "a", 0.7, 0.4)
    clean = rng.standard_normal((n, 5)) + case[:, None] * 2.0
    shifted = clean + (plates == "a")[:, None] * 3.0
    groups = np.where(case, "case", "reference")
    step = PlateAdjuster().fit(shifted, plates=plates, groups=groups)
    out = step.transform(shifted, plates=plates)
    difference = out[case].mean(axis=0) - out[~case].mean(axis=0)
    np.testing.assert_allclose(difference, 2.0, atol=0.35)
    np.testing.assert_allclose(out.mean(axis=0), shifted.mean(axis=0), atol=1e-9)
    by_plate = np.array([out[(plates == p) & ~case].mean() for p in "abc"])
    assert np.ptp(by_plate) < 0.35


def test_unknown_plates_are_left_alone(rng: np.random.Generator) -> None:
    X = rng.standard_normal((40, 3))
    step = PlateAdjuster().fit(X, plates=np.repeat(["a", "b"], 20), groups=np.full(40, "x"))
    np.testing.assert_array_equal(step.transform(X, plates=np.full(40, "new")), X)
    np.testing.assert_array_equal(step.transform(X), X)


def test_covariate_slopes_come_off_and_missing_ones_do_nothing(rng: np.random.Generator) -> None:
    age = rng.uniform(20, 60, (300, 1))
    X = 0.1 * age + 0.2 * rng.standard_normal((300, 4))
    step = CovariateAdjuster().fit(X, covariates=age)
    out = step.transform(X, covariates=age)
    assert abs(np.corrcoef(out[:, 0], age[:, 0])[0, 1]) < 1e-9
    unknown = step.transform(X, covariates=np.full((300, 1), np.nan))
    np.testing.assert_array_equal(unknown, X)


def test_the_reference_has_mean_zero_and_sd_one(rng: np.random.Generator) -> None:
    X = rng.normal(5, 3, (50, 4))
    z = ReferenceScaler().fit_transform(X)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z.std(axis=0, ddof=1), 1, atol=1e-12)
