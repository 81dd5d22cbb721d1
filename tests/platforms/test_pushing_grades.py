"""export --to canvas-api and moodle-api: each grade once, nothing over what a person changed, the token nowhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.platforms import Push, plan, send
from grader.platforms.canvas_site import CanvasSite
from grader.platforms.moodle_site import MoodleSite
from grader.platforms.platform_http import PlatformWeb
from grader.platforms.pushing import LastSent
from tests.cli.test_exporting import course  # noqa: F401
from tests.platforms.platform_doubles import ASSIGNMENT, COURSE, TOKEN, Platform
from tests.waiting import wait_until

AT = f"{COURSE}/{ASSIGNMENT}"


@pytest.fixture(params=["canvas", "moodle"])
def there(request: pytest.FixtureRequest, course: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:  # noqa: F811
    with Platform(request.param, ["ana", "bruno", "carla", "dora", "zoe"]).serve() as platform:
        text = (course / "course.toml").read_text()
        (course / "course.toml").write_text(f'{text}\n[{platform.kind}]\nurl = "{platform.url}"\n')
        monkeypatch.setenv(f"GRADER_{platform.kind.upper()}_TOKEN", TOKEN)
        yield platform


@pytest.fixture
def push(call: Any, course: Path, there: Platform) -> Any:  # noqa: F811
    def pushed(*more: object, at: str = AT) -> Any:
        ended = call("--course", course, "export", "noise", "--to", f"{there.kind}-api", "--at", at, *more)
        assert TOKEN not in ended.out + ended.err
        assert "Traceback" not in ended.err
        return ended

    return pushed


def test_a_change_is_shown_first_then_sent_and_never_twice(push: Any, there: Platform) -> None:
    shown = push()
    assert "\nana: no grade -> 5\n" in shown.err
    assert "Nobody there, or more than one, is called so: eva, fede." in shown.err
    assert "Nothing is sent yet." in shown.err
    assert not there.writes
    sent = push("--send")
    assert f"1 student sent to {there.kind}:{AT}." in sent.err
    ana = there.key("ana")
    assert there.scores == {ana: 5}
    ((text, (page,)),) = there.comments[ana]
    assert "bright is 3." in text
    assert page.startswith("ana-")
    assert page.endswith(".html")
    again = push("--send")
    assert "1 student: all of it is there already." in again.err
    assert there.writes == [ana]


def test_what_a_person_changed_there_is_shown_and_stays(push: Any, there: Platform) -> None:
    push("--send")
    there.scores[there.key("ana")] = 7
    ended = push("--send")
    assert ended.code == 1
    assert "ana: left alone, since a person changed it there: 7 there, 5 here." in ended.err
    assert there.scores[there.key("ana")] == 7


def test_a_grade_that_a_person_gave_before_us_stays(push: Any, there: Platform) -> None:
    there.scores[there.key("ana")] = 3
    assert "3 there, 5 here" in push("--send").err
    assert not there.writes


@pytest.mark.parametrize("fault", ["429", "throttled", "done, then 500", "500", "cut"])
def test_no_fault_makes_a_grade_occur_twice(push: Any, there: Platform, fault: str) -> None:
    if there.kind == "moodle" and fault == "throttled":
        pytest.skip("only Canvas has it")
    there.faults += [("PUT" if fault != "cut" else "GET", fault), ("mod_assign_save_grade", fault)]
    push("--send")
    assert there.writes == [there.key("ana")]
    assert len(there.comments[there.key("ana")]) == 1


def test_a_refusal_says_what_to_do(push: Any, there: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = push(at="99/1")
    assert ended.code == 2
    assert "no such course" in ended.err or "has no assignment 1" in ended.err
    monkeypatch.setenv(f"GRADER_{there.kind.upper()}_TOKEN", "another")
    ended = push()
    assert (ended.code, "does not accept the token" in ended.err) == (2, True)
    assert "another" not in ended.err


def test_other_points_there_are_converted_only_when_asked(push: Any, there: Platform) -> None:
    there.possible = 100
    assert (push("--send").code, there.writes) == (2, [])
    push("--send", "--rescale")
    assert there.scores == {there.key("ana"): 50}


def test_a_token_in_the_course_is_refused(push: Any, there: Platform, course: Path) -> None:  # noqa: F811
    path = course / "course.toml"
    path.write_text(path.read_text() + f'token = "{TOKEN}"\n')
    ended = push()
    assert ended.code == 2
    assert "a token is a password and stays out of the course" in ended.err


def test_a_token_that_others_can_read_is_refused(
    push: Any, there: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(f"GRADER_{there.kind.upper()}_TOKEN")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert "there is no token" in push().err
    (tmp_path / "grader").mkdir()
    path = tmp_path / "grader" / f"{there.kind}-token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o644)
    assert "others on this machine can read the token (its mode is 644)" in push().err
    path.chmod(0o600)
    assert "ana: no grade -> 5" in push().err


def test_canvas_gets_no_page_onto_a_strange_host(push: Any, there: Platform) -> None:
    if there.kind == "moodle":
        pytest.skip("Moodle names no host")
    there.upload_host = "http://169.254.169.254"
    ended = push("--send")
    assert ended.code == 2
    assert "169.254.169.254, which is none of its hosts" in ended.err


CLASS = [f"s{number:03}" for number in range(300)]


def site_of(platform: Platform) -> CanvasSite | MoodleSite:
    web = PlatformWeb(platform.kind.title(), platform.url, lambda _: None, first_s=0.001)
    return (CanvasSite if platform.kind == "canvas" else MoodleSite)(web, TOKEN, COURSE, ASSIGNMENT)


def push_class(platform: Platform, receipts: dict[str, LastSent], die_after: int | None = None) -> None:
    """As the command does; with `die_after`, the process is gone right after so many grades are there."""
    site = site_of(platform)
    pushes = {
        key: Push(names[0], key % 10, "well done", ("p-1.html", b"<p>")) for key, names in site.students().items()
    }

    def receipt(push: Push) -> None:
        if die_after is not None and len(platform.writes) >= die_after:
            raise KeyboardInterrupt  # before the receipt is noted, where it hurts most
        receipts[push.student] = LastSent(push.points, push.comment)

    send(site, plan(site, pushes, receipts).changes, receipts, receipt, pause_s=0.001)


@pytest.mark.parametrize("kind", ["canvas", "moodle"])
def test_a_class_of_300_under_faults_stopped_half_way_gets_each_grade_once(kind: str) -> None:
    with Platform(kind, CLASS).serve() as platform:
        reads, writes = (
            ("GET", "PUT") if kind == "canvas" else ("mod_assign_get_submission_status", "mod_assign_save_grade")
        )
        for number in range(80):  # between any two faults of one kind of request, one of them goes well
            platform.faults += [(reads, ("cut", "", "500", "")[number % 4])]
            platform.faults += [(writes, ("429", "", "done, then 500", "", "500", "")[number % 6])]
        receipts: dict[str, LastSent] = {}
        with pytest.raises(KeyboardInterrupt):
            push_class(platform, receipts, die_after=150)
        assert len(receipts) < len(platform.writes)
        push_class(platform, receipts)
        assert sorted(platform.writes) == sorted(map(platform.key, CLASS))
        assert all(len(comments) == 1 for comments in platform.comments.values())
        assert platform.scores == {platform.key(one): platform.key(one) % 10 for one in CLASS}


def test_a_killed_command_repeated_leaves_the_grade_once(course: Path, there: Platform) -> None:  # noqa: F811
    """Killed by the system's hardest signal, while the platform has the grade and the command no answer."""
    command = [sys.executable, "-m", "grader", "--course", str(course), "export", "noise", "--send"]
    command += ["--to", f"{there.kind}-api", "--at", AT]
    there.faults += [(what, "done, then 500") for what in ("PUT", "mod_assign_save_grade")]
    started = subprocess.Popen(command, stderr=subprocess.PIPE, env=dict(os.environ))
    wait_until(lambda: bool(there.writes) or started.poll() is not None, "the platform has the grade")
    started.send_signal(signal.SIGKILL)
    started.communicate()
    there.faults.clear()
    subprocess.run(command, capture_output=True, check=False, env=dict(os.environ))
    assert there.writes == [there.key("ana")]
    assert len(there.comments[there.key("ana")]) == 1
