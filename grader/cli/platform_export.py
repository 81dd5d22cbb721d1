"""export --to canvas-api, moodle-api: first what would change there, then each grade once, with a receipt."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console

from grader.cli import show
from grader.cli.collecting import tell_wait
from grader.course.course import Course
from grader.errors import UserError
from grader.exam.exam import exam_names, find_exam
from grader.export import ExportRow
from grader.export.grading_sheet import match_rows, scale
from grader.export.rows import write_points
from grader.platforms import Change, Planned, Push, open_site, plan, send
from grader.platforms.pushing import LastSent
from grader.report import page_name
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.notebook_report import report as write_pages
from grader.verbs.notebooks import Executions

NEEDS_A_PERSON = 1


def push_grades(course: Course, work: WorkFolder, name: str, to: str, at: str, *, sends: bool, rescale: bool) -> None:
    """Show each change; send them where `sends` says so."""
    platform = to.removesuffix("-api")
    site = open_site(course, platform, at, tell_wait)
    place = f"{platform}:{at}"
    with work.locked():
        rows, pages = _grade(course, work, name)
        matched = match_rows(site.students(), {row.student for row in rows}, course.roster)
        pushes = {}
        for row in rows:
            if row.points is not None and row.student in matched and row.student in pages:
                points = scale(row.points, row.possible, site.possible, rescale=rescale, where=place)
                pushes[matched[row.student]] = Push(row.student, points, row.comment, pages[row.student])
        noted = work.gradebook.pushed(name, place)
        last = {student: LastSent(points, comment) for student, (points, comment) in noted.items()}
        planned = plan(site, pushes, last)
        out = show.console(quiet=True)
        _show(out, planned)
        theirs = list(planned.theirs)
        if sends:

            def receipt(push: Push) -> None:
                work.gradebook.add_pushed(name, push.student, place, push.points, push.comment, push.page[0])

            sent = send(site, planned.changes, last, receipt)
            _show_theirs(out, sent.theirs)
            theirs += sent.theirs
            out.print(f"{show.counted(len(sent.students), 'student')} sent to {place}.", markup=False)
        elif planned.changes:
            out.print("Nothing is sent yet. Send it: the same command with --send", markup=False)
    if _show_left_out(out, rows, matched, pages) or theirs:
        raise typer.Exit(NEEDS_A_PERSON)


def _grade(course: Course, work: WorkFolder, name: str) -> tuple[list[ExportRow], dict[str, tuple[str, bytes]]]:
    """The class as it stands, and each page that could be written."""
    if name not in course.assignments and name in exam_names(course.root):
        from grader.verbs.exam_report import report_exam  # OpenCV comes in with it

        folder, scored = report_exam(course, work, find_exam(course.root, name))
        rows = [ExportRow(one.grade, one.earned, one.band or "") for one in scored.grades]
        return rows, {row.student: _read_page(folder, row.student) for row in rows}
    assignment = course.assignment(name)
    started = time.monotonic()
    graded = verbs.score_class(course, work, assignment)
    wall_s = time.monotonic() - started
    with show.progress() as watch:
        reported = write_pages(course, work, assignment, graded, Executions(0, len(graded)), wall_s=wall_s, watch=watch)
    rows = [ExportRow(one.grade, one.grade.earned) for one in graded]
    written = [row.student for row in rows if row.student not in reported.without_page]
    return rows, {student: _read_page(reported.index.parent, student) for student in written}


def _read_page(folder: Path, student: str) -> tuple[str, bytes]:
    """The page, and a name that says which version it is."""
    path = folder / page_name(student)
    content = path.read_bytes()
    return f"{path.stem}-{hashlib.sha256(content).hexdigest()[:10]}.html", content


def _show(out: Console, planned: Planned) -> None:
    for change in planned.changes:
        points = write_points(change.push.points)
        before = "no grade" if change.there.points is None else write_points(change.there.points)
        what = "comment and page" if before == points else f"{before} -> {points}"
        out.print(f"{change.push.student}: {what}", markup=False)
    if planned.same:
        out.print(f"{show.counted(len(planned.same), 'student')}: all of it is there already.", markup=False)
    _show_theirs(out, planned.theirs)


def _show_theirs(out: Console, theirs: Sequence[Change]) -> None:
    for change in theirs:
        there = "no grade" if change.there.points is None else write_points(change.there.points)
        out.print(
            f"{change.push.student}: left alone, since a person changed it there: "
            f"{there} there, {write_points(change.push.points)} here.",
            markup=False,
        )


def _show_left_out(out: Console, rows: Sequence[ExportRow], matched: dict[str, int], pages: object) -> bool:
    waiting = [row.student for row in rows if row.points is None]
    unknown = [row.student for row in rows if row.student not in matched]
    pageless = [row.student for row in rows if isinstance(pages, dict) and row.student not in pages]
    if waiting:
        told = "No grade yet, since points wait for a person"
        out.print(f"{told}: {', '.join(waiting)}. Decide: grader review", markup=False)
    if unknown:
        out.print(f"Nobody there, or more than one, is called so: {', '.join(unknown)}.", markup=False)
    if pageless:
        out.print(f"Not sent, since their page could not be written: {', '.join(pageless)}.", markup=False)
    return bool(waiting or unknown or pageless)


def check_options(assignment: str | None, to: str, at: str, unused: Sequence[object]) -> str:
    """The assignment's name, where the options suit a push."""
    if any(unused):
        raise UserError(f"--to {to} reads and writes no file", remedy="Take --into, --out and --column away.")
    if assignment is None:
        raise UserError(f"--to {to} sends an assignment's grades", remedy="Name an assignment or an exam.")
    if not at:
        raise UserError(
            f"--to {to} needs the course and the assignment there",
            remedy="Take both numbers from the addresses there, as in --at 12/345.",
        )
    return assignment
