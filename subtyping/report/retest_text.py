"""What a second sample would say of a proposed rule, in one plain line."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.formats import DASH, number, percent

__all__ = ["refused_rules", "retest_line"]

TWO_GROUPS = (
    "These numbers take the values for one normal group: where there are two, more of those who "
    "meet the rule belong there and meet it again, and fewer need measuring again, than is said."
)


def retest_line(row: Mapping[Any, Any]) -> str:
    """Return the line on re-test of one row of the criteria table.

    Parameters
    ----------
    row : mapping
        Columns of `subtyping.criteria.retest.retest_row` where there are any: the share truly
        above, the share still positive, the rule of two samples, grey zones, the reason why
        numbers are missing.

    Returns
    -------
    str
        Blank where the row has none of these columns, as published rules have not.

    Examples
    --------
    >>> retest_line({
    ...     "rule_text": "CCL17 >= 10.1 NPX", "unit": "NPX",
    ...     "truly_above_frac": 0.64, "truly_above_frac_ci_low": 0.57,
    ...     "truly_above_frac_ci_high": 0.72, "retest_still_positive_frac": 0.53,
    ...     "retest_positive_frac": 0.27, "grey_low": 9.53, "grey_high": 11.08,
    ... })
    'Measured again: of those who meet it once, 64% (57–72) are among the highest 27% of people by \
their usual value and 53% meet it again in one more sample. Measure a second time between 9.53 and \
11.1 NPX.'
    """
    reason = str(plain(row.get("retest_reason")) or "")
    truly, again = _share(row, "truly_above_frac"), _share(row, "retest_still_positive_frac")
    if truly == DASH:
        return (
            f"How it does when people are measured again is not known. {reason}".strip()
            if (reason)
            else ""
        )
    said = (
        f"Measured again: of those who meet it once, {truly} {_truly(row)} and {again} meet it "
        "again in one more sample."
    )
    both, met = (
        _share(row, f"both_of_two_{name}") for name in ("truly_above_frac", "positive_frac")
    )
    if both != DASH:
        said += f" Asked for in both of two samples it is {both}, and {met} of the cases meet it."
    mean = _share(row, "mean_of_two_truly_above_frac")
    if mean != DASH:
        said += f" By the mean of two, cut so that as many meet it, {mean}."
    return said + _grey(row) + (f" {TWO_GROUPS}" if row.get("kind") == "subtype" else "")


def _truly(row: Mapping[Any, Any]) -> str:
    """Return what it means to meet a rule by one's usual value: the same share of people."""
    share = plain(row.get("retest_positive_frac"))
    if share is None or " and " in str(row["rule_text"]) or " or " in str(row["rule_text"]):
        return "are among those who meet it by their usual values"
    end = "lowest" if "<" in str(row["rule_text"]) else "highest"
    return f"are among the {end} {percent(share)} of people by their usual value"


def _share(row: Mapping[Any, Any], name: str) -> str:
    """Return a share with its interval, or what is known of it."""
    value, low, high = (plain(row.get(f"{name}{end}")) for end in ("", "_ci_low", "_ci_high"))
    is_span = None not in (low, high) and high - low >= 0.005
    if value is not None:
        return f"{percent(value)} ({100 * low:.0f}–{100 * high:.0f})" if is_span else percent(value)
    if not is_span:
        return percent(low)
    return f"at least {percent(low)}" if high >= 0.995 else f"{percent(low)} to {percent(high)}"


def _grey(row: Mapping[Any, Any]) -> str:
    """Return where a person should be measured a second time."""
    zones = []
    for end in ("", "_2", "_3"):
        low, high = (plain(row.get(f"grey_{side}{end}")) for side in ("low", "high"))
        if low is not None and high is not None and math.isfinite(high - low):
            unit = str(plain(row.get(f"unit{end}")) or "")
            zones.append(f"{number(low)} and {number(high)} {unit}".strip())
    kinds = {row.get(f"icc_kind{end}") for end in ("", "_2", "_3")}
    widest = " (at the widest)" if kinds & {"range", "lower_bound"} else ""
    told = f" Measure a second time between {', and between '.join(zones)}{widest}."
    return told if zones else ""


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
