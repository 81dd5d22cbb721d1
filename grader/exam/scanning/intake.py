"""Takes scans in: every page ends as exactly one of read, needs review and rejected, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import UserError
from grader.exam.exam_scores import Taken, take_responses
from grader.exam.paper.readings import Sheet, SheetScan, sheet_id
from grader.exam.paper.sheet import Print
from grader.exam.responses import as_response
from grader.exam.scanning.copy_reading import SEVERAL, differs, rank
from grader.exam.scanning.marks_review import waiting_on
from grader.exam.scanning.paper_answers import CopyRead, answers_of, owners_of, student_of, tell_copies
from grader.exam.scanning.print_store import PaperStore
from grader.exam.scanning.scan_files import ScannedPage
from grader.exam.scanning.sheet_reader import SheetRead, read_picture
from grader.exam.variants import draw_parameters
from grader.language import Reason, _
from grader.model import Answer, Run, Submission
from grader.store.gradebook import Gradebook

Fate = Literal["read", "needs review", "blank", "rejected"]
MOST_NAMED = 30
FATES: tuple[Fate, ...] = ("read", "needs review", "blank", "rejected")


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
    blank: str = ""
    """The blank sides among the pages, in a sentence: mostly backs."""

    def count(self, fate: Fate) -> int:
        return sum(page.fate == fate for page in self.pages)


def take_scans(
    store: PaperStore, gradebook: Gradebook, exam: str, pictures: Iterable[ScannedPage], *, replace: bool = False
) -> Intake:
    """Read what is new, keep it, and take every copy's answers into the gradebook.

    With `replace` a scan counts in the place of those that came before of its sheet, in place of being read with them.
    """
    prints = store.prints()
    if not prints:
        raise UserError(
            f"no print of `{exam}` is kept in this work folder, so that no sheet of it can be read",
            where=str(store.root),
            remedy=f"Print it with: grader exam print {exam}; or name the work folder of the print with --work.",
        )
    known = _known_scans(store)
    fates = [_take_one(store, known, prints, picture, replace=replace) for picture in pictures]
    copies = store.copies()
    waiting = {item.sheet for item in waiting_on(copies)}
    pages = tuple(_with_review(fate, waiting) for fate in fates)
    remarks = (*remarks_on(copies), *_tell_photocopies(store, fates))
    return Intake(pages, remarks, tell_absent(prints, copies), take_copies(gradebook, exam, copies), tell_blank(pages))


def _known_scans(store: PaperStore) -> dict[str, dict[str, SheetScan | Sheet]]:
    """sheet -> hash -> what is kept of it from that scan."""
    known: dict[str, dict[str, SheetScan | Sheet]] = {}
    for name, sheet in store.sheets_before().items():
        known.setdefault(name, {})[sheet.sha256] = sheet
    for scan in store.scans():
        known.setdefault(scan.sheet, {})[scan.sha256] = scan
    return known


def _take_one(
    store: PaperStore,
    known: dict[str, dict[str, SheetScan | Sheet]],
    prints: Mapping[str, Print],
    picture: ScannedPage,
    *,
    replace: bool,
) -> PageFate:
    """Read one picture; `known` is what has been read so far, and gets what is new."""
    if picture.picture is None:
        return PageFate(picture.source, "rejected", None, picture.because)
    before = next((sheet for sheet, scans in known.items() if picture.sha256 in scans), None)
    if before is not None:
        return PageFate(picture.source, "read", before, "It was read before.")
    found = read_picture(picture.picture, prints, drawn=picture.drawn)
    if not isinstance(found, SheetRead):
        return PageFate(picture.source, "blank" if found.blank else "rejected", None, found.because)
    name = sheet_id(found.print_.id, found.copy.number, found.page.number)
    others = known.setdefault(name, {})
    scan = as_scan(found, picture.source, picture.sha256, replaces=tuple(sorted(others)) if replace else ())
    rest = [] if replace else [one for one in others.values() if isinstance(one, SheetScan)]
    # The picture first: a scan without one could not be looked at, a picture without its scan is written again.
    if min((scan, *rest), key=rank) is scan and (replace or len(rest) == len(others)):
        store.add_picture(name, found.flat)
    store.add_scan(scan)
    told = "" if not others else _tell_again(next(iter(others.values())), replace=replace)
    others[scan.sha256] = scan
    return PageFate(picture.source, "read", name, told)


def as_scan(found: SheetRead, source: str, sha256: str, *, replaces: tuple[str, ...] = ()) -> SheetScan:
    """What was measured on a sheet, as it is kept."""
    columns = {} if found.measures is None else found.measures.as_columns()
    return SheetScan(
        print_id=found.print_.id,
        copy_number=found.copy.number,
        page=found.page.number,
        source=source,
        sha256=sha256,
        quality=found.quality,
        measures=columns,
        joined=found.joined,
        blank_fields=found.blank_fields,
        written_beside=found.written_beside,
        replaces=replaces,
    )


def _tell_again(first: SheetScan | Sheet, *, replace: bool) -> str:
    if replace:
        return f"It counts in the place of {first.source}."
    if isinstance(first, Sheet):
        return f"It is the same sheet as {first.source}, which counts. Give --replace where this scan should."
    return f"It is the same sheet as {first.source}: they are read together."


def _tell_photocopies(store: PaperStore, fates: Sequence[PageFate]) -> Iterator[str]:
    """Sheets that came again now and differ so much that somebody else may have written one of them."""
    again = {fate.sheet for fate in fates if fate.because and fate.fate in ("read", "needs review")}
    for read in store.copies():
        for sheet in read.sheets.values():
            differ = sum(differs(reading) for reading in sheet.boxes)
            if sheet.id in again and differ >= SEVERAL:
                yield (
                    f"The scans of {sheet.id} differ in {differ} boxes. If one is a photocopy on which another student "
                    "wrote, that student needs a copy of another number."
                )


def tell_blank(pages: Sequence[PageFate]) -> str:
    """The blank sides, in a sentence; empty where there are none."""
    blank = [page.source for page in pages if page.fate == "blank"]
    if not blank:
        return ""
    named = ", ".join(blank[:MOST_NAMED]) + ("…" if len(blank) > MOST_NAMED else "")
    return f"{len(blank)} blank {'side' if len(blank) == 1 else 'sides'}: {named}."


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
