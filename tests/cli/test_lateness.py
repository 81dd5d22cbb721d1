"""What a late, a changed and a second submission come to, through the commands and on the pages."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from grader.model import HandInEvidence, Submission
from grader.store.gradebook import Gradebook
from tests.small_course import RIGHT, WRONG, notebook_of, run_grader

DUE = datetime(2024, 8, 11, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def hand_in(course, tmp_path):
    """Put a submission into the gradebook, as a source would."""
    work = tmp_path / "work"
    (work / "submissions").mkdir(parents=True)

    def put(student, cells, received, **evidence):
        content = notebook_of(*cells).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        (work / "submissions" / f"{sha256}.ipynb").write_bytes(content)
        one = Submission(
            student=student,
            assignment="hello",
            sha256=sha256,
            source="mail",
            received=received,
            evidence=HandInEvidence(**evidence),
        )
        Gradebook(work / "gradebook.sqlite").add_submissions([one])

    return put


@pytest.fixture
def grade(course, tmp_path):
    """Grade with this late policy; returns (student -> what grade prints of them, the folder of pages)."""

    def graded(policy):
        (course / "assignments/hello/assignment.toml").write_text(
            f'title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n[late]\n{policy}\n'
        )
        ended = run_grader(course, tmp_path / "work", "grade", "hello", "--json")
        return ended.students, tmp_path / "work/reports/hello"

    return graded


def test_the_copy_in_time_counts_and_the_page_says_what_was_changed_later(hand_in, grade):
    shared = {"kind": "link", "sent": DUE - 9 * HOUR, "file": "f1"}
    hand_in("ana", RIGHT, DUE - 2 * HOUR, **shared, looked=DUE - HOUR, modified=DUE - 2 * HOUR)
    hand_in("ana", (RIGHT[0], "word = 'x'"), DUE + HOUR, **shared, looked=DUE + 2 * HOUR, modified=DUE + HOUR)
    students, pages = grade('rule = "refuse"')
    assert (students["ana"]["earned"], students["ana"]["late_by_s"]) == (4, 0)
    page = (pages / "ana.html").read_text()
    assert "A copy of your shared notebook was taken on 2024-08-10 23:00:00 UTC−03:00, before the deadline" in page
    assert "It was changed after the deadline, on 2024-08-11 01:00:00 UTC−03:00, which does not count." in page
    assert "What changed: code cell 2 (<code>word = &#39;hola&#39;</code>)." in page


def test_a_disputed_time_waits_on_the_class_page_until_a_person_decides(hand_in, grade, course, tmp_path):
    shared = {"kind": "link", "sent": DUE - 9 * HOUR, "file": "f1"}
    hand_in("ana", RIGHT, DUE + HOUR, **shared, looked=DUE + 2 * HOUR, modified=DUE + HOUR)
    students, pages = grade('rule = "fixed"\ncosts = 0.5')
    assert (students["ana"]["earned"], students["ana"]["needs_review"]) == (2, True)
    assert "<code>grader extend hello ana --until TIME</code>" in (pages / "index.html").read_text()
    run_grader(course, tmp_path / "work", "extend", "hello", "ana", "--stands")
    students, _ = grade('rule = "fixed"\ncosts = 0.5')
    assert (students["ana"]["earned"], students["ana"]["needs_review"]) == (2, False)
    run_grader(course, tmp_path / "work", "extend", "hello", "ana", "--until", "2024-08-11T02:00")
    students, _ = grade('rule = "fixed"\ncosts = 0.5')
    assert (students["ana"]["earned"], students["ana"]["needs_review"]) == (4, False)


def test_where_the_best_counts_the_penalty_counts_with_it(hand_in, grade):
    hand_in("ana", WRONG, DUE - HOUR, kind="attachment")
    hand_in("ana", RIGHT, DUE + HOUR, kind="attachment")
    hand_in("bruno", RIGHT, DUE - HOUR, kind="attachment")
    hand_in("bruno", WRONG, DUE - HOUR / 2, kind="attachment")
    best = {name: told["earned"] for name, told in grade('rule = "fixed"\ncosts = 0.25\ncounts = "best"')[0].items()}
    assert best == {"ana": 3, "bruno": 4}
    last = {name: told["earned"] for name, told in grade('rule = "fixed"\ncosts = 0.25')[0].items()}
    assert last == {"ana": 1, "bruno": 1}
