"""Olink exports that give concentrations (Target 48, Flex): which column holds what."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.units import known_unit
from subtyping.panel.well_table import fold

__all__ = ["quantified_columns", "with_range"]

QUANTIFIED = ("quantifiedvalue", "quantified")
LIMITS = ("platelod", "lod", "platelql")


def quantified_columns(
    table: pd.DataFrame, columns: Mapping[str, str], unit: str | None
) -> dict[str, str]:
    """Return the columns to read where a long export has concentrations beside (or without) NPX.

    Parameters
    ----------
    table : pandas.DataFrame
        The long table.
    columns : mapping
        What the user mapped; a mapped value column decides.
    unit : str or None
        Declared unit: pg/mL means the concentrations, NPX the NPX. Without it the NPX are read
        where there are both.

    Returns
    -------
    dict
        Roles ``value`` and ``lod`` to add to what was mapped; empty where NPX are read.

    Raises
    ------
    PanelError
        If concentrations are asked for and the file has none, or NPX and it has concentrations
        alone.

    Examples
    --------
    >>> table = pd.DataFrame(columns=["SampleID", "Assay", "NPX", "Quantified_value", "Plate LOD"])
    >>> quantified_columns(table, {}, "pg/mL")
    {'value': 'Quantified_value', 'lod': 'Plate LOD'}
    >>> quantified_columns(table, {}, None)
    {}
    """
    by_label = {fold(name): str(name) for name in reversed(list(table.columns))}
    value = next((by_label[name] for name in QUANTIFIED if name in by_label), None)
    has_npx = "npx" in by_label
    wanted = None if unit is None else known_unit(unit)
    if "value" in columns:
        if value is None or columns["value"] != value:
            return {}
    elif value is None or (has_npx and wanted != "pg/mL"):
        return {}
    elif wanted is not None and wanted != "pg/mL":
        message = (
            f"The file holds concentrations (column {value!r}) and no NPX; got unit {wanted}. "
            "Leave the unit out or write pg/mL."
        )
        raise PanelError(message)
    limit = next((by_label[name] for name in LIMITS if name in by_label), None)
    found = {"value": str(value)}
    return found if limit is None or "lod" in columns else {**found, "lod": limit}


def with_range(measured: Measured, lloq: np.ndarray, uloq: np.ndarray) -> Measured:
    """Return concentrations flagged by their range of quantification.

    Parameters
    ----------
    measured : Measured
        Rows of concentrations.
    lloq, uloq : numpy.ndarray of shape (n_rows, n_analytes)
        Lower and upper limit of quantification of each value; NaN where unknown.

    Returns
    -------
    Measured
        A value above ULOQ is above the upper limit, one under LLOQ and not below detection is
        extrapolated.

    Examples
    --------
    >>> from subtyping.panel.wide import read_wide
    >>> measured = read_wide(pd.DataFrame({"id": ["a", "b"], "IL6": ["0.5", "90"]}))
    >>> ranged = with_range(measured, np.array([[1.0], [1.0]]), np.array([[80.0], [80.0]]))
    >>> ranged.extrapolated[:, 0].tolist(), ranged.above_uloq[:, 0].tolist()
    ([True, False], [False, True])
    """
    with np.errstate(invalid="ignore"):
        above = measured.above_uloq | (measured.values > uloq)
        under = (measured.values < lloq) & ~measured.below_lod & ~above
    return Measured(**{**vars(measured), "above_uloq": above, "extrapolated": under})
