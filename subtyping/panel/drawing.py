"""People drawn with replacement, subjects staying whole."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping.panel.panel import Panel

__all__ = ["draw_people"]


def draw_people(
    panel: Panel, is_case: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw positions with replacement, cases and reference people apart, by subject.

    Parameters
    ----------
    panel : Panel
        Cases and reference people.
    is_case : ndarray of bool of shape (n_samples,)
        Which are cases.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of int
        As many subjects of either side as there are; all samples of a drawn subject come along.

    Examples
    --------
    >>> from subtyping.panel import panel_from_frame
    >>> ids = ["a1", "a2", "b", "c", "d"]
    >>> samples = pd.DataFrame({"subject": ["a", "a", "b", "c", "d"]}, index=ids)
    >>> panel = panel_from_frame(pd.DataFrame({"CCL17": 1.0}, index=ids), samples)
    >>> is_case = np.array([True, True, True, False, False])
    >>> rows = draw_people(panel, is_case, np.random.default_rng(1))
    >>> bool((rows == 0).sum() == (rows == 1).sum()), int((rows > 2).sum())
    (True, 2)
    """
    subject = panel.role("subject")
    unit = np.arange(len(is_case)) if subject is None else pd.factorize(subject)[0]
    unit = np.where(unit < 0, len(is_case) + np.arange(len(is_case)), unit)
    drawn: list[NDArray[np.int64]] = []
    for side in (is_case, ~is_case):
        rows = np.flatnonzero(side)
        people, starts = np.unique(unit[rows], return_index=True)
        people = people[np.argsort(starts)]
        picks = rng.integers(0, len(people), size=len(people))
        if len(people) == len(rows):
            drawn.append(rows[picks])
        else:
            drawn.extend(rows[unit[rows] == people[i]] for i in picks)
    return np.concatenate(drawn)
