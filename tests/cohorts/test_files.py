"""What is written equals what is in memory."""

import numpy as np
import pandas as pd
import pytest

from subtyping.cohorts import simulate_cohort, write_cohort
from subtyping.exceptions import InputError
from subtyping.panel import read_panel


def test_three_files_in_one_row_order(tmp_path):
    cohort = simulate_cohort("th2_subtype", seed=1, n_case=40, n_reference=20)
    tables = [pd.read_csv(path) for path in write_cohort(cohort, tmp_path / "new")]
    for table in tables:
        assert table.columns[0] == "sample_id"
        assert table["sample_id"].tolist() == cohort.panel.sample_ids.tolist()
    first = tables[1].columns[:5].tolist()
    assert first == ["sample_id", "subject_id", "diagnosis", "plate", "age"]


def test_same_seed_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_cohort(simulate_cohort("index_study", seed=7), tmp_path / name)
    for name in ("panel.csv", "samples.csv", "truth.csv"):
        first, second = ((tmp_path / folder / name).read_bytes() for folder in "ab")
        assert first == second


@pytest.mark.parametrize("design", ["th2_subtype", "index_study"])
def test_what_is_read_back_is_what_was_simulated(tmp_path, design):
    cohort = simulate_cohort(design, seed=1)
    panel_file, samples_file, _ = write_cohort(cohort, tmp_path)
    read = read_panel(panel_file, samples=samples_file, unit="NPX", columns=cohort.columns)
    panel = cohort.panel
    assert read.sample_ids.tolist() == panel.sample_ids.tolist()
    assert read.values.columns.tolist() == panel.values.columns.tolist()
    for name in ("values", "below_lod", "above_uloq", "lod"):
        np.testing.assert_array_equal(getattr(read, name), getattr(panel, name), err_msg=name)
    pd.testing.assert_frame_equal(read.samples[panel.samples.columns], panel.samples)


def test_numbers_below_detection_come_with_their_limits(tmp_path):
    cohort = simulate_cohort("null", n_case=10, n_reference=10, below_lod="number")
    panel_file, _, _ = write_cohort(cohort, tmp_path)
    written = pd.read_csv(panel_file, index_col="sample_id")
    np.testing.assert_array_equal(written.to_numpy(), cohort.panel.values.to_numpy())
    limits = pd.read_csv(tmp_path / "limits.csv", index_col="analyte")["lod"]
    assert (written < limits).to_numpy().tolist() == cohort.panel.below_lod.to_numpy().tolist()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    cohort = simulate_cohort("null", n_case=5, n_reference=5, n_analytes=24)
    with pytest.raises(InputError, match=r"taken is a file\. Name a folder"):
        write_cohort(cohort, tmp_path / "taken")
