"""What the brief prints of the criteria."""

import pandas as pd
import pytest

from subtyping.report.rules import distinct_criteria, printed_criteria


def rules(*rows):
    """Return a criteria table from text, kind and the share of cases who meet the rule."""
    table = pd.DataFrame(rows, columns=["rule_text", "kind", "positive_frac"])
    return table.assign(
        claim="candidate", target_condition="membership", prevalence_frac=0.25, sensitivity=0.5,
        note=[f"Published: source {k}." for k in range(len(table))],
    )  # fmt: skip


def test_rules_that_differ_in_the_sign_only_are_one_row_with_both_sources():
    table = rules(("CRP > 3 mg/L", "published", 0.3), ("CRP >= 3 mg/L", "published", 0.3))
    found = distinct_criteria(table)
    assert found["rule_text"].tolist() == ["CRP > or >= 3 mg/L"]
    assert found["note"].tolist() == ["Source 0. Source 1."]


def test_rules_that_differ_in_numbers_stay_apart():
    table = rules(("CRP > 3 mg/L", "published", 0.29), ("CRP >= 3 mg/L", "published", 0.3))
    assert len(distinct_criteria(table)) == 2


def test_proposed_rules_come_first_then_markers_by_threshold_then_everybody():
    table = rules(
        ("everybody", "published", 1.0),
        ("CRP > 5 mg/L", "published", 0.1),
        ("monocytes >= 500/uL", "published", 0.4),
        ("CCL17 >= 9 NPX", "subtype", 0.3),
        ("CRP > 1 mg/L", "published", 0.6),
        ("CCL11 >= 8 NPX", "subtype", 0.3),
    )
    assert distinct_criteria(table)["rule_text"].tolist() == [
        "CCL17 >= 9 NPX", "CCL11 >= 8 NPX", "CRP > 1 mg/L", "CRP > 5 mg/L",
        "monocytes >= 500/uL", "everybody",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("is_proposed", "columns"),
    [
        (True, ["Meet the rule", "Sensitivity", "Screened for one enrolled"]),
        (False, ["Cases who meet it", "Screened for one enrolled"]),
    ],
)
def test_a_column_that_says_nothing_is_not_printed(is_proposed, columns):
    table = rules(("CRP > 3 mg/L", "published", 0.3)).assign(number_needed_to_screen=3.349)
    found = printed_criteria(table, is_proposed=is_proposed)
    assert found["columns"] == columns
    assert found["target_share"] == ("25% of the cases have it" if is_proposed else "")
    assert found["rules"][0]["cells"][-1] == ("3.3", "")
    assert found["rules"][0]["claim"] == ""


def test_both_thresholds_of_a_rule_of_two_are_told():
    table = rules(("A >= 1 NPX or B >= 2 NPX", "subtype", 0.3)).assign(
        threshold_ci_low=0.9, threshold_ci_high=1.1, threshold_2_ci_low=1.8, threshold_2_ci_high=2.2
    )
    (rule,) = printed_criteria(table, is_proposed=True)["rules"]
    assert rule["threshold"] == (
        "The best thresholds lie between 0.9 and 1.1 (A) and between 1.8 and 2.2 (B) (how often "
        "these ranges hold is not known)."
    )


@pytest.mark.parametrize(
    ("name", "kind", "begun"),
    [
        ("threshold_given_marker", "subtype", "If A is kept as the marker, its best threshold"),
        ("threshold_given_marker", "upper_tail", "If A is kept as the marker, its threshold"),
        ("threshold", "subtype", "The best threshold"),
    ],
)
def test_the_threshold_of_one_marker_has_an_interval(name, kind, begun):
    row = {f"{name}_ci_low": 0.9, f"{name}_ci_high": 1.1}
    table = rules(("A >= 1 NPX", kind, 0.3)).assign(**row)
    (rule,) = printed_criteria(table, is_proposed=True)["rules"]
    assert rule["threshold"] == f"{begun} lies between 0.9 and 1.1 (95% interval)."


def test_proposed_rules_show_their_claim_and_their_best_category():
    table = rules(
        ("A >= 1 NPX", "subtype", 0.3), ("CRP > 3 mg/L", "published", 0.3),
        ("everybody", "published", 1.0),
    ).assign(best_category=["diagnostic: found", "as published", "as published"])  # fmt: skip
    proposed, published, everybody = printed_criteria(table, is_proposed=True)["rules"]
    assert (proposed["claim"], published["claim"], everybody["claim"]) == (
        "candidate", "", "",
    )  # fmt: skip
    assert (proposed["best"], published["best"]) == ("diagnostic: found", "")


def test_the_share_of_an_upper_tail_is_no_prevalence():
    table = rules(("A >= 1 NPX", "upper_tail", 0.3), ("CRP > 3 mg/L", "published", 0.3))
    table.loc[0, "target_condition"] = "upper 25%"
    assert "Have the target" not in printed_criteria(table, is_proposed=True)["columns"]
    table["kind"] = ["subtype", "published"]
    assert "Have the target" in printed_criteria(table, is_proposed=True)["columns"]
