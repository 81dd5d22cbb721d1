"""From boxes to answers: what a copy says, with what people decided of it, in the form that every response has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.exam.paper.readings import MarkDecision, Sheet, State
from grader.exam.paper.sheet import STUDENT, Box, Copy, Print, fold_number
from grader.exam.questions import Question
from grader.exam.reading import read_cell
from grader.exam.variants import make_variant
from grader.language import NOTHING, Reason, _
from grader.model import Answer

NOBODY = "-"
"""Named as the student of a copy that belongs to nobody: a spoilt one, or one that was replaced."""

Decisions = Mapping[tuple[str, str], MarkDecision]


@dataclass(frozen=True)
class Ticks:
    """What is known of a question's boxes, or of the student's number, on the sheets that have come."""

    boxes: tuple[Box, ...]
    states: Mapping[str, State]
    complete: bool
    """Whether every sheet has come that has a box or a place of it."""

    @property
    def marked(self) -> list[Box]:
        return [box for box in self.boxes if self.states.get(box.id) == "marked"]

    @property
    def unsure(self) -> list[Box]:
        return [box for box in self.boxes if self.states.get(box.id) == "unsure"]

    def in_rows(self) -> dict[str, list[str]]:
        """part -> the values that are ticked in its row, in the order of the sheet."""
        rows: dict[str, list[str]] = {box.part: [] for box in self.boxes}
        for box in self.marked:
            rows[box.part].append(box.value)
        return rows


@dataclass(frozen=True)
class CopyRead:
    """A copy as far as its sheets have come."""

    print_: Print
    copy: Copy
    sheets: Mapping[int, Sheet]
    decisions: Decisions

    def ticks(self, question: str) -> Ticks:
        """The boxes of a question, with a person's word before what was read."""
        boxes: list[Box] = []
        states: dict[str, State] = {}
        complete = True
        for page in self.copy.pages:
            own = [box for box in page.boxes if box.question == question]
            boxes += own
            sheet = self.sheets.get(page.number)
            if sheet is None:
                complete = complete and not own and question not in {field.question for field in page.fields}
                continue
            states |= {reading.box: reading.state for reading in sheet.boxes}
            for box in own:
                decision = self.decisions.get((sheet.id, box.id))
                if decision is not None:
                    states[box.id] = "marked" if decision.value == "marked" else "empty"
        return Ticks(tuple(boxes), states, complete)

    def decision(self, item: str) -> MarkDecision | None:
        """What a person said of a question, or of the student, on whichever sheet."""
        found = [self.decisions[sheet.id, item] for sheet in self.sheets.values() if (sheet.id, item) in self.decisions]
        return max(found, key=lambda decision: decision.when, default=None)

    @property
    def missing(self) -> list[int]:
        """The pages that have not come."""
        return [page.number for page in self.copy.pages if page.number not in self.sheets]

    @property
    def is_blank(self) -> bool:
        """Whether all sheets have come, and nobody wrote on any of them."""
        states = [reading.state for sheet in self.sheets.values() for reading in sheet.boxes]
        fields = {field.question for page in self.copy.pages for field in page.fields}
        blank = {question for sheet in self.sheets.values() for question in sheet.blank_fields}
        beside = any(sheet.written_beside for sheet in self.sheets.values())
        return not self.missing and not beside and set(states) <= {"empty"} and fields <= blank


def student_of(read: CopyRead) -> tuple[str | None, Reason]:
    """Whose copy it is, or None and the reason in a sentence."""
    decision = read.decision(STUDENT)
    if decision is not None:
        return (None, NOTHING) if decision.value == NOBODY else (decision.value, NOTHING)
    if read.copy.student is not None:
        return read.copy.student, NOTHING
    ticks = read.ticks(STUDENT)
    if not ticks.complete:
        return None, _("The page with its student's number has not come.")
    if ticks.unsure:
        return None, _("Its student's number cannot be read for sure.")
    rows = list(ticks.in_rows().values())
    if any(len(row) != 1 for row in rows):
        return None, _("Its student's number needs one digit in each row.")
    number = "".join(row[0] for row in rows)
    if not read.print_.numbers:
        return number, NOTHING
    student = read.print_.numbers.get(fold_number(number))
    if student is None:
        return None, _("Its student's number, {number}, is not in the class list.", number=number)
    return student, NOTHING


def answers_of(read: CopyRead) -> dict[str, Answer]:
    """The answers to the questions whose sheets have come; a question that is graded as a notebook has none here."""
    answers: dict[str, Answer] = {}
    for question in read.print_.exam.questions:
        if not question.part.on_paper:
            continue
        ticks = read.ticks(question.id)
        if ticks.complete:
            answers[question.id] = _answer(make_variant(question, read.copy.seed), ticks, read)
    return answers


def _answer(question: Question, ticks: Ticks, read: CopyRead) -> Answer:
    decision = read.decision(question.id)
    if decision is not None:
        return read_cell(question, decision.value, names=True)
    if ticks.unsure:
        told = ", ".join(box.id for box in ticks.unsure)
        return _unusable(_("What was ticked cannot be read for sure: a person looks at {boxes}.", boxes=told))
    if not ticks.marked and any(question.id in sheet.written_beside for sheet in read.sheets.values()):
        return _unusable(_("No box of it is ticked, but something is written beside them: was it meant?"))
    answer = question.part.read_ticks(ticks.in_rows())
    if answer is not None:
        return answer
    if any(question.id in sheet.blank_fields for sheet in read.sheets.values()):
        return Answer(status="missing")
    return _unusable(_("It is written by hand: a person reads it."))


def _unusable(because: Reason) -> Answer:
    return Answer(status="unusable", because=because)


def owners_of(copies: Iterable[CopyRead]) -> Mapping[str, tuple[CopyRead, ...]]:
    """student -> the copies that are theirs: several where one was spoilt, or another student's was taken."""
    owners: dict[str, tuple[CopyRead, ...]] = {}
    for read in copies:
        student, _because = student_of(read)
        if student is not None:
            owners[student] = (*owners.get(student, ()), read)
    return owners


def tell_copies(student: str, copies: Sequence[CopyRead]) -> Reason:
    """What is said of a student who has several copies."""
    numbers = ", ".join(str(read.copy.number) for read in copies)
    return _(
        "`{student}` has more than one copy, {numbers}: until a person says which one is nobody's, none counts.",
        student=student,
        numbers=numbers,
    )


def copies_read(prints: Mapping[str, Print], sheets: Mapping[str, Sheet], decisions: Decisions) -> Sequence[CopyRead]:
    """Every copy of which a sheet has come, by print and number."""
    found: dict[tuple[str, int], dict[int, Sheet]] = {}
    for sheet in sheets.values():
        found.setdefault((sheet.print_id, sheet.copy_number), {})[sheet.page] = sheet
    return [
        CopyRead(print_, copy, found[print_.id, copy.number], decisions)
        for print_ in prints.values()
        for copy in print_.copies
        if (print_.id, copy.number) in found
    ]
