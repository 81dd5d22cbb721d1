"""Takes scans in: every page ends as exactly one of read, needs review and rejected, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import UserError
from grader.exam.exam_scores import Taken, take_responses
from grader.exam.paper.readings import STATES, BoxReading, Sheet
from grader.exam.paper.sheet import Print
from grader.exam.responses import as_response
from grader.exam.scanning.marks_review import waiting_on
from grader.exam.scanning.paper_answers import CopyRead, answers_of, copies_read, owners_of, student_of, tell_copies
from grader.exam.scanning.print_store import PaperStore
from grader.exam.scanning.scan_files import ScannedPage
from grader.exam.scanning.sheet_reader import SheetRead, read_picture
from grader.exam.variants import draw_parameters
from grader.language import Reason, _
from grader.model import Answer, Run, Submission
from grader.store.gradebook import Gradebook

Fate = Literal["read", "needs review", "rejected"]
MOST_NAMED = 30
SEVERAL = 3
"""Boxes in which two scans of a sheet differ, from which on somebody else may have written the second."""
FATES: tuple[Fate, ...] = ("read", "needs review", "rejected")


@dataclass(frozen=True)
class PageFate:
    """What became of one page that came in."""

    source: str
    fate: Fate
    sheet: str | None
    """The sheet's name, where it was recognised."""
    because: str = ""


@dataclass(frozen=True)
class Intake:
    """What became of all pages, and what is to be said of the copies."""

    pages: tuple[PageFate, ...]
    remarks: tuple[str, ...]
    """Missing pages, copies without a mark, and copies whose student is not known, each in a sentence."""
    absent: str
    """Who has a printed copy of which nothing came: absent, or lost."""
    taken: Taken

    def count(self, fate: Fate) -> int:
        return sum(page.fate == fate for page in self.pages)


def take_scans(store: PaperStore, gradebook: Gradebook, exam: str, pictures: Iterable[ScannedPage]) -> Intake:
    """Read what is new, keep it, and take every copy's answers into the gradebook."""
    prints = store.prints()
    if not prints:
        raise UserError(
            f"no print of `{exam}` is kept in this work folder, so that no sheet of it can be read",
            where=str(store.root),
            remedy=f"Print it with: grader exam print {exam}; or name the work folder of the print with --work.",
        )
    sheets = dict(store.sheets())
    before = {sheet.sha256: sheet.id for sheet in sheets.values()}
    fates: list[PageFate] = []
    for picture in pictures:
        known = before.pop(picture.sha256, None)
        if known is not None:
            fates.append(PageFate(picture.source, "read", known, "It was read before."))
        else:
            fates.append(_take_one(store, sheets, prints, picture))
    copies = copies_read(prints, sheets, store.decisions())
    waiting = {item.sheet for item in waiting_on(copies)}
    pages = tuple(_with_review(fate, waiting) for fate in fates)
    return Intake(pages, tuple(remarks_on(copies)), tell_absent(prints, copies), take_copies(gradebook, exam, copies))


def _take_one(
    store: PaperStore, sheets: dict[str, Sheet], prints: Mapping[str, Print], picture: ScannedPage
) -> PageFate:
    """Read one picture; `sheets` is what has been read so far, and gets what is new."""
    if picture.grey is None:
        return PageFate(picture.source, "rejected", None, picture.because)
    found = read_picture(picture.grey, prints)
    if not isinstance(found, SheetRead):
        return PageFate(picture.source, "rejected", None, found.because)
    sheet = Sheet(
        print_id=found.print_.id,
        copy_number=found.copy.number,
        page=found.page.number,
        source=picture.source,
        sha256=picture.sha256,
        boxes=found.boxes,
        blank_fields=found.blank_fields,
        written_beside=found.written_beside,
    )
    first = sheets.get(sheet.id)
    if first is not None:
        both, told = compare(first, sheet)
        sheets[sheet.id] = both
        store.add_sheet(both)
        return PageFate(picture.source, "rejected", sheet.id, told)
    store.add_picture(sheet.id, found.flat.flat)
    store.add_sheet(sheet)
    sheets[sheet.id] = sheet
    return PageFate(picture.source, "read", sheet.id)


