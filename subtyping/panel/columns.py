"""Columns of a table that share a name."""

import pandas as pd

from subtyping.exceptions import PanelError
from subtyping.panel.texts import as_category

__all__ = ["unambiguous"]


def unambiguous(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return each column once; refuse columns of one name that differ.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns may repeat; of those without a name the first stays.
    name : str
        What messages call the table.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    PanelError
        If two columns have one name and different cells.

    Examples
    --------
    >>> table = pd.DataFrame([["a", "1", "1"]], columns=["id", "dx", "dx"])
    >>> unambiguous(table, "samples.csv").columns.tolist()
    ['id', 'dx']
    """
    again = table.columns.duplicated()
    for column in table.columns[again].unique():
        same = table.loc[:, table.columns == column]
        first = as_category(same.iloc[:, 0]).fillna("")
        if column and any(
            not as_category(same.iloc[:, i]).fillna("").equals(first)
            for i in range(1, same.shape[1])
        ):
            message = (
                f"{same.shape[1]} columns of {name} are named {column!r} and differ; rename them "
                "or keep one."
            )
            raise PanelError(message)
    return table.loc[:, ~again].reset_index(drop=True)
