"""Luminex exports, from xPONENT and from Bio-Plex Manager."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.dilution import says_not_applied
from tests.panel.examples import FILES


def xponent(results, *, units="pg/mL", more=(), header="Location,Sample,IL-6 (25),TNF-a (36)"):
    lines = ["Program,xPONENT,,MAGPIX", "Batch,P7", "", "DataType:,Result", header, *results, ""]
    if units:
        units = units if "," in units else f"{units},{units}"
        lines += ["DataType:,Units", "Analyte:,IL-6 (25),TNF-a (36)", f"Units:,{units}", ""]
    return "\n".join([*lines, *more]) + "\n"


def well(number, name, *cells):
    return ",".join([f'"{number}(1,A{number})"', name, *cells])


def read(tmp_path, text, **options):
    (tmp_path / "plate.csv").write_text(text)
    return read_panel(tmp_path / "plate.csv", format="luminex", **options)


def test_the_example_by_hand():
    panel = read_panel(FILES / "luminex_xponent.csv", format="luminex")
    assert panel.unit == "pg/mL"
    assert panel.platform == "Luminex"
    assert panel.values.loc["p01", "IL6"] == pytest.approx((4.12 + 4.60) / 2)
    assert panel.below_lod.loc["p01"].tolist() == [False, False, True, False]
    assert panel.lod.loc["p01", "IL17A"] == 1.2
    assert panel.above_uloq.loc["p03", "CCL11"]
    assert panel.extrapolated.loc["p04", "IL17A"]  # 1.9 under the lowest standard, 1.2 times 2
    assert panel.samples["panel:Well"].tolist() == ["F1 + G1", "H1 + A2", "B2 + C2", "D2"]
    assert panel.samples["panel:PlateID"].tolist() == ["Plate_07"] * 4
    reasons = panel.reading.dropped["reason"].value_counts().to_dict()
    assert reasons == {
        "standard": 3, "blank": 1, "control": 1, "replicate well, merged by mean": 3,
    }  # fmt: skip
    assert any("taken as multiplied already" in note for note in panel.reading.notes)
    median = read_panel(FILES / "luminex_xponent.csv", format="luminex", replicates="median")
    pd.testing.assert_index_equal(median.sample_ids, panel.sample_ids)


@pytest.mark.parametrize(
    ("cell", "value", "flags"),
    [
        ("3.5", 3.5, ""),
        ("<0.5", np.nan, "below"),
        ("< 0.5", np.nan, "below"),
        (">12000", 12000.0, "above"),
        ("OOR <", np.nan, "below"),
        ("OOR >", np.nan, "above"),
        ("*12.3", 12.3, "extrapolated"),
        ("12.3 *", 12.3, "extrapolated"),
        ("*<0.5", np.nan, "below"),
        ("***", np.nan, ""),
        ("---", np.nan, ""),
        ("NaN", np.nan, ""),
        ("", np.nan, ""),
    ],
)
def test_what_a_cell_says(tmp_path, cell, value, flags):
    panel = read(tmp_path, xponent([well(1, "p1", cell, "4"), well(2, "p2", "5", "6")]))
    np.testing.assert_equal(panel.values.loc["p1", "IL6"], value)
    layers = {
        "below": panel.below_lod, "above": panel.above_uloq, "extrapolated": panel.extrapolated,
    }  # fmt: skip
    assert [name for name, layer in layers.items() if layer.loc["p1", "IL6"]] == flags.split()


def test_other_units_of_mass_are_converted_and_said(tmp_path):
    panel = read(tmp_path, xponent([well(1, "p1", "2", "<0.5")], units="ng/mL,pg/mL"))
    assert panel.values["IL6"].tolist() == [2000.0]
    assert panel.lod["TNF"].tolist() == [0.5]
    assert "1 analyte converted from ng/mL to pg/mL (times 1000)." in panel.reading.notes


def test_a_person_called_like_a_control_stays_if_the_samples_table_knows_them(tmp_path):
    text = xponent([well(1, "Control 1", "2", "3"), well(2, "p1", "4", "5")])
    samples = pd.DataFrame({"id": ["Control 1", "p1"], "dx": ["HC", "MDD"]})
    panel = read(tmp_path, text, samples=samples, columns={"group": "dx"})
    assert panel.sample_ids.tolist() == ["Control 1", "p1"]
    alone = read(tmp_path, text)
    assert alone.reading.dropped.to_numpy().tolist() == [["Control 1", "control"]]


def test_a_well_without_a_result_is_reported(tmp_path):
    more = ["DataType:,Median", "Location,Sample,IL-6 (25),TNF-a (36)", well(1, "p1", "99", "98"),
            well(2, "p2", "97", "96")]  # fmt: skip
    panel = read(tmp_path, xponent([well(1, "p1", "2", "3")], more=more))
    reason = "well A2 is in block 'Median', not in 'Result'"
    assert panel.reading.dropped.to_numpy().tolist() == [["p2", reason]]
    assert panel.reading.rows_read == 2


@pytest.mark.parametrize("words", ["Dilution applied,No", "Results are not corrected for dilution"])
def test_dilution_is_applied_only_where_the_export_says_it_is_not(tmp_path, words):
    dilution = [
        "DataType:,Dilution Factor",
        "Location,Sample,Dilution Factor",
        well(1, "p1", "1:4"),
    ]
    text = xponent([well(1, "p1", "2", "<3")], more=dilution)
    assert read(tmp_path, text).values["IL6"].tolist() == [2.0]
    panel = read(tmp_path, f"{words}\n{text}")
    assert panel.values["IL6"].tolist() == [8.0]
    assert panel.lod["TNF"].tolist() == [12.0]
    assert any("so they were" in note for note in panel.reading.notes)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("pre-diluted; no dilution correction needed", False),
        ("No dilution adjustment was necessary", False),
        ("No correction for sample dilution is required", False),
        ("Without need for dilution correction", False),
        ("Results need not be corrected for dilution", False),
        ("Values do not require dilution correction", False),
        ("Dilution correction not applicable", False),
        ("Normalised and corrected for dilution", False),
        ("Dilution correction required,No", False),
        ("Dilution applicable,No", False),
        ("Not corrected for dilution; correction required", True),
        ("Concentrations are not corrected for dilution as required", True),
        ("No dilution correction was applied", True),
        ("Without dilution correction", True),
        ("Uncorrected for dilution", True),
        ("Non-corrected for dilution", True),
        ("Values before multiplying by dilution", True),
        ("Dilution correction,off", True),
    ],
)
def test_what_the_words_on_dilution_say(words, expected):
    assert says_not_applied([words.split(",")]) is expected


def test_a_correction_that_is_not_needed_multiplies_nothing(tmp_path):
    dilution = ["DataType:,Dilution Factor", "Location,Sample,Dilution Factor", well(1, "p1", "4")]
    text = xponent([well(1, "p1", "2", "3")], more=dilution)
    panel = read(tmp_path, f"pre-diluted; no dilution correction needed\n{text}")
    assert panel.values["IL6"].tolist() == [2.0]


def test_standards_are_compared_on_the_scale_of_the_results(tmp_path):
    names = ("p1", "p2", "p3")
    more = ["DataType:,Dilution Factor", "Location,Sample,Dilution Factor"]
    more += [well(i, name, "4") for i, name in enumerate(names, 1)]
    more += ["", "DataType:,Standard Expected Concentration", "Reagent,IL-6 (25),TNF-a (36)"]
    more += ["Standard1,1,1", "Standard2,1000,1000"]
    cells = zip(range(1, 4), names, ("2", "500", "1500"), strict=True)
    rows = [well(i, name, value, "9") for i, name, value in cells]
    carried = read(tmp_path, xponent(rows, more=more))
    assert carried.extrapolated["IL6"].tolist() == [True, False, False]  # range 4 to 4000
    raw = read(tmp_path, "Dilution applied,No\n" + xponent(rows, more=more))
    assert raw.extrapolated["IL6"].tolist() == [False, False, True]  # range 1 to 1000
    assert raw.values["IL6"].tolist() == [8.0, 2000.0, 6000.0]


def test_several_plates_in_one_file_keep_their_names(tmp_path):
    rows = ['"1(1,A1)",p1,2,3', '"2(2,A1)",p2,4,5']
    panel = read(tmp_path, xponent(rows))
    assert panel.samples["panel:PlateID"].tolist() == ["P7 1", "P7 2"]
    rows[1] = rows[1].replace("p2", "p1")
    with pytest.raises(PanelError, match="1 sample id repeats"):
        read(tmp_path, xponent(rows))


MEDIAN = 'DataType:,Median\nLocation,Sample,IL-6\n"1(1,A1)",p1,300\n'
BIOPLEX = "Analyte:,IL-6 (25)\nType,Well,Description,Obs Conc\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MEDIAN, r"no concentrations \(block 'Result'\); its blocks are 'Median'. Fluorescence"),
        (
            xponent([well(1, "p1", "2", "3"), well(1, "p2", "2", "3")]),
            "lists 1 well more than once",
        ),
        (xponent([well(1, "p1", "2")]), "Line 6 of the xPONENT export has 3 fields where"),
        (xponent([well(1, "p1", "2", "3", "4", "5")]), "has 6 fields where the header"),
        (xponent(["A,p1,2,3"]), "has 'A' as its location; expected a well such as"),
        (
            xponent([well(1, "Standard1", "2", "3")]),
            "no sample wells, only wells of kind 'standard'",
        ),
        (xponent([well(1, "", "2", "3")]), "1 row of the panel file has no sample id"),
        (
            xponent([well(1, "p1", "high", "3")]),
            r"Analyte 'IL-6 \(25\)' has 1 cell that is not num",
        ),
        (xponent([well(1, "p1", "-2", "3")]), "1 negative value in pg/mL"),
        (xponent([well(1, "p1", "1e308", "3")]), "1 impossible value in pg/mL"),
        (xponent([well(1, "p1", "2", "3")], units="U/mL,pg/mL"), "1 analyte not in a mass per vol"),
        (xponent([well(1, "p1", "2", "3")], units=""), "The unit of the values is not declared"),
        (xponent([], units=""), "Block 'Result' of the xPONENT export has no wells"),
        (xponent([well(1, "p1", "2", "3")]) * 2, "holds block 'Result' twice, the second time on"),
        ("Location,Sample,IL-6\n1,p1,2\n", "No observed concentrations were found"),
        (BIOPLEX + "X1,A1,p1,3\nX1,A1,p1,3\n", "lists analyte 'IL-6 .25.' twice for well 'A1'"),
        (BIOPLEX + "Q1,A1,p1,3\n", "has type 'Q1' for well A1; expected S"),
        (BIOPLEX + "X1,A1,p1\n", "has 3 fields where its header has 4"),
        (BIOPLEX.partition("\n")[2] + "X1,A1,p1,3\n", "names no analyte"),
    ],
)
def test_bad_exports_are_refused(tmp_path, text, message):
    with pytest.raises(PanelError, match=message):
        read(tmp_path, text)


def test_bio_plex_by_hand():
    panel = read_panel(FILES / "luminex_bioplex.csv", format="luminex")
    assert panel.platform == "Luminex Bio-Plex"
    assert panel.values.loc["p01"].tolist() == [pytest.approx(14.65), pytest.approx(89.95)]
    assert panel.below_lod.loc["p02"].tolist() == [True, False]  # *3.1 and OOR <: half are below
    assert panel.values.loc["p02", "CCL11"] == 120.4  # the other well is an outlier (---)
    assert panel.above_uloq.loc["p03"].tolist() == [False, True]
    assert panel.samples["panel:Dilution"].tolist() == [4.0, 4.0, 4.0]
    table = read_panel(FILES / "luminex_bioplex_table.csv", format="luminex", unit="pg/mL")
    assert table.extrapolated.loc["p02"].tolist() == [True, False]


def test_bio_plex_sheets_are_analytes_and_marked_outliers_are_not_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "IL-6 (25)"
    for sheet in (book.active, book.create_sheet("TNF-a (36)")):
        sheet.append(["Type", "Well", "Description", "FI", "Obs Conc (ng/mL)", "Outlier"])
        sheet.append(["S1", "A1", None, 9000, 99, None])
        sheet.append(["X1", "A2", "p1", 900, 1.5, None])
        sheet.append(["X2", "A3", None, 900, 2.5, 1])
    book.save(tmp_path / "plate.xlsx")
    panel = read_panel(tmp_path / "plate.xlsx", format="luminex")
    assert panel.values.to_dict("index") == {
        "p1": {"IL6": 1500.0, "TNF": 1500.0}, "X2": {"IL6": pytest.approx(np.nan, nan_ok=True),
                                                     "TNF": pytest.approx(np.nan, nan_ok=True)},
    }  # fmt: skip
    assert any("2 values marked as an outlier" in note for note in panel.reading.notes)


def test_bio_plex_lines_that_are_no_well_are_reported(tmp_path):
    block = "Type,Well,Description,Obs Conc\nX1,A1,p1,3\n,,p2,3.4\nUnknown 3,,p3,5\n,,,6\n"
    block += "X4,A4,p4,5\nConc in Range = 70-130%,,,\n,,,\n"
    text = f"Analyte:,IL-6 (25),,\n{block}Plate ID:,7,,\nAnalyte:,TNF-a (36),,\n{block}"
    panel = read(tmp_path, text, unit="pg/mL")
    assert panel.sample_ids.tolist() == ["p1", "p4"]
    assert panel.reading.dropped.to_numpy().tolist() == [  # a line of each analyte counts once
        ["p2", "line 4 has type '' and well '', which are none"],
        ["p3", "line 5 has type 'Unknown 3' and well '', which are none"],
        ["line 6", "line 6 has type '' and well '', which are none"],
    ]
    assert panel.reading.rows_read == 5


def test_bio_plex_labels_between_blocks_may_be_short(tmp_path):
    block = "Type,Well,Description,Obs Conc\nX1,A1,p1,3\n"
    text = f"Analyte:,IL-6 (25)\n{block}\nAnalyte:,TNF-a (36)\nUnits: pg/mL\n{block}"
    panel = read(tmp_path, text)
    assert panel.values.loc["p1"].tolist() == [3.0, 3.0]
    assert panel.reading.dropped.empty


def test_analytes_can_be_chosen_by_any_name(tmp_path):
    text = xponent([well(1, "p1", "2", "3")], units="U/mL,pg/mL")
    assert read(tmp_path, text, analytes=["TNF"]).values.columns.tolist() == ["TNF"]


def test_a_workbook_of_two_plates_is_refused(tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("plate 2")):
        for row in (["DataType:", "Result"], ["Location", "Sample", "IL-6"], ["1(1,A1)", "p1", 2]):
            sheet.append(row)
    book.save(tmp_path / "plates.xlsx")
    with pytest.raises(
        PanelError, match="holds 2 xPONENT exports, on the sheets 'Sheet', 'plate 2"
    ):
        read_panel(tmp_path / "plates.xlsx", format="luminex", unit="pg/mL")
