"""The reporting checklists as the brief folds them away: what is answered, and what is open."""

from typing import Any

import pandas as pd

from subtyping.report.rules import typeset

__all__ = ["printed_items"]


def printed_items(items: pd.DataFrame | None) -> dict[str, Any]:
    """Return the items of TRIPOD+AI and REMARK as the brief prints them.

    Parameters
    ----------
    items : pandas.DataFrame or None
        From `subtyping.criteria.reporting_items`.

    Returns
    -------
    dict
        ``summary`` (one line with counts), ``filled`` (items with one text, topic of the
        first, text) and ``open`` (guideline and its open items). Empty
        where there are no items.

    Examples
    --------
    >>> from subtyping.criteria import reporting_items
    >>> found = printed_items(reporting_items({"question": "Is there one?"}))
    >>> found["summary"].partition(" (")[0]
    'Reporting checklists: 2 of 47 items this run says something to'
    >>> found["filled"]
    [('TRIPOD+AI 4, REMARK 1', 'Objectives', 'Is there one?')]
    """
    if items is None or items.empty:
        return {}
    is_filled = items["status"] == "filled"
    counts = [
        f"{guideline} {int(part.sum())} of {len(part)}"
        for guideline, part in is_filled.groupby(items["guideline"], sort=False)
    ]
    filled: dict[str, list[tuple[str, str]]] = {}
    for row in items[is_filled].to_dict("records"):
        name = f"{row['guideline']} {row['item']}"
        filled.setdefault(row["text"], []).append((name, row["topic"]))
    return {
        "summary": f"Reporting checklists: {int(is_filled.sum())} of {len(items)} items this "
        f"run says something to ({', '.join(counts)})",
        "filled": [
            (", ".join(name for name, _ in told), told[0][1], typeset(text))
            for text, told in filled.items()
        ],
        "open": [
            (str(guideline), "; ".join(f"{i} {topic}" for i, topic in zip(
                part["item"], part["topic"], strict=True)))
            for guideline, part in items[~is_filled].groupby("guideline", sort=False)
        ],
    }  # fmt: skip
