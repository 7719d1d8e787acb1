"""Skewed mixtures, factor mixtures and latent profiles."""

import importlib.util
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.utils.estimator_checks import check_estimator

from subtyping.discovery.factor_clusterer import FactorMixtureClusterer, _expect
from subtyping.discovery.latent_profiles import LatentProfileClusterer
from subtyping.discovery.mixture_clusterers import SkewedMixtureClusterer, _log_parts
from subtyping.exceptions import InputError
from subtyping.statistics.agreement import adjusted_rand

needs_stepmix = pytest.mark.skipif(
    importlib.util.find_spec("stepmix") is None, reason="StepMix is an extra"
)
ALL = [
    SkewedMixtureClusterer,
    FactorMixtureClusterer,
    pytest.param(LatentProfileClusterer, marks=needs_stepmix),
]


def cohort(rng: np.random.Generator, n: int = 300, shift: float = 5.0) -> tuple:
    truth = (rng.random(n) < 0.3).astype(int)
    factor = rng.standard_normal(n) + shift * truth
    X = factor[:, None] * [1.0, 0.8, 0.9] + 0.6 * rng.standard_normal((n, 3))
    return X, truth


@pytest.mark.parametrize("kind", ALL)
def test_scikit_learn_accepts_it(kind) -> None:
    check_estimator(kind(), on_skip=None)


@pytest.mark.parametrize("kind", ALL)
def test_two_groups_are_found_in_order_and_new_people_join_them(kind, rng) -> None:
    X, truth = cohort(rng)
    fitted = kind().fit(pd.DataFrame(X, columns=["CCL17", "CCL11", "CCL13"]))
    assert fitted.n_clusters_ == 2
    assert adjusted_rand(fitted.labels_, truth) > 0.9
    assert (fitted.labels_ == truth).mean() > 0.95
    new, theirs = cohort(rng)
    found = fitted.predict(pd.DataFrame(new, columns=["CCL17", "CCL11", "CCL13"]))
    assert (found == theirs).mean() > 0.95
    assert fitted.weights_[1] == pytest.approx(truth.mean(), abs=0.03)
    assert all(name.startswith(w) for name, w in zip(fitted.names_, ("low", "high"), strict=True))


@pytest.mark.parametrize("kind", ALL)
def test_permuted_and_duplicated_people_keep_their_clusters(kind, rng) -> None:
    X, _ = cohort(rng)
    labels = kind().fit(X).labels_
    order = rng.permutation(len(X))
    np.testing.assert_array_equal(kind().fit(X[order]).labels_, labels[order])
    np.testing.assert_array_equal(kind().fit(np.vstack([X, X])).labels_, np.tile(labels, 2))


@pytest.mark.parametrize("kind", ALL)
def test_scale_and_place_of_a_column_change_no_label(kind, rng) -> None:
    X, _ = cohort(rng)
    moved = X * [2.0, 30.0, 0.1] + [5.0, -80.0, 0.0]
    np.testing.assert_array_equal(kind().fit(moved).labels_, kind().fit(X).labels_)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("k", [1, 2, 4])
def test_predictions_never_invent_a_label(kind, k, rng) -> None:
    fitted = kind(n_clusters=k).fit(rng.standard_normal((80, 3)))
    far = 30 * rng.standard_normal((100, 3))
    probability = fitted.predict_proba(far)
    assert probability.shape == (100, fitted.n_clusters_)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)
    assert set(fitted.predict(far)) <= set(range(fitted.n_clusters_))
    assert set(fitted.labels_) == set(range(fitted.n_clusters_))


@pytest.mark.parametrize("kind", ALL)
def test_one_person_alone_gets_the_bits_of_the_batch(kind, rng) -> None:
    X, _ = cohort(rng, 60)
    fitted = kind().fit(X)
    alone = np.vstack([fitted.predict_proba(row[None]) for row in X])
    assert fitted.predict_proba(X).tobytes() == alone.tobytes()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("k", [0, 81])
def test_impossible_numbers_of_clusters(kind, k, rng) -> None:
    with pytest.raises(InputError, match=r"between 1 and the 80 people.*got"):
        kind(n_clusters=k).fit(rng.standard_normal((80, 2)))


@pytest.mark.parametrize("kind", [SkewedMixtureClusterer, FactorMixtureClusterer])
def test_the_likelihood_never_falls(kind, rng) -> None:
    X, _ = cohort(rng, shift=3.0)
    path = kind().fit(np.exp(0.2 * X)).log_likelihoods_
    assert np.diff(path).min() > -1e-8
    assert len(path) > 20


def test_the_skew_normal_density_is_scipys() -> None:
    x = np.linspace(-4, 6, 50)
    xi, delta, gamma = 0.5, 1.5, 0.8
    mine = _log_parts(x[:, None], *(np.array([[v]]) for v in (xi, delta, gamma)))[:, 0, 0]
    scale = np.sqrt(gamma + delta**2)
    theirs = stats.skewnorm.logpdf(x, delta / np.sqrt(gamma), xi, scale)
    np.testing.assert_allclose(mine, theirs, rtol=1e-10)


