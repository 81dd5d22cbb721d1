"""extend: one student's deadline is moved, or stands. Nothing is run: the next score counts by it."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from grader.cli import show
from grader.cli.place import Place
from grader.course.course import Assignment
from grader.deadlines.due_dates import HandedIn, read_handed_in, read_moment, zone_of
from grader.deadlines.lateness import Terms, choose, judge_lateness, tell_moment
from grader.errors import UserError
from grader.model import Extension
from grader.review.decisions import find_user

ASSIGNMENT = typer.Argument(metavar="ASSIGNMENT", help="The assignment's name.")
STUDENT = typer.Argument(metavar="STUDENT", help="The student, as the class page names them.")
UNTIL = typer.Option(
    None, "--until", metavar="TIME", help="As 2024-08-12T00:00; the assignment's zone unless it has one."
)
STANDS = typer.Option(False, "--stands", help="Confirm the deadline: what waited for a person counts as late.")
WHO = typer.Option(None, "--who", help="Who decides; by default the user who is logged in.")
WHY = typer.Option("", "--why", help="Kept beside the decision.")


def add_to(app: typer.Typer) -> None:
    app.command()(extend)


def extend(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    student: str = STUDENT,
    until: str | None = UNTIL,
    stands: bool = STANDS,
    who: str | None = WHO,
    why: str = WHY,
) -> None:
    """Give one student more time, or confirm the deadline. No notebook runs; the last decision counts."""
    place: Place = context.obj
    course = place.course()
    chosen, work = course.assignment(assignment), place.work(course)
    if (until is None) == (not stands):
        raise UserError(
            "one of --until TIME and --stands is needed",
            remedy=f"More time: grader extend {assignment} {student} --until 2024-08-12T00:00",
        )
    _refuse_without_deadline(chosen)
    moment = _read_time(until, chosen) if until else None
    roster = course.roster
    with work.locked():
        known = {*(roster.names if roster else ()), *read_handed_in(course, work.gradebook, chosen).submissions}
        if student not in known:
            raise UserError(
                f"there is no student `{student}` in the roster or among those who handed in",
                remedy=f"There are: {show.some(sorted(known)) or 'none'}",
            )
        before = _tell(read_handed_in(course, work.gradebook, chosen), student, chosen)
        work.gradebook.add_extension(
            Extension(
                student=student,
                assignment=assignment,
                until=moment,
                who=who or find_user(),
                when=datetime.now(UTC),
                why=why,
            )
        )
        after = _tell(read_handed_in(course, work.gradebook, chosen), student, chosen)
    out = show.console()
    told = f"until {tell_moment(moment, zone_of(chosen.file))}" if moment else "no more time: the deadline stands"
    out.print(f"{student} has {told}.", markup=False)
    if after:
        out.print(f"Before: {before}\nNow:    {after}", markup=False)
    out.print(f"The points follow with: grader report {assignment}", markup=False)


def _tell(handed_in: HandedIn, student: str, assignment: Assignment) -> str:
    """How the student's submission stands, in a few words; an empty text where there is none."""
    own = handed_in.submissions.get(student)
    if not own:
        return ""
    terms: Terms = handed_in.terms[student]
    lateness = judge_lateness(choose(own, terms), terms, assignment.rubric.points)
    if lateness is None:
        return "no time is known"
    late = f"{lateness.late_by_s / 3600:.1f} h late" if lateness.late_by_s else "in time"
    costs = f", which costs {lateness.penalty:g} points" if lateness.penalty else ""
    return late + costs + (", and waits for a person" if lateness.waits else "")


def _refuse_without_deadline(assignment: Assignment) -> None:
    if assignment.file.deadline is None:
        raise UserError(
            f"the assignment `{assignment.name}` has no deadline, so there is nothing to extend",
            where=str(assignment.folder / "assignment.toml"),
            remedy="Write one there: deadline = 2024-08-11T00:00:00-03:00",
        )


def _read_time(text: str, assignment: Assignment) -> datetime:
    moment = read_moment(text, assignment.file)
    if assignment.file.deadline and moment < assignment.file.deadline:
        raise UserError(
            f"{text} is before the deadline, {tell_moment(assignment.file.deadline, zone_of(assignment.file))}",
            remedy="An extension gives more time. To confirm the deadline, use --stands.",
        )
    return moment
