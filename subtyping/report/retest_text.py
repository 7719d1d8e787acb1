"""What a second sample would say of a proposed rule, in one plain line."""

import math
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.formats import DASH, number, percent, tenth

__all__ = ["named_markers", "refused_rules", "retest_line"]

SPAN = " (the span a published repeatability allows, not a 95% interval)"
MARKER = re.compile(r"(?:^| and | or )(?P<marker>[^<>≥≤]+?) (?:>=|<=|>|<|≥|≤) ")
ENDS = ("", "_2", "_3")


def named_markers(text: str) -> list[str]:
    """Return the markers of a rule in the order of its conditions.

    Examples
    --------
    >>> named_markers("CCL22 >= 9.97 NPX or IFN gamma < 8.7 NPX")
    ['CCL22', 'IFN gamma']
    >>> named_markers("everybody")
    []
    """
    return MARKER.findall(text)


def retest_line(row: Mapping[Any, Any]) -> str:
    """Return the line on re-test of one row of the criteria table.

    Parameters
    ----------
    row : mapping
        Columns of `subtyping.criteria.retest.retest_row` where there are any: grey zones and how
        many people lie in them, the share truly above, the share still positive, the rule of two
        samples, the reason why numbers are missing.

    Returns
    -------
    str
        Whom one sample does not settle, what a second one says, what two samples cost; blank
        where the row has none of these columns, as published rules have not.

    Examples
    --------
    >>> retest_line({
    ...     "rule_text": "CCL17 >= 10.1 NPX", "unit": "NPX",
    ...     "truly_above_frac": 0.64, "truly_above_frac_ci_low": 0.57,
    ...     "truly_above_frac_ci_high": 0.72, "retest_still_positive_frac": 0.53,
    ...     "retest_positive_frac": 0.27, "grey_low": 9.53, "grey_high": 11.08,
    ...     "grey_frac": 0.31, "grey_of_met_frac": 0.62,
    ... })
    'One sample does not settle CCL17 from 9.53 to 11.1 NPX: 31% of the cases, 62% of those who \
meet the rule; decide them by the mean of two. Measured again: 64% (57–72) of those who meet it \
once are among the highest 27% of people by their usual value; 53% meet it again in one more \
sample.'
    """
    reason = str(plain(row.get("retest_reason")) or "")
    truly, again = _share(row, "truly_above_frac"), _share(row, "retest_still_positive_frac")
    if truly == DASH:
        unknown = f"How it does when people are measured again is not known. {reason}"
        return unknown if reason else ""
    kinds = {row.get(f"icc_kind{end}") for end in ENDS}
    span = SPAN if kinds & {"range", "lower_bound"} else ""
    said = (
        f"Measured again: {truly}{span} of those who meet it once {_truly(row)}; {again} meet it "
        "again in one more sample."
    )
    return " ".join(part for part in (_grey(row), said, _both(row)) if part)


def _truly(row: Mapping[Any, Any]) -> str:
    """Return what it means to meet a rule by one's usual value: the same share of people."""
    share = plain(row.get("retest_positive_frac"))
    if share is None or len(named_markers(str(row["rule_text"]))) > 1:
        return "are among those who meet it by their usual values"
    end = "lowest" if "<" in str(row["rule_text"]) else "highest"
    return f"are among the {end} {percent(share)} of people by their usual value"


def _both(row: Mapping[Any, Any]) -> str:
    """Return what asking for two samples brings and costs."""
    truly = _share(row, "both_of_two_truly_above_frac")
    if truly == DASH:
        return ""
    told = [f"{truly} are"]
    screened = _span(row, "both_of_two_screened_per_enrolled", tenth)
    if screened != DASH:
        told.append(f"{screened} are screened for each enrolled")
    found = _share(row, "both_of_two_sensitivity")
    if found != DASH:
        told.append(f"{found} of the people wanted are found")
    return f"If both of two samples must meet it: {'; '.join(told)}."


def _share(row: Mapping[Any, Any], name: str) -> str:
    """Return a share with its interval, or what is known of it."""
    value, low, high = _limits(row, name)
    is_span = None not in (low, high) and high - low >= 0.005
    if value is not None:
        return f"{percent(value)} ({100 * low:.0f}–{100 * high:.0f})" if is_span else percent(value)
    if not is_span:
        return percent(low)
    return f"at least {percent(low)}" if high >= 0.995 else f"{percent(low)} to {percent(high)}"


def _span(row: Mapping[Any, Any], name: str, show: Any) -> str:
    """Return a count with its interval, or between what it lies."""
    value, low, high = _limits(row, name)
    ends = "" if None in (low, high) or show(low) == show(high) else f"{show(low)} to {show(high)}"
    if value is None:
        return ends or show(low)
    return f"{show(value)} ({ends})" if ends else str(show(value))


def _limits(row: Mapping[Any, Any], name: str) -> list[Any]:
    """Return an estimate and its limits, None where unknown."""
    return [plain(row.get(f"{name}{end}")) for end in ("", "_ci_low", "_ci_high")]


def _grey(row: Mapping[Any, Any]) -> str:
    """Return whom one sample does not settle, and how many they are."""
    zones = []
    for name, end in zip(named_markers(str(row["rule_text"])), ENDS, strict=False):
        low, high = (plain(row.get(f"grey_{side}{end}")) for side in ("low", "high"))
        if low is not None and high is not None and math.isfinite(high - low):
            unit = str(plain(row.get(f"unit{end}")) or "")
            gap = "" if unit.startswith("/") else " "
            zones.append(f"{name} from {number(low)} to {number(high)}{gap}{unit}".strip())
    if not zones:
        return ""
    shares = (
        (_share(row, "grey_frac"), "of the cases"),
        (_share(row, "grey_of_met_frac"), "of those who meet the rule"),
    )
    told = ", ".join(f"{share} {whom}" for share, whom in shares if share != DASH)
    who = f": {told}; decide them" if told else "; decide those in between"
    return f"One sample does not settle {' or '.join(zones)}{who} by the mean of two."


def refused_rules(criteria: Any) -> list[tuple[str, str]]:
    """Return the rules that were refused, each with its reason.

    Parameters
    ----------
    criteria : Criteria
        Its ``refused`` table, where it has one, holds ``rule_text`` and ``reason``.

    Returns
    -------
    list of (str, str)

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> table = pd.DataFrame({"rule_text": ["IL13 >= 1.4 NPX"], "reason": ["Near the LOD."]})
    >>> refused_rules(SimpleNamespace(refused=table))
    [('IL13 >= 1.4 NPX', 'Near the LOD.')]
    >>> refused_rules(SimpleNamespace())
    []
    """
    table = getattr(criteria, "refused", None)
    if table is None or not len(table) or "rule_text" not in table:
        return []
    reasons = table["reason"] if "reason" in table else pd.Series("", index=table.index)
    return [(str(text), str(plain(why) or "")) for text, why in zip(
        table["rule_text"], reasons, strict=True)]  # fmt: skip
