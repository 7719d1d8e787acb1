"""One common factor."""

import numpy as np
import pytest
from sklearn.decomposition import FactorAnalysis

from subtyping.statistics import fit_one_factor, split_half_reliability


def one_factor_data(rng: np.random.Generator, n: int, loadings: np.ndarray) -> np.ndarray:
    f = rng.standard_normal((n, 1))
    return f * loadings + np.sqrt(1 - loadings**2) * rng.standard_normal((n, len(loadings)))


def test_agrees_with_maximum_likelihood_of_scikit_learn(rng: np.random.Generator) -> None:
    X = one_factor_data(rng, 400, np.linspace(0.3, 0.9, 12))
    ours = fit_one_factor(X, n_iter=5000, tol=1e-12)
    theirs = FactorAnalysis(1, tol=1e-12, max_iter=20000, svd_method="lapack").fit(X)
    loadings = theirs.components_[0] * np.sign(theirs.components_[0].sum())
    np.testing.assert_allclose(ours.loadings, loadings, atol=1e-5)
    np.testing.assert_allclose(ours.uniquenesses, theirs.noise_variance_, atol=1e-5)


def test_scores_are_unbiased_for_the_factor(rng: np.random.Generator) -> None:
    loadings = np.full(30, 0.7)
    f = rng.standard_normal((2000, 1))
    X = f * loadings + np.sqrt(0.51) * rng.standard_normal((2000, 30))
    score = fit_one_factor(X).score(X)
    slope = np.polyfit(f[:, 0], score, 1)[0]
    assert slope == pytest.approx(1.0, abs=0.05)


def test_one_row_scores_as_in_a_batch(rng: np.random.Generator) -> None:
    X = one_factor_data(rng, 100, np.full(20, 0.6))
    model = fit_one_factor(X)
    batch = model.score(X)
    alone = np.array([model.score(X[i : i + 1])[0] for i in range(len(X))])
    assert (batch == alone).all()


def test_the_sign_follows_the_analytes(rng: np.random.Generator) -> None:
    X = one_factor_data(rng, 300, np.full(10, 0.7))
    np.testing.assert_allclose(fit_one_factor(-X).loadings, fit_one_factor(X).loadings, atol=1e-6)


def test_reliability_is_high_with_a_factor_and_low_without(rng: np.random.Generator) -> None:
    X = one_factor_data(rng, 600, np.full(40, 0.6))
    model = fit_one_factor(X[:300])
    # 40 analytes of loading .6: a = 40 * .36 / .64 = 22.5, reliability 22.5 / 23.5 = .957.
    assert split_half_reliability(model, X[300:]) == pytest.approx(0.957, abs=0.02)
    noise = rng.standard_normal((600, 40))
    assert split_half_reliability(fit_one_factor(noise[:300]), noise[300:]) < 0.35
