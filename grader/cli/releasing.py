"""release: what students get of an assignment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import typer

from grader.authoring.leaks import refuse_leaks
from grader.cli import show
from grader.cli.collecting import ASSIGNMENT
from grader.cli.place import Place
from grader.course.course import Assignment
from grader.course.student_copy import refresh_notebook
from grader.errors import UserError
from grader.language import language
from grader.model import Answer
from grader.release import Released, add_checks, cut_to_public, is_checked_in_cell, without_people, write_bundle
from grader.verbs import notebooks as verbs
from grader.verify import explain_unproven
from grader.verify.bench import asked_by
from grader.verify.modules import read_modules

BUNDLE = "check"


def add_to(app: typer.Typer) -> None:
    app.command()(release)


def release(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    out: Path = typer.Option(..., "--out", metavar="DIR", help="A folder for what students get."),
) -> None:
    """Write what students get: the notebook with a last cell that checks it, and a folder for `grader check`.

    Both contain the public criteria and their expected values. Neither contains a hidden probe or the reference. A
    notebook in which a solution is marked, or stands as the reference has it, is refused.
    """
    place: Place = context.obj
    course = place.course()
    chosen = course.assignment(assignment)
    public = cut_to_public(chosen.rubric)
    refresh_notebook(chosen)
    if chosen.given is not None:
        modules = read_modules(course.root, chosen.rubric.reference)
        refuse_leaks(chosen.given, str(chosen.folder / str(chosen.file.notebook)), modules, asked_by(chosen.rubric))
    work = place.work(course)
    with work.logged():
        answers = verbs.expected_for(course, work, chosen, [""], public_only=True)[""]
    expected = {name: answers[name] for name in public.expected_probes()}
    total = len(chosen.rubric.criteria)
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_bundle(out / BUNDLE, course, chosen, public, Released(expected, total - len(public.criteria)))
        with language(course.file.language):
            written = _write_notebook(out, chosen, expected)
    except OSError as error:
        raise UserError(
            f"this cannot be written: {error.strerror}",
            where=str(error.filename or out),
            remedy="Choose another folder.",
        ) from error
    left = "" if written else " The assignment gives no notebook, so there is none for Colab."
    show.console().print(
        f"{len(public.criteria)} of {total} criteria are public. What students get is in {out}: "
        f"{f'{written}, which checks itself in its last cell, and ' if written else ''}the folder {BUNDLE}, in which "
        f"`grader check {assignment} NOTEBOOK` works.{left}",
        markup=False,
        soft_wrap=True,
    )
    show.print_unproven(show.console(), explain_unproven(course, chosen))


def _write_notebook(out: Path, assignment: Assignment, expected: Mapping[str, Answer]) -> str:
    """The notebook with its last cell, beside the bundle; its name, which is empty where the assignment gives none."""
    if assignment.given_notebook is None or assignment.given is None or assignment.file.notebook is None:
        return ""
    path = out / Path(assignment.file.notebook).name
    rubric = cut_to_public(assignment.rubric, is_checked_in_cell)
    left_out = len(assignment.rubric.criteria) - len(rubric.criteria)
    given = without_people(assignment.given, str(assignment.folder / assignment.file.notebook))
    path.write_bytes(add_checks(given, rubric, expected, left_out))
    return path.name
