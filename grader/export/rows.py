"""What is told of one student, whatever the system; and the table of our own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from grader.files.spreadsheet import write_csv
from grader.language import Digits, Reason, _
from grader.model import Finding, Grade


class GradeRow(Protocol):
    """What another system is told of one student, of an assignment, an exam or the course."""

    @property
    def student(self) -> str: ...

    @property
    def points(self) -> float | None:
        """None while something waits for a person: never a number that may still change."""

    @property
    def possible(self) -> float: ...

    @property
    def comment(self) -> str:
        """What stands beside the number, as plain text."""


@dataclass(frozen=True)
class ExportRow:
    """A student's grade, and the total that counts: an exam's is bounded and rounded."""

    grade: Grade
    earned: float
    band: str = ""

    @property
    def student(self) -> str:
        return self.grade.student

    @property
    def points(self) -> float | None:
        """The total, or None while points wait for a person: never a number that may still change."""
        return None if self.grade.needs_review else self.earned

    @property
    def possible(self) -> float:
        return self.grade.possible

    @property
    def comment(self) -> str:
        return comment_of(self)


def write_points(points: float | None) -> str:
    """The shortest that says the number; nothing where there is none.

    >>> write_points(7.5), write_points(2.0), write_points(1 / 3), write_points(None)
    ('7.5', '2', '0.333333', '')
    """
    return "" if points is None else f"{round(points, 6):.10g}"


def as_csv(rows: Sequence[ExportRow]) -> str:
    """A row for each student; where points wait, `points` is empty and `points_so_far` says what is settled."""
    criteria = list(dict.fromkeys(finding.criterion for row in rows for finding in row.grade.findings))
    head = [
        *("student", "assignment", "points", "possible", "grade", "needs_review", "points_so_far", "points_waiting"),
        *("late_by_s", "penalty", "run"),
        *(f"criterion {criterion}" for criterion in criteria),
    ]
    return write_csv([head, *(_cells(row, criteria) for row in rows)])


def _cells(row: ExportRow, criteria: Sequence[str]) -> list[object]:
    grade = row.grade
    found = {finding.criterion: finding for finding in grade.findings}
    earned = [found[criterion].earned if criterion in found else None for criterion in criteria]
    return [
        *(row.student, grade.assignment, write_points(row.points), write_points(grade.possible), row.band),
        *("yes" if grade.needs_review else "no", write_points(row.earned), write_points(grade.waiting)),
        *(f"{grade.late_by_s:.0f}", write_points(grade.penalty), grade.end),
        *(write_points(points) for points in earned),
    ]


def _worth(finding: Finding) -> Reason:
    if finding.earned is None:
        return _("waits for a person")
    if not finding.possible:
        return _("not counted")
    earned, possible = write_points(finding.earned), write_points(finding.possible)
    return _("{earned} of {possible}", earned=Digits(earned), possible=Digits(possible))


def reason_of(grade: Grade, finding: Finding) -> str:
    """Why, and what a person says to everybody with the same mistake."""
    said = grade.comment_on(finding.criterion)
    return f"{finding.because} {said.text}" if said else str(finding.because)


def comment_of(row: ExportRow) -> str:
    """The findings as plain text, a line each: what a student reads beside the number."""
    lines = [f"{finding.says} {_worth(finding)}. {reason_of(row.grade, finding)}" for finding in row.grade.findings]
    if row.grade.lateness is not None and row.grade.penalty:
        lines.append(str(row.grade.lateness.because))
    # Other systems show it as it is: there, a backtick is no mark for code.
    return "\n".join(lines).replace("`", "")
