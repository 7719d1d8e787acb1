"""Analytes whose level differs so much between the sexes that they tell them apart together."""

import pandas as pd

from subtyping.knowledge._tables import load_table

__all__ = ["sex_linked_table"]


def sex_linked_table() -> pd.DataFrame:
    """Return plasma proteins that differ between women and men.

    Returns
    -------
    pandas.DataFrame
        ``analyte, title, higher_in`` (``female`` or ``male``), ``source, mark``. Which of them
        separate the sexes in a given panel must be seen in its own data; the rows that were
        read come from people with heart failure.

    Examples
    --------
    >>> sex_linked_table().query("mark == 'read'")["analyte"].tolist()
    ['MMP3', 'ACE2', 'NRP1', 'LHB', 'LPL']
    """
    return load_table("sex_linked_proteins", ("analyte",)).copy()
