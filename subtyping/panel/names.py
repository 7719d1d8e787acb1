"""Names of analytes in one panel: canonical where known, unique always."""

from collections.abc import Sequence
from itertools import chain

import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.knowledge.aliases import resolve_analyte

__all__ = ["analyte_table"]


def analyte_table(
    names: Sequence[str],
    *,
    uniprot: Sequence[str | None] | None = None,
    olink_id: Sequence[str | None] | None = None,
    panel: Sequence[str | None] | None = None,
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the analyte table of a panel and a note for every name that could not be its own.

    Parameters
    ----------
    names : sequence of str
        Names in the file, one per measured column.
    uniprot, olink_id, panel : sequence of str or None, optional
        What the file says beside each name.

    Returns
    -------
    analytes : pandas.DataFrame
        Indexed by the unique analyte name, in the order given: ``name_in_file, uniprot,
        olink_id, panel, is_known``. The first column that means an analyte gets its symbol; a
        second one keeps its own name, followed by its panel where that is what differs.
    notes : tuple of str
        One sentence for each kind of collision.

    Examples
    --------
    >>> analytes, notes = analyte_table(["IL-8", "CXCL8", "marker X"])
    >>> list(analytes.index), analytes["is_known"].tolist()
    (['CXCL8', 'CXCL8 (2)', 'marker X'], [True, True, False])
    >>> notes
    ("1 column means an analyte that another column already means; kept apart: 'CXCL8 (2)'.",)
    """
    blank: list[str | None] = [None] * len(names)
    uniprots, olink_ids, panels = (
        list(given) if given is not None else blank for given in (uniprot, olink_id, panel)
    )
    taken: set[str] = set()
    counts: dict[str, int] = {}
    chosen, is_known, apart = [], [], []
    for name, accession, assay_panel in zip(names, uniprots, panels, strict=True):
        symbol = resolve_analyte(name, accession)
        wanted = symbol or str(name).strip()
        final = _free_name(wanted, str(name).strip(), assay_panel, taken, counts)
        if final != wanted:
            apart.append(final)
        taken.add(final)
        chosen.append(final)
        is_known.append(symbol is not None)
    table = pd.DataFrame(
        {
            "name_in_file": [str(name) for name in names],
            "uniprot": uniprots,
            "olink_id": olink_ids,
            "panel": panels,
            "is_known": is_known,
        },
        index=pd.Index(chosen, name="analyte", dtype="str"),
    ).astype({"name_in_file": object, "uniprot": object, "olink_id": object, "panel": object})
    if not apart:
        return table, ()
    verb = "means" if len(apart) == 1 else "mean"
    note = (
        f"{count_of(len(apart), 'column')} {verb} an analyte that another column already means; "
        f"kept apart: {list_some(apart, 10)}."
    )
    return table, (note,)


def _free_name(
    wanted: str, own: str, panel: str | None, taken: set[str], counts: dict[str, int]
) -> str:
    """Return the first free of: the symbol, symbol and panel, own name, own name and a number."""
    options = [wanted, *([f"{wanted} ({panel})"] if panel else []), own]
    numbered = (f"{own} ({number})" for number in range(counts.get(own, 2), len(taken) + 3))
    chosen = next(option for option in chain(options, numbered) if option not in taken)
    if chosen not in options:
        counts[own] = int(chosen.rpartition("(")[2].removesuffix(")")) + 1
    return chosen
