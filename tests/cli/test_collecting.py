"""grader collect as a user sees it: the table at its end, the drafts that it leaves, and watching a deadline."""

import base64
import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest

from grader.collect.google_account import DRAFTS, ENDPOINT, READ
from tests.collect.conftest import colab, config, google, identity, write_mail, write_token  # noqa: F401
from tests.small_course import RIGHT, notebook_of, write_class

CONTENT = notebook_of(*RIGHT).encode()
DUE = datetime(2024, 8, 11, 3, tzinfo=UTC)


@pytest.fixture
def collect(course, call, google, config, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config.parent))
    monkeypatch.setenv(ENDPOINT, google.url)
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    (course / "roster.csv").write_text(
        "student,name,addresses\nana,Ana Paz,ana@example.org\nbruno,,bruno@example.org\ncarla,,\n"
    )
    write_deadline(course, "2024-08-11T00:00:00-03:00")

    def collected(*arguments):
        return call("--course", course, "--work", tmp_path / "work", "collect", "hello", *arguments)

    return collected


def write_deadline(course, deadline):
    (course / "assignments/hello/assignment.toml").write_text(f'title = "Hello"\ndeadline = {deadline}\n')


def lines(text):
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_it_ends_with_who_is_in_who_is_late_and_whom_to_chase(collect, google):  # noqa: F811
    google.add_mail(write_mail("ana@example.org", notebooks={"hw.ipynb": CONTENT}), DUE - timedelta(hours=1))
    google.add_mail(write_mail("bruno@example.org", notebooks={"hw.ipynb": CONTENT + b" "}), DUE + timedelta(hours=1))
    ended = collect("gmail:subject:hw2")
    assert ended.code == 1
    assert lines(ended.out) == [
        "2 collected, 2 of them new.",
        "student what is known, and what to do",
        "carla to contact Has sent nothing.",
        "bruno late 2024-08-11 01:00:00 UTC−03:00, 1 h 0 min late (came with a mail).",
        "ana in 2024-08-10 23:00:00 UTC−03:00 (came with a mail).",
        "in: 1, late: 1, to contact: 1",
    ]
    assert lines(collect("gmail:subject:hw2").out)[0] == "2 collected, 0 of them new."


def test_its_exit_code_says_whether_somebody_is_to_chase(collect, course, tmp_path):
    folder = write_class(tmp_path / "class", ana=RIGHT, bruno=RIGHT)
    assert collect(folder).code == 1
    write_class(folder, carla=RIGHT)
    assert collect(folder).code == 0


def test_its_exit_code_says_that_a_person_has_to_decide_what_was_late(collect, course, google):  # noqa: F811
    (course / "roster.csv").write_text("student,name,addresses\nana,Ana Paz,ana@example.org\n")
    google.add_mail(write_mail("ana@example.org", f"Here: {colab(1)}"), DUE - timedelta(hours=1))
    google.add_file(identity(1), "ana@example.org", CONTENT, DUE + timedelta(hours=1))
    google.clock = lambda: DUE + timedelta(hours=2)
    ended = collect("gmail:subject:hw2")
    assert lines(ended.out)[-1] == "in: 0, late: 1, to contact: 0"
    assert ended.code == 1


