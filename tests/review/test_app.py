"""The page answers only to whom it let in, keeps what a form says, and shows a student's content as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader.model import HandInEvidence
from grader.review.guard import Guard
from grader.review.queue import ReviewItem
from grader.review.session import ReviewSession
from tests.report.html_tree import Page
from tests.review.conftest import ORIGIN, Find
from tests.review.making import add_student


def get(client: FlaskClient, path: str, **more: str) -> TestResponse:
    return client.get(path, base_url=ORIGIN, query_string=more)


def post(client: FlaskClient, guard: Guard, path: str, origin: str | None = ORIGIN, **form: object) -> TestResponse:
    headers = {"Origin": origin} if origin is not None else {}
    return client.post(path, base_url=ORIGIN, headers=headers, data={"token": guard.form_token, **form})


def read(response: TestResponse) -> str:
    return Page(response.text).text


# ---- who is let in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/style.css", "/static/review.js", "/class/noise", "/points/noise", "/mistakes/noise", "/nothing"]
)
def test_nothing_is_shown_without_the_token(stranger: FlaskClient, path: str) -> None:
    response = get(stranger, path)
    assert response.status_code == 403
    assert "This page needs the address with the token that grader review printed." in read(response)


@pytest.mark.parametrize("token", ["", "x", "ñ", "0" * 43])
def test_a_wrong_token_lets_nobody_in(stranger: FlaskClient, token: str) -> None:
    response = get(stranger, "/", token=token)
    assert response.status_code == 403
    assert "Set-Cookie" not in response.headers


def test_the_token_is_exchanged_for_a_cookie_that_scripts_and_other_sites_do_not_get(
    stranger: FlaskClient, guard: Guard
) -> None:
    response = get(stranger, "/", token=guard.token)
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert response.headers["Location"] == "/"
    assert get(stranger, "/").status_code == 200


def test_another_name_for_this_machine_is_refused(client: FlaskClient, guard: Guard) -> None:
    response = client.get(
        "/", base_url=f"http://evil.example:{guard.port}", headers={"Cookie": f"{guard.cookie}={guard.token}"}
    )
    assert response.status_code == 403
    assert "This page answers at its own address only." in read(response)


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1:1", f"{ORIGIN}.evil.example"]
)
def test_a_form_from_elsewhere_changes_nothing(
    client: FlaskClient, guard: Guard, session: ReviewSession, find: Find, origin: str | None
) -> None:
    path = f"/item/{find('words', 'ana').key}"
    response = post(client, guard, path, origin, student="ana", **{"points-words": "4"})
    assert response.status_code == 403
    assert "This form was not sent from this page." in read(response)
    assert session.work.gradebook.overrides("noise") == []


@pytest.mark.parametrize("token", ["", "x", "another"])
def test_a_form_without_its_token_changes_nothing(
    client: FlaskClient, guard: Guard, session: ReviewSession, find: Find, token: str
) -> None:
    path = f"/item/{find('words', 'ana').key}"
    response = post(client, guard, path, student="ana", token=token, **{"points-words": "4"})
    assert response.status_code == 403
    assert "This form is from another session of the page: load it again." in read(response)
    assert session.work.gradebook.overrides("noise") == []


def test_every_answer_forbids_scripts_that_are_not_the_pages_own(client: FlaskClient, find: Find) -> None:
    for path in ("/", f"/item/{find('words', 'ana').key}", "/nothing", "/points/noise"):
        headers = get(client, path).headers
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"


def test_the_secrets_are_in_no_repr(guard: Guard) -> None:
    assert guard.token not in repr(guard)
    assert guard.form_token not in repr(guard)


# ---- deciding -------------------------------------------------------------------------------------------------------


def keep(client: FlaskClient, guard: Guard, item: ReviewItem, **form: object) -> TestResponse:
    return post(client, guard, f"/item/{item.key}", **{"student": list(item.students), **form})


def test_the_queue_counts_what_waits(client: FlaskClient) -> None:
    text = read(get(client, "/"))
    assert "Noise 13 to decide" in text
    assert "You say what stretching does to noise. 3 to decide Read the student’s words ana and 1 more carla" in text


def test_points_and_a_comment_are_kept_for_all_and_the_next_item_is_opened(
    client: FlaskClient, guard: Guard, session: ReviewSession, find: Find
) -> None:
    item = find("words", "ana")
    response = keep(client, guard, item, comment=" Good. ", why="", **{"points-words": "3,5"})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/item/{find('words', 'carla').key}"
    told = [(one.student, one.earned, one.comment, one.who) for one in session.work.gradebook.overrides("noise")]
    assert told == [("ana", 3.5, "Good.", "prof"), ("bruno", 3.5, "Good.", "prof")]
    following = read(get(client, response.headers["Location"]))
    assert "Kept: 3.5 points · words · ana and 1 more" in following
    assert "3.5 points · prof" in read(get(client, f"/item/{item.key}"))


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"points-words": "5"}, "“5” is no number of points here. Give a number from 0 to 4."),
        ({"points-words": ""}, "No points are given. Give a number from 0 to 4."),
        ({"points-words": "2", "student": []}, "No student is chosen. Tick those who get these points."),
        ({"points-words": "2", "student": ["carla"]}, "No student is chosen. Tick those who get these points."),
    ],
)
def test_a_form_that_is_wrong_is_told_and_keeps_what_was_written(
    client: FlaskClient, guard: Guard, session: ReviewSession, find: Find, form: dict[str, object], told: str
) -> None:
    response = keep(client, guard, find("words", "ana"), comment="A long thought.", **form)
    assert response.status_code == 400
    assert told in read(response)
    assert "A long thought.</textarea>" in response.text
    assert session.work.gradebook.overrides("noise") == []


def test_a_whole_notebook_is_decided_criterion_by_criterion_in_one_form(
    client: FlaskClient, guard: Guard, session: ReviewSession, find: Find
) -> None:
    points = {"points-bright": "2", "points-words": "", "points-table": "0", "points-plot": "1"}
    keep(client, guard, find("words", "fede"), **points)
    told = {one.criterion: one.earned for one in session.work.gradebook.overrides("noise")}
    assert told == {"bright": 2, "table": 0, "plot": 1}


def test_what_is_no_notebook_is_shown_as_text_with_zeros_to_be_kept(client: FlaskClient, find: Find) -> None:
    page = get(client, f"/item/{find('words', 'eva').key}")
    assert "this is a Word document" in read(page)
    assert Page(page.text).values("value").count("0") == 4


def test_an_exams_response_is_decided_like_any_other(
    client: FlaskClient, guard: Guard, session: ReviewSession, find: Find
) -> None:
    item = find("operator", "bruno")
    text = read(get(client, f"/item/{item.key}"))
    assert "The response the Laplace" in text
    assert "What to look for. Accepted: “Laplacian”. So it is." in text
    keep(client, guard, item, **{"points-operator": "1"})
    assert {one.student for one in session.work.gradebook.overrides("finals")} == {"bruno", "carla"}


def test_undo_leads_back_to_the_item(client: FlaskClient, guard: Guard, session: ReviewSession, find: Find) -> None:
    item = find("words", "ana")
    keep(client, guard, item, **{"points-words": "4"})
    response = post(client, guard, "/undo")
    assert response.headers["Location"] == f"/item/{item.key}"
    assert item.waiting(session.standings()["noise"]) == ("ana", "bruno")
    refused = post(client, guard, "/undo")
    assert refused.status_code == 400
    assert "there is nothing to take back in this session" in read(refused)


def test_after_the_last_decision_the_queue_says_what_comes_next(
    client: FlaskClient, guard: Guard, session: ReviewSession
) -> None:
    for item in session.walk:
        response = keep(client, guard, item, **{f"points-{part.criterion}": "0" for part in item.parts})
    assert response.headers["Location"] == "/"
    text = read(get(client, "/"))
    assert "Nothing waits for a person" in text
    assert "Write the pages again, so that students read what was decided: grader report" in text


def test_previous_and_next_walk_the_queue(client: FlaskClient, session: ReviewSession) -> None:
    walk = session.walk
    for place, item in enumerate(walk):
        page = get(client, f"/item/{item.key}").text
        for name, step in (("prev", -1), ("next", 1)):
            target = re.search(rf'href="/item/(\w+)" data-key="\w" rel="{name}"', page)
            there = 0 <= place + step < len(walk)
            assert (target[1] if target else None) == (walk[place + step].key if there else None)


def test_any_finding_can_be_opened_from_the_class(client: FlaskClient, find: Find) -> None:
    page = get(client, "/class/noise")
    assert f'/item/{find("bright", "bruno").key}"' in page.text
    text = read(get(client, f"/item/{find('bright', 'bruno').key}"))
    assert "Judged without a person bright is 3." in text


def test_who_may_have_been_late_is_told_with_what_to_say(
    client: FlaskClient, guard: Guard, session: ReviewSession
) -> None:
    path = session.course.root / "assignments/noise/assignment.toml"
    path.write_text('title = "Noise"\ndeadline = 2024-08-11T00:00:00-03:00\n[late]\nrule = "fixed"\ncosts = 0.2\n')
    late = datetime(2024, 8, 12, 12, tzinfo=UTC)
    told = HandInEvidence(kind="link", looked=late, modified=late)
    add_student(session.course, session.work, "gil", words="A thought.", bright=3, received=late, evidence=told)
    post(client, guard, "/again")
    text = read(get(client, "/"))
    assert "Was it late? gil noise t Your" in text
    assert "until then the points below are withheld." in text


def test_reading_again_brings_what_came_since(client: FlaskClient, guard: Guard, session: ReviewSession) -> None:
    add_student(session.course, session.work, "gil", words="Another thought.")
    assert "gil" not in read(get(client, "/"))
    assert post(client, guard, "/again").status_code == 303
    assert "gil" in read(get(client, "/"))


# ---- the points of a criterion --------------------------------------------------------------------------------------


def test_a_trial_shows_the_class_before_and_after_and_the_lines_that_would_change(client: FlaskClient) -> None:
    text = read(get(client, "/points/noise", criterion="bright", points="3"))
    assert "bright: 2 → 3 points The points of 3 of 6 students would change. Median 1 of 10 → 1.5 of 11." in text
    assert "ana 2 3" in text
    assert "these lines change in noise.yaml, and nothing else" in text
    assert "11 − points: 2 # was 1 until May 11 + points: 3 # was 1 until May" in text


def test_a_trial_is_kept_as_it_was_shown(client: FlaskClient, guard: Guard, session: ReviewSession) -> None:
    page = get(client, "/points/noise", criterion="bright", points="3").text
    sha256 = re.search(r'name="sha256" value="(\w+)"', page)
    assert sha256
    form = {"criterion": "bright", "points": "3.0", "sha256": sha256[1]}
    assert post(client, guard, "/points/noise", **form).status_code == 303
    assert session.course.assignment("noise").rubric.points == 11
    assert {score.student: score.findings[0].earned for score in session.work.gradebook.scores("noise")}["ana"] == 3
    assert post(client, guard, "/points/noise", **form).status_code == 400, "the rubric is another one now"


def test_a_trial_of_no_points_is_told(client: FlaskClient) -> None:
    text = read(get(client, "/points/noise", criterion="bright", points="none"))
    assert "“none” is no number of points. Give a number above 0." in text


@pytest.mark.parametrize("path", ["/item/nothing", "/class/nothing", "/points/finals", "/points/nothing"])
def test_what_is_not_there_is_told(client: FlaskClient, path: str) -> None:
    response = get(client, path)
    assert response.status_code == 404
    assert "There is nothing at this address. It may have changed: begin at the queue again." in read(response)
