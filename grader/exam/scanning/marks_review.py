"""What waits for a person on scanned sheets, and what the person says: never read again, whatever is scanned later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from grader.errors import UserError
from grader.exam.paper.readings import MarkDecision
from grader.exam.paper.sheet import BOX_MM, MARGIN_MM, STUDENT, Page
from grader.exam.reading import read_cell
from grader.exam.scanning.paper_answers import (
    NOBODY,
    CopyRead,
    answers_of,
    copies_read,
    owners_of,
    student_of,
    tell_copies,
)
from grader.exam.scanning.print_store import PaperStore
from grader.exam.variants import make_variant
from grader.language import Reason, _

Kind = Literal["box", "question", "student"]
"""What is to be said: whether a box is marked or empty; the answer to a question, as a file would hold it; a name."""

BOX_VALUES = ("marked", "empty")
_ROUND_MM = 6.0
_WIDE_MM = 174.0
_HEAD_MM = (0.0, 0.0, 210.0, 60.0)
"""What is seen of a copy whose student is asked for: the head of a page."""
_RIGHT_MM = 70.0
"""What is seen round a box: to its right stands what it says."""


@dataclass(frozen=True)
class WaitingMark:
    """One thing that a person has to look at."""

    sheet: str
    item: str
    """A box, a question, or STUDENT."""
    kind: Kind
    copy: int
    student: str | None
    question: str
    because: Reason
    place_mm: tuple[float, float, float, float]
    """Left, top, width and height on the sheet of what is to be looked at."""


@dataclass(frozen=True)
class Pending:
    """The same with its picture, for a page that shows it."""

    waiting: WaitingMark
    picture: Path
    """A PNG file: the part of the scan."""


def pending(store: PaperStore) -> list[Pending]:
    """Everything that waits, by copy and page, each with its picture."""
    copies = copies_read(store.prints(), store.sheets(), store.decisions())
    found = list(waiting_on(copies))
    return [Pending(item, store.cut(item.sheet, item.item, item.place_mm)) for item in found]


def decide(store: PaperStore, sheet: str, item: str, value: str, *, who: str) -> MarkDecision:
    """Keep what a person says of an item; the last word counts. The caller then takes the copies in again."""
    read = _copy_of(store, sheet)
    page = next(page for page in read.copy.pages if page.number == read_page(sheet))
    _check(read, page, item, value)
    decision = MarkDecision(sheet=sheet, item=item, value=value, who=who, when=datetime.now(UTC))
    store.add_decision(decision)
    return decision


def read_page(sheet: str) -> int:
    """The page of a sheet's name.

    >>> read_page("0a1b2c-3-2")
    2
    """
    return int(sheet.rpartition("-")[2])


def waiting_on(copies: Sequence[CopyRead]) -> Iterator[WaitingMark]:
    """What waits in all copies, and first of each what one of several copies of a student is."""
    owners = owners_of(copies)
    for read in copies:
        student, _because = student_of(read)
        own = owners.get(student or "", ())
        if student is not None and len(own) > 1:
            sheet = read.sheets[min(read.sheets)]
            told = tell_copies(student, own) + _("Nobody's is written {word}.", word=NOBODY)
            yield WaitingMark(sheet.id, STUDENT, "student", read.copy.number, student, STUDENT, told, _HEAD_MM)
        yield from waiting_in(read)


def waiting_in(read: CopyRead) -> Iterator[WaitingMark]:
    """What waits in one copy, page after page."""
    student, because = student_of(read)
    answers = answers_of(read)
    for page in read.copy.pages:
        sheet = read.sheets.get(page.number)
        if sheet is None:
            continue
        if because and any(box.question == STUDENT for box in page.boxes):
            place = _place_of(page, STUDENT)
            yield WaitingMark(sheet.id, STUDENT, "student", read.copy.number, None, STUDENT, because, place)
        reasons = {reading.box: reading.because for reading in sheet.boxes}
        for question in dict.fromkeys((*(b.question for b in page.boxes), *(f.question for f in page.fields))):
            answer = answers.get(question)
            if answer is None or answer.status != "unusable":
                continue
            unsure = [box for box in read.ticks(question).unsure if box.id in reasons]
            for box in unsure:
                at = (box.x_mm - _ROUND_MM, box.y_mm - _ROUND_MM, BOX_MM + _RIGHT_MM, BOX_MM + 2 * _ROUND_MM)
                told = reasons[box.id]
                yield WaitingMark(sheet.id, box.id, "box", read.copy.number, student, question, told, at)
            if not unsure and not read.ticks(question).unsure:
                place, told = _place_of(page, question), answer.because
                yield WaitingMark(sheet.id, question, "question", read.copy.number, student, question, told, place)


def _place_of(page: Page, question: str) -> tuple[float, float, float, float]:
    """The part of a page on which all that belongs to a question is to be seen."""
    boxes = [(box.x_mm, box.y_mm, BOX_MM + _RIGHT_MM, BOX_MM) for box in page.boxes if box.question == question]
    fields = [(f.x_mm, f.y_mm, f.width_mm, f.height_mm) for f in page.fields if f.question == question]
    areas = [(MARGIN_MM, a.top_mm, _WIDE_MM, a.bottom_mm - a.top_mm) for a in page.areas if a.question == question]
    places = boxes + fields + areas
    left, top = (min(place[side] for place in places) - _ROUND_MM for side in (0, 1))
    right, bottom = (max(place[side] + place[side + 2] for place in places) + _ROUND_MM for side in (0, 1))
    return max(left, 0.0), max(top, 0.0), right - max(left, 0.0), bottom - max(top, 0.0)


def _copy_of(store: PaperStore, sheet: str) -> CopyRead:
    copies = copies_read(store.prints(), store.sheets(), store.decisions())
    for read in copies:
        if sheet in {one.id for one in read.sheets.values()}:
            return read
    known = sorted(one.id for read in copies for one in read.sheets.values())
    remedy = f"Its name stands at the upper right of it; there are: {', '.join(known[:8]) or 'none'}"
    raise UserError(f"no sheet `{sheet}` has been read", remedy=remedy + ("…" if len(known) > 8 else "."))


def _check(read: CopyRead, page: Page, item: str, value: str) -> None:
    """Refuse what cannot be said of an item."""
    boxes = {box.id for box in page.boxes}
    questions = {box.question for box in page.boxes} | {field.question for field in page.fields}
    questions.discard(STUDENT)
    if item == STUDENT:
        if not value.strip():
            raise UserError("a student needs a name", remedy=f"Or `{NOBODY}`, where the copy belongs to nobody.")
    elif item in boxes:
        if value not in BOX_VALUES:
            raise UserError(f"a box is {' or '.join(BOX_VALUES)}, not `{value}`")
    elif item in questions:
        question = next(one for one in read.print_.exam.questions if one.id == item)
        if question.part.by_corrector:
            raise UserError(f"the points of `{item}` are given box by box", remedy="Say which box is marked, or empty.")
        answer = read_cell(make_variant(question, read.copy.seed), value, names=True)
        if answer.status == "unusable":
            remedy = "Write it as a file would hold it, by the names in exam.yaml; an empty text is no answer."
            raise UserError(f"this is no answer to `{item}`: {answer.because}", remedy=remedy)
    else:
        near = [name for name in (*sorted(questions), *sorted(boxes)) if name.split(".")[0] == item.split(".")[0]]
        told = ", ".join((near or sorted(questions))[:12])
        raise UserError(f"this page has no `{item}`", remedy=f"There are {STUDENT}, and: {told}.")
