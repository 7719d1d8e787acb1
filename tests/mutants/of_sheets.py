"""Damage inside the sheets of a workbook: merged cells, formulas, dates, kinds, places, sheets."""

import numpy as np

from .containers import Sheet, letters, row_xml, sheet_of, workbook
from .drafts import Draft
from .sources import Cells, Source, rows_of

__all__ = ["KINDS"]

Rng = np.random.Generator
ERRORS = ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"]


def _draft(data: bytes, source: Source, rows: int | None = None, *, refused: bool = False) -> Draft:
    return Draft(data, ".xlsx", dict(source.settings), rows, refused=refused)


def _count(source: Source) -> int:
    return rows_of(source.body, source)


def merged_cells(rng: Rng, source: Source) -> Draft:
    """Merge ids over rows, names over columns, or a block of values."""
    r = int(rng.integers(source.head, len(source.cells) - source.foot - 2)) + 1
    c = int(rng.choice(source.number_at))
    way = rng.integers(0, 4)
    area = [
        (r, 0, r + 1, 0),
        (source.head, c, source.head, min(c + 1, len(source.cells[0]) - 1)),
        (r, c, r + 1, c),
        (1, 0, source.head + 3, c),
    ][way]
    body: Cells = [list(row) for row in source.cells]
    for i in range(area[0], area[2] + 1):
        for k in range(area[1], area[3] + 1):
            if (i, k) != area[:2] and k < len(body[i - 1]):
                body[i - 1][k] = ""
    ref = f"{letters(area[1])}{area[0]}:{letters(area[3])}{area[2]}"
    after = f'<mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
    full = body if rng.random() < 0.5 else source.cells  # some programs keep what is under
    rows = _count(source) if way in (1, 2) and source.kind == "wide" else None
    return _draft(workbook([sheet_of(full, source, after=after)]), source, rows)


def formulas(rng: Rng, source: Source) -> Draft:
    """Put formulas with a stored result, without one, shared ones, or with an error."""
    r = int(rng.integers(source.head, len(source.cells) - source.foot))
    at_id = rng.random() < 0.3
    c = source.id_at if at_id else int(rng.choice(source.number_at))
    place = f"{letters(c)}{r + 1}"
    way = int(rng.integers(0, 6))
    kept = [
        "<f>1+1</f><v>7</v>",
        "<f>1+1</f>",
        "<f>1+1</f><v></v>",
        '<f t="shared" ref="A1:B2" si="0">1+1</f><v/>',
        "<f>cmd|' /C calc'!A0</f><v>3</v>",
        "<f>1/0</f><v>#DIV/0!</v>",
    ][way]
    kind = ' t="e"' if way == 5 else ""
    sheet = sheet_of(source.cells, source).rows
    start = sheet.find(f'<c r="{place}"')
    if start < 0:
        return _draft(workbook([Sheet(sheet)]), source, _count(source))
    stop = sheet.index("</c>", start)
    changed = f'{sheet[:start]}<c r="{place}"{kind}>{kept}{sheet[stop:]}'
    rows = _count(source) if source.kind == "wide" else None
    draft = _draft(workbook([Sheet(changed)]), source, rows)
    return Draft(draft.data, ".xlsx", draft.settings, rows, refused=way in (1, 2, 3))


def whole_formula_rows(rng: Rng, source: Source) -> Draft:
    """Have rows that are formulas without results, which read as blank rows."""
    first = int(rng.integers(source.head, len(source.cells) - source.foot))
    stop = min(first + int(rng.integers(1, 5)), len(source.cells) - source.foot)
    sheet = sheet_of(source.cells, source).rows
    for r in range(first, stop):
        old = row_xml(r + 1, source.cells[r], [source.id_at])
        cells = "".join(
            f'<c r="{letters(k)}{r + 1}"><f>Other!{letters(k)}{r}</f></c>'
            for k in range(len(source.cells[r]))
        )
        sheet = sheet.replace(old, f'<row r="{r + 1}">{cells}</row>')
    return _draft(workbook([Sheet(sheet)]), source, refused="<f>" in sheet)


def dates(rng: Rng, source: Source) -> Draft:
    """Have Excel dates where ids, names or values should be, possible and impossible ones."""
    serial = ["45352", "1", "60", "0.5", "-1", "2958466", "1e308", "1e9", "45352.75"][
        rng.integers(0, 9)
    ]
    sheet = sheet_of(source.cells, source).rows
    places = [source.id_at, int(rng.choice(source.number_at))]
    c = places[rng.integers(0, 2)]
    first = source.head if rng.random() < 0.8 else source.head - 1
    for r in range(first, len(source.cells) - source.foot):
        if rng.random() < 0.3:
            start = sheet.find(f'<c r="{letters(c)}{r + 1}"')
            if start >= 0:
                stop = sheet.index("</c>", start)
                new = f'<c r="{letters(c)}{r + 1}" s="1"><v>{serial}</v>'
                sheet = sheet[:start] + new + sheet[stop:]
    rows = _count(source) if source.kind == "wide" else None
    return _draft(workbook([Sheet(sheet)]), source, rows)


