"""Normals below a limit: fit, mean, draws, imputation and pooling."""

import numpy as np
import pytest
from scipy import optimize, stats

from subtyping.exceptions import InputError
from subtyping.statistics.imputation import imputation_model
from subtyping.statistics.rubin import pool_imputations
from subtyping.statistics.tobit import tobit
from subtyping.statistics.truncated_normal import draw_below, fit_censored_normal, mean_below


def test_the_fit_is_the_maximum_that_brute_force_finds(rng) -> None:
    latent = rng.normal(2, 1.5, (80, 1))
    limits = np.where(np.arange(80) % 2 == 0, 1.5, 2.2)[:, None]
    censored = latent < limits
    Y = np.where(censored, limits, latent)

    def loss(at: np.ndarray) -> float:
        mean, sd = at[0], np.exp(at[1])
        terms = np.where(censored, stats.norm.logcdf(Y, mean, sd), stats.norm.logpdf(Y, mean, sd))
        return -float(terms.sum())

    best = optimize.minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-6})
    fit = fit_censored_normal(Y, censored)
    assert fit.mean[0] == pytest.approx(best.x[0], abs=1e-5)
    assert fit.sd[0] == pytest.approx(np.exp(best.x[1]), abs=1e-5)


def test_without_censoring_it_is_mean_and_sd(rng) -> None:
    Y = rng.normal(4, 2, (30, 3))
    fit = fit_censored_normal(Y, np.zeros_like(Y, dtype=bool))
    np.testing.assert_allclose(fit.mean, Y.mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(fit.sd, Y.std(axis=0), rtol=1e-9)


@pytest.mark.parametrize("limit", [-30.0, -2.0, 0.0, 3.0, 40.0])
def test_the_mean_below_a_limit_is_that_of_scipy(limit) -> None:
    mean, sd = 0.5, 2.0
    if limit > -20:
        expected = stats.truncnorm.mean(-np.inf, (limit - mean) / sd, mean, sd)
        assert float(mean_below(limit, mean, sd)) == pytest.approx(expected, rel=1e-9)
    assert float(mean_below(limit, mean, sd)) <= limit


def test_draws_follow_the_part_below_the_limit() -> None:
    drawn = draw_below(np.full(4000, 1.0), 2.0, 1.5, np.random.default_rng(3))
    law = stats.truncnorm(-np.inf, (1.0 - 2.0) / 1.5, 2.0, 1.5)
    assert stats.kstest(drawn, law.cdf).pvalue > 0.01
    far = draw_below(np.full(10, -40.0), 0.0, 1.0, np.random.default_rng(3))
    assert ((far < -40) & (far > -41)).all()


def test_imputation_given_the_group_keeps_the_difference(rng) -> None:
    case = np.repeat([0.0, 1.0], 300)
    design = np.column_stack([np.ones(600), case])
    latent = rng.normal(size=(600, 1)) + case[:, None]
    censored = latent < 0.5
    Y = np.where(censored, 0.5, latent)

    def difference(columns: np.ndarray) -> float:
        model = imputation_model(Y, censored, columns)
        drawn = [model.draw(np.random.default_rng(k))[:, 0] for k in range(20)]
        return float(np.mean([d[case == 1].mean() - d[case == 0].mean() for d in drawn]))

    given = difference(design)
    assert given == pytest.approx(float(tobit(Y, censored, design).coefficient[0]), abs=0.03)
    assert difference(design[:, :1]) < 0.9 * given


def test_detected_and_missing_values_are_left_alone(rng) -> None:
    Y = rng.normal(size=(40, 2))
    censored = Y < 0
    censored[3, 0], Y[3, 0] = False, np.nan
    drawn = imputation_model(Y, censored, np.ones((40, 1))).draw(rng)
    np.testing.assert_array_equal(drawn[~censored], Y[~censored])
    assert (drawn[censored] <= Y[censored]).all()
    assert np.isnan(drawn[3, 0])


def test_an_analyte_with_a_wholly_censored_group_is_not_imputed(rng) -> None:
    case = np.repeat([0.0, 1.0], 30)
    Y = rng.normal(size=(60, 1)) - 9 * case[:, None]
    model = imputation_model(Y, Y < -4, np.column_stack([np.ones(60), case]))
    assert not model.is_usable[0]
    np.testing.assert_array_equal(model.draw(rng), Y)


def test_pooling_by_hand() -> None:
    # estimates 1, 2, 3: mean 2, between 1; within (0.5 + 0.7 + 0.6) / 3 = 0.6
    # total 0.6 + (4/3) x 1 = 1.93333; lambda = 1.33333 / 1.93333 = 0.689655
    # nu_old = 2 / lambda^2 = 4.205; nu_obs = 41/43 x 40 x (1 - lambda) = 11.836
    pooled = pool_imputations([[1.0], [2.0], [3.0]], [[0.5], [0.7], [0.6]], [40.0])
    assert pooled.estimate[0] == 2
    assert pooled.standard_error[0] ** 2 == pytest.approx(1.9333333)
    assert pooled.missing_information_frac[0] == pytest.approx(0.689655, abs=1e-6)
    assert pooled.df[0] == pytest.approx(1 / (1 / 4.205 + 1 / 11.836), abs=1e-3)
    assert pooled.p_value[0] == pytest.approx(2 * stats.t.sf(2 / 1.9333333**0.5, pooled.df[0]))


def test_imputations_that_agree_give_the_complete_result() -> None:
    pooled = pool_imputations([[1.5, -1.0]] * 3, [[0.25, 0.5]] * 3, [20.0, np.inf])
    assert pooled.df.tolist() == [20.0, np.inf]
    np.testing.assert_allclose(pooled.standard_error, [0.5, 0.5**0.5])
    assert pooled.p_value[0] == pytest.approx(2 * stats.t.sf(3.0, 20))


def test_one_imputation_cannot_be_pooled() -> None:
    with pytest.raises(InputError, match="at least two imputations"):
        pool_imputations([[1.0]], [[1.0]], [10.0])
