"""The course's grade of one student, in the form that other systems take in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.course.course_grade import CourseGrade
from grader.export.rows import write_points
from grader.files.spreadsheet import write_csv


@dataclass(frozen=True)
class CourseRow:
    """A student's grade of the course: a percent, and nothing while something of it waits."""

    grade: CourseGrade
    exam: str
    """the exam's name"""
    possible: float = 100.0

    @property
    def student(self) -> str:
        return self.grade.student

    @property
    def points(self) -> float | None:
        return self.grade.percent

    @property
    def comment(self) -> str:
        """What it is made of, a line each."""
        exam = self.grade.exam
        parts = [(self.exam, exam.earned, exam.possible)] if exam is not None else []
        parts += [
            (one.title, one.earned.earned, one.earned.possible)
            for one in self.grade.exercises
            if one.earned is not None
        ]
        lines = [f"{title}: {write_points(earned)} of {write_points(possible)}" for title, earned, possible in parts]
        bonus = [f"Bonus: {write_points(self.grade.bonus)} %"] if self.grade.bonus else []
        return "\n".join([*lines, *bonus, *map(str, self.grade.notes)])


def course_as_csv(rows: Sequence[CourseRow]) -> str:
    """A row for each student; where something waits, `percent` is empty and `percent_so_far` says what is settled."""
    exercises = list(dict.fromkeys(one.name for row in rows for one in row.grade.exercises))
    head = [
        *("student", "percent", "grade", "needs_review", "percent_so_far", "exam", "exam_possible", "bonus"),
        *(f"exercise {name}" for name in exercises),
    ]
    return write_csv([head, *(_cells(row.grade, exercises) for row in rows)])


def _cells(grade: CourseGrade, exercises: Sequence[str]) -> list[object]:
    exam = grade.exam
    earned = {one.name: one.earned.earned for one in grade.exercises if one.earned is not None}
    return [
        *(grade.student, write_points(grade.percent), grade.band, "no" if grade.settled else "yes"),
        write_points(grade.so_far),
        *(write_points(exam.earned if exam else None), write_points(exam.possible if exam else None)),
        write_points(grade.bonus),
        *(write_points(earned.get(name)) for name in exercises),
    ]
