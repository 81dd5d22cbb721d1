"""export without an assignment: the course's grade for another system; who has none yet is named."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from tests.verbs.test_course_report import course  # noqa: F401

WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Feedback comments"
Participant 1,Ana,ana@uni.example,Submitted,,{most},
Participant 2,Bruno,bruno@uni.example,Submitted,,{most},
"""
GRADEBOOK = """\
Student,ID,SIS Login ID,Section,Noise (11),A small course (12)
    Points Possible,,,,10.00,100.00
"Paz, Ana",1,ana,"One",,
"Gil, Bruno",2,bruno,"One",,
"""
WAIT = "No grade yet, since points wait for a person: bruno, carla, dora, eva, fede. Decide: grader review\n"


def test_the_table_says_what_each_grade_is_made_of(course: Path, call: Any) -> None:  # noqa: F811
    ended = call("--course", course, "export", "--to", "csv", "--out", course / "grades.csv")
    assert (ended.code, ended.err) == (1, f"{WAIT}6 students written for csv.\n")
    ana, bruno, *_ = csv.DictReader(io.StringIO((course / "grades.csv").read_text()))
    assert ana == {
        "student": "ana",
        "percent": "56",
        "grade": "4",
        "needs_review": "no",
        "percent_so_far": "56",
        "exam": "2",
        "exam_possible": "5",
        "bonus": "16",
        "exercise noise": "8",
    }
    assert (bruno["percent"], bruno["grade"], bruno["needs_review"]) == ("", "", "yes")


def test_moodles_worksheet_takes_the_percent_in_its_own_measure(course: Path, call: Any) -> None:  # noqa: F811
    (course / "sheet.csv").write_text(WORKSHEET.format(most="10.00"))
    into, out = course / "sheet.csv", course / "filled.csv"
    refused = call("--course", course, "export", "--to", "moodle", "--into", into, "--out", out)
    assert (refused.code, refused.err.splitlines()[0]) == (
        2,
        f"grader: {into}:2: the assignment has 100 points here, but 10 there",
    )
    ended = call("--course", course, "export", "--to", "moodle", "--into", into, "--out", out, "--rescale")
    assert ended.code == 1
    assert (
        "Participant 1,Ana,ana@uni.example,Submitted,5.6,10.00,finals: 2 of 5<br>Noise: 8 of 10<br>Bonus: 16 %\n"
        in out.read_text()
    )
    assert "Participant 2,Bruno,bruno@uni.example,Submitted,,10.00,\n" in out.read_text()


def test_canvas_takes_it_in_the_column_that_is_called_as_the_course(course: Path, call: Any) -> None:  # noqa: F811
    (course / "book.csv").write_text(GRADEBOOK)
    out = course / "filled.csv"
    ended = call("--course", course, "export", "--to", "canvas", "--into", course / "book.csv", "--out", out)
    assert ended.code == 1
    assert out.read_text() == GRADEBOOK.replace('"Paz, Ana",1,ana,"One",,', '"Paz, Ana",1,ana,"One",,56')


@pytest.mark.parametrize(
    ("to", "told"),
    [
        (
            ["gradescope", "--out", "results"],
            "grader: the course's grade is no assignment of Gradescope's\n"
            "  Name an assignment, or choose one of csv, moodle, canvas.\n",
        )
    ],
)
def test_gradescope_has_no_place_for_it(course: Path, call: Any, to: list[str], told: str) -> None:  # noqa: F811
    ended = call("--course", course, "export", "--to", *to)
    assert (ended.code, ended.err) == (2, told)


def test_a_course_that_does_not_say_how_its_grade_is_made_is_told(course: Path, call: Any) -> None:  # noqa: F811
    (course / "course.toml").write_text('title = "A small course"\n')
    ended = call("--course", course, "export", "--to", "csv")
    assert ended.code == 2
    assert "this course does not say how its grade is made" in ended.err
