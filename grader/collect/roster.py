"""The roster: who the students are, and which addresses are theirs. It holds names: keep it out of version control."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError

_REMEDY = "The head is `student,name,addresses`; several addresses stand in one cell, with blanks between them."


@dataclass(frozen=True)
class Roster:
    """The students of a course, and what each is called elsewhere."""

    names: Mapping[str, str]
    """student -> full name, or an empty text"""
    students: Mapping[str, str]
    """folded address, name or student -> student"""
    addresses: Mapping[str, str]
    """student -> the address to write to, or an empty text"""

    def find(self, *called: str) -> str | None:
        """The student that is called one of these: an address, a full name, or the name in the roster."""
        found = (self.students.get(fold_address(name) if "@" in name else fold_name(name)) for name in called if name)
        return next((student for student in found if student), None)


def read_roster(path: Path) -> Roster:
    """The roster in a CSV file: `student,name,addresses`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UserError(
            "the roster that course.toml names is not there",
            where=str(path),
            remedy=f"Write one there. {_REMEDY}",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"the roster cannot be read: {error}", where=str(path), remedy="Save it as UTF-8.") from error
    rows = csv.DictReader(io.StringIO(text, newline=""), restkey="extra")
    if not {"student", "addresses"} <= set(rows.fieldnames or ()):
        raise UserError("the roster has no head that names its columns", where=f"{path}:1", remedy=_REMEDY)
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    known: dict[str, str] = {}
    for row in rows:
        student = unicodedata.normalize("NFC", (row["student"] or "").strip())
        if not student:
            continue
        where = f"{path}:{rows.line_num}"
        if student in names:
            raise UserError(f"`{student}` stands twice in the roster", where=where, remedy="Put both into one row.")
        own = re.split(r"[\s;,]+", (row["addresses"] or "").strip())
        names[student] = (row.get("name") or "").strip()
        addresses[student] = own[0]
        for called in dict.fromkeys(key for key in (*map(fold_address, own), fold_name(student)) if key):
            other = known.setdefault(called, student)
            if other != student:
                raise UserError(
                    f"{called} belongs to both `{other}` and `{student}`",
                    where=where,
                    remedy="Which of them it is, is not ours to guess: take it out of one row.",
                )
    return Roster(names, {**_by_name(names), **known}, addresses)


def fold_address(address: str) -> str:
    """The one form of an address: gmail.com ignores dots and what follows a plus, other hosts do not."""
    local, _, host = address.strip().casefold().rpartition("@")
    if host in ("gmail.com", "googlemail.com"):
        local, host = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{host}" if local else host


def fold_name(name: str) -> str:
    """A name without case, accents and what is between its letters; words in any order are the same name.

    >>> fold_name("Pérez, Ana María") == fold_name("ana maria perez")
    True
    """
    return " ".join(sorted(split_name(name)))


def split_name(name: str) -> list[str]:
    """The words of a name, small and without accents.

    >>> split_name("Pérez-Gil, Ana")
    ['perez', 'gil', 'ana']
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter)))


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    """folded full name -> student, where only one student is called so."""
    called: dict[str, list[str]] = {}
    for student, name in names.items():
        called.setdefault(fold_name(name), []).append(student)
    return {name: students[0] for name, students in called.items() if name and len(students) == 1}
