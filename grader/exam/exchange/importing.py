"""Responses from a CSV file: Google Forms, a Moodle quiz, or plain. Every row ends as exactly one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.course.roster import Roster
from grader.exam.exam import ExamOnDisk
from grader.exam.exchange.columns import BLANK_IN_MOODLE, Columns, Layout, find_columns, layout_of
from grader.exam.option_search import fold_option
from grader.exam.questions import Question
from grader.exam.reading import read_cell, read_row
from grader.exam.responses import as_response
from grader.exam.variants import draw_parameters, make_variant
from grader.files.csv_file import CsvRow, read_csv
from grader.language import Reason
from grader.model import Answer, Run, Submission

Fate = Literal["read", "replaced", "unfinished", "summary", "refused"]
"""What became of a row.

read        it is the student's response
replaced    the same student stands further down in the same file: the last row counts
unfinished  the quiz says that it was not handed in
summary     Moodle's last line, the average of the class
refused     it names no student, or has too many or too few cells
"""

_FINISHED = ("finished", "finalizado", "terminado", "")


@dataclass(frozen=True)
class WaitingCell:
    """A cell that a person has to look at."""

    row: int
    student: str
    question: str
    because: Reason


@dataclass(frozen=True)
class ImportedRow:
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
    rows: tuple[ImportedRow, ...]
    responses: tuple[tuple[Submission, Run], ...]
    waiting: tuple[WaitingCell, ...]
    unused: tuple[str, ...]
    """Heads of columns that belong to no question."""
    without: tuple[str, ...]
    """Questions that the file has no column for."""
    strangers: tuple[str, ...] = ()
    """Students whom the course's roster does not know, where it has one."""

    def count(self, fate: Fate) -> int:
        return sum(row.fate == fate for row in self.rows)


def read_responses(
    path: Path, on_disk: ExamOnDisk, *, seed: int, student_head: str | None = None, roster: Roster | None = None
) -> Imported:
    """What a CSV file holds; `seed` is the one from which the file's variants of the questions were drawn.

    Whom the roster knows by an address or a full name is called as in the roster.
    """
    table = read_csv(path)
    layout = layout_of(table.head.cells)
    asked = on_disk.exam.questions
    questions = {question.id: make_variant(question, seed) for question in asked}
    columns = find_columns(table, questions, layout, student_head)
    fates: dict[int, ImportedRow] = {}
    read: dict[str, CsvRow] = {}
    for record in table.rows:
        row = _fate_of(record, len(table.head.cells), columns, layout, roster)
        if row.fate == "read" and row.student in read:
            earlier = read[row.student].number
            because = f"row {row.number} is from `{row.student}`, too: the last one counts"
            fates[earlier] = ImportedRow(earlier, "replaced", row.student, because)
        if row.fate == "read":
            read[row.student] = record
        fates[row.number] = row
    drawn = {question.id: draw_parameters(question, seed) for question in asked}
    responses, waiting = [], []
    for student, record in read.items():
        answers = _read_answers(record.cells, columns, questions, layout)
        source = f"{path.name}, row {record.number}"
        responses.append(as_response(student, on_disk.name, source, answers, seed, drawn))
        waiting += [
            WaitingCell(record.number, student, name, answer.because)
            for name, answer in answers.items()
            if answer.status == "unusable"
        ]
    without = tuple(name for name in questions if name not in columns.whole and name not in columns.parts)
    return Imported(
        source=path.name,
        layout=layout,
        rows=tuple(fates.values()),
        responses=tuple(responses),
        waiting=tuple(waiting),
        unused=columns.unused,
        without=without,
        strangers=tuple(name for name in read if roster is not None and name not in roster.names),
    )


# ---- rows -----------------------------------------------------------------------------------------------------------


def _fate_of(row: CsvRow, width: int, columns: Columns, layout: Layout, roster: Roster | None) -> ImportedRow:
    cells, number = row.cells, row.number
    student = _called(row.cell(columns.student), roster)
    if len(cells) != width:
        because = f"it has {len(cells)} {'cell' if len(cells) == 1 else 'cells'}, but the head has {width}"
        return ImportedRow(number, "refused", student, because)
    if layout == "moodle" and any(fold_option(cell) in ("overall average", "promedio general") for cell in cells):
        return ImportedRow(number, "summary", "", "the average of the class")
    if not student:
        return ImportedRow(number, "refused", "", "it does not say who it is from")
    state = fold_option(cells[columns.state]) if columns.state is not None else ""
    if layout == "moodle" and state not in _FINISHED:
        return ImportedRow(number, "unfinished", student, f"the quiz says: {cells[columns.state or 0]}")
    return ImportedRow(number, "read", student)


def _called(cell: str, roster: Roster | None) -> str:
    """The student of a cell: by the roster, else an address in small letters, since Ana@x.org is ana@x.org."""
    known = roster.find(cell) if roster is not None and cell else None
    return known or (cell.casefold() if "@" in cell else cell)


def _read_answers(
    cells: Sequence[str], columns: Columns, questions: Mapping[str, Question], layout: Layout
) -> dict[str, Answer]:
    """The responses of one row, in the order of the exam."""
    names = layout == "plain"

    def cell(place: int) -> str:
        return "" if layout == "moodle" and cells[place].strip() == BLANK_IN_MOODLE else cells[place]

    answers: dict[str, Answer] = {}
    for name, question in questions.items():
        if name in columns.parts:
            answers[name] = read_row(
                question, {part: cell(place) for part, place in columns.parts[name].items()}, names=names
            )
        elif name in columns.whole:
            answers[name] = read_cell(question, cell(columns.whole[name]), names=names)
    return answers
