"""One comment for everybody with the same mistake: kept as an event, on every page of theirs, and taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
import pytest
from playwright.sync_api import expect

from grader.course.course import read_course
from grader.errors import UserError
from grader.exam.exam import find_exam
from grader.exam.exam_scores import score_exam, take_in
from grader.exam.exchange.importing import read_responses
from grader.export.gradescope import as_results
from grader.export.rows import ExportRow, comment_of
from grader.review.comments import find_mistakes, say_comment
from grader.review.session import Given, ReviewSession
from grader.store.work_folder import WorkFolder
from grader.verbs.exam_report import report_exam
from grader.verbs.notebooks import ScoredStudent, score_class
from tests.browser import browser, complaints, needs_browser
from tests.exam.making import exam_of, question
from tests.report.html_tree import Page
from tests.review.conftest import serving
from tests.review.making import add_student, make_class
from tests.small_course import RIGHT, Ended, run_grader, write_class, write_course

RAMP = [float(number) for number in range(1, 13)]
RUBRIC = f"""\
points: 3
probes: {{bright: {{variable: bright}}, table: {{variable: table}}}}
criteria:
  - {{id: ramp, says: bright is the ramp., points: 2, probe: bright, expect: {{close: {{to: {RAMP}}}}}}}
  - {{id: table, says: table is 1., points: 1, probe: table, expect: {{value: 1}}}}
