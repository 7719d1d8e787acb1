"""The explainer follows the kind of estimator; additivity holds for every one of them."""

import itertools
from math import factorial

import numpy as np
import pytest
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from subtyping.exceptions import SubtypingError
from subtyping.prediction.attribution import SCALE_OF_MODEL
from subtyping.prediction.explanation import explain, scale_of
from subtyping.prediction.models import MODELS, fit_model

KINDS = {
    "logistic": (LogisticRegression(), "log-odds"),
    "scaled logistic": (make_pipeline(StandardScaler(), LogisticRegression()), "log-odds"),
    "boosting": (GradientBoostingClassifier(n_estimators=20), "log-odds"),
    "histogram boosting": (HistGradientBoostingClassifier(max_iter=20), "log-odds"),
    "forest": (RandomForestClassifier(n_estimators=25, max_depth=5), "probability"),
    "tree": (DecisionTreeClassifier(max_depth=3), "probability"),
    "scaled tree": (make_pipeline(StandardScaler(), DecisionTreeClassifier()), "probability"),
}


@pytest.fixture
def people(rng):
    X = rng.normal(size=(160, 5)) + rng.normal(size=(160, 1))
    X[:, 2] = np.maximum(X[:, 2], 0.2)
    return X, X[:, 0] + 0.5 * X[:, 2] > 0.5


def prediction(model, X, scale):
    return model.decision_function(X) if scale == "log-odds" else model.predict_proba(X)[:, 1]


@pytest.mark.parametrize("kind", KINDS)
def test_attributions_add_up_to_the_prediction_minus_the_baseline(people, kind):
    X, y = people
    estimator, scale = KINDS[kind]
    model = estimator.set_params().fit(X[:100], y[:100])
    values, baseline = explain(model, X[:70], X[100:])
    assert scale_of(model) == scale
    assert baseline == pytest.approx(prediction(model, X[:70], scale).mean())
    gap = values.sum(axis=1) + baseline - prediction(model, X[100:], scale)
    assert np.abs(gap).max() < 1e-6


@pytest.mark.parametrize("kind", ["forest", "histogram boosting", "scaled tree"])
def test_tree_values_are_shapley_values_by_enumeration(people, kind):
    """With 5 analytes the 32 coalitions can be averaged over the background by hand."""
    X, y = people
    estimator, scale = KINDS[kind]
    model = estimator.fit(X[:100], y[:100])
    background, person = X[:12], X[120]
    p = X.shape[1]
    worth = {}
    for size in range(p + 1):
        for switched in itertools.combinations(range(p), size):
            mixed = background.copy()
            mixed[:, list(switched)] = person[list(switched)]
            worth[switched] = prediction(model, mixed, scale).mean()
    by_hand = np.zeros(p)
    for j in range(p):
        for switched, value in worth.items():
            if j not in switched:
                k = len(switched)
                share = factorial(k) * factorial(p - k - 1) / factorial(p)
                by_hand[j] += share * (worth[tuple(sorted((*switched, j)))] - value)
    assert explain(model, background, person[None])[0][0] == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_the_package_is_explained_on_the_scale_it_is_said_to_be(people, name):
    X, y = people
    model = fit_model(name, X[:100], y[:100], np.arange(100), seed=3)
    values, baseline = explain(model, X[:50], X[100:130])
    assert SCALE_OF_MODEL.get(name, "log-odds") == scale_of(model)
    told = prediction(model, X[100:130], scale_of(model))
    assert np.abs(values.sum(axis=1) + baseline - told).max() < 1e-6


def test_an_estimator_of_another_kind_is_refused(people):
    X, y = people
    with pytest.raises(SubtypingError, match="linear models and trees; got a GaussianNB"):
        explain(GaussianNB().fit(X, y), X, X)
