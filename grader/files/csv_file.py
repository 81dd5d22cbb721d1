"""A table that users bring, as spreadsheets, forms and quiz systems write it: encoding, delimiter, numbered rows."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import MissingFileError, UserError

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_ENCODINGS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .ods begin, and .xls."""
_NO_FIT = (False, False, 0, 0)


@dataclass(frozen=True)
class CsvRow:
    """A row with something in it."""

    number: int
    """As a spreadsheet numbers it: empty rows count, and a row with line breaks in its cells is one."""
    cells: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    """Where in the text each cell begins and ends, with its quotation marks."""

    def cell(self, *places: int | None) -> str:
        """What cells say, a space between them and accents in their one form; nothing where there is no such cell."""
        said = (self.cells[place].strip() for place in places if place is not None and place < len(self.cells))
        return unicodedata.normalize("NFC", " ".join(filter(None, said)))


@dataclass(frozen=True)
class CsvTable:
    """A table: the row that names its columns, and the rows below it."""

    where: str
    text: str
    delimiter: str
    head: CsvRow
    rows: tuple[CsvRow, ...]

    def place(self, row: CsvRow) -> str:
        """The file and the row, as messages name them."""
        return f"{self.where}:{row.number}"

    def tell_width(self, row: CsvRow) -> str:
        """That a row is not as wide as the head."""
        cells = len(row.cells)
        return f"this row has {cells} {'cell' if cells == 1 else 'cells'}, but the head has {len(self.head.cells)}"

    def refuse_longer_rows(self) -> None:
        """A UserError where something stands beyond the last column: a comma without its quotation marks, mostly."""
        width = len(self.head.cells)
        for row in self.rows:
            if any(cell.strip() for cell in row.cells[width:]):
                remedy = f"Put quotation marks round a cell that has a {DELIMITERS[self.delimiter]} in it."
                raise UserError(self.tell_width(row), where=self.place(row), remedy=remedy)


def read_csv(path: Path) -> CsvTable:
    """The table in a CSV file; a UserError where there is none."""
    return parse_csv(read_text(path), str(path))


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 or, where it says so, UTF-16; a byte order mark stays at its beginning."""
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        remedy = "Check its name and its folder."
        raise MissingFileError("there is no such file", where=str(path), remedy=remedy) from error
    except OSError as error:
        remedy = "Name a file." if isinstance(error, IsADirectoryError) else "Give yourself the right to read it."
        raise UserError(f"this cannot be read: {error.strerror}", where=str(path), remedy=remedy) from error
    if content.startswith(_WORKBOOKS):
        remedy = "In the spreadsheet, save it as CSV in UTF-8."
        raise UserError("this is a spreadsheet's own file, not text", where=str(path), remedy=remedy)
    encoding = _ENCODINGS.get(content[:2], "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        text = content[: error.start].decode(encoding) + "\0"
    wrong = text.find("\0")  # also what UTF-16 that does not say so looks like
    if wrong < 0:
        return text
    line = text.count("\n", 0, wrong) + 1
    remedy = "Save it again in UTF-8; a spreadsheet calls that “CSV UTF-8”."
    told = "UTF-8" if encoding == "utf-8" else "UTF-16"
    raise UserError(f"this is not {told} text", where=f"{path}:{line}", remedy=remedy)


def parse_csv(text: str, where: str) -> CsvTable:
    """The table in a text, with the delimiter that fits best; a UserError where there is none."""
    parsed = {delimiter: _parse(text, delimiter) for delimiter in DELIMITERS}
    tables = {delimiter: rows for delimiter, rows in parsed.items() if not isinstance(rows, int)}
    best = max(map(_fit, tables.values()), default=_NO_FIT)
    broken = [number for number in parsed.values() if isinstance(number, int)]
    if broken and not best[0]:
        raise UserError(
            "this is not CSV: a quotation mark opens a cell and does not close it",
            where=f"{where}:{max(broken)}",
            remedy="Close it, and double those inside the cell; or export the file again.",
        )
    fitting = [delimiter for delimiter, rows in tables.items() if _fit(rows) == best]
    rows = tables[fitting[0]]
    if not rows:
        raise UserError("the file is empty", where=where, remedy="Its first row names the columns.")
    for other in fitting[1:]:
        if [row.cells for row in tables[other]] != [row.cells for row in rows]:
            raise UserError(
                f"{DELIMITERS[fitting[0]]}s or {DELIMITERS[other]}s could separate the cells",
                where=where,
                remedy="Export it again with quotation marks round every text, or with tabs.",
            )
    return CsvTable(where, text, fitting[0], rows[0], rows[1:])


def _parse(text: str, delimiter: str) -> tuple[CsvRow, ...] | int:
    """The rows with this delimiter; where quotation marks say that it is another, the number of the row that does."""
    pattern = re.compile(rf'(?: *+"((?:[^"]++|"")*+)" *+|([^{delimiter}\r\n]*+))({delimiter}|\r\n|\r|\n|\Z)')
    rows: list[CsvRow] = []
    cells: list[str] = []
    spans: list[tuple[int, int]] = []
    number = 1
    for found in pattern.finditer(text, 1 if text.startswith("\ufeff") else 0):
        quoted, plain, end = found.groups()
        if quoted is None and plain.startswith('"'):
            return number
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        spans.append((found.start(), found.start(3)))
        if end != delimiter:
            if any(cell.strip() for cell in cells):
                rows.append(CsvRow(number, tuple(cells), tuple(spans)))
            cells, spans, number = [], [], number + 1
    return tuple(rows)


def _fit(rows: Sequence[CsvRow]) -> tuple[bool, bool, int, int]:
    """How well a delimiter fits: it makes columns, is followed by no space in the head, and makes rows as long as that.

    One column alone is a table, too, whose cells hold no delimiter.
    """
    if not rows:
        return _NO_FIT
    head = rows[0].cells
    prose = any(cell.startswith(" ") for cell in head[1:])
    return (len(head) > 1, not prose, sum(len(row.cells) == len(head) for row in rows), len(head))
