"""A class on a cluster in which everything breaks gets what it gets on one machine."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder
from tests.execute.cluster.conftest import Machines
from tests.small_course import RIGHT, WRONG, command, run_grader, write_class, write_course
from tests.waiting import PATIENCE_S, wait_until

SLOW = "import time; time.sleep(0.7)"
CLASS = {
    **{f"right-{number}": (*RIGHT, SLOW, f"print({number})") for number in range(6)},
    **{f"wrong-{number}": (*WRONG, SLOW, f"print({number})") for number in range(4)},
    "raises": (*RIGHT, SLOW, "1 / 0"),
    "dies": (*RIGHT, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", SLOW),
    "no-notebook": "no notebook",
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    write_class(tmp_path / "class", **CLASS)
    return write_course(tmp_path / "course")


def finished(work: Path) -> int:
    """How many runs are stored whole; drafts begin with a dot."""
    return sum(not path.parent.name.startswith(".") for path in work.glob("runs/*/run.json"))


def told(work: Path) -> tuple[object, ...]:
    """All that a work folder knows of the class: scores with every sentence, and the runs they were made of."""
    folder, book = WorkFolder(work), Gradebook(work / "gradebook.sqlite")
    keys = book.run_keys("hello")
    runs = {owner: folder.runs.load(key) for owner, key in keys.items()}
    ends = {owner: (run.end, str(run.because), run.environment, run.sandbox) for owner, run in runs.items()}
    return book.scores("hello"), keys, ends


def test_a_class_on_a_cluster_where_everything_breaks_gets_what_it_gets_on_one_machine(
    course: Path, machines: Machines, tmp_path: Path
):
    here, there = tmp_path / "here", tmp_path / "there"
    alone = run_grader(course, here, "grade", "hello", tmp_path / "class", "--json")
    # Not five minutes until a worker that says nothing is given up: that would be the test's, too.
    machines.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL="20s")
    killed, stopped, _ = (machines.start_worker(name) for name in ("one", "two", "three"))

    arguments = ("grade", "hello", tmp_path / "class", "--cluster", machines.address, "--json")
    first = subprocess.Popen(command(course, there, *arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: finished(there) >= 2, "two runs are stored")
    killed.kill()
    stopped.send_signal(signal.SIGSTOP)
    wait_until(lambda: finished(there) >= 4, "four runs are stored")
    first.kill()
    first.wait()
    stored = finished(there)
    assert stored < len(CLASS), "the grader was killed in the middle of the class"

    again = run_grader(course, there, *arguments)
    stopped.send_signal(signal.SIGCONT)  # what it answers now, nobody asks any more
    assert again.code == alone.code == 0, again.err
    assert (again.told["executed"], again.told["reused"]) == (len(CLASS) - stored, stored)
    assert again.told["students"] == alone.told["students"]
    assert told(there) == told(here)


def test_a_scheduler_that_is_started_again_goes_on_with_the_class(course: Path, machines: Machines, tmp_path: Path):
    """Its workers end with it, and are started again as well."""
    scheduler = machines.start_scheduler()
    machines.start_worker("one")
    arguments = ("execute", "hello", "--cluster", machines.address)
    run_grader(course, tmp_path / "work", "collect", "hello", tmp_path / "class")
    running = subprocess.Popen(
        command(course, tmp_path / "work", *arguments), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    wait_until(lambda: finished(tmp_path / "work") >= 3, "three runs are stored")
    scheduler.kill()
    scheduler.wait()
    assert finished(tmp_path / "work") < len(CLASS)
    machines.start_scheduler()
    machines.start_worker("another")
    out, _ = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, out) == (0, f"{len(CLASS)} run now, 0 not run again.\n")
    assert finished(tmp_path / "work") == len(CLASS)


def test_a_notebook_does_not_meet_the_cluster_that_runs_it(machines: Machines, tmp_path: Path):
    """The sandbox has no network, on a worker as anywhere; so what a scheduler trusts is out of its reach."""
    machines.start_scheduler()
    machines.start_worker("one")
    look = f"import socket; socket.create_connection(('127.0.0.1', {machines.port}), timeout=5)"
    folder = write_class(tmp_path / "class", ana=(*RIGHT, look))
    course = write_course(tmp_path / "course")
    ended = run_grader(course, tmp_path / "work", "grade", "hello", folder, "--cluster", machines.address)
    assert ended.code == 0, ended.err
    work = WorkFolder(tmp_path / "work")
    (key,) = work.gradebook.run_keys("hello").values()
    assert [cell.end for cell in work.runs.load(key).cells] == ["ok", "ok", "error"]
    assert str(work.runs.load(key).cells[2].because) == "OSError: [Errno 101] Network is unreachable"
