"""Laws of the prior of variances and of what it is made of."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics.f_distribution import (
    f_log_upper_tail,
    f_matched,
    f_winsorised_moments,
)
from subtyping.statistics.lowess import lowess
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.variance_prior import variance_prior

VARIANTS = [(False, False), (True, False), (False, True), (True, True)]


def variances(rng: np.random.Generator, n: int = 300, d0: float = 6.0, df: float = 20.0):
    level = 2.0 * d0 / rng.chisquare(d0, size=n)
    return level * rng.chisquare(df, size=n) / df, np.full(n, df), rng.normal(size=n)


def fit(s2, df, mean, *, trend: bool, robust: bool):
    return variance_prior(s2, df, covariate=mean if trend else None, robust=robust)


@pytest.mark.parametrize(("trend", "robust"), VARIANTS)
def test_a_unit_factor_scales_the_prior_alone(rng, trend, robust) -> None:
    s2, df, mean = variances(rng)
    before = fit(s2, df, mean, trend=trend, robust=robust)
    after = fit(100 * s2, df, 5 + 2 * mean, trend=trend, robust=robust)
    np.testing.assert_allclose(after.s2_prior, 100 * np.asarray(before.s2_prior), rtol=1e-7)
    np.testing.assert_allclose(after.df_prior, before.df_prior, rtol=1e-6)


@pytest.mark.parametrize(("trend", "robust"), VARIANTS)
def test_the_order_of_analytes_does_not_matter(rng, trend, robust) -> None:
    s2, df, mean = variances(rng)
    s2[3] = 500.0
    order = rng.permutation(len(s2))
    before = fit(s2, df, mean, trend=trend, robust=robust)
    after = fit(s2[order], df[order], mean[order], trend=trend, robust=robust)
    for name in ("s2_prior", "df_prior"):
        old = np.broadcast_to(getattr(before, name), s2.shape)
        new = np.broadcast_to(getattr(after, name), s2.shape)
        np.testing.assert_allclose(new, old[order], rtol=1e-9)


@pytest.mark.parametrize("robust", [False, True])
def test_a_constant_covariate_is_no_trend(rng, robust) -> None:
    s2, df, _ = variances(rng)
    plain = variance_prior(s2, df, robust=robust)
    flat = variance_prior(s2, df, robust=robust, covariate=np.full(len(s2), 7.0))
    assert plain.s2_prior == flat.s2_prior
    np.testing.assert_array_equal(plain.df_prior, flat.df_prior)


@pytest.mark.parametrize(("trend", "robust"), VARIANTS)
def test_equal_variances_leave_an_infinite_prior(rng, trend, robust) -> None:
    mean = rng.normal(size=200)
    found = fit(np.full(200, 3.0), np.full(200, 20.0), mean, trend=trend, robust=robust)
    assert np.isinf(found.df_prior).all()
    posterior = found.posterior(np.full(200, 3.0), np.full(200, 20.0))
    np.testing.assert_allclose(posterior, found.s2_prior)


def test_robust_leaves_clean_data_near_plain(rng) -> None:
    s2, df, _ = variances(rng, n=2000)
    plain, robust = variance_prior(s2, df), variance_prior(s2, df, robust=True)
    assert robust.s2_prior == pytest.approx(plain.s2_prior, rel=0.05)
    assert np.median(robust.df_prior) == pytest.approx(plain.df_prior, rel=0.15)


def test_outliers_spoil_the_plain_prior_and_not_the_robust_one(rng) -> None:
    s2, df, _ = variances(rng, n=500, d0=30.0)
    clean = variance_prior(s2, df)
    s2[:10] *= 200
    plain, robust = variance_prior(s2, df), variance_prior(s2, df, robust=True)
    assert plain.df_prior < 0.25 * clean.df_prior
    assert np.median(robust.df_prior) > 0.5 * clean.df_prior
    assert robust.df_prior[:10].max() < 0.2 * np.median(robust.df_prior)
    kept = robust.posterior(s2, df)[:10] / s2[:10]
    assert (kept > 0.9).all()


def test_a_trend_that_is_there_is_found(rng) -> None:
    s2, df, mean = variances(rng, n=2000, d0=30.0)
    trended = variance_prior(s2 * np.exp(mean), df, covariate=mean)
    slope = np.polyfit(mean, np.log(trended.s2_prior), 1)[0]
    assert slope == pytest.approx(1, abs=0.05)
    assert trended.df_prior == pytest.approx(30, rel=0.25)
    assert variance_prior(s2 * np.exp(mean), df).df_prior < 5


@pytest.mark.parametrize("robust", [False, True])
def test_an_analyte_without_variance_has_a_prior_and_changes_none(rng, robust) -> None:
    s2, df, mean = variances(rng)
    before = variance_prior(s2, df, covariate=mean, robust=robust)
    after = variance_prior(
        np.append(s2, np.nan), np.append(df, 0.0), covariate=np.append(mean, 0.1), robust=robust
    )
    np.testing.assert_allclose(after.s2_prior[:-1], before.s2_prior, rtol=1e-12)
    assert np.isfinite(after.s2_prior[-1])
    assert np.isfinite(after.posterior(np.append(s2, np.nan), np.append(df, 0.0))).all()


def test_unequal_degrees_of_freedom_are_carried_to_one(rng) -> None:
    f, df = rng.f(10, 8, size=20), np.repeat([10.0, 16.0], 10)
    matched = f_matched(f, df, 16.0, 8.0)
    np.testing.assert_allclose(stats.f.cdf(matched, 16, 8), stats.f.cdf(f, df, 8), rtol=1e-9)
    np.testing.assert_array_equal(matched[10:], f[10:])


@pytest.mark.parametrize("df2", [3.0, 40.0, np.inf])
def test_winsorised_moments_are_those_of_draws(rng, df2) -> None:
    top = 1.0 if np.isinf(df2) else rng.chisquare(df2, 400_000) / df2
    z = np.log(rng.chisquare(12, 400_000) / 12 / top)
    pulled = np.clip(z, *np.quantile(z, [0.05, 0.9]))
    mean, variance = f_winsorised_moments(12, df2, (0.05, 0.1))
    assert mean == pytest.approx(pulled.mean(), abs=0.005)
    assert variance == pytest.approx(pulled.var(), rel=0.01)


def test_the_tail_agrees_with_scipy_and_goes_on_below(rng) -> None:
    f = np.array([0.5, 3.0, 80.0])
    np.testing.assert_allclose(f_log_upper_tail(f, 7, 5), stats.f.logsf(f, 7, 5), rtol=1e-10)
    far = f_log_upper_tail(np.array([1e8, 1e9]), 300, 100)
    assert far[1] - far[0] == pytest.approx(-50 * np.log(10), rel=1e-6)


def test_lowess_gives_a_line_back_and_keeps_the_order(rng) -> None:
    x = rng.normal(size=150)
    np.testing.assert_allclose(lowess(x, 3 - 2 * x), 3 - 2 * x, atol=1e-9)
    y = np.sin(x) + 0.1 * rng.normal(size=150)
    order = rng.permutation(150)
    np.testing.assert_allclose(lowess(x[order], y[order]), lowess(x, y)[order], atol=1e-12)
    np.testing.assert_allclose(lowess(np.ones(9), np.arange(9.0), rounds=0), np.full(9, 4.0))


def test_few_analytes_have_no_robust_prior() -> None:
    two = variance_prior([1.0, 2.0], [10.0, 10.0], robust=True)
    assert isinstance(two.s2_prior, float)
    assert variance_prior([2.0], [10.0]).df_prior == 0.0
    assert np.isnan(variance_prior([np.nan], [0.0]).s2_prior)
    assert variance_prior([1.0, 2.0, 9.0], [9.0] * 3, covariate=[1.0, 2.0, 3.0]).s2_prior.size == 3


def test_the_trend_of_a_fit_is_the_mean_of_the_analyte(rng) -> None:
    Y = rng.normal(size=(20, 50)) * rng.gamma(3, size=50) + np.arange(50)
    Y[0, 3] = np.nan
    found = moderated_t(Y, np.ones((20, 1)), [1], trend=True)
    given = moderated_t(Y, np.ones((20, 1)), [1], trend=np.nanmean(Y, axis=0))
    np.testing.assert_allclose(found.t, given.t, rtol=1e-9)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([1.0, 2.0], [3.0]), {}, "one length"),
        (([1.0, 2.0], [3.0, 3.0]), {"covariate": [1.0]}, "one number for each"),
        (([1.0, 2.0], [3.0, 3.0]), {"covariate": [1.0, np.nan]}, "some of them missing"),
        (([1.0, 2.0, 3.0], [3.0] * 3), {"robust": True, "winsor_tails": (0.6, 0.5)}, "leave a mid"),
    ],
)
def test_errors(arguments, options, message) -> None:
    with pytest.raises(InputError, match=message):
        variance_prior(*arguments, **options)


def test_lowess_refuses_one_point() -> None:
    with pytest.raises(InputError, match="two or more"):
        lowess([1.0], [1.0])
