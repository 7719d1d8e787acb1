"""MSD Discovery Workbench exports."""

import numpy as np
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from tests.panel.examples import FILES

HEAD = "Sample,Assay,Well,Spot,Dilution,Concentration,Calc. Concentration,"
HEAD += "Detection Limits: Calc. Low,Detection Limits: Calc. High,Detection Range"
STANDARDS = ["STD-01,IL-6,A01,1,,100,101,0.1,120,In Detection Range",
             "STD-02,IL-6,A02,1,,1,1.02,0.1,120,In Detection Range"]  # fmt: skip


def read(tmp_path, lines, head=HEAD, **options):
    (tmp_path / "plate.csv").write_text("\n".join([head, *lines]) + "\n")
    return read_panel(tmp_path / "plate.csv", format="msd", **{"unit": "pg/mL", **options})


def test_the_example_by_hand():
    panel = read_panel(FILES / "msd_workbench.csv", format="msd", unit="pg/mL")
    assert panel.platform == "MSD"
    assert panel.values.loc["p01", "IL6"] == pytest.approx((1.62 + 1.75) / 2)
    assert panel.lod.loc["p01", "IL6"] == pytest.approx(0.06 * 2)  # the limit times the dilution
    assert panel.below_lod.loc["p02", "IL17A"]
    assert panel.values.loc["p02", "IL17A"] == 0.9  # kept; the other well is below the fit
    assert panel.above_uloq.loc["p03", "IL6"]
    assert panel.extrapolated.loc["p02", "IL6"]  # .685 under the lowest calibrator, .48 times 2
    assert not panel.extrapolated.loc["p01", "IL6"]
    assert panel.replicate_cv_pct.loc["p04"].isna().all()
    assert panel.samples["panel:PlateID"].unique().tolist() == ["Plate_2BO40AW287"]
    reasons = panel.reading.dropped["reason"].value_counts().to_dict()
    assert reasons == {"standard": 6, "replicate well, merged by mean": 3}


def test_means_of_the_software_are_read_with_their_cv():
    panel = read_panel(FILES / "msd_means.tsv", format="msd")
    assert panel.unit == "pg/mL"  # from the header, Calc. Conc. Mean (pg/mL)
    assert panel.values["IL6"].tolist() == [1.68, 0.68, 1.1]
    assert panel.replicate_cv_pct["IL6"].tolist() == [5.4, 5.4, 5.4]
    assert panel.reading.dropped["reason"].tolist() == ["standard", "standard", "control"]
    assert any("averaged before the export" in note for note in panel.reading.notes)


def test_wells_that_repeat_their_mean_are_read_once(tmp_path):
    head = "Sample,Assay,Well,Calc. Conc. Mean,Calc. Conc. CV"
    panel = read(tmp_path, ["p1,IL-6,A1,4,7", "p1,IL-6,A2,4,7", "p2,IL-6,A3,5,"], head)
    assert panel.values["IL6"].tolist() == [4.0, 5.0]
    np.testing.assert_equal(panel.replicate_cv_pct["IL6"].tolist(), [7.0, np.nan])
    assert panel.reading.dropped["reason"].tolist() == ["replicate well, its mean is read once"]


def test_a_mean_is_read_from_the_first_well_that_is_not_excluded(tmp_path):
    head = "Sample,Assay,Well,Excluded,Calc. Conc. Mean,Calc. Conc. CV"
    lines = ["p1,IL-6,A1,TRUE,5,7", "p1,TNF-a,A1,FALSE,2,1", "p1,IL-6,A2,FALSE,5,7",
             "p1,TNF-a,A2,TRUE,2,1", "p2,IL-6,A3,TRUE,9,", "p2,TNF-a,A4,FALSE,8,3"]  # fmt: skip
    panel = read(tmp_path, lines, head)
    np.testing.assert_equal(panel.values["IL6"].tolist(), [5.0, np.nan])
    assert panel.values["TNF"].tolist() == [2.0, 8.0]  # p2: the first well lists no TNF
    assert panel.replicate_cv_pct.loc["p1"].tolist() == [7.0, 1.0]
    assert panel.reading.dropped.to_numpy().tolist() == [
        [name, "replicate well, its mean is read once"] for name in ("p1", "p2")
    ]


@pytest.mark.parametrize(
    ("value", "told", "expected"),
    [
        ("50", "In Detection Range", (50.0, False, False, False)),
        ("0.5", "In Detection Range", (0.5, False, False, True)),  # under the lowest calibrator, 1
        ("110", "In Detection Range", (110.0, False, False, True)),
        ("0.05", "Below Detection Range", (0.05, True, False, False)),
        ("NaN", "Below Fit Curve Range", (np.nan, True, False, False)),
        ("NaN", "Below Curve Fit", (np.nan, True, False, False)),
        ("130", "Above Detection Range", (130.0, False, True, False)),
        ("NaN", "Above Fit Curve Range", (np.nan, False, True, False)),
        ("0.05", "", (0.05, True, False, False)),  # nothing said: compared with the limits
        ("130", "", (130.0, False, True, False)),
        ("NaN", "", (np.nan, False, False, False)),
    ],
)
def test_what_the_detection_range_says(tmp_path, value, told, expected):
    panel = read(tmp_path, [*STANDARDS, f"p1,IL-6,B01,1,,,{value},0.1,120,{told}"])
    flags = (panel.below_lod, panel.above_uloq, panel.extrapolated)
    np.testing.assert_equal(panel.values.loc["p1", "IL6"], expected[0])
    assert tuple(bool(flag.loc["p1", "IL6"]) for flag in flags) == expected[1:]


