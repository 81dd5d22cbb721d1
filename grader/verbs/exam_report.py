"""The pages of an exam over a whole class: from the gradebook and the scanned sheets to a page for each student."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.course.course import Course, in_its_language
from grader.exam.exam import ExamOnDisk
from grader.exam.exam_scores import ScoredExam, score_exam, variant_of
from grader.exam.paper.sheet import BOX_MM, SIZES_MM, STUDENT
from grader.exam.revisions import Asked, revise
from grader.exam.scanning.paper_answers import CopyRead, student_of
from grader.exam.scanning.print_store import PaperStore
from grader.files.durable import write_file
from grader.model import Run
from grader.report import page_name
from grader.report.exam_pages import ExamPage, ReadBox, ReadSheet, is_right, render_exam_student
from grader.store.work_folder import WorkFolder


@in_its_language
def report_exam(course: Course, work: WorkFolder, on_disk: ExamOnDisk) -> tuple[Path, ScoredExam]:
    """Write a page for each student, by the key as it is now; the folder, and what the pages were made from."""
    scored = score_exam(work.gradebook, on_disk)
    runs = {submission.student: run for submission, run in work.gradebook.responses(on_disk.name)}
    copies = _copies_of(work, on_disk)
    names = course.roster.names if course.roster is not None else {}
    pictures = _pictures_of(on_disk)
    folder = work.reports(on_disk.name)
    folder.mkdir(parents=True, exist_ok=True)
    for one in scored.grades:
        student = one.grade.student
        asked = _asked(on_disk, runs[student])
        page = ExamPage(
            course=course.file.title,
            name=on_disk.name,
            exam=on_disk.exam,
            language=on_disk.exam.languages[0],
            grade=one.grade,
            earned=one.earned,
            band=one.band,
            asked=asked,
            answers=runs[student].answers,
            pictures=pictures,
            sheets=tuple(sheet for read in copies.get(student, ()) for sheet in _sheets_of(read, asked, work, on_disk)),
            person=names.get(student, ""),
            order=tuple(_order_of(copies[student][0])) if student in copies else (),
        )
        write_file(folder / page_name(student), render_exam_student(page))
    return folder, scored


def _asked(on_disk: ExamOnDisk, run: Run) -> tuple[Asked, ...]:
    return tuple(variant_of(asked, run, on_disk.exam) for asked in revise(on_disk.exam))


def _pictures_of(on_disk: ExamOnDisk) -> dict[str, bytes]:
    """question -> its picture, where it has one that is there; `exam lint` tells of those that are not."""
    files = {one.id: on_disk.folder / one.picture.file for one in on_disk.exam.questions if one.picture is not None}
    return {name: path.read_bytes() for name, path in files.items() if path.suffix == ".png" and path.exists()}


def _copies_of(work: WorkFolder, on_disk: ExamOnDisk) -> Mapping[str, list[CopyRead]]:
    """student -> the copies of which sheets were scanned; nobody where the exam was answered online."""
    store = PaperStore(work, on_disk.name)
    found: dict[str, list[CopyRead]] = {}
    for read in store.copies():
        student, _ = student_of(read)
        if student is not None:
            found.setdefault(student, []).append(read)
    return found


def _order_of(read: CopyRead) -> Iterator[str]:
    """The questions of a copy, in the order in which they stand on it."""
    places = [(page.number, box.y_mm, box.question) for page in read.copy.pages for box in page.boxes]
    places += [(page.number, field.y_mm, field.question) for page in read.copy.pages for field in page.fields]
    yield from dict.fromkeys(question for _, _, question in sorted(places) if question != STUDENT)


def _sheets_of(read: CopyRead, asked: Sequence[Asked], work: WorkFolder, on_disk: ExamOnDisk) -> Iterator[ReadSheet]:
    store = PaperStore(work, on_disk.name)
    width_mm, height_mm = SIZES_MM[read.print_.paper]
    known = {one.question.id: one for one in asked}
    for page in read.copy.pages:
        sheet = read.sheets.get(page.number)
        if sheet is None:
            continue
        boxes = []
        ticks = {question: read.ticks(question).states for question in {box.question for box in page.boxes}}
        for box in page.boxes:
            state = ticks[box.question].get(box.id, "empty")
            right = is_right(known[box.question], box.part, box.value) if box.question in known else None
            boxes.append(ReadBox(box.x_mm, box.y_mm, state, (sheet.id, box.id) in read.decisions, right))
        picture = store.picture(sheet.id)
        jpeg = picture.read_bytes() if picture.exists() else b""
        yield ReadSheet(page.number, width_mm, height_mm, BOX_MM, jpeg, tuple(boxes))
