"""From boxes to answers: what a copy says, with what people decided of it, in the form that every response has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.exam.paper.readings import AS_READ, PAGE, MarkDecision, Sheet, SheetScan, State
from grader.exam.paper.sheet import STUDENT, Box, Copy, Print, fold_number
from grader.exam.questions import Question
from grader.exam.reading import read_cell
from grader.exam.scanning.copy_reading import read_copy
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
    waits: Reason = NOTHING
    """Why its empty boxes say nothing yet; empty where they do."""
    all_wait: bool = False
    """Whether its ticks say nothing either, but for those that a person has said."""
    said: frozenset[str] = frozenset()
    """The boxes of which a person has said what they are."""

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
        said: set[str] = set()
        complete, waits, all_wait = True, NOTHING, False
        for page in self.copy.pages:
            own = [box for box in page.boxes if box.question == question]
            boxes += own
            sheet = self.sheets.get(page.number)
            if sheet is None:
                complete = complete and not own and question not in {field.question for field in page.fields}
                continue
            states |= {reading.box: reading.state for reading in sheet.boxes}
            if own or question in {field.question for field in page.fields}:
                waits = waits or self.waits(sheet)
                all_wait = all_wait or (bool(self.waits(sheet)) and question in sheet.faded)
            for box in own:
                decision = self.decisions.get((sheet.id, box.id))
                if decision is not None:
                    said.add(box.id)
                    states[box.id] = "marked" if decision.value == "marked" else "empty"
        return Ticks(tuple(boxes), states, complete, waits, all_wait, frozenset(said))

    def waits(self, sheet: Sheet) -> Reason:
        """Why the empty boxes of a sheet say nothing: nothing where they do, or a person has said that they are."""
        decision = self.decisions.get((sheet.id, PAGE))
        return NOTHING if decision is not None and decision.value == AS_READ else sheet.waits

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
    blank = any(question.id in sheet.blank_fields for sheet in read.sheets.values())
    if ticks.waits and not _says_all(question, ticks, blank=blank):
        return _unusable(ticks.waits)
    if not ticks.marked and any(question.id in sheet.written_beside for sheet in read.sheets.values()):
        return _unusable(_("No box of it is ticked, but something is written beside them: was it meant?"))
    answer = question.part.read_ticks(ticks.in_rows())
    if answer is not None:
        return answer
    if blank:
        return Answer(status="missing")
    return _unusable(_("It is written by hand: a person reads it."))


def _says_all(question: Question, ticks: Ticks, *, blank: bool) -> bool:
    """Whether nothing that seems empty could change the answer: each row has the one tick that it has room for.

    A row without points waits for whoever corrects, whatever its page shows.
    """
    if not ticks.boxes:
        return not blank
    if ticks.all_wait and any(box.id not in ticks.said for box in ticks.marked):
        return False
    by_row = not question.part.several_in_row and all(ticks.in_rows().values())
    return by_row or question.part.by_corrector


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


def copies_read(
    prints: Mapping[str, Print],
    scans: Iterable[SheetScan],
    decisions: Decisions,
    before: Mapping[str, Sheet] = MappingProxyType({}),
) -> Sequence[CopyRead]:
    """Every copy of which a sheet has come, by print and number; `before` are sheets as an older version read them."""
    found: dict[tuple[str, int], dict[int, list[SheetScan]]] = {}
    own = tuple(scans)
    replaced = {sha256 for scan in own for sha256 in scan.replaces}
    for scan in own:
        if scan.sha256 not in replaced:
            found.setdefault((scan.print_id, scan.copy_number), {}).setdefault(scan.page, []).append(scan)
    old: dict[tuple[str, int], dict[int, Sheet]] = {}
    for sheet in before.values():
        if sheet.sha256 not in replaced:
            old.setdefault((sheet.print_id, sheet.copy_number), {})[sheet.page] = sheet
    copies = []
    for print_ in prints.values():
        for copy in print_.copies:
            key = print_.id, copy.number
            sheets = {**read_copy(print_, copy, found.get(key, {})), **old.get(key, {})}
            if sheets:
                copies.append(CopyRead(print_, copy, sheets, decisions))
    return copies
