"""Overlap, differences, re-test and checklists as the brief tells them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from subtyping.axes import define_axes
from subtyping.cohorts import simulate_cohort
from subtyping.criteria import criteria_overlap, propose_criteria, reporting_items
from subtyping.discovery import LabellingProcedure
from subtyping.knowledge import published_criteria
from subtyping.report import brief_html, pictures, report_tables
from subtyping.report.differences import COMPARATORS, printed_differences
from subtyping.report.overlap import drawn_overlap, overlap_sentence
from subtyping.report.protocol_text import protocol_sentence
from subtyping.report.retest_text import refused_rules, retest_line

OWN = "CCL17 >= 9.2 NPX"
RETEST = {
    "unit": "NPX",
    "retest_positive_frac": 0.27,
    "truly_above_frac": 0.64,
    "retest_still_positive_frac": 0.53,
    "both_of_two_truly_above_frac": 0.84,
    "both_of_two_sensitivity": 0.44,
    "grey_low": 8.9,
    "grey_high": 10.1,
}
AGAIN = RETEST | {"rule_text": "CCL17 >= 9.2 NPX"}


def compared(result):
    """Return the result with overlap and differences of its rules."""
    texts = result.criteria.table["rule_text"].tolist()
    rng = np.random.default_rng(3)
    flags = [(rng.random(50) < 0.4).astype(float) for _ in texts]
    rows = [
        (OWN, other, name, 0.2, 0.1, 0.3)
        for other in ("CRP > 3 mg/L", "CRP > 1 mg/L")
        for name in ("sensitivity", "ppv")
    ]
    columns = ["rule_text", "comparator", "quantity", "difference", "difference_ci_low",
               "difference_ci_high"]  # fmt: skip
    criteria = replace(
        result.criteria,
        overlap=criteria_overlap(texts, flags),
        differences=pd.DataFrame(rows, columns=columns),
        peeling=pd.DataFrame({
            "step": [0, 1], "n_clauses": [0, 1], "support_frac": [1.0, 0.6],
            "coverage_frac": [1.0, 0.9], "purity_frac": [0.3, 0.5],
        }),
    )  # fmt: skip
    return replace(result, criteria=criteria)


def test_thresholds_of_one_marker_are_drawn_once_and_nobody_is_lost():
    texts = [OWN, "CRP > 3 mg/L", "CRP > 5 mg/L", "monocytes >= 500/uL", "everybody"]
    table = pd.DataFrame({"rule_text": texts, "kind": ["subtype", *["published"] * 4]})
    rng = np.random.default_rng(1)
    flags = [np.where(rng.random(80) < 0.1, np.nan, rng.random(80) < 0.5) for _ in texts]
    criteria = SimpleNamespace(table=table, overlap=criteria_overlap(texts, flags))
    drawn = drawn_overlap(criteria)
    assert list(dict.fromkeys(drawn["rule_text"])) == [texts[0], texts[1], texts[3]]
    assert drawn.drop_duplicates("combination")["n_case"].sum() == 80
    met = drawn[drawn["is_met"].fillna(value=False).astype(bool)]
    assert met.groupby("rule_text")["n_case"].sum()[OWN] == np.nansum(flags[0])
    both = int(np.nansum(flags[0] * flags[1]))
    judged = int((~np.isnan(flags[1][flags[0] == 1])).sum())
    whole = int(np.nansum(flags[0]))
    among = "" if judged == whole else f" of {judged} who can be judged by it"
    assert f"{both}{among} meet CRP > 3 mg/L too" in overlap_sentence(criteria)
    known = SimpleNamespace(table=table, overlap=criteria_overlap(texts, np.nan_to_num(flags)))
    assert "judged" not in overlap_sentence(known)


@pytest.mark.parametrize("kinds", [["published", "published"], ["subtype", "subtype"]])
def test_nothing_is_drawn_without_both_a_proposed_and_a_published_rule(kinds):
    texts = ["CRP > 3 mg/L", "CRP > 5 mg/L"]
    table = pd.DataFrame({"rule_text": texts, "kind": kinds})
    flags = [np.array([1.0, 0]), np.array([0.0, 0])]
    criteria = SimpleNamespace(table=table, overlap=criteria_overlap(texts, flags))
    assert drawn_overlap(criteria).empty
    assert overlap_sentence(criteria) == ""


def test_the_brief_shows_overlap_differences_and_the_path(fake_result):
    result = compared(fake_result("discrete"))
    names = [picture.name for picture in pictures(result)]
    assert {"criteria_overlap", "peeling"} <= set(names)
    path = report_tables(result)["criteria_peeling"]
    assert {"coverage_apparent_frac", "purity_apparent_frac"} < set(path)
    page = brief_html(result)
    assert "who meet CCL17 ≥ 9.2 NPX, " in page
    assert '<td>CRP &gt; 3 mg/L</td><td class="num">+20 <span class="grey">(10 to 30)' in page
    assert "CRP &gt; 1 mg/L</td>" not in page  # in the table of the run folder alone


def test_a_study_that_proposes_nothing_shows_none_of_it(fake_result):
    result = fake_result("none")
    assert not {"criteria_overlap", "peeling"} & {one.name for one in pictures(result)}
    assert printed_differences(result.criteria) == {"columns": [], "rules": []}
    assert "Refused" not in brief_html(result)


def test_unnamed_comparators_are_shown_where_no_named_one_is(fake_result):
    criteria = compared(fake_result("discrete")).criteria
    rows = criteria.differences.assign(comparator="IL6 > 2 pg/mL").iloc[:1]
    (rule,) = printed_differences(replace(criteria, differences=rows))["rules"]
    assert rule["rows"][0][0] == "IL6 > 2 pg/mL"
    assert rule["claim"] == "candidate"
    assert "IL6 > 2 pg/mL" not in COMPARATORS


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Measured again: 64% of those who meet it once are among the highest 27% of people"),
        ({}, "by their usual value; 53% meet it again in one more sample."),
        ({}, "If both of two samples must meet it: 84% are; 44% of the people wanted are found."),
        (
            {"both_of_two_screened_per_enrolled": 7.1},
            "84% are; 7.1 are screened for each enrolled; 44% of",
        ),
        (
            {"both_of_two_screened_per_enrolled": np.nan,
             "both_of_two_screened_per_enrolled_ci_low": 4.8,
             "both_of_two_screened_per_enrolled_ci_high": 6.7},
            "; 4.8 to 6.7 are screened for each enrolled;",
        ),
        (
            {},
            "CCL17 from 8.9 to 10.1 NPX; decide those in between by the mean of two. Measured",
        ),
        (
            {"grey_frac": 0.31, "grey_of_met_frac": 0.6},
            "10.1 NPX: 31% of the cases, 60% of those who meet the rule; decide them by the mean",
        ),
        (
            {"rule_text": "CCL17 >= 9.2 NPX or monocytes >= 500/uL", "grey_low_2": 400.0,
             "grey_high_2": 600.0, "unit_2": "/uL"},
            "settle CCL17 from 8.9 to 10.1 NPX or monocytes from 400 to 600/uL;",
        ),
        (
            {"icc_kind": "range"},
            "64% (the span a published repeatability allows, not a 95% interval) of those who",
        ),
        (
            {"truly_above_frac": np.nan, "truly_above_frac_ci_low": 0.6,
             "truly_above_frac_ci_high": 1.0},
            "at least 60% of those who meet it once are among",
        ),
        (
            {"truly_above_frac": np.nan, "truly_above_frac_ci_low": 0.5,
             "truly_above_frac_ci_high": 0.7},
            "50% to 70% of those who",
        ),
        ({"both_of_two_truly_above_frac": np.nan}, "meet it again in one more sample."),
        (
            {"truly_above_frac": np.nan, "retest_reason": "No ICC of CCL26 is known."},
            "is not known. No ICC of CCL26 is known.",
        ),
    ],
)  # fmt: skip
def test_a_rule_says_what_a_second_sample_would(changes, expected):
    assert expected in retest_line(AGAIN | changes)


def test_a_row_without_re_test_says_nothing():
    assert retest_line({"rule_text": OWN}) == ""


def test_re_test_and_mark_stand_under_the_proposed_rule(fake_result):
    result = fake_result("discrete")
    table = result.criteria.table.assign(
        **{k: v for k, v in AGAIN.items() if k != "rule_text"},
        portability_mark="not portable: needs bridging",
    )
    page = brief_html(replace(result, criteria=replace(result.criteria, table=table)))
    assert page.count('<span class="again">One sample') == 2  # published rules have none
    assert page.count("was up to 19 points too low") == 1  # for all rules, in the caption
    assert page.count("to be set again on an absolute assay or after bridging") == 1
    assert page.count(">not portable</span>") == 2


def test_refused_rules_are_listed_once(fake_result):
    result = fake_result("discrete")
    refused = pd.DataFrame({"rule_text": ["IL13 >= 1.4 NPX"], "reason": ["Near its LOD."]})
    criteria = SimpleNamespace(**vars(result.criteria) | {"refused": refused})
    assert refused_rules(criteria) == [("IL13 >= 1.4 NPX", "Near its LOD.")]
    page = brief_html(replace(result, criteria=criteria))
    assert "IL13 ≥ 1.4 NPX</span>: Near its LOD." in page
    criteria.sentence += " IL13 >= 1.4 NPX was refused. Near its LOD."
    assert "<h3>Refused</h3>" not in brief_html(replace(result, criteria=criteria))


def test_checklists_are_folded_away_with_their_counts(fake_result):
    items = reporting_items({"question": "Is there one?"})
    result = replace(fake_result("none"), reporting=items)
    page = brief_html(result)
    assert "2 of 47 items this run says something to (TRIPOD+AI 1 of 27, REMARK 1 of 20)" in page
    assert "TRIPOD+AI 4, REMARK 1</th>" in page
    assert "<strong>Open, REMARK:</strong> 2 Patients" in page
    assert report_tables(result)["reporting_items"] is items
    assert "Reporting checklists" not in brief_html(fake_result("none"))


def test_a_declared_prevalence_is_called_so(fake_result):
    result = fake_result("discrete")
    spec = {**result.spec, "criteria": {"target_prevalence_frac": 0.1}}
    assert "10% are taken to have it, as declared" in brief_html(replace(result, spec=spec))


def test_every_row_says_what_it_aims_at_what_it_claims_and_its_category():
    panel = simulate_cohort("th2_subtype", seed=3, n_case=60, n_reference=40).panel
    procedure = LabellingProcedure(("MDD",), ("HC",), define_axes("Th2"))
    verdict = SimpleNamespace(kind="none", axis="Th2", n_needed=None)
    found = propose_criteria(
        panel, procedure, procedure.fit(panel), verdict, published=published_criteria(),
        routine=panel.samples[["crp_mg_l"]].set_axis(["crp"], axis=1),
    )  # fmt: skip
    assert len(found.table) > 2
    for row in found.records():
        assert row["target_condition"].strip(), row["rule_text"]
        assert row["claim"] == "candidate"
        assert row["best_category"].strip()


def test_every_table_of_rules_says_what_each_may_claim(fake_result):
    result = compared(fake_result("discrete"))
    tables = report_tables(result)
    claims = result.criteria.table.set_index("rule_text")["claim"]
    for name in ("criteria_overlap", "criteria_differences"):
        table = tables[name]
        assert table.columns[-1] == "claim"
        assert (table["claim"] == table["rule_text"].map(claims)).all()
        assert table["claim"].isin(["candidate", "replicated", "prognostic", "predictive"]).all()


def test_the_protocol_names_what_was_measured_in(fake_result):
    table = fake_result("discrete").criteria.table
    rule = '{"clauses": [{"marker": "CCL17", "source": "panel"}]}'
    table = table.assign(rule=rule)
    assert "in one serum sample (platform not stated)" in protocol_sentence(table, "serum")
    assert "in one sample (platform not stated)" in protocol_sentence(table)
