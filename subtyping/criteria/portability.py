"""What stands between a rule and its use: the floor of the assay, and the next laboratory."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from subtyping.criteria.clause import Clause, column_of
from subtyping.criteria.rule import EligibilityRule
from subtyping.exceptions import InputError
from subtyping.knowledge.assays import assay_cv
from subtyping.panel.panel import Panel

__all__ = ["FLOOR_CV_PCT", "MOST_BELOW", "Portability", "assay_sd_log2", "judge_portability"]

FLOOR_CV_PCT = 20.0
"""Coefficient of variation at a lower limit of quantification, by the customary definition."""

MOST_BELOW = 0.25
"""Largest share of the people below detection for an analyte a rule may stand on."""

COLUMNS = (
    *("marker", "threshold", "unit", "limit", "limit_kind", "assay_sd_log2", "margin_sd"),
    *("n_samples", "below_detection_frac", "near_limit_frac", "is_refused", "reason"),
)


@dataclass(frozen=True, eq=False)
class Portability:
    """Whether a rule may be issued, and where it holds.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each clause on the panel: ``marker, threshold, unit, limit`` (the highest of
        the run's plates, in the unit of the clause), ``limit_kind`` (LOD, LLOQ, or blank where
        none is known), ``assay_sd_log2, margin_sd`` (distance of the threshold above the limit in
        standard deviations of the assay), ``n_samples, below_detection_frac, near_limit_frac``
        (share of samples on plates whose limit the threshold lies near), ``is_refused, reason``.
    is_refused : bool
        Whether the rule must not be proposed.
    mark : str
        ``not portable: needs bridging or an absolute assay``, or blank.
    unknown : str
        Which analytes have no known limit, or blank.
    sentence : str
    """

    table: pd.DataFrame
    is_refused: bool
    mark: str
    unknown: str
    sentence: str


def assay_sd_log2(platform: str | None, cv_pct: float | None = None) -> float | None:
    """Return the standard deviation of an assay on the log2 scale, where its CV is known.

    Parameters
    ----------
    platform : str or None
        As `Panel.platform`; looked up where no `cv_pct` is given.
    cv_pct : float, optional
        Coefficient of variation between plates.

    Returns
    -------
    float or None
        ``cv / 100 / ln 2``; None where none is known.

    Examples
    --------
    >>> round(assay_sd_log2("Olink INFLAMMATION"), 2), assay_sd_log2("Luminex")
    (0.13, None)
    """
    if cv_pct is None:
        table = assay_cv().set_index("platform")["inter_cv_pct"]
        if platform is None or platform not in table.index:
            return None
        cv_pct = float(table[platform])
    if not cv_pct >= 0:
        message = f"A coefficient of variation must be 0 or more per cent; got {cv_pct}."
        raise InputError(message)
    return float(cv_pct / 100 / np.log(2))


def judge_portability(
    rule: EligibilityRule,
    panel: Panel,
    *,
    lloq: Mapping[str, float] | None = None,
    cv_pct: float | None = None,
    most_below: float = MOST_BELOW,
) -> Portability:
    r"""Refuse a rule that stands on the floor of its assay, and mark one that cannot travel.

    A clause is refused where its threshold lies less than one standard deviation of the assay
    above the limit of a plate of this run, or under it: which side a sample falls on is then the
    assay's noise. The limit is the larger of the LOD of the file and the `lloq` given. The
    standard deviation is the assay's (`cv_pct`, or known of the platform) but no less than 20 %,
    the customary CV at a lower limit of quantification: near it an assay is noisier than on
    average. A clause is refused too where more than `most_below` of the samples lie below
    detection.

    Parameters
    ----------
    rule : EligibilityRule
    panel : Panel
        The people the rule was made from, or is to be used in.
    lloq : mapping of str to float, optional
        Lower limit of quantification by analyte, in the unit of the panel.
    cv_pct : float, optional
        Coefficient of variation of the assay between plates.
    most_below : float, default 0.25

    Returns
    -------
    Portability
        Clauses on routine markers are not judged: their limits are not part of a panel.

    Raises
    ------
    InputError
        If the panel lacks an analyte of the rule or has another unit.

    Examples
    --------
    >>> from subtyping.panel import panel_from_frame
    >>> from subtyping.criteria.rule import Clause
    >>> values = pd.DataFrame({"IL13": [1.3, 2.2, 1.9]}, index=["a", "b", "c"])
    >>> panel = panel_from_frame(values, pd.DataFrame(index=values.index),
    ...                          lod=pd.Series({"IL13": 1.2}))
    >>> found = judge_portability(EligibilityRule((Clause("IL13", ">=", 1.4, "NPX"),)), panel)
    >>> found.is_refused, found.mark
    (True, 'not portable: needs bridging or an absolute assay')
    >>> found.sentence[:63]
    'Refused: IL13 >= 1.4 NPX lies 0.7 standard deviations of the as'
    """
    rule.check_platform(panel)
    sd = max(assay_sd_log2(panel.platform, cv_pct) or 0.0, FLOOR_CV_PCT / 100 / np.log(2))
    clauses = [clause for clause in rule.clauses if clause.source == "panel"]
    rows = [_row(clause, panel, lloq or {}, sd, most_below) for clause in clauses]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"is_refused": bool})
    refused = [str(row["reason"]) for row in rows if row["is_refused"]]
    without = [str(row["marker"]) for row in rows if not row["limit_kind"]]
    unknown = ""
    if without:
        unknown = (
            f"No detection limit of {' and '.join(without)} is known, so whether the threshold "
            "stands clear of it could not be judged."
        )
    portable = rule.portability or "Nothing in the rule is tied to one assay run."
    sentence = f"Refused: {' '.join(refused)}" if refused else f"{portable} {unknown}".strip()
    return Portability(table, bool(refused), rule.portability_mark, unknown, sentence)


def _row(
    clause: Clause, panel: Panel, lloq: Mapping[str, float], sd: float, most_below: float
) -> dict[str, object]:
    if clause.unit != panel.unit:
        message = (
            f"The threshold of {clause.marker} is in {clause.unit} and the panel in {panel.unit}."
        )
        raise InputError(message)
    column = column_of(clause, panel)
    limits = panel.lod[column].to_numpy(dtype=float)
    floor = float(lloq.get(clause.marker, lloq.get(column, np.nan)))
    highest = float(np.nanmax(limits)) if np.isfinite(limits).any() else np.nan
    kind = "" if np.isnan(highest) and np.isnan(floor) else "LOD"
    if not np.isnan(floor) and not floor < highest:
        kind = "LLOQ"
    each = np.fmax(limits, floor)
    margins = _margin(clause.threshold, each, sd, is_log=panel.is_log_scale)
    below = 1 - float(panel.detected_frac()[column])
    limit = float(np.nanmax(each)) if kind else float("nan")
    margin = float(np.nanmin(margins)) if kind else float("nan")
    reason = ""
    if kind and margin < 1:
        where = f"{margin:.1f} standard deviations of the assay above" if margin >= 0 else "under"
        reason = (
            f"{clause.text} lies {where} its {kind} of {limit:.4g} {clause.unit}, and less than "
            "one leaves the answer to noise."
        )
    elif below > most_below:
        reason = (
            f"{clause.marker} is below detection in {below:.0%} of the samples, more than the "
            f"{most_below:.0%} a rule may stand on."
        )
    return {
        "marker": clause.marker,
        "threshold": clause.threshold,
        "unit": clause.unit,
        "limit": limit,
        "limit_kind": kind,
        "assay_sd_log2": sd,
        "margin_sd": margin,
        "n_samples": len(limits),
        "below_detection_frac": below,
        "near_limit_frac": float(np.mean(margins < 1)),
        "is_refused": bool(reason),
        "reason": reason,
    }


def _margin(threshold: float, limits: np.ndarray, sd: float, *, is_log: bool) -> np.ndarray:
    """Return by how many assay standard deviations a threshold lies above each limit."""
    if is_log:
        return np.asarray((threshold - limits) / sd, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(threshold) - np.log2(limits) if threshold > 0 else -np.inf * (limits > 0)
    return np.asarray(np.where(np.isnan(limits), np.nan, ratio / sd), dtype=float)
