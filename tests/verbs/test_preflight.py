"""What this machine lacks for a class is said before the first notebook, each in a sentence with what to do."""

import resource
import subprocess
import sys

import pytest

from grader.errors import UserError
from grader.store.work_folder import WorkFolder
from grader.verbs import preflight
from grader.verbs.preflight import require_room


def say(work, runs=10):
    with pytest.raises(UserError) as refused:
        require_room(work, runs)
    return str(refused.value)


@pytest.fixture
def work(tmp_path):
    return WorkFolder(tmp_path)


def test_a_machine_with_room_says_nothing(work):
    require_room(work, 10)


def test_a_disk_without_room_is_told(work, monkeypatch):
    free = preflight.os.statvfs(work.root)
    mib = free.f_bavail * free.f_frsize >> 20
    monkeypatch.setattr(preflight, "_MIB_A_RUN", mib)
    assert f"{work.root} has " in say(work)
    assert " are required: make room, or choose --work DIR." in say(work)


def test_a_disk_that_takes_no_more_files_is_told(work, monkeypatch):
    monkeypatch.setattr(preflight, "_INODES_A_RUN", 10**12)
    if preflight.os.statvfs(work.root).f_files:
        assert "more files, and" in say(work)


def test_a_clock_that_was_never_set_is_told(work, monkeypatch):
    monkeypatch.setattr(preflight, "_NOT_BEFORE", preflight.datetime(2999, 1, 1, tzinfo=preflight.UTC))
    assert "Its clock says " in say(work)


LIMITED = """
import resource, sys
from pathlib import Path
from grader.errors import UserError
from grader.store.work_folder import WorkFolder
from grader.verbs.preflight import require_room
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[2]), int(sys.argv[3])))
try:
    require_room(WorkFolder(Path(sys.argv[1])), 1)
except UserError as error:
    print(error)
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


@pytest.mark.parametrize(
    ("soft", "hard", "told"),
    [(200, 1024, "1024\n"), (200, 1023, None)],
)
def test_few_open_files_are_raised_as_far_as_they_may_be_and_else_told(work, soft, hard, told):
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[1] >= 1024
    line = [sys.executable, "-c", LIMITED, str(work.root), str(soft), str(hard)]
    out = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    assert out == (
        told
        or "this machine is not ready for a class\n"
        "  It allows 1023 open files, and 1024 are required: ulimit -n 1024\n1023\n"
    )
