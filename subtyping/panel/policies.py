"""Declared policies on rows: repeated ids, repeated subjects, flagged samples."""

import re

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.texts import as_category, as_text

__all__ = ["DUPLICATES", "is_flagged", "keep_visits", "mean_rows", "unrepeated"]

DUPLICATES = ("error", "first", "last", "mean", "drop")
PASSED = ("", "pass", "passed")


def is_flagged(flags: pd.Series) -> np.ndarray:
    """Return which quality flags are anything other than a pass; blank counts as a pass.

    Examples
    --------
    >>> import pandas as pd
    >>> is_flagged(pd.Series(["Pass", "PASS ", "Warning", None])).tolist()
    [False, False, True, False]
    """
    texts = as_category(flags).fillna("").str.strip().str.casefold()
    return ~texts.isin(PASSED).to_numpy(dtype=bool)


def unrepeated(ids: np.ndarray, policy: str, what: str) -> tuple[np.ndarray, dict[int, str]]:
    """Return which rows a policy on repeated ids keeps, and why it leaves the others.

    Parameters
    ----------
    ids : numpy.ndarray of str
        Ids in file order.
    policy : {"error", "first", "last", "mean", "drop"}
        ``mean`` keeps the first row of each id (to be averaged); ``drop`` keeps none of them.
    what : str
        What messages call the table.

    Returns
    -------
    kept : numpy.ndarray of int
        Positions, in order.
    reasons : dict
        Reason by position left out.

    Raises
    ------
    PanelError
        Under ``error``, if an id repeats.

    Examples
    --------
    >>> unrepeated(np.array(["a", "b", "a"]), "last", "panel file")
    (array([1, 2]), {0: 'duplicates: last'})
    """
    series = pd.Series(ids)
    repeated = series.duplicated(keep=False)
    if repeated.any() and policy == "error":
        names = series[repeated].unique()
        verb = "repeats" if len(names) == 1 else "repeat"
        message = (
            f"{count_of(len(names), 'sample id')} {verb} in the {what}: {list_some(names)}. "
            "Write duplicates: first, last, mean or drop, or mend the file."
        )
        raise PanelError(message)
    if policy == "drop":
        out = repeated.to_numpy(dtype=bool)
    else:
        out = series.duplicated(keep="last" if policy == "last" else "first").to_numpy(dtype=bool)
    reasons = {int(i): f"duplicates: {policy}" for i in np.flatnonzero(out)}
    return np.flatnonzero(~out), reasons


def mean_rows(measured: Measured) -> Measured:
    """Return the rows with each repeated sample's values averaged into all of its rows.

    Numbers are averaged over the rows that have one, in the unit of the file. A value is below
    detection if it is so in every row that was measured, above the upper limit if in any; the
    limit of detection is the highest.

    Parameters
    ----------
    measured : Measured
        Rows, some with the same id.

    Returns
    -------
    Measured
        The same number of rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "a"], "IL6": ["1", "3"]}))
    >>> mean_rows(measured).values[:, 0].tolist()
    [2.0, 2.0]
    """
    below, above = measured.below_lod.copy(), measured.above_uloq.copy()
    values, lod = measured.values.copy(), measured.lod.copy()
    series = pd.Series(measured.sample_id)
    for name in series[series.duplicated()].unique():
        rows = np.flatnonzero(measured.sample_id == name)
        part = measured.take(rows)
        is_measured = part.below_lod | part.above_uloq | ~np.isnan(part.values)
        values[rows] = pd.DataFrame(part.values).mean().to_numpy()
        lod[rows] = pd.DataFrame(part.lod).max().to_numpy()
        below[rows] = (part.below_lod | ~is_measured).all(axis=0) & part.below_lod.any(axis=0)
        above[rows] = part.above_uloq.any(axis=0)
    fields = {**vars(measured), "values": values, "below_lod": below, "above_uloq": above}
    return Measured(**{**fields, "lod": lod})


