"""Notebooks on a Dask cluster: who may run them, what is told where something is missing, and what is lost."""

from __future__ import annotations

import re
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import grader
from grader.store.work_folder import WorkFolder
from tests.execute.cluster.conftest import Machines
from tests.small_course import RIGHT, Ended, run_grader, write_class
from tests.waiting import wait_until

Call = Callable[..., Ended]


def grade(course: Path, cluster: str, *options: object, **notebooks: tuple[str, ...]) -> Ended:
    folder = write_class(course.parent / "class", **notebooks) if notebooks else course.parent / "class"
    return run_grader(
        course, course.parent / "work", "grade", "hello", folder, "--json", "--cluster", cluster, *options
    )


def execute(call: Call, course: Path, cluster: str) -> Ended:
    return call("--course", course, "--work", course.parent / "work", "execute", "hello", "--cluster", cluster)


def test_a_queue_that_the_course_does_not_describe_is_told(course: Path, call: Call):
    ended = execute(call, course, "slurm")
    assert ended.code == 2
    assert ended.err == (
        "grader: course.toml does not say what to ask of the queue `slurm`\n"
        "  Write it there, under [cluster.slurm]: jobs, cores, memory; or name the address of a scheduler.\n"
    )


def describe_queue(course: Path, name: str, *lines: str) -> None:
    queue = "\n".join(["", f"[cluster.{name}]", "jobs = 2", "cores = 1", 'memory = "2GB"', *lines, ""])
    (course / "course.toml").write_text((course / "course.toml").read_text() + queue)


def test_a_queue_that_nobody_knows_is_told_with_those_that_are_known(course: Path, call: Call):
    describe_queue(course, "slumr")
    ended = execute(call, course, "slumr")
    assert ended.code == 2
    assert ended.err == (
        "grader: there is no queue `slumr`\n  dask-jobqueue knows these: htcondor, lsf, moab, oar, pbs, sge, slurm.\n"
    )


def test_a_machine_that_hands_in_no_jobs_is_told(course: Path, call: Call):
    describe_queue(course, "slurm")
    ended = execute(call, course, "slurm")
    assert ended.code == 2
    assert ended.err == (
        "grader: jobs for `slurm` cannot be handed in here: there is no command `sbatch`\n"
        "  Start the grader on a machine from which jobs are handed in, such as the cluster's login node.\n"
    )


def test_what_the_queue_does_not_take_is_told_with_its_place(course: Path, sbatch: None):
    describe_queue(course, "slurm", "coures = 3")
    ended = run_grader(course, course.parent / "work", "execute", "hello", "--cluster", "slurm")
    assert ended.code == 2
    assert ended.err.startswith("grader: course.toml, [cluster.slurm]: dask-jobqueue does not take these settings: ")
    assert "coures" in ended.err


