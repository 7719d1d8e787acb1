from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import InputError
from subtyping.prediction import predict_membership
from subtyping.prediction.folds import people_of

AXIS_OF = {"CCL11": "Th2", "CCL13": "Th2", "CCL17": "Th2", "A00": "Th1"}
AUC = "fidelity_auc_out_of_fold"


def predict(procedure, panel, **changes):
    given = {"axis_of": AXIS_OF, "seed": 11, "jobs": 1, "resamples": 100}
    return predict_membership(procedure, panel, **(given | changes))


def metric(result, model, name=AUC):
    table = result.metrics.set_index(["model", "metric"])
    return table.loc[(model, name)]


def test_a_planted_group_is_repredicted_and_explained(cohort, procedure):
    panel = cohort(1)
    result = predict(procedure(), panel)
    cases = panel.sample_ids[panel.in_groups(["MDD"])]
    assert result.out_of_fold["sample_id"].tolist() == list(cases)
    for model in ("elastic_net", "gradient_boosting"):
        assert metric(result, model)["value"] > 0.95
    assert result.attribution.by_axis.loc[0, "axis"] == "Th2"
    top = result.attribution.table.iloc[:3]
    assert set(top["analyte"]) == {"CCL11", "CCL13", "CCL17"}
    assert (top["mean_abs"] > top["permuted_mean_abs"]).all()
    assert result.attribution.table["is_label_member"].sum() == 3
    assert result.folds["is_fitted"].all()
    assert "no evidence of a subtype" in result.sentence
    assert result.calibration.groupby("model")["n"].sum().tolist() == [90, 90]


def test_each_attribution_adds_up_to_the_out_of_fold_probability(cohort, procedure):
    for model in ("gradient_boosting", "elastic_net"):
        result = predict(procedure(), cohort(2), explain=model)
        log_odds = result.attribution.values.sum(axis=1)
        log_odds = log_odds + result.attribution.baseline
        told = result.out_of_fold.set_index("sample_id")[f"{model}_probability"]
        told = told.loc[result.attribution.data.index].to_numpy()
        assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(told, abs=1e-6)


def test_permuted_features_predict_nothing(cohort, procedure):
    """Each person is given the analytes of another: only a leak could find the label."""
    panel = cohort(3, n_case=150)
    order = np.random.default_rng(4).permutation(len(panel.sample_ids))
    other = dict(zip(panel.sample_ids, panel.sample_ids[order], strict=True))
    measured = panel.values

    def features(z):
        return measured.loc[[other[name] for name in z.index]].set_axis(z.index)

    result = predict(procedure(features=features), panel, explain=None)
    for model in ("elastic_net", "gradient_boosting"):
        row = metric(result, model)
        assert row["ci_low"] <= 0.5 <= row["ci_high"]
    assert result.attribution is None


def test_columns_independent_of_the_members_predict_nothing(cohort, procedure):
    """The labels are made of three members; nine columns drawn apart know nothing of them."""
    panel = cohort(4, n_case=150)
    apart = panel.values.copy()
    apart.iloc[:, 3:] = np.random.default_rng(5).normal(size=(len(apart), 9))
    toy = procedure(features=lambda z: z.iloc[:, 3:])
    result = predict(toy, replace(panel, values=apart), explain="elastic_net")
    for model in ("elastic_net", "gradient_boosting"):
        row = metric(result, model)
        assert row["ci_low"] <= 0.5 <= row["ci_high"]
    assert not result.attribution.table["is_label_member"].any()


def test_a_fold_learns_from_its_training_people_alone(cohort, procedure):
    """Changing the held-out people changes no label and no probability of other held-out rows."""
    panel = cohort(6)
    result = predict(procedure(), panel, explain=None)
    first = result.out_of_fold.query("fold == 0")["sample_id"]
    values = panel.values.copy()
    values.loc[first.iloc[0]] += 50.0
    changed = predict(procedure(), replace(panel, values=values), explain=None)
    rest = result.out_of_fold["sample_id"].isin(first.iloc[1:])
    pd.testing.assert_frame_equal(result.out_of_fold[rest], changed.out_of_fold[rest])
    others = ~result.out_of_fold["sample_id"].isin(first)
    probability = "elastic_net_probability"
    assert not result.out_of_fold[others][probability].equals(
        changed.out_of_fold[others][probability]
    )


def test_people_with_two_visits_lie_in_one_fold(cohort, procedure):
    panel = cohort(7)
    subject = [f"p{i // 2}" for i in range(len(panel.sample_ids))]
    panel = replace(panel, samples=panel.samples.assign(subject=subject))
    rows = predict(procedure(), panel, models=("elastic_net",), explain=None).out_of_fold
    person = pd.Series(people_of(panel), panel.sample_ids).loc[rows["sample_id"]].to_numpy()
    assert (rows.groupby(person)["fold"].max() == rows.groupby(person)["fold"].min()).all()


