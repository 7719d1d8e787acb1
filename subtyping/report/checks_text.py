"""The checks as a terminal shows them."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from subtyping._validation import count_of

if TYPE_CHECKING:
    from subtyping.checks import CheckResult

__all__ = ["checks_in_reading_order", "checks_text", "counts_sentence"]

OUTCOMES = {"fires": "FIRES", "silent": "silent", "not_applicable": "n/a"}
NARROWEST = 60
HEADER = ("code", "outcome", "severity", "title and what was found")
WIDTHS = (7, 9, 10)


def checks_in_reading_order(results: "Sequence[CheckResult]") -> "list[CheckResult]":
    """Return issues that fire, tips that fire, muted checks, silent ones, then the others.

    Parameters
    ----------
    results : sequence of CheckResult

    Returns
    -------
    list of CheckResult
    """
    places = {"fires": 0, "silent": 3, "not_applicable": 4}

    def place(item: "CheckResult") -> tuple[int, str]:
        if item.is_muted:
            return 2, item.code
        return places[item.outcome] + int(item.is_firing and item.severity == "tip"), item.code

    return sorted(results, key=place)


def checks_text(results: "Sequence[CheckResult]", width: int = 100) -> str:
    """Return the checks as a table in text, what fires first, and the counts at the end.

    Parameters
    ----------
    results : sequence of CheckResult
    width : int, default 100
        Columns of the terminal; texts are wrapped to it. Under 60, 60 are used.

    Returns
    -------
    str

    Examples
    --------
    >>> from subtyping.checks import CheckResult
    >>> print(checks_text([CheckResult("ST013", "Names are unknown", "tip", "fires", "One is.")]))
    code   outcome  severity  title and what was found
    ST013  FIRES    tip       Names are unknown
                              One is.
    <BLANKLINE>
    0 issues and 1 tip fire; 0 muted, 0 silent, 0 not applicable.
    """
    columns = max(width, NARROWEST)
    lines = [_row(HEADER)]
    for item in checks_in_reading_order(results):
        outcome = "muted" if item.is_muted else OUTCOMES[item.outcome]
        indent = " " * sum(WIDTHS)
        title = textwrap.wrap(item.title, columns - len(indent)) or [""]
        lines.append(_row((item.code, outcome, item.severity, title[0])))
        lines += [indent + part for part in title[1:]]
        lines += [indent + part for part in textwrap.wrap(_said(item), columns - len(indent))]
    return "\n".join([*lines, "", counts_sentence(results)])


def counts_sentence(results: "Sequence[CheckResult]") -> str:
    """Return how many checks fire, are muted, are silent and are not applicable.

    Parameters
    ----------
    results : sequence of CheckResult

    Returns
    -------
    str
    """
    issues = sum(item.is_firing_issue for item in results)
    tips = sum(item.is_firing for item in results) - issues
    muted = sum(item.is_muted for item in results)
    silent, absent = (
        sum(item.outcome == outcome and not item.is_muted for item in results)
        for outcome in ("silent", "not_applicable")
    )
    return (
        f"{count_of(issues, 'issue')} and {count_of(tips, 'tip')} fire; {muted} muted, {silent} "
        f"silent, {absent} not applicable."
    )


def _row(cells: tuple[str, ...]) -> str:
    """Return one line of the table."""
    padded = [f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=False)]
    return ("".join(padded) + cells[len(WIDTHS)]).rstrip()


def _said(item: "CheckResult") -> str:
    """Return what stands under the title."""
    if not item.is_muted:
        return item.sentence
    found = f"Fires: {item.sentence}" if item.outcome == "fires" else item.sentence
    return f"{found} Muted: {item.muted_reason}"
