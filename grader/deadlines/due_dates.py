"""The deadline as it stands for each student, and the late days that they have left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from grader.course.course import Assignment, AssignmentFile, Course
from grader.deadlines.lateness import Terms, choose, choose_candidates, count_late_days, measure_late_s
from grader.errors import UserError
from grader.model import Extension, LateRuling, Submission
from grader.store.gradebook import Gradebook


def make_terms(file: AssignmentFile, extensions: Iterable[Extension] = (), *, free_days: int = 0) -> Terms:
    """The terms of the student whose extensions these are, oldest first: the last one counts."""
    last = next(reversed([*extensions]), None)
    due = last.until if last and last.until and file.deadline else file.deadline
    return Terms(due, file.late, zone_of(file), free_days, last.when if last else None)


def zone_of(file: AssignmentFile) -> tzinfo:
    """The zone in which an assignment's times are told."""
    if file.time_zone:
        return ZoneInfo(file.time_zone)
    return (file.deadline.tzinfo if file.deadline else None) or UTC


def read_moment(text: str, file: AssignmentFile) -> datetime:
    """A time as a person writes it, in the assignment's zone unless it has one."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UserError(f"`{text.strip()}` is not a time", remedy="Write it as 2024-08-12T00:00:00-03:00.") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=zone_of(file))


@dataclass(frozen=True)
class HandedIn:
    """What a class handed in for one assignment, and what holds for each student."""

    submissions: Mapping[str, Sequence[Submission]]
    """student -> all that was collected, in that order; the students in alphabetical order"""
    terms: Mapping[str, Terms]

    @property
    def candidates(self) -> list[Submission]:
        """What has to be graded: of each student the submission that counts or, where the best one does, all."""
        chosen = (choose_candidates(own, self.terms[student]) for student, own in self.submissions.items())
        return [submission for own in chosen for submission in own]


def read_handed_in(course: Course, gradebook: Gradebook, assignment: Assignment) -> HandedIn:
    """What was collected for an assignment, with the extensions and the free days of each student."""
    handed_in = _read_without_free_days(gradebook, assignment)
    free = _count_free_days(course, gradebook, assignment, handed_in.submissions)
    terms = {student: replace(own, free_days=free[student]) for student, own in handed_in.terms.items()}
    return replace(handed_in, terms=terms)


def _read_without_free_days(gradebook: Gradebook, assignment: Assignment) -> HandedIn:
    submissions: dict[str, list[Submission]] = defaultdict(list)
    for submission in gradebook.submissions(assignment.name):
        submissions[submission.student].append(submission)
    extensions: dict[str, list[Extension]] = defaultdict(list)
    for extension in gradebook.extensions(assignment.name):
        extensions[extension.student].append(extension)
    rulings: dict[str, dict[str, LateRuling]] = defaultdict(dict)
    for (student, sha256), ruling in gradebook.late_rulings(assignment.name).items():
        rulings[student][sha256] = ruling
    students = sorted(submissions)
    return HandedIn(
        {student: submissions[student] for student in students},
        {
            student: replace(make_terms(assignment.file, extensions[student]), rulings=rulings[student])
            for student in students
        },
    )


def _count_free_days(
    course: Course, gradebook: Gradebook, assignment: Assignment, students: Collection[str]
) -> dict[str, int]:
    """student -> the late days left: spent in the order of the deadlines, each by the assignment's last submission."""
    left = dict.fromkeys(students, course.file.free_late_days)
    deadline = assignment.file.deadline
    if not course.file.free_late_days or deadline is None:
        return left
    for other in (course.assignment(name) for name in course.assignments if name != assignment.name):
        ends = other.file.deadline
        if ends is None or other.file.late.rule != "per-day" or (ends, other.name) > (deadline, assignment.name):
            continue
        earlier = _read_without_free_days(gradebook, other)
        for student in left.keys() & earlier.submissions.keys():
            terms = earlier.terms[student]
            late_by_s = measure_late_s(choose(earlier.submissions[student], terms), terms)
            left[student] = max(0, left[student] - count_late_days(late_by_s))
    return left
