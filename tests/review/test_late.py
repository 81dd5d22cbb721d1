"""Whether a shared notebook was late, decided on the page: in time, late since a given time, or not accepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from grader.model import Grade, HandInEvidence
from grader.review.guard import Guard
from grader.review.session import ReviewSession
from grader.verbs.notebooks import score_class
from tests.browser import PATIENCE_MS, browser, complaints, needs_browser
from tests.review.conftest import serving
from tests.review.making import add_student
from tests.review.test_app import get, post, read

LATE = datetime(2024, 8, 12, 12, tzinfo=UTC)
SETTINGS = (
    'title = "Noise"\ndeadline = 2024-08-11T00:00:00-03:00\n[late]\nrule = "per-day"\ncosts = 0.1\nat_most = 0.5\n'
)


@pytest.fixture
def session(session: ReviewSession) -> ReviewSession:
    """The session, with two students whose links were looked at too late: gil is alike ana, hana is another."""
    (session.course.root / "assignments/noise/assignment.toml").write_text(SETTINGS)
    told = HandInEvidence(kind="link", looked=LATE, modified=LATE)
    for student in ("gil", "hana"):
        add_student(session.course, session.work, student, words=student, bright=3, received=LATE, evidence=told)
    session.read()
    assert [one.grade.student for one in session.disputed] == ["gil", "hana"]
    return session


def grade_of(session: ReviewSession, student: str) -> Grade:
    scored = score_class(session.course, session.work, session.course.assignment("noise"), keep=False)
    return next(one.grade for one in scored if one.grade.student == student)


def say(client: FlaskClient, guard: Guard, session: ReviewSession, student: str, **form: str) -> int:
    sha256 = next(one.sha256 for one in session.work.gradebook.submissions("noise") if one.student == student)
    return post(client, guard, f"/late/noise/{student}", sha256=sha256, **form).status_code


def test_the_page_shows_the_times_that_are_known_beside_the_notebook(
    client: FlaskClient, session: ReviewSession
) -> None:
    assert "Was it late? gil noise t" in read(get(client, "/"))
    text = read(get(client, "/late/noise/gil"))
    assert (
        "The deadline 2024-08-11 00:00:00 UTC−03:00 It was copied 2024-08-12 09:00:00 UTC−03:00 "
        "Last changed before that 2024-08-12 09:00:00 UTC−03:00 Would cost 2 points"
    ) in text
    assert "plot(bright)" in text
    assert 'value="2024-08-12 09:00:00-03:00"' in get(client, "/late/noise/gil").text


def test_what_is_taken_as_in_time_costs_nothing_and_the_student_reads_why(
    client: FlaskClient, guard: Guard, session: ReviewSession
) -> None:
    assert grade_of(session, "gil").needs_review
    assert say(client, guard, session, "gil", counts="in time", why="Colab was down.") == 303
    lateness = grade_of(session, "gil").lateness
    assert lateness is not None
    assert (lateness.late_by_s, lateness.penalty, lateness.waits) == (0.0, 0.0, False)
    assert "It was decided that it counts as in time. The reason: Colab was down." in str(lateness.because)
    assert "Was it late? hana noise t" in read(get(client, "/"))
    (ruling,) = session.work.gradebook.late_rulings("noise").values()
    assert (ruling.student, ruling.who, ruling.why) == ("gil", "prof", "Colab was down.")


def test_what_is_late_since_a_given_time_costs_what_that_time_costs(
    client: FlaskClient, guard: Guard, session: ReviewSession
) -> None:
    before = grade_of(session, "gil").lateness
    assert before is not None
    assert before.penalty == pytest.approx(2.0)
    assert say(client, guard, session, "gil", counts="late", handed_in="2024-08-11 06:00") == 303
    lateness = grade_of(session, "gil").lateness
    assert lateness is not None
    assert (lateness.late_by_s, lateness.penalty, lateness.waits) == (6 * 3600.0, pytest.approx(1.0), False)
    assert (
        "It was decided that it counts as handed in on 2024-08-11 06:00:00 UTC−03:00. That is 6 h 0 min after the "
        "deadline: 1 day begun;"
    ) in str(lateness.because)


def test_what_is_not_accepted_gets_no_points(client: FlaskClient, guard: Guard, session: ReviewSession) -> None:
    assert say(client, guard, session, "gil", counts="refused") == 303
    grade = grade_of(session, "gil")
    assert grade.lateness is not None
    assert (grade.earned, grade.lateness.penalty) == (0.0, 10.0)
    assert "It was decided that it is not accepted, so it gets no points." in str(grade.lateness.because)


def test_what_was_said_is_taken_back_by_another_word(client: FlaskClient, guard: Guard, session: ReviewSession) -> None:
    say(client, guard, session, "gil", counts="in time", why="Colab was down.")
    text = read(get(client, "/"))
    assert "Decisions on lateness gil noise: In time · prof, " in text
    assert "Take back Colab was down." in text
    assert say(client, guard, session, "gil", counts="back") == 303
    assert grade_of(session, "gil").needs_review
    assert "Decisions on lateness" not in read(get(client, "/"))
    assert session.work.gradebook.late_rulings("noise") == {}


def test_another_state_of_the_notebook_is_looked_at_anew(
    client: FlaskClient, guard: Guard, session: ReviewSession
) -> None:
    say(client, guard, session, "gil", counts="refused")
    later = LATE.replace(hour=15)
    told = HandInEvidence(kind="link", looked=later, modified=later)
    add_student(session.course, session.work, "gil", words="Other words.", bright=3, received=later, evidence=told)
    assert grade_of(session, "gil").needs_review


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (
            {"counts": "late", "handed_in": "yesterday"},
            "yesterday is not a time. Write it as 2024-08-12T00:00:00-03:00.",
        ),
        (
            {"counts": "late", "handed_in": "2024-08-10 23:00"},
            "2024-08-10 23:00 is not after the deadline, 2024-08-11 00:00:00 UTC−03:00. What was handed in by then is "
            "in time.",
        ),
        ({}, "Nothing is decided yet. Choose one of the three: in time, late, not accepted."),
        ({"counts": "in time", "sha256": "f" * 64}, "This no longer waits as it did. Begin at the queue again."),
    ],
)
def test_what_cannot_be_said_is_told_and_nothing_is_kept(
    client: FlaskClient, guard: Guard, session: ReviewSession, form: dict[str, str], told: str
) -> None:
    own = next(one.sha256 for one in session.work.gradebook.submissions("noise") if one.student == "gil")
    response = post(client, guard, "/late/noise/gil", **{"sha256": own, **form})
    assert response.status_code == 400
    assert told in read(response)
    assert session.work.gradebook.late_rulings("noise") == {}


def test_a_form_from_elsewhere_decides_nothing(client: FlaskClient, guard: Guard, session: ReviewSession) -> None:
    response = post(client, guard, "/late/noise/gil", origin="https://example.org", counts="in time")
    assert response.status_code == 403
    assert session.work.gradebook.late_rulings("noise") == {}


@pytest.fixture
def address(session: ReviewSession) -> Iterator[str]:
    with serving(session) as opened:
        yield opened


@needs_browser
def test_lateness_is_decided_by_keyboard_alone_and_everybody_can_read_the_page(
    session: ReviewSession, address: str
) -> None:
    with browser() as chromium:
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.wait_for_load_state()
        page.keyboard.press("t")
        expect(page).to_have_url(urljoin(page.url, "/late/noise/gil"))
        page.wait_for_load_state()
        assert complaints(page) == []
        page.keyboard.press("w")
        page.keyboard.type("It ill lasted until noon.")
        page.keyboard.press("Escape")
        page.keyboard.press("Control+a")
        page.keyboard.type("2024-08-11 01:00")
        page.keyboard.press("Enter")
        expect(page).to_have_url(urljoin(page.url, "/late/noise/hana"))
        page.wait_for_load_state()
        page.keyboard.press("x")
        expect(page.locator("#ruled")).to_be_visible()
        page.wait_for_load_state()
        assert complaints(page) == []
        said = [(one.student, one.counts, one.why) for one in session.rulings()]
        assert said == [("gil", "late", "It ill lasted until noon."), ("hana", "refused", "")]
        page.get_by_role("button", name="Take back the decision on hana").click()
        expect(page.get_by_text("Was it late?")).to_be_visible()
    assert [one.grade.student for one in session.disputed] == ["hana"]
