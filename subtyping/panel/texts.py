"""Ids and categories as text that compares the way people mean it."""

import datetime as dt
import re

import numpy as np
import pandas as pd

from subtyping._validation import count_of
from subtyping.exceptions import PanelError

__all__ = ["MISSING", "as_category", "as_ids", "as_text", "is_numeric_text", "refuse_dates"]

EXACT = 1e15  # whole numbers beyond it are not exact: bar codes as long as that stay text
WHOLE = re.compile(r"[-+]?[0-9]+(?:\.0*)?")
WHOLE_FLOAT = re.compile(r"-?\d+\.0")
MISSING = frozenset({"", "nan", "na", "n/a", "#n/a", "<na>", "nat", "null"})


def as_text(value: object) -> str:
    """Return a value as stripped text, whole numbers without a decimal part.

    Examples
    --------
    >>> as_text(" MDD "), as_text(1.0), as_text("1.0"), as_text("2.50")
    ('MDD', '1', '1', '2.50')
    """
    text = str(value).strip()
    if not WHOLE.fullmatch(text):  # 10_1 and 1E3 are names, though Python takes them for numbers
        return text
    number = float(text)
    return str(int(number)) if abs(number) < EXACT else text


def as_category(column: pd.Series) -> pd.Series:
    """Return a column as text after numeric normalisation; blank cells are missing.

    Examples
    --------
    >>> import pandas as pd
    >>> as_category(pd.Series([1.0, 2.0, None])).tolist()
    ['1', '2', nan]
    """
    codes, found = pd.factorize(column)
    texts = [as_text(value) for value in found]
    lookup = np.array(
        [None if t.casefold() in MISSING else t for t in texts] + [None], dtype=object
    )
    return pd.Series(lookup[codes], index=column.index, name=column.name, dtype="str")


def as_ids(column: pd.Series) -> tuple[np.ndarray, int]:
    """Return ids stripped of blanks, and how many carried blanks at an end.

    Text such as ``007`` stays as it is; numbers lose their decimal part (``7.0`` is ``7``) where
    all of them are whole. A blank id is the empty string.

    Examples
    --------
    >>> import pandas as pd
    >>> ids, n_stripped = as_ids(pd.Series(["s1 ", "s2", None]))
    >>> ids.tolist(), n_stripped
    (['s1', 's2', ''], 1)
    """
    texts = ["" if pd.isna(value) else str(value) for value in column.to_numpy(dtype=object)]
    ids = [text.strip() for text in texts]
    n_stripped = sum(a != b for a, b in zip(texts, ids, strict=True))
    filled = [name for name in ids if name]
    if filled and all(WHOLE_FLOAT.fullmatch(name) for name in filled):
        ids = [name.removesuffix(".0") for name in ids]
    return np.array(ids, dtype=object), n_stripped


def refuse_dates(column: pd.Series) -> None:
    """Raise if ids are dates: a spreadsheet has made them of ids such as 5-1 or MAR1.

    Examples
    --------
    >>> import pandas as pd
    >>> refuse_dates(pd.Series(["s1", "2026-01-05"]))
    """
    if pd.api.types.is_datetime64_any_dtype(column):
        dates = list(column.dropna())
    elif column.dtype == object:
        dates = [cell for cell in column if isinstance(cell, dt.date | dt.time)]
    else:
        return
    if dates:
        message = (
            f"{count_of(len(dates), 'sample id is a date', 'sample ids are dates')}, such as "
            f"{str(dates[0]).removesuffix(' 00:00:00')}: a spreadsheet makes dates of ids such as "
            "5-1. Format the column of ids as text and enter them again."
        )
        raise PanelError(message)


def is_numeric_text(column: pd.Series) -> bool:
    """Return whether every filled cell of a column is a number, and there is one.

    Examples
    --------
    >>> import pandas as pd
    >>> is_numeric_text(pd.Series(["1.5", None])), is_numeric_text(pd.Series(["1.5", "x"]))
    (True, False)
    """
    if pd.api.types.is_bool_dtype(column):
        return False
    texts = [as_text(value) for value in pd.unique(column.to_numpy(dtype=object))]
    filled = np.array([t for t in texts if t.casefold() not in MISSING], dtype=object)
    return len(filled) > 0 and bool(pd.notna(pd.to_numeric(filled, errors="coerce")).all())
