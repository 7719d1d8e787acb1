"""Units that a file states, and files that mix them."""

import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.units import pg_ml_factor

LONG = "sample,analyte,value,unit,year\n"


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("pg/mL", 1), ("pg/ml", 1), ("pg per mL", 1), ("pg.mL-1", 1), ("ng/L", 1), ("ng/mL", 1e3),
        ("µg/L", 1e3), ("μg/mL", 1e6), ("ug/ml", 1e6), ("mg/L", 1e6), ("mg/dL", 1e7),
        ("fg/mL", 1e-3),        ("U/mL", None), ("NPX", None), ("pmol/L", None), ("", None),
    ],
)  # fmt: skip
def test_masses_per_volume(unit, factor):
    assert pg_ml_factor(unit) == factor


def write(tmp_path, text):
    (tmp_path / "panel.csv").write_text(text)
    return tmp_path / "panel.csv"


def test_a_long_file_is_converted_per_analyte_and_says_so(tmp_path):
    text = LONG + "a,CRP,2,ng/mL,1\na,IL6,3,pg/mL,1\nb,CRP,<1,ng/mL,1\nb,IL6,4,pg/mL,1\n"
    panel = read_panel(write(tmp_path, text), format="long")
    assert panel.values.to_dict("list")["IL6"] == [3.0, 4.0]
    assert panel.values.loc["a", "CRP"] == 2000.0
    assert panel.lod.loc["b", "CRP"] == 1000.0
    assert "1 analyte converted from ng/mL to pg/mL (times 1000)." in panel.reading.notes


MIXED = LONG + "a,IL6,2,NPX,2020\nb,IL6,3,NPX,2020\nc,IL6,90,pg/mL,2021\nd,IL6,80,pg/mL,2021\n"


def test_a_long_file_of_two_units_is_refused_with_its_groups_and_read_when_split(tmp_path):
    path = write(tmp_path, MIXED)
    with pytest.raises(
        PanelError,
        match=r"mixes units: 'NPX', 'pg/mL' \(NPX in 2 rows, pg/mL in 2 rows\). Column 'year' "
        r"splits them: NPX in 2020 \(2\); pg/mL in 2021 \(2\). .* where=\{\"panel:year\"",
    ):
        read_panel(path, format="long")
    for year, unit, values in ((2020, "NPX", [2.0, 3.0]), (2021, "pg/mL", [90.0, 80.0])):
        panel = read_panel(path, format="long", where={"panel:year": year})
        assert (panel.unit, panel.values["IL6"].tolist()) == (unit, values)
        assert panel.reading.rows_read == 4


def test_rows_of_two_units_that_nothing_splits_name_the_unit_column(tmp_path):
    text = "id,unit,IL6\na,NPX,1\nb,pg/mL,2\nc,NPX,3\n"
    with pytest.raises(PanelError, match=r"No other column splits the rows.*panel:unit"):
        read_panel(write(tmp_path, text), unit="NPX", analytes="IL6")
    panel = read_panel(
        write(tmp_path, text), unit="NPX", analytes="IL6", where={"panel:unit": "NPX"}
    )
    assert panel.sample_ids.tolist() == ["a", "c"]


def test_a_row_without_a_unit_among_rows_with_one_is_refused(tmp_path):
    text = "id,unit,year,IL6\na,NPX,1,1\nb,NPX,1,2\nc,,2,3\nd,,2,4\n"
    with pytest.raises(PanelError, match=r"'NPX', 'no unit' .*no unit in 2 \(2\)"):
        read_panel(write(tmp_path, text), unit="NPX", analytes="IL6")


@pytest.mark.real_data
@pytest.mark.parametrize("has_table", [True, False])
def test_the_pertussis_set_names_its_years_and_reads_one_unit_at_a_time(shared, has_table):
    folder = shared / "datasets" / "cmipb_pertussis_th1_th2"
    options = {
        "samples": folder / "specimens.csv" if has_table else "same",
        "analytes": "IL6..IL17C",
        "columns": {"sample": "specimen_id", "group": "infancy_vac", "subject": "subject_id"},
        "visits": "all",
    }
    path = folder / "plasma_olink_wide.csv"
    words = (
        r"pg/mL in 400 rows, NPX in 90 rows\). Column 'cohort_year' splits them: pg/mL in 2021 "
        r"\(180\), 2022 \(125\), 2023 \(95\); NPX in 2020 \(90\)"
    )
    for unit in ("NPX", "pg/mL"):
        with pytest.raises(PanelError, match=words):
            read_panel(path, unit=unit, **options)
    npx = read_panel(path, unit="NPX", where={"cohort_year": 2020}, **options)
    years = ["2021", "2022", "2023"]
    amounts = read_panel(path, unit="pg/mL", where={"cohort_year": years}, **options)
    assert (len(npx.sample_ids), len(amounts.sample_ids)) == (90, 400)
    for panel in (npx, amounts):
        assert panel.reading.rows_read == 490
        assert panel.reading.rows_kept + len(panel.reading.dropped) == 490
