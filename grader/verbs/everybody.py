"""Whom a class's page names beside those who were graded: everybody of the roster, and whoever sent what is no work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from grader.course.course import Course
from grader.model import Problem
from grader.report import Ungraded
from grader.store.work_folder import WorkFolder


def find_ungraded(course: Course, work: WorkFolder, assignment: str, graded: Collection[str]) -> tuple[Ungraded, ...]:
    """Everybody without a grade, by name: what could not be taken of theirs, or that they have handed in nothing."""
    names = course.roster.names if course.roster is not None else {}
    problems: dict[str, list[Problem]] = defaultdict(list)
    for problem in work.gradebook.problems(assignment):
        problems[problem.student or problem.called].append(problem)
    missing = {*names, *problems} - {*graded}
    rows = (Ungraded(student, names.get(student, ""), tuple(problems[student])) for student in missing)
    return tuple(sorted(rows, key=lambda row: (not row.problems, (row.name or row.student).casefold())))
