"""The long format: one row per sample and analyte."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from subtyping._validation import list_some, nearest
from subtyping.exceptions import PanelError
from subtyping.panel.columns import unambiguous
from subtyping.panel.line_units import with_units
from subtyping.panel.measured import Measured
from subtyping.panel.names import analyte_table
from subtyping.panel.text_values import parse_values, refuse_text
from subtyping.panel.texts import as_category, as_ids, refuse_dates
from subtyping.panel.wide import chosen_columns, refuse_blank_ids, stripped_note

__all__ = ["LONG_ROLES", "find_columns", "pivot", "read_long"]

MOST_COLUMNS, MOST_CELLS, CELLS_PER_LINE = 500, 5_000_000, 50
LONG_ROLES = ("analyte", "value", "unit", "lod", "uniprot")

OBVIOUS = {
    "sample": ("sampleid", "sample", "id"),
    "analyte": ("analyte", "assay", "marker", "protein", "cytokine"),
    "value": ("value", "concentration", "conc", "result", "npx"),
    "unit": ("unit", "units"),
    "lod": ("lod", "lloq", "detectionlimit", "limitofdetection"),
    "uniprot": ("uniprot", "uniprotid"),
}


def read_long(
    table: pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    analytes: str | Sequence[str] | None = None,
) -> Measured:
    """Take a long table apart into ids, values and the columns it carries.

    Parameters
    ----------
    table : pandas.DataFrame
        As from `read_table`.
    columns : mapping, optional
        Column of each of the roles sample, analyte, value, unit, lod, uniprot; found by obvious
        names (``sample_id``, ``analyte``, ``value``, ...) where not given.
    analytes : str or sequence of str, optional
        Analytes to keep; all by default.

    Returns
    -------
    Measured
        One row per sample, and a further one for each repeat of a sample and analyte. Columns
        that are constant within the sample row are carried.

    Raises
    ------
    PanelError
        If the sample, analyte or value column is not found, a value is no value, or a row lacks
        its sample or analyte.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"sample_id": ["a", "a", "b"], "analyte": ["IL6", "TNF", "IL6"],
    ...                       "value": ["1", "2", "<3"]})
    >>> measured = read_long(table)
    >>> measured.values.tolist(), measured.lod[1].tolist()
    ([[1.0, 2.0], [nan, nan]], [3.0, nan])
    """
    table = unambiguous(table, "the panel file")
    found = find_columns(table, columns or {}, OBVIOUS, ("sample", "analyte", "value"))
    names = table[found["analyte"]].astype("str").str.strip()
    measured = pivot(table, found, names, names.to_numpy(dtype=object), analytes=analytes)
    if "unit" not in found:
        return measured
    return with_units(measured, table[found["unit"]], names, found["unit"])


def find_columns(
    table: pd.DataFrame,
    columns: Mapping[str, str],
    obvious: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    what: str = "panel file",
) -> dict[str, str]:
    """Return the column of each role, as mapped or by its obvious name.

    Parameters
    ----------
    table : pandas.DataFrame
        The long table.
    columns : mapping
        What the user mapped; other roles are ignored.
    obvious : mapping
        For each role the names, folded to lower-case letters and digits, that mean it.
    needed : sequence of str
        Roles that must be found.
    what : str, default="panel file"
        What messages call the table.

    Returns
    -------
    dict
        Column by role; roles that are not there are absent.

    Raises
    ------
    PanelError
        If a mapped column or a needed role is absent.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(columns=["Sample ID", "NPX"])
    >>> find_columns(table, {}, {"sample": ["sampleid"], "value": ["npx"]}, ["sample", "value"])
    {'sample': 'Sample ID', 'value': 'NPX'}
    """
    names = [str(name) for name in table.columns]
    folded = {re.sub(r"[^a-z0-9]", "", name.casefold()): name for name in reversed(names)}
    found: dict[str, str] = {}
    for role, options in obvious.items():
        mapped = columns.get(role)
        if mapped in names:
            found[role] = mapped
        elif mapped is not None and role != "sample":
            message = (
                f"columns maps {role} to {mapped!r}, which is no column of the {what}."
                f"{nearest(mapped, names)} Its columns: {list_some(names, 12)}."
            )
            raise PanelError(message)
        else:
            same = [folded[option] for option in options if option in folded]
            found.update({role: same[0]} if same else {})
    absent = [role for role in needed if role not in found]
    if absent:
        mend = f"name it {' and '.join(obvious[role][0] for role in absent)}"
        if what == "panel file":
            mend = f'map it, such as columns={{"{absent[0]}": "<column>"}}'
        message = (
            f"The {what} has no column for {' and '.join(absent)}; {mend}. "
            f"Its columns: {list_some(names, 12)}."
        )
        raise PanelError(message)
    return found


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
