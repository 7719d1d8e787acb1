"""One contrast: every analyte by the method its detection allows, one family of q-values."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of
from subtyping.signature.contrast_settings import ContrastSettings
from subtyping.signature.design import ContrastDesign, contrast_design
from subtyping.signature.families import declared_families, family_q_values
from subtyping.signature.imputed import impute_and_test
from subtyping.signature.low_detection import DETECTION_COLUMNS, censored_values
from subtyping.signature.repeated_detection import fill_low_detection
from subtyping.signature.repeats import Repeats, describe_repeats, repeat_correlation
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
        ``analyte`` and `COLUMNS`, and ``family`` if families were declared.
    notes : list of str
    """
    below = log2.notna() & ~detected if below_lod is None else below_lod & ~detected
    data = _Data(log2, detected, below, samples, limits, sides)
    table, notes, is_fitted = _one_model(data, settings, name, blocked=blocked)
    if settings.families:
        table["family"], remarks = declared_families(list(table["analyte"]), settings.families)
        notes = [*notes, *remarks]
    if not is_fitted:
        return _ordered(table), notes
    for covariate, analytes in (unadjusted or {}).items():
        mine = table["analyte"].isin([str(analyte) for analyte in analytes]).to_numpy()
        if not mine.any() or covariate not in settings.covariates:
            continue
        rest = tuple(other for other in settings.covariates if other != covariate)
        plain, *_ = _one_model(data, replace(settings, covariates=rest), name, blocked=blocked)
        said = f"not adjusted for {covariate}, which is made of this analyte"
        plain = plain.assign(**{c: table[c] for c in ("family",) if c in table})
        plain["reason"] = [f"{said}; {why}" if why else said for why in plain["reason"]]
        table.loc[mine] = plain.loc[mine]
        names = ", ".join(table.loc[mine, "analyte"])
        notes.append(f"Not adjusted for {covariate}, which is made of them: {names}.")
    p_value = table["p_value"].to_numpy(dtype=float)
    if settings.families:
        table["q_value"] = family_q_values(p_value, table["family"].to_numpy(dtype=object))
    else:
        table["q_value"] = benjamini_hochberg(p_value)
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
    used = is_case | is_reference
    repeats = describe_repeats(samples.iloc[np.flatnonzero(used)], is_case[used])
    is_within = settings.block == "fixed" and repeats.is_within and not blocked
    design = contrast_design(
        samples, is_case, is_reference, covariates=settings.covariates, batch=settings.batch,
        within="subject" if is_within else None,
    )  # fmt: skip
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
    repeats = describe_repeats(samples.iloc[rows], case)
    said = _compare_means(
        table, Y, design, values=values, censored=censored, settings=settings, name=name,
        repeats=repeats,
    )  # fmt: skip
    said += fill_low_detection(
        table, values, censored, seen, design=design, within=within,
        repeats=repeats if settings.block != "none" else None,
    )  # fmt: skip
    return table, [*design.notes, *said], True


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
    repeats: Repeats,
) -> list[str]:
    """Fill in the analytes that are detected often enough; return what there is to say."""
    j = np.flatnonzero(~table["is_mostly_below_detection"].to_numpy())
    if not len(j):
        return []
    correlation, notes = _correlation(Y[:, j], design, settings, repeats)
    aim = np.zeros(design.matrix.shape[1])
    aim[-1] = 1.0
    fit = moderated_t(
        Y[:, j], design.matrix, aim, trend=settings.trend, robust=settings.robust,
        block=None if correlation is None else repeats.codes, correlation=correlation,
    )  # fmt: skip
    low, high = fit.interval()
    columns = ["log2_fc", "ci_low", "ci_high", "t", "p_value"]
    found = np.column_stack([fit.coefficient, low, high, fit.t, fit.p_value])
    table.loc[j, columns] = found
    if not settings.imputations:
        return notes
    if settings.block != "none" and repeats.n_repeated:
        return [*notes, "Not imputed: the draws take the samples of one person as independent."]
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
    return notes


def _correlation(
    Y: Floats, design: ContrastDesign, settings: ContrastSettings, repeats: Repeats
) -> tuple[float | None, list[str]]:
    """Return the correlation of samples of one person, if one is needed, and what is said of it."""
    if not repeats.n_repeated:
        return None, []
    who = f"{repeats.n_repeated} of {count_of(repeats.n_people, 'person', 'people')}"
    if settings.block == "none":
        note = (
            f"{who} have more than one sample; they are taken as independent. Write block: "
            "correlation to take it into account."
        )
        return None, [note]
    if any(term.startswith("subject=") for term in design.terms):
        return None, [
            f"Compared within people: each of the {repeats.n_people} has a mean of their own."
        ]
    correlation, note = repeat_correlation(Y, design.matrix, repeats)
    return correlation, [note]


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
    return table[["analyte", *COLUMNS, *(["family"] if "family" in table else [])]].copy()


def _has_freedom(matrix: Floats) -> bool:
    return matrix.shape[0] > matrix.shape[1]


def _mean(values: Floats) -> Floats:
    """Return column means over what was measured, NaN where nothing was."""
    count = np.isfinite(values).sum(axis=0)
    total = np.nansum(values, axis=0)
    return np.divide(total, count, out=np.full(values.shape[1], np.nan), where=count > 0)
