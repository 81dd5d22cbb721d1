"""What a scanner could not read for sure is said on the page, picture by picture, and counts at once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from grader.course import read_course
from grader.exam.exam import find_exam
from grader.exam.paper.answers import copies_read
from grader.exam.paper.intake import take_copies
from grader.exam.paper.planning import Enrolled, plan_print
from grader.exam.paper.readings import BoxReading, Sheet
from grader.exam.paper.store import PaperStore
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.marks import find_marks
from grader.review.session import ReviewSession
from grader.work import WorkFolder
from tests.exam.making import exam_of, question, single
from tests.report.html_tree import Page
from tests.review.conftest import ORIGIN


@pytest.fixture
def scanned(tmp_path: Path) -> ReviewSession:
    """An exam on paper: on ana's sheet, a box is unsure, and a word was written."""
    root = tmp_path / "course"
    (root / "assignments/paper").mkdir(parents=True)
    (root / "course.toml").write_text('title = "A small course"\n')
    told = exam_of(single("edge"), question("text", {"accept": ["homography"]}, "word"))
    (root / "assignments/paper/exam.yaml").write_text(json.dumps(told))
    exam, work = find_exam(root, "paper"), WorkFolder(root / ".grader")
    store = PaperStore(work.root, "paper")
    planned = plan_print(exam, [Enrolled("ana")], blank=0, paper="a4", language="en", digits=4)
    store.add_print(planned)
    (copy,) = planned.copies
    for page in copy.pages:
        boxes = tuple(
            BoxReading(
                box=box.id,
                state="unsure" if box.value == "b" else "empty",
                confidence=0.0 if box.value == "b" else 1.0,
                cover=0.1,
                because="Half of it is marked." if box.value == "b" else "",
            )
            for box in page.boxes
        )
        sheet = Sheet(
            print_id=planned.id, copy_number=1, page=page.number, source="scan.pdf", sha256="0" * 64, boxes=boxes
        )
        store.add_sheet(sheet)
        store.add_picture(sheet.id, np.full((2376, 1680), 230, np.uint8))
    take_copies(work.gradebook, "paper", copies_read(store.prints(), store.sheets(), store.decisions()))
    session = ReviewSession(read_course(root), work, "prof")
    session.read()
    return session


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
