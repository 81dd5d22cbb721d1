"""A scheduler that is gone: what the instructor is told, and that what was done stays done."""

from __future__ import annotations

import subprocess
from pathlib import Path

from grader.store.work_folder import WorkFolder
from tests.execute.cluster.conftest import Machines
from tests.small_course import RIGHT, command, run_grader, write_class
from tests.waiting import PATIENCE_S, wait_until

HURRIED = """\
from grader.execute.cluster import executor, starting
starting.CONNECT_S, executor.PATIENCE_S, executor.RETRY_S = 0.5, 1.5, 0.1
"""
"""Whoever starts a scheduler again gets ten minutes for it; here, it is given up after a second and a half."""
SLOW = "import time; time.sleep(0.7)"


def test_a_scheduler_that_does_not_come_back_is_told_and_the_same_command_goes_on_later(
    course: Path, machines: Machines, tmp_path: Path
):
    scheduler = machines.start_scheduler()
    machines.start_worker("one")
    folder, work = tmp_path / "class", WorkFolder(tmp_path / "work")
    write_class(folder, **{f"student-{number}": (*RIGHT, SLOW, f"print({number})") for number in range(6)})
    line = command(course, work.root, "grade", "hello", folder, "--cluster", machines.address, change=HURRIED)
    running = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: any(work.root.glob("runs/*/run.json")) or running.poll() is not None, "a run is stored")
    scheduler.kill()
    scheduler.wait()
    out, err = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, out) == (2, ""), err
    assert err.endswith(
        "grader: the scheduler is gone, and did not come back within 0.025 minutes\n"
        "  Start it and its workers, and then the same command again: what is done stays done.\n"
    )
    assert "Traceback" not in err
    later = run_grader(course, work.root, "grade", "hello", "--json")
    assert later.code == 0, later.err
    assert set(later.points.values()) == {4.0}
    assert later.told["reused"] >= 1
    assert later.told["executed"] + later.told["reused"] == 6


def test_a_scheduler_that_ends_before_the_class_begins_is_told(course: Path, machines: Machines, tmp_path: Path):
    machines.start_scheduler().kill()
    folder = write_class(tmp_path / "class", ana=RIGHT)
    ended = run_grader(
        course, tmp_path / "work", "grade", "hello", folder, "--cluster", machines.address, change=HURRIED
    )
    assert ended.code == 2
    assert ended.err == (
        f"grader: no scheduler answers at {machines.address}\n"
        "  Is it the address that `dask scheduler` printed when it started, and does this machine reach it?\n"
    )
