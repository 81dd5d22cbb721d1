"""report: pages of an assignment, of an exam, or of the whole course; as PDF and as drafts of mails, too, if asked."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from grader.cli import show
from grader.cli.collecting import tell_wait
from grader.cli.place import Place
from grader.course.course import Assignment, Course
from grader.exam.exam import ExamOnDisk, exam_names, find_exam
from grader.model import Watch
from grader.report import page_name
from grader.report.pdf import require_pdf, write_pdfs
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.course_report import report_course
from grader.verbs.mailing import OF_THE_COURSE, Drafted, Mailing, draft_pages
from grader.verbs.notebook_report import report as write_pages
from grader.verbs.notebooks import Executions

NEEDS_A_PERSON = 1

DRAFTS = typer.Option(
    False, "--drafts", help="Leave a draft in Gmail for each student, with the page attached. Nothing is sent."
)
PDF = typer.Option(False, "--pdf", help="Also write each page as PDF; needs Chromium.")


@dataclass(frozen=True)
class Written:
    """The pages that were written, and how a person is told of them."""

    students: tuple[Mailing, ...]
    others: tuple[Path, ...]
    tell: Callable[[Console], None]
    waits: bool = False
    """The command ends with `needs a person`."""


def add_to(app: typer.Typer) -> None:
    app.command()(report)


def report(
    context: typer.Context,
    assignment: str | None = typer.Argument(
        None, metavar="ASSIGNMENT", help="An assignment or an exam; without it, the course's grade is made."
    ),
    drafts: bool = DRAFTS,
    as_pdf: bool = PDF,
) -> None:
    """Write a page for each student, and one for the instructor, of an assignment, an exam or the whole course."""
    place: Place = context.obj
    course = place.course()
    work = place.work(course)
    if as_pdf:
        require_pdf()  # before a class is scored
    with work.locked(), show.progress() as watch:
        if assignment is None:
            written = _write_course(course, work)
        elif assignment not in course.assignments and assignment in exam_names(course.root):
            written = _write_exam(course, work, find_exam(course.root, assignment))
        else:
            written = _write_class(course, work, course.assignment(assignment), watch)
        if as_pdf:
            write_pdfs([*(mailing.page for mailing in written.students), *written.others], watch)
        name = assignment or OF_THE_COURSE
        drafted = draft_pages(course, work, name, written.students, tell=tell_wait) if drafts else None
    out = show.console()
    written.tell(out)
    _tell_drafts(out, drafted)
    if written.waits:
        raise typer.Exit(NEEDS_A_PERSON)


def _write_class(course: Course, work: WorkFolder, assignment: Assignment, watch: Watch) -> Written:
    started = time.monotonic()
    graded = verbs.score_class(course, work, assignment)
    wall_s = time.monotonic() - started
    reported = write_pages(course, work, assignment, graded, Executions(0, len(graded)), wall_s=wall_s, watch=watch)
    page = reported.index
    students = tuple(
        Mailing(one.grade.student, page.parent / page_name(one.grade.student), not one.grade.needs_review)
        for one in graded
        if one.grade.student not in reported.without_page
    )

    def tell(out: Console) -> None:
        show.print_without_page(out, reported, work.log)
        out.print(f"The class page: {page}", markup=False)

    return Written(students, (page,), tell, waits=bool(reported.without_page))


def _write_exam(course: Course, work: WorkFolder, exam: ExamOnDisk) -> Written:
    from grader.verbs.exam_report import report_exam  # OpenCV comes in with it, for which no other command has to wait

    folder, scored = report_exam(course, work, exam)
    students = tuple(
        Mailing(one.grade.student, folder / page_name(one.grade.student), not one.grade.needs_review)
        for one in scored.grades
    )
    told = f"{show.counted(len(students), 'page')}: {folder}"
    waits = any(not mailing.settled for mailing in students)
    return Written(students, (), lambda out: out.print(told, markup=False), waits)


def _write_course(course: Course, work: WorkFolder) -> Written:
    page, graded = report_course(course, work)
    students = tuple(Mailing(one.student, page.parent / page_name(one.student), one.settled) for one in graded.grades)

    def tell(out: Console) -> None:
        show.print_course(out, graded)
        out.print(f"The course page: {page}", markup=False)

    return Written(students, (page,), tell, waits=any(not grade.settled for grade in graded.grades))


def _tell_drafts(out: Console, drafted: Drafted | None) -> None:
    if drafted is None:
        return
    if drafted.waiting:
        out.print(f"No draft yet, since points wait for a person: {', '.join(drafted.waiting)}.", markup=False)
    if drafted.unaddressed:
        out.print(f"No draft, since the roster has no address: {', '.join(drafted.unaddressed)}.", markup=False)
    known = f" ({len(drafted.known)} left before)" if drafted.known else ""
    out.print(f"{show.counted(len(drafted.new), 'new draft')} in Gmail{known}: read them, and send what you like.")
    if drafted.waiting or drafted.unaddressed:
        raise typer.Exit(NEEDS_A_PERSON)
