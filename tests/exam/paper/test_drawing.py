"""What stands on the sheets, read from the PDF itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from grader.exam.analysis.guessing import guess_exam
from grader.exam.exam import Exam
from grader.exam.kinds import EVERY_KIND
from grader.exam.paper.sheet import BOX_MM, SIZES_MM, mark_corners_mm
from grader.exam.printing.drawing import draw_copies
from grader.exam.printing.key import draw_key
from tests.exam.making import exam_of, make_exam, multiple, single
from tests.exam.test_course_exam import EXAM, PATH

from .printing import every_kind, plan, render, text_of

DPI = 150


def draw(print_, **more):
    return draw_copies(print_, Path(), **more)


def words(pdf):
    return " ".join(" ".join(text_of(pdf)).split())


def test_every_page_is_of_the_papers_size():
    for paper, (width, height) in SIZES_MM.items():
        for page in render(draw(plan(every_kind(), "ana", paper=paper)), DPI):
            assert page.shape == pytest.approx((height * DPI / 25.4, width * DPI / 25.4), abs=1)


def test_a_square_is_drawn_where_each_box_is_said_to_be():
    print_ = plan(every_kind(), "ana", blank=1)
    pictures = iter(render(draw(print_), 254))  # ten pixels to the millimetre
    for page in (page for copy in print_.copies for page in copy.pages):
        picture = next(pictures) < 128
        for box in page.boxes:
            left, top = round(box.x_mm * 10), round(box.y_mm * 10)
            side = round(BOX_MM * 10)
            square = picture[top - 3 : top + side + 4, left - 3 : left + side + 4]
            for line in (square[2:5], square[-5:-2], square[:, 2:5].T, square[:, -5:-2].T):
                assert line[:, 3:-3].max(axis=0).all(), box.id
            assert not square[7:-7, 7:-7].any(), box.id


def test_the_marks_are_arucos_where_they_are_said_to_be():
    (picture, *_) = render(draw(plan(every_kind(), "ana")), 254)
    dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
    corners, ids, _ = cv2.aruco.ArucoDetector(dictionary).detectMarkers(picture)
    found = {int(id): corner.reshape(4, 2) / 10 for id, corner in zip(ids.ravel(), corners, strict=True)}
    for name, expected in enumerate(mark_corners_mm("a4")):
        assert np.abs(found[name] - expected).max() < 0.2


def test_the_first_page_says_whose_it_is_how_to_answer_and_what_guessing_earns():
    exam = every_kind()
    told = words(draw(plan(exam, "ana")))
    assert told.startswith("ana copy 1 page 1 of ")
    assert "cancelled: filled completely" in told
    assert "To take a tick back, fill its box completely, and tick another one." in told
    assert f"Who guesses everything earns {guess_exam(exam):.1f} of {exam.points:g} points on average." in told
    assert "One answer: the right option earns the points, another one nothing. Pure guessing earns 25 %." in told


def test_a_question_with_a_rule_of_its_own_says_so():
    told = multiple("corner")
    told["multiple"]["rule"] = "ripkey"
    text = words(draw(plan(make_exam(single("edge"), told), "ana")))
    assert "Every right tick earns 1/k of the points; more than k ticks earn nothing. Pure guessing earns 34 %." in text
    assert "Several answers:" not in text


def test_floors_caps_and_rounding_stand_on_the_exam():
    rules = {
        "single": {"name": "negative", "wrong": 0.25},
        "multiple": {"name": "rexams-false2", "floor": -0.25, "cap": 0.9},
        "cap": 3,
        "step": 0.5,
    }
    told = words(draw(plan(make_exam(single("edge"), multiple("corner"), rules=rules), "ana")))
    assert "No question takes off more than 25 % of its points. No question earns more than 90 % of its points." in told
    assert "The whole exam earns no less than 0 points. The whole exam earns no more than 3 points." in told
    assert "The total is rounded to a multiple of 0.5, once, at the end." in told
    assert "The whole exam" not in words(draw(plan(every_kind(), "ana")))


def test_each_kind_says_how_its_boxes_are_ticked():
    told = words(draw(plan(every_kind(), "ana")))
    for hint in (
        *("tick one", "tick all that apply", "tick one box in each row", "tick one letter in each row"),
        "tick the place of each step: 1 comes first",
    ):
        assert hint in told


def test_what_a_section_begins_with_is_printed():
    exam = exam_of(single("edge"))
    exam["sections"][0]["intro"] = "Images have 8 bits."
    assert "Images have 8 bits." in words(draw(plan(Exam.model_validate(exam), "ana")))


def test_numbers_and_their_nouns_are_those_of_the_language():
    exam = make_exam(single("edge", points=1), single("corner", points=2.5), languages=["en", "es"])
    told = words(draw(plan(exam, "ana", language="es")))
    assert "1 punto " in told
    assert "2,5 puntos" in told
    assert "de 3,5 puntos." in told
    assert "1 point " in words(draw(plan(exam, "ana")))


def test_sheets_speak_spanish_where_the_exam_does():
    told = words(draw_copies(plan_course(language="es"), PATH.parent))
    assert "Para anular una marca, rellenar su casilla por completo" in told
    assert "¿Por qué se suaviza una imagen antes de derivarla" in told
    assert "tick one" not in told


def plan_course(**more):
    from grader.exam.exam import ExamOnDisk
    from grader.exam.printing.planning import Enrolled, plan_print

    options = {"paper": "a4", "language": "en", "digits": 6, **more}
    return plan_print(ExamOnDisk("exam-2024", EXAM, PATH), [Enrolled("ana", "Ana Ejemplo")], blank=0, **options)


def test_the_courses_exam_can_be_printed_with_its_formulas_and_pictures():
    pdf = draw_copies(plan_course(), PATH.parent)
    told = words(pdf)
    assert "Ana Ejemplo" in told
    assert "$" not in told
    assert pdf.count(b"/Subtype /Image") >= 2


def test_the_same_print_is_the_same_file():
    print_ = plan(every_kind(), "ana")
    assert draw(print_) == draw(print_)


def test_on_both_sides_no_back_is_another_students():
    print_ = plan(every_kind(), "ana", "bruno")
    pages = [len(copy.pages) for copy in print_.copies]
    assert len(text_of(draw(print_, duplex=True))) == sum(count + count % 2 for count in pages)
    assert len(text_of(draw(print_))) == sum(pages)


def test_every_rule_has_words_in_every_language():
    ruled = [(kind, form) for kind in EVERY_KIND if (form := kind.rule_form()) is not None]
    assert len(ruled) >= 5
    for kind, form in ruled:
        assert set(kind.words.rules) == set(form.model_fields["name"].annotation.__args__), kind.name
        assert kind.words.title


def test_the_key_has_the_letters_of_each_copy():
    print_ = plan(every_kind(), "ana", "bruno")
    told = words(draw_key(print_))
    assert "work 1 (way, 2 points): The way is right." in told
    for copy in print_.copies:
        page = next(page for page in copy.pages if any(box.question == "edge" for box in page.boxes))
        options = sorted((box.y_mm, box.value) for box in page.boxes if box.question == "edge")
        letter = "ABCD"[[value for _, value in options].index("b")]
        assert f"{letter} edge" in told.split(f"copy {copy.number}")[1]
    assert "homography word" in told
    assert "12.5 px width" in told
