"""What commands print: progress and tables for people, one JSON object for scripts."""

from __future__ import annotations

import itertools
import json
import sys
import textwrap
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from grader.collect import Collected
from grader.language import N_, _, write_decimals
from grader.model import CellRun, Finding, Grade, Run, Status, Watch
from grader.report.class_lacks import lacks_of
from grader.report.criterion_tallies import Tally, tallies_of
from grader.verbs.course_report import Graded
from grader.verbs.notebook_report import Reported
from grader.verbs.notebooks import Executions, ScoredStudent

COLOURS: dict[Status, str] = {
    "met": "green",
    "partly": "yellow",
    "missed": "red",
    "unanswered": "red",
    "unscored": "magenta",
}


def console(*, quiet: bool = False) -> Console:
    """Where people read: standard error while standard output carries JSON. A file has room for whole lines."""
    terminal = (sys.stderr if quiet else sys.stdout).isatty()
    return Console(stderr=quiet, highlight=False, soft_wrap=True, width=None if terminal else FILE_WIDTH)


FILE_WIDTH = 400


@contextmanager
def progress() -> Iterator[Watch]:
    """A bar on standard error for each thing that is done, with the time left."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    bars = Progress(*columns, console=Console(stderr=True))
    tasks: dict[str, TaskID] = {}

    def watch(what: str, done: int, total: int) -> None:
        if not total:
            return
        if what not in tasks:
            bars.start()
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)

    try:
        yield watch
    finally:
        if tasks:
            bars.stop()


def print_json(assignment: str, graded: Sequence[ScoredStudent], executions: Executions) -> None:
    """The one object that scripts read."""
    students = [tell_grade(scored.grade, scored.run) for scored in graded]
    lacks = [
        {"kind": lack.kind, "what": lack.what, "students": lack.students, "remedy": str(lack.remedy)}
        for lack in lacks_of([scored.grade for scored in graded])
    ]
    criteria = [_tell_tally(tally) for tally in tallies_of([scored.grade for scored in graded])]
    write_json(assignment, students, executions, criteria=criteria, lacks=lacks)


def write_json(
    assignment: str, students: Sequence[dict[str, Any]], executions: Executions, **more: Sequence[dict[str, Any]]
) -> None:
    told = {"assignment": assignment, "students": students, **more}
    json.dump({**told, "executed": executions.executed, "reused": executions.reused}, sys.stdout)
    sys.stdout.write("\n")


def _tell_tally(tally: Tally) -> dict[str, Any]:
    """How the class did on a criterion, in it."""
    return {
        "criterion": tally.criterion,
        "possible": tally.possible,
        "judged": tally.judged,
        **tally.counts,
        "discrimination": tally.discrimination[0] if tally.discrimination else None,
        "mistakes": [
            {
                "diagnosis": one.diagnosis,
                "students": one.students,
                "because": str(one.because),
                "comment": one.comment.text if one.comment else "",
            }
            for one in tally.mistakes
        ],
    }


def tell_grade(grade: Grade, run: Run | None = None) -> dict[str, Any]:
    """A student in that object."""
    return {
        "student": grade.student,
        "earned": grade.earned,
        "possible": grade.possible,
        "needs_review": grade.needs_review,
        "late_by_s": grade.late_by_s,
        "end": grade.end,
        "findings": [tell_finding(finding, {"criterion", "diagnosis", "cause", "cells"}) for finding in grade.findings],
        **({"cells": [_tell_cell(cell) for cell in run.cells]} if run is not None else {}),
    }


def tell_finding(finding: Finding, more: Set[str] = frozenset()) -> dict[str, Any]:
    """A finding in it, its reason in words."""
    told = finding.model_dump(include={"status", "earned", "possible", *more})
    return {**told, "because": str(finding.because)}


def _tell_cell(cell: CellRun) -> dict[str, Any]:
    return {**cell.model_dump(include={"number", "end", "cause", "made"}), "because": str(cell.because)}


def print_unproven(out: Console, told: str) -> None:
    """That a rubric is not proven, where it is not."""
    if told:
        out.print(told, style="yellow", markup=False, soft_wrap=True)


def print_class(out: Console, graded: Sequence[ScoredStudent]) -> None:
    """A row for each student, those who need a person first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    somebody_waits = any(scored.grade.waiting for scored in graded)
    table.add_column("student", no_wrap=True, overflow="ellipsis")
    table.add_column("points", no_wrap=True, justify="right")
    if somebody_waits:
        table.add_column("waiting", no_wrap=True, justify="right")
    somebody_is_late = any(scored.grade.penalty for scored in graded)
    if somebody_is_late:
        table.add_column("late", no_wrap=True, justify="right")
    table.add_column("run", no_wrap=True)
    table.add_column("findings", overflow="fold")
    for scored in sorted(graded, key=lambda scored: (not scored.grade.needs_review, scored.grade.student)):
        grade = scored.grade
        waits = [f"{grade.waiting:g}" if grade.waiting else ""] if somebody_waits else []
        late = [f"−{grade.penalty:.4g}" if grade.penalty else ""] if somebody_is_late else []
        points = f"{grade.earned:.4g} of {grade.possible:g}"
        # As Text, which is not searched for markup: in a class of a thousand that would be half of the time.
        cells = [Text(cell) for cell in (grade.student, points, *waits, *late, grade.end)]
        table.add_row(*cells, _strip(grade.findings))
    out.print(table, soft_wrap=False)
    key = "  ".join(f"[{COLOURS[status]}]{MARKS[status]}[/] {status}" for status in MARKS)
    out.print(f"\n{key}")


