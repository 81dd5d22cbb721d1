"""decide: a person's points in a line; review: the page, until it is stopped."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.course.course import read_course
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder
from grader.verbs.notebooks import score_class
from tests.review.making import make_class
from tests.small_course import command
from tests.waiting import PATIENCE_S


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """The small class of the review page, scored."""
    root = make_class(tmp_path / "course")
    course = read_course(root)
    score_class(course, WorkFolder(root / ".grader"), course.assignment("noise"))
    return root


def overrides(course: Path) -> list[tuple[str, str, float | None, str, str]]:
    found = Gradebook(course / ".grader/gradebook.sqlite").overrides("noise")
    return [(one.student, one.criterion, one.earned, one.comment, one.why) for one in found]


def test_points_are_given_in_a_line_and_appended(course: Path, call: Any) -> None:
    ended = call(
        "--course", course, "decide", "noise", "ana", "words", "3.5", "--why", "As agreed.", "--comment", "Nearly."
    )
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == "ana, words: waits → 3.5 of 4\nKept. Write the pages again: grader report noise\n"
    ended = call("--course", course, "decide", "noise", "ana", "words", "4", "--who", "tutor")
    assert ended.out.startswith("ana, words: 3.5 → 4 of 4\n")
    assert overrides(course) == [("ana", "words", 3.5, "Nearly.", "As agreed."), ("ana", "words", 4.0, "", "")]


def test_a_decision_is_taken_back_in_a_line(course: Path, call: Any) -> None:
    call("--course", course, "decide", "noise", "ana", "words", "3.5")
    ended = call("--course", course, "decide", "noise", "ana", "words", "--take-back", "--why", "A slip.")
    assert ended.out.startswith("ana, words: 3.5 → waits of 4\n")
    assert overrides(course)[-1] == ("ana", "words", None, "", "A slip.")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ana", "words"], "give either POINTS or --take-back\n  words is worth 4 points."),
        (["ana", "words", "2", "--take-back"], "give either POINTS or --take-back\n  words is worth 4 points."),
        (["ana", "words", "--take-back"], "nobody has decided on `words` of ana\n  There is nothing to take back."),
        (["ana", "words", "4.5"], "“4.5” is no number of points here\n  Give a number from 0 to 4."),
        (["anna", "words", "4"], "`anna` has no score in `noise`\n  Did you mean `ana`?"),
    ],
)
def test_what_cannot_be_decided_is_told_and_nothing_is_kept(
    course: Path, call: Any, arguments: list[str], told: str
) -> None:
    ended = call("--course", course, "decide", "noise", *arguments)
    assert (ended.code, ended.err) == (2, f"grader: {told}\n")
    assert overrides(course) == []


def test_a_taken_port_is_told(course: Path, call: Any) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.listen()
        ended = call("--course", course, "review", "--no-browser", "--port", port)
    assert ended.code == 2
    assert ended.err == (
        f"grader: the port {port} cannot be used: Address already in use\n"
        "  Choose another one with --port, or leave it out.\n"
    )


@pytest.fixture
def page(course: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`grader review` as a user starts it, and the address that it prints."""
    started = subprocess.Popen(
        command(course, course / ".grader", "review", "--no-browser", "--who", "prof"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert started.stdout is not None
    told = re.search(r"http://\S+", started.stdout.readline())
    assert told
    yield started, told[0]
    started.kill()
    started.communicate()


def test_the_page_is_served_on_loopback_until_ctrl_c_and_decisions_outlive_it(
    course: Path, page: tuple[subprocess.Popen[str], str]
) -> None:
    started, address = page
    root = address.split("?")[0]
    assert root.startswith("http://127.0.0.1:")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(root, timeout=PATIENCE_S)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(address, timeout=PATIENCE_S) as response:
        queue = response.read().decode()
    assert "<h1>Needs a person</h1>" in queue
    first = re.search(r'href="(/item/\w+)"', queue)
    assert first
    with browser.open(root[:-1] + first[1], timeout=PATIENCE_S) as response:
        item = response.read().decode()
    token = re.search(r'name="token" value="([^"]+)"', item)
    assert token
    form = f"token={token[1]}&student=eva&points-plot=1"
    decide = urllib.request.Request(root[:-1] + first[1], form.encode(), {"Origin": root[:-1]})
    browser.open(decide, timeout=PATIENCE_S).close()
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=PATIENCE_S)
    assert started.returncode == 130
    assert "Decisions on noise are kept. Write its pages again: grader report noise\n" in out
    assert "Traceback" not in err
    assert overrides(course) == [("eva", "plot", 1.0, "", "")]
    assert not list((course / ".grader").glob("review-*"))


def test_only_this_user_can_read_the_page_that_leads_there(tmp_path: Path) -> None:
    from grader.review.serving import leading_page

    with leading_page("http://127.0.0.1:1/?token=secret&x", tmp_path) as path:
        assert path.stat().st_mode & 0o077 == 0
        assert "url=http://127.0.0.1:1/?token=secret&amp;x" in path.read_text()
    assert not path.exists()


def test_no_other_command_loads_a_web_server() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import grader.cli, sys; print('flask' in sys.modules, 'werkzeug' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "False False\n"
