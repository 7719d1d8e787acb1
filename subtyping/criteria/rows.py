"""The rows of the criteria table: one rule, its numbers and their intervals."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from subtyping.criteria.candidates import Candidates
from subtyping.criteria.retest_columns import RETEST_COLUMNS, RETEST_TEXT
from subtyping.criteria.rule import Clause, EligibilityRule
from subtyping.criteria.search import Choice
from subtyping.statistics.intervals import percentile_interval, wilson_interval

__all__ = ["COLUMNS", "as_rule", "as_table", "describe", "screened_per_member",
           "share_with_interval", "threshold_limits"]  # fmt: skip

CHARACTERISTICS = (
    "prevalence_frac",
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "positive_frac",
    "screen_fail_frac",
    "number_needed_to_screen",
)

_THRESHOLD = ("threshold", "unit", "threshold_ci_low", "threshold_ci_high")

COLUMNS = (
    *("rule", "rule_text", "kind", "claim", "target_condition"),
    *(f"{name}{end}" for name in CHARACTERISTICS for end in ("", "_ci_low", "_ci_high")),
    *_THRESHOLD,
    *(
        f"{name.replace('threshold', 'threshold_2').replace('unit', 'unit_2')}"
        for name in _THRESHOLD
    ),
    *("reference_positive_frac", "reference_positive_frac_ci_low"),
    *("reference_positive_frac_ci_high", "sensitivity_apparent", "specificity_apparent"),
    *("sensitivity_optimism", "specificity_optimism", "selection_frac", "n_resamples"),
    *("n_case", "obtained", "note"),
    *(
        f"fidelity_{name}{end}"
        for name in ("sensitivity", "specificity")
        for end in ("", "_ci_low", "_ci_high")
    ),
    *("out_of_bag_sensitivity", "out_of_bag_specificity", "chosen_by"),
    *(name.replace("threshold", "threshold_3").replace("unit", "unit_3") for name in _THRESHOLD),
    *(
        f"threshold{clause}_given_marker_ci_{end}"
        for clause in ("", "_2", "_3")
        for end in ("low", "high")
    ),
    *("threshold_interval_reason", "best_category", "youden_apparent", "linear_youden_apparent"),
    "screened_per_member",
    *RETEST_COLUMNS,
)

TEXT = frozenset(
    {"rule", "rule_text", "kind", "claim", "target_condition", "obtained", "note", "chosen_by"}
    | {"unit", "unit_2", "unit_3", "threshold_interval_reason", "best_category"}
    | RETEST_TEXT
)

_STEADY = 0.80
_LEVEL = 0.95


def as_rule(
    choice: Choice,
    candidates: Candidates,
    platform: str | None,
    target: str,
    seed: int,
    *,
    chosen_by: str = "weighted Youden index, selection inside the bootstrap",
) -> EligibilityRule:
    """Return a choice among candidate columns as an eligibility rule.

    Parameters
    ----------
    choice : Choice
    candidates : Candidates
        What its columns are.
    platform : str or None
        Assay platform, where known.
    target : str
        Target condition.
    seed : int
        Root seed, kept as provenance.
    chosen_by : str
        How the threshold was chosen, kept as provenance.

    Returns
    -------
    EligibilityRule
    """
    clauses = tuple(
        Clause(candidates.names[k], operator, threshold, candidates.units[k], candidates.sources[k])
        for k, operator, threshold in zip(
            choice.columns, choice.operators, choice.thresholds, strict=True
        )
    )
    return EligibilityRule(
        clauses,
        choice.joiner,
        platform=platform,
        target_condition=target,
        provenance=(("chosen_by", chosen_by),
                    ("seed", str(seed))),
    )  # fmt: skip


def describe(rule: EligibilityRule, kind: str) -> dict[str, Any]:
    """Return the columns that name a rule.

    Parameters
    ----------
    rule : EligibilityRule
    kind : {"subtype", "upper_tail", "published"}

    Returns
    -------
    dict
    """
    row: dict[str, Any] = {
        "rule": json.dumps(rule.to_dict(), sort_keys=True),
        "rule_text": rule.text,
        "kind": kind,
        "claim": rule.claim,
        "target_condition": rule.target_condition,
    }
    for clause, end in zip(rule.clauses, ("", "_2", "_3"), strict=False):
        row[f"threshold{end}"], row[f"unit{end}"] = clause.threshold, clause.unit
    return row


def threshold_limits(
    cuts: Sequence[tuple[float, ...]],
    thresholds: tuple[float, ...],
    selection_frac: float,
    *,
    n: float,
    is_constraint: bool = False,
) -> dict[str, Any]:
    """Return the intervals of the thresholds, and the reason where none is given.

    The interval given the marker is that of the population optimum of *that* marker: percentiles
    of smoothed cuts in resamples, widened for n as a t is. The columns without "given marker" hold
    the same where at least 80 % of the resamples chose the same markers, and are blank otherwise:
    whoever repeats the study will most
    likely arrive at another marker, whose threshold no interval here covers.

    Parameters
    ----------
    cuts : sequence of tuple of float
        Thresholds of the reported markers in each resample.
    thresholds : tuple of float
        Those reported.
    selection_frac : float
        Share of the resamples that chose the same markers.
    n : float
        Weight of the smaller class.
    is_constraint : bool, default False
        Whether the cuts were chosen by a constraint.

    Returns
    -------
    dict

    References
    ----------
    Hesterberg TC (2015). doi:10.1080/00031305.2015.1089789
    """
    row: dict[str, Any] = {}
    level = _expanded(n)
    is_steady = selection_frac >= _STEADY
    for k, (reported, end) in enumerate(zip(thresholds, ("", "_2", "_3"), strict=False)):
        low, high = percentile_interval([cut[k] for cut in cuts], level)
        low, high = min(low, reported), max(high, reported)
        for side, value in (("low", low), ("high", high)):
            row[f"threshold{end}_given_marker_ci_{side}"] = value
            row[f"threshold{end}_ci_{side}"] = value if is_steady else float("nan")
    if not is_steady:
        row["threshold_interval_reason"] = (
            f"No interval for the threshold of the procedure: {selection_frac:.0%} of the "
            f"resamples chose {'this marker' if len(thresholds) == 1 else 'these markers'}, 80% "
            "are needed. The interval given what was chosen stands beside it."
        )
    elif is_constraint:
        row["threshold_interval_reason"] = "The interval is that of a cut that meets a constraint."
    return row


def _expanded(n: float) -> float:
    """Return the level at which percentiles are as wide as a t interval of n people at 95 %."""
    if n < 3:
        return _LEVEL
    reach = np.sqrt(n / (n - 1)) * special.stdtrit(n - 1, 0.5 + _LEVEL / 2)
    return float(1 - 2 * special.ndtr(-reach))


def share_with_interval(name: str, met: pd.Series | ArrayLike) -> dict[str, float]:
    """Return the share of known answers that are yes, with Wilson's interval.

    Parameters
    ----------
    name : str
        Name of the column.
    met : array of bool or NA
        Answers.

    Returns
    -------
    dict
        Columns `name`, with ``_ci_low`` and ``_ci_high``.
    """
    answers = np.asarray(pd.array(np.asarray(met, dtype=object), dtype="boolean").to_numpy(
        dtype=float, na_value=np.nan))  # fmt: skip
    known = answers[~np.isnan(answers)]
    low, high = wilson_interval(known.sum(), len(known))
    share = float(known.mean()) if len(known) else float("nan")
    return {name: share, f"{name}_ci_low": float(low), f"{name}_ci_high": float(high)}


def screening_cost(share: Mapping[str, float]) -> dict[str, float]:
    """Return screen failures and number needed to screen from ``positive_frac``."""
    middle, low, high = (share[f"positive_frac{end}"] for end in ("", "_ci_low", "_ci_high"))
    return {
        "screen_fail_frac": 1 - middle,
        "screen_fail_frac_ci_low": 1 - high,
        "screen_fail_frac_ci_high": 1 - low,
        "number_needed_to_screen": _inverse(middle),
        "number_needed_to_screen_ci_low": _inverse(high),
        "number_needed_to_screen_ci_high": _inverse(low),
    }


def screened_per_member(row: Mapping[str, Any]) -> dict[str, float]:
    r"""Return how many cases are screened for each enrolled person who has the target.

    The estimand is :math:`1 / (\pi\,Se)`, with :math:`\pi` the prevalence of the target and Se the
    sensitivity of the rule for it. `number_needed_to_screen` counts whoever is enrolled.

    Parameters
    ----------
    row : mapping
        Holds ``prevalence_frac`` and ``sensitivity``.

    Returns
    -------
    dict
        ``screened_per_member``, NaN where nobody of the target meets the rule.

    Examples
    --------
    >>> screened_per_member({"prevalence_frac": 0.25, "sensitivity": 0.8})
    {'screened_per_member': 5.0}
    """
    return {"screened_per_member": _inverse(row["prevalence_frac"] * row["sensitivity"])}


def as_table(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the rows as the criteria table: every column, numbers as floats."""
    table = pd.DataFrame([dict(row) for row in rows], columns=list(COLUMNS))
    for column in COLUMNS:
        if column in TEXT:
            table[column] = table[column].astype(object).where(table[column].notna(), None)
        else:
            table[column] = pd.to_numeric(table[column]).astype(float)
    return table


def _inverse(share: float) -> float:
    return 1 / share if share > 0 else float("nan")
