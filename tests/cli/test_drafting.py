"""grader report --drafts: a mail for each student with the page attached, left in the mailbox and never sent."""

import base64
import email
import email.policy
import shutil

import pytest

from grader.collect.google_account import DRAFTS, ENDPOINT, READ
from tests.collect.conftest import config, google, write_token  # noqa: F401
from tests.small_course import RUBRIC

WITH_A_PERSON = RUBRIC.replace("points: 4", "points: 5") + (
    "  - {id: words, says: You say in words what double does., points: 1, expect: {person: {shows: notebook}}}\n"
)
ROSTER = "student,name,addresses\nana,Ana Paz,ana@example.org old@example.org\nbruno,,bruno@example.org\ncarla,Carla,\n"


@pytest.fixture
def report(evening, call, google, config, tmp_path, monkeypatch):  # noqa: F811
    """The command, on a class of which ana, bruno and carla are settled, and the others wait for a person."""
    root, _ = evening
    for name in ("course", "work"):
        shutil.copytree(root / name, tmp_path / name, symlinks=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config.parent))
    monkeypatch.setenv(ENDPOINT, google.url)
    course = tmp_path / "course"
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    (course / "roster.csv").write_text(ROSTER)
    (course / "rubrics/hello.yaml").write_text(WITH_A_PERSON)
    write_token(config, google, scopes=[*READ, DRAFTS])

    def called(*arguments):
        return call("--course", course, "--work", tmp_path / "work", *arguments)

    called("score", "hello")
    for student in ("ana", "bruno", "carla"):
        assert called("decide", "hello", student, "words", "1").code == 0
    return called


def drafts_of(google):  # noqa: F811
    raw = [base64.urlsafe_b64decode(draft["message"]["raw"]) for draft in google.drafts]
    return [email.message_from_bytes(one, policy=email.policy.default) for one in raw]


def test_each_student_whose_page_is_settled_gets_a_draft_with_the_page_and_nothing_is_sent(report, google, tmp_path):  # noqa: F811
    ended = report("report", "hello", "--drafts")
    assert ended.code == 1
    _, waits, unaddressed, told = ended.out.splitlines()
    assert waits.startswith("No draft yet, since points wait for a person: ")
    assert not {"ana", "bruno", "carla"} & {*waits.replace(",", " ").rstrip(".").split()}
    assert unaddressed == "No draft, since the roster has no address: brace, carla, deep, empty, huge, object, page."
    assert told == "2 new drafts in Gmail: read them, and send what you like."
    ana, bruno = sorted(drafts_of(google), key=lambda draft: draft["To"])
    assert (ana["To"], ana["Subject"], bruno["To"]) == ("ana@example.org", "Hello", "bruno@example.org")
    assert ana.get_body().get_content() == (
        "Hello Ana Paz,\n\n"
        "your grade for “Hello” and the reasons for it are in the attached page: open it in a browser.\n\n"
        "If something in it seems wrong to you, answer this mail and say which criterion it is.\n\n"
        "Kind regards\n"
    )
    assert bruno.get_body().get_content().startswith("Hello,\n\n")
    (page,) = ana.iter_attachments()
    assert (page.get_filename(), page.get_content_type()) == ("ana.html", "text/html")
    assert page.get_payload(decode=True) == (tmp_path / "work/reports/hello/ana.html").read_bytes()
    posted = [path for method, path in google.requests if method == "POST" and path != "/token"]
    assert posted == ["/gmail/v1/users/me/drafts?alt=json"] * 2


def test_the_same_page_gets_no_second_draft_and_a_changed_one_gets_a_new_one(report, google):  # noqa: F811
    report("report", "hello", "--drafts")
    again = report("report", "hello", "--drafts")
    assert again.out.splitlines()[-1] == "0 new drafts in Gmail (2 left before): read them, and send what you like."
    assert len(google.drafts) == 2
    report("decide", "hello", "ana", "words", "0.5", "--comment", "Half of it.")
    changed = report("report", "hello", "--drafts")
    assert changed.out.splitlines()[-1] == "1 new draft in Gmail (1 left before): read them, and send what you like."
    assert drafts_of(google)[-1]["To"] == "ana@example.org"


def test_a_spanish_course_writes_in_spanish(report, google, tmp_path):  # noqa: F811
    path = tmp_path / "course" / "course.toml"
    path.write_text(path.read_text() + 'language = "es"\n')
    report("report", "hello", "--drafts")
    ana = min(drafts_of(google), key=lambda draft: draft["To"])
    assert ana.get_body().get_content().startswith("Hola, Ana Paz:\n\n")


def test_without_a_roster_nobody_can_be_written_to(report, google, tmp_path):  # noqa: F811
    path = tmp_path / "course" / "course.toml"
    path.write_text('title = "A small course"\n')
    ended = report("report", "hello", "--drafts")
    assert (ended.code, google.drafts) == (2, [])
    assert ended.err.endswith(
        f"grader: {path}: nobody's address is known, since the course has no roster\n"
        '  Name one there: roster = "roster.csv", a table with the columns student,name,addresses.\n'
    )


def test_drafts_need_a_sign_in_that_covers_them(report, google, config):  # noqa: F811
    write_token(config, google, scopes=[*READ])
    ended = report("report", "hello", "--drafts")
    assert ended.code == 2
    assert ended.err.endswith(
        "grader: the sign-in does not cover drafts\n  Sign in for them, too: grader sign-in --drafts\n"
    )


def test_without_the_option_no_mailbox_is_asked(report, google):  # noqa: F811
    assert report("report", "hello").code == 0
    assert google.requests == []
