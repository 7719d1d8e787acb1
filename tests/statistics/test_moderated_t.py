"""Laws of the moderated t."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.moderated_t import moderated_t


def data(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    is_case = np.repeat([0.0, 1.0], 15)
    Y = rng.normal(size=(30, 40)) * rng.gamma(3, size=40)
    return Y, np.column_stack([np.ones(30), is_case, rng.normal(size=30)])


def test_adding_a_constant_changes_nothing(rng: np.random.Generator) -> None:
    Y, design = data(rng)
    before, after = moderated_t(Y, design, [0, 1, 0]), moderated_t(Y + 100, design, [0, 1, 0])
    np.testing.assert_allclose(after.t, before.t, rtol=1e-9)


def test_a_unit_factor_scales_effects_and_leaves_t_alone(rng: np.random.Generator) -> None:
    Y, design = data(rng)
    before, after = moderated_t(Y, design, [0, 1, 0]), moderated_t(1000 * Y, design, [0, 1, 0])
    np.testing.assert_allclose(after.coefficient, 1000 * before.coefficient, rtol=1e-9)
    np.testing.assert_allclose(after.t, before.t, rtol=1e-9)
    assert after.s2_prior == pytest.approx(1e6 * before.s2_prior)
    assert after.df_prior == pytest.approx(before.df_prior)


def test_the_order_of_samples_does_not_matter(rng: np.random.Generator) -> None:
    Y, design = data(rng)
    Y[rng.random(Y.shape) < 0.1] = np.nan
    order = rng.permutation(30)
    before = moderated_t(Y, design, [0, 1, 0])
    after = moderated_t(Y[order], design[order], [0, 1, 0])
    np.testing.assert_allclose(after.t, before.t, rtol=1e-9)


def test_swapping_the_groups_flips_the_sign(rng: np.random.Generator) -> None:
    Y, design = data(rng)
    before, after = moderated_t(Y, design, [0, 1, 0]), moderated_t(Y, design, [0, -1, 0])
    np.testing.assert_allclose(after.t, -before.t)
    np.testing.assert_allclose(after.p_value, before.p_value)


def test_equal_variances_leave_an_infinite_prior(rng: np.random.Generator) -> None:
    Y = rng.normal(size=(30, 1)) + np.zeros((1, 20)) + np.arange(20)
    fit = moderated_t(Y, np.ones((30, 1)), [1])
    assert fit.df_prior == np.inf
    np.testing.assert_allclose(fit.s2_posterior, fit.s2_prior)
    assert np.isfinite(fit.df_total).all()


def test_one_analyte_is_the_ordinary_t_test(rng: np.random.Generator) -> None:
    Y = rng.normal(size=(12, 1))
    is_case = np.repeat([0.0, 1.0], 6)
    fit = moderated_t(Y, np.column_stack([np.ones(12), is_case]), [0, 1])
    t, p = stats.ttest_ind(Y[6:, 0], Y[:6, 0])
    assert (fit.t.item(), fit.p_value.item()) == pytest.approx((t, p))
    low, high = fit.interval()
    expected = stats.ttest_ind(Y[6:, 0], Y[:6, 0]).confidence_interval()
    assert (low.item(), high.item()) == pytest.approx((expected.low, expected.high))


def test_missing_values_equal_a_plain_loop(rng: np.random.Generator) -> None:
    Y, design = data(rng)
    Y[rng.random(Y.shape) < 0.2] = np.nan
    fit = moderated_t(Y, design, [0, 1, 0])
    for g in range(Y.shape[1]):
        rows = ~np.isnan(Y[:, g])
        X, y = design[rows], Y[rows, g]
        beta = np.linalg.lstsq(X, y, rcond=None)[0]
        assert fit.coefficient[g, 0] == pytest.approx(beta[1], rel=1e-9)
        assert fit.s2[g] == pytest.approx(((y - X @ beta) ** 2).sum() / (rows.sum() - 3), rel=1e-9)


def test_the_prior_is_recovered_from_many_analytes(rng: np.random.Generator) -> None:
    sigma2 = 2.0 * 8 / rng.chisquare(8, size=4000)
    Y = rng.normal(size=(20, 4000)) * np.sqrt(sigma2)
    fit = moderated_t(Y, np.ones((20, 1)), [1])
    assert fit.df_prior == pytest.approx(8, rel=0.15)
    assert fit.s2_prior == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize(
    ("Y", "design", "contrast", "message"),
    [
        (np.zeros((4, 2)), np.ones((4, 2)), [0, 1], "rank deficient"),
        (np.zeros((4, 2)), np.ones((5, 1)), [1], "do not match"),
        (np.zeros((4, 2)), np.ones((4, 1)), [1, 0], "do not match"),
        (np.zeros((1, 2)), np.ones((1, 2)), [1, 0], "only 1 samples"),
        (np.zeros((4, 2)), np.full((4, 1), np.nan), [1], "missing values"),
        (np.zeros(4), np.ones((4, 1)), [1], "must be matrices"),
    ],
)
def test_errors(Y: np.ndarray, design: np.ndarray, contrast: list[int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        moderated_t(Y, design, contrast)
