"""Wide panels: ids, analytes, zeros, limits and the samples table."""

import time

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import Panel, read_panel
from subtyping.panel.wide import chosen_columns

PANEL = "sample_id,IL-13,TARC,mystery\ns1,<0.5,120,1\ns2,1.5,>1000,2\ns3,OOR <,,3\n"
SAMPLES = "id,diagnosis,age,plate,crp\ns3,HC,50,B,0.5\ns1,MDD,40,A,3.5\ns2,1.0,45.5,A,\n"


@pytest.fixture
def files(tmp_path):
    """Return a function that writes named texts and gives their paths."""

    def write(**texts):
        paths = []
        for name, text in texts.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(text)
        return paths

    return write


def read(files, panel=PANEL, samples=SAMPLES, **options):
    panel_path, samples_path = files(panel=panel, samples=samples or SAMPLES)
    given = {
        "unit": "pg/mL",
        "samples": samples and samples_path,
        "columns": {"group": "diagnosis"},
    }
    return read_panel(panel_path, **{**given, **options})


def test_values_limits_and_flags_come_apart(files):
    panel = read(files)
    assert isinstance(panel, Panel)
    assert panel.values.columns.tolist() == ["IL13", "CCL17", "mystery"]
    np.testing.assert_equal(panel.values["IL13"].to_numpy(), [np.nan, 1.5, np.nan])
    np.testing.assert_equal(panel.values["CCL17"].to_numpy(), [120, 1000, np.nan])
    assert panel.below_lod["IL13"].tolist() == [True, False, True]
    assert panel.above_uloq["CCL17"].tolist() == [False, True, False]
    np.testing.assert_equal(panel.lod["IL13"].to_numpy(), [0.5, np.nan, np.nan])
    assert panel.reading.unknown_analytes == ("mystery",)
    assert panel.reading.renamed.to_dict("list") == {
        "name_in_file": ["IL-13", "TARC"],
        "analyte": ["IL13", "CCL17"],
    }
    assert panel.detected_frac()["IL13"] == pytest.approx(1 / 3)


def test_samples_follow_the_order_of_the_panel_and_carry_roles(files):
    roles = {"sample": "id", "group": "diagnosis", "age": "age", "batch": "plate"}
    panel = read(files, columns=roles, unknown_roles=["bmi"])
    assert panel.samples.columns.tolist() == ["group", "batch", "age", "crp"]
    assert panel.samples["group"].tolist() == ["MDD", "1", "HC"]
    assert panel.samples["age"].tolist() == [40.0, 45.5, 50.0]
    np.testing.assert_equal(panel.samples["crp"].to_numpy(), [3.5, np.nan, 0.5])
    assert panel.unknown_roles == ("bmi",)
    assert panel.in_groups(["1"]).tolist() == [False, True, False]


def test_a_column_named_like_a_role_is_no_role_until_declared(files):
    panel = read(files)
    assert panel.role("age") is None
    assert panel.samples["samples:age"].tolist() == [40.0, 45.5, 50.0]
    assert any("named like a role without being declared" in note for note in panel.reading.notes)


def test_a_panel_reads_without_a_samples_table(files):
    panel = read(files, samples=None, columns={})
    assert panel.samples.shape == (3, 0)
    assert repr(panel) == "Panel(3 samples x 3 analytes, pg/mL)"


@pytest.mark.parametrize(
    "spelling",
    [["IL-13", "TARC"], "IL-13..TARC", "IL-13, TARC", ["IL13", "CCL17"], ["IL-13..TARC"]],
)
def test_analytes_are_chosen_by_name_range_or_other_spelling(files, spelling):
    panel = read(files, analytes=spelling)
    assert panel.values.columns.tolist() == ["IL13", "CCL17"]
    assert panel.samples["panel:mystery"].tolist() == [1.0, 2.0, 3.0]


def test_one_file_may_hold_both(files):
    text = "id,dx,IL_6,IL_8,smoker,plate\na,MG,1,2,yes,P1\nb,HC,0,4,no,P2\n"
    (path,) = files(both=text)
    roles = {"sample": "id", "group": "dx", "batch": "plate"}
    panel = read_panel(path, samples="same", unit="pg/mL", analytes="IL_6..IL_8", columns=roles)
    assert panel.values.columns.tolist() == ["IL6", "CXCL8"]
    assert panel.samples.columns.tolist() == ["group", "batch", "smoker"]
    assert panel.below_lod.loc["b", "IL6"]
    with pytest.raises(PanelError, match="Where samples is same, the analytes must be named"):
        read_panel(path, samples="same", unit="pg/mL", columns=roles)


