"""The real files: what a reader must get right on them."""

import time

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel

pytestmark = pytest.mark.real_data

EXPORTS = {
    "cohort1_breda_INF_npxmanager": ("Breda", None, 584, 7),
    "cohort2_nijmegen_INF_plate1_npxmanager": ("Nijmegen", "COVILINK_INF-plt1", 88, 1),
    "cohort2_nijmegen_INF_plate2_npxmanager": ("Nijmegen", "COVOLINK_INF-plt2_01042020", 88, 1),
    "cohort2_nijmegen_INF_plate3-7_npxmanager": ("Nijmegen", None, 438, 0),
    "cohort3_hannover_INF_npxmanager": ("Hannover", None, 264, 3),
}


@pytest.fixture(scope="module")
def covid(shared):
    return shared / "datasets" / "covid_olink_inflammation_3cohorts"


@pytest.fixture(scope="module")
def long(covid):
    return pd.read_parquet(covid / "inflammation_long.parquet")


@pytest.mark.parametrize("name", EXPORTS)
def test_each_native_export_equals_the_long_table(covid, long, name):
    cohort, plate, n_rows, n_plates = EXPORTS[name]
    panel = read_panel(covid / "native" / f"{name}.xlsx", format="olink_wide", duplicates="first")
    reading = panel.reading
    assert (reading.rows_read, reading.rows_kept + len(reading.dropped)) == (n_rows, n_rows)
    assert panel.values.shape[1] == 92
    assert reading.unknown_analytes == ()
    plates = panel.samples.get("panel:PlateID", pd.Series(dtype="str"))
    assert plates.nunique() == n_plates
    lines = long[long["Cohort"] == cohort]
    lines = lines.assign(plain_id=without_blanks(lines["SampleID"]))
    lines = lines[lines["plain_id"].isin(without_blanks(panel.sample_ids))]
    batch = [one for one, part in lines.groupby("Batch") if _is_batch(part, panel, plate)]
    lines = lines[lines["Batch"].isin(batch)].drop_duplicates(["SampleID", "Assay"])
    for column, frame in (("NPX", panel.values), ("LOD", panel.lod)):
        wide = lines.pivot_table(index="plain_id", columns="Assay", values=column)
        expected = wide.loc[without_blanks(frame.index), panel.analytes["name_in_file"]]
        np.testing.assert_allclose(frame.to_numpy(), expected.to_numpy(), rtol=0, atol=1e-9)
    below = panel.below_lod.to_numpy()
    np.testing.assert_array_equal(below, panel.values.to_numpy() < panel.lod.to_numpy())


def without_blanks(ids):
    """Return ids without any blank: the long table has blanks that the export lacks inside ids."""
    return pd.Index(ids).str.replace(" ", "")


def _is_batch(part, panel, plate):
    """Return whether a batch of the long table is the one of this export."""
    if plate is not None:
        return set(part["PlateID"]) == {plate}
    return part["SampleID"].nunique() == len(panel.sample_ids)


def test_the_export_and_the_long_csv_of_hannover_are_one_panel(covid):
    samples = {
        "samples": covid / "samples.csv",
        "where": {"Cohort": "Hannover"},
        "columns": {
            "sample": "SampleID", "group": "condition", "batch": "panel:PlateID", "age": "age",
            "sex": "sex", "bmi": "BMI",
        },
    }  # fmt: skip
    path = covid / "native" / "cohort3_hannover_INF_npxmanager.xlsx"
    wide = read_panel(path, format="olink_wide", **samples)
    tall = read_panel(covid / "hannover_inflammation_long.csv", format="olink_long", **samples)
    pd.testing.assert_frame_equal(wide.values, tall.values[wide.values.columns])
    pd.testing.assert_frame_equal(wide.below_lod, tall.below_lod[wide.values.columns])
    roles = ["group", "batch", "age", "sex", "bmi", "qc"]
    pd.testing.assert_frame_equal(wide.samples[roles], tall.samples[roles])
    assert wide.samples["group"].value_counts().to_dict() == {"postcovid": 186, "healthy": 62}
    assert wide.reading.notes[0].startswith("243 of 264 sample ids of the panel file carried blank")
    hardly_detected = wide.detected_frac()[["IL4", "IL5", "IL13", "IL33", "TSLP"]]
    assert (hardly_detected < 0.2).all()


def test_the_whole_parquet_file_reads_fast_and_loses_no_row(covid):
    path = covid / "inflammation_long.parquet"
    start = time.perf_counter()
    panel = read_panel(path, format="olink_long", duplicates="first")
    assert time.perf_counter() - start < 5  # 0.4 s on an idle core
    reading = panel.reading
    assert reading.rows_read == reading.rows_kept + len(reading.dropped) == 134504 // 92
    assert panel.values.shape == (1397, 92)
    with pytest.raises(PanelError, match="sample ids repeat in the panel file"):
        read_panel(path, format="olink_long")


def test_another_laboratory_s_long_file_without_limits_reads(shared):
    folder = shared / "datasets" / "esrd_covid_olink_serum"
    panel = read_panel(
        folder / "serum_npx_long.csv.gz",
        format="olink_long",
        samples=folder / "serum_samples.csv",
        columns={"group": "Case_Control", "subject": "Individual_ID", "sex": "Sex"},
        visits="all",
    )
    assert panel.values.shape == (63, 436)
    assert panel.reading.unknown_analytes == ()
    assert panel.lod.isna().to_numpy().all()
    assert not panel.below_lod.to_numpy().any()
    assert panel.samples["group"].value_counts().to_dict() == {"POSITIVE": 52, "NEGATIVE": 11}


def test_zeros_of_the_luminex_file_are_below_detection(shared):
    path = shared / "datasets" / "mg_plasma_luminex" / "mg_plasma_luminex_wide.csv"
    roles = {
        "sample": "Bio_ID", "group": "Category_1", "age": "Visiting_age", "sex": "Gender",
        "batch": "visit_quarter",
    }  # fmt: skip
    panel = read_panel(
        path, samples="same", unit="pg/mL", analytes="IL_6..IL_18", zeros="below_lod", columns=roles
    )
    raw = pd.read_csv(path).loc[:, "IL_6":"IL_18"].to_numpy()
    assert panel.values.shape == (259, 22)
    assert panel.reading.unknown_analytes == ()
    np.testing.assert_array_equal(panel.below_lod.to_numpy(), raw == 0)
    assert panel.below_lod["IFNB1"].mean() == pytest.approx(0.74, abs=0.01)
    assert panel.samples["group"].value_counts().to_dict() == {"MG": 219, "Control": 40}


def test_a_file_that_mixes_units_is_read_one_unit_at_a_time(shared):
    path = shared / "datasets" / "cmipb_pertussis_th1_th2" / "plasma_olink_wide.csv"
    roles = {
        "sample": "specimen_id", "group": "infancy_vac", "subject": "subject_id",
        "visit": "planned_day_relative_to_boost",
    }  # fmt: skip
    options = {"samples": "same", "analytes": "IL6..IL17C", "columns": roles}
    with pytest.raises(PanelError, match="mixes units: 'NPX', 'pg/mL'"):
        read_panel(path, unit="pg/mL", **options)
    with pytest.raises(PanelError, match="36 subjects have several samples"):
        read_panel(path, unit="pg/mL", where={"cohort_year": 2021}, **options)
    panel = read_panel(path, unit="pg/mL", where={"cohort_year": 2021}, visits="0", **options)
    assert len(panel.sample_ids) == 36
    assert panel.reading.rows_read == 490
    assert len(panel.reading.dropped) == 490 - 36
