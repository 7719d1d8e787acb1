"""Panels from frames, and the names inside a panel."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import panel_from_frame
from subtyping.panel.names import analyte_table

VALUES = pd.DataFrame({"IL-13": [1.0, 2.0], "TARC": [5.0, 6.0]}, index=["s1", "s2"])
SAMPLES = pd.DataFrame({"group": ["MDD", "HC"]}, index=["s1", "s2"])


def test_limits_by_analyte_or_by_cell_flag_what_lies_below():
    by_analyte = panel_from_frame(VALUES, SAMPLES, lod=pd.Series({"IL-13": 1.5}))
    assert by_analyte.below_lod.to_numpy().tolist() == [[True, False], [False, False]]
    np.testing.assert_equal(by_analyte.lod.to_numpy(), [[1.5, np.nan]] * 2)
    by_cell = panel_from_frame(VALUES, SAMPLES, lod=VALUES + np.array([[-1, 1], [1, 0]]))
    assert by_cell.below_lod.to_numpy().tolist() == [[False, True], [True, False]]


def test_flags_can_be_given():
    flags = pd.DataFrame(True, index=VALUES.index, columns=VALUES.columns)
    assert panel_from_frame(VALUES, SAMPLES, below_lod=flags).below_lod.to_numpy().all()
    with pytest.raises(PanelError, match="below_lod must have the shape of the values"):
        panel_from_frame(VALUES, SAMPLES, below_lod=flags.iloc[:1])


@pytest.mark.parametrize(
    ("values", "samples", "unit", "message"),
    [
        (VALUES.astype("str"), SAMPLES, "NPX", "Values must be numbers; 'IL-13', 'TARC' hold text"),
        (VALUES, SAMPLES.iloc[::-1], "NPX", "must list the same samples in one order"),
        (VALUES, SAMPLES, "npx", "unit must be one of"),
    ],
)
def test_bad_frames_are_refused(values, samples, unit, message):
    with pytest.raises(PanelError, match=message):
        panel_from_frame(values, samples, unit=unit)


def test_names_are_unique_whatever_repeats():
    names = ["IL8", "IL-8", "IL8", "CXCL8", "x", "x", "x (2)"]
    table, notes = analyte_table(names)
    assert table.index.is_unique
    assert table["name_in_file"].tolist() == names
    assert len(notes) == 1
