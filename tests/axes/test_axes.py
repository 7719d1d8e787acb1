"""Axis scores: members, level and skew."""

import json

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import AxisModel, AxisScorer, define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.exceptions import InputError
from subtyping.preparation import Preparation


@pytest.fixture(scope="module")
def cohort():
    return simulate_cohort("continuum", seed=4, n_case=200, n_reference=120)


@pytest.fixture(scope="module")
def scored(cohort):
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(cohort.panel)
    case, reference = cohort.panel.in_groups(["MDD"]), cohort.panel.in_groups(["HC"])
    scorer = AxisScorer(define_axes("Th2")).fit(prepared, case, reference)
    return prepared, scorer, scorer.transform(prepared), case, reference


def test_the_score_is_the_mean_z_of_the_measurable_members(scored) -> None:
    prepared, _, scores, *_ = scored
    members = list(scores.used_members)
    by_hand = prepared.z[members].mean(axis=1)
    np.testing.assert_allclose(scores.table["Th2_score"], by_hand)


def test_undetected_members_do_not_carry_the_score_and_are_named(scored) -> None:
    _, _, scores, *_ = scored
    assert not {"IL4", "IL5", "IL13"} & set(scores.used_members)
    assert "mostly below detection and do not carry it" in scores.sentence


def test_skew_is_unrelated_to_level_in_healthy_people_and_has_unit_sd(scored) -> None:
    _, _, scores, _, reference = scored
    healthy = scores.table[reference]
    assert abs(healthy["Th2_skew"].mean()) < 1e-9
    assert healthy["Th2_skew"].std() == pytest.approx(1, abs=1e-9)
    assert abs(healthy["Th2_skew"].corr(healthy["level"])) < 0.2


def test_skew_follows_the_true_skew_and_not_the_level(cohort, scored) -> None:
    _, _, scores, case, _ = scored
    truth = cohort.truth.loc[scores.table.index[case]]
    skew = scores.table[case]["Th2_skew"]
    assert skew.corr(truth["th2_skew"]) > 0.8
    assert abs(skew.corr(truth["level"])) < 0.25
    assert scores.table[case]["level"].corr(truth["level"]) > 0.75


def test_the_level_leaves_out_members_correlates_and_handling_markers(scored) -> None:
    _, scorer, *_ = scored
    level = set(scorer.models_["Th2"].level_analytes)
    assert not level & {"CCL11", "CCL13", "CCL17", "CCL18", "CCL4", "SIRT2", "STAMBP", "AXIN1"}


def test_member_residuals_average_to_the_skew(scored) -> None:
    _, scorer, scores, *_ = scored
    model = scorer.models_["Th2"]
    average = scores.residuals.mean(axis=1) - model.centre / model.scale
    np.testing.assert_allclose(average, scores.table["Th2_skew"], atol=1e-9)


def test_the_model_survives_json(scored) -> None:
    prepared, scorer, scores, *_ = scored
    card = json.loads(json.dumps(scorer.models_["Th2"].to_card()))
    again = AxisModel.from_card(card).scores(prepared.z)
    np.testing.assert_array_equal(again["skew"], scores.table["Th2_skew"])


def test_few_other_analytes_make_skew_not_applicable(cohort) -> None:
    members = ["CCL11", "CCL13", "CCL17", "CCL22", "CXCL9", "CXCL10", "TNF"]
    panel = cohort.panel.select(members)
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(panel)
    case, reference = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    scores = AxisScorer(define_axes("Th2")).fit(prepared, case, reference).transform(prepared)
    assert not scores.is_skew_available
    assert scores.quantity == "raw score"
    assert scores.table["Th2_skew"].isna().all()
    assert "raw score is used" in scores.sentence


def test_a_named_axis_needs_two_members_and_an_own_list_one(cohort) -> None:
    panel = cohort.panel.select(["CCL11", "CXCL9", "CXCL10", "TNF"])
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(panel)
    case, reference = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    with pytest.raises(InputError, match="needs 2 measurable members and has 1"):
        AxisScorer(define_axes("Th2")).fit(prepared, case, reference)
    own = define_axes({"name": "eotaxin", "members": ["CCL11"]})
    scores = AxisScorer(own).fit(prepared, case, reference).transform(prepared)
    assert scores.used_members == ("CCL11",)


def test_an_unknown_axis_is_suggested() -> None:
    with pytest.raises(InputError, match="Did you mean 'Th2'"):
        define_axes("Th-2")


def test_duplicating_every_person_leaves_the_axis_alone(cohort, scored) -> None:
    _, scorer, *_ = scored
    n = len(cohort.panel.sample_ids)
    twice = cohort.panel.resample(np.r_[0:n, 0:n])
    prepared = Preparation(["MDD"], ["HC"]).fit_transform(twice)
    case, reference = twice.in_groups(["MDD"]), twice.in_groups(["HC"])
    again = AxisScorer(define_axes("Th2")).fit(prepared, case, reference)
    assert again.models_["Th2"].slope == pytest.approx(scorer.models_["Th2"].slope, rel=0.02)


def test_every_curated_axis_that_is_measurable_is_scored(scored) -> None:
    _, _, scores, *_ = scored
    named = set(scores.coherence.loc[scores.coherence["is_scored"], "axis"])
    assert "Th2" in named
    assert len(named) >= 3
    columns = [c for c in scores.table if c.endswith("_skew")]
    assert {c.removesuffix("_skew") for c in columns} == named
    assert isinstance(scores.table, pd.DataFrame)
