"""A cluster on this machine: what it costs beside the local pool, and how far one coordinator gets."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .commands import ROOT, Grader, environment
from .notebooks import write_trivial_class, write_trivial_course


@contextmanager
def start_cluster(root: Path, workers: int, threads: int = 1) -> Iterator[str]:
    """A scheduler and so many workers, each a process; its address."""
    root.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    lines = [["scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]]
    # Memory is no matter here: Dask would share out the machine's among workers that do not know of each other.
    options = ["--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
    lines += [["worker", address, *options, "--name", f"worker-{number}"] for number in range(workers)]
    running = []
    try:
        for number, (what, *arguments) in enumerate(lines):
            with (root / f"{what}-{number}.log").open("wb") as log:
                line = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
                running.append(subprocess.Popen(line, cwd=ROOT, env=environment(), stdout=log, stderr=log))
        sign = "Registered to:"
        while not all(sign in path.read_text() for path in root.glob("worker-*.log")):
            if any(process.poll() is not None for process in running):
                raise RuntimeError(f"the cluster does not start: see the logs in {root}")
            time.sleep(0.1)
        yield address
    finally:
        for process in reversed(running):
            process.kill()
        for process in running:
            process.wait()


def measure_overhead(notebooks: Sequence[Path], root: Path, workers: int) -> float:
    """By how much a class takes longer on so many workers than with as many jobs here, in %."""
    local_s = Grader(ROOT, root / "local").grade("regression", notebooks[0].parent, workers)
    with start_cluster(root / "logs", workers) as address:
        remote = Grader(ROOT, root / "remote")
        remote_s = remote.grade("regression", notebooks[0].parent, workers, "--cluster", address)
    return 100 * (remote_s / local_s - 1)


@dataclass(frozen=True)
class Simulated:
    """What a class took whose workers slept in place of running notebooks."""

    submissions: int
    places: int
    processes: int
    wall_s: float
    cpu_s: float
    """of the coordinator's process, while it executed"""
    memory_mib: float
    """the most that the coordinator's process had"""
    first_memory_mib: float
    """what it had before it executed"""
    gradebook_mib: float
    runs_mib: float
    score_s: float
    report_s: float


def simulate(root: Path, *, submissions: int, places: int, processes: int = 4) -> Simulated:
    """A class on so many places: threads that sleep, in a few processes, for a machine holds no thousand of these."""
    write_trivial_course(root / "course")
    write_trivial_class(root / "class", submissions)
    grader = Grader(root / "course", root / "work")
    grader.time("collect", "trivial", root / "class")
    with start_cluster(root / "logs", processes, places // processes) as address:
        line = [
            sys.executable,
            "-m",
            "tests.bench.sleeping",
            address,
            str(grader.course),
            str(grader.work),
        ]
        told = json.loads(subprocess.run(line, cwd=ROOT, env=environment(), check=True, stdout=subprocess.PIPE).stdout)
    score_s, _ = grader.time("score", "trivial")
    report_s, _ = grader.time("report", "trivial")
    books = sum(path.stat().st_size for path in grader.work.glob("gradebook.sqlite*"))
    return Simulated(
        submissions=submissions,
        places=places,
        processes=processes,
        gradebook_mib=books / 2**20,
        runs_mib=_size_on_disk(grader.work / "runs") / 2**20,
        score_s=score_s,
        report_s=report_s,
        **told,
    )


def _size_on_disk(folder: Path) -> int:
    found = (os.lstat(os.path.join(where, name)) for where, _, names in os.walk(folder) for name in names)
    return sum(one.st_blocks * 512 for one in found)
