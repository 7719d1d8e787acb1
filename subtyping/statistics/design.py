"""Can case status be told apart from where and when the samples were measured?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["DesignReport", "as_days", "as_hours", "design_report", "season_of"]

VIF_LIMIT = 10.0
OVERLAP_LIMIT = 0.5
MANY_LEVELS = 20
TIME_BINS = 10


@dataclass(frozen=True, eq=False)
class DesignReport:
    """How far case status is aliased with each technical factor.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per factor: ``factor, n_levels, n_missing, is_rank_deficient, vif,
        case_overlap_frac, reference_overlap_frac, levels_with_both, is_aliased``.
    sentence : str
        What this means for the comparison of cases with reference people.
    """

    table: pd.DataFrame
    sentence: str

    @property
    def aliased(self) -> tuple[str, ...]:
        """Factors that case status is aliased with."""
        return tuple(self.table.loc[self.table["is_aliased"], "factor"])

    @property
    def is_blocked(self) -> bool:
        """Whether any factor blocks inference."""
        return bool(self.table["is_aliased"].any())


def as_days(values: pd.Series) -> pd.Series:
    """Return dates (ISO text, timestamps) or numbers as numbers, NaN where neither.

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
        times = pd.to_datetime(values.astype(object), errors="coerce", format="ISO8601", utc=True)
        days = (times - pd.Timestamp("1970-01-01", tz="UTC")) / pd.Timedelta(days=1)
        numbers = numbers.where(numbers.notna(), days)
    return numbers.astype(float)


