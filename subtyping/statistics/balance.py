"""How far two groups differ in what should not tell them apart, with intervals."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from subtyping.statistics.factor_levels import as_days, as_hours, as_levels, as_numbers
from subtyping.statistics.group_effects import (
    NO_EFFECT,
    Effect,
    cramers_v,
    standardised_difference,
)
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["BALANCE_COLUMNS", "balance_table"]

BALANCE_COLUMNS = (
    "factor",
    "may_block",
    "kind",
    "n_case",
    "n_reference",
    "missing_case_frac",
    "missing_reference_frac",
    "known_in",
    "n_levels",
    "case_mean",
    "reference_mean",
    "measure",
    "effect",
    "effect_ci_low",
    "effect_ci_high",
    "case_overlap_frac",
    "reference_overlap_frac",
    "vif",
    "interval_widening",
    "p_value",
    "q_value",
)
NAN = float("nan")


def balance_table(
    is_case: ArrayLike,
    is_reference: ArrayLike,
    factors: Mapping[str, pd.Series],
    *,
    times: Collection[str] = (),
    hours: Collection[str] = (),
    may_block: Collection[str] = (),
) -> pd.DataFrame:
    r"""Compare two groups on each factor.

    Parameters
    ----------
    is_case, is_reference : array of bool of shape (n_samples,)
    factors : mapping of str to array of shape (n_samples,)
        Age, sex, plate, ... under the user's names.
    times, hours : collection of str, optional
        Factors that are dates or days, and times of day.
    may_block : collection of str, optional
        Technical factors; their levels are never taken as numbers (unless they are times).

    Returns
    -------
    pandas.DataFrame
        One row per factor: ``factor, may_block, kind`` (number, levels or unknown), ``n_case,
        n_reference`` (known), ``missing_case_frac, missing_reference_frac, known_in`` (both,
        cases only, reference only, nobody), ``n_levels, case_mean, reference_mean, measure``
        (``smd`` or ``cramers_v``) and ``effect`` with its interval, ``case_overlap_frac,
        reference_overlap_frac`` (share of a group in the range, or in the levels, that both
        groups have), ``vif`` of case status on the factor (linear for numbers),
        ``interval_widening`` (its root: how many times wider an interval becomes by adjusting, at
        the same residual variance), ``p_value, q_value`` (Benjamini-Hochberg over the table).

    Notes
    -----
    An imbalance is no error: groups of thirty differ by half a standard deviation in one factor
    in twenty. It says what a difference between the groups may stand for.

    Examples
    --------
    >>> case = np.repeat([True, False], 4)
    >>> table = balance_table(case, ~case, {"age": [30, 40, 50, 60, 35, 45, 55, 65]})
    >>> table[["kind", "measure", "case_mean", "reference_mean", "vif"]].round(2).values.tolist()
    [['number', 'smd', 45.0, 50.0, 1.05]]
    """
    case, reference = np.asarray(is_case, dtype=bool), np.asarray(is_reference, dtype=bool)
    rows = []
    for name, given in factors.items():
        values = pd.Series(np.asarray(given, dtype=object))[case | reference]
        numbers = _numbers(values, name, times, hours, may_block)
        mask = case[values.index]
        row = _of_numbers(numbers, mask) if numbers is not None else _of_levels(values, mask)
        rows.append({"factor": name, "may_block": name in may_block, **row})
    table = pd.DataFrame(rows, columns=list(BALANCE_COLUMNS))
    table["q_value"] = benjamini_hochberg(table["p_value"].astype(float))
    table["interval_widening"] = np.sqrt(table["vif"].astype(float))
    table["may_block"] = table["may_block"].astype(bool)
    return table


def _numbers(
    values: pd.Series,
    name: str,
    times: Collection[str],
    hours: Collection[str],
    may_block: Collection[str],
) -> pd.Series | None:
    """Return a factor as numbers where it is one; technical levels only as dates."""
    if name in times or name in hours:
        read = as_days(values) if name in times else as_hours(values)
        return as_numbers(read) if _is_read(values, read) else None
    return None if name in may_block else as_numbers(values)


def _is_read(values: pd.Series, read: pd.Series) -> bool:
    """Whether every known entry of a time could be read."""
    return bool(read[as_levels(values).index].notna().all())


def _of_numbers(numbers: pd.Series, case: np.ndarray) -> dict[str, object]:
    known = numbers.notna().to_numpy()
    one, nil = numbers[known & case].to_numpy(), numbers[known & ~case].to_numpy()
    overlaps = (NAN, NAN)
    vif = NAN
    if len(one) and len(nil):
        low, high = max(one.min(), nil.min()), min(one.max(), nil.max())
        inside = [(x >= low) & (x <= high) for x in (one, nil)]
        overlaps = (float(inside[0].mean()), float(inside[1].mean()))
        vif = _linear_vif(numbers[known].to_numpy(), case[known])
    effect = standardised_difference(one, nil)
    means = [float(x.mean()) if len(x) else NAN for x in (one, nil)]
    return {
        **_known(case, known),
        "kind": "number",
        "n_levels": int(numbers[known].nunique()),
        "case_mean": means[0],
        "reference_mean": means[1],
        **_effect("smd", effect),
        "case_overlap_frac": overlaps[0],
        "reference_overlap_frac": overlaps[1],
        "vif": vif,
    }


def _of_levels(values: pd.Series, case: np.ndarray) -> dict[str, object]:
    levels = as_levels(values)
    known = values.index.isin(levels.index)
    codes, names = pd.factorize(levels)
    counts = np.zeros((len(names), 2))
    np.add.at(counts, (codes, np.where(case[known], 0, 1)), 1)
    both = (counts > 0).all(axis=1)
    sums = counts.sum(axis=0)
    shares = [float(counts[both, i].sum() / sums[i]) if sums[i] else NAN for i in (0, 1)]
    sizes = counts.sum(axis=1)
    within = float((counts.prod(axis=1) / sizes).sum()) if len(names) else 0.0
    total = float(sums.prod() / sums.sum()) if sums.sum() else 0.0
    vif = NAN if total == 0 else float("inf") if within <= 1e-12 * total else total / within
    return {
        **_known(case, known),
        "kind": "levels" if len(names) else "unknown",
        "n_levels": len(names),
        "case_mean": NAN,
        "reference_mean": NAN,
        **_effect("cramers_v", cramers_v(counts) if len(names) else NO_EFFECT),
        "case_overlap_frac": shares[0],
        "reference_overlap_frac": shares[1],
        "vif": vif,
    }


def _effect(measure: str, effect: Effect) -> dict[str, object]:
    return {
        "measure": measure,
        "effect": effect.value,
        "effect_ci_low": effect.ci_low,
        "effect_ci_high": effect.ci_high,
        "p_value": effect.p_value,
    }


def _known(case: np.ndarray, known: np.ndarray) -> dict[str, object]:
    """Who is known, and whether one group is not at all."""
    n_case, n_reference = int((known & case).sum()), int((known & ~case).sum())
    sides = {
        (True, True): "both",
        (True, False): "cases only",
        (False, True): "reference only",
        (False, False): "nobody",
    }
    return {
        "n_case": n_case,
        "n_reference": n_reference,
        "missing_case_frac": 1 - n_case / case.sum() if case.any() else NAN,
        "missing_reference_frac": 1 - n_reference / (~case).sum() if (~case).any() else NAN,
        "known_in": sides[n_case > 0, n_reference > 0],
    }


def _linear_vif(x: np.ndarray, case: np.ndarray) -> float:
    """1 / (1 - r^2) of case status and a number."""
    status = case.astype(float)
    x, status = x - x.mean(), status - status.mean()
    norms = float((x**2).sum() * (status**2).sum())
    if norms <= 0:
        return 1.0
    rest = 1 - float(x @ status) ** 2 / norms
    return float("inf") if rest <= 1e-12 else 1 / rest
