"""Corrected moments of signatures: hand values, laws, and what the errors do."""

import numpy as np
import pytest

from subtyping.exceptions import InputError
from subtyping.statistics.error_draws import draw_errors, resampled_weights, transport
from subtyping.statistics.shared_errors import shared_errors
from subtyping.statistics.shared_errors_inference import (
    correlation_interval,
    correlation_p_value,
    difference_interval,
    difference_p_value,
    signal_p_value,
)


def groups_of(*sizes):
    group = np.repeat(np.arange(len(sizes)), sizes)
    columns = [np.ones(len(group)), *((group == k) for k in range(1, len(sizes)))]
    return group, np.column_stack(columns).astype(float)


def contrasts(n):
    return np.eye(n + 1)[1:]


@pytest.fixture
def three(rng):
    group, X = groups_of(20, 15, 18)
    Y = rng.normal(size=(53, 60)) * rng.uniform(0.5, 2, size=60)
    Y[group == 1] += rng.normal(size=60)
    return group, X, Y


def test_effects_are_differences_of_means_in_residual_sd(three):
    group, X, Y = three
    fit = shared_errors(Y, X, contrasts(2))
    means = [Y[group == k].mean(axis=0) for k in range(3)]
    rest = Y - np.array(means)[group]
    sd = np.sqrt((rest**2).sum(axis=0) / (53 - 3))
    np.testing.assert_allclose(fit.effects[0], (means[1] - means[0]) / sd)
    np.testing.assert_allclose(fit.sd, sd)


def test_error_covariances_by_hand(three):
    # Without covariates the leverage of a group of n is 1/n, so that sum w² e²/(1 - h) is
    # var1/n1 + var0/n0, and two contrasts share var0/n0 of the reference people.
    group, X, Y = three
    fit = shared_errors(Y, X, contrasts(2))
    part = [Y[group == k].var(axis=0, ddof=1) / (group == k).sum() / fit.sd**2 for k in range(3)]
    np.testing.assert_allclose(fit.errors[0, 0], part[0] + part[1])
    np.testing.assert_allclose(fit.errors[1, 1], part[0] + part[2])
    np.testing.assert_allclose(fit.errors[0, 1], part[0])


def test_uncentred_moments_are_means_of_products_less_errors(three):
    _, X, Y = three
    fit = shared_errors(Y, X, contrasts(2), centred=False)
    np.testing.assert_allclose(fit.noise, fit.errors.mean(axis=2))
    np.testing.assert_allclose(fit.raw, fit.effects @ fit.effects.T / 60)
    np.testing.assert_allclose(fit.corrected, fit.raw - fit.noise)


def test_a_shift_of_all_analytes_of_a_group_leaves_centred_moments_as_they_are(three):
    group, X, Y = three
    fit = shared_errors(Y, X, contrasts(2))
    moved = shared_errors(Y + np.outer(group == 1, fit.sd) * 3, X, contrasts(2))
    np.testing.assert_allclose(moved.corrected, fit.corrected, atol=1e-12)


def test_units_of_analytes_have_no_part(three):
    _, X, Y = three
    scale = np.linspace(0.1, 9, 60)
    one, two = (shared_errors(v, X, contrasts(2)) for v in (Y, Y * scale + 7))
    np.testing.assert_allclose(one.corrected, two.corrected, atol=1e-12)


@pytest.mark.parametrize("centred", [True, False])
def test_corrected_moments_are_unbiased_with_unequal_variances_and_correlated_analytes(centred):
    rng = np.random.default_rng(4)
    group, X = groups_of(12, 9, 15)
    truth = rng.normal(size=(2, 30)) * 0.4
    target = truth - truth.mean(axis=1, keepdims=True) if centred else truth
    found = []
    for _ in range(800):
        common = rng.normal(size=(36, 1)) * 0.6
        noise = (common + 0.8 * rng.normal(size=(36, 30))) * np.where(group == 2, 1.6, 1.0)[:, None]
        fit = shared_errors(noise + X[:, 1:] @ truth, X, contrasts(2), centred=centred)
        # in one unit for all analytes, so that the truth is known
        scale = np.sqrt(np.mean(fit.sd**2))
        found.append(fit.corrected * scale**2)
    mean, error = np.mean(found, axis=0), np.std(found, axis=0) / np.sqrt(800)
    wanted = target @ target.T / 30
    # The mean of 1/s² exceeds 1/σ² by 2/df, the same factor in every moment: no part in r.
    assert (np.abs(mean / (1 + 2 / 33) - wanted) < 4 * error + 0.05 * np.abs(wanted).max()).all()


def test_plain_correlation_of_nothing_is_that_of_shared_people_and_the_corrected_is_not():
    rng = np.random.default_rng(8)
    _, X = groups_of(32, 25, 30)
    fit = shared_errors(rng.normal(size=(87, 8000)), X, contrasts(2))
    expected = (1 / 32) / np.sqrt((1 / 32 + 1 / 25) * (1 / 32 + 1 / 30))
    assert fit.uncorrected() == pytest.approx(expected, abs=0.03)
    assert np.abs(fit.corrected).max() < 0.005


