"""Can case status be told apart from where and when the samples were measured?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from subtyping.statistics.balance import BALANCE_COLUMNS, balance_table
from subtyping.statistics.design_sentences import design_notes, design_sentence
from subtyping.statistics.factor_levels import as_days, as_hours, as_levels, season_of
from subtyping.statistics.joint_aliasing import JOINT_COLUMNS, joint_aliasing

__all__ = ["DesignReport", "as_days", "as_hours", "design_report", "season_of"]

VIF_LIMIT = 10.0
OVERLAP_LIMIT = 0.5
PARTLY_VIF = 2.5
PARTLY_OVERLAP = 0.8
COLUMNS = (
    "factor",
    "n_levels",
    "n_missing",
    "is_rank_deficient",
    "vif",
    "case_overlap_frac",
    "reference_overlap_frac",
    "levels_with_both",
    "is_aliased",
    "interval_widening",
    "is_partly_aliased",
)


def _nothing(columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in columns})


@dataclass(frozen=True, eq=False)
class DesignReport:
    """How far case status is aliased with each technical factor, and what else differs.

    Attributes
    ----------
    table : pandas.DataFrame
        One row per technical factor: ``factor, n_levels, n_missing, is_rank_deficient, vif,
        case_overlap_frac, reference_overlap_frac, levels_with_both, is_aliased,
        interval_widening`` (root of ``vif``) and ``is_partly_aliased``.
    sentence : str
        What the technical factors mean for the comparison of cases with reference people.
    balance : pandas.DataFrame
        One row per factor, people's own (age, sex, ...) included: see `balance_table`. Nothing
        in it blocks.
    joint : pandas.DataFrame
        Pairs of technical factors, and all of them: see `joint_aliasing`.
    notes : tuple of str
        A sentence for each factor that warns: partly aliased, jointly aliased, known in one
        group only, out of balance.
    """

    table: pd.DataFrame
    sentence: str
    balance: pd.DataFrame = field(default_factory=lambda: _nothing(BALANCE_COLUMNS))
    joint: pd.DataFrame = field(default_factory=lambda: _nothing(JOINT_COLUMNS))
    notes: tuple[str, ...] = ()

    @property
    def aliased(self) -> tuple[str, ...]:
        """Factors that case status is aliased with."""
        return tuple(self.table.loc[self.table["is_aliased"], "factor"])

    @property
    def is_blocked(self) -> bool:
        """Whether any factor blocks inference."""
        return bool(self.table["is_aliased"].any())

    @property
    def partly_aliased(self) -> tuple[str, ...]:
        """Factors that case status leans on without being aliased with them."""
        return tuple(self.table.loc[self.table["is_partly_aliased"].astype(bool), "factor"])

    @property
    def jointly_aliased(self) -> tuple[str, ...]:
        """Combinations that determine case status though none of their factors does alone."""
        return tuple(self.joint.loc[self.joint["is_jointly_aliased"].astype(bool), "factors"])


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
    levels: pd.Series,
) -> dict[str, object]:
    used = is_case | is_reference
    case = is_case[levels.index]
    table = pd.crosstab(levels.to_numpy(), case).reindex(columns=[False, True], fill_value=0)
    both = (table[False] > 0) & (table[True] > 0)
    n_case, n_reference = int(table[True].sum()), int(table[False].sum())
    case_overlap = float(table.loc[both, True].sum() / n_case) if n_case else 0.0
    reference_overlap = float(table.loc[both, False].sum() / n_reference) if n_reference else 0.0
    vif = _variance_inflation(case, levels.to_numpy()) if n_case and n_reference else float("nan")
    deficient = bool(np.isinf(vif))
    overlap = min(case_overlap, reference_overlap)
    is_aliased = _is_aliased(n_case, n_reference, len(table), vif, overlap)
    leans = len(table) > 1 and (overlap < PARTLY_OVERLAP or vif > PARTLY_VIF)
    return {
        "factor": name,
        "n_levels": len(table),
        "n_missing": int(used.sum() - len(levels)),
        "is_rank_deficient": deficient,
        "vif": vif,
        "case_overlap_frac": case_overlap,
        "reference_overlap_frac": reference_overlap,
        "levels_with_both": int(both.sum()),
        "is_aliased": is_aliased,
        "interval_widening": float(np.sqrt(vif)),
        "is_partly_aliased": leans and not is_aliased,
    }


def _is_aliased(n_case: int, n_reference: int, n_levels: int, vif: float, overlap: float) -> bool:
    """Whether a factor blocks; one that is unknown in a whole group does."""
    if n_case == 0 or n_reference == 0:
        return n_case + n_reference > 0
    return n_levels > 1 and (vif > VIF_LIMIT or overlap < OVERLAP_LIMIT)


def design_report(
    is_case: np.ndarray,
    is_reference: np.ndarray,
    factors: Mapping[str, pd.Series],
    *,
    times: Collection[str] = (),
    others: Mapping[str, pd.Series] | None = None,
    hours: Collection[str] = (),
) -> DesignReport:
    r"""Measure the aliasing of case status with plate, site or date of draw, and the balance.

    Case status is *aliased* with a technical factor when its levels determine it (rank
    deficiency), when the variance inflation :math:`1/(1-R^2)` of case status on the levels
    exceeds 10, or when fewer than half of either group lie in levels that hold both groups. The
    last criterion is the one that finds a design of full rank whose contrast rests on a handful
    of people. It is *partly aliased* at an inflation above 2.5 or less than four fifths in shared
    levels: an interval adjusted for the factor is :math:`\sqrt{\mathrm{VIF}}` times as wide.

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
    others : mapping of str to array of shape (n_samples,), optional
        Factors that never block (age, sex, body mass index, medication, matrix, ...): they are
        in `DesignReport.balance` and `DesignReport.notes` alone.
    hours : collection of str, optional
        Which of `others` are times of day.

    Returns
    -------
    DesignReport

    Notes
    -----
    Factors that determine case status only together (the plates of a site) are found in
    `DesignReport.joint` and warn; they do not block by themselves. A covariate that explains case
    status perfectly leaves nothing to compare either, but says something about people instead of
    measurement: it is in the notes.

    Examples
    --------
    >>> import numpy as np
    >>> case = np.repeat([True, False], 4)
    >>> report = design_report(case, ~case, {"plate": ["a"] * 4 + ["b"] * 4})
    >>> report.is_blocked, report.aliased
    (True, ('plate',))
    >>> mixed = {"plate": ["a", "b"] * 4}
    >>> report = design_report(case, ~case, mixed, others={"bmi": [31, 33, 29, 35] + [None] * 4})
    >>> report.is_blocked, report.notes[0]
    (False, 'bmi is known in the cases only (4 people): nothing can be adjusted for it.')
    """
    case = np.asarray(is_case, dtype=bool)
    reference = np.asarray(is_reference, dtype=bool)
    used = case | reference
    technical = {name: pd.Series(np.asarray(v, dtype=object)) for name, v in factors.items()}
    levels = {name: as_levels(v[used], is_time=name in times) for name, v in technical.items()}
    rows = [_factor_row(name, case, reference, known) for name, known in levels.items()]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    for name in ("is_aliased", "is_partly_aliased"):
        table[name] = table[name].astype(bool)
    joint = joint_aliasing(case, levels, alone=tuple(table.loc[table["is_aliased"], "factor"]))
    balance = balance_table(
        case,
        reference,
        {**technical, **(others or {})},
        times=times,
        hours=hours,
        may_block=tuple(technical),
    )
    return DesignReport(
        table=table,
        sentence=design_sentence(table),
        balance=balance,
        joint=joint,
        notes=design_notes(table, balance, joint),
    )
