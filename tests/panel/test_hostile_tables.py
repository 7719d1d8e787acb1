"""Tables that would be misread in silence: each is refused with what to do."""

import gzip
import io
import zipfile

import openpyxl
import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.tables import read_blocks, read_cells, read_table
from subtyping.panel.texts import as_text

PANEL = "sample_id,IL6,TNF\ns1,1,2\ns2,3,4\ns3,5,6\n"
SAMPLES = "sample_id,dx,age\ns1,a,30\ns2,b,40\ns3,b,50\n"


def read(folder, panel=PANEL, samples=SAMPLES, **options):
    (folder / "panel.csv").write_text(panel)
    (folder / "samples.csv").write_text(samples)
    settings = {"unit": "NPX", "columns": {"sample": "sample_id", "group": "dx"}, **options}
    return read_panel(folder / "panel.csv", samples=folder / "samples.csv", **settings)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"panel": PANEL.replace("s2,3", "s2,1e308")}, "'IL6' has 1 impossible value in NPX"),
        ({"panel": PANEL.replace("s2,3", "s2,-900")}, "such as -900: no log2 value is beyond 50"),
        ({"panel": PANEL.replace("s2,3", "s2,1e13"), "unit": "pg/mL"}, "no concentration is above"),
        ({"panel": PANEL.replace("sample_id", "IL-8")}, "is named 'IL-8', an analyte"),
        ({"samples": SAMPLES.replace("age", "dx")}, "2 columns of samples.csv are named 'dx'"),
        ({"visits": "first"}, "visits: first needs to know which samples are of one person"),
        ({"where": {"dx": []}}, "where: dx needs a value or a list of values"),
        ({"where": {"dx": None}}, "got nothing"),
        ({"where": {"dx": {"a": 1}}}, "needs a value"),
        (
            {"columns": {"sample": "sample_id", "group": "dx", "subject": "sample_id"}},
            "maps both sample and subject to 'sample_id'",
        ),
        ({"lod": pd.DataFrame({"x": ["IL6"], "y": [1]})}, "The lod file has no column for analyte"),
    ],
)
def test_it_is_refused(tmp_path, options, words):
    with pytest.raises(PanelError, match=words):
        read(tmp_path, **options)


def test_a_column_that_repeats_itself_is_read_once(tmp_path):
    samples = SAMPLES.replace("age", "dx").replace(",30", ",a").replace(",40", ",b")
    panel = read(tmp_path, samples=samples.replace(",50", ",b"))
    assert panel.samples["group"].tolist() == ["a", "b", "b"]


def test_values_of_a_column_that_may_hold_names_are_not_printed(tmp_path):
    ids = [f"s{i}" for i in range(30)]
    panel = "sample_id,IL6\n" + "".join(f"{name},{i}\n" for i, name in enumerate(ids))
    samples = "sample_id,dx,person\n" + "".join(f"{name},a,Person {name}\n" for name in ids)
    with pytest.raises(PanelError, match="It holds 30 different values") as caught:
        read(tmp_path, panel, samples, where={"person": "Nobody"})
    assert "Person s1" not in str(caught.value)


def test_long_bar_codes_stay_apart():
    first, second = "90071992547409931", "90071992547409932"
    assert as_text(first) == first
    assert as_text(second) == second
    assert as_text("1.0") == "1"


@pytest.mark.parametrize("name", ["10_1", "1E3", "2e5", "1_0.0", "\uff11", "inf", "007a", "2.50"])
def test_names_that_only_look_like_numbers_stay_apart(name):
    assert as_text(name) == name


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('id,IL6,TNF\ns1,"1,2\ns2,3",4\n', "quotation marks seem out of place near '1,2'"),
        ('id,IL6,TNF\ns1,"1,2\ns2,3,4\n', "quotation mark may be out of place"),
        ('id,IL6,TNF\n"s1",1,2\n"s2",3\n', "Line 3 .* has 2 fields where the header has 3"),
        ("id,IL6\ns1," + "7" * 40_000 + "\n", "a cell holds 40,000 characters"),
        ("id," + ",".join(f"m{i}" for i in range(12_000)), "has 12,001 columns; more than 12,000"),
    ],
)
def test_text_that_would_lose_rows_is_refused(tmp_path, content, words):
    (tmp_path / "panel.csv").write_text(content)
    with pytest.raises(PanelError, match=words):
        read_table(tmp_path / "panel.csv")


def test_an_unclosed_quotation_mark_is_refused_in_an_export_too(tmp_path):
    (tmp_path / "export.csv").write_text('Assay,IL8\n"s1,5\ns2,6\n')
    with pytest.raises(PanelError, match="unexpected end of data"):
        read_cells(tmp_path / "export.csv")


@pytest.mark.parametrize("line_end", ["\r", "\r\n", "\n"])
def test_line_ends_of_every_system_and_inside_quotes_are_read(tmp_path, line_end):
    lines = ["id,IL6,note", 's1,1,"moved,', 'then read"', "s2,2,\u2028x\x0b"]
    (tmp_path / "panel.csv").write_bytes(line_end.join(lines).encode())
    table = read_table(tmp_path / "panel.csv")
    assert table["id"].tolist() == ["s1", "s2"]
    assert table["note"].tolist() == ["moved,\nthen read", "\u2028x\x0b"]
    assert len(read_cells(tmp_path / "panel.csv")) == 3


