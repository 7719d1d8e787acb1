"""Every check has a page, and the index lists the registry."""

import re
import runpy
from pathlib import Path

import pytest

from subtyping.checks import CHECKS

SECTIONS = [
    "What it looks at",
    "Rule and its limits",
    "Why it matters",
    "How to mend",
    "How to mute",
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_has_a_page_with_five_sections(check, repository: Path) -> None:
    text = (repository / "docs" / "checks" / f"{check.code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {check.code}: {check.title}\n")
    assert f"Severity: {check.severity}. Looks at: {check.looks_at}" in text
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    for part in text.split("## ")[1:]:
        assert len(part.split("\n", 1)[1].strip()) > 25
    assert f"    {check.code}: " in text


def test_the_index_lists_the_registry(repository: Path) -> None:
    script = runpy.run_path(str(repository / "experiments" / "benchmarks" / "checks.py"))
    text = (repository / "docs" / "checks" / "index.md").read_text(encoding="utf-8")
    table = text.split("<!-- checks: begin -->\n")[1].split("\n<!-- checks: end -->")[0]
    assert table.splitlines() == script["index_rows"]()


def test_no_page_is_left_over(repository: Path) -> None:
    pages = {path.stem for path in (repository / "docs" / "checks").glob("ST*.md")}
    assert pages == {check.code for check in CHECKS}


def test_links_between_pages_lead_somewhere(repository: Path) -> None:
    folder = repository / "docs" / "checks"
    for page in folder.glob("*.md"):
        for target in re.findall(r"\]\((ST\d+\.md|index\.md)\)", page.read_text(encoding="utf-8")):
            assert (folder / target).is_file(), f"{page.name} links to {target}"


def test_the_published_rates_keep_the_promise(repository: Path) -> None:
    text = (repository / "docs" / "checks" / "index.md").read_text(encoding="utf-8")
    table = text.split("<!-- rates: begin -->\n")[1].split("\n<!-- rates: end -->")[0]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    assert len(rows) >= 18
    for code, *clean, _, seen in rows:
        assert max(map(float, clean)) <= 0.05, code  # "more than 5 of 100" in the page
        assert float(seen) >= 0.8, code
