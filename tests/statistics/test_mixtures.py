"""Two-normal mixtures, the libraries of shapes and the test between them."""

import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture

from subtyping.statistics import (
    fit_two_groups,
    fit_two_groups_many,
    mixture_shapes,
    mixture_test,
    unimodal_shapes,
)
from subtyping.statistics.shapes import GRID


def planted(rng: np.random.Generator, n: int, fraction: float, d: float) -> np.ndarray:
    high = round(n * fraction)
    return np.concatenate([rng.normal(0, 1, n - high), rng.normal(d, 1, high)])


def test_agrees_with_scikit_learn_where_groups_are_normal(rng: np.random.Generator) -> None:
    x = planted(rng, 2000, 0.3, 5.0)
    ours = fit_two_groups(x)
    theirs = GaussianMixture(2, tol=1e-10, max_iter=5000, n_init=5, random_state=0).fit(x[:, None])
    assert sorted(theirs.means_[:, 0]) == pytest.approx(ours.means, abs=0.1)
    assert abs(ours.skewness) < 0.25
    assert ours.log_likelihood == pytest.approx(theirs.score(x[:, None]) * len(x), abs=6)


def test_many_sets_equal_a_loop_over_single_ones(rng: np.random.Generator) -> None:
    X = np.sort(np.stack([planted(rng, 120, f, 3.0) for f in (0.2, 0.5, 0.7)]), axis=1)
    together, likelihood = fit_two_groups_many(X)
    for i, row in enumerate(X):
        alone, single = fit_two_groups_many(row[None, :])
        assert single[0] == pytest.approx(likelihood[i], abs=1e-9)
        assert alone.high_mean[0] == pytest.approx(together.high_mean[i], abs=1e-9)


def test_skewed_groups_keep_their_share(rng: np.random.Generator) -> None:
    # Skewness .9 in both groups: two normals put the right tail of the first into the second.
    share = []
    for _ in range(10):
        x = (rng.gamma(5, size=300) - 5) / np.sqrt(5)
        x[:81] += 4.0
        share.append(fit_two_groups(x).weight)
    assert np.mean(share) == pytest.approx(0.27, abs=0.03)


def test_the_distribution_function_is_the_integral_of_the_density(rng) -> None:
    for sign in (1, -1):
        fit = fit_two_groups(sign * (rng.gamma(3, size=300) + 6 * (rng.random(300) < 0.3)))
        grid = np.linspace(-40, 40, 80001)
        area = np.concatenate([[0], np.cumsum(fit.density(grid)[:-1] * (grid[1] - grid[0]))])
        np.testing.assert_allclose(area, fit.cumulated(grid), atol=2e-3)


def test_moving_and_stretching_the_score_moves_and_stretches_the_fit(
    rng: np.random.Generator,
) -> None:
    x = planted(rng, 300, 0.3, 4.0)
    fit, moved = fit_two_groups(x), fit_two_groups(10 + 3 * x)
    assert moved.weight == pytest.approx(fit.weight, abs=1e-6)
    assert moved.means == pytest.approx([10 + 3 * m for m in fit.means], abs=1e-4)
    np.testing.assert_allclose(moved.probability(10 + 3 * x), fit.probability(x), atol=1e-6)


def test_turning_the_score_round_swaps_the_components(rng: np.random.Generator) -> None:
    x = planted(rng, 400, 0.35, 5.0)
    assert fit_two_groups(-x).weight == pytest.approx(1 - fit_two_groups(x).weight, abs=1e-3)


def test_far_tails_never_turn_back(rng: np.random.Generator) -> None:
    x = np.concatenate([rng.normal(0, 1, 300), rng.normal(4, 2.5, 100)])
    fit = fit_two_groups(x)
    below = fit.probability(np.linspace(fit.means[0] - 30, fit.means[0], 200))
    assert below.max() <= fit.probability(np.array([fit.means[0]]))[0]


@pytest.mark.parametrize("library", [unimodal_shapes, mixture_shapes])
def test_shapes_are_densities_on_one_scale(library) -> None:
    shapes = library()
    area = np.trapezoid(shapes.density, GRID, axis=1)
    assert area.min() > 0.95
    assert area.max() < 1.01
    cumulated = np.cumsum(shapes.density, axis=1) * (GRID[1] - GRID[0])
    assert np.abs(cumulated[:, np.searchsorted(GRID, 0.0)] - 0.5).max() < 0.06


def test_every_shape_of_the_null_has_one_mode() -> None:
    for family, density in zip(unimodal_shapes().family, unimodal_shapes().density, strict=True):
        # Dips of less than a hundredth of the peak are the grid's, not the shape's.
        peak = int(density.argmax())
        left, right = density[: peak + 1], density[peak:]
        allowed = 0.01 * density.max()
        assert (np.maximum.accumulate(left) - left).max() < allowed, family
        assert (right - np.minimum.accumulate(right)).max() < allowed, family


