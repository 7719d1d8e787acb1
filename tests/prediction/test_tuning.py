import sys

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction import MODELS, predict_membership
from subtyping.prediction.nesting import inner_parts
from subtyping.prediction.search import search_settings
from subtyping.prediction.tuning import GRIDS, InnerFold, tune_model


@pytest.fixture
def nested(rng):
    """Return training arrays of a noisy label and three inner folds."""
    X = rng.normal(size=(120, 8))
    y = X[:, 0] + 0.8 * rng.normal(size=120) > 0.5
    people = np.arange(120)
    inner = [
        InnerFold(X[people % 3 != k], y[people % 3 != k], people[people % 3 != k],
                  X[people % 3 == k], y[people % 3 == k])
        for k in range(3)
    ]  # fmt: skip
    return inner, X, y, people


@pytest.mark.parametrize("name", MODELS)
def test_the_setting_with_the_least_inner_loss_is_fitted(nested, name):
    tuned = tune_model(name, *nested, seed=1, calibrate="platt")
    assert len(tuned.trials) == len(GRIDS[name])
    best = tuned.trials.loc[tuned.trials["inner_loss"].idxmin()]
    assert best["is_chosen"]
    assert tuned.trials["is_chosen"].sum() == 1
    last = tuned.model[-1] if hasattr(tuned.model, "steps") else tuned.model
    assert tuned.settings.items() <= last.get_params().items()
    assert tuned.calibrator.kind == "platt"
    assert ((tuned.predict(nested[1]) > 0) & (tuned.predict(nested[1]) < 1)).all()


def test_without_a_usable_inner_fold_the_models_own_settings_stand(nested):
    _, X, y, people = nested
    empty = InnerFold(X[:5], y[:5] & False, people[:5], X[5:], y[5:])
    tuned = tune_model("shallow_tree", [empty], X, y, people, seed=1, calibrate="platt")
    assert tuned.settings is None
    assert tuned.calibrator is None
    assert tuned.notes == ("no inner fold could be fitted",)


def test_inner_labels_come_from_inner_training_people(cohort, procedure):
    panel = cohort(33, n_case=60, n_reference=30)
    seen = []
    own = procedure()

    class Watched:
        case, reference = own.case, own.reference

        def fit(self, part, *, seed):
            seen.append(set(part.sample_ids))
            return own.fit(part, seed=seed)

    parts = inner_parts(Watched(), panel, 3, seed=1)
    assert [len(ids) for ids in seen] == [60, 60, 60]
    assert [len(part.y_test) for part in parts] == [20, 20, 20]
    assert set.intersection(*seen) == set()


def test_a_tuned_and_calibrated_prediction(cohort, procedure):
    given = {
        "axis_of": {}, "models": ("elastic_net", "shallow_tree"), "folds": 2, "seed": 3,
        "inner_folds": 2, "calibrate": "isotonic", "resamples": 20, "explain": "shallow_tree",
    }  # fmt: skip
    one, two = (predict_membership(procedure(), cohort(34), jobs=j, **given) for j in (1, 2))
    chosen = one.tuning[one.tuning["is_chosen"]]
    assert chosen.groupby(["fold", "model"]).size().tolist() == [1] * 4
    assert (one.metrics["value"].iloc[::4] > 0.85).all()
    for left, right in ((one.out_of_fold, two.out_of_fold), (one.tuning, two.tuning)):
        pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_the_labels_tell_more_after_calibration_of_a_forest(cohort, procedure):
    """A forest of small leaves is timid; the calibrated slope lies nearer to one."""
    panel = cohort(35, n_case=200, shift=1.5)
    slopes = []
    for calibrate in (None, "platt"):
        found = predict_membership(
            procedure(threshold=1.0), panel, axis_of={}, models=("random_forest",), folds=2,
            seed=3, jobs=1, inner_folds=2, calibrate=calibrate, resamples=0, explain=None,
        )  # fmt: skip
        slopes.append(found.metrics["value"].iloc[2])
    assert abs(np.log(slopes[1])) < abs(np.log(slopes[0]))


def test_a_search_without_its_library_says_how_to_get_it(monkeypatch, cohort, procedure):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(InputError, match=r"pip install 'subtyping\[search\]'"):
        predict_membership(
            procedure(), cohort(36), axis_of={}, seed=1, inner_folds=2, search="optuna"
        )


def test_a_search_begins_with_the_grid_and_repeats_itself(nested):
    pytest.importorskip("optuna")
    first, again = (search_settings("elastic_net", nested[0], trials=4, seed=1) for _ in range(2))
    assert first[0][0] == GRIDS["elastic_net"][0]
    assert [loss for _, _, loss in first] == [loss for _, _, loss in again]
    tuned = tune_model("elastic_net", *nested, seed=1, search="optuna", trials=4)
    assert tuned.trials["source"].tolist() == ["optuna"] * 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"inner_folds": 1}, "at least 2 inner folds; got 1"),
        ({"calibrate": "platt"}, "is learnt on inner folds; got none"),
        ({"calibrate": "plat", "inner_folds": 3}, "Did you mean 'platt'"),
        ({"search": "optna", "inner_folds": 3}, "Did you mean 'optuna'"),
        ({"sizes": (0, 3)}, "1 to 20 analytes; got '0'"),
    ],
)
def test_options_that_cannot_be_met(cohort, procedure, changes, message):
    with pytest.raises(InputError, match=message):
        predict_membership(procedure(), cohort(37), axis_of={}, seed=1, **changes)
