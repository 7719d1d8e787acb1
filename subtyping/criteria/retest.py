"""What a proposed rule is worth when people are measured again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from subtyping._random import stream
from subtyping.criteria.known_icc import GivenIcc, known_icc
from subtyping.criteria.retest_columns import DETAILED, OF_REPEATS, SCREENED, SHORT
from subtyping.criteria.retest_part import Part, clause_part, grey_shares, log2_values
from subtyping.criteria.retest_scheme import FIELDS, SCHEMES, of_clause, with_interval
from subtyping.criteria.retest_sentences import published_icc, retest_sentence
from subtyping.criteria.routine_limits import Routine
from subtyping.criteria.rule import EligibilityRule
from subtyping.panel.panel import Panel
from subtyping.statistics.joint_retest import joint_retest
from subtyping.statistics.retest import Retest

__all__ = ["RuleRetest", "retest_row"]

NORMAL = (
    "Log2 values are taken for normal; where they form two groups, more of those who meet the rule "
    "belong there and meet it again, and fewer need measuring again, than is said."
)

_JOINT = {
    "one sample": {"n_samples": 1, "n_rounds": 1},
    "mean of two, same share": {"n_samples": 2, "n_rounds": 1},
    "both of two": {"n_samples": 1, "n_rounds": 2},
}


@dataclass(frozen=True, eq=False)
class RuleRetest:
    """Misclassification of a rule on re-test.

    Attributes
    ----------
    table : pandas.DataFrame
        One row for each clause and scheme, then for the whole rule where it has several clauses:
        ``part`` (text of the clause, or ``rule``), ``scheme``; ``icc_kind, icc, icc_low, icc_high,
        upper_frac`` (share whose one sample meets it); ``positive_frac, truly_above_frac,
        sensitivity, specificity, npv, misclassified_frac, still_positive_frac`` with ``_ci_low``
        and ``_ci_high``; ``grey_low, grey_high, unit`` (of one sample); ``total_sd_log2,
        within_sd_log2, assay_sd_log2``; ``reason``.
    row : dict
        The same of the whole rule, flat, to stand in the criteria table; ``grey_frac,
        grey_of_met_frac`` (share of the people, and of those who meet the rule, whom one sample
        does not settle) and ``both_of_two_screened_per_enrolled`` with limits.
    rule : EligibilityRule
        The rule with the grey zones in its clauses.
    sentence : str
    notes : tuple of str
        Where each ICC comes from, how the noise divides, what the simulation assumed.
    """

    table: pd.DataFrame
    row: dict[str, Any]
    rule: EligibilityRule
    sentence: str
    notes: tuple[str, ...]


def retest_row(
    rule: EligibilityRule,
    panel: Panel,
    *,
    routine: Routine | None = None,
    icc: GivenIcc | Mapping[str, GivenIcc] | None = None,
    visits: Panel | None = None,
    visits_routine: Routine | None = None,
    cv_pct: float | None = None,
    is_person_only: bool = False,
    correlation: np.ndarray | None = None,
    seed: int = 0,
    draws: int = 50_000,
) -> RuleRetest:
    r"""Return what a rule is worth on re-test, against the true (repeat-averaged) values.

    A person is *truly above* whose mean over endlessly many samples lies in the same upper share
    of people as a single sample above the threshold does (`subtyping.statistics.retest`). The
    share of people who meet a clause and their spread on the log2 scale are those of `panel`;
    values below detection enter by regression on order statistics. For a rule of several clauses
    the true values are simulated under the correlation of the markers, their noise being
    independent.

    Parameters
    ----------
    rule : EligibilityRule
    panel : Panel
        People who would be screened: the cases.
    routine : pandas.DataFrame or RoutineValues, optional
        Routine markers in canonical units, indexed by sample_id.
    icc : float, tuple, Estimate or mapping, optional
        Repeatability of one sample on the log2 scale; else estimated from `visits`, else looked
        up. Where none is known every number is missing, with the reason.
    visits : Panel, optional
        Repeated samples of people.
    visits_routine : pandas.DataFrame or RoutineValues, optional
        Routine markers of the visits.
    cv_pct : float, optional
        Coefficient of variation of the assay between plates; by default that known of the
        platform.
    is_person_only : bool, default False
        Whether assay noise was taken out of the ICC; it is then put back. An ICC from repeated
        visits holds it already, and is only cut down to what the assay allows at best.
    correlation : ndarray of shape (k, k), optional
        Of single samples in the direction of the clauses; by default from the ranks in `panel`.
    seed : int, default 0
    draws : int, default 50000
        Simulated people for a rule of several clauses.

    Returns
    -------
    RuleRetest

    Raises
    ------
    InputError
        If a marker is not measured, or an ICC is out of range.

    Notes
    -----
    Intervals hold the uncertainty of the ICC alone. The log2 values are taken for normal: where
    they are those of two groups, the shares are too low and the grey zone is too wide.

    Examples
    --------
    >>> from subtyping.criteria.rule import Clause
    >>> from subtyping.panel import panel_from_frame
    >>> values = pd.DataFrame({"CCL17": np.random.default_rng(0).normal(9.5, 1, 500)})
    >>> values.index = [f"s{i}" for i in range(500)]
    >>> panel = panel_from_frame(values, pd.DataFrame(index=values.index))
    >>> rule = EligibilityRule((Clause("CCL17", ">=", 10.1, "NPX"),))
    >>> found = retest_row(rule, panel, icc=(0.55, 0.4, 0.7))
    >>> round(found.row["truly_above_frac"], 2), round(found.row["retest_still_positive_frac"], 2)
    (0.65, 0.53)
    >>> found.rule.clauses[0].grey_low, found.rule.clauses[0].grey_high
    (9.53, 11.08)
    """
    rule.check_platform(panel)
    parts = []
    for clause in rule.clauses:
        found = known_icc(clause, panel, given=icc, visits=visits, visits_routine=visits_routine)
        parts.append(
            clause_part(clause, found, panel, routine, cv_pct, is_person_only=is_person_only)
        )
    rows = [_row(part, scheme) for part in parts for scheme in SCHEMES]
    notes = [note for part in parts for note in part.notes]
    if len(parts) > 1:
        R = _correlation(rule, panel, routine) if correlation is None else np.asarray(correlation)
        rows += [_joint_row(rule, parts, R, scheme, (seed, draws)) for scheme in _JOINT]
        met = rule.apply(panel, routine).to_numpy(dtype=float, na_value=np.nan)
        notes.append(_joint_note(parts, R, (rows[-3], met), stated=correlation is not None))
    if any(part.is_known for part in parts):
        notes.append(NORMAL)
    table = pd.DataFrame(rows, columns=list(DETAILED))
    graded = replace(rule, clauses=tuple(part.graded for part in parts))
    whole = table[table["part"] == ("rule" if len(parts) > 1 else rule.text)]
    row = _flat(whole, parts, rule) | grey_shares(graded, panel, routine)
    only = [published_icc(p.clause, panel.platform) for p in parts if np.isnan(p.icc.value)]
    said = retest_sentence(graded, row, tuple(dict.fromkeys(filter(None, only))))
    return RuleRetest(table, row, graded, said, tuple(notes))


def _row(part: Part, scheme: str) -> dict[str, Any]:
    row: dict[str, Any] = {"part": part.clause.text, "scheme": scheme} | part.about()
    if part.is_known:
        return row | of_clause(scheme, part.icc, part.upper_frac)
    return row | with_interval(lambda _: None)


def _correlation(rule: EligibilityRule, panel: Panel, routine: Routine | None) -> np.ndarray:
    """Return the correlation of single samples by their ranks, in the direction of the clauses."""
    columns = {}
    for k, clause in enumerate(rule.clauses):
        logs, below = log2_values(clause, panel, routine)
        floored = np.where(below, -np.inf, logs) if np.isfinite(logs).any() else logs
        columns[k] = pd.Series(floored).rank() * (1 if clause.is_upward else -1)
    R = 2 * np.sin(np.pi / 6 * pd.DataFrame(columns).corr().to_numpy())
    R = np.clip(np.nan_to_num((R + R.T) / 2), -1, 1)
    np.fill_diagonal(R, 1.0)
    return R


def _joint_row(
    rule: EligibilityRule, parts: list[Part], R: np.ndarray, scheme: str, how: tuple[int, int]
) -> dict[str, Any]:
    seed, draws = how
    row: dict[str, Any] = {"part": "rule", "scheme": scheme}
    row["reason"] = " ".join(dict.fromkeys(part.missing for part in parts if part.missing))

    def compute(way: float | None) -> Retest | None:
        here, values = ([part.icc.along(one) for part in parts] for one in (way, None))
        iccs = np.where(np.isnan(here) & np.isfinite(here).any(), values, here)
        if row["reason"] or not np.isfinite(iccs).all():
            return None
        rng = stream(seed, "joint retest")
        shares = [part.upper_frac for part in parts]
        return joint_retest(
            iccs.tolist(), shares, R, joiner=rule.joiner, rng=rng, draws=draws, **_JOINT[scheme]
        )

    return row | with_interval(compute)


def _joint_note(
    parts: list[Part], R: np.ndarray, shares: tuple[dict[str, Any], np.ndarray], *, stated: bool
) -> str:
    pairs = [
        f"{parts[i].clause.name} and {parts[j].clause.name} {R[i, j]:.2f}"
        for i in range(len(parts))
        for j in range(i)
    ]
    once, met = shares
    simulated = np.nanmax([once["positive_frac"], once["positive_frac_ci_high"], -1.0])
    is_known = simulated >= 0 and bool(np.isfinite(met).any())
    beside = (
        f" {simulated:.0%} of the simulated people meet the rule, {np.nanmean(met):.0%} of these."
        if is_known
        else ""
    )
    whence = "as stated" if stated else "as in these people"
    return (
        f"People were simulated for the whole rule: markers correlate {whence} (ranks of single "
        f"samples, in the direction of the clauses: {', '.join(pairs)}), their noise is "
        "independent as far as that allows; where an ICC is a range, all are taken low together "
        f"and high together.{beside}"
    )


def _flat(whole: pd.DataFrame, parts: list[Part], rule: EligibilityRule) -> dict[str, Any]:
    """Return the columns of the whole rule for the criteria table."""
    row: dict[str, Any] = {}
    by_scheme = whole.set_index("scheme")
    for scheme, short in SHORT.items():
        for name in FIELDS if short == "retest" else OF_REPEATS:
            plain = short == "retest" and name == "truly_above_frac"
            for end in ("", "_ci_low", "_ci_high"):
                value = by_scheme.loc[scheme, f"{name}{end}"] if len(whole) else np.nan
                row[f"{name if plain else f'{short}_{name}'}{end}"] = float(value)
    for end, of in (("", ""), ("_ci_low", "_ci_high"), ("_ci_high", "_ci_low")):
        share = row[f"both_of_two_positive_frac{of}"]
        row[f"{SCREENED}{end}"] = 1 / share if share > 0 else float("nan")
    for part, end in zip(parts, ("", "_2", "_3"), strict=False):
        about = part.about()
        for name in ("icc_kind", "icc", "icc_low", "icc_high", "grey_low", "grey_high"):
            row[f"{name}{end}"] = about[name]
    row["retest_reason"] = str(whole["reason"].iloc[0]) if len(whole) else "Nothing is measured."
    row["portability_mark"] = rule.portability_mark
    return row