def cell_kinds(rng: Rng, source: Source) -> Draft:
    """Store cells in kinds of their own: text numbers, truth values, errors, rich text, dates."""
    sheet = sheet_of(source.cells, source).rows
    kinds = [
        ' t="str"><v>3.5</v>',
        ' t="b"><v>1</v>',
        f' t="e"><v>{ERRORS[rng.integers(0, len(ERRORS))]}</v>',
        ' t="inlineStr"><is><r><t>3</t></r><r><t>.5</t></r></is>',
        ' t="d"><v>2024-03-01T00:00:00</v>',
        ' t="d"><v>never</v>',
        ' t="n"><v>abc</v>',
        ' t="s"><v>99999</v>',
        ' t="s"><v>x</v>',
        ' t="zzz"><v>1</v>',
        ' s="99"><v>1</v>',
        "><v>1e400</v>",
        "><v>NaN</v>",
        "><v>9" * 1 + "9" * 400 + "</v>",
        ' t="inlineStr"><is/>',
        ' t="inlineStr"><is><t xml:space="preserve">  4.5 </t></is>',
    ]
    kind = kinds[rng.integers(0, len(kinds))]
    c = source.id_at if rng.random() < 0.3 else int(rng.choice(source.number_at))
    for r in range(source.head, len(source.cells) - source.foot):
        if rng.random() < 0.5:
            start = sheet.find(f'<c r="{letters(c)}{r + 1}"')
            if start >= 0:
                stop = sheet.index("</c>", start)
                sheet = f'{sheet[:start]}<c r="{letters(c)}{r + 1}"{kind}{sheet[stop:]}'
    rows = _count(source) if source.kind == "wide" else None
    return _draft(workbook([Sheet(sheet)]), source, rows)


def places(rng: Rng, source: Source) -> Draft:
    """Give rows and cells places that are far away, backwards, doubled, missing or impossible."""
    rows = sheet_of(source.cells, source).rows
    ways = [
        (' r="2"', ' r="99999999999"'),
        (' r="2"', ' r="-5"'),
        (' r="2"', ' r="x"'),
        (' r="B2"', ' r="ZZZZZ2"'),
        (' r="B2"', ' r="2B"'),
        (' r="B2"', ' r="XFD2"'),
        (' r="B2"', ' r="A2"'),
        (' r="3"', ' r="2"'),
        ('<row r="3"', "<row"),
    ]
    way = int(rng.integers(0, len(ways) + 4))
    if way < len(ways):
        return _draft(workbook([Sheet(rows.replace(*ways[way], 1))]), source)
    far = ["A1048576", "XFD1048576", "XFD1", "B200000"][way - len(ways)]
    number = far.lstrip("ABDFX")
    more = f'<row r="{number}"><c r="{far}" s="1"/></row>'
    dimension = f"A1:{far}"
    return _draft(workbook([Sheet(rows + more, dimension=dimension)]), source, _count(source))


def empty_rows(rng: Rng, source: Source) -> Draft:
    """Declare a million rows, or have as many empty ones, styled or not."""
    rows = sheet_of(source.cells, source).rows
    start = len(source.cells) + 1
    n = [1_000_000, 100_000, 1_048_000][rng.integers(0, 3)]
    way = rng.integers(0, 4)
    if way == 1:
        rows += "".join(f'<row r="{i}"/>' for i in range(start, n))
    elif way == 2:
        rows += "".join(
            f'<row r="{i}"><c r="A{i}" s="1"/><c r="B{i}" s="1"/></row>'
            for i in range(start, n // 4)
        )
    elif way == 3:
        rows += "".join(f'<row r="{i}" ht="20"/>' for i in range(start, n // 2))
    sheet = Sheet(rows, dimension=f"A1:XFD{n}")
    return _draft(workbook([sheet]), source, _count(source))


def sheets(rng: Rng, source: Source) -> Draft:
    """Have hidden, empty, several, equally named or strangely named sheets."""
    mine = sheet_of(source.cells, source)
    empty = Sheet("", name="empty")
    readme = Sheet(row_xml(1, ["Read me"]) + row_xml(2, ["Values are in pg/mL"]), name="notes")
    half = source.head + len(source.body) // 2
    one = sheet_of([*source.cells[:half], *source.around([])[source.head :]], source, name="1")
    two = sheet_of(
        source.around(source.cells[half : len(source.cells) - source.foot]), source, name="2"
    )
    hidden = Sheet(readme.rows, name="hidden", state="hidden")
    very = Sheet(mine.rows, name="old", state="veryHidden")
    every: list[tuple[list[Sheet], int | None, bool]] = [
        ([empty, mine], _count(source), False),
        ([hidden, mine], _count(source), False),
        ([very, mine], _count(source), False),
        ([mine, readme], _count(source), False),
        ([readme, mine], None, False),
        ([one, two], None, True),
        ([Sheet(mine.rows, state="hidden")], _count(source), False),
        ([empty] * 3, None, True),
        ([mine, Sheet(readme.rows, name="=1+1"), Sheet("", name="😀")], _count(source), False),
        ([empty, empty, hidden, mine, hidden], _count(source), False),
    ]
    chosen, rows, refused = every[rng.integers(0, len(every))]
    return _draft(workbook(chosen), source, rows, refused=refused)


KINDS = {
    "merged cells": merged_cells,
    "formulas": formulas,
    "rows of formulas": whole_formula_rows,
    "Excel dates": dates,
    "kinds of cell": cell_kinds,
    "places of cells": places,
    "a million empty rows": empty_rows,
    "several sheets": sheets,
}
