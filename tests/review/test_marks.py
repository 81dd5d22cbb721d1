"""What a scanner could not read for sure is said on the page, picture by picture, and counts at once."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from grader.exam.paper.store import PaperStore
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.marks import find_marks
from grader.review.session import ReviewSession
from tests.report.html_tree import Page
from tests.review.conftest import ORIGIN


@pytest.fixture
def client(scanned: ReviewSession, guard: Guard) -> FlaskClient:
    client = make_app(scanned, guard).test_client()
    client.get("/", base_url=ORIGIN, query_string={"token": guard.token})
    return client


def say(client: FlaskClient, guard: Guard, page: str, value: str) -> int:
    """What the form of the page sends."""
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)[-3:])
    assert fields["token"] == guard.form_token
    form = {"token": guard.form_token, "sheet": fields["sheet"], "item": fields["item"], "value": value}
    return client.post("/marks/paper", base_url=ORIGIN, headers={"Origin": ORIGIN}, data=form).status_code


def test_the_queue_leads_to_the_marks_first(client: FlaskClient) -> None:
    page = Page(client.get("/", base_url=ORIGIN).text)
    assert "Look at 2 marks on paper" in page.text
    assert "/marks/paper" in page.values("href")


def test_marks_are_said_one_after_the_other_and_the_exam_is_scored_with_them(
    client: FlaskClient, guard: Guard, scanned: ReviewSession
) -> None:
    box = client.get("/marks/paper", base_url=ORIGIN).text
    text = Page(box).text
    assert "Is this box marked? Half of it is marked." in text
    assert "What of edge?" in text
    assert any(source.startswith("data:image/png;base64,") for source in Page(box).values("src"))
    assert say(client, guard, box, "marked") == 303
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
    assert say(client, guard, client.get("/marks/paper", base_url=ORIGIN).text, "marked") == 303
    again = client.get("/marks/paper", base_url=ORIGIN, query_string={"back": 1}).text
    assert "Is this box marked?" in Page(again).text
    assert say(client, guard, again, "empty") == 303
    store = PaperStore(scanned.work.root, "paper")
    assert [(one.value, one.who) for one in store.decisions().values()] == [("empty", "prof")]
    assert len((store.root / "decisions.jsonl").read_text().splitlines()) == 2


def test_what_cannot_be_said_of_a_mark_is_told(client: FlaskClient, guard: Guard) -> None:
    page = client.get("/marks/paper", base_url=ORIGIN).text
    assert say(client, guard, page, "perhaps") == 400


@pytest.mark.parametrize("path", ["/marks/none", "/marks/noise"])
def test_an_exam_that_is_not_there_is_told(client: FlaskClient, path: str) -> None:
    assert client.get(path, base_url=ORIGIN).status_code == 404
