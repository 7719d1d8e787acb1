"""A clause with what its re-test needs: repeatability, share of people, spread, grey zone."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from subtyping.criteria.clause import Clause, clause_met, clause_values, column_of
from subtyping.criteria.known_icc import KnownIcc
from subtyping.criteria.portability import assay_sd_log2
from subtyping.criteria.retest_sentences import noise_note
from subtyping.criteria.routine_limits import Routine, settled_by_limits
from subtyping.criteria.rule import EligibilityRule
from subtyping.criteria.search import round_threshold
from subtyping.knowledge.routine import to_canonical
from subtyping.panel.panel import Panel
from subtyping.panel.routine import RoutineValues
from subtyping.statistics.reliability import combined_icc
from subtyping.statistics.retest import grey_zone
from subtyping.statistics.ros import regression_on_order_statistics

__all__ = ["GREY", "Part", "clause_part", "grey_shares", "in_grey_zone", "log2_values"]

GREY = (0.2, 0.8)
"""Least and greatest chance of being truly beyond the threshold inside the grey zone."""


@dataclass(frozen=True)
class Part:
    """A clause with what its re-test needs.

    Attributes
    ----------
    clause : Clause
    icc : KnownIcc
        As it is used, after what the assay leaves of it.
    upper_frac : float
        Share of people whose one sample meets the clause.
    total_sd, assay_sd : float
        On the log2 scale; an assay of 0 is not known.
    notes : tuple of str
    """

    clause: Clause
    icc: KnownIcc
    upper_frac: float
    total_sd: float
    assay_sd: float
    notes: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether a re-test can be computed."""
        return not self.missing

    @property
    def missing(self) -> str:
        """Why a clause has no numbers, blank where it has."""
        if self.icc.kind is None:
            return self.icc.reason
        if np.isnan(self.upper_frac):
            return f"{self.clause.name} was measured in nobody here."
        if not 0 < self.upper_frac < 1:
            whom = "Nobody meets" if self.upper_frac == 0 else "Everybody meets"
            return f"{whom} {self.clause.text} here, so there is no share to compute from."
        return ""

    @property
    def graded(self) -> Clause:
        """The clause with its grey zone; the widest one where the ICC has only a lower end."""
        clause = self.clause
        if not self.is_known or not np.isfinite(self.total_sd) or not 0 < self.icc.usable <= 1:
            return clause
        cut = -float(ndtri(self.upper_frac))
        ends = np.array(grey_zone(self.icc.usable, self.upper_frac, chances=GREY)) - cut
        moved = np.sort(ends * self.total_sd * (1 if clause.is_upward else -1))
        if clause.source == "panel" and clause.unit != "pg/mL":
            limits = clause.threshold + moved
        elif clause.threshold > 0:
            limits = clause.threshold * 2.0**moved
        else:
            return clause
        low, high = (round_threshold(float(limit)) for limit in limits)
        return replace(clause, grey_low=low, grey_high=high)

    def about(self) -> dict[str, Any]:
        """Return the columns that describe the clause."""
        icc, clause = self.icc, self.graded
        nan = float("nan")
        within = self.total_sd * float(np.sqrt(1 - icc.usable)) if icc.kind else nan
        return {
            "icc_kind": icc.kind,
            "icc": icc.value,
            "icc_low": icc.low,
            "icc_high": icc.high,
            "upper_frac": self.upper_frac,
            "grey_low": nan if clause.grey_low is None else clause.grey_low,
            "grey_high": nan if clause.grey_high is None else clause.grey_high,
            "unit": clause.unit,
            "total_sd_log2": self.total_sd,
            "within_sd_log2": within,
            "assay_sd_log2": self.assay_sd or nan,
            "reason": self.missing,
        }


def clause_part(
    clause: Clause,
    icc: KnownIcc,
    panel: Panel,
    routine: Routine | None,
    cv_pct: float | None,
    *,
    is_person_only: bool,
) -> Part:
    """Return a clause with its share, its spread and the ICC that assay and person leave."""
    met = clause_met(clause, panel, routine).dropna()
    share = float(met.mean()) if len(met) else float("nan")
    sd = _spread(clause, panel, routine)
    on_panel = clause.source == "panel"
    assay = (assay_sd_log2(panel.platform, cv_pct) or 0.0) if on_panel else 0.0
    used = icc
    if icc.kind is not None and assay > 0 and np.isfinite(sd):
        most = combined_icc(1.0, sd, assay)
        value, low, high = (
            end * most if is_person_only else min(end, most)
            for end in (icc.value, icc.low, icc.high)
        )
        used = KnownIcc(icc.kind, value, low, high, icc.reason)
    said = icc.reason if icc.kind is None else f"{clause.name}: {icc.reason}"
    if icc.kind is None or not 0 < share < 1:
        return Part(clause, used, share, sd, assay, (said,))
    return Part(clause, used, share, sd, assay, (said, noise_note(clause, used, sd, assay)))


