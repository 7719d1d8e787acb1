"""Is the outcome of its kind, one number a sample, and are the counts whole numbers?"""

from collections.abc import Iterable
from numbers import Integral

import numpy as np
import pandas as pd
from pandas.api.types import is_complex_dtype, is_datetime64_any_dtype, is_timedelta64_dtype

from subtyping._validation import count_of, list_some, nearest, one_of
from subtyping.exceptions import InputError
from subtyping.panel.panel import Panel

__all__ = ["OUTCOME_KINDS", "check_counts", "checked_outcome", "excluded_names"]

OUTCOME_KINDS = ("binary", "number")
MOST = 1e100  # squares of larger outcomes cannot be summed


def checked_outcome(
    panel: Panel, outcome: pd.Series, kind: str, case: tuple[str, ...]
) -> tuple[np.ndarray, str]:
    """Return an outcome in the order of the panel, and its name.

    Cells are not repeated in messages: they may be names or dates of birth.

    Parameters
    ----------
    panel : Panel
    outcome : pandas.Series
        Index ``sample_id``; NaN where unknown.
    kind : {"binary", "number"}
    case : tuple of str
        Groups in which the outcome is predicted.

    Returns
    -------
    values : ndarray of shape (n_samples,)
        NaN where unknown.
    name : str

    Raises
    ------
    InputError
        If the outcome holds something other than numbers, numbers beyond 1e100, a sample twice,
        is known for no case, or is declared binary and is not.

    Examples
    --------
    >>> from subtyping.panel import panel_from_frame
    >>> values = pd.DataFrame({"CCL17": [620.0, 480.0]}, index=["a", "b"])
    >>> group = pd.DataFrame({"group": ["MDD", "HC"]}, index=values.index)
    >>> panel = panel_from_frame(values, group, unit="pg/mL")
    >>> y = pd.Series([1.0, 0.0], ["b", "a"], name="relapse")
    >>> values, name = checked_outcome(panel, y, "binary", ("MDD",))
    >>> values.tolist(), name
    ([0.0, 1.0], 'relapse')
    """
    one_of(kind, OUTCOME_KINDS, "The kind of an outcome")
    if not isinstance(outcome, pd.Series):
        message = (
            "An outcome must be a pandas Series whose index holds sample ids; got "
            f"{type(outcome).__name__}."
        )
        raise InputError(message)
    name = "outcome" if outcome.name is None else str(outcome.name)
    numbers = _numbers(outcome, name)
    y = numbers.reindex(panel.sample_ids).to_numpy(dtype=float)
    is_known = np.isfinite(y) & panel.in_groups(list(case))
    if not is_known.any():
        message = (
            f"The outcome {name!r} is known for no case sample of the panel. Give a series whose "
            "index holds sample ids."
        )
        raise InputError(message)
    other = panel.sample_ids[is_known & ~np.isin(y, (0, 1))]
    if kind == "binary" and len(other):
        message = (
            f"A binary outcome is 0 or 1; {name!r} holds another number in "
            f"{count_of(len(other), 'case sample')}: {list_some(other)}. Use kind 'number', or "
            "cut it at a value chosen before looking."
        )
        raise InputError(message)
    return y, name


def _numbers(outcome: pd.Series, name: str) -> pd.Series:
    """Return the outcome as numbers, or say how many samples hold none, hold two, or too much."""
    if any(is_a(outcome) for is_a in (is_datetime64_any_dtype, is_timedelta64_dtype,
                                      is_complex_dtype)):  # fmt: skip
        numbers = pd.Series(np.nan, index=outcome.index)
    else:
        numbers = pd.to_numeric(outcome.astype(object), errors="coerce").astype(float)
    wrong = outcome.index[numbers.isna() & outcome.notna()]
    if len(wrong):
        verb = "holds" if len(wrong) == 1 else "hold"
        message = (
            f"The outcome {name!r} must be numbers; {count_of(len(wrong), 'sample')} {verb} "
            f"something else: {list_some(wrong)}. Write a binary outcome as 0 and 1."
        )
        raise InputError(message)
    twice = outcome.index[outcome.index.duplicated()].unique()
    if len(twice):
        message = (
            f"The outcome {name!r} must have one number for each sample; "
            f"{count_of(len(twice), 'sample id')} {'occurs' if len(twice) == 1 else 'occur'} more "
            f"than once: {list_some(twice)}. Keep one row of each."
        )
        raise InputError(message)
    large = outcome.index[numbers.abs() > MOST]
    if len(large):
        message = (
            f"The outcome {name!r} must be at most {MOST:g} in size; "
            f"{count_of(len(large), 'sample')} {'lies' if len(large) == 1 else 'lie'} beyond: "
            f"{list_some(large)}. Blank them where they are codes, or use a larger unit."
        )
        raise InputError(message)
    return numbers


def check_counts(**given: tuple[int, int]) -> None:
    """Raise unless each number is whole and at least its minimum.

    Parameters
    ----------
    **given : tuple of int
        By name, the number and the least it may be.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_counts(seed=(3, 0))
    """
    for name, (value, least) in given.items():
        is_whole = isinstance(value, Integral) and not isinstance(value, bool)
        if not is_whole or value < least:
            message = f"{name} must be a whole number of at least {least}; got {value!r}."
            raise InputError(message)


def excluded_names(given: str | Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the names that may not predict; one name may be given as text.

    Parameters
    ----------
    given : str or iterable of str
    known : iterable of str
        Analytes and routine markers there are; capitals do not matter.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        If a name is neither: it would predict unnoticed under another name.

    Examples
    --------
    >>> excluded_names("CCL17", ["CCL17", "IL6"])
    ('CCL17',)
    """
    names = (given,) if isinstance(given, str) else tuple(str(one) for one in given)
    there = list(map(str, known))
    folded = {one.casefold() for one in there}
    for name in names:
        if name.casefold() not in folded:
            message = (
                f"exclude names {name!r}, which is neither an analyte of the panel nor a routine "
                f"marker.{nearest(name, there)}"
            )
            raise InputError(message)
    return names
