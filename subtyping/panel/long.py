"""The long format: one row per sample and analyte."""

import re
from collections.abc import Mapping, Sequence

import pandas as pd

from subtyping._validation import list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.panel.columns import unambiguous
from subtyping.panel.line_units import with_units
from subtyping.panel.measured import Measured
from subtyping.panel.pivot import pivot

__all__ = ["LONG_ROLES", "find_columns", "read_long"]

LONG_ROLES = ("analyte", "value", "unit", "lod", "uniprot")

OBVIOUS = {
    "sample": ("sampleid", "sample", "id"),
    "analyte": ("analyte", "assay", "marker", "protein", "cytokine"),
    "value": ("value", "concentration", "conc", "result", "npx"),
    "unit": ("unit", "units"),
    "lod": ("lod", "lloq", "detectionlimit", "limitofdetection"),
    "uniprot": ("uniprot", "uniprotid"),
}


def read_long(
    table: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    analytes: str | Sequence[str] | None = None,
) -> Measured:
    """Take a long table apart into ids, values and the columns it carries.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `read_table`.
    columns : mapping, optional
        Column of each of the roles sample, analyte, value, unit, lod, uniprot; found by obvious
        names (``sample_id``, ``analyte``, ``value``, ...) where not given.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.

    Returns
    -------
    Measured
        One row per sample, and a further one for each repeat of a sample and analyte. Columns
        that are constant within the sample row are carried.

    Raises
    ------
    PanelError
        If the sample, analyte or value column is not found, a value is no value, or a row lacks
        its sample or analyte.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"sample_id": ["a", "a", "b"], "analyte": ["IL6", "TNF", "IL6"],
    ...                       "value": ["1", "2", "<3"]})
    >>> measured = read_long(table)
    >>> measured.values.tolist(), measured.lod[1].tolist()
    ([[1.0, 2.0], [nan, nan]], [3.0, nan])
    """
    table = unambiguous(table, "the panel file")
    found = find_columns(table, columns or {}, OBVIOUS, ("sample", "analyte", "value"))
    names = table[found["analyte"]].astype("str").str.strip()
    measured = pivot(table, found, names, names.to_numpy(dtype=object), analytes=analytes)
    if "unit" not in found:
        return measured
    return with_units(measured, table[found["unit"]], names, found["unit"])


def find_columns(
    table: pd.DataFrame,
    columns: Mapping[str, str],
    obvious: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    what: str = "panel file",
) -> dict[str, str]:
    """Return the column of each role, as mapped or by its obvious name.

    Parameters
    ----------
    table : pandas.DataFrame
        The long table.
    columns : mapping
        What the user mapped; other roles are ignored.
    obvious : mapping
        For each role the names, folded to lower-case letters and digits, that mean it.
    needed : sequence of str
        Roles that must be found.
    what : str, default="panel file"
        What messages call the table.

    Returns
    -------
    dict
        Column by role; roles that are not there are absent.

    Raises
    ------
    PanelError
        If a mapped column or a needed role is absent.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(columns=["Sample ID", "NPX"])
    >>> find_columns(table, {}, {"sample": ["sampleid"], "value": ["npx"]}, ["sample", "value"])
    {'sample': 'Sample ID', 'value': 'NPX'}
    """
    names = [str(name) for name in table.columns]
    folded = {re.sub(r"[^a-z0-9]", "", name.casefold()): name for name in reversed(names)}
    found: dict[str, str] = {}
    for role, options in obvious.items():
        mapped = columns.get(role)
        if mapped in names:
            found[role] = mapped
        elif mapped is not None and role != "sample":
            message = (
                f"columns maps {role} to {mapped!r}, which is no column of the {what}."
                f"{nearest(mapped, names)} Its columns: {list_some(names, 12)}."
            )
            raise PanelError(message)
        else:
            same = [folded[option] for option in options if option in folded]
            found.update({role: same[0]} if same else {})
    absent = [role for role in needed if role not in found]
    if absent:
        mend = f"name it {' and '.join(obvious[role][0] for role in absent)}"
        if what == "panel file":
            mend = f'map it, such as columns={{"{absent[0]}": "<column>"}}'
        message = (
            f"The {what} has no column for {' and '.join(absent)}; {mend}. "
            f"Its columns: {list_some(names, 12)}."
        )
        raise PanelError(message)
    return found
