"""Takes scans in: every page ends as exactly one of read, needs review and rejected, and nothing is read twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from grader.errors import UserError
from grader.exam.grading import Taken, take_responses
from grader.exam.paper.answers import CopyRead, answers_of, copies_read, student_of
from grader.exam.paper.pictures import Picture
from grader.exam.paper.readings import BoxReading, Sheet
from grader.exam.paper.review import waiting_in
from grader.exam.paper.sheet import Print
from grader.exam.paper.sheets import SheetRead, read_picture
from grader.exam.paper.store import PaperStore
from grader.exam.responses import as_response
from grader.exam.variants import draw
from grader.gradebook import Gradebook

Fate = Literal["read", "needs review", "rejected"]
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
    taken: Taken

    def count(self, fate: Fate) -> int:
        return sum(page.fate == fate for page in self.pages)


def take_scans(store: PaperStore, gradebook: Gradebook, exam: str, pictures: Iterable[Picture]) -> Intake:
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
    waiting = {item.sheet for read in copies for item in waiting_in(read)}
    pages = tuple(_with_review(fate, waiting) for fate in fates)
    return Intake(pages, tuple(remarks_on(copies)), take_copies(gradebook, exam, copies))


def _take_one(store: PaperStore, sheets: dict[str, Sheet], prints: Mapping[str, Print], picture: Picture) -> PageFate:
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
        because = f"Two scans differ: {one.state} in {first.source}, {other.state} in {second.source}."
        boxes.append(one.model_copy(update={"state": "unsure", "confidence": 0.0, "because": because}))
    blank = tuple(question for question in first.blank_fields if question in second.blank_fields)
    told = f"It is the same sheet as {first.source}, which counts."
    if differ:
        told += f" They differ in {differ} {'box' if differ == 1 else 'boxes'}, which a person has to look at."
    beside = tuple(dict.fromkeys((*first.written_beside, *second.written_beside)))
    return first.model_copy(update={"boxes": tuple(boxes), "blank_fields": blank, "written_beside": beside}), told


def _with_review(fate: PageFate, waiting: set[str]) -> PageFate:
    if fate.fate == "read" and fate.sheet in waiting:
        return PageFate(fate.source, "needs review", fate.sheet, fate.because)
    return fate


def remarks_on(copies: Iterable[CopyRead]) -> Iterator[str]:
    """What is to be said of copies, a sentence each."""
    listed = list(copies)
    owners = Counter(student for read in listed if (student := student_of(read)[0]) is not None)
    for read in listed:
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
        if student is not None and owners[student] > 1:
            yield f"{whose}: `{student}` has more than one copy; until a person says which counts, none does."


def take_copies(gradebook: Gradebook, exam: str, copies: Iterable[CopyRead]) -> Taken:
    """Take the answers of every copy whose student is known, and has no other copy, into the gradebook."""
    listed = [(read, student) for read in copies if (student := student_of(read)[0]) is not None]
    owners = Counter(student for _, student in listed)
    responses = []
    for read, student in listed:
        answers = answers_of(read)
        if owners[student] == 1 and answers:
            source = f"copy {read.copy.number} of the print {read.print_.id}"
            seed = read.copy.seed
            drawn = {question.id: draw(question, seed) for question in read.print_.exam.questions}
            responses.append(as_response(student, exam, source, answers, seed, drawn))
    return take_responses(gradebook, responses)
