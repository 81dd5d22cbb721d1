"""The course's grade: the exam is the base, and the practical exercises add a bonus to it. Pure.

`[grade]` in course.toml says how. One number is made of it, percent of the exam's points plus the bonus, rounded once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field, field_validator, model_validator

from grader.course.grade_bands import GradeBand, round_half_up
from grader.files.config_files import PlacedError
from grader.language import Reason, _, ngettext
from grader.model import Noun
from grader.rubric import Part


class BonusRule(Part):
    """[grade.bonus]: what the exercises add."""

    exercises: dict[str, float] = Field(min_length=1, description="assignment -> its weight among them")
    percent: float = Field(gt=0, le=100, description="what all of them, done perfectly, add to the exam's percent")
    from_exam: float = Field(
        0.0, ge=0, le=100, description="the percent that the exam alone has to reach before a bonus counts"
    )

    @field_validator("exercises")
    @classmethod
    def _weigh_something(cls, exercises: dict[str, float]) -> dict[str, float]:
        wrong = next((name for name, weight in exercises.items() if not weight > 0), None)
        if wrong is not None:
            raise PlacedError(f"the weight of `{wrong}` is above 0; what does not count is left out")
        return exercises


class GradeRule(Part):
    """[grade]: the exam, the bonus, and which grade follows from the percent."""

    exam: str = Field(description="the base: an exam's folder in assignments/")
    round_to: float = Field(0.1, gt=0, description="the percent is rounded to a multiple of this, once, halves upwards")
    most: float = Field(100.0, gt=0, description="no more than this, bonus included")
    bands: list[GradeBand] = Field(default_factory=list, description="the best one first; by default the exam's")
    bonus: BonusRule | None = None

    @model_validator(mode="after")
    def _bands_fall(self) -> GradeRule:
        edges = [band.at_least for band in self.bands]
        if edges != sorted(set(edges), reverse=True):
            raise PlacedError("the best grade comes first, and no two start at the same percent", "bands")
        if edges and edges[-1] != 0:
            raise PlacedError("the last grade starts at 0, so that every student has one", "bands")
        return self


class Earned(Noun):
    """What a student earned in the exam or in an exercise."""

    earned: float
    possible: float
    waiting: float = Field(0.0, description="points that wait for a person; they are not in `earned`")
    waits: bool = Field(False, description="whether something is still to be decided")

    @property
    def share(self) -> float:
        return self.earned / self.possible if self.possible else 0.0


class Exercise(Noun):
    """An exercise in a student's course grade."""

    name: str
    title: str
    weight: float
    earned: Earned | None = Field(None, description="None where nothing was handed in, or nothing is graded yet")
    graded: bool = Field(True, description="whether anybody's has been graded")


class CourseGrade(Noun):
    """One student's grade of the course, with all that it is made of."""

    student: str
    exam: Earned | None
    exercises: tuple[Exercise, ...] = ()
    bonus: float = Field(0.0, description="what the exercises add, in percent, as far as it is settled")
    percent: float | None = Field(None, description="rounded; None where there is no grade yet")
    so_far: float | None = Field(None, description="what is settled of it; None without an exam")
    band: str = ""
    waits: tuple[Reason, ...] = Field((), description="why there is no grade yet, a sentence each")
    notes: tuple[Reason, ...] = Field((), description="what a student should know of how it was made")

    @property
    def settled(self) -> bool:
        return self.percent is not None


def grade_course(
    rule: GradeRule, bands: Sequence[GradeBand], student: str, exam: Earned | None, exercises: Sequence[Exercise]
) -> CourseGrade:
    """A student's grade; there is none while something of it waits, and never one that could still fall."""
    alone = 100 * exam.share if exam is not None else 0.0
    counts = rule.bonus is not None and alone >= rule.bonus.from_exam - 1e-9
    bonus = _bonus(rule.bonus, exercises) if rule.bonus is not None and counts else 0.0
    so_far = round_half_up(min(alone + bonus, rule.most), rule.round_to) if exam is not None else None
    waits = _waits(exam, exercises if rule.bonus is not None and (counts or (exam and exam.waits)) else ())
    notes: list[Reason] = []
    if rule.bonus is not None and exam is not None and not exam.waits and not counts:
        notes.append(_("A bonus counts from {percent} % in the exam alone.", percent=rule.bonus.from_exam))
    if exam is not None and alone + bonus > rule.most + 1e-9:
        notes.append(_("No more than {most} % count.", most=rule.most))
    percent = so_far if not waits else None
    return CourseGrade(
        student=student,
        exam=exam,
        exercises=tuple(exercises),
        bonus=round(bonus, 6),
        percent=percent,
        so_far=so_far,
        band=_band(percent, bands),
        waits=tuple(waits),
        notes=tuple(notes),
    )


def _bonus(rule: BonusRule, exercises: Sequence[Exercise]) -> float:
    """The weighted mean of the exercises' shares; what was not handed in is none of them."""
    whole = sum(rule.exercises.values())
    done = sum(exercise.weight * exercise.earned.share for exercise in exercises if exercise.earned is not None)
    return rule.percent * done / whole


def _waits(exam: Earned | None, exercises: Sequence[Exercise]) -> list[Reason]:
    waits: list[Reason] = []
    if exam is None:
        waits.append(_("There is no response to the exam."))
    elif exam.waits:
        waits.append(_("In the exam, {points}.", points=_say_waiting(exam.waiting)))
    for exercise in exercises:
        if not exercise.graded:
            waits.append(_("{exercise} has not been graded yet.", exercise=exercise.title))
        elif exercise.earned is not None and exercise.earned.waits:
            points = _say_waiting(exercise.earned.waiting)
            waits.append(_("In {exercise}, {points}.", exercise=exercise.title, points=points))
    return waits


def _say_waiting(waiting: float) -> Reason:
    return ngettext(
        "{points} point waits for a person",
        "{points} points wait for a person",
        waiting,
        points=waiting,
    )


def _band(percent: float | None, bands: Sequence[GradeBand]) -> str:
    """The grade of a percent; the edge of a band belongs to the better one."""
    if percent is None:
        return ""
    return next((band.grade for band in bands if percent >= band.at_least - 1e-9), "")


def tell_changes(before: Mapping[str, CourseGrade], after: Sequence[CourseGrade]) -> list[tuple[str, Reason, Reason]]:
    """(student, before, after) of each grade that is another one now."""
    told = [(grade.student, say_grade(before.get(grade.student)), say_grade(grade)) for grade in after]
    return [(student, old, new) for student, old, new in told if student in before and old != new]


def say_grade(grade: CourseGrade | None) -> Reason:
    """The grade in a word or two.

    >>> str(say_grade(CourseGrade(student="ana", exam=None, percent=87.5, band="9"))), str(say_grade(None))
    ('87.5 % (9)', 'none yet')
    """
    if grade is None or grade.percent is None:
        return _("none yet")
    percent = Reason("{percent} %", {"percent": grade.percent})
    return Reason("{percent} ({band})", {"percent": percent, "band": grade.band}) if grade.band else percent
