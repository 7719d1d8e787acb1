"""Any table a laboratory sends, and files that are none."""

import gzip

import pandas as pd
import pytest

from subtyping.exceptions import PanelError
from subtyping.panel import read_panel
from subtyping.panel.tables import read_cells, read_table

FRAME = pd.DataFrame(
    {"sample_id": ["007", "008", "a b"], "IL6": [1.5, 2.25, 3.0], "TNF": [10.0, None, 0.125]}
)


def write(path, kind):
    """Write the frame in one of the ways laboratories do."""
    text = FRAME.to_csv(index=False)
    if kind in ("comma", "quoted"):
        FRAME.to_csv(path, index=False, quoting=1 if kind == "quoted" else 0)
    elif kind in ("semicolon", "tab"):
        FRAME.to_csv(path, index=False, sep=";" if kind == "semicolon" else "\t")
    elif kind == "decimal_comma":
        FRAME.to_csv(path, index=False, sep=";", decimal=",")
    elif kind == "decimal_comma_tab":
        FRAME.to_csv(path, index=False, sep="\t", decimal=",")
    elif kind == "gzip":
        path.write_bytes(gzip.compress(text.encode()))
    elif kind == "parquet":
        FRAME.to_parquet(path, index=False)
    elif kind == "xlsx":
        FRAME.to_excel(path, index=False)
    elif kind == "windows_lines":
        path.write_bytes(text.replace("\n", "\r\n").encode())
    elif kind == "excel_hint":
        path.write_text("sep=,\n" + text)
    elif kind == "utf_16_without_mark":
        path.write_bytes(text.encode("utf-16-le"))
    else:
        path.write_bytes(text.encode(kind))


KINDS = [
    "comma", "quoted", "semicolon", "tab", "decimal_comma", "decimal_comma_tab", "gzip", "parquet",
    "xlsx", "windows_lines", "excel_hint", "utf-8-sig", "utf-16", "utf_16_without_mark", "cp1252",
]  # fmt: skip


@pytest.mark.parametrize("ending", ["right", "wrong"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_panel(tmp_path, kind, ending):
    suffix = {"parquet": ".parquet", "xlsx": ".xlsx", "gzip": ".csv.gz"}.get(kind, ".csv")
    path = tmp_path / f"panel{suffix}"
    write(path, kind)
    if ending == "wrong":
        path = path.rename(tmp_path / "panel.dat")
    panel = read_panel(path, unit="pg/mL")
    assert panel.sample_ids.tolist() == ["007", "008", "a b"]
    pd.testing.assert_frame_equal(
        panel.values.reset_index(drop=True), FRAME[["IL6", "TNF"]], check_names=False
    )


OLD_WORKBOOK = b"\xd0\xcf\x11\xe0" + bytes(100)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"panel\.csv is empty"),
        (b" \n\n", r"is empty"),
        (b"\xef\xbb\xbf\n", r"is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", r"is a web page .* download the data"),
        (b"\n<html>\n<table><tr><td>1,2</td></tr></table>", r"is a web page"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), r"neither text nor a spreadsheet"),
        (OLD_WORKBOOK, r"old \.xls workbook; save it as \.xlsx"),
        (b"PK\x03\x04 not a workbook", r"looks like a workbook but cannot be opened"),
        (b"PAR1 not a table", r"broken Parquet file"),
        (b"\x1f\x8b\x08 cut off", r"cannot be opened"),
        (b"sample_id\na\nb\n", r"single column; expected a sample id and further columns"),
        (b"sample_id,IL6\n", r"has a header but no rows"),
        (b"sample_id,IL6,TNF\na,1,2\nb,3\n", r"Line 3 .* has 2 fields where the header has 3"),
        (b"IL6,TNF\na,1,2\nb,3,4\n", r"first column seems to have no name"),
        (
            b'id,IL6\n"a",1\n"b",1,2\n',
            r"Line 3 of the panel file panel\.csv has 3 fields where the header has 2",
        ),
    ],
)
def test_files_that_are_no_table_are_refused_in_one_sentence(tmp_path, content, message):
    path = tmp_path / "panel.csv"
    path.write_bytes(content)
    with pytest.raises(PanelError, match=message) as caught:
        read_panel(path, unit="NPX")
    assert "\n" not in str(caught.value)


def test_missing_files_and_folders_are_named(tmp_path):
    with pytest.raises(PanelError, match=r"There is no panel file at .*nowhere\.csv"):
        read_panel(tmp_path / "nowhere.csv", unit="NPX")
    with pytest.raises(PanelError, match="is a folder; give the file inside it"):
        read_panel(tmp_path, unit="NPX")
    (tmp_path / "panel.csv").write_text("id,IL6\na,1\n")
    with pytest.raises(PanelError, match="There is no samples file"):
        read_panel(tmp_path / "panel.csv", samples=tmp_path / "none.csv", unit="NPX")
    with pytest.raises(PanelError, match="There is no lod file"):
        read_panel(tmp_path / "panel.csv", lod=tmp_path / "none.csv", unit="NPX")


def test_a_comma_is_no_decimal_sign_where_the_file_also_uses_points(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("id;IL6;TNF\na;1,234;1.5\nb;2,345;2.5\n")
    with pytest.raises(PanelError, match=r"hold.* only text .*'IL6'"):
        read_panel(path, unit="pg/mL")


def test_blank_rows_and_nameless_blank_columns_are_left_out(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("id,IL6,\na,1,\n,,\nb,2,\n")
    assert read_panel(path, unit="NPX").values.shape == (2, 1)


def test_a_filled_column_without_a_name_is_refused(tmp_path):
    path = tmp_path / "panel.csv"
    path.write_text("id,IL6,\na,1,7\n")
    with pytest.raises(PanelError, match="Column 3 of the panel file has values but no name"):
        read_panel(path, unit="NPX")


def test_a_named_index_of_a_parquet_file_is_its_first_column(tmp_path):
    path = tmp_path / "panel.parquet"
    FRAME.set_index("sample_id").to_parquet(path)
    assert read_panel(path, unit="NPX").sample_ids.tolist() == ["007", "008", "a b"]


def test_cells_are_read_from_text_and_refused_from_parquet(tmp_path):
    (tmp_path / "cells.csv").write_text("Assay;IL6\n;\n")
    assert read_cells(tmp_path / "cells.csv") == [["Assay", "IL6"], [None, None]]
    FRAME.to_parquet(tmp_path / "cells.parquet")
    with pytest.raises(
        PanelError, match="is a Parquet file; an export with a header block is XLSX"
    ):
        read_cells(tmp_path / "cells.parquet")


def test_ids_keep_leading_zeros_from_text(tmp_path):
    (tmp_path / "t.csv").write_text("id,x\n007,1\n")
    assert read_table(tmp_path / "t.csv")["id"].tolist() == ["007"]


def test_a_workbook_without_cells_is_refused(tmp_path):
    pd.DataFrame().to_excel(tmp_path / "empty.xlsx")
    with pytest.raises(PanelError, match="without any cell filled"):
        read_panel(tmp_path / "empty.xlsx", unit="NPX")
