"""What a cell of a panel says: a number, a limit, or nothing."""

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.texts import MISSING

__all__ = ["ParsedValues", "parse_values", "refuse_text"]

NOT_DETECTED = frozenset({"nd", "n.d.", "oor<", "<oor", "<lod", "<lloq", "blq", "blod"})
TOO_HIGH = frozenset({"oor>", ">oor", ">uloq"})
LIMIT = re.compile(r"([<>])=?([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)")


@dataclass(frozen=True, eq=False)
class ParsedValues:
    """Cells of one column, taken apart.

    Attributes
    ----------
    values : numpy.ndarray of float
        The number; the limit where the cell reads ``>1000``; NaN where the cell gives none.
    below_lod, above_uloq : numpy.ndarray of bool
        Censored from below (``<0.5``, ``OOR <``, ``ND``), from above (``>1000``, ``OOR >``).
    lod : numpy.ndarray of float
        The limit of a cell such as ``<0.5``; NaN elsewhere.
    is_text : numpy.ndarray of bool
        Cells that are none of these.
    """

    values: np.ndarray
    below_lod: np.ndarray
    above_uloq: np.ndarray
    lod: np.ndarray
    is_text: np.ndarray


def parse_values(cells: pd.Series) -> ParsedValues:
    """Take the cells of a column apart into numbers, limits and text.

    Parameters
    ----------
    cells : pandas.Series
        Numbers, or text such as ``3.2``, ``<0.5``, ``>1000``, ``OOR <``, ``OOR >``, ``ND``,
        ``NaN``, ``NA`` or blank.

    Returns
    -------
    ParsedValues
        Arrays of the length of `cells`.

    Examples
    --------
    >>> import pandas as pd
    >>> parsed = parse_values(pd.Series(["3.2", "<0.5", "OOR >", "ND", None, "high"]))
    >>> parsed.values.tolist()
    [3.2, nan, nan, nan, nan, nan]
    >>> parsed.lod.tolist()
    [nan, 0.5, nan, nan, nan, nan]
    >>> parsed.below_lod.tolist()
    [False, True, False, True, False, False]
    >>> parsed.is_text.tolist()
    [False, False, False, False, False, True]
    """
    n = len(cells)
    below, above = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    text = _is_no_number(cells)
    numbers = cells.mask(text) if text.any() else cells
    values = pd.to_numeric(numbers, errors="coerce").to_numpy(dtype=float, na_value=np.nan).copy()
    lod = np.full(n, np.nan)
    text = text | np.isinf(values)
    values[text] = np.nan
    open_rows = np.flatnonzero(np.isnan(values) & ~text & cells.notna().to_numpy(dtype=bool))
    for row in open_rows:
        token = "".join(str(cells.iloc[row]).split()).casefold()
        limit = LIMIT.fullmatch(token)
        if limit and not np.isfinite(float(limit[2])):
            text[row] = True
        elif limit and limit[1] == "<":
            below[row], lod[row] = True, float(limit[2])
        elif limit:
            above[row], values[row] = True, float(limit[2])
        elif token in NOT_DETECTED:
            below[row] = True
        elif token in TOO_HIGH:
            above[row] = True
        elif token not in MISSING | {"none"}:
            text[row] = True
    return ParsedValues(values, below, above, lod, text)


def _is_no_number(cells: pd.Series) -> np.ndarray:
    """Mask truth values and dates, which a conversion would quietly take for numbers."""
    is_date = pd.api.types.is_datetime64_any_dtype(cells)
    if is_date or pd.api.types.is_bool_dtype(cells) or pd.api.types.is_timedelta64_dtype(cells):
        return cells.notna().to_numpy(dtype=bool)
    if cells.dtype != object:
        return np.zeros(len(cells), dtype=bool)
    kinds = (bool, np.bool_, dt.date, dt.time, dt.timedelta)
    return np.array([isinstance(cell, kinds) for cell in cells], dtype=bool)


def refuse_text(cells: pd.Series, is_text: np.ndarray, analyte: str) -> None:
    """Raise if an analyte has cells that are no values.

    Parameters
    ----------
    cells : pandas.Series
        Cells of the analyte.
    is_text : array of bool
        Mask from `parse_values`.
    analyte : str
        Name in the file.

    Raises
    ------
    PanelError
        Naming the analyte, how many cells, and an example.
    """
    if not is_text.any():
        return
    found = pd.unique(cells[is_text])
    n_text = int(is_text.sum())
    verb = "is" if n_text == 1 else "are"
    message = (
        f"Analyte {analyte!r} has {count_of(n_text, 'cell')} that {verb} not numeric, "
        f"such as {list_some(found)}. Expected a number, blank, NaN, <0.5, >1000, OOR <, OOR > "
        "or ND."
    )
    raise PanelError(message)