def test_no_variance_left_is_no_correlation():
    _, X = groups_of(6, 6, 6)
    Y = np.random.default_rng(3).normal(size=(18, 40))
    fit = shared_errors(Y - X @ np.linalg.lstsq(X, Y, rcond=None)[0], X, contrasts(2))
    assert np.isnan(fit.correlation())
    assert fit.reliability() == 0
    draws = draw_errors(fit, np.repeat([0, 1, 2], 6), np.random.default_rng(0), n_draws=20)
    assert np.isnan(correlation_interval(fit, draws)).all()


def test_missing_people_enlarge_errors_as_their_absence_asks(rng):
    # Of 20 + 20 people 5 of each lack every analyte: the error variance is 2/15, not 2/20.
    group, X = groups_of(20, 20)
    Y = rng.normal(size=(40, 4000))
    known = np.ones(Y.shape, bool)
    for k in range(2):
        rows = np.flatnonzero(group == k)[:5]
        known[rows] = False
        Y[rows] = Y[group == k][5:].mean(axis=0)
    fit = shared_errors(Y, X, contrasts(1), measured=known)
    assert fit.errors.mean() == pytest.approx(2 / 15, rel=0.08)


@pytest.mark.parametrize(
    ("Y", "X", "C", "match"),
    [
        (np.ones((4, 3)), np.ones((5, 1)), [[1]], "must match"),
        (np.ones((4, 1)), np.ones((4, 1)), [[1]], "two analytes"),
        (np.full((4, 3), np.nan), np.ones((4, 1)), [[1]], "no missing values"),
        (np.ones((2, 3)), np.eye(2), [[1, 0]], "degrees of freedom"),
        (np.random.default_rng(0).normal(size=(6, 3)), np.ones((6, 2)), [[1, 0]], "deficient"),
        (np.ones((6, 3)), np.ones((6, 1)), [[1]], "do not vary"),
    ],
)
def test_bad_input_is_told(Y, X, C, match):
    with pytest.raises(InputError, match=match):
        shared_errors(Y, X, C)


@pytest.mark.parametrize("how", ["bootstrap", "permutation"])
def test_draws_have_the_error_moments_of_the_fit(three, how):
    group, X, Y = three
    fit = shared_errors(Y, X, contrasts(2))
    draws = draw_errors(fit, group, np.random.default_rng(1), n_draws=4000, how=how)
    np.testing.assert_allclose(draws.quadratic.mean(axis=0), fit.noise, rtol=0.15, atol=0.003)
    np.testing.assert_allclose((draws.quadratic - draws.noise).mean(axis=0), 0, atol=0.003)


def test_bootstrap_counts_stay_within_groups():
    signed, _ = resampled_weights(
        np.ones((1, 7)), [0, 0, 0, 1, 1, 1, 1], np.random.default_rng(0), 50, how="bootstrap"
    )
    np.testing.assert_allclose(signed[:, 0, :3].sum(axis=1), 0)
    np.testing.assert_allclose(signed[:, 0, 3:].sum(axis=1), 0)


def test_transport_meets_its_target(rng):
    A, B = (np.cov(rng.normal(size=(3, 9))) for _ in range(2))
    T = transport(A, B)
    np.testing.assert_allclose(T @ A @ T.T, B, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(T, T.T, atol=1e-12)


def planted(seed, r12=0.6, r13=0.0):
    rng = np.random.default_rng(seed)
    group, X = groups_of(32, 25, 30, 21)
    u = rng.normal(size=(200, 3))
    u = np.linalg.qr(u - u.mean(axis=0))[0].T * np.sqrt(200)
    rest = np.sqrt(1 - r12**2 - r13**2)
    truth = np.stack([0.4 * (r12 * u[0] + r13 * u[1] + rest * u[2]), 0.5 * u[0], 0.5 * u[1]])
    common = rng.normal(size=(108, 1)) * 0.4
    Y = common + rng.normal(size=(108, 200)) * np.sqrt(0.84) + X[:, 1:] @ truth
    fit = shared_errors(Y, X, contrasts(3))
    boot = draw_errors(fit, group, rng, n_draws=300)
    return fit, boot, draw_errors(fit, group, rng, n_draws=299, how="permutation")


def test_planted_likeness_is_found_covered_and_told_apart():
    estimates, covered, gaps = [], [], []
    for seed in range(40):
        fit, boot, permuted = planted(seed)
        low, high = correlation_interval(fit, boot)
        estimates.append(fit.correlation())
        covered.append(low <= 0.6 <= high)
        low, high = difference_interval(fit, boot)
        gaps.append(low <= 0.6 <= high)
        assert signal_p_value(fit, permuted) < 0.05
    assert np.mean(estimates) == pytest.approx(0.6, abs=0.03)
    assert np.mean(covered) >= 0.85
    assert np.mean(gaps) >= 0.85


def test_unrelated_signatures_are_rarely_called_alike():
    p_values = [
        correlation_p_value(fit, permuted)
        for fit, _, permuted in (planted(seed, r12=0.0) for seed in range(100, 160))
    ]
    assert np.mean(np.array(p_values) <= 0.05) <= 0.12  # 60 draws, standard error .03


def test_difference_p_value_agrees_with_its_interval():
    for seed in range(6):
        fit, boot, _ = planted(seed, r12=0.3)
        low, high = difference_interval(fit, boot)
        assert (difference_p_value(fit, boot) <= 0.05) == (low > 0 or high < 0)
