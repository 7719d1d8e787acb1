"""Who meets which criteria together, as the brief shows it."""

import re
from typing import TYPE_CHECKING

import pandas as pd

from subtyping.report.formats import percent
from subtyping.report.rules import PUBLISHED, typeset

if TYPE_CHECKING:
    from subtyping.criteria import Criteria

__all__ = ["drawn_overlap", "overlap_sentence"]

COLUMNS = ["combination", "rule_text", "is_met", "n_rules_met", "n_case", "case_frac"]


def drawn_overlap(criteria: "Criteria") -> pd.DataFrame:
    """Return the overlap of the proposed rules and of one published threshold for each marker.

    Thresholds of one marker lie inside each other and tell nothing of who is shared; the first of
    the criteria table stands for its marker. Combinations that differ in the others alone become
    one.

    Parameters
    ----------
    criteria : Criteria
        With ``overlap``, see `subtyping.criteria.criteria_overlap`.

    Returns
    -------
    pandas.DataFrame
        As ``overlap``; no rows where no rule is proposed or there is nothing to hold it against.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from subtyping.criteria import criteria_overlap
    >>> texts = ["CCL17 >= 9 NPX", "CRP > 3 mg/L", "CRP > 5 mg/L"]
    >>> table = pd.DataFrame({"rule_text": texts, "kind": ["subtype", "published", "published"]})
    >>> flags = [[1.0, 1, 0, 0], [1.0, 1, 0, 1], [1.0, 0, 0, 0]]
    >>> found = drawn_overlap(SimpleNamespace(table=table, overlap=criteria_overlap(texts, flags)))
    >>> found.drop_duplicates("combination")[["n_rules_met", "n_case"]].to_numpy().tolist()
    [[2, 2], [0, 1], [1, 1]]
    """
    overlap, kept = criteria.overlap, _kept(criteria.table)
    if overlap.empty or not kept:
        return pd.DataFrame(columns=COLUMNS)
    coded = overlap["is_met"].map({True: 1, False: 0}).astype(float).fillna(-1)
    wide = overlap.assign(coded=coded).pivot_table(
        index="combination", columns="rule_text", values="coded", sort=False
    )
    sizes = overlap.drop_duplicates("combination").set_index("combination")["n_case"]
    whole = int(sizes.sum())
    joined = sizes.groupby([wide[text] for text in kept], sort=True).sum().astype(int)
    rows = []
    order = sorted(joined.items(), key=lambda item: (-item[1], _n_met(item[0])))
    for number, (pattern, n) in enumerate(order, start=1):
        for text, answer in zip(kept, pattern, strict=True):
            met = pd.NA if answer < 0 else bool(answer)
            rows.append((number, text, met, _n_met(pattern), n, n / whole))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"is_met": "boolean"})


def overlap_sentence(criteria: "Criteria") -> str:
    """Return how the first proposed rule and each published marker share people.

    Parameters
    ----------
    criteria : Criteria

    Returns
    -------
    str
        Blank where `drawn_overlap` has no rows.
    """
    rows = drawn_overlap(criteria)
    if rows.empty:
        return ""
    answers = rows.pivot_table(
        index="combination", columns="rule_text", values="is_met", aggfunc="first", dropna=False
    )
    met, known = answers.fillna(value=False), answers.notna()
    sizes = rows.drop_duplicates("combination").set_index("combination")["n_case"]
    first, *others = dict.fromkeys(rows["rule_text"])
    published = set(criteria.table.loc[criteria.table["kind"] == "published", "rule_text"])
    mine = met[first].astype(bool)
    whole = int(sizes[mine].sum())
    if not whole:
        return f"Nobody here meets {typeset(first)}."
    shared = []
    for other in (text for text in others if text in published):
        both = int(sizes[mine & met[other].astype(bool)].sum())
        judged = int(sizes[mine & known[other]].sum())
        among = "" if judged == whole else f" of {judged} who can be judged by it"
        shared.append(f"{both}{among} meet {typeset(other)} too")
    return (
        f"Of the {whole} cases ({percent(whole / sizes.sum())}) who meet {typeset(first)}, "
        f"{_in_a_row(shared)}."
    )


def _kept(table: pd.DataFrame) -> list[str]:
    """Return the proposed rules and the first published one of each marker; else nothing."""
    proposed = table.loc[table["kind"] != "published", "rule_text"].astype(str).tolist()
    first: dict[str, str] = {}
    for text in table.loc[table["kind"] == "published", "rule_text"].astype(str):
        found = re.fullmatch(PUBLISHED, text)
        if found is not None:
            first.setdefault(found["marker"], text)
    return [*proposed, *first.values()] if proposed and first else []


def _n_met(pattern: tuple[float, ...]) -> int:
    """Count the rules that a combination meets."""
    return sum(answer == 1 for answer in pattern)


def _in_a_row(parts: list[str]) -> str:
    """Return parts with commas and a last "and"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
