"""The small course, and the command `grader` in this process; no test waits for ever or leaves a process behind."""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from grader.cli import main
from grader.execute import forks
from tests.small_course import Ended, write_course
from tests.waiting import wait_until

LIMIT_S = 900
"""For one test with the fixtures that it is the first to need. None takes a tenth of that; a machine may be busy."""

MARK = "STARTED_BY_TESTS"

LONGEST = (
    "tests/hostile/test_corpus.py",
    "tests/verify/test_assignments.py",
    "tests/execute/cluster/test_faults.py",
    "tests/cli/test_grading.py",
    "tests/execute/cluster/test_cluster.py",
    "tests/release/test_release.py",
    "tests/execute/test_conformance.py",
    "tests/test_submissions.py",
    "tests/frozen/test_frozen.py",
    "tests/store/test_power_cuts.py",
    "tests/exam/paper/test_whole_round.py",
    "tests/verify/test_ordinary_kernel.py",
    "tests/cli/test_checking.py",
    "tests/guide/test_examples.py",
    "tests/cli/test_checking_elsewhere.py",
    "tests/execute/test_forks.py",
    "tests/verify/test_calibration.py",
    "tests/review/test_whole_class.py",
    "tests/cli/test_bad_input.py",
    "tests/verify/test_verification.py",
    "tests/cli/test_lateness.py",
    "tests/cli/test_init.py",
    "tests/exam/paper/test_sheet_reader.py",
    "tests/review/test_in_browser.py",
)

TOGETHER = {
    "tests/cli/test_checking.py": "tests/cli/test_grading.py",
    "tests/cli/test_drafting.py": "tests/cli/test_grading.py",
    "tests/store/test_damage.py": "tests/store/test_power_cuts.py",
    "tests/store/test_backup.py": "tests/store/test_power_cuts.py",
}
"""Files that share what is costly to make, a graded class: the worker that has it tests them, too."""


class ByFile(LoadFileScheduling):
    """A file is tested by one worker, and files that share a fixture by the same one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return TOGETHER.get(file, file)


@pytest.hookimpl(optionalhook=True)  # for who runs pytest without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, so that at the end no worker has a long one and the others none."""
    rank = {file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.location[0], len(LONGEST)))


@contextmanager
def limited(item: pytest.Item) -> Iterator[None]:
    """Fail what takes longer, where it stands; once more each minute, should its end wait for ever, too."""

    def fail(*_: object) -> None:
        pytest.fail(f"{item.nodeid} has not ended within {LIMIT_S / 60:g} minutes")

    before = signal.signal(signal.SIGALRM, fail)
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S, 60)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with limited(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with limited(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with limited(item):
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Whatever a test starts inherits a mark, and has ended when the last test has."""
    mark = f"{MARK}={uuid.uuid4().hex}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*mark.split("="))
        yield
        with suppress(AssertionError):
            wait_until(lambda: not running_with(mark), "what the tests started ends", limit_s=30)
        assert running_with(mark) == []
    forks.sweep()  # a killed grader's folder, as the next one would


def running_with(mark: str) -> list[str]:
    """The command lines of this user's processes that began with the mark among their variables."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes().split(b"\0") and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # another user's, or it has ended meanwhile
            continue
    return found


# A test that passed passes again, on a busy machine too: the search for new examples is `make explore`.
settings.register_profile(
    "same-each-time", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", max_examples=2000, deadline=None)
settings.load_profile("same-each-time")


@pytest.fixture
def course(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The command in this process: quick, for what ends before a kernel starts."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def called(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0, printed.out, printed.err)

    yield called
    for number, handler in handlers.items():
        signal.signal(number, handler)
