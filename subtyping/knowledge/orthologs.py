"""Human and mouse: which analyte stands for which, and which pairs may be compared."""

import re
from collections.abc import Callable, Iterable
from functools import cache

import pandas as pd

from subtyping._validation import nearest
from subtyping.exceptions import SubtypingError
from subtyping.knowledge._tables import load_table
from subtyping.knowledge.aliases import resolve_analyte

__all__ = ["RELATIONS", "orthologs", "to_human", "to_mouse"]

RELATIONS = (
    "one_to_one", "one_to_many", "many_to_one", "many_to_many", "functional", "none",
)  # fmt: skip
"""How a human and a mouse gene are related; ``functional`` is a counterpart without being an
ortholog, ``none`` has no partner."""

ABSENT = "-"
COLUMNS = ["given", "human", "mouse", "relation", "is_usable", "reason"]


@cache
def _table() -> pd.DataFrame:
    table = load_table("orthologs", ("human", "mouse")).copy()
    unknown = sorted(set(table["relation"]) - set(RELATIONS))
    if unknown:
        message = f"Knowledge table orthologs: unknown relation {unknown[0]!r}."
        raise SubtypingError(message)
    for column in ("human", "mouse"):
        table[column] = table[column].replace(ABSENT, "")
    for column in ("reason", "alias"):
        table[column] = table[column].fillna("")
    return table


def orthologs() -> pd.DataFrame:
    """Return the pairs of human and mouse analytes.

    A mouse gene is not its human name in small letters: some chemokines are missing on one side
    (CXCL8, CCL13, CCL18, CCL26 in the mouse; Retnla, Chil3 in people), some doubled after the
    species parted, and some do another job under the same name (Ccl8). Every row is common
    knowledge of the field (mark ``background``): none has been checked against a file, and the
    table says nothing about whether two assays measure alike.

    Returns
    -------
    pandas.DataFrame
        One row per pair: ``human, mouse`` (empty where there is no partner), ``relation`` (one
        of `RELATIONS`), ``is_usable`` (may enter a concordance), ``reason``, ``alias`` (other
        names on mouse assays, separated by semicolons), ``source, mark``.

    Examples
    --------
    >>> from subtyping.knowledge.orthologs import orthologs
    >>> table = orthologs()
    >>> table.query("human == 'CXCL8'")[["mouse", "relation", "is_usable"]].values.tolist()
    [['Cxcl1', 'functional', False], ['Cxcl2', 'functional', False], ['Cxcl5', 'functional', False]]
    >>> table.query("mouse == 'Retnla'")["human"].tolist()
    ['']
    """
    return _table().copy()


def to_mouse(names: Iterable[str]) -> pd.DataFrame:
    """Return the mouse counterparts of human analytes.

    Parameters
    ----------
    names : iterable of str
        Human analytes; any spelling `resolve_analyte` knows.

    Returns
    -------
    pandas.DataFrame
        ``given, human, mouse, relation, is_usable, reason``: one row for each pair, in the order
        given. A name the table does not hold keeps one row with the relation ``unknown``.

    Examples
    --------
    >>> from subtyping.knowledge.orthologs import to_mouse
    >>> to_mouse(["IL-6", "FGF19", "CCL26", "Il99"])[["given", "mouse", "relation"]]
       given  mouse    relation
    0   IL-6    Il6  one_to_one
    1  FGF19  Fgf15  one_to_one
    2  CCL26               none
    3   Il99            unknown
    """
    known = {symbol.casefold(): symbol for symbol in _table()["human"] if symbol}

    def find(name: str) -> str | None:
        found = known.get(name.strip().casefold())
        return found or known.get((resolve_analyte(name) or "").casefold())

    return _pairs(names, "human", find)


def to_human(names: Iterable[str]) -> pd.DataFrame:
    """Return the human counterparts of mouse analytes.

    Parameters
    ----------
    names : iterable of str
        Mouse analytes: gene symbols in any capitals (``Ccl11`` or ``CCL11``, as a panel reader
        that knows human names spells it), or names on mouse assays (``KC``, ``LIX``, ``MCP-1``).

    Returns
    -------
    pandas.DataFrame
        As `to_mouse`.

    Examples
    --------
    >>> from subtyping.knowledge.orthologs import to_human
    >>> to_human(["Il6", "LIX", "Retnla", "MCP-1"])[["given", "human", "mouse", "relation"]]
        given  human   mouse     relation
    0     Il6    IL6     Il6   one_to_one
    1     LIX  CXCL5   Cxcl5  many_to_one
    2     LIX  CXCL6   Cxcl5  many_to_one
    3  Retnla         Retnla         none
    4   MCP-1   CCL2    Ccl2   one_to_one
    """
    by_symbol, by_alias = _mouse_names()

    def find(name: str) -> str | None:
        for known, spelt in ((by_symbol, name.strip().casefold()), (by_alias, _plain(name))):
            if spelt in known:
                return known[spelt]
        return by_symbol.get((resolve_analyte(name) or "").casefold())

    return _pairs(names, "mouse", find, counterparts=False)


def _pairs(
    names: Iterable[str], side: str, find: Callable[[str], str | None], *, counterparts: bool = True
) -> pd.DataFrame:
    """Return the rows of every name; orthologs before functional counterparts."""
    by_name = _rows_by(side)
    rows = []
    for given in map(str, names):
        symbol = find(given)
        if symbol is None:
            hint = nearest(given, list(by_name)).removesuffix(".")
            reason = f"not in the ortholog table.{hint}".removesuffix(".")
            blank = {"human": "", "mouse": "", side: given.strip()}
            unknown = {"relation": "unknown", "is_usable": False, "reason": reason}
            rows.append({"given": given, **blank, **unknown})
            continue
        mine = by_name[symbol]
        true = [row for row in mine if row["relation"] != "functional"]
        rows += [{"given": given, **row} for row in (mine if counterparts or not true else true)]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"is_usable": bool})


@cache
def _rows_by(side: str) -> dict[str, list[dict[str, object]]]:
    """Return the rows of every human or every mouse symbol."""
    table = _table()
    found: dict[str, list[dict[str, object]]] = {}
    for row in table.loc[table[side] != "", COLUMNS[1:]].to_dict("records"):
        found.setdefault(str(row[side]), []).append({str(key): row[key] for key in row})
    return found


def _plain(name: str) -> str:
    """Fold a name to small letters and digits; Greek letters to Latin ones."""
    text = name.casefold().replace("α", "a").replace("β", "b").replace("γ", "g")
    return re.sub(r"[^a-z0-9]", "", text)


@cache
def _mouse_names() -> tuple[dict[str, str], dict[str, str]]:
    """Return mouse symbols by their small letters, and by the plain form of their other names."""
    table = _table()
    table = table[table["mouse"] != ""]
    by_symbol = {str(symbol).casefold(): str(symbol) for symbol in table["mouse"]}
    by_alias: dict[str, str] = {}
    for symbol, aliases in zip(table["mouse"], table["alias"], strict=True):
        for alias in filter(None, str(aliases).split(";")):
            by_alias.setdefault(_plain(alias), str(symbol))
    return by_symbol, by_alias
