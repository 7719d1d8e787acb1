"""A long table spread into rows of samples and columns of analytes."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.names import analyte_table
from subtyping.panel.text_values import parse_values, refuse_text
from subtyping.panel.texts import as_category, as_ids, refuse_dates
from subtyping.panel.wide import chosen_columns, refuse_blank_ids, stripped_note

__all__ = ["pivot"]

MOST_COLUMNS, MOST_CELLS, CELLS_PER_LINE = 500, 5_000_000, 50


def pivot(
    table: pd.DataFrame,
    found: Mapping[str, str],
    names: pd.Series,
    keys: np.ndarray,
    *,
    analytes: str | Sequence[str] | None = None,
    details: Mapping[str, str] | None = None,
    well: np.ndarray | None = None,
) -> Measured:
    """Spread a long table into rows of samples and columns of analytes.

    Parameters
    ----------
    table : pandas.DataFrame
        The long table.
    found : mapping
        Column of each role.
    names : pandas.Series
        Analyte names, one per line of the table.
    keys : numpy.ndarray
        What tells assays apart (the name, or name and panel).
    analytes : str or sequence of str, optional
        Analytes to keep, by name.
    details : mapping, optional
        Columns for ``olink_id`` and ``panel`` of the analyte table.
    well : numpy.ndarray of int, optional
        Which measurement of its sample each line belongs to, where the file tells (by plate and
        well); otherwise the lines of a sample and assay are counted.

    Returns
    -------
    Measured
        Rows in the order the samples appear.

    Raises
    ------
    PanelError
        As for `read_long`.
    """
    if names.isna().any() or (names == "").any():
        message = "Some lines of the panel file have no analyte name; fill or remove them."
        raise PanelError(message)
    raw_ids = table[found["sample"]]
    refuse_dates(raw_ids)
    id_codes, id_values = pd.factorize(raw_ids, use_na_sentinel=False)
    ids, _ = as_ids(pd.Series(id_values, dtype=object))
    refuse_blank_ids(ids[id_codes])
    sample_codes, samples = pd.factorize(ids[id_codes])
    assay_codes, assays = pd.factorize(pd.Series(keys))
    first = _first_line(assay_codes, len(assays))
    column_of = np.arange(len(assays))
    if analytes is not None:
        kept = chosen_columns([names.iloc[line] for line in first], analytes)
        column_of = np.full(len(assays), -1)
        column_of[kept] = np.arange(len(kept))
        first = first[kept]
    row, row_sample = _rows(sample_codes, assay_codes, len(assays), well)
    _refuse_shape(table.shape, len(row_sample), len(first))
    column = column_of[assay_codes]
    parsed = parse_values(table[found["value"]])
    wrong = np.flatnonzero(parsed.is_text & (column >= 0))
    if len(wrong):
        mine = parsed.is_text & (assay_codes == assay_codes[wrong[0]])
        refuse_text(table[found["value"]], mine, str(names.iloc[wrong[0]]))
    lod = parsed.lod
    if "lod" in found:
        limits = parse_values(table[found["lod"]])
        refuse_text(table[found["lod"]], limits.is_text, found["lod"])
        lod = np.where(np.isnan(lod), limits.values, lod)
    below = parsed.below_lod | (parsed.values < lod)

    def spread(array: np.ndarray, blank: float | bool) -> np.ndarray:  # noqa: FBT001
        wide = np.full((len(row_sample), len(first)), blank)
        wide[row[column >= 0], column[column >= 0]] = array[column >= 0]
        return wide

    described, notes = _describe(table, found, names, first, details or {})
    n_stripped = int(sum(str(raw) != name for raw, name in zip(id_values, ids, strict=True)))
    skip = {*found.values(), *(details or {}).values()}
    if "unit" in found and as_category(table[found["unit"]]).nunique() > 1:
        skip.discard(found["unit"])  # the unit tells rows apart
    others = [name for name in table.columns if name not in skip]
    return Measured(
        sample_id=np.asarray(samples, dtype=object)[row_sample],
        values=spread(parsed.values, np.nan),
        below_lod=spread(below, blank=False),
        above_uloq=spread(parsed.above_uloq, blank=False),
        lod=spread(lod, np.nan),
        analytes=described,
        carried=_carried(table[others], row, len(row_sample)),
        notes=(*stripped_note(n_stripped, len(samples)), *notes),
    )


def _refuse_shape(lines: tuple[int, int], n_rows: int, n_assays: int) -> None:
    """Raise where a table is no long one: very wide, or with hardly two lines of a sample."""
    if lines[1] > MOST_COLUMNS:
        message = (
            f"A long table has one line for each sample and analyte; this one has {lines[1]:,} "
            "columns. Is it a wide table (format: wide)?"
        )
        raise PanelError(message)
    if n_rows * n_assays > max(MOST_CELLS, CELLS_PER_LINE * lines[0]):
        message = (
            f"The {lines[0]:,} lines of the panel file name {n_rows:,} sample rows and "
            f"{n_assays:,} analytes, so that hardly any analyte is measured twice. Are the columns "
            "of sample and analyte the right ones?"
        )
        raise PanelError(message)


def _first_line(codes: np.ndarray, n_codes: int) -> np.ndarray:
    """Return the first line of each code."""
    first = np.full(n_codes, -1)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    return first


def _rows(
    sample: np.ndarray, assay: np.ndarray, n_assays: int, well: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the sample row of each line (repeats get rows of their own) and each row's sample."""
    place = np.zeros(len(sample), dtype=np.int64) if well is None else well.astype(np.int64)
    n_places = int(place.max(initial=0)) + 1
    at = sample.astype(np.int64) * n_places + place
    pair = pd.Series(at * n_assays + assay)
    number = pair.groupby(pair).cumcount().to_numpy()
    n_numbers = int(number.max(initial=0)) + 1
    row, found = pd.factorize(at * n_numbers + number)
    return row, np.asarray(found) // n_numbers // n_places


def _describe(
    table: pd.DataFrame,
    found: Mapping[str, str],
    names: pd.Series,
    first: np.ndarray,
    details: Mapping[str, str],
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Return the analyte table from the first line of each assay."""
    given: dict[str, list[str | None]] = {}
    for role, column in {**{r: c for r, c in found.items() if r == "uniprot"}, **details}.items():
        cells = as_category(table[column].iloc[first])
        given[role] = [None if pd.isna(cell) else str(cell) for cell in cells]
    return analyte_table(
        [str(names.iloc[line]) for line in first],
        uniprot=given.get("uniprot"),
        olink_id=given.get("olink_id"),
        panel=given.get("panel"),
    )


def _carried(others: pd.DataFrame, row: np.ndarray, n_rows: int) -> pd.DataFrame:
    """Return the columns that say one thing per sample row (blank cells aside)."""
    first = _first_line(row, n_rows)
    kept = {}
    for name in others:
        codes, _ = pd.factorize(others[name])
        top = pd.Series(codes).groupby(row).max().to_numpy()
        if ((codes == -1) | (codes == top[row])).all():
            filled = np.flatnonzero(codes >= 0)
            line = first.copy()
            line[row[filled[::-1]]] = filled[::-1]
            kept[name] = others[name].iloc[line].reset_index(drop=True)
    return pd.DataFrame(kept, index=pd.RangeIndex(n_rows))
