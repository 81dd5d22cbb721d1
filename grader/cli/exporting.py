"""export: grades for another system."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from grader.cli import show
from grader.cli.place import Place
from grader.course.course import Course
from grader.errors import UserError
from grader.exam.exam import find_exam
from grader.exam.exam_scores import score_exam
from grader.export import CourseRow, ExportRow, Filled, as_csv, as_results, course_as_csv, fill_canvas, fill_moodle
from grader.export.grading_sheet import read_sheet
from grader.export.rows import GradeRow
from grader.files.durable import write_file
from grader.language import language
from grader.report import page_name
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.course_report import grade_students

NEEDS_A_PERSON = 1
FORMATS = ("csv", "moodle", "canvas", "gradescope", "moodle-api", "canvas-api")


def add_to(app: typer.Typer) -> None:
    app.command()(export)


def export(
    context: typer.Context,
    assignment: str | None = typer.Argument(
        None, metavar="ASSIGNMENT", help="The assignment or exam; without it, the course's grade is written."
    ),
    to: str = typer.Option("", "--to", metavar="FORMAT", help=f"One of {', '.join(FORMATS)}; has to be given."),
    into: Path | None = typer.Option(
        None, "--into", metavar="FILE", readable=False, help="moodle and canvas: the file that you downloaded there."
    ),
    out: Path | None = typer.Option(
        None, "--out", metavar="PATH", help="Where to write; by default standard output. gradescope: a folder."
    ),
    column: str = typer.Option("", metavar="NAME", help="moodle and canvas: the column that takes the grades."),
    rescale: bool = typer.Option(False, "--rescale", help="Convert, where the other system has other points."),
    at: str = typer.Option("", "--at", metavar="COURSE/ID", help="moodle-api and canvas-api: the assignment there."),
    sends: bool = typer.Option(
        False, "--send", help="moodle-api and canvas-api: send; without it, what would change is shown."
    ),
) -> None:
    """Write the grades in the form that another system imports. Exit code 1 if somebody is left out, with the names."""
    place: Place = context.obj
    course = place.course()
    _check_options(to, into, out, at=at, sends=sends)
    with language(course.file.language):
        if to.endswith("-api"):
            from grader.cli.platform_export import check_options, push_grades  # HTTP comes in with it

            name = check_options(assignment, to, at, (into, out, column))
            push_grades(course, place.work(course), name, to, at, sends=sends, rescale=rescale)
            return
        _export(course, place.work(course), assignment, to, into, out, column=column, rescale=rescale)


def _export(
    course: Course,
    work: WorkFolder,
    assignment: str | None,
    to: str,
    into: Path | None,
    out: Path | None,
    *,
    column: str,
    rescale: bool,
) -> None:
    if assignment is None:
        _export_course(course, work, to, into, out, column=column, rescale=rescale)
        return
    rows, titles = _grade(course, work, assignment)
    if to in ("moodle", "canvas") and into is not None:
        filled = _fill(course, to, into, rows, titles, column=column, rescale=rescale)
        _write(out, filled.text)
    elif to == "gradescope" and out is not None:
        filled = _write_results(out, rows)
    else:
        waiting = tuple(row.student for row in rows if row.points is None)
        filled = Filled(as_csv(rows), tuple(row.student for row in rows), waiting, ())
        _write(out, filled.text)
    _tell(filled, to)


def _export_course(
    course: Course, work: WorkFolder, to: str, into: Path | None, out: Path | None, *, column: str, rescale: bool
) -> None:
    if to == "gradescope":
        raise UserError(
            "the course's grade is no assignment of Gradescope's",
            remedy="Name an assignment, or choose one of csv, moodle, canvas.",
        )
    with work.locked():
        graded = grade_students(course, work)
    exam = course.file.grade.exam if course.file.grade is not None else ""
    rows = [CourseRow(grade, exam) for grade in graded.grades]
    if into is not None:
        filled = _fill(course, to, into, rows, [course.file.title], column=column, rescale=rescale)
    else:
        waiting = tuple(row.student for row in rows if row.points is None)
        filled = Filled(course_as_csv(rows), tuple(row.student for row in rows), waiting, ())
    _write(out, filled.text)
    _tell(filled, to)


def _fill(
    course: Course, to: str, into: Path, rows: Sequence[GradeRow], titles: Sequence[str], *, column: str, rescale: bool
) -> Filled:
    sheet = read_sheet(into)
    if to == "moodle":
        return fill_moodle(sheet, rows, roster=course.roster, column=column, rescale=rescale)
    return fill_canvas(sheet, rows, titles, roster=course.roster, column=column, rescale=rescale)


def _check_options(to: str, into: Path | None, out: Path | None, *, at: str, sends: bool) -> None:
    if not to:
        raise UserError("no format is named", remedy=f"Name one: --to {', --to '.join(FORMATS)}.")
    if to not in FORMATS:
        raise UserError(f"there is no format `{to}`", remedy=f"Choose one of {', '.join(FORMATS)}.")
    if to in ("moodle", "canvas") and into is None:
        raise UserError(
            f"--to {to} fills a file that you downloaded there",
            remedy="Name it with --into FILE: only that one knows the ids of students and assignments.",
        )
    if to == "gradescope" and out is None:
        raise UserError("--to gradescope writes a file for each student", remedy="Name a folder for them: --out DIR")
    if (at or sends) and not to.endswith("-api"):
        raise UserError(f"--to {to} sends nothing", remedy="Take --at and --send away, or say --to canvas-api.")
    if into is not None and out is not None and out.resolve() == into.resolve():
        raise UserError("the download would be written over", where=str(out), remedy="Name another file with --out.")


def _grade(course: Course, work: WorkFolder, name: str) -> tuple[list[ExportRow], list[str]]:
    """The class as it stands now, and what the assignment is called; an exam is one, too."""
    with work.locked():
        if name not in course.assignments and (course.root / "assignments" / name / "exam.yaml").exists():
            exam = find_exam(course.root, name)
            graded = score_exam(work.gradebook, exam).grades
            return [ExportRow(one.grade, one.earned, one.band or "") for one in graded], [*exam.exam.title.all, name]
        assignment = course.assignment(name)
        scored = verbs.score_class(course, work, assignment)
        return [ExportRow(one.grade, one.grade.earned) for one in scored], [assignment.file.title, name]


def _write(out: Path | None, text: str) -> None:
    """To the byte: line ends and a mark at the beginning stay as they were."""
    if out is None:
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()
        return
    try:
        out.write_bytes(text.encode("utf-8"))
    except OSError as error:
        remedy = "Name a file in a folder that exists, with --out FILE."
        raise UserError(f"this cannot be written: {error.strerror}", where=str(out), remedy=remedy) from error


def _write_results(folder: Path, rows: Sequence[ExportRow]) -> Filled:
    """A results.json for each student whose points are settled; one from before is taken away for those that wait."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows:
            path = folder / f"{page_name(row.student).removesuffix('.html')}.json"
            if row.points is None:
                path.unlink(missing_ok=True)
            else:
                write_file(path, json.dumps(as_results(row), indent=1))
    except OSError as error:
        remedy = "Name another folder, with --out DIR."
        raise UserError(f"this cannot be written: {error.strerror}", where=str(folder), remedy=remedy) from error
    settled = tuple(row.student for row in rows if row.points is not None)
    return Filled("", settled, tuple(row.student for row in rows if row.points is None), ())


def _tell(filled: Filled, to: str) -> None:
    """On standard error, since the table may be on standard output."""
    out = show.console(quiet=True)
    if filled.waiting:
        out.print(
            f"No grade yet, since points wait for a person: {', '.join(filled.waiting)}. Decide: grader review",
            markup=False,
        )
    if filled.unknown:
        out.print(f"Not in the file, or there more than once: {', '.join(filled.unknown)}.", markup=False)
    out.print(f"{show.counted(len(filled.filled), 'student')} written for {to}.", markup=False)
    if filled.waiting or filled.unknown:
        raise typer.Exit(NEEDS_A_PERSON)
