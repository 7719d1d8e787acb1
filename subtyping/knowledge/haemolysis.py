"""Analytes that spill from red cells into plasma and serum."""

import pandas as pd

from subtyping.knowledge._tables import load_table

__all__ = ["haemolysis_marker_table"]


def haemolysis_marker_table() -> pd.DataFrame:
    """Return the red-cell proteins that tell of haemolysis, where a panel measures them.

    None of them is on Olink Target 96 Inflammation; some are on larger panels.

    Returns
    -------
    pandas.DataFrame
        ``analyte, title, reason, source, mark``. The mark is ``background``: that red cells hold
        these proteins is common knowledge, and the single rows were not checked in a paper.

    Examples
    --------
    >>> haemolysis_marker_table()["analyte"].head(3).tolist()
    ['HBA1', 'HBB', 'CA1']
    """
    return load_table("haemolysis_markers", ("analyte",)).copy()
