"""Whom the cases resemble: as a plain correlation has it, with shared errors out, and in truth."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from subtyping.preparation.prepared import Prepared
from subtyping.signature.likeness import group_design, likeness_values
from subtyping.signature.likeness.correlations import CorrelationTask, correlation_rows

__all__ = ["CLAIM_BELOW", "debiased_likeness", "plain_likeness"]

CLAIM_BELOW = 0.05
DRAWS = 199


def plain_likeness(
    contrasts: Mapping[str, pd.DataFrame], truth: pd.DataFrame, case: str
) -> dict[str, float | bool]:
    """Correlate the fold changes of the cases with those of each comparison group.

    Parameters
    ----------
    contrasts : mapping of str to pandas.DataFrame
        ``log2_fc, is_mostly_below_detection`` by analyte, for the cases and each other group.
    truth : pandas.DataFrame
        True differences by analyte, one column per group.
    case : str

    Returns
    -------
    dict
        Per group ``likeness_, is_called_like_`` (positive at p < .05 by the test for independent
        points, which analytes are not) and ``true_likeness_``; with two groups or more
        ``is_nearer_<first>``, whether the first correlation is the largest.

    Examples
    --------
    >>> def one(*fold): return pd.DataFrame({"log2_fc": fold, "is_mostly_below_detection": False})
    >>> parts = {"MDD": one(1.0, 2, 3), "AD": one(1.0, 2, 3), "X": one(3.0, 2, 1)}
    >>> truth = pd.DataFrame({"MDD": [1.0, 2, 3], "AD": [1.0, 2, 3], "X": [1.0, 2, 3]})
    >>> found = plain_likeness(parts, truth, "MDD")
    >>> found["is_nearer_AD"], found["is_called_like_AD"], found["is_called_like_X"]
    (True, True, False)
    """
    mine, row = contrasts[case], {}
    for group, other in contrasts.items():
        if group == case:
            continue
        both = ~(mine["is_mostly_below_detection"] | other["is_mostly_below_detection"])
        names = mine.index[both.to_numpy(dtype=bool)]
        r = _r(mine.loc[names, "log2_fc"], other.loc[names, "log2_fc"])
        row[f"likeness_{group}"] = r
        row[f"is_called_like_{group}"] = bool(r > _critical_r(len(names)))
        row[f"true_likeness_{group}"] = _r(truth.loc[names, case], truth.loc[names, group])
    return row | _nearest(row, [group for group in contrasts if group != case])


def debiased_likeness(
    prepared: Prepared,
    samples: pd.DataFrame,
    truth: pd.DataFrame,
    *,
    case: str,
    reference: str,
    comparisons: Sequence[str],
    covariates: Sequence[str],
    batch: bool,
    seed: int,
) -> dict[str, float | bool]:
    """Correlate the true signatures as `likeness_of_diseases` estimates them.

    Parameters
    ----------
    prepared : Prepared
    samples : pandas.DataFrame
    truth : pandas.DataFrame
        True differences by analyte and ``sd_log2``.
    case, reference : str
    comparisons : sequence of str
    covariates : sequence of str
    batch : bool
    seed : int

    Returns
    -------
    dict
        Per group ``debiased_likeness_`` (NaN where a signature is not distinguishable from
        noise), ``is_debiased_like_`` (positive at p < .05 by permuted labels) and
        ``true_debiased_likeness_`` (of differences in SD); with two groups or more
        ``is_debiased_nearer_<first>`` (above each other at p < .05).
    """
    if not comparisons:
        return {}
    sides = {"case": [case], **{group: [group] for group in comparisons}}
    design = group_design(samples, sides, [reference], covariates=tuple(covariates), batch=batch)
    told = tuple(group for group in comparisons if group not in design.refused)
    if "case" in design.refused or not told:
        return {}
    values = likeness_values(prepared.log2, prepared.detected, design, min_detected_frac=0.5)
    task = CorrelationTask(
        suffix="",
        Y=values.Y,
        measured=values.measured,
        design=design,
        comparisons=told,
        is_centred=True,
        n_bootstrap=DRAWS,
        n_permutation=DRAWS,
        seed=seed,
    )
    rows = {str(row["comparison"]): row for row in correlation_rows(task)}
    scaled = truth.loc[list(values.analytes)].div(truth["sd_log2"], axis=0).dropna()
    found: dict[str, float | bool] = {}
    for group in told:
        found[f"debiased_likeness_{group}"] = float(str(rows[group]["value"]))
        found[f"is_debiased_like_{group}"] = _is_claimed(rows[group])
        found[f"true_debiased_likeness_{group}"] = _r(scaled[case], scaled[group])
    others = [_is_claimed(rows[f"{told[0]} - {group}"]) for group in told[1:]]
    return found | ({f"is_debiased_nearer_{told[0]}": all(others)} if others else {})


def _is_claimed(row: Mapping[str, object]) -> bool:
    value, p_value = float(str(row["value"])), float(str(row["p_value"]))
    return value > 0 and p_value < CLAIM_BELOW


def _nearest(row: Mapping[str, float | bool], groups: Sequence[str]) -> dict[str, bool]:
    if len(groups) < 2:
        return {}
    r = [float(row[f"likeness_{group}"]) for group in groups]
    return {f"is_nearer_{groups[0]}": bool(r[0] > max(r[1:]))}


def _r(a: pd.Series, b: pd.Series) -> float:
    if len(a) < 3 or a.std() == 0 or b.std() == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def _critical_r(n: int) -> float:
    """Return the correlation that is significant at two-sided .05 in the plain test."""
    t = stats.t.ppf(0.975, max(n - 2, 1))
    return float(t / np.sqrt(max(n - 2, 1) + t**2))
