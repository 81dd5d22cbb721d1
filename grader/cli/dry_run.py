"""score --dry-run: whose points another score would change, from what to what, at which criterion, and why."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.cli.show import counted, some, tell_finding
from grader.model import Finding, Grade
from grader.verbs.notebooks import ScoredStudent


@dataclass(frozen=True)
class FindingChange:
    """One criterion before and after; None where the rubric had or has no such criterion."""

    criterion: str
    was: Finding | None
    now: Finding | None

    @property
    def why(self) -> str:
        """The cause in a sentence: the rubric's where it is the rubric, else what the answer is judged by now."""
        if self.was is None:
            return "The rubric had no such criterion."
        if self.now is None:
            return "The rubric no longer has this criterion."
        if self.was.possible != self.now.possible and self.was.status == self.now.status:
            return f"It was worth {self.was.possible:g} points, and is worth {self.now.possible:g}."
        return str(self.now.because)


def find_changes(was: Grade, now: Grade) -> Iterator[FindingChange]:
    """The criteria whose status or points differ, in the order of the rubric as it is now; what it lost comes last."""
    before, after = ({finding.criterion: finding for finding in grade.findings} for grade in (was, now))
    for criterion in dict.fromkeys([*after, *before]):
        change = FindingChange(criterion, before.get(criterion), after.get(criterion))
        if _worth(change.was) != _worth(change.now):
            yield change


def _worth(finding: Finding | None) -> tuple[object, ...]:
    return (finding.status, finding.earned, finding.possible) if finding is not None else ()


def write_dry_run(assignment: str, graded: Sequence[ScoredStudent]) -> None:
    """The one object that scripts read: those whose outcome would change, and who has not been scored yet."""
    students = [
        {
            "student": scored.grade.student,
            "was": scored.was.earned,
            "now": scored.grade.earned,
            "changes": [_as_json(change) for change in find_changes(scored.was, scored.grade)],
        }
        for scored in _changed(graded)
        if scored.was is not None
    ]
    told = {"assignment": assignment, "scored": len(graded), "students": students, "new": _new(graded)}
    json.dump(told, sys.stdout)
    sys.stdout.write("\n")


def _as_json(change: FindingChange) -> dict[str, Any]:
    was, now = (tell_finding(finding) if finding else None for finding in (change.was, change.now))
    return {"criterion": change.criterion, "was": was, "now": now, "why": change.why}


def print_dry_run(out: Console, assignment: str, graded: Sequence[ScoredStudent]) -> None:
    """A row for each criterion of each student that would change, below the student's points."""
    changed, new = _changed(graded), _new(graded)
    if changed:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("student", "criterion", "was", "now", "why"):
            table.add_column(name, overflow="fold")
        for scored in changed:
            _add_rows(table, scored)
        out.print(table, soft_wrap=False)
        out.print()
    compared = counted(len(graded) - len(new), "student")
    out.print(f"{len(changed)} of {compared} would be scored differently. Nothing was noted.")
    if new:
        out.print(f"Not scored before: {some(new)}.", markup=False)
    if changed:
        out.print(f"To score them so: grader score {assignment}", markup=False)


def _add_rows(table: Table, scored: ScoredStudent) -> None:
    student, was, now = scored.grade.student, scored.was, scored.grade
    if was is None:
        return
    table.add_row(
        *map(Text, (student, "", f"{was.earned:g} of {was.possible:g}", f"{now.earned:g} of {now.possible:g}"))
    )
    for change in find_changes(was, now):
        table.add_row(*map(Text, ("", change.criterion, _tell(change.was), _tell(change.now), change.why)))


def _tell(finding: Finding | None) -> str:
    if finding is None:
        return ""
    earned = "waits" if finding.earned is None else f"{finding.earned:g}"
    return f"{finding.status}, {earned} of {finding.possible:g}"


def _changed(graded: Sequence[ScoredStudent]) -> list[ScoredStudent]:
    return [scored for scored in graded if scored.was is not None and any(find_changes(scored.was, scored.grade))]


def _new(graded: Sequence[ScoredStudent]) -> list[str]:
    return [scored.grade.student for scored in graded if scored.was is None]
