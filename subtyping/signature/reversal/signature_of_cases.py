"""The signature a drug is held against, on the scale of the healthy reference."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from subtyping._validation import count_of, nearest
from subtyping.exceptions import InputError
from subtyping.preparation.prepared import Prepared
from subtyping.signature.differential import Differential
from subtyping.signature.reversal.nulls import analyte_strata

__all__ = ["CaseSignature", "case_signature", "healthy_interval", "log2_per_z"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

PARAMETRIC_UNDER = 120


@dataclass(frozen=True, eq=False)
class CaseSignature:
    """One contrast over the analytes of the matrix.

    Attributes
    ----------
    analytes : ndarray of str of shape (n_analytes,)
    log2_fc, t : ndarray of shape (n_analytes,)
        Signature of the contrast; NaN where nothing was inferred by a difference of means.
    b, se : ndarray of shape (n_analytes,)
        The same in z units; standard error.
    scale : ndarray of shape (n_analytes,)
        log2 units in one unit of z.
    is_dysregulated : ndarray of bool of shape (n_analytes,)
    strata : ndarray of int of shape (n_analytes,)
    spread : ndarray of shape (n_analytes,)
        SD of log2 in the reference people.
    residuals : ndarray of shape (n_people, n_analytes)
        z within the groups, in unit variance.
    z_case, z_reference : ndarray
        z of the people.
    case_ids : pandas.Index
    """

    analytes: NDArray[np.str_]
    log2_fc: Floats
    t: Floats
    b: Floats
    se: Floats
    scale: Floats
    is_dysregulated: Mask
    strata: NDArray[np.int64]
    spread: Floats
    residuals: Floats
    z_case: Floats
    z_reference: Floats
    case_ids: pd.Index

    def only(self, keep: Mask) -> "CaseSignature":
        """Return the signature of some of the analytes."""
        columns = {name: getattr(self, name)[keep] for name in _PER_ANALYTE}
        matrices = {name: getattr(self, name)[:, keep] for name in _PER_PERSON}
        return replace(self, **columns, **matrices)


_PER_ANALYTE = (
    "analytes", "log2_fc", "t", "b", "se", "scale", "is_dysregulated", "strata", "spread",
)  # fmt: skip
_PER_PERSON = ("residuals", "z_case", "z_reference")


def case_signature(
    prepared: Prepared,
    differential: Differential,
    is_case: Mask,
    is_reference: Mask,
    *,
    contrast: str | None = None,
    q_below: float = 0.05,
    panel_of: Mapping[str, str] | None = None,
) -> tuple[CaseSignature, list[str]]:
    """Return a contrast over the analytes of the prepared matrix, and notes.

    Parameters
    ----------
    prepared : Prepared
    differential : Differential
    is_case, is_reference : ndarray of bool of shape (n_samples,)
    contrast : str, optional
        The first of the table by default.
    q_below : float, default 0.05
        An analyte compared by means is dysregulated where its q-value is below this.
    panel_of : mapping of str to str, optional
        Panel of each analyte.

    Returns
    -------
    CaseSignature
    notes : list of str

    Raises
    ------
    InputError
        If the contrast is unknown or the masks do not fit.
    """
    is_case, is_reference = _masks(prepared, is_case, is_reference)
    table, name = _contrast(differential, contrast)
    names = prepared.z.columns.astype(str)
    rows = table.set_index("analyte").reindex(names)
    by_means = rows["method"].isin(["moderated_t", "moderated_t_imputed"]).to_numpy()
    log2_fc, t, q = (
        np.where(by_means, rows[column].to_numpy(dtype=float), np.nan)
        for column in ("log2_fc", "t", "q_value")
    )
    z = prepared.z.to_numpy(dtype=float)
    log2 = prepared.log2[prepared.z.columns].to_numpy(dtype=float)
    scale = log2_per_z(z[is_reference], log2[is_reference])
    with np.errstate(divide="ignore", invalid="ignore"):
        b, se = log2_fc / scale, np.abs(log2_fc / scale / t)
    centred = np.vstack([z[side] - z[side].mean(axis=0) for side in (is_case, is_reference)])
    sizes = centred.std(axis=0)
    seen = prepared.detected[prepared.z.columns].to_numpy(dtype=float)[is_case | is_reference]
    panels = None if panel_of is None else [str(panel_of.get(x, "unknown")) for x in names]
    found = CaseSignature(
        analytes=names.to_numpy(dtype=str),
        log2_fc=log2_fc,
        t=t,
        b=b,
        se=se,
        scale=scale,
        is_dysregulated=np.nan_to_num(q, nan=1.0) < q_below,
        strata=analyte_strata(_column_means(log2[is_reference]), seen.mean(axis=0), panels),
        spread=np.maximum(scale, 1e-12),
        residuals=centred / np.where(sizes > 0, sizes, 1.0),
        z_case=z[is_case],
        z_reference=z[is_reference],
        case_ids=prepared.z.index[is_case],
    )
    found = found.only(np.isfinite(b) & np.isfinite(t))
    return found, _notes(table, found, name, q_below)


def log2_per_z(z: Floats, log2: Floats) -> Floats:
    """Return how many log2 units one unit of z is, by the slope of log2 on z in some people.

    Parameters
    ----------
    z, log2 : ndarray of shape (n_people, n_analytes)

    Returns
    -------
    ndarray of shape (n_analytes,)
        The SD of log2 where the slope cannot be had.

    Examples
    --------
    >>> z = np.array([[-1.0], [0.0], [1.0]])
    >>> log2_per_z(z, 0.5 * z + 7).tolist()
    [0.5]
    """
    known = np.isfinite(log2)
    count = np.maximum(known.sum(axis=0), 1)
    middle = np.where(known, log2, 0.0).sum(axis=0) / count
    rest = np.where(known, log2 - middle, 0.0)
    centre = np.where(known, z, 0.0).sum(axis=0) / count
    around = np.where(known, z - centre, 0.0)
    square = (around**2).sum(axis=0)
    slope = np.divide((around * rest).sum(axis=0), square, out=np.zeros_like(square),
                      where=square > 0)  # fmt: skip
    spread = np.sqrt((rest**2).sum(axis=0) / np.maximum(count - 1, 1))
    return np.asarray(np.where(slope > 0, slope, np.where(spread > 0, spread, 1.0)))


def healthy_interval(z_reference: Floats) -> tuple[Floats, Floats]:
    """Return the limits that hold 95 % of healthy people, analyte by analyte.

    The 2.5th and 97.5th percentile; with fewer than 120 people mean ± 1.96 SD.

    Parameters
    ----------
    z_reference : ndarray of shape (n_people, n_analytes)

    Returns
    -------
    low, high : ndarray of shape (n_analytes,)

    Examples
    --------
    >>> low, high = healthy_interval(np.array([[-1.0], [0.0], [1.0]]))
    >>> float(low[0]), float(high[0])
    (-1.96, 1.96)
    """
    if len(z_reference) >= PARAMETRIC_UNDER:
        low, high = np.percentile(z_reference, [2.5, 97.5], axis=0)
        return low, high
    middle, spread = z_reference.mean(axis=0), z_reference.std(axis=0, ddof=1)
    return middle - 1.96 * spread, middle + 1.96 * spread


def _column_means(values: Floats) -> Floats:
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1))


def _masks(prepared: Prepared, is_case: Mask, is_reference: Mask) -> tuple[Mask, Mask]:
    case, reference = (np.asarray(mask, dtype=bool) for mask in (is_case, is_reference))
    n = len(prepared.z)
    if case.shape != (n,) or reference.shape != (n,) or (case & reference).any():
        message = (
            f"is_case and is_reference must mark different samples among the {n} prepared ones; "
            f"got {case.shape}, {reference.shape} and {int((case & reference).sum())} in both."
            if case.shape == reference.shape
            else f"is_case and is_reference must have shape ({n},); got {case.shape} and "
            f"{reference.shape}."
        )
        raise InputError(message)
    if min(case.sum(), reference.sum()) < 3:
        message = (
            f"A reversal needs at least three cases and three reference people; got "
            f"{int(case.sum())} and {int(reference.sum())}."
        )
        raise InputError(message)
    return case, reference


def _contrast(differential: Differential, contrast: str | None) -> tuple[pd.DataFrame, str]:
    present = [str(name) for name in dict.fromkeys(differential.table["contrast"])]
    name = contrast if contrast is not None else next(iter(present), "")
    if name not in present:
        message = (
            f"No contrast {name!r} in the differential table.{nearest(name, present)} It holds "
            f"{', '.join(present) or 'none'}."
        )
        raise InputError(message)
    return differential.table[differential.table["contrast"] == name], name


def _notes(table: pd.DataFrame, found: CaseSignature, name: str, q_below: float) -> list[str]:
    is_hit = (table["q_value"] < q_below) & ~table["analyte"].isin(found.analytes)
    by_means = table["method"].isin(["moderated_t", "moderated_t_imputed"])
    count = f"{int(found.is_dysregulated.sum())} of {count_of(len(found.analytes), 'analyte')}"
    notes = [f"Signature: {name}, {count} dysregulated at q < {q_below:g}."]
    if (is_hit & by_means).any():
        notes.append(
            f"{int((is_hit & by_means).sum())} further analytes differ but are not in the matrix."
        )
    if found.z_reference.shape[0] < PARAMETRIC_UNDER:
        notes.append(
            f"{found.z_reference.shape[0]} reference people are fewer than {PARAMETRIC_UNDER}: "
            "the healthy interval is mean ± 1.96 SD."
        )
    return notes