def in_grey_zone(clause: Clause, panel: Panel, routine: Routine | None) -> NDArray[np.bool_]:
    """Return whose one sample lies in the grey zone a clause carries.

    Parameters
    ----------
    clause : Clause
        With its grey zone; without one nobody lies in it.
    panel : Panel
        In the unit of the clause.
    routine : pandas.DataFrame or RoutineValues or None
        Routine markers in canonical units. A level known only as a limit counts where the limit
        lies in the zone and says on which side of the threshold the level is.

    Returns
    -------
    ndarray of bool, shape (n_samples,)
    """
    values = clause_values(clause, panel, routine).to_numpy(dtype=float)
    if clause.grey_low is None or clause.grey_high is None:
        return np.zeros(len(values), dtype=bool)
    ends = np.array([clause.grey_low, clause.grey_high])
    low, high = (
        to_canonical(clause.marker, ends, clause.unit) if clause.source == "routine" else ends
    )
    is_grey = (values >= low) & (values <= high)
    if clause.source == "panel":
        is_grey &= ~panel.above_uloq[column_of(clause, panel)].to_numpy(dtype=bool)
    elif isinstance(routine, RoutineValues):
        cut = float(to_canonical(clause.marker, clause.threshold, clause.unit))
        under, over, either = settled_by_limits(routine, clause.marker, cut, panel.sample_ids)
        is_grey &= ~either & ~(under & (values == low)) & ~(over & (values == high))
    return np.asarray(is_grey, dtype=bool)


def grey_shares(rule: EligibilityRule, panel: Panel, routine: Routine | None) -> dict[str, float]:
    """Return how many people one sample does not settle, counted on the people at hand.

    A person counts whose sample lies in the grey zone of a clause, unless another clause settles
    the answer outside its own zone: one that is not met in a rule joined by *and*, one that is met
    in a rule joined by *or*.

    Parameters
    ----------
    rule : EligibilityRule
        With its grey zones.
    panel : Panel
    routine : pandas.DataFrame or RoutineValues or None

    Returns
    -------
    dict
        ``grey_frac``, of all whose answer is known; ``grey_of_met_frac``, of those who meet the
        rule. NaN where a clause has no grey zone, or there is nobody to count.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel import panel_from_frame
    >>> values = pd.DataFrame({"CCL17": [7.0, 9.5, 10.5, 12.0]}, index=list("abcd"))
    >>> panel = panel_from_frame(values, pd.DataFrame(index=values.index))
    >>> rule = EligibilityRule((Clause("CCL17", ">=", 10, "NPX", "panel", 9, 11),))
    >>> grey_shares(rule, panel, None)
    {'grey_frac': 0.5, 'grey_of_met_frac': 0.5}
    """
    nan = float("nan")
    if not rule.clauses or any(None in (one.grey_low, one.grey_high) for one in rule.clauses):
        return {"grey_frac": nan, "grey_of_met_frac": nan}
    grey = np.column_stack([in_grey_zone(clause, panel, routine) for clause in rule.clauses])
    answers = [clause_met(clause, panel, routine) for clause in rule.clauses]
    met = np.column_stack([one.to_numpy(dtype=float, na_value=np.nan) for one in answers])
    settles = (met == (0.0 if rule.joiner == "and" else 1.0)) & ~grey
    is_open = grey.any(axis=1) & ~settles.any(axis=1)
    whole = rule.apply(panel, routine).to_numpy(dtype=float, na_value=np.nan)
    among = {"grey_frac": np.isfinite(whole), "grey_of_met_frac": whole == 1}
    return {name: float(is_open[who].mean()) if who.any() else nan for name, who in among.items()}


def log2_values(
    clause: Clause, panel: Panel, routine: Routine | None
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return log2 values (the limit where censored) and which are censored from below."""
    values = clause_values(clause, panel, routine).to_numpy(dtype=float)
    below = np.zeros(len(values), dtype=bool)
    if clause.source == "panel":
        column = column_of(clause, panel)
        below = panel.below_lod[column].to_numpy(dtype=bool)
        lod = panel.lod[column].to_numpy(dtype=float)
        values = np.where(below & np.isfinite(lod), lod, values)
        if panel.is_log_scale:
            return values, below
    elif isinstance(routine, RoutineValues):
        below = _limit_only(clause, panel, routine)
    return np.log2(np.where(values > 0, values, np.nan)), below


def _limit_only(clause: Clause, panel: Panel, routine: RoutineValues) -> NDArray[np.bool_]:
    known = routine.below_lod[clause.marker] & routine.values[clause.marker].isna()
    return known.reindex(panel.sample_ids, fill_value=False).to_numpy(dtype=bool)


def _spread(clause: Clause, panel: Panel, routine: Routine | None) -> float:
    logs, below = log2_values(clause, panel, routine)
    sd = regression_on_order_statistics(logs[:, None], below[:, None]).sd[0]
    return float(sd)