def test_drafts_are_left_once_for_those_to_chase_and_never_sent(collect, google, config):  # noqa: F811
    write_token(config, google, scopes=[*READ, DRAFTS])
    name = google.add_mail(write_mail("ana@example.org", f"Here: {colab(1)}"), DUE - timedelta(hours=1))
    google.add_mail(write_mail("zoe@other.example", notebooks={"hw.ipynb": CONTENT}), DUE - timedelta(hours=1))
    assert lines(collect("gmail:subject:hw2", "--draft-replies").out)[-1] == (
        "2 new drafts in Gmail: read them, and send what you like."
    )
    answer, reminder = (
        (
            email.message_from_bytes(base64.urlsafe_b64decode(draft["message"]["raw"]), policy=email.policy.default),
            draft["message"].get("threadId"),
        )
        for draft in google.drafts
    )
    assert (answer[0]["To"], answer[0]["Subject"], answer[1]) == ("ana@example.org", "Re: hw2", name)
    assert answer[0].get_content() == (
        "Hello Ana Paz,\n\n"
        "this is about your work for “Hello”. The link does not open for us: the notebook is not shared, or the link "
        "is not whole. Google does not say which.\n\n"
        "In Colab: Share, General access, Anyone with the link, Viewer. Then send the link again.\n\n"
        "The deadline is 2024-08-11 00:00:00 UTC−03:00.\n\n"
        "If you have done so already, never mind.\n\n"
        "Kind regards\n"
    )
    assert (reminder[0]["To"], reminder[0]["Subject"], reminder[1]) == ("bruno@example.org", "Hello", None)
    assert "We have nothing from you." in reminder[0].get_content()
    assert [path for method, path in google.requests if method == "POST" and path != "/token"] == [
        "/gmail/v1/users/me/drafts?alt=json"
    ] * 2
    assert lines(collect("gmail:subject:hw2", "--draft-replies").out)[-1].startswith("0 new drafts")


def test_drafts_need_a_sign_in_that_covers_them(collect):
    ended = collect("gmail:subject:hw2", "--draft-replies")
    assert (ended.code, ended.err.splitlines()[-2:]) == (
        2,
        ["grader: the sign-in does not cover drafts", "  Sign in for them, too: grader sign-in --drafts"],
    )


def test_watching_takes_what_comes_until_the_deadline_and_looks_once_at_it(collect, course, google):  # noqa: F811
    google.clock = lambda: datetime.now(UTC)
    closes = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=4)
    write_deadline(course, closes.isoformat())
    google.add_mail(write_mail("ana@example.org", f"Here: {colab(1)}"), closes - timedelta(days=1))
    file = google.add_file(identity(1), "ana@example.org", CONTENT, closes - timedelta(days=1))

    def edit(_):  # once the first look is over
        if len(google.requests) == 8:
            file.states.append((datetime.now(UTC), CONTENT + b" "))

    google.before_answer = edit
    out = lines(collect("gmail:subject:hw2", "--watch").out)
    assert datetime.now(UTC) >= closes
    assert [line for line in out if "collected" in line] == [
        "1 collected, 1 of them new.",
        "1 collected, 1 of them new.",
    ]
    assert out[1].startswith(f"Next at {closes:%Y-%m-%d %H:%M:%S} UTC")


def test_watching_without_a_deadline_is_told(collect, course):
    path = course / "assignments/hello/assignment.toml"
    path.write_text('title = "Hello"\n')
    assert collect("gmail:subject:hw2", "--watch").err == (
        f"grader: {path}: the assignment `hello` has no deadline to watch for\n"
        "  Write one there: deadline = 2024-08-11T00:00:00-03:00\n"
    )


def test_without_a_source_there_is_nothing_to_collect(collect):
    assert collect().err == ("grader: there is nothing to collect from\n  Name a folder: grader collect hello FOLDER\n")


def test_a_sign_in_that_was_revoked_ends_with_what_to_do(collect, google):  # noqa: F811
    google.refresh_tokens.clear()
    ended = collect("gmail:subject:hw2")
    assert (ended.code, ended.err) == (
        2,
        "grader: Google no longer accepts the sign-in: it has expired or was revoked\n"
        "  Sign in again: grader sign-in\n",
    )


def test_a_folder_needs_no_account_and_no_client_of_googles(collect, config, tmp_path):  # noqa: F811
    (config / "token.json").unlink()
    ended = collect(write_class(tmp_path / "class", ana=RIGHT))
    assert lines(ended.out)[-1] == "in: 1, late: 0, to contact: 2"
