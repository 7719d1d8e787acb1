"""The rows of a panel file, by the reader of its format."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from subtyping._validation import list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.panel.long import read_long
from subtyping.panel.luminex import read_luminex
from subtyping.panel.measured import Measured
from subtyping.panel.msd import read_msd
from subtyping.panel.olink_explore import read_olink_explore
from subtyping.panel.olink_long import read_olink_long
from subtyping.panel.olink_wide import read_olink_wide
from subtyping.panel.samples_table import IN_PANEL
from subtyping.panel.tables import read_table
from subtyping.panel.wide import read_wide

__all__ = ["FORMATS", "PLATES", "WHOLE_FILE", "WITH_CONTROLS", "read_file"]

FORMATS = ("wide", "long", "olink_long", "olink_wide", "olink_explore", "luminex", "msd")
WHOLE_FILE = ("olink_wide", "luminex", "msd")
PLATES = ("luminex", "msd")
WITH_CONTROLS = (*PLATES, "olink_explore")


def read_file(
    path: str | Path,
    format: str,  # noqa: A002
    roles: Mapping[str, str],
    *,
    analytes: str | Sequence[str] | None,
    unit: str | None,
    people: Collection[str],
    id_must_be_here: bool,
) -> Measured:
    """Read a panel file in its format, before roles and policies.

    Parameters
    ----------
    path : str or Path
        Panel file.
    format : str
        One of `FORMATS`.
    roles : mapping
        Column by role.
    analytes : str or sequence of str or None
        Analytes to keep.
    unit : str or None
        Declared unit; Target 48 exports hold several.
    people : collection of str
        Ids of the samples table.
    id_must_be_here : bool
        Whether the column mapped to the sample is one of the panel file.

    Returns
    -------
    Measured

    Raises
    ------
    PanelError
        If the file cannot be read in this format.
    """
    if format == "olink_wide":
        return read_olink_wide(path, analytes=analytes, unit=unit)
    if format in PLATES:
        read = read_luminex if format == "luminex" else read_msd
        return read(path, analytes=analytes, people=people)
    table = read_table(path)
    sample = roles.get("sample")
    if id_must_be_here and sample is not None and sample not in table:
        message = (
            f"columns maps sample to {sample!r}, which is no column of the panel file."
            f"{nearest(sample, table.columns)} Its columns: {list_some(table.columns, 12)}."
        )
        raise PanelError(message)
    if format == "long":
        return read_long(table, columns=roles, analytes=analytes)
    if format == "olink_long":
        return read_olink_long(table, columns=roles, analytes=analytes, unit=unit)
    if format == "olink_explore":
        return read_olink_explore(table, columns=roles, analytes=analytes, people=people)
    reserved = [name.removeprefix(IN_PANEL) for name in roles.values() if IN_PANEL in str(name)]
    return read_wide(table, sample=roles.get("sample"), analytes=analytes, reserved=reserved)
