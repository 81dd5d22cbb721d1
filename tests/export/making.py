"""Grades of a small class: one settled, one settled with hostile text, one that waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.export import ExportRow
from grader.language import verbatim
from grader.model import Finding, Grade

DATA = Path(__file__).parent / "data"


def finding(criterion: str, earned: float | None, possible: float, because: str = "So it is.") -> Finding:
    status: Any = "unscored" if earned is None else "met" if earned == possible else "partly" if earned else "missed"
    says = f"The criterion {criterion}."
    return Finding(
        criterion=criterion, says=says, status=status, earned=earned, possible=possible, because=verbatim(because)
    )


def row(student: str, *findings: Finding, **more: Any) -> ExportRow:
    grade = Grade(student=student, assignment="noise", findings=findings, end="finished", **more)
    return ExportRow(grade, grade.earned)


CLASS = [
    row("ana", finding("shape", 4, 4), finding("words", 3.5, 6, "Nearly.")),
    row(
        "bruno",
        finding("shape", 0, 4, '=HYPERLINK("http://evil.example") <img src=x onerror=run()>'),
        finding("words", 6, 6),
    ),
    row("carla", finding("shape", 4, 4), finding("words", None, 6, "A person reads this.")),
]