@pytest.fixture
def sbatch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A queue of one machine, which starts every job at once: the two commands of Slurm that are needed."""
    folder = tmp_path / "slurm"
    folder.mkdir()
    # The real one keeps a copy of the script, which whoever handed it in takes away at once.
    begin = 'cp "$1" "$0.$$.sh"\nbash "$0.$$.sh" > "$0.$$.log" 2>&1 &\n'
    submit = f'{begin}echo $! >> "$0.jobs"\necho "Submitted batch job $!"\n'
    for name, script in {"sbatch": submit, "scancel": 'kill "$@"\n'}.items():
        path = folder / name
        path.write_text(f"#!/bin/bash\n{script}")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:{Path(sys.executable).parent}:/usr/bin:/bin")
    return


def test_a_queue_starts_the_workers_and_they_end_with_the_grader(course: Path, sbatch: None, tmp_path: Path):
    describe_queue(course, "slurm", 'walltime = "00:10:00"')
    ended = grade(course, "slurm", ana=RIGHT, bruno=(*RIGHT, "1 / 0"))
    assert ended.code == 0, ended.err
    assert ended.points == {"ana": 4.0, "bruno": 4.0}
    jobs = (tmp_path / "slurm" / "sbatch.jobs").read_text().split()
    assert len(jobs) == 2
    wait_until(lambda: not any(Path("/proc", job).exists() for job in jobs), "the queue's jobs end with the grader")
    scripts = "".join(path.read_text() for path in (tmp_path / "slurm").glob("*.log"))
    assert "tls://" in scripts


def other_grader(folder: Path) -> str:
    """A copy of the grader that differs by a comment: a path for Python."""
    shutil.copytree(Path(grader.__file__).parent, folder / "grader")
    with (folder / "grader" / "model.py").open("a") as file:
        file.write("# another one\n")
    return str(folder)


def test_a_worker_with_another_environment_gets_nothing_unless_that_is_allowed(
    course: Path, machines: Machines, tmp_path: Path
):
    machines.start_scheduler()
    machines.start_worker("other", PYTHONPATH=other_grader(tmp_path / "other"))
    refused = grade(course, machines.address, ana=RIGHT)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.endswith(
        "grader: the only worker cannot be used: the grader's code is another one\n"
        "  Start grader, scheduler and workers from the same environment, or allow others: --any-environment.\n"
    )
    machines.start_worker("same")
    mixed = grade(course, machines.address)
    assert mixed.points == {"ana": 4.0}
    told = r"The worker tcp://127\.0\.0\.1:\d+ gets no notebooks: the grader's code is another one\.\n"
    assert len(re.findall(told, mixed.err)) == 1
    allowed = grade(course, machines.address, "--any-environment", "--again")
    assert allowed.points == {"ana": 4.0}
    assert "gets no notebooks" not in allowed.err

    tried = run_grader(course, tmp_path / "work", "doctor", "--cluster", machines.address)
    lines = [" ".join(line.split()) for line in tried.out.splitlines()]
    assert tried.code == 1
    assert lines[0] == f"2 workers of {machines.address}"
    assert "works kernel a forked kernel runs torch" in lines, "what is the same everywhere is told once"
    assert any(
        re.fullmatch(r"broken usable from here the grader's code is another one \(tcp://\S+\)", line) for line in lines
    )
    assert any(line.startswith("works usable from here its packages and its grader are those") for line in lines)


KILL = """
import os, pathlib, signal, time
time.sleep(1)
worker = lambda pid: b"resource_tracker" not in pathlib.Path(f"/proc/{{pid}}/cmdline").read_bytes()
children = lambda: " ".join(path.read_text() for path in pathlib.Path("/proc/{nanny}/task").glob("*/children"))
for pid in children().split():
    if worker(pid):
        os.kill(int(pid), signal.SIGKILL)
time.sleep(60)
"""


def test_a_notebook_that_takes_its_worker_along_costs_nobody_else_anything(course: Path, machines: Machines):
    """It can do so only without a sandbox. Whoever ran beside it is tried again, and so is it: by itself."""
    machines.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
    nanny = machines.start_worker("one", "--nanny", "--nthreads", "3")  # starts its worker again when that dies
    kill = KILL.format(nanny=nanny.pid)  # only this test's worker: the notebook runs without a sandbox
    slow = "import time; time.sleep(2)"
    ended = grade(
        course, machines.address, "--sandbox", "none", killer=(*RIGHT, kill), ana=(*RIGHT, slow), bruno=(*RIGHT, slow)
    )
    assert ended.code == 1, ended.err
    assert ended.points == {"ana": 4.0, "bruno": 4.0, "killer": 0.0}
    killer = ended.students["killer"]
    assert (killer["end"], killer["needs_review"]) == ("failed", True)
    assert {finding["status"] for finding in killer["findings"]} == {"unscored"}
    work = WorkFolder(course.parent / "work")
    because = {
        student: str(work.runs.load(key).because) for (student, _), key in work.gradebook.run_keys("hello").items()
    }
    assert because["killer"] == (
        "The worker that ran this notebook was lost again and again, also while it ran nothing else, so that it is not "
        "tried any more; this need not be the student's fault."
    )


def test_what_an_assignment_brings_comes_along(course: Path, machines: Machines):
    (course / "assignments" / "hello" / "word.txt").write_text("hola")
    with (course / "assignments" / "hello" / "assignment.toml").open("a") as file:
        file.write('[files]\n"word.txt" = "word.txt"\n')
    machines.start_scheduler()
    machines.start_worker("one")
    reads = (RIGHT[0], "word = open('word.txt').read()")
    ended = grade(course, machines.address, ana=reads, bruno=(*reads, "1"))
    assert ended.points == {"ana": 4.0, "bruno": 4.0}, ended.err
