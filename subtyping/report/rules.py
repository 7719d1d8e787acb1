"""The criteria as a reader needs them: equal published ones joined, telling columns only."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.formats import number, tenth, with_interval
from subtyping.report.retest_text import named_markers, retest_line
from subtyping.report.wording import CLAIMS, KINDS_OF_RULE

__all__ = ["distinct_criteria", "printed_criteria", "typeset"]

EVERYBODY = "everybody"
PUBLISHED = re.compile(
    r"(?P<marker>.+) (?P<sign>>=|>|<=|<) (?P<threshold>[\d.]+)(?P<unit>.*)", flags=re.DOTALL
)
SHARES = {
    "prevalence_frac": "Have the target",
    "positive_frac": "Meet the rule",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "Predictive value (PPV)",
}
MET_BY = {
    "positive_frac": "Cases who meet it",
    "reference_positive_frac": "Reference people who do",
}
SCREENED = {
    "number_needed_to_screen": "Screened for one enrolled",
    "screened_per_member": "Screened for one true member",
}


def distinct_criteria(table: pd.DataFrame) -> pd.DataFrame:
    """Return the criteria without published ones that these people cannot tell apart.

    Published rules that differ in ``>`` and ``>=`` only and have the same numbers become one row
    (``CRP > or >= 3 mg/L``) with both sources. Proposed rules keep their order and come first,
    published ones follow by marker and threshold, and enrolling everybody comes last.

    Parameters
    ----------
    table : pandas.DataFrame
        Criteria table: ``rule_text, kind, positive_frac`` and, where given, ``note``.

    Returns
    -------
    pandas.DataFrame
        The same columns.

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "rule_text": ["CRP > 5 mg/L", "CRP >= 3 mg/L", "CRP > 3 mg/L"], "kind": "published",
    ...     "positive_frac": [0.1, 0.3, 0.3], "note": ["Published: a.", "Published: b.", "c."]})
    >>> distinct_criteria(table)[["rule_text", "note"]].to_numpy().tolist()
    [['CRP > or >= 3 mg/L', 'B. C.'], ['CRP > 5 mg/L', 'A.']]
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    markers: dict[str, int] = {}
    order: dict[tuple[Any, ...], tuple[int, int, float, int]] = {}
    for k, row in enumerate(table.to_dict("records")):
        text = str(row["rule_text"])
        found = PUBLISHED.fullmatch(text)
        if row["kind"] != "published" or found is None:
            key: tuple[Any, ...] = (k,)
            order[key] = (2 if text == EVERYBODY else int(row["kind"] == "published"), 0, 0.0, k)
        else:
            value = float(found["threshold"])
            place = markers.setdefault(found["marker"], len(markers))
            key = (found["marker"], found["sign"][0], value, found["unit"], row["positive_frac"])
            order.setdefault(key, (1, place, value, k))
        groups.setdefault(key, []).append(row)
    rows = [_joined(groups[key]) for key in sorted(groups, key=order.__getitem__)]
    return pd.DataFrame(rows, columns=table.columns)


