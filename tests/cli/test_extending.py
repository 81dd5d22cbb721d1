"""grader extend: a student's deadline is moved, the points follow, and no notebook is run."""

import hashlib
from datetime import UTC, datetime

import pytest

from grader.model import HandInEvidence, Submission
from grader.store.gradebook import Gradebook
from tests.small_course import RIGHT, notebook_of, run_grader

SENT = datetime(2024, 8, 12, 5, tzinfo=UTC)
"""26 hours after the deadline."""


@pytest.fixture
def late(course, tmp_path):
    """The small course with a deadline, and ana's notebook, which came by mail after it."""
    (course / "assignments/hello/assignment.toml").write_text(
        'title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n[late]\nrule = "per-day"\ncosts = 0.25\n'
    )
    work = tmp_path / "work"
    (work / "submissions").mkdir(parents=True)
    content = notebook_of(*RIGHT).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    (work / "submissions" / f"{sha256}.ipynb").write_bytes(content)
    evidence = HandInEvidence(kind="attachment", sent=SENT, message="m1")
    one = Submission(student="ana", assignment="hello", sha256=sha256, source="mail", received=SENT, evidence=evidence)
    Gradebook(work / "gradebook.sqlite").add_submissions([one])
    return course, work


def test_an_extension_changes_the_points_and_runs_nothing(late):
    course, work = late
    assert run_grader(course, work, "execute", "hello").code == 0
    runs = sorted((work / "runs").iterdir())
    before = run_grader(course, work, "score", "hello", "--json").students["ana"]
    assert (before["earned"], before["late_by_s"]) == (2, 26 * 3600)
    extended = run_grader(course, work, "extend", "hello", "ana", "--until", "2024-08-12T02:00", "--why", "ill")
    assert extended.out == (
        "ana has until 2024-08-12 02:00:00 UTC−03:00.\n"
        "Before: 26.0 h late, which costs 2 points\n"
        "Now:    in time\n"
        "The points follow with: grader report hello\n"
    )
    after = run_grader(course, work, "score", "hello", "--json").students["ana"]
    assert (after["earned"], after["late_by_s"]) == (4, 0)
    assert run_grader(course, work, "report", "hello").code == 0
    page = (work / "reports/hello/ana.html").read_text()
    assert "The notebook itself came with your mail, on 2024-08-12 02:00:00 UTC−03:00." in page
    assert sorted((work / "runs").iterdir()) == runs
    (kept,) = Gradebook(work / "gradebook.sqlite").extensions("hello")
    assert kept.why == "ill"


def test_the_last_decision_counts_and_the_deadline_may_stand(late, call):
    course, work = late
    arguments = ("--course", course, "--work", work, "extend", "hello", "ana")
    call(*arguments, "--until", "2024-08-13T00:00")
    told = call(*arguments, "--stands").out
    assert told.startswith("ana has no more time: the deadline stands.\nBefore: in time\nNow:    26.0 h late")


@pytest.mark.parametrize(
    ("student", "options", "message"),
    [
        (
            "zoe",
            ("--stands",),
            "there is no student `zoe` in the roster or among those who handed in\n  There are: ana",
        ),
        (
            "ana",
            (),
            "one of --until TIME and --stands is needed\n  More time: grader extend hello ana --until 2024-08-12T00:00",
        ),
        ("ana", ("--until", "soon"), "`soon` is not a time\n  Write it as 2024-08-12T00:00:00-03:00."),
        (
            "ana",
            ("--until", "2024-08-10T00:00"),
            "2024-08-10T00:00 is before the deadline, 2024-08-11 00:00:00 UTC−03:00\n"
            "  An extension gives more time. To confirm the deadline, use --stands.",
        ),
    ],
)
def test_what_cannot_be_granted_is_told(late, call, student, options, message):
    course, work = late
    ended = call("--course", course, "--work", work, "extend", "hello", student, *options)
    assert (ended.code, ended.err) == (2, f"grader: {message}\n")


def test_without_a_deadline_there_is_nothing_to_extend(late, call):
    course, work = late
    path = course / "assignments/hello/assignment.toml"
    path.write_text('title = "Hello"\n')
    ended = call("--course", course, "--work", work, "extend", "hello", "ana", "--stands")
    assert ended.err == (
        f"grader: {path}: the assignment `hello` has no deadline, so there is nothing to extend\n"
        "  Write one there: deadline = 2024-08-11T00:00:00-03:00\n"
    )