def test_one_skewed_cluster_is_described_by_its_parameters(rng) -> None:
    x = stats.skewnorm.rvs(4.0, 1.0, 2.0, size=(4000, 1), random_state=rng)
    fitted = SkewedMixtureClusterer(1, max_iter=3000, tol=1e-9).fit(x)
    assert fitted.means_[0, 0] == pytest.approx(x.mean(), abs=0.02)
    assert fitted.locations_[0, 0] == pytest.approx(1.0, abs=0.15)
    # Delta = scale * shape / sqrt(1 + shape^2)
    assert fitted.skews_[0, 0] == pytest.approx(2 * 4 / np.sqrt(17), abs=0.15)
    assert fitted.names_ == ("everyone",)


def test_skewed_groups_need_a_skewed_mixture(rng) -> None:
    truth = (np.arange(400) >= 280).astype(int)
    X = rng.gamma(2.0, 1.0, (400, 4)) + 3.0 * truth[:, None]
    fitted = SkewedMixtureClusterer().fit(X)
    assert adjusted_rand(fitted.labels_, truth) > 0.95
    assert (fitted.skews_ > 0.5).all()
    assert fitted.bic_ < SkewedMixtureClusterer(1).fit(X).bic_


def test_the_factor_density_is_a_mixture_of_normals(rng) -> None:
    X, _ = cohort(rng, 80)
    m = FactorMixtureClusterer().fit(X)
    at = (m.mean_, m.loadings_, m.uniquenesses_, m.weights_, m.factor_means_, m.slopes_)
    mine = _expect(X, np.zeros((80, 0)), at)[3]
    covariance = np.outer(m.loadings_, m.loadings_) + np.diag(m.uniquenesses_)
    parts = [
        w * stats.multivariate_normal.pdf(X, mean, covariance)
        for w, mean in zip(m.weights_, m.means_, strict=True)
    ]
    np.testing.assert_allclose(mine, np.log(np.sum(parts, axis=0)), rtol=1e-9)


def test_the_factor_mixture_recovers_its_parameters(rng) -> None:
    X, truth = cohort(rng, 3000)
    fitted = FactorMixtureClusterer().fit(X)
    assert np.diff(fitted.factor_means_)[0] == pytest.approx(5.0, abs=0.3)
    np.testing.assert_allclose(fitted.loadings_, [1.0, 0.8, 0.9], atol=0.06)
    np.testing.assert_allclose(fitted.uniquenesses_, 0.36, atol=0.04)
    assert fitted.weights_ @ fitted.factor_means_ == pytest.approx(0.0, abs=1e-9)
    assert fitted.weights_[1] == pytest.approx(truth.mean(), abs=0.01)


def test_a_covariate_moves_the_factor_and_not_the_membership(rng) -> None:
    truth = (np.arange(600) % 4 == 0).astype(int)
    age = rng.uniform(20, 70, (600, 1))
    factor = rng.standard_normal(600) + 4.0 * truth + 0.12 * age[:, 0]
    X = factor[:, None] * [1.0, 0.8, 0.9] + 0.5 * rng.standard_normal((600, 3))
    blind, knowing = (FactorMixtureClusterer().fit(X, covariates=c) for c in (None, age))
    assert knowing.slopes_[0] == pytest.approx(0.12, abs=0.015)
    assert adjusted_rand(knowing.labels_, truth) > 0.85
    assert adjusted_rand(knowing.labels_, truth) > adjusted_rand(blind.labels_, truth) + 0.2
    again = knowing.predict(X, covariates=age)
    np.testing.assert_array_equal(again, knowing.labels_)
    # The same values ten years later: less likely to be the upper class.
    older = knowing.predict_proba(X, covariates=age + 10)[:, 1]
    assert (older <= knowing.predict_proba(X, covariates=age)[:, 1] + 1e-12).all()


def test_covariates_come_again_in_prediction(rng) -> None:
    X, _ = cohort(rng, 60)
    fitted = FactorMixtureClusterer().fit(X, covariates=X[:, :1])
    with pytest.raises(InputError, match=r"expected a matrix of shape \(60, 1\), got none"):
        fitted.predict(X)
    with pytest.raises(InputError, match=r"got shape \(60, 2\)"):
        fitted.predict_proba(X, covariates=X[:, :2])
    with pytest.raises(InputError, match="fitted without covariates"):
        FactorMixtureClusterer().fit(X).predict(X, covariates=X[:, :1])


def test_without_stepmix_the_message_says_how_to_install_it(rng, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "stepmix.stepmix", None)
    with pytest.raises(InputError, match="pip install stepmix"):
        LatentProfileClusterer().fit(rng.standard_normal((20, 2)))
