"""Damage to delimited text: cuts, encodings, line ends, delimiters, quotes."""

import numpy as np

from .containers import text
from .drafts import Draft, rows_in_text
from .sources import Cells, Source, rows_of

__all__ = ["KINDS"]

Rng = np.random.Generator


def _draft(content: str, source: Source, delimiter: str = ",") -> Draft:
    """Return a text as UTF-8 with its rows counted line by line."""
    rows = rows_in_text(content, source, delimiter)
    return Draft(content.encode("utf-8", "surrogatepass"), ".csv", dict(source.settings), rows)


def _change(rng: Rng, cells: Cells, n: int) -> list[tuple[int, int]]:
    """Return places of cells, drawn at random."""
    rows = rng.integers(0, len(cells), n)
    return [(int(r), int(rng.integers(0, max(1, len(cells[r]))))) for r in rows]


def cut_lines(rng: Rng, source: Source) -> Draft:
    """Leave out lines: the end, the start or some in the middle; one keeps but a part."""
    lines = text(source.cells).splitlines(keepends=True)
    first, last = sorted(int(i) for i in rng.integers(0, len(lines) + 1, 2))
    way = rng.integers(0, 4)
    if way == 0:
        lines = lines[:last]
    elif way == 1:
        lines = [*lines[:first], *lines[last:]]
    elif way == 2:
        lines = lines[first:]
    else:
        at = min(first, len(lines) - 1)
        lines[at] = lines[at][: int(rng.integers(0, len(lines[at]) + 1))] + "\n"
    return _draft("".join(lines), source)


def cut_bytes(rng: Rng, source: Source) -> Draft:
    """Cut the text off at any byte, or take bytes out of its middle."""
    content = text(source.cells)
    first, last = sorted(int(i) for i in rng.integers(0, len(content) + 1, 2))
    short = content[:last] if rng.random() < 0.5 else content[:first] + content[last:]
    return _draft(short, source)


def flipped_bytes(rng: Rng, source: Source) -> Draft:
    """Replace bytes by others."""
    data = bytearray(text(source.cells).encode())
    for at in rng.integers(0, len(data), int(rng.integers(1, 30))):
        data[at] = int(rng.integers(0, 256))
    return Draft(bytes(data), ".csv", dict(source.settings))


def repeated_pieces(rng: Rng, source: Source) -> Draft:
    """Paste a piece of the text at another place."""
    content = text(source.cells)
    first, last, at = (int(i) for i in rng.integers(0, len(content), 3))
    return _draft(
        content[:at] + content[min(first, last) : max(first, last)] + content[at:], source
    )


def mixed_delimiters(rng: Rng, source: Source) -> Draft:
    """Write some lines, or some fields, with another delimiter."""
    marks = [",", ";", "\t", "|", " "]
    first, second = (marks[i] for i in rng.permutation(5)[:2])
    if rng.random() < 0.3:
        return _draft(text(source.cells, first), source, first)
    lines = [text([row], first if rng.random() < 0.8 else second) for row in source.cells]
    return _draft("".join(lines), source, first)


def decimal_commas(rng: Rng, source: Source) -> Draft:
    """Write numbers with a decimal comma, in all cells or in some, quoted or not."""
    delimiter = [",", ";", "\t"][rng.integers(0, 3)]
    share = [1.0, 0.5, 0.05][rng.integers(0, 3)]
    body = [list(row) for row in source.body]
    for row in body:
        for k in source.number_at:
            if k < len(row) and rng.random() < share:
                row[k] = row[k].replace(".", ",")
    content = text(source.around(body), delimiter)
    if rng.random() < 0.5:
        content = content.replace('"', "")
    return _draft(content, source, delimiter)


def thousands(rng: Rng, source: Source) -> Draft:
    """Write numbers with separators of thousands."""
    mark = [",", ".", " ", "'", "\u00a0", "_", "\u202f"][rng.integers(0, 7)]
    delimiter = [",", ";", "\t"][rng.integers(0, 3)]
    body = [list(row) for row in source.body]
    for row in body:
        for k in source.number_at:
            if k < len(row) and rng.random() < 0.3:
                row[k] = f"{rng.integers(1, 99)}{mark}{rng.integers(100, 999)}"
    rows = rows_of(body, source) if source.kind != "olink_wide" else len(body)
    draft = _draft(text(source.around(body), delimiter), source, delimiter)
    return Draft(draft.data, ".csv", draft.settings, rows, refused=mark in "_'\u00a0\u202f")


def stray_quotes(rng: Rng, source: Source) -> Draft:
    """Put quote marks where none belong; a pair of them may swallow rows between them."""
    body = [list(row) for row in source.body]
    way = rng.integers(0, 3)
    if way == 0:
        for r, c in _change(rng, body, int(rng.integers(1, 5))):
            row = body[r]
            row[c] = [f'"{row[c]}', f'{row[c]}"', f'{row[c]}"{row[c]}'][rng.integers(0, 3)]
        content = "".join(",".join(row) + "\n" for row in source.around(body))
        return _draft(content, source)
    first = int(rng.integers(0, len(body) - 2))
    last = first + int(rng.integers(1, min(6, len(body) - first)))
    c = int(rng.integers(0, len(body[0])))
    body[first][c], body[last][c] = '"' + body[first][c], body[last][c] + '"'
    if way == 1 and c + 1 < len(body[0]):
        body[last][c], body[last][c + 1] = body[last][c].rstrip('"'), body[last][c + 1] + '"'
    content = "".join(",".join(row) + "\n" for row in source.around(body))
    draft = _draft(content, source)
    return Draft(draft.data, ".csv", draft.settings, refused=True)