def keep_visits(samples: pd.DataFrame, visits: str | None) -> tuple[np.ndarray, dict[int, str]]:
    """Return which rows a policy on subjects with several samples keeps.

    Parameters
    ----------
    samples : pandas.DataFrame
        Role columns in file order; ``subject`` and ``visit`` are used.
    visits : str or None
        None, ``"first"``, ``"last"``, ``"all"`` or a value of the visit column. First and last
        are by visit (numbers inside names count as numbers, blank last), then by file order.

    Returns
    -------
    kept : numpy.ndarray of int
        Positions, in order.
    reasons : dict
        Reason by position left out.

    Raises
    ------
    PanelError
        If subjects have several samples and no policy is given, or the visit does not exist.

    Examples
    --------
    >>> import pandas as pd
    >>> samples = pd.DataFrame({"subject": ["p", "p", "q"], "visit": ["T10", "T2", "T2"]})
    >>> keep_visits(samples, "first")
    (array([1, 2]), {0: 'visits: first'})
    """
    everyone = np.arange(len(samples))
    kept = everyone
    if visits in ("first", "last") and "subject" not in samples:
        message = (
            f"visits: {visits} needs to know which samples are of one person; write columns: "
            "{subject: <column>}, or leave visits out."
        )
        raise PanelError(message)
    if visits not in (None, "first", "last", "all"):
        kept = _of_visit(samples, as_text(visits))
    if "subject" in samples and visits != "all":
        if visits in ("first", "last"):
            kept = _extreme(samples, last=visits == "last")
        subjects = samples["subject"].iloc[kept].dropna()
        repeated = subjects[subjects.duplicated()].unique()
        if len(repeated):
            message = (
                f"{count_of(len(repeated), 'subject has', 'subjects have')} several samples"
                f"{'' if visits is None else f' at visit {visits}'}: {list_some(repeated)}. "
                "Write visits: first, visits: last, visits: <a value of the visit column>, or "
                "visits: all if repeated samples are meant."
            )
            raise PanelError(message)
    left = np.setdiff1d(everyone, kept)
    return kept, {int(i): f"visits: {visits}" for i in left}


def _of_visit(samples: pd.DataFrame, visit: str) -> np.ndarray:
    """Return the rows of one visit."""
    if "visit" not in samples:
        message = (
            f"visits: {visit} needs the visit column; write columns: {{visit: <column>}}, or "
            "visits: first, last or all."
        )
        raise PanelError(message)
    rows = np.flatnonzero(samples["visit"].eq(visit).fillna(value=False).to_numpy(dtype=bool))
    if not len(rows):
        there = samples["visit"].dropna().unique()
        message = f"No sample has visit {visit!r}; the visits are {list_some(there, 8)}."
        raise PanelError(message)
    return rows


def _extreme(samples: pd.DataFrame, *, last: bool) -> np.ndarray:
    """Return the first (or last) row of each subject; rows without a subject all stay."""
    visit = samples["visit"] if "visit" in samples else pd.Series(None, index=samples.index)
    chosen: dict[object, tuple[tuple[object, ...], int]] = {}
    alone = []
    for row, (subject, when) in enumerate(zip(samples["subject"], visit, strict=True)):
        if pd.isna(subject):
            alone.append(row)
            continue
        is_blank = bool(pd.isna(when))
        key = (is_blank != last, () if is_blank else _natural(str(when)))
        better = subject not in chosen or (
            key >= chosen[subject][0] if last else key < chosen[subject][0]
        )
        if better:
            chosen[subject] = (key, row)
    return np.sort(np.array([*alone, *(row for _, row in chosen.values())], dtype=int))


def _natural(text: str) -> tuple[tuple[int, float, str], ...]:
    """Return a key that sorts numbers inside text as numbers, T2 before T10."""
    try:
        return ((0, float(text), ""),)
    except ValueError:
        parts = re.split(r"(\d+)", text.casefold())
        return tuple((0, float(p), "") if p.isdigit() else (1, 0.0, p) for p in parts)
