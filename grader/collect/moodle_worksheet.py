"""Moodle's grading worksheet beside its zip: who each participant is, and when they handed in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path

from babel.dates import get_month_names

from grader.collect.collected import name_student
from grader.course.roster import Roster
from grader.errors import UserError
from grader.files.csv_columns import ADDRESS, NAME, find_column, find_headed
from grader.files.csv_file import parse_csv, read_text
from grader.files.name_matching import fold_name

_PARTICIPANT = re.compile(r"\D+ ?(\d+)")
_MODIFIED = ("last modified (submission)", "última modificación (entrega)", "zuletzt geändert (abgabe)")
_LANGUAGES = ("en", "es", "de", "fr", "pt", "it")
_TIME = re.compile(
    r"(?P<day>\d{1,2})\.? (?:de )?(?P<month>[^\W\d]+)\.? (?:de )?(?P<year>\d{4}),? +(?:a las )?"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[ap]\.? ?m\.?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Participant:
    """One row: the student and the time, where the worksheet has them."""

    student: str
    received: datetime | None


@dataclass(frozen=True)
class Worksheet:
    """participant's number -> who it is"""

    participants: Mapping[str, Participant]


def read_worksheet(path: Path, roster: Roster | None, zone: tzinfo) -> Worksheet | None:
    """The worksheet in a CSV file; None where the file is another table.

    Moodle writes times in the reader's own zone: they are read in the course's.
    """
    table = parse_csv(read_text(path), str(path))
    numbers = [_PARTICIPANT.fullmatch(row.cell(0).strip()) for row in table.rows]
    if not numbers or not all(numbers) or not find_headed(table, _MODIFIED):
        return None
    (modified,) = find_headed(table, _MODIFIED)[:1]
    name, address = find_column(table, NAME), find_column(table, ADDRESS)
    found = {}
    for row, number in zip(table.rows, numbers, strict=True):
        called = [row.cell(place).strip() for place in (address, name) if place is not None]
        known = roster.find(*called) if roster is not None else None
        student = known or next((name_student(one) for one in reversed(called) if one), "")
        told = row.cell(modified).strip()
        received = read_moodle_time(told, zone) if told.strip("-– ") else None
        if received is None and told.strip("-– "):
            raise UserError(
                f"`{told}` is not a time that the grader can read",
                where=table.place(row),
                remedy="Switch Moodle to English or Spanish, and download the worksheet again.",
            )
        assert number is not None
        found[number[1]] = Participant(student, received)
    return Worksheet(found)


def read_moodle_time(text: str, zone: tzinfo) -> datetime | None:
    """A time as Moodle writes it; None where it is none.

    >>> from datetime import UTC
    >>> read_moodle_time("Sunday, 11 August 2024, 2:59 AM", UTC).isoformat()
    '2024-08-11T02:59:00+00:00'
    >>> read_moodle_time("domingo, 11 de agosto de 2024, 14:59", UTC).isoformat()
    '2024-08-11T14:59:00+00:00'
    """
    found = _TIME.search(text)
    month = _months().get(fold_name(found["month"])) if found else None
    if found is None or month is None:
        return None
    hour = int(found["hour"])
    if half := found["half"]:
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    try:
        second = int(found["second"] or 0)
        moment = datetime(int(found["year"]), month, int(found["day"]), hour, int(found["minute"]), second)
    except ValueError:
        return None
    return moment.replace(tzinfo=zone)


@cache
def _months() -> dict[str, int]:
    """A month's name, folded, in each of the languages -> its number."""
    return {
        fold_name(name): number
        for language in _LANGUAGES
        for width in ("abbreviated", "wide")
        for number, name in get_month_names(width, locale=language).items()
    }
