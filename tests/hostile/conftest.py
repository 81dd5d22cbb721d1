"""Grades the whole corpus as one class, together with innocent notebooks, on a host that is full of secrets."""

import contextlib
import os
import secrets
import shutil
import socket
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.course.course import read_course
from grader.execute.pool import Resources
from grader.execute.sandbox import why_no_sandbox
from grader.model import Override
from grader.report import page_name
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.collection import collect
from grader.verbs.notebook_report import report
from grader.verbs.notebooks import ScoredStudent

from .corpus import COURSE, read_cases, write_case, write_innocent
from .left import left_by

INNOCENTS = 38
JOBS = 6


@dataclass(frozen=True)
class Class:
    """What came of a class, by student, and the pages that were written."""

    scored: dict[str, ScoredStudent]
    pages: Path
    work: WorkFolder

    def page(self, student: str) -> str:
        return (self.pages / page_name(student)).read_text(encoding="utf-8")


def grade(course_root: Path, folder: Path, work_root: Path, *, jobs: int, name: str = "hostile") -> Class:
    """What `grader grade` does, in this process."""

    def watch(*_: object) -> None:
        pass

    course = read_course(course_root)
    assignment, work = course.assignment(name), WorkFolder(work_root)
    collect(course, work, assignment, [str(folder)])
    executions = verbs.execute(course, work, assignment, Resources("bubblewrap", jobs), watch=watch)
    scored = verbs.score_class(course, work, assignment)
    reported = report(course, work, assignment, scored, executions, wall_s=0.0, watch=watch)
    return Class({one.submission.student: one for one in scored}, reported.index.parent, work)


@pytest.fixture(scope="session")
def sandbox():
    problem = why_no_sandbox()
    if problem is not None:
        pytest.skip(str(problem))


@pytest.fixture(scope="session")
def baits():
    """What listens on this host, by the names that notebooks have for it: a port, and a name of a unix socket."""
    name = f"grader-answer-key-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as by_port, socket.socket(socket.AF_UNIX) as by_name:
        by_name.bind(f"\0{name}")
        by_name.listen()
        yield {"HOST_PORT": str(by_port.getsockname()[1]), "HOST_NAME": name}


@pytest.fixture(scope="session")
def secret_host(tmp_path_factory):
    """A course, a work folder and a machine that hold a secret in every place where an answer key could lie."""
    canary = f"canary-{secrets.token_hex(16)}"
    root = tmp_path_factory.mktemp("host")
    shutil.copytree(COURSE, root / "course")
    for name in ("rubrics/hostile.yaml", "reference/doubling.py"):
        with (root / "course" / name).open("a") as file:
            file.write(f"# {canary}\n")
    work = WorkFolder(root / "work")
    work.gradebook.add_override(
        Override(student="ana", assignment="hostile", criterion="title", earned=1.0, comment=canary, who="the lecturer",
                 when=datetime.now(UTC), why=canary)
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("ANSWER_KEY", canary)
        for folder in ("/tmp", "/dev/shm", "/var/tmp"):
            file = stack.enter_context(tempfile.NamedTemporaryFile("w", prefix="answer-key-", dir=folder))
            file.write(canary)
            file.flush()
            os.chmod(file.name, 0o644)
        yield root


@pytest.fixture(scope="session")
def before():
    """What this process had started and made before the class: kept for the tests of other files, perhaps."""
    return left_by(os.getpid())


@pytest.fixture(scope="session")
def hostile_class(sandbox, secret_host, baits, before):
    """All hostile notebooks and 38 innocent ones, several at once."""
    folder = secret_host / "handed-in"
    folder.mkdir()
    for case in read_cases():
        if not case.pending:
            write_case(case, folder, baits)
    for number in range(INNOCENTS):
        write_innocent(number, folder)
    return grade(secret_host / "course", folder, secret_host / "work", jobs=JOBS)


@pytest.fixture(scope="session")
def pending_class(sandbox, secret_host, baits):
    """The cases that the grader cannot meet yet, in a class of their own: what is open may spoil the others."""
    folder = secret_host / "pending"
    folder.mkdir()
    for case in read_cases():
        if case.pending:
            write_case(case, folder, baits)
    return grade(secret_host / "course", folder, secret_host / "work-pending", jobs=JOBS)


@pytest.fixture(scope="session")
def recorded_class(sandbox, tmp_path_factory):
    """The notebooks that forge what is recorded while cells run, where the recording counts."""
    root = tmp_path_factory.mktemp("recorded")
    (root / "handed-in").mkdir()
    for case in read_cases("recorded"):
        write_case(case, root / "handed-in", {})
    return grade(COURSE, root / "handed-in", root / "work", jobs=JOBS, name="recorded")


@pytest.fixture
def graded(request):
    """The class in which a case was run."""

    def find(case):
        name = "recorded_class" if case.assignment == "recorded" else "hostile_class"
        return request.getfixturevalue("pending_class" if case.pending else name)

    return find


@pytest.fixture(scope="session")
def innocents_alone(sandbox, tmp_path_factory):
    """The innocent notebooks, one after the other, with nobody beside them."""
    root = tmp_path_factory.mktemp("alone")
    (root / "handed-in").mkdir()
    for number in range(INNOCENTS):
        write_innocent(number, root / "handed-in")
    return grade(COURSE, root / "handed-in", root / "work", jobs=1)
