"""The page of one student's exam: what was chosen beside what is right, and the sheets with their marks as read."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

import pytest
from PIL import Image

from grader.exam.exam import Exam
from grader.exam.judging import judge
from grader.exam.revisions import revise
from grader.model import Answer, Grade, Override
from grader.report.exam_pages import ExamPage, ReadBox, ReadSheet, ShownQuestion, is_right, render_exam_student, view_of
from tests.exam.making import make_exam, multiple, question, rows, single
from tests.report.html_tree import Page
from tests.report.test_hostile_text import ATTACKS, active_parts

PAIRS = {"pairs": {"p": {"left": "Left p", "right": "Right p"}, "q": {"left": "Left q", "right": "Right q"}}}
STEPS = {"steps": {name: f"Step {name}" for name in ("first", "second", "third")}}
POINTS = {"criteria": {"way": {"says": "The way.", "points": 2}, "result": {"says": "The result.", "points": 1}}}


def page_of(exam: Exam, *overrides: Override, **values: Any) -> ExamPage:
    """The page of a student who answered so; a question that is not named was left blank."""
    answers = {
        one.id: Answer(status="answered", value=values[one.id]) if one.id in values else Answer(status="missing")
        for one in exam.questions
    }
    asked = tuple(revise(exam))
    findings = [finding for one in asked for finding in judge(one, answers[one.question.id], exam.rules, "en", {})]
    grade = Grade(student="ana", assignment="finals", findings=tuple(findings), overrides=overrides, end="finished")
    earned = sum(finding.earned or 0.0 for finding in findings)
    return ExamPage("A course", "finals", exam, "en", grade, earned, None, asked, answers)


def shown(page: ExamPage) -> ShownQuestion:
    return view_of(page).questions[0]


def read(page: ExamPage) -> str:
    return Page(render_exam_student(page)).text


def test_of_a_choice_the_chosen_and_the_right_option_are_told_apart() -> None:
    wrong = shown(page_of(make_exam(single(right="b")), q=["a"]))
    assert [option.state for option in wrong.options] == ["chosen-wrong", "right", "", ""]
    right = shown(page_of(make_exam(single(right="b")), q=["b"]))
    assert [option.state for option in right.options] == ["", "chosen-right", "", ""]
    several = shown(page_of(make_exam(multiple(right="ac", names="abcd")), q=["a", "b"]))
    assert [option.state for option in several.options] == ["chosen-right", "chosen-wrong", "right", ""]


def test_the_page_says_why_and_what_is_often_behind_a_wrong_option() -> None:
    text = read(page_of(make_exam(single(right="b")), q=["a"]))
    assert "1. What of q? 0 of 2" in text
    assert "You chose “Option a”. Right is “Option b”. A common reason: What a student believes. So it is." in text


def test_an_option_that_was_accepted_later_is_right() -> None:
    revision = {"when": "2024-08-05", "question": "q", "accept": ["a"], "why": "It can be read in two ways."}
    page = page_of(make_exam(single(right="b"), revisions=[revision]), q=["a"])
    assert [option.state for option in shown(page).options] == ["chosen-right", "right", "", ""]
    assert "It can be read in two ways." in read(page)


def test_statements_and_pairs_stand_in_a_table_with_what_is_right() -> None:
    page = page_of(make_exam(rows(true="ab")), q={"a": True, "b": False, "c": None, "d": False})
    assert [(row.came, row.expected, row.right) for row in shown(page).rows] == [
        ("true", "true", True),
        ("false", "true", False),
        ("–", "false", False),
        ("false", "false", True),
    ]
    page = page_of(make_exam(question("matching", PAIRS)), q={"p": "q", "q": None})
    assert [(row.came, row.expected, row.right) for row in shown(page).rows] == [
        ("Right q", "Right p", False),
        ("–", "Right q", False),
    ]


def test_a_person_s_decision_stands_with_its_reason() -> None:
    override = Override(
        student="ana",
        assignment="finals",
        criterion="q",
        earned=1,
        comment="Half of it is right.",
        who="bruno",
        when=datetime(2024, 8, 13, 9, 30),
        why="She asked.",
    )
    text = read(page_of(make_exam(single()), override, q=["a"]))
    assert "Changed by a person: 1 point · bruno" in text
    assert "Half of it is right." in text
    assert "Reason: She asked." in text


def test_an_exercise_with_a_rubric_tells_each_line_and_its_explanation_once() -> None:
    page = page_of(make_exam(question("practical", POINTS, points=3)), q={"way": 1.5, "result": 1.0})
    text = read(page)
    assert "2.5 of 3" in text
    assert "The way. 1.5 of 2" in text
    assert text.count("So it is.") == 1


def test_the_page_names_the_person_and_their_id_beside_it() -> None:
    page = page_of(make_exam(question("text", {"accept": ["a"]}, "one")))
    assert f"{page.grade.student} " in read(page)
    named = read(ExamPage(**{**vars(page), "person": "Ana Paz"}))
    assert f"Ana Paz {page.grade.student}" in named


def test_questions_stand_in_the_order_of_the_students_copy() -> None:
    page = page_of(make_exam(single("one"), single("two"), single("three")))
    ordered = ExamPage(**{**vars(page), "order": ("three", "one", "two")})
    assert [(one.number, one.question.id) for one in view_of(ordered).questions] == [
        (1, "three"),
        (2, "one"),
        (3, "two"),
    ]


@pytest.mark.parametrize(
    ("told", "part", "value", "right"),
    [
        (single(right="b"), "", "b", True),
        (single(right="b"), "", "a", False),
        (multiple(right="ac"), "", "c", True),
        (multiple(right="ac"), "", "none applies", False),
        (multiple(right=""), "", "none applies", True),
        (rows(true="ab"), "a", "true", True),
        (rows(true="ab"), "c", "true", False),
        (question("matching", PAIRS), "p", "p", True),
        (question("matching", PAIRS), "p", "q", False),
        (question("ordering", STEPS), "second", "2", True),
        (question("ordering", STEPS), "second", "1", False),
        (question("numeric", {"answer": "12"}), "0", "2", None),
        (question("practical", POINTS, points=3), "way", "2", None),
    ],
)
def test_a_box_is_right_where_its_tick_belongs_to_a_right_answer(
    told: dict[str, Any], part: str, value: str, right: bool | None
) -> None:
    assert is_right(revise(make_exam(told))[0], part, value) is right


def test_no_box_of_a_question_that_was_taken_out_is_right_or_wrong() -> None:
    revision = {"when": "2024-08-05", "question": "q", "void": "full", "why": "It has no right answer at all."}
    exam = make_exam(single(), revisions=[revision])
    assert is_right(revise(exam)[0], "", "b") is None
    assert shown(page_of(exam, q=["a"])).options[0].state == "chosen-right"


def jpeg(width: int = 1680, height: int = 2376) -> bytes:
    written = io.BytesIO()
    Image.new("L", (width, height), 240).save(written, "JPEG")
    return written.getvalue()


def sheet(*boxes: ReadBox, picture: bytes | None = None) -> ReadSheet:
    return ReadSheet(1, 210.0, 297.0, 4.2, jpeg() if picture is None else picture, boxes)


def with_sheets(*sheets: ReadSheet) -> Page:
    page = page_of(make_exam(single()), q=["a"])
    return Page(render_exam_student(ExamPage(**{**vars(page), "sheets": sheets})))


def test_each_box_that_was_read_has_a_frame_where_it_is() -> None:
    page = with_sheets(
        sheet(
            ReadBox(20.0, 50.0, "marked", False, True),
            ReadBox(20.0, 60.0, "marked", True, False),
            ReadBox(20.0, 70.0, "empty", False, False),
            ReadBox(20.0, 80.0, "empty", False, True),
            ReadBox(20.0, 90.0, "unsure", False, False),
            ReadBox(20.0, 100.0, "cancelled", False, False),
        )
    )
    frames = dict(zip(page.values("y"), page.values("class"), strict=False))
    assert {"49.0", "59.0", "79.0", "89.0", "99.0"} <= set(page.values("y"))
    assert "69.0" not in frames
    assert "Page 1 · 2 boxes read as marked · 1 box decided by a person" in page.text
    assert "Page 1, 2 boxes read as marked" in page.values("aria-label")


def test_a_sheet_whose_picture_is_gone_says_so() -> None:
    assert "The picture of this page is not kept any more." in with_sheets(sheet(picture=b"")).text


def test_the_picture_of_a_sheet_is_no_larger_than_it_has_to_be() -> None:
    (source,) = [value for value in with_sheets(sheet()).values("href") if value.startswith("data:")]
    assert len(source) < 120_000


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_a_student_wrote_is_text(attack: str) -> None:
    exam = make_exam(question("text", {"accept": ["homography"]}))
    page = page_of(exam, q=attack)
    hostile = ExamPage(**{**vars(page), "grade": page.grade.model_copy(update={"student": attack})})
    parsed = Page(render_exam_student(hostile))
    assert active_parts(parsed) == []
    assert parsed.unbalanced == []
