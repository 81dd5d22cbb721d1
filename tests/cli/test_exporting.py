"""export: grades for another system; who is left out is named, and the exit code says so."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import read_course
from grader.model import Override
from grader.store.work_folder import WorkFolder
from grader.verbs.notebooks import score_class
from tests.review.making import make_class
from tests.small_course import run_grader

WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Feedback comments"
Participant 1,Ana,ana@uni.example,Submitted,,10.00,
Participant 2,Bruno,bruno@uni.example,Submitted,,10.00,
Participant 3,Zoe,zoe@uni.example,-,,10.00,
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small class, with everything of ana's decided."""
    root = make_class(tmp_path / "course")
    course, work = read_course(root), WorkFolder(root / ".grader")
    score_class(course, work, course.assignment("noise"))
    now = datetime(2024, 8, 13, tzinfo=UTC)
    for name, criteria in (("noise", ("words", "table", "plot")), ("finals", ("operator",))):
        for criterion in criteria:
            work.gradebook.add_override(
                Override(student="ana", assignment=name, criterion=criterion, earned=1, who="prof", when=now)
            )
    return root


def test_the_table_goes_to_standard_output_and_who_waits_to_standard_error(course: Path, call: Any) -> None:
    ended = call("--course", course, "export", "noise", "--to", "csv", "--out", course / "marks.csv")
    assert ended.code == 1
    assert ended.err == (
        "No grade yet, since points wait for a person: bruno, carla, dora, fede. Decide: grader review\n"
        "6 students written for csv.\n"
    )
    told = list(csv.DictReader(io.StringIO((course / "marks.csv").read_text())))
    assert [(one["student"], one["points"]) for one in told][:2] == [("ana", "5"), ("bruno", "")]


def test_a_table_can_be_piped(course: Path) -> None:
    ended = run_grader(course, course / ".grader", "export", "noise", "--to", "csv")
    assert ended.code == 1
    assert ended.out.startswith("student,assignment,points,possible,")
    assert ended.out.count("\n") == 7
    assert ended.err.endswith("6 students written for csv.\n")


def test_moodles_worksheet_is_filled_for_whom_it_knows(course: Path, call: Any) -> None:
    (course / "worksheet.csv").write_text(WORKSHEET)
    out = course / "filled.csv"
    ended = call(
        "--course", course, "export", "noise", "--to", "moodle", "--into", course / "worksheet.csv", "--out", out
    )
    assert ended.code == 1
    assert (
        "Not in the file, or there more than once: carla, dora, eva, fede.\n1 student written for moodle.\n"
        in ended.err
    )
    assert "Participant 1,Ana,ana@uni.example,Submitted,5,10.00," in out.read_text()
    assert "Participant 2,Bruno,bruno@uni.example,Submitted,,10.00,\n" in out.read_text()
    assert (course / "worksheet.csv").read_text() == WORKSHEET


def test_an_exam_is_exported_like_an_assignment(course: Path, call: Any) -> None:
    ended = call("--course", course, "export", "finals", "--to", "csv", "--out", course / "exam.csv")
    assert ended.code == 1
    assert "bruno, carla" in ended.err
    (ana, *_) = csv.DictReader(io.StringIO((course / "exam.csv").read_text()))
    assert (ana["student"], ana["points"], ana["possible"]) == ("ana", "3", "5")


def test_gradescope_gets_a_file_for_each_student_who_is_settled(course: Path, call: Any) -> None:
    out = course / "results"
    out.mkdir()
    (out / "bruno.json").write_text('{"score": 9}')
    ended = call("--course", course, "export", "noise", "--to", "gradescope", "--out", out)
    assert ended.code == 1
    assert sorted(path.name for path in out.iterdir()) == ["ana.json", "eva.json"], "bruno's old one says too much"
    assert json.loads((out / "ana.json").read_text())["score"] == 5


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["--to", "excel"],
            "there is no format `excel`\n  Choose one of csv, moodle, canvas, gradescope, moodle-api, canvas-api.",
        ),
        (
            ["--to", "canvas"],
            "--to canvas fills a file that you downloaded there\n"
            "  Name it with --into FILE: only that one knows the ids of students and assignments.",
        ),
        (
            ["--to", "gradescope"],
            "--to gradescope writes a file for each student\n  Name a folder for them: --out DIR",
        ),
        (["--to", "moodle", "--into", "none.csv"], "none.csv: there is no such file\n  Check its name and its folder."),
        (
            ["--to", "moodle", "--into", "a.csv", "--out", "a.csv"],
            "a.csv: the download would be written over\n  Name another file with --out.",
        ),
        (
            ["--to", "csv", "--out", "no/where.csv"],
            "no/where.csv: this cannot be written: No such file or directory\n"
            "  Name a file in a folder that exists, with --out FILE.",
        ),
    ],
)
def test_what_cannot_be_done_is_told(course: Path, call: Any, arguments: list[str], told: str) -> None:
    ended = call("--course", course, "export", "noise", *arguments)
    assert (ended.code, ended.err) == (2, f"grader: {told}\n")
