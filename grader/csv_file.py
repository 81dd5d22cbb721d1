"""Opens a CSV file as spreadsheets and quiz systems write it: encoding, delimiter, and rows with their numbers."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError

DELIMITERS = ",;\t"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class CsvRow:
    """A row with something in it."""

    number: int
    """As a spreadsheet numbers it: empty rows count, and a row with line breaks in its cells is one."""
    cells: tuple[str, ...]


def read_csv(path: Path) -> tuple[CsvRow, ...]:
    """The rows of a CSV file that are not empty, the head first; there is at least that."""
    text = _decode(path)
    tables = [table for delimiter in DELIMITERS if (table := _parse(text, delimiter)) is not None]
    rows = max(tables, key=_fit, default=())
    if len(tables) < len(DELIMITERS) and _fit(rows) <= (0, 1):
        remedy = "A quotation mark is opened and not closed as CSV wants it: export the file again."
        raise UserError("this is not CSV", where=str(path), remedy=remedy)
    if not rows:
        raise UserError("the file is empty", where=str(path))
    return rows


def _decode(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"this cannot be read: {error.strerror}", where=str(path)) from error
    try:
        text = content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:  # what UTF-16 that does not say so looks like
        remedy = "Export it again as CSV in UTF-8; a spreadsheet calls that “CSV UTF-8”."
        raise UserError("this is not UTF-8 text", where=str(path), remedy=remedy)
    return text


def _parse(text: str, delimiter: str) -> tuple[CsvRow, ...] | None:
    """The rows with this delimiter; None where the quotation marks say that it is another."""
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return tuple(CsvRow(number, tuple(cells)) for number, cells in enumerate(records, start=1) if any(cells))
    except csv.Error:
        return None


def _fit(rows: Sequence[CsvRow]) -> tuple[int, int]:
    """How well a delimiter fits: rows as long as the head, then cells in it; one column alone is no table."""
    width = len(rows[0].cells) if rows else 0
    return (sum(len(row.cells) == width for row in rows) if width > 1 else 0, width)
