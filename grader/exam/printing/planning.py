"""Plans a print: who gets a copy, and where each box of it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError
from grader.exam.exam import ExamOnDisk
from grader.exam.paper.identity import MOST_COPIES
from grader.exam.paper.sheet import Copy, PaperName, Print, fold_number
from grader.exam.printing.arranging import seed_of
from grader.exam.printing.composing import compose
from grader.files.csv_columns import ADDRESS, NUMBER, STUDENT, find_column, find_name, require_column
from grader.files.csv_file import read_csv

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Enrolled:
    """A line of the class list."""

    student: str
    name: str = ""
    number: str = ""


def read_class(path: Path) -> list[Enrolled]:
    """The class list: a CSV file with a column `student`, and maybe `name` and `number`."""
    table = read_csv(path)
    table.refuse_longer_rows()
    student = require_column(table, STUDENT, ADDRESS)
    name, number = find_name(table), find_column(table, NUMBER)
    number = number if number != student else None
    listed: dict[str, int] = {}
    numbered: dict[str, int] = {}
    enrolled: list[Enrolled] = []
    for row in table.rows:
        told = Enrolled(row.cell(student), row.cell(*name), row.cell(number))
        where = table.place(row)
        if not told.student:
            raise UserError("this row names no student", where=where, remedy="Fill it in, or take it out.")
        for what, key, before in (("student", told.student, listed), ("number", fold_number(told.number), numbered)):
            if key and before.setdefault(key, row.number) != row.number:
                remedy = f"`{key}` is also in row {before[key]}: take one out."
                raise UserError(f"the {what} `{key}` occurs twice", where=where, remedy=remedy)
        enrolled.append(told)
    if not enrolled:
        raise UserError("the class list names no student", where=str(path))
    return enrolled


def plan_print(
    on_disk: ExamOnDisk, enrolled: Sequence[Enrolled], *, blank: int, paper: PaperName, language: str, digits: int
) -> Print:
    """Every copy with its seed and its boxes: one for each student, then `blank` ones without a name."""
    exam = on_disk.exam
    if language not in exam.languages:
        remedy = f"Choose --language {' or '.join(exam.languages)}."
        raise UserError(f"the exam is not written in `{language}`", where=str(on_disk.path), remedy=remedy)
    if not 0 < len(enrolled) + blank <= MOST_COPIES:
        remedy = "Give a class list with --class, a number of copies without names with --blank, or both."
        told = (
            f"{len(enrolled) + blank} copies are more than {MOST_COPIES}" if blank or enrolled else "no copy to print"
        )
        raise UserError(told, remedy=remedy)
    if blank:
        _check_numbers(enrolled, digits)
    whose: list[tuple[str | None, str]] = [(one.student, one.name) for one in enrolled]
    whose += [(None, "")] * blank
    told = json.dumps([exam.sha256, paper, language, digits, whose])
    unnamed = hashlib.sha256(told.encode()).hexdigest()[:6]
    copies = []
    for number, (student, name) in enumerate(whose, start=1):
        seed = seed_of(exam, student if student is not None else f"{unnamed}/{number}")
        copy = Copy(number=number, student=student, name=name, seed=seed)
        composed = compose(exam, copy, paper=paper, language=language, digits=digits, folder=on_disk.folder)
        copies.append(copy.model_copy(update={"pages": tuple(one.page for one in composed)}))
    # Where the boxes are is part of it: a later version of the grader, or another picture, may set a page otherwise.
    layout = "".join(copy.model_dump_json() for copy in copies)
    id = hashlib.sha256(f"{told}{layout}".encode()).hexdigest()[:6]
    numbers = {fold_number(one.number): one.student for one in enrolled if one.number}
    return Print(id=id, exam=exam, paper=paper, language=language, digits=digits, numbers=numbers, copies=tuple(copies))


def _check_numbers(enrolled: Sequence[Enrolled], digits: int) -> None:
    """Refuse numbers that nobody could tick on a copy without a name."""
    for one in enrolled:
        if one.number and not _DIGITS.fullmatch(one.number):
            remedy = "On copies without a name it is ticked digit by digit: write digits only."
            raise UserError(f"`{one.number}`, the number of `{one.student}`, is not made of digits", remedy=remedy)
        if len(fold_number(one.number)) > digits:
            raise UserError(
                f"`{one.number}`, the number of `{one.student}`, does not fit into {digits} rows of digits",
                remedy=f"Give them room: --digits {len(one.number)}.",
            )
