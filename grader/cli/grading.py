"""execute, score, grade, demo: from what was handed in to a page for each student."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from dataclasses import replace

import typer

from grader.cli import show
from grader.cli.collecting import ASSIGNMENT, SOURCES, tell_wait
from grader.cli.dry_run import print_dry_run, write_dry_run
from grader.cli.place import Place
from grader.cli.resources import ANY_ENVIRONMENT, CLUSTER, GPU_JOBS, JOBS, SANDBOX, find_resources
from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.execute.pool import Resources
from grader.language import language
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.collection import collect
from grader.verbs.notebook_report import report as write_pages
from grader.verbs.notebooks import Executions
from grader.verify import explain_unproven

NEEDS_A_PERSON = 1

JSON = typer.Option(False, "--json", help="One JSON object on standard output, and nothing else there.")
DRY_RUN = typer.Option(False, "--dry-run", help="Say whose points would change, where and why; note nothing.")
AGAIN = typer.Option(False, "--again", help="Run again what has a run already.")
STUDENT = typer.Option(None, "--student", metavar="STUDENT", help="With --again: run only this student's work again.")


def add_to(app: typer.Typer) -> None:
    for command in (demo, execute, score, grade):
        app.command()(command)


def grade(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    sources: list[str] | None = SOURCES,
    jobs: int = JOBS,
    gpu_jobs: int | None = GPU_JOBS,
    cluster: str | None = CLUSTER,
    any_environment: bool = ANY_ENVIRONMENT,
    sandbox: str = SANDBOX,
    again: bool = AGAIN,
    student: str | None = STUDENT,
    as_json: bool = JSON,
) -> None:
    """Collect, execute, score and report, in this order. Stop it and start it again whenever you like."""
    require_again(student, again=again)
    place: Place = context.obj
    course = place.course()
    chosen = course.assignment(assignment)
    work = place.work(course)
    with find_resources(course, sandbox, jobs, gpu_jobs, cluster, any_environment) as resources:
        _grade(course, work, chosen, sources or [], resources, again=again, student=student, as_json=as_json)


def require_again(student: str | None, *, again: bool) -> None:
    """What has no run is run in any case: a student alone is chosen only of what is run again."""
    if student is not None and not again:
        raise UserError("--student goes with --again", remedy=f"Write: --student {student} --again")


def _grade(
    course: Course,
    work: WorkFolder,
    assignment: Assignment,
    sources: Sequence[str],
    resources: Resources,
    *,
    again: bool,
    student: str | None = None,
    as_json: bool,
) -> None:
    started = time.monotonic()
    out = show.console(quiet=as_json)
    assignment.rubric  # noqa: B018  (a rubric that is wrong is told before anything is run)
    with work.locked(), show.progress() as watch:
        found = collect(course, work, assignment, sources, watch=watch, tell=tell_wait)
        executions = verbs.execute(
            course, work, assignment, resources, watch=watch, tell=tell_wait, again=again, student=student
        )
        graded = verbs.score_class(course, work, assignment)
        wall_s = time.monotonic() - started
        reported = write_pages(course, work, assignment, graded, executions, wall_s=wall_s, watch=watch)
    show.print_left_out(show.console(quiet=as_json), found)
    show.print_problems(show.console(quiet=as_json), assignment.name, found)
    if as_json:
        with language(course.file.language):
            show.print_json(assignment.name, graded, executions)
    else:
        show.print_class(out, graded)
        show.print_changes(out, graded)
        wall_s = time.monotonic() - started
        out.print(f"\n{executions.executed} run now, {executions.reused} not run again, in {wall_s:.0f} s.")
    if assignment.file.has_deadline_rule:
        show.print_undated(out, graded)
    show.print_failed(out, graded, work.log)
    show.print_without_page(out, reported, work.log)
    if not as_json:
        show.print_unproven(out, explain_unproven(course, assignment))
        out.print(f"The class page: {reported.index}", markup=False)
    if reported.without_page or any(scored.grade.needs_review for scored in graded):
        raise typer.Exit(NEEDS_A_PERSON)


def demo(context: typer.Context, jobs: int = JOBS, sandbox: str = SANDBOX, as_json: bool = JSON) -> None:
    """Grade the class that comes with the course. Ends by naming the page to open."""
    place: Place = context.obj
    course = place.course()
    chosen = course.file.demo
    if chosen is None:
        raise UserError(
            "this course has no [demo]",
            where=str(course.root / "course.toml"),
            remedy="Name an assignment and a folder of submissions there.",
        )
    assignment = course.assignment(chosen.assignment)
    limits = assignment.file.limits.model_copy(update=chosen.limits.model_dump(exclude_unset=True))
    assignment = replace(assignment, file=assignment.file.model_copy(update={"limits": limits}))
    source = str(course.root / chosen.submissions)
    work = place.work(course, "demo")
    with find_resources(course, sandbox, jobs) as resources:
        _grade(course, work, assignment, [source], resources, again=False, as_json=as_json)


def execute(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    jobs: int = JOBS,
    gpu_jobs: int | None = GPU_JOBS,
    cluster: str | None = CLUSTER,
    any_environment: bool = ANY_ENVIRONMENT,
    sandbox: str = SANDBOX,
    again: bool = AGAIN,
    student: str | None = STUDENT,
) -> None:
    """Run what was collected and has no run yet."""
    require_again(student, again=again)
    place: Place = context.obj
    course = place.course()
    chosen, work = course.assignment(assignment), place.work(course)
    with (
        find_resources(course, sandbox, jobs, gpu_jobs, cluster, any_environment) as resources,
        work.locked(),
        show.progress() as watch,
    ):
        done = verbs.execute(course, work, chosen, resources, watch=watch, tell=tell_wait, again=again, student=student)
    show.console().print(f"{done.executed} run now, {done.reused} not run again.")


def score(context: typer.Context, assignment: str = ASSIGNMENT, dry_run: bool = DRY_RUN, as_json: bool = JSON) -> None:
    """Judge the runs by the rubric as it is now. No notebook is run."""
    place: Place = context.obj
    course = place.course()
    chosen, work = course.assignment(assignment), place.work(course)
    with work.locked():
        graded = verbs.score_class(course, work, chosen, keep=not dry_run)
    if dry_run:
        tell = write_dry_run if as_json else functools.partial(print_dry_run, show.console())
        with language(course.file.language):
            tell(assignment, graded)
    elif as_json:
        with language(course.file.language):
            show.print_json(assignment, graded, Executions(0, len(graded)))
    else:
        out = show.console()
        show.print_class(out, graded)
        show.print_changes(out, graded)
    show.print_failed(show.console(quiet=as_json), graded, work.log)
    if any(scored.grade.needs_review for scored in graded):
        raise typer.Exit(NEEDS_A_PERSON)
