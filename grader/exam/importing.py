"""Responses from a CSV file: Google Forms, a Moodle quiz, or plain. Every row ends as exactly one thing.

Columns are found by their heads: a question by its text or its name, Moodle's `Response 3` by its number. A head in
brackets, `text of the question [statement]`, or a name, `question-statement`, stands for a part of a question.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.errors import UserError
from grader.exam.exam import ExamOnDisk
from grader.exam.matching import fold_option
from grader.exam.questions import Question
from grader.exam.reading import parts_of, read_cell, read_row
from grader.exam.variants import make_variant
from grader.model import Answer, Run, Submission

Layout = Literal["plain", "google", "moodle"]
Fate = Literal["read", "replaced", "unfinished", "summary", "refused"]
"""What became of a row.

read        it is the student's response
replaced    the same student stands further down in the same file: the last row counts
unfinished  the quiz says that it was not handed in
summary     Moodle's last line, the average of the class
refused     it names no student, or has too many or too few cells
"""

STUDENT_HEADS = (
    *("student", "estudiante", "student number", "legajo", "matrícula"),
    *("id number", "número de id", "username", "nombre de usuario"),
    *("email address", "dirección de correo electrónico", "dirección de correo", "email", "correo electrónico"),
)
"""Heads of the column that says who a row is from, the surest first."""
_NUMBERED = re.compile(r"(?:response|respuesta) (\d+)")
_TOLD = re.compile(r"(?:question|pregunta) (\d+)")
_ASIDE = re.compile(r"\[(score|feedback|puntuación|puntos|comentarios)\]\s*$", re.IGNORECASE)
_PART = re.compile(r"(.*?)\s*\[(.+)\]\s*", re.DOTALL)
_NUMBER = re.compile(r"^\d+[.)]\s*")
_FINISHED = ("finished", "finalizado", "terminado", "")
_BLANK_IN_MOODLE = "-"


@dataclass(frozen=True)
class Waiting:
    """A cell that a person has to look at."""

    row: int
    student: str
    question: str
    because: str


@dataclass(frozen=True)
class Row:
    """One row of a file below its head: what became of it, and why."""

    number: int
    """As a spreadsheet numbers it: the head is row 1."""
    fate: Fate
    student: str
    because: str = ""


@dataclass(frozen=True)
class Imported:
    """What one file holds."""

    source: str
    layout: Layout
    rows: tuple[Row, ...]
    responses: tuple[tuple[Submission, Run], ...]
    waiting: tuple[Waiting, ...]
    unused: tuple[str, ...]
    """Heads of columns that belong to no question."""
    without: tuple[str, ...]
    """Questions that the file has no column for."""

    def count(self, fate: Fate) -> int:
        return sum(row.fate == fate for row in self.rows)


@dataclass(frozen=True)
class Columns:
    """Where things stand in a row."""

    student: int
    state: int | None
    whole: Mapping[str, int]
    """question -> its column"""
    parts: Mapping[str, Mapping[str, int]]
    """question -> part -> its column"""
    unused: tuple[str, ...]


def read_responses(path: Path, on_disk: ExamOnDisk, *, seed: int, student_head: str | None = None) -> Imported:
    """What a CSV file holds; `seed` is the one from which the file's variants of the questions were drawn."""
    head, records = _read_csv(path)
    layout = _layout_of(head)
    questions = {question.id: make_variant(question, seed) for question in on_disk.exam.questions}
    columns = _find_columns(path, head, records, questions, layout, student_head)
    fates: list[Row] = []
    read: dict[str, tuple[int, list[str]]] = {}
    for number, cells in enumerate(records, start=2):
        row = _fate_of(number, cells, head, columns, layout)
        if row.fate == "read" and row.student in read:
            earlier = read[row.student][0]
            because = f"row {number} is from `{row.student}`, too: the last one counts"
            fates[earlier - 2] = Row(earlier, "replaced", row.student, because)
        if row.fate == "read":
            read[row.student] = (number, cells)
        fates.append(row)
    responses, waiting = [], []
    for student, (number, cells) in read.items():
        answers = _read_answers(cells, columns, questions, layout)
        responses.append(as_response(student, on_disk.name, f"{path.name}, row {number}", answers, seed))
        waiting += [
            Waiting(number, student, name, answer.because)
            for name, answer in answers.items()
            if answer.status == "unusable"
        ]
    without = tuple(name for name in questions if name not in columns.whole and name not in columns.parts)
    return Imported(path.name, layout, tuple(fates), tuple(responses), tuple(waiting), columns.unused, without)


