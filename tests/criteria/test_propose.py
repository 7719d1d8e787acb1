"""Criteria from people: what is proposed when, and what the numbers obey."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.criteria import Criteria, EligibilityRule, propose_criteria
from subtyping.exceptions import InputError
from subtyping.knowledge import published_criteria
from subtyping.panel.drawing import draw_people

QUANTITIES = ["prevalence_frac", "sensitivity", "specificity", "ppv", "npv", "positive_frac"]


def propose(panel, procedure, kind: str = "discrete", **options) -> Criteria:
    verdict = SimpleNamespace(kind=kind, axis="Th2", n_needed=500)
    defaults = {"published": published_criteria(), "resamples": 30, "seed": 1, "jobs": 1}
    return propose_criteria(panel, procedure, procedure.fit(panel), verdict, **(defaults | options))


def test_a_planted_subtype_gets_a_rule_of_one_and_of_two_members(cohort, procedure) -> None:
    panel, routine = cohort()
    found = propose(panel, procedure, routine=routine)
    one, two = found.table.iloc[0], found.table.iloc[1]
    assert set(found.table["kind"]) == {"subtype", "published"}
    assert found.rules[0].markers[0] in procedure.members
    assert set(found.rules[1].markers) <= set(procedure.members)
    assert one["sensitivity"] > 0.8
    assert two["sensitivity"] + two["specificity"] >= one["sensitivity"] + one["specificity"] - 0.05
    assert found.sentence.startswith(found.rules[0].text)
    assert "candidate criteria" in found.sentence


def test_a_rule_of_two_markers_stands_beside_their_linear_score(cohort, procedure) -> None:
    panel, routine = cohort()
    one, two = propose(panel, procedure, routine=routine).table.iloc[:2].to_dict("records")
    assert np.isnan(one["linear_youden_apparent"])
    assert np.isnan(one["youden_apparent"])
    # two equal members: their sum tells at least about as much as a cut on each
    assert 0.5 < two["youden_apparent"] < two["linear_youden_apparent"] + 0.05 <= 1.05


def test_every_row_is_bayes_and_lies_in_its_interval(cohort, procedure) -> None:
    panel, routine = cohort()
    table = propose(panel, procedure, routine=routine).table
    odds = table["prevalence_frac"] / (1 - table["prevalence_frac"])
    true, false = table["sensitivity"] * odds, 1 - table["specificity"]
    np.testing.assert_allclose(table["ppv"], true / (true + false))
    for name in QUANTITIES:
        known = table[f"{name}_ci_low"].notna()
        assert (table[f"{name}_ci_low"] <= table[name] + 1e-9)[known].all(), name
        assert (table[f"{name}_ci_high"] >= table[name] - 1e-9)[known].all(), name


def test_rules_apply_as_the_table_says(cohort, procedure) -> None:
    panel, _ = cohort()
    found = propose(panel, procedure)
    cases, reference = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    probability = procedure.fit(panel).label(panel.take(cases)).table["probability"].to_numpy()
    for rule, row in zip(found.rules[:2], found.table.to_dict("records"), strict=False):
        met = rule.apply(panel).to_numpy(dtype=float)
        assert row["reference_positive_frac"] == pytest.approx(met[reference].mean())
        apparent = (met[cases] * probability).sum() / probability.sum()
        assert row["sensitivity_apparent"] == pytest.approx(apparent)
        members = row["prevalence_frac"] * row["sensitivity"]
        assert row["screened_per_member"] == pytest.approx(1 / members)
        assert EligibilityRule.from_dict(json.loads(row["rule"])) == rule


def test_labels_that_no_marker_knows_leave_nothing_out_of_bag(cohort, blind_procedure) -> None:
    index, apparent = [], []
    for _ in range(4):
        panel, _ = cohort(shift=0.0)
        row = propose(panel, blind_procedure, resamples=40).table.iloc[0]
        index.append(row["sensitivity"] + row["specificity"] - 1)
        apparent.append(row["sensitivity_apparent"] + row["specificity_apparent"] - 1)
        assert row["selection_frac"] < 0.8
        assert "so no interval is given for a study that chooses its marker" in row["note"]
    assert abs(np.mean(index)) < 0.08
    assert np.mean(apparent) > 0.15


def test_a_unit_factor_multiplies_thresholds_and_leaves_the_rest(cohort, procedure) -> None:
    panel, _ = cohort()
    small, large = (
        propose(replace(panel, values=factor * panel.values), procedure).table
        for factor in (1.0, 1000.0)
    )
    for end in ("", "_ci_low", "_ci_high"):
        np.testing.assert_allclose(large[f"threshold{end}"], 1000 * small[f"threshold{end}"])
    pd.testing.assert_frame_equal(small[QUANTITIES], large[QUANTITIES])


def test_the_number_of_workers_changes_nothing(cohort, procedure) -> None:
    panel, routine = cohort()
    one, two = (propose(panel, procedure, routine=routine, jobs=jobs) for jobs in (1, 2))
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    pd.testing.assert_frame_equal(one.retest, two.retest, check_exact=True)


def test_another_seed_gives_another_bootstrap_of_the_same_rule(cohort, procedure) -> None:
    panel, _ = cohort()
    first, second = (propose(panel, procedure, seed=seed).table.iloc[0] for seed in (1, 2))
    assert first["rule_text"] == second["rule_text"]
    assert first["sensitivity"] != second["sensitivity"]


def test_a_declared_prevalence_moves_predictive_values_only(cohort, procedure) -> None:
    panel, _ = cohort()
    here = propose(panel, procedure).table.iloc[0]
    there = propose(panel, procedure, target_prevalence_frac=0.05).table.iloc[0]
    assert there["sensitivity"] == here["sensitivity"]
    assert there["prevalence_frac"] == 0.05
    assert np.isnan(there["prevalence_frac_ci_low"])
    assert there["ppv"] < here["ppv"]
    assert there["number_needed_to_screen"] > here["number_needed_to_screen"]
    assert "prevalence of 5%" in there["note"]


def test_published_rows_count_the_cases_who_meet_them(cohort, procedure) -> None:
    panel, routine = cohort()
    for kind in ("none", "discrete"):
        table = propose(panel, procedure, kind, routine=routine).table
        row = table[table["rule_text"] == "CRP > 3 mg/L"].iloc[0]
        cases = routine["crp"].to_numpy()[panel.in_groups(["MDD"])]
        controls = routine["crp"].to_numpy()[panel.in_groups(["HC"])]
        if kind == "none":
            assert row["prevalence_frac"] == pytest.approx((cases > 3).mean())
            assert np.isnan(row["sensitivity"])
        assert row["positive_frac"] == pytest.approx((cases > 3).mean())
        assert row["reference_positive_frac"] == pytest.approx((controls > 3).mean())
    everybody = table[table["rule_text"] == "everybody"].iloc[0]
    assert (everybody["sensitivity"], everybody["specificity"]) == (1.0, 0.0)
    assert everybody["ppv"] == pytest.approx(everybody["prevalence_frac"])


def test_a_continuum_gets_an_upper_tail_and_no_subtype_rule(cohort, procedure) -> None:
    panel, routine = cohort(shift=0.0)
    found = propose(panel, procedure, "continuum", routine=routine)
    row = found.table.iloc[0]
    assert "subtype" not in set(found.table["kind"])
    assert row["kind"] == "upper_tail"
    assert row["positive_frac"] == pytest.approx(0.25, abs=0.02)
    assert found.table[["sensitivity", "specificity", "ppv"]].isna().all(axis=None)
    low, high = row["threshold_given_marker_ci_low"], row["threshold_given_marker_ci_high"]
    assert low <= row["threshold"] <= high
    assert found.rules[0].markers[0] in procedure.members
    assert "no repeatability (ICC)" in row["note"]
    assert "No subtype rule is proposed" in found.sentence


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("none", "there is no subtype to enrol"),
        ("underpowered", "too few people to tell.* About 500 cases"),
        ("blocked", "cannot be told apart"),
    ],
)
def test_other_verdicts_get_no_rule(cohort, procedure, kind: str, words: str) -> None:
    panel, _ = cohort(n_case=30, n_reference=20)
    found = propose(panel, procedure, kind)
    assert list(found.table["rule_text"]) == ["everybody"]
    assert found.table.loc[0, "number_needed_to_screen"] == 1.0
    assert re.search(words, found.sentence)


def test_records_are_json_with_nulls(cohort, procedure) -> None:
    panel, routine = cohort(n_case=60)
    records = propose(panel, procedure, "continuum", routine=routine).records()
    text = json.dumps(records, allow_nan=False)
    assert json.loads(text)[0]["sensitivity"] is None
    assert records[0]["rule"]["clauses"][0]["operator"] == ">="


def test_only_the_named_markers_are_used(cohort, procedure) -> None:
    panel, routine = cohort()
    found = propose(panel, procedure, routine=routine, markers=["CCL11", "eosinophils"])
    assert found.rules[0].markers == ("CCL11",)
    assert set(found.rules[1].markers) == {"CCL11", "eosinophils"}
    assert found.rules[1].clauses[1].unit == "10^3/uL"


def test_people_are_drawn_whole(cohort, rng) -> None:
    panel, _ = cohort(n_case=40, n_reference=20)
    subject = pd.Series(np.arange(60) // 2, index=panel.sample_ids)
    visits = replace(panel, samples=panel.samples.assign(subject=subject))
    is_case = panel.in_groups(["MDD"])
    counts = np.bincount(draw_people(visits, is_case, rng), minlength=60)
    assert (counts[::2] == counts[1::2]).all()
    assert counts[is_case].sum() == 40
    once = np.bincount(draw_people(panel, is_case, rng), minlength=60)
    assert (once[::2] != once[1::2]).any()
    assert once[is_case].sum() == 40


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target_prevalence_frac": 1.2}, "target_prevalence_frac must lie between 0 and 1"),
        ({"upper_frac": 0.0}, "upper_frac must lie"),
        ({"max_markers": 4}, "max_markers must be 1, 2 or 3"),
        ({"resamples": 1}, "resamples at least 2"),
        ({"markers": ["CCL71"]}, "Did you mean 'CCL17'"),
    ],
)
def test_errors(cohort, procedure, options: dict, message: str) -> None:
    panel, _ = cohort(n_case=40, n_reference=20)
    with pytest.raises(InputError, match=message):
        propose(panel, procedure, **options)


def test_no_marker_measured_enough_means_no_rule_and_no_failure(cohort, procedure) -> None:
    panel, _ = cohort()
    last = str(panel.values.columns[-1])
    rare = replace(panel, below_lod=panel.below_lod.assign(**{last: True}))
    criteria = propose(rare, procedure, markers=[last])
    assert (criteria.table["kind"] != "subtype").all()
    assert "no marker that may be used is measured in enough cases" in criteria.sentence


def test_the_difference_from_everybody_has_the_interval_of_the_rule_itself(
    cohort, procedure
) -> None:
    panel, routine = cohort()
    found = propose(panel, procedure, routine=routine)
    row = found.table.iloc[0]
    from_all = found.differences.query("comparator == 'everybody'").groupby("quantity").first()
    for name, constant in (("sensitivity", 1), ("specificity", 0), ("positive_frac", 1)):
        for end in ("ci_low", "ci_high"):
            told = from_all.loc[name, f"difference_{end}"]
            assert told == pytest.approx(row[f"{name}_{end}"] - constant)
