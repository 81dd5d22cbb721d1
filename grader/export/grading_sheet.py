"""A CSV file of another system, in which some cells are filled and every other character stays as it came."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.roster import Roster
from grader.errors import UserError
from grader.exam.wording import fold_words
from grader.files.csv_file import CsvTable, read_csv
from grader.files.spreadsheet import harmless


@dataclass(frozen=True)
class Filled:
    """A filled sheet, and whom it could not tell of."""

    text: str
    filled: tuple[str, ...]
    waiting: tuple[str, ...]
    """Points wait for a person: their cells are as they were."""
    unknown: tuple[str, ...]
    """No row of the sheet is theirs, or more than one could be."""


def read_sheet(path: Path) -> CsvTable:
    """The file as it was downloaded."""
    table = read_csv(path)
    if not table.rows:
        raise UserError("this table has no rows", where=table.where, remedy="Download it again, as CSV.")
    return table


def fill(table: CsvTable, cells: Mapping[tuple[int, int], str]) -> str:
    """The text with other contents in some cells, by the row below the head and the column."""
    text = table.text
    for (row, column), content in sorted(cells.items(), reverse=True):
        spans = table.rows[row].spans
        if column >= len(spans):
            where = table.place(table.rows[row])
            raise UserError(table.tell_width(table.rows[row]), where=where, remedy="Download it again, as CSV.")
        start, end = spans[column]
        text = text[:start] + _quote(content, table.delimiter) + text[end:]
    return text


def _quote(content: str, delimiter: str) -> str:
    safe = str(harmless(content))
    return f'"{safe.replace(chr(34), chr(34) * 2)}"' if re.search(f'[{delimiter}"\r\n]', safe) else safe


def find_column(table: CsvTable, names: Collection[str], remedy: str) -> int:
    """The only column with one of these names, in whatever case."""
    known = {fold_words(name) for name in names}
    found = [place for place, name in enumerate(table.head.cells) if fold_words(name) in known]
    if len(found) != 1:
        told = "no column" if not found else "more than one column"
        raise UserError(
            f"{told} is called {' or '.join(f'`{name}`' for name in names)}",
            where=table.place(table.head),
            remedy=remedy,
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
    if not possible:
        raise UserError(
            f"the assignment has no points here, but {most:g} there",
            where=where,
            remedy="Give a criterion of its rubric points, or change the column there.",
        )
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
