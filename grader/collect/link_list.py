"""A list of links: a text file with one a line, or a CSV file such as the answers of a Google form."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

from grader.collect.collected import name_student
from grader.collect.links import find_links
from grader.collect.roster import Roster, fold_name
from grader.errors import UserError

_TIME_HEADS = {fold_name(head) for head in ("timestamp", "marca temporal", "sent", "submitted at", "fecha")}
_STUDENT_HEADS = tuple(
    fold_name(head)
    for head in (
        *("student", "estudiante", "email address", "dirección de correo electrónico", "email", "correo electrónico"),
        *("username", "nombre de usuario", "name", "nombre", "full name", "nombre y apellido"),
    )
)
_FORMS_TIME = re.compile(
    r"(?P<a>\d{1,4})[/.-](?P<b>\d{1,2})[/.-](?P<c>\d{1,4}),? +(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?\s*(?:(?:GMT|UTC)?(?P<offset>[+-]\d{1,2}(?::?\d\d)?))?$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Row:
    """One line of a list: who it is from, the links in it, and when it was written where that is told."""

    student: str
    """Empty where nobody knows whose it is."""
    called: str
    links: tuple[str, ...]
    sent: datetime | None
    place: str


def read_link_list(path: Path, roster: Roster | None, zone: tzinfo) -> list[Row]:
    """Every row that says something."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the list cannot be read: {error}", where=str(path), remedy="Save it as UTF-8.") from error
    rows = _read_table(path, text, roster, zone) if path.suffix.lower() in (".csv", ".tsv") else None
    if rows is None:
        rows = _read_lines(path, text, roster)
    if not any(row.links for row in rows):
        raise UserError(
            "there is no link in it",
            where=str(path),
            remedy="One a line: ana https://colab.research.google.com/drive/…",
        )
    return rows


def _read_lines(path: Path, text: str, roster: Roster | None) -> list[Row]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        links = find_links(line)
        called = re.split(r"https?://|(?:colab|drive|docs)\.", line, maxsplit=1)[0].strip(" \t,;:=")
        if line.strip() and not line.lstrip().startswith("#"):
            student = _student_of(called, roster)
            found.append(Row(student, called or f"line {number}", tuple(links), None, f"{path.name}:{number}"))
    return found


def _read_table(path: Path, text: str, roster: Roster | None, zone: tzinfo) -> list[Row] | None:
    """The rows below a head that names a column of students; None where there is no such head."""
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    head, *records = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)] or [[]]
    folded = [fold_name(cell) for cell in head]
    columns = [folded.index(name) for name in _STUDENT_HEADS if name in folded]
    if not columns:
        return None
    times = next((place for place, name in enumerate(folded) if name in _TIME_HEADS), None)
    day_first = _is_day_first([cells[times] for cells in records if times is not None and times < len(cells)])
    found = []
    for number, cells in enumerate(records, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        called = [cells[place].strip() for place in columns if place < len(cells) and cells[place].strip()]
        student = next(filter(None, (_student_of(name, roster) for name in called)), "")
        sent = read_time(cells[times], zone, day_first) if times is not None and times < len(cells) else None
        links = tuple(link for cell in cells for link in find_links(cell))
        found.append(Row(student, called[0] if called else f"row {number}", links, sent, f"{path.name}:{number}"))
    return found


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
