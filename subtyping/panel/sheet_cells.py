"""The cells of one sheet, taken from the events of an XML parser."""

import datetime as dt
from dataclasses import dataclass, field

__all__ = ["BrokenWorkbookError", "CellReader", "SheetCells"]

MOST_CELLS = 2_000_000
LAST_ROW, LAST_COLUMN, LONGEST = 1_048_576, 16_384, 32_767
MOST_LETTERS = 3
EXACT = 1e18  # a longer number has lost its last digits in the spreadsheet


class BrokenWorkbookError(ValueError):
    """A part of a workbook contradicts the format."""


@dataclass
class SheetCells:
    """What stands on one sheet.

    Attributes
    ----------
    title : str
        Its name.
    is_hidden : bool
        Whether the spreadsheet hides it.
    cells : dict
        Filled cells by row, then by column, both counted from 0.
    merged : list of str
        Areas of merged cells, such as ``A2:A3``.
    unstored : list of str
        Cells with a formula whose result the file does not hold, such as ``B2``.
    """

    title: str
    is_hidden: bool
    cells: dict[int, dict[int, object]] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    unstored: list[str] = field(default_factory=list)


class CellReader:
    """Fills a sheet from the events of an XML parser: `start`, `text` and `end` are its handlers.

    Parameters
    ----------
    sheet : SheetCells
        What is filled.
    words : list of str
        Texts that cells refer to by number.
    dates : set of str
        Numbers of the cell styles that show a number as a date.
    epoch : datetime.datetime
        Day that dates count from.

    Examples
    --------
    >>> sheet = SheetCells("Sheet1", is_hidden=False)
    >>> reader = CellReader(sheet, [], set(), dt.datetime(1899, 12, 30))
    >>> for name, attributes in (("row", {"r": "1"}), ("c", {"r": "B1"}), ("v", {})):
    ...     reader.start(name, attributes)
    >>> reader.text("1.5")
    >>> for name in ("v", "c"):
    ...     reader.end(name)
    >>> sheet.cells
    {0: {1: 1.5}}
    """

    def __init__(
        self, sheet: SheetCells, words: list[str], dates: set[str], epoch: dt.datetime
    ) -> None:
        self.sheet, self.words, self.dates, self.epoch = sheet, words, dates, epoch
        self.row, self.column, self.n_cells = -1, -1, 0
        self.current: dict[int, object] = {}
        self.columns: dict[str, int] = {}
        self.cell: dict[str, str] = {}
        self.pieces: list[str] = []
        self.reads = self.phonetic = self.has_formula = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if name == "c":
            self.cell, self.pieces, self.has_formula = attributes, [], False
        elif name in ("v", "t"):
            self.reads = not self.phonetic
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            self.begin_row(attributes.get("r"))
        elif name == "rPh":
            self.phonetic = True
        elif name == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))

    def text(self, piece: str) -> None:
        """Take a piece of text."""
        if self.reads:
            self.pieces.append(piece)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name in ("v", "t"):
            self.reads = False
        elif name == "c":
            self.end_cell()
        elif name == "rPh":
            self.phonetic = False

    def begin_row(self, number: str | None) -> None:
        """Begin a row, which must be possible and new."""
        self.row = self.row + 1 if number is None else int(number) - 1
        if not 0 <= self.row < LAST_ROW or self.row in self.sheet.cells:
            message = f"row {self.row + 1} is impossible or there twice"
            raise BrokenWorkbookError(message)
        self.current, self.column = {}, -1

    def end_cell(self) -> None:
        """Keep the cell that ends here, unless it is blank."""
        place = self.cell.get("r")
        self.column = self.column + 1 if place is None else self.column_of(place)
        value = self.value_of("".join(self.pieces))
        if value is None:
            return
        if self.column in self.current or not 0 <= self.column < LAST_COLUMN or self.row < 0:
            message = f"cell {place} is impossible or there twice"
            raise BrokenWorkbookError(message)
        self.n_cells += 1
        if self.n_cells > MOST_CELLS:
            message = f"more than {MOST_CELLS:,} cells are filled"
            raise BrokenWorkbookError(message)
        if not self.current:
            self.sheet.cells[self.row] = self.current
        self.current[self.column] = value

    def column_of(self, place: str) -> int:
        """Return the column of a place such as ``AB12``, which must be in this row."""
        letters = place.rstrip("0123456789")
        if place[len(letters) :] != str(self.row + 1):
            message = f"cell {place} stands in row {self.row + 1}"
            raise BrokenWorkbookError(message)
        if letters not in self.columns:
            if not (letters.isascii() and letters.isalpha() and len(letters) <= MOST_LETTERS):
                message = f"cell {place} is nowhere"
                raise BrokenWorkbookError(message)
            number = 0
            for letter in letters.upper():
                number = number * 26 + ord(letter) - 64
            self.columns[letters] = number - 1
        return self.columns[letters]

    def value_of(self, text: str) -> object:
        """Return what a cell holds; a formula without a result is noted."""
        kind = self.cell.get("t", "n")
        if not text.strip():
            if self.has_formula and kind != "str":
                self.sheet.unstored.append(self.cell.get("r", "?"))
            return None
        if kind == "n":
            return self.number_of(text)
        if kind == "s":
            number = int(text)
            if not 0 <= number < len(self.words):
                message = f"there is no text {number}"
                raise BrokenWorkbookError(message)
            return self.word_of(self.words[number])
        if kind in ("str", "inlineStr", "e"):
            return self.word_of(text)
        if kind == "b":
            return text.strip() in ("1", "true")
        if kind == "d":
            return dt.datetime.fromisoformat(text.strip())
        message = f"{kind!r} is no kind of cell"
        raise BrokenWorkbookError(message)

    def word_of(self, text: str) -> str | None:
        """Return a text, None if blank."""
        if len(text) > LONGEST:
            message = f"cell {self.cell.get('r')} holds {len(text):,} characters"
            raise BrokenWorkbookError(message)
        return text if text.strip() else None

    def number_of(self, text: str) -> object:
        """Return a number, or the date it stands for."""
        number = float(text)
        if self.cell.get("s") in self.dates and self.dates:
            from openpyxl.utils.datetime import from_excel

            try:
                return from_excel(number, self.epoch)
            except (OverflowError, ValueError):
                return "#VALUE!"
        is_whole = text.strip().lstrip("+-").isdecimal()
        return int(text) if is_whole and abs(number) < EXACT else number