def test_dilution_scales_limits_and_calibrators(tmp_path):
    line = "p1,IL-6,B01,1,4,,3.9,0.1,120,"
    panel = read(tmp_path, [*STANDARDS, line])
    assert panel.lod.loc["p1", "IL6"] == pytest.approx(0.4)
    assert panel.extrapolated.loc["p1", "IL6"]  # 3.9 < 1 * 4
    (tmp_path / "raw.csv").write_text(
        "\n".join(["Dilution applied,No", HEAD, *STANDARDS, line]) + "\n"
    )
    raw = read_panel(tmp_path / "raw.csv", format="msd", unit="pg/mL")
    assert raw.values.loc["p1", "IL6"] == pytest.approx(15.6)
    assert raw.lod.loc["p1", "IL6"] == pytest.approx(0.4)
    assert not raw.extrapolated.loc["p1", "IL6"]  # 3.9 on the curve, between 1 and 100


def test_plates_under_one_another_keep_their_names(tmp_path):
    lines = [f"{name},IL-6,A01,1,,,5,,," for name in ("p1", "p2")]
    text = "\n".join(["Plate_A", HEAD, lines[0], "", "Plate_B", HEAD, lines[1]])
    (tmp_path / "two.csv").write_text(text)
    panel = read_panel(tmp_path / "two.csv", format="msd", unit="pg/mL")
    assert panel.samples["panel:PlateID"].tolist() == ["Plate_A", "Plate_B"]


def test_excluded_spots_are_not_read_and_counted(tmp_path):
    head = "Sample,Assay,Well,Calc. Concentration,Excluded"
    panel = read(tmp_path, ["p1,IL-6,A1,3,FALSE", "p1,IL-6,A2,90,TRUE"], head)
    assert panel.values["IL6"].tolist() == [3.0]
    assert any("1 spot excluded in Discovery Workbench" in note for note in panel.reading.notes)


def test_an_excluded_spot_flags_nothing(tmp_path):
    head = "Sample,Assay,Well,Calc. Concentration,Excluded,Detection Range"
    lines = ["p1,IL-6,A1,3,FALSE,In Detection Range", "p1,IL-6,A2,0,TRUE,Below Detection Range"]
    panel = read(tmp_path, lines, head)
    assert panel.values["IL6"].tolist() == [3.0]
    assert not panel.below_lod["IL6"].any()


def test_lines_of_one_cell_at_the_end_are_reported(tmp_path):
    panel = read(tmp_path, ["p1,IL-6,A1,3", "p9,,,", ",,,", "p10,,,"], SHORT)
    assert panel.sample_ids.tolist() == ["p1"]
    assert panel.reading.dropped.to_numpy().tolist() == [
        [name, f"line {at} holds one cell and no assay, after the last spot"]
        for name, at in (("p9", 3), ("p10", 5))
    ]
    assert panel.reading.rows_read == 3


SHORT = "Sample,Assay,Well,Calc. Concentration"


@pytest.mark.parametrize(
    ("head", "lines", "options", "message"),
    [
        (
            "Sample,Assay,Well,Signal",
            ["p1,IL-6,A1,900"],
            {},
            "holds signals and no calculated conc",
        ),
        ("id,IL6", ["p1,3"], {}, "No MSD table was found: expected a header with Sample, Assay"),
        (SHORT, ["p1,IL-6,A1,3", "p1,IL-6,A1,3"], {}, "lists 1 spot more than once, such as IL-6"),
        (SHORT, ["p1,IL-6,A1"], {}, "Line 2 of the MSD export has 3 fields where its header has 4"),
        (SHORT, ["p1,IL-6,A1,3", "p2"], {}, "Line 3 of the MSD export has 1 fields where its head"),
        (SHORT, ["p1,IL-6,A1,3", "p2", "p3,IL-6,A3,4"], {}, "Line 3 of the MSD export has 1 field"),
        (SHORT, ["p2,,,", "p3,IL-6,A3,4"], {}, "1 line of the MSD export without a sample or an"),
        (SHORT, [",IL-6,A1,3"], {}, "1 line of the MSD export without a sample or an assay"),
        (SHORT, ["p1,IL-6,A1,high"], {}, "Analyte 'IL-6' has 1 cell that is not numeric"),
        (SHORT, ["p1,IL-6,A1,3"], {"unit": None}, "The unit of the values is not declared"),
        (SHORT, ["p1,IL-6,A1,-3"], {}, "1 negative value in pg/mL"),
        (SHORT, ["Blank,IL-6,A1,3"], {}, "no sample wells, only wells of kind 'blank'"),
        (SHORT + ",Units", ["p1,IL-6,A1,3,U/mL"], {}, "not in a mass per volume: 'IL-6 .U/mL.'"),
    ],
)
def test_bad_exports_are_refused(tmp_path, head, lines, options, message):
    with pytest.raises(PanelError, match=message):
        read(tmp_path, lines, head, **options)


def test_one_assay_on_two_spots_stays_apart(tmp_path):
    head = "Sample,Assay,Well,Spot,Calc. Concentration"
    panel = read(tmp_path, ["p1,IL-6,A1,1,3", "p1,IL-6,A1,2,5"], head)
    assert panel.values.shape == (1, 2)
    assert sorted(panel.values.loc["p1"]) == [3.0, 5.0]
