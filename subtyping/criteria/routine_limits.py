"""Routine markers known only as below or above a limit: what a threshold can say of them."""

from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.panel.routine import RoutineValues

__all__ = ["Routine", "routine_for_cuts", "routine_numbers", "settled_by_limits"]

Routine: TypeAlias = pd.DataFrame | RoutineValues
"""Routine markers in canonical units: plain numbers, or numbers with their limits."""


def routine_numbers(routine: Routine | None) -> pd.DataFrame | None:
    """Return the numbers of routine markers; one known as a limit alone stands at its limit.

    Parameters
    ----------
    routine : pandas.DataFrame or RoutineValues or None

    Returns
    -------
    pandas.DataFrame or None
    """
    return routine.numbers if isinstance(routine, RoutineValues) else routine


def routine_for_cuts(routine: Routine | None) -> pd.DataFrame | None:
    """Return routine markers as thresholds are chosen on them: limits at the ends of the scale.

    Parameters
    ----------
    routine : pandas.DataFrame or RoutineValues or None

    Returns
    -------
    pandas.DataFrame or None
        ``<5`` is minus infinity and ``>1000`` plus infinity, as an analyte of the panel below
        detection is; a number below detection stays.

    Examples
    --------
    >>> from subtyping.panel.routine import routine_values
    >>> samples = pd.DataFrame({"hsCRP": ["<5", "6", ">20"]})
    >>> routine = routine_values(samples, {"crp": {"column": "hsCRP", "unit": "mg/L"}})
    >>> routine_for_cuts(routine)["crp"].tolist()
    [-inf, 6.0, inf]
    """
    if not isinstance(routine, RoutineValues):
        return routine
    below = routine.below_lod & routine.values.isna() & routine.lod.notna()
    above = routine.above_uloq & routine.values.notna()
    return routine.values.mask(below, -np.inf).mask(above, np.inf)


def settled_by_limits(
    routine: RoutineValues, marker: str, threshold: float, sample_ids: pd.Index
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell which values known only as a limit lie under, over or on either side of a threshold.

    ``<5`` is below 5 and any threshold above it; it says nothing of a threshold under 5. ``>5``
    likewise.

    Parameters
    ----------
    routine : RoutineValues
    marker : str
    threshold : float
        In the canonical unit.
    sample_ids : pandas.Index
        Samples wanted.

    Returns
    -------
    under, over, either : ndarray of bool of shape (n_samples,)
        False for values known as numbers or not at all.

    Examples
    --------
    >>> from subtyping.panel.routine import routine_values
    >>> samples = pd.DataFrame({"hsCRP": ["<5", "6", ">20"]})
    >>> routine = routine_values(samples, {"crp": {"column": "hsCRP", "unit": "mg/L"}})
    >>> [x.tolist() for x in settled_by_limits(routine, "crp", 3.0, samples.index)]
    [[False, False, False], [False, False, True], [True, False, False]]
    """
    limit = routine.numbers[marker].astype(float)
    below = routine.below_lod[marker] & routine.values[marker].isna() & limit.notna()
    above = routine.above_uloq[marker] & limit.notna()
    under, over = below & (limit <= threshold), above & (limit >= threshold)
    either = (below | above) & ~under & ~over
    wanted = [one.reindex(sample_ids, fill_value=False) for one in (under, over, either)]
    one, two, three = (column.to_numpy(dtype=bool) for column in wanted)
    return one, two, three
