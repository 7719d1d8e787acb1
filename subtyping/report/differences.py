"""Proposed rules less published ones on the same people, as a compact table."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.formats import DASH
from subtyping.report.rules import EVERYBODY, typeset

if TYPE_CHECKING:
    from subtyping.criteria import Criteria

__all__ = ["COMPARATORS", "printed_differences"]

COMPARATORS = (
    "CRP > 3 mg/L",
    "CRP >= 2 mg/L",
    "CRP > 5 mg/L",
    "eosinophils >= 300/uL",
    "monocytes >= 500/uL",
    EVERYBODY,
)
"""Criteria every proposed rule is held against, as far as these people can be judged by them."""

QUANTITIES = {
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "positive_frac": "Meet the rule",
}


def printed_differences(criteria: "Criteria") -> dict[str, Any]:
    """Return the table of paired differences as the brief prints it.

    Parameters
    ----------
    criteria : Criteria
        Its ``differences`` holds ``rule_text, comparator, quantity, difference`` with
        ``difference_ci_low`` and ``difference_ci_high``.

    Returns
    -------
    dict
        ``columns`` (headings) and ``rules``: for each proposed rule its ``text``, ``claim`` and
        ``rows`` of comparator and one ``(text, interval)`` in points per hundred a column. No
        rules where nothing was compared.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = {"rule_text": "CCL17 >= 9 NPX", "comparator": "CRP > 3 mg/L", "difference": 0.678,
    ...        "quantity": "sensitivity", "difference_ci_low": 0.58, "difference_ci_high": 0.78}
    >>> table = pd.DataFrame({"rule_text": ["CCL17 >= 9 NPX"], "claim": ["candidate"]})
    >>> found = printed_differences(
    ...     SimpleNamespace(table=table, differences=pd.DataFrame([row])))
    >>> found["rules"][0]["rows"]
    [('CRP > 3 mg/L', [('+68', '58 to 78')])]
    """
    table = criteria.differences
    if table.empty:
        return {"columns": [], "rules": []}
    names = [name for name in QUANTITIES if (table["quantity"] == name).any()]
    found = [text for text in COMPARATORS if (table["comparator"] == text).any()]
    others = found or list(dict.fromkeys(table["comparator"]))
    by_cell = table.set_index(["rule_text", "comparator", "quantity"])
    claims = dict(zip(criteria.table["rule_text"], criteria.table["claim"], strict=True))
    rules = [
        {
            "text": typeset(str(text)),
            "claim": str(claims.get(text, "")),
            "rows": [
                (
                    other if other == EVERYBODY else typeset(str(other)),
                    [_points(by_cell.loc[(text, other, name)]) for name in names],
                )
                for other in others
            ],
        }
        for text in dict.fromkeys(table["rule_text"])
    ]
    return {"columns": [QUANTITIES[name] for name in names], "rules": rules}


def _points(cell: pd.Series) -> tuple[str, str]:
    """Return a difference and its interval in points per hundred."""
    value, low, high = (plain(cell[f"difference{end}"]) for end in ("", "_ci_low", "_ci_high"))
    if value is None:
        return DASH, ""
    span = "" if None in (low, high) else f"{_whole(low)} to {_whole(high)}"
    return f"{'+' if value > 0 else ''}{_whole(value)}", span


def _whole(share: float) -> str:
    """Return a share in whole points, with the sign of mathematics."""
    return f"{round(100 * share):d}".replace("-", "−")
