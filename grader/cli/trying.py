"""try: each criterion on three notebooks, again after each saved change."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli import show
from grader.cli.place import Place
from grader.cli.resources import JOBS, SANDBOX, find_resources
from grader.course.student_copy import refresh_notebook
from grader.errors import UserError
from grader.rubric import Criterion
from grader.verify.three_notebooks import TriedNotebook, Trying

LOOK_S = 0.3
"""How often it is looked whether a file was saved."""

_STYLES = {"met": "green", "partly": "yellow", "missed": "red", "unanswered": "dim", "unscored": "yellow"}


def add_to(app: typer.Typer) -> None:
    app.command(name="try")(try_command)


def try_command(
    context: typer.Context,
    assignment: str = typer.Argument(metavar="ASSIGNMENT", help="Whose rubric is written."),
    probe: str | None = typer.Argument(None, metavar="PROBE", help="Only the criteria of this probe."),
    once: bool = typer.Option(False, "--once", help="Show it once and end."),
    jobs: int = JOBS,
    sandbox: str = SANDBOX,
) -> None:
    """Show each criterion on the solved, the untouched and a wrong notebook, again after each saved change.

    A change of criteria is scored at once. Where probes or notebooks change, the three notebooks run again. Ctrl-C ends
    it.
    """
    place: Place = context.obj
    course = place.course()
    chosen = course.assignment(assignment)
    if probe is not None and probe not in chosen.rubric.probes:
        there = ", ".join(chosen.rubric.probes)
        raise UserError(f"the rubric has no probe `{probe}`", where=str(chosen.rubric_path), remedy=f"It has: {there}.")
    work = place.work(course, "verify")
    with (
        find_resources(course, sandbox, jobs, None, None, any_environment=False) as resources,
        work.locked(),
        resources.executor(chosen.file.gpu, chosen.file.limits) as executor,
    ):
        trying = Trying(course, work, assignment, executor)
        while True:
            seen = trying.files()
            _show(trying, probe, once=once)
            if once:
                return
            while trying.files() == seen:
                time.sleep(LOOK_S)


def _show(trying: Trying, probe: str | None, *, once: bool) -> None:
    """The table, or what is wrong with a file: while somebody writes, that is mended in the next moment."""
    out = show.console()
    try:
        refresh_notebook(trying.course.assignment(trying.name))
        criteria, tried = trying.judge(probe, lambda *_: None)
    except UserError as error:
        if once:
            raise
        print(f"{error}\n", file=sys.stderr)
        return
    _print(out, criteria, tried)


def _print(out: Console, criteria: Sequence[Criterion], tried: Sequence[TriedNotebook]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("criterion", overflow="fold")
    for one in tried:
        table.add_column(one.name, overflow="fold")
    for place, criterion in enumerate(criteria):
        found = [one.findings[place] for one in tried]
        table.add_row(criterion.id, *(Text(one.status, style=_STYLES[one.status]) for one in found))
    out.print(table)
    for one in tried:
        for finding in one.findings:
            is_expected = finding.status == "met" if one.name == "solved" else finding.status == "unanswered"
            if not is_expected:
                out.print(f"{one.name}, {finding.criterion}: {finding.because}", markup=False, soft_wrap=True)
    out.print()