# ---- the file -------------------------------------------------------------------------------------------------------


def _read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """The head and the rows below it; rows without any cell are none."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"this cannot be read: {error.strerror}", where=str(path)) from error
    except UnicodeDecodeError as error:
        remedy = "Export it again as CSV in UTF-8; a spreadsheet calls that “CSV UTF-8”."
        raise UserError("this is not UTF-8 text", where=str(path), remedy=remedy) from error
    try:
        records = max((_parse(text, delimiter) for delimiter in ",;\t"), key=_fit)
    except csv.Error as error:
        raise UserError(f"this is not CSV: {error}", where=str(path), remedy="Export it again.") from error
    if not records:
        raise UserError("the file is empty", where=str(path))
    return [cell.strip() for cell in records[0]], records[1:]


def _parse(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if any(row)]


def _fit(records: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How well a delimiter fits: rows as long as the head, then cells in it; one column alone is no table."""
    width = len(records[0]) if records else 0
    return (sum(len(row) == width for row in records) if width > 1 else 0, width)


def _layout_of(head: Sequence[str]) -> Layout:
    folded = [fold_option(cell) for cell in head]
    if any(_NUMBERED.fullmatch(cell) for cell in folded):
        return "moodle"
    return "google" if folded[0] in ("timestamp", "marca temporal") else "plain"


# ---- columns --------------------------------------------------------------------------------------------------------


def _find_columns(
    path: Path,
    head: Sequence[str],
    records: Sequence[Sequence[str]],
    questions: Mapping[str, Question],
    layout: Layout,
    student_head: str | None,
) -> Columns:
    student = _find_student(path, head, student_head)
    state = next((place for place, cell in enumerate(head) if fold_option(cell) in ("state", "estado")), None)
    known: dict[str, set[str]] = {}
    for asked in questions.values():
        for text in (asked.id, *asked.asks.all, *asked.also):
            known.setdefault(fold_option(text), set()).add(asked.id)
    numbered = _numbered(path, head, records, questions, known) if layout == "moodle" else {}
    whole: dict[str, int] = {}
    parts: dict[str, dict[str, int]] = {}
    unused: list[str] = []
    for place, cell in enumerate(head):
        if place in (student, state) or _ASIDE.search(cell):
            continue
        if layout == "moodle" and _match(_TOLD, cell):
            continue
        name, part = (numbered[place], None) if place in numbered else _question_of(path, cell, questions, known)
        if name is None:
            unused.append(cell)
        elif part is not None and part not in parts.setdefault(name, {}):
            parts[name][part] = place
        elif part is None and name not in whole:
            whole[name] = place
        else:
            remedy = "Rename one of the columns, or take one out."
            raise UserError(f"two columns are about `{name}`: {cell}", where=f"{path}:1", remedy=remedy)
    if not whole and not parts:
        raise UserError(
            "no column belongs to a question of this exam",
            where=f"{path}:1",
            remedy="Head each column with the question's text or its name, as exam.yaml has it; "
            "other wordings go into the question's `also`.",
        )
    return Columns(student, state, whole, parts, tuple(unused))


def _find_student(path: Path, head: Sequence[str], student_head: str | None) -> int:
    folded = [fold_option(cell) for cell in head]
    wanted = (fold_option(student_head),) if student_head else STUDENT_HEADS
    for name in wanted:
        if name in folded:
            return folded.index(name)
    told = f"no column is headed `{student_head}`" if student_head else "no column says who a row is from"
    raise UserError(told, where=f"{path}:1", remedy=f"Name one with --student; there are: {', '.join(head)}.")


def _question_of(
    path: Path, cell: str, questions: Mapping[str, Question], known: Mapping[str, set[str]]
) -> tuple[str | None, str | None]:
    """(question, part) of a column's head; part is None for the question as a whole."""
    plain = _NUMBER.sub("", cell)
    for words in (cell, plain):
        if fold_option(words) in known:
            return _the_one(path, words, known[fold_option(words)]), None
    found = _PART.fullmatch(plain)
    if found is not None and fold_option(found[1]) in known:
        name = _the_one(path, found[1], known[fold_option(found[1])])
        for part, texts in parts_of(questions[name]).items():
            if fold_option(found[2]) in [fold_option(text) for text in (part, *texts)]:
                return name, part
    for name, question in questions.items():
        for part in parts_of(question):
            if fold_option(plain) == f"{name}-{part}":
                return name, part
    return None, None


