"""Olink Explore and Target 48 exports."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from tests.panel.examples import FILES

HT = pd.read_csv(FILES / "olink_explore_ht.tsv", sep="\t", dtype=str, keep_default_na=False)


def read(tmp_path, table, **options):
    table.to_csv(tmp_path / "npx.csv", index=False, sep=";")
    return read_panel(tmp_path / "npx.csv", **{"format": "olink_explore", **options})


def test_the_ht_example_by_hand():
    panel = read_panel(FILES / "olink_explore_ht.tsv", format="olink_explore", duplicates="first")
    assert panel.unit == "NPX"
    assert panel.platform == "Olink Explore HT 7.1.0"
    assert panel.values.columns.tolist() == ["IL6", "TNF", "TNF (Explore_HT block 6)", "CCL11"]
    assert panel.samples["qc"].tolist() == ["WARN", "FAIL", "PASS"]
    assert panel.analytes["assay_qc"].tolist() == ["PASS", "PASS", "PASS", "FAIL"]
    lines = HT[(HT["SampleID"] == "p02") & (HT["OlinkID"] == "OID43991")]
    assert panel.values.loc["p02", "TNF (Explore_HT block 6)"] == float(lines["NPX"].iloc[0])
    notes = " ".join(panel.reading.notes)
    for words in (
        "3 control assays left out: 'Incubation control 1'",
        "5 values in 2 assays without NPX",
        "1 assay with an AssayQC other than a pass: 'CCL11'",
        "gives no limit of detection",
        "2 samples with a quality flag other than a pass kept",
    ):
        assert words in notes


def test_flagged_samples_can_be_dropped():
    options = {"format": "olink_explore", "qc_flagged": "drop", "duplicates": "first"}
    panel = read_panel(FILES / "olink_explore_ht.tsv", **options)
    assert panel.sample_ids.tolist() == ["p03"]


def test_a_sample_in_two_wells_needs_a_policy_and_its_wells_do_not_mix(tmp_path):
    with pytest.raises(PanelError, match="1 sample id repeats in the panel file: 'p03'"):
        read_panel(FILES / "olink_explore_ht.tsv", format="olink_explore")
    without = HT[~((HT["WellID"] == "C1") & (HT["OlinkID"] == "OID40770"))]
    panel = read(tmp_path, without, duplicates="first")
    assert np.isnan(panel.values.loc["p03", "IL6"])  # that of well D1 is another measurement


def test_the_3072_example_keeps_an_assay_of_several_panels_apart():
    panel = read_panel(FILES / "olink_explore_3072.csv", format="olink_explore")
    names = ["TNF", "TNF (Oncology)", "TNF (Neurology)", "IL6", "CXCL8", "IL12"]
    assert panel.values.columns.tolist() == names  # IL12 from P29459_P29460
    assert panel.analytes.loc["TNF (Oncology)", "olink_id"] == "OID20473"
    assert panel.lod["TNF"].tolist() == [-0.8] * 3
    below = panel.values.to_numpy() < panel.lod.to_numpy()
    np.testing.assert_array_equal(panel.below_lod.to_numpy(), below)
    assert panel.reading.dropped["reason"].unique().tolist() == ["control (SampleType CONTROL)"]


@pytest.mark.parametrize("column", ["MaxLOD", "PlateLOD", "LOD"])
def test_limits_by_any_name(tmp_path, column):
    panel = read(tmp_path, HT.assign(**{column: "0.5"}), duplicates="first")
    assert panel.lod["IL6"].tolist() == [0.5] * 3


def test_plate_control_normalised_npx_can_be_asked_for(tmp_path):
    table = HT.assign(PCNormalizedNPX="1.25")
    panel = read(tmp_path, table, columns={"value": "PCNormalizedNPX"}, duplicates="first")
    assert panel.values["IL6"].tolist() == [1.25] * 3


def test_without_types_controls_are_told_by_name_unless_they_are_people(tmp_path):
    table = HT.drop(columns=["SampleType", "AssayType"])
    panel = read(tmp_path, table, duplicates="first")
    assert panel.sample_ids.tolist() == ["p01", "p02", "p03"]
    assert set(panel.reading.dropped["reason"]) == {"control (by its name)", "duplicates: first"}
    assert "TNF" in panel.values
    assert not any("control" in name for name in panel.values)
    samples = pd.DataFrame({"id": ["p01", "p02", "p03", "NC_1"], "dx": ["a", "b", "a", "b"]})
    more = read(tmp_path, table, samples=samples, duplicates="first")
    assert more.sample_ids.tolist() == ["p01", "p02", "p03", "NC_1"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (HT[HT["SampleType"] != "SAMPLE"], "no lines of samples, only of controls"),
        (HT[HT["AssayType"] != "assay"], "no assays, only control assays"),
        (HT.drop(columns="NPX"), "no column for value"),
        (HT.assign(SampleID=""), "no sample id"),
        (HT.assign(NPX="high"), "Analyte 'IL6' has 4 cells that are not numeric"),
        (HT.assign(NPX="1200"), "impossible value.* in NPX, such as 1200"),
    ],
)
def test_bad_explore_files_are_refused(tmp_path, table, message):
    with pytest.raises(PanelError, match=message):
        read(tmp_path, table, duplicates="first")


def test_an_explore_file_read_as_olink_long_says_so(tmp_path):
    panel = read(tmp_path, HT, format="olink_long", duplicates="first")
    assert any("format olink_explore leaves its controls out" in n for n in panel.reading.notes)


@pytest.mark.parametrize(
    ("name", "format", "options"),
    [
        ("olink_target48_long.csv", "olink_long", {}),
        ("olink_target48_long.csv", "olink_long", {"unit": "pg/mL"}),
        ("olink_target48_wide.csv", "olink_wide", {"unit": "pg/mL"}),
    ],
)
def test_target_48_concentrations_by_hand(name, format, options):  # noqa: A002
    panel = read_panel(FILES / name, format=format, **options)
    assert panel.unit == "pg/mL"
    assert panel.values["IL6"].tolist() == [1.4, 0.15, 0.05, 2400.0]
    assert panel.below_lod["IL6"].tolist() == [False, False, True, False]  # plate LOD .09
    assert panel.extrapolated["IL6"].tolist() == [False, True, False, False]  # LLOQ .2
    assert panel.above_uloq["IL6"].tolist() == [False, False, False, True]  # ULOQ 2000
    assert panel.lod["IL6"].tolist() == [0.09] * 4


def test_the_npx_block_of_target_48_and_the_choice():
    path = FILES / "olink_target48_wide.csv"
    panel = read_panel(path, format="olink_wide", unit="NPX")
    assert panel.values["IL6"].tolist() == [4.1, 1.2, -0.4, 12.4]
    assert panel.below_lod["IL6"].tolist() == [False, False, True, False]
    with pytest.raises(PanelError, match=r"holds values in NPX and pg/mL\. Declare which to read"):
        read_panel(path, format="olink_wide")
    with pytest.raises(PanelError, match=r"holds concentrations .* and no NPX"):
        read_panel(FILES / "olink_target48_long.csv", format="olink_long", unit="NPX")


def test_npx_and_concentrations_beside_one_another(tmp_path):
    table = pd.read_csv(FILES / "olink_target48_long.csv", sep=";")
    table["NPX"] = np.arange(len(table)) / 10
    table.to_csv(tmp_path / "both.csv", index=False)
    npx = read_panel(tmp_path / "both.csv", format="olink_long")
    assert (npx.unit, npx.values["IL6"].iloc[1]) == ("NPX", 0.3)
    amounts = read_panel(tmp_path / "both.csv", format="olink_long", unit="pg/mL")
    assert (amounts.unit, amounts.values["IL6"].iloc[1]) == ("pg/mL", 0.15)
    sheet = ["Panel,T48,T48,T48", "Assay,IL6,IL6,QC Warning", "Uniprot ID,P05231,P05231,",
             "Unit,NPX,pg/mL,", ",,,", "p1,4.1,1.4,Pass", "p2,3.9,1.1,Pass"]  # fmt: skip
    (tmp_path / "side.csv").write_text("\n".join(sheet))
    side = read_panel(tmp_path / "side.csv", format="olink_wide", unit="pg/mL")
    assert side.values.to_dict("list") == {"IL6": [1.4, 1.1]}
    side = read_panel(tmp_path / "side.csv", format="olink_wide", unit="NPX")
    assert side.values.to_dict("list") == {"IL6": [4.1, 3.9]}
