"""Gradescope's results.json: what an autograder there says of one submission."""

from __future__ import annotations

from typing import Any

from grader.export.rows import ExportRow, reason_of


def as_results(row: ExportRow) -> dict[str, Any]:
    """The findings as tests, with the total on top; students read them when the instructor publishes grades."""
    if row.points is None:
        raise ValueError(f"the points of {row.student} wait for a person: there is no score to tell")
    tests = [
        {
            "name": finding.says,
            "name_format": "text",
            "number": str(number),
            "score": finding.earned,
            "max_score": finding.possible,
            "status": "passed" if finding.status == "met" else "failed",
            "output": reason_of(row.grade, finding),
            "output_format": "text",
            "visibility": "after_published",
        }
        for number, finding in enumerate(row.grade.findings, start=1)
    ]
    told = {"score": row.points, "output_format": "text", "visibility": "after_published", "tests": tests}
    lateness = row.grade.lateness
    return {**told, "output": str(lateness.because)} if lateness is not None and row.grade.penalty else told
