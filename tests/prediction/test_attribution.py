import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import SubtypingError
from subtyping.prediction.attribution import FoldExplanation, attribute, with_refits
from subtyping.prediction.explanation import _check_additivity, explain
from subtyping.prediction.models import fit_model

MODELS = ("elastic_net", "gradient_boosting")  # those that add up to log-odds


@pytest.fixture
def fitted(rng):
    X = rng.normal(size=(150, 8)) + rng.normal(size=(150, 1))
    X[:, 3] = np.maximum(X[:, 3], 0.2)  # a floor, as a limit of detection leaves
    y = X[:, 0] + 0.5 * X[:, 3] > 1
    return {name: fit_model(name, X[:100], y[:100], np.arange(100), seed=2) for name in MODELS}, X


@pytest.mark.parametrize("name", MODELS)
def test_attributions_add_up_to_the_log_odds(fitted, name):
    models, X = fitted
    values, baseline = explain(models[name], X[:80], X[100:])
    log_odds = models[name].decision_function(X[100:])
    assert np.abs(values.sum(axis=1) + baseline - log_odds).max() < 1e-6
    assert baseline == pytest.approx(models[name].decision_function(X[:80]).mean())


def test_the_elastic_net_is_coefficient_times_distance_from_the_background(fitted):
    models, X = fitted
    scaler, logistic = models["elastic_net"][0], models["elastic_net"][-1]
    by_hand = logistic.coef_[0] * (X[100:] - X[:80].mean(axis=0)) / scaler.scale_
    values, _ = explain(models["elastic_net"], X[:80], X[100:])
    assert values == pytest.approx(by_hand)


def test_a_tree_that_cannot_split_attributes_nothing(rng):
    X = rng.normal(size=(8, 4))
    model = fit_model("gradient_boosting", X, np.arange(8) < 3, np.arange(8), seed=0)
    values, _ = explain(model, X, X)
    assert (values == 0).all()


def test_values_that_do_not_add_up_raise():
    with pytest.raises(SubtypingError, match=r"add up .* largest gap is 0\.5"):
        _check_additivity(np.array([[1.0, 2.0]]), 0.0, np.array([3.5]))
    with pytest.raises(SubtypingError, match="add up"):
        _check_additivity(np.array([[np.nan]]), 0.0, np.array([0.0]))


def fold_of(values, names, ids, **changes):
    data = pd.DataFrame(np.ones_like(values), columns=names, index=ids)
    given = {"permuted": None, "n_background": 9, "n_train": 90, "members": ("a",), "baseline": 0.5}
    return FoldExplanation(data=data, values=values, **(given | changes))


def joined(parts, axis_of=None):
    axes = axis_of or {"a": "Th2", "b": "Th2", "c": "Th1"}
    return attribute(parts, axis_of=axes, model="gradient_boosting")


def test_an_axis_is_the_sum_of_its_members_before_the_absolute_value(rng):
    values = rng.normal(size=(40, 4))
    found = joined([fold_of(values, list("abcd"), [f"s{i}" for i in range(40)])])
    axes = found.by_axis.set_index("axis")["mean_abs"]
    assert axes["Th2"] == pytest.approx(np.abs(values[:, 0] + values[:, 1]).mean())
    assert axes["Th1"] == pytest.approx(np.abs(values[:, 2]).mean())
    assert axes["no axis"] == pytest.approx(np.abs(values[:, 3]).mean())
    assert found.by_axis["n_analytes"].sum() == 4


def test_a_fold_without_an_analyte_attributes_nothing_to_it():
    first = fold_of(np.array([[1.0, 2.0]]), ["a", "b"], ["s0"])
    second = fold_of(np.array([[4.0, 3.0]]), ["c", "a"], ["s1"], baseline=-1.0)
    found = joined([first, second])
    assert found.values.tolist() == [[1, 2, 0], [3, 0, 4]]  # columns a, b, c
    assert found.baseline.tolist() == [0.5, -1.0]
    assert found.data.isna().to_numpy().tolist() == [[False, False, True], [False, True, False]]
    means = found.table.set_index("analyte")["mean_abs"]
    assert means.to_dict() == {"a": 2.0, "b": 1.0, "c": 2.0}
    assert found.table["rank"].tolist() == [1.5, 1.5, 3.0]


def test_rank_intervals_hold_the_rank_and_tell_clear_from_close(rng):
    names, sizes = list("abc"), [5.0, 1.0, 1.0]
    parts = [
        fold_of(rng.normal(size=(60, 3)) * sizes, names, [f"s{i}" for i in range(60)])
        for _ in range(21)
    ]
    found = joined(parts[:1])
    assert found.table["rank_ci_low"].isna().all()
    assert "No intervals" in found.notes[-1]
    table = with_refits(found, parts[1:]).table
    assert (table["rank_ci_low"] <= table["rank"]).all()
    assert (table["rank"] <= table["rank_ci_high"]).all()
    assert table.loc[0, ["analyte", "rank_ci_low", "rank_ci_high"]].tolist() == ["a", 1, 1]
    assert table.loc[1, ["rank_ci_low", "rank_ci_high"]].tolist() == [2, 3]


def test_the_sentence_names_the_label_members_and_warns_of_few_people():
    values = np.array([[1.0, 0.0], [0.0, 2.0]])
    few = fold_of(values, ["a", "b"], ["s0", "s1"], n_train=2, permuted=values / 4)
    found = joined([few])
    assert "labels are made of a, so a high attribution of this analyte is by construction" in (
        found.sentence
    )
    assert "n <= p" in found.sentence
    assert "above the largest attribution under permuted labels (0.25)" in found.sentence
    assert "n <= p" not in joined([fold_of(values, ["a", "b"], ["s0", "s1"])]).sentence
