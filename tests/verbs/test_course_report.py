"""`grader report` without an assignment: the course's grade of every student, and what changed since."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.collect.google_account import DRAFTS, ENDPOINT, READ
from grader.course.course import read_course
from grader.model import Override
from grader.store.work_folder import WorkFolder
from grader.verbs.course_report import grade_students
from tests.browser import needs_browser
from tests.cli.test_drafting import drafts_of
from tests.collect.conftest import config, google, write_token  # noqa: F401
from tests.collect.google_double import Google
from tests.report.html_tree import Page
from tests.review.making import make_class

RULE = """
[grade]
exam = "finals"
bands = [{grade = "10", at_least = 90}, {grade = "4", at_least = 40}, {grade = "2", at_least = 0}]

[grade.bonus]
exercises = {noise = 1}
percent = 20
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    root = make_class(tmp_path / "course")
    with (root / "course.toml").open("a") as file:
        file.write(RULE)
    decide(root, "noise", "ana", words=3, table=2, plot=1)
    decide(root, "finals", "ana", operator=0)
    return root


def decide(root: Path, name: str, student: str, **points: float) -> None:
    now = datetime(2024, 8, 13, tzinfo=UTC)
    WorkFolder(root / ".grader").gradebook.add_overrides(
        [
            Override(student=student, assignment=name, criterion=criterion, earned=earned, who="prof", when=now)
            for criterion, earned in points.items()
        ]
    )


def test_everybody_who_did_something_has_a_grade_or_the_reason_why_not(course: Path) -> None:
    graded = grade_students(read_course(course), WorkFolder(course / ".grader"))
    told = {grade.student: (grade.percent, grade.band, [*map(str, grade.waits)]) for grade in graded.grades}
    assert told["ana"] == (56, "4", []), "2 of 5 in the exam, 8 of 10 in the exercise: 40 + 20 × 0.8"
    assert told["bruno"] == (
        None,
        "",
        ["In the exam, 3 points wait for a person.", "In Noise, 8 points wait for a person."],
    )
    assert told["dora"] == (
        None,
        "",
        ["There is no response to the exam.", "In Noise, 4 points wait for a person."],
    )
    assert (graded.changes, graded.since) == ((), None)


def test_the_command_prints_writes_and_tells_what_changed(course: Path, call: Any) -> None:
    first = call("--course", course, "report")
    assert first.code == 1, "somebody waits"
    assert "changed" not in first.out
    index = course / ".grader/reports/index.html"
    assert first.out.endswith(f"The course page: {index}\n")
    decide(course, "noise", "ana", words=4)
    second = call("--course", course, "report")
    assert "The grades of 1 of 6 students changed:\n  ana: 56 % (4) → 58 % (4)\n" in second.out
    assert "Grades that changed" in Page(index.read_text()).text
    page = Page((course / ".grader/reports/ana.html").read_text())
    assert "This grade has changed: 56 % (4) → 58 % (4)" in page.text
    assert "changed" not in call("--course", course, "report").out, "it is told once"


@needs_browser
def test_every_page_of_the_course_and_of_an_assignment_can_be_had_as_pdf(course: Path, call: Any) -> None:
    call("--course", course, "report", "noise", "--pdf")
    call("--course", course, "report", "--pdf")
    reports = course / ".grader/reports"
    for folder in (reports, reports / "noise"):
        pages = {path.stem for path in folder.glob("*.html")}
        assert {path.stem for path in folder.glob("*.pdf")} == pages
        assert {"ana", "index"} <= pages


def test_the_page_of_a_student_says_what_the_grade_is_made_of(course: Path, call: Any) -> None:
    call("--course", course, "report")
    text = Page((course / ".grader/reports/ana.html").read_text()).text
    assert "Course grade: 4 56 %" in text
    assert "Exam: A small exam 2 / 5 40 % 40 Noise 8 / 10 80 % 16 Bonus of the exercises, at most 20 % 16" in text
    waiting = Page((course / ".grader/reports/bruno.html").read_text()).text
    assert "No grade yet." in waiting
    assert "In the exam, 3 points wait for a person." in waiting


def test_no_page_of_a_student_names_another_or_links_anywhere(course: Path, call: Any) -> None:
    call("--course", course, "report")
    html = (course / ".grader/reports/ana.html").read_text()
    assert "bruno" not in html
    assert [value for value in Page(html).values("href") if not value.startswith("#")] == []


