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
    assert "randomised comparison" in page


def test_a_blocked_study_shows_why_and_proposes_nothing(fake_result):
    page = brief_html(fake_result("blocked"))
    assert "<strong>Why:</strong> Only 1 of 17 levels of visit_quarter" in page
    assert "Case status is aliased with visit_quarter" in page
    assert "No rule is proposed" in page
    assert "Screened for" not in page  # the head of the table of criteria


def test_published_criteria_are_for_comparison_only_where_nothing_is_proposed(fake_result):
    page = brief_html(fake_result("continuum"))
    assert "for comparison only" in page
    assert "CRP &gt; 3 mg/L" in page


def test_criteria_are_printed_with_their_price_and_intervals(fake_result):
    page = brief_html(fake_result("discrete"))
    assert "CCL17 ≥ 9.2 NPX" in page
    assert '29 %<span class="ci">22–36</span>' in page
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
