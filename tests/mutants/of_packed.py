"""Damage to gzip and Parquet files."""

import datetime as dt
import decimal
import gzip
import zlib
from functools import cache, partial

import numpy as np
import pandas as pd

from .containers import parquet, sheet_of, text, workbook
from .drafts import Draft
from .sources import NUMBER, Source, rows_of

__all__ = ["KINDS"]

Rng = np.random.Generator
packed = partial(gzip.compress, mtime=0)  # the same bytes at any hour


def _frame(source: Source) -> pd.DataFrame:
    """Return the rows under the last header row, numbers as numbers."""
    names = source.cells[source.head - 1] if source.kind != "olink_wide" else source.cells[3]
    labels = [name or f"c{k}" for k, name in enumerate(names)]
    labels = [f"{a} {k}" if a in labels[:k] else a for k, a in enumerate(labels)]
    frame = pd.DataFrame(source.body, columns=labels)
    for k in source.number_at:
        column = frame.iloc[:, k]
        if column.map(lambda cell: not cell or NUMBER.fullmatch(cell) is not None).all():
            frame[frame.columns[k]] = pd.to_numeric(column)
    return frame


def _draft(data: bytes, source: Source, rows: int | None = None, *, refused: bool = False) -> Draft:
    return Draft(data, ".parquet", dict(source.settings), rows, refused=refused)


def _count(source: Source) -> int | None:
    return rows_of(source.body, source) if source.kind != "olink_wide" else None


def _damaged(rng: Rng, plain: bytes) -> bytes:
    """Cut bytes off, take some out or replace some."""
    data = bytearray(plain)
    first, last = sorted(int(i) for i in rng.integers(0, len(data) + 1, 2))
    way = rng.integers(0, 3)
    if way == 0:
        return bytes(data[:last])
    if way == 1:
        del data[first:last]
    for at in rng.integers(0, max(1, len(data)), int(rng.integers(1, 12))):
        if at < len(data):
            data[at] = int(rng.integers(0, 256))
    return bytes(data)


def cut_gzip(rng: Rng, source: Source) -> Draft:
    """Damage a gzipped text."""
    data = _damaged(rng, packed(text(source.cells).encode()))
    return Draft(data, ".csv.gz", dict(source.settings))


def gzips(rng: Rng, source: Source) -> Draft:
    """Have gzip in gzip, in pieces, with rubbish behind it, of a workbook, or a bomb."""
    content = text(source.cells).encode()
    half = len(content) // 2
    way = int(rng.integers(0, 8))
    settings = dict(source.settings)
    if way >= 5:
        block = [b"s1,1,2\n", b"\0", b'"'][way - 5] * 1_000_000
        bomb = packed(block[: 10 << 20], 6) * (3_000 if rng.random() < 0.3 else 150)
        return Draft(packed(content) + bomb, ".csv.gz", settings, refused=True)
    data = [
        packed(packed(content)),
        packed(content[:half]) + packed(content[half:]),
        packed(content) + b"rubbish",
        packed(content) + b"\0" * 100,
        packed(workbook([sheet_of(source.cells, source)])),
    ][way]
    return Draft(data, ".csv.gz", settings, rows_of(source.body, source) if way != 2 else None)


def cut_parquet(rng: Rng, source: Source) -> Draft:
    """Damage a Parquet file."""
    return _draft(_damaged(rng, parquet(_frame(source))), source)


