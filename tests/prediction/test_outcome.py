from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from subtyping.exceptions import InputError
from subtyping.prediction import MODELS, predict_outcome
from subtyping.prediction.number_metrics import NUMBER_METRICS, number_metrics


def predict(panel, outcome, procedure, **changes):
    given = {"kind": "binary", "models": ("elastic_net",), "folds": 3, "seed": 2, "jobs": 1}
    return predict_outcome(panel, outcome, procedure=procedure, **(given | changes))


@pytest.fixture
def relapse(cohort):
    """Draw a cohort and an outcome that follows one analyte outside the axis."""
    panel = cohort(41, n_case=120)
    rng = np.random.default_rng(1)
    y = panel.values["A00"] + rng.normal(size=len(panel.values)) > 0
    return panel, y.astype(float).rename("relapse")


def test_an_outcome_that_follows_an_analyte_is_predicted_and_its_permutation_is_not(
    relapse, procedure
):
    panel, y = relapse
    found = predict(panel, y, procedure(), inner_folds=2, calibrate="platt", null_draws=3)
    table = found.metrics.set_index("metric")
    auc = table.loc["auc_out_of_fold"]
    assert auc["ci_low"] < auc["value"] < auc["ci_high"]
    assert auc["value"] > 0.75
    assert 0.35 < auc["null_twin"] < 0.65
    assert not table.index.str.contains("fidelity").any()
    assert table.loc["calibration_slope_out_of_fold", "value"] == pytest.approx(1, abs=0.5)
    assert found.sentence.startswith("relapse predicted out of fold in 120 case samples")
    assert "fidelity" not in found.sentence
    assert found.tuning["is_chosen"].sum() == 3


def test_only_cases_with_the_outcome_are_judged_and_the_rest_counted(relapse, procedure):
    panel, y = relapse
    y = y.copy()
    y.iloc[:10] = np.nan
    found = predict(panel, y, procedure())
    assert found.out_of_fold["sample_id"].tolist() == list(panel.sample_ids[10:120])
    assert "10 case samples without the outcome stayed out." in found.sentence


def test_a_number_is_predicted_by_every_model(relapse, procedure):
    panel, _ = relapse
    y = (10 + 3 * panel.values["A00"]).rename("madrs")
    found = predict(panel, y, procedure(), kind="number", models=MODELS)
    table = found.metrics.set_index(["model", "metric"])["value"]
    for model in MODELS:
        assert table[model, "r2_out_of_fold"] > 0.5
        told = found.out_of_fold[f"research:{model}"]
        assert table[model, "rmse_out_of_fold"] == pytest.approx(
            np.sqrt(np.mean((told - found.out_of_fold["outcome"]) ** 2))
        )
    assert table["elastic_net", "calibration_slope_out_of_fold"] == pytest.approx(1, abs=0.1)
    assert found.calibration["n"].sum() == 4 * 120


def test_number_metrics_by_their_definitions(rng):
    y = rng.normal(size=60)
    told, fold = y + rng.normal(size=60), np.repeat([0, 1], 30)
    frame = pd.DataFrame(
        {"fold": fold, "outcome": y, "training_mean": y.mean(), "m_predicted": told}
    )
    found = number_metrics(frame, np.arange(60), models=("m",), resamples=50, seed=1)
    value = found.set_index("metric")["value"]
    assert tuple(value.index) == NUMBER_METRICS
    assert value["r2_out_of_fold"] == pytest.approx(r2_score(y, told))
    slope, intercept = np.polyfit(told, y, 1)
    assert value["calibration_slope_out_of_fold"] == pytest.approx(slope)
    assert value["calibration_intercept_out_of_fold"] == pytest.approx(intercept)
    shifted = frame.assign(m_predicted=told + 5 * fold, outcome=y + 2 * fold)
    other = number_metrics(shifted, np.arange(60), models=("m",), resamples=0, seed=1)
    assert other["value"].iloc[1] == pytest.approx(value["correlation_out_of_fold"])


def test_constant_predictions_have_no_correlation_and_no_slope():
    frame = pd.DataFrame(
        {"fold": 0, "outcome": np.arange(9.0), "training_mean": 4.0, "m_predicted": 4.0}
    )
    found = number_metrics(frame, np.arange(9), models=("m",), resamples=20, seed=1)
    values = found.set_index("metric")["value"]
    assert values["r2_out_of_fold"] == 0
    assert values[["correlation_out_of_fold", "calibration_slope_out_of_fold"]].isna().all()


