"""A raw table of new people as a panel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from subtyping.exceptions import PanelError
from subtyping.knowledge import resolve_analyte
from subtyping.panel.frames import panel_from_frame
from subtyping.panel.panel import Panel
from subtyping.panel.text_values import parse_values, refuse_text

__all__ = ["panel_from_table"]


def panel_from_table(
    table: pd.DataFrame, *, unit: str, analytes: Sequence[str], covariates: Sequence[str]
) -> Panel:
    """Build a panel of a model's analytes from a raw table, text values included.

    Parameters
    ----------
    table : pandas.DataFrame
        One row per sample: ``sample_id`` (a column or the index), analyte columns by any known
        name, covariate columns by role name. Other columns are ignored.
    unit : str
        Unit of the values.
    analytes : sequence of str
        Analytes the model knows.
    covariates : sequence of str
        Covariates the model adjusts for.

    Returns
    -------
    Panel

    Raises
    ------
    PanelError
        If ids repeat or a cell of an analyte is not a value.
    """
    frame = table.set_index("sample_id") if "sample_id" in table else table
    frame = frame.set_axis(frame.index.astype(str).str.strip(), axis=0)
    if not frame.index.is_unique:
        twice = frame.index[frame.index.duplicated()][0]
        message = f"Sample ids must be unique; {twice!r} occurs more than once."
        raise PanelError(message)
    wanted, values, lod, below = set(analytes), {}, {}, {}
    for column in frame.columns:
        name = str(column) if str(column) in wanted else resolve_analyte(str(column))
        if name not in wanted or name in values:
            continue
        parsed = parse_values(frame[column])
        refuse_text(frame[column], parsed.is_text, str(column))
        values[name] = np.where(np.isnan(parsed.values), parsed.lod, parsed.values)
        lod[name], below[name] = parsed.lod, parsed.below_lod

    def indexed(columns: dict[str, np.ndarray]) -> pd.DataFrame:
        return pd.DataFrame(columns, index=frame.index)

    samples = frame[[name for name in covariates if name in frame.columns]]
    return panel_from_frame(
        indexed(values), samples, unit=unit, lod=indexed(lod), below_lod=indexed(below)
    )
