"""A proposed rule as a protocol would write it."""

import json

import pandas as pd

from subtyping.report.document import plain
from subtyping.report.rules import typeset

__all__ = ["protocol_sentence"]


def protocol_sentence(table: pd.DataFrame, matrix: str = "") -> str:
    """Return the first proposed rule as a protocol would write it.

    Parameters
    ----------
    table : pandas.DataFrame
        Criteria table: ``rule`` (JSON text), ``rule_text, kind`` and, where given,
        ``portability_mark``.
    matrix : str
        What was measured in (serum, plasma), blank where that was not said.

    Returns
    -------
    str
        The rule, that one sample is asked for, the platform, and what has to be done before the
        threshold holds elsewhere; blank where no rule is proposed.

    Examples
    --------
    >>> clause = {"marker": "CCL17", "source": "panel"}
    >>> rule = json.dumps({"clauses": [clause], "platform": "Olink Target 96"})
    >>> print(protocol_sentence(pd.DataFrame(
    ...     {"rule": [rule], "rule_text": "CCL17 >= 9.2 NPX", "kind": "subtype",
    ...      "portability_mark": "not portable"})))
    As a protocol would write it: CCL17 ≥ 9.2 NPX in one sample (Olink Target 96), to be set \
again on an absolute assay or after bridging.
    >>> protocol_sentence(pd.DataFrame({"kind": ["published"]}))
    ''
    """
    proposed = table[table["kind"] != "published"]
    if proposed.empty:
        return ""
    row = proposed.iloc[0]
    rule = json.loads(row["rule"])
    is_panel = any(clause.get("source") == "panel" for clause in rule.get("clauses", []))
    told = [f"As a protocol would write it: {typeset(str(row['rule_text']))} in one "]
    told.append(f"{matrix} sample" if matrix else "sample")
    if is_panel or rule.get("platform"):
        told.append(f" ({rule.get('platform') or 'platform not stated'})")
    if plain(row.get("portability_mark")):
        told.append(", to be set again on an absolute assay or after bridging")
    return f"{''.join(told)}."