def test_two_names_of_one_analyte_stay_apart(files):
    panel = read(files, panel="id,IL8,CXCL8,IL-8\ns1,1,2,3\ns2,2,3,4\ns3,3,4,5\n")
    assert panel.values.columns.tolist() == ["CXCL8", "CXCL8 (2)", "IL-8"]
    assert panel.values.loc["s1"].tolist() == [1, 2, 3]
    assert any("2 columns mean an analyte that another" in note for note in panel.reading.notes)


def test_repeated_column_names_are_told_apart_by_position(files):
    panel = read(files, panel="id,X,X\ns1,1,2\ns2,3,4\ns3,5,6\n")
    assert panel.values.columns.tolist() == ["X", "X (2)"]
    assert panel.values.loc["s2"].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("zeros", "value", "is_below"),
    [(None, np.nan, True), ("below_lod", np.nan, True), ("value", 0.0, False)],
)
def test_zeros_in_concentrations(files, zeros, value, is_below):
    panel = read(files, panel="id,IL6\ns1,0\ns2,1\ns3,2\n", zeros=zeros)
    np.testing.assert_equal(panel.values.loc["s1", "IL6"], value)
    assert panel.below_lod.loc["s1", "IL6"] == is_below
    assert any("1 zero in 1 analyte" in note for note in panel.reading.notes)


def test_zero_and_below_are_plain_numbers_on_a_log_scale(files):
    panel = read(files, panel="id,IL6\ns1,0\ns2,-1.5\ns3,2\n", unit="npx", zeros="below_lod")
    assert panel.unit == "NPX"
    assert panel.values["IL6"].tolist() == [0, -1.5, 2]
    assert not panel.below_lod.to_numpy().any()


def test_limits_from_a_file_flag_and_keep_the_number(files):
    (limits,) = files(limits="analyte;lod\nIL-6;1,5\nother;1,0\n")
    panel = read(files, panel="id,IL6\ns1,0\ns2,1\ns3,2\n", lod=limits)
    assert panel.lod["IL6"].tolist() == [1.5, 1.5, 1.5]
    assert panel.below_lod["IL6"].tolist() == [True, True, False]
    np.testing.assert_equal(panel.values["IL6"].to_numpy(), [np.nan, 1, 2])
    assert "1 analyte of the lod file not in the panel: 'other'." in panel.reading.notes


def test_limits_per_plate_need_the_plate(files):
    (limits,) = files(limits="analyte,lod,plate\nIL6,1,A\nIL6,5,B\n")
    text = "id,IL6\ns1,2\ns2,0.5\ns3,2\n"
    panel = read(files, panel=text, lod=limits, columns={"batch": "plate"})
    assert panel.lod["IL6"].tolist() == [1, 1, 5]
    assert panel.below_lod["IL6"].tolist() == [False, True, True]
    with pytest.raises(PanelError, match="limits per plate, but no plate column is declared"):
        read(files, panel=text, lod=limits)


