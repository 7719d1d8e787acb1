"""A factor of the samples table as numbers or as levels: dates, times of day, seasons."""

import numpy as np
import pandas as pd

__all__ = ["as_days", "as_hours", "as_levels", "as_numbers", "season_of"]

MANY_LEVELS = 20
TIME_BINS = 10
FEW_VALUES = 6
MOST_UNREADABLE = 0.1
HALF = 0.5
CLOCK = r"(?:^|[ T])(\d{1,2}):(\d{2})(?:[:.\d]*\s*([AaPp])[Mm])?"


def as_days(values: pd.Series) -> pd.Series:
    """Return dates (ISO text, ``31.12.2024``, timestamps) or numbers as numbers, else NaN.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    pandas.Series
        Days since 1970 for dates; numbers as they are.
    """
    numbers = pd.to_numeric(values, errors="coerce")
    if pd.api.types.is_datetime64_any_dtype(values) or numbers.isna().any():
        times = _as_times(values)
        days = (times - pd.Timestamp("1970-01-01", tz="UTC")) / pd.Timedelta(days=1)
        numbers = numbers.where(numbers.notna(), days)
    return numbers.astype(float)


def _as_times(values: pd.Series) -> pd.Series:
    """Return ISO dates, dotted dates (day first) and timestamps as times, NaT where neither."""
    cells = values.astype(object)
    times = pd.to_datetime(cells, errors="coerce", format="ISO8601", utc=True)
    if times.notna().all():
        return times
    dotted = pd.to_datetime(cells, errors="coerce", format="%d.%m.%Y", utc=True)
    return times.where(times.notna(), dotted)


def as_hours(values: pd.Series) -> pd.Series:
    """Return times of day (``08:30``, ``1:15 PM``, timestamps) or numbers as hours, else NaN.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    pandas.Series
        Hours since midnight; numbers as they are.

    Examples
    --------
    >>> as_hours(pd.Series(["08:30", "2024-01-05 13:15", 7.5, "late"])).tolist()
    [8.5, 13.25, 7.5, nan]
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        return (values.dt.hour + values.dt.minute / 60).astype(float)
    numbers = pd.to_numeric(values, errors="coerce")
    clock = values.astype(str).str.extract(CLOCK)
    hours, minutes = clock[0].astype(float), clock[1].astype(float)
    half = clock[2].str.casefold()
    hours = hours.where(half.isna(), hours % 12 + np.where(half == "p", 12, 0))
    return numbers.where(numbers.notna(), hours + minutes / 60).astype(float)


def season_of(values: pd.Series) -> pd.Series:
    """Return the season of each date: quarters of the year that begin in December.

    Parameters
    ----------
    values : pandas.Series
        ISO text or timestamps. Numbers are no dates: a season cannot be told from them.

    Returns
    -------
    pandas.Series
        ``Dec-Feb``, ``Mar-May``, ``Jun-Aug`` or ``Sep-Nov``; None where there is no date.

    Examples
    --------
    >>> season_of(pd.Series(["2023-12-24", "2024-07-01", None])).tolist()
    ['Dec-Feb', 'Jun-Aug', None]
    """
    numbers = pd.to_numeric(values, errors="coerce")
    is_date = pd.api.types.is_datetime64_any_dtype(values) | numbers.isna()
    times = _as_times(values.astype(object).where(is_date))
    quarter = times.dt.month % 12 // 3
    names = dict(enumerate(("Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov")))
    return quarter.map(names).astype(object).where(quarter.notna(), None)


def as_levels(values: pd.Series, *, is_time: bool = False) -> pd.Series:
    """Return the known entries as levels; times with many values are cut into ten bins.

    Parameters
    ----------
    values : pandas.Series
        Missing and blank entries are left out.
    is_time : bool, default False
        Whether these are dates or days: more than 20 of them become bins of equal count, and
        entries that are none are left out, unless most are none: then all are levels.

    Returns
    -------
    pandas.Series of str
        The known entries, under their own index.

    Examples
    --------
    >>> as_levels(pd.Series(["a", None, " ", 3])).to_dict()
    {0: 'a', 3: '3'}
    """
    known = values.dropna()
    known = known[known.astype(str).str.strip() != ""]
    if is_time and known.nunique() > MANY_LEVELS:
        days = as_days(known)
        if days.notna().mean() > HALF:
            return pd.qcut(days.dropna(), TIME_BINS, labels=False, duplicates="drop").astype(str)
    return known.astype(str)


def as_numbers(values: pd.Series) -> pd.Series | None:
    """Return a factor as numbers, or None where it is one of levels.

    It is a number where at least nine in ten of its known entries can be read as one and they
    have more than six values, or more than two and decimals, or most people have their own.

    Parameters
    ----------
    values : pandas.Series

    Returns
    -------
    pandas.Series of float, or None
        NaN where missing or not a number.

    Examples
    --------
    >>> as_numbers(pd.Series([31.5, "28", None, 40])).tolist()
    [31.5, 28.0, nan, 40.0]
    >>> as_numbers(pd.Series([0, 1, 1, 0])) is None
    True
    """
    text = values.astype(object).where(values.notna(), "").astype(str).str.strip()
    n_known = int((text != "").sum())
    numbers = pd.to_numeric(text.where(text != "", np.nan), errors="coerce").astype(float)
    numbers = numbers.where(np.isfinite(numbers))
    read = numbers.dropna()
    if n_known == 0 or len(read) < (1 - MOST_UNREADABLE) * n_known:
        return None
    n_values = read.nunique()
    is_fine = 2 * n_values > len(read) or bool((read % 1 != 0).any())
    return numbers if n_values > FEW_VALUES or (n_values > 2 and is_fine) else None