"""
DOUBLED, NEGATED = 2 * np.array(RAMP), -np.array(RAMP)
TEXT = "Divide by the sum of the <kernel>."


def told_of(**values: Any) -> dict[str, dict[str, Any]]:
    return {name: {"bright": np.array(value), "table": 1} for name, value in values.items()}


@pytest.fixture
def session(tmp_path: Path) -> ReviewSession:
    """Ana is right, bruno and carla have twice the values, dora the wrong sign."""
    told = told_of(ana=RAMP, bruno=DOUBLED, carla=DOUBLED, dora=NEGATED)
    root = make_class(tmp_path / "course", told, exam=False, rubric=RUBRIC)
    session = ReviewSession(read_course(root), WorkFolder(root / ".grader"), "prof")
    session.read()
    return session


def graded(session: ReviewSession) -> dict[str, ScoredStudent]:
    scored = score_class(session.course, session.work, session.course.assignment("noise"))
    return {one.grade.student: one for one in scored}


def readers(session: ReviewSession) -> dict[str, list[str]]:
    """student -> the comments on their mistakes."""
    grades = {name: scored.grade for name, scored in graded(session).items()}
    return {name: [comment.text for comment in grade.comments] for name, grade in grades.items() if grade.comments}


def test_everybody_with_the_mistake_reads_the_comment_and_nobody_else(session: ReviewSession) -> None:
    before = {name: scored.grade.earned for name, scored in graded(session).items()}
    session.comment("noise", "ramp", "up-to-scale", TEXT)
    assert readers(session) == {"bruno": [TEXT], "carla": [TEXT]}
    assert {name: scored.grade.earned for name, scored in graded(session).items()} == before


def test_who_is_graded_later_with_the_mistake_reads_it_too(session: ReviewSession) -> None:
    session.comment("noise", "ramp", "up-to-scale", TEXT)
    add_student(session.course, session.work, "eva", bright=DOUBLED, table=1)
    assert readers(session) == {"bruno": [TEXT], "carla": [TEXT], "eva": [TEXT]}


def test_the_last_comment_counts_and_one_that_is_taken_back_is_kept_as_an_event(session: ReviewSession) -> None:
    session.comment("noise", "ramp", "up-to-scale", TEXT)
    session.comment("noise", "ramp", "up-to-scale", "Another one.")
    assert readers(session)["bruno"] == ["Another one."]
    session.comment("noise", "ramp", "up-to-scale", "")
    assert readers(session) == {}
    told = [(event.data["text"], event.who) for event in session.work.gradebook.log.read("comment", "noise")]
    assert told == [(TEXT, "prof"), ("Another one.", "prof"), ("", "prof")]


def test_who_got_all_points_by_a_person_has_no_mistake_to_read_of(session: ReviewSession) -> None:
    session.comment("noise", "ramp", "up-to-scale", TEXT)
    item = next(item for item in session.items.values() if item.kind == "settled" and "bruno" in item.students)
    assert item.parts[0].criterion == "ramp"
    session.decide(item, ["bruno"], [Given("ramp", 2.0)])
    assert readers(session) == {"carla": [TEXT]}


@pytest.mark.parametrize(
    ("criterion", "mistake", "text", "told"),
    [
        ("ramp", "offset", TEXT, "nobody has the mistake `offset` in `ramp` There are: up-to-scale, sign."),
        ("ramq", "sign", TEXT, "nobody has a known mistake in `ramq` Did you mean `ramp`?"),
        ("ramp", "sign", "", "there is no comment on this mistake Write one."),
    ],
)
def test_a_mistake_that_nobody_made_is_refused(
    session: ReviewSession, criterion: str, mistake: str, text: str, told: str
) -> None:
    with pytest.raises(UserError) as refused:
        session.comment("noise", criterion, mistake, text)
    assert f"{refused.value.what} {refused.value.remedy}" == told
    assert session.work.gradebook.log.read("comment", "noise") == []


def test_a_comment_is_taken_back_also_where_nobody_has_the_mistake_any_more(session: ReviewSession) -> None:
    session.comment("noise", "ramp", "sign", TEXT)
    add_student(session.course, session.work, "dora", bright=np.array(RAMP), table=1, code="again()")
    session.read()
    assert [one.diagnosis for row in find_mistakes(session.work.gradebook, "noise") for one in row.mistakes] == [
        "up-to-scale"
    ]
    assert say_comment(session.work.gradebook, "noise", "ramp", "sign", "", who="prof") == ()
    assert session.work.gradebook.comments("noise") == {}


def test_what_other_systems_are_told_has_the_comment(session: ReviewSession) -> None:
    session.comment("noise", "ramp", "up-to-scale", TEXT)
    row = ExportRow(graded(session)["bruno"].grade, 1.0)
    assert f"one too many. {TEXT}\n" in comment_of(row)
    assert as_results(row)["tests"][0]["output"].endswith(f"one too many. {TEXT}")
    assert TEXT not in comment_of(ExportRow(graded(session)["dora"].grade, 1.0))


def test_a_comment_on_an_exams_mistake_is_on_the_students_page(tmp_path: Path) -> None:
    root = make_class(tmp_path / "course", {}, exam=False)
    mistakes = {"half": {"value": 1.5, "misconception": "only one side was counted"}}
    asked = exam_of(question("numeric", {"answer": 3, "mistakes": mistakes}, "size", points=2))
    (root / "assignments/finals").mkdir()
    (root / "assignments/finals/exam.yaml").write_text(json.dumps(asked))
    (root / "responses.csv").write_text("student,size\nana,1.5\nbruno,3\n")
    course, work, exam = read_course(root), WorkFolder(root / ".grader"), find_exam(root, "finals")
    take_in(work.gradebook, read_responses(root / "responses.csv", exam, seed=exam.exam.seed))
    score_exam(work.gradebook, exam)
    assert say_comment(work.gradebook, "finals", "size", "half", TEXT, who="prof") == ("ana",)
    folder, _scored = report_exam(course, work, exam)
    assert TEXT in Page((folder / "ana.html").read_text()).text
    assert TEXT not in Page((folder / "bruno.html").read_text()).text


# ---- in the terminal, with notebooks that are run -------------------------------------------------------------------

NUMBERS = """\
points: 4
reference: [hello]
probes:
  doubled: {call: double, with: {x: {random: uniform, shape: [12], seed: student}}}
criteria:
  - {id: double, says: double(x) is twice x., points: 4, probe: doubled, expect: {close: {}}}
