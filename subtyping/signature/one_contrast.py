"""One contrast: every analyte by the method its detection allows, one family of q-values."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of
from subtyping.exceptions import InputError
from subtyping.signature.design import ContrastDesign, contrast_design
from subtyping.signature.imputed import impute_and_test
from subtyping.signature.low_detection import (
    DETECTION_COLUMNS,
    censored_values,
    compare_low_detection,
)
from subtyping.statistics.moderated_t import moderated_t
from subtyping.statistics.multiplicity import benjamini_hochberg

__all__ = ["COLUMNS", "ContrastSettings", "one_contrast"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

INFERENCE = ("ci_low", "ci_high", "t", "p_value", "q_value")
COLUMNS = (
    "log2_fc",
    *INFERENCE,
    "detected_frac",
    "is_mostly_below_detection",
    "n_case",
    "n_reference",
    "method",
    "detected_case_frac",
    "detected_reference_frac",
    *DETECTION_COLUMNS,
    "reason",
)


@dataclass(frozen=True)
class ContrastSettings:
    """How contrasts are made.

    Attributes
    ----------
    covariates : tuple of str
        Role columns to adjust for.
    batch : bool
        Whether plates are adjusted for.
    min_detected_frac : float
        Share detected from which means are compared.
    imputations : int
        Draws of what is below detection; 0 takes values as they were filled.
    seed : int
        Root seed of the draws.
    """

    covariates: tuple[str, ...] = ("age", "sex", "bmi")
    batch: bool = True
    min_detected_frac: float = 0.5
    imputations: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.imputations < 0 or self.imputations == 1:
            message = (
                f"imputations must be 0 (none) or at least 2, so that they can be compared; got "
                f"{self.imputations}. 20 are usual."
            )
            raise InputError(message)


def one_contrast(
    log2: pd.DataFrame,
    detected: pd.DataFrame,
    samples: pd.DataFrame,
    sides: tuple[Mask, Mask],
    settings: ContrastSettings,
    *,
    name: str,
    limits: pd.DataFrame | None,
    blocked: bool,
) -> tuple[pd.DataFrame, list[str]]:
    """Compare two sides analyte by analyte.

    Parameters
    ----------
    log2, detected, samples : pandas.DataFrame
        As in `differential_abundance`.
    sides : pair of bool arrays of shape (n_samples,)
        Cases and reference people.
    settings : ContrastSettings
    name : str
        Names the stream of the draws.
    limits : pandas.DataFrame or None
    blocked : bool
        Whether nothing may be inferred.

    Returns
    -------
    table : pandas.DataFrame
        ``analyte`` and `COLUMNS`.
    notes : list of str
    """
    is_case, is_reference = sides
    design = contrast_design(
        samples, is_case, is_reference, covariates=settings.covariates, batch=settings.batch
    )
    is_descriptive = blocked or not design.is_estimable or not _has_freedom(design.matrix)
    if is_descriptive:
        rows, case = np.flatnonzero(is_case | is_reference), is_case[is_case | is_reference]
    else:
        rows, case = design.rows, design.is_case
    Y = log2.to_numpy(dtype=float)[rows]
    seen = detected.to_numpy(dtype=bool)[rows]
    table = _described(log2.columns.astype(str), Y, seen, case, settings.min_detected_frac)
    if is_descriptive:
        low = table["is_mostly_below_detection"].to_numpy()
        table["log2_fc"] = np.where(low, np.nan, _mean(Y[case]) - _mean(Y[~case]))
        table["method"] = "descriptive"
        blank = ", blank for analytes mostly below detection" if low.any() else ""
        notes = [f"No inference: blocked; log2_fc is the plain difference of means{blank}."]
        notes += [] if design.is_estimable else [design.notes[-1]]
        return _ordered(table), notes
    within = samples["batch"].iloc[rows] if settings.batch and "batch" in samples else None
    limit = None if limits is None else limits.to_numpy(dtype=float)[rows]
    values, censored = censored_values(Y, seen, limit)
    _compare_means(table, Y, design, values=values, censored=censored, settings=settings, name=name)
    _compare_low(table, values, censored, seen, design=design, within=within)
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=float))
    return _ordered(table), [*design.notes, *_said(table)]


def _described(
    analytes: pd.Index, Y: Floats, seen: Mask, case: Mask, min_detected_frac: float
) -> pd.DataFrame:
    """Return what needs no test: who was measured, in whom it was detected."""
    known = np.where(seen, 1.0, np.where(np.isfinite(Y), 0.0, np.nan))
    table = pd.DataFrame({"analyte": analytes})
    table[[*("log2_fc", *INFERENCE), *DETECTION_COLUMNS]] = np.nan
    table["detected_frac"] = _mean(known)
    table["is_mostly_below_detection"] = table["detected_frac"] < min_detected_frac
    measured = np.isfinite(Y)
    table["n_case"] = measured[case].sum(axis=0)
    table["n_reference"] = measured[~case].sum(axis=0)
    table["method"] = np.where(measured.any(axis=0), "moderated_t", "not_measured")
    table["detected_case_frac"] = _mean(known[case])
    table["detected_reference_frac"] = _mean(known[~case])
    table["detection_difference"] = table["detected_case_frac"] - table["detected_reference_frac"]
    table["reason"] = ""
    return table


def _compare_means(
    table: pd.DataFrame,
    Y: Floats,
    design: ContrastDesign,
    *,
    values: Floats,
    censored: Mask,
    settings: ContrastSettings,
    name: str,
) -> None:
    """Fill in the analytes that are detected often enough."""
    j = np.flatnonzero(~table["is_mostly_below_detection"].to_numpy())
    if not len(j):
        return
    aim = np.zeros(design.matrix.shape[1])
    aim[-1] = 1.0
    fit = moderated_t(Y[:, j], design.matrix, aim)
    low, high = fit.interval()
    columns = ["log2_fc", "ci_low", "ci_high", "t", "p_value"]
    found = np.column_stack([fit.coefficient, low, high, fit.t, fit.p_value])
    table.loc[j, columns] = found
    if not settings.imputations:
        return
    values, censored = values[:, j], censored[:, j]
    pooled, is_imputed = impute_and_test(
        values, censored, design.matrix, imputations=settings.imputations, seed=settings.seed,
        purpose=name,
    )  # fmt: skip
    drawn = np.column_stack(
        [pooled.estimate, pooled.ci_low, pooled.ci_high, pooled.t, pooled.p_value]
    )
    table.loc[j[is_imputed], columns] = drawn[is_imputed]
    table.loc[j[is_imputed], "method"] = "moderated_t_imputed"
    left = censored.any(axis=0) & ~is_imputed
    table.loc[j[left], "reason"] = "not imputed: a level of the design is wholly below detection"


def _compare_low(
    table: pd.DataFrame,
    values: Floats,
    censored: Mask,
    seen: Mask,
    *,
    design: ContrastDesign,
    within: pd.Series | None,
) -> None:
    """Fill in the analytes that are mostly below detection."""
    j = np.flatnonzero(table["is_mostly_below_detection"].to_numpy())
    if not len(j):
        return
    strata = None if within is None else within.astype(str).to_numpy(dtype=str)
    found = compare_low_detection(
        values[:, j], censored[:, j], seen[:, j], design.matrix, strata=strata
    )
    for column in found:
        table.loc[j, column] = found[column].to_numpy()


def _said(table: pd.DataFrame) -> list[str]:
    low = table[table["is_mostly_below_detection"]]
    if low.empty:
        return []
    count = low["method"].value_counts()
    sentence = (
        f"{count_of(len(low), 'analyte')} mostly below detection: {count.get('tobit', 0)} compared "
        f"by censored regression, {count.get('detection_rate', 0)} by detection rate, "
        f"{count.get('not_detected', 0)} never detected."
    )
    return [sentence]


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    return table[["analyte", *COLUMNS]].copy()


def _has_freedom(matrix: Floats) -> bool:
    return matrix.shape[0] > matrix.shape[1]


def _mean(values: Floats) -> Floats:
    """Return column means over what was measured, NaN where nothing was."""
    count = np.isfinite(values).sum(axis=0)
    total = np.nansum(values, axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
