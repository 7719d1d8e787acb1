"""Damaged copies of a panel file: what happens to exports on their way."""

import csv
import io
import re

import numpy as np
import openpyxl

STRANGE = (
    *("1e308", "-1e308", "1e400", "-5", "-0.0", "inf", "NaN", "#N/A", "#REF!", "=A1+1", "1,5"),
    *("1.234,5", "1,234.5", "2026-01-05", "05-Jan", "<", ">", "<<1", "< 0,5", ">1e999", "OOR"),
    *("*", "***", "---", "TRUE", "0x1A", "1_000", "\u0661", "é", "🧪", "a\tb", 'qu"ote', "x" * 500),
    *("", " ", "null", "PASS"),
)


def _lines(text):
    return text.splitlines()


def cut_file(text, rng):
    return text[: int(rng.integers(1, len(text)))]


def cut_line(text, rng):
    lines = _lines(text)
    i = int(rng.integers(len(lines)))
    lines[i] = lines[i][: int(rng.integers(0, len(lines[i]) + 1))]
    return "\n".join(lines)


def drop_line(text, rng):
    lines = _lines(text)
    del lines[int(rng.integers(len(lines)))]
    return "\n".join(lines)


def repeat_line(text, rng):
    lines = _lines(text)
    i = int(rng.integers(len(lines)))
    return "\n".join([*lines[: i + 1], *lines[i:]])


def swap_lines(text, rng):
    lines = _lines(text)
    i, j = rng.integers(len(lines), size=2)
    lines[i], lines[j] = lines[j], lines[i]
    return "\n".join(lines)


def twice(text, rng):
    return text + text


def _delimiter(text):
    return max(",;\t", key=text.count)


def _rows(text):
    return list(csv.reader(io.StringIO(text), delimiter=_delimiter(text)))


def _joined(rows, delimiter):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def swap_columns(text, rng):
    rows = _rows(text)
    i, j = rng.integers(max(map(len, rows)), size=2)
    for row in rows:
        if max(i, j) < len(row):
            row[i], row[j] = row[j], row[i]
    return _joined(rows, _delimiter(text))


def drop_column(text, rng):
    rows = _rows(text)
    i = int(rng.integers(max(map(len, rows))))
    return _joined([row[:i] + row[i + 1 :] for row in rows], _delimiter(text))


def repeat_column(text, rng):
    rows = _rows(text)
    i = int(rng.integers(max(map(len, rows))))
    return _joined([row[: i + 1] + row[i:] for row in rows], _delimiter(text))


def transpose(text, rng):
    rows = _rows(text)
    width = max(map(len, rows))
    padded = [row + [""] * (width - len(row)) for row in rows]
    return _joined(list(zip(*padded, strict=True)), _delimiter(text))


def strange_cells(text, rng):
    rows = _rows(text)
    for _ in range(int(rng.integers(1, 6))):
        row = rows[int(rng.integers(len(rows)))]
        if row:
            row[int(rng.integers(len(row)))] = str(rng.choice(STRANGE))
    return _joined(rows, _delimiter(text))


def decimal_commas(text, rng):
    return re.sub(r"(?<=\d)\.(?=\d)", ",", text)


def other_delimiter(text, rng):
    return text.replace(_delimiter(text), str(rng.choice([",", ";", "\t", "|", " "])))


def lose_quote(text, rng):
    at = [match.start() for match in re.finditer('"', text)]
    if not at:
        i = int(rng.integers(len(text)))
        return text[:i] + '"' + text[i:]
    i = int(rng.choice(at))
    return text[:i] + text[i + 1 :]


def lose_character(text, rng):
    i = int(rng.integers(len(text)))
    return text[:i] + text[i + 1 :]


def other_characters(text, rng):
    letters = list(text)
    for _ in range(int(rng.integers(1, 8))):
        letters[int(rng.integers(len(letters)))] = chr(int(rng.integers(9, 0x250)))
    return "".join(letters)


def blank_lines(text, rng):
    lines = _lines(text)
    for _ in range(3):
        lines.insert(int(rng.integers(len(lines) + 1)), "")
    return "\n".join(lines)


TEXT = (
    cut_file, cut_line, drop_line, repeat_line, swap_lines, twice, swap_columns, drop_column,
    repeat_column, transpose, strange_cells, decimal_commas, other_delimiter, lose_quote,
    lose_character, other_characters, blank_lines,
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


def workbook(text, rng):
    """Return the text as a workbook, perhaps with merged cells, formulas, dates or far cells."""
    import datetime as dt

    book = openpyxl.Workbook()
    sheet = book.active
    for row in _rows(text):
        sheet.append([_typed(cell) for cell in row])
    height, width = max(sheet.max_row, 2), max(sheet.max_column, 2)
    row, column = int(rng.integers(1, height)), int(rng.integers(1, width))
    kind = int(rng.integers(7))
    if kind == 0:
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=column, end_column=column)
    elif kind == 1:
        sheet.cell(row, column).value = "=SUM(B2:B4)"
    elif kind == 2:
        sheet.cell(row, column).value = dt.datetime(2026, 1, 5)
    elif kind == 3:
        sheet.cell(1_000_000, 16_000).value = 1
    elif kind == 4:
        book.create_sheet("empty", 0)
    elif kind == 5:
        sheet.cell(row, column).value = bool(rng.integers(2))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _typed(cell):
    """Return a cell as a spreadsheet would hold it."""
    try:
        number = float(cell)
    except ValueError:
        return openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell) or None
    return number if np.isfinite(number) else cell


def flip_bytes(data, rng):
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 10))):
        changed[int(rng.integers(len(changed)))] = int(rng.integers(256))
    return bytes(changed)


def mutant(text, rng):
    """Return the bytes of a damaged copy of a text file, and what was done to it."""
    done = []
    for _ in range(int(rng.integers(1, 3))):
        change = TEXT[int(rng.integers(len(TEXT)))]
        if text:
            text = change(text, rng)
            done.append(change.__name__)
    if not text.strip():
        text = "x"
    if rng.random() < 0.15 and len(text) < 50_000:
        data = workbook(text, rng)
        done.append("workbook")
    else:
        encoding = str(rng.choice(ENCODINGS))
        data = text.encode(encoding, errors="replace")
        done.append(encoding)
    if rng.random() < 0.1:
        data = flip_bytes(data, rng)
        done.append("flip_bytes")
    return data, done
