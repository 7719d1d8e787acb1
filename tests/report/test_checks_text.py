"""The checks in a terminal, in the brief and as a table."""

from dataclasses import replace

import pytest

from subtyping.checks import CheckResult
from subtyping.report import brief_html, checks_in_reading_order, checks_table, checks_text

RESULTS = (
    CheckResult("ST001", "Silent one", "issue", "silent", "Nothing."),
    CheckResult("ST002", "Tip", "tip", "fires", "A tip of several words that has to be wrapped."),
    CheckResult("ST003", "Muted issue", "issue", "fires", "Something.", "log kept"),
    CheckResult("ST004", "Issue", "issue", "fires", "Bad."),
    CheckResult("ST005", "Absent", "tip", "not_applicable", "Needs more."),
)


def test_issues_come_first_and_what_cannot_be_asked_last() -> None:
    order = [item.code for item in checks_in_reading_order(RESULTS)]
    assert order == ["ST004", "ST002", "ST003", "ST001", "ST005"]


def test_counts_leave_the_muted_out() -> None:
    said = checks_text(RESULTS)
    assert said.endswith("1 issue and 1 tip fire; 1 muted, 1 silent, 1 not applicable.")
    assert "Fires: Something. Muted: log kept" in said


@pytest.mark.parametrize("width", [60, 72, 100])
def test_no_line_is_wider_than_the_terminal(width) -> None:
    assert max(map(len, checks_text(RESULTS, width).splitlines())) <= width


def test_the_table_keeps_the_outcome_beside_the_reason() -> None:
    row = checks_table(RESULTS).iloc[2]
    assert (row["outcome"], row["muted_reason"]) == ("fires", "log kept")


def test_the_brief_shows_muted_checks_apart(fake_result) -> None:
    result = fake_result("blocked")
    reason = "described <only>"
    checks = (replace(result.checks[0], muted_reason=reason), *result.checks[1:])
    page = brief_html(replace(result, checks=checks))
    assert "Muted, with the reason given" in page
    assert "It fires: Only 1 of 17 quarters holds both groups." in page
    assert "described &lt;only&gt;" in page
    assert "No inference possible" in page  # muting ST001 unblocks nothing
    fired = page.split("Checks that fired")[1].split("Muted, with the reason given")[0]
    assert "ST001" not in fired
    assert "Muted" not in brief_html(result)
