"""Olink's long format: one row per sample and assay, with plate, quality flag and limit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping.panel.columns import unambiguous
from subtyping.panel.line_units import with_units
from subtyping.panel.long import find_columns
from subtyping.panel.measured import Measured
from subtyping.panel.olink_quantified import quantified_columns, with_range
from subtyping.panel.olink_samples import control_note, joined_per_row, olink_platform, well_numbers
from subtyping.panel.pivot import pivot
from subtyping.panel.texts import as_category
from subtyping.panel.units import known_unit
from subtyping.panel.well_table import fold

__all__ = ["read_olink_long"]

OBVIOUS = {
    "sample": ("sampleid", "sample"),
    "analyte": ("assay", "geneid", "analyte"),
    "value": ("npx", "value"),
    "lod": ("lod", "platelod", "maxlod"),
    "uniprot": ("uniprot", "uniprotid"),
    "unit": ("unit", "units"),
    "olink_id": ("olinkid",),
    "panel": ("panel",),
}
ADDED: tuple[str, ...] = ("olink_id", "panel")
PER_SAMPLE = ("PlateID", "QC_Warning")


def read_olink_long(
    table: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    analytes: str | Sequence[str] | None = None,
    unit: str | None = None,
) -> Measured:
    """Take an Olink NPX table apart into ids, values and the columns it carries.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `read_table`, with at least SampleID, Assay and NPX; OlinkID, UniProt, Panel,
        PlateID, QC_Warning, LOD, MissingFreq and Index are used where present.
    columns : mapping, optional
        Column of the roles sample, analyte, value and lod where they have other names.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.
    unit : str, optional
        Declared unit. Target 48 exports may hold concentrations (``Quantified_value`` with its
        ``Unit``, limits and ``LLOQ``, ``ULOQ``) beside or without NPX; ``pg/mL`` reads those.

    Returns
    -------
    Measured
        One row per sample, and a further one for each repeat. ``below_lod`` is NPX < LOD, the
        number kept. Where a sample has several plates or quality flags (one per panel) they are
        joined by `` + ``. An assay on several panels is kept once per panel.

    Raises
    ------
    PanelError
        If sample, assay or NPX have no column, or a value is no value.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"SampleID": ["a", "a"], "Assay": ["IL8", "MCP-4"],
    ...     "UniProt": ["P10145", "Q99616"], "Panel": "Olink INFLAMMATION", "PlateID": "P1",
    ...     "QC_Warning": "Pass", "LOD": [2.0, 1.0], "NPX": [5.0, 0.5]})
    >>> measured = read_olink_long(table)
    >>> measured.analytes.index.tolist(), measured.below_lod.tolist()
    (['CXCL8', 'CCL13'], [[False, True]])
    """
    table = unambiguous(table, "the panel file")
    quantified = quantified_columns(table, columns or {}, unit)
    wanted = {**(columns or {}), **quantified}
    found = find_columns(table, wanted, OBVIOUS, ("sample", "analyte", "value"))
    names = table[found["analyte"]].astype("str").str.strip()
    panels = as_category(table[found["panel"]]).fillna("") if "panel" in found else None
    keys = names.to_numpy(dtype=object)
    if panels is not None and panels.nunique() > 1:
        keys = (names + "\t" + panels).to_numpy(dtype=object)
    details: dict[str, str] = {role: found[role] for role in ADDED if role in found}
    roles = {role: name for role, name in found.items() if role not in details}
    shared: dict[str, Any] = {
        "analytes": analytes,
        "details": details,
        "well": well_numbers(table, roles["sample"], panels),
    }
    measured = pivot(table, roles, names, keys, **shared)
    carried = measured.carried
    for name in PER_SAMPLE:
        if name in table and name not in carried:
            carried = carried.assign(
                **{name: joined_per_row(table, roles["sample"], name, measured)}
            )
    carried = carried.drop(columns=[found["unit"]] if "unit" in found else [], errors="ignore")
    platform = olink_platform(() if panels is None else sorted(set(panels)))
    notes = (*measured.notes, *control_note(measured.sample_id), *_explore_note(table))
    measured = replace(measured, carried=carried, platform=platform, notes=notes)
    if "value" not in quantified:
        stated = as_category(table[found["unit"]]).dropna().unique() if "unit" in found else ()
        npx = tuple(text for text in stated if known_unit(str(text)) != "pg/mL")
        both = any(fold(name) == "quantifiedvalue" for name in table)
        return replace(measured, unit_in_file=npx if both else tuple(stated))
    if "unit" in found:
        measured = with_units(measured, table[found["unit"]], names, found["unit"])
    by_label = {fold(name): str(name) for name in reversed(list(table.columns))}
    limits = [
        pivot(table, {**roles, "value": by_label[label]} | {"lod": by_label[label]}, names, keys,
              **shared).values
        if label in by_label else np.full(measured.values.shape, np.nan)
        for label in ("lloq", "uloq")
    ]  # fmt: skip
    return with_range(measured, *limits)


def _explore_note(table: pd.DataFrame) -> tuple[str, ...]:
    """Return a sentence where the file is one of Explore, whose controls stay in here."""
    if not {"sampletype", "assaytype"} <= {fold(name) for name in table.columns}:
        return ()
    return ("This is an Explore file; format olink_explore leaves its controls out.",)