def parquet_kinds(rng: Rng, source: Source) -> Draft:
    """Store a column as something else: nested, decimal, category, date, truth value, bytes."""
    import pyarrow as pa

    frame = _frame(source)
    n = len(frame)
    table = pa.Table.from_pandas(frame, preserve_index=False)
    at = [source.id_at, *source.number_at, int(rng.integers(0, frame.shape[1]))]
    k = int(at[rng.integers(0, len(at))])
    numbers = [float(i) + 0.5 for i in range(n)]
    day = dt.datetime(2024, 3, 1)
    columns = [
        pa.array([[x, x] for x in numbers]),
        pa.array([{"a": x} for x in numbers]),
        pa.array([decimal.Decimal(str(x)) for x in numbers]),
        pa.array([f"w{i % 3}" for i in range(n)]).dictionary_encode(),
        pa.array([day.date()] * n),
        pa.array([day] * n).dictionary_encode(),
        pa.array([day] * n, pa.timestamp("ns", "Europe/Berlin")),
        pa.array([dt.timedelta(days=i) for i in range(n)]),
        pa.array([dt.time(1, 2)] * n),
        pa.array([i % 2 == 0 for i in range(n)]),
        pa.array([b"\xff\x00x"] * n),
        pa.nulls(n),
        pa.array(np.arange(n, dtype=np.float16)),
        pa.array(np.full(n, 2**63, dtype=np.uint64)),
        pa.array([f"{i}.5" for i in range(n)], pa.large_string()),
        pa.array([numbers[0]] * n).dictionary_encode(),
        pa.array([float("inf")] * n),
        pa.array([[("k", x)] for x in numbers], pa.map_(pa.string(), pa.float64())),
        pa.array([i if i else None for i in range(n)]),
        pa.array([None if i else "\u200b" for i in range(n)]),
    ]
    way = int(rng.integers(0, len(columns)))
    table = table.set_column(k, table.column_names[k], columns[way])
    rows = n if source.kind == "wide" else None
    return _draft(parquet(table), source, rows)


def parquet_indexes(rng: Rng, source: Source) -> Draft:  # noqa: PLR0911 - one of nine ways
    """Have ids in an index: named, without a name, of two levels; columns of one name or none."""
    import pyarrow as pa

    frame = _frame(source)
    names = list(frame.columns)
    arrow = pa.Table.from_pandas(frame, preserve_index=False)
    way = int(rng.integers(0, 9))
    rows = _count(source)
    if way == 0:
        return _draft(parquet(frame.set_index(names[0])), source, rows)
    if way == 1:
        return _draft(parquet(frame.set_index(names[0]).rename_axis(None)), source, None)
    if way == 2:
        return _draft(parquet(frame.set_index([names[0], names[-1]])), source, None)
    if way == 3:
        return _draft(parquet(frame.set_index(names[0], drop=False)), source, None)
    if way == 4:
        return _draft(parquet(frame[frame.index % 2 == 0]), source, None)
    if way == 5:
        twice = arrow.append_column(names[1], arrow.column(1))
        return _draft(parquet(twice), source, None)
    if way == 6:
        return _draft(parquet(arrow.rename_columns([""] * len(names))), source, None)
    if way == 7:
        return _draft(parquet(arrow.slice(0, 0)), source, None, refused=True)
    return _draft(parquet(pa.table({})), source, None, refused=True)


def parquet_bombs(rng: Rng, source: Source) -> Draft:
    """Have a file of kilobytes that holds tens of millions of rows."""
    n_rows = [15_000_000, 40_000_000][rng.integers(0, 2)]
    return _draft(_repeated_rows(n_rows, is_text=bool(rng.random() < 0.5)), source, refused=True)


@cache
def _repeated_rows(n_rows: int, *, is_text: bool) -> bytes:
    """Return a Parquet file of one row, very often."""
    import pyarrow as pa

    column = pa.array(np.zeros(n_rows))
    if is_text:
        codes = pa.array(np.zeros(n_rows, dtype=np.int8))
        column = pa.DictionaryArray.from_arrays(codes, pa.array(["x" * 1000]))
    return parquet(pa.table([column] * 2, names=["sample_id", "IL6"]))


def broken_streams(rng: Rng, source: Source) -> Draft:
    """Have gzip headers before raw or broken streams."""
    content = text(source.cells).encode()
    head = b"\x1f\x8b\x08\x00\0\0\0\0\0\x03"
    data = [
        head + zlib.compress(content),
        head + content,
        head,
        b"\x1f\x8b",
        packed(content)[:-8],
        packed(content)[:-4] + b"\0\0\0\0",
        packed(b""),
        packed(b"\n" * 1000),
        head[:2] + b"\x09" + packed(content)[3:],
    ][rng.integers(0, 9)]
    return Draft(data, ".csv.gz", dict(source.settings), refused=True)


KINDS = {
    "gzip cut": cut_gzip,
    "gzip kinds and bombs": gzips,
    "gzip streams broken": broken_streams,
    "Parquet cut": cut_parquet,
    "Parquet kinds of column": parquet_kinds,
    "Parquet indexes and names": parquet_indexes,
    "Parquet bombs": parquet_bombs,
}
