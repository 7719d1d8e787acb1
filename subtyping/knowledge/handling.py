"""Analytes that report how a sample was handled, not how its donor is."""

import pandas as pd

from subtyping.knowledge._tables import load_table

__all__ = ["handling_marker_table", "handling_markers"]


def handling_marker_table() -> pd.DataFrame:
    """Return the handling markers with their evidence.

    Intracellular proteins that leak when blood waits before it is spun. In an Olink Target 96
    file of 264 samples their mean pairwise correlation is .69 and they have the largest spread
    of the panel, so unscaled clustering finds handling first.

    Returns
    -------
    pandas.DataFrame
        ``analyte, title, reason, sd_npx`` (standard deviation in that file, NPX),
        ``source, mark``.

    Examples
    --------
    >>> from subtyping.knowledge import handling_marker_table
    >>> handling_marker_table()[["analyte", "sd_npx", "mark"]].head(2)
      analyte  sd_npx      mark
    0   SIRT2    1.86      read
    1  STAMBP    1.54  measured
    """
    return load_table("handling_markers", ("analyte",)).copy()


def handling_markers() -> tuple[str, ...]:
    """Return the names of the handling markers.

    Returns
    -------
    tuple of str
        Gene symbols.

    Examples
    --------
    >>> from subtyping.knowledge import handling_markers
    >>> handling_markers()
    ('SIRT2', 'STAMBP', 'CASP8', 'AXIN1', 'SULT1A1', 'EIF4EBP1')
    """
    return tuple(str(analyte) for analyte in handling_marker_table()["analyte"])