def _joined(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return one row for rules with equal numbers, with every sign and every source."""
    notes = [row["note"] for row in rows if isinstance(row.get("note"), str)]
    joined = dict(rows[0])
    if rows[0]["kind"] == "published" and "note" in joined:
        joined["note"] = " ".join(_sentence(note.removeprefix("Published: ")) for note in notes)
    found = [PUBLISHED.fullmatch(str(row["rule_text"])) for row in rows]
    signs = sorted({one["sign"] for one in found if one is not None})
    first = found[0]
    if len(signs) > 1 and first is not None:
        marker, threshold, unit = first["marker"], first["threshold"], first["unit"]
        joined["rule_text"] = f"{marker} {' or '.join(signs)} {threshold}{unit}"
    return joined


def _sentence(text: str) -> str:
    """Return the text with a capital at its start."""
    return text[:1].upper() + text[1:]


def printed_criteria(table: pd.DataFrame, *, is_proposed: bool, share: str = "") -> dict[str, Any]:
    """Return what the brief prints of the criteria.

    Parameters
    ----------
    table : pandas.DataFrame
        Criteria table.
    is_proposed : bool
        Whether any rule was chosen on these people; without one, rules have no target, and only
        who meets them is told.
    share : str
        How many have the target, where it is known better than from the table.

    Returns
    -------
    dict
        ``columns`` (headings), ``rules`` (clauses, kind, claim, BEST category, notes, re-test and
        one ``(text, interval)`` per column), ``target`` (what every rule aims at, or nothing where
        they differ), ``target_share``, and which words the caption needs: ``has_members`` (a
        column counts true members), ``is_diagnostic`` and ``is_again`` (a rule for a subtype has
        that BEST category, or numbers on re-test).
    """
    if (table["rule_text"] == EVERYBODY).all():  # a yardstick only beside others
        nothing = {"columns": [], "rules": [], "target": "", "target_share": ""}
        return nothing | _words([], has_members=False)
    table = distinct_criteria(table)
    is_known = table["sensitivity"].notna().any()
    names = dict(SHARES if is_proposed and is_known else MET_BY)
    target, told = _shared(table["target_condition"]), ""
    if "prevalence_frac" in names and target and len(set(table["prevalence_frac"])) == 1:
        text, span = with_interval(table.iloc[0].to_dict(), "prevalence_frac", is_share=True)
        told = share or f"{text} ({span}) of the cases have it".replace(" ()", "")
        del names["prevalence_frac"]
    elif "subtype" not in set(table["kind"]):
        names.pop("prevalence_frac", None)  # the share above a cut is no prevalence of a condition
    names = {name: title for name, title in names.items() if name in table}
    screened = dict(SCREENED)
    is_counted = "screened_per_member" in table and table["screened_per_member"].notna().any()
    if not (is_counted and "sensitivity" in names):
        del screened["screened_per_member"]
    rules = [_rule(row, list(names), list(screened), target) for row in table.to_dict("records")]
    return {
        "columns": [*names.values(), *screened.values()],
        "rules": rules,
        "target": target if is_known else "",
        "target_share": told,
    } | _words(rules, has_members="screened_per_member" in screened)


def _words(rules: list[dict[str, Any]], *, has_members: bool) -> dict[str, bool]:
    """Return which words the caption needs for these rules."""
    own = [rule for rule in rules if rule["kind"] == "subtype"]
    return {
        "has_members": has_members,
        "is_diagnostic": any(rule["best"].startswith("diagnostic") for rule in own),
        "is_again": any("Measured again:" in rule["retest"] for rule in own),
    }


def _shared(targets: pd.Series) -> str:
    """Return the condition that every criterion aims at, or nothing where they differ."""
    known = targets.dropna().astype(str).unique()
    return str(known[0]) if len(known) == 1 else ""


def typeset(text: str) -> str:
    """Return a rule with the signs a reader expects.

    Examples
    --------
    >>> typeset("monocytes >= 500/uL")
    'monocytes ≥ 500/µL'
    """
    return text.replace(">=", "≥").replace("<=", "≤").replace("/uL", "/µL")


def _rule(
    row: Mapping[Any, Any], names: list[str], screened: list[str], target: str
) -> dict[str, Any]:
    """Return one criterion as the table prints it."""
    kind, text = str(row.get("kind", "")), str(row["rule_text"])
    is_everybody = text == EVERYBODY
    cells = [with_interval(row, name, is_share=True) for name in names]
    cells += [with_interval(row, name, show=tenth) for name in screened]
    is_own = kind != "published"
    claim = str(row.get("claim", "")) if is_own else ""
    own = plain(row.get("target_condition")) or ""
    note = row.get("note")
    return {
        "clauses": ["Everybody"] if is_everybody else _clauses(text),
        "kind": "for scale" if is_everybody else kind.replace("_", " "),
        "claim": claim,
        "claim_text": CLAIMS.get(claim, ""),
        "best": str(plain(row.get("best_category")) or "") if is_own else "",
        "target": own if is_own and not target else "",
        "threshold": _thresholds(row),
        "retest": retest_line(row) if is_own else "",
        "mark": plain(row.get("portability_mark")) or "" if is_own else "",
        "cells": [(cell, "") for cell, _ in cells] if is_everybody else cells,
        "caveat": note if isinstance(note, str) and note else KINDS_OF_RULE.get(kind, ""),
    }


def _clauses(text: str) -> list[str]:
    """Return the conditions of a rule, each with the word before it."""
    return re.sub(r" (and|or) (?![<>≥≤])", r"\n\1 ", typeset(text)).split("\n")


def _thresholds(row: Mapping[Any, Any]) -> str:
    """Return where the thresholds lie, or nothing where none was chosen here."""
    markers = named_markers(str(row["rule_text"]))
    whole = _spans(row, "threshold{}_ci_{}")
    spans = whole or _spans(row, "threshold{}_given_marker_ci_{}")
    if not spans:
        return ""
    named = " and ".join(markers)
    best = "" if row.get("kind") == "upper_tail" else "best "  # a share asked for is no optimum
    if len(markers) == 1:
        begun = "The" if whole else f"If {named} is kept as the marker, its"
        return f"{begun} {best}threshold lies {spans[0][1]} (95% interval)."
    begun = "The" if whole else f"If {named} are kept as the markers, their"
    lie = " and ".join(f"{span} ({markers[k]})" for k, span in spans)
    return f"{begun} {best}thresholds lie {lie} (how often these ranges hold is not known)."


def _spans(row: Mapping[Any, Any], name: str) -> list[tuple[int, str]]:
    """Return the interval of each threshold that has one, with the place of its marker."""
    spans = []
    for k in range(len(named_markers(str(row["rule_text"])))):
        suffix = f"_{k + 1}" if k else ""
        low, high = (plain(row.get(name.format(suffix, end))) for end in ("low", "high"))
        if None not in (low, high):
            spans.append((k, f"between {number(low)} and {number(high)}"))
    return spans
