"""Damage to the cells, whatever the file: columns, headers, numbers, ids, size, samples tables."""

from collections.abc import Callable

import numpy as np

from .containers import sheet_of, text, workbook
from .drafts import Draft
from .sources import Cells, Source, rows_of

__all__ = ["KINDS"]

Rng = np.random.Generator
# ruff: noqa: E501 - lists of words
NUMBERS = """1e308 -1e308 1e-308 1e400 -1e400 inf -inf +Infinity nan NaN -nan NULL None -5 -0.001
-0 0 1e13 0x1F 1_000 ١٢٣ １２ ½ ∞ 1e5.5 --5 5- 1.2.3 1,5 <0.5 <-1 <1e308 >1e400 <nan <inf << > <> OOR<
OOR> *OOR ND #N/A #DIV/0! #REF! #VALUE! =1+1 =cmd|'/c'!A1 true false Mar-1 2024-03-01 12:30 50% $5 5pg
1E+02 .5 5. - + e . N/A""".split()  # noqa: SIM905
IDS = [
    "", " ", "\u00a0", "\u200b", "Mar-1", "2024-03-01", "=cmd|' /C calc'!A0", "=1+1", "@SUM(A1)", "+1",
    "-1", "007", "7", "7.0", "1e5", "1E400", "nan", "NA", "null", "true", "١", "А1", "A1", "a1", "Ａ1",
    "é", "e\u0301", "\u202eabc", "x" * 5000, "a,b", "a;b", "a\tb", "a\nb", "'s1", '"s1"', "s1\x00", "😀",
    "90071992547409931", "90071992547409932", "1_0", "10", "sample_id", "Assay", "LOD", "control",
]  # fmt: skip


def _written(rng: Rng, cells: Cells, source: Source, rows: int | None, **more: object) -> Draft:
    """Return cells as text or as a workbook."""
    settings = {**source.settings, **more}
    if rng.random() < 0.3:
        return Draft(workbook([sheet_of(cells, source)]), ".xlsx", settings, rows)
    return Draft(text(cells).encode("utf-8", "surrogatepass"), ".csv", settings, rows)


def swapped_columns(rng: Rng, source: Source) -> Draft:
    """Swap whole columns, or the cells of two columns below their names."""
    width = len(source.cells[0])
    a, b = (int(i) for i in rng.permutation(width)[:2])
    with_names = rng.random() < 0.5
    cells = [list(row) for row in source.cells]
    for row in cells[0 if with_names else source.head :]:
        row[a], row[b] = row[b], row[a]
    known = source.kind == "wide" and 0 not in (a, b)
    return _written(rng, cells, source, len(source.body) if known else None)


def duplicated_columns(rng: Rng, source: Source) -> Draft:
    """Repeat columns beside themselves or at the end, whole, with changed cells, or by name."""
    c = int(rng.integers(0, len(source.cells[0])))
    times = 200 if rng.random() < 0.1 else int(rng.integers(1, 4))
    changed = rng.random() < 0.5
    cells = []
    for i, row in enumerate(source.cells):
        again = row[c] if i < source.head or not changed else f"{rng.integers(0, 9)}.5"
        cells.append([*row, *[again] * times])
    rows = rows_of(source.body, source)
    return _written(rng, cells, source, rows)


def header_rows(rng: Rng, source: Source) -> Draft:
    """Repeat, remove, blank, shorten or rename the header; put rows above it; turn the table."""
    header, body = source.cells[: source.head], source.body
    at = int(rng.integers(0, len(body)))
    cells = [
        [*header, *header, *body],
        [*header, *body[:at], *header, *body[at:]],
        body,
        [[""] * len(header[-1]), *body],
        [["Exported by someone"], [], *header, *body],
        [[cell.upper() for cell in row] for row in header] + body,
        [["x"] * len(header[-1]), *body],
        [[f" {cell} " for cell in row] for row in header] + body,
        [row[1:] for row in header] + body,
        [[*row, ""] for row in header] + body,
        [[str(k) for k in range(len(header[-1]))], *body],
        [list(row) for row in zip(*source.cells, strict=False)],
        header,
    ][rng.integers(0, 13)]
    return _written(rng, cells, source, None)


