"""check: a student's self-check, by the same code and words as grading, on public criteria only."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import typer

from grader import verbs
from grader.cli import show
from grader.cli.grading import ASSIGNMENT, JSON, SANDBOX, _sandbox
from grader.cli.place import Place
from grader.course import Assignment
from grader.errors import UserError
from grader.execute.pool import Servers, Work, execute_one
from grader.execute.questions import make_questions
from grader.execute.sandbox import require
from grader.score import score

NOT_MET = 1


def add_to(app: typer.Typer) -> None:
    app.command()(check)


def check(
    context: typer.Context,
    assignment: str = ASSIGNMENT,
    notebook: Path = typer.Argument(metavar="NOTEBOOK", help="Your notebook."),
    sandbox: str = SANDBOX,
    as_json: bool = JSON,
) -> None:
    """Check your own notebook before you hand it in; exit code 1 where something is not met."""
    place: Place = context.obj
    course = place.course()
    chosen = course.assignment(assignment)
    if not notebook.is_file():
        raise UserError("there is no such notebook", where=str(notebook), remedy="Name your .ipynb file.")
    require(_sandbox(sandbox))
    work = _make_work(chosen, notebook)
    with Servers(_sandbox(sandbox)) as servers:
        run = verbs.with_facts(chosen, execute_one(work, servers))
    expected = verbs.expected_for(course, place.work(course), chosen, [notebook.stem])[notebook.stem]
    findings = score(run, chosen.rubric, expected, public_only=True)
    left = len(chosen.rubric.criteria) - len(findings)
    met = all(finding.status in ("met", "unscored") for finding in findings)
    if as_json:
        told = [show.tell_finding(finding) for finding in findings]
        student = {"student": notebook.stem, "end": run.end, "findings": told, "not_checked": left}
        json.dump({"assignment": assignment, "students": [student], "executed": 1, "reused": 0}, sys.stdout)
        sys.stdout.write("\n")
    else:
        out = show.console()
        out.print(run.because, style="bold", markup=False)
        for cell in run.cells:
            if cell.because:
                out.print(f"  code cell {cell.number}, `{cell.title}`: {cell.because}", markup=False)
        show.print_findings(out, findings)
        out.print(f"\nNot checked here: {left} criteria that are judged on inputs that you do not see.")
    raise typer.Exit(0 if met else NOT_MET)


def _make_work(assignment: Assignment, notebook: Path) -> Work:
    content = notebook.read_bytes()
    questions = make_questions(assignment.rubric, notebook.stem, public_only=True)
    return Work("check", hashlib.sha256(content).hexdigest(), content, questions, assignment.file.limits)
