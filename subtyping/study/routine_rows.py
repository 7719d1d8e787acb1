"""Routine markers of some samples, or of two sets of samples, with their limits."""

from dataclasses import fields

import numpy as np
import pandas as pd

from subtyping.panel.routine import RoutineValues

__all__ = ["routine_rows", "routine_together"]


def routine_rows(routine: RoutineValues, rows: np.ndarray | pd.Index) -> RoutineValues:
    """Return the routine markers of some samples.

    Parameters
    ----------
    routine : RoutineValues
    rows : ndarray or pandas.Index
        Positions or a boolean mask; an index holds the ids of the samples.

    Returns
    -------
    RoutineValues

    Raises
    ------
    KeyError
        If an id is none of the samples.

    Examples
    --------
    >>> from subtyping.panel.routine import routine_values
    >>> samples = pd.DataFrame({"hsCRP": ["<5", "6"]}, index=["a", "b"])
    >>> routine = routine_values(samples, {"crp": {"column": "hsCRP", "unit": "mg/L"}})
    >>> routine_rows(routine, pd.Index(["b", "a"])).below_lod["crp"].tolist()
    [False, True]
    """
    parts = (getattr(routine, field.name) for field in fields(routine))
    if isinstance(rows, pd.Index):
        return RoutineValues(*(part.loc[rows] for part in parts))
    return RoutineValues(*(part.iloc[np.asarray(rows)] for part in parts))


def routine_together(one: RoutineValues, other: RoutineValues) -> RoutineValues:
    """Return the routine markers of the samples of either; where both have one, the first counts.

    Parameters
    ----------
    one, other : RoutineValues
        Of the same markers.

    Returns
    -------
    RoutineValues

    Examples
    --------
    >>> from subtyping.panel.routine import routine_values
    >>> samples = pd.DataFrame({"hsCRP": ["<5", "6"]}, index=["a", "b"])
    >>> routine = routine_values(samples, {"crp": {"column": "hsCRP", "unit": "mg/L"}})
    >>> first = routine_rows(routine, pd.Index(["b"]))
    >>> routine_together(first, routine).numbers["crp"].to_dict()
    {'b': 6.0, 'a': 5.0}
    """
    fresh = ~other.values.index.isin(one.values.index)
    pairs = (
        (getattr(one, field.name), getattr(other, field.name).loc[fresh]) for field in fields(one)
    )
    return RoutineValues(*(pd.concat(pair) if len(pair[1]) else pair[0] for pair in pairs))
