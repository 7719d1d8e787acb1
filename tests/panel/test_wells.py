"""Replicate wells: hand values of the rules, and laws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.wells import merge_wells, one_sample
from subtyping.panel.wide import read_wide


def merged(cells, rule="mean", **options):
    measured = read_wide(pd.DataFrame({"id": ["a"] * len(cells), "IL6": cells}))
    row, _ = merge_wells(measured, rule, one_sample(measured), **options)
    return row.values[0, 0], bool(row.below_lod[0, 0]), bool(row.above_uloq[0, 0]), row


@pytest.mark.parametrize(
    ("cells", "rule", "value", "below", "above"),
    [
        (["2", "4", "9"], "mean", 5.0, False, False),  # (2 + 4 + 9) / 3
        (["2", "4", "9"], "median", 4.0, False, False),
        (["2", "4", "27"], "geometric_mean", 6.0, False, False),  # 216 ** (1 / 3)
        (["3", None, "5"], "mean", 4.0, False, False),  # an empty well counts for nothing
        (["3", "<0.5"], "mean", np.nan, True, False),  # half of two are below
        (["3", "5", "<0.5"], "mean", 4.0, False, False),  # one of three: the others' mean
        (["<0.4", "<0.5", "3"], "mean", np.nan, True, False),
        (["90", ">100"], "mean", 100.0, False, True),
        (["90", "80", ">100"], "mean", 90.0, False, False),  # (90 + 80 + 100) / 3
        (["<1", ">100"], "mean", np.nan, True, False),  # both halves: the lower limit holds
        ([None, None], "mean", np.nan, False, False),
    ],
)
def test_hand_values(cells, rule, value, below, above):
    found = merged(cells, rule)[:3]
    np.testing.assert_allclose(found[0], value)
    assert found[1:] == (below, above)


def test_the_cv_is_that_of_the_wells():
    row = merged(["8", "12"])[3]
    assert row.replicate_cv_pct[0, 0] == pytest.approx(100 * np.sqrt(8) / 10)
    assert np.isnan(merged(["8"])[3].replicate_cv_pct[0, 0])
    logged = merged(["3", "4"], is_log=True)[3]  # 8 and 16 on the scale of concentrations
    assert logged.replicate_cv_pct[0, 0] == pytest.approx(100 * np.sqrt(32) / 12)
    assert logged.values[0, 0] == 3.5


def test_the_limit_of_merged_wells_is_the_highest():
    assert merged(["<0.4", "<0.5"])[3].lod[0, 0] == 0.5


def test_plates_and_dilutions_keep_wells_apart():
    table = pd.DataFrame(
        {
            "id": ["a"] * 4,
            "IL6": ["1", "3", "5", "7"],
            "PlateID": list("xxyy"),
            "Dilution": list("1121"),
        }
    )
    measured = read_wide(table, analytes="IL6")
    row, kept = merge_wells(measured, "mean", one_sample(measured))
    assert row.values[:, 0].tolist() == [2.0, 5.0, 7.0]
    assert kept.tolist() == [0, 2, 3]


def test_error_refuses_and_names_the_samples():
    with pytest.raises(
        PanelError, match=r"1 sample is measured in several wells: 'a'\. Write repl"
    ):
        merged(["1", "2"], "error")


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["1", "2.5", "<0.5", ">9", "", "7"])),
        min_size=1,
        max_size=12,
    )
)
def test_no_well_is_lost_and_one_sample_is_one_row(wells):
    measured = read_wide(pd.DataFrame(wells, columns=["id", "IL6"]))
    row, kept = merge_wells(measured, "mean", one_sample(measured))
    assert len(measured.sample_id) == len(row.sample_id) + len(row.left_out)
    assert len(set(row.sample_id)) == len(row.sample_id)
    assert list(measured.sample_id[kept]) == list(row.sample_id)
    assert not (row.below_lod & row.above_uloq).any()
    numbers = measured.values[~np.isnan(measured.values)]
    found = row.values[~np.isnan(row.values)]
    assert not len(found) or (numbers.min() <= found.min() and found.max() <= numbers.max())


def test_a_generic_file_merges_wells_if_asked(tmp_path):
    path = tmp_path / "wells.csv"
    path.write_text("id,IL6\na,1\na,3\nb,5\n")
    with pytest.raises(PanelError, match="1 sample id repeats"):
        read_panel(path, unit="pg/mL")
    panel = read_panel(path, unit="pg/mL", replicates="mean")
    assert panel.values["IL6"].tolist() == [2.0, 5.0]
    assert panel.reading.dropped.to_numpy().tolist() == [["a", "replicate well, merged by mean"]]
    assert panel.replicate_cv_pct["IL6"].notna().tolist() == [True, False]
    with pytest.raises(PanelError, match="replicates must be one of mean, median"):
        read_panel(path, unit="pg/mL", replicates="average")