def _the_one(path: Path, words: str, names: set[str]) -> str:
    if len(names) > 1:
        raise UserError(
            f"`{words}` is what {' and '.join(f'`{name}`' for name in sorted(names))} ask",
            where=f"{path}:1",
            remedy="Head the columns with the questions' names instead.",
        )
    (name,) = names
    return name


def _numbered(
    path: Path,
    head: Sequence[str],
    records: Sequence[Sequence[str]],
    questions: Mapping[str, Question],
    known: Mapping[str, set[str]],
) -> dict[int, str]:
    """column -> question, for Moodle's numbered ones: by the question's text where the file has it, else by number."""
    responses = {int(found[1]): place for place, cell in enumerate(head) if (found := _match(_NUMBERED, cell))}
    told = {int(found[1]): place for place, cell in enumerate(head) if (found := _match(_TOLD, cell))}
    if told:
        full = [cells for cells in records if len(cells) == len(head)]
        return {
            place: _told_in(path, number, {cells[told[number]] for cells in full}, known)
            for number, place in responses.items()
            if number in told
        }
    for names in (list(questions), [name for name, question in questions.items() if question.kind != "practical"]):
        if len(names) == len(responses):
            return {responses[number]: name for number, name in zip(sorted(responses), names, strict=True)}
    raise UserError(
        f"the file has {len(responses)} responses, but the exam {len(questions)} questions: "
        "their numbers do not tell which is which",
        where=str(path),
        remedy="Download the responses with the question text: Moodle has a tick for it.",
    )


def _told_in(path: Path, number: int, texts: set[str], known: Mapping[str, set[str]]) -> str:
    """The question that a column of question texts is about; Moodle lets the options follow the text."""
    found: set[str] = set()
    for text in texts - {"", _BLANK_IN_MOODLE}:
        folded = fold_option(text)
        begins = max((words for words in known if folded.startswith(words)), key=len, default="")
        found |= known.get(begins, {""})
    if len(found) != 1 or "" in found:
        raise UserError(
            f"the text of question {number} is that of none of this exam's questions, or of more than one",
            where=str(path),
            remedy="Add Moodle's wording to the question's `also` in exam.yaml.",
        )
    (name,) = found
    return name


def _match(pattern: re.Pattern[str], cell: str) -> re.Match[str] | None:
    return pattern.fullmatch(fold_option(cell))


# ---- rows -----------------------------------------------------------------------------------------------------------


def _fate_of(number: int, cells: Sequence[str], head: Sequence[str], columns: Columns, layout: Layout) -> Row:
    student = cells[columns.student].strip() if columns.student < len(cells) else ""
    if len(cells) != len(head):
        because = f"it has {len(cells)} cells, but the head has {len(head)}"
        return Row(number, "refused", student, because)
    if layout == "moodle" and any(fold_option(cell) in ("overall average", "promedio general") for cell in cells):
        return Row(number, "summary", "", "the average of the class")
    if not student:
        return Row(number, "refused", "", "it does not say who it is from")
    state = fold_option(cells[columns.state]) if columns.state is not None else ""
    if layout == "moodle" and state not in _FINISHED:
        return Row(number, "unfinished", student, f"the quiz says: {cells[columns.state or 0]}")
    return Row(number, "read", student)


def _read_answers(
    cells: Sequence[str], columns: Columns, questions: Mapping[str, Question], layout: Layout
) -> dict[str, Answer]:
    """The responses of one row, in the order of the exam."""
    names = layout == "plain"

    def cell(place: int) -> str:
        return "" if layout == "moodle" and cells[place].strip() == _BLANK_IN_MOODLE else cells[place]

    answers: dict[str, Answer] = {}
    for name, question in questions.items():
        if name in columns.parts:
            answers[name] = read_row(
                question, {part: cell(place) for part, place in columns.parts[name].items()}, names=names
            )
        elif name in columns.whole:
            answers[name] = read_cell(question, cell(columns.whole[name]), names=names)
    return answers


def as_response(
    student: str, exam: str, source: str, answers: Mapping[str, Answer], seed: int
) -> tuple[Submission, Run]:
    """What was read of a student, wherever from; `seed` is that of the numbers in the questions."""
    told = {name: answer.model_dump() for name, answer in answers.items()}
    sha256 = hashlib.sha256(json.dumps([seed, told], sort_keys=True).encode()).hexdigest()
    run = Run(
        key=sha256[:32],
        sha256=sha256,
        end="finished",
        because=f"Read from {source}.",
        answers=answers,
        asked=dict.fromkeys(answers, str(seed)),
        sandbox="none",
    )
    return Submission(student=student, assignment=exam, sha256=sha256, source=source, received=None), run