def odd_numbers(rng: Rng, source: Source) -> Draft:
    """Put words and impossible numbers where values are."""
    body = [list(row) for row in source.body]
    for _ in range(int(rng.integers(1, 4))):
        word = NUMBERS[rng.integers(0, len(NUMBERS))]
        k = int(rng.choice(source.number_at))
        for row in body:
            if rng.random() < [0.03, 1.0][rng.integers(0, 2)] and k < len(row):
                row[k] = word
    rows = len(body) if source.kind != "long" else rows_of(body, source)
    unit = {} if "format" in source.settings else {"unit": ["pg/mL", "NPX"][rng.integers(0, 2)]}
    return _written(rng, source.around(body), source, rows, **unit)


def odd_ids(rng: Rng, source: Source) -> Draft:
    """Put blank, repeated, look-alike and dangerous words where ids are."""
    body = [list(row) for row in source.body]
    for _ in range(int(rng.integers(1, 5))):
        body[rng.integers(0, len(body))][source.id_at] = IDS[rng.integers(0, len(IDS))]
    policy = ["error", "first", "last", "mean", "drop"][rng.integers(0, 5)]
    rows = len(body) if source.kind == "wide" else None
    return _written(rng, source.around(body), source, rows, duplicates=policy)


def repeated_ids(rng: Rng, source: Source) -> Draft:
    """Repeat rows and ids under every policy."""
    body = [list(row) for row in source.body]
    for r in rng.integers(0, len(body), int(rng.integers(1, 30))):
        again = list(body[r])
        if rng.random() < 0.5:
            again[int(rng.choice(source.number_at))] = "4.75"
        body.insert(int(rng.integers(0, len(body))), again)
    if rng.random() < 0.1:
        body = body[:1] * 3000
    policy = ["error", "first", "last", "mean", "drop"][rng.integers(0, 5)]
    return _written(rng, source.around(body), source, rows_of(body, source), duplicates=policy)


def many_columns(rng: Rng, source: Source) -> Draft:
    """Have up to 100,000 columns: of numbers, of blanks, without names, all of one name."""
    more = [100_000, 30_000, 5_000, 11_000][rng.integers(0, 4)]
    name, cell = [("marker {}", "1.5"), ("", ""), ("IL6", "2.5"), ("m{}", "text"), ("x{}", "")][
        rng.integers(0, 5)
    ]
    names = [name.format(k) for k in range(more)]
    n_rows = int(rng.integers(1, 4))
    cells = [[*row, *names] for row in source.cells[: source.head]]
    cells += [[*row, *[cell] * more] for row in source.body[:n_rows]]
    rows = n_rows if source.kind != "long" else None
    settings = dict(source.settings)
    if rng.random() < 0.5:
        settings.pop("analytes", None)
        settings.pop("samples", None)
        settings.pop("columns", None)
    return Draft(text(cells).encode(), ".csv", settings, rows)