def test_bad_limits_are_refused(files):
    (twice,) = files(twice="analyte,lod\nIL-13,1\nIL13,2\n")
    with pytest.raises(PanelError, match="more than one limit for 'IL13'"):
        read(files, lod=twice)
    (text,) = files(text="analyte,lod\nIL-13,low\n")
    with pytest.raises(PanelError, match="'lod' has 1 cell"):
        read(files, lod=text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": None}, r"unit .* not declared\. Write unit: pg/mL, unit: NPX or unit: log2"),
        ({"unit": "ng/mL"}, r"unit must be pg/mL, NPX or log2; got 'ng/mL'\. Did you mean 'pg/mL'"),
        ({"format": "wid"}, r"format must be one of wide, .* Did you mean 'wide'"),
        ({"duplicates": "firts"}, r"duplicates must be one of .* Did you mean 'first'"),
        ({"zeros": "lod"}, r"zeros must be one of below_lod, value"),
        ({"qc_flagged": "remove"}, r"qc_flagged must be one of keep, drop"),
        ({"qc_flagged": "drop"}, r"qc_flagged: drop needs the quality flags"),
        ({"columns": {"grup": "diagnosis"}}, r"'grup', which is not a role\. Did you mean 'group'"),
        ({"columns": {"group": "diagnosys"}}, r"no column of samples\.csv\. Did you mean 'diagno"),
        ({"columns": {"batch": "panel:plate"}}, r"no column of the panel file"),
        ({"columns": {"sample": "idd"}}, r"no column of samples\.csv\. Did you mean 'id'"),
        ({"samples": None}, r"group to 'diagnosis'.* There is no samples table"),
        ({"unknown_roles": ["bmj"]}, r"'bmj' is declared unknown, but is not a role.* 'bmi'"),
        ({"unknown_roles": ["group"]}, r"group is both mapped .* and declared unknown"),
        ({"analytes": ["IL-14"]}, r"no column 'IL-14' .* Did you mean 'IL-13'"),
        ({"analytes": "TARC..IL-13"}, r"the last column stands before the first"),
        ({"analytes": ","}, r"analytes names no column"),
        ({"where": {"diagnoses": "HC"}}, r"where names 'diagnoses'.* Did you mean 'diagnosis'"),
        ({"where": {"diagnosis": "MDX"}}, r"No row .* diagnosis = MDX\. Did you mean 'MDD'"),
        ({"where": {"diagnosis": "MDD", "plate": "B"}}, r"No row .* fulfils all of"),
        ({"visits": "3"}, r"visits: 3 needs the visit column"),
        ({"panel": "id,IL6\ns1,a\ns2,b\n"}, r"1 column .* holds only text .*'IL6'.* Name the anal"),
        ({"panel": "id,IL6\ns1,1\ns2,high\n"}, r"Analyte 'IL6' has 1 cell .* such as 'high'"),
        ({"panel": "id,IL6\ns1,-1\ns2,3\n"}, r"'IL6' has 1 negative value in pg/mL, such as -1"),
        ({"panel": "id,IL6\ns1,1\n,3\n"}, r"1 row .* no sample id, the first of them row 2"),
        ({"panel": "id,IL6\ns1,1\ns1,3\n"}, r"1 sample id repeats in the panel file: 's1'"),
        ({"samples": "id,diagnosis\ns1,HC\ns1,MDD\n"}, r"1 sample id repeats in the samples file"),
        (
            {"panel": "id,IL6\nx1,1\nx2,3\nx3,3\nx4,3\n"},
            r"0 of 4 panel ids match, 0 of 3 .* 'x1', 'x2', 'x3' and 1 more; .* 's3', 's1', 's2'",
        ),
        ({"samples": "id,diagnosis,age\ns1,HC,old\ns2,MDD,5\n", "columns": {"age": "age"}},
         r"age is mapped to column 'age' .* 1 cell of 2 is not numeric, such as 'old'"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_in_one_sentence(files, change, message):
    with pytest.raises(PanelError, match=message) as caught:
        read(files, **change)
    assert "\n" not in str(caught.value)


def test_a_unit_column_that_mixes_units_is_refused_until_filtered(files):
    text = "id,unit,IL6\na,NPX_log2,1\nb,pg/mL,2\n"
    (path,) = files(mixed=text)
    options = {"samples": "same", "analytes": "IL6", "columns": {"sample": "id"}}
    with pytest.raises(PanelError, match="mixes units: 'NPX', 'pg/mL'"):
        read_panel(path, unit="pg/mL", **options)
    with pytest.raises(PanelError, match="declared as pg/mL, but the panel file says 'NPX'"):
        read_panel(path, unit="pg/mL", where={"unit": "NPX_log2"}, **options)
    panel = read_panel(path, unit="pg/mL", where={"unit": "pg/mL"}, **options)
    assert panel.sample_ids.tolist() == ["b"]


def test_the_id_column_must_exist_where_there_is_no_other_table(files):
    (path,) = files(panel=PANEL)
    with pytest.raises(PanelError, match=r"no column of the panel file\. Did you mean 'sample_id'"):
        read_panel(path, unit="pg/mL", columns={"sample": "sampleid"})


def test_chosen_columns_prefer_exact_names():
    assert chosen_columns(["id", "a..b", "a", "b"], "a..b") == [1]
    assert chosen_columns(["id", "IL-6, total"], "IL-6, total") == [1]


def test_a_thousand_samples_read_in_under_a_second(tmp_path, rng):
    frame = pd.DataFrame(rng.normal(size=(1000, 92)), columns=[f"a{i}" for i in range(92)])
    frame.insert(0, "sample_id", [f"s{i}" for i in range(1000)])
    frame.to_csv(tmp_path / "panel.csv", index=False)
    start = time.perf_counter()
    panel = read_panel(tmp_path / "panel.csv", unit="NPX")
    assert time.perf_counter() - start < 3  # 0.3 s on an idle core
    np.testing.assert_array_equal(panel.values, frame.drop(columns="sample_id"))
