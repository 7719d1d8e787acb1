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
from subtyping.criteria.routine_limits import Routine
from subtyping.criteria.search import round_threshold
from subtyping.panel.panel import Panel
from subtyping.panel.routine import RoutineValues
from subtyping.statistics.reliability import combined_icc
from subtyping.statistics.retest import grey_zone
from subtyping.statistics.ros import regression_on_order_statistics

__all__ = ["GREY", "Part", "clause_part", "log2_values"]

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
