"""check: a student's self-check, by the same code and words as grading, on public criteria only."""

from __future__ import annotations

import hashlib
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperCommand

from grader.cli import show
from grader.cli.collecting import ASSIGNMENT
from grader.cli.grading import JSON
from grader.cli.place import Place
from grader.cli.resources import sandbox_of
from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.execute.pool import Resources, Work
from grader.execute.probe_questions import make_questions
from grader.execute.sandbox import Sandbox, require, why_no_sandbox
from grader.language import Code, Reason, Value, _, language, ngettext
from grader.model import Grade, Run
from grader.release import read_released
from grader.score import score
from grader.score.handing_in import say_before_handing_in
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.notebooks import Executions

NOT_MET = 1

SANDBOX = typer.Option(None, help="bubblewrap, or none; by default bubblewrap where this machine has it.")


_USAGE = "grader check ASSIGNMENT NOTEBOOK [--sandbox none] [--json]"
_UNUSABLE: type[Exception] = typer.BadParameter.__bases__[0]
"""What typer raises for a command line that it cannot use; it exports only some of its kinds."""


class CheckCommand(TyperCommand):
    """The one command that students run: also a command line that it cannot use is told in the course's language."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except _UNUSABLE as error:
            with language(_language_at(ctx.obj)):
                raise UserError(_say_unusable(error), remedy=_("Usage: {command}", command=_USAGE)) from error


def _language_at(place: Place) -> Code:
    try:
        return place.course().file.language
    except UserError:  # there is no course here, or none that can be read
        return "en"


def _say_unusable(error: Any) -> Reason:
    if option := getattr(error, "option_name", ""):
        return _("there is no option {name}", name=option)
    if parameter := getattr(error, "param", None):
        return _("the argument {name} is missing, or cannot be used", name=str(parameter.name).upper())
    return _("this command has two arguments, and no more")


def add_to(app: typer.Typer) -> None:
    app.command(cls=CheckCommand)(check)


def check(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    notebook: Path = typer.Argument(metavar="NOTEBOOK", readable=False, help="Your notebook."),
    sandbox: str | None = SANDBOX,
    as_json: bool = JSON,
) -> None:
    """Check your own notebook before you hand it in. Exit code 1 if something is not met.

    It judges the public criteria of the grading. Nothing is handed in.
    """
    place: Place = context.obj
    course = place.course()
    with language(course.file.language):
        met = _check(place, course, assignment, notebook, sandbox, as_json=as_json)
    raise typer.Exit(0 if met else NOT_MET)


def _check(
    place: Place, course: Course, assignment: str, notebook: Path, sandbox: str | None, *, as_json: bool
) -> bool:
    """Check and tell; whether all that can be checked here is met."""
    chosen = course.assignment(assignment)
    if not notebook.is_file():
        raise UserError(_("there is no such notebook"), where=str(notebook), remedy=_("Name your .ipynb file."))
    resources = Resources(_choose_sandbox(sandbox), jobs=1)
    student = unicodedata.normalize("NFC", notebook.stem)
    asked = _make_work(chosen, notebook, student)
    with _some_work_folder(place, course) as work, work.logged():
        expected = verbs.expected_for(course, work, chosen, [student], public_only=True)[student]
        with resources.executor(chosen.file.gpu, chosen.file.limits) as executor:
            run = verbs.with_facts(chosen, executor.submit(asked).result())
        if run.end == "failed":
            # The last place to pass writes it down where its message says.
            raise RuntimeError(f"{run.because}\n{work.log.read_text(encoding='utf-8')}")
    findings = score(run, chosen.rubric, expected, public_only=True)
    grade = Grade(student=student, assignment=assignment, findings=findings, end=run.end)
    released = read_released(course, assignment)
    left = len(chosen.rubric.criteria) - len(findings) + (released.left_out if released else 0)
    if as_json:
        told = show.tell_grade(grade, run)
        show.write_json(assignment, [{**told, "not_checked": left}], Executions(1, 0))
    else:
        _print(show.console(), run, grade, left)
    return run.end != "unreadable" and all(finding.status in ("met", "unscored") for finding in findings)


def _choose_sandbox(wanted: str | None) -> Sandbox:
    """What is asked for; otherwise the sandbox where there is one, and none for who checks a notebook of their own."""
    if wanted is not None:
        kind = sandbox_of(wanted)
        require(kind)
        return kind
    problem = why_no_sandbox()
    if problem is None:
        return "bubblewrap"
    show.console(quiet=True).print(
        str(
            _(
                "The notebook runs as you do, with your files and your network, since {problem}. "
                "If it is not your own, stop here with Ctrl-C.",
                problem=problem.what,
            )
        ),
        markup=False,
    )
    return "none"


def _make_work(assignment: Assignment, notebook: Path, student: str) -> Work:
    content = notebook.read_bytes()
    questions = make_questions(assignment.rubric, student, public_only=True)
    return Work(
        "check", hashlib.sha256(content).hexdigest(), content, questions, assignment.file.limits, assignment.materials
    )


@contextmanager
def _some_work_folder(place: Place, course: Course) -> Iterator[WorkFolder]:
    """Where expected values are remembered: nothing of a self-check has to last, so any folder will do."""
    try:
        work = place.work(course)
    except UserError:
        with tempfile.TemporaryDirectory(prefix="grader-check-") as folder:
            yield WorkFolder(Path(folder))
    else:
        yield work


def _print(out: Console, run: Run, grade: Grade, left: int) -> None:
    out.print(str(run.because), style="bold", markup=False)
    if run.end == "unreadable":
        return
    if run.sandbox == "none":
        out.print(str(_("It ran without a sandbox.")), markup=False)
    for cell in run.cells:
        if cell.because:
            told = _("code cell {number}, `{title}`: {why}", number=cell.number, title=cell.title, why=cell.because)
            out.print(f"  {told}", markup=False)
    out.print()
    show.print_findings(out, grade.findings)
    out.print(f"\n{_say_points(grade)}")
    if left:
        out.print(
            str(
                ngettext(
                    "{n} criterion is not checked here, because it uses inputs that you do not see.",
                    "{n} criteria are not checked here, because they use inputs that you do not see.",
                    left,
                )
            )
        )
    heading = _("Before you hand it in:")
    out.print(f"\n{heading}")
    for sentence in say_before_handing_in(run):
        out.print(f"  {sentence}", markup=False, soft_wrap=True)


def _say_points(grade: Grade) -> Reason:
    told: dict[str, Value] = {"earned": grade.earned, "possible": grade.possible}
    if not grade.waiting:
        return _("{earned} of the {possible} points that can be checked here.", **told)
    return _(
        "{earned} of the {possible} points that can be checked here; a person decides on {waiting} of them.",
        **told,
        waiting=grade.waiting,
    )
