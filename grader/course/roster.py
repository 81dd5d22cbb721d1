"""The roster: who the students are, and which addresses are theirs. It holds names: keep it out of version control."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import MissingFileError, UserError
from grader.files.csv_columns import ADDRESS, STUDENT, find_name, require_column
from grader.files.csv_file import read_csv
from grader.files.name_matching import fold_address, fold_name

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
        table = read_csv(path)
    except MissingFileError as error:
        raise UserError(
            "the roster that course.toml names is not there", where=str(path), remedy=f"Write one there. {_REMEDY}"
        ) from error
    table.refuse_longer_rows()
    columns = require_column(table, STUDENT), require_column(table, ADDRESS)
    named = find_name(table)
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    known: dict[str, str] = {}
    for row in table.rows:
        (student, address), name = map(row.cell, columns), row.cell(*named)
        where = table.place(row)
        if not student and (address or name):
            raise UserError("this row names no student", where=where, remedy="Fill it in, or take it out.")
        if not student:
            continue
        if student in names:
            raise UserError(f"`{student}` occurs twice in the roster", where=where, remedy="Put both into one row.")
        own = re.split(r"[\s;,]+", address)
        names[student] = name
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


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    """folded full name -> student, where only one student is called so."""
    called: dict[str, list[str]] = {}
    for student, name in names.items():
        called.setdefault(fold_name(name), []).append(student)
    return {name: students[0] for name, students in called.items() if name and len(students) == 1}
