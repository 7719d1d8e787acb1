"""Cells as files: delimited text, workbooks written part by part, Parquet."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from .sources import NUMBER, Cells, Source

__all__ = ["Sheet", "cell_xml", "letters", "parquet", "row_xml", "sheet_of", "text", "workbook"]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1">'
    '<border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
    "</styleSheet>"
)


@dataclass(frozen=True)
class Sheet:
    """A sheet as the XML of its rows."""

    rows: str
    name: str = "Sheet1"
    state: str = "visible"
    dimension: str = ""
    after: str = ""

    @property
    def xml(self) -> str:
        """The part of the workbook."""
        size = f'<dimension ref="{self.dimension}"/>' if self.dimension else ""
        data = f"<sheetData>{self.rows}</sheetData>{self.after}"
        return f'{HEAD}<worksheet xmlns="{MAIN}">{size}{data}</worksheet>'


def text(cells: Cells, delimiter: str = ",", line_end: str = "\n") -> str:
    """Return delimited text; cells that hold the delimiter, a quote or a line end are quoted."""
    unsafe = re.compile(f'["\n\r{delimiter}]')

    def word(cell: str) -> str:
        doubled = cell.replace('"', '""')
        return f'"{doubled}"' if unsafe.search(cell) else cell

    return "".join(delimiter.join(map(word, row)) + line_end for row in cells)


def letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def cell_xml(place: str, cell: str, *, as_number: bool) -> str:
    """Return a cell: a number, or a text kept in the cell itself."""
    if as_number and NUMBER.fullmatch(cell):
        return f'<c r="{place}"><v>{cell}</v></c>'
    kept = re.sub("[\x00-\x08\x0b-\x1f]", "", cell)
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(kept)}</t></is></c>'


def row_xml(number: int, row: Sequence[str], texts: Sequence[int] = ()) -> str:
    """Return a row (counted from 1); columns in `texts` are text whatever they hold."""
    cells = "".join(
        cell_xml(f"{letters(k)}{number}", cell, as_number=k not in texts)
        for k, cell in enumerate(row)
        if cell
    )
    return f'<row r="{number}">{cells}</row>'


def sheet_of(cells: Cells, source: Source, **more: str) -> Sheet:
    """Return cells as a sheet, ids as text."""
    texts = [source.id_at]
    rows = "".join(row_xml(i, row, texts) for i, row in enumerate(cells, 1) if any(row))
    return Sheet(rows, **more)


def workbook(
    sheets: Sequence[Sheet],
    parts: Mapping[str, str | bytes] | None = None,
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """Return an XLSX file; `parts` replaces or adds parts, an empty one is left out."""
    names = [f"sheet{k}.xml" for k in range(1, len(sheets) + 1)]
    entries = "".join(
        f'<sheet name="{escape(s.name)}" sheetId="{k}" state="{s.state}" r:id="rId{k}"/>'
        for k, s in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{k}" Type="{OFFICE}/worksheet" Target="worksheets/{name}"/>'
        for k, name in enumerate(names, 1)
    )
    more = ""
    if parts and "xl/sharedStrings.xml" in parts:
        links += (
            f'<Relationship Id="rId90" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
        more = _override("xl/sharedStrings.xml", "sharedStrings")
    links += f'<Relationship Id="rId91" Type="{OFFICE}/styles" Target="styles.xml"/>'
    kinds = "".join(_override(f"xl/worksheets/{name}", "worksheet") for name in names) + more
    kinds += _override("xl/styles.xml", "styles") + _override("xl/workbook.xml", "sheet.main")
    relations = f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{kinds}</Types>',
        "_rels/.rels": f'{relations}<Relationship Id="rId1" Type="{OFFICE}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"{relations}{links}</Relationships>",
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/{n}": s.xml for n, s in zip(names, sheets, strict=True)},
        **(parts or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression, compresslevel=1) as archive:
        for name, part in content.items():
            if part:
                archive.writestr(zipfile.ZipInfo(name), part, compression)
    return out.getvalue()


def _override(part: str, kind: str) -> str:
    """Return the content type of a part."""
    word = f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"
    return f'<Override PartName="/{part}" ContentType="{word}"/>'


def parquet(table: object) -> bytes:
    """Return a frame or an Arrow table as Parquet."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet

    out = io.BytesIO()
    if isinstance(table, pd.DataFrame):
        table.to_parquet(out)
    elif isinstance(table, pa.Table):
        pyarrow.parquet.write_table(table, out)
    return out.getvalue()
