"""The exam is the base, the exercises a bonus; what waits is never a grade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.course import CourseFile
from grader.course.course_grade import CourseGrade, Earned, Exercise, GradeRule, grade_course, say_grade, tell_changes
from grader.errors import UserError
from grader.files.config_files import read_toml

BANDS = [
    {"grade": "10", "at_least": 94},
    {"grade": "7", "at_least": 70},
    {"grade": "4", "at_least": 50},
    {"grade": "2", "at_least": 0},
]


def rule(bonus: dict[str, Any] | None = None, **more: Any) -> GradeRule:
    told = {"exercises": {"one": 1, "two": 3}, "percent": 10, **(bonus or {})}
    return GradeRule.model_validate({"exam": "finals", "bands": BANDS, "bonus": told, **more})


def exercise(
    name: str, earned: float | None, weight: float = 1, *, graded: bool = True, waits: bool = False
) -> Exercise:
    found = None if earned is None else Earned(earned=earned, possible=10, waiting=2 if waits else 0, waits=waits)
    return Exercise(name=name, title=name.title(), weight=weight, earned=found, graded=graded)


def grade(given: GradeRule, exam: float | None, *exercises: Exercise, waits: float = 0) -> CourseGrade:
    earned = None if exam is None else Earned(earned=exam, possible=50, waiting=waits, waits=bool(waits))
    return grade_course(given, given.bands, "ana", earned, exercises)


def test_the_exercises_add_to_the_exam_by_their_weights() -> None:
    found = grade(rule(), 30, exercise("one", 10), exercise("two", 5, weight=3))
    assert found.bonus == pytest.approx(10 * (1 * 1.0 + 3 * 0.5) / 4)
    assert (found.percent, found.band) == (66.3, "4"), "60 + 6.25, a half is rounded upwards"


def test_what_was_not_handed_in_adds_nothing_and_takes_nothing_away() -> None:
    assert grade(rule(), 30, exercise("one", None), exercise("two", None, weight=3)).percent == 60


def test_no_more_than_the_most_counts_and_it_is_said() -> None:
    found = grade(rule(), 48, exercise("one", 10), exercise("two", 10, weight=3))
    assert (found.percent, [*map(str, found.notes)]) == (100, ["No more than 100 % count."])


def test_a_bonus_may_need_an_exam_that_is_passed_by_itself() -> None:
    passing = rule({"from_exam": 50})
    done = exercise("one", 10), exercise("two", 10, weight=3)
    failed = grade(passing, 24.5, *done)
    assert (failed.percent, failed.bonus) == (49, 0)
    assert [*map(str, failed.notes)] == ["A bonus counts from 50 % in the exam alone."]
    assert grade(passing, 25, *done).percent == 60, "the edge is enough"


@pytest.mark.parametrize(("exam", "band"), [(47, "10"), (46.9, "7"), (35, "7"), (25, "4"), (0, "2")])
def test_the_edge_of_a_grade_belongs_to_the_better_one(exam: float, band: str) -> None:
    assert grade(GradeRule.model_validate({"exam": "finals", "bands": BANDS}), exam).band == band


def test_while_something_waits_there_is_no_grade_but_what_is_settled_is_told() -> None:
    found = grade(rule(), 30, exercise("one", 5, waits=True), exercise("two", None, weight=3, graded=False), waits=1)
    assert (found.percent, found.band, found.settled) == (None, "", False)
    assert found.so_far == 61.3
    assert [*map(str, found.waits)] == [
        "In the exam, 1 point waits for a person.",
        "In One, 2 points wait for a person.",
        "Two has not been graded yet.",
    ]


def test_without_an_exam_there_is_no_grade() -> None:
    found = grade(rule(), None, exercise("one", 10), exercise("two", 10, weight=3))
    assert (found.percent, found.so_far) == (None, None)
    assert [*map(str, found.waits)] == ["There is no response to the exam."]


def test_an_exercise_that_waits_holds_nobody_up_whose_bonus_does_not_count() -> None:
    found = grade(rule({"from_exam": 50}), 10, exercise("one", 5, waits=True), exercise("two", 0, weight=3))
    assert (found.percent, found.waits) == (20, ())


def test_an_exam_that_waits_may_still_bring_the_bonus() -> None:
    found = grade(rule({"from_exam": 50}), 24, exercise("one", 5, waits=True), exercise("two", 0, weight=3), waits=5)
    assert len(found.waits) == 2
    assert found.notes == ()


@given(st.floats(0, 50), st.floats(0, 10), st.floats(0, 10), st.floats(0, 1))
def test_more_points_never_make_a_worse_grade(exam: float, one: float, two: float, more: float) -> None:
    before = grade(rule({"from_exam": 50}), exam, exercise("one", one), exercise("two", two, weight=3))
    for better in (
        grade(rule({"from_exam": 50}), min(exam + more, 50), exercise("one", one), exercise("two", two, weight=3)),
        grade(rule({"from_exam": 50}), exam, exercise("one", min(one + more, 10)), exercise("two", two, weight=3)),
    ):
        assert before.percent is not None
        assert better.percent is not None
        assert 0 <= before.percent <= better.percent <= 100


def test_a_change_is_told_before_and_after() -> None:
    before = {"ana": grade(rule(), 30), "bruno": grade(rule(), 30)}
    after = [
        grade(rule(), 35),
        grade(rule(), 30).model_copy(update={"student": "bruno"}),
        grade(rule(), 1).model_copy(update={"student": "new"}),
    ]
    told = [(student, str(old), str(new)) for student, old, new in tell_changes(before, after)]
    assert told == [("ana", "60 % (4)", "70 % (7)")]
    assert str(say_grade(grade(rule(), None))) == "none yet"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[grade]\n", "course.toml: the key `grade.exam` is missing\n  Add it."),
        (
            '[grade]\nexam = "x"\n[grade.bonus]\npercent = 10\nexercises = { one = 0 }\n',
            "course.toml:6: the weight of `one` is above 0; what does not count is left out",
        ),
        (
            '[grade]\nexam = "x"\nbands = [{grade = "4", at_least = 50}]\n',
            "course.toml:4: the last grade starts at 0, so that every student has one",
        ),
        (
            '[grade]\nexam = "x"\nbands = [{grade = "4", at_least = 0}, {grade = "5", at_least = 50}]\n',
            "course.toml:4: the best grade comes first, and no two start at the same percent",
        ),
    ],
)
def test_a_rule_that_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "course.toml"
    path.write_text(f'title = "T"\n{text}')
    with pytest.raises(UserError) as refused:
        read_toml(path, CourseFile)
    assert str(refused.value) == f"{tmp_path}/{told}"