def compare(first: Sheet, second: Sheet) -> tuple[Sheet, str]:
    """The first scan of a sheet beside a second one: where they differ, a person decides."""
    boxes: list[BoxReading] = []
    differ = 0
    for one, other in zip(first.boxes, second.boxes, strict=True):
        ticked = {one.state == "marked", other.state == "marked"}
        if "unsure" in (one.state, other.state) or len(ticked) == 1:
            boxes.append(one)
            continue
        differ += 1
        because = _(
            "Two scans differ: {one} in {first}, {other} in {second}.",
            one=_(STATES[one.state]),
            first=first.source,
            other=_(STATES[other.state]),
            second=second.source,
        )
        boxes.append(one.model_copy(update={"state": "unsure", "confidence": 0.0, "because": because}))
    blank = tuple(question for question in first.blank_fields if question in second.blank_fields)
    told = f"It is the same sheet as {first.source}, which counts."
    if differ:
        told += f" They differ in {differ} {'box' if differ == 1 else 'boxes'}, which a person has to look at."
    if differ >= SEVERAL:
        told += " If it is a photocopy on which another student wrote, that student needs a copy of another number."
    beside = tuple(dict.fromkeys((*first.written_beside, *second.written_beside)))
    return first.model_copy(update={"boxes": tuple(boxes), "blank_fields": blank, "written_beside": beside}), told


def _with_review(fate: PageFate, waiting: set[str]) -> PageFate:
    if fate.fate == "read" and fate.sheet in waiting:
        return PageFate(fate.source, "needs review", fate.sheet, fate.because)
    return fate


def remarks_on(copies: Sequence[CopyRead]) -> Iterator[str]:
    """What is to be said of copies, a sentence each."""
    owners = owners_of(copies)
    for read in copies:
        student, because = student_of(read)
        whose = f"Copy {read.copy.number}" + (f" ({student})" if student else "")
        if read.missing:
            pages = ", ".join(str(number) for number in read.missing)
            noun = "page" if len(read.missing) == 1 else "pages"
            yield f"{whose}: {noun} {pages} of {len(read.copy.pages)} did not come."
        if read.is_blank:
            yield f"{whose}: all its pages came, and none has a mark."
        if because:
            yield f"{whose}: {because}"
        if student is not None and len(owners[student]) > 1:
            yield f"{whose}: {tell_copies(student, owners[student])}"


def tell_absent(prints: Mapping[str, Print], copies: Sequence[CopyRead]) -> str:
    """Who has a printed copy and no sheet that came, in a sentence; empty where everybody has one."""
    came = set(owners_of(copies))
    absent = {copy.student: None for print_ in prints.values() for copy in print_.copies if copy.student is not None}
    absent = {student: None for student in absent if student not in came}
    if not absent:
        return ""
    named = ", ".join(list(absent)[:MOST_NAMED]) + ("…" if len(absent) > MOST_NAMED else "")
    noun = "student" if len(absent) == 1 else "students"
    return f"Of {len(absent)} {noun} with a printed copy no sheet has come yet: {named}."


def take_copies(gradebook: Gradebook, exam: str, copies: Sequence[CopyRead]) -> Taken:
    """Take the answers of every copy whose student is known into the gradebook; those of several copies wait."""
    owners = owners_of(copies)
    responses = []
    for student, own in owners.items():
        read, answers = own[-1], answers_of(own[-1])
        if len(own) > 1:
            # In the place of what the first of them may have brought when it was the only one.
            answers = _waiting(own, tell_copies(student, own))
        responses.append(_response(student, exam, read, answers))
    from_copies = {_source(read): read for read in copies}
    for submission, _run in gradebook.responses(exam):
        lost = from_copies.get(submission.source)
        if lost is not None and submission.student not in owners:
            told = _(
                "It was read from copy {number}, of which a person has said that it is another's.",
                number=lost.copy.number,
            )
            responses.append(_response(submission.student, exam, lost, _waiting((lost,), told)))
    return take_responses(gradebook, [response for response in responses if response[1].answers])


def _waiting(copies: Sequence[CopyRead], because: Reason) -> dict[str, Answer]:
    return {question: Answer(status="unusable", because=because) for read in copies for question in answers_of(read)}


def _response(student: str, exam: str, read: CopyRead, answers: Mapping[str, Answer]) -> tuple[Submission, Run]:
    seed = read.copy.seed
    drawn = {question.id: draw_parameters(question, seed) for question in read.print_.exam.questions}
    return as_response(student, exam, _source(read), answers, seed, drawn)


def _source(read: CopyRead) -> str:
    return f"copy {read.copy.number} of the print {read.print_.id}"
