"""Groups made of a number, such as a depression score: bands of the group column."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import SpecError
from subtyping.panel import Panel
from subtyping.study.cohort_sections import BandSpec

__all__ = ["banded"]


def banded(panel: Panel, bands: Mapping[str, BandSpec], column: str) -> Panel:
    """Return the panel with the numbers of its group column replaced by the names of bands.

    Parameters
    ----------
    panel : Panel
        With numbers in its ``group`` column.
    bands : mapping of str to BandSpec
        Bands that do not overlap; none leaves the panel as it is.
    column : str
        The user's name of the group column; the numbers stay in the samples table under it.

    Returns
    -------
    Panel
        A number in no band, and a blank, belong to no group; a note counts them.

    Raises
    ------
    SpecError
        If there is no group column, or a cell of it is no number.

    Examples
    --------
    >>> from subtyping.panel import panel_from_frame
    >>> values = pd.DataFrame({"IL6": [1.0, 2.0, 3.0]}, index=["a", "b", "c"])
    >>> samples = pd.DataFrame({"group": ["12", "7", "0"]}, index=["a", "b", "c"])
    >>> bands = {"depressed": BandSpec(at_least=10), "low": BandSpec(below=5)}
    >>> panel = banded(panel_from_frame(values, samples), bands, "PHQ9")
    >>> panel.samples["group"].tolist(), panel.samples["PHQ9"].tolist()
    (['depressed', nan, 'low'], [12.0, 7.0, 0.0])
    >>> panel.reading.notes
    ("1 sample with a number of PHQ9 in none of the bands 'depressed', 'low' is in no group.",)
    """
    if not bands:
        return panel
    if "group" not in panel.samples:
        message = "cohort.bands needs the group column; write columns: {group: <column>}."
        raise SpecError(message)
    numbers = _numbers(panel.samples["group"], column)
    names = np.full(len(numbers), None, dtype=object)
    for name, band in bands.items():
        names[((numbers >= band.low) & (numbers < band.high)).to_numpy()] = name
    group = pd.Series(names, index=numbers.index, dtype="str")
    samples = panel.samples.assign(group=group)
    kept = column.removeprefix("panel:")
    if kept not in samples:
        samples[kept] = numbers
    outside = int((numbers.notna() & group.isna()).sum())
    notes = panel.reading.notes
    if outside:
        verb = "is" if outside == 1 else "are"
        count = count_of(outside, "sample")
        words = f"{count} with a number of {kept} in none of the bands {list_some(bands)}"
        notes = (*notes, f"{words} {verb} in no group.")
    return replace(panel, samples=samples, reading=replace(panel.reading, notes=notes))


def _numbers(cells: pd.Series, column: str) -> pd.Series:
    """Return the numbers of the group column; blanks stay missing, text is refused."""
    numbers = pd.to_numeric(cells, errors="coerce").astype(float)
    finite = np.isfinite(numbers)
    wrong = cells.notna() & ~finite
    if wrong.any():
        message = (
            f"cohort.bands: the group column {column!r} has {count_of(int(wrong.sum()), 'cell')} "
            f"without a number, such as {list_some(pd.unique(cells[wrong]))}. Bands are made of "
            "numbers; blank these cells, or name their values in groups and leave bands out."
        )
        raise SpecError(message)
    return numbers
