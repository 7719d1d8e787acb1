"""Replicate wells of one sample become one row, by a declared rule."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.texts import as_category

__all__ = ["REPLICATES", "merge_wells", "one_sample"]

REPLICATES = ("mean", "median", "geometric_mean", "error")
APART = ("plateid", "plate", "dilution", "dilutionfactor")


def one_sample(measured: Measured, apart: Sequence[str] = ()) -> np.ndarray:
    """Return a number per row that is the same for wells of one sample.

    Wells belong together if they have the same sample id, plate and dilution: a sample on two
    plates, or at two dilutions, is measured twice and stays a repeated id.

    Parameters
    ----------
    measured : Measured
        Rows, one per well.
    apart : sequence of str, optional
        Further carried columns that keep wells apart.

    Returns
    -------
    numpy.ndarray of int

    Examples
    --------
    >>> from subtyping.panel.wide import read_wide
    >>> table = pd.DataFrame({"id": ["a", "a", "a"], "IL6": ["1", "3", "5"], "plate": list("xxy")})
    >>> one_sample(read_wide(table, analytes="IL6")).tolist()
    [0, 0, 1]
    """
    names = [
        name
        for name in measured.carried
        if str(name) in apart or str(name).casefold().replace("_", "").replace(" ", "") in APART
    ]
    keys = {"sample": measured.sample_id}
    keys |= {f"{i}": as_category(measured.carried[n]).to_numpy(object) for i, n in enumerate(names)}
    frame = pd.DataFrame(keys).fillna("").astype(str)
    return np.asarray(pd.factorize(pd.MultiIndex.from_frame(frame))[0])


def merge_wells(
    measured: Measured, rule: str, together: np.ndarray, *, is_log: bool = False
) -> tuple[Measured, np.ndarray]:
    """Merge the wells of each sample.

    A value is the mean, median or geometric mean of the wells that have a number; an outlier or
    empty well counts for nothing. It is censored (below detection, or above the upper limit) if
    at least half of the wells with a result are; its number then comes from the censored wells
    alone, and is missing if they have none. Otherwise a censored well counts with its number if
    the file gives one. A limit of detection is the highest of the wells'. The coefficient of
    variation, 100 s / m with s on n - 1, is that of the numbers of the wells (on the scale of
    concentrations: 2 to the power of a logarithmic value); it is missing with fewer than two.

    Parameters
    ----------
    measured : Measured
        Rows, one per well.
    rule : {"mean", "median", "geometric_mean", "error"}
        Under ``error``, wells of one sample are refused.
    together : numpy.ndarray of int, shape (n_rows,)
        From `one_sample`.
    is_log : bool, default=False
        Whether values are logarithmic; their mean is then a geometric mean already.

    Returns
    -------
    measured : Measured
        One row per sample, at the place of its first well; text that differs between its wells is
        joined by `` + ``. ``left_out`` names each well that was merged away.
    kept : numpy.ndarray of int
        Position of each row's first well.

    Raises
    ------
    PanelError
        Under ``error``, if a sample has several wells.

    Examples
    --------
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "a", "b"], "IL6": ["8", "12", "5"]}))
    >>> merged, kept = merge_wells(measured, "mean", one_sample(measured))
    >>> merged.values[:, 0].tolist(), kept.tolist(), merged.left_out
    ([10.0, 5.0], [0, 2], (('a', 'replicate well, merged by mean'),))
    >>> round(float(merged.replicate_cv_pct[0, 0]), 1)  # 100 * 2.83 / 10
    28.3
    """
    codes, kept = np.unique(together, return_index=True)
    order = np.argsort(kept)
    codes, kept = codes[order], kept[order]
    shape = (len(kept), measured.values.shape[1])
    given = measured.replicate_cv_pct
    cv = np.full(shape, np.nan) if given is None else given[kept].copy()
    if len(kept) == len(together):
        return _with(measured, replicate_cv_pct=cv), kept
    repeated = pd.Series(together).duplicated(keep="first").to_numpy(dtype=bool)
    if rule == "error":
        names = list(dict.fromkeys(measured.sample_id[repeated]))
        message = (
            f"{count_of(len(names), 'sample is', 'samples are')} measured in several wells: "
            f"{list_some(names)}. Write replicates: mean, median or geometric_mean."
        )
        raise PanelError(message)
    merged = measured.take(kept)
    values, lod = merged.values.copy(), merged.lod.copy()
    below, above = merged.below_lod.copy(), merged.above_uloq.copy()
    extrapolated = None if merged.extrapolated is None else merged.extrapolated.copy()
    rows_of = pd.Series(np.arange(len(together))).groupby(together).indices
    for k, code in enumerate(codes):
        rows = rows_of[code]
        if len(rows) < 2:
            continue
        part = measured.take(rows)
        below[k], above[k], values[k] = _merged(part, rule, is_log=is_log)
        lod[k] = _highest(part.lod)
        cv[k] = _cv_pct(np.exp2(part.values) if is_log else part.values)
        if extrapolated is not None and part.extrapolated is not None:
            extrapolated[k] = part.extrapolated.any(axis=0) & ~below[k] & ~above[k]
    left = tuple(
        (str(name), f"replicate well, merged by {rule}") for name in measured.sample_id[repeated]
    )
    changed = _with(
        merged,
        values=values,
        below_lod=below,
        above_uloq=above,
        lod=lod,
        extrapolated=extrapolated,
        replicate_cv_pct=cv,
        carried=_joined(measured.carried, together, kept),
        left_out=(*measured.left_out, *left),
    )
    several = pd.Series(together).duplicated(keep=False).to_numpy(dtype=bool)
    n_samples = int(several.sum() - repeated.sum())
    count = f"{count_of(int(several.sum()), 'well')} of {count_of(n_samples, 'sample')}"
    return changed.noted(f"{count} merged by {rule} (replicates)."), kept


def _with(measured: Measured, **fields: object) -> Measured:
    return Measured(**{**vars(measured), **fields})


def _merged(part: Measured, rule: str, *, is_log: bool) -> tuple[np.ndarray, ...]:
    """Return censoring from below and above, and the value, per analyte of one sample's wells."""
    has_number = ~np.isnan(part.values)
    n = (has_number | part.below_lod | part.above_uloq).sum(axis=0)
    below = (2 * part.below_lod.sum(axis=0) >= n) & part.below_lod.any(axis=0)
    above = (2 * part.above_uloq.sum(axis=0) >= n) & part.above_uloq.any(axis=0) & ~below
    counted = np.where(below, part.below_lod, np.where(above, part.above_uloq, True))  # noqa: FBT003
    numbers = np.where(counted & has_number, part.values, np.nan)
    return below, above, _centre(numbers, rule, is_log=is_log)