"""
TRIPLE = ("def double(x):\n    return 3 * x",)


def test_a_comment_in_a_line_reaches_the_pages_of_a_real_class_without_a_run(tmp_path: Path) -> None:
    course, work = write_course(tmp_path / "course", NUMBERS), tmp_path / "work"
    handed_in = write_class(tmp_path / "class", ana=RIGHT, bruno=TRIPLE, carla=TRIPLE)

    def grader(*arguments: object) -> Ended:
        return run_grader(course, work, *arguments)

    def texts() -> dict[str, str]:
        return {path.stem: Page(path.read_text()).text for path in (work / "reports/hello").glob("*.html")}

    (double,) = grader("grade", "hello", handed_in, "--jobs", 1, "--json").told["criteria"]
    assert [(one["diagnosis"], one["students"], one["comment"]) for one in double["mistakes"]] == [
        ("up-to-scale", ["bruno", "carla"], "")
    ]
    assert "or grader comment hello CRITERION MISTAKE TEXT." in texts()["index"]
    ended = grader("comment", "hello", "double", "up-to-scale", TEXT, "--who", "tutor")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "2 students read it: bruno, carla\nKept. Write the pages again: grader report hello\n"
    shutil.rmtree(work / "runs")  # whatever needed a run would fail
    assert grader("comment", "hello", "double", "sign", TEXT).code == 2


def test_pages_and_json_have_the_comment_until_it_is_taken_back(tmp_path: Path) -> None:
    course, work = write_course(tmp_path / "course", NUMBERS), tmp_path / "work"
    handed_in = write_class(tmp_path / "class", ana=RIGHT, bruno=TRIPLE)
    run_grader(course, work, "grade", "hello", handed_in, "--jobs", 1)
    run_grader(course, work, "comment", "hello", "double", "up-to-scale", TEXT, "--who", "tutor")
    write_class(handed_in, dora=TRIPLE)
    told = run_grader(course, work, "grade", "hello", handed_in, "--jobs", 1, "--json").told
    assert (told["executed"], told["reused"]) == (1, 2)
    (mistake,) = told["criteria"][0]["mistakes"]
    assert (mistake["students"], mistake["comment"]) == (["bruno", "dora"], TEXT)
    pages = {name: Page((work / f"reports/hello/{name}.html").read_text()).text for name in ("ana", "bruno", "dora")}
    assert {name for name, text in pages.items() if "Comment on this mistake · tutor" in text} == {"bruno", "dora"}
    assert {name for name, text in pages.items() if TEXT in text} == {"bruno", "dora"}
    assert TEXT in Page((work / "reports/hello/index.html").read_text()).text
    assert run_grader(course, work, "comment", "hello", "double", "up-to-scale").code == 2
    ended = run_grader(course, work, "comment", "hello", "double", "up-to-scale", "--take-back")
    assert ended.out.startswith("2 students no longer read it: bruno, dora\n")
    run_grader(course, work, "report", "hello")
    assert TEXT not in Page((work / "reports/hello/bruno.html").read_text()).text


# ---- on the page of the review --------------------------------------------------------------------------------------


@pytest.fixture
def served(session: ReviewSession) -> Iterator[str]:
    with serving(session) as address:
        yield address


@needs_browser
def test_a_person_writes_and_takes_back_a_comment_on_the_page(session: ReviewSession, served: str) -> None:
    with browser() as chromium:
        page = chromium.new_page(viewport={"width": 390, "height": 800})
        page.goto(served)
        page.get_by_role("link", name="Known mistakes").click()
        expect(page.locator("h3").first).to_have_text("2 students: a constant factor")
        field = page.get_by_label("Comment for all of them").first
        page.get_by_role("button", name="Keep the comment").first.click()
        expect(page.get_by_role("alert")).to_contain_text("No comment is written.")
        field.fill(TEXT)
        field.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("grader report noise")
        expect(page.locator(".override")).to_contain_text(TEXT)
        assert readers(session) == {"bruno": [TEXT], "carla": [TEXT]}
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="Take back").click()
        expect(page.locator(".override")).to_have_count(0)
        page.goto(urljoin(page.url, "/mistakes/nothing"))
        expect(page.locator("h1")).to_have_text("That did not work")
    assert readers(session) == {}
    assert session.commented == {"noise"}
