"""The factor mixture, its EM, and the joint test of all members."""

import numpy as np
import pytest
from scipy import stats

from subtyping.exceptions import InputError
from subtyping.statistics import mixture_test
from subtyping.statistics.factor_mixture import (
    FactorMixture,
    fit_factor_mixture,
    fit_factor_mixture_many,
)
from subtyping.statistics.joint_test import held_out_gain, joint_test

NOISE = np.array([0.4, 0.5, 0.8, 2.0])


def planted(rng: np.random.Generator, n: int = 300, distance: float = 4.0) -> np.ndarray:
    f = rng.normal(size=n) + distance * (np.arange(n) < round(0.3 * n))
    return f[:, None] + NOISE * rng.normal(size=(n, 4))


def one_factor(rng: np.random.Generator, n: int = 300) -> np.ndarray:
    return rng.normal(size=(n, 1)) + NOISE * rng.normal(size=(n, 4))


def by_formula(X: np.ndarray, m: FactorMixture) -> np.ndarray:
    shared, own = np.outer(m.loadings, m.loadings), np.diag(m.uniquenesses)
    lower = stats.multivariate_normal(m.mean, shared + own).pdf(X)
    upper = stats.multivariate_normal(
        m.mean + m.distance * m.loadings, m.sd_ratio**2 * shared + own
    ).pdf(X)
    return np.log((1 - m.weight) * lower + m.weight * upper)


def test_the_density_is_that_of_two_multivariate_normals(rng: np.random.Generator) -> None:
    X = planted(rng)
    model = fit_factor_mixture(X, n_iter=30)
    np.testing.assert_allclose(model.log_density(X), by_formula(X, model), atol=1e-9)
    assert model.log_likelihood == pytest.approx(model.log_density(X).sum())


def test_em_never_loses_likelihood(rng: np.random.Generator) -> None:
    X = planted(rng)[None]
    found = [float(fit_factor_mixture_many(X, n_iter=k).log_likelihood[0]) for k in range(12)]
    assert (np.diff(found) > -1e-8).all()


def test_the_truth_is_found(rng: np.random.Generator) -> None:
    model = fit_factor_mixture(planted(rng, 4000))
    assert float(model.weight) == pytest.approx(0.3, abs=0.03)
    assert float(model.distance) == pytest.approx(4.0, abs=0.3)
    assert float(model.sd_ratio) == pytest.approx(1.0, abs=0.15)
    np.testing.assert_allclose(model.loadings, 1.0, atol=0.1)
    np.testing.assert_allclose(model.uniquenesses, NOISE**2, rtol=0.15, atol=0.05)


def test_many_sets_equal_a_loop_over_single_ones(rng: np.random.Generator) -> None:
    X = np.stack([planted(rng, 150), one_factor(rng, 150), planted(rng, 150, 6.0)])
    together = fit_factor_mixture_many(X, n_iter=40)
    for i, one in enumerate(X):
        alone = fit_factor_mixture(one, n_iter=40)
        assert alone.log_likelihood == pytest.approx(together.log_likelihood[i], abs=1e-8)
        np.testing.assert_allclose(alone.loadings, together.loadings[i], atol=1e-8)


def test_people_without_weight_do_not_count(rng: np.random.Generator) -> None:
    X = planted(rng, 200)
    kept = rng.permutation(200) < 150
    weighed = fit_factor_mixture_many(X[None], kept[None].astype(float), n_iter=30)
    alone = fit_factor_mixture_many(X[kept][None], n_iter=30)
    assert weighed.log_likelihood[0] == pytest.approx(alone.log_likelihood[0], abs=1e-6)
    assert weighed.distance[0] == pytest.approx(alone.distance[0], abs=1e-6)


