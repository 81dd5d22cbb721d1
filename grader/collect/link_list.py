"""A list of links: a text file with one a line, or a CSV file such as the answers of a Google form."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

from grader.collect.collected import name_student
from grader.collect.links import find_links
from grader.course.roster import Roster
from grader.errors import UserError
from grader.files.csv_columns import (
    ADDRESS,
    ID,
    NAME,
    NUMBERS,
    STUDENT,
    TIME,
    USERNAME,
    find_column,
    find_halves_of_name,
    find_headed,
)
from grader.files.csv_file import DELIMITERS, CsvRow, CsvTable, parse_csv, read_text
from grader.files.name_matching import fold_name

_NAMES = tuple(head for group in NAME.groups for head in group)
_WHOSE = (*STUDENT.groups[:2], *ADDRESS.groups, USERNAME, _NAMES, NUMBERS, ID)
"""Heads that say whose a row is, the surest first."""
_HEADS = {fold_name(head) for group in (*_WHOSE, *TIME.groups) for head in group}
_BEFORE_LINK = re.compile(r"https?://|(?:colab|drive|docs)\.")
_FORMS_TIME = re.compile(
    r"(?P<a>\d{1,4})[/.-](?P<b>\d{1,2})[/.-](?P<c>\d{1,4}),? +(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?\s*(?:(?:GMT|UTC)?(?P<offset>[+-]\d{1,2}(?::?\d\d)?))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class LinkRow:
    """One line of a list: who it is from, the links in it, and when it was written where that is told."""

    student: str
    """Empty where nobody knows whose it is."""
    called: str
    links: tuple[str, ...]
    sent: datetime | None
    place: str


def read_link_list(path: Path, roster: Roster | None, zone: tzinfo) -> list[LinkRow]:
    """Every row that says something."""
    text = read_text(path)
    rows = _read_table(path, text, roster, zone) if _has_head(text) else None
    if rows is None:
        rows = _read_lines(path, text, roster)
    if not any(row.links for row in rows):
        raise UserError(
            "there is no link in it",
            where=str(path),
            remedy="One a line: ana https://colab.research.google.com/drive/…",
        )
    return rows


def _read_lines(path: Path, text: str, roster: Roster | None) -> list[LinkRow]:
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        links = find_links(line)
        called = _before_link(line)
        if line.strip() and not line.lstrip().startswith("#"):
            student = _student_of(called, roster)
            found.append(LinkRow(student, called or f"line {number}", tuple(links), None, f"{path.name}:{number}"))
    return found


def _before_link(text: str) -> str:
    return _BEFORE_LINK.split(text, maxsplit=1)[0].strip(' \t,;:="')


def _has_head(text: str) -> bool:
    """Whether a list begins like a table: told before it is read as one, since lines need not be CSV."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    cells = re.split(f"[{''.join(DELIMITERS)}]", first)
    return len(cells) > 1 and any(fold_name(cell) in _HEADS for cell in cells)


def _read_table(path: Path, text: str, roster: Roster | None, zone: tzinfo) -> list[LinkRow] | None:
    """The rows below a head that names a column of students; None where there is no such head."""
    table = parse_csv(text, str(path))
    whose = _find_whose(table)
    if not whose:
        return None
    times = find_column(table, TIME)
    day_first = _is_day_first([row.cell(times) for row in table.rows])
    found = []
    for row in table.rows:
        student, called = _tell_whose(table, row, whose, roster)
        links = tuple(link for cell in row.cells for link in find_links(cell))
        sent = read_time(row.cell(times), zone, day_first)
        found.append(LinkRow(student, called or f"row {row.number}", links, sent, f"{path.name}:{row.number}"))
    return found


def _find_whose(table: CsvTable) -> list[list[tuple[int, ...]]]:
    """The columns that say whose a row is, the surest group first; a name may stand in two of them."""
    groups: list[list[tuple[int, ...]]] = [[(place,) for place in find_headed(table, names)] for names in _WHOSE]
    if halves := find_halves_of_name(table):
        groups[_WHOSE.index(_NAMES)] = [halves]
    return [group for group in groups if group]


def _tell_whose(
    table: CsvTable, row: CsvRow, whose: Sequence[Sequence[tuple[int, ...]]], roster: Roster | None
) -> tuple[str, str]:
    """The student of a row, and what they are called there; a UserError where two columns that are as sure differ."""
    known_as = ""
    for group in whose:
        students: dict[str, tuple[str, str]] = {}
        for places in group:
            called = _before_link(row.cell(*places))
            known_as = known_as or called
            if student := _student_of(called, roster):
                students.setdefault(fold_name(student), (student, table.head.cell(*places)))
        if len(students) > 1:
            (one, by), (other, also) = list(students.values())[:2]
            raise UserError(
                f"this row is from `{one}` by its column `{by}`, but from `{other}` by `{also}`",
                where=table.place(row),
                remedy="Name the right column `student`.",
            )
        if students:
            return next(iter(students.values()))[0], known_as
    return "", known_as


def _student_of(called: str, roster: Roster | None) -> str:
    if roster is not None:
        return roster.find(called) or ""
    return name_student(called)


def _is_day_first(times: Sequence[str]) -> bool | None:
    """Whether 3/4/2024 is in April, told from the other rows; None where they do not tell."""
    pairs = [(int(found["a"]), int(found["b"])) for text in times if (found := _FORMS_TIME.match(text.strip()))]
    if any(12 < first <= 31 for first, _ in pairs):
        return True
    return False if any(second > 12 for _, second in pairs) else None


def read_time(text: str, zone: tzinfo, day_first: bool | None) -> datetime | None:
    """A time as Google Forms and Sheets write it; None where it can be read in two ways.

    >>> from datetime import UTC
    >>> read_time("2024/08/10 11:59:03 PM GMT-3", UTC, None).isoformat()
    '2024-08-10T23:59:03-03:00'
    >>> read_time("13/08/2024 23:59:03", UTC, True).isoformat()
    '2024-08-13T23:59:03+00:00'
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except ValueError:
        found = _FORMS_TIME.match(text.strip())
    if found is None:
        return None
    first, second, third = int(found["a"]), int(found["b"]), int(found["c"])
    if first > 31:
        year, month, day = first, second, third
    elif day_first is None and first != second:
        return None
    else:
        year, (month, day) = third, (second, first) if day_first else (first, second)
    hour = int(found["hour"])
    if half := found["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    try:
        moment = datetime(year, month, day, hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError:
        return None
    return moment.replace(tzinfo=_read_offset(found["offset"]) or zone)


def _read_offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