def everything(result):
    yield from (result.out_of_fold, result.metrics, result.calibration, result.folds)
    yield from (result.attribution.table, result.attribution.by_axis, result.attribution.data)
    yield pd.DataFrame(result.attribution.values)


def test_the_number_of_workers_and_a_second_run_change_nothing(cohort, procedure):
    panel = cohort(8)
    one = predict(procedure(), panel, jobs=1)
    for again in (predict(procedure(), panel, jobs=2), predict(procedure(), panel, jobs=1)):
        for left, right in zip(everything(one), everything(again), strict=True):
            pd.testing.assert_frame_equal(left, right, check_exact=True)
        assert (one.sentence, one.attribution.sentence) == (
            again.sentence,
            again.attribution.sentence,
        )
    assert not predict(procedure(), panel, seed=12).out_of_fold.equals(one.out_of_fold)


def test_labels_of_one_class_leave_null_metrics_and_a_reason(cohort, procedure):
    result = predict(procedure(threshold=99.0), cohort(9))
    assert not result.folds["is_fitted"].any()
    assert set(result.folds["reason"]) == {"the training labels are all one class"}
    assert result.metrics[["value", "ci_low", "ci_high"]].isna().all(axis=None)
    assert result.folds["gradient_boosting_fidelity_auc"].isna().all()
    assert result.out_of_fold["label"].eq("other").all()
    assert len(result.out_of_fold) == 90
    assert result.calibration.empty
    assert result.attribution is None
    assert "could not be measured in any of 3 outer folds" in result.sentence
    assert "Fold 2 was not fitted: the training labels are all one class." in result.sentence


def test_a_procedure_that_refuses_a_fold_is_recorded(cohort, procedure):
    panel = cohort(10, n_reference=40)  # 40 people in 3 folds leave 26, 27 or 27 in training
    result = predict(procedure(refuses_below=27), panel)
    assert sorted(result.folds["is_fitted"]) == [False, True, True]
    failed = result.folds.query("not is_fitted").iloc[0]
    assert failed["reason"] == (
        "the procedure could not be learnt: 26 reference people are too few."
    )
    rows = result.out_of_fold.query(f"fold == {failed['fold']}")
    assert len(rows) == failed["n_test"] == 30
    assert rows["label"].eq("unclear").all()
    assert rows["elastic_net_probability"].isna().all()
    assert metric(result, "elastic_net")["value"] > 0.9
    assert len(result.attribution.values) == 60


def test_samples_without_a_label_are_counted_and_kept(cohort, procedure):
    panel = cohort(12)
    silent = ("s001", "s050")
    result = predict(procedure(silent=silent), panel, explain=None)
    rows = result.out_of_fold.set_index("sample_id").loc[list(silent)]
    assert rows["label"].eq("unclear").all()
    assert rows["elastic_net_probability"].notna().all()
    assert result.folds["n_unclear"].tolist() == [2, 2, 2]
    assert result.calibration["n"].sum() == 2 * 88


def test_folds_that_are_not_discrete_are_counted_not_dropped(cohort, procedure):
    def existence(train, seed):
        assert set(train.samples["group"]) == {"MDD", "HC"}
        return (None, False) if "s000" in train.sample_ids else (0.01, True)

    result = predict(procedure(), cohort(13), existence=existence, explain=None)
    assert result.folds["is_discrete"].sum() == 1
    assert result.folds["p_value"].notna().sum() == 1
    assert result.folds["is_fitted"].all()
    assert "The training part was discrete in 1 of 3 outer folds." in result.sentence
    assert predict(procedure(), cohort(13), explain=None).folds["is_discrete"].isna().all()


def test_the_packages_own_procedure_has_the_face_asked_for():
    from subtyping.axes import define_axes
    from subtyping.cohorts import simulate_cohort
    from subtyping.discovery import LabellingProcedure

    cohort = simulate_cohort("th2_subtype", seed=3, n_case=90, n_reference=60)
    own = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    result = predict(own, cohort.panel, models=("elastic_net",), explain="elastic_net")
    assert result.folds["is_fitted"].all()
    assert len(result.out_of_fold) == 90
    assert result.attribution.table["is_label_member"].any()


def test_progress_moves_once_a_fold(cohort, procedure):
    steps = []
    predict(
        procedure(),
        cohort(14),
        explain=None,
        models=("elastic_net",),
        folds=4,
        advance=lambda: steps.append(1),
    )
    assert len(steps) == 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"models": ("gradient_bosting",)}, "Did you mean 'gradient_boosting'"),
        ({"models": ()}, "at least one model"),
        ({"models": ("elastic_net",)}, "one of those fitted, elastic_net; got 'gradient_boosting'"),
        ({"folds": 1}, "at least 2 outer folds"),
    ],
)
def test_a_request_that_cannot_be_met(cohort, procedure, changes, message):
    with pytest.raises(InputError, match=message):
        predict(procedure(), cohort(15), **changes)
