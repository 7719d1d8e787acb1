"""Censored regression: laws, brute force, separation, errors."""

import numpy as np
import pytest
from scipy import optimize, stats

from subtyping.exceptions import InputError
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.tobit import tobit

SEPARATED = "one side is wholly below detection"


@pytest.fixture
def data(rng: np.random.Generator):
    n, p = 90, 12
    design = np.column_stack([np.ones(n), rng.normal(size=n), np.tile([0.0, 1.0], n // 2)])
    latent = 3 + design @ rng.normal(0, 0.5, (3, p)) + rng.normal(size=(n, p))
    limit = np.quantile(latent, np.linspace(0.1, 0.75, p), axis=0).diagonal()
    limits = limit + 0.3 * (np.arange(n) % 2 == 0)[:, None]
    censored = latent < limits
    return np.where(censored, limits, latent), censored, design


def test_it_is_the_maximum_that_brute_force_finds(data) -> None:
    Y, censored, design = data
    fit = tobit(Y, censored, design)
    for j in (0, 6, 11):

        def loss(at: np.ndarray, j: int = j) -> float:
            centre, sigma = design @ at[:-1], np.exp(at[-1])
            exact = stats.norm.logpdf(Y[:, j], centre, sigma)
            tail = stats.norm.logcdf(Y[:, j], centre, sigma)
            return -float(np.where(censored[:, j], tail, exact).sum())

        start = np.append(np.linalg.lstsq(design, Y[:, j], rcond=None)[0], 0.0)
        best = optimize.minimize(loss, start, method="BFGS", options={"gtol": 1e-6})
        assert fit.log_likelihood[j] == pytest.approx(-best.fun, abs=1e-8)
        assert fit.coefficient[j] == pytest.approx(best.x[2], abs=1e-5)
        assert fit.scale[j] == pytest.approx(np.exp(best.x[3]), abs=1e-5)


def test_the_interval_holds_what_the_test_does_not_reject(data) -> None:
    Y, censored, design = data
    fit = tobit(Y, censored, design)
    for limit in (fit.ci_low, fit.ci_high):
        at_limit = tobit(Y - design[:, [2]] * limit, censored, design)
        np.testing.assert_allclose(at_limit.p_value, 0.05, atol=1e-5)


def test_without_censoring_it_is_least_squares_and_its_t_test(data) -> None:
    Y, censored, design = data
    fit = tobit(Y, np.zeros_like(censored), design)
    for j in range(Y.shape[1]):
        plain = moderated_t(Y[:, [j]], design, [0, 0, 1])
        assert fit.coefficient[j] == pytest.approx(plain.coefficient[0, 0], abs=1e-10)
        assert fit.t[j] == pytest.approx(plain.t[0, 0], abs=1e-7)
        assert fit.p_value[j] == pytest.approx(plain.p_value[0, 0], abs=1e-7)
        low, high = plain.interval()
        assert fit.ci_low[j] == pytest.approx(low[0, 0], abs=1e-5)
        assert fit.ci_high[j] == pytest.approx(high[0, 0], abs=1e-5)
        rest = Y[:, j] - design @ np.linalg.lstsq(design, Y[:, j], rcond=None)[0]
        assert fit.scale[j] == pytest.approx(np.sqrt(np.mean(rest**2)), abs=1e-9)


def test_location_and_scale_carry_through(data) -> None:
    Y, censored, design = data
    before, after = tobit(Y, censored, design), tobit(100 + 7 * Y, censored, design)
    np.testing.assert_allclose(after.coefficient, 7 * before.coefficient, rtol=1e-7)
    np.testing.assert_allclose(after.standard_error, 7 * before.standard_error, rtol=1e-7)
    np.testing.assert_allclose(after.ci_high, 7 * before.ci_high, rtol=1e-4)
    np.testing.assert_allclose(after.p_value, before.p_value, rtol=1e-6)


def test_the_order_of_rows_and_columns_does_not_matter(data, rng) -> None:
    Y, censored, design = data
    order = rng.permutation(len(Y))
    before, after = tobit(Y, censored, design), tobit(Y[order], censored[order], design[order])
    np.testing.assert_allclose(after.coefficient, before.coefficient, rtol=1e-8)
    turned = tobit(Y, censored, design[:, [2, 0, 1]], column=0)
    np.testing.assert_allclose(turned.p_value, before.p_value, rtol=1e-8)
    np.testing.assert_allclose(turned.ci_low, before.ci_low, atol=1e-6)


def test_swapping_the_sides_flips_the_sign(data) -> None:
    Y, censored, design = data
    swapped = design.copy()
    swapped[:, 2] = 1 - design[:, 2]
    there, back = tobit(Y, censored, design), tobit(Y, censored, swapped)
    np.testing.assert_allclose(back.coefficient, -there.coefficient, atol=1e-8)
    np.testing.assert_allclose(back.ci_low, -there.ci_high, atol=1e-5)
    np.testing.assert_allclose(back.t, -there.t, atol=1e-6)


def test_one_analyte_alone_and_a_missing_value(data) -> None:
    Y, censored, design = data
    holed = Y.copy()
    holed[4, 3] = np.nan
    kept = np.delete(np.arange(len(Y)), 4)
    fit = tobit(holed, censored, design)
    alone = tobit(Y[kept][:, [3]], censored[kept][:, [3]], design[kept])
    assert fit.coefficient[3] == pytest.approx(alone.coefficient[0], abs=1e-8)
    assert fit.p_value[3] == pytest.approx(alone.p_value[0], abs=1e-8)
    others = np.delete(np.arange(12), 3)
    whole = tobit(Y, censored, design)
    np.testing.assert_allclose(fit.coefficient[others], whole.coefficient[others], rtol=1e-9)


def test_a_group_wholly_below_detection_has_a_one_sided_interval(rng) -> None:
    case = np.repeat([0.0, 1.0], 40)
    design = np.column_stack([np.ones(80), case])
    latent = rng.normal(size=(80, 1))
    latent[case == 0] -= 9
    censored = latent < 0
    fit = tobit(np.where(censored, 0.0, latent), censored, design)
    assert fit.coefficient[0] == np.inf
    assert fit.ci_high[0] == np.inf
    assert 0 < fit.ci_low[0] < 5
    assert fit.p_value[0] < 1e-4
    assert np.isnan(fit.standard_error[0])
    assert fit.reason[0] == "one side is wholly below detection"
    mirrored = np.column_stack([np.ones(80), 1 - case])
    back = tobit(np.where(censored, 0.0, latent), censored, mirrored)
    assert back.coefficient[0] == -np.inf
    assert back.ci_high[0] == pytest.approx(-fit.ci_low[0], abs=1e-6)


def test_a_plate_wholly_below_detection_says_nothing_about_the_groups(rng) -> None:
    n = 120
    plate, case = np.arange(n) % 3, np.repeat([0.0, 1.0], n // 2)
    design = np.column_stack([np.ones(n), plate == 1, plate == 2, case]).astype(float)
    latent = rng.normal(size=(n, 2))
    latent[plate == 0, 0] -= 9  # the level that the intercept stands for
    latent[plate == 1, 1] -= 9
    censored = latent < 0
    Y = np.where(censored, 0.0, latent)
    fit = tobit(Y, censored, design)
    for j, gone in ((0, 0), (1, 1)):
        rows = plate != gone
        smaller = np.column_stack([np.ones(n), plate == 2, case]).astype(float)[rows]
        alone = tobit(Y[rows][:, [j]], censored[rows][:, [j]], smaller)
        assert fit.coefficient[j] == pytest.approx(alone.coefficient[0], abs=1e-7)
        assert fit.p_value[j] == pytest.approx(alone.p_value[0], abs=1e-7)
        assert fit.ci_low[j] == pytest.approx(alone.ci_low[0], abs=1e-5)


@pytest.mark.parametrize(
    ("values", "detected", "reason"),
    [
        (np.zeros(12), [], "nothing detected"),
        (np.r_[1.0, 2.0, np.zeros(10)], [0, 1], "too few values detected"),
        (np.r_[[5.0] * 6, np.zeros(6)], range(6), "do not vary"),
    ],
)
def test_what_cannot_be_fitted_says_why(values, detected, reason) -> None:
    censored = np.ones((12, 1), dtype=bool)
    censored[list(detected)] = False
    fit = tobit(values[:, None], censored, np.column_stack([np.ones(12), np.tile([0, 1], 6)]))
    assert reason in fit.reason[0]
    assert np.isnan(fit.coefficient[0])
    assert np.isnan(fit.p_value[0])
    assert not fit.is_converged[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"censored": np.zeros((5, 1), dtype=bool)}, "same samples"),
        ({"design": np.ones((6, 2))}, "rank deficient"),
        ({"design": np.full((6, 1), np.nan)}, "missing values"),
    ],
)
def test_bad_input_is_explained(change, message) -> None:
    given = {"Y": np.ones((6, 1)), "censored": np.zeros((6, 1), dtype=bool)}
    given |= {"design": np.ones((6, 1))}
    with pytest.raises(InputError, match=message):
        tobit(**(given | change))


def test_values_far_from_zero_with_a_small_spread_lose_nothing(data) -> None:
    Y, censored, design = data
    before, after = tobit(Y, censored, design), tobit(1e4 + 1e-3 * Y, censored, design)
    np.testing.assert_allclose(after.coefficient, 1e-3 * before.coefficient, rtol=1e-5)
    np.testing.assert_allclose(after.p_value, before.p_value, rtol=1e-5)


def test_random_designs_never_fail_and_intervals_agree_with_p_values() -> None:
    for seed in range(15):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(12, 60))
        plate, case = rng.integers(0, 4, n), rng.random(n) < 0.5
        if len(set(plate)) < 4 or case.sum() in {0, n}:
            continue
        columns = [np.ones(n), *(plate == k for k in (1, 2, 3)), case]
        design = np.column_stack(columns).astype(float)
        if np.linalg.matrix_rank(design) < 5:
            continue
        latent = rng.normal(size=(n, 5))
        latent[plate == 0] -= rng.choice([0, 9])
        latent[case] += rng.choice([-9, 0, 9])
        limits = np.quantile(latent, rng.random(5), axis=0).diagonal() + np.zeros((n, 1))
        latent[rng.random((n, 5)) < 0.1] = np.nan
        censored = latent < limits
        fit = tobit(np.where(censored, limits, latent), censored, design)
        told = np.isfinite(fit.p_value)
        assert (told == ((fit.reason == "") | (fit.reason == SEPARATED))).all()
        excludes = (fit.ci_low > 0) | (fit.ci_high < 0)
        clear = told & (np.abs(fit.p_value - 0.05) > 1e-4)
        assert (excludes == (fit.p_value < 0.05))[clear].all()
        finite = np.isfinite(fit.coefficient)
        assert (fit.ci_low <= fit.coefficient)[finite].all()
        assert (fit.coefficient <= fit.ci_high)[finite].all()