def long_cells(rng: Rng, source: Source) -> Draft:
    """Have a cell, a name or an id of up to 5 million characters, quoted or with line ends."""
    cells = [list(row) for row in source.cells]
    size = [2_000, 140_000, 5_000_000][rng.integers(0, 3)]
    word = ["x", "7", "a b", "a,b", "a\n", '"', "é"][rng.integers(0, 7)]
    r = int(rng.integers(0, len(cells))) if rng.random() < 0.6 else source.head - 1
    cells[r][int(rng.integers(0, len(cells[r])))] = word * (size // len(word))
    return _written(rng, cells, source, None)


def apart(rng: Rng, source: Source) -> Draft:
    """Have a sample or an analyte of its own on each of up to 100,000 lines."""
    n = [1_000, 20_000, 100_000][rng.integers(0, 3)]
    way = rng.integers(0, 4)
    header = ["sample_id", "analyte", "value"]
    sample, analyte = [("s{0}", "a{0}"), ("s{0}", "IL6"), ("s", "a{0}"), ("s", "IL6")][way]
    body = [[sample.format(i), analyte.format(i), f"{i % 50}.5"] for i in range(n)]
    policy = ["first", "mean", "drop", "error"][rng.integers(0, 4)]
    settings = {"format": "long", "unit": "pg/mL", "duplicates": policy}
    rows = 1 if way == 2 else n
    return Draft(text([header, *body]).encode(), ".csv", settings, rows)


def samples_tables(rng: Rng, source: Source) -> Draft:
    """Read a sound panel with a samples table that matches badly or is damaged."""
    source = source if source.samples else _with_table(source)
    table = [list(row) for row in source.samples]
    way = int(rng.integers(0, 14))
    table = _mismatched(rng, way, table)
    data = text(table).encode("utf-8", "surrogatepass")
    if way == 13:
        data = data[: int(rng.integers(0, len(data)))]
    policy = ["error", "first", "last", "mean", "drop"][rng.integers(0, 5)]
    settings = {**source.settings, "duplicates": policy}
    rows = rows_of(source.body, source)
    return Draft(text(source.cells).encode(), ".csv", settings, rows, data)


def _mismatched(rng: Rng, way: int, table: Cells) -> Cells:
    """Return a samples table that does not fit its panel, in one of 13 ways."""
    head, body = table[0], table[1:]
    at, word = int(rng.integers(0, len(body))), IDS[rng.integers(0, len(IDS))]
    ways: list[Callable[[], Cells]] = [
        lambda: [head, *([row[0].lstrip("0"), *row[1:]] for row in body)],
        lambda: [head, *([f" {row[0]}\u00a0", *row[1:]] for row in body)],
        lambda: [head, *([row[0].upper(), *row[1:]] for row in body)],
        lambda: [head, *body[: at % 3]],
        lambda: [head, *body, *([row[0], "other", *row[2:]] for row in body[:3])],
        lambda: [head, *([row[-1], *row[1:-1], row[0]] for row in body)],
        lambda: [[*head, "age"], *([*row, "7"] for row in body)],
        lambda: [head, [word, *body[at][1:]], *body],
        lambda: [head, *([f"other{i}", *row[1:]] for i, row in enumerate(body))],
        lambda: [[f"c{k}" for k in range(len(head))], *body],
        lambda: [[*head, *(f"c{k}" for k in range(2000))], *([*r, *["1"] * 2000] for r in body)],
        lambda: [head, *body, *([f"more{i}", "HC", "3", "P1"] for i in range(50_000))],
        lambda: [head, *body[:at], [*body[at][:2], NUMBERS[at % len(NUMBERS)], "P1"], *body[at:]],
        lambda: table,
    ]
    return ways[way]()


def _with_table(source: Source) -> Source:
    """Give a source a samples table made of its own ids."""
    ids = dict.fromkeys(row[source.id_at].strip() for row in source.body)
    samples = [["sample_id", "diagnosis", "age", "batch"]]
    samples += [[name, "MDD", str(20 + i), "P1"] for i, name in enumerate(ids)]
    columns = {"sample": "sample_id", "group": "diagnosis", "age": "age", "batch": "batch"}
    return Source(**{**vars(source), "samples": samples, "settings": {
        **source.settings, "samples": None, "columns": columns,
    }})  # fmt: skip


KINDS = {
    "swapped columns": swapped_columns,
    "duplicated columns": duplicated_columns,
    "headers": header_rows,
    "odd numbers": odd_numbers,
    "odd ids": odd_ids,
    "repeated rows": repeated_ids,
    "very many columns": many_columns,
    "very long cells": long_cells,
    "long table of singles": apart,
    "samples table": samples_tables,
}
