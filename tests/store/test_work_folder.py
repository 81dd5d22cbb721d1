"""One grader at a time writes a work folder; one that cannot be written to is told."""

import hashlib
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import DamagedError, UserError
from grader.store.work_folder import WorkFolder

CAME = hashlib.sha256(b"as it came").hexdigest()
HOLD = """
import sys
from pathlib import Path
from grader.store.work_folder import WorkFolder
with WorkFolder(Path(sys.argv[1])).locked():
    print("held", flush=True)
    sys.stdin.read()
"""


def refuse(root):
    with pytest.raises(UserError) as refused:
        WorkFolder(root)
    return str(refused.value)


def test_a_file_where_the_folder_should_be_is_told(tmp_path):
    (tmp_path / "work").write_text("")
    assert refuse(tmp_path / "work") == (
        f"{tmp_path}/work: the work folder cannot be written to: Not a directory\n  Choose another one with --work DIR."
    )


def test_a_place_where_nobody_may_write_is_told():
    """Not even root may make a folder in /proc."""
    assert refuse(Path("/proc/grader")) == (
        "/proc/grader: the work folder cannot be written to: No such file or directory\n"
        "  Choose another one with --work DIR."
    )


@pytest.mark.parametrize("name", ["runs", "submissions", "expected", "reports"])
def test_a_file_in_the_place_of_a_part_is_told_before_anything_is_run(tmp_path, name):
    (tmp_path / name).write_text("")
    assert refuse(tmp_path) == (
        f"{tmp_path}/{name}: the work folder cannot be written to: Not a directory\n"
        "  Choose another one with --work DIR."
    )


def test_a_second_process_is_refused_while_the_first_is_at_work_and_not_after_it_was_killed(tmp_path):
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with first:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(UserError) as refused, WorkFolder(tmp_path).locked():
            pass
        assert str(refused.value) == (
            f"{tmp_path}: another grader is at work in this folder (process {first.pid})\n"
            "  Wait until it has ended, or choose another folder with --work DIR."
        )
        first.kill()
        first.wait()
        with WorkFolder(tmp_path).locked():
            pass


def test_drafts_of_a_killed_grader_are_swept_away(tmp_path):
    work = WorkFolder(tmp_path)
    (tmp_path / "runs" / ".draft-x").mkdir()
    with work.locked():
        assert list((tmp_path / "runs").iterdir()) == []


def test_what_was_handed_in_is_kept_as_it_came_and_cannot_be_written_to(tmp_path):
    work = WorkFolder(tmp_path)
    work.keep(CAME, b"as it came")
    work.keep(CAME, b"never twice")
    assert work.submission(CAME) == b"as it came"
    (path,) = (tmp_path / "submissions").iterdir()
    assert path.stat().st_mode & 0o777 == 0o444


@pytest.mark.parametrize("left", [b"as it c_me", b"", None], ids=["flipped", "empty", "gone"])
def test_a_submission_that_is_damaged_is_none_until_it_is_collected_again(tmp_path, left):
    work = WorkFolder(tmp_path)
    work.keep(CAME, b"as it came")
    (path,) = (tmp_path / "submissions").iterdir()
    path.unlink()
    if left is not None:
        path.write_bytes(left)
    with pytest.raises(DamagedError) as refused:
        work.submission(CAME)
    assert str(refused.value).startswith(f"{path}: this submission ")
    assert str(refused.value).endswith(
        "  Collect it again from where it came, with `grader collect`; or restore a backup with `grader restore`."
    )
    work.keep(CAME, b"as it came")
    assert work.submission(CAME) == b"as it came"


def test_what_goes_wrong_with_us_is_in_the_log_and_nowhere_else(tmp_path, capfd):
    work = WorkFolder(tmp_path)
    with work.locked():
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError:
            logging.getLogger("grader.execute.pool").exception("run abc failed")
    log = work.log.read_text()
    assert "run abc failed" in log
    assert "ZeroDivisionError: division by zero" in log
    assert capfd.readouterr().err == ""