def as_hours(values: pd.Series) -> pd.Series:
    """Return times of day (``08:30``, timestamps) or numbers as hours, NaN where neither.

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
    numbers = pd.to_numeric(values, errors="coerce")
    clock = values.astype(str).str.extract(r"(?:^|[ T])(\d{1,2}):(\d{2})").astype(float)
    return numbers.where(numbers.notna(), clock[0] + clock[1] / 60).astype(float)


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
    times = pd.to_datetime(
        values.astype(object).where(is_date), errors="coerce", format="ISO8601", utc=True
    )
    quarter = times.dt.month % 12 // 3
    names = dict(enumerate(("Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov")))
    return quarter.map(names).astype(object).where(quarter.notna(), None)


def _as_levels(values: pd.Series, *, is_time: bool) -> pd.Series:
    """Levels as text; times with many values are cut into bins of equal count."""
    known = values.dropna()
    known = known[known.astype(str).str.strip() != ""]
    if is_time and known.nunique() > MANY_LEVELS:
        days = as_days(known)
        if days.notna().all():
            return pd.qcut(days, TIME_BINS, labels=False, duplicates="drop").astype(str)
    return known.astype(str)


def _variance_inflation(is_case: np.ndarray, levels: np.ndarray) -> float:
    """1 / (1 - R^2) of case status on the levels; infinite where they determine it."""
    frame = pd.DataFrame({"case": is_case.astype(float), "level": levels})
    fitted = frame.groupby("level")["case"].transform("mean")
    total = float(((frame["case"] - frame["case"].mean()) ** 2).sum())
    residual = float(((frame["case"] - fitted) ** 2).sum())
    if total == 0 or residual <= 1e-12 * total:
        return float("inf")
    return total / residual


def _factor_row(
    name: str,
    is_case: np.ndarray,
    is_reference: np.ndarray,
    values: pd.Series,
    *,
    is_time: bool,
) -> dict[str, object]:
    used = is_case | is_reference
    levels = _as_levels(pd.Series(values).reset_index(drop=True)[used], is_time=is_time)
    case = is_case[levels.index]
    table = pd.crosstab(levels.to_numpy(), case).reindex(columns=[False, True], fill_value=0)
    both = (table[False] > 0) & (table[True] > 0)
    n_case, n_reference = int(table[True].sum()), int(table[False].sum())
    case_overlap = float(table.loc[both, True].sum() / n_case) if n_case else 0.0
    reference_overlap = float(table.loc[both, False].sum() / n_reference) if n_reference else 0.0
    vif = _variance_inflation(case, levels.to_numpy()) if n_case and n_reference else float("nan")
    deficient = bool(np.isinf(vif))
    overlaps_little = min(case_overlap, reference_overlap) < OVERLAP_LIMIT
    return {
        "factor": name,
        "n_levels": len(table),
        "n_missing": int(used.sum() - len(levels)),
        "is_rank_deficient": deficient,
        "vif": vif,
        "case_overlap_frac": case_overlap,
        "reference_overlap_frac": reference_overlap,
        "levels_with_both": int(both.sum()),
        "is_aliased": _is_aliased(n_case, n_reference, len(table), vif, overlaps_little),
    }


def _is_aliased(
    n_case: int,
    n_reference: int,
    n_levels: int,
    vif: float,
    overlaps_little: bool,  # noqa: FBT001
) -> bool:
    """Whether a factor blocks; one that is unknown in a whole group does."""
    if n_case == 0 or n_reference == 0:
        return n_case + n_reference > 0
    return n_levels > 1 and (vif > VIF_LIMIT or overlaps_little)


def design_report(
    is_case: np.ndarray,
    is_reference: np.ndarray,
    factors: Mapping[str, pd.Series],
    *,
    times: Collection[str] = (),
) -> DesignReport:
    r"""Measure the aliasing of case status with plate, site or date of draw.

    Case status is *aliased* with a factor when its levels determine it (rank deficiency), when
    the variance inflation :math:`1/(1-R^2)` of case status on the levels exceeds 10, or when
    fewer than half of either group lie in levels that hold both groups. The last criterion is
    the one that finds a design of full rank whose contrast rests on a handful of people.

    Parameters
    ----------
    is_case, is_reference : array of bool of shape (n_samples,)
        The two groups of the comparison.
    factors : mapping of str to array of shape (n_samples,)
        Technical factors; missing entries are left out of that factor and counted. A factor that
        is known in one group only is aliased.
    times : collection of str, optional
        Factors that are dates or days: with more than 20 values they are cut into ten bins of
        equal count. Plates and sites never are, whatever their names look like.

    Returns
    -------
    DesignReport

    Notes
    -----
    The report is about one factor at a time; factors that only jointly determine case status
    are found when the differential model loses rank.

    Examples
    --------
    >>> import numpy as np
    >>> case = np.repeat([True, False], 4)
    >>> report = design_report(case, ~case, {"plate": ["a"] * 4 + ["b"] * 4})
    >>> report.is_blocked, report.aliased
    (True, ('plate',))
    >>> design_report(case, ~case, {"plate": ["a", "b"] * 4}).is_blocked
    False
    """
    case = np.asarray(is_case, dtype=bool)
    reference = np.asarray(is_reference, dtype=bool)
    rows = [
        _factor_row(
            name,
            case,
            reference,
            pd.Series(np.asarray(values, dtype=object)),
            is_time=name in times,
        )
        for name, values in factors.items()
    ]
    columns = [
        "factor",
        "n_levels",
        "n_missing",
        "is_rank_deficient",
        "vif",
        "case_overlap_frac",
        "reference_overlap_frac",
        "levels_with_both",
        "is_aliased",
    ]
    table = pd.DataFrame(rows, columns=columns)
    table["is_aliased"] = table["is_aliased"].astype(bool)
    return DesignReport(table=table, sentence=_sentence(table))


def _sentence(table: pd.DataFrame) -> str:
    if table.empty:
        return (
            "No plate, site or date was declared, so whether case status is aliased with the "
            "measurement cannot be judged."
        )
    aliased = table[table["is_aliased"]]
    if aliased.empty:
        names = ", ".join(table["factor"])
        return f"Case status can be told apart from {names}."
    row = aliased.iloc[0]
    return (
        f"Case status is aliased with {row['factor']}: {row['levels_with_both']} of "
        f"{row['n_levels']} levels hold both groups, with {row['case_overlap_frac']:.0%} of the "
        f"cases and {row['reference_overlap_frac']:.0%} of the reference people in them, so a "
        "difference between the groups cannot be told apart from a difference in measurement."
    )
