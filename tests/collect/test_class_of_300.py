"""A class of 300 hands in through a Google that fails now and then; the grader is killed three times; all is there."""

import os
import random
import signal
import subprocess
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from grader.collect.google_account import ENDPOINT
from grader.course.course import read_course
from grader.deadlines.due_dates import read_handed_in
from grader.store.work_folder import WorkFolder
from tests.collect.conftest import DUE, colab, identity, write_mail
from tests.collect.google_double import BROKEN, DROP, HTML, RATE, TOO_MANY, TRUNCATE, Google
from tests.small_course import command, notebook_of
from tests.waiting import PATIENCE_S, wait_until

STUDENTS = 300
MINUTE = timedelta(minutes=1)
ROOT = Path(__file__).parents[2]


def content_of(number, version=1):
    return notebook_of(f"student = {number}", f"version = {version}").encode()


@dataclass
class Sender:
    """A student who hands in; `kept` is what has to arrive."""

    google: Google
    number: int
    kept: set[bytes] = field(default_factory=set)

    @property
    def address(self):
        return f"s{self.number:03}@example.org"

    def share(self, version=1, **more):
        """Share a notebook, and say the link to it."""
        content, number = content_of(self.number, version), 1000 * version + self.number
        self.google.add_file(identity(number), self.address, content, DUE - 1440 * MINUTE, **more)
        if more.get("anyone", True):
            self.kept.add(content)
        return colab(number)

    def send(self, text="", at=None, **more):
        when = DUE - MINUTE * (self.number + 1) if at is None else at
        self.google.add_mail(write_mail(self.address, text, **more), when)

    def hand_in(self):
        """In one of many ways."""
        match self.number % 20:
            case 0 | 1 | 10 | 11:
                self.kept.add(content_of(self.number))
                self.send(notebooks={"hw.ipynb": content_of(self.number)})
            case 2 | 12:  # and once more, which counts
                self.send(self.share(), at=DUE - 1000 * MINUTE)
                self.send(self.share(version=2))
            case 3 | 13:
                self.send(self.share(), at=DUE + MINUTE)
            case 4 | 14:
                self.send(html=f'<a href="{self.share(resource_key="0-k")}&resourcekey=0-k">it</a>')
            case 5:
                self.send(self.share(anyone=False))
            case 6:
                self.send("My work is in the attachment.")
            case _:
                self.send(f"Dear professor: {self.share()}\nBest")


def throw_faults(google):
    """One answer in twelve goes wrong, but never so often in a row that a request would be given up."""
    choice = random.Random(300)
    last = {}

    def fault(path):
        if path == "/token" or choice.random() > 1 / 12 or last.get(path, 0) > 1:
            last.pop(path, None)
            return None
        last[path] = last.get(path, 0) + 1
        return choice.choices([RATE, TOO_MANY, BROKEN, HTML, DROP, TRUNCATE], [6, 6, 6, 6, 1, 1])[0]

    google.fault = fault


@pytest.fixture
def started(course, config, google, tmp_path):
    """Start `grader collect` in a process of its own."""
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    (course / "assignments/hello/assignment.toml").write_text('title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n')
    rows = "".join(f"s{number:03},,s{number:03}@example.org\n" for number in range(STUDENTS))
    (course / "roster.csv").write_text("student,name,addresses\n" + rows)
    environment = {**os.environ, "XDG_CONFIG_HOME": str(config.parent), ENDPOINT: google.url}
    arguments = command(course, tmp_path / "work", "collect", "hello", "gmail:subject:hw2")

    def start():
        return subprocess.Popen(
            arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    return start


def kill_after(some, process, google):
    """Kill it when Google has had so many more requests."""
    before = len(google.requests)
    wait_until(lambda: len(google.requests) >= before + some or process.poll() is not None, f"{some} requests")
    process.kill()
    _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == -signal.SIGKILL, err


def test_a_class_of_300_is_collected_to_the_last_byte_though_the_grader_is_killed_three_times(
    started, google, course, tmp_path
):
    class_ = [Sender(google, number) for number in range(STUDENTS)]
    for sender in class_:
        sender.hand_in()
    expected = {f"s{sender.number:03}": sender.kept for sender in class_ if sender.kept}
    nothing = {f"s{sender.number:03}" for sender in class_ if not sender.kept}
    google.clock = lambda: DUE + 60 * MINUTE
    throw_faults(google)
    for some in (150, 350, 200):  # requests: in the middle of the mails, and in the middle of the notebooks
        kill_after(some, started(), google)
    last = started()
    out, err = last.communicate(timeout=PATIENCE_S)
    assert last.returncode == 1, err  # somebody is to contact

    work = WorkFolder(tmp_path / "work")
    submissions = work.gradebook.submissions("hello")
    collected = {}
    for one in submissions:
        collected.setdefault(one.student, set()).add(work.submission(one.sha256))
    assert collected == expected
    assert len(submissions) == sum(map(len, expected.values()))  # nothing twice
    assert {problem.student for problem in work.gradebook.problems("hello")} == nothing

    handed_in = read_handed_in(read_course(course), work.gradebook, read_course(course).assignment("hello"))
    counted = {one.student: work.submission(one.sha256) for one in handed_in.candidates}
    versions = {student: 2 if int(student[1:]) % 10 == 2 else 1 for student in expected}
    assert counted == {student: content_of(int(student[1:]), version) for student, version in versions.items()}

    late = sum(number % 10 == 3 for number in range(STUDENTS))
    assert out.endswith(f"in: {len(expected) - late}, late: {late}, to contact: {len(nothing)}\n")
    log = work.log.read_text() if work.log.exists() else ""
    for secret in ("access-secret", "refresh-secret", "client-secret", "@example.org"):
        assert secret not in log + err
