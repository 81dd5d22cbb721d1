"""What holds for each student: extensions, the zone, and the late days that are left over a whole course."""

from datetime import UTC, datetime, timedelta

import pytest

from grader.course.course import AssignmentFile, read_course
from grader.deadlines.due_dates import make_terms, read_handed_in, zone_of
from grader.errors import UserError
from grader.files.config_files import read_toml
from grader.model import Extension, HandInEvidence, Submission
from grader.store.gradebook import Gradebook
from tests.small_course import write_course

DUE = datetime(2024, 8, 11, 3, tzinfo=UTC)


def read(folder, text):
    path = folder / "assignment.toml"
    path.write_text(f'title = "Hello"\n{text}\n')
    return read_toml(path, AssignmentFile)


def refuse(folder, text):
    with pytest.raises(UserError) as refused:
        read(folder, text)
    return str(refused.value).removeprefix(str(folder / "assignment.toml"))


def extension(until, when=DUE):
    return Extension(student="ana", assignment="hello", until=until, who="x", when=when)


@pytest.mark.parametrize(
    "text",
    [
        "deadline = 2024-08-11T00:00:00-03:00",
        'deadline = 2024-08-11T00:00:00\ntime_zone = "America/Argentina/Buenos_Aires"',
        'deadline = 2024-08-10T23:00:00-04:00\ntime_zone = "America/Argentina/Buenos_Aires"',
    ],
)
def test_a_deadline_has_its_offset_or_the_zone_of_the_assignment(tmp_path, text):
    file = read(tmp_path, text)
    assert file.deadline == DUE
    assert DUE.astimezone(zone_of(file)).utcoffset() == timedelta(
        hours=-4 if "23:00" in text and "zone" not in text else -3
    )


def test_summer_time_is_the_zones_own(tmp_path):
    file = read(tmp_path, 'deadline = 2024-08-11T00:00:00\ntime_zone = "America/Santiago"')
    winter = read(tmp_path, 'deadline = 2024-12-11T00:00:00\ntime_zone = "America/Santiago"')
    assert (file.deadline.utcoffset(), winter.deadline.utcoffset()) == (timedelta(hours=-4), timedelta(hours=-3))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "deadline = 2024-08-11T00:00:00",
            ":2: `deadline`: the time needs its zone, as in 2024-08-11T00:00:00-03:00",
        ),
        (
            'time_zone = "Buenos Aires"',
            ":2: `time_zone`: there is no time zone `Buenos Aires`; one is America/Argentina/Buenos_Aires",
        ),
        (
            '[late]\nrule = "fixed"',
            ":2: `rule: fixed` needs `costs`: 0.1 is a tenth of the points",
        ),
        (
            '[late]\nrule = "refuse"\ncosts = 0.1',
            ":4: `costs` says nothing where the rule is `refuse`",
        ),
        (
            '[late]\nrule = "fixed"\ncosts = 0.1\nat_most = 0.5',
            ":5: `at_most` belongs to the rule `per-day`",
        ),
    ],
)
def test_a_policy_that_does_not_hang_together_is_told_with_its_line(tmp_path, text, message):
    assert refuse(tmp_path, text) == message


def test_the_last_extension_of_a_student_counts(tmp_path):
    file = read(tmp_path, "deadline = 2024-08-11T00:00:00-03:00")
    day = timedelta(days=1)
    assert make_terms(file, [extension(DUE + day), extension(DUE + 2 * day)]).due == DUE + 2 * day
    assert make_terms(file, [extension(DUE + day), extension(None)]).due == DUE
    assert make_terms(file, [extension(None, when=DUE + day)]).settled == DUE + day
    assert make_terms(file).settled is None


@pytest.fixture
def course(tmp_path):
    root = write_course(tmp_path / "course")
    (root / "course.toml").write_text('title = "A course"\nfree_late_days = 3\n')
    for name, day, rule in (
        ("one", 1, "per-day"),
        ("two", 8, "per-day"),
        ("three", 15, "per-day"),
        ("four", 2, "fixed"),
    ):
        (root / "assignments" / name).mkdir()
        (root / "assignments" / name / "assignment.toml").write_text(
            f'title = "{name}"\ndeadline = 2024-08-{day:02}T00:00:00Z\n[late]\nrule = "{rule}"\ncosts = 0.1\n'
        )
    return read_course(root)


def test_free_late_days_are_spent_in_the_order_of_the_deadlines(course, tmp_path):
    gradebook = Gradebook(tmp_path / "gradebook.sqlite")
    hours_late = {"one": 25, "two": 1, "three": 30, "four": 50}
    for name, hours in hours_late.items():
        received = course.assignment(name).file.deadline + timedelta(hours=hours)
        evidence = HandInEvidence(kind="attachment", sent=received)
        gradebook.add_submissions(
            [Submission(student="ana", assignment=name, sha256=name, source="x", received=received, evidence=evidence)]
        )
    free = {
        name: read_handed_in(course, gradebook, course.assignment(name)).terms["ana"].free_days for name in hours_late
    }
    assert free == {"one": 3, "four": 1, "two": 1, "three": 0}


def test_each_student_has_the_free_days_of_their_own(course, tmp_path):
    gradebook = Gradebook(tmp_path / "gradebook.sqlite")
    for student, hours in (("ana", 25), ("bruno", -1)):
        for name in ("one", "two"):
            received = course.assignment(name).file.deadline + timedelta(hours=hours)
            one = Submission(student=student, assignment=name, sha256=name, source="x", received=received)
            gradebook.add_submissions([one])
    terms = read_handed_in(course, gradebook, course.assignment("two")).terms
    assert {student: own.free_days for student, own in terms.items()} == {"ana": 1, "bruno": 3}
