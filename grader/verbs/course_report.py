"""The course's grade over a whole class: from the gradebook to a page for each student and one for the course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.course.course import Course, in_its_language
from grader.course.course_grade import CourseGrade, Earned, Exercise, GradeRule, grade_course, tell_changes
from grader.course.grade_bands import GradeBand
from grader.errors import UserError
from grader.exam.exam import ExamOnDisk, find_exam
from grader.exam.exam_scores import score_exam
from grader.files.config_files import line_in_toml
from grader.files.durable import write_file
from grader.language import Reason
from grader.report import page_name
from grader.report.course_pages import CoursePage, render_course, render_course_student
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs


@dataclass(frozen=True)
class Graded:
    """The course's grades, and what is different since they were reported last."""

    grades: tuple[CourseGrade, ...]
    changes: tuple[tuple[str, Reason, Reason], ...]
    """(student, before, after)"""
    since: datetime | None


@in_its_language
def grade_students(course: Course, work: WorkFolder) -> Graded:
    """Everybody's grade by the findings as they are now, noted in the gradebook; no notebook is run."""
    rule = _rule_of(course)
    exam = _find_exam(course, rule)
    responses = _score_exam(work, exam)
    titles, earned = _score_exercises(course, work, rule)
    students = sorted({*responses, *(student for found in earned.values() for student in found)}, key=str.casefold)
    if not students:
        raise UserError(
            "nothing that the course's grade is made of has been graded",
            where=str(course.root),
            remedy=f"Import the exam: grader exam import {rule.exam} FILE",
        )
    weights = rule.bonus.exercises if rule.bonus is not None else {}
    grades = tuple(
        grade_course(
            rule,
            bands_of(rule, exam),
            student,
            responses.get(student),
            [
                Exercise(
                    name=name,
                    title=titles[name],
                    weight=weight,
                    earned=earned[name].get(student),
                    graded=bool(earned[name]),
                )
                for name, weight in weights.items()
            ],
        )
        for student in students
    )
    known = work.gradebook.course_grades()
    before = {grade.student: grade for grade, _ in known}
    work.gradebook.add_course_grades([grade for grade in grades if before.get(grade.student) != grade])
    since = max((when for _, when in known), default=None)
    return Graded(grades, tuple(tell_changes(before, grades)), since)


def bands_of(rule: GradeRule, exam: ExamOnDisk) -> list[GradeBand]:
    return rule.bands or exam.exam.bands


def _rule_of(course: Course) -> GradeRule:
    path = course.root / "course.toml"
    rule = course.file.grade
    if rule is None:
        raise UserError(
            "this course does not say how its grade is made",
            where=str(path),
            remedy='Say it there: [grade] with `exam = "NAME"`; or name an assignment: grader report ASSIGNMENT',
        )
    unknown = [name for name in (rule.bonus.exercises if rule.bonus else {}) if name not in course.assignments]
    if unknown:
        line = line_in_toml(path, ("grade", "bonus", "exercises"))
        raise UserError(
            f"the bonus counts `{unknown[0]}`, but there is no such assignment",
            where=f"{path}:{line}" if line else str(path),
            remedy=f"There are: {', '.join(course.assignments) or 'none'}.",
        )
    return rule


def _find_exam(course: Course, rule: GradeRule) -> ExamOnDisk:
    return find_exam(course.root, rule.exam)


def _score_exam(work: WorkFolder, exam: ExamOnDisk) -> dict[str, Earned]:
    if not work.gradebook.responses(exam.name):
        return {}
    return {
        one.grade.student: Earned(
            earned=one.earned,
            possible=one.grade.possible,
            waiting=one.grade.waiting,
            waits=one.grade.needs_review,
        )
        for one in score_exam(work.gradebook, exam).grades
    }


def _score_exercises(
    course: Course, work: WorkFolder, rule: GradeRule
) -> tuple[dict[str, str], dict[str, dict[str, Earned]]]:
    """The title of each exercise, and what each student earned in it."""
    titles, earned = {}, {}
    for name in rule.bonus.exercises if rule.bonus is not None else ():
        assignment = course.assignment(name)
        titles[name] = assignment.file.title
        scored = verbs.score_class(course, work, assignment) if work.gradebook.submissions(name) else []
        earned[name] = {
            one.grade.student: Earned(
                earned=one.grade.earned,
                possible=one.grade.possible,
                waiting=one.grade.waiting,
                waits=one.grade.needs_review,
            )
            for one in scored
        }
    return titles, earned


@in_its_language
def report_course(course: Course, work: WorkFolder) -> tuple[Path, Graded]:
    """Write the course page of every student and the one of the class; returns the latter's place."""
    rule = _rule_of(course)
    graded = grade_students(course, work)
    exam = _find_exam(course, rule)
    page = CoursePage(
        title=course.file.title,
        exam=exam.exam.title.say(exam.exam.languages[0]),
        rule=rule,
        bands=tuple(bands_of(rule, exam)),
        grades=graded.grades,
        changes=graded.changes,
        since=graded.since,
        assignments=_pages_of(work, rule),
    )
    for grade in graded.grades:
        write_file(work.course_reports / page_name(grade.student), render_course_student(page, grade))
    index = work.course_reports / "index.html"
    write_file(index, render_course(page))
    return index, graded


def _pages_of(work: WorkFolder, rule: GradeRule) -> Mapping[str, str]:
    """assignment -> the file of its class page, where there is one."""
    names = [rule.exam, *(rule.bonus.exercises if rule.bonus is not None else ())]
    files = {name: "items.html" if name == rule.exam else "index.html" for name in names}
    return {name: file for name, file in files.items() if (work.reports(name) / file).exists()}