def test_the_course_page_leads_to_every_student_and_assignment(course: Path, call: Any) -> None:
    call("--course", course, "report", "noise")
    call("--course", course, "report")
    page = Page((course / ".grader/reports/index.html").read_text())
    for student in ("ana", "bruno", "carla", "dora", "eva", "fede"):
        assert f"{student}.html" in page.values("href")
    assert "noise/index.html" in page.values("href")
    for address in page.values("href"):
        assert address.startswith("#") or (course / ".grader/reports" / address).exists()
    assert "5 grades wait" in page.text


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            (RULE, ""),
            "{root}/course.toml: this course does not say how its grade is made\n"
            '  Say it there: [grade] with `exam = "NAME"`; or name an assignment: grader report ASSIGNMENT',
        ),
        (
            ("noise = 1", "nose = 1"),
            "{root}/course.toml:8: the bonus counts `nose`, but there is no such assignment\n  There are: noise.",
        ),
        (
            ('"finals"', '"final"'),
            "{root}: there is no exam `final` in this course\n  There are: finals.",
        ),
    ],
)
def test_a_course_that_cannot_be_graded_is_told(course: Path, call: Any, change: tuple[str, str], told: str) -> None:
    path = course / "course.toml"
    path.write_text(path.read_text().replace(*change))
    ended = call("--course", course, "report")
    assert (ended.code, ended.err) == (2, f"grader: {told.format(root=course)}\n")


def test_a_course_of_which_nothing_is_graded_is_told(tmp_path: Path, call: Any) -> None:
    root = make_class(tmp_path / "course", {"ana": {}})
    with (root / "course.toml").open("a") as file:
        file.write(RULE)
    ended = call("--course", root, "--work", tmp_path / "empty", "report")
    assert ended.code == 2
    assert re.fullmatch(
        r"grader: .*: nothing that the course's grade is made of has been graded\n"
        r"  Import the exam: grader exam import finals FILE\n",
        ended.err,
    )


@pytest.fixture
def mailbox(course: Path, google: Google, config: Path, monkeypatch: pytest.MonkeyPatch) -> Google:  # noqa: F811
    """One that may be left drafts in, and a roster with two addresses."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config.parent))
    monkeypatch.setenv(ENDPOINT, google.url)
    write_token(config, google, scopes=[*READ, DRAFTS])
    path = course / "course.toml"
    path.write_text(path.read_text().replace("\n", '\nroster = "roster.csv"\n', 1))
    (course / "roster.csv").write_text("student,name,addresses\nana,Ana,ana@example.org\nbruno,,bruno@example.org\n")
    return google


def test_whose_grade_of_the_course_is_settled_gets_a_draft_with_the_page_of_the_course(
    course: Path, call: Any, mailbox: Google
) -> None:
    ended = call("--course", course, "report", "--drafts")
    assert ended.code == 1, "somebody waits"
    assert ended.out.splitlines()[-2:] == [
        "No draft yet, since points wait for a person: bruno, carla, dora, eva, fede.",
        "1 new draft in Gmail: read them, and send what you like.",
    ]
    (ana,) = drafts_of(mailbox)
    assert (ana["To"], ana["Subject"]) == ("ana@example.org", read_course(course).file.title)
    assert f"your grade for “{ana['Subject']}” and the reasons for it" in ana.get_body().get_content()
    (page,) = ana.iter_attachments()
    assert page.get_payload(decode=True) == (course / ".grader/reports/ana.html").read_bytes()


def test_the_course_and_an_assignment_have_drafts_of_their_own_and_each_page_one(
    course: Path, call: Any, mailbox: Google
) -> None:
    call("--course", course, "report", "noise", "--drafts")
    assert [draft["Subject"] for draft in drafts_of(mailbox)] == ["Noise"]
    for left_before in ("", " (1 left before)"):
        told = call("--course", course, "report", "--drafts").out.splitlines()[-1]
        new = 0 if left_before else 1
        assert told.startswith(f"{new} new draft{'s' if new != 1 else ''} in Gmail{left_before}: ")
    assert [draft["Subject"] for draft in drafts_of(mailbox)] == ["Noise", read_course(course).file.title]
