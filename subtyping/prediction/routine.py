"""Routine laboratory markers as a panel of their own: CRP, eosinophils, IgE, monocytes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["RoutineScale", "align_routine"]


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
        If none of the panel's samples is in the table.
    """
    if routine is None or len(routine.columns) == 0:
        return None
    if not routine.index.isin(panel.sample_ids).any():
        message = (
            "The routine markers must be indexed by the panel's sample ids; none of the "
            f"{len(routine)} rows is a sample of the panel. Give a table with index sample_id."
        )
        raise InputError(message)
    return routine.reindex(panel.sample_ids)
