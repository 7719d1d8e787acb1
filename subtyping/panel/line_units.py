"""Units that a long table states line by line."""

import numpy as np
import pandas as pd

from subtyping._validation import count_of, list_some
from subtyping.exceptions import PanelError
from subtyping.panel.measured import Measured
from subtyping.panel.texts import as_category
from subtyping.panel.units import known_unit, pg_ml_factor

__all__ = ["with_units"]


def with_units(measured: Measured, cells: pd.Series, names: pd.Series, column: str) -> Measured:
    """Return the rows with their unit, masses per volume converted to pg/mL.

    Parameters
    ----------
    measured : Measured
        Rows of a long table.
    cells : pandas.Series
        Unit of each line.
    names : pandas.Series
        Analyte of each line, as in the file.
    column : str
        Name of the unit column.

    Returns
    -------
    Measured
        ``unit_in_file`` set. An analyte that is given in ng/mL throughout is multiplied by 1,000
        and so on, and a note says so.

    Raises
    ------
    PanelError
        If one analyte is given in several masses per volume.

    Examples
    --------
    >>> from subtyping.panel.long import read_long
    >>> table = pd.DataFrame({"sample": ["a"], "analyte": ["CRP"], "value": ["2"], "unit": "ng/mL"})
    >>> measured = read_long(table)
    >>> measured.values.tolist(), measured.unit_in_file
    ([[2000.0]], ('pg/mL',))
    """
    units = as_category(cells)
    pairs = pd.DataFrame({"analyte": names.to_numpy(), "unit": units.to_numpy(dtype=object)})
    pairs = pairs.drop_duplicates().dropna()
    factors = pairs["unit"].map(lambda text: pg_ml_factor(str(text)))
    stated = units.dropna().unique()
    if factors.isna().any() or (factors == 1.0).all():
        return Measured(**{**vars(measured), "unit_in_file": tuple(stated)})
    spread = factors.groupby(pairs["analyte"]).nunique()
    if (spread > 1).any():
        mixed = list(spread.index[spread > 1])
        units_of_mixed = sorted(pairs["unit"][pairs["analyte"].isin(mixed)].unique())
        message = (
            f"The panel file mixes units: {list_some(units_of_mixed)} within "
            f"{count_of(len(mixed), 'analyte')}, {list_some(mixed)}. Give each analyte one unit."
        )
        raise PanelError(message)
    factor_of = dict(zip(pairs["analyte"], factors, strict=True))
    in_file = measured.analytes["name_in_file"]
    scale = np.array([float(factor_of.get(name, 1.0)) for name in in_file])
    units_of = dict(zip(pairs["analyte"], pairs["unit"], strict=True))
    notes = tuple(
        f"{count_of(n, 'analyte')} converted from {unit} to pg/mL (times {pg_ml_factor(unit):g})."
        for unit, n in pd.Series([str(units_of.get(name)) for name in in_file[scale != 1.0]])
        .value_counts(sort=False)
        .items()
    )
    carried = measured.carried.drop(columns=[column], errors="ignore")
    with np.errstate(over="ignore"):  # what overflows is refused as an impossible value
        values, lod = measured.values * scale, measured.lod * scale
    fields = {**vars(measured), "values": values, "lod": lod}
    return Measured(
        **{
            **fields,
            "carried": carried,
            "unit_in_file": (known_unit("pg/mL"),),
            "notes": (*measured.notes, *notes),
        }
    )