NAMES: dict[Status, str] = {
    "met": N_("met"),
    "partly": N_("partly"),
    "missed": N_("missed"),
    "unanswered": N_("unanswered"),
    "unscored": N_("unscored"),
}
MARKS: dict[Status, str] = {"met": "●", "partly": "◐", "missed": "○", "unanswered": "·", "unscored": "?"}


def _strip(findings: Sequence[Finding]) -> Text:
    """A mark for each criterion; equal neighbours are coloured together."""
    neighbours = itertools.groupby(finding.status for finding in findings)
    return Text.assemble(*((MARKS[status] * len(list(equal)), COLOURS[status]) for status, equal in neighbours))


def print_changes(out: Console, graded: Sequence[ScoredStudent]) -> None:
    """Whose points a re-score changed, before and after."""
    changed = [scored for scored in graded if scored.before is not None and scored.before != scored.grade.earned]
    if not changed:
        return
    out.print(f"\n[bold]The points of {len(changed)} of {counted(len(graded), 'student')} changed:[/]")
    for scored in changed:
        out.print(f"  {escape(scored.grade.student)}: {scored.before:g} → {scored.grade.earned:g}")


def print_course(out: Console, graded: Graded) -> None:
    """A row for each student's grade of the course, and whose is another one than it was."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("student", "grade", "percent", "exam", "bonus"):
        table.add_column(name, justify="left" if name == "student" else "right", no_wrap=True)
    for grade in sorted(graded.grades, key=lambda grade: (grade.settled, grade.student)):
        exam = f"{100 * grade.exam.share:.4g} %" if grade.exam is not None else ""
        percent = f"{grade.percent:g}" if grade.percent is not None else "waits"
        table.add_row(*(Text(cell) for cell in (grade.student, grade.band, percent, exam, f"{grade.bonus:.4g}")))
    out.print(table, soft_wrap=False)
    if graded.changes:
        out.print(
            f"\n[bold]The grades of {len(graded.changes)} of {counted(len(graded.grades), 'student')} changed:[/]"
        )
    for student, before, after in graded.changes:
        out.print(f"  {student}: {before} → {after}", markup=False)


def print_failed(out: Console, graded: Sequence[ScoredStudent], log: Path) -> None:
    """Whose notebooks the grader itself failed on."""
    for scored in graded:
        if scored.trouble:
            out.print(f"\n{scored.grade.student} waits: {scored.trouble}", markup=False)
    names = [scored.grade.student for scored in graded if scored.grade.end == "failed" and not scored.trouble]
    if names:
        out.print(f"\nThe grader failed on {counted(len(names), 'notebook')}: {some(names)}.", markup=False)
        out.print(f"It is not their students' fault: the traceback is in {log}.", markup=False)
        out.print("The same command tries them again.", markup=False)


def print_undated(out: Console, graded: Sequence[ScoredStudent]) -> None:
    """To how many the deadline could not be applied: full points after a deadline are never given without a word."""
    undated = [scored.grade.student for scored in graded if scored.submission.received is None]
    if undated:
        of = f"{len(undated)} of {counted(len(graded), 'submission')}"
        out.print(f"The deadline was not applied to {of}: nothing says when they came.", markup=False)
        out.print("For Moodle, name its grading worksheet beside the zip.", markup=False)


def print_without_page(out: Console, reported: Reported, log: Path) -> None:
    """Whose page could not be written."""
    if reported.without_page:
        names = reported.without_page
        out.print(f"\n{counted(len(names), 'page')} could not be written: {some(names)}.", markup=False)
        out.print(f"It is not their students' fault: the traceback is in {log}.", markup=False)


def print_left_out(out: Console, found: Sequence[Collected]) -> None:
    """Files that were not taken, so that a notebook with a wrong name is not missed."""
    names = [name for collected in found for name in collected.left_out]
    if names:
        verb = "is no notebook and was" if len(names) == 1 else "are no notebooks and were"
        out.print(f"{counted(len(names), 'file')} {verb} left out: {some(names)}", markup=False)


def print_problems(out: Console, assignment: str, found: Sequence[Collected]) -> None:
    """What could not be collected: named here, and told in full by `grader collect`."""
    names = [problem.student or problem.called for collected in found for problem in collected.problems]
    if names:
        out.print(f"{counted(len(names), 'submission')} could not be taken in: {some(names)}", markup=False)
        out.print(f"Why, and what to do: grader collect {assignment} SOURCE", markup=False)


def counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {plural or f'{noun}s'}"


def some(names: Sequence[str]) -> str:
    """The first few of them."""
    return ", ".join(names[:5]) + (", …" if names[5:] else "")


def print_findings(out: Console, findings: Sequence[Finding]) -> None:
    """Each criterion with its sentence and its reason: a self-check on the terminal."""
    names = {status: str(_(name)) for status, name in NAMES.items()}
    wide = max(map(len, names.values()))
    of = _("of")
    for finding in findings:
        points = "?" if finding.earned is None else f"{finding.earned:.4g}"
        mark = f"{MARKS[finding.status]} {names[finding.status]:<{wide}}"
        worth = write_decimals(f" {points:>5} {of} {finding.possible:<4g} ")
        if not finding.possible:
            worth = f" {_('not counted')!s:<{len(worth) - 2}} "
        room = max(out.width - len(mark + worth), 20) if out.is_terminal else sys.maxsize
        first, *more = [(line, "") for line in textwrap.wrap(finding.says, room)]
        if finding.status != "met":
            more += [(line, "dim") for line in textwrap.wrap(str(finding.because), room)]
        out.print(Text.assemble((mark, COLOURS[finding.status]), worth, first))
        for line in more:
            out.print(Text.assemble(" " * len(mark + worth), line))
