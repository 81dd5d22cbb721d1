"""The pages of the course's grade: one for each student, and one for the instructor."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from grader.course.course_grade import CourseGrade, Exercise, GradeRule
from grader.course.grade_bands import GradeBand
from grader.language import Reason
from grader.report.names import page_name
from grader.report.render import make_environment


@dataclass(frozen=True)
class CoursePage:
    """Everything that the pages of a course show."""

    title: str
    exam: str
    rule: GradeRule
    bands: tuple[GradeBand, ...]
    grades: tuple[CourseGrade, ...]
    changes: tuple[tuple[str, Reason, Reason], ...]
    """(student, before, after), where a grade is another one than it was reported last"""
    since: datetime | None
    assignments: Mapping[str, str]
    """assignment -> the file of its class page, in a folder of its name beside the course's page"""

    @property
    def waiting(self) -> tuple[CourseGrade, ...]:
        return tuple(grade for grade in self.grades if not grade.settled)

    @property
    def by_band(self) -> tuple[tuple[str, int], ...]:
        """(grade, students), the best first."""
        counts = Counter(grade.band for grade in self.grades if grade.settled)
        return tuple((band.grade, counts[band.grade]) for band in self.bands)


def render_course_student(page: CoursePage, grade: CourseGrade) -> str:
    """The course page of one student, in one self-contained HTML file without a script or a link to another."""
    change = next(((before, after) for student, before, after in page.changes if student == grade.student), None)
    template = make_environment().get_template("course-student.html")
    return template.render(
        page=page, grade=grade, change=change, adds={one.name: _adds(page, one, grade) for one in grade.exercises}
    )


def _adds(page: CoursePage, exercise: Exercise, grade: CourseGrade) -> float:
    """What one exercise adds to the percent."""
    if page.rule.bonus is None or exercise.earned is None or not grade.bonus:
        return 0.0
    whole = sum(one.weight for one in grade.exercises)
    return page.rule.bonus.percent * exercise.weight * exercise.earned.share / whole


def render_course(page: CoursePage) -> str:
    """The page of the whole course; its only script sorts the table."""
    environment = make_environment()
    script = environment.get_template("sort.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    pages = {grade.student: page_name(grade.student) for grade in page.grades}
    return environment.get_template("course.html").render(page=page, pages=pages, script_hash=digest)
