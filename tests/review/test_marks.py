"""What a scanner could not read for sure is said on the page, picture by picture, and counts at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.exam.exam import Exam, ExamOnDisk
from grader.exam.printing.planning import Enrolled, plan_print
from grader.exam.scanning.marks_review import Pending, WaitingMark
from grader.exam.scanning.print_store import PaperStore
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.marks import find_marks, show_mark
from grader.review.session import ReviewSession
from grader.store.work_folder import WorkFolder
from tests.exam.making import exam_of, multiple, question, single
from tests.report.html_tree import Page
from tests.review.conftest import ORIGIN


@pytest.fixture
def client(scanned: ReviewSession, guard: Guard) -> FlaskClient:
    client = make_app(scanned, guard).test_client()
    client.get("/", base_url=ORIGIN, query_string={"token": guard.token})
    return client


def say(client: FlaskClient, guard: Guard, page: str, value: str) -> int:
    return answer(client, guard, page, value).status_code


def answer(client: FlaskClient, guard: Guard, page: str, value: str) -> TestResponse:
    """What the form of the page sends."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)[-3:])
    assert fields["token"] == guard.form_token
    form = {"token": guard.form_token, "sheet": fields["sheet"], "item": fields["item"], "value": value}
    return client.post("/marks/paper", base_url=ORIGIN, headers={"Origin": ORIGIN}, data=form)


def test_the_queue_leads_to_the_marks_first(client: FlaskClient) -> None:
    page = Page(client.get("/", base_url=ORIGIN).text)
    assert "Look at 2 marks on paper" in page.text
    assert "/marks/paper" in page.values("href")


def test_marks_are_said_one_after_the_other_and_the_exam_is_scored_with_them(
    client: FlaskClient, guard: Guard, scanned: ReviewSession
) -> None:
    box = client.get("/marks/paper", base_url=ORIGIN).text
    text = Page(box).text
    assert "What is ticked here? Half of it is marked." in text
    assert "What of edge?" in text
    assert any(source.startswith("data:image/png;base64,") for source in Page(box).values("src"))
    assert say(client, guard, box, "b") == 303
    word = client.get("/marks/paper", base_url=ORIGIN).text
    assert "What is written here?" in Page(word).text
    assert say(client, guard, word, "homography") == 303
    assert client.get("/marks/paper", base_url=ORIGIN).status_code == 303, "nothing is left"
    (score,) = scanned.work.gradebook.scores("paper")
    assert [(one.criterion, one.status) for one in score.findings] == [("edge", "met"), ("word", "met")]
    assert find_marks(scanned.work, scanned.exams[0]) == []


def test_the_last_mark_can_be_said_again_and_the_last_word_counts(
    client: FlaskClient, guard: Guard, scanned: ReviewSession
) -> None:
    assert say(client, guard, client.get("/marks/paper", base_url=ORIGIN).text, "b") == 303
    again = client.get("/marks/paper", base_url=ORIGIN, query_string={"back": 1}).text
    assert "What is ticked here?" in Page(again).text
    assert say(client, guard, again, "") == 303
    store = PaperStore(scanned.work, "paper")
    assert [(one.value, one.who) for one in store.decisions().values()] == [("", "prof")]
    assert len(scanned.work.gradebook.log.read("mark", "paper")) == 2


def test_what_cannot_be_said_of_a_mark_is_told(client: FlaskClient, guard: Guard) -> None:
    page = client.get("/marks/paper", base_url=ORIGIN).text
    refused = answer(client, guard, page, "perhaps")
    assert refused.status_code == 400
    told = "This is no answer to edge: “perhaps” is none of the known options: a person decides. Write it"
    assert told in Page(refused.text).text


def test_one_of_several_options_is_said_by_a_button_and_others_by_names_that_are_listed(tmp_path: Path) -> None:
    told = exam_of(
        single("edge", asks="Which at $f = {{f}}$?", parameters={"f": {"choose": [400]}}),
        multiple("corner"),
        question("ordering", {"steps": {"a": "Step a", "b": "Step b", "c": "Step c"}}, "order"),
    )
    exam = ExamOnDisk("paper", Exam.model_validate(told), tmp_path / "exam.yaml")
    work = WorkFolder(tmp_path / "work")
    planned = plan_print(exam, [Enrolled("ana")], blank=0, paper="a4", language="en", digits=4)
    PaperStore(work, "paper").add_print(planned)
    pages = {}
    for name in ("edge", "corner", "order"):
        waiting = WaitingMark(f"{planned.id}-1-1", name, "question", 1, "ana", name, "It is unsure.", (0, 0, 9, 9))
        pages[name] = show_mark(work, exam, Pending(waiting, tmp_path / "cut.png"), [])
    assert pages["edge"].asks == "Which at $f = 400$?"
    letters = [str(says)[0] for _, _, says in pages["edge"].offers]
    assert letters == ["A", "B", "C", "D", "N"]
    assert {(str(says)[4:], value) for value, _, says in pages["edge"].offers[:-1]} == {
        (f"Option {name}", name) for name in "abcd"
    }
    assert tuple(map(str, pages["edge"].offers[-1])) == ("", "0", "No answer")
    assert pages["corner"].example == "a; b"
    assert ("none applies", "None of these.") in pages["corner"].names
    assert pages["order"].example == "c > b > a"


@pytest.mark.parametrize("path", ["/marks/none", "/marks/noise"])
def test_an_exam_that_is_not_there_is_told(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=ORIGIN).status_code == 404
