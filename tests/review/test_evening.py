"""A class of 60 with every kind of trouble: reviewed on the page, reported and exported, until nothing waits."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from grader.course.course import read_course
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.session import ReviewSession
from grader.store.work_folder import WorkFolder
from grader.verbs.notebooks import score_class
from tests.report.test_hostile_text import ATTACKS
from tests.review.making import make_class
from tests.review.test_app import keep

WORDS = ["It grows **as much** as the picture.", "It gets stronger.", "", "No idea."]
"""Four answers for a whole class: three to read, and one that is none."""


def trouble(number: int) -> dict[str, Any]:
    """The submission of a student: every tenth was no notebook or failed us, some attack, most are ordinary."""
    if number % 20 == 0:
        return {"end": "failed"}
    if number % 20 == 10:
        return {"end": "unreadable"}
    attack = ATTACKS[number % len(ATTACKS)] if number % 7 == 0 else ""
    return {
        "words": attack or WORDS[number % len(WORDS)],
        "bright": 3 if number % 3 else attack or number,
        "table": [number % 5],
        "code": f"plot({number})",
        "printed": attack,
    }


STUDENTS = {f"student{number:02}": trouble(number) for number in range(60)}


@pytest.fixture
def evening(tmp_path: Path) -> ReviewSession:
    root = make_class(tmp_path / "course", STUDENTS, exam=False)
    session = ReviewSession(read_course(root), WorkFolder(root / ".grader"), "prof")
    session.read()
    return session


@pytest.fixture
def client(evening: ReviewSession, guard: Guard) -> FlaskClient:
    client = make_app(evening, guard).test_client()
    client.get("/", base_url=f"http://{guard.hosts[0]}", query_string={"token": guard.token})
    return client


def test_a_class_of_60_is_decided_item_by_item_and_exported_whole(
    client: FlaskClient, guard: Guard, evening: ReviewSession, call: Any, tmp_path: Path
) -> None:
    items = {kind: [item for item in evening.walk if item.kind == kind] for kind in ("words", "answer", "notebook")}
    assert len(items["words"]) <= 3 + 9, "the same words are read once, beside those that attack"
    assert len(items["answer"]) == 5
    steps, item = 0, evening.next_waiting("", evening.standings())
    while item is not None:
        response = keep(client, guard, item, **{f"points-{part.criterion}": "1" for part in item.parts})
        assert response.status_code == 303, response.text
        steps += 1
        item = evening.next_waiting(item.key, evening.standings())
    assert steps == len(evening.walk) < 100, "fewer than two for each student, of four criteria"

    course = evening.course.root
    graded = score_class(evening.course, evening.work, evening.course.assignment("noise"))
    assert not any(one.grade.needs_review for one in graded)
    expected = {one.grade.student: one.grade.earned for one in graded}

    assert call("--course", course, "export", "noise", "--to", "csv", "--out", tmp_path / "marks.csv").code == 0
    told = {
        one["student"]: float(one["points"])
        for one in csv.DictReader(io.StringIO((tmp_path / "marks.csv").read_text()))
    }
    assert told == expected
    assert call("--course", course, "export", "noise", "--to", "gradescope", "--out", tmp_path / "results").code == 0
    results = {path.stem: json.loads(path.read_text())["score"] for path in (tmp_path / "results").iterdir()}
    assert results == expected
    assert (to_moodle(course, call, tmp_path), to_canvas(course, call, tmp_path)) == (expected, expected)


def to_moodle(course: Path, call: Any, folder: Path) -> dict[str, float]:
    """What Moodle's worksheet says of each student, once it is filled."""
    head = 'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Feedback comments"\n'
    rows = [f"Participant {place},Name,{name}@uni.example,Submitted,,10.00,\n" for place, name in enumerate(STUDENTS)]
    (folder / "sheet.csv").write_text(head + "".join(rows))
    command = ("--course", course, "export", "noise", "--to", "moodle", "--into", folder / "sheet.csv")
    assert call(*command, "--out", folder / "filled.csv").code == 0
    filled = csv.DictReader(io.StringIO((folder / "filled.csv").read_text()))
    return {one["Email address"].partition("@")[0]: float(one["Grade"]) for one in filled}


def to_canvas(course: Path, call: Any, folder: Path) -> dict[str, float]:
    """And Canvas's gradebook."""
    head = "Student,ID,SIS User ID,SIS Login ID,Section,Noise (1)\n    Points Possible,,,,,10\n"
    rows = [f'"Name, A",{place},,{name},One,\n' for place, name in enumerate(STUDENTS, start=1)]
    (folder / "book.csv").write_text(head + "".join(rows))
    command = ("--course", course, "export", "noise", "--to", "canvas", "--into", folder / "book.csv")
    assert call(*command, "--out", folder / "filled-book.csv").code == 0
    _, *filled = csv.DictReader(io.StringIO((folder / "filled-book.csv").read_text()))
    return {one["SIS Login ID"]: float(one["Noise (1)"]) for one in filled}
