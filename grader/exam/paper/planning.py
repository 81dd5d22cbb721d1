"""Plans a print: who gets a copy, and where each box of it is."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import UserError
from grader.exam.exam import ExamOnDisk
from grader.exam.importing import STUDENT_HEADS
from grader.exam.matching import fold_option
from grader.exam.paper.arranging import seed_of
from grader.exam.paper.composing import compose
from grader.exam.paper.identity import MOST_COPIES
from grader.exam.paper.sheet import Copy, PaperName, Print

NAME_HEADS = ("name", "nombre", "full name", "nombre completo")
NUMBER_HEADS = ("number", "número", "student number", "legajo", "matrícula")


@dataclass(frozen=True)
class Enrolled:
    """A line of the class list."""

    student: str
    name: str = ""
    number: str = ""


def read_class(path: Path) -> list[Enrolled]:
    """The class list: a CSV file with a column `student`, and maybe `name` and `number`."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"the class list cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        remedy = "Save it again as CSV in UTF-8."
        raise UserError("the class list is not UTF-8 text", where=str(path), remedy=remedy) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    heads = [fold_option(cell) for cell in rows[0]] if rows else []
    student = next((heads.index(head) for head in STUDENT_HEADS if head in heads), None)
    if student is None:
        remedy = f"Head it with `student`; there are: {', '.join(heads) or 'none'}."
        raise UserError("no column says who the students are", where=f"{path}:1", remedy=remedy)
    name, number = (_column(heads, names, student) for names in (NAME_HEADS, NUMBER_HEADS))
    enrolled: dict[str, int] = {}
    listed: list[Enrolled] = []
    for line, row in enumerate(rows[1:], start=2):
        told = Enrolled(*(_cell(row, column) for column in (student, name, number)))
        if not told.student:
            raise UserError("a line names no student", where=f"{path}:{line}", remedy="Fill it in, or take it out.")
        if told.student in enrolled:
            remedy = f"`{told.student}` is also on line {enrolled[told.student]}: take one out."
            raise UserError(f"the student `{told.student}` stands twice", where=f"{path}:{line}", remedy=remedy)
        enrolled[told.student] = line
        listed.append(told)
    if not listed:
        raise UserError("the class list names no student", where=str(path))
    return listed


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
        raise UserError(f"no copy to print, or more than {MOST_COPIES}", remedy=remedy)
    whose: list[tuple[str | None, str]] = [(one.student, one.name) for one in enrolled]
    whose += [(None, "")] * blank
    told = [exam.sha256, paper, language, digits, whose]
    id = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:6]
    copies = []
    for number, (student, name) in enumerate(whose, start=1):
        seed = seed_of(exam, student if student is not None else f"{id}/{number}")
        copy = Copy(number=number, student=student, name=name, seed=seed)
        composed = compose(exam, copy, paper=paper, language=language, digits=digits, folder=on_disk.folder)
        copies.append(copy.model_copy(update={"pages": tuple(one.page for one in composed)}))
    numbers = {one.number.lstrip("0") or "0": one.student for one in enrolled if one.number}
    return Print(id=id, exam=exam, paper=paper, language=language, digits=digits, numbers=numbers, copies=tuple(copies))


def _column(heads: Sequence[str], names: Sequence[str], taken: int) -> int | None:
    return next((heads.index(head) for head in names if head in heads and heads.index(head) != taken), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""
