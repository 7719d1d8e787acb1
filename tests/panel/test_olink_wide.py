"""NPX Manager's wide export, in the layouts it comes in."""

import numpy as np
import openpyxl
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel

TOP = [
    ["study", "Olink NPX Manager 2.2"],
    ["NPX data"],
    ["Panel", "Olink INFLAMMATION(v.3022)"],
    [],
]
ASSAY = ["Assay", "IL8", "MCP-4", "Plate ID", "QC Warning", "QC Deviation from median"]
UNIPROT = ["Uniprot ID", "P10145", "Q99616", None, None, "Inc Ctrl 2"]
OLINK_ID = ["OlinkID", "OID1", "OID2"]
SAMPLES = [["a ", 5.5, 0.5, "P1", "Pass", 0.1], ["b", 1.0, 3.0, "P2", "Warning", -1.2]]
FOOT = [["LOD", 2.0, 1.0], ["Missing Data freq.", 0.5, 0.5], ["Normalization", "IPC", "IPC"]]


def book(tmp_path, rows):
    sheet = openpyxl.Workbook()
    for row in rows:
        sheet.active.append(row)
    sheet.save(tmp_path / "npx.xlsx")
    return tmp_path / "npx.xlsx"


@pytest.mark.parametrize("has_olink_id", [True, False])
@pytest.mark.parametrize("has_plate", [True, False])
@pytest.mark.parametrize("has_footer", [True, False])
def test_every_layout_reads(tmp_path, has_olink_id, has_plate, has_footer):
    rows = [*TOP, ASSAY, UNIPROT, *([OLINK_ID] if has_olink_id else []), [], *SAMPLES, []]
    rows += FOOT if has_footer else []
    if not has_plate:
        rows = [[cell for i, cell in enumerate(row) if i != 3] for row in rows]
    panel = read_panel(book(tmp_path, rows), format="olink_wide")
    assert panel.values.to_dict("list") == {"CXCL8": [5.5, 1.0], "CCL13": [0.5, 3.0]}
    assert panel.samples["qc"].tolist() == ["Pass", "Warning"]
    assert ("panel:PlateID" in panel.samples) == has_plate
    assert panel.samples["panel:QC Deviation Inc Ctrl 2"].tolist() == [0.1, -1.2]
    assert panel.analytes["olink_id"].notna().all() == has_olink_id
    assert panel.platform == "Olink INFLAMMATION"
    below = [[False, True], [True, False]] if has_footer else [[False, False]] * 2
    assert panel.below_lod.to_numpy().tolist() == below
    assert panel.reading.notes[0].startswith("1 of 2 sample ids")


def test_limits_per_plate_hold_for_their_plate(tmp_path):
    foot = [["LOD", 2.0, 1.0, "P1"], ["LOD", 0.2, 4.0, "P2"]]
    panel = read_panel(
        book(tmp_path, [*TOP, ASSAY, UNIPROT, [], *SAMPLES, [], *foot]), format="olink_wide"
    )
    assert panel.lod.to_numpy().tolist() == [[2.0, 1.0], [0.2, 4.0]]
    assert panel.below_lod.to_numpy().tolist() == [[False, True], [False, True]]


def test_two_panels_keep_their_assays_plates_and_flags(tmp_path):
    rows = [
        ["x", "Olink NPX Manager"],
        ["Panel", "Olink INF(v.1)", "Olink CVD(v.1)", "Olink INF(v.1)", "Olink CVD(v.1)",
         "Olink INF(v.1)", "Olink CVD(v.1)"],
        ["Assay", "IL8", "IL8", "Plate ID", "Plate ID", "QC Warning", "QC Warning"],
        ["Uniprot ID", "P10145", "P10145"],
        [],
        ["a", 1.0, 2.0, "I1", "C1", "Pass", "Pass"],
        ["b", 3.0, 4.0, "I2", "C1", "Pass", "Warning"],
        [],
        ["Plate LOD", 2.0, None, "I1", None],
        ["Plate LOD", 5.0, None, "I2", None],
        ["Plate LOD", None, 3.0, None, "C1"],
    ]  # fmt: skip
    panel = read_panel(book(tmp_path, rows), format="olink_wide")
    assert panel.values.columns.tolist() == ["CXCL8", "CXCL8 (Olink CVD(v.1))"]
    assert panel.lod.to_numpy().tolist() == [[2.0, 3.0], [5.0, 3.0]]
    assert panel.samples["panel:PlateID"].tolist() == ["I1 + C1", "I2 + C1"]
    assert panel.samples["qc"].tolist() == ["Pass", "Warning"]
    assert panel.platform == "Olink INF, Olink CVD"


def test_several_limits_without_plates_take_the_highest_and_say_so(tmp_path):
    rows = [*TOP, ["Assay", "IL8"], ["Uniprot ID", "P10145"], [], ["a", 3.0], ["LOD", 2.0]]
    panel = read_panel(book(tmp_path, [*rows, ["LOD", 4.0]]), format="olink_wide")
    assert panel.lod.to_numpy().tolist() == [[4.0]]
    assert any("2 LOD rows and no plate column" in note for note in panel.reading.notes)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        (
            [["sample_id", "IL6"], ["a", 1]],
            {},
            r"no NPX Manager export: no row starts with 'Assay'",
        ),
        ([*TOP, ASSAY, UNIPROT, [], *FOOT], {}, r"npx\.xlsx has no samples"),
        ([*TOP, ["Assay", "Plate ID"], [], ["a", "P1"]], {}, r"npx\.xlsx has no assays"),
        ([*TOP, ASSAY, [], ["a", "No Data", 1.0]], {}, r"Analyte 'IL8' has 1 cell .* 'No Data'"),
        ([*TOP, ASSAY, [], [None, 1.0, 1.0]], {}, r"no sample id"),
        ([*TOP, ASSAY, [], ["a", 1.0, 1.0]], {"unit": "pg/mL"}, r"holds NPX; got unit pg/mL"),
        ([*TOP, ASSAY, [], ["a", 1.0, 1.0]], {"columns": {"value": "NPX"}}, r"is not a role"),
        (
            [*TOP, ["Assay", "IL8"], [], ["a", 1.0]],
            {"columns": {"batch": "panel:PlateID"}},
            r"batch to 'panel:PlateID', which is no column of the panel file",
        ),
    ],
)
def test_bad_exports_are_refused(tmp_path, rows, options, message):
    with pytest.raises(PanelError, match=message):
        read_panel(book(tmp_path, rows), format="olink_wide", **options)


def test_assays_can_be_chosen(tmp_path):
    rows = [*TOP, ASSAY, UNIPROT, [], *SAMPLES, [], *FOOT]
    panel = read_panel(book(tmp_path, rows), format="olink_wide", analytes=["CCL13"])
    assert panel.values.columns.tolist() == ["CCL13"]
    np.testing.assert_equal(panel.values["CCL13"].to_numpy(), [0.5, 3.0])
