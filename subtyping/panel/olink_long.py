"""Olink's long format: one row per sample and assay, with plate, quality flag and limit."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from subtyping.panel.long import find_columns, pivot
from subtyping.panel.measured import Measured
from subtyping.panel.olink_samples import control_note, joined_per_row, olink_platform
from subtyping.panel.texts import as_category

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
    table = table.loc[:, ~table.columns.duplicated()]
    found = find_columns(table, columns or {}, OBVIOUS, ("sample", "analyte", "value"))
    names = table[found["analyte"]].astype("str").str.strip()
    panels = as_category(table[found["panel"]]).fillna("") if "panel" in found else None
    keys = names.to_numpy(dtype=object)
    if panels is not None and panels.nunique() > 1:
        keys = (names + "\t" + panels).to_numpy(dtype=object)
    details: dict[str, str] = {role: found[role] for role in ADDED if role in found}
    roles = {role: name for role, name in found.items() if role not in details}
    measured = pivot(table, roles, names, keys, analytes=analytes, details=details)
    carried = measured.carried
    for name in PER_SAMPLE:
        if name in table and name not in carried:
            carried = carried.assign(
                **{name: joined_per_row(table, roles["sample"], name, measured)}
            )
    units = as_category(table[found["unit"]]).dropna().unique() if "unit" in found else ()
    platform = olink_platform(() if panels is None else sorted(set(panels)))
    return Measured(
        **{
            **vars(measured),
            "carried": carried,
            "platform": platform,
            "unit_in_file": tuple(np.asarray(units, dtype=object)),
            "notes": (*measured.notes, *control_note(measured.sample_id)),
        }
    )
