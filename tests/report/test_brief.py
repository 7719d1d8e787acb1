"""The page for trial planners."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from subtyping.report import brief_html, write_report
from subtyping.report.wording import VERDICTS

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Outline(HTMLParser):
    """Collect ids, headings and unbalanced tags."""

    def __init__(self) -> None:
        super().__init__()
        self.ids, self.open, self.headings, self.wrong = [], [], [], []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th" and "scope" not in attributes:
            self.wrong.append("th without scope")
        if tag in {"script", "link", "img", "iframe"}:
            self.wrong.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):  # noqa: ARG002
        if "id" in dict(attrs):
            self.ids.append(dict(attrs)["id"])

    def handle_endtag(self, tag):
        if self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


@pytest.fixture(scope="module", params=["discrete", "blocked"])
def page(request, fake_result, tmp_path_factory):
    folder = write_report(fake_result(request.param), tmp_path_factory.mktemp(request.param))
    return (folder / "brief.html").read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_needs_nothing_else(page):
    outline = Outline()
    outline.feed(page)
    assert outline.wrong == []
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.headings[0] == 1
    assert max(b - a for a, b in zip(outline.headings, outline.headings[1:], strict=False)) <= 1
    assert '<html lang="en">' in page
    assert len(page.encode()) < 1_000_000
    outside = set(re.findall(r"https?://[^\s\"'<)]+", page))
    assert outside <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.mark.parametrize("kind", list(VERDICTS))
def test_every_verdict_says_what_it_means_and_what_it_does_not(fake_result, kind):
    result = fake_result(kind)
    page = brief_html(result)
    assert f"<title>{result.question}</title>" in page
    assert VERDICTS[kind].badge in page
    assert VERDICTS[kind].does_not_mean.format(axis="Th2").split(".")[0] in page
    assert "What to do next." in page
    assert VERDICTS[kind].heading in page
    assert "randomised comparison" in page


def test_a_blocked_study_shows_why_and_proposes_nothing(fake_result):
    page = brief_html(fake_result("blocked"))
    assert "<strong>Why:</strong> Only 1 of 17 levels of visit_quarter" in page
    assert "Case status is aliased with visit_quarter" in page
    assert "No rule is proposed" in page
    assert "Screened for" not in page  # the head of the table of criteria
    assert "<strong>visit_quarter</strong><span>goes along with being a case</span>" in page


def test_published_criteria_are_for_comparison_only_where_nothing_is_proposed(fake_result):
    page = brief_html(fake_result("continuum"))
    assert "for comparison only" in page
    assert "CRP &gt; 3 mg/L" in page


def test_criteria_are_printed_with_their_price_and_intervals(fake_result):
    page = brief_html(fake_result("discrete"))
    assert "CCL17 ≥ 9.2 NPX" in page
    assert '29%<span class="ci">22–36</span>' in page
    assert (
        "27% (19–36, as the verdict says; criteria.csv holds 20–34 from the criteria&#39;s own "
        "resamples) of the cases have it"
    ) in page
    assert "As a protocol would write it: CCL17 ≥ 9.2 NPX in one sample" in page
    assert "they were not made for this group" in page
    assert "one true member" not in page  # without the column


def test_an_equal_interval_of_the_prevalence_is_said_once(fake_result):
    result = fake_result("discrete")
    table = result.criteria.table.assign(prevalence_frac_ci_low=0.19, prevalence_frac_ci_high=0.36)
    page = brief_html(replace(result, criteria=replace(result.criteria, table=table)))
    assert "27% (19–36, as the verdict says) of the cases have it" in page


def test_people_screened_for_one_true_member_are_a_column_of_their_own(fake_result):
    result = fake_result("discrete")
    table = result.criteria.table.assign(screened_per_member=4.21)
    page = brief_html(replace(result, criteria=replace(result.criteria, table=table)))
    assert "Screened for one true member</th>" in page
    assert '<td class="num">4.2</td>' in page
    assert "counts only members (1 / (prevalence × sensitivity))" in page
    assert '3.4<span class="ci">2.6–4.2</span>' in page


def test_undetected_members_are_named(fake_result):
    page = brief_html(fake_result("discrete"))
    assert "Not used for it: IL4 (below detection), IL13 (below detection)." in page


def test_text_from_outside_is_escaped(fake_result):
    result = fake_result("discrete")
    hostile = "<script>alert(1)</script>"
    groups = result.groups.assign(group=[hostile, "HC", "AD"])
    page = brief_html(replace(result, question=hostile, groups=groups))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_why_is_said_once(fake_result):
    result = fake_result("blocked")
    result.verdict.sentence = f"No inference is possible. {result.design.sentence}"
    assert "<strong>Why:</strong>" not in brief_html(result)


def test_published_rules_without_a_target_tell_only_who_meets_them(fake_result):
    result = fake_result("continuum")
    table = result.criteria.table.assign(
        sensitivity=float("nan"), reference_positive_frac=0.2, specificity=float("nan")
    )
    page = brief_html(replace(result, criteria=replace(result.criteria, table=table)))
    assert "Reference people who do" in page
    assert ">Sensitivity<" not in page
    assert "Target:" not in page


def test_reasons_and_technical_lines_read_as_sentences(fake_result):
    result = fake_result("discrete")
    members = result.axis_scores.members.copy()
    members.loc[4, "reason"] = "is detected in 19% of cases, 7% of reference"
    result.axis_scores.members = members
    evidence = result.verdict.evidence.head(1).assign(
        line="technical: plate", statistic="share of membership explained", value=0.031,
        ci_low=float("nan"), ci_high=float("nan"),
        sentence="plate explains 3% of who is in the upper group.",
    )  # fmt: skip
    result.verdict.evidence = evidence
    spec = {**result.spec, "cohort": {"columns": {"batch": "panel:PlateID"}}}
    page = brief_html(replace(result, spec=spec))
    assert "IL13 (detected in 19% of cases, 7% of reference people)" in page
    assert "Does PlateID explain it?" in page
    assert "PlateID explains 3% of who is in the upper group." in page
    assert '<td class="num">3%' in page


def test_biology_that_explains_next_to_nothing_is_told_in_one_line(fake_result):
    result = fake_result("discrete")
    line = result.verdict.evidence.head(1)
    rows = [
        line.assign(line=f"biological: {name}", value=share, sentence=f"{name} explains some.")
        for name, share in (("bmi", 0.01), ("sex", 0.0), ("atopy", 0.1))
    ]
    result.verdict.evidence = pd.concat([line, *rows])
    page = brief_html(result)
    assert "less than 5% of who is in the upper group: BMI, sex." in page
    assert "Does atopy go along with it?" in page
    assert "Atopy explains some." in page


def test_simulated_people_are_called_so(fake_result):
    result = fake_result("discrete")
    assert "Simulated people." not in brief_html(result)
    reading = replace(result.reading, format="simulated")
    assert "Simulated people." in brief_html(replace(result, reading=reading))


def test_enrolling_everybody_alone_is_no_table(fake_result):
    result = fake_result("continuum")
    alone = result.criteria.table.head(1).assign(rule_text="everybody")
    result = replace(result, criteria=replace(result.criteria, table=alone))
    assert "Screened for" not in brief_html(result)


def test_only_checks_that_fired_are_listed_issues_first(fake_result):
    page = brief_html(fake_result("blocked"))
    assert page.index("ST001") < page.index("ST004")
    assert "ST005" not in page


def test_a_study_without_anything_optional_still_has_a_page(fake_result):
    result = fake_result("none")
    bare = replace(
        result,
        prediction=None,
        differential=None,
        embedding=None,
        handling=None,
        skew_fit=None,
        sample_groups=None,
        checks=(),
        metrics=result.metrics.iloc[:0],
        prepared_detection=result.prepared_detection.iloc[:0],
    )
    bare.verdict.evidence = pd.DataFrame(columns=result.verdict.evidence.columns)
    page = brief_html(bare)
    assert "None was drawn up." in page
    assert "<p>None.</p>" in page
