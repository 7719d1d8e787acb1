"""A panel from data frames that are already in memory."""

import numpy as np
import pandas as pd

from subtyping._validation import list_some, one_of
from subtyping.exceptions import PanelError
from subtyping.panel.names import analyte_table
from subtyping.panel.panel import UNITS, Panel, ReadingReport

__all__ = ["panel_from_frame"]


def panel_from_frame(
    values: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    unit: str = "NPX",
    lod: pd.Series | pd.DataFrame | None = None,
    below_lod: pd.DataFrame | None = None,
) -> Panel:
    """Build a panel from a frame of values and a frame of role columns.

    Parameters
    ----------
    values : pandas.DataFrame of shape (n_samples, n_analytes)
        Numbers in `unit`, indexed by sample id; column names resolve through the alias table.
    samples : pandas.DataFrame
        The same index; role columns under the role names (``group``, ``age``, ...), clinical
        columns under their own.
    unit : {"pg/mL", "NPX", "log2"}, default="NPX"
        Unit of `values` and `lod`.
    lod : pandas.Series or pandas.DataFrame, optional
        Limit of detection per column of `values` (a series), or per sample and column.
    below_lod : pandas.DataFrame of bool, optional
        What is below detection; by default the values smaller than their limit.

    Returns
    -------
    Panel
        Its reading report names the format ``"frame"``.

    Raises
    ------
    PanelError
        If the two frames do not list the same samples in one order, or a value is not a number.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.DataFrame({"IL-13": [1.0, 2.0], "TARC": [5.0, 6.0]}, index=["s1", "s2"])
    >>> samples = pd.DataFrame({"group": ["MDD", "HC"]}, index=["s1", "s2"])
    >>> panel = panel_from_frame(values, samples, lod=pd.Series({"IL-13": 1.5}))
    >>> panel
    Panel(2 samples x 2 analytes, NPX; MDD 1, HC 1)
    >>> panel.below_lod["IL13"].tolist()
    [True, False]
    """
    one_of(unit, UNITS, "unit", PanelError)
    text = [column for column in values if not pd.api.types.is_numeric_dtype(values[column])]
    if text:
        message = f"Values must be numbers; {list_some(text)} hold text."
        raise PanelError(message)
    analytes, notes = analyte_table([str(column) for column in values.columns])
    index = pd.Index(values.index.astype(str), name="sample_id", dtype="str")
    limits = _limits(values, lod)
    numbers = values.to_numpy(dtype=float)
    below = _flags(values, below_lod) if below_lod is not None else numbers < limits

    def frame(array: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(array, index=index, columns=analytes.index)

    rows = samples.set_axis(pd.Index(samples.index.astype(str), name="sample_id", dtype="str"))
    renamed = analytes.reset_index()[["name_in_file", "analyte"]]
    reading = ReadingReport(
        source="frame",
        format="frame",
        platform=None,
        rows_read=len(values),
        rows_kept=len(values),
        dropped=pd.DataFrame({"sample_id": [], "reason": []}, dtype=object),
        unknown_analytes=tuple(analytes.index[~analytes["is_known"].to_numpy(dtype=bool)]),
        renamed=renamed[renamed["name_in_file"] != renamed["analyte"]].reset_index(drop=True),
        notes=notes,
    )
    return Panel(
        values=frame(numbers),
        unit=unit,
        below_lod=frame(below),
        above_uloq=frame(np.zeros(numbers.shape, dtype=bool)),
        lod=frame(limits),
        analytes=analytes,
        samples=rows,
        reading=reading,
    )


def _limits(values: pd.DataFrame, lod: pd.Series | pd.DataFrame | None) -> np.ndarray:
    """Return the limits of detection in the shape of the values, NaN where none is given."""
    if lod is None:
        return np.full(values.shape, np.nan)
    if isinstance(lod, pd.DataFrame):
        return lod.reindex(index=values.index, columns=values.columns).to_numpy(dtype=float)
    return np.broadcast_to(lod.reindex(values.columns).to_numpy(dtype=float), values.shape).copy()


def _flags(values: pd.DataFrame, below_lod: pd.DataFrame) -> np.ndarray:
    """Return the flags in the shape of the values."""
    if below_lod.shape != values.shape:
        message = (
            f"below_lod must have the shape of the values, {values.shape}; got {below_lod.shape}."
        )
        raise PanelError(message)
    return below_lod.to_numpy(dtype=bool)