def _centre(numbers: np.ndarray, rule: str, *, is_log: bool) -> np.ndarray:
    """Return the middle of each column's numbers, NaN where there are none."""
    found = pd.DataFrame(numbers)
    if rule == "median":
        return found.median().to_numpy()
    if rule == "geometric_mean" and not is_log:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.exp(pd.DataFrame(np.log(numbers)).mean().to_numpy())
    return found.mean().to_numpy()


def _highest(lod: np.ndarray) -> np.ndarray:
    return np.asarray(pd.DataFrame(lod).max().to_numpy())


def _cv_pct(numbers: np.ndarray) -> np.ndarray:
    """Return the coefficient of variation of each column in per cent."""
    found = pd.DataFrame(numbers)
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = 100 * found.std(ddof=1).to_numpy() / found.mean().to_numpy()
    return np.where(np.isfinite(cv) & (cv >= 0), cv, np.nan)


def _joined(carried: pd.DataFrame, together: np.ndarray, kept: np.ndarray) -> pd.DataFrame:
    """Return carried columns, what differs between the wells of a sample joined."""
    columns = {}
    for name in carried:
        cells = carried[name]
        texts = as_category(cells)
        if texts.groupby(together).nunique(dropna=False).max() == 1:
            columns[name] = cells.iloc[kept].reset_index(drop=True)
            continue
        joined = texts.groupby(together).agg(lambda part: " + ".join(dict.fromkeys(part.dropna())))
        columns[name] = joined.reindex(together[kept]).reset_index(drop=True)
    return pd.DataFrame(columns, index=pd.RangeIndex(len(kept)))
