"""Two-normal mixtures, Johnson SU and the test between them."""

import numpy as np
import pytest
from scipy import stats
from sklearn.mixture import GaussianMixture

from subtyping.statistics import (
    fit_johnson_su_many,
    fit_normal_many,
    fit_two_normals,
    fit_two_normals_many,
    mixture_test,
)


def planted(rng: np.random.Generator, n: int, fraction: float, d: float) -> np.ndarray:
    high = round(n * fraction)
    return np.concatenate([rng.normal(0, 1, n - high), rng.normal(d, 1, high)])


def test_agrees_with_scikit_learn(rng: np.random.Generator) -> None:
    x = planted(rng, 600, 0.3, 4.0)
    ours = fit_two_normals(x)
    theirs = GaussianMixture(2, tol=1e-10, max_iter=5000, n_init=5, random_state=0).fit(x[:, None])
    assert ours.log_likelihood == pytest.approx(theirs.score(x[:, None]) * len(x), abs=1e-3)
    assert sorted(theirs.means_[:, 0]) == pytest.approx(ours.means, abs=1e-2)


def test_many_sets_equal_a_loop_over_single_ones(rng: np.random.Generator) -> None:
    X = np.sort(np.stack([planted(rng, 120, f, 3.0) for f in (0.2, 0.5, 0.7)]), axis=1)
    together, likelihood = fit_two_normals_many(X)
    for i, row in enumerate(X):
        alone, single = fit_two_normals_many(row[None, :])
        assert single[0] == likelihood[i]
        assert alone.m1[0] == together.m1[i]


def test_moving_and_stretching_the_score_moves_and_stretches_the_fit(
    rng: np.random.Generator,
) -> None:
    x = planted(rng, 300, 0.3, 4.0)
    fit, moved = fit_two_normals(x), fit_two_normals(10 + 3 * x)
    assert moved.weight == pytest.approx(fit.weight, abs=1e-6)
    assert moved.means == pytest.approx([10 + 3 * m for m in fit.means], abs=1e-4)
    np.testing.assert_allclose(moved.probability(10 + 3 * x), fit.probability(x), atol=1e-6)


def test_turning_the_score_round_swaps_the_components(rng: np.random.Generator) -> None:
    x = planted(rng, 400, 0.35, 5.0)
    assert fit_two_normals(-x).weight == pytest.approx(1 - fit_two_normals(x).weight, abs=1e-3)


def test_far_tails_never_turn_back(rng: np.random.Generator) -> None:
    x = np.concatenate([rng.normal(0, 1, 300), rng.normal(4, 2.5, 100)])
    fit = fit_two_normals(x)
    below = fit.probability(np.linspace(fit.means[0] - 30, fit.means[0], 200))
    assert below.max() <= fit.probability(np.array([fit.means[0]]))[0]


def test_johnson_su_reaches_the_likelihood_of_scipy(rng: np.random.Generator) -> None:
    for x in (rng.gamma(4, size=300), rng.standard_t(4, size=300), np.exp(rng.normal(size=300))):
        _, ours = fit_johnson_su_many(x[None, :])
        theirs = stats.johnsonsu.logpdf(x, *stats.johnsonsu.fit(x)).sum()
        assert ours[0] >= theirs - 0.3  # a flat ridge towards the lognormal limit
        assert ours[0] >= fit_normal_many(x[None, :])[0] - 0.05


def test_the_fitted_law_integrates_to_one(rng: np.random.Generator) -> None:
    law, _ = fit_johnson_su_many(rng.gamma(4, size=(1, 400)))
    x = np.linspace(-30, 60, 20001)
    assert np.trapezoid(law.density(x), x) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng: rng.standard_normal(200),
        lambda rng: rng.gamma(4, size=200),
        lambda rng: rng.standard_t(5, size=200),
    ],
    ids=["normal", "gamma", "t5"],
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
    }
    for name, draw in draws.items():
        p = np.array([mixture_test(draw(), rng).p_value for _ in range(300)])
        for level in (0.03, 0.1, 0.3):
            limit = stats.binom.ppf(0.999, len(p), level) / len(p)
            assert (p <= level).mean() <= limit, (name, n, level)