def test_the_outcome_itself_does_not_predict_the_outcome(relapse, procedure):
    panel, _ = relapse
    y = (panel.values["A01"] > 0).astype(float)
    alone = panel.values.copy()
    rest = alone.columns.drop("A01")
    alone[rest] = np.random.default_rng(3).normal(size=(len(alone), len(rest)))
    panel = replace(panel, values=alone)
    routine = pd.DataFrame({"a01": 2.0 ** alone["A01"], "crp": 2.0 ** alone["A02"]})
    found = predict(panel, y, procedure(), routine=routine)
    auc = found.metrics[found.metrics["metric"] == "auc_out_of_fold"]
    assert auc["panel"].tolist() == ["research", "routine"]
    assert auc["value"].between(0.3, 0.7).all()
    kept = predict(panel, y.rename("relapse"), procedure(), exclude=("A01",))
    assert kept.metrics["value"].iloc[0] == auc["value"].iloc[0]


def test_a_routine_marker_that_is_the_outcome_in_another_unit_stays_out(relapse, procedure, rng):
    panel, _ = relapse
    count = pd.Series(rng.lognormal(-1.6, 0.5, len(panel.values)), index=panel.sample_ids)
    crp = pd.Series(rng.lognormal(0.5, 1, len(count)), index=panel.sample_ids)
    routine = pd.DataFrame({"eosinophils": count, "crp": crp})
    told = {"kind": "number", "routine": routine}
    found = predict(panel, (1000 * count).rename("eos_per_ul"), procedure(), **told)
    r2 = found.metrics.set_index(["panel", "metric"])["value"]["routine", "r2_out_of_fold"]
    assert r2 < 0.2
    assert found.sentence.endswith(
        "eosinophils is eos_per_ul itself, in the same order in all cases, and stayed out."
    )
    other = predict(panel, (count + 0.2 * crp).rename("eos_per_ul"), procedure(), **told)
    assert "itself" not in other.sentence


def test_people_with_two_samples_are_permuted_and_split_as_one(cohort, procedure):
    panel = cohort(43)
    subject = [f"p{i // 2}" for i in range(len(panel.sample_ids))]
    panel = replace(panel, samples=panel.samples.assign(subject=subject))
    y = pd.Series(np.repeat([0.0, 1.0], 2).tolist() * 32 + [0.0, 0.0], panel.sample_ids)
    found = predict(panel, y.rename("relapse"), procedure(), null_draws=2)
    person = found.out_of_fold["sample_id"].map(dict(zip(panel.sample_ids, subject, strict=True)))
    assert (found.out_of_fold.groupby(person)["fold"].nunique() == 1).all()
    assert found.n_null == 2


def test_workers_change_nothing_and_a_fold_that_fails_is_recorded(relapse, procedure):
    panel, y = relapse
    one, two = (predict(panel, y, procedure(refuses_below=27), jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.metrics, two.metrics, check_exact=True)
    pd.testing.assert_frame_equal(one.out_of_fold, two.out_of_fold, check_exact=True)
    assert one.folds["is_fitted"].sum() == 2
    assert "Fold" in one.sentence
    assert "could not be learnt: 26 reference people are too few" in one.sentence


def test_an_outcome_of_one_class_leaves_a_reason(relapse, procedure):
    panel, y = relapse
    found = predict(panel, y * 0, procedure())
    assert found.metrics["value"].isna().all()
    assert set(found.folds["reason"]) == {"the training outcomes are all one class"}
    assert "could not be predicted in any of 3 outer folds" in found.sentence


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "binery"}, "Did you mean 'binary'"),
        ({"models": ("forest",)}, "A prediction model must be one of"),
        ({"models": ()}, "at least one model"),
        ({"calibrate": "platt"}, "is learnt on inner folds; got none"),
        ({"outcome": pd.Series([0.0, 2.0], ["s000", "s001"], name="grade")}, "is 0 or 1; 'grade'"),
        (
            {"outcome": pd.Series(["yes"], ["s000"], name="remitted")},
            "1 sample holds something else: 's000'",
        ),
        ({"outcome": pd.Series([1.0], ["nobody"], name="x")}, "known for no case sample"),
        ({"routine": pd.DataFrame({"crp": [1.0]}, ["nobody"])}, "indexed by the panel's sample"),
    ],
)
def test_requests_that_cannot_be_met(relapse, procedure, changes, message):
    panel, y = relapse
    outcome = changes.get("outcome", y)
    rest = {name: value for name, value in changes.items() if name != "outcome"}
    with pytest.raises(InputError, match=message):
        predict(panel, outcome, procedure(), **rest)
