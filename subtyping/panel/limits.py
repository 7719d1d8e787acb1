"""Zeros, negative numbers and limits of detection that come in a file of their own."""

from pathlib import Path

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.knowledge.aliases import resolve_analyte
from subtyping.panel.long import find_columns
from subtyping.panel.measured import Measured
from subtyping.panel.tables import read_table
from subtyping.panel.text_values import parse_values, refuse_text
from subtyping.panel.texts import as_category

__all__ = ["ZEROS", "apply_zeros", "refuse_impossible", "with_limits"]

ZEROS = ("below_lod", "value")
MOST_PG_ML, MOST_LOG2 = 1e12, 50.0
OBVIOUS = {
    "analyte": ("analyte", "assay", "marker", "protein"),
    "lod": ("lod", "lloq", "limitofdetection", "detectionlimit"),
    "plate": ("plate", "plateid", "batch"),
}


def refuse_impossible(measured: Measured, unit: str) -> None:
    """Raise where a number cannot be what the unit says.

    Parameters
    ----------
    measured : Measured
        Rows of a panel file.
    unit : str
        A log2 scale holds numbers from -50 to 50 (2**50 pg is a kilogram); a concentration is at
        most 1e12 pg/mL (a gram in a millilitre).

    Raises
    ------
    PanelError
        Naming the analyte, how many values, an example, and the unit that may have been meant.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> refuse_impossible(read_wide(pd.DataFrame({"id": ["a"], "IL6": ["320"]})), "pg/mL")
    """
    is_concentration = unit == "pg/mL"
    with np.errstate(invalid="ignore"):
        size = measured.values if is_concentration else np.abs(measured.values)
        wrong = size > (MOST_PG_ML if is_concentration else MOST_LOG2)
    if not wrong.any():
        return
    at = int(np.flatnonzero(wrong.any(axis=0))[0])
    meant = (
        "no concentration is above 1e12 pg/mL; mend or blank the value"
        if is_concentration
        else "no log2 value is beyond 50; if the values are concentrations, write unit: pg/mL, "
        "otherwise mend or blank the value"
    )
    message = (
        f"Analyte {measured.analytes['name_in_file'].iloc[at]!r} has "
        f"{count_of(int(wrong[:, at].sum()), 'impossible value')} in {unit}, such as "
        f"{measured.values[wrong[:, at], at][0]:g}: {meant}."
    )
    raise PanelError(message)


def apply_zeros(measured: Measured, unit: str, zeros: str | None) -> Measured:
    """Refuse negative concentrations and flag zeros as below detection.

    Parameters
    ----------
    measured : Measured
        Rows of a panel file.
    unit : str
        On a logarithmic scale zero and below are numbers like any other, and nothing is done.
    zeros : {None, "below_lod", "value"}
        None means ``below_lod``: a concentration of exactly 0 is a value below detection without
        a number of its own. ``value`` keeps the zero.

    Returns
    -------
    Measured
        With a note that counts the zeros.

    Raises
    ------
    PanelError
        If a concentration is negative.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "b"], "IL6": ["0", "3"]}))
    >>> apply_zeros(measured, "pg/mL", None).below_lod[:, 0].tolist()
    [True, False]
    """
    if unit != "pg/mL":
        return measured
    with np.errstate(invalid="ignore"):
        negative = measured.values < 0
        zero = (measured.values == 0) & ~measured.above_uloq
    if negative.any():
        at = int(np.flatnonzero(negative.any(axis=0))[0])
        example = measured.values[negative[:, at], at][0]
        message = (
            f"Analyte {measured.analytes['name_in_file'].iloc[at]!r} has "
            f"{count_of(int(negative[:, at].sum()), 'negative value')} in pg/mL, such as "
            f"{example:g}. Are the values on a logarithmic scale (unit: NPX or log2)?"
        )
        raise PanelError(message)
    if not zero.any():
        return measured
    names = measured.analytes.index[zero.any(axis=0)]
    count = f"{count_of(int(zero.sum()), 'zero')} in {count_of(len(names), 'analyte')}"
    if zeros == "value":
        return measured.noted(f"{count} kept as values (zeros: value): {list_some(names, 5)}.")
    fields = {
        **vars(measured),
        "values": np.where(zero, np.nan, measured.values),
        "below_lod": measured.below_lod | zero,
    }
    note = f"{count} taken as below detection: {list_some(names, 5)}."
    return Measured(**fields).noted(note)


def with_limits(
    measured: Measured, lod: str | Path | pd.DataFrame, batch: pd.Series | None
) -> Measured:
    """Set the limits of detection from a table, and flag the values below them.

    Parameters
    ----------
    measured : Measured
        Rows of a panel file.
    lod : str, Path or pandas.DataFrame
        Columns analyte, lod and, where limits differ by plate, plate.
    batch : pandas.Series or None
        Plate of each row, needed if the table has plates.

    Returns
    -------
    Measured
        ``below_lod`` is also true where a value is under its limit; the number is kept.

    Raises
    ------
    PanelError
        If a column is absent, a limit is no number, one analyte (and plate) has two limits, or
        plates are given and no batch is declared.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "b"], "IL6": ["0.2", "3"]}))
    >>> table = pd.DataFrame({"analyte": ["IL-6"], "lod": [0.5]})
    >>> with_limits(measured, table, None).below_lod[:, 0].tolist()
    [True, False]
    """
    table = lod if isinstance(lod, pd.DataFrame) else read_table(lod, "lod file")
    found = find_columns(table, {}, OBVIOUS, ("analyte", "lod"), "lod file")
    parsed = parse_values(table[found["lod"]])
    refuse_text(table[found["lod"]], parsed.is_text, found["lod"])
    at, unknown = _positions(as_category(table[found["analyte"]]), measured)
    plates = as_category(table[found["plate"]]) if "plate" in found else None
    if plates is not None and plates.notna().any() and batch is None:
        message = (
            "The lod file gives limits per plate, but no plate column is declared; write "
            'columns={"batch": "<column>"} (or "panel:PlateID").'
        )
        raise PanelError(message)
    keys = pd.DataFrame({"at": at, "plate": plates})[at >= 0]
    if keys.duplicated().any():
        name = measured.analytes.index[keys["at"][keys.duplicated()].iloc[0]]
        message = f"The lod file gives more than one limit for {name!r} on one plate; keep one."
        raise PanelError(message)
    limits = measured.lod.copy()
    of_row = None if batch is None else as_category(batch).to_numpy(dtype=object)
    for line, plate in keys["plate"].sort_values(na_position="first", kind="stable").items():
        rows = slice(None) if pd.isna(plate) else of_row == plate
        limits[rows, at[line]] = parsed.values[line]
    with np.errstate(invalid="ignore"):
        below = measured.below_lod | (measured.values < limits)
    changed = Measured(**{**vars(measured), "lod": limits, "below_lod": below})
    if not unknown:
        return changed
    count = count_of(len(unknown), "analyte")
    return changed.noted(f"{count} of the lod file not in the panel: {list_some(unknown, 5)}.")


def _positions(names: pd.Series, measured: Measured) -> tuple[np.ndarray, list[str]]:
    """Return the column of each analyte of the lod file (-1 if none), and the names without."""
    own = {str(name): i for i, name in enumerate(measured.analytes["name_in_file"])}
    symbols = {str(name): i for i, name in enumerate(measured.analytes.index)}
    at = np.full(len(names), -1)
    for line, name in enumerate(names):
        text = str(name)
        at[line] = own.get(text, symbols.get(resolve_analyte(text) or text, -1))
    return at, [str(name) for name, i in zip(names, at, strict=True) if i < 0]
