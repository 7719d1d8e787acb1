"""Routine laboratory markers as a panel of their own: CRP, eosinophils, IgE, monocytes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["RoutineScale", "align_routine", "check_routine"]


@dataclass(frozen=True, eq=False)
class RoutineScale:
    """How routine markers become numbers for a model, learnt on training people.

    Attributes
    ----------
    markers : tuple of str
        Markers measured in anybody of the training part.
    floor : ndarray
        What stands for zero: half the smallest positive level in training.
    median : ndarray
        Training median of log2, which stands for a missing level.
    """

    markers: tuple[str, ...]
    floor: np.ndarray
    median: np.ndarray

    @classmethod
    def learn(cls, train: pd.DataFrame) -> "RoutineScale":
        """Learn from the levels of training people (samples x markers, NaN where missing)."""
        markers = tuple(str(name) for name in train.columns if train[name].notna().any())
        values = train[list(markers)].to_numpy(dtype=float)
        positive = np.where(values > 0, values, np.inf)
        least = positive.min(axis=0, initial=np.inf)
        floor = np.where(np.isfinite(least), least / 2, 1.0)
        logs = np.log2(np.where(np.isnan(values), np.nan, np.maximum(values, floor)))
        median = np.nanmedian(logs, axis=0) if markers else np.zeros(0)
        return cls(markers, floor, median)

    def apply(self, levels: pd.DataFrame) -> np.ndarray:
        """Return log2 levels of any people; a missing one stands at the training median."""
        values = levels[list(self.markers)].to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            logs = np.log2(np.maximum(values, self.floor))
        told: np.ndarray = np.where(np.isfinite(logs), logs, self.median)
        return told


def align_routine(routine: pd.DataFrame | None, panel: Panel) -> pd.DataFrame | None:
    """Return routine markers in the order of the panel; None where there are none.

    Parameters
    ----------
    routine : pandas.DataFrame or None
        Levels in canonical units, index ``sample_id``, one column per marker.
    panel : Panel

    Returns
    -------
    pandas.DataFrame or None

    Raises
    ------
    InputError
        As `check_routine`.
    """
    if routine is None or len(routine.columns) == 0:
        return None
    check_routine(routine, panel.sample_ids)
    return routine.reindex(panel.sample_ids)


def check_routine(routine: pd.DataFrame, sample_ids: pd.Index) -> None:
    """Raise where a table of routine markers cannot be read row by row.

    Parameters
    ----------
    routine : pandas.DataFrame
        Levels in canonical units, index ``sample_id``, one column per marker.
    sample_ids : pandas.Index
        Samples of the panel.

    Raises
    ------
    InputError
        If a marker or a sample is there twice, a cell is no number, or none of the samples is in
        the table. Cells are not repeated.

    Examples
    --------
    >>> check_routine(pd.DataFrame({"crp": [3.0]}, index=["a"]), pd.Index(["a", "b"]))
    """
    if len(routine.columns) == 0:
        return
    for what, names in (("marker", routine.columns), ("sample id", routine.index)):
        twice = names[names.duplicated()].unique()
        if len(twice):
            verb = "stands" if len(twice) == 1 else "stand"
            message = (
                f"{count_of(len(twice), what)} {verb} in the table of routine markers more than "
                f"once: {list_some(twice)}. Keep one of each."
            )
            raise InputError(message)
    for marker in routine.columns:
        cells = routine[marker].astype(object)
        wrong = cells.index[pd.to_numeric(cells, errors="coerce").isna() & cells.notna()]
        if len(wrong):
            message = (
                f"The routine marker {marker!r} must be numbers; {count_of(len(wrong), 'sample')} "
                f"{'holds' if len(wrong) == 1 else 'hold'} something else: {list_some(wrong)}."
            )
            raise InputError(message)
    if not routine.index.isin(sample_ids).any():
        message = (
            "The routine markers must be indexed by the panel's sample ids; none of the "
            f"{len(routine)} rows is a sample of the panel. Give a table with index sample_id."
        )
        raise InputError(message)
