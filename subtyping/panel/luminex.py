"""Luminex exports, from xPONENT or from Bio-Plex Manager."""

from collections.abc import Collection, Sequence
from pathlib import Path

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.bioplex import read_bioplex
from subtyping.panel.measured import Measured
from subtyping.panel.tables import read_blocks
from subtyping.panel.xponent import is_xponent, read_xponent

__all__ = ["read_luminex"]


def read_luminex(
    path: str | Path,
    *,
    analytes: str | Sequence[str] | None = None,
    people: Collection[str] = frozenset(),
) -> Measured:
    r"""Take a Luminex export apart into sample wells, and wells that are none.

    A file with lines ``DataType:`` is read as an xPONENT export (see `read_xponent`), any other
    as one of Bio-Plex Manager (see `read_bioplex`). Concentrations are read, never fluorescence.
    They are taken as multiplied by the dilution factor already unless the file says otherwise.

    Parameters
    ----------
    path : str or Path
        CSV or XLSX.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.
    people : collection of str, optional
        Ids of the samples table; a well named like a control of the kit is a sample if its name
        is one of them.

    Returns
    -------
    Measured
        One row per sample well, replicates not yet merged (see `merge_wells`).

    Raises
    ------
    PanelError
        If the file is neither, or cannot be read faithfully.

    Examples
    --------
    >>> import tempfile
    >>> text = 'DataType:,Result\nLocation,Sample,IL-6\n"1(1,A1)",p1,3.5\n"2(1,B1)",p1,4.5\n'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "plate.csv"
    ...     _ = path.write_text(text)
    ...     read_luminex(path).values.tolist()
    [[3.5], [4.5]]
    """
    sheets = read_blocks(path)
    exports = {name: rows for name, rows in sheets.items() if is_xponent(rows)}
    if len(exports) > 1:
        message = (
            f"{Path(path).name} holds {count_of(len(exports), 'xPONENT export')}, on the sheets "
            f"{list_some(exports)}; give one file per plate."
        )
        raise PanelError(message)
    for rows in exports.values():
        return read_xponent(rows, analytes=analytes, people=people)
    return read_bioplex(sheets, analytes=analytes, people=people)
