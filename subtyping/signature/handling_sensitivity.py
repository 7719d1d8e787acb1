"""What becomes of the findings when sample handling is reported, dropped or regressed out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from subtyping._parallel import map_in_order
from subtyping._random import stream
from subtyping._validation import count_of
from subtyping.axes import AxisModel, AxisScorer, fit_axis_model
from subtyping.exceptions import InputError
from subtyping.preparation.handling_adjuster import HandlingAdjuster
from subtyping.preparation.prepared import Prepared

__all__ = ["HANDLING_OPTIONS", "HandlingSensitivity", "handling_sensitivity"]

Floats = NDArray[np.float64]
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
CASES = "cases - reference"
GROUP = "group - other cases"
NAN = float("nan")
Z = float(special.ndtri(0.975))
MUCH = 0.25
FEW_PEOPLE = 40


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
        ``change, is_marker``; the largest change first. Markers have no regressed value.
    sentence : str
    notes : tuple of str
        What regressing out can take away with the handling, and what dropping cannot change.
    """

    axes: pd.DataFrame
    analytes: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Task:
    z: pd.DataFrame
    handling: Floats
    is_marker: Mask
    is_case: Mask
    is_reference: Mask
    in_group: Mask | None
    models: Mapping[str, tuple[AxisModel, ...]]
    rows: NDArray[np.int64]


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
    them changes no score. Regressing out removes handling *and* whatever goes with it: if the
    people of a true subtype waited longer, part of the subtype is removed. docs/covariates.md
    has the size of both errors.

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
    task = _Task(
        z=prepared.z.reset_index(drop=True),
        handling=handling,
        is_marker=is_marker,
        is_case=case,
        is_reference=reference,
        in_group=_in_group(prepared, membership, case),
        models={},
        rows=np.arange(len(handling)),
    )
    task = replace(task, models=_models(prepared, scorer, task))
    estimates = _estimates(task)
    axes = _axes_table(task, estimates, _bootstrap(task, resamples, seed, jobs), p_values or {})
    analytes = _analyte_table(prepared, handling, case, reference)
    declared = scorer.axes[0].name
    return HandlingSensitivity(
        axes, analytes, _sentence(axes, declared), _notes(axes, declared, task)
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


def _variants(task: _Task) -> dict[str, pd.DataFrame]:
    """The matrix under each option, learnt in the reference people of this task."""
    X = task.z.to_numpy()
    mine = task.is_reference
    adjuster = HandlingAdjuster().fit(
        X[mine], handling=task.handling[mine], is_marker=task.is_marker
    )
    regressed = adjuster.transform(X, handling=task.handling)
    return {
        "report": task.z,
        "drop": task.z.loc[:, ~task.is_marker],
        "regress_out": pd.DataFrame(regressed, columns=task.z.columns),
    }


def _models(
    prepared: Prepared, scorer: AxisScorer, task: _Task
) -> dict[str, tuple[AxisModel, ...]]:
    """The axes that can be scored under each option."""
    found = {}
    for option, z in _variants(task).items():
        variant = replace(prepared, z=z.set_axis(prepared.z.index, axis=0))
        fresh = AxisScorer(scorer.axes, only_declared=scorer.only_declared)
        fresh.fit(variant, task.is_case, task.is_reference)
        found[option] = tuple(fresh.models_.values())
    return found


def _estimates(task: _Task) -> dict[tuple[str, str, str, str], float]:
    """Difference of means by (contrast, axis, quantity, option)."""
    sides = {CASES: (task.is_case, task.is_reference)}
    if task.in_group is not None:
        sides[GROUP] = (task.in_group, task.is_case & ~task.in_group)
    found = {
        (contrast, "", "handling", "report"): _difference(task.handling, *masks)
        for contrast, masks in sides.items()
    }
    for option, z in _variants(task).items():
        z_reference, z_case = z[task.is_reference], z[task.is_case]
        for model in task.models[option]:
            fitted = fit_axis_model(
                model.name, model.members, model.level_analytes, z_reference, z_case
            )
            scored = fitted.scores(z)
            for quantity in ("score", "skew"):
                values = scored[quantity].to_numpy()
                for contrast, masks in sides.items():
                    found[contrast, model.name, quantity, option] = _difference(values, *masks)
    return found


def _difference(values: Floats, first: Mask, second: Mask) -> float:
    one, two = values[first], values[second]
    one, two = one[np.isfinite(one)], two[np.isfinite(two)]
    return float(one.mean() - two.mean()) if len(one) and len(two) else NAN


def _resampled(task: _Task) -> dict[tuple[str, str, str, str], float]:
    rows = task.rows
    return _estimates(
        replace(
            task,
            z=task.z.iloc[rows].reset_index(drop=True),
            handling=task.handling[rows],
            is_case=task.is_case[rows],
            is_reference=task.is_reference[rows],
            in_group=None if task.in_group is None else task.in_group[rows],
        )
    )


def _bootstrap(task: _Task, resamples: int, seed: int, jobs: int | None) -> pd.DataFrame:
    """One row per resample, one column per estimate."""
    parts = [np.flatnonzero(task.is_reference)]
    if task.in_group is None:
        parts.append(np.flatnonzero(task.is_case))
    else:
        parts += [np.flatnonzero(m) for m in (task.in_group, task.is_case & ~task.in_group)]
    tasks = []
    for k in range(resamples):
        rng = stream(seed, "handling sensitivity", k)
        rows = np.concatenate([rng.choice(part, len(part)) for part in parts])
        tasks.append(replace(task, rows=rows))
    return pd.DataFrame(map_in_order(_resampled, tasks, jobs=jobs))


def _axes_table(
    task: _Task,
    estimates: Mapping[tuple[str, str, str, str], float],
    draws: pd.DataFrame,
    p_values: Mapping[str, float],
) -> pd.DataFrame:
    sizes = {CASES: (int(task.is_case.sum()), int(task.is_reference.sum()))}
    if task.in_group is not None:
        n_group = int(task.in_group.sum())
        sizes[GROUP] = (n_group, sizes[CASES][0] - n_group)
    declared = task.models["report"][0].name
    order = {option: k for k, option in enumerate(HANDLING_OPTIONS)}
    rows = []
    for key in sorted(estimates, key=lambda k: (k[0], k[1] != "", k[2] == "score", order[k[3]])):
        contrast, axis, quantity, option = key
        reach = _reach(draws, key)
        base = estimates.get((contrast, axis, quantity, "report"), NAN)
        change = estimates[key] - base
        wobble = _reach(draws, key, (contrast, axis, quantity, "report"))
        is_told = abs(base) > _reach(draws, (contrast, axis, quantity, "report"))
        is_first = option == "report"
        rows.append(
            {
                "contrast": contrast,
                "axis": axis,
                "quantity": quantity,
                "handling": option,
                "estimate": estimates[key],
                "ci_low": estimates[key] - reach,
                "ci_high": estimates[key] + reach,
                "change": NAN if is_first else change,
                "change_ci_low": NAN if is_first else change - wobble,
                "change_ci_high": NAN if is_first else change + wobble,
                "share_left_frac": estimates[key] / base if is_told and not is_first else NAN,
                "p_value": p_values.get(option, NAN) if axis == declared else NAN,
                "n_first": sizes[contrast][0],
                "n_second": sizes[contrast][1],
            }
        )
    table = pd.DataFrame(rows, columns=list(AXIS_COLUMNS))
    return table[table["estimate"].notna()].reset_index(drop=True)


def _reach(
    draws: pd.DataFrame,
    key: tuple[str, str, str, str],
    base: tuple[str, str, str, str] | None = None,
) -> float:
    """1.96 bootstrap standard errors of an estimate, or of its change from another."""
    if key not in draws or len(draws) < 2:
        return NAN
    values = draws[key].to_numpy(dtype=float)
    if base is not None:
        values = values - draws[base].to_numpy(dtype=float)
    return Z * float(np.std(values[np.isfinite(values)], ddof=1))


def _analyte_table(
    prepared: Prepared, handling: Floats, case: Mask, reference: Mask
) -> pd.DataFrame:
    Y = prepared.log2[list(prepared.z.columns)]
    rows = [
        {"analyte": name, **_one_analyte(Y[name].to_numpy(dtype=float), handling, case, reference)}
        for name in Y.columns
    ]
    table = pd.DataFrame(rows)
    table["is_marker"] = table["analyte"].isin(prepared.handling_markers)
    blank = [name for name in table.columns if "regress_out" in name] + ["change"]
    table.loc[table["is_marker"], blank] = np.nan
    order = table["change"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _one_analyte(y: Floats, h: Floats, case: Mask, reference: Mask) -> dict[str, float]:
    """Difference of means of one analyte, as it is and at equal handling."""
    known = np.isfinite(y) & np.isfinite(h)
    y1, y0 = y[case & known], y[reference & known]
    h1, h0 = h[case & known], h[reference & known]
    names = ("log2_fc_report", "log2_fc_regress_out")
    blank = {f"{name}{end}": NAN for name in names for end in ("", "_ci_low", "_ci_high")}
    if min(len(y1), len(y0)) < 4 or np.ptp(h0) <= 1e-12:
        return {**blank, "change": NAN}
    gap, spread = h1.mean() - h0.mean(), float(((h0 - h0.mean()) ** 2).sum())
    slope = float((h0 - h0.mean()) @ y0 / spread)
    rest = y0 - y0.mean() - slope * (h0 - h0.mean())
    noise = float(rest @ rest) / (len(y0) - 2)
    crude = float(y1.mean() - y0.mean())
    plain = _welch(crude, [(y1.var(ddof=1) / len(y1), len(y1) - 1), _of(y0)])
    adjusted = _welch(
        crude - slope * gap,
        [
            ((y1 - slope * h1).var(ddof=1) / len(y1), len(y1) - 1),
            (noise / len(y0) + noise / spread * gap**2, len(y0) - 2),
        ],
    )
    numbers = dict(zip(blank, (*plain, *adjusted), strict=True))
    return {**numbers, "change": float(-slope * gap)}


def _of(y: Floats) -> tuple[float, int]:
    return float(y.var(ddof=1) / len(y)), len(y) - 1


def _welch(estimate: float, parts: list[tuple[float, int]]) -> tuple[float, float, float]:
    """Estimate and its interval, with Satterthwaite's degrees of freedom."""
    total = sum(variance for variance, _ in parts)
    if total <= 0:
        return estimate, estimate, estimate
    freedom = total**2 / sum(variance**2 / df for variance, df in parts)
    reach = float(stats.t.ppf(0.975, freedom)) * np.sqrt(total)
    return estimate, float(estimate - reach), float(estimate + reach)


def _row(axes: pd.DataFrame, contrast: str, axis: str, option: str) -> pd.Series | None:
    """The skew of an axis under an option; its score where there is no skew."""
    mine = axes[
        (axes["contrast"] == contrast) & (axes["axis"] == axis) & (axes["handling"] == option)
    ]
    return None if mine.empty else mine.iloc[0]


def _told(row: pd.Series) -> str:
    return f"{row['estimate']:.2f} ({row['ci_low']:.2f} to {row['ci_high']:.2f})"


def _sentence(axes: pd.DataFrame, declared: str) -> str:
    first, last = (_row(axes, CASES, declared, o) for o in ("report", "regress_out"))
    gap = axes[(axes["contrast"] == CASES) & (axes["quantity"] == "handling")]
    if first is None or last is None or gap.empty:
        return f"The {declared} axis cannot be compared with handling regressed out."
    left = last["share_left_frac"]
    share = f", which is {left:.0%} of it" if np.isfinite(left) else ""
    return (
        f"Cases and reference people differ by {_told(gap.iloc[0])} in the handling score. Their "
        f"difference in {declared} {first['quantity']} is {_told(first)} with handling left in and "
        f"{_told(last)} with the handling score regressed out{share}."
    )


def _notes(axes: pd.DataFrame, declared: str, task: _Task) -> tuple[str, ...]:
    notes = []
    members = {name for model in task.models["report"] for name in model.members}
    mine = sorted(members & set(task.z.columns[task.is_marker]))
    if mine:
        notes.append(f"The handling markers {', '.join(mine)} are members of an axis.")
    else:
        notes.append(
            "Dropping the handling markers changes no axis: they are in no score and in no level."
        )
    words = {CASES: "the cases and the reference people", GROUP: "the group and the other cases"}
    for contrast in axes["contrast"].unique():
        row = _row(axes, contrast, declared, "regress_out")
        if row is None or not row["share_left_frac"] < 1 - MUCH:
            continue
        notes.append(
            f"Regressing handling out takes away {1 - row['share_left_frac']:.0%} of the "
            f"difference in {declared} {row['quantity']} between {words[contrast]}. If their tubes "
            "were treated alike and these people truly differ, or if the tubes of a true subtype "
            "stood longer, this is the finding itself that goes, not an artefact: the panel "
            "cannot tell. Look up when each tube was drawn and spun."
        )
    n = int(np.isfinite(task.handling[task.is_reference]).sum())
    if n < FEW_PEOPLE:
        people = count_of(n, "reference person", "reference people")
        notes.append(f"The handling slopes rest on {people} only.")
    return tuple(notes)
