"""What an MSD export says about each spot: below, above, extrapolated, excluded, and the limit."""

import numpy as np
import pandas as pd

from subtyping.panel.msd_lines import MsdLines
from subtyping.panel.text_values import parse_values
from subtyping.panel.well_table import fold

__all__ = ["flags_of"]

BELOW = ("belowdetectionrange", "belowfitcurverange", "belowcurvefit", "belowcurvefitrange")
ABOVE = ("abovedetectionrange", "abovefitcurverange", "abovecurvefit", "abovecurvefitrange")
YES = ("true", "yes", "1", "x", "excluded")


def flags_of(
    lines: MsdLines,
    row: np.ndarray,
    column: np.ndarray,
    shape: tuple[int, int],
    *,
    is_multiplied: bool = True,
) -> dict[str, np.ndarray]:
    """Return the flags of the spots, spread over wells and assays.

    Parameters
    ----------
    lines : MsdLines
        All lines.
    row, column : numpy.ndarray of int
        Where each line belongs.
    shape : tuple of int
        Wells and assays.
    is_multiplied : bool, default=True
        Whether the concentrations carry the dilution, which limits and calibrators never do.

    Returns
    -------
    dict
        ``below``, ``above``, ``extrapolated``, ``excluded`` (bool) and ``lod`` (float, on the
        scale of the curve).

    Examples
    --------
    >>> from subtyping.panel.msd_lines import read_msd_lines
    >>> rows = [["Sample", "Assay", "Well", "Concentration", "Calc. Concentration"],
    ...         ["S1", "IL-6", "A1", "100", "100"], ["p1", "IL-6", "B1", None, "120"]]
    >>> lines = read_msd_lines({"": rows})
    >>> flags = flags_of(lines, np.array([0, 1]), np.array([0, 0]), (2, 1))
    >>> flags["extrapolated"][:, 0].tolist()
    [False, True]
    """
    table = lines.table
    value = parse_values(table["value"].map(_unstarred)).values
    factor = np.where(np.isnan(lines.dilution), 1.0, lines.dilution) if is_multiplied else 1.0
    low, high = (parse_values(table[name]).values for name in ("low", "high"))
    told = table["range"].map(fold).to_numpy(dtype=object)
    below, above = np.isin(told, BELOW), np.isin(told, ABOVE)
    silent = told == ""
    with np.errstate(invalid="ignore", over="ignore"):
        below |= silent & (value < low * factor)
        above |= silent & (value > high * factor)
        least, most = _calibrated(table, column)
        outside = (value < least * factor) | (value > most * factor)
    excluded = table["excluded"].map(lambda cell: str(cell).strip().casefold() in YES)

    def spread(array: np.ndarray, blank: float | bool) -> np.ndarray:  # noqa: FBT001
        wide = np.full(shape, blank)
        wide[row, column] = array
        return wide

    return {
        "below": spread(below, blank=False),
        "above": spread(above, blank=False),
        "extrapolated": spread(outside & ~below & ~above, blank=False),
        "excluded": spread(excluded.to_numpy(dtype=bool), blank=False),
        "lod": spread(low, np.nan),
    }


def _unstarred(cell: object) -> object:
    return cell.strip().strip("*") if isinstance(cell, str) else cell


def _calibrated(table: pd.DataFrame, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and highest calibrator of each line's assay and plate, blanks aside."""
    expected = pd.Series(parse_values(table["expected"]).values)
    expected = expected.where(expected > 0)
    keys = [np.asarray(column), table["PlateID"].fillna("").astype(str).to_numpy()]
    grouped = expected.groupby(keys)
    return grouped.transform("min").to_numpy(), grouped.transform("max").to_numpy()
