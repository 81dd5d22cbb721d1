"""What waits for a person on scanned sheets, and what the person says: never read again, whatever is scanned later."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from grader.errors import UserError
from grader.exam.paper.readings import AS_READ, BY_HAND, PAGE, MarkDecision
from grader.exam.paper.sheet import BOX_MM, MARGIN_MM, STUDENT, Page
from grader.exam.reading import read_cell
from grader.exam.scanning.paper_answers import (
    NOBODY,
    CopyRead,
    answers_of,
    owners_of,
    student_of,
    tell_copies,
)
from grader.exam.scanning.print_store import PaperStore
from grader.exam.variants import make_variant
from grader.language import NOTHING, Reason, _

Kind = Literal["question", "student", "page"]
"""What is to be said: the answer to a question; a name; whether what seems empty on a page is empty."""

BOX_VALUES = ("marked", "empty")
PAGE_VALUES = (AS_READ, BY_HAND)
_ROUND_MM = 6.0
_WIDE_MM = 174.0
_ALL_MM = (0.0, 0.0, 216.0, 297.0)
_HEAD_MM = (0.0, 0.0, 210.0, 60.0)
"""What is seen of a copy whose student is asked for: the head of a page."""
_RIGHT_MM = 70.0
"""What is seen round a box: to its right stands what it says."""


@dataclass(frozen=True)
class WaitingMark:
    """One thing that a person has to look at."""

    sheet: str
    item: str
    """A question, STUDENT or PAGE."""
    kind: Kind
    copy: int
    student: str | None
    question: str
    because: Reason
    place_mm: tuple[float, float, float, float]
    """Left, top, width and height on the sheet of what is to be looked at."""
    unsure: tuple[str, ...] = ()
    """The boxes of a question that could not be read for sure."""


@dataclass(frozen=True)
class Pending:
    """The same with its picture, for a page that shows it."""

    waiting: WaitingMark
    picture: Path
    """A file: the part of the scan, or all of the page."""


def pending(store: PaperStore) -> list[Pending]:
    """Everything that waits, by copy and page, each with its picture."""
    return [Pending(item, _picture(store, item)) for item in waiting_on(store.copies())]


def _picture(store: PaperStore, item: WaitingMark) -> Path:
    return store.picture(item.sheet) if item.kind == "page" else store.cut(item.sheet, item.item, item.place_mm)


def decide(store: PaperStore, sheet: str, item: str, value: str, *, who: str) -> MarkDecision:
    """Keep what a person says of an item; the last word counts. The caller then takes the copies in again."""
    read = _copy_of(store, sheet)
    page = next(page for page in read.copy.pages if page.number == read_page(sheet))
    _check(read, page, item, value)
    decisions = [MarkDecision(sheet=sheet, item=item, value=value, who=who, when=datetime.now(UTC))]
    if item == PAGE and value == AS_READ:
        # What the person has looked at, by box: a scan that comes later does not change it.
        decisions += [
            decisions[0].model_copy(update={"item": reading.box, "value": "empty"})
            for reading in read.sheets[page.number].boxes
            if reading.state == "empty" and (sheet, reading.box) not in read.decisions
        ]
    store.add_decisions(*decisions)
    return decisions[0]


def decide_ticks(store: PaperStore, sheet: str, boxes: Sequence[str], ticked: Collection[str], *, who: str) -> None:
    """Keep which of some boxes of a sheet a person says are ticked: the others of them are not."""
    read = _copy_of(store, sheet)
    page = next(page for page in read.copy.pages if page.number == read_page(sheet))
    unknown = {*boxes, *ticked} - ({box.id for box in page.boxes} & set(boxes))
    if unknown:
        raise UserError(
            _("this page asks for no box {names}", names=", ".join(sorted(unknown))),
            remedy=_("Look at the page again."),
        )
    now = datetime.now(UTC)
    said = [(box, "marked" if box in ticked else "empty") for box in boxes]
    store.add_decisions(*(MarkDecision(sheet=sheet, item=box, value=value, who=who, when=now) for box, value in said))


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
    """What waits in one copy, page after page: a page that shows too little is one item, else each question is one."""
    student, because = student_of(read)
    answers = answers_of(read)
    told: set[str] = set()
    for page in read.copy.pages:
        sheet = read.sheets.get(page.number)
        if sheet is None:
            continue
        if because and any(box.question == STUDENT for box in page.boxes):
            place = _place_of(page, STUDENT)
            yield WaitingMark(sheet.id, STUDENT, "student", read.copy.number, None, STUDENT, because, place)
        own = dict.fromkeys((*(b.question for b in page.boxes), *(f.question for f in page.fields)))
        waiting = [name for name in own if name in answers and answers[name].status == "unusable"]
        reasons = {reading.box: reading.because for reading in sheet.boxes}
        said = read.decisions.get((sheet.id, PAGE))
        if said is None and read.waits(sheet):
            by_page = [name for name in waiting if read.ticks(name).unsure or answers[name].because == sheet.waits]
            if by_page:
                waiting = [name for name in waiting if name not in by_page]
                yield WaitingMark(sheet.id, PAGE, "page", read.copy.number, student, PAGE, sheet.waits, _ALL_MM)
        for question in waiting:
            if question in told:
                continue
            unsure = tuple(box.id for box in read.ticks(question).unsure if box.id in reasons)
            if read.ticks(question).unsure and not unsure:
                continue  # they are on another page of it
            unsure = unsure or _doubled(read, question, reasons)
            told |= set() if unsure else {question}
            why = (reasons[unsure[0]] if unsure else NOTHING) or answers[question].because
            place = _place_of(page, question)
            number = read.copy.number
            yield WaitingMark(sheet.id, question, "question", number, student, question, why, place, unsure)


def _doubled(read: CopyRead, question: str, here: Mapping[str, Reason]) -> tuple[str, ...]:
    """The ticks of rows that have several, where one is asked for in each row and a person says which is meant."""
    asked = next(one for one in read.print_.exam.questions if one.id == question)
    ticks = read.ticks(question)
    if asked.part.by_corrector and ticks.all_wait:
        return tuple(box.id for box in ticks.marked if box.id in here)
    if asked.part.several_in_row or asked.part.offers:
        return ()
    twice = {part for part, values in ticks.in_rows().items() if len(values) > 1}
    return tuple(box.id for box in ticks.marked if box.part in twice and box.id in here)


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
    for read in store.copies(sheet.rpartition("-")[0]):
        if sheet in {one.id for one in read.sheets.values()}:
            return read
    known = sorted(one.id for read in store.copies() for one in read.sheets.values())
    if not known:
        raise UserError(
            _("no sheet has been read"), remedy=_("Read the scans first: {command}.", command="grader exam scan")
        )
    names = ", ".join(known[:8]) + (" …" if len(known) > 8 else "")
    remedy = _("Its name stands at its upper right. These were read: {names}.", names=names)
    raise UserError(_("no sheet `{sheet}` has been read", sheet=sheet), remedy=remedy)


def _check(read: CopyRead, page: Page, item: str, value: str) -> None:
    """Refuse what cannot be said of an item."""
    boxes = {box.id for box in page.boxes}
    questions = {box.question for box in page.boxes} | {field.question for field in page.fields}
    questions.discard(STUDENT)
    if item == PAGE:
        if value not in PAGE_VALUES:
            raise UserError(
                _("a page is “{one}” or “{other}”, not `{value}`", one=AS_READ, other=BY_HAND, value=value),
                remedy=_("Say one of the two, or scan the page again."),
            )
    elif item == STUDENT:
        if not value.strip():
            raise UserError(
                _("a student needs a name"),
                remedy=_("Or `{nobody}`, where the copy belongs to nobody.", nobody=NOBODY),
            )
    elif item in boxes:
        if value not in BOX_VALUES:
            known = ", ".join(BOX_VALUES)
            raise UserError(
                _("`{value}` is nothing that a box can be", value=value),
                remedy=_("It is one of: {names}.", names=known),
            )
    elif item in questions:
        question = next(one for one in read.print_.exam.questions if one.id == item)
        if question.part.by_corrector:
            raise UserError(
                _("the points of `{item}` are given box by box", item=item),
                remedy=_("Say which box is marked, or empty."),
            )
        answer = read_cell(make_variant(question, read.copy.seed), value, names=True)
        if answer.status == "unusable":
            raise UserError(
                _("this is no answer to `{item}`: {because}", item=item, because=answer.because),
                remedy=_("Write it as a file would hold it, by the names in exam.yaml; an empty text is no answer."),
            )
    else:
        near = [name for name in (*sorted(questions), *sorted(boxes)) if name.split(".")[0] == item.split(".")[0]]
        told = ", ".join((near or sorted(questions))[:12])
        raise UserError(
            _("this page has no `{item}`", item=item),
            remedy=_("There are `{student}`, and: {names}.", student=STUDENT, names=told),
        )
