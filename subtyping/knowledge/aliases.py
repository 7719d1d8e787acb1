"""Analyte names: many spellings, one HGNC-like symbol without hyphens."""

import re
from functools import cache
from importlib.resources import files

import pandas as pd

__all__ = ["alias_table", "resolve_analyte"]

GREEK = {"α": "a", "β": "b", "γ": "g", "δ": "d", "κ": "k", "λ": "l", "ε": "e"}
SPELLED = {
    "interleukin": "il",
    "interferon": "ifn",
    "alpha": "a",
    "beta": "b",
    "gamma": "g",
    "delta": "d",
    "lambda": "l",
}
UNIT_AT_THE_END = re.compile(
    r"[\s_.\-]*(?:\([^()]*\)|\[[^\[\]]*\]|(?<=[\s_.\-])(?:pg[\s_./]*ml|npx|log2))\s*$",
    re.IGNORECASE,
)
ACCESSION = re.compile(r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2}")


@cache
def alias_table() -> pd.DataFrame:
    """Return the table of analytes, their UniProt accessions and other names.

    Returns
    -------
    pandas.DataFrame
        One row per analyte: ``analyte`` (HGNC-like symbol), ``uniprot`` and ``alias`` (several
        are separated by semicolons; blank where there is none) and ``source``.

    Examples
    --------
    >>> table = alias_table().set_index("analyte")
    >>> table.loc["CCL13", "uniprot"]
    'Q99616'
    """
    path = files("subtyping.knowledge") / "analyte_aliases.csv"
    with path.open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False)


def resolve_analyte(name: str, uniprot: str | None = None) -> str | None:
    """Return the canonical symbol of an analyte, or None if the table does not know it.

    Case, hyphens, underscores, blanks, Greek letters and the words for them make no difference,
    and a unit in brackets at the end of a name is ignored. A UniProt accession stands for the
    analyte too, as the name or beside it; where name and accession point at different analytes
    the accession wins, because short assay names (``TF``, ``TR``) mean several things.

    Parameters
    ----------
    name : str
        Name in the file: symbol, assay name, protein name or UniProt accession.
    uniprot : str, optional
        Accession the file gives beside the name; several may be joined by ``, ; _`` or blanks.

    Returns
    -------
    str or None
        Symbol such as ``"IL13"`` or ``"CCL17"``.

    Examples
    --------
    >>> [resolve_analyte(name) for name in ("IL-13", "il13", "Interleukin 13", "P35225")]
    ['IL13', 'IL13', 'IL13', 'IL13']
    >>> resolve_analyte("TARC"), resolve_analyte("TNF-α"), resolve_analyte("IL-6 (pg/mL)")
    ('CCL17', 'TNF', 'IL6')
    >>> resolve_analyte("TF", uniprot="P13726"), resolve_analyte("TF")
    ('F3', None)
    """
    by_name, by_accession = _indices()
    known = _known_name(str(name), by_name)
    if uniprot is not None:
        candidates = by_accession.get(frozenset(ACCESSION.findall(str(uniprot).upper())), ())
        if candidates:
            return known if known in candidates else candidates[0]
    if known is None and not _plain(ACCESSION.sub("", str(name).upper())):
        candidates = by_accession.get(frozenset(ACCESSION.findall(str(name).upper())), ())
        return candidates[0] if candidates else None
    return known


def _known_name(name: str, by_name: dict[str, str]) -> str | None:
    found = by_name.get(_plain(name))
    if found is None:
        shorter = UNIT_AT_THE_END.sub("", name)
        found = by_name.get(_plain(shorter)) if shorter != name else None
    return found


def _plain(name: str) -> str:
    """Fold a name to lower-case letters and digits, Greek letters to their Latin initial."""
    text = name.casefold()
    for letter, latin in GREEK.items():
        text = text.replace(letter, latin)
    for word, short in SPELLED.items():
        text = text.replace(word, short)
    return re.sub(r"[^a-z0-9]", "", text)


@cache
def _indices() -> tuple[dict[str, str], dict[frozenset[str], tuple[str, ...]]]:
    """Return analyte by plain name, and analytes by set of accessions, symbols before aliases."""
    table = alias_table()
    by_name = {_plain(symbol): symbol for symbol in table["analyte"]}
    by_accession: dict[frozenset[str], tuple[str, ...]] = {}
    for symbol, uniprot, aliases in zip(
        table["analyte"], table["uniprot"], table["alias"], strict=True
    ):
        for alias in filter(None, aliases.split(";")):
            by_name.setdefault(_plain(alias), symbol)
        accessions = frozenset(filter(None, uniprot.split(";")))
        if accessions:
            by_accession[accessions] = (*by_accession.get(accessions, ()), symbol)
    for accessions, symbols in list(by_accession.items()):
        for accession in accessions:
            by_accession.setdefault(frozenset({accession}), symbols)
    return by_name, by_accession
