"""Frames at the border of a set score: complete columns in, plain JSON out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from subtyping._validation import list_some, nearest
from subtyping.exceptions import InputError

__all__ = ["as_records", "complete_frame", "from_records"]


def complete_frame(X: pd.DataFrame, analytes: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the named columns (all without names), refusing absent ones and missing cells."""
    if not isinstance(X, pd.DataFrame):
        message = f"Expected a DataFrame of samples x analytes; got {type(X).__name__}."
        raise InputError(message)
    if not X.columns.is_unique:
        twice = list(X.columns[X.columns.duplicated()])
        message = f"Analytes must be named once each; {list_some(twice)} stand twice."
        raise InputError(message)
    wanted = list(X.columns) if analytes is None else list(analytes)
    absent = [name for name in wanted if name not in X.columns]
    if absent:
        message = (
            f"The scores need {len(wanted)} analytes; {list_some(absent)} "
            f"{'is' if len(absent) == 1 else 'are'} not on the panel."
            f"{nearest(absent[0], [str(name) for name in X.columns])}"
        )
        raise InputError(message)
    chosen = X[wanted]
    bad = ~np.isfinite(chosen.to_numpy(dtype=np.float64))
    if bad.any():
        names = list(chosen.columns[bad.any(axis=0)])
        message = (
            f"A set score needs a number in every cell; {list_some(names)} "
            f"{'has' if len(names) == 1 else 'have'} missing or infinite ones. Impute or drop "
            "first."
        )
        raise InputError(message)
    return chosen


def as_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as plain JSON types; NaN is null."""
    plain = table.astype(object).where(table.notna(), None)
    return [
        {
            key: value.item() if isinstance(value, np.generic) else value
            for key, value in row.items()
        }
        for row in plain.to_dict("records")
    ]


def from_records(records: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the table of `as_records`."""
    table = pd.DataFrame(list(records))
    numbers = [name for name in table if str(name).endswith(("_frac", "_r", "_median", "_limit"))]
    for name in (*numbers, "alpha", "coherence_p_value"):
        if name in table:
            table[name] = pd.to_numeric(table[name]).astype(float)
    return table
