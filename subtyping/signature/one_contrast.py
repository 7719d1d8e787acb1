"""One contrast: every analyte by the method its detection allows, one family of q-values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

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
    below_lod: pd.DataFrame | None = None,
    unadjusted: Mapping[str, Collection[str]] | None = None,
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
    below_lod : pandas.DataFrame of bool, optional
        Which values were measured and lie below detection, also where no number stands for them.
    unadjusted : mapping of str to collection of str, optional
        Covariate to the analytes it is made of: their model is the same without that covariate.

    Returns
    -------
    table : pandas.DataFrame
        ``analyte`` and `COLUMNS`.
    notes : list of str
    """
    below = log2.notna() & ~detected if below_lod is None else below_lod & ~detected
    data = _Data(log2, detected, below, samples, limits, sides)
    table, notes, is_fitted = _one_model(data, settings, name, blocked=blocked)
    if not is_fitted:
        return _ordered(table), notes
    for covariate, analytes in (unadjusted or {}).items():
        mine = table["analyte"].isin([str(analyte) for analyte in analytes]).to_numpy()
        if not mine.any() or covariate not in settings.covariates:
            continue
        rest = tuple(other for other in settings.covariates if other != covariate)
        plain, *_ = _one_model(data, replace(settings, covariates=rest), name, blocked=blocked)
        said = f"not adjusted for {covariate}, which is made of this analyte"
        plain["reason"] = [f"{said}; {why}" if why else said for why in plain["reason"]]
        table.loc[mine] = plain.loc[mine]
        names = ", ".join(table.loc[mine, "analyte"])
        notes.append(f"Not adjusted for {covariate}, which is made of them: {names}.")
    table["q_value"] = benjamini_hochberg(table["p_value"].to_numpy(dtype=float))
    return _ordered(table), [*notes, *_said(table)]


@dataclass(frozen=True, eq=False)
class _Data:
    """What a contrast is computed from."""

    log2: pd.DataFrame
    detected: pd.DataFrame
    below: pd.DataFrame
    samples: pd.DataFrame
    limits: pd.DataFrame | None
    sides: tuple[Mask, Mask]


def _one_model(
    data: _Data, settings: ContrastSettings, name: str, *, blocked: bool
) -> tuple[pd.DataFrame, list[str], bool]:
    """Return the table without q-values, the notes, and whether anything was inferred."""
    (is_case, is_reference), samples, limits = data.sides, data.samples, data.limits
    design = contrast_design(
        samples, is_case, is_reference, covariates=settings.covariates, batch=settings.batch
    )
    is_descriptive = blocked or not design.is_estimable or not _has_freedom(design.matrix)
    if is_descriptive:
        rows, case = np.flatnonzero(is_case | is_reference), is_case[is_case | is_reference]
    else:
        rows, case = design.rows, design.is_case
    Y = data.log2.to_numpy(dtype=float)[rows]
    seen, below = (x.to_numpy(dtype=bool)[rows] for x in (data.detected, data.below))
    known = np.where(seen, 1.0, np.where(np.isfinite(Y) | below, 0.0, np.nan))
    table = _described(data.log2.columns.astype(str), known, case, settings.min_detected_frac)
    table["n_case"], table["n_reference"] = _counts(Y, below, case)
    if is_descriptive:
        low = table["is_mostly_below_detection"].to_numpy()
        table["log2_fc"] = np.where(low, np.nan, _mean(Y[case]) - _mean(Y[~case]))
        table["method"] = "descriptive"
        blank = ", blank for analytes mostly below detection" if low.any() else ""
        why = "blocked" if blocked else "not estimable"
        notes = [f"No inference: {why}; log2_fc is the plain difference of means{blank}."]
        notes += [] if design.is_estimable else [design.notes[-1]]
        return table, notes, False
    within = samples["batch"].iloc[rows] if settings.batch and "batch" in samples else None
    limit = None if limits is None else limits.to_numpy(dtype=float)[rows]
    values, censored = censored_values(Y, seen, limit)
    _compare_means(table, Y, design, values=values, censored=censored, settings=settings, name=name)
    _compare_low(table, values, censored, seen, design=design, within=within)
    return table, list(design.notes), True


def _counts(Y: Floats, below: Mask, case: Mask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cases and reference people who were measured, detected or not."""
    measured = np.isfinite(Y) | below
    return measured[case].sum(axis=0), measured[~case].sum(axis=0)


def _described(
    analytes: pd.Index, known: Floats, case: Mask, min_detected_frac: float
) -> pd.DataFrame:
    """Return what needs no test: in whom it was detected (1), in whom not (0; NaN unmeasured)."""
    table = pd.DataFrame({"analyte": analytes})
    table[[*("log2_fc", *INFERENCE), *DETECTION_COLUMNS]] = np.nan
    table["detected_frac"] = _mean(known)
    table["is_mostly_below_detection"] = table["detected_frac"] < min_detected_frac
    table["n_case"], table["n_reference"] = 0, 0
    table["method"] = np.where(np.isfinite(known).any(axis=0), "moderated_t", "not_measured")
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
