"""Which rows of the panel file become samples, once every policy has spoken."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.policies import is_flagged, keep_visits, mean_rows, unrepeated

__all__ = ["settle_rows"]


def settle_rows(
    measured: Measured, table: pd.DataFrame, duplicates: str, visits: str | None, qc_flagged: str
) -> tuple[Measured, pd.DataFrame, list[tuple[str, str]], list[str]]:
    """Apply the policies on flagged, repeated and serial samples, in this order.

    Parameters
    ----------
    measured : Measured
        Rows of the panel file.
    table : pandas.DataFrame
        Role columns, one row per row of `measured`.
    duplicates : {"error", "first", "last", "mean", "drop"}
        Policy for repeated ids; rows identical to an earlier one are merged before.
    visits : str or None
        Policy for subjects with several samples.
    qc_flagged : {"keep", "drop"}
        Policy for flagged samples.

    Returns
    -------
    measured, table
        The rows kept.
    dropped : list of tuple
        Id and reason of each row left out.
    notes : list of str

    Raises
    ------
    PanelError
        If a policy is needed and not given, has no column to work on, or leaves no sample.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "b", "b"], "IL6": ["1", "3", "4"]}))
    >>> table = pd.DataFrame(index=range(3))
    >>> kept, _, dropped, _ = settle_rows(measured, table, "last", None, "keep")
    >>> kept.values[:, 0].tolist(), dropped
    ([1.0, 4.0], [('b', 'duplicates: last')])
    """
    dropped: list[tuple[str, str]] = []
    notes: list[str] = []

    def keep(rows: np.ndarray, reasons: Mapping[int, str]) -> None:
        nonlocal measured, table
        dropped.extend((str(measured.sample_id[i]), reasons[i]) for i in sorted(reasons))
        measured = measured.take(rows)
        table = table.iloc[rows].reset_index(drop=True)

    if qc_flagged == "drop" and "qc" not in table:
        message = (
            "qc_flagged: drop needs the quality flags; write columns: {qc: <column>} "
            '(or "panel:<column>").'
        )
        raise PanelError(message)
    if qc_flagged == "drop":
        flagged = is_flagged(table["qc"])
        labels = {int(i): f"qc: {table['qc'].iloc[i]}" for i in np.flatnonzero(flagged)}
        if labels:
            notes.append(f"{_flagged_samples(len(labels))} dropped.")
        keep(np.flatnonzero(~flagged), labels)
    twins = _twins(measured)
    if twins.any():
        count = count_of(int(twins.sum()), "row")
        notes.append(f"{count} of the panel file identical to an earlier row, counted once.")
        words = "identical to an earlier row"
        keep(np.flatnonzero(~twins), dict.fromkeys(map(int, np.flatnonzero(twins)), words))
    rows, reasons = unrepeated(measured.sample_id, duplicates, "panel file")
    if duplicates == "mean":
        measured = mean_rows(measured)
    keep(rows, reasons)
    rows, reasons = keep_visits(table, visits)
    keep(rows, reasons)
    if not len(measured.sample_id):
        message = f"No sample is left; {len(dropped)} rows were dropped, see the policies declared."
        raise PanelError(message)
    n_flagged = int(is_flagged(table["qc"]).sum()) if "qc" in table else 0
    if n_flagged:  # of the samples that stay, as the checks count them
        notes.append(f"{_flagged_samples(n_flagged)} kept.")
    return measured, table, dropped, notes


def _flagged_samples(number: int) -> str:
    """Return how many samples carry a flag."""
    return f"{count_of(number, 'sample')} with a quality flag other than a pass"


def _twins(measured: Measured) -> np.ndarray:
    """Mask rows that repeat an earlier row of the same sample, cell for cell."""
    repeated = pd.Series(measured.sample_id).duplicated(keep=False).to_numpy(dtype=bool)
    twins = np.zeros(len(repeated), dtype=bool)
    rows = np.flatnonzero(repeated)
    if len(rows):
        part = measured.take(rows)
        cells = pd.DataFrame(
            np.column_stack([part.values, part.lod, part.below_lod, part.above_uloq])
        )
        texts = pd.DataFrame(
            {
                f"carried {i}": part.carried.iloc[:, i].astype("str")
                for i in range(part.carried.shape[1])
            }
        )
        twins[rows] = pd.concat([cells, texts], axis=1).assign(i=part.sample_id).duplicated()
    return twins