def test_the_likelihood_of_the_library_is_near_that_of_the_true_family(rng) -> None:
    for x, law in (
        (rng.gamma(4, size=400), stats.gamma(4)),
        (rng.standard_t(5, size=400), stats.t(5)),
        (rng.uniform(size=400), stats.uniform()),
    ):
        fitted = mixture_test(x, rng, n_bootstrap=1).unimodal
        # At the truth; the best member of a rich family is usually above it.
        assert np.log(fitted.density(x)).sum() > law.logpdf(x).sum() - 0.02 * len(x)


def test_the_fitted_shape_integrates_to_one_on_the_scale_of_the_sample(rng) -> None:
    x = 100 + 7 * rng.gamma(4, size=300)
    grid = np.linspace(0, 400, 40001)
    fitted = mixture_test(x, rng, n_bootstrap=1).unimodal
    assert np.trapezoid(fitted.density(grid), grid) == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.standard_normal(200),
        lambda rng: rng.gamma(4, size=200),
        lambda rng: rng.standard_t(5, size=200),
        lambda rng: rng.uniform(size=200),
        lambda rng: rng.beta(1.5, 3, size=200),
    ],
    ids=["normal", "gamma", "t5", "uniform", "beta"],
)
def test_one_population_is_rarely_rejected(draw, rng: np.random.Generator) -> None:
    p = np.array([mixture_test(draw(rng), rng).p_value for _ in range(40)])
    # At level .03, 5 or more of 40 has probability .008.
    assert (p <= 0.03).sum() < 5


def test_a_planted_subgroup_is_found(rng: np.random.Generator) -> None:
    found = [mixture_test(planted(rng, 300, 0.27, 3.5), rng).p_value <= 0.03 for _ in range(15)]
    assert sum(found) >= 13


def test_the_answer_does_not_depend_on_unit_or_order(rng: np.random.Generator) -> None:
    x = planted(rng, 150, 0.3, 2.5)
    first = mixture_test(x, np.random.default_rng(1))
    second = mixture_test(100 - 7 * rng.permutation(x) * -1, np.random.default_rng(1))
    assert first.statistic == pytest.approx(second.statistic, abs=1e-3)
    assert first.p_value == pytest.approx(second.p_value, abs=0.02)


@pytest.mark.guarantee
@pytest.mark.parametrize("n", [60, 200])
def test_p_values_are_super_uniform_under_unimodal_laws(n: int) -> None:
    rng = np.random.default_rng(7)
    draws = {
        "normal": lambda: rng.standard_normal(n),
        "gamma": lambda: rng.gamma(4, size=n),
        "lognormal": lambda: np.exp(0.5 * rng.standard_normal(n)),
        "t5": lambda: rng.standard_t(5, size=n),
        "uniform": lambda: rng.uniform(-1.7, 1.7, n) + 0.1 * rng.standard_normal(n),
        "noisy uniform": lambda: rng.uniform(-1.7, 1.7, n) + 0.4 * rng.standard_normal(n),
        "beta(1.5, 3)": lambda: rng.beta(1.5, 3, n) + 0.03 * rng.standard_normal(n),
        "beta(2, 4)": lambda: rng.beta(2, 4, n) + 0.03 * rng.standard_normal(n),
    }
    for name, draw in draws.items():
        p = np.array([mixture_test(draw(), rng).p_value for _ in range(300)])
        for level in (0.03, 0.1, 0.3):
            limit = stats.binom.ppf(0.999, len(p), level) / len(p)
            assert (p <= level).mean() <= limit, (name, n, level)


def test_the_share_is_not_inflated_by_a_wide_upper_group() -> None:
    shares = []
    for seed in range(30):
        rng = np.random.default_rng(seed)
        skewed = (rng.gamma(8.0, size=300) - 8) / np.sqrt(8)
        shares.append(fit_two_groups(skewed + 3.0 * (np.arange(300) < 81)).weight)
    # .27 with an SD of about .03 a cohort; the mean of 30 within three standard errors and a bias
    assert np.mean(shares) == pytest.approx(0.27, abs=0.03)


def test_unequal_spreads_are_still_seen_where_the_data_show_them(rng) -> None:
    x = np.concatenate([rng.normal(0, 1, 3000), rng.normal(8, 1.4, 1500)])
    low, high = fit_two_groups(x).sds
    assert high / low == pytest.approx(1.4, abs=0.06)


def test_each_mixture_of_many_is_the_single_one(rng) -> None:
    X = np.sort(rng.normal(size=(3, 80)) + 4 * (np.arange(80) < 30), axis=1)
    many, _ = fit_two_groups_many(X, n_iter=120)
    for row, one in zip(X, many.each(), strict=True):
        single = fit_two_groups(row)
        assert one.weight == pytest.approx(single.weight)
        assert one.means == pytest.approx(single.means)
        np.testing.assert_allclose(one.probability(row), single.probability(row), atol=1e-9)
