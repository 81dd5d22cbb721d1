"""What commands print: progress and tables for people, one JSON object for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from grader.model import Finding, Status
from grader.verbs import Executions, Scored, Watch

COLOURS: dict[Status, str] = {
    "met": "green",
    "partly": "yellow",
    "missed": "red",
    "unanswered": "red",
    "unscored": "magenta",
}


def console(*, quiet: bool = False) -> Console:
    """Where people read: standard error while standard output carries JSON."""
    return Console(stderr=quiet, highlight=False, soft_wrap=True)


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
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def watch(what: str, done: int, total: int) -> None:
            if not total:
                return
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield watch


def print_json(assignment: str, graded: Sequence[Scored], executions: Executions) -> None:
    """The one object that scripts read."""
    told = {
        "assignment": assignment,
        "students": [
            {
                "student": scored.grade.student,
                "earned": scored.grade.earned,
                "possible": scored.grade.possible,
                "needs_review": scored.grade.needs_review,
                "late_by_s": scored.grade.late_by_s,
                "end": scored.grade.end,
                "findings": [tell_finding(finding) for finding in scored.grade.findings],
            }
            for scored in graded
        ],
        "executed": executions.executed,
        "reused": executions.reused,
    }
    json.dump(told, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")


def tell_finding(finding: Finding) -> dict[str, Any]:
    return finding.model_dump(include={"criterion", "status", "earned", "possible", "because", "diagnosis"})


def print_class(out: Console, graded: Sequence[Scored]) -> None:
    """A row for each student, those who need a person first."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("student", "points", "waiting", "run", "findings"):
        table.add_column(name, justify="right" if name in ("points", "waiting") else "left", no_wrap=True)
    for scored in sorted(graded, key=lambda scored: (not scored.grade.needs_review, scored.grade.student)):
        grade = scored.grade
        table.add_row(
            escape(grade.student),
            f"{grade.earned:.4g} of {grade.possible:g}",
            f"{grade.waiting:g}" if grade.waiting else "",
            grade.end,
            _strip(grade.findings),
        )
    out.print(table)
    key = "  ".join(f"[{COLOURS[status]}]{MARKS[status]}[/] {status}" for status in MARKS)
    out.print(f"\n{key}")


MARKS: dict[Status, str] = {"met": "●", "partly": "◐", "missed": "○", "unanswered": "·", "unscored": "?"}


def _strip(findings: Sequence[Finding]) -> str:
    return "".join(f"[{COLOURS[finding.status]}]{MARKS[finding.status]}[/]" for finding in findings)


def print_changes(out: Console, graded: Sequence[Scored]) -> None:
    """Whose points a re-score changed, before and after."""
    changed = [scored for scored in graded if scored.before is not None and scored.before != scored.grade.earned]
    if not changed:
        return
    out.print(f"[bold]The points of {len(changed)} of {len(graded)} students changed:[/]")
    for scored in changed:
        out.print(f"  {escape(scored.grade.student)}: {scored.before:g} → {scored.grade.earned:g}")


def print_findings(out: Console, findings: Sequence[Finding]) -> None:
    """Each criterion with its sentence and its reason: a self-check on the terminal."""
    for finding in findings:
        points = "?" if finding.earned is None else f"{finding.earned:g}"
        mark = f"[{COLOURS[finding.status]}]{MARKS[finding.status]} {finding.status:<10}[/]"
        out.print(f"{mark} {points:>4} of {finding.possible:g}  {escape(finding.says)}")
        if finding.status != "met":
            out.print(f"             {escape(finding.because)}", style="dim")