def workbook(path, change=None, **sheets):
    """Write sheets of rows; `change` edits the XML of the first one."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.removeprefix("hidden_"))
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name.startswith("hidden_") else "visible"
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            data = old.read(part)
            if change and part == "xl/worksheets/sheet1.xml":
                data = change(data.decode()).encode()
            new.writestr(part, data)


ROWS = [["id", "IL6"], ["s1", 1.5], ["s2", 2]]


def test_cells_keep_their_kinds_and_hidden_sheets_are_passed_over(tmp_path):
    workbook(tmp_path / "p.xlsx", hidden_old=[["x", "y"], [1, 2]], now=ROWS)
    assert read_cells(tmp_path / "p.xlsx") == ROWS


def test_cells_that_are_only_formatted_do_not_count(tmp_path):
    far = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    workbook(tmp_path / "p.xlsx", lambda xml: xml.replace("</sheetData>", far), now=ROWS)
    assert read_table(tmp_path / "p.xlsx").shape == (2, 2)


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("<v>1.5</v>", "<f>1+1</f>"), "1 formula without a stored value, such as B2"),
        (('r="B3"', 'r="A3"'), "cell A3 is impossible or there twice"),
        (('<row r="3"', '<row r="2"'), "there twice|stands in row"),
        (("<worksheet", LAUGHS + "<worksheet"), "a document type is declared"),
        (
            ("</sheetData>", '</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>'),
            "A2:A3",
        ),
        (("<v>1.5</v>", "<v>one</v>"), "cannot be opened"),
        (("</worksheet>", ""), "cannot be opened"),
    ],
)
def test_a_sheet_that_would_be_misread_is_refused(tmp_path, change, words):
    workbook(tmp_path / "p.xlsx", lambda xml: xml.replace(*change, 1), now=ROWS)
    with pytest.raises(PanelError, match=words):
        read_table(tmp_path / "p.xlsx")


def test_rows_on_a_second_sheet_are_not_left_behind(tmp_path):
    workbook(tmp_path / "p.xlsx", one=ROWS, two=[ROWS[0], ["s3", 7]])
    for read in (read_table, read_cells):
        with pytest.raises(PanelError, match=r"Sheets 'one', 'two' .* have the same columns"):
            read(tmp_path / "p.xlsx")
    assert [len(rows) for rows in read_blocks(tmp_path / "p.xlsx").values()] == [3, 2]
    workbook(tmp_path / "p.xlsx", one=ROWS, notes=[["about", "this file", "and more"]])
    assert read_table(tmp_path / "p.xlsx").shape == (2, 2)


def test_an_index_of_a_parquet_file_is_kept(tmp_path):
    frame = pd.DataFrame({"id": ["s1", "s2"], "visit": ["a", "b"], "IL6": [1.0, 2.0]})
    frame.set_index(["id", "visit"]).to_parquet(tmp_path / "p.parquet")
    assert read_table(tmp_path / "p.parquet").columns.tolist() == ["id", "visit", "IL6"]
    frame.set_index("id").rename_axis(None).to_parquet(tmp_path / "p.parquet")
    assert read_table(tmp_path / "p.parquet")["index"].tolist() == ["s1", "s2"]
    frame.set_index("id", drop=False).iloc[[1]].to_parquet(tmp_path / "p.parquet")
    assert read_table(tmp_path / "p.parquet")["id"].tolist() == ["s2"]
    frame[frame["IL6"] > 1].to_parquet(tmp_path / "p.parquet")
    assert read_table(tmp_path / "p.parquet").columns.tolist() == ["id", "visit", "IL6"]


def test_a_parquet_file_of_far_too_many_rows_is_refused_unread(tmp_path):
    pd.DataFrame({"id": [0.0] * 11_000_000}).to_parquet(tmp_path / "p.parquet")
    with pytest.raises(PanelError, match="11,000,000 cells in 11,000,000 rows"):
        read_table(tmp_path / "p.parquet")


def test_a_gzip_that_grows_beyond_reason_is_stopped_early(tmp_path):
    bomb = gzip.compress(b"s1,1,2\n" * 1_500_000) * 300  # 3 GB in 5 MB
    (tmp_path / "p.csv.gz").write_bytes(bomb)
    with pytest.raises(PanelError, match="unpacks to more than 100 times its size"):
        read_table(tmp_path / "p.csv.gz")


def test_a_number_of_four_hundred_digits_is_no_measurement(tmp_path):
    number = ("<v>1.5</v>", "<v>" + "9" * 400 + "</v>")
    workbook(tmp_path / "p.xlsx", lambda xml: xml.replace(*number), now=ROWS)
    with pytest.raises(PanelError, match="'IL6' has 1 cell that is not numeric, such as 'inf'"):
        read_panel(tmp_path / "p.xlsx", unit="pg/mL")


def test_a_long_table_of_singles_is_refused(tmp_path):
    lines = [f"s{i},a{i},1" for i in range(3000)]
    (tmp_path / "p.csv").write_text("\n".join(["sample_id,analyte,value", *lines]))
    with pytest.raises(PanelError, match="hardly any analyte is measured twice"):
        read_panel(tmp_path / "p.csv", format="long", unit="pg/mL")