def encodings(rng: Rng, source: Source) -> Draft:
    """Write the text in another encoding, with or without a byte order mark."""
    ways = ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "utf-32"]
    ways += ["utf-32-le", "utf-7", "mac-roman", "cp437", "shift_jis", "cp037"]
    way = ways[rng.integers(0, len(ways))]
    cells = [list(row) for row in source.cells]
    for r, c in _change(rng, cells, 3):
        c = c if c != source.id_at else source.number_at[0]  # noqa: PLW2901 - ids stay
        cells[r][c] += ["µ", "é", "ß", "±"][rng.integers(0, 4)] if rng.random() < 0.3 else ""
    data = text(cells).encode(way, "replace")
    marks = [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf\xef\xbb\xbf"]
    data = (marks[rng.integers(0, 5)] if rng.random() < 0.3 else b"") + data
    if rng.random() < 0.2:
        data = data[: int(rng.integers(1, len(data)))]
        return Draft(data, ".csv", dict(source.settings))
    return Draft(data, ".csv", dict(source.settings), rows_of(source.body, source))


def odd_bytes(rng: Rng, source: Source) -> Draft:
    """Put NUL, control marks, byte order marks and broken UTF-8 inside."""
    odd = [b"\0", b"\x1a", b"\x07", b"\xef\xbb\xbf", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\0" * 400]
    data = text(source.cells).encode()
    for _ in range(int(rng.integers(1, 4))):
        at = int(rng.integers(0, len(data) + 1))
        at = len(data) if rng.random() < 0.2 else at
        data = data[:at] + odd[rng.integers(0, len(odd))] + data[at:]
    return Draft(data, ".csv", dict(source.settings))


def line_ends(rng: Rng, source: Source) -> Draft:
    """End lines with CR, CRLF, LF or a mix; put form feeds and Unicode line ends into cells."""
    ways = [["\r"], ["\r\n"], ["\r\n", "\n"], ["\r", "\n"], ["\r", "\r\n", "\n"], ["\n\n"]]
    ends = ways[rng.integers(0, len(ways))]
    cells = [list(row) for row in source.cells]
    for r, c in _change(rng, cells, int(rng.integers(0, 3))):
        cells[r][c] += ["\x0b", "\x0c", "\u2028", "\x85", "\u2029", " "][rng.integers(0, 6)]
    content = "".join(text([row]).rstrip("\n") + ends[rng.integers(0, len(ends))] for row in cells)
    return _draft(content, source)


def blank_rows(rng: Rng, source: Source) -> Draft:
    """Put blank lines, lines of delimiters and blank columns in, few or very many."""
    body = [list(row) for row in source.body]
    filler: list[list[str]] = [[""] * len(body[0]), [""], [" "] * len(body[0])]
    many = 200_000 if rng.random() < 0.1 else int(rng.integers(1, 30))
    at = int(rng.integers(0, len(body) + 1))
    between = text([filler[rng.integers(0, 2 if many > 30 else 3)]]) * many
    more = ["", ""] if rng.random() < 0.3 else []
    cells = [[*row, *more] for row in source.cells]
    at += source.head
    content = text(cells[:at]) + between + text(cells[at:])
    rows = rows_of(source.body, source)
    return Draft(content.encode(), ".csv", dict(source.settings), rows)


def no_table(rng: Rng, source: Source) -> Draft:
    """Put something else under a table's name."""
    content = text(source.cells).encode()
    others = [
        b"<!DOCTYPE html><table><tr><td>" + content + b"</td></tr></table>",
        b'{"data": [1, 2, 3], "x": "' + content[:200].replace(b"\n", b" ") + b'"}',
        b"{\\rtf1\\ansi " + content + b"}",
        b"%PDF-1.4\n" + rng.bytes(3000),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + rng.bytes(3000),
        b"PK\x03\x04" + rng.bytes(3000),
        b"PAR1" + rng.bytes(3000) + b"PAR1",
        b"\x1f\x8b\x08" + rng.bytes(3000),
        rng.bytes(int(rng.integers(1, 4000))),
        bytes(int(rng.integers(1, 4000))),
        b"Rar!\x1a\x07" + rng.bytes(500),
        b"7z\xbc\xaf\x27\x1c" + rng.bytes(500),
        b"," * int(rng.integers(1, 100_000)),
        b'"' * int(rng.integers(1, 1000)),
        b"\n" * int(rng.integers(1, 100_000)),
        b"sep=;\n" + content,
        b"sep=",
        b"a,b",
    ]
    return Draft(others[rng.integers(0, len(others))], ".csv", dict(source.settings))


KINDS = {
    "lines cut": cut_lines,
    "text cut at any byte": cut_bytes,
    "bytes flipped": flipped_bytes,
    "pieces pasted": repeated_pieces,
    "mixed delimiters": mixed_delimiters,
    "decimal commas": decimal_commas,
    "thousands separators": thousands,
    "stray quotes": stray_quotes,
    "encodings": encodings,
    "odd bytes": odd_bytes,
    "line ends": line_ends,
    "blank rows": blank_rows,
    "no table at all": no_table,
}
