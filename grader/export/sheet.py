"""A CSV file of another system, in which some cells are filled and every other character stays as it came."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.collect.roster import Roster
from grader.errors import UserError
from grader.exam.wording import fold_words
from grader.export.spreadsheet import harmless


@dataclass(frozen=True)
class Cell:
    """What a cell says, and where it stands in the text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sheet:
    """A CSV file, cell by cell."""

    where: str
    text: str
    delimiter: str
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def head(self) -> list[str]:
        return [cell.text.strip() for cell in self.rows[0]]

    def fill(self, cells: Mapping[tuple[int, int], str]) -> str:
        """The text with other contents in some cells, by row and column."""
        text = self.text
        for (row, column), content in sorted(cells.items(), reverse=True):
            cell = self.rows[row][column]
            text = text[: cell.start] + _quote(content, self.delimiter) + text[cell.end :]
        return text


@dataclass(frozen=True)
class Filled:
    """A filled sheet, and whom it could not tell of."""

    text: str
    filled: tuple[str, ...]
    waiting: tuple[str, ...]
    """Points wait for a person: their cells are as they were."""
    unknown: tuple[str, ...]
    """No row of the sheet is theirs, or more than one could be."""


def read_sheet(content: bytes, where: str) -> Sheet:
    """The file as it was downloaded."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError("this is not UTF-8 text", where=where, remedy="Download it again, as CSV.") from error
    first = text.lstrip("\ufeff").partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = tuple(_read_rows(text, delimiter))
    if len(rows) < 2:
        raise UserError("this table has no rows", where=where, remedy="Download it again, as CSV.")
    return Sheet(where, text, delimiter, rows)


def _read_rows(text: str, delimiter: str) -> Iterator[tuple[Cell, ...]]:
    """Every record that is not blank; a quoted cell may hold delimiters, line breaks and doubled quotes."""
    pattern = re.compile(rf'("(?:[^"]|"")*"|[^{delimiter}\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    row: list[Cell] = []
    for found in pattern.finditer(text, 1 if text.startswith("\ufeff") else 0):
        raw = found[1]
        quoted = len(raw) > 1 and raw[0] == raw[-1] == '"'
        row.append(Cell(raw[1:-1].replace('""', '"') if quoted else raw, found.start(1), found.end(1)))
        if found[2] != delimiter:
            if any(cell.text for cell in row):
                yield tuple(row)
            row = []


def _quote(content: str, delimiter: str) -> str:
    safe = str(harmless(content))
    return f'"{safe.replace(chr(34), chr(34) * 2)}"' if re.search(f'[{delimiter}"\r\n]', safe) else safe


def find_column(sheet: Sheet, names: Collection[str], remedy: str) -> int:
    """The only column with one of these names, in whatever case."""
    known = {fold_words(name) for name in names}
    found = [place for place, name in enumerate(sheet.head) if fold_words(name) in known]
    if len(found) != 1:
        told = "no column" if not found else "more than one column"
        raise UserError(
            f"{told} is called {' or '.join(f'`{name}`' for name in names)}", where=f"{sheet.where}:1", remedy=remedy
        )
    return found[0]


def match_rows(called: Mapping[int, Sequence[str]], students: Collection[str], roster: Roster | None) -> dict[str, int]:
    """student -> row, where exactly one row is called as the student is; the roster knows other names of theirs."""
    known = {fold_words(student): student for student in students}
    rows: dict[str, list[int]] = {}
    for row, names in called.items():
        given = [name.strip() for name in names if name.strip()]
        found = roster.find(*given) if roster is not None else None
        locals_ = [name.partition("@")[0] for name in given if "@" in name]
        found = found or next(
            (known[fold_words(name)] for name in (*given, *locals_) if fold_words(name) in known), None
        )
        if found in students and found is not None:
            rows.setdefault(found, []).append(row)
    return {student: places[0] for student, places in rows.items() if len(places) == 1}


def scale(points: float, possible: float, most: float | None, *, rescale: bool, where: str) -> float:
    """The points in the other system's measure; two measures are mixed only where that was asked for."""
    if most is None or abs(most - possible) < 1e-9:
        return points
    if not rescale:
        raise UserError(
            f"the assignment has {possible:g} points here, but {most:g} there",
            where=where,
            remedy="Change one of them; or say --rescale, and each grade is converted.",
        )
    return points * most / possible


def read_number(text: str) -> float | None:
    """A number as a table writes it, with a comma or a point."""
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
