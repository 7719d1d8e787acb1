import numpy as np
import pandas as pd
import pytest

from subtyping.prediction import numbers_of, predict_membership, with_twin_numbers
from subtyping.prediction.routine import RoutineScale
from subtyping.prediction.selection import choose_analytes, entry_frequencies


@pytest.fixture
def result(cohort, procedure):
    panel = cohort(51, n_case=120)
    rng = np.random.default_rng(2)
    levels = 2.0 ** (panel.values[["CCL11"]].to_numpy() + rng.normal(size=(len(panel.values), 1)))
    routine = pd.DataFrame(levels, panel.sample_ids, ["eosinophils"])
    routine["crp"] = np.nan
    routine.iloc[:7] = np.nan
    return predict_membership(
        procedure(), panel, axis_of={}, models=("elastic_net",), explain=None, seed=4, jobs=1,
        sizes=(1, 2, 3, 5), routine=routine, selection_draws=20, resamples=50,
    )  # fmt: skip


def test_fidelity_rises_with_size_and_every_panel_has_its_row(result):
    auc = result.panels[result.panels["metric"] == "fidelity_auc_out_of_fold"]
    assert auc["panel"].tolist() == ["research", *["reduced"] * 4, "routine"]
    assert auc["size"].tolist()[:5] == [12, 1, 2, 3, 5]
    value = auc["value"].to_numpy()
    assert value[1] < value[3]
    assert value[1] > 0.8
    assert 0.6 < value[5] < value[0]
    assert (auc["ci_low"] <= auc["value"]).all()


def test_the_members_are_chosen_and_marked(result):
    three = result.selection[result.selection["size"] == 3]
    assert set(three["analyte"]) == {"CCL11", "CCL13", "CCL17"}
    assert (three["chosen_frac"] == 1).all()
    assert three["is_label_member"].all()
    assert result.panels.set_index("size").loc[3, "analytes"].iloc[0].count("100%") == 3
    sums = result.selection.groupby("size")["chosen_frac"].sum()
    assert sums.tolist() == pytest.approx([1, 2, 3, 5])


def test_twins_stand_beside_every_number(result):
    numbers = numbers_of(result.metrics, result.panels)
    assert "reduced_3_fidelity_auc_out_of_fold" in numbers
    assert "routine_fidelity_brier_out_of_fold" in numbers
    twins = pd.DataFrame([dict.fromkeys(numbers, k) for k in (1.0, 2.0, 9.0)])
    metrics, panels = with_twin_numbers(result.metrics, result.panels, twins)
    assert (metrics["null_twin"] == 2).all()
    assert (panels["null_twin"] == 2).all()
    assert with_twin_numbers(metrics, panels, pd.DataFrame())[1]["null_twin"].isna().all()


def test_without_sizes_and_routine_the_tables_are_empty(cohort, procedure):
    found = predict_membership(
        procedure(), cohort(52), axis_of={}, models=("elastic_net",), explain=None, seed=4, jobs=1
    )
    assert (len(found.panels), len(found.selection), len(found.tuning)) == (0, 0, 0)


def test_entry_counts_and_choices(rng):
    X = rng.normal(size=(150, 8))
    X[:, 7] = 1.0
    y = X[:, 2] + 0.7 * X[:, 5] + 0.3 * rng.normal(size=150)
    share = entry_frequencies(X, y, np.arange(150), most=3, draws=30, seed=1)
    assert (np.diff(share, axis=0) >= 0).all()
    assert share.sum(axis=1) == pytest.approx([1, 2, 3])
    assert share[:, 7].max() == 0
    assert choose_analytes(share, 2).tolist() == [2, 5]


def test_selection_follows_people_and_not_samples(rng):
    X = rng.normal(size=(40, 5))
    y = X[:, 0] > 0
    once = entry_frequencies(X, y, np.arange(40), most=2, draws=10, seed=1)
    rows = np.repeat(np.arange(40), 2)
    twice = entry_frequencies(X[rows], y[rows], rows, most=2, draws=10, seed=1)
    assert (once == twice).all()


def test_one_class_chooses_nothing(rng):
    share = entry_frequencies(
        rng.normal(size=(20, 3)), np.zeros(20), np.arange(20), most=2, draws=5, seed=1
    )
    assert choose_analytes(share, 2).tolist() == []


def test_routine_levels_by_hand():
    train = pd.DataFrame({"crp": [0.0, 2.0, 8.0, np.nan], "ige": [np.nan] * 4})
    scale = RoutineScale.learn(train)
    assert scale.markers == ("crp",)
    # zero stands at half of 2; the median of log2 (1, 2, 8) is 1
    assert scale.apply(train)[:, 0].tolist() == [0, 1, 3, 1]
