"""What becomes of the findings when sample handling is reported, dropped or regressed out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from subtyping.axes import AxisScorer
from subtyping.exceptions import InputError
from subtyping.preparation.prepared import Prepared
from subtyping.signature.handling_analytes import analytes_at_equal_handling
from subtyping.signature.handling_estimates import (
    Key,
    People,
    bootstrap,
    estimates,
    scored_axes,
)
from subtyping.signature.handling_sentences import sensitivity_notes, sensitivity_sentence

__all__ = ["HANDLING_OPTIONS", "HandlingSensitivity", "handling_sensitivity"]

Mask = NDArray[np.bool_]

HANDLING_OPTIONS = ("report", "drop", "regress_out")
AXIS_COLUMNS = (
    "contrast",
    "axis",
    "quantity",
    "handling",
    "estimate",
    "ci_low",
    "ci_high",
    "change",
    "change_ci_low",
    "change_ci_high",
    "share_left_frac",
    "p_value",
    "n_first",
    "n_second",
)
NAN = float("nan")
Z = float(special.ndtri(0.975))


@dataclass(frozen=True, eq=False)
class HandlingSensitivity:
    """The same findings with the handling score reported, its markers dropped, or regressed out.

    Attributes
    ----------
    axes : pandas.DataFrame
        ``contrast`` (cases - reference; group - other cases where memberships were given),
        ``axis, quantity`` (score, skew, and ``handling`` for the score itself), ``handling`` (the
        option), ``estimate`` (difference of means) with its interval, ``change`` from ``report``
        with its interval, ``share_left_frac`` (blank where the reported difference is not told
        apart from 0), ``p_value`` (of the deciding line, where given), ``n_first, n_second``.
    analytes : pandas.DataFrame
        ``analyte, log2_fc_report, log2_fc_regress_out`` (case minus reference) with intervals,
        ``change, is_marker``; the largest change first. Markers have no regressed value, and
        nothing has where handling could not be regressed out.
    sentence : str
    notes : tuple of str
        What regressing out can take away with the handling, and what dropping cannot change.
    """

    axes: pd.DataFrame
    analytes: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()


def handling_sensitivity(
    prepared: Prepared,
    scorer: AxisScorer,
    is_case: np.ndarray,
    is_reference: np.ndarray,
    *,
    membership: pd.Series | None = None,
    p_values: Mapping[str, float] | None = None,
    resamples: int = 100,
    seed: int = 0,
    jobs: int | None = 1,
) -> HandlingSensitivity | None:
    r"""Contrast results with handling reported, dropped and regressed out.

    Per axis, the difference of means between cases and reference people of score and skew, the
    level and slopes learnt anew under each option. Intervals are estimate ± 1.96 bootstrap
    standard errors: cases and reference people are resampled apart, and the handling slopes, the
    level and the skew refitted in every resample. Per analyte,
    :math:`\Delta = \bar y_1 - \bar y_0 - b (\bar h_1 - \bar h_0)` with the slope *b* learnt in
    reference people; its variance adds :math:`\mathrm{SE}(b)^2 (\bar h_1 - \bar h_0)^2` to
    Welch's.

    Parameters
    ----------
    prepared : Prepared
        With the handling markers in the matrix and nothing regressed out.
    scorer : AxisScorer
        Its axes are scored; the declared one first. Need not be fitted.
    is_case, is_reference : array of bool of shape (n_samples,)
    membership : pandas.Series, optional
        Probability of belonging to a group found among the cases, by sample_id: adds the contrast
        of that group (above one half) with the other cases.
    p_values : mapping of str to float, optional
        p-value of the deciding line under each option, where somebody has computed it.
    resamples : int, default 100
        Bootstrap resamples; 0 leaves the intervals of axes blank.
    seed : int, default 0
    jobs : int, optional
        Workers.

    Returns
    -------
    HandlingSensitivity or None
        None where there is no handling score (fewer than three markers).

    Raises
    ------
    InputError
        If the markers are not in the matrix, or `p_values` names another option.

    Notes
    -----
    Scores and levels never contain the handling markers (unless an axis names one), so dropping
    them changes no score. With fewer than 20 reference people whose score is known nothing can be
    learnt: there are no rows for ``regress_out`` and the sentence says so.

    Regressing out removes what goes along with the markers in reference
    people, waiting or not: a subtype whose own biology releases the markers loses part of what
    makes it one, and one whose tubes merely stood longer does not. docs/covariates.md has the
    size of both. Each option is on its own healthy scale.

    Examples
    --------
    >>> from subtyping.axes import define_axes
    >>> from subtyping.cohorts import simulate_cohort
    >>> from subtyping.preparation import Preparation
    >>> panel = simulate_cohort("null", seed=1, n_case=60, n_reference=40).panel
    >>> prepared = Preparation(case=["MDD"], reference=["HC"]).fit_transform(panel)
    >>> masks = panel.in_groups(["MDD"]), panel.in_groups(["HC"])
    >>> scorer = AxisScorer(define_axes("Th2"), only_declared=True)
    >>> found = handling_sensitivity(prepared, scorer, *masks, resamples=20)
    >>> found.axes["handling"].tolist()[1:4]
    ['report', 'drop', 'regress_out']
    """
    handling = prepared.handling.to_numpy(dtype=float)
    if not np.isfinite(handling).any():
        return None
    _check(prepared, p_values)
    case, reference = np.asarray(is_case, dtype=bool), np.asarray(is_reference, dtype=bool)
    is_marker = prepared.z.columns.isin(prepared.handling_markers)
    people = People(
        z=prepared.z.reset_index(drop=True),
        handling=handling,
        is_marker=is_marker,
        is_case=case,
        is_reference=reference,
        in_group=_in_group(prepared, membership, case),
        models={},
        rows=np.arange(len(handling)),
    )
    people = replace(people, models=scored_axes(prepared, scorer, people))
    axes = _axes_table(people, bootstrap(people, resamples, seed, jobs), p_values or {})
    analytes = analytes_at_equal_handling(prepared, handling, case, reference)
    declared = scorer.axes[0].name
    return HandlingSensitivity(
        axes,
        analytes,
        sensitivity_sentence(axes, declared, people),
        sensitivity_notes(axes, declared, people),
    )


def _check(prepared: Prepared, p_values: Mapping[str, float] | None) -> None:
    gone = [name for name in prepared.handling_markers if name not in prepared.z.columns]
    if gone:
        message = (
            f"The handling markers {', '.join(gone)} are not in the matrix; compare the options on "
            "a preparation that keeps them (handling: report)."
        )
        raise InputError(message)
    wrong = [name for name in p_values or {} if name not in HANDLING_OPTIONS]
    if wrong:
        message = f"p_values are of {', '.join(HANDLING_OPTIONS)}; got {', '.join(wrong)}."
        raise InputError(message)


def _in_group(prepared: Prepared, membership: pd.Series | None, case: Mask) -> Mask | None:
    if membership is None:
        return None
    known = membership.reindex(prepared.z.index).to_numpy(dtype=float)
    inside = case & (np.nan_to_num(known) > 0.5)
    return inside if 2 <= inside.sum() <= case.sum() - 2 else None


def _axes_table(people: People, draws: pd.DataFrame, p_values: Mapping[str, float]) -> pd.DataFrame:
    """One row per contrast, axis, quantity and option; the axes in their order."""
    found = estimates(people)
    sizes = {
        contrast: tuple(int(mask.sum()) for mask in masks)
        for contrast, masks in people.sides.items()
    }
    declared = people.models["report"][0].name
    names = ["", *(model.name for model in people.models["report"])]
    order = [
        (contrast, axis, quantity, option)
        for contrast in people.sides
        for axis in names
        for quantity in ("handling", "skew", "score")
        for option in HANDLING_OPTIONS
    ]
    rows = []
    for key in order:
        if not np.isfinite(found.get(key, NAN)):
            continue
        contrast, axis, quantity, option = key
        rows.append(
            {
                "contrast": contrast,
                "axis": axis,
                "quantity": quantity,
                "handling": option,
                **_against_report(found, draws, key),
                "p_value": p_values.get(option, NAN) if axis == declared else NAN,
                "n_first": sizes[contrast][0],
                "n_second": sizes[contrast][1],
            }
        )
    return pd.DataFrame(rows, columns=list(AXIS_COLUMNS))


def _against_report(found: Mapping[Key, float], draws: pd.DataFrame, key: Key) -> dict[str, float]:
    """One estimate with its interval, and its change from handling left in."""
    estimate, reach = found[key], _reach(draws, key)
    row = {"estimate": estimate, "ci_low": estimate - reach, "ci_high": estimate + reach}
    if key[3] == "report":
        return row
    first: Key = (key[0], key[1], key[2], "report")
    base, change, wobble = found[first], estimate - found[first], _reach(draws, key, first)
    return {
        **row,
        "change": change,
        "change_ci_low": change - wobble,
        "change_ci_high": change + wobble,
        "share_left_frac": estimate / base if abs(base) > _reach(draws, first) else NAN,
    }


def _reach(
    draws: pd.DataFrame,
    key: Key,
    base: Key | None = None,
) -> float:
    """1.96 bootstrap standard errors of an estimate, or of its change from another."""
    if key not in draws or len(draws) < 2:
        return NAN
    values = draws[key].to_numpy(dtype=float)
    if base is not None:
        values = values - draws[base].to_numpy(dtype=float)
    return Z * float(np.std(values[np.isfinite(values)], ddof=1))
