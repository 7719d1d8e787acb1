"""Long panels, generic and Olink."""

import numpy as np
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel

LONG = (
    "sample_id,analyte,value,unit,lod,site\n"
    "a,IL-6,1,pg/ml,0.5,X\na,TNF,<2,pg/mL,,X\nb,IL-6,0.4,pg/mL,0.5,Y\nb,TNF,3,pg/mL,,Y\n"
)
OLINK = (
    "Index;SampleID;OlinkID;UniProt;Assay;MissingFreq;Panel;PlateID;QC_Warning;LOD;NPX\n"
    "1;a;OID1;P10145;IL8;0;Olink INFLAMMATION;P1;Pass;1,0;5,5\n"
    "1;a;OID2;Q99616;MCP-4;0;Olink INFLAMMATION;P1;Pass;2,0;1,5\n"
    "1;a;OID3;P10145;IL8;0;Olink CVD II;P2;Warning;1,0;6,5\n"
    "2;b;OID1;P10145;IL8;0;Olink INFLAMMATION;P1;Pass;1,0;4,5\n"
    "2;b;OID2;Q99616;MCP-4;0;Olink INFLAMMATION;P1;Pass;2,0;3,5\n"
    "2;b;OID3;P10145;IL8;0;Olink CVD II;P2;Pass;1,0;NaN\n"
    "3;IPC_1;OID1;P10145;IL8;0;Olink INFLAMMATION;P1;Pass;1,0;2,5\n"
)


def write(tmp_path, text):
    (tmp_path / "panel.csv").write_text(text)
    return tmp_path / "panel.csv"


def test_a_long_table_spreads_into_a_panel(tmp_path):
    panel = read_panel(write(tmp_path, LONG), format="long", columns={"site": "panel:site"})
    assert panel.unit == "pg/mL"
    assert panel.values["IL6"].tolist() == [1, 0.4]
    assert panel.below_lod.to_numpy().tolist() == [[False, True], [True, False]]
    np.testing.assert_equal(panel.lod.to_numpy(), [[0.5, 2], [0.5, np.nan]])
    assert panel.samples["site"].tolist() == ["X", "Y"]


def test_wide_and_long_of_one_table_agree(tmp_path, rng):
    wide = pd.DataFrame(rng.lognormal(size=(20, 5)), columns=["IL6", "TNF", "IL10", "IL2", "X"])
    wide.insert(0, "sample_id", [f"s{i}" for i in range(20)])
    wide.to_csv(tmp_path / "wide.csv", index=False)
    long = wide.melt(id_vars="sample_id", var_name="marker", value_name="conc")
    long.sample(frac=1, random_state=1).to_csv(tmp_path / "long.csv", index=False)
    roles = {"analyte": "marker", "value": "conc"}
    spread = read_panel(tmp_path / "long.csv", format="long", unit="pg/mL", columns=roles)
    panel = read_panel(tmp_path / "wide.csv", unit="pg/mL")
    pd.testing.assert_frame_equal(
        spread.values.loc[panel.sample_ids, panel.values.columns], panel.values
    )


def test_repeats_in_a_long_table_become_repeated_samples(tmp_path):
    path = write(tmp_path, "id,assay,value\na,IL6,1\na,IL6,3\na,TNF,2\nb,IL6,5\n")
    with pytest.raises(PanelError, match="1 sample id repeats in the panel file: 'a'"):
        read_panel(path, format="long", unit="NPX")
    panel = read_panel(path, format="long", unit="NPX", duplicates="mean")
    assert panel.values.loc["a"].tolist() == [2, 2]
    assert (panel.reading.rows_read, panel.reading.rows_kept) == (3, 2)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (LONG.replace("3,pg/mL", "3,ng/mL"), {}, r"mixes units: 'ng/mL', 'pg/mL'"),
        (LONG, {"unit": "NPX"}, r"declared as NPX, but the panel file says 'pg/mL'"),
        (LONG.replace(",value,", ",reading,"), {}, r"no column for value; map it, such as"),
        (LONG, {"columns": {"value": "valeu"}}, r"value to 'valeu'.* Did you mean 'value'"),
        (LONG.replace("b,TNF,3", "b,TNF,x"), {}, r"Analyte 'TNF' has 1 cell .* such as 'x'"),
        (LONG.replace("b,TNF", ",TNF"), {}, r"row.* no sample id"),
        (LONG.replace("b,TNF", "b,"), {}, r"lines .* have no analyte name"),
        (LONG, {"analytes": ["IL-60"]}, r"no column 'IL-60' that analytes names. Did you mean"),
        ("a,analyte,value\nx,IL6,1\n", {"unit": "NPX"}, r"no column for sample"),
        (LONG.replace(",unit,", ",kind,"), {}, r"unit of the values is not declared"),
        (LONG.replace("0.5,X", "low,X"), {}, r"'lod' has 1 cell"),
    ],
)
def test_bad_long_tables_are_refused(tmp_path, text, options, message):
    with pytest.raises(PanelError, match=message):
        read_panel(write(tmp_path, text), format="long", **options)


def test_analytes_of_a_long_table_can_be_chosen(tmp_path):
    panel = read_panel(write(tmp_path, LONG), format="long", analytes=["TNF-alpha"])
    assert panel.values.columns.tolist() == ["TNF"]
    assert panel.lod["TNF"].tolist()[0] == 2


def test_olink_long_reads_plates_flags_limits_and_several_panels(tmp_path):
    roles = {"batch": "panel:PlateID"}
    panel = read_panel(write(tmp_path, OLINK), format="olink_long", columns=roles)
    assert panel.unit == "NPX"
    assert panel.values.columns.tolist() == ["CXCL8", "CCL13", "CXCL8 (Olink CVD II)"]
    np.testing.assert_equal(panel.values.loc["a"].to_numpy(), [5.5, 1.5, 6.5])
    assert panel.below_lod.loc["a"].tolist() == [False, True, False]
    assert panel.analytes["olink_id"].tolist() == ["OID1", "OID2", "OID3"]
    assert panel.samples["batch"].tolist() == ["P1 + P2", "P1 + P2", "P1"]
    assert panel.samples["qc"].tolist() == ["Warning", "Pass", "Pass"]
    assert panel.platform == "Olink CVD II, Olink INFLAMMATION"
    assert "1 Olink control well stays in the panel: 'IPC_1'." in panel.reading.notes
    assert read_panel(
        write(tmp_path, OLINK), format="olink_long", qc_flagged="drop"
    ).sample_ids.tolist() == ["b", "IPC_1"]


def test_olink_is_npx(tmp_path):
    with pytest.raises(PanelError, match="Format olink_long holds NPX; got unit pg/mL"):
        read_panel(write(tmp_path, OLINK), format="olink_long", unit="pg/mL")


def test_long_ids_lose_their_blanks(tmp_path):
    text = "id,analyte,value\na ,IL6,1\na ,TNF,1\nb,IL6,3\n"
    panel = read_panel(write(tmp_path, text), format="long", unit="NPX")
    assert panel.sample_ids.tolist() == ["a", "b"]
    assert panel.reading.notes[0].startswith("1 of 2 sample ids of the panel file carried blanks")
