"""Damage to workbooks as archives: cuts, broken parts, bombs, entities."""

import io
import zipfile

import numpy as np

from . import of_sheets
from .containers import HEAD, MAIN, Sheet, sheet_of, workbook
from .drafts import Draft
from .sources import Source

__all__ = ["KINDS"]

Rng = np.random.Generator
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 12}">' for k in range(9))
    + "]>"
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/hostname">]>'
QUADRATIC = f'<!DOCTYPE x [<!ENTITY j "{"a" * 100_000}">]>'


def _draft(data: bytes, source: Source, rows: int | None = None, *, refused: bool = False) -> Draft:
    return Draft(data, ".xlsx", dict(source.settings), rows, refused=refused)


def cut_workbook(rng: Rng, source: Source) -> Draft:
    """Cut the file off, take bytes out, or replace some."""
    data = bytearray(workbook([sheet_of(source.cells, source)]))
    first, last = sorted(int(i) for i in rng.integers(0, len(data) + 1, 2))
    way = rng.integers(0, 3)
    if way == 0:
        data = data[:last]
    elif way == 1:
        del data[first:last]
    else:
        for at in rng.integers(0, len(data), int(rng.integers(1, 20))):
            data[at] = int(rng.integers(0, 256))
    return _draft(bytes(data), source)


def damaged_part(rng: Rng, source: Source) -> Draft:
    """Cut a part of the workbook, or replace characters in it, and zip it again."""
    plain = workbook([sheet_of(source.cells, source)])
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = list(parts)[rng.integers(0, len(parts))]
    name = name if rng.random() < 0.5 else "xl/worksheets/sheet1.xml"
    part = bytearray(parts[name])
    if rng.random() < 0.4:
        part = part[: int(rng.integers(1, len(part)))]
    for at in rng.integers(0, len(part), int(rng.integers(1, 6))):
        part[at] = int(rng.integers(32, 127))
    if rng.random() < 0.15:
        part = bytearray(b"")
    return _draft(workbook([Sheet("")], {**parts, name: bytes(part)}), source)


def bombs(rng: Rng, source: Source) -> Draft:
    """Have a small file that unpacks to hundreds of megabytes."""
    mine = sheet_of(source.cells, source).rows
    way = int(rng.integers(0, 6))
    strings = f'{HEAD}<sst xmlns="{MAIN}">'
    size = [40, 70, 160][rng.integers(0, 3)]
    if way == 0:
        part = strings + "<si><t>" + "A" * (size << 20) + "</t></si></sst>"
        return _draft(workbook([Sheet(mine)], {"xl/sharedStrings.xml": part}), source)
    if way == 1:
        part = strings + "<si><t>A</t></si>" * (size * 40_000) + "</sst>"
        return _draft(workbook([Sheet(mine)], {"xl/sharedStrings.xml": part}), source)
    if way == 2:
        row = "<row>" + '<c t="inlineStr"><is><t>s</t></is></c><c><v>1</v></c>' * 3 + "</row>"
        return _draft(workbook([Sheet(mine + row * (size * 5_000))]), source)
    if way == 3:
        return _draft(workbook([Sheet(mine, after=" " * (size << 20))]), source)
    if way == 4:
        part = "<x>" + "\0" * (size << 20) + "</x>"
        return _draft(workbook([Sheet(mine)], {"xl/styles.xml": part}), source)
    many = {f"xl/media/{i}.xml": "x" for i in range(20_000)}
    return _draft(workbook([Sheet(mine)], many), source)


def entities(rng: Rng, source: Source) -> Draft:
    """Have entities that expand a billion times, read other files, or are only declared."""
    kind = [LAUGHS, OUTSIDE, QUADRATIC][rng.integers(0, 3)]
    sheet = sheet_of(source.cells, source)
    inside = "&j;" * (3000 if kind == QUADRATIC else 1)
    cell = f'<row r="2"><c r="A2" t="inlineStr"><is><t>{inside}</t></is></c></row>'
    xml = Sheet(sheet.rows.replace('<row r="2">', cell + '<row r="2">', 1)).xml
    part = ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"][
        rng.integers(0, 4)
    ]
    if part != "xl/worksheets/sheet1.xml":
        xml = f'{HEAD}<sst xmlns="{MAIN}"><si><t>{inside}</t></si></sst>'
    xml = xml.replace(HEAD, HEAD + kind)
    return _draft(workbook([sheet], {part: xml}), source)


def strange_archives(rng: Rng, source: Source) -> Draft:
    """Have a zip that is no workbook, is encrypted, or holds parts under odd names."""
    mine = sheet_of(source.cells, source)
    plain = workbook([mine])
    locked = bytearray(plain)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = locked.find(mark)
        while start >= 0:
            locked[start + at] |= 1
            start = locked.find(mark, start + 4)
    ways = [
        bytes(locked),
        workbook([mine], {"xl/workbook.xml": ""}),
        workbook([mine], {"[Content_Types].xml": ""}),
        workbook([mine], {"xl/worksheets/sheet1.xml": ""}),
        workbook([mine], {"xl/styles.xml": ""}),
        workbook([mine], {"xl/_rels/workbook.xml.rels": ""}),
        workbook([mine], {"../../../outside.xml": "x", "/abs.xml": "y"}),
        workbook([mine], compression=zipfile.ZIP_STORED),
        workbook([mine], compression=zipfile.ZIP_BZIP2),
        workbook([mine], compression=zipfile.ZIP_LZMA),
        workbook([]),
        workbook([mine], {"xl/worksheets/sheet1.xml": b"\xff\xfe" + mine.xml.encode("utf-16-le")}),
        workbook([mine], {"xl/worksheets/sheet1.xml": mine.xml.replace("UTF-8", "x-none")}),
        plain + plain,
        plain + b"\0" * 1000,
        b"PK\x05\x06" + b"\0" * 18,
        b"PK\x03\x04" + plain,
    ]
    return _draft(ways[rng.integers(0, len(ways))], source)


KINDS = {
    "workbook cut": cut_workbook,
    "workbook part damaged": damaged_part,
    **of_sheets.KINDS,
    "workbook bombs": bombs,
    "XML entities": entities,
    "strange archives": strange_archives,
}
