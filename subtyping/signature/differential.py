"""Differential abundance: which analytes differ between groups, adjusted, with intervals."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import list_some
from subtyping.exceptions import InputError
from subtyping.signature.design import contrast_design
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["Differential", "differential_abundance"]

_Q_LIMIT = 0.05
_LOG2_FC_LIMIT = 0.585
_MOSTLY = 0.5
_INFERENCE = ("ci_low", "ci_high", "t", "p_value", "q_value")


@dataclass(frozen=True, eq=False)
class Differential:
    """Differences between groups, one row for each analyte and contrast.

    Attributes
    ----------
    table : pandas.DataFrame
        ``analyte, contrast, log2_fc, ci_low, ci_high, t, p_value, q_value, detected_frac,
        is_mostly_below_detection, n_case, n_reference``.
    sentence : str
        How many analytes differ in each contrast.
    notes : tuple of str
        Samples left out and covariates dropped, contrast by contrast.
    """

    table: pd.DataFrame
    sentence: str
    notes: tuple[str, ...] = ()


def differential_abundance(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    *,
    contrasts: Mapping[str, tuple[Sequence[str], Sequence[str]]],
    covariates: Sequence[str] = ("age", "sex", "bmi"),
    batch: bool = True,
    blocked: bool | AbstractSet[str] = False,
) -> Differential:
    """Compare groups analyte by analyte with a moderated t, adjusted for covariates and plate.

    ``log2_fc`` is the coefficient of case status in ``log2 ~ covariates + plate + case``, fitted
    to the people of that contrast; intervals are those of the moderated t; q-values are
    Benjamini-Hochberg within one contrast. Where a contrast is blocked, ``log2_fc`` is the plain
    difference of means and everything that would be inference is blank.

    Parameters
    ----------
    log2 : pandas.DataFrame of shape (n_samples, n_analytes)
        Prepared log2 values; NaN is missing.
    detected : pandas.DataFrame of bool
        Same shape: which values were measured above the limit of detection.
    samples : pandas.DataFrame
        Role columns, ``group`` among them; same index as `log2`.
    contrasts : mapping of str to (case groups, reference groups)
        Named contrasts.
    covariates : sequence of str, default ("age", "sex", "bmi")
        Role columns to adjust for.
    batch : bool, default True
        Whether plates are adjusted for.
    blocked : bool or set of str, default False
        Contrasts for which no inference is made; True blocks all of them.

    Returns
    -------
    Differential

    Raises
    ------
    InputError
        If the tables list different samples, no group was declared, a side of a contrast has
        fewer than two samples or a group stands on both sides.

    Notes
    -----
    Values below detection weigh as measured: for an analyte that is mostly below detection the
    difference of means says little, whatever its p-value.

    References
    ----------
    Smyth GK (2004). doi:10.2202/1544-6115.1027

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> ids = [f"s{i}" for i in range(40)]
    >>> log2 = pd.DataFrame(rng.normal(size=(40, 5)), index=ids, columns=list("ABCDE"))
    >>> samples = pd.DataFrame({"group": ["HC", "MDD"] * 20}, index=ids)
    >>> log2.loc[samples["group"] == "MDD", "A"] += 2
    >>> found = differential_abundance(
    ...     log2, log2.notna(), samples,
    ...     contrasts={"MDD vs HC": (["MDD"], ["HC"])}, covariates=[],
    ... )
    >>> found.sentence
    'MDD vs HC: 1 of 5 analytes at q < .05 and |log2 fold change| > .585.'
    >>> found.table.loc[0, "analyte"]
    'A'
    """
    _check(log2, detected, samples)
    tables: list[pd.DataFrame] = []
    sentences: list[str] = []
    notes: list[str] = []
    for name, (cases, references) in contrasts.items():
        sides = _sides(samples, name, cases, references)
        is_blocked = blocked if isinstance(blocked, bool) else name in blocked
        table, remarks = _one_contrast(log2, detected, samples, sides, covariates, batch=batch,
                                       blocked=is_blocked)  # fmt: skip
        table.insert(1, "contrast", name)
        tables.append(table)
        sentences.append(_sentence(name, table))
        notes.extend(f"{name}: {remark}" for remark in remarks)
    whole = pd.concat(tables, ignore_index=True) if tables else _empty()
    return Differential(whole, " ".join(sentences) or "No contrast was asked for.", tuple(notes))


def _check(log2: pd.DataFrame, detected: pd.DataFrame, samples: pd.DataFrame) -> None:
    if not (log2.index.equals(samples.index) and log2.shape == detected.shape):
        message = (
            "log2, detected and samples must list the same samples in one order, and log2 and "
            f"detected the same analytes; got {log2.shape}, {detected.shape} and {samples.shape}."
        )
        raise InputError(message)
    if "group" not in samples:
        message = 'No group column was declared. Write columns={"group": "<column>"}.'
        raise InputError(message)


def _sides(
    samples: pd.DataFrame, name: str, cases: Sequence[str], references: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    both = sorted({str(group) for group in cases} & {str(group) for group in references})
    if both:
        message = f"Contrast {name!r} has {list_some(both)} on both sides."
        raise InputError(message)
    group = samples["group"].astype(str)
    sides = []
    for side, wanted in (("case", cases), ("reference", references)):
        mask = group.isin([str(g) for g in wanted]).to_numpy(dtype=bool)
        if mask.sum() < 2:
            present = list(dict.fromkeys(group.dropna()))
            message = (
                f"Contrast {name!r} needs at least two {side} samples; got {int(mask.sum())} in "
                f"{list_some(wanted)}. The groups present are {list_some(present, 6)}."
            )
            raise InputError(message)
        sides.append(mask)
    return sides[0], sides[1]


def _one_contrast(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    sides: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    covariates: Sequence[str],
    *,
    batch: bool,
    blocked: bool,
) -> tuple[pd.DataFrame, list[str]]:
    is_case, is_reference = sides
    design = contrast_design(samples, is_case, is_reference, covariates=covariates, batch=batch)
    notes = list(design.notes)
    values = log2.to_numpy(dtype=float)
    descriptive = blocked or not design.is_estimable or not _has_freedom(design.matrix)
    if descriptive:
        rows, case = np.flatnonzero(is_case | is_reference), is_case[is_case | is_reference]
        notes = ["No inference: blocked; log2_fc is the plain difference of means."]
        notes += [] if design.is_estimable else [design.notes[-1]]
    else:
        rows, case = design.rows, design.is_case
    Y = values[rows]
    seen = detected.to_numpy(dtype=bool)[rows]
    share = _mean(np.where(seen, 1.0, np.where(np.isfinite(Y), 0.0, np.nan)))
    table = pd.DataFrame({"analyte": log2.columns.astype(str)})
    if descriptive:
        table["log2_fc"] = _mean(Y[case]) - _mean(Y[~case])
        for column in _INFERENCE:
            table[column] = np.nan
    else:
        aim = np.zeros(design.matrix.shape[1])
        aim[-1] = 1.0
        fit = moderated_t(Y, design.matrix, aim)
        low, high = fit.interval()
        table["log2_fc"] = fit.coefficient[:, 0]
        table["ci_low"], table["ci_high"] = low[:, 0], high[:, 0]
        table["t"], table["p_value"] = fit.t[:, 0], fit.p_value[:, 0]
        table["q_value"] = benjamini_hochberg(fit.p_value[:, 0])
    table["detected_frac"] = share
    table["is_mostly_below_detection"] = share < _MOSTLY
    measured = np.isfinite(Y)
    table["n_case"] = measured[case].sum(axis=0)
    table["n_reference"] = measured[~case].sum(axis=0)
    return table, notes


def _has_freedom(matrix: NDArray[np.float64]) -> bool:
    return matrix.shape[0] > matrix.shape[1]


def _mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return column means over what was measured, NaN where nothing was."""
    count = np.isfinite(values).sum(axis=0)
    total = np.nansum(values, axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)


def _sentence(name: str, table: pd.DataFrame) -> str:
    if table["p_value"].isna().all():
        return f"{name}: blocked, differences are descriptive only."
    found = (table["q_value"] < _Q_LIMIT) & (table["log2_fc"].abs() > _LOG2_FC_LIMIT)
    floor = int((found & table["is_mostly_below_detection"]).sum())
    told = f"; {floor} of them mostly below detection" if floor else ""
    return (
        f"{name}: {int(found.sum())} of {len(table)} analytes at q < .05 and "
        f"|log2 fold change| > .585{told}."
    )


def _empty() -> pd.DataFrame:
    columns = ["analyte", "contrast", "log2_fc", *_INFERENCE, "detected_frac"]
    return pd.DataFrame(columns=[*columns, "is_mostly_below_detection", "n_case", "n_reference"])