def test_turning_every_member_round_swaps_the_classes(rng: np.random.Generator) -> None:
    # The lower class of -x is the upper one of x; the starts differ, so the fits agree nearly.
    X = planted(rng, 600)
    model, turned = fit_factor_mixture(X), fit_factor_mixture(-X)
    assert float(turned.weight) == pytest.approx(1 - float(model.weight), abs=0.02)
    assert float(turned.sd_ratio) == pytest.approx(1 / float(model.sd_ratio), abs=0.05)
    assert turned.distance >= 0
    assert turned.loadings.sum() > 0


def test_held_out_gain_tells_classes_from_a_factor(rng: np.random.Generator) -> None:
    assert held_out_gain(planted(rng, distance=6.0), rng) > 10
    assert np.mean([held_out_gain(one_factor(rng), rng) for _ in range(4)]) < 2


def test_a_noisy_member_gets_little_weight(rng: np.random.Generator) -> None:
    joint = joint_test(planted(rng), rng, n_bootstrap=39)
    assert joint.weights.sum() == pytest.approx(1.0)
    assert list(np.argsort(-joint.weights))[-1] == 3
    assert joint.weights[3] < 0.1
    assert joint.test.p_value < 0.03


def test_a_member_that_runs_against_the_factor_gets_none(rng: np.random.Generator) -> None:
    X = planted(rng) * [1.0, 1.0, 1.0, -1.0]
    assert joint_test(X, rng, n_bootstrap=1).weights[3] == 0.0


def test_two_members_weigh_the_same(rng: np.random.Generator) -> None:
    np.testing.assert_allclose(joint_test(planted(rng)[:, :2], rng, n_bootstrap=1).weights, 0.5)


@pytest.mark.parametrize("change", ["members", "people", "units"])
def test_relabelling_changes_nothing(change, rng: np.random.Generator) -> None:
    X = planted(rng, 200, 3.0)
    other = {
        "members": X[:, [3, 1, 0, 2]],
        "people": rng.permutation(X),
        "units": 5 + X * [0.01, 1.0, 10.0, 1000.0],
    }[change]
    first = joint_test(X, np.random.default_rng(1))
    second = joint_test(other, np.random.default_rng(1))
    assert second.test.statistic == pytest.approx(first.test.statistic, abs=1e-2)
    assert second.test.p_value == pytest.approx(first.test.p_value, abs=0.02)


def test_weighing_finds_what_noisy_members_hide() -> None:
    rng = np.random.default_rng(11)
    noise = np.array([0.3, 0.3, 0.3, 2.5, 2.5])
    joint = plain = 0
    for _ in range(8):
        f = 0.8 * rng.normal(size=300) + 3.0 * (np.arange(300) < 81)
        X = f[:, None] + noise * rng.normal(size=(300, 5))
        joint += joint_test(X, rng, n_folds=2).test.p_value <= 0.03
        plain += mixture_test(X.mean(axis=1), rng).p_value <= 0.03
    assert joint >= plain + 3


@pytest.mark.parametrize("law", ["normal", "gamma", "uniform"])
def test_one_factor_is_rarely_rejected(law) -> None:
    rng = np.random.default_rng(12)
    draw = {
        "normal": lambda: rng.normal(size=200),
        "gamma": lambda: rng.gamma(4, size=200) / 2,
        "uniform": lambda: rng.uniform(-1.7, 1.7, 200),
    }[law]
    rejected = 0
    for _ in range(12):
        X = draw()[:, None] + NOISE * rng.normal(size=(200, 4))
        rejected += joint_test(X, rng, n_folds=2).test.p_value <= 0.03
    assert rejected <= 2  # at level .03, three or more of 12 has probability .005


@pytest.mark.parametrize(
    ("X", "match"),
    [
        (np.zeros((100, 1)), r"20 people x 2 members; got shape \(100, 1\)"),
        (np.zeros((10, 3)), r"got shape \(10, 3\)"),
        (np.full((50, 2), np.nan), "without gaps"),
        (np.ones((50, 2)), "constant"),
    ],
)
def test_bad_input_is_named(X, match, rng: np.random.Generator) -> None:
    with pytest.raises(InputError, match=match):
        joint_test(X, rng)
