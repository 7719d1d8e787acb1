import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from subtyping.exceptions import InputError
from subtyping.prediction import models
from subtyping.prediction.models import (
    DEFAULT_MODELS,
    MODELS,
    fit_model,
    has_converged,
    why_not_fit,
)


@pytest.fixture
def labelled(rng):
    X = rng.normal(size=(60, 20))
    return X, X[:, 0] + X[:, 1] > 0.8, np.arange(60)


@pytest.mark.parametrize("name", DEFAULT_MODELS)
def test_models_with_log_odds_agree_with_their_probabilities(labelled, name):
    X, y, people = labelled
    model = fit_model(name, X, y, people, seed=1)
    log_odds = model.decision_function(X)
    assert model.predict_proba(X)[:, 1] == pytest.approx(1 / (1 + np.exp(-log_odds)))


@pytest.mark.parametrize("name", MODELS)
def test_every_model_finishes_and_repeats_itself(labelled, name):
    X, y, people = labelled
    model, again = (fit_model(name, X, y, people, seed=1) for _ in range(2))
    assert has_converged(model)
    assert (model.predict_proba(X) == again.predict_proba(X)).all()


def test_a_shallow_tree_asks_at_most_three_questions(labelled):
    X, y, people = labelled
    assert fit_model("shallow_tree", X, y, people, seed=1).get_depth() <= 3


def test_given_settings_are_used_and_not_searched(labelled):
    X, y, people = labelled
    heavy = fit_model("elastic_net", X, y, people, seed=1, settings={"C": 1e-4})
    assert (heavy[-1].coef_ == 0).all()
    settings = {"min_samples_leaf": 30}
    assert fit_model("shallow_tree", X, y, people, seed=1, settings=settings).get_n_leaves() <= 2


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("smaller", [3, 4])
def test_a_tiny_class_is_fitted_without_a_word(labelled, rng, name, smaller):
    X, _, people = labelled
    y = np.isin(people, rng.permutation(people)[:smaller])
    assert np.isfinite(fit_model(name, X, y, people, seed=1).predict_proba(X)).all()


@pytest.mark.parametrize("name", MODELS)
def test_few_people_and_constant_analytes_are_fitted(rng, name):
    X = rng.normal(size=(12, 30))
    X[:, 5] = 1.0
    model = fit_model(name, X, np.arange(12) < 4, np.arange(12), seed=1)
    assert np.isfinite(model.predict_proba(X)).all()


def test_people_with_samples_of_both_labels_stay_together_inside(rng):
    X = rng.normal(size=(60, 5))
    people = np.repeat(np.arange(20), 3)
    y = (X[:, 0] > 0) & (people < 10)
    assert has_converged(fit_model("elastic_net", X, y, people, seed=1))


def test_a_path_cut_short_is_told_and_not_warned(labelled, monkeypatch):
    monkeypatch.setattr(models, "_MAX_ITERATIONS", 2)
    X, y, people = labelled
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        assert not has_converged(fit_model("elastic_net", X, y, people, seed=1))


def test_two_people_are_too_few_whatever_their_samples():
    people = np.repeat(np.arange(10), 5)
    assert "smaller class has 2 of 10 people" in why_not_fit(people, people < 2)


def test_an_unknown_model_is_suggested(labelled):
    with pytest.raises(InputError, match="Did you mean 'elastic_net'"):
        fit_model("elastic-net", *labelled, seed=1)
