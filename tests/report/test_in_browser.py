"""Every page of a report in a real browser: no attack runs, and everybody can use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from grader.course.course_grade import CourseGrade, Earned, Exercise, GradeRule
from grader.language import verbatim
from grader.report import ClassPage, StudentPage, StudentRow, render_class, render_student
from grader.report.course_pages import CoursePage, render_course, render_course_student
from grader.report.exam_pages import ExamPage, ReadBox, render_exam_student
from tests.browser import PATIENCE_MS, browser, complaints, needs_browser
from tests.exam.making import make_exam, question, rows, single
from tests.report.html_tree import Page
from tests.report.test_comparison_plots import CORNERS, MAP, page_of
from tests.report.test_exam_pages import POINTS, sheet
from tests.report.test_exam_pages import page_of as page_of_exam
from tests.report.test_hostile_text import ATTACKS, active_parts, as_class, attacked

pytestmark = needs_browser
RULE = GradeRule.model_validate(
    {
        "exam": "finals",
        "bands": [{"grade": "10", "at_least": 90}, {"grade": "2", "at_least": 0}],
        "bonus": {"exercises": {"lines": 1, "edges": 1}, "percent": 10, "from_exam": 50},
    }
)


def grade_of(student: str, told: str = "", *, settled: bool = True) -> CourseGrade:
    earned = Earned(earned=8, possible=10, waiting=0 if settled else 2, waits=not settled)
    exercises = (
        Exercise(name="lines", title=told or "Lines", weight=1, earned=earned),
        Exercise(name="edges", title=told or "Edges", weight=1),
    )
    return CourseGrade(
        student=student,
        exam=Earned(earned=80, possible=100),
        exercises=exercises,
        bonus=4,
        percent=84 if settled else None,
        so_far=84,
        band="2" if settled else "",
        waits=() if settled else (verbatim(told or "In Lines, 2 points wait for a person."),),
        notes=(verbatim(told),) if told else (),
    )


def course_page(*grades: CourseGrade, told: str = "") -> CoursePage:
    return CoursePage(
        title=told or "A course of vision",
        exam=told or "Finals",
        rule=RULE,
        bands=tuple(RULE.bands),
        grades=grades,
        changes=((grades[0].student, "80 % (2)", "84 % (2)"),),
        since=None,
        assignments={"lines": "index.html"},
    )


def exam_page() -> ExamPage:
    """Every kind of question that has a table or a list, and a sheet with every state of a box."""
    exam = make_exam(single(), rows("rows"), question("practical", POINTS, "work", points=3))
    page = page_of_exam(exam, q=["a"], rows={"a": True, "b": False, "c": None, "d": False}, work={"way": 1.0})
    states = [
        ("marked", True),
        ("marked", False),
        ("marked", None),
        ("empty", True),
        ("cancelled", None),
        ("unsure", None),
    ]
    boxes = [ReadBox(20.0, 50.0 + 10 * place, state, False, right) for place, (state, right) in enumerate(states)]
    return replace(page, sheets=(sheet(*boxes), sheet(picture=b"")))


def with_pictures(page: StudentPage) -> dict[str, StudentPage]:
    points = {"as": "points-rc", "over": "gray"}
    return {
        "maps": page_of(page, MAP + 1, MAP),
        "maps of two shapes": page_of(page, MAP.T, MAP),
        "a curve": page_of(page, np.ones(30), np.arange(30.0)),
        "points": page_of(page, CORNERS + 1, CORNERS, draw=points),
        "pairs": page_of(page, [[0, 1], [2, 0]], [[0, 1], [2, 3]], draw={"as": "pairs"}),
    }


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


Pages = dict[str, str]


@pytest.fixture
def pages(student_page: StudentPage, class_page: ClassPage, row: Callable[..., StudentRow]) -> Pages:
    """A page of each kind, on which everything is that can be on one."""
    trouble = replace(class_page, students=(*class_page.students, row("carla", end="failed", late_by_s=60.0)))
    course = course_page(grade_of("ana"), grade_of("bruno", settled=False))
    return {
        "student": render_student(student_page),
        "class": render_class(trouble),
        "course": render_course(course),
        "course of ana": render_course_student(course, course.grades[0]),
        "course of bruno": render_course_student(course, course.grades[1]),
        "exam of ana": render_exam_student(exam_page()),
        **{f"student, {name}": render_student(page) for name, page in with_pictures(student_page).items()},
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_checker_finds_nothing_serious(
    chromium: Browser, pages: Pages, tmp_path: Path, scheme: str
) -> None:
    found: dict[str, list[str]] = {}
    context = chromium.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    for name, html in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        found[name] = complaints(page)
    context.close()
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_its_screen(chromium: Browser, pages: Pages, tmp_path: Path, width: int) -> None:
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(PATIENCE_MS)
    for name, html in pages.items():
        path = tmp_path / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.close()


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_text_on_the_pages_of_the_course(attack: str) -> None:
    course = course_page(grade_of(attack, attack, settled=False), grade_of(attack + "2", attack), told=attack)
    for html in (render_course(course), *(render_course_student(course, grade) for grade in course.grades)):
        page = Page(html)
        assert [part for part in active_parts(page) if part != "lines/index.html"] == []
        assert page.unbalanced == []


def test_no_attack_runs_in_any_page(
    chromium: Browser, student_page: StudentPage, class_page: ClassPage, tmp_path: Path
) -> None:
    attack = " ".join(ATTACKS)
    course = course_page(grade_of(attack, attack, settled=False), told=attack)
    hostile = {
        "student": render_student(attacked(student_page, attack)),
        "class": render_class(as_class(class_page, attack, student_page)),
        "course": render_course(course),
        "course student": render_course_student(course, course.grades[0]),
    }
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, html in hostile.items():
        path = tmp_path / f"{name}.html"
        path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        page.wait_for_timeout(200)
        assert page.title() != "owned", name
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], name
    page.close()
