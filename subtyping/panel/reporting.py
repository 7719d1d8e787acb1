"""The report on a reading: what was read, kept, dropped, renamed and not known."""

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.panel.measured import Measured
from subtyping.panel.panel import ReadingReport

__all__ = ["report_on", "silent_analytes"]


def silent_analytes(measured: Measured) -> list[str]:
    """Return sentences on analytes without any number, and with one number only.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> table = pd.DataFrame({"id": ["a", "b"], "IL6": ["1", "1"], "TNF": [None, None]})
    >>> for sentence in silent_analytes(read_wide(table)):
    ...     print(sentence)
    1 analyte without any number: 'TNF'.
    1 analyte with the same number in every sample: 'IL6'.
    """
    numbers = ~np.isnan(measured.values)
    empty = measured.analytes.index[~numbers.any(axis=0)]
    notes = []
    if len(empty):
        count = count_of(len(empty), "analyte")
        notes.append(f"{count} without any number: {list_some(empty, 5)}.")
    if len(measured.sample_id) > 1:
        low = np.where(numbers, measured.values, np.inf).min(axis=0)
        high = np.where(numbers, measured.values, -np.inf).max(axis=0)
        constant = measured.analytes.index[(low == high) & (numbers.sum(axis=0) > 1)]
        if len(constant):
            count = count_of(len(constant), "analyte")
            notes.append(f"{count} with the same number in every sample: {list_some(constant, 5)}.")
    return notes


def report_on(
    measured: Measured,
    source: str,
    format: str,  # noqa: A002
    rows_read: int,
    *,
    dropped: list[tuple[str, str]],
    notes: list[str],
) -> ReadingReport:
    """Return the report on what was read.

    Parameters
    ----------
    measured : Measured
        Rows kept.
    source, format : str
        Name of the file and the reader used.
    rows_read : int
        Sample rows of the file.
    dropped : list of tuple
        Id and reason of each row left out.
    notes : list of str
        Plain sentences.

    Returns
    -------
    ReadingReport

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a"], "marker X": ["1"]}))
    >>> report_on(measured, "panel.csv", "wide", 1, dropped=[], notes=[]).unknown_analytes
    ('marker X',)
    """
    known = measured.analytes["is_known"].to_numpy(dtype=bool)
    renamed = measured.analytes.reset_index()[["name_in_file", "analyte"]]
    return ReadingReport(
        source=source,
        format=format,
        platform=measured.platform,
        rows_read=rows_read,
        rows_kept=len(measured.sample_id),
        dropped=pd.DataFrame(dropped, columns=["sample_id", "reason"], dtype=object),
        unknown_analytes=tuple(map(str, measured.analytes.index[~known])),
        renamed=renamed[renamed["name_in_file"] != renamed["analyte"]].reset_index(drop=True),
        notes=tuple(notes),
    )
